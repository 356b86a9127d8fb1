"""Methods: factors reach the flows of processes, with and without subcompartment, in whatever unit."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from tests.import_reports import unread

from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities

_SPEC = importlib.util.spec_from_file_location("simapro_exports", Path(__file__).with_name("exports.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
exports = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(exports)

WORKS = exports.process(
    "p",
    {
        "Products": ["P;kg;2;100;x;y;"],
        "Resources": ["Iron ore;in ground;kg;10;;;;"],
        "Emissions to air": [
            "Methane, fossil;;g;1000;;;;", "Methane, fossil;low. pop.;kg;2;;;;", "Methane, fossil;stratosphere;kg;4;;;;",
            "Ammonia, FR;high. pop.;kg;8;;;;", "Radon-222;;Bq;5000;;;;",
        ],
        "Emissions to water": ["Methane, fossil;river;kg;16;;;;"],
    },
)  # fmt: skip


def method(*, cut: int = 0, **more: list[str]) -> list[str]:
    sections = {
        "Name": ["Made"], "Version": ["1;02"], "Comment": ["about"],
        "Impact category": ["Warming;kg CO2 eq"],
        "Substances": [
            "Air;(unspecified);Methane, fossil;000074-82-8;30;kg", "Air;low. pop.;Methane, fossil;000074-82-8;0.02;g",
            "Air;(unspecified);Ammonia;007664-41-7;7;kg", "Raw;(unspecified);Iron ore;;0.5;ton",
        ],
    }  # fmt: skip
    lines: list[str] = exports.sectioned("Method", sections)
    lines[-2:-2] = [line for name, rows in more.items() for line in (name.replace("_", " "), *rows, "")]
    return lines[: len(lines) - cut]


def done(folder: Path, *blocks: list[str]) -> ProcessImport:
    found: ProcessImport = exports.read(folder, *blocks)
    return found


def score(imported: ProcessImport, category: str) -> float:
    solved = product_intensities(imported.database)
    return float(solved.values[[name.partition(" [")[0] for name in solved.categories].index(category), 0])


def test_factors_without_subcompartment_hold_for_all_that_have_none(tmp_path: Path) -> None:
    """1 kg and 4 kg at 30, 2 kg at 20, ammonia of a place has no factor, water is no air, ore 10 kg at 0.0005; for 2 kg."""
    imported = done(tmp_path, WORKS, method())
    assert score(imported, "Warming") == pytest.approx((30 + 4 * 30 + 2 * 20 + 10 * 0.0005) / 2)
    counts = imported.report.counts
    assert counts["characterisation factors read"] == 4
    assert counts["factors for subcompartments in use"] == 2
    assert imported.database["impact_categories"].texts("id") == ("Made 1.02/Warming",)


def test_method_in_a_file_of_its_own_and_before_its_processes(tmp_path: Path) -> None:
    exports.write(tmp_path / "f", exports.export(method()), name="a.csv")
    exports.write(tmp_path / "f", exports.export(WORKS), name="b.csv")
    one = import_processes(tmp_path / "f")
    two = done(tmp_path / "g", method(), WORKS)
    assert one.database.digest == two.database.digest == done(tmp_path / "h", WORKS, method()).database.digest


def test_damage_categories_and_what_is_counted(tmp_path: Path) -> None:
    made = method(
        Impact_category=["Radiation;kBq"], Substances=["Air;(unspecified);Radon-222;;1;kBq"],
        Damage_category=["Health;DALY"], Impact_categories=["Warming;0.1", "Radiation;2"],
        **{"Normalization-Weighting_set": ["World"], "Normalization": ["Health;3"], "Weighting": ["Health;4"]},
    )  # fmt: skip
    imported = done(tmp_path, WORKS, made)
    warming = (30 + 4 * 30 + 2 * 20 + 10 * 0.0005) / 2
    assert score(imported, "Radiation") == pytest.approx(2.5)
    assert score(imported, "Health") == pytest.approx(0.1 * warming + 2 * 2.5)
    found = unread(imported.report)
    assert (found["normalisation factors"], found["weighting factors"]) == (1, 1)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Space;;Methane, fossil;;1;kg", "value-unknown"), ("Air;;Methane, fossil;;x;kg", "number-invalid"),
        ("Air;;Methane, fossil;;1;stone", "unit-unknown"), ("Air;;Methane, fossil;;31;kg", "id-duplicate"),
    ],
)  # fmt: skip
def test_a_bad_factor_is_refused_alone(tmp_path: Path, row: str, code: str) -> None:
    lines = method()
    lines.insert(lines.index("Substances") + 2, row)
    imported = done(tmp_path, WORKS, lines)
    assert exports.codes(imported) == [code]
    assert imported.report.counts["characterisation factors refused"] == 1
    assert score(imported, "Warming") > 0.0


def test_categories_that_do_not_fit(tmp_path: Path) -> None:
    made = method(
        Impact_category=["Warming;kg"], Damage_category=["Health;DALY"], Impact_categories=["Cooling;1"]
    )
    assert sorted(exports.codes(done(tmp_path, WORKS, made))) == ["id-duplicate", "value-unknown"]


def test_a_method_that_is_cut_off_is_left_out(tmp_path: Path) -> None:
    path = exports.write(tmp_path, [*exports.export(WORKS), *method(cut=4)])
    imported = import_processes(path)
    assert exports.codes(imported) == ["file-truncated"]
    assert len(imported.database["impact_categories"]) == 0
