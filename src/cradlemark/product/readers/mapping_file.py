"""The small file in which a user fixes what the columns of a bill of materials are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.toml import read_toml
from cradlemark.product.bom import FIELDS, Column, ColumnMapping, Decimal, Field, column_index
from cradlemark.product.readers.measures import known_unit
from cradlemark.product.readers.vocabulary import key

MAX_MAPPING_FILE = 100_000
"""Largest mapping file [byte]."""
_KEYS = {"header_row", "header_rows", "sheet", "decimal", "skip", "columns"}
_COLUMN_KEYS = {"column", "header", "unit", "stated"}
_BY_HEADER = -1
_REPEATED_GROUP = re.compile(r"(?<!\\)\)[*+{]")


def mapping_document(mapping: ColumnMapping) -> dict[str, Any]:
    """Return a mapping as the tables of its file."""
    document: dict[str, Any] = {"header_row": mapping.header_row}
    if mapping.header_rows != 1:
        document["header_rows"] = mapping.header_rows
    if mapping.sheet:
        document["sheet"] = mapping.sheet
    if mapping.decimal:
        document["decimal"] = mapping.decimal
    if mapping.skip:
        document["skip"] = list(mapping.skip)
    columns: dict[str, Any] = {}
    for field in FIELDS:
        entries = [_entry(column) for column in mapping.all(field)]
        if entries:
            columns[field] = entries[0] if len(entries) == 1 else entries
    document["columns"] = columns
    return document


def _entry(column: Column) -> dict[str, Any]:
    entry: dict[str, Any] = {"column": column.letter} if column.index != _BY_HEADER else {}
    if column.header:
        entry["header"] = column.header
    if column.unit:
        entry["unit"] = column.unit
    if not column.stated:
        entry["stated"] = False
    return entry


def write_mapping(mapping: ColumnMapping, path: Path | str) -> None:
    """Write a mapping to a TOML file that `read_mapping` reads back.

    Raises
    ------
    InputError
        ``mapping-file-name`` when the name does not end in ``.toml``, so that no bill is overwritten by mistake.
    """
    import tomli_w

    if Path(path).suffix.lower() != ".toml":
        raise InputError(
            Text(
                f'a mapping file ends in .toml, not "{Path(path).name}"',
                f'映射文件以 .toml 结尾，而不是 "{Path(path).name}"',
            ),
            code="mapping-file-name",
            hint=Text("for example bom.mapping.toml", "例如 bom.mapping.toml"),
        )
    head = "# Which column of the bill of materials is what. Change it and read again with this file.\n"
    Path(path).write_text(head + tomli_w.dumps(mapping_document(mapping)), encoding="utf-8")


def read_mapping(path: Path | str) -> ColumnMapping:
    """Read a mapping file.

    Raises
    ------
    InputError
        ``file-missing``, ``file-too-large``, ``file-format``.
    InputErrors
        All that is wrong in it, ``mapping-...``.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(
            Text(f"there is no file {file.name}", f"没有文件 {file.name}"),
            code="file-missing",
            where=file.name,
            hint=Text("check the path", "检查路径"),
        )
    if file.stat().st_size > MAX_MAPPING_FILE:
        raise InputError(
            Text("the mapping file is too large", "映射文件过大"),
            code="file-too-large",
            where=file.name,
            hint=Text("name the file that --write-mapping wrote", "给出 --write-mapping 写出的文件"),
        )
    try:
        document = read_toml(file)
    except InputError as error:
        raise InputError(
            Text("the mapping file cannot be read: {reason}", "无法读取映射文件：{reason}").format(
                reason=error.message
            ),
            code="file-format",
            where=error.where,
            hint=Text(
                "name the file that --write-mapping wrote, or correct it there",
                "给出 --write-mapping 写出的文件，或在其中修正",
            ),
        ) from error
    return mapping_of(document, where=file.name)


