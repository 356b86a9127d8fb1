"""Whether a programme is complete and consistent, and answers its own examples."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.label.programme import Example, ProgrammeProfile
from cradlemark.label.programme_decisions import grade_of, last_day, needs_verification, reduction_verdict
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
        *_ranges(programme), *_examples(programme),
    )  # fmt: skip


def _problem(where: str, message: str, hint: str) -> Problem:
    return Problem(where, "programme-incomplete", message, hint)


def _claims(programme: ProgrammeProfile) -> Iterator[Problem]:
    if "footprint" not in programme.claims:
        yield _problem("claims", "no programme is without a footprint claim", "add [claims.footprint]")
    for kind, rule in (("reduction", programme.reduction), ("grade", programme.grade)):
        running = kind in programme.claims and programme.claims[kind].running
        if running != (rule is not None):
            yield _problem(
                f"claims.{kind}",
                f"a {kind} claim that runs and its rule go together",
                f"add or remove [{kind}]",
            )
    for kind, claim in programme.claims.items():
        if claim.validity.unit != "month" or not 1 <= claim.validity.value <= 120:
            yield _problem(f"claims.{kind}.validity", "the validity is not 1 to 120 months", "give months")
        if claim.surveillance and claim.surveillance.value > claim.validity.value:
            yield _problem(f"claims.{kind}.surveillance", "surveillance comes after the end", "shorten it")
        for needed in claim.needs:
            if needed not in programme.claims or needed == kind:
                yield _problem(f"claims.{kind}.needs", f"{needed} is not granted here", "name another kind")


def _machine(machine: Machine, steps: Mapping[str, Step]) -> Iterator[Problem]:
    for name in INDISPENSABLE[machine]:
        if name not in steps:
            yield _problem(f"{machine}.steps", f"the step {name!r} is missing", "add it")
    reached = _reached(steps)
    for step in steps.values():
        if step.source and not set(step.source) & reached:
            yield _problem(
                f"{machine}.steps", f"nothing leads to the step {step.id!r}", "add what leads there"
            )
    left = {state for step in steps.values() for state in step.source}
    states = workflow().states[machine]
    for state in sorted(reached - left - _RESTING):
        if not states[state].final:
            yield _problem(
                f"{machine}.steps", f"a {machine} stays in the state {state!r} for ever", "add a step"
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
            yield _problem("separations.kept", f"{name} is given up", "keep it: no label without it")
    if programme.least_verifiers.value < 1:
        yield _problem("programme.least_verifiers", "nobody verifies", "ask for at least one")


def _shown(programme: ProgrammeProfile) -> Iterator[Problem]:
    for element in ALWAYS_SHOWN:
        if element not in programme.design.elements:
            yield _problem("design.elements", f"the label does not show {element}", "add it")
    if not programme.design.designs:
        yield _problem("design.designs", "there is no design", "add at least one")
    for field in PUBLIC:
        if field not in programme.public_fields:
            yield _problem("public.fields", f"{field} is not public", "add it")
    words = f"{programme.design.mark.en} {programme.design.mark.zh}".lower()
    for name in PROTECTED:
        if name in words:
            yield _problem("design.mark", f"{name!r} is a mark of somebody else", "use words of your own")


def _ranges(programme: ProgrammeProfile) -> Iterator[Problem]:
    if not 0.0 < programme.change.value < 1.0:
        yield _problem("change", "the threshold of a change is no share", "give for example 0.1")
    if programme.reduction and not 0.5 <= programme.reduction.probability.value < 1.0:
        yield _problem("reduction.probability", "a claim needs a probability from 0.5 to below 1", "give 0.9")
    for place, figure in programme.figures():
        if figure.value < 0.0:
            yield _problem(place, "a figure of a programme is not negative", "correct it")


def _examples(programme: ProgrammeProfile) -> Iterator[Problem]:
    kinds = {example.kind for example in programme.examples}
    wanted = {"validity", "change", "case", "label"}
    wanted |= {"reduction"} if programme.reduction else set()
    wanted |= {"grade"} if programme.grade else set()
    for kind in sorted(wanted - kinds):
        yield _problem("examples", f"there is no example of the kind {kind}", "add one")
    for example in programme.examples:
        try:
            found = answer(programme, example)
        except (CradlemarkError, KeyError, TypeError, ValueError) as error:
            yield _failed(example, f"it cannot be answered: {error}")
            continue
        if found != example.expect:
            yield _failed(example, f"it gives {found!r}, {example.expect!r} is expected")


def _failed(example: Example, message: str) -> Problem:
    return Problem(
        f"examples.{example.id}", "programme-example", f"example {example.id}: {message}",
        "correct the programme or the example",
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
