"""Read tables of unit processes: rows become records, wrong rows are refused one by one and listed."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Literal, cast

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.suggestion import Suggestions
from cradlemark.inventory.importers.archive import Archive
from cradlemark.inventory.importers.process_tables.cells import number, place, share, text, uncertainty
from cradlemark.inventory.importers.process_tables.headings import Kind, TableName, flow_kind_of, kind_of
from cradlemark.inventory.importers.process_tables.sheets import FoundTable, Row, tables
from cradlemark.inventory.importers.process_tables.units import (
    TableUnits,
    property_of,
    reference_of,
    unit_group,
)
from cradlemark.inventory.processes.collect import Collected, Collector
from cradlemark.inventory.processes.limits import EXCHANGES, MAX_EXCHANGES, check_count
from cradlemark.inventory.processes.records import (
    AllocationFactor,
    AllocationMethod,
    Direction,
    Exchange,
    Flow,
    FlowKind,
    Parameter,
    Process,
    RefusedExchange,
)

FORMAT = "process tables"
_DIRECTIONS: dict[Kind, Direction] = {
    "reference": "output", "product": "output", "input": "input", "waste": "output", "treatment": "input", "emission": "output",
    "resource": "input", "avoided": "output",
}  # fmt: skip
_FLOW_KINDS: dict[Kind, FlowKind] = {
    "reference": "product", "product": "product", "input": "product", "avoided": "product", "waste": "waste", "treatment": "waste",
    "emission": "elementary", "resource": "elementary",
}  # fmt: skip
_METHODS: dict[str, AllocationMethod] = {
    "physical": "physical", "mass": "physical", "物理": "physical", "质量": "physical", "economic": "economic", "price": "economic",
    "经济": "economic", "价格": "economic", "causal": "causal", "因果": "causal",
}  # fmt: skip


@attrs.frozen
class _Line:
    """A row of exchanges that can be read."""

    row: Row
    process: str
    kind: Kind
    flow: str
    unit: str
    number: int


def read_process_tables(archive: Archive, *, progress: Callable[[int, int], None] | None = None) -> Collected:
    """Read tables of unit processes.

    Parameters
    ----------
    archive : Archive
    progress : callable, optional
        Is told how many of how many processes are done.

    Returns
    -------
    Collected
        Rows that cannot be read are refused one by one and listed, with sheet, row and column.
    """
    return _Reading(archive, progress).read()


class _Reading:
    def __init__(self, archive: Archive, progress: Callable[[int, int], None] | None) -> None:
        self.collector = Collector(archive.name)
        self.found, others, problems = tables(archive)
        self.collector.unread.update(others)
        self.collector.problems.extend(problems)
        for table in self.found:
            for problem in table.problems:
                self.collector.problem(problem.where, problem.code, problem.message, problem.hint)
        self._progress = progress
        self.listed = bool(self._rows("processes"))
        """Whether there is a table of processes, so that exchanges may not name others."""
        self.units = TableUnits()
        self.suggest = Suggestions()
        self.names: dict[str, str] = {}
        self.flow_names: defaultdict[str, list[str]] = defaultdict(list)
        self.records: dict[str, Process] = {}
        self.refused: defaultdict[str, list[RefusedExchange]] = defaultdict(list)
        self.counted: Counter[str] = Counter()
        """Rows of each process, those that are not read because it has too many among them."""

    def read(self) -> Collected:
        self._processes()
        stated = self._stated_flows()
        lines = self._exchange_lines(stated)
        lines = self._implied_flows(lines, stated)
        self._parameters()
        self._take(lines)
        collector = self.collector
        return Collected(
            FORMAT,
            collector.tables(),
            collector.counts,
            collector.languages,
            collector.unread,
            tuple(collector.problems),
        )

    def _rows(self, table: TableName) -> list[Row]:
        return [row for found in self.found if found.table == table for row in found.rows]

    def _note(self, error: InputError) -> None:
        self.collector.problem(error.where, error.code, error.message, error.hint)

    def _processes(self) -> None:
        for row in self._rows("processes"):
            try:
                record = _process(row)
            except InputError as error:
                self._note(error)
                self.collector.counts["processes refused"] += 1
                continue
            if record.id in self.records:
                self._note(
                    InputError(
                        Text(
                            f"the process {record.id[:80]!r} is there twice", f"过程 {record.id[:80]!r} 重复"
                        ),
                        code="id-duplicate",
                        where=row.where,
                        hint=Text("keep one of them", "只保留一个"),
                    )
                )
                self.collector.counts["processes refused"] += 1
                continue
            self.records[record.id] = record
            for name in (record.id, *record.names.values()):
                self.names.setdefault(name, record.id)

    def _stated_flows(self) -> dict[str, Row]:
        """Flows of a table of flows, by identifier; their units are looked at with those of the exchanges."""
        found: dict[str, Row] = {}
        for row in self._rows("flows"):
            try:
                identifier = _checked_flow(row, self.units)
            except InputError as error:
                self._note(error if error.where else _at(error, row.place("unit")))
                continue
            if identifier in found:
                self._note(
                    InputError(
                        Text(f"the flow {identifier[:80]!r} is there twice", f"流 {identifier[:80]!r} 重复"),
                        code="id-duplicate",
                        where=row.where,
                        hint=Text("keep one of them", "只保留一个"),
                    )
                )
                continue
            found[identifier] = row
            for known in {identifier, text(row, "name"), text(row, "name_zh")} - {""}:
                self.flow_names[known].append(identifier)
        return found

    def _exchange_lines(self, stated: dict[str, Row]) -> list[_Line]:
        lines: list[_Line] = []
        numbers: defaultdict[str, int] = defaultdict(int)
        for table in (found for found in self.found if found.table == "exchanges"):
            above = ""
            for row in table.rows:
                named = ""
                try:
                    named = above = text(row, "process") or above
                    process = self._process_of(row, named)
                    numbers[process] += 1
                    self.counted[process] += 1
                    if self.counted[process] > table.rows_read(named):
                        continue
                    lines.append(self._line(row, process, numbers[process], stated))
                    self.collector.awaited += 1
                except InputError as error:
                    self._refuse(named, row, error if error.where else _at(error, row.place("unit")), numbers)
        return lines

    def _process_of(self, row: Row, named: str) -> str:
        if not named:
            raise InputError(
                Text("the exchange names no process", "交换未指明过程"),
                code="value-missing",
                where=row.place("process"),
                hint=Text("name it", "为其命名"),
            )
        if named in self.names:
            return self.names[named]
        if self.listed:
            raise InputError(
                Text(f"there is no process {named[:80]!r}", f"没有过程 {named[:80]!r}"),
                code="process-unknown",
                where=row.place("process"),
                hint=self.suggest(named, self.names)
                or Text("add it to the table of processes", "将其补充到过程表"),
            )
        self.names[named] = named
        self.records[named] = Process(named, _names(named, ""), "unit_process", (), location=place(row))
        return named

    def _line(self, row: Row, process: str, number_: int, stated: dict[str, Row]) -> _Line:
        name = text(row, "flow")
        if not name:
            raise InputError(
                Text("the exchange names no flow", "交换未指明流"),
                code="value-missing",
                where=row.place("flow"),
                hint=Text("name it", "为其命名"),
            )
        unit = text(row, "unit")
        if not unit:
            raise InputError(
                Text("the unit is empty", "单位为空"),
                code="value-missing",
                where=row.place("unit"),
                hint=Text("give a unit", "填写单位"),
            )
        unit = self.units(unit)
        kind = self._kind(row, name, stated)
        number(row, "amount")
        return _Line(row, process, kind, self._flow_of(row, name, kind, stated), unit, number_)

    def _kind(self, row: Row, name: str, stated: dict[str, Row]) -> Kind:
        word = text(row, "type")
        kind = kind_of(word)
        if kind is None:
            raise InputError(
                Text(
                    f"{word[:40]!r} is no kind of exchange" if word else "the kind of exchange is empty",
                    f"{word[:40]!r} 不是交换的类型" if word else "交换的类型为空",
                ),
                code="value-unknown" if word else "value-missing",
                where=row.place("type"),
                hint=Text(
                    "use reference, product, input, waste, treatment, emission, resource or avoided",
                    "使用 reference、product、input、waste、treatment、emission、resource 或 avoided",
                ),
            )
        flow_kinds = {flow_kind_of(text(stated[key], "type")) for key in self.flow_names.get(name, ())} - {
            None
        }
        natural = flow_kinds == {"elementary"} or (not flow_kinds and bool(text(row, "compartment")))
        plain: dict[Kind, Kind] = {"input": "resource", "product": "emission"}
        if natural and kind in plain:
            return plain[kind]
        wastes: dict[Kind, Kind] = {"input": "treatment", "product": "waste"}
        return wastes[kind] if flow_kinds == {"waste"} and kind in wastes else kind

    def _flow_of(self, row: Row, name: str, kind: Kind, stated: dict[str, Row]) -> str:
        candidates = self.flow_names.get(name, [])
        compartment = text(row, "compartment")
        if compartment and len(candidates) > 1:
            candidates = [key for key in candidates if text(stated[key], "compartment") == compartment]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise InputError(
                Text(f"there are several flows {name[:80]!r}", f"有多个流 {name[:80]!r}"),
                code="flow-unknown",
                where=row.place("flow"),
                hint=Text("use its identifier, or give the compartment", "使用其标识符，或给出环境介质"),
            )
        if stated:
            raise InputError(
                Text(f"there is no flow {name[:80]!r}", f"没有流 {name[:80]!r}"),
                code="flow-unknown",
                where=row.place("flow"),
                hint=self.suggest(name, self.flow_names)
                or Text("add it to the table of flows", "将其补充到流的表"),
            )
        return "/".join(part for part in (_FLOW_KINDS[kind], compartment, name) if part)

    def _implied_flows(self, lines: list[_Line], stated: dict[str, Row]) -> list[_Line]:
        """Give every flow its record, with a reference unit that all its rows convert into; the others are refused."""
        units: defaultdict[str, list[str]] = defaultdict(list)
        first: dict[str, _Line] = {}
        for line in lines:
            units[line.flow].append(line.unit)
            if line.flow not in first or line.kind == "reference":
                first[line.flow] = line
        all_units = {unit for found in units.values() for unit in found}
        for identifier, found in sorted(units.items()):
            row = stated.get(identifier)
            reference = self.units(text(row, "unit")) if row else self._reference(first[identifier], found)
            self._group(reference, all_units)
            kind = _FLOW_KINDS[first[identifier].kind]
            flow = (
                _stated_flow(identifier, row, kind, reference)
                if row
                else _implied_flow(identifier, first[identifier], kind, reference)
            )
            for extra in {"kg", "MJ"} & {_reference_unit(name) for name in flow.factors}:
                self._group(extra, all_units)
            self.collector.add_flow(flow)
        for identifier in sorted(stated.keys() - units.keys()):
            self.collector.unread[
                Text(f"flow without exchange: {identifier[:80]}", f"没有交换的流：{identifier[:80]}")
            ] += 1
        return lines

    def _reference(self, first: _Line, units: Sequence[str]) -> str:
        """The unit of the product where it is made decides the dimension."""
        fitting = [
            unit
            for unit in units
            if property_of(unit).partition(" [")[0] == property_of(first.unit).partition(" [")[0]
        ]
        return reference_of(fitting)

    def _group(self, reference: str, units: set[str]) -> None:
        name = property_of(reference)
        if name not in self.collector.conversion.groups:
            group, flow_property = unit_group(reference, units)
            self.collector.conversion.groups[name] = group
            self.collector.conversion.properties[name] = flow_property

    def _parameters(self) -> None:
        found: defaultdict[str, list[Parameter]] = defaultdict(list)
        for row in self._rows("parameters"):
            try:
                named = text(row, "process")
                found[self._process_of(row, named) if named else ""].append(_parameter(row))
            except InputError as error:
                self._note(error)
        self.collector.add_global_parameters(found.pop("", []))
        for owner, parameters in found.items():
            self.records[owner] = attrs.evolve(self.records[owner], parameters=tuple(parameters))

    def _take(self, lines: list[_Line]) -> None:
        self.collector.settle()
        by_process: defaultdict[str, list[_Line]] = defaultdict(list)
        for line in lines:
            by_process[line.process].append(line)
        for done, (identifier, record) in enumerate(sorted(self.records.items()), start=1):
            self._take_process(record, by_process.get(identifier, []), f"process {identifier[:80]}")
            if self._progress is not None:
                self._progress(done, len(self.records))

    def _take_process(self, record: Process, lines: list[_Line], where: str) -> None:
        try:
            check_count(self.counted[record.id], MAX_EXCHANGES, EXCHANGES)
        except InputError as error:
            self.collector.refuse_process(error, where=where)
            return
        exchanges: list[Exchange] = []
        factors: list[AllocationFactor] = []
        refused = list(self.refused.pop(record.id, []))
        method = record.allocation or "physical"
        sole = _sole_product(lines)
        for line in lines:
            try:
                exchanges.append(self._exchange(line, reference=line is sole))
                given = share(line.row, "allocation")
                if not math.isnan(given) and line.kind in {"reference", "product", "treatment"}:
                    factors.append(AllocationFactor(line.flow, method, given))
            except InputError as error:
                refused.append(RefusedExchange(line.number, error, line.kind == "reference" or line is sole))
        self.collector.add_process(
            attrs.evolve(
                record,
                exchanges=tuple(exchanges),
                refused=tuple(refused),
                factors=tuple(factors),
                allocation=method if factors else record.allocation,
            ),
            where=where,
        )

    def _exchange(self, line: _Line, *, reference: bool) -> Exchange:
        row = line.row
        amount, formula = number(row, "amount"), _formula(row)
        if math.isnan(amount) and not formula:
            raise InputError(
                Text("the amount is empty", "数量为空"),
                code="value-missing",
                where=row.place("amount"),
                hint=Text("give it; zero is written 0", "请填写；零写作 0"),
            )
        provider = text(row, "provider")
        return Exchange(
            line.number,
            line.flow,
            _DIRECTIONS[line.kind],
            amount,
            line.unit,
            self._property(line),
            reference=reference or line.kind in {"reference", "treatment"},
            avoided=line.kind == "avoided",
            provider=self.names.get(provider, provider),
            formula=formula,
            location=place(row) if self.listed else "",
            comment=text(row, "comment"),
            uncertainty=uncertainty(row),
            price=number(row, "price"),
            pedigree=text(row, "pedigree"),
            flow_name=text(row, "flow"),
        )

    def _property(self, line: _Line) -> str:
        """The property that the unit of a row is a unit of: that of reference, or mass or energy when they are stated."""
        flow = self.collector.conversion.flows[line.flow]
        for name in (flow.reference_property, *sorted(flow.factors)):
            if line.unit in self.collector.conversion.groups[name].factors:
                return name
        reference = _reference_unit(flow.reference_property)
        raise InputError(
            Text(
                f"{line.unit} is no unit of {text(line.row, 'flow')[:60]!r}, which is measured in {reference}",
                f"{line.unit} 不是 {text(line.row, 'flow')[:60]!r} 的单位，它以 {reference} 计量",
            ),
            code="unit-unknown",
            where=line.row.place("unit"),
            hint=Text(
                f"use a unit like {reference}, or give its mass or energy in a table of flows",
                f"使用 {reference} 一类的单位，或在流的表中给出其质量或能量",
            ),
        )

    def _refuse(self, named: str, row: Row, error: InputError, numbers: defaultdict[str, int]) -> None:
        """Count a row that cannot be read with its process, or by itself when its process is not known either."""
        process = self.names.get(named)
        if process is None:
            self.collector.counts["exchanges read"] += 1
            self.collector.counts["exchanges refused"] += 1
            self._note(error)
            return
        numbers[process] += 1
        reference = kind_of(text(row, "type") if len(str(row.cells.get("type", ""))) < 100 else "") in {
            "reference",
            "treatment",
        }
        self.refused[process].append(RefusedExchange(numbers[process], error, reference))
        self.collector.doubt(error.code)


def _sole_product(lines: list[_Line]) -> _Line | None:
    """The only product of a process that marks none as its reference."""
    if any(line.kind in {"reference", "treatment"} for line in lines):
        return None
    products = [line for line in lines if line.kind == "product"]
    return products[0] if len(products) == 1 else None


def _process(row: Row) -> Process:
    name, chinese = text(row, "name"), text(row, "name_zh")
    identifier = text(row, "id") or name or chinese
    if not identifier:
        raise InputError(
            Text("the process has no name", "过程没有名称"),
            code="value-missing",
            where=row.place("name"),
            hint=Text("give it one", "为其命名"),
        )
    words = text(row, "allocation_method").lower()
    if words and words not in _METHODS:
        raise InputError(
            Text(f"{words[:40]!r} is no allocation method", f"{words[:40]!r} 不是分配方法"),
            code="value-unknown",
            where=row.place("allocation_method"),
            hint=Text("use physical, economic or causal", "使用 physical、economic 或 causal"),
        )
    kind = text(row, "kind").lower().replace(" ", "_") or "unit_process"
    return Process(
        identifier,
        _names(name or ("" if chinese else identifier), chinese),
        cast("Literal['unit_process', 'aggregated']", kind if kind == "aggregated" else "unit_process"),
        (),
        text(row, "category"),
        place(row),
        text(row, "valid_from"),
        text(row, "valid_until"),
        text(row, "version"),
        _METHODS.get(words, ""),
        (),
        (),
        (),
        text(row, "description"),
        text(row, "technology"),
    )


def _parameter(row: Row) -> Parameter:
    name, formula = text(row, "name"), _formula(row)
    value = number(row, "value")
    if not name or (math.isnan(value) and not formula):
        raise _empty(row, "value" if name else "name")
    return Parameter(name, value, formula, text(row, "description"), uncertainty(row))


def _checked_flow(row: Row, units: TableUnits) -> str:
    """Identifier of a flow whose name, unit and kind can be read."""
    identifier = text(row, "id") or _flow_id(row)
    if not (text(row, "name") or text(row, "name_zh")):
        raise _empty(row, "name")
    if not text(row, "unit"):
        raise _empty(row, "unit")
    units(text(row, "unit"))
    word = text(row, "type")
    if word and flow_kind_of(word) is None:
        raise InputError(
            Text(f"{word[:40]!r} is no kind of flow", f"{word[:40]!r} 不是流的类型"),
            code="value-unknown",
            where=row.place("type"),
            hint=Text("use product, waste or elementary", "使用 product、waste 或 elementary"),
        )
    for column in ("mass", "energy"):
        number(row, column)
    return identifier


def _empty(row: Row, column: str) -> InputError:
    return InputError(
        Text(f"{column} is empty", f"{column} 为空"),
        code="value-missing",
        where=row.place(column),
        hint=Text(f"give the {column}", f"填写 {column}"),
    )


def _names(name: str, chinese: str) -> dict[str, str]:
    if name and not chinese and any("\u4e00" <= letter <= "\u9fff" for letter in name):
        return {"zh": name}
    return {key: value for key, value in (("en", name), ("zh", chinese)) if value}


def _flow_id(row: Row) -> str:
    return "/".join(
        part for part in (text(row, "compartment"), text(row, "name") or text(row, "name_zh")) if part
    )


def _stated_flow(identifier: str, row: Row, kind: FlowKind, reference: str) -> Flow:
    own = property_of(reference)
    factors = {own: 1.0}
    for column, unit in (("mass", "kg"), ("energy", "MJ")):
        value = number(row, column)
        if not math.isnan(value) and value > 0.0:
            factors.setdefault(property_of(unit), value)
    stated = flow_kind_of(text(row, "type")) or kind
    compartment, category = text(row, "compartment"), text(row, "category")
    return Flow(
        identifier,
        _names(text(row, "name"), text(row, "name_zh")),
        stated,
        factors,
        own,
        "/".join(part for part in (category, compartment) if part),
        text(row, "cas"),
        text(row, "formula"),
        place(row),
        text(row, "synonyms"),
    )


def _implied_flow(identifier: str, line: _Line, kind: FlowKind, reference: str) -> Flow:
    own = property_of(reference)
    compartment = text(line.row, "compartment")
    if kind == "elementary" and line.kind == "resource":
        compartment = f"resource/{compartment}".rstrip("/")
    return Flow(
        identifier,
        _names(text(line.row, "flow"), ""),
        kind,
        {own: 1.0},
        own,
        compartment,
        text(line.row, "cas"),
    )


def _reference_unit(name: str) -> str:
    return name.partition(" [")[2].rstrip("]")


def _formula(row: Row) -> str:
    return text(row, "formula").removeprefix("=").strip()


def _at(error: InputError, where: str) -> InputError:
    return InputError(error.message, code=error.code, where=where, hint=error.hint)


__all__ = ["FORMAT", "FoundTable", "read_process_tables"]
