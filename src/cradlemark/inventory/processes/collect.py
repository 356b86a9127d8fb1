"""From plain records to tables: units converted, formulas calculated, roles given, everything counted."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.inventory.processes.assemble import Assembled
from cradlemark.inventory.processes.cas_numbers import CasNumbers
from cradlemark.inventory.processes.conversion import Conversion
from cradlemark.inventory.processes.formulas import evaluate_formula, resolve_parameters
from cradlemark.inventory.processes.limits import (
    FACTORS,
    MAX_FACTORS,
    MAX_NAME,
    MAX_SHARES,
    MAX_UNREADABLE,
    REMARKS,
    SHARES,
    check_count,
    check_texts,
    unreadable,
)
from cradlemark.inventory.processes.problem_list import ProblemList
from cradlemark.inventory.processes.record_limits import (
    check_exchange,
    check_flow,
    check_names,
    check_parameters,
    check_process,
)
from cradlemark.inventory.processes.records import (
    DISTRIBUTIONS,
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
from cradlemark.inventory.processes.row_order import in_order
from cradlemark.inventory.processes.tables import Table, TableBuilder

SAME_VALUE = 1e-6
"""Relative difference below which a calculated amount and the stored one are the same [1]."""
_HALF = Text("texts with half a character, replaced by U+FFFD", "含半个字符的文字，已用 U+FFFD 替代")
_KEPT = (
    "exchanges stored",
    "characterisation factors stored",
    "processes unit_process",
    "processes aggregated",
)
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
    cas_numbers : CasNumbers
        Of flows; importers add what stands elsewhere than at flows and factors.
    counts : Counter
        What was read, by name.
    problems : ProblemList
        What was refused or is in doubt.
    awaited : int
        Parts that an importer has read and will hand in later.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.conversion = Conversion()
        self.counts: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.unread: Counter[Text] = Counter()
        self.problems = ProblemList(where)
        self.cas_numbers = CasNumbers(self.problem)
        self.global_parameters: dict[str, float] = {}
        self._builders = {name: TableBuilder(name) for name in _READ}
        self._flow_rows: dict[str, int] = {}
        self._process_ids: set[str] = set()
        self._without_reference: set[int] = set()
        self.awaited = 0
        self._unreadable = 0

    def problem(self, where: str, code: str, message: Text, hint: Text = Text()) -> None:
        """Note something that was refused or is in doubt.

        Raises
        ------
        SourceRefused
            When it is one of very many, and less of the source can be read than cannot.
        """
        self.problems.append(Problem(f"{self.where}, {where}" if where else self.where, code, message, hint))
        self.doubt(code)

    def watch(self, bad: int, good: int, error: InputError) -> None:
        """Give up on a process, or on the source, of which far more parts cannot be read than can.

        Importers ask this at every part of a process that cannot be read, before they hand the process in.

        Parameters
        ----------
        bad, good : int
            Parts of the process so far.
        error : InputError
            Why the last one cannot be read.

        Raises
        ------
        InputError
            ``source-limit`` when the process is hopeless and the rest of the source is not.
        SourceRefused
        """
        if bad <= MAX_UNREADABLE or bad <= good:
            return
        self._unreadable += bad
        if self._unreadable > self._kept + good:
            last = Problem(self.where, error.code, error.message, error.hint)
            raise unreadable(self._unreadable, self.where, (*self.problems, last))
        check_count(bad, MAX_UNREADABLE, Text("exchanges that cannot be read", "个无法读取的交换"))

    def doubt(self, code: str) -> None:
        """Count a part that cannot be read and will be handed in, and listed, later.

        Raises
        ------
        SourceRefused
        """
        self._unreadable += code not in REMARKS
        if self._unreadable > MAX_UNREADABLE and self._unreadable > self._kept:
            raise unreadable(self._unreadable, self.where, self.problems)

    def settle(self) -> None:
        """Forget what was announced, because it is handed in from now on."""
        self.awaited = self._unreadable = 0

    @property
    def _kept(self) -> int:
        return self.awaited + len(self.conversion.flows) + sum(self.counts[name] for name in _KEPT)

    def add_flow(self, flow: Flow) -> None:
        """Take a flow; of two with one identifier the first stays."""
        self.counts["flows read"] += 1
        try:
            check_flow(flow)
        except InputError as error:
            self.counts["flows refused"] += 1
            self.problem(f"flow {flow.id[:80]}", error.code, error.message, error.hint)
            return
        self.cas_numbers.state(flow.id, flow.cas)
        if flow.id in self.conversion.flows:
            self.problem(
                f"flow {flow.id}",
                "id-duplicate",
                Text("the flow is there twice", "流重复"),
                Text("keep one of them", "只保留一个"),
            )
            return
        self.conversion.flows[flow.id] = flow

    def add_global_parameters(self, parameters: Iterable[Parameter]) -> None:
        """Take parameters of the whole database, in any order."""
        parameters = tuple(parameters)
        try:
            check_parameters(parameters)
        except InputError as error:
            self.counts["parameters refused"] += len(parameters)
            self.problem("global parameters", error.code, error.message, error.hint)
            return
        self.counts["parameters"] += len(parameters)
        self.global_parameters, failed = resolve_parameters(parameters, {})
        self._parameters(-1, parameters, self.global_parameters, failed, "global parameters")

    def refuse_process(self, error: InputError, *, where: str) -> None:
        """Leave a whole process out, and say why."""
        self.counts["processes refused"] += 1
        self.problem(where[:MAX_NAME], error.code, error.message, error.hint)

    def add_process(self, process: Process, *, where: str) -> None:
        """Take a process with its exchanges, factors and parameters; one that is beyond the limits is refused."""
        try:
            check_process(process)
            check_count(len(process.exchanges) * self._products_of(process), MAX_SHARES, SHARES)
        except InputError as error:
            self.refuse_process(error, where=where)
            return
        if process.id in self._process_ids:
            self.problem(
                where,
                "id-duplicate",
                Text(f"the process {process.id} is there twice", f"过程 {process.id} 重复"),
                Text("keep one of them", "只保留一个"),
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
        shared = _with_a_share(process)
        for exchange in process.exchanges:
            self._exchange(row, exchange, shared, values, f"{where}, exchange {exchange.number}")
        for refused in process.refused:
            self.counts["exchanges read"] += 1
            self._refuse(row, refused, f"{where}, exchange {refused.number}")
        for factor in process.factors:
            self._factor(row, factor, values, where)

    def _products_of(self, process: Process) -> int:
        flows = self.conversion.flows
        return sum(
            exchange.reference
            or (
                exchange.direction == "output"
                and exchange.flow in flows
                and flows[exchange.flow].kind == "product"
            )
            for exchange in process.exchanges
        )

    def add_category(self, category: ImpactCategory, *, where: str) -> None:
        """Take an impact category with its factors, converted to reference units where the flow is known.

        Raises
        ------
        InputError
            ``source-limit`` or ``text-too-long`` for one that is beyond the limits.
        """
        check_count(len(category.factors), MAX_FACTORS, FACTORS)
        check_names(category.names, category.id, category.unit, category.method)
        row = self._builders["impact_categories"].add(
            id=category.id, method=category.method, **_named(category.names), unit=category.unit
        )
        self.counts["impact categories"] += 1
        for factor in category.factors:
            self.counts["characterisation factors read"] += 1
            self.cas_numbers.state(factor.flow, factor.cas, by_method=True)
            try:
                check_texts((factor.flow, factor.flow_name, factor.location), MAX_NAME)
                scale = self._factor_scale(factor)
            except InputError as error:
                self.counts["characterisation factors refused"] += 1
                self.problem(f"{where}, flow {factor.flow[:80]}", error.code, error.message, error.hint)
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
            "flow_name": factor.flow_name or _first(flow.names), "compartment": flow.category, "unit": unit,
            "synonyms": flow.synonyms,
        }  # fmt: skip

    def _factor_scale(self, factor: CharacterisationFactor) -> float:
        if not math.isfinite(factor.value):
            raise InputError(
                Text("the factor is no finite number", "因子不是有限数值"),
                code="number-invalid",
                hint=Text("correct it", "修正它"),
            )
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
            self.unread[_HALF] = repaired
        usable = tables["processes"].integers("usable").copy()
        usable[sorted(self._without_reference)] = 0
        tables["processes"] = tables["processes"].replace(usable=usable)
        return in_order(self.cas_numbers.on(tables))

    def _languages(self, names: Names) -> None:
        self.languages.update(language or "not stated" for language in names)

    def _flow_row(self, flow: Flow) -> int:
        row = self._flow_rows.get(flow.id)
        if row is not None:
            return row
        self._languages(flow.names)
        unit = self.conversion.reference_unit(flow)
        row = self._builders["flows"].add(
            id=flow.id, **_named(flow.names), kind=flow.kind, category=flow.category, formula=flow.formula,
            location=flow.location, unit=unit, property=flow.reference_property, synonyms=flow.synonyms,
        )  # fmt: skip
        self._flow_rows[flow.id] = row
        for identifier, factor in sorted(flow.factors.items()):
            found = self.conversion.properties.get(identifier)
            self._builders["flow_properties"].add(
                flow=row, property=identifier, name=found.name if found else "",
                unit=self.conversion.property_unit(identifier), factor=factor,
            )  # fmt: skip
        return row

    def _exchange(
        self, process: int, exchange: Exchange, shared: frozenset[str], values: dict[str, float], where: str
    ) -> None:
        self.counts["exchanges read"] += 1
        try:
            check_exchange(exchange)
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
            role=role_of(exchange, flow, shared=exchange.flow in shared), amount=amount, source_amount=exchange.amount,
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
                Text(
                    f"the flow {exchange.flow[:80]} ({exchange.flow_name[:80]}) is not in the source",
                    f"流 {exchange.flow[:80]}（{exchange.flow_name[:80]}）不在数据源中",
                ),
                code="flow-unknown",
                hint=Text("export the process with the flows it refers to", "连同所引用的流一起导出过程"),
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
                self._stored(where, _stored_reason(error, Text("amount", "数量")), error.hint)
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
            kind = DISTRIBUTIONS[uncertainty.kind]
            self.problem(
                where, "uncertainty-invalid",
                Text(f"a {kind.en} distribution does not fit around {amount:g}", f"{kind.zh}分布与数值 {amount:g} 不符"),
                Text("the amount is taken without uncertainty; correct it in the source", "该数量按无不确定度处理；在数据源中修正"),
            )  # fmt: skip
        return centred if fitting else None

    def _compare(self, calculated: float, stored: float, where: str) -> None:
        if not math.isfinite(stored) or math.isclose(calculated, stored, rel_tol=SAME_VALUE, abs_tol=1e-300):
            return
        self.counts["formulas that differ"] += 1
        self.problem(
            where,
            "formula-differs",
            Text(
                f"the formula gives {calculated:.9g}, the source stores {stored:.9g}; the formula counts",
                f"公式得 {calculated:.9g}，数据源存储 {stored:.9g}；以公式为准",
            ),
            Text("calculate the source anew before exporting it", "导出前重新计算数据源"),
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
                self._stored(where, _stored_reason(error, Text("factor", "因子")), error.hint)
        if flow is None or not math.isfinite(value):
            self.counts["allocation factors refused"] += 1
            unknown = Text("an allocation factor is for an unknown product", "某分配因子对应的产品未知")
            endless = Text("an allocation factor is no finite number", "某分配因子不是有限数值")
            self.problem(
                where,
                "allocation-factor",
                unknown if flow is None else endless,
                Text("correct it in the source", "在数据源中修正"),
            )
            return
        self._builders["allocation_factors"].add(
            process=process, flow=self._flow_row(flow), method=factor.method, exchange=factor.exchange,
            value=value, formula=factor.formula,
        )  # fmt: skip
        self.counts["allocation factors stored"] += 1

    def _parameters(
        self, process: int, parameters: tuple[Parameter, ...], values: dict[str, float],
        failed: Mapping[str, Text], where: str,
    ) -> None:  # fmt: skip
        for parameter in parameters:
            value = values.get(parameter.name.lower(), parameter.value)
            self._builders["parameters"].add(
                process=process, name=parameter.name, formula=parameter.formula, value=value,
                description=parameter.description, **_spread(parameter.uncertainty, 1.0),
            )  # fmt: skip
            self.counts["formulas read"] += bool(parameter.formula)
            self.counts["formulas calculated"] += bool(parameter.formula) and parameter.name not in failed
        for name, why in failed.items():
            self._stored(
                f"{where}, parameter {name[:80]}",
                Text(
                    "the formula cannot be calculated ({why}); the stored value is used",
                    "无法计算公式（{why}）；采用存储的数值",
                ).format(why=why),
                Text(
                    "see which functions are understood in the reference of process databases",
                    "可识别的函数见过程数据库的参考文档",
                ),
            )

    def _stored(self, where: str, message: Text, hint: Text) -> None:
        self.counts["formulas stored"] += 1
        self.problem(where, "formula-stored", message, hint)

    def _units(self) -> None:
        if not any(len(self._builders[name]) for name in ("processes", "impact_categories")):
            return  # a source without both is refused, and may have any number of units
        for identifier, group in sorted(self.conversion.groups.items()):
            for unit in group.units:
                self._builders["units"].add(
                    group=identifier, group_name=group.name, unit=unit, factor=group.factors[unit]
                )


def _first(names: Names) -> str:
    return names.get("en") or names.get("") or next(iter(names.values()), "")


def _stored_reason(error: InputError, what: Text) -> Text:
    return Text(
        f"{error.message.en}; the stored {what.en} is used", f"{error.message.zh}；采用存储的{what.zh}"
    )


def _not_finite() -> InputError:
    return InputError(
        Text("the amount is no finite number", "数量不是有限数值"),
        code="number-invalid",
        hint=Text("correct it", "修正它"),
    )


def _with_a_share(process: Process) -> frozenset[str]:
    """Flows that have an allocation factor of the method the source chooses, or of any where it chooses none."""
    return frozenset(
        factor.product for factor in process.factors if process.allocation in {"", factor.method}
    )


def role_of(exchange: Exchange, flow: Flow, *, shared: bool = False) -> str:
    """What an exchange does in its process.

    A waste that is taken in is a function of the process when it is its reference or when the source gives it a share of
    the burdens (`shared`); otherwise it is free (``treatment``).
    """
    if flow.kind == "elementary":
        return "resource" if exchange.direction == "input" else "emission"
    if exchange.avoided:
        return "avoided"
    if exchange.reference:
        return "reference"
    if flow.kind == "product":
        return "product" if exchange.direction == "output" else "input"
    if exchange.direction == "output":
        return "waste"
    return "product" if shared else "treatment"


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


@attrs.frozen
class Collected:
    """What an importer has read: tables of the source, and what is known about the reading.

    ``assembled`` is there when the source is a matrix already, with nothing to link or to allocate.
    """

    format: str
    tables: dict[str, Table]
    counts: Counter[str]
    languages: Counter[str]
    unread: Counter[Text]
    problems: tuple[Problem, ...]
    assembled: Assembled | None = None
