"""The checklist of a verifier: checks of the rule pack that were looked at, each with a note, for one sealed revision."""

from __future__ import annotations

import datetime

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.registry.audit.record import record
from cradlemark.registry.cases.models import Case, ChecklistTick
from cradlemark.registry.cases.reading import reading
from cradlemark.registry.cases.take import locked
from cradlemark.registry.cases.verify import refuse_resting, refuse_stranger
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.writing import writing

LONGEST_NOTE = 1000


def tick(
    number: int, rule: str, *, done: bool, note: str, by: Actor, time: datetime.datetime
) -> ChecklistTick:  # fmt: skip
    """Tick a check of the present revision, or take the tick back.

    It is a note of the verifier: no step, no opinion and no label asks for it.

    Raises
    ------
    InputError
        ``tick-unknown`` for a check that the sealed rule pack does not have, ``tick-long``
    StateError
        ``not-assigned``, ``not-declared``, ``not-at-work``
    """
    if len(note) > LONGEST_NOTE:
        raise InputError(
            Text("the note is too long", "备注过长"), code="tick-long", where=rule,
            hint=Text(f"write at most {LONGEST_NOTE} characters", f"最多写 {LONGEST_NOTE} 个字符"),
        )  # fmt: skip
    with writing():
        case = locked(number)
        refuse_stranger(case, by)
        refuse_resting(case)
        if rule not in {one.check.id for one in reading(case.revision).assessments}:
            raise InputError(
                Text(f"the rule pack has no check {rule[:80]!r}", f"规则包没有检查 {rule[:80]!r}"), code="tick-unknown",
                hint=Text("load the page again", "请重新载入页面"),
            )  # fmt: skip
        made = ChecklistTick.objects.create(
            case=case,
            revision=case.revision,
            rule=rule,
            done=done,
            note=note.strip(),
            author=by.user,
            time=time,
        )
        record(
            "cases:checklist:tick" if done else "cases:checklist:untick",
            str(number),
            by=by,
            time=time,
            detail={"rule": rule},
        )
    return made


def ticks_of(case: Case) -> dict[str, ChecklistTick]:
    """What was said last about each check of the present revision, by its id."""
    found = case.ticks.select_related("author").filter(revision=case.revision)
    return {one.rule: one for one in found}
