"""From plain records to tables: units converted, formulas calculated, roles given, everything counted."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable

import attrs
import numpy as np

from cradlemark.core.errors import InputError, Problem
from cradlemark.inventory.processes.assemble import Assembled
from cradlemark.inventory.processes.conversion import Conversion
from cradlemark.inventory.processes.formulas import evaluate_formula, resolve_parameters
from cradlemark.inventory.processes.records import (
    AllocationFactor,
    CharacterisationFactor,
    Exchange,
    Flow,
    ImpactCategory,
    Names,
    Parameter,
    Process,
    RefusedExchange,
    Uncertainty,
)
from cradlemark.inventory.processes.tables import IntArray, Table, TableBuilder

SAME_VALUE = 1e-6
"""Relative difference below which a calculated amount and the stored one are the same [1]."""
_READ = (
    "processes", "flows", "flow_properties", "exchanges", "allocation_factors", "parameters", "units",
    "impact_categories", "characterisation",
)  # fmt: skip


class Collector:
    """Takes the records of an importer and makes the tables that the source alone determines.

    Attributes
    ----------
    conversion : Conversion
        Units, properties and flows; importers fill it before processes.
    counts : Counter
        What was read, by name.
    problems : list of Problem
        What was refused or is in doubt.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.conversion = Conversion()
        self.counts: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.unread: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.global_parameters: dict[str, float] = {}
        self._builders = {name: TableBuilder(name) for name in _READ}
        self._flow_rows: dict[str, int] = {}
        self._process_ids: set[str] = set()
        self._without_reference: set[int] = set()

    def problem(self, where: str, code: str, message: str, hint: str = "") -> None:
        """Note something that was refused or is in doubt."""
        self.problems.append(Problem(f"{self.where}, {where}" if where else self.where, code, message, hint))

    def add_flow(self, flow: Flow) -> None:
        """Take a flow; of two with one identifier the first stays."""
        self.counts["flows read"] += 1
        if flow.id in self.conversion.flows:
            self.problem(f"flow {flow.id}", "id-duplicate", "the flow is there twice", "keep one of them")
            return
        self.conversion.flows[flow.id] = flow

    def add_global_parameters(self, parameters: Iterable[Parameter]) -> None:
        """Take parameters of the whole database, in any order."""
        parameters = tuple(parameters)
        self.counts["parameters"] += len(parameters)
        self.global_parameters, failed = resolve_parameters(parameters, {})
        self._parameters(-1, parameters, self.global_parameters, failed, "global parameters")

    def add_process(self, process: Process, *, where: str) -> None:
        """Take a process with its exchanges, factors and parameters."""
        if process.id in self._process_ids:
            self.problem(
                where, "id-duplicate", f"the process {process.id} is there twice", "keep one of them"
            )
            self.counts["processes refused"] += 1
            return
        self._process_ids.add(process.id)
        self._languages(process.names)
        self.unread.update(process.unread)
        self.counts[f"processes {process.kind}"] += 1
        row = self._builders["processes"].add(
            id=process.id, **_named(process.names), kind=process.kind, category=process.category,
            location=process.location, valid_from=process.valid_from, valid_until=process.valid_until,
            version=process.version, allocation=process.allocation, description=process.description,
            technology=process.technology,
            usable=1,
        )  # fmt: skip
        values, failed = resolve_parameters(process.parameters, self.global_parameters)
        self.counts["parameters"] += len(process.parameters)
        self._parameters(row, process.parameters, values, failed, where)
        for exchange in process.exchanges:
            self._exchange(row, exchange, values, f"{where}, exchange {exchange.number}")
        for refused in process.refused:
            self.counts["exchanges read"] += 1
            self._refuse(row, refused, f"{where}, exchange {refused.number}")
        for factor in process.factors:
            self._factor(row, factor, values, where)

    def add_category(self, category: ImpactCategory, *, where: str) -> None:
        """Take an impact category with its factors, converted to reference units where the flow is known."""
        row = self._builders["impact_categories"].add(
            id=category.id, method=category.method, **_named(category.names), unit=category.unit
        )
        self.counts["impact categories"] += 1
        for factor in category.factors:
            self.counts["characterisation factors read"] += 1
            try:
                scale = self._factor_scale(factor)
            except InputError as error:
                self.counts["characterisation factors refused"] += 1
                self.problem(f"{where}, flow {factor.flow}", error.code, error.message, error.hint)
                continue
            self._builders["characterisation"].add(
                category=row, flow=factor.flow, direction=factor.direction,
                location=factor.location, value=factor.value / scale, **self._about_flow(factor),
            )  # fmt: skip
            self.counts["characterisation factors stored"] += 1

    def _about_flow(self, factor: CharacterisationFactor) -> dict[str, str]:
        """What ties the flow of a factor to flows of other nomenclatures."""
        flow = self.conversion.flows.get(factor.flow)
        if flow is None:
            return {"flow_name": factor.flow_name}
        unit = self.conversion.reference_unit(flow)
        return {
            "flow_name": factor.flow_name or _first(flow.names), "compartment": flow.category, "cas": flow.cas,
            "unit": unit, "synonyms": flow.synonyms,
        }  # fmt: skip

    def _factor_scale(self, factor: CharacterisationFactor) -> float:
        if not math.isfinite(factor.value):
            raise InputError("the factor is no finite number", code="number-invalid", hint="correct it")
        flow = self.conversion.flows.get(factor.flow)
        if flow is None or not (factor.unit or factor.property):
            return 1.0
        return self.conversion.factor(flow, unit=factor.unit, property_id=factor.property)

    def tables(self) -> dict[str, Table]:
        """The tables read so far, in an order that does not depend on that of the files."""
        self._units()
        tables = {name: builder.table() for name, builder in self._builders.items()}
        repaired = sum(builder.repaired for builder in self._builders.values())
        if repaired:
            self.unread["texts with half a character, replaced by U+FFFD"] = repaired
        usable = tables["processes"].integers("usable").copy()
        usable[sorted(self._without_reference)] = 0
        tables["processes"] = tables["processes"].replace(usable=usable)
        return _in_order(tables)

    def _languages(self, names: Names) -> None:
        self.languages.update(language or "not stated" for language in names)

    def _flow_row(self, flow: Flow) -> int:
        row = self._flow_rows.get(flow.id)
        if row is not None:
            return row
        self._languages(flow.names)
        unit = self.conversion.reference_unit(flow)
        row = self._builders["flows"].add(
            id=flow.id, **_named(flow.names), kind=flow.kind, category=flow.category, cas=flow.cas,
            formula=flow.formula, location=flow.location, unit=unit, property=flow.reference_property,
            synonyms=flow.synonyms,
        )  # fmt: skip
        self._flow_rows[flow.id] = row
        for identifier, factor in sorted(flow.factors.items()):
            found = self.conversion.properties.get(identifier)
            self._builders["flow_properties"].add(
                flow=row, property=identifier, name=found.name if found else "",
                unit=self.conversion.property_unit(identifier), factor=factor,
            )  # fmt: skip
        return row

    def _exchange(self, process: int, exchange: Exchange, values: dict[str, float], where: str) -> None:
        self.counts["exchanges read"] += 1
        try:
            flow = self._known_flow(exchange)
            factor = self.conversion.factor(flow, unit=exchange.unit, property_id=exchange.property)
            counting = self._amount(exchange, values, where)
            amount = counting * factor
            if not math.isfinite(amount):
                raise _not_finite()
        except InputError as error:
            self._refuse(process, RefusedExchange(exchange.number, error, exchange.reference), where)
            return
        if factor != 1.0:
            self.counts["units converted"] += 1
        unit = self.conversion.unit_name(flow, unit=exchange.unit, property_id=exchange.property)
        uncertainty = self._centred(exchange.uncertainty, counting, where)
        self._builders["exchanges"].add(
            process=process, number=exchange.number, flow=self._flow_row(flow), direction=exchange.direction,
            role=role_of(exchange, flow), amount=amount, source_amount=exchange.amount,
            factor=factor, source_unit=unit or self.conversion.reference_unit(flow),
            formula=exchange.formula, declared_provider=exchange.provider, location=exchange.location,
            comment=exchange.comment, price=exchange.price,
            pedigree=exchange.pedigree, base_uncertainty=exchange.base_uncertainty, **_spread(uncertainty, factor),
        )  # fmt: skip
        self.counts["exchanges stored"] += 1
        self.counts["uncertainties"] += uncertainty is not None
        self.counts["pedigrees"] += bool(exchange.pedigree)

    def _refuse(self, process: int, refused: RefusedExchange, where: str) -> None:
        self.counts["exchanges refused"] += 1
        if refused.reference:
            self._without_reference.add(process)
        self.problem(
            refused.error.where or where, refused.error.code, refused.error.message, refused.error.hint
        )

    def _known_flow(self, exchange: Exchange) -> Flow:
        flow = self.conversion.flows.get(exchange.flow)
        if flow is None:
            raise InputError(
                f"the flow {exchange.flow} ({exchange.flow_name[:80]}) is not in the source",
                code="flow-unknown",
                hint="export the process with the flows it refers to",
            )
        return flow

    def _amount(self, exchange: Exchange, values: dict[str, float], where: str) -> float:
        amount = exchange.amount
        if exchange.formula:
            self.counts["formulas read"] += 1
            try:
                amount = evaluate_formula(exchange.formula, values)
                self.counts["formulas calculated"] += 1
                self._compare(amount, exchange.amount, where)
            except InputError as error:
                if math.isnan(exchange.amount):
                    raise  # the source stores none
                self.problem(
                    where, "formula-stored", f"{error.message}; the stored amount is used", error.hint
                )
        if not math.isfinite(amount):
            raise _not_finite()
        return amount

    def _centred(self, uncertainty: Uncertainty | None, amount: float, where: str) -> Uncertainty | None:
        """The distribution around the amount that counts, where the source leaves its centre open."""
        if uncertainty is None or uncertainty.kind == "uniform":
            return uncertainty
        if uncertainty.kind == "triangular":
            if not math.isnan(uncertainty.p2):
                return uncertainty
            fitting = uncertainty.p1 <= amount <= uncertainty.p3
            centred = attrs.evolve(uncertainty, p2=amount)
        else:
            if not math.isnan(uncertainty.p1):
                return uncertainty
            fitting = uncertainty.kind == "normal" or amount != 0.0
            centred = attrs.evolve(uncertainty, p1=amount)
        if not fitting:
            self.problem(
                where, "uncertainty-invalid", f"a {uncertainty.kind} distribution does not fit around {amount:g}",
                "the amount is taken without uncertainty; correct it in the source",
            )  # fmt: skip
        return centred if fitting else None

    def _compare(self, calculated: float, stored: float, where: str) -> None:
        if not math.isfinite(stored) or math.isclose(calculated, stored, rel_tol=SAME_VALUE, abs_tol=1e-300):
            return
        self.counts["formulas that differ"] += 1
        self.problem(
            where,
            "formula-differs",
            f"the formula gives {calculated:.9g}, the source stores {stored:.9g}; the formula counts",
            "calculate the source anew before exporting it",
        )

    def _factor(self, process: int, factor: AllocationFactor, values: dict[str, float], where: str) -> None:
        self.counts["allocation factors read"] += 1
        flow = self.conversion.flows.get(factor.product)
        value = factor.value
        if factor.formula:
            self.counts["formulas read"] += 1
            try:
                value = evaluate_formula(factor.formula, values)
                self.counts["formulas calculated"] += 1
            except InputError as error:
                self.problem(
                    where, "formula-stored", f"{error.message}; the stored factor is used", error.hint
                )
        if flow is None or not math.isfinite(value):
            self.counts["allocation factors refused"] += 1
            why = "is for an unknown product" if flow is None else "is no finite number"
            self.problem(
                where, "allocation-factor", f"an allocation factor {why}", "correct it in the source"
            )
            return
        self._builders["allocation_factors"].add(
            process=process, flow=self._flow_row(flow), method=factor.method, exchange=factor.exchange,
            value=value, formula=factor.formula,
        )  # fmt: skip
        self.counts["allocation factors stored"] += 1

    def _parameters(
        self, process: int, parameters: tuple[Parameter, ...], values: dict[str, float],
        failed: tuple[str, ...], where: str,
    ) -> None:  # fmt: skip
        for parameter in parameters:
            value = values.get(parameter.name.lower(), parameter.value)
            self._builders["parameters"].add(
                process=process, name=parameter.name, formula=parameter.formula, value=value,
                description=parameter.description, **_spread(parameter.uncertainty, 1.0),
            )  # fmt: skip
            self.counts["formulas read"] += bool(parameter.formula)
            self.counts["formulas calculated"] += bool(parameter.formula) and parameter.name not in failed
        for name in failed:
            self.problem(
                f"{where}, parameter {name}",
                "formula-stored",
                "the formula cannot be calculated; the stored value is used",
                "see which functions are understood in the reference of process databases",
            )

    def _units(self) -> None:
        for identifier, group in sorted(self.conversion.groups.items()):
            for unit in group.units:
                self._builders["units"].add(
                    group=identifier, group_name=group.name, unit=unit, factor=group.factors[unit]
                )


