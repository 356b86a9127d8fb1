"""Small archives in both versions of openLCA JSON-LD and in ILCD, with results worked out by hand."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.import_reports import unread

from cradlemark.core.errors import InputError, NotFoundError, TrustError
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.processes.report_terminal import report_lines
from cradlemark.inventory.processes.store import (
    find_processes,
    list_processes,
    read_processes,
    read_report,
    write_processes,
)

Document = dict[str, Any]
UNITS = {"kg": ("mass", "u-kg", 1.0), "g": ("mass", "u-g", 0.001), "MJ": ("energy", "u-MJ", 1.0), "kWh": ("energy", "u-kWh", 3.6)}  # fmt: skip


def ref(identifier: str) -> Document:
    return {"@id": identifier}


def base(version: int) -> dict[str, Document]:
    """Units, properties and flows: steel, heat, scrap (waste), CO2 to air."""
    is_ref_unit = "isRefUnit" if version == 2 else "referenceUnit"
    is_ref = "isRefFlowProperty" if version == 2 else "referenceFlowProperty"
    documents: dict[str, Document] = {}
    for group, reference in (("mass", "kg"), ("energy", "MJ")):
        units = [
            {"@id": identifier, "name": name, "conversionFactor": factor, is_ref_unit: name == reference}
            for name, (owner, identifier, factor) in UNITS.items()
            if owner == group
        ]
        documents[f"unit_groups/g-{group}.json"] = {"@id": f"g-{group}", "name": group, "units": units}
        documents[f"flow_properties/{group}.json"] = {
            "@id": group,
            "name": group,
            "unitGroup": ref(f"g-{group}"),
        }
    for identifier, kind, quantity in (
        ("steel", "PRODUCT_FLOW", "mass"), ("slag", "PRODUCT_FLOW", "mass"), ("heat", "PRODUCT_FLOW", "energy"),
        ("scrap", "WASTE_FLOW", "mass"), ("co2", "ELEMENTARY_FLOW", "mass"),
    ):  # fmt: skip
        properties = [{"flowProperty": ref(quantity), "conversionFactor": 1.0, is_ref: True}]
        if identifier == "heat":
            properties.append({"flowProperty": ref("mass"), "conversionFactor": 0.02})
        category: object = "emission/air" if identifier == "co2" else "goods"
        if version == 1:
            category = {
                "@id": "c",
                "name": str(category).rpartition("/")[2],
                "categoryPath": str(category).split("/")[:-1],
            }
        documents[f"flows/{identifier}.json"] = {
            "@id": identifier, "name": identifier, "flowType": kind, "flowProperties": properties,
            "category": category, **({"cas": "000124-38-9"} if identifier == "co2" else {}),
        }  # fmt: skip
    return documents


def exchange(number: int, flow: str, amount: float, unit: str, version: int = 2, **more: Any) -> Document:
    names = {
        "reference": ("quantitativeReference", "isQuantitativeReference"),
        "taken": ("input", "isInput"),
        "avoided": ("avoidedProduct", "isAvoidedProduct"),
    }
    group, identifier, _ = UNITS[unit]
    entry: Document = {
        "internalId": number, "flow": ref(flow), "amount": amount, "unit": ref(identifier),
        "flowProperty": ref(group),
    }  # fmt: skip
    for key, value in more.items():
        entry[names[key][version - 1] if key in names else key] = value
    return entry


def process(identifier: str, exchanges: list[Document], **more: Any) -> Document:
    return {
        "@id": identifier,
        "name": identifier,
        "processType": "UNIT_PROCESS",
        "exchanges": exchanges,
        **more,
    }


def works(version: int = 2) -> dict[str, Document]:
    """A steel work with scrap to treat, its boiler, and a treatment that saves heat of the boiler."""
    v = version
    steel = process(
        "works",
        [
            exchange(1, "steel", 1000.0, "kg", v, reference=True),
            exchange(2, "heat", 100.0, "kWh", v, taken=True, defaultProvider=ref("boiler")),
            exchange(3, "scrap", 50_000.0, "g", v),
            exchange(4, "co2", 800.0, "kg", v),
        ],
    )
    boiler = process(
        "boiler", [exchange(1, "heat", 1.0, "MJ", v, reference=True), exchange(2, "co2", 100.0, "g", v)]
    )
    furnace = process(
        "furnace",
        [
            exchange(1, "scrap", 1.0, "kg", v, taken=True, reference=True),
            exchange(2, "co2", 2.0, "kg", v),
            exchange(3, "heat", 10.0, "MJ", v, taken=True, avoided=True),
        ],
    )
    found = {f"processes/{p['@id']}.json": p for p in (steel, boiler, furnace)}
    return base(version) | found


def write(folder: Path, documents: dict[str, Document], name: str = "made.zip") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, document in documents.items():
            archive.writestr(path, json.dumps(document))
    return folder / name


def read(folder: Path, documents: dict[str, Document], allocation: str = "declared") -> ProcessImport:
    return import_processes(write(folder, documents), allocation=allocation)


def intensity(imported: ProcessImport, product: str) -> float:
    solved = product_intensities(imported.database)
    return float(solved.values[0, [p.partition(" [")[0] for p in solved.products].index(product)])


@pytest.mark.parametrize("version", [1, 2])
def test_waste_credit_and_units_by_hand(tmp_path: Path, version: int) -> None:
    """Steel: 800 + 360 MJ x 0.1 + 50 kg scrap x (2 - 10 x 0.1) = 886 kg per t."""
    imported = read(tmp_path, works(version))
    assert intensity(imported, "heat") == pytest.approx(0.1)
    assert intensity(imported, "scrap") == pytest.approx(1.0)
    assert intensity(imported, "steel") == pytest.approx(0.886)
    assert imported.report.links == {"default_provider": 1, "unique_producer": 2}
    assert imported.report.counts["units converted"] == 3
    assert imported.report.balanced


def test_both_versions_and_any_order_give_one_digest(tmp_path: Path) -> None:
    one = read(tmp_path / "1", works(1)).database.digest
    two = read(tmp_path / "2", works(2)).database.digest
    renamed = {
        (path.replace("processes/", "processes/z-") if "boiler" in path else path): document
        for path, document in reversed(works(2).items())
    }
    assert one == two == read(tmp_path / "3", renamed).database.digest
    changed = works(2)
    changed["processes/boiler.json"]["exchanges"][1]["amount"] = 100.0000001
    assert read(tmp_path / "4", changed).database.digest != two


def test_folder_around_everything(tmp_path: Path) -> None:
    inside = {f"export of today/{path}": document for path, document in works().items()}
    assert read(tmp_path, inside).report.counts["processes stored"] == 3


def joint(
    method: str, factors: list[tuple[str, str, float, int | None]], **steel: Any
) -> dict[str, Document]:
    """Steel and slag from one process with 100 kg CO2 and 10 MJ heat."""
    entries = [
        {
            "allocationType": f"{kind}_ALLOCATION", "product": ref(product), "value": value,
            **({"exchange": {"internalId": number}} if number else {}),
        }
        for kind, product, value, number in factors
    ]  # fmt: skip
    documents = works()
    documents["processes/works.json"] = process(
        "works",
        [
            exchange(1, "steel", 100.0, "kg", reference=True, **steel),
            exchange(2, "slag", 300.0, "kg", costValue=50.0),
            exchange(3, "heat", 10.0, "MJ", taken=True),
            exchange(4, "co2", 100.0, "kg"),
        ],
        defaultAllocationMethod=f"{method}_ALLOCATION",
        allocationFactors=entries,
    )
    return documents


PHYSICAL = [("PHYSICAL", "steel", 0.9, None), ("PHYSICAL", "slag", 0.1, None)]


@pytest.mark.parametrize(
    ("policy", "method", "steel", "slag"),
    [
        ("declared", "declared physical", 0.9 * 101 / 100, 0.1 * 101 / 300),
        ("mass", "mass", 101 / 400, 101 / 400),
        ("price", "price", 0.75 * 101 / 100, 0.25 * 101 / 300),
        ("cut-off", "cut-off", 101 / 100, 0.0),
        ("energy,declared", "declared physical", 0.9 * 101 / 100, 0.1 * 101 / 300),
    ],
)
def test_policies(tmp_path: Path, policy: str, method: str, steel: float, slag: float) -> None:
    imported = read(tmp_path, joint("PHYSICAL", PHYSICAL, costValue=150.0), policy)
    assert imported.report.divisions[0].method == method
    assert intensity(imported, "steel") == pytest.approx(steel)
    assert intensity(imported, "slag") == pytest.approx(slag, abs=1e-15)


def test_causal_factors_are_applied_exchange_by_exchange(tmp_path: Path) -> None:
    factors = [
        ("CAUSAL", "steel", 1.0, 3), ("CAUSAL", "slag", 0.0, 3),
        ("CAUSAL", "steel", 0.25, 4), ("CAUSAL", "slag", 0.75, 4),
    ]  # fmt: skip
    imported = read(tmp_path, joint("CAUSAL", factors))
    assert intensity(imported, "steel") == pytest.approx((1.0 + 25.0) / 100.0)
    assert intensity(imported, "slag") == pytest.approx(75.0 / 300.0)
    assert np.isnan(imported.database["activities"].numbers("share")).sum() == 2


@pytest.mark.parametrize(
    ("method", "factors", "reason"),
    [
        ("PHYSICAL", [], "not there for every product"),
        ("PHYSICAL", [("PHYSICAL", "steel", 0.9, None)], "not there for every product"),
        ("PHYSICAL", [("PHYSICAL", "steel", 0.9, None), ("PHYSICAL", "slag", 0.2, None)], "sum to 1.1"),
        ("ECONOMIC", [("ECONOMIC", "steel", 0.0, None), ("ECONOMIC", "slag", 0.0, None)], "sum to 0"),
        ("NO", [], "chooses no method"),
        (
            "NO",
            [*PHYSICAL, ("ECONOMIC", "steel", 0.5, None), ("ECONOMIC", "slag", 0.5, None)],
            "differ by method",
        ),
        ("CAUSAL", [("CAUSAL", "steel", 1.0, 3), ("CAUSAL", "slag", 0.0, 3)], "not there for every product"),
    ],
)
def test_without_usable_factors_nothing_is_supplied(
    tmp_path: Path, method: str, factors: list[tuple[str, str, float, int | None]], reason: str
) -> None:
    imported = read(tmp_path, joint(method, factors))
    division = imported.report.divisions[0]
    assert division.method == ""
    assert reason in division.reasons[0].en
    processes = imported.database["activities"].integers("process").tolist()
    assert imported.database["processes"].texts("id").index("works") not in processes
    assert imported.report.counts["processes without usable allocation"] == 1
    assert imported.report.balanced


def test_no_method_chosen_but_all_factors_agree(tmp_path: Path) -> None:
    factors = [*PHYSICAL, ("ECONOMIC", "steel", 0.9, None), ("ECONOMIC", "slag", 0.1, None)]
    division = read(tmp_path, joint("NO", factors)).report.divisions[0]
    assert division.method == "declared physical, none chosen, all agree"


def test_substitution_credits_the_other_maker(tmp_path: Path) -> None:
    documents = joint("PHYSICAL", PHYSICAL)
    documents["processes/quarry.json"] = process(
        "quarry", [exchange(1, "slag", 1.0, "kg", reference=True), exchange(2, "co2", 20.0, "g")]
    )
    imported = read(tmp_path, documents, "substitution")
    assert intensity(imported, "steel") == pytest.approx((101.0 - 300.0 * 0.02) / 100.0)


def test_unknown_policy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="volume") as caught:
        read(tmp_path, works(), "declared,volume")
    assert caught.value.code == "allocation-policy"


def with_makers(*places: tuple[str, str]) -> dict[str, Document]:
    """Two or more makers of heat by name and place; the steel work stands in CN-GD and names no provider."""
    documents = works()
    del documents["processes/boiler.json"]
    documents["processes/works.json"]["location"] = {"@id": "x", "name": "CN-GD"}
    del documents["processes/works.json"]["exchanges"][1]["defaultProvider"]
    del documents["processes/furnace.json"]
    for name, place in places:
        documents[f"processes/{name}.json"] = process(
            name, [exchange(1, "heat", 1.0, "MJ", reference=True), exchange(2, "co2", 1.0, "kg")],
            location={"@id": f"l-{place}", "name": place},
        )  # fmt: skip
    return documents


@pytest.mark.parametrize(
    ("makers", "rule", "provider"),
    [
        ([("a", "US")], "unique_producer", "a"),
        ([("a", "CN-GD"), ("b", "GLO")], "same_place", "a"),
        ([("market for heat", "CN-GD"), ("b", "CN-GD")], "same_place", "market for heat"),
        ([("a", "CN"), ("b", "GLO"), ("c", "US")], "wider_place", "a"),
        ([("a", "US"), ("b", "GLO")], "wider_place", "b"),
        ([("a", "US"), ("market for heat", "DE")], "market", "market for heat"),
        ([("a", "US"), ("b", "DE")], "open_several_producers", ""),
        ([("a", "CN"), ("b", "CN"), ("market for heat", "GLO")], "open_several_producers", ""),
        ([], "open_no_producer", ""),
    ],
)
def test_rules_of_linking(tmp_path: Path, makers: list[tuple[str, str]], rule: str, provider: str) -> None:
    imported = read(tmp_path, with_makers(*makers))
    exchanges = imported.database["exchanges"]
    row = exchanges.texts("role").index("input")
    assert exchanges.texts("link")[row] == rule
    chosen = int(exchanges.integers("provider")[row])
    assert (imported.database["processes"].texts("id")[chosen] if chosen >= 0 else "") == provider
    assert imported.report.balanced


@pytest.mark.parametrize(
    ("provider", "rule"), [("gone", "open_provider_missing"), ("furnace", "open_provider_other_product")]
)
def test_a_declared_provider_is_never_replaced(tmp_path: Path, provider: str, rule: str) -> None:
    documents = works()
    documents["processes/works.json"]["exchanges"][1]["defaultProvider"] = ref(provider)
    imported = read(tmp_path, documents)
    assert imported.report.links[rule] == 1
    cut = imported.database["cut_offs"]
    assert cut.numbers("amount")[cut.texts("reason").index(rule)] == pytest.approx(360.0)


def test_formulas_parameters_and_uncertainties(tmp_path: Path) -> None:
    documents = works()
    documents["parameters/p.json"] = {
        "@id": "p",
        "name": "Plant_Yield",
        "value": 0.5,
        "isInputParameter": True,
    }
    boiler = documents["processes/boiler.json"]
    boiler["parameters"] = [
        {"name": "fuel", "value": 40.0, "isInputParameter": True,
         "uncertainty": {"distributionType": "UNIFORM_DISTRIBUTION", "minimum": 30.0, "maximum": 50.0}},
        {"name": "need", "value": 80.0, "isInputParameter": False, "formula": "fuel/plant_yield"},
        {"name": "odd", "value": 7.0, "isInputParameter": False, "formula": "random()"},
    ]  # fmt: skip
    boiler["exchanges"][1] |= {
        "amountFormula": "need*2", "amount": 100.0,
        "uncertainty": {"distributionType": "TRIANGLE_DISTRIBUTION", "minimum": 50.0, "mode": 160.0, "maximum": 200.0},
    }  # fmt: skip
    imported = read(tmp_path, documents)
    exchanges = imported.database["exchanges"]
    row = exchanges.texts("formula").index("need*2")
    assert exchanges.numbers("amount")[row] == pytest.approx(0.160)
    assert exchanges.numbers("source_amount")[row] == 100.0
    assert [exchanges.numbers(p)[row] for p in ("p1", "p2", "p3")] == pytest.approx([0.05, 0.16, 0.2])
    codes = [problem.code for problem in imported.report.problems]
    assert codes.count("formula-differs") == 1
    assert codes.count("formula-stored") == 1
    values = dict(
        zip(
            imported.database["parameters"].texts("name"),
            imported.database["parameters"].numbers("value"),
            strict=True,
        )
    )
    assert values == {"Plant_Yield": 0.5, "fuel": 40.0, "need": 80.0, "odd": 7.0}


def test_a_refused_reference_leaves_the_process_without_product(tmp_path: Path) -> None:
    documents = joint("PHYSICAL", PHYSICAL)
    del documents["flows/steel.json"]
    imported = read(tmp_path, documents)
    assert imported.report.without_product == ("works",)
    assert imported.report.counts["exchanges refused"] == 1
    assert imported.report.balanced


def test_unit_of_another_group_is_refused(tmp_path: Path) -> None:
    documents = works()
    documents["processes/boiler.json"]["exchanges"][1]["unit"] = ref("u-kWh")
    report = read(tmp_path, documents).report
    assert [p.code for p in report.problems if "exchange 2" in p.where] == ["unit-unknown"]


ILCD_FLOW = """<?xml version="1.0" encoding="UTF-8"?>
<flowDataSet xmlns="http://lca.jrc.it/ILCD/Flow" xmlns:common="http://lca.jrc.it/ILCD/Common">
<flowInformation><dataSetInformation><common:UUID>{id}</common:UUID>
<name><baseName xml:lang="en">{en}</baseName><baseName xml:lang="zh">{zh}</baseName></name></dataSetInformation>
<quantitativeReference><referenceToReferenceFlowProperty>0</referenceToReferenceFlowProperty></quantitativeReference>
</flowInformation><modellingAndValidation><LCIMethod><typeOfDataSet>{kind}</typeOfDataSet></LCIMethod>
</modellingAndValidation><flowProperties><flowProperty dataSetInternalID="0">
<referenceToFlowPropertyDataSet refObjectId="mass"/><meanValue>1.0</meanValue></flowProperty></flowProperties></flowDataSet>"""
ILCD_EXCHANGE = """<exchange dataSetInternalID="{n}"><referenceToFlowDataSet refObjectId="{flow}"/>
<exchangeDirection>{direction}</exchangeDirection><meanAmount>{amount}</meanAmount>
<resultingAmount>{amount}</resultingAmount>{more}</exchange>"""
ILCD_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<processDataSet xmlns="http://lca.jrc.it/ILCD/Process" xmlns:common="http://lca.jrc.it/ILCD/Common">
<processInformation><dataSetInformation><common:UUID>plant</common:UUID>
<name><baseName xml:lang="en">Plant</baseName><mixAndLocationTypes xml:lang="en">at plant</mixAndLocationTypes>
<baseName xml:lang="zh">工厂</baseName><baseName xml:lang="de">Werk</baseName></name></dataSetInformation>
<quantitativeReference><referenceToReferenceFlow>0</referenceToReferenceFlow></quantitativeReference>
</processInformation><exchanges>{exchanges}</exchanges></processDataSet>"""


