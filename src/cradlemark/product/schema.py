"""The study document as data: every table and field, its type, unit, range, choices, title and guidance.

Made from ``schema.toml``. The document readers, the writers, the workbook template, scenario paths and the
reference page of the study document all rest on it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.product import study as values

FieldType = Literal[
    "string", "text", "strings", "texts", "value", "values", "value_map", "integer", "boolean", "date",
    "choice", "place", "period", "pedigree", "map", "scalar", "table", "tables",
]  # fmt: skip


@attrs.frozen
class QuantityKind:
    """What kind of quantity a field holds.

    Parameters
    ----------
    units : tuple of str
        Canonical units offered to the user; the first is the unit of a formula that states none. A value may have
        any unit of the same dimension as one of them. Empty: any unit.
    """

    name: str
    units: tuple[str, ...]
    title: Text

    @property
    def unit(self) -> str:
        """Canonical unit; empty when any unit is allowed."""
        return self.units[0] if self.units else ""


@attrs.frozen
class Field:
    """One field of a table of the study document.

    Parameters
    ----------
    key : str
        Key in the document and field name of the value class.
    type : str
        Kind of content, see `FieldType`.
    default : str, int, float or bool, optional
        What holds when the field is left out; None: nothing.
    quantity : str
        Name of the `QuantityKind` of a value.
    minimum, maximum, above : float, optional
        Bounds [canonical unit of the quantity]; `above` is exclusive.
    of : str
        Class of a nested table.
    input_only : bool
        Stands in the document only and is merged into other fields when it is read.
    """

    key: str
    type: FieldType
    title: Text
    guide: Text
    required: bool = False
    default: str | int | float | bool | None = None
    choices: tuple[str, ...] = ()
    quantity: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    of: str = ""
    input_only: bool = False


@attrs.frozen(slots=False)
class Table:
    """One table of the study document, which is one value class.

    Parameters
    ----------
    selector : str
        Field that names an entry in a path, for example ``part_number``.
    short : str
        Field that a plain string stands for; ``id@digest`` for two of them, the second of which may be missing.
    keyed : bool
        Whether the entries may be written as tables named by their selector.
    extends : str
        Table whose fields are allowed as well, all of them optional.
    """

    name: str
    title: Text
    guide: Text
    fields: tuple[Field, ...]
    selector: str = ""
    short: str = ""
    keyed: bool = False
    extends: str = ""
    input_only: bool = False

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """Fields by key."""
        return {field.key: field for field in self.fields}

    @cached_property
    def value_class(self) -> type:
        """Class of `cradlemark.product.study` that the table becomes."""
        return values.__dict__[self.name]  # type: ignore[no-any-return]

    @cached_property
    def has_source_row(self) -> bool:
        """Whether the class remembers the place it was read from."""
        return not self.input_only and "source_row" in attrs.fields_dict(self.value_class)


@attrs.frozen(slots=False)
class Schema:
    """All tables of the study document."""

    tables: Mapping[str, Table]
    quantities: Mapping[str, QuantityKind]
    labels: Mapping[str, Text]

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables.values())

    def table_of(self, value: object) -> Table:
        """Return the table of an instance of a value class."""
        return self.tables[type(value).__name__]

    def label(self, choice: str, key: str = "") -> Text:
        """What a choice of a field is called for people; choices without a name of their own are shown as they are."""
        return self.labels.get(f"{key}.{choice}") or self.labels.get(choice, Text(choice, choice))

    @cached_property
    def choice_codes(self) -> Mapping[str, tuple[str, ...]]:
        """Choices by what people write for them (either language, any case)."""
        codes: dict[str, tuple[str, ...]] = {}
        for code, label in self.labels.items():
            plain = code.rpartition(".")[2]
            for written in {plain.casefold(), label.en.casefold(), label.zh.casefold()}:
                codes[written] = (*codes.get(written, ()), plain)
        return codes


@cache
def study_schema() -> Schema:
    """Load the schema of the study document (once)."""
    document = tomllib.loads(files("cradlemark.product").joinpath("schema.toml").read_text("utf-8"))
    quantities = {
        name: QuantityKind(name, tuple(entry["units"]), Text(**entry["title"]))
        for name, entry in document.pop("quantities").items()
    }
    labels = {code: Text(**entry) for code, entry in document.pop("labels").items()}
    tables = {name: _table(name, entry) for name, entry in document.items()}
    for name, table in tables.items():
        if table.extends:
            more = tuple(attrs.evolve(field, required=False) for field in tables[table.extends].fields)
            tables[name] = attrs.evolve(table, fields=(*table.fields, *more))
    return Schema(tables, quantities, labels)


def _table(name: str, entry: dict[str, Any]) -> Table:
    fields = entry.pop("fields")
    return Table(
        name=name, fields=tuple(_field(key, value) for key, value in fields.items()), **_texts(entry)
    )


def _field(key: str, entry: dict[str, Any]) -> Field:
    choices = entry.pop("choices", ())
    return Field(key=key, choices=tuple(choices), **_texts(entry))


def _texts(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: Text(**value) if isinstance(value, dict) else value for key, value in entry.items()}
