"""Paths to fields of a study: ``components[100-20].materials[PA66 V0].dataset``, ``parameters.rib_mass.value``.

Table names are joined by dots; the entry of a list stands in brackets by its part number, id, name or text, or by
its position as ``#2``. A selector with brackets or quotes of its own is written as a JSON text. A component is found by
its part number at any depth.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text, joined
from cradlemark.core.suggestion import did_you_mean
from cradlemark.product.schema import Field, Table, study_schema
from cradlemark.product.study import Component, Study
from cradlemark.product.walk import Entry, components

Place = tuple[tuple[str, int | str], ...]
"""Keys with the position in the list (-1: no list) or the name in a map; the last one is the field."""

_NAME = re.compile(r"[^.\[\]\"]+")
_QUOTED = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')
_PLAIN = re.compile(r"\[([^\[\]\"]*)\]")
_POSITION = re.compile(r"#\d+")


@attrs.frozen
class Step:
    """One part of a path: a key, and the entry of a list."""

    name: str
    selector: str | None = None
    literal: bool = False
    """Whether the selector was quoted: then ``#2`` is a name, not a position."""


@attrs.frozen
class Target:
    """What a path leads to.

    Parameters
    ----------
    place : tuple
        Where it is in the study.
    field : Field
        Its field in the schema.
    content : object
        What it holds now.
    """

    place: Place
    field: Field
    content: Any
    item: bool = False
    """Whether it is one value of a list or map of values."""


def parse_path(path: str) -> tuple[Step, ...]:
    """Take a path apart.

    Raises
    ------
    InputError
        ``path-syntax``.
    """
    steps: list[Step] = []
    place = 0
    while place < len(path):
        name = _NAME.match(path, place)
        if name is None:
            raise _syntax(path)
        place = name.end()
        selector, literal = None, False
        if path[place : place + 1] == "[":
            found = _QUOTED.match(path, place) or _PLAIN.match(path, place)
            if found is None:
                raise _syntax(path)
            literal = found.re is _QUOTED
            selector = json.loads(f'"{found[1]}"', strict=False) if literal else found[1].strip()
            place = found.end()
        steps.append(Step(name[0].strip(), selector, literal))
        if place < len(path):
            if path[place] != "." or place + 1 == len(path):
                raise _syntax(path)
            place += 1
    if not steps:
        raise _syntax(path)
    return tuple(steps)


def _syntax(path: str) -> InputError:
    return InputError(
        Text(f"{path!r} is not a path", f"{path!r} 不是路径"),
        code="path-syntax",
        hint=Text(
            "write it like components[100-20].materials[PA66 V0].dataset",
            "写作 components[100-20].materials[PA66 V0].dataset",
        ),
    )


def find(study: Study, path: str) -> tuple[Target, ...]:
    """Find the field a path leads to.

    Returns
    -------
    tuple of Target
        One; several when the part is used in several places, all of which are the same part.

    Raises
    ------
    InputError
        ``path-syntax``, ``path-unknown`` (the hint lists what there is) or ``path-ambiguous``.
    """
    finder = _Finder(path)
    targets = finder.field(study_schema()["Study"], study, parse_path(path), ())
    if (
        len(targets) > 1
        and targets[0].field.key == "quantity"
        and targets[0].place[-2][0] in {"components", "children"}
    ):
        raise InputError(
            Text(
                f"{path!r}: the part is used in {len(targets)} places",
                f"{path!r}：该零件用于 {len(targets)} 处",
            ),
            code="path-ambiguous",
            hint=Text(
                "name the parent too: components[PARENT].children[PART].quantity",
                "同时写明上级：components[PARENT].children[PART].quantity",
            ),
        )
    return targets


