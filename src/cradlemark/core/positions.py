"""Places in a user's document in the reader's language; they are made, stored and compared in English.

A place names its parts from the outside in, separated by commas: ``bom.xlsx, sheet Materials, row 14, column unit``. The
words at the beginning of parts belong to the program, everything behind them to the user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cradlemark.core.language import Language

_WORDS: Mapping[str, str] = {
    "account": "账户", "activity": "活动", "cell": "单元格", "data set": "数据集", "database": "数据库",
    "database parameter": "数据库参数", "entry": "条目", "exchange": "交换", "flow": "流", "global parameters": "全局参数",
    "group": "组", "input": "输入", "key": "键", "mapping": "映射", "master data": "主数据", "parameter": "参数", "part": "部分",
    "process": "过程", "product": "产品", "product stage": "产品阶段", "resource": "资源", "resource group": "资源组",
    "sheet": "工作表", "system": "系统", "table": "表", "unit": "单位",
}  # fmt: skip
_ROWS: Mapping[str, str] = {"line": "", "mode row": "模式", "profile row": "负载", "row": ""}
"""Rows by the table they stand in, as far as it has a name."""
_FILE = r"(?![^,]*\.(?:csv|tsv|txt|xls[xmb]?|ods|json\w*|toml|zip|html?|xml|spold|7z)(?:,|$))"
"""The first part is the user's when it is the name of a file: ``product list.csv``."""
_BEGIN = re.compile(
    rf"(^{_FILE}|, )({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?= |,|$)( at line (\d+)(?= |,|$))?"
)
_SPOT = re.compile(r"line (\d+),? column (\d+)")
_NUMBERED = re.compile(rf"(^|, )({'|'.join(sorted(_ROWS, key=len, reverse=True))}) (\d+)(?= |,|$)")
_COLUMN = re.compile(r"(?:, |^)(?:(row|line) (\d+), )?column (?=.)")
_LETTERED = re.compile(r"([A-Z]{1,3}|\d+)(?: \((.*)\))?", re.DOTALL)


def place_in(where: str, language: Language) -> str:
    """A place in the chosen language.

    Examples
    --------
    >>> place_in("bom.xlsx, sheet Materials, row 14, column D (mass)", "zh")
    'bom.xlsx, 工作表 Materials, 第 14 行 D 列（mass）'
    >>> place_in("process at line 90 (steel)", "zh")
    '第 90 行的过程 (steel)'
    """
    if language == "en":
        return where
    found = _COLUMN.search(where)
    if found is None:
        return _outer_in_chinese(where)
    row = f"第 {found[2]} 行" if found[2] else ""
    column = _column_in_chinese(where[found.end() :])
    between = " " if row and not column.startswith("第") else ""
    outer = _outer_in_chinese(where[: found.start()])
    return ", ".join(part for part in (outer, f"{row}{between}{column}") if part)


def _outer_in_chinese(where: str) -> str:
    """A place without a column."""
    return _NUMBERED.sub(lambda row: f"{row[1]}{_ROWS[row[2]]}第 {row[3]} 行", _BEGIN.sub(_in_chinese, where))


def _column_in_chinese(column: str) -> str:
    """A column by its letter, number or name; what stands in brackets behind a letter or number is its header."""
    lettered = _LETTERED.fullmatch(column)
    if lettered is None:
        return f"{column} 列"
    place = f"第 {lettered[1]} 列" if lettered[1].isdecimal() else f"{lettered[1]} 列"
    return place + (f"（{lettered[2]}）" if lettered[2] else "")


def spot_in(message: str) -> str:
    """The place that a parser names at the end of its English message, in Chinese and in brackets.

    Examples
    --------
    >>> spot_in("mismatched tag: line 3, column 4"), spot_in("no element found")
    ('（第 3 行第 4 列）', '')
    """
    found = _SPOT.search(message)
    return f"（第 {found[1]} 行第 {found[2]} 列）" if found else ""


def _in_chinese(found: re.Match[str]) -> str:
    at_line = f"第 {found[4]} 行的" if found[4] else ""
    return f"{found[1]}{at_line}{_WORDS[found[2]]}"
