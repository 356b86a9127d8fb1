"""The tables of the reference page of the study document, made from the schema."""

from __future__ import annotations

from collections.abc import Iterator

from cradlemark.product.schema import Field, Schema, Table, study_schema

_TYPES = {
    "string": "text",
    "text": "text in one or two languages",
    "strings": "list of texts",
    "texts": "list of texts in one or two languages",
    "value": "value",
    "values": "list of values",
    "value_map": "values by name",
    "integer": "whole number",
    "boolean": "true / false",
    "date": "day",
    "choice": "choice",
    "place": "place",
    "period": "period",
    "pedigree": "six scores 1-5",
    "map": "texts by name",
    "scalar": "text, number or true / false",
}


def reference_tables() -> str:
    """Return the reference of all tables and fields as Markdown, English and Chinese side by side."""
    schema = study_schema()
    return "\n".join(line for table in schema for line in _table(schema, table))


def _table(schema: Schema, table: Table) -> Iterator[str]:
    yield f"({_anchor(table.name)})="
    yield f"### {table.name}"
    yield ""
    yield f"**{table.title.en} / {table.title.zh}.** {table.guide.en}\n{table.guide.zh}"
    yield ""
    if table.extends:
        yield f"All fields of [{table.extends}](#{_anchor(table.extends)}) are allowed as well."
        yield ""
    yield "| key | content | name | guidance |"
    yield "|---|---|---|---|"
    own = {field.key for field in schema[table.extends].fields} if table.extends else set()
    for field in table.fields:
        if field.key not in own or field.required:
            yield f"| `{field.key}` | {_content(schema, field)} | {field.title.en}<br>{field.title.zh} | {_guide(field)} |"
    yield ""


def _anchor(name: str) -> str:
    return f"study-{name.lower()}"


def _guide(field: Field) -> str:
    return f"{field.guide.en}<br>{field.guide.zh}".replace("|", "\\|")


def _content(schema: Schema, field: Field) -> str:
    parts = [_kind(schema, field)]
    if field.required:
        parts.append("**required**")
    if field.default is not None:
        default = str(field.default).lower() if isinstance(field.default, bool) else field.default
        parts.append(f"default `{default}`")
    bounds = _bounds(field)
    if bounds:
        parts.append(bounds)
    return ", ".join(parts)


def _kind(schema: Schema, field: Field) -> str:
    if field.type == "table":
        return f"table [{field.of}](#{_anchor(field.of)})"
    if field.type == "tables":
        return f"list of [{field.of}](#{_anchor(field.of)})"
    if field.type == "choice":
        return "one of " + ", ".join(f"`{choice}`" for choice in field.choices if choice)
    if field.quantity:
        units = schema.quantities[field.quantity].units
        shown = ", ".join(f"`{unit}`" for unit in units) if units else "any unit"
        return f"{_TYPES[field.type]} [{shown}]"
    return _TYPES[field.type]


def _bounds(field: Field) -> str:
    bounds = []
    if field.above is not None:
        bounds.append(f"above {field.above:g}")
    if field.minimum is not None:
        bounds.append(f"at least {field.minimum:g}")
    if field.maximum is not None:
        bounds.append(f"at most {field.maximum:g}")
    return ", ".join(bounds)
