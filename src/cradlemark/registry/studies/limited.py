"""Read one uploaded file in a process of its own with bounds on memory and time; it answers with one JSON document.

``python -m cradlemark.registry.studies.limited KIND FOLDER``: KIND is ``bill`` or ``study``; FOLDER holds the upload and
``order.json``. Nothing of the register is reachable from here.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cradlemark.core.errors import CradlemarkError, InputError, Problem
from cradlemark.core.language import Text

if TYPE_CHECKING:
    from cradlemark.product.bom import BillOfMaterials
    from cradlemark.product.readers.sources import Grid

MEMORY = 1 << 30
"""Largest address space [byte]."""
PROCESSOR_TIME = 30
"""Longest processor time [s]."""
PREVIEW = 20
"""Rows that are shown."""
ABOVE = 3
"""Rows above the header that are shown as well."""
WIDEST = 256
"""Most columns of a sheet."""
MOST_PACKED = 100
"""Largest ratio of unpacked to packed size [1] of a part."""


def main(kind: str, folder: Path) -> None:
    """Read the file under the limits and print what came out."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_TIME, PROCESSOR_TIME))
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    try:
        answer = {"bill": bill, "study": study}[kind](folder / order["name"], order)
    except CradlemarkError as error:
        answer = {"refused": [problem_document(problem) for problem in error.problems]}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))


def study(file: Path, _order: dict[str, Any]) -> dict[str, Any]:
    """Read a study document or workbook."""
    from cradlemark.product.readers.study_file import read_study
    from cradlemark.product.readers.study_toml import parse_study_toml
    from cradlemark.product.writers.study_toml import write_study_toml

    _refuse_packed(file)
    is_document = (
        file.suffix.lower() == ".toml"
    )  # read without a folder: it must not name files of this machine
    found = parse_study_toml(file.read_bytes(), name=file.name) if is_document else read_study(file)
    return {
        "document": write_study_toml(found), "name": found.product.name.as_dict(),
        "models": list(found.product.models),
    }  # fmt: skip


def bill(file: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Read a bill of materials with the mapping of the order, or the guessed one."""
    from cradlemark.product.readers.bom import read_bill, read_grids
    from cradlemark.product.readers.mapping_file import mapping_of

    _refuse_packed(file)
    grids = read_grids(file)
    sheet = order.get("sheet") or None
    mapping = mapping_of(order["mapping"], where=file.name) if order.get("mapping") else None
    try:
        read = read_bill(grids, file.name, mapping=mapping, sheet=sheet)
    except InputError as error:
        if not grids or error.code.startswith("file-"):
            raise
        return _unread(grids, sheet, error)
    return _read(grids, read)


def _refuse_packed(file: Path) -> None:
    import zipfile

    from cradlemark.inventory.safe_files import check_container, check_members

    content = file.read_bytes()
    if content[:4] == b"PK\x03\x04":
        check_container(content, where=file.name)
        with zipfile.ZipFile(file) as archive:
            check_members(archive.infolist(), where=file.name, most=MOST_PACKED)


def _unread(grids: Sequence[Grid], sheet: str | None, error: CradlemarkError) -> dict[str, Any]:
    """Show the sheet all the same, so that a person can say what its columns are."""
    grid = next((grid for grid in grids if grid.sheet == sheet), grids[0])
    if any(
        ord(mark) < 32 and mark not in "\t\r\n"
        for row in grid.rows
        for cell in row
        for mark in str(cell or "")
    ):
        raise InputError(
            Text("the file is no table", "该文件不是表格"),
            code="file-format",
            where=grid.file,
            hint=Text("save it as XLSX, ODS or CSV", "请另存为 XLSX、ODS 或 CSV"),
        )
    problems = [problem_document(problem) for problem in error.problems]
    return {**_shown(grids, grid, 0), "mapping": {}, "components": [], "lines": 0, "problems": problems,
            "skipped": [], "warnings": [], "notes": []}  # fmt: skip


def _read(grids: Sequence[Grid], read: BillOfMaterials) -> dict[str, Any]:
    from cradlemark.product.readers.mapping_file import mapping_document
    from cradlemark.product.readers.study_bom import placed
    from cradlemark.product.writers.study_document import components_document

    grid = next(grid for grid in grids if grid.sheet == read.sheet)
    try:
        components = components_document(placed(read.components()))
        problems = list(read.problems)
    except CradlemarkError as error:
        components, problems = [], [*read.problems, *error.problems]
    return {
        **_shown(grids, grid, read.mapping.header_row), "mapping": mapping_document(read.mapping), "components": components,
        "lines": len(read.lines), "decimal": read.decimal,
        "reasons": {column.letter: column.reason for column in read.mapping.columns},
        "problems": [problem_document(problem) for problem in problems],
        "warnings": [problem_document(problem) for problem in read.warnings],
        "notes": [problem_document(problem) for problem in read.notes],
        "skipped": [{"where": str(row.where), "message": _both(row.reason)} for row in read.skipped],
    }  # fmt: skip


def _shown(grids: Sequence[Grid], grid: Grid, header_row: int) -> dict[str, Any]:
    """The sheet, and some of its rows around the header."""
    width = max((len(row) for row in grid.rows), default=0)
    if width > WIDEST:
        raise InputError(
            Text(f"sheet {grid.sheet!r} uses {width:,} columns", f'工作表 {grid.sheet!r} 使用了 {width:,} 列'), code="file-too-wide", where=grid.file,
            hint=Text(f"at most {WIDEST}; delete what lies to the right of the table", f'最多 {WIDEST} 列；请删除表格右侧的内容'),
        )  # fmt: skip
    start = max(header_row - 1 - ABOVE, 0)
    rows = grid.rows[start : start + PREVIEW]
    return {
        "sheets": [other.sheet for other in grids], "sheet": grid.sheet, "rows": len(grid.rows), "width": width,
        "first_row": grid.first_row + start, "start": grid.first_row, "encoding": grid.encoding, "delimiter": grid.delimiter,
        "preview": [[_cell(cell) for cell in row] for row in rows],
    }  # fmt: skip


def _cell(cell: object) -> str:
    """A cell as a spreadsheet shows it."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None else str(cell)[:80]


def _both(text: Text) -> list[str]:
    return [text.en, text.zh]


def problem_document(problem: Problem) -> dict[str, Any]:
    """A problem as plain data."""
    return {
        "where": problem.where,
        "code": problem.code,
        "message": _both(problem.message),
        "hint": _both(problem.hint),
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
