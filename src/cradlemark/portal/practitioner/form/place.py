"""Places of a study document: ``components.0.materials.1``, and what stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text
from cradlemark.product.schema import Field, Table, study_schema

Steps = tuple[str | int, ...]
GENERAL = "general"
"""Address of the fields of the study itself."""
DEEPEST = 40
LINKED = frozenset({"Component", "Operation"})
"""Tables that have a page of their own; others stand on the page of what holds them."""


@attrs.frozen
class Node:
    """A table or list of the study.

    Parameters
    ----------
    steps : tuple of str and int
        Keys and positions from the study on; empty for the study itself.
    table : Table
        What it is, or what its entries are.
    field : Field or None
        Field of the list; None when it is one table.
    """

    steps: Steps
    table: Table
    field: Field | None

    @property
    def address(self) -> str:
        """Text of the place in addresses and names of inputs."""
        return address_of(self.steps) or GENERAL


def address_of(steps: Steps) -> str:
    """Text of a place."""
    return ".".join(map(str, steps))


def node_at(address: str) -> Node:
    """Find out what stands at an address.

    Raises
    ------
    NotFoundError
        ``study-part-unknown``
    """
    schema = study_schema()
    if address == GENERAL:
        return Node((), schema["Study"], None)
    parts = address.split(".")
    table, field = schema["Study"], None
    steps: list[str | int] = []
    for part in parts if len(parts) <= DEEPEST else ():
        if field is not None:
            if not (part.isascii() and part.isdecimal() and len(part) < 7):
                raise _unknown(address)
            steps.append(int(part))
            field = None
            continue
        found = table.by_key.get(part)
        if found is None or found.input_only or found.type not in {"table", "tables"}:
            raise _unknown(address)
        steps.append(part)
        table, field = schema[found.of], found if found.type == "tables" else None
    if not steps:
        raise _unknown(address)
    return Node(tuple(steps), table, field)


def _unknown(address: str) -> NotFoundError:
    return NotFoundError(
        Text(f"there is no place {address[:80]!r} in a study", f"研究中没有位置 {address[:80]!r}"),
        code="study-part-unknown",
        hint=Text("go back to the study", "请返回研究"),
    )


def listed(document: Mapping[str, Any]) -> dict[str, Any]:
    """A study document whose named entries are a list like all others, so that every entry has a position."""
    found = dict(document)
    for field in study_schema()["Study"].fields:
        entries = found.get(field.key)
        if field.type == "tables" and isinstance(entries, Mapping):
            selector = study_schema()[field.of].selector
            found[field.key] = [{selector: name, **_entry(entry)} for name, entry in entries.items()]
    return found


def _entry(entry: object) -> Mapping[str, Any]:
    return entry if isinstance(entry, Mapping) else {"value": entry}


def content_at(document: object, steps: Steps) -> Any:
    """What stands at a place; None when there is nothing."""
    found: Any = document
    for step in steps:
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and step < len(found) else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def put(document: Any, steps: Steps, content: Any) -> Any:
    """A copy of a document with other content at a place; None takes it away.

    Raises
    ------
    NotFoundError
        ``study-part-unknown`` when the list is shorter than that.
    """
    if not steps:
        return content
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        entries = list(document or ())
        if step > len(entries):
            raise _unknown(address_of(steps))
        before = entries[step] if step < len(entries) else None
        made = put(before, rest, content)
        entries[step : step + 1] = [] if made is None else [made]
        return entries
    table = dict(document or {})
    made = put(table.get(step), rest, content)
    if made is None or made == []:
        table.pop(step, None)
    else:
        table[step] = made
    return table
