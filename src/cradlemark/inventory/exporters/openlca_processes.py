"""Processes and parameters of a database as openLCA documents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cradlemark.inventory.exporters.openlca_mappings import Chosen, Row
from cradlemark.inventory.exporters.openlca_names import (
    Document,
    filled,
    identity,
    location_reference,
    made_identity,
    names_of,
    reference,
)
from cradlemark.inventory.exporters.openlca_quantities import FLOW_TYPES, FlowQuantity, Quantities
from cradlemark.inventory.processes.linking import OPEN
from cradlemark.inventory.processes.tables import Column, IntArray, ProcessDatabase, Table

_METHODS = {
    "causal": "CAUSAL_ALLOCATION",
    "physical": "PHYSICAL_ALLOCATION",
    "economic": "ECONOMIC_ALLOCATION",
}
_TYPES = {"unit_process": "UNIT_PROCESS", "aggregated": "LCI_RESULT"}


class ProcessDocuments:
    """Processes of a database one by one.

    A process whose reference exchange was refused is left out: it makes nothing, and openLCA has no word for that.

    Parameters
    ----------
    database : ProcessDatabase
    quantities : Quantities
    """

    def __init__(self, database: ProcessDatabase, quantities: Quantities) -> None:
        self._database = database
        self._quantities = quantities
        self._exchanges = _Lines(database["exchanges"])
        self._factors = _Lines(database["allocation_factors"])
        self._parameters = _Lines(database["parameters"])
        self._flow_ids = [identity(source) for source in database["flows"].texts("id")]
        self._ids = database["processes"].texts("id")
        self._chosen = Chosen(database)
        self._kinds = database["flows"].texts("kind")
        self._flow_names = names_of(database["flows"])
        self._names = names_of(database["processes"])

    def parameters(self) -> Iterator[tuple[str, Document]]:
        """Parameters of the whole database."""
        for line in self._parameters.of(-1):
            document = _parameter(line, "GLOBAL_SCOPE", "")
            yield f"parameters/{document['@id']}.json", document

    def documents(self) -> Iterator[tuple[str, Document]]:
        """All processes: name and content."""
        usable = self._database["processes"].integers("usable").tolist()
        for process in range(len(self._names)):
            if usable[process]:
                document = self._process(process)
                yield f"processes/{document['@id']}.json", document

    def _process(self, process: int) -> Document:
        about = self._database["processes"].row(process)
        lines, factors = self._exchanges.of(process), self._factors.of(process)
        numbers = _numbers(lines)
        exchanges = [self._exchange(line, number) for line, number in zip(lines, numbers, strict=True)]
        identifier = identity(str(about["id"]))
        parameters = [_parameter(line, "PROCESS_SCOPE", identifier) for line in self._parameters.of(process)]
        methods = frozenset(str(line["method"]) for line in factors)
        by_number = {int(line["number"]): number for line, number in zip(lines, numbers, strict=True)}
        return filled({
            "@type": "Process", "@id": identifier, "name": self._names[process],
            "description": about["description"], "version": about["version"], "category": about["category"],
            "processType": _TYPES[str(about["kind"])], "location": location_reference(str(about["location"])),
            "defaultAllocationMethod": _method(str(about["allocation"]), methods),
            "processDocumentation": filled({
                "validFrom": about["valid_from"], "validUntil": about["valid_until"],
                "technologyDescription": about["technology"],
            }),
            "parameters": parameters, "exchanges": exchanges, "lastInternalId": max(numbers, default=0),
            "allocationFactors": [self._factor(line, methods, by_number) for line in factors],
        })  # fmt: skip

    def _exchange(self, line: Row, number: int) -> Document:
        flow, replacing = self._chosen.supplied(line)
        quantity = self._quantities.flows[flow]
        amount, formula, unit, scale = _written(line, quantity, replacing)
        provider = self._provider(line)
        return filled({
            "internalId": number, "amount": amount, "amountFormula": formula,
            "isInput": line["direction"] == "input", "isAvoidedProduct": line["role"] == "avoided",
            "isQuantitativeReference": line["role"] == "reference",
            "flow": self._flow(flow),
            "flowProperty": quantity.property, "unit": quantity.units.get(unit),
            "defaultProvider": reference("Process", identity(provider)) if provider else None,
            "location": location_reference(str(line["location"])), "description": line["comment"],
            "dqEntry": line["pedigree"], "baseUncertainty": _finite(line["base_uncertainty"]),
            "costValue": _finite(line["price"]), "uncertainty": uncertainty_document(line, replacing / scale),
        })  # fmt: skip

    def _flow(self, row: int) -> Document:
        """Reference to a flow; kind and unit stand beside, as openLCA writes them and other readers expect them."""
        return reference(
            "Flow", self._flow_ids[row], self._flow_names[row], flowType=FLOW_TYPES[self._kinds[row]],
            refUnit=self._quantities.flows[row].unit,
        )  # fmt: skip

    def _provider(self, line: Row) -> str:
        """The provider that was found; for an open input what the source named, or nobody where it is left out on purpose."""
        if int(line["provider"]) >= 0:
            return self._ids[int(line["provider"])]
        if line["link"] == "open_by_mapping":
            return made_identity("left out on purpose")
        return str(line["declared_provider"]) if line["link"] in OPEN else ""

    def _factor(self, line: Row, methods: frozenset[str], numbers: Mapping[int, int]) -> Document:
        of_exchange: Document | None = None
        number = int(line["exchange"])
        if number >= 0:
            # A factor for an exchange that is not there stays one.
            of_exchange = {"internalId": numbers.get(number, max(numbers.values(), default=0) + number + 1)}
        flow = int(line["flow"])
        return filled({
            "allocationType": _method(str(line["method"]), methods), "value": line["value"],
            "formula": line["formula"], "exchange": of_exchange,
            "product": self._flow(flow),
        })  # fmt: skip


class _Lines:
    """Rows of a table that belong to processes, as plain values, process by process."""

    def __init__(self, table: Table) -> None:
        self._table = table
        process = table.integers("process")
        self._order = np.argsort(process, kind="stable")
        self._sorted = process[self._order]

    def of(self, process: int) -> list[Row]:
        """Rows of one process in their order."""
        start, end = np.searchsorted(self._sorted, [process, process + 1])
        rows = self._order[start:end]
        names = tuple(self._table.columns)
        columns = [_values(self._table.columns[name], rows) for name in names]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(column: Column, rows: IntArray) -> list[str] | list[float] | list[int]:
    if isinstance(column, tuple):
        return [column[row] for row in rows.tolist()]
    found: list[float] | list[int] = column[rows].tolist()
    return found


def _numbers(lines: Sequence[Row]) -> list[int]:
    """Numbers of the exchanges of a process, from 1; those of the source where they are unique."""
    given = [int(line["number"]) for line in lines]
    if len(set(given)) < len(given):
        return list(range(1, len(lines) + 1))
    lowest = min(given, default=1)
    return [number + (1 - lowest if lowest < 1 else 0) for number in given]


def _method(method: str, taken: frozenset[str]) -> str:
    """Method by its name in openLCA, where shares of no stated kind do not exist: they take one that is free."""
    if method == "percentage":
        method = next(name for name in ("physical", "economic", "causal") if name not in taken)
    return _METHODS.get(method, "")


def _written(line: Row, quantity: FlowQuantity, replacing: float) -> tuple[float, str, str, float]:
    """Amount, formula and unit as written, and the reference units of the flow per written unit.

    `replacing` is the amount of this flow per unit of the one that was asked for [1], where a mapping file put it there.

    The unit of the source stays where its group converts it as the source did; otherwise the reference unit is used.
    """
    factor, unit, formula = float(line["factor"]) * replacing, str(line["source_unit"]), str(line["formula"])
    source = float(line["source_amount"])
    if quantity.factors.get(unit) == factor and math.isfinite(source):
        return source, formula, unit, factor
    scale = quantity.factors.get(quantity.unit, 1.0)
    if formula and factor != scale:
        formula = f"({formula}) * {factor / scale!r}"
    return float(line["amount"]) * replacing / scale, formula, quantity.unit, scale


def uncertainty_document(line: Row, scale: float) -> Document | None:
    """The distribution of a row, its amounts times a scale; None when it has none or its numbers are not there."""
    kind = str(line["distribution"])
    first, second, third = (float(line[name]) for name in ("p1", "p2", "p3"))
    found: Document | None = None
    if kind == "lognormal":
        found = {"distributionType": "LOG_NORMAL_DISTRIBUTION", "geomMean": first * scale, "geomSd": second}
    elif kind == "normal":
        found = {"distributionType": "NORMAL_DISTRIBUTION", "mean": first * scale, "sd": second * scale}
    elif kind == "uniform":
        found = {
            "distributionType": "UNIFORM_DISTRIBUTION",
            "minimum": first * scale,
            "maximum": second * scale,
        }
    elif kind == "triangular":
        found = {
            "distributionType": "TRIANGLE_DISTRIBUTION", "minimum": first * scale, "mode": second * scale,
            "maximum": third * scale,
        }  # fmt: skip
    if found is None:
        return None
    return {
        key: value for key, value in found.items() if isinstance(value, str) or _finite(value) is not None
    }


def _parameter(line: Row, scope: str, owner: str) -> Document:
    formula = str(line["formula"])
    return filled({
        "@type": "Parameter", "@id": made_identity("parameter", owner, str(line["name"])), "name": line["name"],
        "description": line["description"], "parameterScope": scope, "isInputParameter": not formula,
        "value": _finite(line["value"]), "formula": formula, "uncertainty": uncertainty_document(line, 1.0),
    })  # fmt: skip


def _finite(value: object) -> float | None:
    return value if isinstance(value, float) and math.isfinite(value) else None
