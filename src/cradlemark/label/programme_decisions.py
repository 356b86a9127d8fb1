"""What a programme decides by its own figures: validity, change, reduction, grade. Pure functions."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from typing import Literal

import attrs

from cradlemark.core.errors import InputError, NotFoundError, RuleError
from cradlemark.core.formulas import parse_formula
from cradlemark.core.language import Text
from cradlemark.label.programme import (
    GIVEN_FACTS,
    REDUCTION_FACTS,
    Alternative,
    ClaimType,
    GradeRule,
    ProgrammeProfile,
)

Outcome = Literal["met", "not_met", "undecided", "no_rule"]
DIGITS = 12
"""Decimals to which shares are compared with thresholds, so that 2.2 is 10 % above 2.0 and not more."""


def granted_type(programme: ProgrammeProfile, kind: str) -> ClaimType:
    """Return the kind of claim that is applied for.

    Raises
    ------
    RuleError
        ``claim-kind`` when the programme does not have it, or has no rule for it yet.
    """
    found = programme.claims.get(kind)
    if found is not None and found.running:
        return found
    running = ", ".join(name for name, claim in programme.claims.items() if claim.running)
    why = f"it is named, but not granted yet ({found.validity.source})" if found else "it has no such claim"
    raise RuleError(
        Text(
            f"programme {programme.id} grants no {kind} claim: {why}",
            f"计划 {programme.id} 不授予 {kind} 类声明：{why}",
        ),
        code="claim-kind",
        hint=Text(
            f"it grants {running}; see cradlemark programme show {programme.id}",
            f"它授予 {running}；参见 cradlemark programme show {programme.id}",
        ),
    )


def facts_of(programme: ProgrammeProfile, kind: str) -> tuple[str, ...]:
    """Facts that the rule for a kind of claim may ask of a verifier, in the order of `GIVEN_FACTS`."""
    ways = programme.reduction.alternatives if kind == "reduction" and programme.reduction else ()
    return tuple(name for name in GIVEN_FACTS if any(name in way.needs for way in ways))


def last_day(programme: ProgrammeProfile, kind: str, decided: datetime.date) -> datetime.date:
    """Last day of validity of a claim decided on a day.

    Raises
    ------
    NotFoundError
        ``claim-kind`` when the programme grants no such claim.
    """
    claim = programme.claims.get(kind)
    if claim is None:
        raise NotFoundError(
            Text(
                f"programme {programme.id} grants no {kind} claim",
                f"计划 {programme.id} 不授予 {kind} 类声明",
            ),
            code="claim-kind",
            hint=Text(f"it grants {', '.join(programme.claims)}", f"它授予 {'、'.join(programme.claims)}"),
        )
    return months_later(decided, int(claim.validity.value)) - datetime.timedelta(days=1)


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month; the last one of the month where there is no such day.

    Examples
    --------
    >>> months_later(datetime.date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def needs_verification(programme: ProgrammeProfile, *, published: float, new: float) -> bool:
    """Whether a changed value has to be verified again: (new - published) / published > threshold (F16).

    Raises
    ------
    InputError
        ``value-range`` for a published value that is not positive: no share of it can be taken.
    """
    if published <= 0.0:
        raise InputError(
            Text("a change is measured against a positive published value", "变化须以正的已发布数值衡量"),
            code="value-range",
            hint=Text("verify again; no share can be taken", "重新核查；无法计算份额"),
        )
    return round((new - published) / published, DIGITS) > programme.change.value


@attrs.frozen
class Verdict:
    """Whether a reduction may be claimed.

    Parameters
    ----------
    outcome : {"met", "not_met", "undecided", "no_rule"}
    ways : mapping of str to str
        Outcome of each alternative.
    required : float or None
        Least reduction of the alternatives that ask for one [1].
    unknown : tuple of str
        Facts that are missing for a decision.
    """

    outcome: Outcome
    ways: Mapping[str, Outcome]
    required: float | None
    unknown: tuple[str, ...]


def reduction_verdict(programme: ProgrammeProfile, facts: Mapping[str, float | None]) -> Verdict:
    """Decide the reduction rule of a programme.

    Parameters
    ----------
    facts : mapping of str to float or None
        Of `REDUCTION_FACTS`, in their unit; what is not known is left out or None.
    """
    if programme.reduction is None:
        return Verdict("no_rule", {}, None, ())
    known = {name: value for name, value in facts.items() if value is not None and name in REDUCTION_FACTS}
    ways = {way.id: _decided(way, known) for way in programme.reduction.alternatives}
    thresholds = [way.threshold.value for way in programme.reduction.alternatives if way.threshold]
    outcome: Outcome = "not_met"
    if "met" in ways.values():
        outcome = "met"
    elif "undecided" in ways.values():
        outcome = "undecided"
    missing = {
        name for way in programme.reduction.alternatives if ways[way.id] == "undecided" for name in way.needs
    }
    return Verdict(outcome, ways, min(thresholds, default=None), tuple(sorted(missing - known.keys())))


def _decided(way: Alternative, known: Mapping[str, float]) -> Outcome:
    if set(way.needs) - known.keys():
        return "undecided"
    names = {name: REDUCTION_FACTS[name] for name in way.needs}
    threshold = {"threshold": way.threshold.value} if way.threshold else {}
    bound = parse_formula(way.condition).bind(names | dict.fromkeys(threshold, "1"), "1")
    given = {name: round(known[name], DIGITS) if name == "reduction" else known[name] for name in way.needs}
    value = bound(given | threshold)
    return "met" if float(value) else "not_met"


def grade_of(rule: GradeRule, percentile: float) -> str:
    """Grade of a percentile [0-100]: the first step that reaches it.

    Raises
    ------
    InputError
        ``value-range`` outside 0 to 100.
    """
    if not 0.0 <= percentile <= 100.0:
        raise InputError(
            Text(f"{percentile} is no percentile", f"{percentile} 不是百分位"),
            code="value-range",
            hint=Text("use 0 to 100", "使用 0 至 100"),
        )
    return next(step.grade for step in rule.steps if percentile <= step.up_to)
