"""What each programme makes of a reduction: threshold, probability, outcome, reasons, and what it would have to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import attrs

from cradlemark.core.formulas import parse_formula
from cradlemark.core.language import Text
from cradlemark.core.periods import parse_period
from cradlemark.footprint.reduction import Tracking
from cradlemark.label.programme import (
    GIVEN_FACTS,
    REDUCTION_FACTS,
    Alternative,
    ProgrammeProfile,
    ReductionRule,
)
from cradlemark.label.programme_decisions import Outcome, months_later, reduction_verdict

BaselineKind = Literal["label", "statement"]
DRAWN = ("reduction", "figure", "baseline")
"""Facts that are drawn."""
STRICT = ("grid", "factor_update")
"""Causes that nobody's own effort brought; they are left out where no programme says otherwise."""


@attrs.frozen
class Baseline:
    """What the reduction is claimed against: an earlier label, or a statement of a verifier.

    Parameters
    ----------
    kind : {"label", "statement"}
    reference : str
        Number of the label, or reference of the statement.
    digest : str
        ``sha256:...`` of the claim of that label, or of the statement.
    bundle : str
        Digest of the sealed bundle of the baseline study; empty where it is not sealed.
    origin : str
        Origin of the register of that label; empty for the own one and for statements.
    """

    kind: BaselineKind
    reference: str
    digest: str
    bundle: str = ""
    origin: str = ""


@attrs.frozen
class WayVerdict:
    """Outcome of one alternative of a rule.

    Parameters
    ----------
    needs : tuple of str
        Facts that it asks for.
    holds : bool
        Whether its condition holds for the figures themselves, whatever their uncertainty.
    threshold : float or None
        Least reduction that it asks for [1].
    probability : float or None
        Paired probability that its condition holds [0-1]; None without draws or where facts are missing.
    """

    id: str
    title: Text
    needs: tuple[str, ...]
    outcome: Outcome
    holds: bool
    threshold: float | None
    probability: float | None


@attrs.frozen
class ProgrammeVerdict:
    """What one programme makes of a reduction.

    Parameters
    ----------
    reduction : float
        Of the causes that the programme counts [1].
    low, high : float or None
        2.5th and 97.5th percentile of it [1].
    least : float or None
        Probability that the programme asks for [0-1]; None when it has no rule.
    reasons : tuple of Text
        Why the outcome is not ``met``.
    missing : tuple of str
        Facts without which nothing is decided.
    """

    programme: str
    name: Text
    outcome: Outcome
    reduction: float
    low: float | None
    high: float | None
    excluded: tuple[str, ...]
    required: float | None
    probability: float | None
    least: float | None
    ways: tuple[WayVerdict, ...]
    reasons: tuple[Text, ...]
    missing: tuple[str, ...]

    @property
    def awaited(self) -> bool:
        """Whether facts that a verifier has to vouch for are all that is missing."""
        return self.outcome == "undecided" and bool(self.missing) and set(self.missing) <= set(GIVEN_FACTS)


_REASONS = {
    "no_rule": Text("the programme grants no reduction claim", "该计划不授予减排声明"),
    "baseline": Text(
        "no baseline label or verified statement is named", "未给出基线标签或经核查的声明"
    ),
    "window": Text(
        "the baseline is {months} months old, at most {window:g} are allowed",
        "基线已有 {months} 个月，最多允许 {window:g} 个月",
    ),
    "threshold": Text("{title}: {reduction:.2f} % does not fulfil it", "{title}：{reduction:.2f} % 未达到"),
    "probability": Text(
        "{title}: it holds with a probability of {chance:.2f} only, {least:g} is asked for",
        "{title}：成立的概率仅为 {chance:.2f}，要求 {least:g}",
    ),
    "draws": Text("there are no draws, so no probability", "没有抽样，无法给出概率"),
    "facts": Text("{title}: not known: {facts}", "{title}：缺少：{facts}"),
}  # fmt: skip


def verdicts(
    tracking: Tracking,
    programmes: Iterable[ProgrammeProfile],
    *,
    baseline: Baseline | None = None,
    facts: Mapping[str, float] | None = None,
) -> tuple[ProgrammeVerdict, ...]:
    """Ask every programme.

    Parameters
    ----------
    baseline : Baseline or None
        Without one nothing may be claimed: what would be met stays undecided.
    facts : mapping of str to float
        Of `REDUCTION_FACTS`, what the studies do not tell: ``benchmark``, ``peers``, ``market_leader`` [kg CO2e per
        declared unit], ``plan_published`` [1].
    """
    return tuple(_verdict(tracking, programme, baseline, facts or {}) for programme in programmes)


