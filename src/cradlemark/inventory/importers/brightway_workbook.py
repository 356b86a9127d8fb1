"""Workbooks and text tables in the layout of Brightway: databases, activities, exchanges, parameters.

Source: documentation of bw2io (``ExcelImporter``, ``CSVImporter``) and bw2data (types of nodes and edges).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import WORKBOOKS, Archive
from cradlemark.inventory.importers.brightway_exchanges import (
    ExchangeReader,
    Products,
    exchange_type,
    outside,
    unread_columns,
)
from cradlemark.inventory.importers.brightway_nodes import Node, Nodes, named_outright, node_of
from cradlemark.inventory.importers.brightway_sections import (
    Activity,
    Layout,
    Line,
    layout_of,
    looks_like_brightway,
)
from cradlemark.inventory.importers.brightway_units import quantity_in, unit_symbol
from cradlemark.inventory.importers.brightway_values import amount_of, formula_of, parameter_of
from cradlemark.inventory.importers.loaded_sheets import look_at_sheets, read_sheets
from cradlemark.inventory.processes.collect import Collected, Collector
from cradlemark.inventory.processes.formulas import evaluate_formula, resolve_parameters
from cradlemark.inventory.processes.limits import EXCHANGES, MAX_EXCHANGES, MAX_UNITS, UNITS, check_count
from cradlemark.inventory.processes.records import (
    Exchange,
    Flow,
    FlowKind,
    Parameter,
    Process,
    RefusedExchange,
)
from cradlemark.inventory.safe_files import Sheet

_TEXTS = {".csv", ".tsv", ".txt"}
_TABLES = {*WORKBOOKS, ".xls", *_TEXTS}
_READ_OF_ACTIVITY = {
    "code", "type", "unit", "location", "reference product", "categories", "comment", "technology", "production amount",
    "name", "database",
}  # fmt: skip


def is_brightway_workbook(archive: Archive) -> bool:
    """Whether an archive is a workbook or text table in the layout of Brightway.

    Raises
    ------
    InputError
        For a single workbook that must not be loaded; see `cradlemark.inventory.safe_files`.
    """
    return any(_is_workbook(archive, name) for name in _documents(archive))


def read_brightway_workbook(
    archive: Archive, *, progress: Callable[[int, int], None] | None = None
) -> Collected:
    """Read a workbook, or several that belong together.

    Parameters
    ----------
    archive : Archive
    progress : callable, optional
        Is told how many of how many activities are done.

    Returns
    -------
    Collected
        Lines that cannot be read are refused one by one and listed with sheet and row.
    """
    names = _documents(archive)
    collector = Collector(archive.name)
    sheets: list[Sheet] = []
    for name in names:
        if _is_workbook(archive, name):
            sheets += read_sheets(archive, name, where=name)
        else:
            collector.unread[Text("table of another layout", "其他布局的表格")] += 1
    collector.unread.update(
        {Text("files of another kind", "其他类型的文件"): len(archive.names()) - len(names)}
    )
    collector.unread += Counter()
    return _Workbook(layout_of(sheets), collector, progress).read()


def read_layout(layout: Layout, where: str) -> Collected:
    """Read sections that are there already; `where` begins every place."""
    return _Workbook(layout, Collector(where), None).read()


def _documents(archive: Archive) -> tuple[str, ...]:
    return tuple(name for name in archive.names() if PurePosixPath(name).suffix.lower() in _TABLES)


def _is_workbook(archive: Archive, name: str) -> bool:
    try:
        if PurePosixPath(name).suffix.lower() in _TEXTS and not _has_words(archive.read(name)):
            return False
        return looks_like_brightway(look_at_sheets(archive, name, where=name))
    except InputError:
        alone = archive.names() == (name,) and PurePosixPath(name).suffix.lower() in WORKBOOKS | {".xls"}
        if alone:
            raise
        return False


def _has_words(content: bytes) -> bool:
    """Whether a text in any encoding has the words that make it a Brightway table; few have, and most tables are large."""
    plain = content.replace(b"\0", b"").lower()
    return b"database" in plain and b"activity" in plain


class _Workbook:
    def __init__(
        self, layout: Layout, collector: Collector, progress: Callable[[int, int], None] | None
    ) -> None:
        self.layout = layout
        self.collector = collector
        self._progress = progress
        self._seen_flows: set[str] = set()
        self._made: dict[str, list[Line]] = {}
        self._of_database: dict[str, list[Parameter]] = {}

    def read(self) -> Collected:
        c = self.collector
        c.unread.update(self.layout.unread)
        for where in self.layout.nameless:
            c.problem(
                where,
                "table-nameless",
                Text("the columns of the table have no names", "表格的列没有名称"),
                Text("name them", "为各列命名"),
            )
        nodes = self._nodes()
        self._parameters()
        self._quantities(nodes)
        products = self._products(nodes)
        reader = ExchangeReader(Nodes(nodes), products, self._add_flow)
        processes = [node for node in nodes if node.kind == "process"]
        c.settle()
        for done, node in enumerate(processes, start=1):
            try:
                self._process(node, reader)
            except InputError as error:
                c.counts["processes refused"] += 1
                c.problem(node.activity.about.where, error.code, error.message, error.hint)
            if self._progress:
                self._progress(done, len(processes))
        for node in nodes:
            if node.kind != "process" and node.activity.exchanges:
                self._lost(node)
        return Collected("Brightway workbook", c.tables(), c.counts, c.languages, c.unread, tuple(c.problems))

    def _nodes(self) -> list[Node]:
        found: dict[str, Node] = {}
        for activity in self.layout.activities:
            node = node_of(activity)
            self.collector.awaited = len(found)
            if len(activity.exchanges) > MAX_EXCHANGES:
                self._refuse_process(activity)
                continue
            if node.id in found:
                self.collector.problem(
                    activity.about.where, "id-duplicate", Text(f"the activity {node.id[:80]} is there twice", f"活动 {node.id[:80]} 重复"),
                    Text("give each a code of its own", "为每个活动给出各自的代码"),
                )  # fmt: skip
                self.collector.counts["processes refused"] += 1
                self.collector.counts["exchanges read"] += len(activity.exchanges)
                self.collector.counts["exchanges refused"] += len(activity.exchanges)
                continue
            found[node.id] = node
        return list(found.values())

    def _refuse_process(self, activity: Activity) -> None:
        """A process that is beyond the limits, before anything is made of its exchanges."""
        try:
            check_count(len(activity.exchanges), MAX_EXCHANGES, EXCHANGES)
        except InputError as error:
            self.collector.counts["processes refused"] += 1
            self.collector.problem(activity.about.where, error.code, error.message, error.hint)

    def _lost(self, node: Node) -> None:
        """Exchanges of a node that is no process."""
        count = len(node.activity.exchanges)
        self.collector.counts["exchanges read"] += count
        self.collector.counts["exchanges refused"] += count
        self.collector.problem(
            node.activity.about.where, "exchange-type",
            Text(f"the {node.kind} {node.name[:60]} has {count} exchanges of its own", f"{node.kind} {node.name[:60]} 自身有 {count} 个交换"),
            Text("give it the type process", "将其类型设为 process"),
        )  # fmt: skip

    def _parameters(self) -> None:
        project = self._read_parameters(self.layout.project)
        databases = {name: self._read_parameters(lines) for name, lines in self.layout.databases.items()}
        several: Counter[str] = Counter(p.name.lower() for own in databases.values() for p in own)
        everywhere = {name for name, count in several.items() if count == 1}
        general = [
            p
            for own in databases.values()
            for p in own
            if len(databases) == 1 or p.name.lower() in everywhere
        ]
        hidden = {parameter.name.lower() for parameter in general}
        # The parameter of a database goes before one of the project with the same name.
        self.collector.add_global_parameters(
            [*(p for p in project if p.name.lower() not in hidden), *general]
        )
        kept = {id(parameter) for parameter in general}
        self._of_database = {name: [p for p in own if id(p) not in kept] for name, own in databases.items()}

    def _read_parameters(self, lines: Sequence[Line]) -> list[Parameter]:
        found: dict[str, Parameter] = {}
        for line in lines:
            try:
                parameter, lost = parameter_of(line)
            except InputError as error:
                self.collector.problem(line.where, error.code, error.message, error.hint)
                self.collector.counts["parameters refused"] += 1
                continue
            if lost:
                self.collector.unread[lost] += 1
            if parameter.name.lower() in found:
                self.collector.problem(
                    line.where, "parameter-twice", Text(f"the parameter {parameter.name[:60]} is there twice; the last one counts", f"参数 {parameter.name[:60]} 重复，以最后一个为准"),
                    Text("keep one of them; upper and lower case are one name here", "只保留一个；此处不区分大小写"),
                )  # fmt: skip
            found[parameter.name.lower()] = parameter
        return list(found.values())

    def _quantities(self, nodes: Sequence[Node]) -> None:
        units = {node.unit for node in nodes}
        units |= {unit_symbol(line.text("unit")) for node in nodes for line in node.activity.exchanges}
        check_count(len(units), MAX_UNITS, UNITS)
        for unit in sorted(units | {""}):
            found, group = quantity_in(unit, units - {""})
            self.collector.conversion.properties[found.id] = found
            self.collector.conversion.groups[group.id] = group

    def _products(self, nodes: Sequence[Node]) -> Products:
        flows: dict[str, str] = {}
        waste: set[str] = set()
        makers: set[str] = set()
        for node in nodes:
            if node.kind == "elementary":
                flows[node.id] = node.id
                self._add_flow(
                    outside(node.id, node.name, node.unit, "elementary", node.categories, node.location)
                )
                continue
            own = self._own_production(node)
            negative = own is not None and self._value(node, own) < 0.0
            if node.kind == "process" and (own is not None or not self._productions(node)):
                makers.add(node.id)
            identifier = "|".join(
                (node.database, node.product, node.unit, "waste" if negative else "product")
            )
            flows[node.id] = identifier
            waste |= {identifier} if negative else set()
            kind: FlowKind = "waste" if negative else "product"
            self._add_flow(outside(identifier, node.product, node.unit, kind, node.categories, ""))
        return Products(flows, frozenset(waste), frozenset(makers))

    def _add_flow(self, flow: Flow) -> None:
        if flow.id not in self._seen_flows:
            self._seen_flows.add(flow.id)
            self.collector.add_flow(flow)

    def _own_production(self, node: Node) -> Line | None:
        """The production of the node's own product."""
        lines = self._productions(node)
        named = [line for line in lines if named_outright(line) == node.id]
        if named or not lines:
            return named[0] if named else None
        open_ones = [line for line in lines if not named_outright(line)]
        same = [line for line in open_ones if _is_called(line, node)]
        if len(same) == 1:
            return same[0]
        return open_ones[0] if len(lines) == len(open_ones) == 1 else None

    def _productions(self, node: Node) -> list[Line]:
        if node.id not in self._made:
            self._made[node.id] = list(_of_type(node.activity.exchanges, "production"))
        return self._made[node.id]

    def _value(self, node: Node, line: Line) -> float:
        """Amount of a line, by its formula when it has one that can be calculated."""
        try:
            formula, amount = formula_of(line), amount_of(line)
        except InputError:
            return math.nan
        if not formula:
            return amount
        values, _ = resolve_parameters(self._own_parameters(node)[0], self.collector.global_parameters)
        try:
            return evaluate_formula(formula, values)
        except InputError:
            return amount

    def _own_parameters(self, node: Node) -> tuple[list[Parameter], list[Line]]:
        """Parameters of an activity, those of its database that others have too in front; lines that cannot be read."""
        found = {parameter.name.lower(): parameter for parameter in self._of_database.get(node.database, ())}
        bad: list[Line] = []
        for line in node.activity.parameters:
            try:
                parameter, _ = parameter_of(line)
            except InputError:
                bad.append(line)
                continue
            found[parameter.name.lower()] = parameter
        return list(found.values()), bad

    def _process(self, node: Node, reader: ExchangeReader) -> None:
        parameters, bad = self._own_parameters(node)
        self._read_parameters(bad)
        good: list[Exchange] = []
        refused: list[RefusedExchange] = []
        own, alone = self._own_production(node), len(self._productions(node)) == 1
        for number, line in enumerate(node.activity.exchanges, start=1):
            self.collector.unread.update(
                Text(f"exchange column {name}", f"交换的列 {name}") for name in unread_columns(line)
            )
            try:
                exchange, lost = reader.read(line, number, node, own=line is own, alone=alone)
            except InputError as error:
                self._refuse(refused, number, line, error, reference=line is own)
                continue
            if lost:
                self.collector.unread[lost] += 1
            good.append(exchange)
        if not self._productions(node):
            good.append(self._implied(node, reader, len(node.activity.exchanges) + 1))
        about = node.activity.about
        unread = Counter(
            Text(f"activity field {name}", f"活动的字段 {name}")
            for name in about.cells
            if name not in _READ_OF_ACTIVITY
        )
        process = Process(
            node.id, {"": node.name}, "unit_process", tuple(good), category=node.categories, location=node.location,
            refused=tuple(refused), parameters=tuple(parameters), description=about.text("comment"),
            technology=about.text("technology"), unread=unread,
        )  # fmt: skip
        self.collector.add_process(process, where=f"{about.where} ({node.name[:60]})")

    def _refuse(
        self, refused: list[RefusedExchange], number: int, line: Line, error: InputError, *, reference: bool
    ) -> None:
        message = Text("{where}: {reason}", "{where}：{reason}").format(
            where=line.where, reason=error.message
        )
        placed = InputError(message, code=error.code, hint=error.hint)
        refused.append(RefusedExchange(number, placed, reference))
        self.collector.watch(len(refused), number - len(refused), error)

    def _implied(self, node: Node, reader: ExchangeReader, number: int) -> Exchange:
        """Brightway takes one unit of itself for the production of an activity that names none."""
        self.collector.counts["productions implied"] += 1
        line = Line(node.activity.about.where, {"type": "production", "amount": 1.0, "comment": "implied"})
        return reader.read(line, number, node, own=True, alone=True)[0]


def _of_type(lines: Sequence[Line], wanted: str) -> Iterator[Line]:
    for line in lines:
        try:
            if exchange_type(line) == wanted:
                yield line
        except InputError:
            continue


def _is_called(line: Line, node: Node) -> bool:
    """Whether a line has the name or the product of a node."""
    names = {line.text("name").lower(), line.text("reference product", "product").lower()} - {""}
    return bool(names & {node.name.lower(), node.product.lower()})