def _first(names: Names) -> str:
    return names.get("en") or names.get("") or next(iter(names.values()), "")


def _not_finite() -> InputError:
    return InputError("the amount is no finite number", code="number-invalid", hint="correct it")


def role_of(exchange: Exchange, flow: Flow) -> str:
    """What an exchange does in its process.

    A waste that is taken in is a function of the process only when it is its reference (``treatment``).
    """
    if flow.kind == "elementary":
        return "resource" if exchange.direction == "input" else "emission"
    if exchange.avoided:
        return "avoided"
    if exchange.reference:
        return "reference"
    if flow.kind == "product":
        return "product" if exchange.direction == "output" else "input"
    return "waste" if exchange.direction == "output" else "treatment"


def _named(names: Names) -> dict[str, str]:
    rest = {key: value for key, value in names.items() if key not in {"", "en", "zh"}}
    english = names.get("en") or names.get("", "")
    return {
        "name_en": english,
        "name_zh": names.get("zh", ""),
        "name_other": json.dumps(rest, ensure_ascii=False, sort_keys=True) if rest else "",
    }


def _spread(uncertainty: Uncertainty | None, factor: float) -> dict[str, str | float]:
    if uncertainty is None:
        return {}
    second = uncertainty.p2 if uncertainty.kind == "lognormal" else uncertainty.p2 * factor
    return {
        "distribution": uncertainty.kind,
        "p1": uncertainty.p1 * factor,
        "p2": second,
        "p3": uncertainty.p3 * factor,
    }


