"""Guess which column of a bill of materials is what, and say why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.safe_files import Cell
from cradlemark.product.bom import MASS_FIELDS, NUMBER_FIELDS, Column, ColumnMapping, Field, column_letter
from cradlemark.product.readers.headers import ACCEPT_FROM, HeaderReading, is_known_word, read_header
from cradlemark.product.readers.measures import known_unit, measure
from cradlemark.product.readers.numbers import is_date, plain, scan_number
from cradlemark.product.readers.vocabulary import has_han, key, vocabulary

Rows = Sequence[Sequence[Cell]]
Merged = Sequence[tuple[int, int, int, int]]

LOOK_FOR_HEADER = 60
"""Rows from the top in which the header is looked for."""
LOOK_AT_COLUMNS = 256
"""Columns from the left that are looked at."""
LOOK_AT_CELLS = 200
"""Rows below the header that the content check of a column looks at."""
_NAMING: frozenset[Field] = frozenset({"part_number", "name", "name_en", "name_zh", "material"})
_COUNTING: frozenset[Field] = MASS_FIELDS.union(("quantity", "quantity_total"))


@attrs.frozen
class _Candidate:
    first: int
    height: int
    headers: tuple[str, ...]
    readings: tuple[HeaderReading, ...]
    score: float


def guess_mapping(rows: Rows, *, merged: Merged = (), sheet: str = "") -> ColumnMapping | None:
    """Guess the mapping of a sheet from its header.

    The header is the row (or two rows, when it is merged or has its units below) in the first 60 whose cells name
    the most fields; it must name a part and a quantity or mass. Each field takes the column with the best score.

    Parameters
    ----------
    rows : sequence of rows of cells
    merged : sequence of (first row, first column, last row, last column)
        Merged areas from 0, both ends included.
    sheet : str
        Name of the sheet, kept in the mapping.

    Returns
    -------
    ColumnMapping or None
        None if no row looks like a header.
    """
    best: _Candidate | None = None
    rows = [row[:LOOK_AT_COLUMNS] for row in rows[: LOOK_FOR_HEADER + LOOK_AT_CELLS + 3]]
    filled = fill_header(rows, merged)
    for first in range(min(len(rows), LOOK_FOR_HEADER)):
        for height in (1, 2, 3):
            candidate = _candidate(filled, rows, merged, first, height)
            if candidate and (best is None or candidate.score > best.score + 0.25 * (height > best.height)):
                best = candidate
    if best is None:
        return None
    return _mapping(best, rows, sheet)


def header_texts(rows: Rows, merged: Merged, first: int, height: int) -> tuple[str, ...]:
    """Return the header of each column; rows of a header of several rows are joined with a space."""
    filled = fill_header(rows[: first + height], merged)
    return _joined(filled[first : first + height])


def fill_header(rows: Rows, merged: Merged) -> list[list[Cell]]:
    """Copy the first rows with merged areas filled with their value, also those of a table of levels."""
    filled = [list(row) for row in rows[: LOOK_FOR_HEADER + 3]]
    for top, left, bottom, right in (*merged, *level_spans(filled)):
        if top >= len(filled) or left >= len(filled[top]):
            continue
        value = filled[top][left]
        for row in range(top, min(bottom + 1, len(filled))):
            for column in range(left, min(right + 1, len(filled[row]))):
                filled[row][column] = value
    return filled


def level_spans(rows: Rows) -> list[tuple[int, int, int, int]]:
    """Find heads of level tables: "level" above 1, 2, 3 (or 0, 1, 2) in neighbouring columns, merged or not."""
    spans = []
    for row in range(len(rows) - 1):
        for column, cell in enumerate(rows[row]):
            width = _counted(rows[row + 1], column) if isinstance(cell, str) else 0
            if width < 2 or any(rows[row][column + 1 : column + width]):
                continue
            if read_header(plain(cell)).field == "level":
                spans.append((row, column, row, column + width - 1))
    return spans


def _counted(row: Sequence[Cell], start: int) -> int:
    """Return how many cells from `start` on hold running numbers beginning with 0 or 1."""
    count = 0
    while start + count < len(row):
        text = plain(row[start + count])
        first = plain(row[start])
        if not text.isdecimal() or first not in ("0", "1") or int(text) != int(first) + count:
            break
        count += 1
    return count


def _joined(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    headers = []
    for column in range(max((len(row) for row in rows), default=0)):
        parts: list[str] = []
        for row in rows:
            text = " ".join(plain(row[column]).split()) if column < len(row) else ""
            if text and text not in parts:
                parts.append(text)
        headers.append(" ".join(parts))
    return tuple(headers)


def _candidate(
    filled: list[list[Cell]], rows: Rows, merged: Merged, first: int, height: int
) -> _Candidate | None:
    block = filled[first : first + height]
    if len(block) < height or not _names_something(block):
        return None
    if not _can_be_header(block, rows, merged, first, height):
        return None
    headers = _joined(block)
    readings = tuple(
        _read_parts(header, [plain(row[i]) for row in block]) for i, header in enumerate(headers)
    )
    fields = {
        reading.field: reading for reading in readings if reading.field and reading.score >= ACCEPT_FROM
    }
    if not (fields.keys() & _NAMING and fields.keys() & _COUNTING):
        return None
    score = sum(reading.score for reading in fields.values()) + 0.2 * sum(r.other for r in readings)
    score += 0.5 * (height == 2 and any(span[0] == 0 for span in level_spans(rows[first : first + 2])))
    score += 0.2 * sum(bool(reading.unit) for reading in fields.values())
    return _Candidate(first, height, headers, readings, score)


def _names_something(block: list[list[Cell]]) -> bool:
    """Whether a cell holds a word of the vocabulary; rows that do not are not worth a closer look."""
    return any(is_known_word(cell) for row in block for cell in row if isinstance(cell, str))


def _can_be_header(block: list[list[Cell]], rows: Rows, merged: Merged, first: int, height: int) -> bool:
    """A row of a header has words only; a further row needs merged cells above it, or holds units only."""
    levels = {column for top, left, _, right in level_spans(rows[first : first + 2]) if top == 0
              for column in range(left, right + 1)} if height > 1 else set()  # fmt: skip
    for row in block:
        filled = [
            cell
            for column, cell in enumerate(row)
            if cell is not None and (row is block[0] or column not in levels)
        ]
        if row is block[0] and (len(filled) < 2 or _is_title(filled)):
            return False
        numbers = sum(isinstance(c, int | float) or is_date(c) or _is_number(c) for c in filled)
        if numbers > 0.34 * len(filled):
            return False
    for below in range(first + 1, first + height):
        cells = [plain(cell) for cell in rows[below] if cell is not None]
        spanned = any(top <= below - 1 <= bottom and (right > left or bottom > top) and top >= first
                      for top, left, bottom, right in merged)  # fmt: skip
        units_only = bool(cells) and all(known_unit(cell.strip("()[]（）")) for cell in cells)
        gaps = _fills_gaps(rows[below - 1], rows[below])
        if not cells or not (spanned or units_only or gaps or levels):
            return False
    return True


def _is_title(filled: Sequence[Cell]) -> bool:
    """Whether one merged text covers more than half of the filled cells: a title above the header, not its groups."""
    text, count = Counter(plain(cell) for cell in filled).most_common(1)[0]
    return len(filled) > 4 and count > 0.5 * len(filled) and read_header(text).field != "level"


def _is_number(cell: Cell) -> bool:
    number = scan_number(cell) if isinstance(cell, str) else None
    return number is not None and not number.unit


def _fills_gaps(above: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether the row below names at least two columns that the row above leaves empty, and little else."""
    new = [b for a, b in zip(above, below, strict=False) if a is None and b is not None]
    named = sum(read_header(plain(cell)).score >= 0.9 for cell in below if cell is not None)
    return len(new) >= 1 and named >= 0.6 * sum(cell is not None for cell in below)


