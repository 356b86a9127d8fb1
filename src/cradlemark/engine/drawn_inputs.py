"""What was drawn in existing draws: single entries of a background, and the lines of a product.

A draw is made of its seed and number alone, so its amounts can be drawn again instead of being stored.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.engine.background_draws import Model, Stored
from cradlemark.engine.draw_sample import characterised, draw_sources, pattern
from cradlemark.engine.matrix_uncertainty import FIXED, Sampler

Array = NDArray[np.float64]
KINDS = ("technosphere", "biosphere")


def entry_draws(
    model: Model, *, draws: int, seed: int, technosphere: Sequence[int] = (), biosphere: Sequence[int] = ()
) -> Array:
    """Amounts that chosen entries had in draws 0 to draws - 1, shape (draws, entries) [unit of the row / run].

    Parameters
    ----------
    model : Model
    draws, seed : int
        As they were given to `background_draws`.
    technosphere, biosphere : sequence of int
        Places in the entries of the system; the technosphere's come first. A biosphere entry that no category counts is
        never drawn and stands at its central amount.
    """
    parts = _samplers(model)
    chosen = [np.asarray(places, dtype=np.int64) for places in (technosphere, biosphere)]
    found = np.empty((draws, sum(places.size for places in chosen)))
    for number in range(draws):
        rows = []
        for part, source, places in zip(parts, draw_sources(seed, number), chosen, strict=True):
            rows.append(part.amounts(source)[places])
        found[number] = np.concatenate(rows)
    return found


@attrs.frozen
class Correlation:
    """How an uncertain entry went together with a result.

    Parameters
    ----------
    kind : str
        ``technosphere`` or ``biosphere``.
    entry : int
        Its place in the entries of the system.
    correlation : float
        Of its amount with the result [-1, 1].
    """

    kind: str
    entry: int
    correlation: float


@attrs.frozen
class Screened:
    """Entries that go together with a result most.

    Parameters
    ----------
    largest : tuple of Correlation
        The strongest first.
    by_chance : float
        Correlation [1] that the strongest of so many entries reaches by chance in half of all cases when none of them
        matters; weaker ones in the list may be such.
    """

    largest: tuple[Correlation, ...]
    by_chance: float


def screen_entries(model: Model, outputs: Array, *, seed: int, most: int = 20) -> Screened:
    """Look through all uncertain entries for those that go together with a result, draw by draw.

    Parameters
    ----------
    model : Model
    outputs : ndarray of float64, shape (draws,)
        Result of draws 0, 1, ... of the seed; those that are not a number are passed over.
    seed : int
    most : int
        Entries to name.

    Raises
    ------
    InputError
        ``sensitivity-draws`` for less than 3 draws with a result, ``sensitivity-constant`` for one that does not vary.
    """
    sound = np.flatnonzero(np.isfinite(outputs))
    if sound.size < 3:
        message = Text(f"there are {sound.size} draws with a result", f"有结果的抽样为 {sound.size} 次")
        raise InputError(
            message,
            code="sensitivity-draws",
            hint=Text("make at least 100, better 1000", "至少 100 次，最好 1000 次"),
        )
    result = outputs[sound] - outputs[sound].mean()
    if not np.ptp(result):
        message = Text("the result does not vary", "结果没有变化")
        raise InputError(
            message,
            code="sensitivity-constant",
            hint=Text("choose a result with uncertain inputs", "选择输入不确定的结果"),
        )
    parts = _samplers(model)
    found = []
    for kind, together in zip(KINDS, _correlations(parts, sound, result, seed), strict=True):
        largest = np.argsort(-np.abs(together), kind="stable")[:most]
        found += [Correlation(kind, int(place), float(together[place])) for place in largest]
    found.sort(key=lambda one: (-abs(one.correlation), one.kind, one.entry))
    entries = sum(int(part.uncertain.sum()) for part in parts)
    return Screened(tuple(one for one in found[:most] if one.correlation), _by_chance(entries, sound.size))


def _correlations(
    parts: tuple[_Redrawn, _Redrawn], numbers: NDArray[np.int64], result: Array, seed: int
) -> list[Array]:
    """Correlation of every entry with a result of mean 0, from sums that are kept while drawing again."""
    sums = [np.zeros((3, part.size)) for part in parts]
    for number, value in zip(numbers, result, strict=True):
        for part, source, total in zip(parts, draw_sources(seed, int(number)), sums, strict=True):
            moved = part.amounts(source) - part.central
            total[0] += moved
            total[1] += moved * moved
            total[2] += moved * value
    found = []
    for part, total in zip(parts, sums, strict=True):
        variance = total[1] - total[0] ** 2 / numbers.size
        varies = part.uncertain & (variance > 0.0)
        found.append(
            np.where(varies, total[2] / np.sqrt(np.where(varies, variance, 1.0) * (result @ result)), 0.0)
        )
    return found


def _by_chance(entries: int, draws: int) -> float:
    if not entries:
        return 0.0
    return float(min(1.0, -ndtri(0.5 * (1.0 - 0.5 ** (1.0 / entries))) / np.sqrt(draws)))


@attrs.frozen(eq=False)
class _Redrawn:
    """Draws of the entries of one matrix again; what is never drawn stands at its central amount."""

    central: Array
    uncertain: NDArray[np.bool_]
    places: NDArray[np.int64]
    sampler: Sampler

    @property
    def size(self) -> int:
        return self.central.size

    def amounts(self, source: np.random.Generator) -> Array:
        whole = self.central.copy()
        whole[self.places] = self.sampler.draw(source)
        return whole


def _samplers(model: Model) -> tuple[_Redrawn, _Redrawn]:
    matrices = model.factors.matrices
    drawn = pattern(model.factors, model.technosphere, model.biosphere)
    exchanges, flows = matrices.system.technosphere.amount, matrices.system.biosphere.amount
    counted = characterised(matrices)
    uncertain = np.zeros(flows.size, dtype=np.bool_)
    uncertain[counted] = model.biosphere.kind[counted] != FIXED
    return (
        _Redrawn(exchanges, model.technosphere.kind != FIXED, np.arange(exchanges.size), drawn.samplers[0]),
        _Redrawn(flows, uncertain, counted, drawn.samplers[1]),
    )


def line_draws(values: Stored, category: int, processes: NDArray[np.int64], amounts: Array) -> Array:
    """Impact of each line of a product in each draw, shape (draws, lines) [unit of the category].

    Parameters
    ----------
    values : ndarray, shape (categories, processes, draws)
        `BackgroundDraws.values`.
    category : int
    processes : ndarray of int64, shape (lines,)
    amounts : ndarray of float64, shape (lines,) or (draws, lines)
        As in `background_draws.product_draws`.

    Notes
    -----
    Lines share the background, so they depend on each other, and their indices overlap.
    """
    return np.asarray(values[category, processes].T.astype(np.float64) * amounts)
