"""Whether a programme is complete and consistent, and answers its own examples."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.language import Text
from cradlemark.label.programme import Example, ProgrammeProfile
from cradlemark.label.programme_decisions import grade_of, last_day, needs_verification, reduction_verdict
from cradlemark.label.programme_lint_figures import figure_problems
from cradlemark.label.workflow import Machine, Step, take_step, workflow

ALWAYS_SHOWN = ("value", "unit", "declared_unit", "boundary", "validity", "number", "verifier", "code")
"""What every label shows somewhere: on the mark or one scan away."""
INDISPENSABLE: Mapping[Machine, tuple[str, ...]] = {
    "case": ("submit", "accept", "reject", "plan", "review_documents", "give_opinion", "review", "grant", "refuse", "register"),
    "label": ("register", "publish", "suspend", "clear", "expire", "revoke", "supersede"),
}  # fmt: skip
"""Steps without which no programme works."""
KEPT_APART = ("verifier_not_applicant", "decision_not_verifier")
PUBLIC = ("identity", "unit", "value", "rules", "verification", "validity")
PROTECTED = (
    "ccc",
    "cnca",
    "carbon trust",
    "keiti",
    "tgo",
    "pep ecopassport",
    "environdec",
    "eco platform",
    "blue angel",
)
"""Names of others' marks; none of them may stand on artwork made here."""


def lint(programme: ProgrammeProfile) -> tuple[Problem, ...]:
    """Everything that is wrong with a programme; empty when nothing is."""
    return (
        *_claims(programme), *_machine("case", programme.case_steps),
        *_machine("label", programme.label_steps), *_duties(programme), *_shown(programme),
        *_ranges(programme), *figure_problems(programme), *_examples(programme),
    )  # fmt: skip


def _problem(where: str, message: Text, hint: Text) -> Problem:
    return Problem(where, "programme-incomplete", message, hint)


def _claims(programme: ProgrammeProfile) -> Iterator[Problem]:
    if "footprint" not in programme.claims:
        yield _problem(
            "claims",
            Text("no programme is without a footprint claim", "计划不能没有足迹声明"),
            Text("add [claims.footprint]", "补充 [claims.footprint]"),
        )
    for kind, rule in (("reduction", programme.reduction), ("grade", programme.grade)):
        running = kind in programme.claims and programme.claims[kind].running
        if running != (rule is not None):
            yield _problem(
                f"claims.{kind}",
                Text(
                    f"a {kind} claim that runs and its rule go together",
                    f"有有效期的 {kind} 声明与其规则须同时存在",
                ),
                Text(f"add or remove [{kind}]", f"添加或删去 [{kind}]"),
            )
    for kind, claim in programme.claims.items():
        if claim.validity.unit != "month" or not 1 <= claim.validity.value <= 120:
            yield _problem(
                f"claims.{kind}.validity",
                Text("the validity is not 1 to 120 months", "有效期不是 1 至 120 个月"),
                Text("give months", "给出月数"),
            )
        if claim.surveillance and claim.surveillance.value > claim.validity.value:
            yield _problem(
                f"claims.{kind}.surveillance",
                Text("surveillance comes after the end", "监督晚于到期"),
                Text("shorten it", "缩短"),
            )
        for needed in claim.needs:
            if needed not in programme.claims or needed == kind:
                yield _problem(
                    f"claims.{kind}.needs",
                    Text(f"{needed} is not granted here", f"此处不授予 {needed}"),
                    Text("name another kind", "指定其他类别"),
                )


def _machine(machine: Machine, steps: Mapping[str, Step]) -> Iterator[Problem]:
    for name in INDISPENSABLE[machine]:
        if name not in steps:
            yield _problem(
                f"{machine}.steps",
                Text(f"the step {name!r} is missing", f"缺少步骤 {name!r}"),
                Text("add it", "请添加"),
            )
    reached = _reached(steps)
    for step in steps.values():
        if step.source and not set(step.source) & reached:
            yield _problem(
                f"{machine}.steps",
                Text(f"nothing leads to the step {step.id!r}", f"没有步骤通向 {step.id!r}"),
                Text("add what leads there", "补充通向它的步骤"),
            )
    left = {state for step in steps.values() for state in step.source}
    states = workflow().states[machine]
    for state in sorted(reached - left - _RESTING):
        if not states[state].final:
            yield _problem(
                f"{machine}.steps",
                Text(
                    f"a {machine} stays in the state {state!r} for ever",
                    f"{machine} 会永远停在状态 {state!r}",
                ),
                Text("add a step", "补充一个步骤"),
            )


_RESTING = {"withdrawn", "expired", "superseded", "revoked"}
"""States in which a label may stay."""


def _reached(steps: Mapping[str, Step]) -> set[str]:
    reached: set[str] = set()
    while True:
        more = {s.target for s in steps.values() if not s.source or set(s.source) & reached} - reached
        if not more:
            return reached
        reached |= more


def _duties(programme: ProgrammeProfile) -> Iterator[Problem]:
    for name in KEPT_APART:
        if name not in programme.separations:
            yield _problem(
                "separations.kept",
                Text(f"{name} is given up", f"放弃了 {name}"),
                Text("keep it: no label without it", "请保留：没有它就没有标签"),
            )
    if programme.least_verifiers.value < 1:
        yield _problem(
            "programme.least_verifiers",
            Text("nobody verifies", "没有人核查"),
            Text("ask for at least one", "至少要求一个"),
        )


