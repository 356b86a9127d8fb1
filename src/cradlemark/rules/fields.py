"""Fields of a study by path: what a required field means, and where it is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TypeVar

from cradlemark.core.language import Text
from cradlemark.product.schema import Field, study_schema
from cradlemark.product.study import Study, Value

Entry = TypeVar("Entry")
_KEYS = MappingProxyType(
    {
        "components": "part_number",
        "children": "part_number",
        "materials": "text",
        "inputs": "text",
        "consumables": "text",
        "waste": "text",
        "markets": "place",
        "packaging": "name",
        "parameters": "name",
        "products": "name",
        "operations": "id",
        "contracts": "id",
        "routes": "id",
        "evidence": "id",
        "scenarios": "id",
    }
)
"""Key of the items of a list in paths; the position is used for all others, as in the compiled study."""
LIST = "[]"


def item_path(base: str, key: str, item: object, index: int) -> str:
    """Path of one item of a list, for example ``components[100-20].materials[PA66]``."""
    name = getattr(item, _KEYS[key]) if key in _KEYS else index
    if isinstance(name, Text):
        name = name["en"]
    place = f"{key}[{name}]"
    return f"{base}.{place}" if base else place


def items(base: str, key: str, content: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    """Each item of a list with its path."""
    for index, item in enumerate(content):
        yield item_path(base, key, item, index), item


def field_problem(path: str) -> Text:
    """Say what is wrong with a field path; empty when it is a field of the study document."""
    table = study_schema()["Study"]
    steps = path.split(".")
    for position, step in enumerate(steps):
        key, many = step.removesuffix(LIST), step.endswith(LIST)
        field = next((field for field in table.fields if field.key == key), None)
        if field is None:
            return Text(f"{step!r} is no field of {table.name}", f"{step!r} 不是 {table.name} 的字段")
        if position == len(steps) - 1:
            asked = Text(
                f"{step!r} ends in [], but a field is asked for", f"{step!r} 以 [] 结尾，而此处应为字段"
            )
            return asked if many else Text()
        if field.type != ("tables" if many else "table"):
            none = Text(f"{step!r} has no fields below it", f"{step!r} 没有下级字段")
            return Text(f"{step!r} is no list of tables", f"{step!r} 不是表的列表") if many else none
        table = study_schema()[field.of]
    return Text()


def missing(study: Study, path: str) -> Iterator[str]:
    """Paths at which a field is empty; nothing when it is filled everywhere.

    A list or table that is absent on the way has nothing that could be filled, so only its own requirement reports it.
    """
    yield from _missing(study, path.split("."), "")


def _missing(value: object, steps: list[str], base: str) -> Iterator[str]:
    key, many = steps[0].removesuffix(LIST), steps[0].endswith(LIST)
    content = getattr(value, key)
    place = f"{base}.{key}" if base else key
    if len(steps) == 1:
        if is_empty(content):
            yield place
    elif many:
        for where, item in items(base, key, content):
            yield from _missing(item, steps[1:], where)
    elif content is not None:
        yield from _missing(content, steps[1:], place)


def is_empty(content: object) -> bool:
    """Whether a field says nothing. Zero and false say something."""
    if content is None:
        return True
    if isinstance(content, Value):
        return content.magnitude is None and not content.formula
    if isinstance(content, str):
        return not content.strip()
    if isinstance(content, Text):
        return not (content.en.strip() or content.zh.strip())
    return isinstance(content, tuple) and not content


def field_at(path: str) -> Field:
    """Return the schema field of a path without problems."""
    table = study_schema()["Study"]
    *above, last = path.split(".")
    for step in above:
        key = step.removesuffix(LIST)
        table = study_schema()[next(field.of for field in table.fields if field.key == key)]
    return next(field for field in table.fields if field.key == last)
