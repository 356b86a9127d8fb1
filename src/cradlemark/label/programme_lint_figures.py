"""Whether the figures of a programme can mean what they are used for: units, whole numbers, spans, populations, order of claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.language import Text
from cradlemark.label.artwork.colours import palette
from cradlemark.label.programme import GradeRule, ProgrammeProfile

UNITS: Mapping[str, str] = {
    "least_verifiers": "person", "change": "1", "reduction.window": "month", "reduction.probability": "1",
    "grade.least": "product", "grade.anonymity": "holder",
}  # fmt: skip
"""Unit in which each figure is used; one that is written in another would be taken for it."""
WHOLE = frozenset({"person", "product", "holder", "month"})
"""Units that are counted."""
LEAST_HOLDERS = 2
"""Fewer would show the figure of one holder (own choice)."""
_GIVE_UNIT = Text("convert it to that unit", "换算为该单位")


def figure_problems(programme: ProgrammeProfile) -> Iterator[Problem]:
    """Yield what is wrong with the figures of a programme."""
    yield from _units(programme)
    yield from _reduction(programme)
    if programme.grade is not None:
        yield from _grade(programme.grade)
    yield from _order(programme)
    yield from _colour(programme)
    if not programme.rule_packs:
        yield _problem(
            "programme.rule_packs",
            Text("no study can follow it", "没有可遵循的规则包"),
            Text("name at least one rule pack", "至少写明一个规则包"),
        )


def _problem(where: str, message: Text, hint: Text) -> Problem:
    return Problem(where, "programme-incomplete", message, hint)


def _wanted_unit(place: str) -> str:
    if place.endswith((".validity", ".surveillance")):
        return "month"
    if place.startswith("reduction.") and place not in UNITS:
        return "1"  # thresholds of alternatives
    return UNITS.get(place, "")


def _units(programme: ProgrammeProfile) -> Iterator[Problem]:
    for place, figure in programme.figures():
        wanted = _wanted_unit(place)
        if wanted and figure.unit != wanted:
            yield _problem(
                place,
                Text(f"it is given in {figure.unit}, but used in {wanted}", f"给出的单位为 {figure.unit}，实际按 {wanted} 使用"),
                _GIVE_UNIT,
            )  # fmt: skip
        elif wanted in WHOLE and (figure.value != int(figure.value) or figure.value < 1):
            yield _problem(
                place,
                Text(f"{figure.value:g} is no number of things to count from 1", f"{figure.value:g} 不是从 1 起的整数"),
                Text("give a whole number", "给出整数"),
            )  # fmt: skip


def _reduction(programme: ProgrammeProfile) -> Iterator[Problem]:
    for way in programme.reduction.alternatives if programme.reduction else ():
        if way.threshold is not None and not 0.0 < way.threshold.value < 1.0:
            yield _problem(
                f"reduction.{way.id}",
                Text("a threshold is a share between 0 and 1", "阈值须为 0 与 1 之间的份额"),
                Text("give 0.03 for 3 %", "3 % 写作 0.03"),
            )


def _grade(rule: GradeRule) -> Iterator[Problem]:
    least, holders = rule.least.value, rule.anonymity.value
    if least < len(rule.steps):
        yield _problem(
            "grade.least",
            Text(
                f"{least:g} products cannot be told apart in {len(rule.steps)} grades",
                f"{least:g} 个产品无法分为 {len(rule.steps)} 级",
            ),
            Text("ask for at least as many products as there are grades", "产品数至少与等级数相同"),
        )
    if not LEAST_HOLDERS <= holders <= least:
        yield _problem(
            "grade.anonymity",
            Text("fewer than two holders hide nobody, more than there are products hide everything", "少于两个持有人无法匿名，多于产品数则全部不可展示"),
            Text("give 2 or more, up to grade.least", "给出 2 至 grade.least 之间的数"),
        )  # fmt: skip


def _order(programme: ProgrammeProfile) -> Iterator[Problem]:
    """A claim that has to be there first can itself be had."""
    for kind, claim in programme.claims.items():
        for needed in claim.needs:
            other = programme.claims.get(needed)
            if other is None or needed == kind:
                continue
            if claim.running and not other.running:
                yield _problem(
                    f"claims.{kind}.needs",
                    Text(f"{needed} is not granted yet", f"{needed} 尚未授予"),
                    Text("name a kind that runs", "写明已实施的类型"),
                )
            if kind in _before(programme, needed):
                yield _problem(
                    f"claims.{kind}.needs",
                    Text(f"{kind} and {needed} wait for each other", f"{kind} 与 {needed} 互相等待"),
                    Text("let one of them go first", "让其中之一先行"),
                )


def _before(programme: ProgrammeProfile, kind: str) -> set[str]:
    """Kinds that have to be there before a kind."""
    found: set[str] = set()
    waiting = [kind]
    while waiting:
        claim = programme.claims.get(waiting.pop())
        for needed in claim.needs if claim else ():
            if needed not in found:
                found.add(needed)
                waiting.append(needed)
    return found


def _colour(programme: ProgrammeProfile) -> Iterator[Problem]:
    try:
        palette(programme.design.colour)
    except CradlemarkError as error:
        yield Problem("design.colour", "programme-incomplete", error.message, error.hint)
