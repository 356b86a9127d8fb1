"""Allocation policies against hand calculations: burdens are divided, never made or lost, and signs are kept."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.inventory.test_process_import import (
    Document,
    base,
    exchange,
    intensity,
    process,
    read,
    works,
)

from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.allocation import POLICIES
from cradlemark.inventory.processes.report import Division

SAMPLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "samples"
REAL = ("openlca_jsonld/uslci_2020q3_subset.zip", "ilcd_tiangong/tiangong_subset_ilcd.zip")


def said(division: Division) -> tuple[str, ...]:
    return tuple(reason.en for reason in division.reasons)


def plant(*more: dict[str, Any], **about: Any) -> dict[str, Document]:
    """A plant with 200 kg steel (reference) and 1000 MJ heat: 0.02 kg per MJ, 300 kg CO2, 40 kg scrap to a furnace."""
    documents = works()
    del documents["processes/boiler.json"]
    documents["processes/works.json"] = process(
        "works",
        [
            exchange(1, "steel", 200.0, "kg", reference=True, costValue=600.0),
            exchange(2, "heat", 1000.0, "MJ", costValue=200.0),
            exchange(3, "co2", 300.0, "kg"),
            exchange(4, "scrap", 40.0, "kg"),
            *more,
        ],
        **about,
    )
    documents["processes/furnace.json"]["exchanges"].pop()  # 2 kg CO2 per kg scrap, nothing saved
    return documents


TOTAL = 300.0 + 40.0 * 2.0


@pytest.mark.parametrize(
    ("policy", "steel", "heat"),
    [
        ("mass", 200.0 / 220.0, 20.0 / 220.0),
        ("price", 600.0 / 800.0, 200.0 / 800.0),
        ("cut-off", 1.0, 0.0),
    ],
)
def test_shares_by_hand(tmp_path: Path, policy: str, steel: float, heat: float) -> None:
    imported = read(tmp_path, plant(), policy)
    assert intensity(imported, "steel") == pytest.approx(TOTAL * steel / 200.0)
    assert intensity(imported, "heat") == pytest.approx(TOTAL * heat / 1000.0, abs=1e-15)
    assert intensity(imported, "scrap") == pytest.approx(2.0)
    shares = {share.product: share.share for share in imported.report.divisions[0].shares}
    assert shares == pytest.approx({"steel": steel, "heat": heat})


def test_energy_by_hand_and_not_when_one_is_unknown(tmp_path: Path) -> None:
    assert said(read(tmp_path, plant(), "energy").report.divisions[0]) == (
        "energy: the energy of a product is not known",
    )
    documents = plant()
    documents["flows/steel.json"]["flowProperties"].append(
        {"flowProperty": {"@id": "energy"}, "conversionFactor": 5.0}
    )
    imported = read(tmp_path, documents, "energy")
    assert intensity(imported, "heat") == pytest.approx(TOTAL * 0.5 / 1000.0)
    assert intensity(imported, "steel") == pytest.approx(TOTAL * 0.5 / 200.0)


def test_economic_factors_go_before_prices(tmp_path: Path) -> None:
    factors = [
        {"allocationType": "ECONOMIC_ALLOCATION", "product": {"@id": product}, "value": value}
        for product, value in (("steel", 0.6), ("heat", 0.4))
    ]
    imported = read(tmp_path, plant(allocationFactors=factors), "price")
    assert imported.report.divisions[0].method == "declared economic"
    assert intensity(imported, "steel") == pytest.approx(TOTAL * 0.6 / 200.0)


@pytest.mark.parametrize(
    ("low", "usable"), [(0.985, False), (0.995, True), (1.0, True), (1.005, True), (1.02, False)]
)
def test_sums_of_factors_within_one_per_cent_are_used_as_they_stand(
    tmp_path: Path, low: float, usable: bool
) -> None:
    factors = [
        {"allocationType": "PHYSICAL_ALLOCATION", "product": {"@id": product}, "value": value}
        for product, value in (("steel", low - 0.25), ("heat", 0.25))
    ]
    imported = read(
        tmp_path,
        plant(allocationFactors=factors, defaultAllocationMethod="PHYSICAL_ALLOCATION"),
    )
    division = imported.report.divisions[0]
    assert bool(division.method) is usable
    if usable:
        assert (division.sum_low, division.sum_high) == pytest.approx((low, low))
        assert intensity(imported, "steel") == pytest.approx(TOTAL * (low - 0.25) / 200.0)


def kiln(method: str, factors: dict[str, float]) -> dict[str, Document]:
    """A kiln makes 1 kg slag, takes in 3 kg scrap and emits 2 kg CO2; works put out 0.6 kg scrap per kg steel."""
    documents = base(2)
    documents["processes/kiln.json"] = process(
        "kiln",
        [
            exchange(1, "slag", 1.0, "kg", reference=True),
            exchange(2, "scrap", 3.0, "kg", taken=True),
            exchange(3, "co2", 2.0, "kg"),
        ],
        defaultAllocationMethod=method,
        allocationFactors=[
            {"allocationType": "PHYSICAL_ALLOCATION", "product": {"@id": product}, "value": value}
            for product, value in factors.items()
        ],
    )
    documents["processes/works.json"] = process(
        "works", [exchange(1, "steel", 1.0, "kg", reference=True), exchange(2, "scrap", 600.0, "g")]
    )
    return documents


@pytest.mark.parametrize("method", ["PHYSICAL_ALLOCATION", "NO_ALLOCATION"])
def test_a_waste_with_a_declared_share_is_a_function(tmp_path: Path, method: str) -> None:
    """Scrap carries 0.75 x 2 kg / 3 kg = 0.5 kg per kg, so that 0.6 kg of it give steel 0.3 kg; slag keeps 0.5 kg."""
    imported = read(tmp_path, kiln(method, {"slag": 0.25, "scrap": 0.75}))
    assert intensity(imported, "slag") == pytest.approx(0.5)
    assert intensity(imported, "scrap") == pytest.approx(0.5)
    assert intensity(imported, "steel") == pytest.approx(0.3)
    assert imported.report.links == {"unique_producer": 1}
    assert imported.report.balanced


@pytest.mark.parametrize(
    ("method", "factors"),
    [
        ("NO_ALLOCATION", {}),
        ("PHYSICAL_ALLOCATION", {"slag": 1.0}),
        ("ECONOMIC_ALLOCATION", {"slag": 0.25, "scrap": 0.75}),
    ],
    ids=["no factors", "none for the waste", "of another method"],
)
def test_a_waste_without_a_share_is_free(tmp_path: Path, method: str, factors: dict[str, float]) -> None:
    imported = read(tmp_path, kiln(method, factors))
    assert intensity(imported, "slag") == pytest.approx(2.0)
    assert imported.report.links == {"open_waste_taken_in": 1, "open_no_producer": 1}
    assert imported.report.balanced


def test_substitution_credits_and_says_when_nobody_else_makes_it(tmp_path: Path) -> None:
    documents = plant()
    alone = read(tmp_path, documents, "substitution")
    assert intensity(alone, "steel") == pytest.approx(TOTAL / 200.0)
    assert alone.report.counts["by-products without substitute"] == 1
    assert alone.report.balanced
    documents["processes/boiler.json"] = process(
        "boiler", [exchange(1, "heat", 2.0, "MJ", reference=True), exchange(2, "co2", 1.8, "kg")]
    )
    credited = read(tmp_path, documents, "substitution")
    # 1000 MJ of 0.9 kg each: more is saved than caused, so the steel is negative, and that is said
    assert intensity(credited, "steel") == pytest.approx((TOTAL - 900.0) / 200.0)
    assert credited.report.counts["by-products without substitute"] == 0
    shares = {share.product: share.share for share in credited.report.divisions[0].shares}
    assert shares == {"steel": 1.0, "heat": None}


def test_several_references_have_no_cut_off_and_no_substitution(tmp_path: Path) -> None:
    documents = plant()
    documents["processes/works.json"]["exchanges"][1]["isQuantitativeReference"] = True
    for policy in ("cut-off", "substitution"):
        division = read(tmp_path, documents, policy).report.divisions[0]
        assert said(division) == (f"{policy}: there is not exactly one reference product",)
    assert read(tmp_path, documents, "cut-off,mass").report.divisions[0].method == "mass"


def test_a_negative_product_has_no_share_by_mass(tmp_path: Path) -> None:
    documents = plant()
    documents["processes/works.json"]["exchanges"][1]["amount"] = -1000.0
    assert said(read(tmp_path, documents, "mass").report.divisions[0]) == (
        "mass: the mass of the products is not positive",
    )


def test_treatment_as_reference_with_recovered_products_keeps_its_sign(tmp_path: Path) -> None:
    """A plant takes 10 kg scrap, gives 4 kg steel and 20 MJ heat: cut-off, all of its 5 kg CO2 is the treatment's."""
    documents = base(2)
    documents["processes/plant.json"] = process(
        "plant",
        [
            exchange(1, "scrap", 10.0, "kg", taken=True, reference=True),
            exchange(2, "steel", 4.0, "kg"),
            exchange(3, "co2", 5.0, "kg"),
        ],
    )
    documents["processes/user.json"] = process(
        "user", [exchange(1, "slag", 1.0, "kg", reference=True), exchange(2, "scrap", 3.0, "kg")]
    )
    imported = read(tmp_path, documents, "cut-off")
    assert intensity(imported, "slag") == pytest.approx(3.0 * 0.5)
    by_mass = read(tmp_path, documents, "mass")
    assert intensity(by_mass, "steel") == pytest.approx(5.0 / 14.0)
    assert intensity(by_mass, "slag") == pytest.approx(3.0 * 5.0 / 14.0)


