"""How large a table may be that is loaded as a whole, and the errors that say it is larger."""

from __future__ import annotations

from typing import NoReturn

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

MAX_ROWS = 200_000
MAX_COLUMNS = 2_000
MAX_CELLS = 3_000_000
"""Largest dense area of all sheets of a document [cells]; each takes some eighty bytes while it is loaded."""
MAX_CHARACTERS = 60_000_000
"""Largest sum of the text of all cells that repeat a text of the container [byte]."""
MAX_MERGED = 20_000


def refuse(where: str, code: str, message: Text, limit: Text) -> NoReturn:
    """Raise `InputError` for a container that must not be loaded."""
    raise InputError(message, code=code, where=where, hint=limit)


def refuse_area(where: str, rows: int, columns: int) -> None:
    """Refuse a sheet whose used area is too long, too wide or too large."""
    if columns > MAX_COLUMNS:
        refuse(
            where, "file-too-wide", Text(f"the sheet uses {columns:,} columns", f"工作表使用了 {columns:,} 列"),
            Text(f"at most {MAX_COLUMNS:,}; delete what lies to the right of the table", f"最多 {MAX_COLUMNS:,} 列；删除表格右侧的内容"),
        )  # fmt: skip
    if rows > MAX_ROWS:
        refuse(
            where, "file-too-long", Text(f"the sheet uses {rows:,} rows", f"工作表使用了 {rows:,} 行"),
            Text(f"at most {MAX_ROWS:,}; delete what lies below the table, or split the file", f"最多 {MAX_ROWS:,} 行；删除表格下方的内容，或拆分文件"),
        )  # fmt: skip
    if rows * columns > MAX_CELLS:
        refuse(
            where, "file-too-long", Text(f"the sheet spans {rows * columns:,} cells", f"工作表覆盖 {rows * columns:,} 个单元格"),
            Text(f"at most {MAX_CELLS:,}; split the file", f"最多 {MAX_CELLS:,} 个；请拆分文件"),
        )  # fmt: skip


def refuse_text(where: str) -> NoReturn:
    """Refuse cells that repeat more text than can be loaded."""
    refuse(
        where,
        "file-bomb",
        Text("the cells hold more text than can be loaded", "单元格的文字多到无法载入"),
        Text("split the file", "拆分文件"),
    )
