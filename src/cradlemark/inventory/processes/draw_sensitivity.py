"""Which exchanges make the result of one product uncertain, from the draws that are kept."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator

import attrs
import numpy as np

from cradlemark.core.errors import MissingDataError
from cradlemark.core.language import Text
from cradlemark.engine.background_draws import Model
from cradlemark.engine.drawn_inputs import KINDS, Correlation, entry_draws, screen_entries
from cradlemark.engine.sensitivity import LEAST_DRAWS, given_data
from cradlemark.engine.system import Entries
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.columns import FloatArray
from cradlemark.inventory.processes.draws import ProcessDraws, uncertain_model
from cradlemark.inventory.processes.tables import ProcessDatabase


@attrs.frozen
class Influence:
    """An uncertain exchange and how the result of a product answers to it.

    Parameters
    ----------
    kind : str
        ``technosphere`` or ``biosphere``.
    exchanged : str
        Product or flow, with its unit.
    process : str
        Whose exchange it is.
    place : str
        Of the process.
    correlation : float
        Of amount and result [-1, 1]; negative where more of it makes the result lower.
    delta, delta_half_width : float
        Borgonovo's index [1] and the half width of its 95 % interval; nan without SALib or with less than 100 draws.
    first, first_half_width : float
        Share of the variance that goes away when the amount is known [1], likewise.
    """

    kind: str
    exchanged: str
    process: str
    place: str
    correlation: float
    delta: float
    delta_half_width: float
    first: float
    first_half_width: float


@attrs.frozen
class Sensitivity:
    """The exchanges that matter most for one product.

    Parameters
    ----------
    influences : tuple of Influence
        The strongest correlation first.
    by_chance : float
        Correlation that the strongest of so many exchanges reaches by chance in half of all cases [1].
    draws : int
        Accepted ones, from which all this is made.
    """

    influences: tuple[Influence, ...]
    by_chance: float
    draws: int


def product_sensitivity(
    database: ProcessDatabase, draws: ProcessDraws, activity: int, factors: Factors, *, most: int = 10
) -> Sensitivity:
    """Look through all uncertain exchanges for those that move the result of one product.

    Parameters
    ----------
    database : ProcessDatabase
    draws : ProcessDraws
        Of this database and these factors.
    activity : int
        Row of activities.
    factors : Factors
        As in `draws.chosen_factors`.
    most : int
        Exchanges to name.

    Raises
    ------
    MissingDataError
        ``sensitivity-unknown`` when no exchange that the product rests on is uncertain.

    Notes
    -----
    Entries are drawn again from seed and number of each draw, so nothing but the results is kept. All are screened by their
    correlation with the result; the strongest get global indices (`engine.sensitivity.given_data`).
    """
    results = draws.of([activity])[0]
    accepted = results[np.isfinite(results)]
    if accepted.size < 3 or np.ptp(accepted) <= 1e-12 * np.abs(accepted).max():
        raise MissingDataError(
            Text(
                "no exchange that this product rests on has an uncertainty that the source states",
                "该产品所依据的交换在数据源中均无不确定性",
            ),
            code="sensitivity-unknown",
            hint=Text(
                "choose another product, or import a source with uncertainties",
                "换一个产品，或导入含不确定性的数据源",
            ),
        )
    model, _ = uncertain_model(database, factors)
    screened = screen_entries(model, results, seed=draws.seed, most=most)
    influences = tuple(_influences(model, screened.largest, results, draws.seed))
    return Sensitivity(influences, screened.by_chance, int(accepted.size))


def _influences(
    model: Model, largest: tuple[Correlation, ...], results: FloatArray, seed: int
) -> Iterator[Influence]:
    ordered = [one for kind in KINDS for one in largest if one.kind == kind]
    indices = _indices(model, ordered, results, seed)
    for one in largest:
        entries = _entries(model, one)
        turned = math.copysign(1.0, entries.amount[one.entry])  # an input has a negative entry
        names = _names(model, entries, one)
        yield Influence(one.kind, *names, one.correlation * turned, *indices[ordered.index(one)])


def _indices(
    model: Model, ordered: list[Correlation], results: FloatArray, seed: int
) -> list[tuple[float, float, float, float]]:
    """Delta, first order and their half widths of each, in the order of the draws' columns; nan where they cannot be had."""
    if importlib.util.find_spec("SALib") is None or np.isfinite(results).sum() < LEAST_DRAWS:
        return [(math.nan,) * 4 for _ in ordered]
    places = {kind: [one.entry for one in ordered if one.kind == kind] for kind in KINDS}
    inputs = entry_draws(model, draws=results.size, seed=seed, **places)
    names = [f"{one.kind} {one.entry}" for one in ordered]
    found = given_data(names, inputs, results, seed=seed)
    columns = np.stack([found.delta, found.delta_half_width, found.first, found.first_half_width], axis=1)
    return [(row[0], row[1], row[2], row[3]) for row in columns.tolist()]


def _entries(model: Model, one: Correlation) -> Entries:
    system = model.factors.matrices.system
    return system.technosphere if one.kind == "technosphere" else system.biosphere


def _names(model: Model, entries: Entries, one: Correlation) -> tuple[str, str, str]:
    """What is exchanged, the process and its place."""
    system = model.factors.matrices.system
    exchanged = system.products if one.kind == "technosphere" else system.flows
    column = int(entries.column[one.entry])
    return exchanged[int(entries.row[one.entry])], system.processes[column], system.places[column]
