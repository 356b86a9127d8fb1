"""Reading TOML documents that people write, with the place of what is wrong."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from cradlemark.core.errors import InputError, NotFoundError
from cradlemark.core.language import Text

LARGEST_DOCUMENT = 10_000_000
"""Largest document that is read [bytes]."""

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONG_KEY = re.compile(r"""(?<![\w.-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){250}""")
"""A dotted key that names more tables in each other than any document needs; its parser takes quadratic time."""
_BYTE_ORDER_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read_toml(data: bytes | Path, *, where: str = "") -> dict[str, Any]:
    """Read a TOML 1.0 document.

    Parameters
    ----------
    data : bytes or pathlib.Path
        The document or its file; UTF-8, with or without byte order mark.
    where : str
        Name of the document for messages; the name of the file if left out.

    Raises
    ------
    InputError
        ``toml-syntax`` with line and column, ``toml-encoding`` or ``toml-size``.
    NotFoundError
        ``file-missing`` if the file is not there.
    """
    if isinstance(data, Path):
        where = where or data.name
        data = _read(data, where)
    if len(data) > LARGEST_DOCUMENT:
        raise InputError(
            Text(
                f"the document has {len(data):,} bytes, more than {LARGEST_DOCUMENT:,}",
                f"文档有 {len(data):,} 字节，超过 {LARGEST_DOCUMENT:,}",
            ),
            code="toml-size",
            where=where,
            hint=Text("split it, or put tables of numbers into CSV files", "拆分，或把数表放入 CSV 文件"),
        )
    text = _decode(data, where)
    if found := _LONG_KEY.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise InputError(
            Text("a key has 250 dots or more", "某键有 250 个以上的点"),
            code="toml-syntax",
            where=f"{where}, line {line}" if where else f"line {line}",
            hint=Text("make it flatter; a text stands in quotation marks", "减少层级；文字加引号"),
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(error, text, where) from None
    except RecursionError:
        raise InputError(
            Text("lists or tables are nested too deeply", "列表或表嵌套过深"),
            code="toml-syntax",
            where=where,
            hint=Text("make it flatter", "减少层级"),
        ) from None
    except ValueError as error:
        # For example a date that does not exist, or an integer of thousands of digits.
        if "int_max_str_digits" in str(error):
            raise _long_integer(text, where) from None
        raise InputError(
            Text(f"a value cannot be read: {error}", "某值无法读取"),
            code="toml-syntax",
            where=where,
            hint=Text("correct the date or time", "修正日期或时间"),
        ) from None


def _read(path: Path, where: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_DOCUMENT + 1)
    except FileNotFoundError:
        raise NotFoundError(
            Text(f"there is no file {path.name}", f"没有文件 {path.name}"),
            code="file-missing",
            where=where,
            hint=Text("check name and folder", "检查名称和文件夹"),
        ) from None
    except IsADirectoryError:
        raise InputError(
            Text(f"{path.name} is a folder", f"{path.name} 是文件夹"),
            code="file-missing",
            where=where,
            hint=Text("name a file", "给出文件"),
        ) from None


def _decode(data: bytes, where: str) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            raise _encoding(Text(f"the document is in {encoding}", f"文档的编码为 {encoding}"), where)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        try:
            data.decode("gb18030")
            guess = Text(
                "; it may be GBK, as Chinese Windows writes by default",
                "；可能是 GBK，即中文 Windows 的默认编码",
            )
        except UnicodeDecodeError:
            guess = Text()
        raise _encoding(
            Text(f"line {line} is not UTF-8{guess.en}", f"第 {line} 行不是 UTF-8{guess.zh}"), where
        ) from None


def _encoding(message: Text, where: str) -> InputError:
    return InputError(
        message,
        code="toml-encoding",
        where=where,
        hint=Text("save the file as UTF-8 and try again", "另存为 UTF-8 后重试"),
    )


def _long_integer(text: str, where: str) -> InputError:
    found = re.search(r"\d[\d_]{4000}", text)
    line = text.count("\n", 0, found.start()) + 1 if found else 1
    return InputError(
        Text("a number has thousands of digits", "某数字有数千位"),
        code="toml-syntax",
        where=f"{where}, line {line}" if where else f"line {line}",
        hint=Text("write a number with fewer digits", "写位数较少的数字"),
    )


def _syntax(error: tomllib.TOMLDecodeError, text: str, where: str) -> InputError:
    message = str(error)
    found = _PLACE.search(message)
    if found and found.group(1):
        place = f"line {found.group(1)}, column {found.group(2)}"
    else:
        # "end of document" is of no use in a long file; the last line is.
        lines = text.splitlines() or [""]
        place = f"line {len(lines)}, column {len(lines[-1]) + 1}"
    plain = _PLACE.sub("", message)
    return InputError(
        Text(f"this is not TOML: {plain[:1].lower()}{plain[1:]}", "不是 TOML"),
        code="toml-syntax",
        where=", ".join(part for part in (where, place) if part),
        hint=Text(
            "texts stand in quotation marks, numbers have a decimal point, each key stands once in its table",
            "文字加引号，小数用点，每个键在其表中只出现一次",
        ),
    )
