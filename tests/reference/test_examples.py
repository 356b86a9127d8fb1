"""The examples: they load, every text of a person stands in both languages, every line finds the dataset it should."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from cradlemark.cli.opening import open_model
from cradlemark.core.language import Text
from cradlemark.footprint.footprint import Footprint
from cradlemark.product.readers.bom import read_bom
from cradlemark.product.readers.study_file import read_study
from cradlemark.product.walk import components, entries

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("terminal-block", "die-cast-housing", "dyed-cotton-fabric")
SCENARIOS = [
    *(("terminal-block", scenario) for scenario in (
        "recycled-pa", "pbt-housing", "other-supplier", "green-power", "as-of-2024", "half-load", "factors-low", "factors-high"
    )),
    ("die-cast-housing", "secondary-aluminium"), ("die-cast-housing", "more-returns"),
    ("dyed-cotton-fabric", "low-liquor"), ("dyed-cotton-fabric", "recycled-cotton"),
]  # fmt: skip


@cache
def result(name: str, scenario: str = "") -> Footprint:
    return open_model(EXAMPLES / name, scenario).calculate(draws=0).footprint


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_open_and_no_finding_is_an_error(name: str) -> None:
    footprint = result(name)
    assert not footprint.gaps
    assert [item for item in footprint.findings if item.severity == "error"] == []
    assert footprint.life_cycle > 0.0


def test_all_scenarios_are_tested() -> None:
    assert [(name, item.id) for name in NAMES for item in read_study(EXAMPLES / name).scenarios] == SCENARIOS


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_every_scenario_changes_the_result(name: str, scenario: str) -> None:
    changed = result(name, scenario)
    assert not changed.gaps
    assert changed.life_cycle != pytest.approx(result(name).life_cycle, rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_in_both_languages(name: str) -> None:
    study = read_study(EXAMPLES / name)
    from_bill = {id(component) for component in components(study)}
    missing = []
    for entry in entries(study):
        if id(entry.value) in from_bill:
            continue  # names of parts are as the ERP system has them
        for field in entry.table.fields:
            content = getattr(entry.value, field.key, None)
            texts = content if field.type == "texts" else (content,) if field.type == "text" else ()
            missing += [
                f"{entry.table.name}.{field.key}: {text}"
                for text in texts or ()
                if isinstance(text, Text) and bool(text.en) != bool(text.zh)
            ]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_is_in_both_languages(name: str) -> None:
    readme = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    english, _, chinese = readme.partition("\n---\n")
    assert sum("\u4e00" <= mark <= "\u9fff" for mark in chinese) > 80
    assert f"examples/{name}" in english


def test_the_messy_workbook_is_read_whole() -> None:
    bill = read_bom(EXAMPLES / "terminal-block" / "bom.xlsx")
    assert (bill.sheet, bill.problems, [item.code for item in bill.notes]) == ("BOM", (), ["sheet-chosen"])
    assert [(line.level, line.part_number) for line in bill.lines] == [
        (0, "TB2.5-PI-GY"), (1, "SJ-025-0012"), (1, "SJ-025-0021"), (1, "ZJ-025-0100"), (2, "CJ-025-0007"),
        (1, "TH-025-0003"),
    ]  # fmt: skip
    grams = {
        line.part_number: line.net_mass and (line.net_mass.magnitude or 0.0) * 1e3 for line in bill.lines
    }
    assert grams["SJ-025-0021"] == pytest.approx(0.075)  # typed as text with a blank
    assert len(bill.skipped) == 6  # three titles, total, signatures, date of print


def test_the_german_export_is_read_with_its_marks() -> None:
    bill = read_bom(EXAMPLES / "die-cast-housing" / "bom.csv")
    assert (bill.encoding, bill.delimiter, bill.decimal, bill.problems) == ("cp1252", ";", ",", ())
    housing = next(line for line in bill.lines if line.part_number == "GEH-4711-01")
    assert housing.name.en == "Gehäuse, gegossen und bearbeitet"
    assert housing.gross_mass is not None
    assert housing.gross_mass.magnitude == pytest.approx(0.4249)


def test_the_nested_document_is_read() -> None:
    bill = read_bom(EXAMPLES / "dyed-cotton-fabric" / "bom.json")
    assert bill.problems == ()
    assert [material.text for material in bill.components()[0].materials] == ["纯棉纱", "活性染料"]


# Looked at one by one: what the text says against the name, place and boundary of the dataset.
LINKS = {
    "terminal-block": {
        "PA66 V0 无卤阻燃": "mem-glo-pa66-fr",
        "ＰＡ６６ Ｖ０ 无卤阻燃": "mem-glo-pa66-fr",
        "T2紫铜带 Y": "x-cu-cathode-ica",
        "12Cr17Ni7（1.4310）不锈弹簧钢带": "cn-cpcd-41265x0332021b",
        "anode metal": "cn-cpcd-41443x0012015a",
        "重型柴油货车": "cn-cpcd-65119x0282024c",
        "集装箱船": "cn-cpcd-65213x0062024c",
        "瓦楞纸板": "cn-cpcd-32151x0012019c",
        "印刷纸标签": "ademe-printed-labels",
    },
    "die-cast-housing": {
        "EN AC-46000 (AlSi9Cu3(Fe))": "ademe-al-new ademe-al-rec",  # primary and recycled content
        "Lkw >33 t": "tr-gb-2025-articulated-hgv-33t",
        "coating powder": "mem-re-epoxy",
        "natural gas": "fu-gb-2025-natural-gas-kwh-ncv",
        "PP": "ma-gb-2025-plastics-pp-incl-forming-primary-material-production",
    },
    "dyed-cotton-fabric": {
        "纯棉纱": "cn-cpcd-26360x0012021c",
        "活性染料": "dye-reactive",
        "蒸汽": "cn-cpcd-17300x0112025c",
        "氢氧化钠": "cn-cpcd-34231h0022015a",
        "污水处理": "wt-gb-2025-treat",
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_links_are_the_ones_that_were_looked_at(name: str) -> None:
    found: dict[str, set[str]] = {}
    for line in result(name).lines:
        if line.link and line.dataset:
            found.setdefault(line.link.text, set()).add(line.dataset.id)
    assert {text: found.get(text) for text in LINKS[name]} == {
        text: set(ids.split()) for text, ids in LINKS[name].items()
    }


def test_factors_of_a_table_beside_the_study_are_named_as_unverified() -> None:
    footprint = result("dyed-cotton-fabric")
    own = [line for line in footprint.lines if line.dataset and line.dataset.id.startswith("dye-")]
    assert len(own) == 5
    assert {line.status for line in own} == {"unverified"}
    share = sum(line.total for line in own) / footprint.cradle_to_gate
    assert share == pytest.approx(footprint.data_quality.unverified_share, rel=1e-9)
    assert 0.03 < share < 0.1
