"""Bills of materials in JSON: a list of lines, or lines inside lines, with any key names of the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.positions import spot_in
from cradlemark.inventory.container_scan import refuse_area
from cradlemark.inventory.safe_files import MAX_FILE, Cell, decode_text
from cradlemark.product.readers.hierarchy import MAX_LEVEL
from cradlemark.product.readers.sources import Grid
from cradlemark.product.readers.vocabulary import key, vocabulary

MAX_ROWS = 200_000
_LEVEL = "level"


def is_json(path: Path) -> bool:
    """Whether a file is JSON by its first mark."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(256).lstrip(b"\xef\xbb\xbf \r\n\t")
    return head[:1] == b"{" or (head[:1] == b"[" and head[1:].lstrip()[:1] in (b"{", b"]"))


def read_json(path: Path) -> list[Grid]:
    """Read a JSON document as one grid; nested lines get a column for their level.

    Raises
    ------
    InputError
        ``file-format``, ``file-too-large``, ``json-no-lines``.
    InputErrors
        ``json-line`` for entries that are no objects.
    """
    if path.stat().st_size > MAX_FILE:
        raise InputError(Text("the file is too large", "文件过大"), code="file-too-large", where=path.name)
    text, encoding = decode_text(path.read_bytes(), path.name)
    try:
        document = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except RecursionError as error:
        raise InputError(
            Text("the JSON is nested too deep", "JSON 嵌套过深"),
            code="file-format",
            where=path.name,
            hint=Text("make it flatter", "减少层级"),
        ) from error
    except ValueError as error:
        digits = "int_max_str_digits" in str(error)
        reason = (
            Text("a number has thousands of digits", "某数字有数千位")
            if digits
            else Text(f"the file is not JSON: {error}", f"文件不是 JSON{spot_in(str(error))}")
        )
        raise InputError(
            reason,
            code="file-format",
            where=path.name,
            hint=Text("correct it there, or export it again", "在其中修正，或重新导出"),
        ) from error
    flat = _Flat(path.name)
    flat.top(document)
    raise_if_any(flat.problems)
    if not flat.rows:
        hint = Text(
            "it needs a list of objects, or an object with such a list", "需要对象的列表，或含有该列表的对象"
        )
        raise InputError(
            Text("the JSON has no lines", "JSON 没有物料行"), code="json-no-lines", where=path.name, hint=hint
        )
    return [flat.grid(encoding)]


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'the key "{twice}" is there twice in one object')
    return found


@attrs.define
class _Flat:
    """Collects nested lines as rows."""

    file: str
    headers: list[str] = attrs.field(factory=list)
    rows: list[dict[str, Cell]] = attrs.field(factory=list)
    levels: list[int] = attrs.field(factory=list)
    paths: list[str] = attrs.field(factory=list)
    problems: list[Problem] = attrs.field(factory=list)

    def top(self, document: object) -> None:
        """Find the lines of a document."""
        if isinstance(document, list):
            self.add_all(document, "", 0)
        elif isinstance(document, dict):
            lists = [name for name, value in document.items() if _is_children(name, value)]
            own = [name for name, value in document.items() if not isinstance(value, list | dict)]
            if len(lists) == 1 and not _looks_like_line(own):
                self.add_all(document[lists[0]], lists[0], 0)
            else:
                self.add(document, "top", 0)

    def add_all(self, entries: list[Any], path: str, level: int) -> None:
        """Add the lines of one list."""
        for number, entry in enumerate(entries):
            place = f"{path}[{number}]"
            if isinstance(entry, dict):
                self.add(entry, place, level)
            else:
                message = Text("the entry is not an object with keys", "该条目不是带键的对象")
                self.problems.append(Problem(f"{self.file}, {place}", "json-line", message))

    def add(self, entry: Mapping[str, Any], path: str, level: int) -> None:
        """Add one line and the lines below it."""
        if level > MAX_LEVEL or len(self.rows) >= MAX_ROWS:
            refuse_area(self.file, len(self.rows) + 1, 1)
            raise InputError(
                Text(f"more than {MAX_LEVEL} levels", f"超过 {MAX_LEVEL} 级"),
                code="level-too-deep",
                where=f"{self.file}, {path}",
            )
        row: dict[str, Cell] = {}
        below: list[tuple[str, list[Any]]] = []
        for name, value in entry.items():
            if _is_children(name, value):
                below.append((name, value))
            else:
                self._put(row, name, value)
        self.rows.append(row)
        self.levels.append(level)
        self.paths.append(path)
        for name, entries in below:
            self.add_all(entries, f"{path}.{name}" if path != "top" else name, level + 1)

    def _put(self, row: dict[str, Cell], name: str, value: object) -> None:
        """Put a value; an amount with its unit becomes text, other tables become columns of their own."""
        if isinstance(value, dict):
            amount = next((value[k] for k in ("value", "amount", "magnitude") if k in value), None)
            unit = value.get("unit", "")
            if (
                isinstance(amount, int | float | str)
                and isinstance(unit, str)
                and set(value) <= {"value", "amount", "magnitude", "unit"}
            ):
                self._cell(row, name, f"{amount} {unit}" if unit else amount)
                return
            for inner, content in value.items():
                self._put(row, f"{name} {inner}", content)
        elif isinstance(value, list):
            self._cell(row, name, ", ".join(str(one) for one in value) or None)
        elif isinstance(value, str | int | float | bool) or value is None:
            self._cell(row, name, (value if value.strip() else None) if isinstance(value, str) else value)

    def _cell(self, row: dict[str, Cell], name: str, value: Cell) -> None:
        if name not in self.headers:
            self.headers.append(name)
            refuse_area(self.file, 1, len(self.headers))
        row[name] = value

    def grid(self, encoding: str) -> Grid:
        """Return the rows as a grid with the keys as the header."""
        nested = len(set(self.levels)) > 1
        headers: list[Cell] = [*([_LEVEL] if nested else []), *self.headers]
        rows = [
            [*([level] if nested else []), *(row.get(name) for name in self.headers)]
            for level, row in zip(self.levels, self.rows, strict=True)
        ]
        return Grid(self.file, [headers, *rows], encoding=encoding, paths=("header", *self.paths))


def _is_children(name: str, value: object) -> bool:
    if not isinstance(value, list) or not any(isinstance(entry, dict) for entry in value):
        return False
    return key(name) in vocabulary().children or all(isinstance(entry, dict) for entry in value)


def _looks_like_line(names: list[str]) -> bool:
    """Whether the keys beside the list make the object a line itself: a part number or name, and a quantity or mass."""
    from cradlemark.product.readers.headers import read_header

    fields = {read_header(name).field for name in names}
    return bool(fields & {"quantity", "quantity_total", "net_mass", "net_mass_total"}) and bool(
        fields & {"part_number", "name", "material", "name_en", "name_zh"}
    )
