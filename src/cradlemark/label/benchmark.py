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
from cradlemark.core.language import Text, joined
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
    products : tuple of str
        What is labelled: ``gtin:`` and ``model:`` with their text, sorted.
    """

    number: str
    claim: str
    holder: str
    value: float
    valid_until: str
    products: tuple[str, ...]

    def same_product(self, other: Member) -> bool:
        """Whether both label a product in common: one holder, and a GTIN or model that both name."""
        return self.holder == other.holder and not set(self.products).isdisjoint(other.products)


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

    def population(self, on: datetime.date, *, without: Claim | None = None) -> tuple[Member, ...]:
        """Return the members that are valid on a day, without the labels of one claim's own product."""
        own = member_of(without) if without else None
        numbers = {without.number, without.previous} if without else set()
        return tuple(
            member for member in self.members
            if datetime.date.fromisoformat(member.valid_until) >= on
            and member.number not in numbers and not (own and member.same_product(own))
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


def benchmark_path(comparability: str, version: int) -> str:
    """Path of a published set below the address of the programme."""
    return f"benchmarks/{comparability}/{version}.json"


def make_benchmark(
    claims: Iterable[Claim], *, programme: str, on: datetime.date, least: int, anonymity: int,
    previous: BenchmarkSet | None = None,
) -> BenchmarkSet:  # fmt: skip
    """Make a population out of claims.

    Expired claims, and those that another one follows, are left out; a product stands in it once, with its latest label.

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
            Text("no claim is valid on that day", "当日没有有效的声明"),
            code="benchmark-empty",
            hint=Text("give valid claims of one class", "给出同一类的有效声明"),
        )
    classes = [(claim, comparability_class(claim)) for claim in valid]
    first = classes[0][1]
    for claim, found in classes:
        if found != first:
            why = joined(first.differences(found))
            raise StateError(
                Text("the claims are not comparable: {why}", "各声明不可比：{why}").format(why=why), code="benchmark-mixed", where=claim.number,
                hint=Text("make one benchmark for each class", "每一类各做一个基准"),
            )  # fmt: skip
    latest = sorted(valid, key=lambda claim: (claim.validity.issued, claim.number), reverse=True)
    members = once(map(member_of, latest))
    return BenchmarkSet(
        programme, previous.version + 1 if previous else 1, on.isoformat(), first, tuple(sorted(members)), least,
        anonymity, previous.digest if previous else "",
    )  # fmt: skip


def once(members: Iterable[Member]) -> list[Member]:
    """Return of each product only the first member."""
    taken: set[tuple[str, str]] = set()
    found = []
    for member in members:
        keys = {(member.holder, product) for product in member.products}
        if taken.isdisjoint(keys):
            found.append(member)
            taken |= keys
    return found


def member_of(claim: Claim) -> Member:
    """Return how a claim stands in a population."""
    product, holder = claim.product, claim.holder.id or claim.holder.name.en or claim.holder.name.zh
    products = products_of(product.models, product.gtin)
    return Member(claim.number, claim.digest, holder, figure_of(claim), claim.validity.until, products)


def products_of(models: Iterable[str], gtin: str = "") -> tuple[str, ...]:
    """Return models and GTIN as members name them."""
    return tuple(sorted([f"model:{model}" for model in models] + ([f"gtin:{gtin}"] if gtin else [])))


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
        raise _unreadable(Text("it is longer than any benchmark", "比任何基准都长"), where)
    try:
        document = read_json(content, where=where)
        if not isinstance(document, dict) or document.pop("schema", "") != SCHEMA:
            raise _unreadable(Text(f"it is no {SCHEMA} document", f"不是 {SCHEMA} 文档"), where)
        found = _converter().structure(document, BenchmarkSet)
    except InputError as error:
        raise error if error.code == "benchmark-unreadable" else _unreadable(error.message, where) from None
    except (cattrs.BaseValidationError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise _unreadable(
            Text("a field is missing or of the wrong kind", "某字段缺失或类型不对"), where
        ) from error
    _check(found, where)
    if found.content != content:
        raise TrustError(
            Text("the benchmark is not written as it was published: somebody changed it", "该基准与发布时的写法不同：有人改动过"), code="benchmark-changed",
            where=where, hint=Text("get it anew from the programme", "从计划重新获取"),
        )  # fmt: skip
    return found


def _check(found: BenchmarkSet, where: str) -> None:
    numbers = [member.number for member in found.members]
    if len(set(numbers)) != len(numbers):
        raise _unreadable(Text("a label stands in it twice", "其中某标签出现两次"), where)
    if found.version < 1 or found.least < 1 or found.anonymity < 1:
        raise _unreadable(
            Text("version, least and anonymity are at least 1", "version、least 和 anonymity 至少为 1"), where
        )
    for member in found.members:
        read_number(member.number)
        try:
            datetime.date.fromisoformat(member.valid_until)
        except ValueError:
            raise _unreadable(
                Text(f"{member.valid_until[:20]!r} is no day", f"{member.valid_until[:20]!r} 不是日期"), where
            ) from None
        if not math.isfinite(member.value):
            raise _unreadable(Text("a value is no number", "某值不是数字"), where)


@cache
def _converter() -> cattrs.Converter:
    return cattrs.Converter(forbid_extra_keys=True)


def _unreadable(why: Text, where: str) -> InputError:
    return InputError(
        Text("the benchmark cannot be read: {why}", "无法读取该基准：{why}").format(why=why), code="benchmark-unreadable", where=where,
        hint=Text("get it anew from the programme", "从计划重新获取"),
    )  # fmt: skip


NOT_SHOWN = Text(
    "The distribution is not shown: too few products or holders stand behind it.",
    "产品或持有人过少，不展示分布。",
)
"""What is said where nothing may be shown."""
