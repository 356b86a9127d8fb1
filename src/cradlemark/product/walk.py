"""Walk over everything in a study by its schema."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from cradlemark.product.schema import Field, Table, study_schema
from cradlemark.product.study import Component, Study, Value


@attrs.frozen
class Entry:
    """One instance of a value class in a study.

    Parameters
    ----------
    owner : Entry, optional
        What holds it; None for the study itself.
    field : Field, optional
        Field of the owner that holds it.
    position : int
        Position in the list of the owner, from 0; -1 when the field is no list.
    """

    table: Table
    value: object
    owner: Entry | None = None
    field: Field | None = None
    position: int = -1


def entries(study: Study) -> Iterator[Entry]:
    """Give every instance of a value class in the order of the document, the study itself first."""
    yield from _below(Entry(study_schema()["Study"], study))


def _below(entry: Entry) -> Iterator[Entry]:
    yield entry
    schema = study_schema()
    for field in entry.table.fields:
        if field.input_only or field.type not in {"table", "tables"}:
            continue
        content = getattr(entry.value, field.key)
        if field.type == "table" and content is not None:
            yield from _below(Entry(schema[field.of], content, entry, field))
        elif field.type == "tables":
            for position, item in enumerate(content):
                yield from _below(Entry(schema[field.of], item, entry, field, position))


def values_of(entry: Entry) -> Iterator[tuple[Field, int | str, Value]]:
    """Give the values of one entry with their field, and their position or name in a list; -1 for a single one."""
    for field in entry.table.fields:
        if field.type not in {"value", "values", "value_map"}:
            continue
        content = getattr(entry.value, field.key)
        if isinstance(content, Value):
            yield field, -1, content
        elif field.type == "values":
            yield from ((field, position, item) for position, item in enumerate(content))
        elif field.type == "value_map":
            yield from ((field, name, item) for name, item in content)


def components(study: Study) -> Iterator[Component]:
    """Give all components at any depth, parents before children."""
    stack = list(reversed(study.components))
    while stack:
        component = stack.pop()
        yield component
        stack.extend(reversed(component.children))
