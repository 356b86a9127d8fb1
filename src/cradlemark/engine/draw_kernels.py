"""Compiled loops over several draws at once; compiled when first called.

The innermost loop runs over the draws of a batch, which lie side by side in memory, so one pass over a factor serves all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

LANES = 8
"""Draws of a batch."""


def _lower(start: Any, row: Any, value: Any, known: Any) -> None:
    """Solve L x = b in place; L is unit lower triangular by columns, given without its diagonal."""
    for column in range(start.size - 1):
        for place in range(start[column], start[column + 1]):
            below, factor = row[place], value[place]
            for lane in range(LANES):
                known[below, lane] -= factor * known[column, lane]


def _upper(start: Any, row: Any, value: Any, diagonal: Any, known: Any) -> None:
    """Solve U x = b in place; U is upper triangular by columns, its diagonal given apart."""
    for column in range(start.size - 2, -1, -1):
        for lane in range(LANES):
            known[column, lane] /= diagonal[column]
        for place in range(start[column], start[column + 1]):
            above, factor = row[place], value[place]
            for lane in range(LANES):
                known[above, lane] -= factor * known[column, lane]


def _subtract(start: Any, column: Any, value: Any, known: Any, right: Any) -> None:
    """right -= M known, M by rows and the same for all draws."""
    for row in range(start.size - 1):
        for place in range(start[row], start[row + 1]):
            factor, other = value[place], column[place]
            for lane in range(LANES):
                right[row, lane] -= factor * known[other, lane]


def _multiply_transposed(start: Any, column: Any, values: Any, known: Any, result: Any) -> None:
    """result = Aᵀ known, A by rows, with values of its own for each draw: shape (entries, LANES)."""
    result[:] = 0.0
    for row in range(start.size - 1):
        for place in range(start[row], start[row + 1]):
            other = column[place]
            for lane in range(LANES):
                result[other, lane] += values[place, lane] * known[row, lane]


@cache
def compiled(name: str) -> Callable[..., None]:
    """Return a loop of this module, compiled, or as kept from an earlier run."""
    from numba import njit

    loops: dict[str, Any] = {
        "lower": _lower,
        "upper": _upper,
        "subtract": _subtract,
        "multiply_transposed": _multiply_transposed,
    }
    kernel: Callable[..., None]
    try:
        kernel = njit(nogil=True, cache=True)(loops[name])
    except RuntimeError:  # nowhere to keep compiled code: no folder can be written
        kernel = njit(nogil=True)(loops[name])
    return kernel
