"""From a study to the tables of its document; what equals its default is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import attrs

from cradlemark.core.canonical import digest
from cradlemark.core.language import Text, text_of
from cradlemark.core.quantities import number_text
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree
from cradlemark.product.schema import Field, Table, study_schema
from cradlemark.product.study import Component, Study, Value


def study_document(study: Study) -> dict[str, Any]:
    """Return the tables of a study document as they are written in TOML.

    Returns
    -------
    dict
        Texts, numbers, booleans, dates, lists and dicts only; the readers give the same study back.
    """
    return _table(study_schema()["Study"], study)


def components_document(components: Sequence[Component]) -> list[dict[str, Any]]:
    """Return components as they are written in a study document."""
    return [_table(study_schema()["Component"], component) for component in components]


def study_digest(study: Study) -> str:
    """Identity of a study: SHA-256 over the canonical JSON of its values.

    Independent of the format of the file, the order of keys, ways to write the same number, and of the rows the
    values were read from; fields that have their default do not count, so that new fields change no digest.

    Returns
    -------
    str
        ``sha256:`` and 64 hexadecimal digits.
    """
    return digest(_json(study_document(study)))


def _json(content: object) -> object:
    if isinstance(content, dict):
        return {key: _json(item) for key, item in content.items()}
    if isinstance(content, list):
        return [_json(item) for item in content]
    return content.isoformat() if isinstance(content, date) else content


def _table(table: Table, entry: object) -> dict[str, Any]:
    document: dict[str, Any] = {}
    defaults = attrs.fields_dict(type(entry))  # type: ignore[arg-type]
    for field in table.fields:
        if field.input_only:
            continue
        content = getattr(entry, field.key)
        if content is None or (not field.required and content == defaults[field.key].default):
            continue
        document[field.key] = _field(field, content)
    return document


def _field(field: Field, content: Any) -> Any:
    writer = _WRITERS.get(field.type)
    return content if writer is None else writer(field, content)


def _unit(field: Field) -> str:
    return study_schema().quantities[field.quantity].unit


def _tables(table: Table, content: tuple[Any, ...]) -> Any:
    entries = [_table(table, item) for item in content]
    if not table.keyed:
        return entries
    return {entry.pop(table.selector): entry for entry in entries}


def text_document(text: Text) -> str | dict[str, str]:
    """Return a text as a plain string where that reads back the same, else as a table of languages."""
    plain = text.en or text.zh
    return plain if text_of(plain) == text else text.as_dict()


def value_document(value: Value, formula_unit: str = "") -> str | float | int | dict[str, Any]:
    """Return a value in its shortest form: ``"3.6 g"``, ``0.95``, ``"= a * 2"`` or a table.

    Parameters
    ----------
    formula_unit : str
        Unit of a formula that states none; empty: every formula states its unit.
    """
    more: dict[str, Any] = {}
    if value.distribution is not None:
        more |= _distribution(value.distribution)
    if value.note:
        more["note"] = value.note
    if value.evidence:
        more["evidence"] = list(value.evidence)
    if value.confidential:
        more["confidential"] = True
    if value.formula is not None:
        if not more and value.unit == formula_unit:
            return f"= {value.formula}"
        return {"formula": value.formula, "unit": value.unit, **more}
    assert value.magnitude is not None
    if not more and value.unit == "1":
        return _number(value.magnitude)
    if not more and not value.unit[0].isdigit():
        return f"{number_text(value.magnitude)} {value.unit}"
    return {"value": _number(value.magnitude), "unit": value.unit, **more}


def _number(magnitude: float) -> float | int:
    whole = magnitude.is_integer() and abs(magnitude) < 1e15 and str(magnitude) != "-0.0"
    return int(magnitude) if whole else magnitude


def _value_map(content: tuple[tuple[str, Value], ...]) -> dict[str, Any]:
    """Return values by name. TOML puts tables behind plain values; to keep the order, all are tables when one is."""
    written = {name: value_document(value) for name, value in content}
    if not any(isinstance(item, dict) for item in written.values()):
        return written
    return {name: item if isinstance(item, dict) else {"value": item} for name, item in written.items()}


def _distribution(distribution: Distribution) -> dict[str, Any]:
    given = {key: item for key, item in attrs.asdict(distribution).items() if item is not None}
    if set(given) == {"kind", "gsd"} and given["kind"] == "lognormal":
        return {"gsd": given["gsd"]}
    return {"distribution": given}


def _pedigree(pedigree: Pedigree) -> list[int]:
    return list(pedigree.scores)


_WRITERS: dict[str, Callable[[Field, Any], Any]] = {
    "table": lambda field, content: _table(study_schema()[field.of], content),
    "tables": lambda field, content: _tables(study_schema()[field.of], content),
    "value": lambda field, content: value_document(content, _unit(field)),
    "values": lambda field, content: [value_document(item, _unit(field)) for item in content],
    "value_map": lambda _field, content: _value_map(content),
    "text": lambda _field, content: text_document(content),
    "texts": lambda _field, content: [text_document(item) for item in content],
    "map": lambda _field, content: dict(content),
    "strings": lambda _field, content: list(content),
    "period": lambda _field, content: str(content),
    "pedigree": lambda _field, content: _pedigree(content),
}
