"""Demands of the programme of a claim, by the figures of its profile."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.periods import parse_period
from cradlemark.label.claim import Claim
from cradlemark.label.lints.lint import Flaws, ProgrammeLint
from cradlemark.label.number import read_number
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import DIGITS, grade_of, last_day, months_later

_ASSURANCE = ("limited", "reasonable")


def _identity(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    stated = claim.programme
    if (stated.id, stated.digest, stated.demonstration) != (
        programme.id,
        programme.digest,
        programme.demonstration,
    ):
        yield (
            "programme",
            Text(f"it is not of this version of {programme.id}", f"不属于 {programme.id} 的此版本"),
        )


def _mark(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    mark = read_number(claim.number).programme
    if mark != programme.mark:
        yield "number", Text(f"the number is of {mark}, the programme's mark is {programme.mark}",
                             f"编号前缀 {mark}，计划标记为 {programme.mark}")  # fmt: skip


def _kind(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    granted = programme.claims.get(claim.kind)
    if claim.kind != "recognised" and (granted is None or not granted.running):
        yield "kind", Text(f"the programme grants no {claim.kind} claim", f"计划不授予 {claim.kind} 声明")


def _validity(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    issued, until = _day(claim.validity.issued), _day(claim.validity.until)
    if issued is None or until is None or claim.kind not in programme.claims:
        return
    last = last_day(programme, claim.kind, issued)
    if until > last:
        yield (
            "validity.until",
            Text(f"{until} is later than the programme allows, {last}", f"{until} 晚于计划允许的 {last}"),
        )


def _surveillance(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    kind = programme.claims.get(claim.kind)
    days = [
        _day(text) for text in (claim.validity.issued, *claim.validity.surveillance, claim.validity.until)
    ]
    if kind is None or kind.surveillance is None or None in days:
        return
    months = int(kind.surveillance.value)
    for before, after in itertools.pairwise(days):
        if before is not None and after is not None and after > months_later(before, months):
            yield "validity.surveillance", Text(f"from {before} to {after} nobody looks, every {months} months somebody has to",
                                                f"{before} 至 {after} 无监督，应每 {months} 个月一次")  # fmt: skip


def _assurance(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    kind = programme.claims.get(claim.kind)
    if kind is not None and _ASSURANCE.index(claim.verification.assurance) < _ASSURANCE.index(kind.assurance):
        yield "verification.assurance", Text(f"{claim.verification.assurance} assurance, {kind.assurance} is asked for",
                                             f"保证等级 {claim.verification.assurance}，要求 {kind.assurance}")  # fmt: skip


def _rule_pack(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    if claim.basis.rule_pack not in programme.rule_packs:
        yield "basis.rule_pack", Text(f"{claim.basis.rule_pack} is none of the programme's rule packs",
                                      f"{claim.basis.rule_pack} 不在计划的规则包之列")  # fmt: skip


def _excluded(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    if claim.reduction is None or programme.reduction is None:
        return
    missing = [cause for cause in programme.reduction.excluded if cause not in claim.reduction.excluded]
    if missing:
        names = ", ".join(missing)
        yield "reduction.excluded", Text(f"these may not count: {names}", f"以下不得计入：{names}")


def _required(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    if claim.reduction is None or programme.reduction is None:
        return
    way = next((way for way in programme.reduction.alternatives if way.id == claim.reduction.way), None)
    if way is None:
        yield "reduction.way", Text("it is none of the ways of the rule", "不是规则所列途径")
        return
    threshold = way.threshold.value if way.threshold else 0.0
    if claim.reduction.required != threshold:
        yield "reduction.required", Text(f"{claim.reduction.required:g} is stated, the programme asks for {threshold:g}",
                                         f"所列 {claim.reduction.required:g}，计划要求 {threshold:g}")  # fmt: skip


def _reached(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    if claim.reduction is None or programme.reduction is None:
        return
    for way in programme.reduction.alternatives:
        short = way.threshold and round(claim.reduction.reduction, DIGITS) < way.threshold.value
        if way.id == claim.reduction.way and way.threshold and short:
            yield "reduction.reduction", Text(f"{claim.reduction.reduction:.2%} is below {way.threshold.value:.2%}",
                                              f"{claim.reduction.reduction:.2%} 低于 {way.threshold.value:.2%}")  # fmt: skip


def _probability(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    if claim.reduction is None or programme.reduction is None:
        return
    least = programme.reduction.probability.value
    if claim.reduction.probability < least:
        yield "reduction.probability", Text(f"{claim.reduction.probability:g} is below {least:g}",
                                            f"{claim.reduction.probability:g} 低于 {least:g}")  # fmt: skip


def _window(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    if claim.reduction is None or programme.reduction is None or programme.reduction.window is None:
        return
    try:
        before, now = parse_period(claim.reduction.baseline_period).end, parse_period(claim.basis.period).end
    except InputError:
        yield (
            "reduction.baseline_period",
            Text("the period of the baseline cannot be read", "基线数据时段无法识别"),
        )
        return
    if now > months_later(before, int(programme.reduction.window.value)):
        yield (
            "reduction.baseline_period",
            Text(f"the baseline of {before} is too old", f"{before} 的基线过旧"),
        )


def _population(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    if (
        claim.grade is not None
        and programme.grade is not None
        and claim.grade.count < programme.grade.least.value
    ):
        count, least = claim.grade.count, int(programme.grade.least.value)
        yield (
            "grade.count",
            Text(f"{count} products are too few, {least} are needed", f"产品仅 {count} 个，至少 {least} 个"),
        )
    if (
        claim.grade is not None
        and programme.grade is not None
        and claim.grade.holders < programme.grade.anonymity.value
    ):
        there, needed = claim.grade.holders, int(programme.grade.anonymity.value)
        yield (
            "grade.holders",
            Text(
                f"{there} holders are too few, {needed} are needed", f"持有人仅 {there} 个，至少 {needed} 个"
            ),
        )


def _step(claim: Claim, programme: ProgrammeProfile) -> Flaws:
    if claim.grade is None or programme.grade is None or not 0.0 <= claim.grade.percentile <= 100.0:
        return
    name = grade_of(programme.grade, claim.grade.percentile)
    if name != claim.grade.grade:
        yield "grade.grade", Text(f"percentile {claim.grade.percentile:g} is {name}, not {claim.grade.grade}",
                                  f"百分位 {claim.grade.percentile:g} 为 {name}，而非 {claim.grade.grade}")  # fmt: skip


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _lint(name: str, en: str, zh: str, check: Callable[[Claim, ProgrammeProfile], Flaws]) -> ProgrammeLint:
    return ProgrammeLint(f"programme-{name}", Text(en, zh), check)


LINTS = (
    _lint("identity", "of this version of the programme", "属于计划的此版本", _identity),
    _lint("mark", "the number carries the programme's mark", "编号带有计划标记", _mark),
    _lint("kind", "of a kind that the programme grants", "属于计划授予的类别", _kind),
    _lint("validity", "valid no longer than the programme allows", "有效期不超过计划规定", _validity),
    _lint(
        "surveillance", "surveillance as often as the programme asks", "监督频次符合计划要求", _surveillance
    ),
    _lint("assurance", "assurance as the programme asks", "保证等级符合计划要求", _assurance),
    _lint("rule-pack", "rules of the programme", "采用计划的规则", _rule_pack),
    _lint("excluded", "nothing counts that the programme excludes", "不计入计划排除的原因", _excluded),
    _lint("required", "a way of the rule with its threshold", "规则所列途径及其阈值", _required),
    _lint("reached", "the threshold is reached", "达到阈值", _reached),
    _lint("probability", "as probable as the programme asks", "概率符合计划要求", _probability),
    _lint("window", "the baseline is not too old", "基线未过旧", _window),
    _lint("population", "a grade rests on enough products", "等级基于足够的产品", _population),
    _lint("step", "the grade is that of the percentile", "等级与百分位一致", _step),
)
"""Lints of programmes."""