def _read_parts(header: str, parts: list[str]) -> HeaderReading:
    """Read a header; one of several rows also by its lowest words, with the unit of any row."""
    whole = read_header(header)
    texts = [part for part in dict.fromkeys(parts) if part]
    if len(texts) < 2:
        return whole
    readings = [whole, *(read_header(text) for text in reversed(texts))]
    unit = next((reading.unit for reading in readings if reading.unit), "")
    unit = unit or next(
        (text.strip("()[]（）") for text in texts[1:] if known_unit(text.strip("()[]（）"))), ""
    )
    best = max(
        readings,
        key=lambda reading: (reading.score >= ACCEPT_FROM) * (reading.score + 0.01 * len(reading.word)),
    )
    return attrs.evolve(best, unit=unit)


def _mapping(best: _Candidate, rows: Rows, sheet: str) -> ColumnMapping:
    body = rows[best.first + best.height : best.first + best.height + LOOK_AT_CELLS]
    scored = sorted(
        (
            (_content_score(reading, body, index), -index)
            for index, reading in enumerate(best.readings)
            if reading.field and reading.score >= ACCEPT_FROM
        ),
        reverse=True,
    )
    levels = _level_columns(best, body)
    taken: dict[Field, list[Column]] = {"level": levels} if levels else {}
    used = {column.index for column in levels}
    ambiguous: list[Text] = []
    for score, negative in scored:
        index = -negative
        reading = best.readings[index]
        if score <= 0 or index in used or reading.field is None:
            continue
        field = _field_for(reading, best.headers[index], taken, best, index)
        column = _column(field or reading.field, index, best.headers[index], reading, score)
        if field is None:
            first = taken[reading.field][0]
            ambiguous.append(
                Text(
                    f"column {column.label} could be {reading.field} too; column {first.label} was taken",
                    f"{column.label} 列也可能是 {reading.field}；采用了 {first.label} 列",
                )
            )
            continue
        if reading.runner_up:
            ambiguous.append(
                Text(
                    f"column {column.label} was taken as {field}, it could be {reading.runner_up}",
                    f"{column.label} 列按 {field} 处理，也可能是 {reading.runner_up}",
                )
            )
        taken.setdefault(field, []).append(column)
        used.add(index)
    if (
        "unit" not in taken
        and "quantity" in taken
        and (unit := _unit_by_content(best, body, used, taken["quantity"][0].index))
    ):
        taken["unit"] = [unit]
    columns = tuple(sorted((c for group in taken.values() for c in group), key=lambda c: c.index))
    ambiguous += _material_or_part(columns, body)
    return ColumnMapping(
        header_row=best.first + 1,
        header_rows=best.height,
        columns=_with_masses(columns),
        sheet=sheet,
        score=round(sum(column.score for column in columns), 3),
        ambiguous=tuple(ambiguous),
    )


