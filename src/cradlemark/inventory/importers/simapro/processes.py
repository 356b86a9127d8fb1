"""A process block as a record."""

from __future__ import annotations

import re
import sys
from collections import Counter
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.blocks import EXCHANGES, ROWS
from cradlemark.inventory.importers.simapro.cells import text_of
from cradlemark.inventory.importers.simapro.contents import (
    Block,
    Contents,
    File,
    joined,
    product_cells,
)
from cradlemark.inventory.importers.simapro.flows import Flows
from cradlemark.inventory.importers.simapro.parameters import checked_uncertainty, parameters_of
from cradlemark.inventory.importers.simapro.values import Amount, pedigree_of, read_amount
from cradlemark.inventory.importers.simapro.waste import NOTHING, remainder, routes_of, times
from cradlemark.inventory.processes.limits import MAX_SHARES, SHARES, check_count
from cradlemark.inventory.processes.records import (
    AllocationFactor,
    AllocationMethod,
    Exchange,
    Process,
    RefusedExchange,
)

UNSPECIFIED = frozenset({"", "Unspecified", "unspecified", ";"})
KEPT = frozenset(
    {
        "Category type",
        "Process identifier",
        "PlatformId",
        "Type",
        "Process name",
        "Time period",
        "Technology",
        "Comment",
    }
)
"""Text sections that are kept."""
TEXTS = frozenset(
    {
        "Status", "Geography", "Representativeness", "Multiple output allocation", "Substitution allocation",
        "Waste treatment allocation", "Cut off rules", "Capital goods", "Boundary with nature", "Infrastructure", "Date",
        "Record", "Generator", "External documents", "Literature references", "Collection method", "Data treatment",
        "Verification", "Allocation rules", "System description",
    }
)  # fmt: skip
"""Other text sections; they are counted."""
_METHODS: dict[str, AllocationMethod] = {
    "Physical causality": "physical", "Socio-economic causality": "economic",
}  # fmt: skip
SHORT = 64
"""Length below which a text is kept once [characters]."""
_YEARS = re.compile(r"(\d{4})(?:\s*-\s*(\d{4}))?.*")
_PLACE = re.compile(r"\{([^{}|]{2,40})\}|/([A-Z]{2,3}(?:-[A-Z]{2,3})?)(?:/I)?(?: [US])?(?:\s\d{4})?$")
_IDENTIFIER = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@attrs.define
class Lines:
    """Exchanges of one process as they are read."""

    good: list[Exchange] = attrs.Factory(list)
    bad: list[RefusedExchange] = attrs.Factory(list)
    factors: list[AllocationFactor] = attrs.Factory(list)


@attrs.frozen
class Row:
    """A row of exchanges: its section, the compartment of elementary ones, line and cells."""

    heading: str
    compartment: str
    line: int
    cells: list[str]


def process_of(contents: Contents, flows: Flows, file: File, block: Block) -> Process:
    """A process with its products or the waste it treats, exchanges and parameters."""
    lines = Lines()
    method = _METHODS.get(block.text("Multiple output allocation"), "percentage")
    _products(contents, flows, file, block, lines, method)
    for heading, compartment in EXCHANGES.items():
        for line, cells in joined(block.rows(heading), file):
            try:
                row = Row(heading, compartment, line, cells)
                lines.good.append(exchange_of(contents, flows, file, block, row))
            except InputError as error:
                lines.bad.append(refused(line, block, error))
                flows.watch(len(lines.bad), len(lines.good), error)
    if block.rows("Waste scenario"):
        _routes(contents, flows, file, block, lines)
    first = (
        block.rows("Products") or block.rows("Waste treatment") or block.rows("Waste scenario") or [(0, [""])]
    )[0][1]
    made = first[0].strip()
    name = block.text("Process name")
    name = made if name in UNSPECIFIED else name
    kind: Literal["unit_process", "aggregated"] = (
        "aggregated" if block.text("Type") == "System" else "unit_process"
    )
    years = _YEARS.fullmatch(block.text("Time period"))
    technology = block.text("Technology")
    return Process(
        identifier_of(block, made), {"": name}, kind, tuple(lines.good),
        category=category_of(block.text("Category type"), contents, made), location=place_of(made),
        valid_from=years.group(1) if years else "", valid_until=(years.group(2) or "") if years else "",
        allocation=method if len(lines.factors) > 1 else "",
        refused=tuple(lines.bad), factors=tuple(lines.factors), parameters=tuple(parameters_of(contents, file, block)),
        description=block.text("Comment"), technology="" if technology in UNSPECIFIED else technology,
        unread=_unread(block, years=years is not None),
    )  # fmt: skip


