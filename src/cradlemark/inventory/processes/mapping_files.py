"""Mapping files: what a person decided about inputs, as TOML or as a table, and a template to fill in."""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.positions import spot_in
from cradlemark.core.quantities import parse_number
from cradlemark.core.system_reasons import system_reason
from cradlemark.inventory.moved_cells import moved_rows
from cradlemark.inventory.processes.mapping import Choice
from cradlemark.inventory.text_files import decode_text, read_delimited

FIELDS = ("flow", "process", "place", "provider", "provider_flow", "factor", "proxy", "cut_off")
ABOUT = ("name", "unit", "uses", "reason", "candidates")
"""Columns of a template table that only tell what a line is about; they are not read."""
LARGEST = 20_000_000
"""Size of a mapping file that is read at most [bytes]."""


@attrs.frozen
class MappingFile:
    """A mapping file that was read.

    Parameters
    ----------
    name : str
    digest : str
        ``sha256:...`` of its bytes.
    choices : tuple of Choice
        Lines in which something is chosen.
    undecided : int
        Lines in which nothing is chosen.
    """

    name: str
    digest: str
    choices: tuple[Choice, ...]
    undecided: int = 0


def read_mapping(path: Path | str) -> MappingFile:
    """Read a mapping file; its name ends in .toml or .csv.

    Raises
    ------
    InputErrors
        ``mapping-field``, ``number-invalid``, ``value-missing``, ``cells-moved`` with every line that is wrong.
    InputError
        ``file-missing``, ``file-too-large``, ``file-encoding``, ``file-format``.
    """
    file = Path(path)
    content = _content(file)
    text, _ = decode_text(content, file.name)
    lines: Callable[[str, str], Iterator[tuple[str, Mapping[str, Any] | Problem]]]
    lines = _toml_lines if file.suffix.lower() == ".toml" else _table_lines
    problems: list[Problem] = []
    choices: list[Choice] = []
    undecided = 0
    for where, values in lines(text, file.name):
        found = [values] if isinstance(values, Problem) else list(_problems(where, values))
        problems += found
        if found or isinstance(values, Problem):
            continue
        choice = _choice(where, values)
        if choice.provider or choice.proxy or choice.cut_off:
            choices.append(choice)
        else:
            undecided += 1
    raise_if_any(problems)
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    return MappingFile(file.name, digest, tuple(choices), undecided)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise InputError(
                Text(f"the mapping file is larger than {LARGEST // 1_000_000} MB", f"映射文件大于 {LARGEST // 1_000_000} MB"), code="file-too-large",
                where=file.name, hint=Text("leave lines out in which nothing is chosen", "省去未作选择的行"),
            )  # fmt: skip
        return file.read_bytes()
    except OSError as error:
        raise InputError(
            Text("the mapping file cannot be read: {reason}", "无法读取映射文件：{reason}").format(reason=system_reason(error)), code="file-missing", where=str(file), hint=Text("check the path", "检查路径")
        ) from None  # fmt: skip


def _toml_lines(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(
            Text(f"the mapping file is no TOML: {reason[:200]}", f"映射文件不是 TOML{spot_in(reason)}"), code="file-format", where=name,
            hint=Text("put texts in quotation marks; begin each line with [[input]]", "文字加引号；每行以 [[input]] 开始"),
        ) from None  # fmt: skip
    entries = document.get("input", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError(
            Text("input is no list of tables", "input 不是表的列表"),
            code="file-format",
            where=name,
            hint=Text("write [[input]] before each", "在每个之前写 [[input]]"),
        )
    others = ", ".join(key for key in document if key != "input")
    if others:
        raise InputError(
            Text(f"the mapping file has {others[:80]} besides input", f"映射文件除 input 外还有 {others[:80]}"), code="mapping-field", where=name, hint=Text("take it out", "删去它")
        )  # fmt: skip
    for number, entry in enumerate(entries, start=1):
        yield f"{name}, input {number}", entry


def _table_lines(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any] | Problem]]:
    table = read_delimited(text, where=name)
    header = [str(cell or "").strip().lower() for cell in table.rows[0]] if table.rows else []
    named = {place for place, key in enumerate(header) if key}
    moved = moved_rows(table, named, header=0, start=1, where=lambda row: f"{name}, line {row + 1}")
    for number, row in enumerate(table.rows[1:], start=2):
        if (problem := moved.get(number - 1)) is not None:
            yield problem.where, problem
            continue
        values = {
            key: _uncovered(str(cell))
            for key, cell in zip(header, row, strict=True)
            if cell is not None and key not in ABOUT and key
        }
        if values:
            yield f"{name}, line {number}", values


def _uncovered(cell: str) -> str:
    """Text without the mark that keeps a spreadsheet from taking it for a formula."""
    plain = cell.strip()
    return plain[1:] if plain[:1] == "'" and plain[1:2] in {"=", "+", "-", "@"} else plain


def _problems(where: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    unknown = [key for key in values if key not in FIELDS]
    if unknown:
        message = Text(
            f"{', '.join(unknown)[:80]} means nothing in a mapping file",
            f"{', '.join(unknown)[:80]} 在映射文件中没有意义",
        )
        yield Problem(
            where, "mapping-field", message, Text(f"use {', '.join(FIELDS)}", f"使用 {', '.join(FIELDS)}")
        )
    if not values.get("flow"):
        yield Problem(
            where,
            "value-missing",
            Text("the flow is missing", "缺少流"),
            Text("give its identifier", "给出其标识符"),
        )
    for key in FIELDS:
        value = values.get(key, "")
        if key != "factor" and not isinstance(value, str):
            yield Problem(
                where,
                "mapping-field",
                Text(f"{key} is no text", f"{key} 不是文字"),
                Text("put it in quotation marks", "加引号"),
            )
    if "factor" in values and _factor(values["factor"]) is None:
        message = Text(
            f"the factor {str(values['factor'])[:40]!r} is no number other than 0",
            f"因子 {str(values['factor'])[:40]!r} 不是零以外的数字",
        )
        yield Problem(
            where,
            "number-invalid",
            message,
            Text("give supplied units per unit asked for", "给出每单位所需流对应的供应单位数"),
        )


def _factor(value: object) -> float | None:
    try:
        number = parse_number(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
    except (CradlemarkError, TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number != 0.0 and not isinstance(value, bool) else None


def _choice(where: str, values: Mapping[str, Any]) -> Choice:
    texts = {key: str(values[key]).strip() for key in FIELDS if key in values and key != "factor"}
    factor = _factor(values["factor"]) if "factor" in values else None
    return Choice(**texts, factor=math.nan if factor is None else factor, where=where)
