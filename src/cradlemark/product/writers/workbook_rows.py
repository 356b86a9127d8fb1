"""What stands in the cells of the study workbook: rows of every sheet from a study."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import attrs

from cradlemark.core.language import Language, Text
from cradlemark.core.quantities import number_text
from cradlemark.product.paths import entry_path, item_path, part_uses
from cradlemark.product.readers.study_fields import join_list
from cradlemark.product.schema import Field, study_schema
from cradlemark.product.study import Component, Material, Study, Value
from cradlemark.product.walk import Entry, entries, values_of
from cradlemark.product.workbook import NO, YES, SheetLayout, workbook_layout

Cell = str | float | bool | date | None
Cells = dict[str, Cell]
"""Content of one row by the key of the column."""


class StudyRows:
    """Rows of all sheets of one study.

    Parameters
    ----------
    language : {"en", "zh"}
        Language of choices and of yes and no.
    """

    def __init__(self, study: Study, language: Language) -> None:
        self._study = study
        self._language = language
        self._uses = part_uses(study)
        self._entries = list(entries(study))

    def rows(self, sheet: SheetLayout) -> list[Cells]:
        """Return the rows of a list sheet; for the form one row with all its fields."""
        match sheet.kind:
            case "form":
                return [self._form(sheet)]
            case "components":
                return list(self._components(self._study.components, 1, ""))
            case "model_inputs":
                return list(self._model_inputs())
            case "scenarios":
                return list(self._scenarios())
            case "assumptions":
                return [{"text.en": text.en, "text.zh": text.zh} for text in self._study.assumptions]
            case "details":
                return list(self._details())
            case "list":
                return [self._row(sheet, entry) for entry in self._entries if _belongs(sheet, entry)]
            case _:
                return []

    def _row(self, sheet: SheetLayout, entry: Entry) -> Cells:
        cells: Cells = {}
        if sheet.owner:
            cells["belongs_to"] = self._owner(entry)
        return cells | self._fields(sheet, entry.value)

    def _owner(self, entry: Entry) -> str:
        assert entry.owner is not None
        assert entry.field is not None
        return entry_path(entry.owner, self._uses) or entry.field.key

    def _fields(self, sheet: SheetLayout, value: object) -> Cells:
        """Contents of the columns that stand for a field; keys with dots reach into nested tables."""
        cells: Cells = {}
        for column in sheet.columns:
            if column.field is None or (column.part and column.part != "unit"):
                continue
            content = _reach(value, column.field_key)
            if content is None or column.part == "unit":
                continue
            cells |= self._cells(
                column.field, column.key, content, split=f"{column.key}.unit" in sheet.by_key
            )
        for column in sheet.columns:
            if column.part in {"en", "zh"}:
                content = _reach(value, column.field_key)
                if isinstance(content, Text):
                    cells[column.key] = content.en if column.part == "en" else content.zh
        return cells

    def _cells(self, field: Field, key: str, content: Any, *, split: bool) -> Cells:
        if field.type == "value":
            return value_cells(content, key, split=split, unit="" if split else _unit(field))
        return {key: self._plain(field, content)}

    def _plain(self, field: Field, content: Any) -> Cell:
        if field.type == "boolean":
            return (YES if content else NO)[self._language]
        if field.type == "choice":
            return study_schema().label(content, field.key)[self._language] if content else ""
        writer = _WRITERS.get(field.type)
        return writer(content) if writer else content

    def _form(self, sheet: SheetLayout) -> Cells:
        cells = self._fields(sheet, self._study)
        for key in workbook_layout().presence:
            if getattr(self._study, key) is not None:
                cells[key] = YES[self._language]
        return cells

    def _components(self, components: Sequence[Component], level: int, parent: str) -> Iterator[Cells]:
        sheet = workbook_layout().sheet("components")
        for component in components:
            own = {key: cell for key, cell in self._fields(sheet, component).items() if key != "note"}
            first: Cells = {"level": level, "parent": parent, **own, "component_note": component.note}
            materials = [self._material(sheet, material) for material in component.materials]
            yield {**first, **materials[0]} if materials else first
            yield from ({"part_number": component.part_number, **more} for more in materials[1:])
            yield from self._components(component.children, level + 1, component.part_number)

    def _material(self, sheet: SheetLayout, material: Material) -> Cells:
        return self._fields(sheet, material)

    def _model_inputs(self) -> Iterator[Cells]:
        for operation in self._study.operations:
            for name, value in operation.model_inputs:
                cells = value_cells(value, "value", split=True, unit="")
                yield {
                    "operation": operation.id,
                    "input": name,
                    "value": cells["value"],
                    "unit": cells["value.unit"],
                }

    def _scenarios(self) -> Iterator[Cells]:
        for scenario in self._study.scenarios:
            own: Cells = {"id": scenario.id, "title.en": scenario.title.en, "title.zh": scenario.title.zh}
            if not scenario.changes:
                yield own
            for change in scenario.changes:
                yield {**own, "path": change.path, "value": scalar_cell(change.value)}
                own = {"id": scenario.id}

    def _details(self) -> Iterator[Cells]:
        for entry in self._entries:
            for field, position, value in values_of(entry):
                if value.distribution or value.note or value.evidence or value.confidential:
                    path = item_path(entry_path(entry, self._uses), field.key, position)
                    yield {"path": path, **self._detail(value)}

    def _detail(self, value: Value) -> Cells:
        cells: Cells = {"note": value.note, "evidence": join_list(value.evidence)}
        if value.confidential:
            cells["confidential"] = YES[self._language]
        if value.distribution is not None:
            cells |= {key: item for key, item in attrs.asdict(value.distribution).items() if item is not None}
        return cells


def _belongs(sheet: SheetLayout, entry: Entry) -> bool:
    if entry.table.name != sheet.table:
        return False
    return entry.owner is None or entry.owner.table.name not in sheet.not_in


def _reach(value: object, key: str) -> Any:
    for part in key.split("."):
        value = getattr(value, part, None)
        if value is None:
            return None
    return value


def _unit(field: Field) -> str:
    return study_schema().quantities[field.quantity].unit


def value_cells(value: Value, key: str, *, split: bool, unit: str) -> Cells:
    """Return number and unit of a value, in two cells or in one.

    Parameters
    ----------
    unit : str
        Unit that stands in the header, when there is no unit column.
    """
    number: Cell = f"= {value.formula}" if value.formula is not None else value.magnitude
    if split:
        return {key: number, f"{key}.unit": value.unit}
    if value.unit == unit:
        return {key: number}
    return {key: value_text(value)}


def value_text(value: Value) -> str:
    """Write a value into one cell."""
    if value.formula is not None:
        return f"= {value.formula}"
    assert value.magnitude is not None
    number = number_text(value.magnitude)
    return number if value.unit == "1" else f"{number} {value.unit}"


def _map_text(content: Sequence[tuple[str, str]]) -> str:
    if any("=" in key for key, _ in content):
        return json.dumps(dict(content), ensure_ascii=False)
    return join_list(tuple(f"{key}={code}" for key, code in content))


def scalar_cell(content: str | float | bool) -> Cell:
    """Write a scenario's content so that an empty text is told apart from an empty cell."""
    if isinstance(content, str) and (not content or content.startswith('"')):
        return json.dumps(content, ensure_ascii=False)
    return content


_WRITERS: dict[str, Callable[[Any], Cell]] = {
    "strings": join_list,
    "values": lambda content: "; ".join(value_text(item) for item in content),
    "map": _map_text,
    "pedigree": lambda content: "; ".join(str(score) for score in content.scores),
    "period": str,
    "scalar": scalar_cell,
}
