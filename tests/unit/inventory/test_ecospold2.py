"""EcoSpold 2: small releases with results worked out by hand, and documents as broken as they come."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import pytest
from tests.ecospold_documents import (
    HEAD,
    activity2,
    classification2,
    elementary2,
    identifier,
    parameter2,
    product2,
    property2,
    texts2,
    uncertainty2,
)
from tests.import_reports import unread

from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities

CO2 = "Carbon dioxide, fossil"
SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "samples" / "ecospold2" / "sample_ecospold2.spold"
WASTE = classification2("By-product classification", "Waste")
RECYCLABLE = classification2("By-product classification", "Recyclable")


def co2(amount: object, **more: object) -> str:
    return elementary2("emission", CO2, amount, casNumber="000124-38-9", **more)


def bring(folder: Path, *documents: str, allocation: str = "declared", master: str = "") -> ProcessImport:
    """Write documents as a release lays them out and import it."""
    (folder / "datasets").mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(documents):
        (folder / "datasets" / f"{number}.spold").write_text(text, encoding="utf-8-sig")
    if master:
        (folder / "MasterData").mkdir(exist_ok=True)
        (folder / "MasterData" / "Some.xml").write_text(master, encoding="utf-8")
    done = import_processes(folder, allocation=allocation)
    assert done.report.balanced
    return done


def climate(done: ProcessImport) -> dict[str, float]:
    """Climate impact by product [kg CO2e per unit]."""
    solved = product_intensities(done.database)
    return dict(zip(solved.products, solved.values[0].tolist(), strict=True))


def heat(emitted: float = 0.1, **more: object) -> str:
    return activity2("heat production", product2("made", "heat", 1, "MJ"), co2(emitted), **more)


def test_links_name_the_activity(tmp_path: Path) -> None:
    other = activity2("other heat", product2("made", "heat", 1, "MJ"), co2(9.0))
    steel = activity2(
        "steel",
        product2("made", "steel", 2),
        product2("input", "heat", 20, "MJ", link="heat production"),
        co2(1),
    )
    done = bring(tmp_path, steel, heat(), other)
    assert climate(done)["steel [kg]"] == pytest.approx(1.5)
    assert done.report.links == {"default_provider": 1}


def test_one_activity_divided_among_its_products(tmp_path: Path) -> None:
    """In a linked release every product has a document of its own, under the identifier of one activity."""
    petrol = activity2(
        "refinery", product2("made", "petrol", 1), product2("co-product", "diesel", 0), co2(0.3)
    )
    diesel = activity2(
        "refinery", product2("made", "diesel", 1), product2("co-product", "petrol", 0), co2(0.4)
    )
    car = activity2(
        "car", product2("made", "drive", 1, "km"), product2("input", "diesel", 2, link="refinery")
    )
    done = bring(tmp_path, petrol, diesel, car)
    assert climate(done) == pytest.approx({"petrol [kg]": 0.3, "diesel [kg]": 0.4, "drive [km]": 0.8})
    assert done.report.counts["products with amount zero"] == 2


def test_treatment_with_a_negative_product(tmp_path: Path) -> None:
    treatment = activity2("treatment of slag", product2("made", "slag", -1), co2(0.2), key="treatment")
    linked = activity2(
        "copper", product2("made", "copper", 1), product2("input", "slag", -3, link="treatment")
    )
    done = bring(tmp_path / "linked", treatment, linked)
    assert climate(done)["copper [kg]"] == pytest.approx(0.6)
    unlinked = activity2(
        "copper", product2("made", "copper", 1), product2("co-product", "slag", 3, after=WASTE)
    )
    done = bring(tmp_path / "unlinked", treatment, unlinked)
    assert climate(done)["copper [kg]"] == pytest.approx(0.6)
    assert done.report.links == {"unique_producer": 1}
    flows = done.database["flows"]
    assert dict(zip(flows.texts("name_en"), flows.texts("kind"), strict=True))["slag"] == "waste"


def test_master_data_say_which_by_products_are_waste(tmp_path: Path) -> None:
    master = (
        f'{HEAD}<validIntermediateExchanges xmlns="http://www.EcoInvent.org/EcoSpold02"><intermediateExchange'
        f' id="{identifier("product slag")}" unitId="{identifier("kg")}">{texts2("name", "slag")}'
        f"{texts2('unitName', 'kg')}{WASTE}</intermediateExchange></validIntermediateExchanges>"
    )
    treatment = activity2("treatment of slag", product2("made", "slag", -1), co2(0.2))
    copper = activity2("copper", product2("made", "copper", 1), product2("co-product", "slag", 3))
    done = bring(tmp_path, treatment, copper, master=master)
    assert climate(done)["copper [kg]"] == pytest.approx(0.6)


def smelter(price: bool = True) -> str:
    """Copper and silver, divided by price; slag is waste, scrap is recyclable."""
    return activity2(
        "smelter",
        product2("made", "copper", 10, after=property2("price", 6.0, "EUR2005") + property2("dry mass", 0.8)),
        product2("co-product", "silver", 0.1, after=property2("price", 400.0, "EUR2005") + property2("wet mass", 1.0)),
        product2("co-product", "scrap", 1, after=RECYCLABLE + property2("price", 0.5, "EUR2005")),
        product2("co-product", "slag", 3, after=WASTE), co2(20),
        **({"masterAllocationPropertyId": identifier("price")} if price else {}),
    )  # fmt: skip


def test_allocation_by_the_property_that_the_data_set_names(tmp_path: Path) -> None:
    treatment = activity2("treatment of slag", product2("made", "slag", -1), co2(0.2))
    done = bring(tmp_path, smelter(), treatment)
    found = climate(done)
    assert found["copper [kg]"] == pytest.approx(20.6 * 0.6 / 10)
    assert found["silver [kg]"] == pytest.approx(20.6 * 0.4 / 0.1)
    assert found["scrap [kg]"] == 0.0
    assert found["slag [kg]"] == pytest.approx(0.2)
    assert done.report.divisions[0].method == "declared economic"


def test_allocation_by_mass_price_and_reference(tmp_path: Path) -> None:
    without = smelter(price=False)
    assert bring(tmp_path, without).report.counts["processes without usable allocation"] == 1
    by_mass = climate(bring(tmp_path, without, allocation="mass"))
    assert by_mass["copper [kg]"] == pytest.approx(20 / 11.1)
    by_price = climate(bring(tmp_path, without, allocation="price"))
    assert by_price["copper [kg]"] == pytest.approx(20 * 6 / 100.5)
    assert climate(bring(tmp_path, without, allocation="cut-off"))["copper [kg]"] == 2.0


def test_wet_mass_is_the_mass_of_a_product_counted_in_pieces(tmp_path: Path) -> None:
    def piece(name: str, dry: float, wet: float) -> str:
        inside = (
            property2("dry mass", dry)
            + property2("wet mass", wet)
            + property2("water in wet mass", wet - dry)
        )
        return product2("made" if name == "door" else "co-product", name, 1, "unit", after=inside)

    joinery = activity2("joinery", piece("door", 8, 10), piece("frame", 25, 30), co2(4))
    assert climate(bring(tmp_path, joinery, allocation="mass")) == pytest.approx(
        {"door [unit]": 1.0, "frame [unit]": 3.0}
    )


def test_properties_prefer_master_data_then_the_maker(tmp_path: Path) -> None:
    def valued(group: str, value: float) -> str:
        return product2(group, "brick", 1, "unit", after=property2("wet mass", value))

    documents = (
        activity2("wall", product2("made", "wall", 1), valued("input", 5)),
        activity2("brick", valued("made", 3)),
    )
    master = (
        f'{HEAD}<validIntermediateExchanges xmlns="http://www.EcoInvent.org/EcoSpold02"><intermediateExchange'
        f' id="{identifier("product brick")}" unitId="{identifier("unit")}">{texts2("name", "brick")}'
        f"{texts2('unitName', 'unit')}{property2('wet mass', 2)}</intermediateExchange></validIntermediateExchanges>"
    )

    def kept(done: ProcessImport) -> list[float]:
        table = done.database["flow_properties"]
        return [
            f
            for f, n in zip(table.numbers("factor").tolist(), table.texts("name"), strict=True)
            if n == "wet mass"
        ]

    one = bring(tmp_path / "a", *documents)
    assert kept(one) == [3.0]
    assert bring(tmp_path / "b", *reversed(documents)).database.digest == one.database.digest
    assert kept(bring(tmp_path / "c", *documents, master=master)) == [2.0]
    assert unread(one.report)["property values of a flow that differ between data sets"] == 1


def test_formulas_use_parameters_amounts_and_properties(tmp_path: Path) -> None:
    steel = activity2(
        "steel", product2("made", "steel", 2, variableName="out", after=property2("dry mass", 0.5, variableName="dry")),
        product2("input", "heat", 1, "MJ", link="heat production", mathematicalRelation="SUM(Share*10;OUT;dry)",
                 isCalculatedAmount="true"),
        product2("input", "heat", 7, "MJ", mathematicalRelation="UnitConversion(3;'kg';'t')", isCalculatedAmount="true"),
        product2("input", "heat", 5, "MJ", mathematicalRelation="3*Share"),
        parameter2("share", 0.0, mathematicalRelation="1/4", isCalculatedAmount="true"), parameter2("unused", 4),
    )  # fmt: skip
    done = bring(tmp_path, steel, heat())
    table = done.database["exchanges"]
    heats = [
        a
        for a, role in zip(table.numbers("amount").tolist(), table.texts("role"), strict=True)
        if role == "input"
    ]
    assert heats == [5.0, 7.0, 5.0]
    codes = [problem.code for problem in done.report.problems]
    assert codes == ["formula-differs", "formula-stored"]
    assert unread(done.report)["exchange mathematicalRelation that is not in force"] == 1


def test_distributions_and_pedigree(tmp_path: Path) -> None:
    spreads = (
        uncertainty2('<lognormal meanValue="1" mu="0" variance="0.04" varianceWithPedigreeUncertainty="0.09"/>', (2, 3, 1, 1, 5)),
        uncertainty2('<normal meanValue="1" variance="0.04" varianceWithPedigreeUncertainty="0.25"/>'),
        uncertainty2('<triangular minValue="0.5" mostLikelyValue="1" maxValue="3"/>'),
        uncertainty2('<uniform minValue="0.5" maxValue="3"/>'),
        uncertainty2('<undefined minValue="0" maxValue="0" standardDeviation95="0"/>'),
        uncertainty2('<lognormal meanValue="1" mu="0" variance="x" varianceWithPedigreeUncertainty="0.09"/>'),
    )  # fmt: skip
    lines = [elementary2("emission", f"gas {i}", 1, inside=one) for i, one in enumerate(spreads)]
    table = bring(tmp_path, activity2("x", product2("made", "x", 1), *lines)).database["exchanges"]
    found = [
        (kind, *(round(v, 9) for v in values if not math.isnan(v)))
        for kind, *values in zip(
            table.texts("distribution"), table.numbers("p1").tolist(), table.numbers("p2").tolist(),
            table.numbers("p3").tolist(), strict=True,
        )
    ]  # fmt: skip
    gsd = round(math.exp(0.3), 9)
    assert found[1:] == [
        ("lognormal", 1.0, gsd),
        ("normal", 1.0, 0.5),
        ("triangular", 0.5, 1.0, 3.0),
        ("uniform", 0.5, 3.0),
        ("",),
        ("",),
    ]
    assert table.texts("pedigree")[1] == "(2;3;1;1;5)"
    assert table.numbers("base_uncertainty")[1] == pytest.approx(math.exp(0.4))


def test_all_languages_are_kept(tmp_path: Path) -> None:
    name = {"en": "zinc", "de": "Zink", "zh": "锌"}
    done = bring(tmp_path, activity2(name, product2("made", name, 1)))
    for table in (done.database["processes"], done.database["flows"]):
        assert (table.texts("name_en"), table.texts("name_zh")) == (("zinc",), ("锌",))
        assert table.texts("name_other") == ('{"de": "Zink"}',)


def test_missing_activities_are_told_by_the_index(tmp_path: Path) -> None:
    master = (
        f'{HEAD}<validActivityIndex xmlns="http://www.EcoInvent.org/EcoSpold02"><activityIndexEntry'
        f' id="{identifier("activity mine")}" activityNameId="{identifier("n")}" geographyId="{identifier("g")}"/>'
        f'<activityName id="{identifier("n")}">{texts2("name", "copper mine operation")}</activityName>'
        f'<geography id="{identifier("g")}">{texts2("shortname", "CL")}</geography></validActivityIndex>'
    )
    lines = product2("made", "copper", 1), product2("input", "ore", 5, link="mine")
    done = bring(tmp_path, activity2("copper", *lines), master=master)
    assert done.report.links == {"open_provider_missing": 1}
    (problem,) = done.report.problems
    assert problem.code == "provider-missing"
    assert "copper mine operation {CL}" in problem.message.en


@pytest.mark.parametrize(
    ("line", "code"),
    [(co2("1,5"), "number-invalid"), (co2(""), "value-missing"), (co2("NaN"), "number-invalid"),
     (co2("1e400"), "number-invalid"), (product2("stock", "x", 1), "value-unknown"),
     (co2(1).replace(">4<", "><"), "value-missing"), (co2(1).replace(">4<", ">0<"), "value-unknown"),
     (product2("input", "x", 1, "t"), "unit-unknown"), (product2("input", "y", 1, ""), "unit-unknown"),
     (co2(1, elementaryExchangeId=""), "value-missing"), (co2(1, elementaryExchangeId=identifier("product x")), "id-duplicate")],
)  # fmt: skip
def test_one_bad_exchange_is_refused_with_its_place(tmp_path: Path, line: str, code: str) -> None:
    done = bring(tmp_path, activity2("making x", product2("made", "x", 1), line))
    first = done.report.problems[0]
    assert (first.code, first.where) == (code, f"{tmp_path.name}, datasets/0.spold (making x), exchange 2")
    assert done.report.counts["exchanges refused"] == 1


def test_child_data_sets(tmp_path: Path) -> None:
    whole = activity2(
        "x", product2("made", "x", 1), tag="childActivityDataset", parentActivityId=identifier("parent")
    )
    part = activity2("y", tag="childActivityDataset", parentActivityId=identifier("parent"))
    done = bring(tmp_path, whole, part)
    assert done.database["processes"].texts("name_en") == ("x",)
    assert next((p.code, p.where) for p in done.report.problems) == (
        "value-missing",
        f"{tmp_path.name}, datasets/1.spold",
    )


def test_one_broken_document_leaves_the_others(tmp_path: Path) -> None:
    done = bring(
        tmp_path, heat(), heat()[:900], "<!DOCTYPE x [<!ENTITY a 'b'>]>" + heat().removeprefix(HEAD), ""
    )
    assert len(done.database["processes"]) == 1
    assert [p.code for p in done.report.problems] == ["xml-syntax", "file-unsafe", "xml-syntax"]
    assert done.report.counts["documents refused"] == 3


def test_zip_and_folder_give_the_same_digest(tmp_path: Path) -> None:
    documents = (
        heat(),
        smelter(),
        activity2("x", product2("made", "x", 1), product2("input", "copper", 1, link="smelter")),
    )
    one = bring(tmp_path / "a", *documents).database.digest
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(reversed(documents)):
            archive.writestr(f"{number}.spold", text)
    assert import_processes(tmp_path / "b.zip").database.digest == one


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples are not beside this checkout")
def test_the_sample_of_another_system() -> None:
    done = import_processes(SAMPLE)
    assert done.report.balanced
    assert done.report.counts["exchanges read"] == 5
    assert done.report.counts["formulas calculated"] == done.report.counts["formulas read"] == 2
    table = done.database["exchanges"]
    assert table.numbers("amount").tolist() == [33.0, 25.0, 22.0, *table.numbers("amount").tolist()[3:]]
    assert table.texts("distribution")[0] == "lognormal"
    assert table.numbers("p2")[0] == pytest.approx(math.exp(math.sqrt(2.21)))


def test_comments_on_place_and_on_time_that_are_not_kept_are_both_counted(tmp_path: Path) -> None:
    comment = '<comment xml:lang="en">guessed</comment>'
    said = heat().replace("</geography>", f"{comment}</geography>")
    assert unread(bring(tmp_path / "a", said).report)["data set comment"] == 1
    both = said.replace(
        'isDataValidForEntirePeriod="true"/>', f'isDataValidForEntirePeriod="true">{comment}</timePeriod>'
    )
    assert unread(bring(tmp_path / "b", both).report)["data set comment"] == 2
