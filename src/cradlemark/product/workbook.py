"""Layout of the study workbook: sheets and columns, the same for the writer and the reader.

Made from ``workbook.toml`` and the schema of the study document.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.product.schema import Field, Schema, Table, study_schema

SheetKind = Literal[
    "list", "form", "readme", "components", "model_inputs", "scenarios", "assumptions", "details"
]
KEY_COLUMN = "key"
LISTS_SHEET = "Lists"
YES = Text("yes", "是")
NO = Text("no", "否")

_ONE_COLUMN = {"share", "number", "count", "yearly_hours"}
"""Quantities whose unit stands in the header."""

_SPECIAL_COLUMNS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "model_inputs": (("operation", True), ("input", True), ("value", True), ("unit", False)),
    "details": (
        ("path", True), ("kind", False), ("gsd", False), ("sd", False), ("low", False), ("high", False),
        ("note", False), ("evidence", False), ("confidential", False),
    ),
}  # fmt: skip


@attrs.frozen
class Column:
    """One column of a list, or one row of the form.

    Parameters
    ----------
    key : str
        What ties it to the document, for example ``amount``, ``amount.unit``, ``name.zh``.
    field : Field, optional
        Field it belongs to.
    part : str
        Which part of the field: the whole, the unit of a value, or one language of a text.
    """

    key: str
    title: Text
    guide: Text
    field: Field | None = None
    part: Literal["", "unit", "en", "zh"] = ""
    required: bool = False

    @property
    def field_key(self) -> str:
        """Key of the field without the part."""
        return self.key.removesuffix(f".{self.part}") if self.part else self.key


@attrs.frozen(slots=False)
class SheetLayout:
    """One sheet.

    Parameters
    ----------
    table : str
        What a row is; empty for special sheets.
    at : str
        Where in the study the rows belong, for example ``site.meters``; empty when a column says it.
    owner : Text
        What the column ``belongs_to`` takes.
    not_in : tuple of str
        Tables whose entries are written elsewhere.
    """

    id: str
    kind: SheetKind
    title: Text
    guide: Text
    group: str
    columns: tuple[Column, ...] = ()
    table: str = ""
    at: str = ""
    owner: Text = Text()
    not_in: tuple[str, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Columns by key."""
        return {column.key: column for column in self.columns}


@attrs.frozen
class WorkbookLayout:
    """All sheets in order, and the words around them."""

    sheets: tuple[SheetLayout, ...]
    colours: Mapping[str, str]
    presence: tuple[str, ...]
    readme: Mapping[str, Any]

    def sheet(self, sheet_id: str) -> SheetLayout:
        """Return a sheet by its id."""
        return next(sheet for sheet in self.sheets if sheet.id == sheet_id)


@cache
def workbook_layout() -> WorkbookLayout:
    """Load the layout (once)."""
    document = tomllib.loads(files("cradlemark.product").joinpath("workbook.toml").read_text("utf-8"))
    special = {
        key: Column(key, Text(**entry["title"]), Text(**entry["guide"]))
        for key, entry in document["columns"].items()
    }
    sheets = tuple(_sheet(key, entry, special, document["form"]) for key, entry in document["sheets"].items())
    readme = document["readme"]
    return WorkbookLayout(
        sheets,
        document["colours"],
        tuple(document["form"]["presence"]),
        {
            "title": Text(**readme["title"]),
            "lines": tuple(Text(**line) for line in readme["lines"]),
            "contents": Text(**readme["contents"]),
            "required": Text(**readme["required"]),
        },
    )


def _sheet(
    sheet_id: str, entry: Mapping[str, Any], special: Mapping[str, Column], form: Mapping[str, Any]
) -> SheetLayout:
    kind: SheetKind = entry.get("kind", "list")
    owner = Text(**entry["owner"]) if "owner" in entry else Text()
    columns = tuple(_columns(kind, entry.get("table", ""), owner, special, form))
    return SheetLayout(
        id=sheet_id,
        kind=kind,
        title=Text(**entry["title"]),
        guide=Text(**entry["guide"]),
        group=entry["group"],
        columns=columns,
        table=entry.get("table", ""),
        at=entry.get("at", ""),
        owner=owner,
        not_in=tuple(entry.get("not_in", ())),
    )


