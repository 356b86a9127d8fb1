"""Compiled loops over several draws at once; imported, and with it numba, only when draws are solved side by side.

The draws of a batch lie side by side in memory, so one pass over a factor serves all, and one processor instruction
several. Sums run in a fixed order, so results depend on the machine alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, cast

import numpy as np
from numba import config, njit

from cradlemark.engine.draw_lanes import LANES

Loop = TypeVar("Loop", bound=Callable[..., Any])


def _part(piece: Loop) -> Loop:
    """Make a piece that loops are written with; put into each of them."""
    made: Any = njit(inline="always", error_model="numpy", fastmath={"contract"})(piece)
    kept: Loop = made
    return kept


def _compiled(loop: Loop) -> Loop:
    """Compile when first called, and keep the result between runs where a folder can be written; not when imported."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}

    @cache
    def made() -> Callable[..., Any]:
        try:
            kept: Callable[..., Any] = njit(cache=True, **options)(loop)
        except RuntimeError:  # nowhere to keep compiled code
            kept = njit(**options)(loop)
        return kept

    @wraps(loop)
    def call(*arguments: Any) -> Any:
        return made()(*arguments)

    return cast("Loop", call)


@_part
def _row(a: Any, row: Any) -> Any:
    return (a[row, 0], a[row, 1], a[row, 2], a[row, 3], a[row, 4], a[row, 5], a[row, 6], a[row, 7])


@_part
def _less(total: Any, factor: Any, a: Any, row: Any) -> Any:
    """total - factor * a[row]."""
    return (
        total[0] - factor * a[row, 0],
        total[1] - factor * a[row, 1],
        total[2] - factor * a[row, 2],
        total[3] - factor * a[row, 3],
        total[4] - factor * a[row, 4],
        total[5] - factor * a[row, 5],
        total[6] - factor * a[row, 6],
        total[7] - factor * a[row, 7],
    )


@_part
def _more(total: Any, values: Any, place: Any, a: Any, row: Any) -> Any:
    """total + values[place] * a[row], lane by lane."""
    return (
        total[0] + values[place, 0] * a[row, 0],
        total[1] + values[place, 1] * a[row, 1],
        total[2] + values[place, 2] * a[row, 2],
        total[3] + values[place, 3] * a[row, 3],
        total[4] + values[place, 4] * a[row, 4],
        total[5] + values[place, 5] * a[row, 5],
        total[6] + values[place, 6] * a[row, 6],
        total[7] + values[place, 7] * a[row, 7],
    )


@_part
def _gross(total: Any, values: Any, place: Any, a: Any, row: Any) -> Any:
    """total + |values[place] * a[row]|, lane by lane."""
    return (
        total[0] + abs(values[place, 0] * a[row, 0]),
        total[1] + abs(values[place, 1] * a[row, 1]),
        total[2] + abs(values[place, 2] * a[row, 2]),
        total[3] + abs(values[place, 3] * a[row, 3]),
        total[4] + abs(values[place, 4] * a[row, 4]),
        total[5] + abs(values[place, 5] * a[row, 5]),
        total[6] + abs(values[place, 6] * a[row, 6]),
        total[7] + abs(values[place, 7] * a[row, 7]),
    )


@_part
def _keep(a: Any, row: Any, one: Any, other: Any, factor: Any) -> None:
    """a[row] = (one + other) * factor."""
    a[row, 0] = (one[0] + other[0]) * factor
    a[row, 1] = (one[1] + other[1]) * factor
    a[row, 2] = (one[2] + other[2]) * factor
    a[row, 3] = (one[3] + other[3]) * factor
    a[row, 4] = (one[4] + other[4]) * factor
    a[row, 5] = (one[5] + other[5]) * factor
    a[row, 6] = (one[6] + other[6]) * factor
    a[row, 7] = (one[7] + other[7]) * factor


_NONE = (0.0,) * LANES


@_compiled
def downwards(start: Any, column: Any, value: Any, inverse: Any, top: int, bottom: int, known: Any) -> None:
    """Solve rows top to bottom - 1 in place; M refers to rows that are solved already. ``inverse``: one over the pivots."""
    for row in range(top, bottom):
        one, other = _row(known, row), _NONE
        place, stop = start[row], start[row + 1]
        while place + 1 < stop:  # two sums at once hide the delay of the additions
            one = _less(one, value[place], known, column[place])
            other = _less(other, value[place + 1], known, column[place + 1])
            place += 2
        if place < stop:
            one = _less(one, value[place], known, column[place])
        _keep(known, row, one, other, inverse[row])


@_compiled
def upwards(start: Any, column: Any, value: Any, inverse: Any, top: int, bottom: int, known: Any) -> None:
    """Solve rows bottom - 1 to top in place, as `downwards`."""
    for row in range(bottom - 1, top - 1, -1):
        one, other = _row(known, row), _NONE
        place, stop = start[row], start[row + 1]
        while place + 1 < stop:
            one = _less(one, value[place], known, column[place])
            other = _less(other, value[place + 1], known, column[place + 1])
            place += 2
        if place < stop:
            one = _less(one, value[place], known, column[place])
        _keep(known, row, one, other, inverse[row])


