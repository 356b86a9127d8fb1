"""Blocks and sections of an export, one section at a time.

A block begins with its heading and ends with ``End``. Lists (units, substances, parameters) have their rows right
below the heading; the others have sections: a heading, rows, an empty line. The old layout has no ``End`` and writes
``Heading;value`` on one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.cells import Rows
from cradlemark.inventory.importers.simapro.header import Header

MOST_ROWS = 100_000
"""Most rows of one block other than a method."""
MOST_FACTORS = 300_000
"""Most rows of one section of a method."""

SUBSTANCES = {
    "Raw materials": "raw", "Airborne emissions": "air", "Waterborne emissions": "water", "Final waste flows": "waste",
    "Emissions to soil": "soil", "Non material emissions": "non material", "Social issues": "social",
    "Economic issues": "economic",
}  # fmt: skip
"""Lists of substances and the compartment they are of."""
PARAMETERS = (
    "Database Input parameters", "Database Calculated parameters", "Project Input parameters",
    "Project Calculated parameters",
)  # fmt: skip
LISTS = frozenset({"Quantities", "Units", *SUBSTANCES, *PARAMETERS})
"""Blocks that are one list."""
SECTIONED = frozenset({"Process", "Product stage", "Method", "System description", "Literature reference"})
"""Blocks that have sections."""
EXCHANGES = {
    "Avoided products": "technosphere", "Materials/fuels": "technosphere", "Electricity/heat": "technosphere",
    "Waste to treatment": "technosphere", "Resources": "raw", "Emissions to air": "air", "Emissions to water": "water",
    "Emissions to soil": "soil", "Final waste flows": "waste", "Non material emissions": "non material",
    "Non material emission": "non material", "Social issues": "social", "Economic issues": "economic",
}  # fmt: skip
"""Sections of a process that hold exchanges, and the compartment of those that are elementary."""
ROWS = frozenset(
    {
        *EXCHANGES, "Products", "Waste treatment", "Waste scenario", "Separated waste", "Remaining waste",
        "Input parameters", "Calculated parameters", "Materials/assemblies", "Processes", "Reference assembly", "Assembly",
        "Waste/Disposal scenario", "Additional life cycles", "Waste scenarios", "Disassemblies", "Disposal scenarios",
        "Reuses", "Substances", "Impact categories", "Normalization", "Weighting",
    }
)  # fmt: skip
"""Sections whose rows have several cells."""
_INSIDE = frozenset({"System description", "Emissions to soil", *EXCHANGES})
"""Headings of blocks that are also sections of a process."""


@attrs.frozen
class Section:
    """One section.

    Parameters
    ----------
    block : str
        Heading of its block.
    block_line : int
        Line of that heading.
    name : str
        Its own heading; that of the block for a list; empty for the last of a block, which says that the block is closed.
    line : int
    rows : list of (int, list of str)
        Line and cells; cells at the end that are empty are left out.
    end : {"End", "block", "file"}
        For the last of a block: whether ``End``, another block or the end of the file closed it.
    """

    block: str
    block_line: int
    name: str
    line: int
    rows: list[tuple[int, list[str]]]
    end: Literal["End", "block", "file"] = "End"


def sections_of(rows: Rows, header: Header) -> Iterator[Section]:
    """Sections of all blocks, in order; see `Section`.

    Raises
    ------
    InputError
        ``file-bomb`` for a section above `MOST_ROWS` or, in a method, `MOST_FACTORS`.
    """
    return _Walk(rows, header).walk()


class _Walk:
    def __init__(self, rows: Rows, header: Header) -> None:
        self.rows = rows
        self.old = header.layout == "old"
        self.block = ""
        self.block_line = 0
        self.section: Section | None = None

    def walk(self) -> Iterator[Section]:
        for line, cells in self.rows:
            yield from self._row(line, cells)
        if self.block:
            yield from self._close("End" if self.old else "file")

    def _row(self, line: int, cells: list[str]) -> Iterator[Section]:
        head = cells[0].strip() if len(cells) == 1 else ""
        if not self.block:
            if head in LISTS or head in SECTIONED:
                self._begin(head, line)
            elif cells and head != "End":
                yield Section("", line, "", line, [(line, cells)])
        elif head == "End":
            yield from self._close("End")
        elif self._is_block(head):
            yield from self._close("End" if self.old else "block")
            self._begin(head, line)
        elif self.block in LISTS:
            self._add(line, cells)
        else:
            yield from self._in_block(line, cells, head)

    def _is_block(self, head: str) -> bool:
        """Whether a heading begins another block although the last one has not ended."""
        if not head or head not in LISTS | SECTIONED:
            return False
        if self.block in LISTS:
            return True
        return head not in _INSIDE and (self.section is None or self.section.name in ROWS)

    def _begin(self, head: str, line: int) -> None:
        self.block, self.block_line = head, line
        self.section = Section(head, line, head, line, []) if head in LISTS else None

    def _in_block(self, line: int, cells: list[str], head: str) -> Iterator[Section]:
        if not cells:
            yield from self._end_section()
        elif self._is_heading(self.section, cells, head):
            yield from self._end_section()
            yield from self._heading(line, cells, head)
        else:
            self._add(line, cells)

    def _is_heading(self, section: Section | None, cells: list[str], head: str) -> bool:
        if section is None:
            return True
        if section.name in ROWS:
            return head in ROWS
        return self.old and bool(cells[0].strip())

    def _heading(self, line: int, cells: list[str], head: str) -> Iterator[Section]:
        name = cells[0].strip()
        self.section = Section(self.block, self.block_line, name, line, [])
        if self.old and not head:
            self._add(line, cells[1:])
        elif len(cells) > 1:
            # A row where a heading is expected: nobody knows what it belongs to.
            self.section = None
            yield Section(self.block, self.block_line, "(no section)", line, [(line, cells)])

    def _add(self, line: int, cells: list[str]) -> None:
        if self.section is None or not cells:
            return
        most = MOST_FACTORS if self.block == "Method" else MOST_ROWS
        if len(self.section.rows) >= most:
            raise InputError(
                Text(
                    f"the section {self.section.name[:60]} has more than {most:,} rows",
                    f"节 {self.section.name[:60]} 超过 {most:,} 行",
                ),
                code="file-bomb",
                hint=Text("split the export", "拆分导出文件"),
            )
        self.section.rows.append((line, cells))

    def _end_section(self) -> Iterator[Section]:
        if self.section is not None:
            yield self.section
            self.section = None

    def _close(self, end: Literal["End", "block", "file"]) -> Iterator[Section]:
        yield from self._end_section()
        yield Section(self.block, self.block_line, "", self.rows.line, [], end)
        self.block = ""