class _Finder:
    def __init__(self, path: str) -> None:
        self.path = path

    def unknown(self, message: Text, wanted: str, known: Sequence[str]) -> InputError:
        hint = did_you_mean(wanted, known)
        if not hint.en.startswith("known") and known:
            more = len(known) > 20
            listed = Text(
                f"there are {', '.join(known[:20])}{', ...' if more else ''}",
                f"已有：{'、'.join(known[:20])}{'……' if more else ''}",
            )
            hint = joined(filter(None, [hint, listed]), Text(" ", ""))
        return InputError(
            Text("{path}: {what}", "{path}：{what}").format(path=repr(self.path), what=message),
            code="path-unknown",
            hint=hint,
        )

    def field(self, table: Table, entry: object, steps: Sequence[Step], before: Place) -> tuple[Target, ...]:
        step, rest = steps[0], steps[1:]
        field = table.by_key.get(step.name)
        if field is None or field.input_only:
            known = [item.key for item in table.fields if not item.input_only]
            raise self.unknown(
                Text(
                    f"{table.title.en.lower()} has no field {step.name!r}",
                    f"{table.title.zh}没有字段 {step.name!r}",
                ),
                step.name,
                known,
            )
        content = getattr(entry, field.key)
        match field.type:
            case "table":
                return self._table(field, content, step, rest, before)
            case "tables":
                return self._tables(field, content, step, rest, before)
            case "values" | "value_map" if step.selector is not None or rest:
                return self._items(field, content, step, rest, before)
        if step.selector is not None or rest:
            raise self.unknown(Text(f"{field.key} has no parts", f"{field.key} 没有下级"), "", ())
        return (Target((*before, (field.key, -1)), field, content),)

    def _table(
        self, field: Field, content: object, step: Step, rest: Sequence[Step], before: Place
    ) -> tuple[Target, ...]:
        table = study_schema()[field.of]
        if content is None:
            raise self.unknown(Text(f"the study has no {field.key}", f"研究没有 {field.key}"), "", ())
        if step.selector is not None:
            raise self.unknown(Text(f"{field.key} is no list", f"{field.key} 不是列表"), "", ())
        if not rest:
            raise self._not_a_field(field.key, table)
        return self.field(table, content, rest, (*before, (field.key, -1)))

    def _tables(
        self, field: Field, content: Sequence[object], step: Step, rest: Sequence[Step], before: Place
    ) -> tuple[Target, ...]:
        table = study_schema()[field.of]
        if step.selector is None and table.keyed and rest:
            step, rest = Step(field.key, rest[0].name, literal=True), rest[1:]
        if step.selector is None:
            raise self.unknown(
                Text(
                    f"which of the {field.title.en.lower()}? write {field.key}[...]",
                    f"哪一个{field.title.zh}？写作 {field.key}[...]",
                ),
                "",
                _names(table, content),
            )
        found = list(self._matches(field, table, content, step, before))
        if not found:
            names = _names(table, content, deep=not before)
            raise self.unknown(
                Text(
                    f"there is no {step.selector!r} in {field.key}", f"{field.key} 中没有 {step.selector!r}"
                ),
                step.selector,
                names,
            )
        if len(found) > 1 and table.name != "Component":
            positions = [f"#{int(place[-1][1]) + 1}" for place, _ in found]
            raise InputError(
                Text(
                    f"{self.path!r}: {step.selector!r} is there {len(found)} times",
                    f"{self.path!r}：{step.selector!r} 有 {len(found)} 个",
                ),
                code="path-ambiguous",
                hint=Text(
                    f"name it by its position: {', '.join(positions)}", f"用位置指明：{'、'.join(positions)}"
                ),
            )
        if not rest and table.keyed:
            rest = (Step("value"),)
        if not rest:
            raise self._not_a_field(f"{field.key}[{step.selector}]", table)
        return self._all(table, found, rest)

    def _all(
        self, table: Table, found: Sequence[tuple[Place, object]], rest: Sequence[Step]
    ) -> tuple[Target, ...]:
        """Follow the rest from every place; what leads nowhere counts only when all do."""
        targets: list[Target] = []
        errors: list[InputError] = []
        for place, entry in found:
            try:
                targets.extend(self.field(table, entry, rest, place))
            except InputError as error:
                errors.append(error)
        if not targets:
            raise errors[0]
        return tuple(targets)

    def _not_a_field(self, name: str, table: Table) -> InputError:
        fields = [field.key for field in table.fields if field.type not in {"table", "tables"}]
        return self.unknown(Text(f"{name} is not a single field", f"{name} 不是单个字段"), "", fields)

    def _matches(
        self, field: Field, table: Table, content: Sequence[object], step: Step, before: Place
    ) -> Iterator[tuple[Place, object]]:
        assert step.selector is not None
        if not step.literal and _POSITION.fullmatch(step.selector):
            position = int(step.selector[1:]) - 1
            if 0 <= position < len(content):
                yield (*before, (field.key, position)), content[position]
            return
        for position, entry in enumerate(content):
            place = (*before, (field.key, position))
            if step.selector in selectors(table, entry):
                yield place, entry
            if isinstance(entry, Component) and not before[:1]:
                yield from self._below(table, entry, step, place)

    def _below(
        self, table: Table, component: Component, step: Step, before: Place
    ) -> Iterator[tuple[Place, object]]:
        for position, child in enumerate(component.children):
            place = (*before, ("children", position))
            if child.part_number == step.selector:
                yield place, child
            yield from self._below(table, child, step, place)

    def _items(
        self, field: Field, content: Sequence[Any], step: Step, rest: Sequence[Step], before: Place
    ) -> tuple[Target, ...]:
        wanted = step.selector if step.selector is not None else rest[0].name
        if len(rest) > (step.selector is None):
            raise self.unknown(Text(f"{field.key} has no parts", f"{field.key} 没有下级"), "", ())
        if field.type == "value_map":
            for name, value in content:
                if name == wanted:
                    return (Target((*before, (field.key, name)), field, value, item=True),)
            raise self.unknown(
                Text(f"there is no {wanted!r} in {field.key}", f"{field.key} 中没有 {wanted!r}"),
                wanted,
                [name for name, _ in content],
            )
        position = int(wanted[1:]) - 1 if _POSITION.fullmatch(wanted) else -1
        if not 0 <= position < len(content):
            known = [f"#{place + 1}" for place in range(len(content))]
            raise self.unknown(
                Text(f"there is no {wanted!r} in {field.key}", f"{field.key} 中没有 {wanted!r}"),
                wanted,
                known,
            )
        return (Target((*before, (field.key, position)), field, content[position], item=True),)


