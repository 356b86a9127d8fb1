"""Required fields and stages of a rule pack."""

from __future__ import annotations

from cradlemark.core.language import Text
from cradlemark.rules.catalogue import stage_fact
from cradlemark.rules.definitions import BoundaryRule, RequiredField, RulePack
from cradlemark.rules.fact_values import Facts
from cradlemark.rules.fields import missing
from cradlemark.rules.finding import Finding

FIELD_RULE = "required-field"
STAGE_RULE = "required-stage"
BOUNDARY_RULE = "boundary-allowed"


def required_fields(pack: RulePack, boundary: str) -> tuple[RequiredField, ...]:
    """Return the fields a study of this boundary must fill."""
    return tuple(field for field in pack.required if not field.boundaries or boundary in field.boundaries)


def missing_fields(pack: RulePack, facts: Facts) -> list[Finding]:
    """Findings for every required field that is empty; nothing when the facts hold no study."""
    if facts.study is None:
        return []
    return [
        Finding(
            rule=FIELD_RULE,
            severity=field.severity,
            where=place,
            message=Text(f"not filled in: {field.title.en}", f"未填写：{field.title.zh}"),
            clause=pack.clause(field.clause).label,
            repair=field.repair or Text(f"Fill in {field.path}.", f"填写 {field.path}。"),
        )
        for field in required_fields(pack, facts.study.boundary)
        for place in missing(facts.study, field.path)
    ]


def missing_stages(pack: RulePack, facts: Facts) -> list[Finding]:
    """Findings for every stage group that must have lines but has none, and for a boundary the pack does not allow."""
    boundary = _boundary(facts)
    if not boundary:
        return []
    rule = pack.boundary(boundary)
    if rule is None:
        allowed = ", ".join(item.id for item in pack.boundaries)
        return [
            Finding(
                rule=BOUNDARY_RULE,
                severity="error",
                where="boundary",
                message=Text(
                    f"the pack does not allow the boundary {boundary}", f"规则包不允许系统边界 {boundary}"
                ),
                clause=pack.standard,
                repair=Text(f"Use {allowed}.", f"采用 {allowed}。"),
            )
        ]
    return _stages_without_lines(pack, rule, facts) if "footprint" in facts.phases else []


def _stages_without_lines(pack: RulePack, rule: BoundaryRule, facts: Facts) -> list[Finding]:
    empty = [
        group
        for group in map(pack.stage_group, rule.groups)
        if not any(facts.value(stage_fact(stage)) for stage in group.stages)
    ]
    return [
        Finding(
            rule=STAGE_RULE,
            severity="error",
            where="boundary",
            message=Text(
                f"{group.name.en} ({', '.join(group.stages)}) has no lines although the boundary is {rule.name.en}",
                f"系统边界为{rule.name.zh}，但{group.name.zh}（{', '.join(group.stages)}）没有内容",
            ),
            clause=pack.clause(rule.clause).label,
            repair=Text("Describe the stage, or declare it as a cut-off.", "描述该阶段，或声明为取舍项。"),
        )
        for group in empty
    ]


def _boundary(facts: Facts) -> str:
    for name in ("cradle_to_gate", "cradle_to_grave"):
        if facts.value(f"boundary_is_{name}"):
            return name
    return ""
