"""Compare two footprints: difference by stage and line, paired probability, and a refusal when it would mislead."""

from __future__ import annotations

import attrs
import numpy as np

from cradlemark.core.errors import RuleError
from cradlemark.core.language import Text
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.product.study import STAGES, Stage


@attrs.frozen
class StageDifference:
    """Two values of one stage [kg CO2e per declared unit]; difference is second minus first."""

    stage: Stage
    first: float
    second: float

    @property
    def difference(self) -> float:
        """Second minus first [kg CO2e per declared unit]."""
        return self.second - self.first


@attrs.frozen
class LineDifference:
    """Two values of one line; None where only one of the footprints has it."""

    stage: Stage
    path: str
    label: Text
    first: float | None
    second: float | None
    datasets: tuple[str, str]

    @property
    def difference(self) -> float:
        """Second minus first [kg CO2e per declared unit]; a missing line counts as absent."""
        return (self.second or 0.0) - (self.first or 0.0)


@attrs.frozen
class Comparison:
    """Second footprint against first.

    Parameters
    ----------
    probability_lower : float, optional
        Share of the paired draws in which the second is lower [0-1]; None without draws.
    difference_low, difference_high : float, optional
        2.5th and 97.5th percentile of the paired difference [kg CO2e per declared unit].
    """

    first: Footprint
    second: Footprint
    stages: tuple[StageDifference, ...]
    lines: tuple[LineDifference, ...]
    probability_lower: float | None
    difference_low: float | None
    difference_high: float | None

    @property
    def difference(self) -> float:
        """Difference of the totals [kg CO2e per declared unit]."""
        return self.second.total - self.first.total

    @property
    def reduction(self) -> float | None:
        """r = 1 - second / first (F12) [1]; None when the first is not positive."""
        return 1.0 - self.second.total / self.first.total if self.first.total > 0 else None


def reasons_against(first: Footprint, second: Footprint) -> tuple[Text, ...]:
    """Return why two footprints must not be compared; empty when they may."""
    one, two = first.subject, second.subject
    pairs = (
        (Text("functional unit", "功能单位"), one.functional_unit, two.functional_unit),
        (
            Text("declared unit", "声明单位"),
            f"{one.declared_amount:g} {one.declared_unit}",
            f"{two.declared_amount:g} {two.declared_unit}",
        ),
        (Text("system boundary", "系统边界"), one.boundary, two.boundary),
        (Text("rule pack", "规则包"), first.versions.rule_pack, second.versions.rule_pack),
        (
            Text("edition of the rule pack", "规则包版本"),
            first.versions.rule_pack_digest,
            second.versions.rule_pack_digest,
        ),
        (Text("GWP set", "GWP数据集"), first.gwp_set, second.gwp_set),
        (Text("electricity basis", "电力核算基准"), first.electricity_basis, second.electricity_basis),
        (Text("end-of-life method", "报废处理方法"), first.end_of_life_method, second.end_of_life_method),
        (Text("reference service life", "参考使用寿命"), one.service_life, two.service_life),
    )
    return tuple(
        Text(
            f"{name.en}: {_shown(a, 'en')} against {_shown(b, 'en')}",
            f"{name.zh}：{_shown(a, 'zh')}与{_shown(b, 'zh')}不同",
        )
        for name, a, b in pairs
        if a != b
    )


def _shown(value: object, language: str) -> str:
    if isinstance(value, Text):
        return value["zh" if language == "zh" else "en"] or "-"
    return "-" if value is None else str(value)[:60]


def compare(first: Calculation, second: Calculation) -> Comparison:
    """Compare two calculations made with the same seed and number of draws.

    Raises
    ------
    RuleError
        ``not-comparable`` with every reason.
    """
    reasons = reasons_against(first.footprint, second.footprint)
    if reasons:
        raise RuleError(
            Text("the two footprints are not comparable: " + "; ".join(reason.en for reason in reasons), ("两个足迹不可比：" + "；".join(reason["zh"] for reason in reasons))),
            code="not-comparable", where=f"{first.footprint.subject.study} / {second.footprint.subject.study}",
            hint=Text("calculate both under the same unit, boundary, rules, GWP set and electricity basis", "按相同的单位、边界、规则、GWP 集和电力基准计算"),
        )  # fmt: skip
    probability, low, high = _paired(first, second)
    return Comparison(
        first.footprint, second.footprint, _stages(first.footprint, second.footprint),
        _lines(first.footprint, second.footprint), probability, low, high,
    )  # fmt: skip


def _paired(first: Calculation, second: Calculation) -> tuple[float | None, float | None, float | None]:
    one, two = first.draws["total"], second.draws["total"]
    same = (first.footprint.draws, first.footprint.seed) == (second.footprint.draws, second.footprint.seed)
    if not one.size or not same:
        return None, None, None
    difference = two - one
    low, high = (float(f"{value:.9g}") for value in np.percentile(difference, (2.5, 97.5)))
    return float((difference < 0.0).mean()), low, high


def _stages(first: Footprint, second: Footprint) -> tuple[StageDifference, ...]:
    pairs = ((stage, first.stage_total((stage,)), second.stage_total((stage,))) for stage in STAGES)
    return tuple(StageDifference(stage, a, b) for stage, a, b in pairs if a or b)


def _lines(first: Footprint, second: Footprint) -> tuple[LineDifference, ...]:
    ones = {(line.stage, line.path): line for line in first.counted()}
    twos = {(line.stage, line.path): line for line in second.counted()}
    found = [_difference(ones.get(key), twos.get(key)) for key in dict.fromkeys((*ones, *twos))]
    return tuple(sorted(found, key=lambda item: (-abs(item.difference), item.stage, item.path)))


def _difference(one: Line | None, two: Line | None) -> LineDifference:
    line = one or two
    assert line is not None
    datasets = tuple(item.dataset.id if item and item.dataset else "" for item in (one, two))
    return LineDifference(
        line.stage, line.path, line.label, one.total if one else None, two.total if two else None,
        (datasets[0], datasets[1]),
    )  # fmt: skip
