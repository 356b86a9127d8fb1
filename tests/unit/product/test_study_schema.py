"""The schema is the value classes, and the reference page is the schema."""

from __future__ import annotations

import typing
from pathlib import Path

import attrs
import pytest

from cradlemark.core.language import Text
from cradlemark.core.quantities import normalise_unit
from cradlemark.product import study as values
from cradlemark.product.schema import Field, Table, study_schema
from cradlemark.product.workbook import workbook_layout
from cradlemark.product.writers.study_reference import reference_tables

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "study-document.md"
TABLES = [table for table in study_schema() if not table.input_only]
FIELDS = [(table, field) for table in study_schema() for field in table.fields]
CLASSES = {
    "string": str,
    "text": Text,
    "integer": int,
    "boolean": bool,
    "value": values.Value,
    "place": str,
    "choice": str,
}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_table_has_the_fields_of_its_class(table: Table) -> None:
    own = [field.key for field in table.fields if not field.input_only]
    assert sorted(own) == sorted(
        name for name in attrs.fields_dict(table.value_class) if name not in {"source_row", "remarks"}
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_required_and_default_are_those_of_the_class(table: Table) -> None:
    for field in table.fields:
        if field.input_only:
            continue
        default = attrs.fields_dict(table.value_class)[field.key].default
        assert field.required == (default is attrs.NOTHING), field.key
        if field.default is not None:
            expected = values.Value(float(field.default), "1") if field.type == "value" else field.default
            assert default == expected, field.key
        elif not field.required:
            assert default in (None, "", (), Text(), values.Site(), values.Electricity()), field.key


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_choices_and_types_are_those_of_the_class(table: Table) -> None:
    hints = typing.get_type_hints(table.value_class)
    for field in table.fields:
        if field.input_only:
            continue
        hint = hints[field.key]
        arguments = [item for item in typing.get_args(hint) if item is not type(None)]
        if field.type == "choice":
            assert field.choices == typing.get_args(hint), field.key
        elif field.type == "table":
            assert field.of in {getattr(item, "__name__", "") for item in (hint, *arguments)}, field.key
        elif field.type == "tables":
            assert arguments[0].__name__ == field.of, field.key
        elif field.type in CLASSES:
            assert CLASSES[field.type] in (hint, *arguments), field.key


@pytest.mark.parametrize(
    ("table", "field"), FIELDS, ids=lambda item: getattr(item, "name", getattr(item, "key", ""))
)
def test_titles_and_guidance_are_there_in_both_languages(table: Table, field: Field) -> None:
    assert table.title.complete
    assert table.guide.complete
    assert field.title.complete
    assert field.guide.complete
    assert any("一" <= mark <= "鿿" for mark in field.guide.zh) or field.title.en == field.title.zh


def test_units_are_canonical_and_quantities_known() -> None:
    for kind in study_schema().quantities.values():
        assert [normalise_unit(unit) for unit in kind.units] == list(kind.units)
    used = {field.quantity for _, field in FIELDS if field.quantity}
    assert used == set(study_schema().quantities)
    for _, field in FIELDS:
        assert bool(field.quantity) == (field.type in {"value", "values", "value_map"}), field.key


def test_every_choice_has_a_name_in_both_languages_or_is_a_code() -> None:
    schema = study_schema()
    for _, field in FIELDS:
        for choice in filter(None, field.choices):
            label = schema.label(choice, field.key)
            assert label.complete
            assert choice in schema.choice_codes.get(label.zh.casefold(), (choice,))


def test_every_field_has_a_place_in_the_workbook() -> None:
    keys = {(sheet.id, column.field_key) for sheet in workbook_layout().sheets for column in sheet.columns}
    in_form = {key for sheet, key in keys if sheet == "product"}
    lists = {sheet.table: sheet for sheet in workbook_layout().sheets if sheet.table}
    for section, name in (("", "Study"), ("product.", "Product"), ("unit.", "Unit"), ("site.", "Site"),
                          ("electricity.", "Electricity"), ("use.losses.", "JouleLosses"),
                          ("end_of_life.", "EndOfLife")):  # fmt: skip
        for field in study_schema()[name].fields:
            if field.type not in {"table", "tables", "texts"} and not field.input_only:
                assert section + field.key in in_form
    for name, sheet in lists.items():
        columns = {column.field_key for column in sheet.columns}
        for field in study_schema()[name].fields:
            if field.type not in {"table", "tables", "value_map"}:
                assert field.key in columns, (name, field.key)


def test_reference_page_is_the_schema() -> None:
    assert reference_tables() in PAGE.read_text("utf-8"), (
        "docs/reference/study-document.md is not what cradlemark.product.writers.study_reference.reference_tables "
        "gives: paste it behind the heading Fields"
    )
