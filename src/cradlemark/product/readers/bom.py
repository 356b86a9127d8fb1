"""Read a bill of materials as an ERP, a PLM system or a person wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.inventory.moved_cells import moved_rows, unnamed_columns
from cradlemark.inventory.safe_files import Cell
from cradlemark.product.bom import (
    NUMBER_FIELDS,
    BillOfMaterials,
    BomErrors,
    BomLine,
    ColumnMapping,
    Decimal,
    Place,
    SkippedRow,
)
from cradlemark.product.readers.assemble import Read, assemble
from cradlemark.product.readers.columns import fill_header, guess_mapping, header_texts
from cradlemark.product.readers.lines import Draft, LineReader
from cradlemark.product.readers.mapping_file import resolve
from cradlemark.product.readers.nested import is_json, read_json
from cradlemark.product.readers.numbers import column_evidence, decide_decimal
from cradlemark.product.readers.rows import fill_merged, row_sorter
from cradlemark.product.readers.sources import Grid, read_source

MAX_LINES = 100_000
"""Largest number of lines of one bill of materials."""


def read_bom(
    path: Path | str, *, mapping: ColumnMapping | None = None, sheet: str | None = None, strict: bool = True
) -> BillOfMaterials:
    """Read a bill of materials from CSV, XLSX, XLS, ODS, an HTML table or JSON.

    Parameters
    ----------
    path : path
        The file; its content decides the format.
    mapping : ColumnMapping, optional
        What the columns are; guessed from the header when not given.
    sheet : str, optional
        Name of the sheet; the one that looks most like a bill of materials when not given.
    strict : bool
        Whether rows that cannot be read raise an error; otherwise they are in `BillOfMaterials.problems`.

    Raises
    ------
    BomErrors
        When `strict` and a row cannot be read: all problems at once; `.bill` holds what was good.
    InputError
        When the file cannot be read at all, or no header is found (``bom-header-missing``).
    """
    file = Path(path)
    bill = read_bill(read_grids(file), file.name, mapping=mapping, sheet=sheet)
    if strict and bill.problems:
        raise BomErrors(bill)
    return bill


def read_grids(path: Path | str) -> list[Grid]:
    """Read the cells of a file of any supported format, before it is said what the columns are."""
    file = Path(path)
    return read_json(file) if is_json(file) else read_source(file)


def read_bill(
    grids: Sequence[Grid], file: str, *, mapping: ColumnMapping | None = None, sheet: str | None = None
) -> BillOfMaterials:
    """Read the lines of the chosen sheet; rows that cannot be read are in `BillOfMaterials.problems`.

    Raises
    ------
    InputError
        ``sheet-missing``, ``bom-header-missing``, or what is wrong with the mapping.
    """
    grid, used, notes = _choose(grids, mapping, sheet or (mapping.sheet if mapping else ""), file)
    return read_sheet(grid, used, notes=notes)


def _choose(
    grids: Sequence[Grid], mapping: ColumnMapping | None, sheet: str, file: str
) -> tuple[Grid, ColumnMapping, list[Problem]]:
    """Choose sheet and mapping; without a name the sheet with the best score, visible ones first."""
    if sheet:
        grids = [grid for grid in grids if grid.sheet == sheet] or _no_sheet(grids, sheet, file)
    if mapping is not None:
        grid = _for_mapping(grids, file)
        return grid, _resolved(mapping, grid), _sheet_note(grids, grid)
    grid, guessed = _best(grids, file)
    notes = _sheet_note(grids, grid)
    notes += [Problem(str(grid.place(guessed.header_row - 1)), "column-ambiguous", text, Text("fix it in the mapping", "在映射中固定"))
              for text in guessed.ambiguous]  # fmt: skip
    return grid, guessed, notes


def _for_mapping(grids: Sequence[Grid], file: str) -> Grid:
    """Return the sheet that a mapping without a sheet name is for: the likeliest, else the first visible one."""
    if len(grids) > 1:
        try:
            return _best(grids, file)[0]
        except InputError:
            return min(grids, key=lambda grid: grid.hidden)
    return grids[0] if grids else _best(grids, file)[0]


def _no_sheet(grids: Sequence[Grid], sheet: str, file: str) -> list[Grid]:
    names = ", ".join(grid.sheet for grid in grids if grid.sheet) or "none"
    raise InputError(
        Text(f'there is no sheet "{sheet}"', f'没有工作表 "{sheet}"'),
        code="sheet-missing",
        where=file,
        hint=Text(f"sheets with cells: {names}", f"含单元格的工作表：{names}"),
    )


def _best(grids: Sequence[Grid], file: str) -> tuple[Grid, ColumnMapping]:
    found = [(grid, guess_mapping(grid.rows, merged=grid.merged, sheet=grid.sheet)) for grid in grids]
    scored = [(grid, mapping) for grid, mapping in found if mapping is not None]
    if not scored:
        raise InputError(
            Text("no row looks like the header of a bill of materials", "没有像物料清单表头的行"),
            code="bom-header-missing",
            where=file,
            hint=Text(
                "it needs a column for the part, name or material and one for the quantity or mass; "
                "otherwise give a mapping file",
                "需要零件、名称或材料列，以及数量或质量列；否则请给出映射文件",
            ),
        )
    return max(scored, key=lambda pair: (not pair[0].hidden, pair[1].score, len(pair[0].rows)))


def _sheet_note(grids: Sequence[Grid], grid: Grid) -> list[Problem]:
    others = [other.sheet for other in grids if other is not grid]
    if not others:
        return []
    message = Text(
        f'sheet "{grid.sheet}" was read; not read: {", ".join(others)}',
        f'读取了工作表 "{grid.sheet}"；未读取：{"、".join(others)}',
    )
    return [
        Problem(
            grid.file,
            "sheet-chosen",
            message,
            Text("name another sheet to read that one", "指定其他工作表以读取它"),
        )
    ]


def _resolved(mapping: ColumnMapping, grid: Grid) -> ColumnMapping:
    if mapping.header_row == 0 and all(column.index >= 0 for column in mapping.columns):
        return resolve(mapping, _no_headers(grid), where=grid.file)
    if mapping.header_row == 0:
        guessed = guess_mapping(grid.rows, merged=grid.merged)
        row, height = (guessed.header_row, guessed.header_rows) if guessed else (1, 1)
        mapping = attrs.evolve(mapping, header_row=row, header_rows=height)
    first = mapping.header_row - 1
    if first >= len(grid.rows):
        raise InputError(
            Text(
                f"the header row {mapping.header_row} is below the last row {len(grid.rows)}",
                f"表头行 {mapping.header_row} 在最后一行 {len(grid.rows)} 之下",
            ),
            code="bom-header-missing",
            where=grid.file,
            hint=Text("correct header_row in the mapping", "修正 header_row"),
        )
    headers = _headers(grid, first, mapping.header_rows)
    return attrs.evolve(resolve(mapping, headers, where=grid.file), sheet=grid.sheet)


def _no_headers(grid: Grid) -> tuple[str, ...]:
    return ("",) * max((len(row) for row in grid.rows), default=0)


def _headers(grid: Grid, first: int, height: int) -> tuple[str, ...]:
    rows = grid.rows[first : first + height]
    merged = [
        (t - first, le, b - first, r) for t, le, b, r in grid.merged if first <= t and b < first + height
    ]
    return header_texts(rows, merged, 0, height)


def read_sheet(grid: Grid, mapping: ColumnMapping, *, notes: Sequence[Problem] = ()) -> BillOfMaterials:
    """Read the lines of one sheet under a mapping; never raises for bad rows."""
    start = mapping.header_row - 1 + mapping.header_rows if mapping.header_row else 0
    rows, covered = fill_merged(grid, mapping)
    headers = (
        _headers(grid, mapping.header_row - 1, mapping.header_rows)
        if mapping.header_row
        else _no_headers(grid)
    )
    known = _known_columns(mapping, headers)
    displaced = _displaced(grid, mapping, start)
    steady = [row for index, row in enumerate(rows[start:], start) if index not in displaced]
    decimals, decimal = _decimals(steady, mapping)
    reader = LineReader(mapping, headers, decimals, _small_shares(steady, mapping))
    sorter = row_sorter(grid, mapping)
    read = Read(reader, Place(grid.file, grid.sheet), notes=list(notes))
    read.skipped += _above_header(grid, mapping)
    read_rows: list[int] = []
    for index in range(start, len(rows)):
        sorted_as = sorter.sort(rows[index], index)
        if sorted_as.kind == "empty":
            continue
        place = grid.place(index)
        if sorted_as.kind in ("skipped", "total"):
            read.skipped.append(SkippedRow(place, sorted_as.reason))
            if sorted_as.kind == "total" and index not in displaced:
                read.totals.append((len(read.drafts), place, rows[index]))
            continue
        if len(read.drafts) >= MAX_LINES:
            raise InputError(Text(f"more than {MAX_LINES:,} lines", f"超过 {MAX_LINES:,} 行"), code="bom-too-long", where=str(place),
                             hint=Text("split it by assembly", "按装配拆分"))  # fmt: skip
        draft = reader.read(
            rows[index], place, additional=sorted_as.kind == "additional", displaced=displaced.get(index)
        )
        if not draft.displaced:
            read_rows.append(index)
            draft = _with_merged_numbers(draft, grid, mapping, covered, index)
        read.drafts.append(draft)
    if mapping.header_row and not grid.paths:
        read.warnings += unnamed_columns(
            grid, known, read_rows, where=f"{read.sheet}, ", first_row=grid.first_row
        )
    lines, read = assemble(read)
    return _bill(grid, mapping, lines, read, decimal)


def _displaced(grid: Grid, mapping: ColumnMapping, start: int) -> dict[int, Problem]:
    """Rows of a text file whose cells may have moved to the right, because a number or text holds the separator.

    Of a header of several rows the one that names the most columns says how many cells there are: another may be a title.
    """
    read = {column.index for column in mapping.columns}
    header = max(
        range(max(mapping.header_row - 1, 0), min(start, len(grid.rows))),
        key=lambda row: (sum(grid.rows[row][column] is not None for column in read), row),
        default=None,
    )
    named = (
        {index for index, cell in enumerate(grid.rows[header]) if cell is not None}
        if header is not None
        else set()
    )
    return moved_rows(grid, read | named, header=header, start=start, where=lambda row: str(grid.place(row)))


def _known_columns(mapping: ColumnMapping, headers: Sequence[str]) -> set[int]:
    """Columns that have a header or are read."""
    named = {index for index, header in enumerate(headers) if header}
    return named | {column.index for column in mapping.columns}


def _bill(
    grid: Grid, mapping: ColumnMapping, lines: tuple[BomLine, ...], read: Read, decimal: Decimal
) -> BillOfMaterials:
    if not lines and not read.problems:
        hint = Text("check header_row in the mapping", "检查映射中的 header_row")
        read.problems.append(
            Problem(
                grid.file, "bom-empty", Text("there is no line below the header", "表头下没有物料行"), hint
            )
        )
    return BillOfMaterials(
        file=grid.file,
        sheet=grid.sheet,
        mapping=mapping,
        lines=lines,
        skipped=tuple(read.skipped),
        problems=tuple(read.problems),
        warnings=tuple(read.warnings),
        notes=tuple(read.notes),
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        decimal=decimal,
    )


def _above_header(grid: Grid, mapping: ColumnMapping) -> list[SkippedRow]:
    """Rows above the header: title, logo, date."""
    skipped = []
    for index in range(max(mapping.header_row - 1, 0)):
        texts = [str(cell) for cell in grid.rows[index] if cell is not None]
        if texts:
            skipped.append(
                SkippedRow(
                    grid.place(index),
                    Text(
                        f'above the header: "{texts[0].strip()[:40]}"', f'表头之上："{texts[0].strip()[:40]}"'
                    ),
                )
            )
    return skipped


def _with_merged_numbers(
    draft: Draft, grid: Grid, mapping: ColumnMapping, covered: dict[tuple[int, int], int], row: int
) -> Draft:
    if draft.line.additional:
        return draft
    merged = [
        Problem(
            grid.place(row).column(column.label),
            "merged-number",
            Text(
                f"the number is merged with row {covered[(row, column.index)] + grid.first_row}: its share is unknown",
                f"数字与第 {covered[(row, column.index)] + grid.first_row} 行合并：各行份额未知",
            ),
            Text("write the number of each row into its own cell", "每行的数字写入各自的单元格"),
        )
        for column in mapping.columns
        if (row, column.index) in covered
        and grid.rows[covered[(row, column.index)]][column.index] is not None
    ]
    return attrs.evolve(draft, problems=(*draft.problems, *merged))


def _small_shares(rows: Sequence[Sequence[Cell]], mapping: ColumnMapping) -> frozenset[int]:
    """Return the percent columns without a number above 1; a cell shown as 95 % holds 0.95."""
    found = set()
    for column in mapping.columns:
        if column.field not in ("yield", "recycled_content") or column.unit != "%":
            continue
        cells = [row[column.index] for row in rows if column.index < len(row)]
        numbers = [cell for cell in cells if isinstance(cell, int | float)]
        if numbers and max(numbers) <= 1:
            found.add(column.index)
    return frozenset(found)


def _decimals(rows: Sequence[Sequence[Cell]], mapping: ColumnMapping) -> tuple[dict[int, Decimal], Decimal]:
    """Decide the decimal mark per number column; the mapping's has precedence."""
    indices = [column.index for column in mapping.columns if column.field in NUMBER_FIELDS]
    if mapping.decimal:
        return dict.fromkeys(indices, mapping.decimal), mapping.decimal
    marks = {}
    for index in indices:
        texts = [row[index] for row in rows if index < len(row)]
        marks[index] = column_evidence(text for text in texts if isinstance(text, str))[0]
    return decide_decimal(marks)


__all__ = ["MAX_LINES", "fill_header", "read_bill", "read_bom", "read_grids", "read_sheet"]
