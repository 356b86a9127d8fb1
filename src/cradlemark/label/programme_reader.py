"""From the TOML document of a programme to its values, with every problem reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cradlemark.core.canonical import digest
from cradlemark.core.errors import CradlemarkError, NotFoundError, Problem, raise_if_any
from cradlemark.core.formulas import parse_formula
from cradlemark.core.language import LANGUAGES, Text
from cradlemark.core.toml import read_toml
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import (
    CAUSES,
    REDUCTION_FACTS,
    STATUSES,
    Alternative,
    ClaimType,
    Design,
    Example,
    Fee,
    Figure,
    GradeRule,
    GradeStep,
    ProgrammeProfile,
    ReductionRule,
)
from cradlemark.label.workflow import Machine, Step, workflow
from cradlemark.rules.tables import Table

CLAIM_KINDS = ("footprint", "reduction", "grade", "climate_neutral")
ASSURANCES = ("limited", "reasonable")
DESIGNS = ("full", "strip", "micro")
ELEMENTS = (
    "value", "unit", "declared_unit", "boundary", "validity", "number", "verifier", "programme", "code", "interval",
    "grade", "reduction", "gate_and_life_cycle",
)  # fmt: skip
"""What artwork can show."""
EXAMPLE_KINDS = ("validity", "change", "reduction", "grade", "case", "label")


@cache
def programme_ids() -> tuple[str, ...]:
    """Ids of the packaged programmes, sorted."""
    folder = files("cradlemark.label").joinpath("programmes")
    return tuple(
        sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))
    )


@cache
def load_programme(programme_id: str) -> ProgrammeProfile:
    """Load a packaged programme.

    Raises
    ------
    NotFoundError
        ``programme-unknown``.
    InputErrors
        Everything that is wrong in it.
    """
    if programme_id not in programme_ids():
        raise NotFoundError(
            Text(f"there is no programme {programme_id!r}", f"没有计划 {programme_id!r}"),
            code="programme-unknown",
            hint=Text(
                f"use one of {', '.join(programme_ids())}, or a file ending in .toml",
                f"使用 {'、'.join(programme_ids())} 之一，或以 .toml 结尾的文件",
            ),
        )
    content = files("cradlemark.label").joinpath("programmes", f"{programme_id}.toml").read_bytes()
    return read_programme(read_toml(content, where=f"{programme_id}.toml"), where=f"{programme_id}.toml")


def load_programme_file(path: Path) -> ProgrammeProfile:
    """Load a programme of one's own; raises as `read_programme` and `read_toml`."""
    return read_programme(read_toml(path), where=path.name)


def read_programme(document: Mapping[str, Any], *, where: str) -> ProgrammeProfile:
    """Make a programme from its document.

    Raises
    ------
    InputErrors
        ``pack-missing``, ``pack-value``, ``pack-key`` and others of documents, ``programme-formula`` and
        ``label-number`` for its mark.
    """
    problems: list[Problem] = []
    root = Table(document, "", problems)
    head = root.table("programme")
    grade = root.table("grade") if "grade" in document else None
    reduction = root.table("reduction") if "reduction" in document else None
    roles = root.table("separations")
    made = ProgrammeProfile(
        id=head.string("id"),
        mark=_mark(head),
        demonstration=head.flag("demonstration"),
        version=head.string("version"),
        digest=digest(document),
        name=head.text("name"),
        operator=head.text("operator"),
        notice=head.text("notice"),
        language=head.choice("language", LANGUAGES, "en"),
        rule_packs=head.choices("rule_packs"),
        least_verifiers=_figure(head.table("least_verifiers")),
        claims={name: _claim(name, table) for name, table in root.tables("claims")},
        change=_figure(root.table("change")),
        reduction=_reduction(reduction) if reduction else None,
        grade=_grade(grade) if grade else None,
        design=_design(root.table("design")),
        separations=roles.choices("kept", tuple(workflow().separations)),
        case_steps=_steps(root.table("case"), "case"),
        label_steps=_steps(root.table("label"), "label"),
        timers={name: _timer(name, table) for name, table in root.tables("timers")},
        fees=tuple(_fee(name, table) for name, table in root.tables("fees")),
        public_fields=_public(root.table("public")),
        examples=tuple(_example(name, table) for name, table in root.tables("examples")),
    )
    for table in (head, roles, root):
        table.finish()
    raise_if_any(
        Problem(f"{where}, {problem.where}", problem.code, problem.message, problem.hint)
        for problem in problems
    )
    return made


def _mark(head: Table) -> str:
    mark = head.string("mark")
    try:
        LabelNumber(mark, 0)
    except CradlemarkError as error:
        head.problem("mark", error.code, error.message, error.hint)
    return mark


def _figure(table: Table) -> Figure:
    made = Figure(
        table.number("value"), table.string("unit"), table.choice("status", STATUSES), table.string("source")
    )
    table.finish()
    return made


