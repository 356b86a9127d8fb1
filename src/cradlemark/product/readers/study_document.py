"""From the tables of a study document to the frozen value, by the schema, collecting everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, Problem
from cradlemark.core.formulas import parse_formula
from cradlemark.core.language import Text
from cradlemark.core.periods import Period
from cradlemark.core.suggestion import did_you_mean
from cradlemark.product.readers.study_checks import check_study
from cradlemark.product.readers.study_fields import read_plain
from cradlemark.product.readers.study_parameters import (
    KnownParameters,
    number_of,
    settle_parameters,
    unit_of_formula,
)
from cradlemark.product.readers.study_values import UNKNOWN_UNIT, check_bounds, check_range, read_value
from cradlemark.product.schema import Field, Schema, Table, study_schema
from cradlemark.product.study import Organisation, Parameter, Product, Study, Unit, Value

Path = tuple[str | int, ...]
"""Place in the document: keys and positions from 0, for example ``("components", 3, "materials", 0, "amount")``."""
Locate = Callable[[Path], str]
"""Turns a place in the document into words for the user."""


MOST_PARAMETERS = 2_000
"""Largest number of parameters of a study [1]; each formula is checked against them in every scenario."""
DEEPEST_NESTING = 60
"""Deepest nesting of parts in parts."""


class _Nothing:
    """Stands for content that is not there."""


NOTHING: Final = _Nothing()
"""What a field is that could not be read."""
ABSENT: Final = _Nothing()
"""What an optional field is that is not there."""


def path_text(path: Path) -> str:
    """Return a place as text: ``components[3].materials[0].amount``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


