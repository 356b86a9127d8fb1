"""An empty factor table to fill in: headings, what they mean, and one example row."""

from __future__ import annotations

import csv
from pathlib import Path

from cradlemark.core.errors import InputError
from cradlemark.core.language import Language, Text
from cradlemark.inventory.table_columns import column_of, columns

HEADINGS = (
    "id", "name_en", "name_zh", "category", "unit", "kgco2e", "gwp_set", "geography", "year", "boundary", "source",
    "source_place", "licence", "status", "uncertainty", "pedigree", "note",
)  # fmt: skip
"""Columns of the template; all others may be added."""
EXAMPLE = {
    "id": "own-brass-strip",
    "name_en": "Brass strip CuZn37, supplier A",
    "name_zh": "黄铜带 CuZn37，供应商A",
    "category": "metal_nonferrous",
    "unit": "kg",
    "kgco2e": "2.9",
    "gwp_set": "AR6",
    "geography": "CN",
    "year": "2025",
    "boundary": "cradle_to_gate",
    "source": "Footprint declaration of supplier A, 2025",
    "source_place": "page 2",
    "licence": "internal",
    "status": "unverified",
    "uncertainty": "15 %",
    "pedigree": "2,1,1,1,1",
    "note": "example; replace it",
}
_CHINESE = {
    "id": "编号", "name_en": "英文名称", "name_zh": "名称", "category": "类别", "unit": "单位", "kgco2e": "排放因子",
    "gwp_set": "GWP版本", "geography": "地域", "year": "年份", "boundary": "系统边界", "source": "来源", "source_place": "页码",
    "licence": "许可", "status": "状态", "uncertainty": "不确定性", "pedigree": "数据质量", "note": "备注",
}  # fmt: skip


def write_template(path: Path, *, language: Language = "en") -> None:
    """Write the template.

    Parameters
    ----------
    path : Path
        A ``.csv`` (UTF-8 with byte-order mark, so that spreadsheet programs read it right) or ``.xlsx`` file; must
        not exist.
    language : {"en", "zh"}
        Language of the headings.

    Raises
    ------
    InputError
        ``file-exists``, ``file-format``.
    """
    if path.exists():
        raise InputError(
            Text(f"{path.name} exists already", f"{path.name} 已存在"),
            code="file-exists",
            where=str(path),
            hint=Text("choose another name", "改用其他名称"),
        )
    headings = [_CHINESE[name] if language == "zh" else name for name in HEADINGS]
    assert all(column_of(heading) == name for heading, name in zip(headings, HEADINGS, strict=True))
    values = [EXAMPLE[name] for name in HEADINGS]
    match path.suffix.lower():
        case ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([headings, values])
        case ".xlsx":
            _write_workbook(path, headings, values, language)
        case _:
            raise InputError(
                Text(
                    f"{path.suffix or 'no ending'} is not written", f"不写 {path.suffix or '无扩展名'} 的文件"
                ),
                code="file-format",
                hint=Text("use .csv or .xlsx", "使用 .csv 或 .xlsx"),
            )


def _write_workbook(path: Path, headings: list[str], values: list[str], language: Language) -> None:
    import xlsxwriter

    path.touch()  # what the system refuses is said as such; the writer has errors of its own for it
    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("factors")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, headings, bold)
        for position, value in enumerate(values):
            if HEADINGS[position] in {"kgco2e", "year"}:
                sheet.write_number(1, position, float(value))
            else:
                sheet.write_string(1, position, value)
        help_sheet = book.add_worksheet("help")
        for row, column in enumerate(item for item in columns().values() if not item.gas):
            help_sheet.write_row(row, 0, [column.name, column.meaning[language]])
