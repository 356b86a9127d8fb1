"""The editor of a study: forms made from the schema, saved as versions, with the result while typing."""

from __future__ import annotations

from typing import Any

import attrs
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.language import Text
from cradlemark.footprint.footprint import Footprint
from cradlemark.portal.acting import acting
from cradlemark.portal.home import now
from cradlemark.portal.practitioner.form.check import check_document, page_of, steps_of
from cradlemark.portal.practitioner.form.place import GENERAL, LINKED, Node, content_at, listed, node_at, put
from cradlemark.portal.practitioner.form.sent import content_of, filled, with_entry
from cradlemark.portal.practitioner.form.show import shown, title_of
from cradlemark.portal.practitioner.own import MAKERS, own_study
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.schema import study_schema
from cradlemark.product.writers.study_document import study_document
from cradlemark.product.writers.study_toml import write_study_toml
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.compiled import compiled, compiled_study
from cradlemark.registry.studies.models import Study, Version
from cradlemark.registry.studies.save import latest, save


@attrs.frozen
class Typed:
    """What a form says, and the document with it.

    Parameters
    ----------
    seen : int
        Version that the form was made from.
    content : object
        Of the node, with entries in which nothing is filled in.
    document : dict
        Whole study with the content put in.
    """

    seen: int
    content: Any
    document: dict[str, Any]


@require_http_methods(["GET", "POST"])
@acting(*MAKERS)
def edit(request: HttpRequest, by: Actor, study: int, place: str) -> HttpResponse:
    """Show a part of the study as a form; save it as a new version."""
    found, node = own_study(by, study), node_at(place)
    version = latest(found)
    if request.method == "GET":
        return _page(request, found, node, _content(_document(version), node), seen=version.number)
    typed = _typed(request, found, node)
    kind, _mark, target = request.POST.get("do", "").partition(":")
    if kind in {"add", "remove"} and target.startswith(place):
        typed = _changed(typed, found, node, kind, target)
        if not _is_linked(target):
            return _page(request, found, node, typed.content, seen=typed.seen)
    return _saved(request, found, node, typed, by)


def _content(document: dict[str, Any], node: Node) -> Any:
    """What stands there; behind the last entry of a list, an empty one to fill in."""
    content = content_at(document, node.steps)
    if content is None and node.steps and isinstance(node.steps[-1], int):
        put(document, node.steps, {})  # refuses a place further behind
        return {"materials": [{}]} if node.table.name == "Component" else {}
    return content


def _saved(request: HttpRequest, found: Study, node: Node, typed: Typed, by: Actor) -> HttpResponse:
    version = latest(found)
    if version.number != typed.seen:
        return _conflict(request, found, node, typed, version)
    checked = check_document(typed.document)
    if checked.study is None:
        return _page(
            request, found, node, typed.content, seen=typed.seen, problems=checked.problems, status=422
        )
    made = save(found, write_study_toml(checked.study), seen=typed.seen, by=by, time=now())
    messages.success(request, _("Saved as version %(number)s.") % {"number": made.number})
    return redirect("study-edit", study=found.pk, place=node.address)


def _conflict(request: HttpRequest, found: Study, node: Node, typed: Typed, newest: Version) -> HttpResponse:
    """Somebody has saved in between: what was typed stays, and can be put on top of it when it is the same thing."""
    there = content_at(_document(newest), node.steps)
    before = content_at(_document(_version(found, typed.seen)), node.steps)
    same = _named(node, there) == _named(node, before)
    differs = _differences(node, before, there) if same else ()
    return _page(
        request, found, node, typed.content, seen=newest.number if same else typed.seen, status=409,
        conflict=newest, moved=not same, differs=differs,
    )  # fmt: skip


def _named(node: Node, content: Any) -> Text | str | None:
    if content is None or node.field is not None or not node.steps:
        return None if content is None and node.steps and isinstance(node.steps[-1], int) else ""
    return title_of(node.table, content)


def _differences(node: Node, before: Any, there: Any) -> tuple[tuple[str, str], ...]:
    """Inputs that the other person has changed, with what stands in them now."""
    old = {one.name: one for one in _inputs(shown(node, before))}
    return tuple(
        (one.name, " / ".join(one.values))
        for one in _inputs(shown(node, there))
        if one.name not in old or old[one.name].values != one.values
    )


def _inputs(group: Any) -> list[Any]:
    found = list(group.inputs)
    for inner in (*group.groups, *(entry for one in group.lists for entry in one.entries)):
        found += _inputs(inner)
    return found


@require_POST
@acting(*MAKERS)
def preview(request: HttpRequest, by: Actor, study: int, place: str) -> HttpResponse:
    """What the study would give with what is typed; nothing is saved."""
    found, node = own_study(by, study), node_at(place)
    typed = _typed(request, found, node)
    checked = check_document(typed.document)
    shown_: dict[str, Any] = {
        "study": found,
        "problems": checked.problems,
        "saved": _result(latest(found).document),
    }
    if checked.study is not None:
        try:
            model = compiled_study(checked.study)
            shown_["result"] = model.calculate(draws=0, allow_gaps=True).footprint
        except CradlemarkError as error:
            shown_["problems"] = error.problems
    return render(request, "portal/practitioner/live.html", shown_)


def _result(document: str) -> Footprint | None:
    try:
        return compiled(document).calculate(draws=0, allow_gaps=True).footprint
    except CradlemarkError:
        return None


def _typed(request: HttpRequest, found: Study, node: Node) -> Typed:
    text = request.POST.get("seen", "")
    seen = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    document = _document(_version(found, seen))
    content = content_of(
        node, content_at(document, node.steps), {key: str(one) for key, one in request.POST.items()}
    )
    return Typed(seen, content, put(document, node.steps, filled(content)))


def _changed(typed: Typed, found: Study, node: Node, kind: str, target: str) -> Typed:
    content = with_entry(typed.content, node, steps_of(target), remove=kind == "remove")
    document = put(_document(_version(found, typed.seen)), node.steps, filled(content))
    return Typed(typed.seen, content, document)


def _is_linked(target: str) -> bool:
    """Whether a target of a button has a page of its own, so that it can only be changed in a saved study."""
    return node_at(target).table.name in LINKED


def _version(found: Study, number: int) -> Version:
    return found.versions.filter(number=number).first() or latest(found)


def _document(version: Version) -> dict[str, Any]:
    return listed(study_document(parse_study_toml(version.document)))


def _page(
    request: HttpRequest, found: Study, node: Node, content: Any, *, seen: int,
    problems: tuple[Problem, ...] = (), status: int = 200, **more: object,
) -> HttpResponse:  # fmt: skip
    sections = [
        field for field in study_schema()["Study"].fields
        if field.type in {"table", "tables"} and not field.input_only
    ]  # fmt: skip
    shown_ = {
        "study": found, "node": node, "group": shown(node, content), "seen": seen, "sections": sections,
        "section": str(node.steps[0]) if node.steps else GENERAL, "above": _above(node),
        "problems": [(problem, page_of(steps_of(problem.where))) for problem in problems],
        "wrong": {problem.where: problem.message for problem in problems},
        "saved": _result(latest(found).document),
    } | more  # fmt: skip
    return render(request, "portal/practitioner/edit.html", shown_, status=status)


def _above(node: Node) -> list[str]:
    """Addresses of the pages above an entry."""
    found: list[str] = []
    for count in range(1, len(node.steps)):
        page = page_of(node.steps[:count])
        if page not in found:
            found.append(page)
    return found