def test_ilcd_shares_in_percent_and_languages(tmp_path: Path) -> None:
    shares = (
        "<uncertaintyDistributionType>log-normal</uncertaintyDistributionType>"
        "<relativeStandardDeviation95In>1.44</relativeStandardDeviation95In>"
        '<allocations><allocation internalReferenceToCoProduct="0" allocatedFraction="70"/>'
        '<allocation internalReferenceToCoProduct="1" allocatedFraction="30"/></allocations>'
    )
    lines = [(0, "a", "Output", 2.0, ""), (1, "b", "Output", 3.0, ""), (2, "co2", "Output", 10.0, shares)]
    text = ILCD_PROCESS.format(
        exchanges="".join(
            ILCD_EXCHANGE.format(n=n, flow=flow, direction=direction, amount=amount, more=more)
            for n, flow, direction, amount, more in lines
        )
    )
    for folder in ("flows", "processes"):
        (tmp_path / "ilcd" / folder).mkdir(parents=True)
    for identifier, kind in (("a", "Product flow"), ("b", "Product flow"), ("co2", "Elementary flow")):
        flow = ILCD_FLOW.format(id=identifier, en=f"flow {identifier}", zh="流", kind=kind)
        (tmp_path / "ilcd" / "flows" / f"{identifier}.xml").write_text(flow, encoding="utf-8")
    (tmp_path / "ilcd" / "processes" / "p.xml").write_text(text, encoding="utf-8")
    imported = import_processes(tmp_path / "ilcd")
    biosphere = imported.database["biosphere"]
    assert biosphere.numbers("amount").tolist() == pytest.approx([7.0, 3.0])
    row = imported.database["processes"].row(0)
    assert (row["name_en"], row["name_zh"]) == ("Plant; at plant", "工厂")
    assert json.loads(str(row["name_other"])) == {"de": "Werk"}
    exchanges = imported.database["exchanges"]
    assert exchanges.numbers("p2")[exchanges.texts("distribution").index("lognormal")] == pytest.approx(1.2)


