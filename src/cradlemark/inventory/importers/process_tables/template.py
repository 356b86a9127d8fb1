"""An empty workbook of unit processes to fill in: four sheets with headings, an example, and what the headings mean."""

from __future__ import annotations

from pathlib import Path

from cradlemark.core.errors import InputError
from cradlemark.core.language import Language, Text
from cradlemark.inventory.importers.process_tables.headings import HEADINGS, TableName

EXAMPLE: dict[TableName, tuple[dict[str, str | float], ...]] = {
    "processes": (
        {"id": "stamping", "name": "Stamping of brass parts", "name_zh": "黄铜件冲压", "location": "CN-ZJ", "valid_from": 2025, "allocation_method": "economic"},
        {"id": "grid", "name": "Electricity, supply of the site", "name_zh": "厂区供电", "location": "CN-ZJ", "valid_from": 2025},
        {"id": "brass", "name": "Brass strip, supplier A", "name_zh": "黄铜带，供应商A", "location": "CN", "valid_from": 2025},
    ),
    "exchanges": (
        {"process": "stamping", "type": "reference", "flow": "Stamped brass part", "amount": 1.0, "unit": "kg", "allocation": 0.9},
        {"process": "stamping", "type": "input", "flow": "Brass strip", "amount": 1.25, "unit": "kg", "provider": "brass", "uncertainty": "5 %"},
        {"process": "stamping", "type": "product", "flow": "Brass scrap", "amount": 0.24, "unit": "kg", "allocation": 0.1},
        {"process": "stamping", "type": "input", "flow": "Electricity", "unit": "kWh", "formula": "0.3 + press_hours * 0.5"},
        {"process": "grid", "type": "reference", "flow": "Electricity", "amount": 1.0, "unit": "kWh"},
        {"process": "grid", "type": "emission", "flow": "Carbon dioxide, fossil", "amount": 0.6, "unit": "kg", "compartment": "air", "cas": "124-38-9"},
        {"process": "brass", "type": "reference", "flow": "Brass strip", "amount": 1000.0, "unit": "kg"},
        {"process": "brass", "type": "emission", "flow": "Carbon dioxide, fossil", "amount": 0.4, "unit": "t", "compartment": "air", "cas": "124-38-9"},
    ),
    "flows": (),
    "parameters": ({"process": "stamping", "name": "press_hours", "value": 0.2, "description": "hours of the press per kg"},),
}  # fmt: skip
_SHEETS_ZH: dict[TableName, str] = {
    "processes": "过程",
    "exchanges": "交换",
    "flows": "流",
    "parameters": "参数",
}


def write_process_template(path: Path, *, language: Language = "en") -> None:
    """Write the template.

    Parameters
    ----------
    path : Path
        A ``.xlsx`` file that does not exist yet.
    language : {"en", "zh"}
        Language of sheets and headings; both are read.

    Raises
    ------
    InputError
        ``file-exists``, ``file-format``.
    """
    import xlsxwriter

    if path.exists():
        raise InputError(
            Text(f"{path.name} exists already", f"{path.name} 已存在"),
            code="file-exists",
            where=str(path),
            hint=Text("choose another name", "改用其他名称"),
        )
    if path.suffix.lower() != ".xlsx":
        raise InputError(
            Text(f"{path.suffix or 'no ending'} is not written", f"不写 {path.suffix or '无扩展名'} 的文件"),
            code="file-format",
            hint=Text("use .xlsx", "使用 .xlsx"),
        )
    path.touch()  # what the system refuses is said as such; the writer has errors of its own for it
    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True})
        for table, headings in HEADINGS.items():
            sheet = book.add_worksheet(_SHEETS_ZH[table] if language == "zh" else table)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [heading.title[language] for heading in headings], bold)
            for row, example in enumerate(EXAMPLE[table], start=1):
                for column, heading in enumerate(headings):
                    if heading.name in example:
                        sheet.write(row, column, example[heading.name])
        notes = book.add_worksheet("说明" if language == "zh" else "help")
        lines = [
            (table, heading.title[language], heading.meaning[language])
            for table, all_ in HEADINGS.items()
            for heading in all_
        ]
        for row, line in enumerate(lines):
            notes.write_row(row, 0, line)