def mapping_of(document: Mapping[str, Any], *, where: str) -> ColumnMapping:
    """Make a mapping from the tables of its file; same errors as `read_mapping`."""
    problems = [
        Problem(
            where,
            "mapping-key-unknown",
            Text(f'"{name}" is not a key of a mapping', f'"{name}" 不是映射的键'),
            Text(f"use {', '.join(sorted(_KEYS))}", f"使用 {', '.join(sorted(_KEYS))}"),
        )
        for name in document
        if name not in _KEYS
    ]
    columns: list[Column] = []
    tables = document.get("columns", {})
    if not isinstance(tables, dict) or not tables:
        problems.append(
            Problem(
                where,
                "mapping-columns-missing",
                Text("the table [columns] is missing or empty", "表 [columns] 缺失或为空"),
                Text(
                    "name the file that --write-mapping wrote, or add [columns]",
                    "给出 --write-mapping 写出的文件，或补上 [columns]",
                ),
            )
        )
        tables = {}
    for name, entry in tables.items():
        for one in entry if isinstance(entry, list) else [entry]:
            column = _column(name, one, f"{where}, columns.{name}", problems)
            if column:
                columns.append(column)
    header_row = _whole(document, "header_row", 0, where, problems)
    header_rows = _whole(document, "header_rows", 1, where, problems)
    decimal = _decimal(document, where, problems)
    skip = _texts(document.get("skip", []), where, problems)
    sheet = document.get("sheet", "")
    if not isinstance(sheet, str):
        problems.append(Problem(where, "mapping-value", Text("sheet is not a text", "sheet 不是文字")))
    raise_if_any(problems)
    return ColumnMapping(
        header_row, tuple(columns), header_rows, sheet, decimal, skip, score=float(len(columns))
    )


def _column(name: str, entry: object, where: str, problems: list[Problem]) -> Column | None:
    field = next((field for field in FIELDS if field == name), None)
    if field is None:
        problems.append(
            Problem(
                where,
                "mapping-field-unknown",
                Text(f'"{name}" is not a field', f'"{name}" 不是字段'),
                Text(f"use {', '.join(FIELDS)}", f"使用 {', '.join(FIELDS)}"),
            )
        )
        return None
    if isinstance(entry, str):
        entry = {"column": entry}
    if not isinstance(entry, dict) or not all(
        isinstance(entry.get(k, ""), str) for k in ("column", "header", "unit")
    ):
        problems.append(
            Problem(
                where,
                "mapping-value",
                Text("is not a column", "不是列"),
                Text('write {column = "D", unit = "g"}', '写 {column = "D", unit = "g"}'),
            )
        )
        return None
    before = len(problems)
    problems += [
        Problem(where, "mapping-key-unknown", Text(f'"{k}" is not a key of a column', f'"{k}" 不是列的键'))
        for k in set(entry) - _COLUMN_KEYS
    ]
    if entry.get("unit") and not known_unit(entry["unit"]):
        problems.append(
            Problem(
                where,
                "unit-unknown",
                Text(f'"{entry["unit"]}" is not a unit', f'"{entry["unit"]}" 不是单位'),
                Text("for example g, kg, piece", "例如 g、kg、piece"),
            )
        )
    index = _index(entry, where, problems)
    if len(problems) > before or index is None:
        return None
    stated = entry.get("stated", True) is not False
    return Column(
        field, index, entry.get("header", ""), entry.get("unit", ""), stated, 1.0, "fixed in the mapping file"
    )


def _index(entry: Mapping[str, Any], where: str, problems: list[Problem]) -> int | None:
    if not entry.get("column"):
        if entry.get("header"):
            return _BY_HEADER
        problems.append(
            Problem(
                where,
                "mapping-value",
                Text("has neither column nor header", "既无 column 也无 header"),
                Text('write {column = "D"}', '写 {column = "D"}'),
            )
        )
        return None
    try:
        return column_index(entry["column"])
    except ValueError:
        problems.append(
            Problem(
                where,
                "mapping-value",
                Text(f'"{entry["column"]}" is not a column letter', f'"{entry["column"]}" 不是列字母'),
                Text("for example D", "例如 D"),
            )
        )
        return None


