"""Check a reduction claim offline: what vouches for the baseline, both sealed studies recomputed, the rule of the programme."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from cradlemark.core.canonical import digest_bytes
from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.core.toml import read_toml
from cradlemark.footprint.bundle.archive import read_bundle
from cradlemark.footprint.bundle.recompute import recompute
from cradlemark.footprint.bundle.track import track_bundles
from cradlemark.footprint.reduction import Tracking
from cradlemark.label.claim import Claim, Reduction, read_claim
from cradlemark.label.offline_finding import Finding, LabelFiles, finding
from cradlemark.label.offline_profile import profile_of
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.reduction_claim import reduction_of
from cradlemark.label.reduction_verdicts import Baseline, verdicts
from cradlemark.label.verification_document import statement_of

BASELINE = Text("The baseline is the one that the claim names", "基线与声明所指一致")
REDUCTION = Text("The two sealed studies give the stated reduction", "两份封存研究可复算出所声明的减排")
RULE = Text("The rule of the programme is fulfilled", "满足计划的规则")
FACTS = Text("What the rule asks for besides", "规则所需的其他事实")
_DETAILS = {
    "no_label": Text("label {reference} is not at hand", "没有标签 {reference} 的文件"),
    "no_statement": Text("the statement {reference} is not at hand", "没有核查声明 {reference}"),
    "other_label": Text("it is not label {reference} on that bundle", "不是该研究包上的标签 {reference}"),
    "other_statement": Text("it is another statement, or one on another bundle", "是另一份声明，或涉及另一研究包"),
    "label": Text("label {reference} on bundle {bundle}; its state of today is not checked here",
                  "标签 {reference}，研究包 {bundle}；其当前状态未检查"),
    "statement": Text("statement of {verifier} on bundle {bundle}; his signature is not checked here",
                      "{verifier} 关于研究包 {bundle} 的声明；其签名未检查"),
    "no_bundle": Text("the sealed bundle of {which} is not at hand", "没有{which}的研究包"),
    "other_bundle": Text("it is not the bundle of the baseline", "不是基线的研究包"),
    "redacted": Text("a bundle is redacted and cannot be recomputed", "研究包已遮盖，无法复算"),
    "changed": Text("the baseline does not give its own result again: {difference}", "基线无法复算出自身结果：{difference}"),
    "difference": Text("{field}: {stated} is stated, {found} is found", "{field}：声明 {stated}，复算 {found}"),
    "recomputed": Text("recomputed to the last digit: {share} % of {baseline} kg CO2e, {low} to {high} %",
                       "复算结果逐位相同：{baseline} kg CO2e 的 {share} %，区间 {low} 至 {high} %"),
    "no_profile": Text("the profile {digest} of the programme is not at hand", "没有计划文件 {digest}"),
    "no_tracking": Text("it cannot be decided without both bundles", "缺少两份研究包，无法判定"),
    "not_met": Text("{outcome}: {reasons}", "{outcome}：{reasons}"),
    "met": Text("{title}: probability {chance}, {least} is asked for", "{title}：概率 {chance}，要求 {least}"),
    "facts": Text("{verifier} vouches for {facts}", "{facts}，由 {verifier} 担保"),
}  # fmt: skip
_TODAY, _BEFORE = Text("the study", "研究"), Text("the baseline", "基线")


def reduction_findings(files: LabelFiles, claim: Claim) -> Iterator[Finding]:
    """Check what a reduction claim says beyond the footprint; nothing for other kinds."""
    stated = claim.reduction
    if stated is None:
        return
    yield _baseline(files, stated)
    tracking, found = _tracked(files, claim, stated)
    yield found
    if tracking is not None or found.outcome == "not_checked":
        yield _rule(tracking, claim, stated, profile_of(claim, files.programme))
    if stated.facts:
        names = ", ".join(f"{fact.id} = {fact.value:g} {fact.unit} ({fact.source})" for fact in stated.facts)
        who = claim.verification.verifier
        told = Text(
            _DETAILS["facts"].en.format(verifier=who["en"], facts=names),
            _DETAILS["facts"].zh.format(verifier=who["zh"], facts=names),
        )
        yield finding("facts", FACTS, "not_checked", told)


def _baseline(files: LabelFiles, stated: Reduction) -> Finding:
    """What vouches for the baseline."""
    given = files.baseline_claim if stated.baseline_kind == "label" else files.baseline_statement
    kind, named = stated.baseline_kind, {"reference": stated.baseline, "bundle": stated.baseline_bundle}
    if not given:
        return finding("baseline", BASELINE, "not_checked", _DETAILS[f"no_{kind}"].format(**named))
    try:
        if kind == "label":
            claim = read_claim(given)
            same = (claim.number, claim.digests.bundle) == (stated.baseline, stated.baseline_bundle)
        else:
            statement = statement_of(read_toml(given), where="baseline")
            same = statement.bundle == stated.baseline_bundle
            named["verifier"] = statement.verification.verifier["en"]
    except CradlemarkError as error:
        return finding("baseline", BASELINE, "fails", error.message)
    if not same or digest_bytes(given) != stated.baseline_digest:
        return finding("baseline", BASELINE, "fails", _DETAILS[f"other_{kind}"].format(**named))
    return finding("baseline", BASELINE, "holds", _DETAILS[kind].format(**named))


def _tracked(files: LabelFiles, claim: Claim, stated: Reduction) -> tuple[Tracking | None, Finding]:
    """Both studies, tracked from their bundles alone; the tracking only when everything is as stated."""
    for content, which in ((files.bundle, _TODAY), (files.baseline, _BEFORE)):
        if not content:
            words = _DETAILS["no_bundle"]
            told = Text(words.en.format(which=which.en), words.zh.format(which=which.zh))
            return None, finding("reduction", REDUCTION, "not_checked", told)
    try:
        today, before = read_bundle(files.bundle), read_bundle(files.baseline)
        if (today.digest, before.digest) != (claim.digests.bundle, stated.baseline_bundle):
            return None, finding("reduction", REDUCTION, "fails", _DETAILS["other_bundle"])
        if today.redacted or before.redacted:
            return None, finding("reduction", REDUCTION, "not_checked", _DETAILS["redacted"])
        outcome = recompute(before)
        if not outcome.equal:
            told = _DETAILS["changed"].format(difference=outcome.difference)
            return None, finding("reduction", REDUCTION, "fails", told)
        tracking = track_bundles(before, today)
    except CradlemarkError as error:
        return None, finding("reduction", REDUCTION, "fails", error.message)
    return _compared(tracking, stated)


def _compared(tracking: Tracking, stated: Reduction) -> tuple[Tracking | None, Finding]:
    low, high = tracking.interval(stated.excluded) or (None, None)
    parts = {cause: part for cause, part in tracking.decomposition.parts.items() if part}
    found = {
        "figure": tracking.today.total, "baseline_figure": tracking.baseline.total, "parts": parts,
        "reduction": tracking.reduction(stated.excluded), "low": low, "high": high,
        "published_figure": tracking.published.total if tracking.rebaselined else None,
        "baseline_period": tracking.baseline.subject.period,
    }  # fmt: skip
    for field, value in found.items():
        if getattr(stated, field) != value:
            told = _DETAILS["difference"].format(field=field, stated=getattr(stated, field), found=value)
            return None, finding("reduction", REDUCTION, "fails", told)
    told = _DETAILS["recomputed"].format(
        share=_percent(stated.reduction), baseline=f"{stated.baseline_figure:.6g}", low=_percent(low), high=_percent(high)
    )  # fmt: skip
    return tracking, finding("reduction", REDUCTION, "holds", told)


def _rule(
    tracking: Tracking | None, claim: Claim, stated: Reduction, profile: ProgrammeProfile | None
) -> Finding:
    if profile is None:
        told = _DETAILS["no_profile"].format(digest=claim.programme.digest)
        return finding("rule", RULE, "not_checked", told)
    if tracking is None:
        return finding("rule", RULE, "not_checked", _DETAILS["no_tracking"])
    against = Baseline(
        stated.baseline_kind, stated.baseline, stated.baseline_digest, stated.baseline_bundle, stated.baseline_origin
    )  # fmt: skip
    known = {fact.id: fact.value for fact in stated.facts}
    verdict = verdicts(tracking, (profile,), baseline=against, facts=known)[0]
    if verdict.outcome != "met":
        words = _DETAILS["not_met"]
        told = Text(
            words.en.format(outcome=verdict.outcome, reasons="; ".join(reason.en for reason in verdict.reasons)),
            words.zh.format(outcome=verdict.outcome, reasons="；".join(reason.zh for reason in verdict.reasons)),
        )  # fmt: skip
        return finding("rule", RULE, "fails", told)
    wanted = reduction_of(tracking, verdict, against, stated.facts)
    for field in attrs.fields_dict(Reduction):
        if getattr(stated, field) != getattr(wanted, field):
            told = _DETAILS["difference"].format(
                field=field, stated=getattr(stated, field), found=getattr(wanted, field)
            )
            return finding("rule", RULE, "fails", told)
    way = next(way for way in verdict.ways if way.id == stated.way)
    words = _DETAILS["met"]
    numbers = {"chance": f"{stated.probability:.3g}", "least": f"{verdict.least:g}"}
    told = Text(
        words.en.format(title=way.title.en, **numbers), words.zh.format(title=way.title.zh, **numbers)
    )
    return finding("rule", RULE, "holds", told)


def _percent(share: float | None) -> str:
    return "?" if share is None else f"{share * 100.0:.2f}"
