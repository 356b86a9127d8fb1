"""What an export says outside of its processes, read before them: it stands at the end of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.blocks import MOST_ROWS, SUBSTANCES, Section
from cradlemark.inventory.importers.simapro.cells import text_of
from cradlemark.inventory.importers.simapro.header import Header
from cradlemark.inventory.importers.simapro.substances import read_cas
from cradlemark.inventory.importers.simapro.units import Units
from cradlemark.inventory.importers.simapro.values import read_number
from cradlemark.inventory.processes.problem_list import ProblemList
from cradlemark.inventory.processes.records import FlowKind

MOST_PRODUCTS = 2_000_000
"""Most products of an archive."""
MOST_SECTIONS, MOST_PARTS = 1_000, 30_000
"""Most sections of a block, and most parts of them: a section may begin more than once."""
MOST_KEPT = 500_000
"""Most rows of product stages and waste scenarios, which are kept until all processes are known."""


@attrs.frozen
class Block:
    """One block with its sections by heading."""

    kind: str
    line: int
    sections: dict[str, Section]
    end: str = "End"

    def rows(self, name: str) -> list[tuple[int, list[str]]]:
        """Rows of a section; none when it is not there."""
        found = self.sections.get(name)
        return found.rows if found else []

    def text(self, name: str) -> str:
        """Text of a section, its lines joined."""
        lines = (" ".join(cell.strip() for cell in cells if cell.strip()) for _, cells in self.rows(name))
        return text_of("\x7f".join(lines)).strip('"').strip()


def blocks_of(sections: Iterable[Section], *, without: frozenset[str] = frozenset()) -> Iterator[Block]:
    """Gather the sections of each block; those of the kinds in `without` are passed over.

    Raises
    ------
    InputError
        ``file-bomb`` for a block with too many.
    """
    gathered: dict[str, Section] = {}
    rows = parts = 0
    for section in sections:
        if section.block in without:
            if not section.name:
                yield Block(section.block, section.block_line, {}, section.end)
        elif section.name:
            rows, parts = rows + len(section.rows), parts + 1
            if len(gathered) >= MOST_SECTIONS or rows > MOST_ROWS or parts > MOST_PARTS:
                raise InputError(
                    Text(
                        f"a block has more than {MOST_SECTIONS:,} sections, {MOST_PARTS:,} parts of sections or {MOST_ROWS:,} rows",
                        f"一个块超过 {MOST_SECTIONS:,} 节、{MOST_PARTS:,} 个节段或 {MOST_ROWS:,} 行",
                    ),
                    code="file-bomb",
                    hint=Text("export it again", "重新导出"),
                )
            known = gathered.setdefault(section.name, section)
            if known is not section:
                known.rows.extend(section.rows)
        else:
            if section.rows:
                gathered["(no block)"] = section
            yield Block(section.block, section.block_line, gathered, section.end)
            gathered, rows, parts = {}, 0, 0


@attrs.define
class Product:
    """What is known of a name that processes make or treat."""

    made: set[tuple[str, FlowKind]]
    """Quantities and kinds in which it is made."""
    category: str = ""
    waste_type: str = ""


@attrs.frozen
class Substance:
    """Entry of a list of substances."""

    cas: str
    formula: str


@attrs.define
class File:
    """What one export says, besides its processes.

    Parameters
    ----------
    name, encoding : str
    label : str
        Begin of places in it: its name, when the archive has several documents.
    header : Header
    header_lines, lines : int
    parameters : list of Block
        Lists of parameters of the project and the database.
    kinds : Counter
        Blocks by kind.
    """

    name: str
    encoding: str
    label: str
    header: Header
    header_lines: int
    lines: int = 0
    parameters: list[Block] = attrs.Factory(list)
    kinds: Counter[str] = attrs.Factory(Counter)
    quotes: int = 0

    def place(self, line: int, name: str = "") -> str:
        """Place of a line, with the name of what stands there."""
        return f"{self.label}line {line}" + (f" ({name[:60]})" if name else "")


@attrs.define
class Contents:
    """What all exports of an archive say, besides their processes."""

    units: Units
    products: dict[str, Product] = attrs.Factory(dict)
    substances: dict[tuple[str, str], Substance] = attrs.Factory(dict)
    scenarios: dict[str, tuple[File, Block]] = attrs.Factory(dict)
    stages: dict[str, tuple[File, Block]] = attrs.Factory(dict)
    unread: Counter[Text] = attrs.Factory(Counter)
    counts: Counter[str] = attrs.Factory(Counter)
    problems: ProblemList = attrs.Factory(lambda: ProblemList(""))
    doubt: Callable[[str], None] = lambda _code: None
    kept: int = 0

    def problem(self, where: str, error: InputError) -> None:
        """Note something that was refused or is in doubt."""
        self.problems.append(Problem(where, error.code, error.message, error.hint))
        self.doubt(error.code)


def take_block(contents: Contents, file: File, block: Block) -> None:
    """Take what a block says that has to be known before processes are read."""
    file.kinds[block.kind] += 1
    if block.kind in {"Process", "Product stage"}:
        _products(contents, file, block)
    elif block.kind == "Units":
        _units(contents, file, block)
    elif block.kind in SUBSTANCES:
        _substances(contents, file, block)
    elif "parameters" in block.kind:
        file.parameters.append(block)
    elif block.kind == "Quantities":
        contents.counts["quantities read"] += len(block.rows(block.kind))
    elif block.kind == "Method":
        pass
    elif not block.kind:
        contents.unread[Text("lines outside of blocks", "块之外的行")] += 1
    else:
        contents.unread[Text(f"blocks {block.kind}", f"块 {block.kind}")] += 1


def _products(contents: Contents, file: File, block: Block) -> None:
    for heading in ("Products", "Waste treatment", "Waste scenario"):
        kind: FlowKind = "product" if heading == "Products" else "waste"
        for _, cells in block.rows(heading):
            name, unit, _, rest = product_cells(cells, file.header)
            if not name:
                continue
            product = contents.products.setdefault(name, Product(set()))
            if len(contents.products) > MOST_PRODUCTS:
                raise InputError(
                    Text(f"more than {MOST_PRODUCTS:,} products", f"产品超过 {MOST_PRODUCTS:,} 个"),
                    code="file-bomb",
                    hint=Text("split the archive", "拆分归档"),
                )
            place = 0 if kind == "waste" or block.kind == "Product stage" else 1
            stage = block.kind == "Product stage"
            # Of several the first in order, so that the order of blocks and files does not matter.
            product.waste_type = _first(product.waste_type, "" if stage else cell_at(rest, place))
            product.category = _first(product.category, cell_at(rest, 0 if stage else place + 1))
            product.made.add((f"unit {unit}", kind))  # its quantity is known when all units are
            if heading == "Waste scenario" or stage:
                _keep(contents, file, block, name, stage=stage)


def _first(*texts: str) -> str:
    """The first in order of the texts that are not empty."""
    return min((text for text in texts if text), default="")


def _keep(contents: Contents, file: File, block: Block, name: str, *, stage: bool) -> None:
    contents.kept += sum(len(section.rows) for section in block.sections.values())
    if contents.kept > MOST_KEPT:
        raise InputError(
            Text(
                f"product stages and waste scenarios have more than {MOST_KEPT:,} rows",
                f"产品阶段和废物情景超过 {MOST_KEPT:,} 行",
            ),
            code="file-bomb",
            hint=Text("split the archive", "拆分归档"),
        )
    (contents.stages if stage else contents.scenarios).setdefault(name, (file, block))


def settle_products(contents: Contents) -> None:
    """Say which quantities products are made in, after all units are known; the units stand at the end of an export."""
    for product in contents.products.values():
        for quantity, kind in [pair for pair in product.made if pair[0].startswith("unit ")]:
            product.made.discard((quantity, kind))
            try:
                product.made.add((contents.units.quantity_of(quantity.removeprefix("unit ")), kind))
            except InputError:
                continue


def product_cells(cells: list[str], header: Header) -> tuple[str, str, str, list[str]]:
    """Name, unit, amount and the cells behind them of a row of products."""
    name, second, third, *rest = [cell.strip() for cell in cells] + [""] * max(0, 3 - len(cells))
    return (name, third, second, rest) if header.layout == "old" else (name, second, third, rest)


def cell_at(cells: list[str], place: int) -> str:
    """A cell; empty where the row is shorter."""
    return cells[place] if place < len(cells) else ""


def _units(contents: Contents, file: File, block: Block) -> None:
    for line, cells in block.rows("Units"):
        where = file.place(line)
        if len(cells) < 4:
            contents.problem(
                where,
                InputError(
                    Text(
                        "a unit needs name, quantity, factor and reference unit",
                        "单位需要名称、量、换算系数和参考单位",
                    ),
                    code="unit-unknown",
                    hint=Text("complete it", "请补全"),
                ),
            )
            continue
        name, quantity, factor, reference = (cell.strip() for cell in cells[:4])
        try:
            contents.units.define(name, quantity, read_number(factor, file.header.decimal), reference)
            contents.counts["units read"] += 1
        except InputError as error:
            contents.problem(where, error)


def _substances(contents: Contents, file: File, block: Block) -> None:
    compartment = SUBSTANCES[block.kind]
    for line, cells in block.rows(block.kind):
        name = cells[0].strip()
        if not name:
            continue
        contents.counts["substances read"] += 1
        comment = text_of(cell_at(cells, 3))
        cas = read_cas(cell_at(cells, 2))
        if cas.remark:
            contents.problem(
                file.place(line, name),
                InputError(
                    cas.remark, code="cas-invalid", hint=Text("correct it in the source", "在数据源中修正")
                ),
            )
        formula = comment.partition("Formula:")[2].split("\n")[0].strip() if "Formula:" in comment else ""
        known = contents.substances.get((compartment, name))
        contents.substances[compartment, name] = Substance(
            _first(known.cas if known else "", cas.number), _first(known.formula if known else "", formula)
        )


def joined(rows: list[tuple[int, list[str]]], file: File) -> Iterator[tuple[int, list[str]]]:
    """Rows; in the old layout a row without a name goes on with the comment of the one before."""
    last: tuple[int, list[str]] | None = None
    for line, cells in rows:
        if file.header.layout == "old" and last is not None and not cells[0].strip():
            last[1][-1] += "\x7f" + " ".join(cell.strip() for cell in cells if cell.strip())
            continue
        if last is not None:
            yield last
        last = line, cells
    if last is not None:
        yield last