def _whole(document: Mapping[str, Any], name: str, default: int, where: str, problems: list[Problem]) -> int:
    value = document.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 200_000:
        problems.append(
            Problem(
                where,
                "mapping-value",
                Text(f"{name} is not a row number", f"{name} 不是行号"),
                Text("count rows from 1", "行号从 1 数起"),
            )
        )
        return default
    return value


def _decimal(document: Mapping[str, Any], where: str, problems: list[Problem]) -> Decimal:
    value = document.get("decimal", "")
    marks: tuple[Decimal, ...] = ("", ".", ",")
    for mark in marks:
        if value == mark:
            return mark
    problems.append(
        Problem(
            where,
            "mapping-value",
            Text(f'decimal is "{value}"', f'decimal 为 "{value}"'),
            Text('write "." or ","', '写 "." 或 ","'),
        )
    )
    return ""


def _texts(value: object, where: str, problems: list[Problem]) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        problems.extend(
            Problem(
                where,
                "mapping-value",
                Text(
                    f"the pattern {one[:60]!r} under skip repeats a group, which can take forever",
                    f"skip 下的模式 {one[:60]!r} 重复一个组，可能永远运行",
                ),
                Text("repeat single marks instead: Rev.*", "改为重复单个字符：Rev.*"),
            )
            for one in value
            if _REPEATED_GROUP.search(one)
        )
        return tuple(value)
    problems.append(
        Problem(
            where,
            "mapping-value",
            Text("skip is not a list of texts", "skip 不是文字列表"),
            Text('write skip = ["Rev.*"]', '写 skip = ["Rev.*"]'),
        )
    )
    return ()


def resolve(mapping: ColumnMapping, headers: tuple[str, ...], *, where: str) -> ColumnMapping:
    """Find the columns that the mapping names by header, and check the others against the sheet.

    Raises
    ------
    InputErrors
        ``mapping-column-missing`` and ``mapping-header-differs``, all columns together.
    """
    problems: list[Problem] = []
    columns: list[Column] = []
    by_text = {key(header): index for index, header in reversed(list(enumerate(headers))) if header}
    for column in mapping.columns:
        index = by_text.get(key(column.header), _BY_HEADER) if column.index == _BY_HEADER else column.index
        if not 0 <= index < len(headers):
            name = f'header "{column.header}"' if column.index == _BY_HEADER else f"column {column.letter}"
            problems.append(_missing(where, column.field, name, headers))
            continue
        if column.header and headers[index] and key(column.header) != key(headers[index]):
            problems.append(_differs(where, column, headers[index]))
            continue
        columns.append(attrs.evolve(column, index=index, header=headers[index] or column.header))
    raise_if_any(problems)
    return attrs.evolve(mapping, columns=tuple(columns))


def _differs(where: str, column: Column, header: str) -> Problem:
    message = Text(
        f'{column.field}: column {column.letter} is headed "{header}", the mapping says "{column.header}"',
        f'{column.field}：{column.letter} 列的表头为 "{header}"，映射写的是 "{column.header}"',
    )
    hint = Text(
        "the file has changed: correct the column or the header in the mapping",
        "文件已改变：修正映射中的列或表头",
    )
    return Problem(where, "mapping-header-differs", message, hint)


def _missing(where: str, field: Field, name: str, headers: tuple[str, ...]) -> Problem:
    there = ", ".join(header for header in headers if header)[:200]
    return Problem(
        where,
        "mapping-column-missing",
        Text(f"{field}: the sheet has no {name}", f"{field}：工作表没有 {name}"),
        Text(f"headers are: {there}", f"表头有：{there}"),
    )
