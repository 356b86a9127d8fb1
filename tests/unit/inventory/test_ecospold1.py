"""EcoSpold 1: small documents with results worked out by hand, and documents as broken as they come."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.ecospold_documents import allocation1, dataset1, document1, exchange1
from tests.import_reports import unread

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.characterise import own_factors
from cradlemark.inventory.processes.intensities import product_intensities

AIR = {"category": "air", "subCategory": "unspecified", "CASNumber": "000124-38-9"}
CO2 = "Carbon dioxide, fossil"
SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "samples" / "ecospold1" / "olca_example.xml"


def bring(tmp_path: Path, *documents: str, allocation: str = "declared") -> ProcessImport:
    """Write documents into a folder and import it."""
    folder = tmp_path / "source"
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(documents):
        (folder / f"{number}.XML").write_text(text, encoding="utf-8")
    done = import_processes(folder, allocation=allocation)
    assert done.report.balanced
    return done


def heat(number: int = 1, place: str = "DE", co2: float = 0.1, **more: object) -> str:
    """1 MJ of heat with its CO2."""
    return dataset1(
        number, "heat", exchange1(number, "made", "heat", 1, "MJ", location=place),
        exchange1(90, "emission", CO2, co2, **AIR), unit="MJ", location=place, category="energy", **more,
    )  # fmt: skip


def steel(number: int = 2, **wanted: object) -> str:
    """1 kg of steel from 10 MJ of heat."""
    return dataset1(
        number, "steel", exchange1(number, "made", "steel", 1, location="DE"),
        exchange1(91, "input", "heat", 10, "MJ", **wanted), exchange1(90, "emission", CO2, 0.5, **AIR), location="DE",
    )  # fmt: skip


def climate(done: ProcessImport) -> dict[str, float]:
    """Climate impact by product [kg CO2e per unit]."""
    solved = product_intensities(done.database)
    return dict(zip(solved.products, solved.values[0].tolist(), strict=True))


def problems(done: ProcessImport) -> list[str]:
    return sorted(problem.code for problem in done.report.problems)


def test_products_are_linked_by_name_unit_and_place(tmp_path: Path) -> None:
    done = bring(tmp_path, document1(heat(), steel(location="DE")))
    assert climate(done) == pytest.approx({"heat [MJ]": 0.1, "steel [kg]": 1.5})
    assert done.report.links == {"default_provider": 1}
    assert not done.report.problems


def test_place_of_the_exchange_chooses_the_maker(tmp_path: Path) -> None:
    document = document1(heat(1, "DE", 0.1), heat(3, "CH", 0.02), steel(location="CH"))
    assert climate(bring(tmp_path, document))["steel [kg]"] == pytest.approx(0.7)


def test_a_place_without_a_maker_is_never_replaced(tmp_path: Path) -> None:
    done = bring(tmp_path, document1(heat(), steel(location="FR")))
    assert done.report.links == {"open_provider_missing": 1}
    assert climate(done)["steel [kg]"] == 0.5


def test_without_a_place_the_number_or_the_rules_decide(tmp_path: Path) -> None:
    many = (heat(1, "DE", 0.1), heat(3, "CH", 0.02))
    by_number = dataset1(
        2, "steel", exchange1(2, "made", "steel", 1), exchange1(3, "input", "heat", 10, "MJ"), location="FR"
    )
    assert climate(bring(tmp_path / "a", document1(*many, by_number)))["steel [kg]"] == pytest.approx(0.2)
    done = bring(tmp_path / "b", document1(*many, steel()))
    assert done.report.links == {"same_place": 1}
    assert climate(done)["steel [kg]"] == pytest.approx(1.5)


def test_a_product_is_found_by_the_name_and_place_of_its_data_set(tmp_path: Path) -> None:
    boiler = dataset1(
        1, "heat, at boiler", exchange1(1, "made", "heat", 1, "MJ", location="RER"), exchange1(90, "emission", CO2, 0.1, **AIR),
        unit="MJ", location="DE", category="energy",
    )  # fmt: skip
    asked = [
        exchange1(91, "input", "heat", 1, "MJ", location="RER"), exchange1(92, "input", "heat", 2, "MJ", location="DE"),
        exchange1(93, "input", "heat, at boiler", 4, "MJ", location="DE"),
    ]  # fmt: skip
    done = bring(tmp_path, document1(boiler, dataset1(2, "steel", exchange1(2, "made", "steel", 1), *asked)))
    assert done.report.links == {"default_provider": 3}
    assert climate(done)["steel [kg]"] == pytest.approx(0.7)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()


def refinery(*, per_cent: tuple[float, float] = (60, 40)) -> str:
    first, second = per_cent
    return dataset1(
        7, "refinery", exchange1(1, "co-product", "petrol", 2, location="GLO"),
        exchange1(2, "co-product", "diesel", 4, location="GLO"), exchange1(3, "emission", CO2, 1, **AIR),
        exchange1(4, "emission", "Methane, fossil", 0.1, category="air", subCategory="high population density",
                  CASNumber="000074-82-8"),
        allocation1(1, [3], first), allocation1(2, [3], second), allocation1(2, [4], 100), kind=5,
    )  # fmt: skip


def test_co_products_carry_the_declared_shares(tmp_path: Path) -> None:
    done = bring(tmp_path, document1(refinery()))
    assert climate(done) == pytest.approx({"petrol [kg]": 0.3, "diesel [kg]": 0.1 + 0.025 * 29.8})
    (division,) = done.report.divisions
    assert division.method == "declared causal"
    assert (division.sum_low, division.sum_high) == pytest.approx((1.0, 1.0))


def test_shares_that_do_not_sum_to_one_are_not_used(tmp_path: Path) -> None:
    done = bring(tmp_path, document1(refinery(per_cent=(60, 60))))
    assert done.report.counts["processes without usable allocation"] == 1
    by_mass = bring(tmp_path, document1(refinery(per_cent=(60, 60))), allocation="declared,mass")
    assert climate(by_mass)["petrol [kg]"] == pytest.approx((1 + 0.1 * 29.8) / 6)


def test_waste_to_treatment_is_an_input_of_the_treatment(tmp_path: Path) -> None:
    landfill = dataset1(
        5, "disposal, slag", exchange1(5, "made", "disposal, slag", 1, location="CH"),
        exchange1(90, "emission", CO2, 0.2, **AIR), location="CH", category="waste management",
    )  # fmt: skip
    smelter = dataset1(
        6, "copper", exchange1(6, "made", "copper", 1),
        exchange1(5, "waste", "disposal, slag", 3, location="CH", category="waste management"),
    )  # fmt: skip
    assert climate(bring(tmp_path, document1(landfill, smelter)))["copper [kg]"] == pytest.approx(0.6)


def test_avoided_products_are_subtracted(tmp_path: Path) -> None:
    burner = dataset1(
        6, "incineration", exchange1(6, "made", "incineration", 1), exchange1(1, "avoided", "heat", 4, "MJ", location="DE"),
        exchange1(90, "emission", CO2, 1, **AIR),
    )  # fmt: skip
    assert climate(bring(tmp_path, document1(heat(), burner)))["incineration [kg]"] == pytest.approx(0.6)


def test_distributions_after_the_schema(tmp_path: Path) -> None:
    spreads = (
        {"uncertaintyType": 1, "standardDeviation95": 1.21}, {"uncertaintyType": 2, "standardDeviation95": 0.5},
        {"uncertaintyType": 3, "minValue": 0.5, "maxValue": 2}, {"uncertaintyType": 4, "minValue": 0.5, "maxValue": 2},
        {"uncertaintyType": 3, "minValue": 0.5, "maxValue": 2, "mostLikelyValue": 1.5},
        {"uncertaintyType": 0}, {"uncertaintyType": 1, "standardDeviation95": -4},
    )  # fmt: skip
    lines = [
        exchange1(10 + i, "emission", f"gas {i}", 1, category="air", **one) for i, one in enumerate(spreads)
    ]
    done = bring(tmp_path, document1(dataset1(1, "x", exchange1(1, "made", "x", 1), *lines)))
    table = done.database["exchanges"]
    found = [
        (kind, *(round(v, 9) for v in values if not math.isnan(v)))
        for kind, *values in zip(
            table.texts("distribution"), table.numbers("p1").tolist(), table.numbers("p2").tolist(),
            table.numbers("p3").tolist(), strict=True,
        )
    ]  # fmt: skip
    assert found[1:] == [
        ("lognormal", 1.0, 1.1), ("normal", 1.0, 0.25), ("triangular", 0.5, 0.5, 2.0), ("uniform", 0.5, 2.0),
        ("triangular", 0.5, 1.5, 2.0), ("",), ("",),
    ]  # fmt: skip
    assert unread(done.report)["exchange uncertainty whose parameters make no distribution"] == 1


def test_pedigree_scores_come_from_the_comment(tmp_path: Path) -> None:
    line = exchange1(9, "emission", CO2, 1, generalComment="(2,3,1,1,1,5); measured (2009)", **AIR)
    done = bring(tmp_path, document1(dataset1(1, "x", exchange1(1, "made", "x", 1), line)))
    assert "(2;3;1;1;1;5)" in done.database["exchanges"].texts("pedigree")


def test_both_languages_are_kept(tmp_path: Path) -> None:
    zinc = dataset1(
        1, "zinc", exchange1(1, "made", "zinc", 1, localName="锌"), local="锌", languages=("en", "zh")
    )
    table = bring(tmp_path, document1(zinc)).database["processes"]
    assert (table.texts("name_en"), table.texts("name_zh")) == (("zinc",), ("锌",))


def test_impact_methods_are_tied_to_flows(tmp_path: Path) -> None:
    method = dataset1(
        300, "GWP 100a", exchange1(1, "", CO2, 1, **AIR), exchange1(2, "", "Methane, fossil", 25, category="air"),
        kind=4, category="IPCC 2007", subcategory="climate change", unit="kg CO2-Eq",
    )  # fmt: skip
    apart = document1(method, namespace="http://www.EcoInvent.org/EcoSpold01Impact")
    done = bring(tmp_path, document1(heat()), apart)
    factors = own_factors(done.database)
    assert factors.names == ("GWP 100a [kg CO2-Eq]",)
    assert factors.value.tolist() == [1.0]
    assert len(factors.unknown) == 1
    assert product_intensities(done.database).values[:, 0] == pytest.approx([0.1, 0.1])


def test_repeated_numbers_of_data_sets_and_exchanges(tmp_path: Path) -> None:
    done = bring(tmp_path, document1(heat(1, "DE")), document1(heat(1, "CH")), document1(heat(1, "CH")))
    assert done.database["processes"].texts("id") == ("1: heat {CH}", "1: heat {DE}")
    assert problems(done) == ["id-duplicate"]
    twice = dataset1(1, "x", exchange1(1, "made", "x", 1), exchange1(1, "emission", CO2, 1, **AIR))
    assert bring(tmp_path / "a", document1(twice)).database["exchanges"].integers("number").tolist() == [1, 2]


def test_a_data_set_without_product_line_makes_its_reference_function(tmp_path: Path) -> None:
    done = bring(tmp_path, document1(dataset1(1, "x", exchange1(9, "emission", CO2, 3, **AIR), amount=2)))
    assert climate(done) == {"x [kg]": 1.5}
    assert problems(done) == ["reference-implied"]


@pytest.mark.parametrize(
    ("amount", "code"),
    [("1,5", "number-invalid"), ("", "value-missing"), ("NaN", "number-invalid"), ("INF", "number-invalid"),
     ("1e999", "number-invalid"), ("1e99999999999", "number-invalid"), ("1_0", "number-invalid"), ("٣", "number-invalid"),
     ("9" * 5000, "number-invalid")],
    ids=lambda value: value[:12],
)  # fmt: skip
def test_one_bad_amount_refuses_one_exchange(tmp_path: Path, amount: str, code: str) -> None:
    bad = dataset1(1, "x", exchange1(1, "made", "x", 1), exchange1(2, "emission", CO2, amount, **AIR))
    done = bring(tmp_path, document1(bad))
    assert [problem.code for problem in done.report.problems] == [code, "magnitude-implausible"]
    assert done.report.counts["exchanges refused"] == 1
    assert len(done.database["activities"]) == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [(exchange1(2, "", CO2, 1, **AIR), "value-missing"), (exchange1(2, "emission", CO2, 1, "", **AIR), "unit-unknown"),
     (exchange1(2, "emission", "", 1, **AIR), "value-missing"),
     (exchange1(2, "emission", CO2, 1, **AIR).replace(">4<", ">9<"), "value-unknown")],
)  # fmt: skip
def test_one_bad_exchange_is_refused_with_its_place(tmp_path: Path, line: str, code: str) -> None:
    done = bring(tmp_path, document1(dataset1(1, "x", exchange1(1, "made", "x", 1), line)))
    first = done.report.problems[0]
    assert (first.code, first.where) == (code, "source, 0.XML, data set 1 (x {GLO}), exchange 2")


def test_a_refused_product_makes_nothing(tmp_path: Path) -> None:
    done = bring(
        tmp_path,
        document1(
            heat(),
            dataset1(2, "x", exchange1(2, "made", "x", "1,0"), exchange1(3, "emission", CO2, 1, **AIR)),
        ),
    )
    assert climate(done) == {"heat [MJ]": 0.1}
    assert done.report.counts["exchanges idle"] == 1


def test_other_encodings_and_byte_order_marks(tmp_path: Path) -> None:
    text = document1(dataset1(1, "Säure", exchange1(1, "made", "Säure", 1)))
    spellings = {
        "a": text.encode("utf-8-sig"), "b": text.replace("UTF-8", "windows-1252").encode("cp1252"),
        "c": text.replace("UTF-8", "utf-16").encode("utf-16"), "d": text.replace("\n", "\r\n").encode(),
    }  # fmt: skip
    digests = set()
    for name, content in spellings.items():
        path = tmp_path / f"{name}.xml"
        path.write_bytes(content)
        done = import_processes(path)
        assert done.database["flows"].texts("name_en") == ("Säure",)
        digests.add(done.database.digest)
    assert len(digests) == 1


def test_a_cut_off_document_keeps_what_stands_before(tmp_path: Path) -> None:
    text = document1(heat(), steel(location="DE"))
    path = tmp_path / "cut.xml"
    path.write_text(text[: text.rindex("<flowData>")], encoding="utf-8")
    done = import_processes(path)
    assert done.database["processes"].texts("id") == ("1",)
    assert problems(done) == ["xml-syntax"]


def test_order_of_documents_and_container_do_not_matter(tmp_path: Path) -> None:
    parts = [document1(heat()), document1(steel(location="DE")), document1(refinery())]
    one = bring(tmp_path / "a", *parts).database.digest
    assert bring(tmp_path / "b", *reversed(parts)).database.digest == one
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number, text in enumerate(parts):
            archive.writestr(f"deep/{number}.xml", text)
    assert import_processes(tmp_path / "all.zip").database.digest == one
    (tmp_path / "all.xml").write_text(document1(refinery(), steel(location="DE"), heat()), encoding="utf-8")
    assert import_processes(tmp_path / "all.xml").database.digest == one


def test_seven_zip_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "release.7z"
    path.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    with pytest.raises(InputError, match="unpack it first") as caught:
        import_processes(path)
    assert caught.value.code == "file-format"


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples are not beside this checkout")
def test_the_sample_of_another_system(tmp_path: Path) -> None:
    done = import_processes(SAMPLE)
    assert done.report.balanced
    assert done.report.links == {"open_no_producer": 1}
    table = done.database["exchanges"]
    assert table.texts("distribution") == ("", "lognormal")
    assert np.allclose(table.numbers("p2")[1], math.sqrt(1.1))