def _in_order(tables: dict[str, Table]) -> dict[str, Table]:
    """Sort processes and flows by identifier, and what belongs to them after them."""
    renumbered: dict[str, IntArray] = {}
    for name in ("processes", "flows", "impact_categories"):
        order = np.array(sorted(range(len(tables[name])), key=tables[name].texts("id").__getitem__), np.int64)
        tables[name] = tables[name].take(order)
        places = np.empty(len(order) + 1, np.int64)
        places[order] = np.arange(len(order))
        places[-1] = -1  # row -1 stays -1
        renumbered[name] = places
    for name, owners in _OWNERS.items():
        changed = {column: renumbered[table][tables[name].integers(column)] for column, table in owners}
        tables[name] = tables[name].replace(**changed)
        tables[name] = tables[name].take(_sorted_rows(tables[name], SORTED_BY[name]))
    return tables


_OWNERS = {
    "flow_properties": (("flow", "flows"),),
    "exchanges": (("process", "processes"), ("flow", "flows")),
    "allocation_factors": (("process", "processes"), ("flow", "flows")),
    "parameters": (("process", "processes"),),
    "characterisation": (("category", "impact_categories"),),
}
SORTED_BY = {
    "flow_properties": ("flow", "property"),
    "exchanges": ("process", "number", "flow", "direction"),
    "allocation_factors": ("process", "method", "flow", "exchange"),
    "parameters": ("process", "name"),
    "characterisation": ("category", "flow", "direction", "location"),
}


def _sorted_rows(table: Table, by: tuple[str, ...]) -> IntArray:
    columns = [table.columns[name] for name in by]
    keys = [column if isinstance(column, tuple) else column.tolist() for column in columns]
    return np.array([row for *_, row in sorted(zip(*keys, range(len(table)), strict=True))], np.int64)


@attrs.frozen
class Collected:
    """What an importer has read: tables of the source, and what is known about the reading.

    ``assembled`` is there when the source is a matrix already, with nothing to link or to allocate.
    """

    format: str
    tables: dict[str, Table]
    counts: Counter[str]
    languages: Counter[str]
    unread: Counter[str]
    problems: tuple[Problem, ...]
    assembled: Assembled | None = None