def _field_for(
    reading: HeaderReading, header: str, taken: dict[Field, list[Column]], best: _Candidate, index: int
) -> Field | None:
    """Return the field a column takes, None if the field is taken already."""
    field = reading.field
    if field == "unit" and _unit_belongs_to_mass(best, index):
        field = "mass_unit"
    if field is None or field not in taken:
        return field
    if field == "name" and len(taken["name"]) == 1 and has_han(header) != has_han(taken["name"][0].header):
        return "name"
    return None


def _unit_by_content(best: _Candidate, body: Rows, used: set[int], quantity: int) -> Column | None:
    """Return a column beside the quantity whose cells are units although no header says so.

    Without it, 0.004 kg would be taken as 0.004 pieces.
    """
    for index in (quantity + 1, quantity - 1, quantity + 2):
        if index in used or not 0 <= index < len(best.headers) or best.readings[index].other:
            continue
        cells = [row[index] for row in body if index < len(row) and row[index] is not None]
        if cells and all(isinstance(cell, str) and _is_amount_unit(cell) for cell in cells):
            return Column("unit", index, best.headers[index], score=0.6, reason="its cells are units")
    return None


def _is_amount_unit(text: str) -> bool:
    try:
        measure(plain(text))
    except InputError:
        return False
    return True


def _material_or_part(columns: tuple[Column, ...], body: Rows) -> list[Text]:
    """A column "Material" without a column of part numbers may hold material numbers."""
    fields = {column.field: column for column in columns}
    column = fields.get("material")
    if column is None or "part_number" in fields or "name" not in fields or key(column.header) != "material":
        return []
    texts = [plain(row[column.index]) for row in body if row[column.index] is not None]
    if texts and all(any(mark.isdigit() for mark in text) and " " not in text for text in texts):
        return [
            Text(
                f"column {column.label} was taken as material, it could be part_number",
                f"{column.label} 列按 material 处理，也可能是 part_number",
            )
        ]
    return []