def selectors(table: Table, entry: object) -> tuple[str, ...]:
    """Texts that name an entry in a path."""
    if not table.selector:
        return ()
    name = getattr(entry, table.selector)
    return tuple(text for text in (name.en, name.zh) if text) if isinstance(name, Text) else (name,)


def _names(table: Table, content: Sequence[object], *, deep: bool = False) -> list[str]:
    names: list[str] = []
    for position, entry in enumerate(content):
        named = [name for name in selectors(table, entry) if name]
        names.append(named[0] if named else f"#{position + 1}")
        if deep and isinstance(entry, Component):
            names += _names(table, entry.children, deep=True)
    return names


def replace(study: Study, place: Place, content: object) -> Study:
    """Return the study with other content in one place; nothing is checked."""
    changed = _replaced(study, place, content)
    assert isinstance(changed, Study)
    return changed


def _replaced(entry: Any, place: Place, content: object) -> Any:
    (key, position), rest = place[0], place[1:]
    if position == -1:
        inner = _replaced(getattr(entry, key), rest, content) if rest else content
        return attrs.evolve(entry, **{key: inner})
    items = list(getattr(entry, key))
    if isinstance(position, str):
        items = [(name, content if name == position else value) for name, value in items]
    else:
        items[position] = _replaced(items[position], rest, content) if rest else content
    return attrs.evolve(entry, **{key: tuple(items)})


def part_uses(study: Study) -> Mapping[str, int]:
    """In how many places each part number is used."""
    return Counter(component.part_number for component in components(study))


def entry_path(entry: Entry, uses: Mapping[str, int]) -> str:
    """Return the path of an entry, one that `find` understands when a field is added.

    Components are named by their part number alone when it is used in one place, otherwise with their parents.

    Parameters
    ----------
    uses : mapping of str to int
        What `part_uses` gives.
    """
    if entry.owner is None or entry.field is None:
        return ""
    if isinstance(entry.value, Component) and uses.get(entry.value.part_number) == 1:
        return f"components[{quoted(entry.value.part_number)}]"
    before = entry_path(entry.owner, uses)
    own = entry.field.key
    if entry.position >= 0:
        own += f"[{_selector(entry)}]"
    return f"{before}.{own}" if before else own


def _selector(entry: Entry) -> str:
    assert entry.owner is not None
    assert entry.field is not None
    names = selectors(entry.table, entry.value)
    position = f"#{entry.position + 1}"
    if not names or not names[0] or isinstance(entry.value, Component):
        return position
    same = sum(
        names[0] in selectors(entry.table, other) for other in getattr(entry.owner.value, entry.field.key)
    )
    return quoted(names[0]) if same == 1 else position


def quoted(selector: str) -> str:
    """Write a selector so that it is read as it is."""
    if (
        _PLAIN.fullmatch(f"[{selector}]")
        and selector == selector.strip()
        and not _POSITION.fullmatch(selector)
    ):
        return selector
    return json.dumps(selector, ensure_ascii=False)


def item_path(base: str, key: str, position: int | str) -> str:
    """Return the path of a value: a field of an entry, or one value of a list or map."""
    own = (
        key
        if position == -1
        else f"{key}[{quoted(position) if isinstance(position, str) else f'#{position + 1}'}]"
    )
    return f"{base}.{own}" if base else own
