"""Exports of small databases, read again: allocation, mappings, formulas, uncertainties, odd identifiers, left out things."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.unit.inventory.test_process_import import (
    PHYSICAL,
    Document,
    base,
    exchange,
    intensity,
    joint,
    process,
    read,
    ref,
    works,
)
from tests.unit.inventory.test_process_mapping import makers, mapped

from cradlemark.core.errors import InputError, MissingDataError
from cradlemark.inventory.exporters.process_databases import export_processes
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes


def again(
    imported: ProcessImport, folder: Path, kind: str = "openlca", allocation: str = "declared"
) -> ProcessImport:
    out = folder / f"again-{kind}.zip"
    export_processes(imported.database, out, kind=kind)
    return import_processes(out, allocation=allocation)


def documents_of(path: Path, folder: str) -> list[Document]:
    with zipfile.ZipFile(path) as archive:
        return [
            json.loads(archive.read(name)) for name in archive.namelist() if name.startswith(f"{folder}/")
        ]


@pytest.mark.parametrize("kind", ["openlca", "bw-processing"])
def test_waste_and_credits_survive(tmp_path: Path, kind: str) -> None:
    found = again(read(tmp_path, works()), tmp_path, kind)
    assert [intensity(found, name) for name in ("heat", "scrap", "steel")] == pytest.approx([0.1, 1.0, 0.886])


@pytest.mark.parametrize("allocation", ["declared", "mass", "price", "cut-off", "substitution"])
def test_every_policy_gives_the_same_from_the_export(tmp_path: Path, allocation: str) -> None:
    documents = joint("PHYSICAL", PHYSICAL, costValue=10.0)
    documents["processes/slag.json"] = process(
        "quarry", [exchange(1, "slag", 1.0, "kg", reference=True), exchange(2, "co2", 0.1, "kg")]
    )
    one = read(tmp_path, documents, allocation)
    two = again(one, tmp_path, allocation=allocation)
    assert intensity(two, "steel") == pytest.approx(intensity(one, "steel"), rel=1e-12)
    assert two.report.divisions[0].method == one.report.divisions[0].method


def test_the_same_documents_come_out_again(tmp_path: Path) -> None:
    """What is exported and read is the same content: a second export has the same bytes."""
    first = read(tmp_path, works())
    second = again(first, tmp_path)
    export_processes(second.database, tmp_path / "third.zip", kind="openlca")
    names = ["again-openlca.zip", "third.zip"]
    assert len({(tmp_path / name).read_bytes() for name in names}) == 1


def test_formulas_units_and_parameters(tmp_path: Path) -> None:
    documents = works()
    spread = {"distributionType": "LOG_NORMAL_DISTRIBUTION", "geomMean": 100.0, "geomSd": 1.2}
    documents["processes/works.json"]["exchanges"][1] |= {"amountFormula": "need * 2", "uncertainty": spread}
    documents["processes/works.json"]["parameters"] = [
        {"@id": "n", "name": "need", "value": 0.0, "formula": "base / 2", "isInputParameter": False}
    ]
    documents["parameters/base.json"] = {"@id": "b", "name": "base", "value": 100.0, "isInputParameter": True}
    imported = read(tmp_path, documents)
    found = again(imported, tmp_path)
    exchanges = found.database["exchanges"]
    [row] = [row for row in map(exchanges.row, range(len(exchanges))) if row["formula"]]
    assert (row["formula"], row["source_amount"], row["source_unit"], row["amount"]) == (
        "need * 2",
        100.0,
        "kWh",
        360.0,
    )
    assert (row["p1"], row["p2"]) == (pytest.approx(360.0), 1.2)
    parameters = found.database["parameters"]
    rows = [parameters.row(index) for index in range(len(parameters))]
    assert {str(r["name"]): (r["formula"], r["value"]) for r in rows} == {
        "base": ("", 100.0),
        "need": ("base / 2", 50.0),
    }
    assert found.report.counts["formulas calculated"] == 2


def test_a_formula_in_a_unit_of_another_property_is_converted_in_the_formula(tmp_path: Path) -> None:
    documents = works()
    line = documents["processes/furnace.json"]["exchanges"][2]
    line |= {"flowProperty": ref("mass"), "unit": ref("u-kg"), "amount": 0.2, "amountFormula": "0.1 * 2"}
    imported = read(tmp_path, documents)
    found = again(imported, tmp_path)
    assert intensity(imported, "scrap") == intensity(found, "scrap") == pytest.approx(1.0)
    exchanges = found.database["exchanges"]
    assert [text for text in exchanges.texts("formula") if text] == ["(0.1 * 2) * 50.0"]


def test_decisions_of_a_mapping_file_are_in_the_archive(tmp_path: Path) -> None:
    documents = makers()
    documents["flows/steam.json"] = base(2)["flows/steel.json"] | {"@id": "steam", "name": "steam"}
    documents["processes/steamer.json"] = process(
        "steamer", [exchange(1, "steam", 2.0, "kg", reference=True), exchange(2, "co2", 8.0, "kg")]
    )
    line = {"flow": "heat", "provider": "steamer", "provider_flow": "steam", "factor": 0.05}
    for number, choice in enumerate(
        (line, {"flow": "heat", "cut_off": "own steam"}, {"flow": "heat", "provider": "hall-de"})
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        imported = mapped(folder, documents, [choice])
        found = again(imported, folder)
        assert intensity(found, "steel") == pytest.approx(intensity(imported, "steel"), rel=1e-12)
        assert found.report.counts["exchanges unlinked"] == imported.report.counts["exchanges unlinked"]


def test_identifiers_that_name_no_file_become_uuids(tmp_path: Path) -> None:
    documents: dict[str, Any] = works()
    text = json.dumps(documents).replace('"boiler"', '"../../boiler: 1"').replace('"heat"', '"heat/1"')
    imported = read(tmp_path, json.loads(text))
    found = again(imported, tmp_path)
    assert found.report.links == {"default_provider": 3}
    with zipfile.ZipFile(tmp_path / "again-openlca.zip") as archive:
        assert not [name for name in archive.namelist() if ".." in name or name.count("/") > 1]


def test_a_process_without_its_reference_is_left_out(tmp_path: Path) -> None:
    documents = works()
    documents["processes/boiler.json"]["exchanges"][0]["amount"] = "much"
    documents["processes/boiler.json"]["exchanges"].append(exchange(5, "slag", 1.0, "kg"))
    imported = read(tmp_path, documents)
    found = again(imported, tmp_path)
    assert {document["@id"] for document in documents_of(tmp_path / "again-openlca.zip", "processes")} == {
        "works",
        "furnace",
    }
    assert intensity(found, "steel") == intensity(imported, "steel")


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        export_processes(read(tmp_path, works()).database, tmp_path / "x.zip", kind="csv")
    assert caught.value.code == "file-format"
    assert not (tmp_path / "x.zip").exists()


def test_a_database_without_products_has_no_package(tmp_path: Path) -> None:
    documents = joint("PHYSICAL", [])
    for name in ("boiler", "furnace"):
        del documents[f"processes/{name}.json"]
    imported = read(tmp_path, documents)
    with pytest.raises(MissingDataError) as caught:
        export_processes(imported.database, tmp_path / "x.zip", kind="bw-processing")
    assert caught.value.code == "database-empty"
    assert not (tmp_path / "x.zip").exists()
    assert export_processes(imported.database, tmp_path / "x.zip", kind="openlca").left_out == ()


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        export_processes(read(tmp_path, works()).database, tmp_path / "missing" / "x.zip", kind="openlca")
    assert caught.value.code == "output-unwritable"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
