"""Write the study workbook: the empty template, or a study in it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from cradlemark.core.errors import InputError
from cradlemark.core.language import Language, Text
from cradlemark.product.study import Study
from cradlemark.product.workbook import (
    KEY_COLUMN,
    LISTS_SHEET,
    Column,
    SheetLayout,
    WorkbookLayout,
    form_sections,
    header_title,
    is_marked,
    workbook_layout,
)
from cradlemark.product.writers.workbook_lists import DropDowns
from cradlemark.product.writers.workbook_rows import Cell, Cells, StudyRows
from cradlemark.product.writers.workbook_styles import Styles, column_width, row_height

EMPTY_ROWS = 40
"""Rows below the content that are drawn for filling in."""
WIDTH_OF_A_PAGE = 220.0
"""Width that is still readable on one printed page [characters]."""
LONGEST_CELL = 32_767
"""Most characters of one cell of the file format."""
KEY_ROW = 2
FIRST_ROW = 5
"""Rows from 0: title, guidance, keys, headers, guidance of the columns, then the content."""


def write_study_workbook(study: Study | None, path: Path | str, language: Language = "en") -> None:
    """Write a study as a workbook, or the empty template.

    Parameters
    ----------
    study : Study, optional
        None: the template without content.
    path : path
        File that is written, ``.xlsx``.
    language : {"en", "zh"}
        Language that comes first; both are there.

    Raises
    ------
    InputError
        ``cell-too-long`` when a text does not fit into one cell of the file format.
    """
    layout = workbook_layout()
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        # A fixed date: the same study gives the same bytes.
        book.set_properties({"created": datetime(2000, 1, 1), "title": "Cradlemark study"})  # noqa: DTZ001
        writer = _Writer(book, layout, language, StudyRows(study, language) if study else None)
        for sheet in layout.sheets:
            writer.sheet(sheet)
        writer.drop_downs.write_lists()
        book.worksheets()[0].activate()


_OPTIONS = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}


class _Writer:
    def __init__(
        self, book: xlsxwriter.Workbook, layout: WorkbookLayout, language: Language, rows: StudyRows | None
    ) -> None:
        self.book = book
        self.layout = layout
        self.language: Language = language
        self.rows = rows
        self.styles = Styles(book, layout.colours, language)
        self.sheets = {sheet.id: book.add_worksheet(sheet.title[language]) for sheet in layout.sheets}
        lists = book.add_worksheet(LISTS_SHEET)
        lists.hide()
        self.drop_downs = DropDowns(book, lists, layout, language, first_row=FIRST_ROW)

    def sheet(self, sheet: SheetLayout) -> None:
        page = self.sheets[sheet.id]
        page.set_tab_color(self.layout.colours[sheet.group])
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(max(1, round(sum(self._widths(sheet)) / WIDTH_OF_A_PAGE)), 0)
        page.set_margins(0.5, 0.5, 0.6, 0.6)
        page.set_footer("&L&8&A&R&8&P / &N")
        if sheet.kind == "readme":
            self._readme(page)
            return
        self._head(page, sheet)
        content = self.rows.rows(sheet) if self.rows else []
        if sheet.kind == "form":
            self._form(page, sheet, content[0] if content else {})
        else:
            self._list(page, sheet, content)

    def _head(self, page: Any, sheet: SheetLayout) -> None:
        last = 4 if sheet.kind == "form" else max(len(sheet.columns) - 1, 5)
        bar = self.styles.title(sheet.group)
        other = sheet.title["en" if self.language == "zh" else "zh"]
        page.set_row(0, 27)
        for column in range(last + 1):
            page.write_blank(0, column, None, bar)
        page.write_string(0, 0, f"{sheet.title[self.language]}  ·  {other}", bar)
        widths = self._widths(sheet)[:9]
        width = sum(widths) + 8.4 * max(min(last, 8) + 1 - len(widths), 0)
        page.merge_range(1, 0, 1, min(last, 8), self._guide(sheet), self.styles.guide)
        page.set_row(1, row_height(self._guide(sheet), width))

    def _guide(self, sheet: SheetLayout) -> str:
        other = sheet.guide["en" if self.language == "zh" else "zh"]
        return f"{sheet.guide[self.language]}\n{other}"

    def _widths(self, sheet: SheetLayout) -> list[float]:
        if sheet.kind == "form":
            return [28.0, 38.0, 44.0, 11.0, 62.0]
        return [column_width(column) for column in sheet.columns]

    def _list(self, page: Any, sheet: SheetLayout, content: list[Cells]) -> None:
        widths = self._widths(sheet)
        page.set_row(KEY_ROW, 11)
        page.set_row(KEY_ROW + 1, 44)
        heights = [
            row_height(column.guide[self.language], width)
            for column, width in zip(sheet.columns, widths, strict=True)
        ]
        page.set_row(KEY_ROW + 2, max(heights, default=30))
        end = FIRST_ROW + len(content) + EMPTY_ROWS
        for place, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
            page.set_column(place, place, width)
            page.write_string(KEY_ROW, place, column.key, self.styles.key)
            self._header(page, sheet, column, place)
            self.drop_downs.validate(page, column, FIRST_ROW, max(end, 2000), place)
        for row in range(FIRST_ROW, end):
            cells = content[row - FIRST_ROW] if row - FIRST_ROW < len(content) else {}
            for place, column in enumerate(sheet.columns):
                self._cell(page, row, place, cells.get(column.key), column)
        page.freeze_panes(FIRST_ROW, _frozen(sheet))
        page.repeat_rows(KEY_ROW + 1)
        page.repeat_columns(0, _frozen(sheet) - 1)
        page.print_area(0, 0, FIRST_ROW + max(len(content), 12), max(len(sheet.columns) - 1, 5))

    def _header(self, page: Any, sheet: SheetLayout, column: Column, place: int) -> None:
        style = self.styles.header(sheet.group, required=is_marked(column, self.language))
        page.write_string(KEY_ROW + 1, place, header_title(column, self.language), style)
        page.write_string(KEY_ROW + 2, place, column.guide[self.language], self.styles.column_guide)
        other = column.guide["en" if self.language == "zh" else "zh"]
        if column.guide:
            page.write_comment(
                KEY_ROW + 1,
                place,
                f"{column.guide[self.language]}\n\n{other}",
                {"x_scale": 2.0, "y_scale": 1.2, "author": ""},
            )

    def _form(self, page: Any, sheet: SheetLayout, content: Cells) -> None:
        widths = self._widths(sheet)
        for place, width in enumerate(widths):
            page.set_column(place, place, width)
        for place, title in enumerate(_FORM_HEADERS[self.language]):
            page.write_string(KEY_ROW, place, title, self.styles.form_header)
        page.freeze_panes(KEY_ROW + 1, 0)
        page.repeat_rows(KEY_ROW)
        row = KEY_ROW + 1
        for heading, columns in form_sections(sheet):
            style = self.styles.section(sheet.group)
            for place in range(5):
                page.write_blank(row, place, None, style)
            other = heading["en" if self.language == "zh" else "zh"]
            page.write_string(row, 1, f"{heading[self.language]}  ·  {other}", style)
            row += 1
            for column in columns:
                if column.part != "unit":
                    self._form_row(page, sheet, row, column, content)
                    row += 1

    def _form_row(self, page: Any, sheet: SheetLayout, row: int, column: Column, content: Cells) -> None:
        page.write_string(row, 0, column.key, self.styles.key)
        page.write_string(
            row,
            1,
            header_title(column, self.language),
            self.styles.label(required=is_marked(column, self.language)),
        )
        guide = column.guide[self.language]
        page.set_row(row, max(30.0, row_height(guide, 62.0)))
        self._cell(page, row, 2, content.get(column.key), column)
        self.drop_downs.validate(page, column, row, row, 2)
        unit = sheet.by_key.get(f"{column.key}.unit")
        if unit is not None:
            self._cell(page, row, 3, content.get(unit.key), unit)
            self.drop_downs.validate(page, unit, row, row, 3)
        else:
            page.write_blank(row, 3, None, self.styles.blank)
        page.write_string(row, 4, guide, self.styles.column_guide)

    def _cell(self, page: Any, row: int, place: int, cell: Cell, column: Column) -> None:
        styles = self.styles
        if cell is None or cell == "":
            page.write_blank(row, place, None, styles.input(column))
        elif isinstance(cell, bool):
            page.write_boolean(row, place, cell, styles.input(column))
        elif isinstance(cell, int | float) and float(f"{cell:.16G}") == cell:
            page.write_number(row, place, cell, styles.input(column))
        elif isinstance(cell, date) and cell.year >= 1901:
            page.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), styles.date)  # noqa: DTZ001
        else:
            # A number that needs 17 digits would lose its last one as a number of the file format.
            text = (
                cell.isoformat() if isinstance(cell, date) else cell if isinstance(cell, str) else repr(cell)
            )
            if len(text) > LONGEST_CELL:
                raise InputError(
                    Text(
                        f"a text of {len(text)} characters does not fit into a cell",
                        f"{len(text)} 个字符的文字放不进单元格",
                    ),
                    code="cell-too-long",
                    where=f"{page.get_name()}, cell {xl_rowcol_to_cell(row, place)}",
                    hint=Text(
                        f"shorten it to {LONGEST_CELL} characters, or write the study as TOML",
                        f"缩短到 {LONGEST_CELL} 个字符，或把研究写成 TOML",
                    ),
                )
            page.write_string(
                row, place, text, styles.input(column, formula=text.startswith(("=", "+", "-", "@")))
            )

    def _readme(self, page: Any) -> None:
        words = self.layout.readme
        other: Language = "en" if self.language == "zh" else "zh"
        page.set_column(0, 0, 30)
        page.set_column(1, 1, 110)
        page.set_row(0, 32)
        bar = self.styles.title("start")
        page.write_string(0, 0, words["title"][self.language], bar)
        page.write_string(0, 1, f"     {words['title'][other]}", bar)
        row = 2
        for line in words["lines"]:
            text = f"{line[self.language]}\n{line[other]}"
            page.merge_range(row, 0, row, 1, text, self.styles.text)
            page.set_row(row, row_height(text, 140.0))
            row += 1
        row += 1
        contents = words["contents"]
        page.write_string(
            row, 0, f"{contents[self.language]}  ·  {contents[other]}", self.styles.section("start")
        )
        page.write_blank(row, 1, None, self.styles.section("start"))
        for sheet in self.layout.sheets[1:]:
            row += 1
            name = sheet.title[self.language]
            page.write_url(
                row,
                0,
                f"internal:'{name}'!A1",
                self.styles.link(sheet.group),
                f"{name}  ·  {sheet.title[other]}",
            )
            guide = sheet.guide[self.language]
            page.write_string(row, 1, guide, self.styles.text)
            page.set_row(row, row_height(guide, 110.0))


_FORM_HEADERS: dict[Language, tuple[str, ...]] = {
    "en": (KEY_COLUMN, "Field 字段", "Value 内容", "Unit 单位", "Guidance 说明"),
    "zh": (KEY_COLUMN, "字段 Field", "内容 Value", "单位 Unit", "说明 Guidance"),
}


def _frozen(sheet: SheetLayout) -> int:
    """Columns that stay in sight."""
    return {"components": 4}.get(sheet.kind, 1)
