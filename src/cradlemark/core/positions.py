"""Places in a user's document in the reader's language; they are made, stored and compared in English.

A place names its parts from the outside in, separated by commas: ``bom.xlsx, sheet Materials, row 14, column unit``. The
words at the beginning of parts belong to the program, everything behind them to the user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cradlemark.core.language import Language

_WORDS: Mapping[str, str] = {
    "account": "账户", "activity": "活动", "cell": "单元格", "column": "列", "data set": "数据集", "database": "数据库",
    "database parameter": "数据库参数", "entry": "条目", "exchange": "交换", "flow": "流", "global parameters": "全局参数",
    "group": "组", "master data": "主数据", "parameter": "参数", "process": "过程", "product": "产品",
    "product stage": "产品阶段", "resource": "资源", "resource group": "资源组", "sheet": "工作表", "system": "系统",
    "unit": "单位",
}  # fmt: skip
_BEGIN = re.compile(
    rf"(^|, )({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?= |,|$)( at line (\d+)(?= |,|$))?"
)
_SPOT = re.compile(r"line (\d+),? column (\d+)")
_NUMBERED = re.compile(r"(^|, )(?:row|line) (\d+)(?= |,|$)")


def place_in(where: str, language: Language) -> str:
    """A place in the chosen language.

    Examples
    --------
    >>> place_in("bom.xlsx, sheet Materials, row 14, column unit", "zh")
    'bom.xlsx, 工作表 Materials, 第 14 行, 列 unit'
    >>> place_in("process at line 90 (steel)", "zh")
    '第 90 行的过程 (steel)'
    """
    if language == "en":
        return where
    return _NUMBERED.sub(r"\1第 \2 行", _BEGIN.sub(_in_chinese, where))


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
