"""Demands of ISO 14067:2018 on what is said of a product carbon footprint; clause numbers are not checked but for 6.4.9.4."""

from __future__ import annotations

import math
from collections.abc import Callable

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.periods import parse_period
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.label.claim import Claim
from cradlemark.label.derive import LIMITS, PARTIAL
from cradlemark.label.lints.figures import GATE, equal, sum_of_stages, whole
from cradlemark.label.lints.lint import Flaws, Lint, Status
from cradlemark.product.study import STAGES

DOCUMENT = "ISO 14067:2018"
YEAR = 12
"""Shortest data period [month]."""


def _unit(claim: Claim) -> Flaws:
    unit = claim.unit
    if not (unit.declared_amount > 0.0 and unit.declared_unit):
        yield "unit.declared_amount", Text("there is no declared unit", "缺少声明单位")
    if whole(claim) and not unit.functional_unit:
        yield "unit.functional_unit", Text("a life cycle needs a functional unit", "全生命周期须有功能单位")


def _apart(claim: Claim) -> Flaws:
    values = claim.values
    if whole(claim) and values.life_cycle is None:
        yield (
            "values.life_cycle",
            Text("the life cycle is not stated beside the gate", "未与大门值分列全生命周期值"),
        )
    if not whole(claim) and (values.life_cycle is not None or values.beyond_boundary is not None):
        yield "values.life_cycle", Text("the boundary ends at the gate, figures beyond it do not belong to it",
                                        "边界止于大门，不得含其后的数值")  # fmt: skip


def _stages(claim: Claim) -> Flaws:
    allowed = [stage for stage in STAGES if stage != "D"] if whole(claim) else list(GATE)
    missing = [stage for stage in allowed if stage not in claim.values.by_stage]
    if missing:
        names = ", ".join(missing)
        yield "values.by_stage", Text(f"stages are missing: {names}", f"缺少阶段：{names}")
    beyond = [stage for stage in claim.values.by_stage if stage not in allowed and stage != "D"]
    if beyond:
        names = ", ".join(beyond)
        yield "values.by_stage", Text(f"stages beyond the boundary: {names}", f"超出边界的阶段：{names}")


def _partial(claim: Claim) -> Flaws:
    if not whole(claim) and PARTIAL not in claim.limits:
        yield "limits", Text("a partial footprint does not say that it is one", "部分碳足迹未注明")


def _sums(claim: Claim) -> Flaws:
    values = claim.values
    for where, value, stages in (
        ("values.gate", values.gate, GATE),
        ("values.life_cycle", values.life_cycle, [stage for stage in STAGES if stage != "D"]),
    ):
        total, size = sum_of_stages(claim, stages)
        if value is not None and not equal(value.figure, total, scale=size):
            yield where, Text(f"{value.figure:g} is not the sum of its stages, {total:g}",
                              f"{value.figure:g} 不等于各阶段之和 {total:g}")  # fmt: skip


def _origins(claim: Claim) -> Flaws:
    if claim.values.origins != ORIGINS:
        yield (
            "values.origins",
            Text(
                "fossil, biogenic, land use and aircraft are not apart", "化石、生物源、土地利用和航空未分列"
            ),
        )
    elif any(len(row) != len(ORIGINS) for row in claim.values.by_stage.values()):
        yield "values.by_stage", Text("a stage has no figure for each origin", "有阶段缺少某一来源的数值")


def _module_d(claim: Claim) -> Flaws:
    if "D" in claim.values.by_stage:
        yield (
            "values.by_stage",
            Text("module D stands among the stages of the total", "模块 D 列入总值各阶段"),
        )


def _gwp(claim: Claim) -> Flaws:
    if claim.basis.gwp_set not in {"AR5", "AR6"}:
        yield "basis.gwp_set", Text(f"{claim.basis.gwp_set or '-'} is not of a recent assessment report",
                                    f"{claim.basis.gwp_set or '-'} 不是较新的评估报告")  # fmt: skip


def _offset(claim: Claim) -> Flaws:
    if LIMITS[2] not in claim.limits:
        yield "limits", Text("it is not said that nothing is offset", "未声明未作抵消")


def _single_issue(claim: Claim) -> Flaws:
    if LIMITS[0] not in claim.limits:
        yield "limits", Text("it is not said that only the climate is covered", "未声明仅涵盖气候变化")


def _electricity(claim: Claim) -> Flaws:
    wanted = {"gate", "life_cycle"} if whole(claim) else {"gate"}
    if set(claim.values.other_basis) != wanted:
        yield (
            "values.other_basis",
            Text("the other electricity basis is not stated", "未给出另一电力核算基准的数值"),
        )


def _period(claim: Claim) -> Flaws:
    try:
        months = parse_period(claim.basis.period).months
    except InputError as error:
        yield "basis.period", Text(error.message.en, "数据时段无法识别")
        return
    if months < YEAR:
        yield (
            "basis.period",
            Text(f"the data cover {months} months, less than a year", f"数据仅覆盖 {months} 个月，不足一年"),
        )


def _explained(claim: Claim) -> Flaws:
    found = claim.reduction
    if found is None:
        return
    total = math.fsum(found.parts.values())
    scale = abs(found.figure) + abs(found.baseline_figure)
    if not equal(total, found.figure - found.baseline_figure, scale=scale):
        yield "reduction.parts", Text("the causes do not sum to the difference", "各原因之和不等于差异")


def _lint(
    name: str, clause: str, en: str, zh: str, check: Callable[[Claim], Flaws], status: Status = "unverified"
) -> Lint:
    return Lint(f"iso-14067-{name}", DOCUMENT, clause, status, Text(en, zh), check)


LINTS = (
    _lint(
        "unit",
        "6.3.2",
        "declared unit, and functional unit for a life cycle",
        "有声明单位；全生命周期有功能单位",
        _unit,
    ),
    _lint(
        "gate-and-life-cycle", "6.3.4", "gate and life cycle stand apart", "大门值与全生命周期值分列", _apart
    ),
    _lint(
        "stages", "6.3.4", "all stages of the boundary and none beyond", "列出边界内全部阶段且不超出", _stages
    ),
    _lint("partial", "6.3.2", "a partial footprint says so", "部分碳足迹须注明", _partial),
    _lint("sums", "6.4.9", "stages sum to the totals", "各阶段之和等于总值", _sums),
    _lint("origins", "6.4.9.2", "origins stand apart", "各来源分列", _origins),
    _lint("module-d", "6.3.8", "module D is outside of the total", "模块 D 不计入总值", _module_d),
    _lint("gwp", "6.5", "GWP100 of a recent assessment report", "采用较新评估报告的 GWP100", _gwp),
    _lint("offset", "5", "nothing is offset, and that is said", "不抵消并予声明", _offset),
    _lint(
        "single-issue", "7", "it says that only the climate is covered", "注明仅涵盖气候变化", _single_issue
    ),
    _lint(
        "electricity",
        "6.4.9.4",
        "both electricity bases are stated",
        "给出两种电力核算基准",
        _electricity,
        "seen",
    ),
    _lint("period", "6.3.6", "data of at least a year", "数据至少覆盖一年", _period),
    _lint("tracking", "6.4.7", "a change over time is explained", "随时间的变化须予解释", _explained),
)
"""Lints of ISO 14067."""
