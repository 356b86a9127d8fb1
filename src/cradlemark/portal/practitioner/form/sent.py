"""What a form of the study says: the content of a node with everything that was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cradlemark.portal.practitioner.form.place import LINKED, Node, Steps, address_of
from cradlemark.portal.practitioner.form.show import Input, inputs_of
from cradlemark.product.schema import Table, study_schema

MOST_ENTRIES = 2000


def content_of(node: Node, before: Any, sent: Mapping[str, str]) -> Any:
    """Content of a node after a form.

    Parameters
    ----------
    before : object
        Content that the form was made from; what the form does not show stays.
    sent : mapping of str to str
        Inputs by name; names that are no inputs of the node are not looked at.

    Returns
    -------
    object
        A table or a list; None for a table in which nothing is filled in.
    """
    if node.field is not None:
        return _entries(node.field.of, before, node.steps, sent)
    return _table(node.table, before, node.steps, sent)


def _table(table: Table, there: Any, steps: Steps, sent: Mapping[str, str]) -> dict[str, Any] | None:
    """Content of a table; None for one that was not there and in which nothing is filled in."""
    before: Mapping[str, Any] = there if isinstance(there, Mapping) else {}
    made: dict[str, Any] = dict(before)
    inputs = inputs_of(table, before, steps)
    for field in table.fields:
        place = (*steps, field.key)
        content: Any = before.get(field.key)
        if field.input_only or (field.type in {"table", "tables"} and not steps):
            continue
        if field.type == "table":
            content = _table(study_schema()[field.of], content, place, sent)
        elif field.type == "tables":
            content = _entries(field.of, content, place, sent)
        else:
            content = _typed(inputs[field.key], content, sent)
        if content is None or content in ([], ""):
            made.pop(field.key, None)
        else:
            made[field.key] = content
    return made if made or there == {} else None


def _entries(of: str, before: Any, steps: Steps, sent: Mapping[str, str]) -> list[Any]:
    """Entries of a list: those that the form shows, with those that it adds and takes away."""
    table = study_schema()[of]
    kept = [one if isinstance(one, Mapping) else {} for one in before or ()]
    if of in LINKED:
        return list(kept)
    count = min(_count(sent, address_of(steps), len(kept)), MOST_ENTRIES)
    owns = [*kept[:count], *({} for _ in range(count - len(kept)))]
    return [_table(table, own, (*steps, place), sent) or {} for place, own in enumerate(owns)]


def _count(sent: Mapping[str, str], address: str, before: int) -> int:
    text = sent.get(f"{address}~count", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else before


def _typed(shown_: Input, before: Any, sent: Mapping[str, str]) -> Any:
    """Content of a field; what was not changed stays as it is, with all its digits."""
    names = (f"{shown_.name}.zh", f"{shown_.name}.en") if shown_.kind == "text" else (shown_.name,)
    if not any(name in sent for name in names):
        return before
    texts = tuple(sent.get(name, "").replace("\r\n", "\n").strip() for name in names)
    if texts == tuple(one.strip() for one in shown_.values):
        return before
    if shown_.kind == "text":
        return {key: text for key, text in zip(("zh", "en"), texts, strict=True) if text}
    return _of_type(shown_.field.type, texts[0], before)


def _of_type(kind: str, text: str, before: Any) -> Any:
    if kind == "texts":
        return [_text(line) for line in text.split("\n") if line.strip()]
    if kind in {"value_map", "map"}:
        pairs = (line.partition("=") for line in text.split("\n") if line.strip())
        return {key.strip(): value.strip() for key, _, value in pairs}
    if kind == "boolean":
        return {"true": True, "false": False}.get(text)
    if kind == "value" and text and isinstance(before, Mapping):
        kept = {key: one for key, one in before.items() if key not in {"value", "unit", "formula"}}
        return {"value": text, **kept} if kept else text
    return text


def _text(line: str) -> str | dict[str, str]:
    zh, mark, en = line.partition("|")
    texts = {"zh": zh.strip(), "en": en.strip()}
    return {key: text for key, text in texts.items() if text} if mark else line.strip()


def with_entry(content: Any, node: Node, place: Steps, *, remove: bool) -> Any:
    """Add an empty entry to a list of a node, or take one away."""
    inner = place[len(node.steps) :]
    if remove:
        return _without(content, inner)
    found = content
    for step in inner:
        found = _step(found, step)
    return _with(content, inner, [*(found or ()), {}])


def _step(content: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return content[step] if isinstance(content, list) and step < len(content) else None
    return content.get(step) if isinstance(content, Mapping) else None


def _with(content: Any, steps: Steps, new: Any) -> Any:
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        entries = list(content or ())
        if step < len(entries):
            entries[step] = _with(entries[step], rest, new)
        return entries
    return {**(content or {}), step: _with(_step(content, step), rest, new)}


def _without(content: Any, steps: Steps) -> Any:
    last = steps[-1]
    entries = content
    for step in steps[:-1]:
        entries = _step(entries, step)
    if not isinstance(last, int) or not isinstance(entries, list):
        return content
    return _with(content, steps[:-1], [one for place, one in enumerate(entries) if place != last])


def filled(content: Any) -> Any:
    """Content without the entries of lists in which nothing is filled in; an empty table that is there says something."""
    if isinstance(content, Mapping):
        return {key: filled(one) for key, one in content.items()}
    if isinstance(content, list):
        return [made for one in content if (made := filled(one)) not in ({}, "")]
    return content
