"""Product stages: assemblies, life cycles, disposal scenarios, disassemblies and reuses, as processes.

What an assembly is made of is known, so waste scenarios of life cycles and disposal scenarios are evaluated material by
material. Where a part cannot be evaluated it is refused and listed.
"""

from __future__ import annotations

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.assemblies import Assemblies
from cradlemark.inventory.importers.simapro.blocks import ROWS
from cradlemark.inventory.importers.simapro.cells import text_of
from cradlemark.inventory.importers.simapro.contents import Block, Contents, File, joined, product_cells
from cradlemark.inventory.importers.simapro.end_of_life import EndOfLife
from cradlemark.inventory.importers.simapro.flows import Flows
from cradlemark.inventory.importers.simapro.parameters import parameters_of
from cradlemark.inventory.importers.simapro.processes import Lines, Row, exchange_of, place_of, refused
from cradlemark.inventory.importers.simapro.scopes import Scopes
from cradlemark.inventory.importers.simapro.values import read_amount
from cradlemark.inventory.processes.records import Exchange, Process

INPUTS = ("Materials/assemblies", "Assembly", "Processes", "Additional life cycles")
"""Sections whose rows are plain inputs."""


class Stages:
    """Turns product stages into processes."""

    def __init__(self, contents: Contents, flows: Flows, scopes: Scopes) -> None:
        self._contents = contents
        self._flows = flows
        self._assemblies = Assemblies(contents, scopes)

    def process_of(self, file: File, block: Block) -> Process:
        """A product stage as a process that makes one unit of it."""
        lines = Lines()
        name = self._product(file, block, lines)
        for heading in INPUTS:
            for line, cells in joined(block.rows(heading), file):
                self._guarded(lines, block, Row(heading, "technosphere", line, cells), file)
        EndOfLife(self._assemblies, self._flows, file, block, lines).add()
        product = self._contents.products.get(name)
        category = block.text("Category type")
        path = (category, (product.category if product else "").replace("\\", "/"))
        return Process(
            f"{category}/{name}", {"": name}, "unit_process", tuple(lines.good),
            category="/".join(part for part in path if part), location=place_of(name), refused=tuple(lines.bad),
            parameters=tuple(parameters_of(self._contents, file, block)),
            unread={
                Text(f"product stage section {heading[:60]}", f"产品阶段的节 {heading[:60]}"): 1
                for heading, section in block.sections.items()
                if section.rows and heading not in ROWS and heading != "Category type"
            },
        )  # fmt: skip

    def _product(self, file: File, block: Block, lines: Lines) -> str:
        rows = list(joined(block.rows("Products"), file))
        for position, (line, cells) in enumerate(rows):
            name, unit, amount_text, rest = product_cells(cells, file.header)
            try:
                amount = read_amount(amount_text, file.header.decimal)
                flow = self._flows.technosphere(name, unit, waste=False)
            except InputError as error:
                lines.bad.append(refused(line, block, error, reference=position == 0))
                continue
            lines.good.append(
                Exchange(
                    line - block.line, flow, "output", amount.value, unit=unit, reference=position == 0,
                    formula=amount.formula, comment=text_of(" ".join(rest[1:2])), flow_name=name,
                )
            )  # fmt: skip
        return rows[0][1][0].strip() if rows else ""

    def _guarded(self, lines: Lines, block: Block, row: Row, file: File) -> None:
        try:
            lines.good.append(exchange_of(self._contents, self._flows, file, block, row))
        except InputError as error:
            lines.bad.append(refused(row.line, block, error))
