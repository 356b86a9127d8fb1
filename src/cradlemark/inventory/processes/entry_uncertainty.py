"""Uncertainty of the entries of the matrices, from what the source says about its exchanges.

What a source states counts as it stands: a distribution with its total spread. Where it gives only data quality scores,
the spread follows from them and the basic uncertainty (`cradlemark.engine.pedigree`); scores that are not given add none.
An entry is its exchange times the share of its product, so the spread is scaled with it. What is not stated stays fixed
and is counted: a result without spread is then not a certain one.
"""

from __future__ import annotations

import math
import re

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.engine.distributions import KINDS
from cradlemark.engine.matrix_uncertainty import Uncertainty, code
from cradlemark.engine.pedigree import INDICATORS, Pedigree, squared_gsd
from cradlemark.engine.system import NAMED_AT_MOST
from cradlemark.inventory.processes.columns import FloatArray, IntArray
from cradlemark.inventory.processes.records import DISTRIBUTIONS
from cradlemark.inventory.processes.tables import ProcessDatabase, Table

SAME_CENTRE = 1e-6
"""Relative difference up to which the centre of a distribution is the amount [1]."""
_ROUNDING = 1e-9
_UNSTATED, _STATED, _SCORES, _WITHOUT_SPREAD, _REFUSED, _ZERO = range(6)
_SEPARATOR = re.compile(r"[;,|\s]+")


@attrs.frozen
class Counts:
    """Entries of a matrix, or exchanges, by what is known about their uncertainty.

    Parameters
    ----------
    entries : int
    lognormal, normal, uniform, triangular : int
        Uncertain ones by distribution.
    from_scores : int
        How many of the lognormal ones follow from data quality scores.
    unstated : int
        Fixed because the source states nothing.
    without_spread : int
        Fixed because the source states a distribution that has no width, such as a geometric standard deviation of 1.
    zero : int
        Fixed because the amount is 0, so that neither sign nor share of the spread is known.
    refused : int
        Fixed because the distribution that is stated cannot be.
    """

    entries: int
    lognormal: int
    normal: int
    uniform: int
    triangular: int
    from_scores: int
    unstated: int
    without_spread: int
    zero: int
    refused: int

    @property
    def uncertain(self) -> int:
        """Entries with a spread."""
        return self.lognormal + self.normal + self.uniform + self.triangular


@attrs.frozen(eq=False)
class MatrixUncertainty:
    """Uncertainty of the entries of one matrix, in their order.

    Parameters
    ----------
    spread : Uncertainty
    origin : ndarray of int8, shape (entries,)
        Where it comes from, or why there is none.
    """

    spread: Uncertainty
    origin: NDArray[np.int8]

    def counts(self, places: IntArray | None = None) -> Counts:
        """What is known about all entries, or about those at some places."""
        kind = self.spread.kind if places is None else self.spread.kind[places]
        origin = self.origin if places is None else self.origin[places]
        kinds, origins = np.bincount(kind, minlength=5).tolist(), np.bincount(origin, minlength=6).tolist()
        return Counts(
            kind.size, kinds[1], kinds[2], kinds[3], kinds[4], origins[_SCORES], origins[_UNSTATED],
            origins[_WITHOUT_SPREAD], origins[_ZERO], origins[_REFUSED],
        )  # fmt: skip


@attrs.frozen(eq=False)
class EntryUncertainty:
    """Uncertainty of both matrices of a database.

    Parameters
    ----------
    technosphere, biosphere : MatrixUncertainty
    other_centre : int
        Exchanges whose distribution is centred elsewhere than at the amount; it is drawn around the amount.
    scores_not_given : int
        Exchanges with scores of which some are not given.
    refused : int
        Exchanges with a distribution that cannot be; they are fixed.
    problems : tuple of Problem
        The first of them, and how many more.
    """

    technosphere: MatrixUncertainty
    biosphere: MatrixUncertainty
    other_centre: int
    scores_not_given: int
    refused: int
    problems: tuple[Problem, ...]


@attrs.frozen(eq=False)
class _Exchanges:
    """Distributions of the exchanges themselves; low and high are bounds, first is a spread or low."""

    amount: FloatArray
    kind: NDArray[np.int8]
    first: FloatArray
    second: FloatArray
    origin: NDArray[np.int8]


