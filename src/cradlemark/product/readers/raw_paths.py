"""Find places in the tables of a study document before they become values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.suggestion import did_you_mean
from cradlemark.product.paths import Step, parse_path
from cradlemark.product.schema import Field, Table, study_schema

Raw = dict[str, Any]


def owners(document: Raw, path: str, of: str) -> list[tuple[Raw, str]]:
    """Find the tables that a row belongs to.

    Parameters
    ----------
    path : str
        As in `cradlemark.product.paths`: ``components[100-10].materials[PA66 V0]``, ``inbound``, ``end_of_life``.
    of : str
        Table of the row.

    Returns
    -------
    list of (table, key)
        Tables with the key of their list that takes the row; several when a part is used in several places.

    Raises
    ------
    InputError
        ``path-syntax``, ``path-unknown``, ``path-ambiguous``.
    """
    steps = parse_path(path)
    study = study_schema()["Study"]
    last = steps[-1]
    before, table = _walk(document, study, steps[:-1], path)
    field = _field(table, last, path)
    if field.type == "tables" and last.selector is None and field.of == of:
        return [(item, field.key) for item in before]
    found, table = _walk(document, study, steps, path)
    key = next((item.key for item in table.fields if item.type == "tables" and item.of == of), None)
    if key is None:
        raise InputError(
            Text(
                f"{path!r} takes no {study_schema()[of].title.en.lower()}",
                f"{path!r} 不含{study_schema()[of].title.zh}",
            ),
            code="path-unknown",
            hint=Text(f"{table.title.en.lower()} has no such list", f"{table.title.zh}没有该列表"),
        )
    return [(item, key) for item in found]


def value_holders(document: Raw, path: str) -> list[tuple[Any, str | int]]:
    """Find the tables or lists that hold the value a path leads to, with the key or position in them.

    Raises
    ------
    InputError
        ``path-syntax``, ``path-unknown``, ``path-ambiguous``.
    """
    steps = parse_path(path)
    before, table = _walk(document, study_schema()["Study"], steps[:-1], path)
    last = steps[-1]
    field = _field(table, last, path)
    if field.type not in {"value", "values", "value_map"} or (field.type == "value") != (
        last.selector is None
    ):
        raise InputError(
            Text(f"{path!r} is not a value", f"{path!r} 不是值"),
            code="path-unknown",
            hint=Text("name the field of a number", "给出数字字段的名称"),
        )
    held = [item for item in before if item.get(field.key) not in (None, "")]
    if not held:
        raise InputError(
            Text(f"there is no value at {path!r}", f"{path!r} 处没有值"),
            code="path-unknown",
            hint=Text("fill in the number first", "先填写该数字"),
        )
    if field.type == "value":
        return [(item, field.key) for item in held]
    return [_item(item, field, last, path) for item in held]


def _item(holder: Raw, field: Field, step: Step, path: str) -> tuple[Any, str | int]:
    assert step.selector is not None
    content = holder[field.key]
    if field.type == "value_map":
        if step.selector in content:
            return content, step.selector
        raise InputError(
            Text(f"there is no {step.selector!r} in {field.key}", f"{field.key} 中没有 {step.selector!r}"),
            code="path-unknown",
            hint=did_you_mean(step.selector, content),
        )
    if not isinstance(content, list):
        content = _split(content)
        holder[field.key] = content
    digits = step.selector.removeprefix("#")
    position = int(digits) - 1 if digits.isdigit() else -1
    if not 0 <= position < len(content):
        raise InputError(
            Text(f"there is no {step.selector!r} in {path!r}", f"{path!r} 中没有 {step.selector!r}"),
            code="path-unknown",
            hint=Text("write #1 for the first", "第一个写作 #1"),
        )
    return content, position


def _split(content: object) -> list[Any]:
    if isinstance(content, str):
        return [part.strip() for part in content.replace("；", ";").split(";") if part.strip()]
    return [content]


def _field(table: Table, step: Step, path: str) -> Field:
    field = table.by_key.get(step.name)
    if field is None or field.input_only:
        known = [item.key for item in table.fields if not item.input_only]
        raise InputError(
            Text(
                f"{path!r}: {table.title.en.lower()} has no field {step.name!r}",
                f"{path!r}：{table.title.zh}没有字段 {step.name!r}",
            ),
            code="path-unknown",
            hint=did_you_mean(step.name, known),
        )
    return field


def _walk(document: Raw, table: Table, steps: Sequence[Step], path: str) -> tuple[list[Raw], Table]:
    found = [document]
    place = 0
    while place < len(steps):
        step = steps[place]
        field = _field(table, step, path)
        if field.type not in {"table", "tables"}:
            raise InputError(
                Text(f"{path!r}: {field.key} has no parts", f"{path!r}：{field.key} 没有下级"),
                code="path-unknown",
            )
        inner = study_schema()[field.of]
        if field.type == "table":
            found = [child_table(item, field.key) for item in found]
        else:
            if step.selector is None and inner.keyed and place + 1 < len(steps):
                place += 1
                step = Step(step.name, steps[place].name, literal=True)
            found = _entries(found, field, inner, step, path, top=table.name == "Study")
        table = inner
        place += 1
    return found, table


def child_table(holder: Raw, key: str) -> Raw:
    """Return the table under a key; a new one when there is none."""
    inner = holder.get(key)
    if inner is None:
        inner = type(holder)()
        holder[key] = inner
    assert isinstance(inner, dict)
    return inner


def _entries(
    found: Sequence[Raw], field: Field, table: Table, step: Step, path: str, *, top: bool
) -> list[Raw]:
    if step.selector is None:
        raise InputError(
            Text(f"{path!r}: which of the {field.title.en.lower()}?", f"{path!r}：哪一个{field.title.zh}？"),
            code="path-unknown",
            hint=Text(f"write {field.key}[...]", f"写作 {field.key}[...]"),
        )
    names: list[str] = []
    matches: list[Raw] = []
    for holder in found:
        entries = holder.get(field.key, [])
        if not step.literal and step.selector.startswith("#") and step.selector[1:].isdigit():
            matches += entries[int(step.selector[1:]) - 1 :][:1]
            continue
        for entry in _below(entries, deep=top and field.key == "components"):
            own = _selectors(table, entry)
            names += own[:1]
            if step.selector in own:
                matches.append(entry)
    if not matches:
        raise InputError(
            Text(
                f"{path!r}: there is no {step.selector!r} in {field.key}",
                f"{path!r}：{field.key} 中没有 {step.selector!r}",
            ),
            code="path-unknown",
            hint=did_you_mean(step.selector, names)
            or Text(f"there are {', '.join(names[:20]) or 'none'}", f"已有：{'、'.join(names[:20]) or '无'}"),
        )
    if len(matches) > 1 and table.name != "Component" and len(found) == 1:
        raise InputError(
            Text(
                f"{path!r}: {step.selector!r} is there {len(matches)} times",
                f"{path!r}：{step.selector!r} 有 {len(matches)} 个",
            ),
            code="path-ambiguous",
            hint=Text("name it by its position, for example #1", "用位置指明，例如 #1"),
        )
    return matches


def _below(entries: Sequence[Raw], *, deep: bool) -> Iterator[Raw]:
    for entry in entries:
        yield entry
        if deep:
            yield from _below(entry.get("children", ()), deep=True)


def _selectors(table: Table, entry: Raw) -> list[str]:
    name = entry.get(table.selector) if table.selector else None
    if isinstance(name, dict):
        return [str(text) for text in (name.get("en"), name.get("zh")) if text]
    if isinstance(name, float) and name.is_integer():
        name = int(name)
    return [] if name is None else [str(name).strip()]