class Decoder:
    """One pass over a document; the problems gather in `problems`.

    Parameters
    ----------
    locate : callable
        Says where a place of the document is in the user's file.
    """

    def __init__(self, locate: Locate = path_text, known: KnownParameters | None = None) -> None:
        self.schema: Schema = study_schema()
        self.locate = locate
        self.problems: list[Problem] = []
        self.known = known
        """Parameters that formulas may use; None while the parameters themselves are read."""
        self.incomplete: set[str] = set()
        """Tables of which an entry could not be read."""
        self._origin: dict[int, Path] = {}

    def study(self, raw: Mapping[str, Any]) -> Study:
        """Read a whole document.

        Returns
        -------
        Study
            Complete when there are no `problems`; otherwise with stand-ins for what could not be read, so that the
            rest can be checked as well.
        """
        table = self.schema["Study"]
        parameters = self._parameters(table.by_key["parameters"], raw.get("parameters", ()))
        content = (
            self.fields(table, {key: item for key, item in raw.items() if key != "parameters"}, ()) or {}
        )
        for key, value in content.items():
            if value is NOTHING:
                content[key] = _stand_ins()[key]
        return Study(**content, parameters=parameters)

    def check(self, study: Study) -> None:
        """Check what must hold between the fields of a study that was read here."""
        known = self.known or KnownParameters()
        self.problems += check_study(study, where=self.where, known=known, incomplete=self.incomplete)

    def where(self, entry: object, key: str) -> str:
        """Place of a field of an entry that was read here."""
        path = self._origin.get(id(entry))
        if path is not None:
            return self.locate((*path, key))
        row = getattr(entry, "source_row", "")
        return f"{row}, {key}" if row else self.locate((type(entry).__name__.lower(), key))

    def _parameters(self, field: Field, raw: object) -> tuple[Parameter, ...]:
        if isinstance(raw, Mapping | list) and len(raw) > MOST_PARAMETERS:
            self.problem(
                (field.key,),
                "parameters-too-many",
                Text(
                    f"there are {len(raw):,} parameters, more than {MOST_PARAMETERS:,}",
                    f"有 {len(raw):,} 个参数，超过 {MOST_PARAMETERS:,}",
                ),
                Text("keep what formulas and scenarios use", "只保留公式和情景用到的"),
            )
            self.incomplete.add("Parameter")
            raw = ()
        found = self._tables(field, raw, (field.key,))
        parameters: tuple[Parameter, ...] = () if found is NOTHING else found
        settled, self.known = settle_parameters(parameters, self.where, self.problems)
        for parameter, read in zip(settled, parameters, strict=True):
            self._origin[id(parameter)] = self._origin[id(read)]
            if parameter.value.formula is not None and self.known.numbers is not None:
                self._bounds(parameter.value, self.known.numbers[parameter.name], self._origin[id(parameter)])
        return settled

    def _bounds(self, value: Value, number: float, path: Path) -> None:
        if value.distribution is not None:
            try:
                check_bounds(value.distribution, number)
            except InputError as error:
                self.error(path, error)

    def problem(self, path: Path, code: str, message: Text, hint: Text = Text()) -> None:
        """Note one thing that is wrong."""
        self.problems.append(Problem(self.locate(path), code, message, hint))

    def error(self, path: Path, error: CradlemarkError) -> None:
        """Note what an error says, at a place of the document."""
        for problem in error.problems:
            self.problem(path, problem.code, problem.message, problem.hint)

    def table(self, name: str, raw: object, path: Path) -> Any:
        """Read one table.

        Returns
        -------
        object
            Instance of the value class, or `NOTHING` when a required field is missing or wrong.
        """
        table = self.schema[name]
        content = self.fields(table, raw, path)
        if content is None or any(value is NOTHING for value in content.values()):
            self.incomplete.add(name)
            return NOTHING
        if table.has_source_row:
            content["source_row"] = self.locate(path)
        entry = table.value_class(**content)
        self._origin[id(entry)] = path
        return entry

    def fields(self, table: Table, raw: object, path: Path) -> dict[str, Any] | None:
        """Read the fields of a table that are there; required ones that are missing or wrong are `NOTHING`."""
        if table.short and isinstance(raw, str):
            raw = _written_out(table.short, raw)
        if not isinstance(raw, Mapping):
            self.problem(
                path,
                "table-expected",
                Text(f"{_shown(raw)} is not a table", f"{_shown(raw)} 不是表"),
                _table_hint(table, path),
            )
            return None
        for key in raw:
            if key not in table.by_key:
                self._unknown(table, str(key), path)
        content: dict[str, Any] = {}
        for field in table.fields:
            if field.input_only and not table.input_only:
                continue
            value = self._field_of(table, field, raw, path)
            if value is NOTHING:
                self.incomplete.add(table.name)
            if field.required or not (value is NOTHING or value is ABSENT):
                content[field.key] = value
        return content

    def _field_of(self, table: Table, field: Field, raw: Mapping[str, Any], path: Path) -> Any:
        if field.key in raw and not _blank(raw[field.key], field):
            return self.field(field, raw[field.key], (*path, field.key))
        return self._missing(table, field, path) if field.required else ABSENT

    def _missing(self, table: Table, field: Field, path: Path) -> _Nothing:
        message = Text(
            f"{table.title.en.lower()} needs {field.key} ({field.title.en.lower()})",
            f"{table.title.zh}需要 {field.key}（{field.title.zh}）",
        )
        self.problem((*path, field.key), "field-missing", message, field.guide)
        return NOTHING

    def _unknown(self, table: Table, key: str, path: Path) -> None:
        known = tuple(table.by_key)
        hint = did_you_mean(key, known)
        if not hint:
            homes = [other.name for other in self.schema if key in other.by_key and not other.input_only]
            hint = Text(
                f"{key} is a field of {', '.join(homes)}" if homes else "remove it, or put it into note",
                f"{key} 是 {'、'.join(homes)} 的字段" if homes else "删去它，或写入 note",
            )
        self.problem(
            (*path, key),
            "key-unknown",
            Text(f"{table.title.en.lower()} has no field {key!r}", f"{table.title.zh}没有字段 {key!r}"),
            hint,
        )

    def field(self, field: Field, raw: object, path: Path) -> Any:
        """Read one field; returns `NOTHING` and notes the problem when it is wrong."""
        match field.type:
            case "table":
                return self.table(field.of, raw, path)
            case "tables":
                return self._tables(field, raw, path)
            case "value":
                return self._value(field, raw, path)
            case "values":
                return self._values(field, raw, path)
            case "value_map":
                return self._value_map(field, raw, path)
            case _:
                try:
                    return read_plain(field, raw, self.schema)
                except InputError as error:
                    self.error(path, error)
                    return NOTHING

    def _value(self, field: Field, raw: object, path: Path) -> Any:
        kind = self.schema.quantities[field.quantity]
        value: Value | None = None
        try:
            value = read_value(raw, kind)
            number = value.magnitude
            if value.formula is not None and self.known is not None:
                if value.unit == UNKNOWN_UNIT:
                    value = attrs.evolve(value, unit=unit_of_formula(value.formula, self.known))
                number = number_of(value, self.known)
                if value.distribution is not None:
                    check_bounds(value.distribution, number)
            if number is not None:
                check_range(number, value.unit, field, kind)
        except InputError as error:
            if value is None or not self._repeats(value, error):
                self.error(path, error)
            return NOTHING
        return value

    def _repeats(self, value: Value, error: InputError) -> bool:
        """Whether a formula is only wrong because a parameter it uses is, which is said there."""
        if value.formula is None or self.known is None or error.code not in {"formula-name", "formula-unit"}:
            return False
        unread = "Parameter" in self.incomplete
        return any(
            name in self.known.broken or (unread and name not in self.known.units)
            for name in parse_formula(value.formula).names
        )

    def _values(self, field: Field, raw: object, path: Path) -> Any:
        if isinstance(raw, str):
            raw = [part for part in raw.replace("；", ";").split(";") if part.strip()]
        items = raw if isinstance(raw, list | tuple) else [raw]
        values = tuple(self._value(field, item, (*path, index)) for index, item in enumerate(items))
        return NOTHING if any(value is NOTHING for value in values) else values

    def _value_map(self, field: Field, raw: object, path: Path) -> Any:
        if not isinstance(raw, Mapping):
            self.problem(
                path,
                "table-expected",
                Text(f"{_shown(raw)} is not a table", f"{_shown(raw)} 不是表"),
                Text(f"write {field.key}.name = ...", f"写 {field.key}.name = ..."),
            )
            return NOTHING
        pairs = tuple((str(name), self._value(field, item, (*path, str(name)))) for name, item in raw.items())
        return tuple(pair for pair in pairs if pair[1] is not NOTHING)

    def _tables(self, field: Field, raw: object, path: Path) -> Any:
        table = self.schema[field.of]
        if isinstance(raw, Mapping) and table.keyed:
            return self._keyed(table, raw, path)
        if table.short and isinstance(raw, str):
            raw = [raw]
        if not isinstance(raw, list | tuple):
            hint = Text(
                f"write [[{path_text(path)}]] with double brackets" if isinstance(raw, Mapping) else "",
                f"用双方括号写 [[{path_text(path)}]]" if isinstance(raw, Mapping) else "",
            )
            self.problem(
                path,
                "list-expected",
                Text(f"{field.key} is a list of tables", f"{field.key} 是表的列表"),
                hint,
            )
            return NOTHING
        if len(path) > 2 * DEEPEST_NESTING:
            self.problem(
                path,
                "nested-too-deep",
                Text(f"parts are nested deeper than {DEEPEST_NESTING}", f"零件嵌套超过 {DEEPEST_NESTING} 层"),
                Text("make it flatter", "减少层级"),
            )
            return NOTHING
        entries = [self.table(field.of, item, (*path, index)) for index, item in enumerate(raw)]
        return tuple(entry for entry in entries if entry is not NOTHING)

    def _keyed(self, table: Table, raw: Mapping[str, Any], path: Path) -> Any:
        """Entries as tables named by their selector: ``[parameters.rib_mass]`` or ``rib_mass = "0.2 g"``."""
        entries = []
        for name, item in raw.items():
            content = _parameter_table(item) if isinstance(item, Mapping) else {"value": item}
            if content.get(table.selector, name) != name:
                self.problem(
                    (*path, name),
                    "name-twice",
                    Text(
                        f"this entry has two names, {name!r} and another",
                        f"该条目有两个名称，{name!r} 和另一个",
                    ),
                )
            entries.append(self.table(table.name, {**content, table.selector: name}, (*path, name)))
        return tuple(entry for entry in entries if entry is not NOTHING)


