"""Processes and parameters of a database as openLCA documents."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping

from cradlemark.inventory.exporters.openlca_names import (
    Document,
    filled,
    identity,
    location_reference,
    made_identity,
    names_of,
    reference,
)
from cradlemark.inventory.exporters.openlca_quantities import FlowQuantity, Quantities
from cradlemark.inventory.processes.linking import OPEN
from cradlemark.inventory.processes.tables import ProcessDatabase, Table

_METHODS = {
    "causal": "CAUSAL_ALLOCATION",
    "physical": "PHYSICAL_ALLOCATION",
    "economic": "ECONOMIC_ALLOCATION",
}
_TYPES = {"unit_process": "UNIT_PROCESS", "aggregated": "LCI_RESULT"}
Row = Mapping[str, str | float | int]


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
        self._exchanges = _rows_of(database["exchanges"])
        self._factors = _rows_of(database["allocation_factors"])
        self._parameters = _rows_of(database["parameters"])
        self._flow_names = names_of(database["flows"])
        self._names = names_of(database["processes"])

    def parameters(self) -> Iterator[tuple[str, Document]]:
        """Parameters of the whole database."""
        for row in self._parameters.get(-1, ()):
            document = _parameter(self._database["parameters"].row(row), "GLOBAL_SCOPE", "")
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
        numbers = self._numbers(process)
        exchanges = [
            self._exchange(row, number)
            for row, number in zip(self._exchanges.get(process, ()), numbers, strict=True)
        ]
        identifier = identity(str(about["id"]))
        parameters = [
            _parameter(self._database["parameters"].row(row), "PROCESS_SCOPE", identifier)
            for row in self._parameters.get(process, ())
        ]
        return filled({
            "@type": "Process", "@id": identifier, "name": self._names[process],
            "description": about["description"], "version": about["version"], "category": about["category"],
            "processType": _TYPES[str(about["kind"])], "location": location_reference(str(about["location"])),
            "defaultAllocationMethod": self._method(process, str(about["allocation"])),
            "processDocumentation": filled({
                "validFrom": about["valid_from"], "validUntil": about["valid_until"],
                "technologyDescription": about["technology"],
            }),
            "parameters": parameters, "exchanges": exchanges, "lastInternalId": max(numbers, default=0),
            "allocationFactors": [self._factor(process, row, numbers) for row in self._factors.get(process, ())],
        })  # fmt: skip

    def _numbers(self, process: int) -> list[int]:
        """Numbers of the exchanges of a process, from 1; those of the source where they are unique."""
        rows = self._exchanges.get(process, [])
        given = [int(self._database["exchanges"].integers("number")[row]) for row in rows]
        if len(set(given)) < len(given):
            return list(range(1, len(rows) + 1))
        return [number + (min(given) < 1) * (1 - min(given)) for number in given]

    def _exchange(self, row: int, number: int) -> Document:
        line = self._database["exchanges"].row(row)
        flow = int(line["flow"])
        quantity = self._quantities.flows[flow]
        amount, formula, unit, scale = _written(line, quantity)
        provider = str(line["declared_provider"]) if line["link"] in OPEN else ""
        if int(line["provider"]) >= 0:
            provider = self._database["processes"].texts("id")[int(line["provider"])]
        return filled({
            "internalId": number, "amount": amount, "amountFormula": formula,
            "isInput": line["direction"] == "input", "isAvoidedProduct": line["role"] == "avoided",
            "isQuantitativeReference": line["role"] == "reference",
            "flow": reference("Flow", self._flow_id(flow), self._flow_names[flow]),
            "flowProperty": quantity.property, "unit": quantity.units.get(unit),
            "defaultProvider": reference("Process", identity(provider)) if provider else None,
            "location": location_reference(str(line["location"])), "description": line["comment"],
            "dqEntry": line["pedigree"], "baseUncertainty": _finite(line["base_uncertainty"]),
            "costValue": _finite(line["price"]), "uncertainty": uncertainty_document(line, 1.0 / scale),
        })  # fmt: skip

    def _method(self, process: int, method: str) -> str:
        """Method by its name in openLCA, where shares of no stated kind do not exist: they take one that is free."""
        if method == "percentage":
            table = self._database["allocation_factors"].texts("method")
            taken = {table[row] for row in self._factors.get(process, ())}
            method = next(name for name in ("physical", "economic", "causal") if name not in taken)
        return _METHODS.get(method, "")

    def _flow_id(self, row: int) -> str:
        return identity(self._database["flows"].texts("id")[row])

    def _factor(self, process: int, row: int, numbers: list[int]) -> Document:
        line = self._database["allocation_factors"].row(row)
        of_exchange: Document | None = None
        if int(line["exchange"]) >= 0:
            given = [
                int(self._database["exchanges"].integers("number")[each]) for each in self._exchanges[process]
            ]
            place = given.index(int(line["exchange"])) if int(line["exchange"]) in given else -1
            of_exchange = {
                "internalId": numbers[place] if place >= 0 else max(numbers) + int(line["exchange"]) + 1
            }
        flow = int(line["flow"])
        return filled({
            "allocationType": self._method(process, str(line["method"])), "value": line["value"],
            "formula": line["formula"], "exchange": of_exchange,
            "product": reference("Flow", self._flow_id(flow), self._flow_names[flow]),
        })  # fmt: skip


def _rows_of(table: Table) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row, process in enumerate(table.integers("process").tolist()):
        found[process].append(row)
    return dict(found)


def _written(line: Row, quantity: FlowQuantity) -> tuple[float, str, str, float]:
    """Amount, formula and unit as written, and the reference units of the flow per written unit.

    The unit of the source stays where its group converts it as the source did; otherwise the reference unit is used.
    """
    factor, unit, formula = float(line["factor"]), str(line["source_unit"]), str(line["formula"])
    source = float(line["source_amount"])
    if quantity.factors.get(unit) == factor and math.isfinite(source):
        return source, formula, unit, factor
    scale = quantity.factors.get(quantity.unit, 1.0)
    if formula and factor != scale:
        formula = f"({formula}) * {factor / scale!r}"
    return float(line["amount"]) / scale, formula, quantity.unit, scale


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