def test_flows_that_only_one_climate_method_counts_are_listed(tmp_path: Path) -> None:
    documents = works()
    documents["lcia_categories/c.json"] = {
        "@id": "c", "name": "Climate change", "refUnit": "kg CO2e",
        "impactFactors": [{"flow": ref("slag"), "value": 1.0, "unit": ref("u-kg"), "flowProperty": ref("mass")}],
    }  # fmt: skip
    documents["processes/boiler.json"]["exchanges"].append(exchange(3, "slag", 1.0, "kg", taken=True))
    solved = product_intensities(read(tmp_path, documents).database)
    assert solved.one_sided == (
        "co2 (emission/air): table of gases only",
        "slag (goods): Climate change [kg CO2e] only",
    )


def test_pedigree_is_kept_and_unknown_fields_are_counted(tmp_path: Path) -> None:
    documents = works()
    documents["processes/boiler.json"]["exchanges"][1] |= {
        "dqEntry": "(2;1;3;1;4)",
        "baseUncertainty": 1.05,
        "novel": 1,
    }
    documents["sources/s.json"] = {"@id": "s"}
    imported = read(tmp_path, documents)
    exchanges = imported.database["exchanges"]
    row = exchanges.texts("pedigree").index("(2;1;3;1;4)")
    assert exchanges.numbers("base_uncertainty")[row] == 1.05
    assert unread(imported.report) == {"exchange field novel": 1, "documents in sources": 1}