def identifier_of(block: Block, made: str) -> str:
    """Process identifier, or that of the platform, or the name of what it makes."""
    for heading in ("Process identifier", "PlatformId"):
        if text := block.text(heading):
            return text
    return made


def category_of(kind: str, contents: Contents, made: str) -> str:
    """Path of categories: kind of the process, then the category of its product."""
    product = contents.products.get(made)
    return "/".join(part for part in (kind, (product.category if product else "").replace("\\", "/")) if part)


def place_of(name: str) -> str:
    """Code of the place in the name of a product; empty without.

    Examples
    --------
    >>> place_of("Steel {RER}| production | Cut-off, U"), place_of("Rice, at farm (WFLDB 3.0)/IN U")
    ('RER', 'IN')
    """
    found = _PLACE.search(name)
    return (found.group(1) or found.group(2)) if found else ""


def _products(
    contents: Contents, flows: Flows, file: File, block: Block, lines: Lines, method: AllocationMethod
) -> None:
    rows = [
        (heading, line, cells)
        for heading in ("Products", "Waste treatment", "Waste scenario")
        for line, cells in joined(block.rows(heading), file)
    ]
    check_count(len(rows) * sum(len(each.rows) for each in block.sections.values()), MAX_SHARES, SHARES)
    stated: list[float] = []
    for position, (heading, line, cells) in enumerate(rows):
        name, unit, amount_text, rest = product_cells(cells, file.header)
        try:
            amount = read_amount(amount_text, file.header.decimal)
            flow = flows.technosphere(name, unit, waste=heading != "Products")
            share = _share(rest, file.header.decimal) if heading == "Products" else Amount(1.0)
        except InputError as error:
            lines.bad.append(refused(line, block, error, reference=position == 0))
            continue
        comment = text_of(" ".join(rest[3 if heading == "Products" else 2 :]))
        lines.good.append(
            Exchange(
                line - block.line, flow, "output" if heading == "Products" else "input", amount.value, unit=unit,
                reference=position == 0, formula=amount.formula, comment=comment, flow_name=name,
            )
        )  # fmt: skip
        stated.append(share.value)
        if len(rows) > 1:
            lines.factors.append(AllocationFactor(flow, method, share.value, formula=share.formula))
    if len(rows) == 1 and stated and abs(stated[0] - 1.0) > 0.01:
        contents.problem(
            file.place(rows[0][1], rows[0][2][0].strip()),
            InputError(
                Text(f"the only product has an allocation of {100.0 * stated[0]:g} %; it carries everything", f"唯一产品的分配为 {100.0 * stated[0]:g} %；它承担全部"),
                code="allocation-factor", hint=Text("export the process with all its products", "连同所有产品导出该过程"),
            ),
        )  # fmt: skip


def _share(cells: list[str], decimal: str) -> Amount:
    """Allocation of a product [1]; the file states per cent."""
    text = (cells[0] if cells else "").strip()
    amount = read_amount(text.removesuffix("%"), decimal)
    return Amount(amount.value / 100.0, f"({amount.formula})/100" if amount.formula else "")


