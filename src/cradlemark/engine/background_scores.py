"""Impact of one demand as a function of a few exchanges: thousands of evaluations in a second (Woodbury)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.engine.distributions import KINDS, Distribution
from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import demand_vector
from cradlemark.engine.matrix_uncertainty import FIXED, Uncertainty
from cradlemark.engine.sensitivity import UncertainInput
from cradlemark.engine.solve import TOLERANCE, Factorisation, InaccurateError, solve
from cradlemark.engine.system import Entries
from cradlemark.engine.what_if import Change, change

Array = NDArray[np.float64]

CHECKED = 4
"""Rows of each call that are checked against a full solve."""
ROWS = 4096
"""Rows that are evaluated at once."""


@attrs.frozen(eq=False)
class BackgroundScores:
    """Impact of one demand in one category, for new amounts of some exchanges.

    Changing A by Δ = E_I D E_Jᵀ (rows I, columns J) gives s' = s - V D (1 + V_J D)⁻¹ s_J with s = A⁻¹ f and V = A⁻¹ E_I, so
    that g's' = g s - λ_I D (1 + V_J D)⁻¹ s_J. Changed emissions add their factor times s' of their process.

    Parameters
    ----------
    factors : Factorisation
    demand : mapping of product index to float
        As in `life_cycle_inventory.demand_vector`.
    category : int
    technosphere, biosphere : ndarray of int64
        Changed entries, as places in the entries of the system; the technosphere's come first in each row of amounts.
    """

    factors: Factorisation
    demand: Mapping[int, float]
    category: int
    technosphere: NDArray[np.int64]
    biosphere: NDArray[np.int64]
    parts: _Parts

    def scores(self, amounts: Array) -> Array:
        """Impacts, shape (rows,) [unit of the category], for amounts of shape (rows, changed entries).

        Raises
        ------
        InaccurateError
            ``result-inaccurate`` when one of the rows that are checked differs from a full solve by more than 1e-9 of its
            gross size.
        """
        values = np.concatenate([self._some(amounts[at : at + ROWS]) for at in range(0, len(amounts), ROWS)])
        far = np.abs(values - np.median(values))
        for row in np.unique([0, len(amounts) // 2, int(np.argmax(far)), len(amounts) - 1])[:CHECKED]:
            self._check(amounts[row], float(values[row]))
        return values

    def _some(self, amounts: Array) -> Array:
        parts, exchanges = self.parts, self.technosphere.size
        moved = amounts - parts.central
        flat = np.zeros((parts.rows * parts.columns, len(amounts)))
        np.add.at(flat, parts.row * parts.columns + parts.column, moved[:, :exchanges].T)
        change = flat.T.reshape(len(amounts), parts.rows, parts.columns)
        inner = parts.response[None, : parts.columns] @ change + np.eye(parts.columns)
        weight = np.linalg.solve(
            inner, np.broadcast_to(parts.runs[:, None], (len(amounts), parts.columns, 1))
        )
        effect = (change @ weight)[:, :, 0]
        values = parts.score - effect @ parts.intensity
        emitting = parts.emitting[None, :] - effect @ parts.response[parts.columns :].T
        return np.asarray(values + (moved[:, exchanges:] * parts.factor * emitting).sum(axis=1))

    def _check(self, row: Array, value: float) -> None:
        full = intensities(change(self.factors, self._changes(row)))
        exact = float(full.of_demand(self.demand)[self.category])
        gross = float(
            np.abs(full.of_output[self.category]) @ np.abs(demand_vector(full.matrices, self.demand))
        )
        if not abs(value - exact) <= TOLERANCE * gross:
            message = Text(
                f"a score by update is {value:g}, by a full solve {exact:g}",
                f"更新所得结果为 {value:g}，完全求解为 {exact:g}",
            )
            hint = Text(
                "one of the sampled loops is near singularity: narrow its distribution",
                "某个被抽样的循环接近奇异：收窄其分布",
            )
            raise InaccurateError(message, code="result-inaccurate", where="sensitivity", hint=hint)

    def _changes(self, row: Array) -> list[Change]:
        """New net amounts of the changed places: other entries at the same place stay."""
        system, found = self.factors.matrices.system, []
        for kind, entries, places, amounts in (
            ("technosphere", system.technosphere, self.technosphere, row[: self.technosphere.size]),
            ("biosphere", system.biosphere, self.biosphere, row[self.technosphere.size :]),
        ):
            whole = entries.amount.copy()
            whole[places] = amounts
            for at in {(int(entries.row[place]), int(entries.column[place])) for place in places}:
                same = (entries.row == at[0]) & (entries.column == at[1])
                found.append(Change(kind, *at, float(whole[same].sum())))  # type: ignore[arg-type]
        return found


@attrs.frozen(eq=False)
class _Parts:
    """What does not depend on the amounts; response has rows for the changed columns, then for the emitters."""

    central: Array
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    rows: int
    columns: int
    score: float
    intensity: Array
    runs: Array
    response: Array
    emitting: Array
    factor: Array


def background_scores(
    factors: Factorisation,
    demand: Mapping[int, float],
    category: int,
    *,
    technosphere: Sequence[int] = (),
    biosphere: Sequence[int] = (),
) -> BackgroundScores:
    """Prepare to evaluate a demand for new amounts of some entries; places as in the entries of the system.

    Raises
    ------
    InputError
        ``sensitivity-inputs`` for a place that is not there, twice, or none at all.
    """
    matrices = factors.matrices
    exchanges, flows = matrices.system.technosphere, matrices.system.biosphere
    at = [np.asarray(places, dtype=np.int64).reshape(-1) for places in (technosphere, biosphere)]
    for places, entries, name in zip(at, (exchanges, flows), ("technosphere", "biosphere"), strict=True):
        _check_places(places, entries, name)
    if not at[0].size + at[1].size:
        raise InputError(
            Text("no entry is chosen", "未选择条目"),
            code="sensitivity-inputs",
            hint=Text("choose uncertain entries", "选择不确定的条目"),
        )
    rows, row = np.unique(matrices.process_of[exchanges.row[at[0]]], return_inverse=True)
    columns, column = np.unique(exchanges.column[at[0]], return_inverse=True)
    runs = solve(factors, demand_vector(matrices, demand), kind="forward").values[0]
    units = np.zeros((rows.size, matrices.reference_amount.size))
    units[np.arange(rows.size), rows] = 1.0
    response = solve(factors, units, kind="forward").values.T
    direct = matrices.direct[category]
    emitters = flows.column[at[1]]
    by_flow = np.asarray(matrices.characterisation[[category]].toarray())[0]
    return BackgroundScores(
        factors,
        dict(demand),
        category,
        at[0],
        at[1],
        _Parts(
            np.concatenate([exchanges.amount[at[0]], flows.amount[at[1]]]),
            row.reshape(-1),
            column.reshape(-1),
            rows.size,
            columns.size,
            float(direct @ runs),
            direct @ response,
            runs[columns],
            response[np.concatenate([columns, emitters])],
            runs[emitters],
            by_flow[flows.row[at[1]]],
        ),
    )


def _check_places(places: NDArray[np.int64], entries: Entries, name: str) -> None:
    known = len(entries)
    if places.size and not 0 <= places.min() <= places.max() < known:
        message = Text(
            f"the {name} has {known} entries, places {places.min()} to {places.max()} are chosen",
            f"{name} 有 {known} 个条目，所选位置为 {places.min()} 至 {places.max()}",
        )
        raise InputError(
            message, code="sensitivity-inputs", hint=Text(f"use 0 to {known - 1}", f"使用 0 至 {known - 1}")
        )
    if np.unique(places).size < places.size:
        message = Text(f"an entry of the {name} is chosen twice", f"{name} 的某个条目被选择两次")
        raise InputError(message, code="sensitivity-inputs", hint=Text("name each once", "每个只写一次"))


def uncertain_inputs(
    scores: BackgroundScores, technosphere: Uncertainty, biosphere: Uncertainty
) -> list[UncertainInput]:
    """Distributions of the chosen entries, named by process and product or flow, for `sensitivity.sobol`.

    Raises
    ------
    InputError
        ``sensitivity-inputs`` for an entry that is fixed.
    """
    system = scores.factors.matrices.system
    found = []
    for entries, spread, places, names in (
        (system.technosphere, technosphere, scores.technosphere, system.products),
        (system.biosphere, biosphere, scores.biosphere, system.flows),
    ):
        for place in places:
            name = f"{system.processes[entries.column[place]]}: {names[entries.row[place]]}"
            found.append(
                UncertainInput(name, float(entries.amount[place]), _distribution(spread, int(place), name))
            )
    return found


def _distribution(spread: Uncertainty, place: int, name: str) -> Distribution:
    kind, first, second = int(spread.kind[place]), float(spread.first[place]), float(spread.second[place])
    if kind == FIXED:
        message = Text(f"{name} is not uncertain", f"{name} 没有不确定性")
        raise InputError(
            message,
            code="sensitivity-inputs",
            hint=Text("choose entries that have a distribution", "选择有分布的条目"),
        )
    family = KINDS[kind - 1]
    match family:
        case "lognormal":
            return Distribution(family, gsd=first)
        case "normal":
            return Distribution(family, sd=first)
        case _:
            return Distribution(family, low=first, high=second)