@_compiled
def multiply(start: Any, column: Any, values: Any, known: Any, result: Any) -> None:
    """result = M known, M by rows, with values of its own for each draw: shape (entries, LANES)."""
    for row in range(start.size - 1):
        one, other = _NONE, _NONE
        place, stop = start[row], start[row + 1]
        while place + 1 < stop:
            one = _more(one, values, place, known, column[place])
            other = _more(other, values, place + 1, known, column[place + 1])
            place += 2
        if place < stop:
            one = _more(one, values, place, known, column[place])
        _keep(result, row, one, other, 1.0)


@_compiled
def gross_multiply(start: Any, column: Any, values: Any, known: Any, result: Any) -> None:
    """result = |M| |known|."""
    for row in range(start.size - 1):
        one = _NONE
        for place in range(start[row], start[row + 1]):
            one = _gross(one, values, place, known, column[place])
        _keep(result, row, one, _NONE, 1.0)


@_compiled
def turn(rest: Any, moved: Any, direction: Any, carried: Any, scale: Any, growth: Any, damping: Any) -> None:
    """direction = rest + growth (direction - damping moved); carried is the same in units of the unknowns."""
    for row in range(rest.shape[0]):
        for lane in range(LANES):
            value = rest[row, lane] + growth[lane] * (direction[row, lane] - damping[lane] * moved[row, lane])
            direction[row, lane] = value
            carried[row, lane] = value * scale[row]


@_compiled
def weigh(vector: Any, inverse_scale: Any, one: Any, sums: Any) -> None:
    """Bring a vector into relative units; sums of its products with `one` and with itself."""
    sums[:] = 0.0
    for row in range(vector.shape[0]):
        factor = inverse_scale[row]
        for lane in range(LANES):
            value = vector[row, lane] * factor
            vector[row, lane] = value
            sums[0, lane] += value * one[row, lane]
            sums[1, lane] += value * value


@_compiled
def step(rest: Any, moved: Any, carried: Any, scale: Any, length: Any) -> None:
    """rest -= length moved; carried is the same in units of the unknowns."""
    for row in range(rest.shape[0]):
        for lane in range(LANES):
            value = rest[row, lane] - length[lane] * moved[row, lane]
            rest[row, lane] = value
            carried[row, lane] = value * scale[row]


@_compiled
def advance(total: Any, rest: Any, direction: Any, image: Any, shadow: Any, numbers: Any, sums: Any) -> None:
    """total += length direction + damping rest, 0 for draws that are done; rest -= damping image.

    ``numbers``: length, damping, whether the draw goes on. ``sums``: shadow · rest, largest |rest|.
    """
    sums[:] = 0.0
    for row in range(rest.shape[0]):
        for lane in range(LANES):
            half = rest[row, lane]
            change = numbers[0, lane] * direction[row, lane] + numbers[1, lane] * half
            total[row, lane] += change if numbers[2, lane] > 0.0 else 0.0
            value = half - numbers[1, lane] * image[row, lane]
            rest[row, lane] = value
            sums[0, lane] += shadow[row, lane] * value
            sums[1, lane] = max(sums[1, lane], abs(value))


@_compiled
def scatter(slot: Any, drawn: Any, values: Any) -> None:
    """values[slot[e]] += drawn[:, e]; draws come one after the other, shape (LANES, entries)."""
    for entry in range(slot.size):
        place = slot[entry]
        for lane in range(LANES):
            values[place, lane] += drawn[lane, entry]


@_compiled
def characterise(
    flow: Any, emitter: Any, start: Any, category: Any, factor: Any, drawn: Any, direct: Any
) -> None:
    """direct[c, emitter[e]] += factor * drawn[:, e] for every category c that counts flow[e]."""
    for entry in range(flow.size):
        process = emitter[entry]
        for place in range(start[flow[entry]], start[flow[entry] + 1]):
            row, weight = category[place], factor[place]
            for lane in range(LANES):
                direct[row, process, lane] += weight * drawn[lane, entry]


@cache
def prepare() -> None:
    """Compile all loops, or load them as kept from an earlier run, by calling each once with little work.

    The compiler joins operations on neighbouring draws into one instruction only when it is told to; the setting holds
    for the whole process, so it is put back.
    """
    settings: Any = config
    before = settings.SLP_VECTORIZE
    settings.SLP_VECTORIZE = 1
    try:
        _call_each()
    finally:
        settings.SLP_VECTORIZE = before


def _call_each() -> None:
    start, column, value = np.array([0, 1]), np.zeros(1, np.uint32), np.zeros(1)
    one, lane, many = np.ones(1), np.ones(LANES), [np.zeros((1, LANES)) for _ in range(5)]
    downwards(start, column, value, one, 0, 1, many[0])
    upwards(start, column, value, one, 0, 1, many[0])
    multiply(start, column, many[0], many[1], many[2])
    gross_multiply(start, column, many[0], many[1], many[2])
    turn(many[0], many[1], many[2], many[3], one, lane, lane)
    weigh(many[0], one, many[1], np.zeros((2, LANES)))
    step(many[0], many[1], many[2], one, lane)
    advance(many[0], many[1], many[2], many[3], many[4], np.zeros((3, LANES)), np.zeros((2, LANES)))
    drawn = np.zeros((LANES, 1))
    scatter(np.zeros(1, np.int64), drawn, many[0])
    place = np.zeros(1, np.int64)
    characterise(place, place, start, place, value, drawn, np.zeros((1, 1, LANES)))
