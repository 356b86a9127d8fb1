"""Import of the TianGong subset (30 processes, Chinese and English) with the EF 3.1 method that came with it.

Source: TianGong LCA data, subset described in the sample folder's list of sources. GWP100 values of EF 3.1 are those of
IPCC AR6 (methane, fossil 29.8; nitrous oxide 273).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities

SAMPLE = Path(__file__).resolve().parents[3] / "shared/data/samples/ilcd_tiangong/tiangong_subset_ilcd.zip"
pytestmark = pytest.mark.skipif(
    not SAMPLE.is_file(), reason="the sample archives are not beside the repository"
)


@pytest.fixture(scope="module")
def imported() -> ProcessImport:
    return import_processes(SAMPLE)


def test_counts_are_those_of_the_archive(imported: ProcessImport) -> None:
    report = imported.report
    assert report.counts["processes stored"] == 30
    assert report.counts["flows stored"] == 191
    assert report.counts["exchanges read"] == 341
    assert report.counts["exchanges refused"] == 14
    assert {p.code for p in report.problems if ", exchange " in p.where} == {"flow-unknown"}
    assert report.counts["characterisation factors stored"] == 1099
    assert report.balanced


def test_both_languages_are_kept(imported: ProcessImport) -> None:
    processes = imported.database["processes"]
    row = processes.texts("id").index("0335f4a6-b7f4-4e27-91a0-72bd9899e182")
    assert processes.texts("name_zh")[row].startswith("铝电解")
    assert processes.texts("name_en")[row].startswith("Aluminum electrolysis")
    assert processes.texts("location")[row] == "CN"
    assert imported.report.languages["zh"] >= 30


def test_values_of_the_method_are_those_of_the_sixth_assessment_report(imported: ProcessImport) -> None:
    table = imported.database["characterisation"]
    values = dict(zip(table.texts("flow_name"), table.numbers("value").tolist(), strict=True))
    assert values["methane (fossil) (Mass, kg, Emissions to air, unspecified)"] == pytest.approx(29.8)
    assert imported.database["impact_categories"].texts("name_en") == ("Climate change",)


def test_products_without_declared_allocation_have_no_supply(imported: ProcessImport) -> None:
    undivided = [d for d in imported.report.divisions if not d.method]
    assert len(undivided) == 9 + 1
    made = set(imported.database["activities"].integers("process").tolist())
    ids = imported.database["processes"].texts("id")
    assert not {d.process for d in undivided} & {ids[row] for row in made}


def test_a_process_whose_reference_flow_is_missing_makes_nothing(imported: ProcessImport) -> None:
    """Its other outputs, electricity and coal, must not become free of burden."""
    cement = "03f348e7-ee44-4b91-ad19-1e3f9e215dba"
    assert cement in imported.report.without_product


def test_method_of_the_archive_and_table_of_gases_agree(imported: ProcessImport) -> None:
    solved = product_intensities(imported.database, gwp_set="AR6")
    assert solved.categories == (
        "Climate change, GWP100 AR6 [kg CO2e]",
        "Climate change [kg CO2 Equivalents]",
    )
    assert solved.values[0] == pytest.approx(solved.values[1], rel=1e-3)
    assert solved.one_sided == ()
    cement = next(i for i, name in enumerate(solved.products) if name.startswith("Cement, ordinary portland"))
    assert solved.values[0, cement] == pytest.approx(0.729, abs=0.001)


def test_values_that_rest_on_cut_offs_are_marked(imported: ProcessImport) -> None:
    solved = product_intensities(imported.database)
    silent = [i for i in np.flatnonzero(solved.values[0] == 0.0).tolist() if not solved.doubts[i]]
    assert not silent


def test_what_a_practitioner_would_question_is_marked(imported: ProcessImport) -> None:
    """Looked at by hand: a primary ingot without its metal, and a data set called epoxy resin whose product is PVC."""
    solved = product_intensities(imported.database)
    marked = {
        solved.products[i].split(";")[0]: " ".join(doubts)
        for i, doubts in enumerate(solved.doubts)
        if doubts and solved.values[0, i] > 0.0
    }
    assert set(marked) == {"Aluminium, primary, ingot [kg]", "polyvinylchloride resin (E-PVC)"}
    assert "of the lowest" in marked["Aluminium, primary, ingot [kg]"]
    assert "epoxy" in marked["polyvinylchloride resin (E-PVC)"]
    usual = {name: solved.values[0, i] for i, name in enumerate(solved.products) if not solved.doubts[i]}
    assert len(usual) == 3
    assert all(0.5 < value < 3.0 for value in usual.values())
