"""Grades: where a product stands among comparable ones, by the steps of its programme; refused with the reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import attrs

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.label.benchmark import BenchmarkSet
from cradlemark.label.claim import Claim, Grade
from cradlemark.label.comparability import comparability_class, figure_of
from cradlemark.label.derive import GRADE_LIMIT
from cradlemark.label.granting import Finish
from cradlemark.label.percentiles import standing
from cradlemark.label.programme import GradeRule, ProgrammeProfile
from cradlemark.label.programme_decisions import grade_of, granted_type


@attrs.frozen
class Graded:
    """A grade and the grades at the edges of its band.

    Parameters
    ----------
    best, worst : str
        Grades at the lower and upper edge of the percentile's 95 % band.
    """

    grade: Grade
    best: str
    worst: str

    @property
    def sure(self) -> bool:
        """Whether the whole band lies in one grade."""
        return self.best == self.worst == self.grade.grade


def reasons_against(
    claim: Claim, benchmark: BenchmarkSet, rule: GradeRule, *, programme: str, on: datetime.date
) -> tuple[Text, ...]:
    """Return why a claim cannot be graded with a benchmark on a day."""
    return tuple(_reasons(claim, benchmark, rule, programme, on))


def _reasons(
    claim: Claim, benchmark: BenchmarkSet, rule: GradeRule, programme: str, on: datetime.date
) -> Iterator[Text]:
    yield from comparability_class(claim).differences(benchmark.comparability)
    if benchmark.programme != programme:
        yield Text(
            f"the benchmark is of programme {benchmark.programme}, not of {programme}",
            f"基准属于计划 {benchmark.programme}，而非 {programme}",
        )
    if datetime.date.fromisoformat(benchmark.as_of) > on:
        yield Text(
            f"the benchmark is of {benchmark.as_of}, later than {on}", f"基准日 {benchmark.as_of} 晚于 {on}"
        )
    population = benchmark.population(on, without=claim)
    least, holders = (
        max(int(rule.least.value), benchmark.least),
        max(int(rule.anonymity.value), benchmark.anonymity),
    )
    if len(population) < least:
        yield Text(
            f"too few valid products: {len(population)} of {least} needed",
            f"有效产品仅 {len(population)} 个，至少需要 {least} 个",
        )
    there = len({member.holder for member in population})
    if there < holders:
        yield Text(
            f"too few holders: {there} of {holders} needed",
            f"持有人仅 {there} 个，至少需要 {holders} 个",
        )


def grade(claim: Claim, benchmark: BenchmarkSet, programme: ProgrammeProfile, *, on: datetime.date) -> Graded:
    """Grade a claim: percentile of its figure among the valid members other than itself, and the step it falls into.

    Raises
    ------
    StateError
        ``grade-refused`` with every reason; ``class-unknown``.
    """
    rule = programme.grade
    if rule is None:
        raise StateError(
            Text(f"programme {programme.id} grants no grades", f"计划 {programme.id} 不授予等级"), code="grade-refused", where=claim.number,
            hint=Text("see cradlemark programme show NAME", "见 cradlemark programme show NAME"),
        )  # fmt: skip
    reasons = reasons_against(claim, benchmark, rule, programme=programme.id, on=on)
    if reasons:
        raise StateError(
            Text("the product cannot be graded: " + "; ".join(reason.en for reason in reasons), ("该产品无法评级：" + "；".join(reason["zh"] for reason in reasons))), code="grade-refused",
            where=claim.number, hint=Text("use a benchmark of the same class with enough valid products and holders", "使用同一类的基准，且有足够的有效产品和持有人"),
        )  # fmt: skip
    made = placed(claim, benchmark, on=on)
    made = attrs.evolve(made, grade=grade_of(rule, made.percentile))
    return Graded(made, grade_of(rule, made.low), grade_of(rule, made.high))


def placed(claim: Claim, benchmark: BenchmarkSet, *, on: datetime.date, name: str = "") -> Grade:
    """Place a claim among the valid members other than its own product's, whatever the steps of the programme are.

    Parameters
    ----------
    name : str
        Of the grade, which is not looked at.

    Raises
    ------
    InputError
        ``value-range`` when nobody is there.
    """
    population = benchmark.population(on, without=claim)
    found = standing(figure_of(claim), [member.value for member in population])
    return Grade(
        name, benchmark.comparability.id, benchmark.digest, found.count, found.percentile, found.low, found.high,
        len({member.holder for member in population}), benchmark.version, benchmark.as_of,
    )  # fmt: skip


def grade_claim(footprint: Claim, graded: Graded) -> Claim:
    """Make the grade claim out of a footprint claim."""
    return attrs.evolve(footprint, kind="grade", grade=graded.grade, limits=(*footprint.limits, GRADE_LIMIT))


def graded(benchmark: BenchmarkSet, programme: ProgrammeProfile, *, on: datetime.date) -> Finish:
    """Return what makes a footprint claim a grade claim; see `grade` for what is refused."""
    granted_type(programme, "grade")
    return lambda footprint: grade_claim(footprint, grade(footprint, benchmark, programme, on=on))