def entry_uncertainty(database: ProcessDatabase) -> EntryUncertainty:
    """Distributions around the entries of technosphere and biosphere.

    Parameters
    ----------
    database : ProcessDatabase

    Notes
    -----
    Entries are drawn independently of each other, also those that come from one exchange of a process with several
    products.
    """
    exchanges = database["exchanges"]
    stated = _stated(exchanges)
    scored, scores_not_given = _by_scores(exchanges, stated)
    return EntryUncertainty(
        _entries(database["technosphere"], scored),
        _entries(database["biosphere"], scored),
        _other_centres(exchanges, scored),
        scores_not_given,
        int((scored.origin == _REFUSED).sum()),
        _problems(database, scored.origin),
    )


def exchange_counts(database: ProcessDatabase) -> Counts:
    """What the source says about the uncertainty of its exchanges; one of amount 0 counts as what it states."""
    found, _ = _by_scores(database["exchanges"], _stated(database["exchanges"]))
    return MatrixUncertainty(Uncertainty(found.kind, found.first, found.second), found.origin).counts()


def _stated(exchanges: Table) -> _Exchanges:
    """Distributions that the source states."""
    distribution = exchanges.coded("distribution")
    codes = {kind: code(kind) for kind in KINDS} | {"": 0}
    kind_of = np.array([codes.get(text, -1) for text in distribution.values] or [0], np.int8)
    kind = kind_of[distribution.codes]
    amount, p1, p2, p3 = (exchanges.numbers(name) for name in ("amount", "p1", "p2", "p3"))
    bounded, triangular = (kind == code("uniform")) | (kind == code("triangular")), kind == code("triangular")
    low, high = np.where(bounded, p1, np.nan), np.where(triangular, p3, np.where(bounded, p2, np.nan))
    room = _ROUNDING * np.abs(amount)
    with np.errstate(invalid="ignore"):
        sound = np.select(
            [kind == 0, kind == code("lognormal"), kind == code("normal"), bounded],
            [
                np.ones(kind.size, np.bool_),
                ((p2 >= 1.0) & (p2 < 100.0)) | (p2 == 0.0),  # 0 is how some sources leave it empty
                (p2 >= 0.0) & np.isfinite(p2),
                (low <= amount + room) & (amount <= high + room) & np.isfinite(high - low),
            ],
            default=False,
        )
        wide = np.select([kind == code("lognormal"), bounded], [p2 > 1.0, high > low], default=p2 > 0.0)
    origin = np.where(sound, np.where(wide, _STATED, _WITHOUT_SPREAD), _REFUSED)
    origin = np.where(kind == 0, _UNSTATED, origin).astype(np.int8)
    drawn = origin == _STATED
    first = np.where(drawn, np.where(bounded, low, p2), 0.0)
    return _Exchanges(
        amount, np.where(drawn, kind, 0).astype(np.int8), first, np.where(drawn & bounded, high, 0.0), origin
    )


def _by_scores(exchanges: Table, stated: _Exchanges) -> tuple[_Exchanges, int]:
    """The same, with lognormals from data quality scores where nothing else is stated."""
    pedigree = exchanges.coded("pedigree")
    read = [_scores(text) for text in pedigree.values] or [None]
    squares = np.array([math.nan if found is None else found[0] for found in read])[pedigree.codes]
    partial = np.array([found is not None and found[1] for found in read], np.bool_)[pedigree.codes]
    basic = exchanges.numbers("base_uncertainty")
    usable = (stated.origin == _UNSTATED) & np.isfinite(squares)
    with np.errstate(invalid="ignore", divide="ignore"):
        refused = usable & ~np.isnan(basic) & ~((basic >= 1.0) & (basic < 1e4))
        addition = np.where(np.isnan(basic) | refused, 0.0, np.log(basic) ** 2)
    spread = np.exp(np.sqrt(np.where(usable, squares, 0.0) + np.where(usable, addition, 0.0)) / 2.0)
    drawn = usable & ~refused & (spread > 1.0)
    origin = np.select(
        [refused, drawn, usable], [_REFUSED, _SCORES, _WITHOUT_SPREAD], default=stated.origin
    ).astype(np.int8)
    kind = np.where(drawn, code("lognormal"), stated.kind).astype(np.int8)
    found = attrs.evolve(stated, kind=kind, first=np.where(drawn, spread, stated.first), origin=origin)
    return found, int((partial & drawn).sum())