def test_store(tmp_path: Path) -> None:
    imported = read(tmp_path, works())
    store = tmp_path / "store"
    folder = write_processes(imported.database, store, report=imported.report.as_document())
    assert write_processes(imported.database, store) == folder
    assert [item.folder for item in list_processes(store)] == [folder]
    assert read_processes("made", store).digest == imported.database.digest
    assert read_processes(imported.database.digest[7:15], store).digest == imported.database.digest
    assert read_report(find_processes("made", store))["balanced"] is True
    with pytest.raises(NotFoundError):
        read_processes("other", store)
    (folder / "flows.parquet").write_bytes((folder / "processes.parquet").read_bytes())
    with pytest.raises(TrustError) as caught:
        read_processes("made", store)["flows"].texts("id")
    assert caught.value.code == "digest-mismatch"


def test_changed_numbers_are_noticed(tmp_path: Path) -> None:
    imported = read(tmp_path, works())
    changed = works()
    changed["processes/boiler.json"]["exchanges"][1]["amount"] = 1.0
    other = read(tmp_path / "other", changed)
    folder = write_processes(imported.database, tmp_path / "store")
    second = write_processes(other.database, tmp_path / "store")
    (folder / "biosphere.parquet").write_bytes((second / "biosphere.parquet").read_bytes())
    with pytest.raises(TrustError) as caught:
        read_processes(folder, verify=True)
    assert caught.value.code == "digest-mismatch"
    with pytest.raises(TrustError) as caught:
        product_intensities(read_processes(folder))
    assert caught.value.code == "digest-mismatch"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_report_in_both_languages(tmp_path: Path, language: Any) -> None:
    report = read(tmp_path, joint("NO", [])).report
    text = "\n".join(report_lines(report, language))
    assert ("no usable allocation" in text) == (language == "en")
    assert ("无可用分配" in text) == (language == "zh")
    json.dumps(report.as_document(), allow_nan=False)