def test_waste_water_as_a_product_is_asked_about(tmp_path: Path) -> None:
    documents = plant()
    documents["flows/water.json"] = base(2)["flows/steel.json"] | {"@id": "water", "name": "waste water"}
    documents["processes/works.json"]["exchanges"].append(exchange(9, "water", 50_000.0, "kg"))
    found = [p for p in read(tmp_path, documents, "mass").report.problems if p.code == "allocation-doubtful"]
    assert len(found) == 1
    assert "0.40% to the reference product steel" in found[0].message.en
    codes = {problem.code for problem in read(tmp_path, plant(), "mass").report.problems}
    assert "allocation-doubtful" not in codes


def given_out(imported: ProcessImport) -> dict[int, float]:
    """Sum of what all products of a process have of an exchange, without its sign."""
    found: defaultdict[int, float] = defaultdict(float)
    for name in ("technosphere", "biosphere", "cut_offs"):
        table = imported.database[name]
        for row, amount in zip(
            table.integers("exchange").tolist(), table.numbers("amount").tolist(), strict=True
        ):
            found[row] += amount
    return {row: abs(amount) for row, amount in found.items()}


@pytest.mark.parametrize("sample", REAL)
@pytest.mark.parametrize("policy", POLICIES)
def test_real_burdens_are_divided_and_neither_made_nor_lost(sample: str, policy: str) -> None:
    source = SAMPLES / sample
    if not source.is_file():
        pytest.skip("the samples are not beside the checkout")
    imported = import_processes(source, allocation=policy)
    assert imported.report.balanced
    exchanges = imported.database["exchanges"]
    owners, amounts = exchanges.integers("process"), exchanges.numbers("amount")
    roles = exchanges.texts("role")
    active = set(imported.database["activities"].integers("process").tolist())
    parts = given_out(imported)
    sums = {d.process: (d.sum_low, d.sum_high) for d in imported.report.divisions}
    ids = imported.database["processes"].texts("id")
    checked = 0
    for row in np.flatnonzero(np.isin(owners, sorted(active)) & (amounts != 0.0)).tolist():
        if roles[row] in {"reference", "product"}:
            continue
        low, high = sums.get(ids[int(owners[row])], (1.0, 1.0))
        whole = abs(float(amounts[row]))
        assert low * whole * (1 - 1e-9) <= parts.get(row, 0.0) <= high * whole * (1 + 1e-9)
        checked += 1
    assert checked > 50
