"""Benchmark sets of a programme: populations of its own valid labels, stored, logged and published version by version."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from cradlemark.core.errors import NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.label.benchmark import BenchmarkSet, make_benchmark, read_benchmark
from cradlemark.label.claim import Claim
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import granted_type
from cradlemark.label.status_list import is_set
from cradlemark.registry.audit.record import record
from cradlemark.registry.labels.issue import stored_claim
from cradlemark.registry.labels.models import Benchmark, Label
from cradlemark.registry.log.append import Record, append
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.publication.outbox import BENCHMARK, enqueue
from cradlemark.registry.writing import writing

CLASS_SET = Text("benchmark set for the class of the product", "该产品类别的基准集")


def renew_benchmark(
    comparability: str, programme: ProgrammeProfile, *, time: datetime.datetime, by: Actor | None = None
) -> BenchmarkSet:
    """Make the next version of the population of a class out of all valid labels; the latest one when nothing has changed.

    Parameters
    ----------
    by : Actor, optional
        None at the command line.

    Raises
    ------
    RuleError
        ``claim-kind`` when the programme grants no grades.
    StateError
        ``benchmark-empty``
    """
    granted_type(programme, "grade")
    rule = programme.grade
    assert rule is not None  # a kind that runs has its rule: lint of the programme
    with writing():
        before = latest_benchmark(comparability)
        made = make_benchmark(
            _valid_claims(comparability), programme=programme.id, on=time.date(), least=int(rule.least.value),
            anonymity=int(rule.anonymity.value), previous=before,
        )  # fmt: skip
        if before is not None and (before.members, before.least, before.anonymity) == (
            made.members, made.least, made.anonymity,
        ):  # fmt: skip
            return before
        content = {
            "digest": made.digest,
            "version": made.version,
            "previous": made.previous,
            "products": len(made.members),
        }
        (entry,) = append([Record("benchmark", comparability, content)], time=time)
        Benchmark.objects.create(
            digest=made.digest, comparability=comparability, version=made.version, content=made.content, entry=entry
        )  # fmt: skip
        enqueue(BENCHMARK, [made.digest])
        record("labels:benchmark:publish", comparability, by=by, time=time, detail={"version": made.version})
    return made


def _valid_claims(comparability: str) -> Iterator[Claim]:
    for label in Label.objects.filter(row__comparability=comparability).iterator():
        if not is_set("suspension", label.state):
            yield stored_claim(label)


def latest_benchmark(comparability: str) -> BenchmarkSet | None:
    """Return the newest version of a class; None before the first one."""
    found = Benchmark.objects.filter(comparability=comparability).order_by("-version").first()
    return read_benchmark(bytes(found.content), where=str(found)) if found else None


def benchmark_for(comparability: str, *, wanted: str = "") -> BenchmarkSet:
    """Return the latest set of a class, which has to be the one that is wanted.

    Parameters
    ----------
    wanted : str
        Digest; empty for whichever is the latest.

    Raises
    ------
    NotFoundError
        ``benchmark-unknown`` when this register has published none, or not that one.
    StateError
        ``benchmark-old`` when a later version has replaced it, or a label in it may not be used any more.
    """
    found = latest_benchmark(comparability)
    if found is None or (wanted and not Benchmark.objects.filter(digest=wanted).exists()):
        which = Text(f"benchmark set {wanted}", f"基准集 {wanted}") if wanted else CLASS_SET
        raise NotFoundError(
            Text(f"this register has published no {which.en}", f"本登记簿未发布{which.zh}"), code="benchmark-unknown",
            where=comparability or "-",
            hint=Text("publish one with: cradlemark label population HOME NUMBER", "用 cradlemark label population HOME NUMBER 发布"),
        )  # fmt: skip
    gone = lost_member(found)
    if gone or (wanted and wanted != found.digest):
        why = Text(f"version {found.version} has replaced it", f"已被第 {found.version} 版取代")
        if gone:
            why = Text(f"label {gone} may not be used any more", f"标签 {gone} 不得再使用")
        raise StateError(
            Text(f"the benchmark set is not up to date: {why.en}", f"基准集不是最新：{why.zh}"), code="benchmark-old",
            where=comparability,
            hint=Text(
                "publish the next version with: cradlemark label population HOME NUMBER, and grade with that",
                "用 cradlemark label population HOME NUMBER 发布下一版并据此评级",
            ),
        )  # fmt: skip
    return found


def lost_member(benchmark: BenchmarkSet) -> str:
    """Number of a member that was suspended, revoked, withdrawn or superseded since; one that has expired only counts no more."""
    members = {member.number for member in benchmark.members}
    rows = Label.objects.filter(row__comparability=benchmark.comparability.id).values_list("number", "state")
    lost = (
        number
        for number, state in rows
        if number in members and is_set("suspension", state) and state != "expired"
    )
    return next(lost, "")