def _verdict(
    tracking: Tracking, programme: ProgrammeProfile, baseline: Baseline | None, facts: Mapping[str, float]
) -> ProgrammeVerdict:
    rule = programme.reduction
    if rule is None:
        return ProgrammeVerdict(
            programme.id, programme.name, "no_rule", tracking.reduction(STRICT), None, None, STRICT, None, None, None,
            (), (_REASONS["no_rule"],), (),
        )  # fmt: skip
    known = {**facts, **_told(tracking, rule)}
    central = reduction_verdict(programme, known)
    ways = tuple(_way(tracking, rule, way, central.ways[way.id], known) for way in rule.alternatives)
    outcome, reasons = _outcome(tracking, rule, ways, known, baseline)
    best = max((way for way in ways if way.probability is not None), key=_order, default=None)
    low, high = tracking.interval(rule.excluded) or (None, None)
    missing = set(central.unknown) if outcome == "undecided" else set()
    if outcome == "undecided" and baseline is None:
        missing.add("baseline_label")
    return ProgrammeVerdict(
        programme.id, programme.name, outcome, known["reduction"], low, high, rule.excluded, central.required,
        best.probability if best else None, rule.probability.value, ways, reasons, tuple(sorted(missing)),
    )  # fmt: skip


def _order(way: WayVerdict) -> tuple[bool, float]:
    return way.outcome == "met", way.probability or 0.0


def _told(tracking: Tracking, rule: ReductionRule) -> dict[str, float]:
    return {
        "reduction": tracking.reduction(rule.excluded),
        "figure": tracking.figure(rule.excluded),
        "baseline": tracking.baseline.total,
        "whole_life_cycle": float(tracking.today.subject.boundary == "cradle_to_grave"),
    }


def _way(
    tracking: Tracking, rule: ReductionRule, way: Alternative, central: Outcome, known: Mapping[str, float]
) -> WayVerdict:
    """Hold one alternative against its probability: what holds in the middle only is not met."""
    threshold = way.threshold.value if way.threshold else None
    chance = None if central == "undecided" else _chance(tracking, rule, way, known)
    outcome = central
    if central == "met":
        outcome = "undecided" if chance is None else "met" if chance >= rule.probability.value else "not_met"
    return WayVerdict(way.id, way.title, way.needs, outcome, central == "met", threshold, chance)


def _chance(
    tracking: Tracking, rule: ReductionRule, way: Alternative, known: Mapping[str, float]
) -> float | None:
    names = {name: REDUCTION_FACTS[name] for name in way.needs}
    fixed = {name: known[name] for name in way.needs if name not in DRAWN}
    if way.threshold:
        names, fixed = {**names, "threshold": "1"}, {**fixed, "threshold": way.threshold.value}
    holds = parse_formula(way.condition).bind(names, "1")
    return tracking.chance(lambda drawn: holds({**fixed, **drawn}), way.needs, rule.excluded)


def _outcome(
    tracking: Tracking,
    rule: ReductionRule,
    ways: tuple[WayVerdict, ...],
    known: Mapping[str, float],
    baseline: Baseline | None,
) -> tuple[Outcome, tuple[Text, ...]]:
    late = _too_old(tracking, rule)
    if late:
        return "not_met", (late,)
    outcomes = {way.outcome for way in ways}
    if "met" in outcomes:
        return ("met", ()) if baseline else ("undecided", (_REASONS["baseline"],))
    outcome: Outcome = "undecided" if "undecided" in outcomes else "not_met"
    reasons = tuple(_reason(way, rule, known) for way in ways)
    return outcome, reasons


def _too_old(tracking: Tracking, rule: ReductionRule) -> Text | None:
    if rule.window is None:
        return None
    start = parse_period(tracking.baseline.subject.period).end
    end = parse_period(tracking.today.subject.period).end
    months = (end.year - start.year) * 12 + end.month - start.month
    if end <= months_later(start, int(rule.window.value)):
        return None
    return _REASONS["window"].format(months=months, window=rule.window.value)


def _reason(way: WayVerdict, rule: ReductionRule, known: Mapping[str, float]) -> Text:
    unknown = [name for name in way.needs if name not in known]
    if unknown:
        return _titled(_REASONS["facts"], way, facts=", ".join(unknown))
    if way.outcome == "undecided":
        return _REASONS["draws"]
    if way.probability is not None and way.holds:
        return _titled(_REASONS["probability"], way, chance=way.probability, least=rule.probability.value)
    return _titled(_REASONS["threshold"], way, reduction=known["reduction"] * 100.0)


def _titled(words: Text, way: WayVerdict, **values: object) -> Text:
    return Text(words.en.format(title=way.title.en, **values), words.zh.format(title=way.title.zh, **values))