def _routes(contents: Contents, flows: Flows, file: File, block: Block, lines: Lines) -> None:
    """Where a waste scenario sends waste of which the type is not known."""
    line, cells = block.rows("Waste scenario")[0]
    _, unit, amount_text, _ = product_cells(cells, file.header)
    routes = routes_of(block, file)
    lines.bad.extend(refused(line, block, error) for line, error in routes.open)
    try:
        total = read_amount(amount_text, file.header.decimal)
    except InputError:
        return  # told where the product is read
    for fraction, share in routes.shares:
        try:
            flow, direction = flows.used(fraction.treatment, unit, waste=True)
        except InputError as error:
            lines.bad.append(refused(fraction.line, block, error))
            continue
        amount = times(total, share)
        lines.good.append(
            Exchange(
                fraction.line - block.line, flow, direction, amount.value, unit=unit, formula=amount.formula,
                flow_name=fraction.treatment,
            )
        )  # fmt: skip
    rest = remainder(share for _, share in routes.shares)
    if not rest.formula and abs(rest.value) > NOTHING:
        contents.problem(
            file.place(line, cells[0].strip()),
            InputError(
                Text(f"waste of unknown type is treated to {100.0 * (1.0 - rest.value):g} %", f"未知类型的废物只处理了 {100.0 * (1.0 - rest.value):g} %"), code="waste-open",
                hint=Text("give the scenario a row for what remains", "为情景补充一行，说明其余部分"),
            ),
        )  # fmt: skip


def refused(line: int, block: Block, error: InputError, *, reference: bool = False) -> RefusedExchange:
    """An exchange that cannot be read, with its line in the message."""
    told = InputError(
        Text("line {line}: {reason}", "第 {line} 行：{reason}").format(line=line, reason=error.message),
        code=error.code,
        hint=error.hint,
    )
    return RefusedExchange(line - block.line, told, reference)


def exchange_of(contents: Contents, flows: Flows, file: File, block: Block, row: Row) -> Exchange:
    """An exchange of a process or a product stage.

    Raises
    ------
    InputError
        ``value-missing``, ``value-long``, ``number-invalid`` or ``unit-unknown``.
    """
    heading, line, cells = row.heading, row.line, row.cells
    decimal = file.header.decimal
    elementary = row.compartment != "technosphere"
    sub = cells[1].strip() if elementary and len(cells) > 1 else ""
    name, unit, amount_text, rest = product_cells(
        [cells[0], *cells[2:]] if elementary else cells, file.header
    )
    if not name:
        raise InputError(
            Text("the row names nothing", "该行没有名称"),
            code="value-missing",
            hint=Text("name the flow", "写明流的名称"),
        )
    amount = read_amount(amount_text, decimal)
    if elementary:
        flow, direction = flows.elementary(row.compartment, sub, name, unit)
    else:
        flow, direction = flows.used(name, unit, waste=heading == "Waste to treatment")
    comment = _shared(_comment(rest, file.header.separator))
    where = file.place(line, name)
    return Exchange(
        line - block.line, flow, direction, amount.value, unit=_shared(unit), avoided=heading == "Avoided products",
        formula=amount.formula, comment=comment, flow_name=name,
        uncertainty=checked_uncertainty(contents, rest[:4], amount, decimal, where), pedigree=_shared(pedigree_of(comment)),
    )  # fmt: skip


def _shared(text: str) -> str:
    """The one copy of a short text: millions of lines have few units and scores."""
    return sys.intern(text) if len(text) < SHORT else text


def _comment(rest: list[str], separator: str) -> str:
    """Comment behind the uncertainty; an identifier of the platform at its end is not part of it."""
    cells = rest[4:]
    if cells and _IDENTIFIER.fullmatch(cells[-1]):
        cells = cells[:-1]
    return text_of(separator.join(cells)) if len(cells) > 1 else text_of(cells[0]) if cells else ""


def _unread(block: Block, *, years: bool) -> Counter[Text]:
    found: Counter[Text] = Counter()
    for name in block.sections:
        if name in ROWS or name in KEPT - {"Time period"} or (name == "Time period" and years):
            continue
        if block.text(name) in UNSPECIFIED:
            continue
        known = name in TEXTS or name in KEPT
        unknown = Text("process section (unknown)", "过程的节（未知）")
        found[Text(f"process section {name}", f"过程的节 {name}") if known else unknown] += 1
    return found
