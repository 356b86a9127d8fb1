"""Cradlemark's own demands on a reduction: a baseline that exists, figures that fit, nothing counted that may not be."""

from __future__ import annotations

import math
from collections.abc import Callable

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.footprint.leaves import CAUSES
from cradlemark.label.claim import Claim, Reduction
from cradlemark.label.comparability import figure_of
from cradlemark.label.derive import OTHERS_LIMIT
from cradlemark.label.lints.figures import equal
from cradlemark.label.lints.lint import Flaws, Lint
from cradlemark.label.number import read_number
from cradlemark.label.programme import GIVEN_FACTS, REDUCTION_FACTS


def counted_reduction(found: Reduction) -> float:
    """Reduction by the causes that count [1]: not the excluded ones, and what has no name only against the claim."""
    counted = [
        part for cause, part in found.parts.items()
        if cause not in found.excluded and (cause != "other" or part > 0.0)
    ]  # fmt: skip
    return -math.fsum(counted) / found.baseline_figure if found.baseline_figure else math.nan


def _baseline(claim: Claim) -> Flaws:
    found = claim.reduction
    if found is None:
        return
    if not found.baseline:
        yield (
            "reduction.baseline",
            Text("no earlier label or verified statement is named", "未给出基线标签或经核查的声明"),
        )
    elif found.baseline == claim.number:
        yield "reduction.baseline", Text("a label is not its own baseline", "标签不能以自身为基线")
    elif found.baseline_kind == "label":
        try:
            read_number(found.baseline)
        except InputError:
            yield "reduction.baseline", Text("it is no number of a label", "不是标签编号")


def _positive(claim: Claim) -> Flaws:
    if claim.reduction is not None and not claim.reduction.baseline_figure > 0.0:
        yield "reduction.baseline_figure", Text("no share of it can be saved", "基线不为正，无法计算份额")


def _figure(claim: Claim) -> Flaws:
    if claim.reduction is not None and claim.reduction.figure != figure_of(claim):
        yield "reduction.figure", Text("it is not the figure of the label", "与标签数值不一致")


def _counted(claim: Claim) -> Flaws:
    found = claim.reduction
    if found is None or not found.baseline_figure > 0.0:
        return
    counted = counted_reduction(found)
    if not equal(found.reduction, counted, scale=1.0):
        yield "reduction.reduction", Text(f"{found.reduction:.4%} is claimed, {counted:.4%} may be counted",
                                          f"声明 {found.reduction:.4%}，可计入 {counted:.4%}")  # fmt: skip


def _lower(claim: Claim) -> Flaws:
    """Nothing says "lower than before" beside a figure that is higher, whatever of the rise does not count."""
    found = claim.reduction
    if found is None or OTHERS_LIMIT in claim.limits:
        return
    if found.figure > found.baseline_figure > 0.0:
        yield "reduction.figure", Text(f"{found.figure:g} is more than the baseline, {found.baseline_figure:g}",
                                       f"{found.figure:g} 高于基线 {found.baseline_figure:g}")  # fmt: skip


def _bundle(claim: Claim) -> Flaws:
    found = claim.reduction
    if found is not None and found.baseline_bundle == claim.digests.bundle:
        yield "reduction.baseline_bundle", Text("a study is not its own baseline", "研究不能以自身为基线")


def _facts(claim: Claim) -> Flaws:
    found = claim.reduction
    for fact in found.facts if found is not None else ():
        if REDUCTION_FACTS.get(fact.id) != fact.unit or fact.id not in GIVEN_FACTS:
            yield (
                f"reduction.facts[{fact.id}]",
                Text("there is no such fact in this unit", "没有此单位的此项事实"),
            )
        elif not fact.source:
            yield f"reduction.facts[{fact.id}]", Text("its source is not named", "未注明来源")


def _causes(claim: Claim) -> Flaws:
    found = claim.reduction
    if found is None:
        return
    unknown = [cause for cause in (*found.parts, *found.excluded) if cause not in CAUSES]
    if unknown:
        names = ", ".join(dict.fromkeys(unknown))
        yield "reduction.parts", Text(f"there are no such causes: {names}", f"没有此类原因：{names}")


def _chance(claim: Claim) -> Flaws:
    found = claim.reduction
    if found is None:
        return
    if not 0.0 <= found.probability <= 1.0:
        yield "reduction.probability", Text("it is no probability", "不是概率")
    if found.low is None or found.high is None:
        yield "reduction.low", Text("the interval of the reduction is missing", "缺少减排区间")
    elif found.low > found.high:
        yield "reduction.low", Text("the interval is upside down", "区间上下颠倒")


def _lint(name: str, en: str, zh: str, check: Callable[[Claim], Flaws]) -> Lint:
    return Lint(f"cradlemark-reduction-{name}", "Cradlemark", "", "own", Text(en, zh), check)


LINTS = (
    _lint(
        "baseline",
        "against an earlier label or a verified statement",
        "以先前标签或经核查的声明为基线",
        _baseline,
    ),
    _lint("positive", "the baseline is positive", "基线为正", _positive),
    _lint("figure", "the figure is that of the label", "数值与标签一致", _figure),
    _lint("counted", "only what may be counted is claimed", "仅声明可计入部分", _counted),
    _lint("lower", "the figure is not above the baseline", "数值不高于基线", _lower),
    _lint("bundle", "the baseline is another study", "基线为另一研究", _bundle),
    _lint("facts", "facts are known ones with their source", "事实均为已知项并注明来源", _facts),
    _lint("causes", "causes are known ones", "原因均为已知类别", _causes),
    _lint("chance", "interval and probability are there", "有区间与概率", _chance),
)
"""Cradlemark's own lints of reductions."""
