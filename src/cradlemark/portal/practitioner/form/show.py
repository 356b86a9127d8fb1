"""What a form of the study shows: inputs with their guidance, lists with their entries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from cradlemark.core.language import Text, text_of
from cradlemark.core.quantities import number_text
from cradlemark.portal.practitioner.form.place import LINKED, Node, Steps, address_of
from cradlemark.product.schema import Field, Table, study_schema
from cradlemark.product.study import STAGES

SHOWN_DIGITS = 12
"""Digits of a number that was converted, so that 0.00648 is not shown as 0.0064800000000000005."""


@attrs.frozen
class Input:
    """One input.

    Parameters
    ----------
    name : str
        ``components.0.quantity``; of a text ``.en`` and ``.zh`` follow.
    kind : {"line", "lines", "text", "choice", "texts"}
    values : tuple of str
        What stands in it; two for a text.
    choices : tuple of (str, Text)
    units : tuple of str
        Units that the field offers.
    more : str
        What is kept beside the number: uncertainty, note, evidence.
    """

    name: str
    field: Field
    kind: str
    values: tuple[str, ...]
    choices: tuple[tuple[str, Text], ...] = ()
    units: tuple[str, ...] = ()
    more: str = ""

    @property
    def value(self) -> str:
        """What stands in it."""
        return self.values[0] if self.values else ""


@attrs.frozen
class Group:
    """A table on the form: its inputs, and what it holds."""

    address: str
    table: Table
    title: Text
    inputs: tuple[Input, ...]
    groups: tuple[Group, ...] = ()
    lists: tuple[List, ...] = ()

    @property
    def main(self) -> tuple[Input, ...]:
        """Inputs that are needed, and those that are filled in."""
        return tuple(one for one in self.inputs if one.field.required or any(one.values))

    @property
    def other(self) -> tuple[Input, ...]:
        """Inputs that are optional and empty."""
        return tuple(one for one in self.inputs if not (one.field.required or any(one.values)))


@attrs.frozen
class Link:
    """An entry that has a page of its own."""

    address: str
    title: Text
    about: str


@attrs.frozen
class List:
    """A list of tables on the form.

    Parameters
    ----------
    linked : bool
        Whether the entries have pages of their own.
    new : str
        Address of the page for one more entry that has a page of its own.
    """

    address: str
    field: Field
    entries: tuple[Group, ...] = ()
    links: tuple[Link, ...] = ()
    linked: bool = False
    new: str = ""


def shown(node: Node, content: Any) -> Group:
    """The form of a node with its content, or with what was typed."""
    if node.field is not None:
        return Group(node.address, node.table, Text(), (), (), (_list(node.field, content, node.steps),))
    entry = content if isinstance(content, Mapping) else {}
    group = _group(node.table, entry, node.steps)
    return attrs.evolve(group, groups=(), lists=()) if not node.steps else group


def inputs_of(table: Table, entry: Mapping[str, Any], steps: Steps) -> dict[str, Input]:
    """Inputs of a table by the keys of its fields."""
    fields = (
        field for field in table.fields if field.type not in {"table", "tables"} and not field.input_only
    )
    return {field.key: _input(field, entry.get(field.key), (*steps, field.key)) for field in fields}


def title_of(table: Table, entry: Mapping[str, Any]) -> Text:
    """What an entry is called: its name, else what selects it."""
    for key in ("name", "title", table.selector):
        name = entry.get(key)
        if isinstance(name, Mapping):
            name = {language: str(one) for language, one in name.items() if one}
        if name:
            return text_of(name if isinstance(name, Mapping) else str(name))
    return Text()


def _group(table: Table, entry: Mapping[str, Any], steps: Steps) -> Group:
    groups, lists = [], []
    for field in table.fields:
        if field.input_only:
            continue
        place = (*steps, field.key)
        content = entry.get(field.key)
        if field.type == "table" and steps:
            inner = content if isinstance(content, Mapping) else {}
            groups.append(attrs.evolve(_group(study_schema()[field.of], inner, place), title=Text()))
        elif field.type == "tables" and steps:
            lists.append(_list(field, content, place))
    return Group(
        address_of(steps),
        table,
        title_of(table, entry),
        tuple(inputs_of(table, entry, steps).values()),
        tuple(groups),
        tuple(lists),
    )


def _list(field: Field, content: Any, steps: Steps) -> List:
    table = study_schema()[field.of]
    entries = [entry if isinstance(entry, Mapping) else {} for entry in content or ()]
    if field.of not in LINKED:
        groups = tuple(_group(table, entry, (*steps, place)) for place, entry in enumerate(entries))
        return List(address_of(steps), field, entries=groups)
    links = tuple(
        Link(address_of((*steps, place)), title_of(table, entry), _about(table, entry))
        for place, entry in enumerate(entries)
    )
    new = address_of((*steps, len(entries)))
    return List(address_of(steps), field, links=links, linked=True, new=new)


def _about(table: Table, entry: Mapping[str, Any]) -> str:
    """A few words about an entry: number, quantity, materials."""
    parts = [
        str(entry.get(table.selector, "")),
        *(_line(entry[key]) for key in ("quantity", "per", "model") if entry.get(key)),
    ]
    parts += [str(one.get("text", "")) for one in entry.get("materials", ()) if isinstance(one, Mapping)]
    return " · ".join(part for part in parts if part)[:160]


def _input(field: Field, content: Any, steps: Steps) -> Input:
    name = address_of(steps)
    if field.type == "text":
        texts = content if isinstance(content, Mapping) else {_language(content): content or ""}
        return Input(name, field, "text", (str(texts.get("zh", "")), str(texts.get("en", ""))))
    if field.type == "texts":
        lines = [_pair(one) for one in content or ()]
        return Input(name, field, "lines", ("\n".join(lines),))
    if field.type in {"value_map", "map"}:
        pairs = content.items() if isinstance(content, Mapping) else ()
        return Input(name, field, "lines", ("\n".join(f"{key} = {_line(one)}" for key, one in pairs),))
    if field.type in {"choice", "boolean"}:
        return Input(name, field, "choice", (_line(content),), choices=tuple(_choices(field)))
    units = study_schema().quantities[field.quantity].units if field.quantity else ()
    return Input(name, field, "line", (_line(content),), units=units, more=_more(content))


def _choices(field: Field) -> Iterator[tuple[str, Text]]:
    if field.type == "boolean":
        yield from (("true", Text("yes", "是")), ("false", Text("no", "否")))
        return
    for choice in field.choices:
        if choice:
            yield (
                choice,
                Text(choice, choice) if choice in STAGES else study_schema().label(choice, field.key),
            )


def _language(content: object) -> str:
    return "zh" if any("㐀" <= mark <= "鿿" for mark in str(content or "")) else "en"


def _pair(content: object) -> str:
    if isinstance(content, Mapping):
        return " | ".join(str(content.get(key, "")) for key in ("zh", "en"))
    return str(content)


def _line(content: Any) -> str:
    """Content of a field on one line, as it may be typed."""
    if content is None:
        return ""
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, float | int):
        return number_text(float(f"{content:.{SHOWN_DIGITS}g}"))
    if isinstance(content, list):
        texts = [_line(one) for one in content]
        return (
            "; ".join(texts)
            if not any(";" in text for text in texts)
            else json.dumps(texts, ensure_ascii=False)
        )
    if isinstance(content, Mapping):
        if "formula" in content:
            return f"= {content['formula']}"
        unit = content.get("unit", "")
        return f"{_line(content.get('value'))} {unit if unit != '1' else ''}".strip()
    return _rounded(str(content))


def _rounded(text: str) -> str:
    """A number with its unit and no more digits than people can use."""
    number, _, unit = text.partition(" ")
    if len(number) <= SHOWN_DIGITS + 2:
        return text
    try:
        return f"{number_text(float(f'{float(number):.{SHOWN_DIGITS}g}'))} {unit}".strip()
    except ValueError:
        return text


def _more(content: Any) -> str:
    """What is kept beside a number, in a few words."""
    if not isinstance(content, Mapping):
        return ""
    parts = [f"GSD {content['gsd']:g}"] if isinstance(content.get("gsd"), float | int) else []
    if isinstance(content.get("distribution"), Mapping):
        parts.append(str(content["distribution"].get("kind", "")))
    parts += [str(content[key]) for key in ("note",) if content.get(key)]
    parts += list(map(str, content.get("evidence", ())))
    return " · ".join(parts)
