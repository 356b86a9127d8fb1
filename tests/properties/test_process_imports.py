"""Whatever is broken in a document of a process database, the import ends with a report that adds up or a clear refusal."""

from __future__ import annotations

import copy
import json
import math
from typing import Any
from xml.etree import ElementTree

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cradlemark.core.errors import CradlemarkError
from cradlemark.inventory.importers.ilcd import read_ilcd
from cradlemark.inventory.importers.openlca_jsonld import read_openlca
from cradlemark.inventory.processes.allocation import POLICIES
from cradlemark.inventory.processes.assemble import assemble
from cradlemark.inventory.processes.collect import Collected
from cradlemark.inventory.processes.report import make_report
from cradlemark.inventory.processes.report_terminal import report_lines
from cradlemark.inventory.processes.tables import ProcessDatabase, digest_of_tables

ODD: list[Any] = [
    None, True, 0, -1, 1e308, -1e-320, 10**400, "", "x", "1,5", "../..", "\ud800", [], {}, [[]], [None], {"@id": 5},
    {"@id": "steel"}, "NaN",
]  # fmt: skip
MASS = {"flowProperty": {"@id": "mass"}, "conversionFactor": 1.0, "isRefFlowProperty": True}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "unit_groups/g.json": {
        "@id": "g", "name": "mass",
        "units": [{"@id": "kg", "name": "kg", "conversionFactor": 1.0, "isRefUnit": True},
                  {"@id": "g", "name": "g", "conversionFactor": 0.001, "synonyms": ["gram"]}],
    },
    "flow_properties/mass.json": {"@id": "mass", "name": "Mass", "unitGroup": {"@id": "g"}},
    "locations/l.json": {"@id": "l", "code": "CN", "name": "China"},
    "flows/steel.json": {"@id": "steel", "name": "steel", "flowType": "PRODUCT_FLOW", "flowProperties": [MASS]},
    "flows/slag.json": {"@id": "slag", "name": "slag", "flowType": "PRODUCT_FLOW", "flowProperties": [MASS]},
    "flows/scrap.json": {"@id": "scrap", "name": "scrap", "flowType": "WASTE_FLOW", "flowProperties": [MASS]},
    "flows/co2.json": {"@id": "co2", "name": "co2", "flowType": "ELEMENTARY_FLOW", "flowProperties": [MASS],
                       "category": "emission/air", "cas": "124-38-9"},
    "parameters/p.json": {"@id": "p", "name": "outer", "value": 2.0, "isInputParameter": True},
    "lcia_categories/c.json": {
        "@id": "c", "name": "climate", "refUnit": "kg CO2e",
        "impactFactors": [{"flow": {"@id": "co2"}, "value": 1.0, "unit": {"@id": "g"}, "flowProperty": {"@id": "mass"}}],
    },
    "processes/works.json": {
        "@id": "works", "name": "works", "processType": "UNIT_PROCESS", "location": {"@id": "l"},
        "defaultAllocationMethod": "PHYSICAL_ALLOCATION",
        "exchanges": [
            {"internalId": 1, "flow": {"@id": "steel"}, "amount": 1.0, "isQuantitativeReference": True},
            {"internalId": 2, "flow": {"@id": "slag"}, "amount": 3.0, "unit": {"@id": "g"}},
            {"internalId": 3, "flow": {"@id": "co2"}, "amount": 2.0, "amountFormula": "need*outer",
             "uncertainty": {"distributionType": "NORMAL_DISTRIBUTION", "mean": 2.0, "sd": 0.1}},
            {"internalId": 4, "flow": {"@id": "scrap"}, "amount": 0.1, "defaultProvider": {"@id": "yard"}},
        ],
        "parameters": [{"name": "need", "value": 1.0, "isInputParameter": False, "formula": "outer/2"}],
        "allocationFactors": [
            {"allocationType": "PHYSICAL_ALLOCATION", "product": {"@id": "steel"}, "value": 0.9},
            {"allocationType": "PHYSICAL_ALLOCATION", "product": {"@id": "slag"}, "value": 0.1},
        ],
    },
    "processes/yard.json": {
        "@id": "yard", "name": "yard", "processType": "UNIT_PROCESS",
        "exchanges": [
            {"internalId": 1, "flow": {"@id": "scrap"}, "amount": 1.0, "isInput": True, "isQuantitativeReference": True},
            {"internalId": 2, "flow": {"@id": "steel"}, "amount": 0.2, "isInput": True, "isAvoidedProduct": True},
        ],
    },
}  # fmt: skip


