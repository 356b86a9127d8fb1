"""Check facts against a rule pack: pass, fail, does not apply, or cannot be assessed; never silently passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.formulas import Bound, Value
from cradlemark.core.language import Text
from cradlemark.rules.catalogue import PHASE_NAMES, PHASES, Phase, catalogue
from cradlemark.rules.conditions import Condition
from cradlemark.rules.definitions import Check, RulePack
from cradlemark.rules.fact_values import Fact, Facts, Item, known
from cradlemark.rules.finding import Finding
from cradlemark.rules.required import missing_fields, missing_stages

Verdict = Literal["pass", "fail", "not_applicable", "not_assessable", "too_early"]
Outcome = bool | tuple[str, ...] | None
"""Whether a condition holds; None when it does not apply; the facts in the way when it cannot be assessed."""
MANY = 64
"""Different sets of facts from which on a condition is asked with arrays."""
_WHOLE = Item("", Text(), {})
_UNKNOWN = "?"


@attrs.frozen
class Assessment:
    """What became of one check.

    Parameters
    ----------
    verdict : {"pass", "fail", "not_applicable", "not_assessable", "too_early"}
        ``too_early``: it needs the compiled study or the result, which was not there.
    failing : int
        Number of items that fail.
    assessed : int
        Number of items to which the check applied and that could be assessed.
    """

    check: Check
    verdict: Verdict
    findings: tuple[Finding, ...]
    failing: int = 0
    assessed: int = 0


def check(pack: RulePack, facts: Facts) -> tuple[Finding, ...]:
    """Return everything a rule pack has to say about a study or a result.

    Parameters
    ----------
    pack : RulePack
    facts : Facts
        Of `cradlemark.rules.facts.study_facts` or `cradlemark.footprint.facts.footprint_facts`.

    Returns
    -------
    tuple of Finding
        Sorted by severity, rule and place. A check that cannot be assessed because a fact is not known gives a note;
        checks that need more than was there share one note ``not-checked-yet``.
    """
    assessments = assess(pack, facts)
    findings = [finding for assessment in assessments for finding in assessment.findings]
    findings += missing_fields(pack, facts)
    findings += missing_stages(pack, facts)
    findings += _too_early(assessments, facts)
    return tuple(sorted(findings, key=lambda finding: finding.order))


def assess(pack: RulePack, facts: Facts) -> tuple[Assessment, ...]:
    """Assess every check of a pack, in the order of the pack."""
    return tuple(_assessed(condition, pack, facts) for condition in pack.conditions.values())


def _assessed(condition: Condition, pack: RulePack, facts: Facts) -> Assessment:
    check_ = condition.check
    if needed_phases(condition) - facts.phases:
        return Assessment(check_, "too_early", ())
    names = condition.facts
    study_wide = {name: facts.value(name) for name in catalogue().facts.keys() & condition.facts}
    whole: dict[str, Fact] = {**study_wide, **condition.limits}
    found: list[Finding] = []
    unknown: dict[str, list[str]] = {}
    applied = 0
    items = facts.scopes.get(check_.over, ()) if check_.over else (_WHOLE,)
    columns = [_column(facts, whole, check_.over, name, len(items)) for name in names]
    keys = list(zip(*columns, strict=True)) if columns else [()] * len(items)
    outcomes = _outcomes(condition, names, whole, set(keys))
    for item, key in zip(items, keys, strict=True):
        outcome = outcomes[key]
        if isinstance(outcome, tuple):
            for name in outcome:
                unknown.setdefault(name, []).append(item.path)
        elif outcome is not None:
            applied += 1
            if not outcome:
                found.append(_finding(condition, pack, _values(condition, facts, whole, item), item))
    notes = (_not_assessable(check_, pack, unknown),) if unknown else ()
    verdict: Verdict = (
        "fail" if found else "not_assessable" if unknown else "pass" if applied else "not_applicable"
    )
    return Assessment(check_, verdict, (*found, *notes), len(found), applied)


def _column(facts: Facts, whole: Mapping[str, Fact], scope: str, name: str, count: int) -> tuple[Fact, ...]:
    """One fact for every item of a scope; for a check without a scope, of the whole study."""
    if scope and (name in catalogue().scopes[scope].facts or name not in whole):
        return facts.column(scope, name)
    return (whole.get(name),) * count


def needed_phases(condition: Condition) -> frozenset[Phase]:
    """What must be there before a check can be asked."""
    visible = catalogue().visible(condition.check.over)
    needs = {visible[name].needs for name in condition.facts}
    if condition.check.over:
        needs.add(catalogue().scopes[condition.check.over].needs)
    return frozenset(needs)


def _values(condition: Condition, facts: Facts, whole: Mapping[str, Fact], item: Item) -> dict[str, Fact]:
    values = dict(whole)
    for name in (*condition.facts, *condition.message_facts):
        if name in item.facts:
            values[name] = known(item.facts[name])
        elif name not in values:
            values[name] = facts.value(name)
    return values


def _outcomes(
    condition: Condition, names: tuple[str, ...], whole: Mapping[str, Fact], keys: set[tuple[Fact, ...]]
) -> dict[tuple[Fact, ...], Outcome]:
    """Outcome of a condition for every different set of facts; many complete ones are asked at once."""
    complete = [key for key in keys if None not in key]
    found = _at_once(condition, names, whole, complete) if len(complete) >= MANY else {}
    for key in keys - found.keys():
        found[key] = _outcome(condition, {**whole, **dict(zip(names, key, strict=True))})
    return found


def _at_once(
    condition: Condition, names: tuple[str, ...], whole: Mapping[str, Fact], keys: list[tuple[Fact, ...]]
) -> dict[tuple[Fact, ...], Outcome]:
    """Outcomes by arrays; none when a formula has no value somewhere, then each is asked by itself."""
    values: dict[str, Value] = {name: float(fact) for name, fact in whole.items() if fact is not None}
    values |= {
        name: np.array([key[place] for key in keys], dtype=np.float64) for place, name in enumerate(names)
    }
    try:
        when = 1.0 if condition.when is None else condition.when(values)
        holds = condition.condition(values)
    except InputError:
        return {}
    shape = (len(keys),)
    pairs = zip(
        keys, np.broadcast_to(when, shape).tolist(), np.broadcast_to(holds, shape).tolist(), strict=True
    )
    return {key: bool(value) if applies else None for key, applies, value in pairs}


def _outcome(condition: Condition, values: Mapping[str, Fact]) -> Outcome:
    """Outcome of a condition for one set of facts; items with the same facts share it."""
    if condition.when is not None:
        applies = _truth(condition.when, condition.when_facts, values)
        if not applies or isinstance(applies, tuple):
            return applies or None
    return _truth(condition.condition, condition.condition_facts, values)


def _truth(formula: Bound, facts: tuple[str, ...], values: Mapping[str, Fact]) -> bool | tuple[str, ...]:
    """Value of a formula; the unknown facts, or all of them when it has no finite value (division by zero)."""
    unknown = tuple(name for name in facts if values[name] is None)
    if unknown:
        return unknown
    try:
        return bool(formula(_numbers(values, formula.formula.names)))
    except InputError:
        return facts


def _numbers(values: Mapping[str, Fact], names: frozenset[str]) -> dict[str, float]:
    return {name: float(values[name]) for name in names}  # type: ignore[arg-type]


def _finding(condition: Condition, pack: RulePack, values: Mapping[str, Fact], item: Item) -> Finding:
    check_ = condition.check
    return Finding(
        rule=check_.id,
        severity=check_.severity,
        where=item.path,
        message=filled(check_.message, values, item),
        clause=pack.clause(check_.clause).label,
        repair=check_.repair,
    )


def filled(message: Text, values: Mapping[str, Fact], item: Item) -> Text:
    """Fill the places of a message in both languages."""
    return Text(
        message.en.format(**_places(values), label=item.label["en"], where=item.path),
        message.zh.format(**_places(values), label=item.label["zh"], where=item.path),
    )


def _places(values: Mapping[str, Fact]) -> dict[str, object]:
    return {name: _Unknown() if value is None else value for name, value in values.items()}


class _Unknown:
    """Stands in a message for a fact that is not known, whatever its format."""

    def __format__(self, form: str) -> str:
        return _UNKNOWN


def _not_assessable(check_: Check, pack: RulePack, unknown: Mapping[str, list[str]]) -> Finding:
    visible = catalogue().visible(check_.over)
    titles = [visible[name].title for name in unknown]
    places = sorted({path for paths in unknown.values() for path in paths})
    en, zh = (f" in {len(places)} places", f"（{len(places)} 处）") if len(places) > 1 else ("", "")
    named = Text("; ".join(title.en for title in titles), "；".join(title.zh for title in titles))
    return Finding(
        rule=check_.id,
        severity="note",
        where=places[0] if places else "",
        message=Text(
            f"cannot be assessed{en}: {check_.title.en}. Not known: {named.en}",
            f"无法评定{zh}：{check_.title.zh}。未知：{named.zh}",
        ),
        clause=pack.clause(check_.clause).label,
        repair=Text("State what is not known.", "补充未知的内容。"),
    )


def _too_early(assessments: tuple[Assessment, ...], facts: Facts) -> Iterator[Finding]:
    early = [item.check.id for item in assessments if item.verdict == "too_early"]
    if not early:
        return
    absent = next(PHASE_NAMES[phase] for phase in reversed(PHASES) if phase not in facts.phases)
    yield Finding(
        rule="not-checked-yet",
        severity="note",
        where="",
        message=Text(
            f"{len(early)} checks need {absent.en} and were not made: {', '.join(early)}",
            f"{len(early)} 项检查需要{absent.zh}，尚未进行：{', '.join(early)}",
        ),
        repair=Text("Calculate the footprint, then check again.", "计算碳足迹后再次检查。"),
    )