def _scores(text: str) -> tuple[float, bool] | None:
    """Sum of ln² of the factors of the scores [1], and whether some are not given; None when these are no scores.

    Examples
    --------
    >>> _scores("(1;1;1;1;1)")
    (0.0, False)
    >>> _scores("(2,na,1,1,1)")[1]
    True
    >>> _scores("good")
    """
    parts = [part for part in _SEPARATOR.split(text.strip().strip("()[]")) if part]
    if len(parts) not in {len(INDICATORS) - 1, len(INDICATORS)}:
        return None
    given = [int(part) if part in {"1", "2", "3", "4", "5"} else 0 for part in parts]
    absent = {"na", "n.a.", "n.a", "n/a", "-", "0", "none"}
    unreadable = [
        part for part, score in zip(parts, given, strict=True) if not score and part.lower() not in absent
    ]
    if unreadable or not any(given):
        return None
    pedigree = Pedigree(*[score or 1 for score in given])
    return math.log(squared_gsd(pedigree, basic_factor=1.0)) ** 2, not all(given)


def _entries(table: Table, exchanges: _Exchanges) -> MatrixUncertainty:
    """Spread of the entries: that of the exchange, times entry per exchange."""
    row, amount = table.integers("exchange"), table.numbers("amount")
    known = row >= 0
    row = np.where(known, row, 0)
    if not exchanges.amount.size:
        return MatrixUncertainty(_fixed(row.size), np.zeros(row.size, np.int8))
    whole, kind, origin = exchanges.amount[row], exchanges.kind[row], exchanges.origin[row]
    zero = (kind > 0) & ((whole == 0.0) | (amount == 0.0))
    origin = np.where(known, np.where(zero, _ZERO, origin), _UNSTATED).astype(np.int8)
    kind = np.where(known & ~zero, kind, 0).astype(np.int8)
    scale = np.divide(amount, whole, out=np.zeros(row.size), where=whole != 0.0)
    first, second = exchanges.first[row], exchanges.second[row]
    bounded = (kind == code("uniform")) | (kind == code("triangular"))
    ends = np.sort(np.stack([first * scale, second * scale]), axis=0)
    first = np.select(
        [kind == code("lognormal"), kind == code("normal"), bounded],
        [first, first * np.abs(scale), np.minimum(ends[0], amount)],
        default=0.0,
    )
    return MatrixUncertainty(
        Uncertainty(kind, first, np.where(bounded, np.maximum(ends[1], amount), 0.0)), origin
    )


def _fixed(count: int) -> Uncertainty:
    return Uncertainty(np.zeros(count), np.zeros(count), np.zeros(count))


def _other_centres(exchanges: Table, found: _Exchanges) -> int:
    """Exchanges whose distribution says another median, mean or mode than the amount."""
    kind, amount = found.kind, found.amount
    stated = found.origin == _STATED
    centre = np.where(kind == code("triangular"), exchanges.numbers("p2"), exchanges.numbers("p1"))
    with np.errstate(invalid="ignore"):
        apart = np.abs(np.abs(centre) - np.abs(amount)) > SAME_CENTRE * np.abs(amount)
    return int((stated & apart & (kind != code("uniform")) & np.isfinite(centre)).sum())


def _problems(database: ProcessDatabase, origin: NDArray[np.int8]) -> tuple[Problem, ...]:
    rows = np.flatnonzero(origin == _REFUSED)
    if not rows.size:
        return ()
    exchanges, names = database["exchanges"], database["processes"].texts("name_en")
    problems = []
    for row in rows[:NAMED_AT_MOST].tolist():
        line = exchanges.row(row)
        numbers = ", ".join(f"{line[name]:g}" for name in ("p1", "p2", "p3", "base_uncertainty"))
        scores = Text(f"scores {line['pedigree']}", f"评分 {line['pedigree']}")
        what = DISTRIBUTIONS.get(str(line["distribution"]), scores)
        message = Text(
            f"{{what}} with {numbers} around {line['amount']:g} cannot be; the amount is taken as fixed",
            f"{{what}}不能以 {numbers} 围绕 {line['amount']:g}；该数量按固定值处理",
        )
        problems.append(
            Problem(
                f"process {names[int(line['process'])]}, exchange {line['number']}",
                "distribution-invalid",
                message.format(what=what),
                Text("correct it in the source", "在数据源中修正"),
            )
        )
    if rows.size > NAMED_AT_MOST:
        rest = rows.size - NAMED_AT_MOST
        more = Text(f"the same holds for {rest} more exchanges", f"另有 {rest} 个交换也是如此")
        problems.append(
            Problem(
                database.id,
                "distribution-invalid",
                more,
                Text("correct them in the source", "在数据源中修正"),
            )
        )
    return tuple(problems)
