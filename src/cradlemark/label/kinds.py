"""What a claim says beyond the footprint, in one line."""

from __future__ import annotations

from cradlemark.core.language import Text
from cradlemark.core.periods import data_years
from cradlemark.label.claim import Claim

TITLES = {
    "footprint": Text("footprint", "足迹"),
    "reduction": Text("reduction", "减排"),
    "grade": Text("grade", "等级"),
    "recognised": Text("recognised", "互认"),
}
_REDUCTION = Text(
    "reduction of {share:.2f} % against {baseline} (data of {period})",
    "较 {baseline}（{period} 年数据）减排 {share:.2f} %",
)
_GRADE = Text(
    "grade {grade}, {percentile:.0f} % of {count} products are lower", "等级 {grade}，{count} 个产品中 {percentile:.0f} % 更低"
)  # fmt: skip


def told(claim: Claim) -> Text:
    """Kind of a claim, and its outcome where there is one."""
    reduction, grade = claim.reduction, claim.grade
    if reduction is not None:
        share = reduction.reduction * 100.0
        return _REDUCTION.format(
            share=share, baseline=reduction.baseline, period=data_years(reduction.baseline_period)
        )
    if grade is not None:
        return _GRADE.format(grade=grade.grade, percentile=grade.percentile, count=grade.count)
    return TITLES[claim.kind]