def _written_out(short: str, text: str) -> dict[str, str]:
    """Fields of a table that is written as one text; of ``id@digest`` the part after the mark may be missing."""
    fields = short.split("@")
    parts = text.split("@", maxsplit=1) if len(fields) == 2 else [text]
    return dict(zip(fields, parts, strict=False))


def _stand_ins() -> dict[str, Any]:
    """What takes the place of required fields of the study that could not be read, while the rest is checked."""
    nothing = Value(0.0, "1")
    return {
        "id": "",
        "title": Text(),
        "product": Product(Text(), Organisation(Text()), nothing),
        "unit": Unit(nothing),
        "boundary": "cradle_to_gate",
        "period": Period(date(2000, 1, 1), date(2000, 12, 31)),
        "rule_pack": "",
        "place": "",
        "components": (),
    }


def _parameter_table(item: Mapping[str, Any]) -> dict[str, Any]:
    """Bring ``{value, unit, gsd, description}`` into the form ``{value: {value, unit, gsd}, description}``."""
    own = {key: item[key] for key in ("name", "description") if key in item}
    rest = {key: value for key, value in item.items() if key not in own}
    if set(rest) == {"value"}:
        return {**own, "value": rest["value"]}
    return {**own, "value": rest} if rest else own


def _blank(raw: object, field: Field) -> bool:
    """Whether a field is there but empty; an empty choice or list is content."""
    if isinstance(raw, str):
        return not raw.strip() and field.type != "scalar"
    return raw is None


def _shown(raw: object) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else text[:57] + "..."


def _table_hint(table: Table, path: Path) -> Text:
    required = ", ".join(field.key for field in table.fields if field.required)
    return Text(
        f"write {path_text(path)} as a table with {required or 'its fields'}",
        f"把 {path_text(path)} 写成表，含 {required or '其各字段'}",
    )
