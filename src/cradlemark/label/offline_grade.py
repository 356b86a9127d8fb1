"""Check a grade claim offline: the benchmark set that it names gives it, and its members are the published labels."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.label.benchmark import BenchmarkSet, member_of, read_benchmark
from cradlemark.label.claim import Claim, Grade, read_claim
from cradlemark.label.grade import grade, placed
from cradlemark.label.offline_finding import Finding, LabelFiles, finding
from cradlemark.label.offline_profile import profile_of
from cradlemark.label.programme import ProgrammeProfile

GRADE = Text("The benchmark set gives the stated place", "基准集可复算出所声明的位次")
RULE = Text("The steps of the programme give the grade", "计划的分级给出该等级")
MEMBERS = Text("The labels in the benchmark set are the published ones", "基准集中的标签与已发布者一致")
_DETAILS = {
    "no_set": Text("the benchmark set {digest} is not at hand", "没有基准集 {digest}"),
    "other_set": Text("it is not the benchmark set that the claim names", "不是声明所指的基准集"),
    "difference": Text("{field}: {stated} is stated, {found} is found", "{field}：声明 {stated}，复算 {found}"),
    "recomputed": Text("recomputed: {below:.1f} % of {count} products of {holders} holders are lower, 95 %: {low:.1f} to {high:.1f} %; "
                       "version {version} of {day}, class {name}",
                       "复算：{holders} 个持有人的 {count} 个产品中 {below:.1f} % 更低，95 %：{low:.1f} 至 {high:.1f} %；"
                       "{day} 第 {version} 版，类别 {name}"),
    "no_profile": Text("the profile {digest} of the programme is not at hand", "没有计划文件 {digest}"),
    "no_grade": Text("it cannot be decided without the benchmark set", "缺少基准集，无法判定"),
    "grade": Text("{grade}; at the edges of the band {best} and {worst}", "{grade}；区间两端为 {best} 与 {worst}"),
    "no_members": Text("none of the {count} labels is at hand", "{count} 个标签均不在手"),
    "member": Text("label {number} says something else", "标签 {number} 与之不符"),
    "members": Text("{seen} of {count} looked up; their states of today are not checked here",
                    "{count} 个中已查 {seen} 个；其当前状态未检查"),
}  # fmt: skip


def grade_findings(files: LabelFiles, claim: Claim) -> Iterator[Finding]:
    """Check what a grade claim says beyond the footprint; nothing for other kinds."""
    stated = claim.grade
    if stated is None:
        return
    benchmark, found = _place(files, claim, stated)
    yield found
    yield _grade(benchmark, claim, stated, profile_of(claim, files.programme))
    if benchmark is not None:
        yield _members(benchmark, files)


def _place(files: LabelFiles, claim: Claim, stated: Grade) -> tuple[BenchmarkSet | None, Finding]:
    if not files.benchmark:
        told = _DETAILS["no_set"].format(digest=stated.benchmark)
        return None, finding("grade", GRADE, "not_checked", told)
    try:
        benchmark = read_benchmark(files.benchmark)
        if benchmark.digest != stated.benchmark:
            return None, finding("grade", GRADE, "fails", _DETAILS["other_set"])
        wanted = placed(claim, benchmark, on=_day(claim), name=stated.grade)
    except CradlemarkError as error:
        return None, finding("grade", GRADE, "fails", error.message)
    if differing := _differing(stated, wanted):
        return benchmark, finding("grade", GRADE, "fails", differing)
    told = _DETAILS["recomputed"].format(
        below=stated.percentile, count=stated.count, holders=stated.holders, low=stated.low, high=stated.high,
        version=stated.version, day=stated.as_of, name=stated.comparability_class,
    )  # fmt: skip
    return benchmark, finding("grade", GRADE, "holds", told)


def _differing(stated: Grade, wanted: Grade) -> Text | None:
    """The first field that differs."""
    for field in Grade.__attrs_attrs__:
        one, two = getattr(stated, field.name), getattr(wanted, field.name)
        if one != two:
            return _DETAILS["difference"].format(field=field.name, stated=one, found=two)
    return None


def _grade(
    benchmark: BenchmarkSet | None, claim: Claim, stated: Grade, profile: ProgrammeProfile | None
) -> Finding:
    if profile is None:
        told = _DETAILS["no_profile"].format(digest=claim.programme.digest)
        return finding("rule", RULE, "not_checked", told)
    if benchmark is None:
        return finding("rule", RULE, "not_checked", _DETAILS["no_grade"])
    try:
        found = grade(claim, benchmark, profile, on=_day(claim))
    except CradlemarkError as error:
        return finding("rule", RULE, "fails", error.message)
    if differing := _differing(stated, found.grade):
        return finding("rule", RULE, "fails", differing)
    told = _DETAILS["grade"].format(grade=stated.grade, best=found.best, worst=found.worst)
    return finding("rule", RULE, "holds", told)


def _members(benchmark: BenchmarkSet, files: LabelFiles) -> Finding:
    """Hold the members against the claims at hand."""
    seen = 0
    for member in benchmark.members:
        content = files.members.get(member.number)
        if content is None:
            continue
        try:
            same = member_of(read_claim(content)) == member
        except CradlemarkError:
            same = False
        if not same:
            return finding("members", MEMBERS, "fails", _DETAILS["member"].format(number=member.number))
        seen += 1
    count = len(benchmark.members)
    if seen < count:
        which = "members" if seen else "no_members"
        return finding("members", MEMBERS, "not_checked", _DETAILS[which].format(seen=seen, count=count))
    return finding("members", MEMBERS, "holds", _DETAILS["members"].format(seen=seen, count=count))


def _day(claim: Claim) -> datetime.date:
    return datetime.date.fromisoformat(claim.validity.issued)