def _shown(programme: ProgrammeProfile) -> Iterator[Problem]:
    for element in ALWAYS_SHOWN:
        if element not in programme.design.elements:
            yield _problem(
                "design.elements",
                Text(f"the label does not show {element}", f"标签未显示 {element}"),
                Text("add it", "请添加"),
            )
    if not programme.design.designs:
        yield _problem(
            "design.designs", Text("there is no design", "没有版式"), Text("add at least one", "至少补充一个")
        )
    for field in PUBLIC:
        if field not in programme.public_fields:
            yield _problem(
                "public.fields", Text(f"{field} is not public", f"{field} 未公开"), Text("add it", "请添加")
            )
    for kind in ("reduction", "grade"):
        claim = programme.claims.get(kind)
        if claim is not None and claim.running:
            yield from _kind_shown(kind, programme)
    for where, text in (("design.mark", programme.design.mark), ("programme.name", programme.name)):
        words = f"{text.en} {text.zh}".lower()
        for name in (
            name for name in PROTECTED if re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", words)
        ):
            yield _problem(
                where,
                Text(f"{name!r} is a mark of somebody else", f"{name!r} 是他人的标记"),
                Text("use words of your own", "使用自己的文字"),
            )


def _kind_shown(kind: str, programme: ProgrammeProfile) -> Iterator[Problem]:
    """A claim that is granted is shown on the label and to the public."""
    for place, names in (
        ("design.elements", programme.design.elements), ("public.fields", programme.public_fields)
    ):  # fmt: skip
        if kind not in names:
            yield _problem(
                place,
                Text(f"the {kind} claim is granted, but not shown here", f"授予 {kind} 声明，但此处未显示"),
                Text("add it", "请添加"),
            )


def _ranges(programme: ProgrammeProfile) -> Iterator[Problem]:
    if not 0.0 < programme.change.value < 1.0:
        yield _problem(
            "change",
            Text("the threshold of a change is no share", "变化的阈值不是份额"),
            Text("give for example 0.1", "例如给出 0.1"),
        )
    if programme.reduction and not 0.5 <= programme.reduction.probability.value < 1.0:
        yield _problem(
            "reduction.probability",
            Text("a claim needs a probability from 0.5 to below 1", "声明需要 0.5 至 1（不含）的概率"),
            Text("give 0.9", "给出 0.9"),
        )
    for place, figure in programme.figures():
        if figure.value < 0.0:
            yield _problem(
                place,
                Text("a figure of a programme is not negative", "计划的数值不能为负"),
                Text("correct it", "请修正"),
            )


def _examples(programme: ProgrammeProfile) -> Iterator[Problem]:
    kinds = {example.kind for example in programme.examples}
    wanted = {"validity", "change", "case", "label"}
    wanted |= {"reduction"} if programme.reduction else set()
    wanted |= {"grade"} if programme.grade else set()
    for kind in sorted(wanted - kinds):
        yield _problem(
            "examples",
            Text(f"there is no example of the kind {kind}", f"没有 {kind} 类的示例"),
            Text("add one", "补充一个"),
        )
    for example in programme.examples:
        try:
            found = answer(programme, example)
        except (CradlemarkError, KeyError, TypeError, ValueError) as error:
            yield _failed(
                example,
                Text("it cannot be answered: {reason}", "无法得出结果：{reason}").format(
                    reason=error.as_text if isinstance(error, CradlemarkError) else type(error).__name__
                ),
            )
            continue
        if found != example.expect:
            yield _failed(
                example,
                Text(
                    f"it gives {found!r}, {example.expect!r} is expected",
                    f"得到 {found!r}，应为 {example.expect!r}",
                ),
            )


def _failed(example: Example, message: Text) -> Problem:
    return Problem(
        f"examples.{example.id}", "programme-example", Text(f"example {example.id}: {message.en}", f"示例 {example.id}：{message['zh']}"),
        Text("correct the programme or the example", "修正计划或示例"),
    )  # fmt: skip


def answer(programme: ProgrammeProfile, example: Example) -> object:
    """What a programme answers to an example."""
    given: Mapping[str, Any] = example.given
    if example.kind == "validity":
        return last_day(programme, given["claim"], datetime.date.fromisoformat(given["decided"])).isoformat()
    if example.kind == "change":
        return needs_verification(programme, published=float(given["published"]), new=float(given["new"]))
    if example.kind == "reduction":
        return reduction_verdict(programme, given).outcome
    if example.kind == "grade" and programme.grade is not None:
        return grade_of(programme.grade, float(given["percentile"]))
    steps = programme.case_steps if example.kind == "case" else programme.label_steps
    return _path(steps, given["steps"])


def _path(steps: Mapping[str, Step], taken: list[list[str]]) -> str:
    """State after steps, each with its role; the code of the refusal when one is refused."""
    state = ""
    for step, role in taken:
        try:
            state = take_step(steps, state, step, role=role)
        except CradlemarkError as error:
            return error.code
    return state