def _optional(table: Table, key: str) -> Figure | None:
    return _figure(table.table(key)) if table.raw(key) else None


def _claim(name: str, table: Table) -> ClaimType:
    if name not in CLAIM_KINDS:
        table.problem(
            "",
            "pack-value",
            Text(f"{name!r} is no kind of claim", f"{name!r} 不是声明类别"),
            Text(f"use {', '.join(CLAIM_KINDS)}", f"使用 {'、'.join(CLAIM_KINDS)}"),
        )
    made = ClaimType(
        name, table.text("title"), table.flag("running"), _figure(table.table("validity")),
        _optional(table, "surveillance"), table.choice("assurance", ASSURANCES), table.choices("needs", CLAIM_KINDS),
    )  # fmt: skip
    table.finish()
    return made


def _reduction(table: Table) -> ReductionRule:
    made = ReductionRule(
        table.text("title"),
        tuple(_alternative(name, part) for name, part in table.tables("alternatives")),
        _optional(table, "window"),
        table.choices("excluded", CAUSES),
        _figure(table.table("probability")),
        table.choice("status", STATUSES),
        table.string("source"),
    )
    if not made.alternatives:
        table.problem(
            "alternatives",
            "pack-missing",
            Text("a rule needs at least one way to fulfil it", "规则至少需要一种满足方式"),
        )
    table.finish()
    return made


def _alternative(name: str, table: Table) -> Alternative:
    needs = table.choices("needs", tuple(REDUCTION_FACTS))
    threshold = _optional(table, "threshold")
    condition = table.string("condition")
    units = {fact: REDUCTION_FACTS[fact] for fact in needs} | ({"threshold": "1"} if threshold else {})
    try:
        formula = parse_formula(condition)
        formula.bind(units, "1")
        if formula.names != set(units):
            table.problem(
                "needs", "programme-formula", Text("the condition uses other facts than it says", "条件所用的事实与其所述不同"),
                Text(f"it uses {', '.join(sorted(formula.names))}", f"它使用 {'、'.join(sorted(formula.names))}"),
            )  # fmt: skip
    except CradlemarkError as error:
        table.problem("condition", "programme-formula", error.message, error.hint)
    made = Alternative(name, table.text("title"), condition, needs, threshold)
    table.finish()
    return made


def _grade(table: Table) -> GradeRule:
    steps = []
    for name, part in table.tables("steps"):
        steps.append(GradeStep(name, part.number("up_to")))
        part.finish()
    bounds = [step.up_to for step in steps]
    if bounds != sorted(set(bounds)) or bounds[-1:] != [100.0]:
        table.problem(
            "steps",
            "pack-value",
            Text("grades do not rise to 100", "等级未升至 100"),
            Text("give each a higher up_to, the last 100", "为每个给出更大的 up_to，最后一个为 100"),
        )
    made = GradeRule(
        table.text("title"), tuple(steps), _figure(table.table("least")), _figure(table.table("anonymity"))
    )
    table.finish()
    return made


def _design(table: Table) -> Design:
    made = Design(
        table.choices("designs", DESIGNS), table.choices("elements", ELEMENTS), table.string("colour"),
        table.text("mark"),
    )  # fmt: skip
    table.finish()
    return made


def _steps(table: Table, machine: Machine) -> Mapping[str, Step]:
    names = table.choices("steps", tuple(workflow().steps[machine]))
    table.finish()
    return workflow().narrowed(machine, names)


def _timer(name: str, table: Table) -> Figure:
    known = workflow().timers
    made = _figure(table)
    if name not in known:
        table.problem(
            "",
            "pack-value",
            Text(f"there is no timer {name!r}", f"没有计时器 {name!r}"),
            Text(f"use {', '.join(known)}", f"使用 {'、'.join(known)}"),
        )
    elif made.unit != known[name].unit:
        table.problem(
            "unit",
            "pack-value",
            Text(f"the timer counts in {known[name].unit}", f"计时器以 {known[name].unit} 计"),
            Text(f"use {known[name].unit}", f"使用 {known[name].unit}"),
        )
    return made


def _fee(name: str, table: Table) -> Fee:
    made = Fee(name, table.text("title"), _optional(table, "figure"))
    table.finish()
    return made


def _public(table: Table) -> tuple[str, ...]:
    fields = table.choices("fields", tuple(workflow().fields))
    table.finish()
    return fields


def _example(name: str, table: Table) -> Example:
    given = table.raw("given")
    if not isinstance(given, Mapping):
        table.problem(
            "given",
            "pack-missing",
            Text("the example gives nothing", "示例没有给出内容"),
            Text("give a table", "给出一个表"),
        )
        given = {}
    made = Example(name, table.choice("kind", EXAMPLE_KINDS), given, table.raw("expect"))
    table.finish()
    return made
