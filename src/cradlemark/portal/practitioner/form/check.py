"""Read a study document that was put together from forms; each problem names the input that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, Problem
from cradlemark.portal.practitioner.form.place import GENERAL, LINKED, Steps, address_of
from cradlemark.product.paths import find
from cradlemark.product.readers.study_document import Decoder
from cradlemark.product.scenario import scenario_problems
from cradlemark.product.schema import study_schema
from cradlemark.product.study import Study
from cradlemark.rules.finding import Finding


@attrs.frozen
class Checked:
    """A study as it was read, or what is wrong with it."""

    study: Study | None
    problems: tuple[Problem, ...]


def check_document(document: Mapping[str, Any]) -> Checked:
    """Read a document; `Problem.where` is the name of an input."""
    decoder = Decoder(address_of)
    try:
        study = decoder.study(document)
        decoder.check(study)
        problems = decoder.problems or list(scenario_problems(study, where=decoder.where))
    except CradlemarkError as error:
        return Checked(None, error.problems)
    return Checked(None if problems else study, tuple(problems))


def page_of(steps: Steps) -> str:
    """Address of the page on which a place of the study stands."""
    table, page, field = study_schema()["Study"], GENERAL, None
    for count, step in enumerate(steps, start=1):
        if isinstance(step, int):
            if field is not None and field.of in LINKED:
                page = address_of(steps[:count])
            continue
        field = table.by_key.get(step)
        if field is None or field.type not in {"table", "tables"}:
            break
        table = study_schema()[field.of]
        page = step if count == 1 else page
    return page


def steps_of(name: str) -> Steps:
    """Steps of the name of an input."""
    return tuple(int(part) if part.isdecimal() else part for part in name.split("."))


@attrs.frozen
class Spot:
    """Where something can be repaired: page of the editor, and input on it."""

    page: str
    name: str


def spot_of(study: Study, path: str) -> Spot | None:
    """Where a path of a finding leads to; None when it leads to nothing that can be typed."""
    path = path.partition("/")[0].strip()
    if not path:
        return None
    for wanted in (
        path,
        *(
            f"{path}.{key}"
            for key in ("amount", "text", "name", "id", "carrier", "distance", "value", "place", "time_share")
        ),
    ):
        try:
            place = find(study, wanted)[0].place
        except InputError:
            continue
        steps: list[str | int] = []
        for key, entry in place:
            steps += [key] if entry == -1 else [key, entry]
        return Spot(page_of(tuple(steps)), address_of(tuple(steps)))
    return None


def spots(study: Study, findings: tuple[Finding, ...]) -> list[tuple[Finding, Spot | None]]:
    """Findings with where each can be repaired."""
    return [(finding, spot_of(study, finding.where)) for finding in findings]
