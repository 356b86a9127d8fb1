"""From the document of a rule pack to its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.product.study import END_OF_LIFE_METHODS, STAGES
from cradlemark.rules.catalogue import catalogue
from cradlemark.rules.conditions import problems_of
from cradlemark.rules.definitions import (
    CLAUSE_STATUSES,
    LIMIT_STATUSES,
    PACK_STATUSES,
    BoundaryRule,
    Check,
    Clause,
    Demand,
    Limit,
    Method,
    RequiredField,
    RulePack,
    StageGroup,
    Statement,
)
from cradlemark.rules.fields import field_problem
from cradlemark.rules.finding import SEVERITIES
from cradlemark.rules.tables import Table

METHODS = (
    "gwp_set",
    "electricity_basis",
    "report_both_bases",
    "end_of_life_method",
    "allocation_order",
    "separate_reporting",
)
BOUNDARIES = ("cradle_to_gate", "cradle_to_grave")
ALLOCATION_STEPS = ("subdivide", "expand", "physical", "economic")


def read_pack(document: Mapping[str, Any], *, digest: str, where: str) -> RulePack:
    """Make a rule pack from its resolved document.

    Parameters
    ----------
    document : mapping
        Content of the TOML file, what it extends already merged in.
    digest : str
        ``sha256:...`` of the resolved content.
    where : str
        Name of the file, for messages.

    Raises
    ------
    InputErrors
        Everything that is wrong, at once: ``pack-missing``, ``pack-value``, ``pack-key``, ``pack-fact``,
        ``pack-clause``, ``pack-field``, ``pack-message`` and the codes of formulas.
    """
    problems: list[Problem] = []
    root = Table(document, "", problems)
    head = root.table("pack")
    standard = head.string("standard")
    source = head.string("source")
    pack = RulePack(
        id=head.string("id"),
        version=head.string("version"),
        standard=standard,
        title=head.text("title"),
        status=head.choice("status", PACK_STATUSES),
        status_note=head.text("status_note"),
        source=source,
        digest=digest,
        extends=head.string("extends", ""),
        superseded_by=head.string("superseded_by", ""),
        clauses=tuple(_clause(name, table) for name, table in root.tables("clauses")),
        methods=_methods(root.table("methods")),
        limits=tuple(_limit(name, table) for name, table in root.tables("limits")),
        boundaries=tuple(_boundary(name, table) for name, table in root.tables("boundaries")),
        stage_groups=_stage_groups(root),
        demands=tuple(_demand(name, table) for name, table in root.tables("demands")),
        statements=tuple(_statement(name, table) for name, table in root.tables("statements")),
        required=tuple(_required(path, table) for path, table in root.tables("required")),
        checks=tuple(_check(name, table) for name, table in root.tables("checks")),
    )
    head.finish()
    root.finish()
    _cross_check(pack, problems)
    raise_if_any(
        Problem(f"{where}: {item.where}" if item.where else where, item.code, item.message, item.hint)
        for item in problems
    )
    return pack


def _methods(table: Table) -> tuple[Method, ...]:
    found = [_method(name, Table(table.raw(name), f"methods.{name}", table.problems)) for name in METHODS]
    table.finish()
    return tuple(found)


def _method(name: str, table: Table) -> Method:
    value: str | bool | tuple[str, ...]
    match name:
        case "gwp_set":
            value = table.choice("value", ("AR4", "AR5", "AR6"))
        case "electricity_basis":
            value = table.choice("value", ("market", "location"))
        case "end_of_life_method":
            value = table.choice("value", tuple(method for method in END_OF_LIFE_METHODS if method))
        case "allocation_order":
            value = table.choices("value", ALLOCATION_STEPS)
        case "separate_reporting":
            value = table.choices("value", ORIGINS)
        case _:
            value = table.flag("value")
    method = Method(
        name, value, table.text("title"), table.string("clause"), table.choice("status", LIMIT_STATUSES)
    )
    table.finish()
    return method


def _clause(name: str, table: Table) -> Clause:
    clause = Clause(
        id=name,
        standard=table.string("standard"),
        number=table.string("number", ""),
        title=table.text("title"),
        status=table.choice("status", CLAUSE_STATUSES, "unverified"),
        source=table.string("source"),
        look_at=table.text("look_at"),
        evidence=table.text("evidence"),
    )
    table.finish()
    return clause


def _limit(name: str, table: Table) -> Limit:
    limit = Limit(
        name=name,
        value=table.number("value"),
        unit=table.string("unit"),
        title=table.text("title"),
        clause=table.string("clause"),
        source=table.string("source"),
        status=table.choice("status", LIMIT_STATUSES),
    )
    if name in {fact.name for fact in catalogue()}:
        table.problem(
            "",
            "pack-limit",
            Text(f"{name} is the name of a fact", f"{name} 是事实的名称"),
            Text("choose another name", "改用其他名称"),
        )
    table.finish()
    return limit


def _boundary(name: str, table: Table) -> BoundaryRule:
    if name not in BOUNDARIES:
        table.problem(
            "",
            "pack-value",
            Text(f"there is no boundary {name!r}", f"没有边界 {name!r}"),
            Text(f"use {' or '.join(BOUNDARIES)}", f"使用 {' 或 '.join(BOUNDARIES)}"),
        )
    rule = BoundaryRule(
        id=name,
        name=table.text("name"),
        unit=table.choice("unit", ("declared", "functional")),
        groups=table.choices("groups"),
        clause=table.string("clause"),
    )
    table.finish()
    return rule


def _stage_groups(root: Table) -> tuple[StageGroup, ...]:
    groups = []
    for name, table in root.tables("stage_groups"):
        groups.append(StageGroup(name, table.text("name"), table.choices("stages", STAGES)))
        table.finish()
    groups.sort(key=lambda group: [STAGES.index(stage) for stage in group.stages])
    _check_groups(groups, root)
    return tuple(groups)


def _check_groups(groups: list[StageGroup], root: Table) -> None:
    grouped = [stage for group in groups for stage in group.stages]
    twice = sorted({stage for stage in grouped if grouped.count(stage) > 1})
    if twice:
        root.problem(
            "stage_groups",
            "pack-stages",
            Text(f"stages in two groups: {', '.join(twice)}", f"属于两组的阶段：{'、'.join(twice)}"),
        )
    missing = [stage for stage in STAGES if stage not in grouped and stage != "D"]
    if missing:
        root.problem(
            "stage_groups",
            "pack-stages",
            Text(f"stages in no group: {', '.join(missing)}", f"不属于任何组的阶段：{'、'.join(missing)}"),
        )


def _demand(name: str, table: Table) -> Demand:
    demand = Demand(
        id=name,
        title=table.text("title"),
        text=table.text("text"),
        table=table.choice("table", ("site", "background", "both")),
        clause=table.string("clause"),
    )
    table.finish()
    return demand


def _statement(name: str, table: Table) -> Statement:
    statement = Statement(name, table.text("text"), table.string("clause"))
    table.finish()
    return statement


def _required(path: str, table: Table) -> RequiredField:
    field = RequiredField(
        path=path,
        title=table.text("title"),
        boundaries=table.choices("boundaries", BOUNDARIES),
        severity=table.choice("severity", SEVERITIES, "error"),
        clause=table.string("clause"),
        repair=table.text("repair", optional=True),
    )
    problem = field_problem(path)
    if problem:
        table.problem(
            "",
            "pack-field",
            problem,
            Text("use the field names of the study document", "使用研究文档的字段名"),
        )
    table.finish()
    return field


def _check(name: str, table: Table) -> Check:
    check = Check(
        id=name,
        clause=table.string("clause"),
        severity=table.choice("severity", SEVERITIES),
        over=table.string("over", ""),
        when=table.string("when", ""),
        condition=table.string("condition"),
        title=table.text("title"),
        message=table.text("message"),
        repair=table.text("repair"),
    )
    table.finish()
    return check


def _cross_check(pack: RulePack, problems: list[Problem]) -> None:
    limits = {limit.name: limit for limit in pack.limits}
    clauses = {clause.id for clause in pack.clauses}
    tables = {
        "limits": pack.limits, "methods": pack.methods, "boundaries": pack.boundaries, "demands": pack.demands,
        "statements": pack.statements, "required": pack.required, "checks": pack.checks,
    }  # fmt: skip
    for table, items in tables.items():
        for item in cast("tuple[Any, ...]", items):
            name = getattr(item, "id", "") or getattr(item, "name", "") or getattr(item, "path", "")
            if item.clause not in clauses:
                problems.append(
                    Problem(
                        f"{table}.{name}.clause",
                        "pack-clause",
                        Text(f"there is no clause {item.clause!r}", f"没有条款 {item.clause!r}"),
                    )
                )
    for check in pack.checks:
        problems.extend(problems_of(check, limits, f"checks.{check.id}"))
    groups = {group.id for group in pack.stage_groups}
    for rule in pack.boundaries:
        problems.extend(
            Problem(
                f"boundaries.{rule.id}.groups",
                "pack-stages",
                Text(f"there is no stage group {group!r}", f"没有阶段组 {group!r}"),
            )
            for group in rule.groups
            if group not in groups
        )
    if not pack.boundaries:
        problems.append(
            Problem("boundaries", "pack-missing", Text("the pack allows no boundary", "规则包不允许任何边界"))
        )
    if not pack.checks:
        problems.append(Problem("checks", "pack-missing", Text("the pack has no checks", "规则包没有检查项")))
