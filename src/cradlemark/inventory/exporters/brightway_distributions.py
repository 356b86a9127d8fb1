"""Distributions of exchanges as those of the entries of a matrix, in the columns of stats_arrays.

Source: documentation of stats_arrays (Brightway), table of distributions; bw_processing, ``UNCERTAINTY_DTYPE``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cradlemark.inventory.processes.tables import FloatArray, IntArray, Table

PARAMETERS = np.dtype([
    ("uncertainty_type", "u1"), ("loc", "<f8"), ("scale", "<f8"), ("shape", "<f8"), ("minimum", "<f8"),
    ("maximum", "<f8"), ("negative", "?"),
])  # fmt: skip
"""Columns in the order of bw_processing; 64 bits, so that fixed entries keep their value in a Monte Carlo run."""
CODES = {"lognormal": 2, "normal": 3, "uniform": 4, "triangular": 5}
"""Number of each distribution that is kept; 0 is one that is not known, 1 is none."""
NO_UNCERTAINTY = 1


def entry_distributions(exchanges: Table, rows: IntArray, amounts: FloatArray) -> NDArray[np.void]:
    """Distributions of entries of a matrix whose exchanges have them.

    An entry is its exchange times a share; so are the parameters. The amount that counts is the median of a lognormal,
    the mean of a normal and the mode of a triangular distribution. A distribution that cannot be (no spread, bounds
    that leave the amount out) is left out: the entry is fixed.

    Parameters
    ----------
    exchanges : Table
    rows : ndarray of int64, shape (entries,)
        Row of the exchange of each entry.
    amounts : ndarray of float64, shape (entries,)
        Amounts as they are written, before any flip [unit of the row].

    Returns
    -------
    structured ndarray, shape (entries,)
        As `PARAMETERS`.
    """
    found = np.zeros(len(rows), dtype=PARAMETERS)
    found["uncertainty_type"] = NO_UNCERTAINTY
    found["loc"] = amounts
    for name in ("scale", "shape", "minimum", "maximum"):
        found[name] = np.nan
    codes = np.array([CODES.get(name, 0) for name in exchanges.texts("distribution")], dtype=np.uint8)
    for entry in np.flatnonzero(codes[rows]).tolist():
        row = int(rows[entry])
        base = float(exchanges.numbers("amount")[row])
        ratio = float(amounts[entry]) / base if base else 0.0
        _fill(
            found,
            entry,
            int(codes[row]),
            ratio,
            [float(exchanges.numbers(p)[row]) for p in ("p1", "p2", "p3")],
        )
    return found


def _fill(found: NDArray[np.void], entry: int, code: int, ratio: float, given: list[float]) -> None:
    first, second, third = given
    amount = float(found["loc"][entry])
    if code == CODES["lognormal"]:
        if amount != 0.0 and 1.0 < second < np.inf:
            found["loc"][entry], found["scale"][entry] = np.log(abs(amount)), np.log(second)
            found["negative"][entry] = amount < 0.0
            found["uncertainty_type"][entry] = code
        return
    if code == CODES["normal"]:
        if 0.0 < abs(second * ratio) < np.inf:
            found["scale"][entry] = abs(second * ratio)
            found["uncertainty_type"][entry] = code
        return
    low, high = sorted((first * ratio, (third if code == CODES["triangular"] else second) * ratio))
    if np.isfinite(high - low) and low < high and low <= amount <= high:
        found["minimum"][entry], found["maximum"][entry] = low, high
        found["uncertainty_type"][entry] = code
