"""The cells of a study document: every value with its path, what is said beside it and the evidence that is named for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from cradlemark.core.toml import read_toml
from cradlemark.product.paths import quoted

NAMING = ("part_number", "id", "text", "carrier", "name")
"""Keys that tell one entry of a list from another, the best first."""
BESIDE = frozenset({"value", "formula", "unit", "note", "evidence"})
"""Keys of a value that are shown in their own way; others, like its distribution, are added in words."""
LEFT_OUT = ("choices", "scenarios", "evidence", "databases")
"""Tables that a reader finds elsewhere on the page, or that change no value by themselves."""


@attrs.frozen
class Cell:
    """One value of a study.

    Parameters
    ----------
    path : str
        Into the study.
    value : str
        As it is written.
    note : str
        What is said beside it.
    evidence : tuple of str
        Ids of documents that support it.
    """

    path: str
    value: str
    note: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """First part of the path; empty for a value of the study itself."""
        first = self.path.partition(".")[0].partition("[")[0]
        return "" if first == self.path else first


@attrs.frozen
class CellChange:
    """A value before and after; empty where there is none."""

    path: str
    before: str
    after: str


def cells(document: bytes) -> tuple[Cell, ...]:
    """All cells of a study document (TOML), in its order."""
    return tuple(_below(read_toml(document, where="study.toml"), "", ()))


def cell_changes(before: bytes, after: bytes) -> tuple[CellChange, ...]:
    """Cells that differ between two study documents: value, note or evidence."""
    one, two = ({cell.path: cell for cell in cells(document)} for document in (before, after))
    return tuple(
        CellChange(path, _whole(one.get(path)), _whole(two.get(path)))
        for path in dict.fromkeys((*one, *two))
        if one.get(path) != two.get(path)
    )


def _whole(cell: Cell | None) -> str:
    if cell is None:
        return ""
    beside = [cell.note, ", ".join(cell.evidence)]
    return " · ".join(part for part in (cell.value, *beside) if part)


def _below(content: Any, path: str, evidence: tuple[str, ...]) -> Iterator[Cell]:
    if isinstance(content, Mapping):
        yield from _table(content, path, evidence)
    elif isinstance(content, list) and any(isinstance(entry, Mapping) for entry in content):
        for selector, entry in zip(_selectors(content), content, strict=True):
            yield from _below(entry, f"{path}[{selector}]", evidence)
    else:
        yield Cell(path, _written(content), "", evidence)


def _table(content: Mapping[str, Any], path: str, evidence: tuple[str, ...]) -> Iterator[Cell]:
    own = tuple(str(one) for one in content.get("evidence", ())) if path else ()
    if _is_value(content):
        amount = content.get("value", content.get("formula", ""))
        value = f"{_written(amount)} {content.get('unit', '')}".strip()
        value += "".join(f"; {key} {_written(content[key])}" for key in sorted(content.keys() - BESIDE))
        yield Cell(path, value, str(content.get("note", "")), own or evidence)
        return
    for key, below in content.items():
        if (path and key == "evidence") or (not path and key in LEFT_OUT):
            continue
        yield from _below(below, f"{path}.{key}" if path else key, own or evidence)


def _is_value(content: Mapping[str, Any]) -> bool:
    """Whether a table stands for one value, with what is said of it."""
    keys = {"value", "formula"} & content.keys()
    return bool(keys) and not any(isinstance(content[key], Mapping | list) for key in keys)


def _selectors(entries: Sequence[Any]) -> list[str]:
    """A name for each entry of a list; its place where names are missing or shared."""
    names = [
        next((str(entry[key]) for key in NAMING if isinstance(entry.get(key), str)), "")
        if isinstance(entry, Mapping)
        else ""
        for entry in entries
    ]
    return [
        quoted(name) if name and names.count(name) == 1 else f"#{place}"
        for place, name in enumerate(names, start=1)
    ]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_written(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_written(one) for one in value)
    return str(value)
