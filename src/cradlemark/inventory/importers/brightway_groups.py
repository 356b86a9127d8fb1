"""Resource groups of a data package as entries of matrices: signs, order of precedence, distributions.

Rules, as matrix_utils applies them: flipped entries change their sign; within a group equal places add up
(``sum_intra_duplicates``) or the last counts; a later group replaces the places it names of the earlier ones, or adds to
them (``sum_inter_duplicates``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.brightway_arrays import Array, column_names, column_of
from cradlemark.inventory.processes.tables import FloatArray, IntArray

KEPT = {2: "lognormal", 3: "normal", 4: "uniform", 5: "triangular"}
"""Distributions of stats_arrays that are kept, by number."""
UNUSABLE = "package-group"
"""Code of what is wrong with the arrays of a group."""
BAD = 255
"""Number for a distribution of a kept family whose parameters cannot be."""
NOT_KEPT = {
    6: Text("Bernoulli", "伯努利"), 7: Text("discrete uniform", "离散均匀"), 8: Text("Weibull", "韦布尔"),
    9: Text("gamma", "伽马"), 10: Text("beta", "贝塔"), 11: Text("generalised extreme value", "广义极值"),
    12: Text("Student's t", "学生 t "),
}  # fmt: skip


@attrs.frozen(eq=False)
class GroupEntries:
    """Entries of a matrix in the order of a package; all arrays have one length.

    Parameters
    ----------
    row, col : ndarray of int64
        Identifiers.
    amount : ndarray of float64
        As it enters the matrix [unit of the row].
    given : ndarray of float64
        As it stands in the package, before flip and rescaling.
    reference : ndarray of bool
        Whether it is marked as the reference product of its column.
    kind : ndarray of uint8
        Number of the distribution, 0 for none.
    p1, p2, p3 : ndarray of float64
        Its parameters for `given`, as in the table ``exchanges``.
    """

    row: IntArray
    col: IntArray
    amount: FloatArray
    given: FloatArray
    reference: NDArray[np.bool_]
    kind: NDArray[np.uint8]
    p1: FloatArray
    p2: FloatArray
    p3: FloatArray

    def __len__(self) -> int:
        return len(self.row)

    def take(self, which: NDArray[np.bool_] | IntArray) -> GroupEntries:
        """These entries only."""
        return GroupEntries(*(getattr(self, field.name)[which] for field in attrs.fields(GroupEntries)))


def _unusable(english: str, chinese: str) -> InputError:
    return InputError(Text(english, chinese), code=UNUSABLE)


def joined(parts: Sequence[GroupEntries]) -> GroupEntries:
    """Entries one behind the other."""
    if not parts:
        return empty_entries()
    return GroupEntries(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in attrs.fields(GroupEntries))
    )


def empty_entries() -> GroupEntries:
    """No entry."""
    none, number = np.empty(0, np.int64), np.empty(0)
    return GroupEntries(
        none, none, number, number, np.empty(0, np.bool_), np.empty(0, np.uint8), number, number, number
    )


def entries_of(arrays: Mapping[str, Array]) -> GroupEntries:
    """Entries of one group whose arrays fit together.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        ``indices`` and ``data``, and where they are there ``flip``, ``rescale``, ``reference``, ``distributions``.

    Raises
    ------
    InputError
        ``package-group`` with the reason, when they do not fit.
    """
    indices, data = _checked(arrays)
    count = len(indices)
    given = np.ascontiguousarray(data, dtype=np.float64)
    amount = given.copy()
    if "flip" in arrays:
        amount[arrays["flip"].astype(np.bool_)] *= -1.0
    if "rescale" in arrays:
        amount *= arrays["rescale"].astype(np.float64)
    reference = arrays.get("reference", np.zeros(count, np.bool_)).astype(np.bool_)
    spread = (
        _distributions(arrays["distributions"]) if "distributions" in arrays else _no_distributions(count)
    )
    row = np.ascontiguousarray(column_of(indices, "row"), np.int64)
    return GroupEntries(
        row, np.ascontiguousarray(column_of(indices, "col"), np.int64), amount, given, reference, *spread
    )


def _checked(arrays: Mapping[str, Array]) -> tuple[Array, Array]:
    if "indices" not in arrays or "data" not in arrays:
        raise _unusable("it has no indices or no data", "没有索引或没有数据")
    indices, data = arrays["indices"], arrays["data"]
    if not {"row", "col"} <= set(column_names(indices)) or indices.ndim != 1:
        raise _unusable("its indices have no columns row and col", "其索引没有 row 和 col 列")
    if any(column_of(indices, name).dtype.kind not in "iu" for name in ("row", "col")):
        raise _unusable("its indices are no whole numbers", "其索引不是整数")
    if data.dtype.names is not None or data.dtype.kind not in "iufb" or data.ndim != 1:
        raise _unusable("its data are no row of numbers", "其数据不是一列数字")
    for kind, array in arrays.items():
        if len(array) != len(indices):
            raise _unusable(
                f"it has {len(indices):,} indices and {len(array):,} entries of {kind}",
                f"有 {len(indices):,} 个索引和 {len(array):,} 个 {kind} 条目",
            )
        if kind in {"flip", "rescale", "reference"} and (array.dtype.kind not in "iufb" or array.ndim != 1):
            raise _unusable(f"its {kind} is no row of numbers", f"其 {kind} 不是一列数字")
    return indices, data


def _no_distributions(count: int) -> Iterator[Array]:
    yield np.zeros(count, np.uint8)
    for _ in range(3):
        yield np.full(count, np.nan)


def _distributions(found: Array) -> tuple[Array, ...]:
    names = {"uncertainty_type", "loc", "scale", "minimum", "maximum"}
    if not names <= set(column_names(found)):
        raise _unusable(
            "its distributions have not the columns of stats_arrays", "其分布没有 stats_arrays 的列"
        )
    code = column_of(found, "uncertainty_type").astype(np.uint8)
    loc, scale, low, high = (
        column_of(found, name).astype(np.float64) for name in ("loc", "scale", "minimum", "maximum")
    )
    negative = (
        column_of(found, "negative").astype(np.bool_)
        if "negative" in column_names(found)
        else np.zeros(len(code), np.bool_)
    )
    with np.errstate(all="ignore"):
        p1 = np.select([code == 2, code == 3], [np.where(negative, -1.0, 1.0) * np.exp(loc), loc], low)
        p2 = np.select([code == 2, code == 3, code == 4], [np.exp(scale), scale, high], loc)
        p3 = np.where(code == 5, high, np.nan)
        bad = (
            ~np.isfinite(p1) | ~np.isfinite(p2) | ((code == 2) & ~(p2 >= 1.0)) | ((code == 3) & ~(p2 >= 0.0))
            | ((code == 4) & (p1 > p2)) | ((code == 5) & ~((p1 <= p2) & (p2 <= p3)))
        )  # fmt: skip
    code = np.where(bad & (code >= 2) & (code <= 5), np.uint8(BAD), code)
    for values in (p1, p2, p3):
        values[(code < 2) | (code > 5)] = np.nan
    return np.where(code == 1, np.uint8(0), code), p1, p2, p3


def in_effect(
    groups: Sequence[GroupEntries], *, sum_within: bool, sum_between: bool
) -> tuple[GroupEntries, int]:
    """Entries that count, in the order of the package, and the number of those that later ones replace."""
    whole = joined(groups)
    if not len(whole) or (sum_within and (sum_between or len(groups) == 1)):
        return whole, 0
    rows, cols = (np.unique(side, return_inverse=True)[1].astype(np.int64) for side in (whole.row, whole.col))
    keys = rows * (int(cols.max()) + 1) + cols
    kept = np.ones(len(keys), np.bool_)
    taken = np.empty(0, np.int64)
    end = len(keys)
    for group in reversed(groups):
        start = end - len(group)
        mine = keys[start:end]
        if not sum_between:
            kept[start:end] &= ~np.isin(mine, taken)
            taken = np.union1d(taken, mine)
        if not sum_within:
            last = np.zeros(len(mine), np.bool_)
            last[len(mine) - 1 - np.unique(mine[::-1], return_index=True)[1]] = True
            kept[start:end] &= last
        end = start
    return whole.take(kept), int((~kept).sum())