class MemoryArchive:
    """Documents that lie in memory."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        self.documents = documents
        self.name = "made.zip"

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.documents))

    def read(self, name: str) -> bytes:
        return self.documents[name]

    def close(self) -> None:
        pass


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def changed(documents: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    result = copy.deepcopy(documents)
    owner: Any = result
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = value
    return result


PLACES = [path for path in places(DOCUMENTS) if path]


def conclude(collected: Collected, policy: str) -> None:
    assembled = assemble(collected.tables, (policy,))  # type: ignore[arg-type]
    digest = digest_of_tables(assembled.tables)
    database = ProcessDatabase("d", "", "", "made.zip", collected.format, policy, assembled.tables, digest)
    report = make_report(collected, assembled, database)
    assert report.balanced
    assert list(report_lines(report, "zh"))
    for name in ("technosphere", "biosphere", "cut_offs"):
        assert np.isfinite(database[name].numbers("amount")).all()
    made = database["activities"].numbers("amount")
    assert (made != 0.0).all()
    shares = database["activities"].numbers("share")
    assert (
        all(math.isnan(share) or -1e-9 <= share <= 2.0 for share in shares.tolist()) or policy == "declared"
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD)), min_size=1, max_size=3),
    st.sampled_from(POLICIES),
)
def test_broken_openlca_documents(changes: list[tuple[tuple[Any, ...], Any]], policy: str) -> None:
    documents: dict[str, Any] = DOCUMENTS
    for path, value in changes:
        try:
            documents = changed(documents, path, value)
        except (KeyError, TypeError, IndexError):
            continue
    written = {name: json.dumps(document).encode() for name, document in documents.items()}
    try:
        collected = read_openlca(MemoryArchive(written))
    except CradlemarkError:
        return
    conclude(collected, policy)


FLOW = "<flowDataSet><UUID>{0}</UUID><quantitativeReference><referenceToReferenceFlowProperty>0</referenceToReferenceFlowProperty></quantitativeReference><flowProperties><flowProperty dataSetInternalID='0'><referenceToFlowPropertyDataSet refObjectId='m'/><meanValue>1</meanValue></flowProperty></flowProperties><modellingAndValidation><LCIMethod><typeOfDataSet>{1}</typeOfDataSet></LCIMethod></modellingAndValidation></flowDataSet>"
EXCHANGE = "<exchange dataSetInternalID='{0}'><referenceToFlowDataSet refObjectId='{1}'/><exchangeDirection>{2}</exchangeDirection><meanAmount>{3}</meanAmount><allocations><allocation internalReferenceToCoProduct='0' allocatedFraction='40'/><allocation internalReferenceToCoProduct='1' allocatedFraction='60'/></allocations></exchange>"
ILCD = {
    "ILCD/flows/a.xml": FLOW.format("a", "Product flow"),
    "ILCD/flows/b.xml": FLOW.format("b", "Product flow"),
    "ILCD/flows/c.xml": FLOW.format("c", "Elementary flow"),
    "ILCD/processes/p.xml": "<processDataSet><processInformation><dataSetInformation><UUID>p</UUID><name><baseName>P</baseName></name></dataSetInformation><quantitativeReference><referenceToReferenceFlow>0</referenceToReferenceFlow></quantitativeReference></processInformation><exchanges>"
    + EXCHANGE.format(0, "a", "Output", 1) + EXCHANGE.format(1, "b", "Output", 2) + EXCHANGE.format(2, "c", "Output", 3)
    + "</exchanges></processDataSet>",
    "ILCD/lciamethods/m.xml": "<LCIAMethodDataSet><UUID>m</UUID><characterisationFactors><factor><referenceToFlowDataSet refObjectId='c'/><exchangeDirection>Output</exchangeDirection><meanValue>1</meanValue></factor></characterisationFactors></LCIAMethodDataSet>",
}  # fmt: skip
WORDS = ["", "x", "-1", "1e400", "nan", "0", "Output", "Product flow", "a", "99999999999999999999999", "²"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), st.sampled_from(POLICIES))
def test_broken_ilcd_documents(data: st.DataObject, policy: str) -> None:
    written = {}
    chosen = data.draw(st.sampled_from(sorted(ILCD)))
    for name, text in ILCD.items():
        root = ElementTree.fromstring(text)
        if name == chosen:
            element = data.draw(st.sampled_from(list(root.iter())))
            word = data.draw(st.sampled_from(WORDS))
            kind = data.draw(st.sampled_from(["text", "tag", "remove", "attribute"]))
            if kind == "text":
                element.text = word
            elif kind == "tag":
                element.tag = "other"
            elif kind == "remove":
                element.clear()
            else:
                element.attrib = dict.fromkeys(element.attrib, word)
        written[name] = ElementTree.tostring(root)
    try:
        collected = read_ilcd(MemoryArchive(written))
    except CradlemarkError:
        return
    conclude(collected, policy)