def _unit_belongs_to_mass(best: _Candidate, index: int) -> bool:
    """A column "unit" belongs to the number column left of it, when that is a mass without a unit of its own."""
    for left in range(index - 1, -1, -1):
        field = best.readings[left].field
        if field in NUMBER_FIELDS and best.readings[left].score >= ACCEPT_FROM:
            return field in MASS_FIELDS and not best.readings[left].unit
    return False


def _column(field: Field, index: int, header: str, reading: HeaderReading, score: float) -> Column:
    how = "equals" if reading.score >= 1 else "resembles"
    reason = f'header {how} "{reading.word}"'
    if reading.unit:
        reason += f", unit {reading.unit} in the header"
    if not reading.stated:
        reason += ", does not say per " + ("parent or in all" if field == "quantity" else "piece or per line")
    return Column(field, index, header, reading.unit, reading.stated, round(min(score, 1.0), 3), reason)


def _with_masses(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """A mass that does not say so is per piece when the line's total stands beside it."""
    fields = {column.field for column in columns}
    result = []
    for column in columns:
        total = f"{column.field}_total"
        if column.field in ("net_mass", "gross_mass", "quantity") and not column.stated and total in fields:
            column = attrs.evolve(  # noqa: PLW2901
                column, stated=True, reason=f"{column.reason}; the total has a column of its own"
            )
        result.append(column)
    return tuple(result)


def _content_score(reading: HeaderReading, body: Rows, index: int) -> float:
    """Return the header's score, lowered when the content does not fit the field."""
    cells = [row[index] for row in body if index < len(row) and row[index] is not None]
    if not cells or reading.field is None:
        return reading.score - 0.3
    if reading.field in NUMBER_FIELDS:
        numbers = sum(isinstance(c, int | float) or _starts_with_digit(c) for c in cells)
        return reading.score if numbers >= 0.3 * len(cells) else reading.score - 0.5
    if reading.field in ("unit", "mass_unit"):
        units = sum(isinstance(c, str) and known_unit(plain(c)) for c in cells)
        return reading.score if units >= 0.3 * len(cells) else reading.score - 0.5
    return reading.score


def _starts_with_digit(cell: Cell) -> bool:
    return isinstance(cell, str) and any(mark.isdigit() for mark in plain(cell)[:4])


def _level_columns(best: _Candidate, body: Rows) -> list[Column]:
    """Return the columns of a level table: neighbours headed ``level 1``, ``level 2`` or, below one head, 0, 1, 2."""
    runs: list[list[Column]] = [[]]
    for index, header in enumerate(best.headers):
        words = plain(header).casefold().split()
        digits = "".join(mark for mark in plain(header) if mark.isdigit())
        reading = read_header("".join(mark for mark in plain(header) if not mark.isdigit()).strip())
        is_level = bool(digits) and len(words) <= 3 and reading.field == "level" and reading.score >= 0.9
        if is_level:
            runs[-1].append(Column("level", index, header, reason="one column per level"))
        elif runs[-1]:
            runs.append([])
    best_run = max(runs, key=len)
    return best_run if len(best_run) >= 2 and _one_mark_per_row(best_run, body) else []


def _one_mark_per_row(columns: list[Column], body: Rows) -> bool:
    counts = [sum(row[c.index] is not None for c in columns if c.index < len(row)) for row in body]
    marked = [count for count in counts if count]
    return bool(marked) and sum(count == 1 for count in marked) >= 0.8 * len(marked)


def describe(mapping: ColumnMapping) -> list[tuple[str, str, str, str, float, str]]:
    """Return the mapping as rows (field, column, header, unit, score, reason) for a table."""
    return [(c.field, column_letter(c.index), c.header, c.unit, c.score, c.reason) for c in mapping.columns]


def repeats_header(row: Sequence[Cell], mapping: ColumnMapping) -> bool:
    """Whether a row repeats the header: at least two mapped cells equal it, and no mapped cell differs."""
    same = 0
    for column in mapping.columns:
        text = " ".join(plain(row[column.index]).split()) if column.index < len(row) else ""
        if not text:
            continue
        if not column.header or (text != column.header and text not in column.header.split(" ")):
            return False
        same += 1
    return same >= 2


def is_total(text: str) -> bool:
    """Whether a cell says that its row is a total."""
    return text_key(text) in vocabulary().totals


def text_key(text: str) -> str:
    """Return a cell's words for comparison, without digits and units behind them."""
    return key(plain(text).rstrip(":："))
