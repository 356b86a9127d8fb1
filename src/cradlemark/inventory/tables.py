"""Read factor tables that users bring (CSV, XLSX, XLS, ODS) into a database, with every bad row named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from cradlemark.core.errors import InputErrors, Problem
from cradlemark.core.language import Text
from cradlemark.inventory.cell_values import row_value, unit_and_scale
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.gates import check_magnitude
from cradlemark.inventory.import_result import ImportResult, SheetCount, make_database
from cradlemark.inventory.moved_cells import moved_rows, unnamed_columns
from cradlemark.inventory.rows import ColumnError, dataset_from_row
from cradlemark.inventory.safe_files import Sheet, read_grid
from cradlemark.inventory.table_columns import column_of, columns, nearest_heading
from cradlemark.inventory.text_files import Cell, column_letters

HEADER_WITHIN = 40
"""Number of rows in which the header is looked for."""
MOST_PROBLEMS = 1_000
"""Problems that are kept; more are counted only."""
_VALUES = (
    "kgco2e",
    "fossil",
    "biogenic_emission",
    "biogenic_removal",
    "land_use_change",
    "aircraft",
    "gases",
)


@attrs.frozen
class _Header:
    row: int
    columns: dict[int, str]


def read_table(
    path: Path | str | bytes,
    *,
    where: str = "",
    database_id: str = "",
    version: str = "1",
    licence: str = "",
    source: str = "",
) -> ImportResult:
    """Read a factor table.

    Parameters
    ----------
    path : path or bytes
        CSV with any usual delimiter and encoding, XLSX, XLS or ODS. Every sheet with a recognised header is read.
    where : str
        Name of the file for messages; the file name by default.
    database_id, version : str
        Name and edition of the database; the name is the file name without its ending by default.
    licence, source : str
        Of the collection as a whole; each row has its own.

    Returns
    -------
    ImportResult
        The good rows as a database, and a problem with sheet, row and column for everything that was refused.

    Raises
    ------
    InputErrors
        ``table-header-missing`` or ``column-missing`` when no sheet can be read at all.
    InputError
        From `read_grid`.
    """
    where = where or (Path(path).name if not isinstance(path, bytes) else "table")
    found: dict[str, Dataset] = {}
    problems: list[Problem] = []
    counts: list[SheetCount] = []
    usable = False
    for sheet in read_grid(path, where=where):
        place = f"{where}, sheet {sheet.name}" if sheet.name else where
        header = _find_header(sheet)
        if header is None:
            counts.append(_skipped(sheet))
            continue
        missing = _missing_columns(header, place)
        problems.extend(_unknown_columns(sheet, header, place))
        problems.extend(missing)
        if missing:
            continue
        usable = True
        counts.append(_read_sheet(sheet, header, place, found, problems))
    if not usable:
        raise InputErrors(_unusable(problems, where))
    name = database_id or Path(where).stem
    database = make_database(
        found.values(),
        database_id=name,
        version=version,
        licence=licence or "see each row",
        source=source or where,
    )
    read, kept = sum(c.read for c in counts if not c.reason), sum(c.kept for c in counts)
    return ImportResult(
        attrs.evolve(database, datasets={k: attrs.evolve(d, database=name) for k, d in found.items()}),
        _limited(problems, where),
        read,
        kept,
        tuple(counts),
    )


def _find_header(sheet: Sheet) -> _Header | None:
    """The row with the most recognised headings, if it has at least three."""
    best: _Header | None = None
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        names: dict[int, str] = {}
        for position, cell in enumerate(row):
            name = column_of(cell) if isinstance(cell, str) else ""
            if name and name not in names.values():
                names[position] = name
        if len(names) >= 3 and (best is None or len(names) > len(best.columns)):
            best = _Header(index, names)
    return best


def _skipped(sheet: Sheet) -> SheetCount:
    rows = sum(any(cell is not None for cell in row) for row in sheet.rows)
    return SheetCount(
        sheet.name, rows, 0, rows, Text("no row with recognised headings", "没有可识别的标题行")
    )


def _missing_columns(header: _Header, place: str) -> list[Problem]:
    present = set(header.columns.values())
    missing = [column.name for column in columns().values() if column.required and column.name not in present]
    if not present & {"name_en", "name_zh"}:
        missing.append("name_en or name_zh")
    if not present & set(_VALUES) and not any(columns()[name].gas for name in present):
        missing.append("kgco2e")
    return [
        Problem(
            f"{place}, row {header.row + 1}",
            "column-missing",
            Text(f"there is no column {name}", f"没有 {name} 列"),
            Text("add it; for the same value in all rows fill it down", "请添加；各行相同时向下填充"),
        )
        for name in missing
    ]


def _unknown_columns(sheet: Sheet, header: _Header, place: str) -> Iterator[Problem]:
    for position, cell in enumerate(sheet.rows[header.row]):
        if isinstance(cell, str) and cell.strip() and position not in header.columns:
            nearest = nearest_heading(cell)
            taken = column_of(cell)
            hint = Text(
                f"did you mean {nearest}?" if nearest else "it is not read; put remarks into the column note",
                f"是否指 {nearest}？" if nearest else "该列不读取；备注请写入 note 列",
            )
            yield Problem(
                f"{place}, row {header.row + 1}, column {column_letters(position)}",
                "column-repeated" if taken else "column-unknown",
                Text(
                    f"the heading {cell.strip()[:80]!r} {'stands for ' + taken + ' again' if taken else 'is not known'}",
                    f"列标题 {cell.strip()[:80]!r}" + (f"再次代表 {taken}" if taken else "未知"),
                ),
                Text("remove one of the two", "删去其一") if taken else hint,
            )


def _unusable(problems: list[Problem], where: str) -> tuple[Problem, ...]:
    missing = tuple(problem for problem in problems if problem.code == "column-missing")
    needed = ", ".join(column.name for column in columns().values() if column.required)
    return missing or (
        Problem(
            where,
            "table-header-missing",
            Text("no sheet has a row with the headings of a factor table", "没有工作表含有因子表的标题行"),
            Text(
                f"needed: {needed}, name_en or name_zh, and kgco2e or masses per gas",
                f"需要：{needed}、name_en 或 name_zh，以及 kgco2e 或各气体质量",
            ),
        ),
    )


def _limited(problems: list[Problem], where: str) -> tuple[Problem, ...]:
    if len(problems) <= MOST_PROBLEMS:
        return tuple(problems)
    rest = len(problems) - MOST_PROBLEMS
    more = Problem(
        where,
        "problems-many",
        Text(f"and {rest:,} more problems", f"另有 {rest:,} 个问题"),
        Text("repair these first", "先修正这些"),
    )
    return (*problems[:MOST_PROBLEMS], more)


def _read_sheet(
    sheet: Sheet, header: _Header, place: str, found: dict[str, Dataset], problems: list[Problem]
) -> SheetCount:
    read = kept = 0
    named = {position for position, cell in enumerate(sheet.rows[header.row]) if cell is not None}
    start = header.row + 1
    displaced = moved_rows(
        sheet, named, header=header.row, start=start, where=lambda row: f"{place}, row {row + 1}"
    )
    below = [row for row in range(start, len(sheet.rows)) if row not in displaced]
    problems.extend(unnamed_columns(sheet, named, below, where=f"{place}, "))
    for index, cells in enumerate(sheet.rows[header.row + 1 :], start=header.row + 2):
        if all(cell is None for position, cell in enumerate(cells) if position in header.columns):
            continue
        read += 1
        if (wrong := displaced.get(index - 1)) is not None:
            problems.append(wrong)
            continue
        dataset, bad = _read_row(cells, header, f"{place}, row {index}")
        problems.extend(bad)
        if dataset is None:
            continue
        if dataset.id in found:
            message = Text(
                f"the identifier {dataset.id} stands in an earlier row",
                f"标识符 {dataset.id} 已在前面的行出现",
            )
            problems.append(
                Problem(
                    f"{place}, row {index}",
                    "id-duplicate",
                    message,
                    Text("give each row its own", "为每行给出各自的"),
                )
            )
            continue
        found[dataset.id] = dataset
        kept += 1
    return SheetCount(sheet.name, read, kept, read - kept)


def _read_row(cells: list[Cell], header: _Header, place: str) -> tuple[Dataset | None, list[Problem]]:
    row: dict[str, str] = {}
    problems: list[Problem] = []
    letters = {name: column_letters(position) for position, name in header.columns.items()}
    for position, name in header.columns.items():
        try:
            row[name] = row_value(name, cells[position]) if position < len(cells) else ""
        except ColumnError as error:
            problems.append(_problem(error, place, letters))
    problems.extend(_empty(row, place, letters))
    if problems:
        return None, problems
    try:
        dataset = dataset_from_row(_with_unit_and_gases(row))
    except ColumnError as error:
        return None, [_problem(error, place, letters)]
    return _gated(dataset, row, place)


def _empty(row: dict[str, str], place: str, letters: dict[str, str]) -> Iterator[Problem]:
    """Needed cells that hold nothing; a cell that could not be read is not in the row and not empty."""
    for name, value in row.items():
        if columns()[name].required and not value:
            where = f"{place}, column {letters[name]} ({name})"
            yield Problem(
                where,
                "value-missing",
                Text(f"{name} is empty", f"{name} 为空"),
                Text(f"give {name}", f"填写 {name}"),
            )
    if not row.get("name_en", "") and not row.get("name_zh", ""):
        yield Problem(
            place,
            "value-missing",
            Text("the name is empty", "名称为空"),
            Text("give a name in English or Chinese", "给出英文或中文名称"),
        )


def _gated(dataset: Dataset, row: dict[str, str], place: str) -> tuple[Dataset | None, list[Problem]]:
    doubt = check_magnitude(dataset, where=place)
    if doubt is None:
        return dataset, []
    if row.get("magnitude_confirmed") == "yes":
        return dataset, [
            attrs.evolve(
                doubt,
                code="magnitude-confirmed",
                hint=Text("kept, because it was confirmed", "已确认，因此保留"),
            )
        ]
    return None, [doubt]


def _with_unit_and_gases(row: dict[str, str]) -> dict[str, str]:
    """Put the unit and its scale into the values, and the columns of gases into one."""
    if not row.get("unit"):
        return row
    unit, scale = unit_and_scale(row["unit"])
    masses = {name: value for name, value in row.items() if columns()[name].gas and value}
    gases = [f"{columns()[name].gas}:{columns()[name].origin}:{value}" for name, value in masses.items()]
    listed = [row["gases"]] if row.get("gases") else []
    changed = {name: value for name, value in row.items() if name not in masses}
    if scale != 1.0:
        if gases or listed:
            raise ColumnError(
                "unit",
                Text("masses per gas are in kg per unit", "各气体质量以每单位 kg 计"),
                code="unit-mixed",
                hint=Text("write the plain unit, such as kg", "写简单单位，如 kg"),
            )
        changed |= {name: repr(float(row[name]) * scale) for name in _VALUES[:-1] if row.get(name)}
    return changed | {"unit": unit, "gases": ";".join([*listed, *gases])}


def _problem(error: ColumnError, place: str, letters: dict[str, str]) -> Problem:
    column = f", column {letters[error.column]} ({error.column})" if error.column in letters else ""
    return Problem(place + column, error.code, error.message, error.hint)