def _columns(
    kind: SheetKind, table: str, owner: Text, special: Mapping[str, Column], form: Mapping[str, Any]
) -> Iterator[Column]:
    schema = study_schema()
    match kind:
        case "list":
            if owner:
                yield attrs.evolve(special["belongs_to"], guide=owner, required=True)
            yield from _table_columns(schema, schema[table])
        case "form":
            for section in form["sections"]:
                yield from _form_columns(section, form)
        case "components":
            yield from (special["level"], special["parent"], *_component_columns(schema))
        case "scenarios":
            fields = (
                schema["Scenario"].by_key["id"],
                schema["Scenario"].by_key["title"],
                *schema["Change"].fields,
            )
            yield from (column for field in fields for column in _field_columns(field))
        case "assumptions":
            yield from (_languages(special["text"], "en"), _languages(special["text"], "zh"))
        case _:
            for key, required in _SPECIAL_COLUMNS.get(kind, ()):
                yield attrs.evolve(special[key], required=required)


def _table_columns(schema: Schema, table: Table, prefix: str = "") -> Iterator[Column]:
    for field in table.fields:
        if field.input_only or field.type in {"tables", "value_map"}:
            continue
        if field.type == "table":
            yield from _table_columns(schema, schema[field.of], f"{prefix}{field.key}.")
        else:
            yield from _field_columns(field, prefix)


def _component_columns(schema: Schema) -> Iterator[Column]:
    for field in schema["Component"].fields:
        if field.type not in {"tables", "table"} and field.key != "note":
            yield from _field_columns(field)
    for field in schema["Material"].fields:
        if field.type not in {"tables", "table"}:
            yield from (attrs.evolve(column, required=False) for column in _field_columns(field))
    note = schema["Component"].by_key["note"]
    yield Column("component_note", Text("Note on the part", "部件备注"), note.guide, note)


def _form_columns(section: str, form: Mapping[str, Any]) -> Iterator[Column]:
    table = form_table(section)
    if section in form["presence"]:
        title = Text(**form["presence_title"])
        yield Column(section, title, Text(**form["presence_guide"]))
    prefix = f"{section}." if section else ""
    for field in table.fields:
        if field.input_only or field.type in {"table", "tables", "texts"}:
            continue
        needed = field.required and section in form["always"]
        yield from (
            attrs.evolve(column, required=column.required and needed)
            for column in _field_columns(field, prefix)
        )


def form_table(section: str) -> Table:
    """Return the table that a section of the form fills in, for example ``use.losses``."""
    schema = study_schema()
    table = schema["Study"]
    for key in section.split(".") if section else ():
        table = schema[table.by_key[key].of]
    return table


def _field_columns(field: Field, prefix: str = "") -> Iterator[Column]:
    column = Column(prefix + field.key, field.title, field.guide, field, required=field.required)
    if field.type == "text":
        yield _languages(column, "en")
        yield _languages(column, "zh")
        return
    if field.type == "value":
        kind = study_schema().quantities[field.quantity]
        if field.quantity in _ONE_COLUMN:
            unit = "" if kind.unit == "1" else f" [{kind.unit}]"
            yield attrs.evolve(column, title=Text(field.title.en + unit, field.title.zh + unit))
            return
        yield column
        unit_title = Text(f"{field.title.en}: unit", f"{field.title.zh}：单位")
        offered = ", ".join(kind.units)
        yield Column(
            f"{prefix}{field.key}.unit",
            unit_title,
            Text(offered or "any unit", offered or "任意单位"),
            field,
            "unit",
        )
        return
    yield column


def _languages(column: Column, part: Literal["en", "zh"]) -> Column:
    language = {"en": Text("English", "英文"), "zh": Text("Chinese", "中文")}[part]
    title = Text(f"{column.title.en} ({language.en})", f"{column.title.zh}（{language.zh}）")
    return attrs.evolve(column, key=f"{column.key}.{part}", title=title, part=part)


def header_unit(column: Column) -> str:
    """Return the unit that a number in the column has when no unit column stands beside it; empty for none."""
    field = column.field
    if field is None or field.type != "value" or field.quantity not in _ONE_COLUMN:
        return ""
    return study_schema().quantities[field.quantity].unit


def is_marked(column: Column, language: Literal["en", "zh"]) -> bool:
    """Whether a column is marked as required; of a text in two languages the chosen one."""
    return column.required and column.part in {"", language}


def header_title(column: Column, language: Literal["en", "zh"]) -> str:
    """Title of a column in both languages, the chosen one first; * marks what is required."""
    other = column.title["en" if language == "zh" else "zh"]
    mark = " *" if is_marked(column, language) else ""
    return f"{column.title[language]}{mark}\n{other}"


def form_sections(sheet: SheetLayout) -> Iterator[tuple[Text, tuple[Column, ...]]]:
    """Give the sections of the form with their columns, in order."""
    sections: dict[str, list[Column]] = {}
    for column in sheet.columns:
        section = column.key if column.field is None else column.field_key.rpartition(".")[0]
        sections.setdefault(section, []).append(column)
    for section, columns in sections.items():
        yield form_table(section).title, tuple(columns)
