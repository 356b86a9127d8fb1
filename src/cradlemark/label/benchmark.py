"""Benchmark sets: versioned populations of comparable labels, as documents with a digest.

A set names its members, so that anybody who has the labels can make it again; what is published of it besides shows no
single holder: percentiles are means over at least as many holders as the programme asks for.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import Any

import attrs
import cattrs

from cradlemark.core.canonical import canonical_json, digest_bytes, read_json
from cradlemark.core.errors import InputError, StateError, TrustError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.comparability import ComparabilityClass, comparability_class, figure_of
from cradlemark.label.number import read_number
from cradlemark.label.percentiles import quantile_band

SCHEMA = "cradlemark-benchmark/1"
LARGEST = 200_000_000
"""Longest document that is read [byte]."""
SHOWN = (50.0, 20.0, 80.0, 40.0, 60.0, 25.0, 75.0, 10.0, 90.0)
"""Percentiles that are published where enough holders stand behind them [0-100], the most wanted first."""


@attrs.frozen(order=True)
class Member:
    """One label of the population.

    Parameters
    ----------
    number : str
    claim : str
        Digest of its claim.
    holder : str
        Registered identifier, else the name.
    value : float
        [kg CO2e per declared unit]
    valid_until : str
        Last day, ISO date.
    """

    number: str
    claim: str
    holder: str
    value: float
    valid_until: str


@attrs.frozen(slots=False)
class BenchmarkSet:
    """A population of one comparability class.

    Parameters
    ----------
    version : int
        From 1; every version names the digest of the one before.
    as_of : str
        Day of the population, ISO date.
    least : int
        Members that it needs to be used.
    anonymity : int
        Holders that have to stand behind a published figure.
    """

    programme: str
    version: int
    as_of: str
    comparability: ComparabilityClass
    members: tuple[Member, ...]
    least: int
    anonymity: int
    previous: str = ""

    def document(self) -> dict[str, Any]:
        """The set as plain values."""
        plain: dict[str, Any] = _converter().unstructure(self)
        return {"schema": SCHEMA, **plain}

    @cached_property
    def content(self) -> bytes:
        """Canonical document, UTF-8."""
        return canonical_json(self.document())

    @cached_property
    def digest(self) -> str:
        """``sha256:...`` of the canonical document: what a grade names."""
        return digest_bytes(self.content)

    def population(self, on: datetime.date, *, without: Iterable[str] = ()) -> tuple[Member, ...]:
        """Return the members that are valid on a day, without some numbers."""
        left_out = set(without)
        return tuple(
            member for member in self.members
            if member.number not in left_out and datetime.date.fromisoformat(member.valid_until) >= on
        )  # fmt: skip

    def holders(self, on: datetime.date) -> int:
        """Number of holders that have a valid member."""
        return len({member.holder for member in self.population(on)})


@attrs.frozen
class PublishedPercentile:
    """A percentile as it may be shown.

    Parameters
    ----------
    percentile : float
        [0-100]
    value : float
        Mean of the members around it [kg CO2e per declared unit].
    low, high : float or None
        Edges of its band, each a mean of the same kind; None where the population is too small for one.
    confidence : float or None
        Of the band [0-1].
    """

    percentile: float
    value: float
    low: float | None
    high: float | None
    confidence: float | None


def make_benchmark(
    claims: Iterable[Claim], *, programme: str, on: datetime.date, least: int, anonymity: int,
    previous: BenchmarkSet | None = None,
) -> BenchmarkSet:  # fmt: skip
    """Make a population out of claims.

    Expired claims, and those that another one follows, are left out; a product stands in it once.

    Raises
    ------
    StateError
        ``benchmark-mixed`` when the claims are not of one class, with the differences; ``benchmark-empty``.
    """
    given = tuple(claims)
    followed = {claim.previous for claim in given if claim.previous}
    valid = [
        c for c in given if c.number not in followed and datetime.date.fromisoformat(c.validity.until) >= on
    ]
    if not valid:
        raise StateError(
            "no claim is valid on that day", code="benchmark-empty", hint="give valid claims of one class"
        )
    classes = [(claim, comparability_class(claim)) for claim in valid]
    first = classes[0][1]
    for claim, found in classes:
        if found != first:
            why = "; ".join(text.en for text in first.differences(found))
            raise StateError(
                f"the claims are not comparable: {why}", code="benchmark-mixed", where=claim.number,
                hint="make one benchmark for each class",
            )  # fmt: skip
    members = {_member(claim) for claim in valid}
    return BenchmarkSet(
        programme, previous.version + 1 if previous else 1, on.isoformat(), first, tuple(sorted(members)), least,
        anonymity, previous.digest if previous else "",
    )  # fmt: skip


def _member(claim: Claim) -> Member:
    holder = claim.holder.id or claim.holder.name.en or claim.holder.name.zh
    return Member(claim.number, claim.digest, holder, figure_of(claim), claim.validity.until)


def published_percentiles(
    benchmark: BenchmarkSet, on: datetime.date, *, wanted: Sequence[float] = SHOWN
) -> tuple[PublishedPercentile, ...]:
    """Return what may be shown of the distribution; nothing when too few members or holders are there.

    The members, sorted by value, are cut into groups of the fewest neighbours that belong to at least
    `BenchmarkSet.anonymity` holders; each figure is the mean of the group in which its order statistic lies. The groups
    do not overlap, so that no value of a single holder follows from differences between figures.
    """
    members = sorted(benchmark.population(on), key=lambda member: (member.value, member.number))
    if len(members) < benchmark.least or benchmark.holders(on) < benchmark.anonymity:
        return ()
    means = _group_means(members, benchmark.anonymity)
    found: list[PublishedPercentile] = []
    for percentile in wanted:
        place = min(max(math.ceil(percentile / 100.0 * len(members)), 1), len(members))
        if all(one.value != means[place - 1] for one in found):
            found.append(_published(percentile, place, means))
    return tuple(sorted(found, key=lambda one: one.percentile))


def _published(percentile: float, place: int, means: Sequence[float]) -> PublishedPercentile:
    band = quantile_band(len(means), percentile / 100.0)
    if band is None:
        return PublishedPercentile(percentile, means[place - 1], None, None, None)
    first, last, confidence = band
    return PublishedPercentile(percentile, means[place - 1], means[first - 1], means[last - 1], confidence)


def _group_means(members: Sequence[Member], holders: int) -> list[float]:
    """Mean of the group of every member; what is left at the end and has too few holders joins the last group."""
    groups: list[list[Member]] = [[]]
    for member in members:
        if len({one.holder for one in groups[-1]}) >= holders:
            groups.append([])
        groups[-1].append(member)
    if len(groups) > 1 and len({one.holder for one in groups[-1]}) < holders:
        groups[-2:] = [groups[-2] + groups[-1]]
    return [math.fsum(one.value for one in group) / len(group) for group in groups for _ in group]


def read_benchmark(content: bytes, *, where: str = "") -> BenchmarkSet:
    """Read the document of a benchmark set.

    Raises
    ------
    InputError
        ``benchmark-unreadable``.
    TrustError
        ``benchmark-changed`` when it is not written canonically: then its digest is not that of any grade.
    """
    if len(content) > LARGEST:
        raise _unreadable("it is longer than any benchmark", where)
    try:
        document = read_json(content, where=where)
        if not isinstance(document, dict) or document.pop("schema", "") != SCHEMA:
            raise _unreadable(f"it is no {SCHEMA} document", where)
        found = _converter().structure(document, BenchmarkSet)
    except InputError as error:
        raise error if error.code == "benchmark-unreadable" else _unreadable(error.message, where) from None
    except (cattrs.BaseValidationError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise _unreadable("a field is missing or of the wrong kind", where) from error
    _check(found, where)
    if found.content != content:
        raise TrustError(
            "the benchmark is not written as it was published: somebody changed it", code="benchmark-changed",
            where=where, hint="get it anew from the programme",
        )  # fmt: skip
    return found


def _check(found: BenchmarkSet, where: str) -> None:
    numbers = [member.number for member in found.members]
    if len(set(numbers)) != len(numbers):
        raise _unreadable("a label stands in it twice", where)
    if found.version < 1 or found.least < 1 or found.anonymity < 1:
        raise _unreadable("version, least and anonymity are at least 1", where)
    for member in found.members:
        read_number(member.number)
        try:
            datetime.date.fromisoformat(member.valid_until)
        except ValueError:
            raise _unreadable(f"{member.valid_until[:20]!r} is no day", where) from None
        if not math.isfinite(member.value):
            raise _unreadable("a value is no number", where)


@cache
def _converter() -> cattrs.Converter:
    return cattrs.Converter(forbid_extra_keys=True)


def _unreadable(why: str, where: str) -> InputError:
    return InputError(
        f"the benchmark cannot be read: {why}", code="benchmark-unreadable", where=where,
        hint="get it anew from the programme",
    )  # fmt: skip


NOT_SHOWN = Text(
    "The distribution is not shown: too few products or holders stand behind it.",
    "产品或持有人过少，不展示分布。",
)
"""What is said where nothing may be shown."""
