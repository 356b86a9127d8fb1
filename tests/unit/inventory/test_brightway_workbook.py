"""Workbooks in the layout of Brightway: signs, names, formulas, parameters, and what is refused with sheet and row."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.import_reports import unread
from tests.unit.inventory.brightway_sheets import (
    HEAD,
    WORKS,
    Rows,
    exchange,
    one_sheet,
    write_text,
    write_workbook,
)

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.brightway_formulas import translated
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.formulas import evaluate_formula
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.processes.tables import ProcessDatabase, TableBuilder, digest_of_tables

SAMPLE = (
    Path(__file__).resolve().parents[4]
    / "shared/data/samples/brightway_excel/sample_parameterized_database.xlsx"
)


def counting(database: ProcessDatabase, flow: str) -> ProcessDatabase:
    """The database with a category that counts one flow by its identifier."""
    category, factor = TableBuilder("impact_categories"), TableBuilder("characterisation")
    category.add(id="count", name_en="count", unit="kg")
    factor.add(category=0, flow=flow, value=1.0)
    tables = {**database.tables, "impact_categories": category.table(), "characterisation": factor.table()}
    return attrs.evolve(database, tables=tables, digest=digest_of_tables(tables))


def amounts(imported: ProcessImport, flow: str) -> dict[str, float]:
    """Amount of a flow per unit of every product, by the name of its process."""
    solved = product_intensities(counting(imported.database, flow))
    return dict(zip(solved.processes, solved.values[1].tolist(), strict=True))


def book(folder: Path, rows: Rows, **more: Rows) -> ProcessImport:
    return import_processes(write_workbook(folder / "made.xlsx", {"made": rows, **more}))


def activity(name: str, *exchanges: list[Any], **about: Any) -> list[list[Any]]:
    rows = [["Activity", name], *([key.replace("_", " "), value] for key, value in about.items())]
    return [*rows, ["Exchanges"], HEAD, *exchanges, []]


def codes(imported: ProcessImport) -> list[str]:
    return [p.code for p in imported.report.problems if p.code != "magnitude-implausible"]


def test_works_by_hand(tmp_path: Path) -> None:
    """Heat: 2 - 0.1 MJ with 0.2 kg; pit: 0.3 kg and 1.5 MJ saved per kg; steel: with log(2.5) and 50 kg slag."""
    imported = import_processes(write_workbook(tmp_path / "works.xlsx", WORKS))
    heat = 0.2 / 1.9
    pit = 0.3 - 1.5 * heat
    steel = 1.5 + (2.5 * (math.log(2.5) / 2) ** 2) * heat + 0.05 * pit
    found = amounts(imported, "works::carbon")
    assert found == pytest.approx(
        {"heat": heat, "slag, to pit": pit, "steel, at works": steel, "gravel, from nothing": 0.25}
    )
    report = imported.report
    assert report.balanced
    assert report.counts["productions implied"] == 1
    assert unread(report) == {"sheet passed over": 1}
    assert report.links == {"default_provider": 4, "open_no_producer": 1}
    assert [(cut.flow, cut.unit) for cut in report.cuts] == [("market for lime, RoW", "kg")]
    # Methane of a database that is not there is recognised by name and compartment.
    solved = product_intensities(imported.database)
    assert dict(zip(solved.processes, solved.values[0], strict=True))["steel, at works"] > 0.0005 * 25


def test_parameters_and_distributions_are_kept(tmp_path: Path) -> None:
    database = import_processes(write_workbook(tmp_path / "works.xlsx", WORKS)).database
    table = database["parameters"]
    rows = {str(row["name"]): row for row in map(table.row, range(len(table)))}
    assert rows["hidden"]["value"] == 2.0  # of the database, before that of the project
    assert rows["hidden"]["p1"] == pytest.approx(2.0)
    assert rows["heat_need"]["formula"] == "(hidden / efficiency)"
    assert rows["share"]["value"] == pytest.approx(math.log(2.5) / 2)
    assert rows["share"]["process"] >= 0
    exchanges = database["exchanges"]
    spread = {
        str(row["distribution"]): (row["p1"], row["p2"])
        for row in map(exchanges.row, range(len(exchanges)))
        if row["distribution"]
    }
    assert spread["lognormal"] == pytest.approx((1500.0, math.exp(0.05)))
    assert spread["normal"] == (0.2, 0.01)
    assert spread["uniform"] == (0.2, 0.3)


def test_text_tables_in_other_locales_are_the_same_database(tmp_path: Path) -> None:
    one = import_processes(write_workbook(tmp_path / "works.xlsx", WORKS)).database.digest
    for number, how in enumerate(
        (
            {},
            {"delimiter": ";", "comma": True},
            {"delimiter": "\t", "encoding": "utf-16"},
            {"encoding": "utf-8-sig"},
        )
    ):
        path = write_text(tmp_path / f"works{number}.csv", one_sheet(), **how)
        assert import_processes(path).database.digest == one, how


def test_several_workbooks_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    write_workbook(folder / "a.xlsx", {"Steel works": WORKS["Steel works"]})
    more = [["Database", "works"], [], *[row[:15] for row in WORKS["More"][1:]]]
    write_text(folder / "b.csv", more)
    (folder / "notes.md").write_text("notes")
    imported = import_processes(folder)
    whole = import_processes(write_workbook(tmp_path / "works.xlsx", WORKS))
    assert imported.database.digest == whole.database.digest
    assert unread(imported.report) == {"files of another kind": 1}


def test_several_databases_keep_their_parameters(tmp_path: Path) -> None:
    def database(name: str, loss: float) -> Rows:
        return [
            ["Database", name], [], ["Database parameters"], ["name", "amount"], ["loss", loss], [],
            *activity("mill", exchange("CO2", None, "biosphere", formula="loss * 2", database=name), code="mill", unit="kilogram"),
            *activity("CO2", code="co2", type="emission", unit="kilogram"),
        ]  # fmt: skip

    imported = book(tmp_path, database("one", 1.0), two=database("two", 10.0))
    assert imported.report.balanced
    assert amounts(imported, "one::co2") == {"mill": 2.0} or list(amounts(imported, "one::co2").values()) == [
        0.0
    ]
    biosphere = imported.database["biosphere"]
    assert sorted(biosphere.numbers("amount").tolist()) == [2.0, 20.0]


def test_nodes_are_named_by_database_and_code(tmp_path: Path) -> None:
    rows = [
        ["Database", "d"], [],
        *activity("user", exchange("user", 1, "production"),
                  exchange("whatever", 2, "technosphere", input="d::maker"),
                  exchange("", 3, "technosphere", input="('d', 'maker')"),
                  exchange("gone", 4, "technosphere", input="d::gone")),
        *activity("maker", exchange("maker", 1, "production", input="d::maker"), exchange("x", 1, "biosphere"), code="maker"),
    ]  # fmt: skip
    imported = book(tmp_path, rows)
    assert imported.report.links == {"default_provider": 2, "open_provider_missing": 1}
    assert amounts(imported, "|x||kg") == {"user": 5.0, "maker": 1.0}


def test_what_is_stated_and_differs_is_not_linked(tmp_path: Path) -> None:
    rows = [
        ["Database", "d"], [],
        *activity("user", exchange("user", 1, "production"),
                  exchange("power", 1, "technosphere", "kilowatt hour", location="DE"),
                  exchange("power", 1, "technosphere", "megajoule"),
                  exchange("power", 1, "technosphere", "kilowatt hour", database="other")),
        *activity("power", exchange("power", 1, "production", "kilowatt hour"), location="FR", unit="kilowatt hour"),
    ]  # fmt: skip
    assert book(tmp_path, rows).report.links == {"open_no_producer": 3}


def test_units_of_an_exchange_by_code_are_converted(tmp_path: Path) -> None:
    rows = [
        ["Database", "d"], [],
        *activity("user", exchange("user", 1, "production"),
                  exchange("power", 3.6, "technosphere", "megajoule", input="d::power"),
                  exchange("power", 1, "technosphere", "square meter", input="d::power")),
        *activity("power", exchange("power", 1, "production", "kilowatt hour"), exchange("x", 1, "biosphere"),
                  unit="kilowatt hour", code="power"),
    ]  # fmt: skip
    imported = book(tmp_path, rows)
    assert amounts(imported, "|x||kg")["user"] == pytest.approx(1.0)
    assert codes(imported) == ["unit-unknown"]
    assert imported.report.counts["exchanges refused"] == 1


def test_makers_of_one_product_are_told_apart_by_place(tmp_path: Path) -> None:
    def mill(place: str) -> Rows:
        return activity(
            "mill",
            exchange("mill", 1, "production"),
            location=place,
            code=place,
            reference_product="flour",
            unit="kilogram",
        )

    rows = [
        ["Database", "d"], [], *mill("DE"), *mill("FR"),
        *activity("baker", exchange("baker", 1, "production"), exchange("mill", 1, "technosphere"), location="FR"),
        *activity("cook", exchange("cook", 1, "production"), exchange("mill", 1, "technosphere"), location="US"),
    ]  # fmt: skip
    report = book(tmp_path, rows).report
    assert report.links == {"same_place": 1, "open_several_producers": 1}
    assert report.balanced


def test_two_products_need_allocation(tmp_path: Path) -> None:
    rows = [
        ["Database", "d"], [],
        *activity("press", exchange("oil", 1, "production", input="d::oil"), exchange("cake", 3, "production", input="d::cake"),
                  exchange("x", 8, "biosphere"), code="press"),
        *activity("oil", code="oil", type="product", unit="kilogram"),
        *activity("cake", code="cake", type="product", unit="kilogram"),
    ]  # fmt: skip
    path = write_workbook(tmp_path / "made.xlsx", {"made": rows})
    assert import_processes(path).report.counts["processes without usable allocation"] == 1
    divided = import_processes(path, allocation="mass")
    assert product_intensities(counting(divided.database, "|x||kg")).values[1].tolist() == [2.0, 2.0]


BAD_LINES = {
    "no type": (exchange("a", 1.0, None), "exchange-type"),
    "final consumption": (exchange("a", 1.0, "final consumption"), "exchange-type"),
    "words for a number": (exchange("x", "much", "biosphere"), "number-invalid"),
    "no amount": (exchange("x", None, "biosphere"), "number-invalid"),
    "endless": (exchange("x", "inf", "biosphere"), "number-invalid"),
    "formula without value": (exchange("x", 0.0, "biosphere", formula="nobody * 2"), "formula-name"),
}


@pytest.mark.parametrize("kind", BAD_LINES)
def test_bad_lines_are_refused_with_their_row(tmp_path: Path, kind: str) -> None:
    line, code = BAD_LINES[kind]
    rows = [
        ["Database", "d"],
        [],
        *activity("a", exchange("a", 1, "production"), line, exchange("x", 1, "biosphere")),
    ]
    imported = book(tmp_path, rows)
    report = imported.report
    assert report.counts["exchanges refused"] == 1
    assert report.counts["exchanges stored"] == 2
    assert report.balanced
    problem = next(p for p in report.problems if p.code == code)
    assert "row 7" in f"{problem.where} {problem.message.en}" or "exchange 2" in problem.where
    assert problem.hint.en or code == "formula-name"


def test_other_defects_are_listed(tmp_path: Path) -> None:
    rows = [
        ["Database", "d"], [],
        ["Database parameters"], ["name", "amount"], ["p", 1], ["P", 2], [None, 3], ["q", "many"], ["r"], [],
        *activity("a", exchange("a", 1, "production"), code="a"), *activity("a", exchange("a", 1, "production"), code="a"),
        *activity("twin", exchange("twin", 1, "production"), code="t1", unit="kilogram"),
        *activity("twin", exchange("twin", 1, "production", "piece"), code="t2", unit="piece"),
        *activity("user", exchange("user", 1, "production"), exchange("twin", 1, "technosphere", None)),
        *activity("flow", exchange("flow", 1, "production"), type="emission"),
    ]  # fmt: skip
    imported = book(
        tmp_path, rows, odd=[["Database", "d"], [], ["Project parameters"], [None, None], ["x", 1]]
    )
    assert sorted(codes(imported)) == sorted([
        "parameter-twice", "parameter-nameless", "number-invalid", "number-invalid", "id-duplicate", "exchange-ambiguous",
        "exchange-type",
    ])  # fmt: skip
    assert imported.report.balanced
    assert imported.report.counts["exchanges refused"] == 3


def test_a_table_whose_columns_have_no_names(tmp_path: Path) -> None:
    rows = [["Database", "d"], [], ["Activity", "a"], ["Exchanges"], [" ", " "], ["a", 1, "production"]]
    assert codes(book(tmp_path, rows)) == ["table-nameless"]


def test_unknown_columns_fields_and_distributions_are_counted(tmp_path: Path) -> None:
    head = [*HEAD, "temporal distribution"]
    rows = [
        ["Database", "d"], [], ["Activity", "a"], ["colour", "red"], ["Exchanges"], head,
        [*exchange("a", 1, "production"), "1,2"], exchange("x", 1, "biosphere", uncertainty_type=9, loc=1, scale=1),
        exchange("y", 1, "biosphere", uncertainty_type=2, scale="wide"),
    ]  # fmt: skip
    assert dict(unread(book(tmp_path, rows).report)) == {
        "exchange column temporal distribution": 1, "activity field colour": 1,
        "uncertainty that is not kept (type 9)": 1, "uncertainty that is not kept (type 2)": 1,
    }  # fmt: skip


def test_workbooks_of_another_layout_and_hostile_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        book(tmp_path, [["part", "mass"], ["screw", 1]])
    assert caught.value.code == "file-format"
    path = tmp_path / "bomb.xlsx"
    import zipfile

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)
    with pytest.raises(InputError) as caught:
        import_processes(path)
    assert caught.value.code == "file-bomb"


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("(2**3)**2", 64.0), ("-a**2", -9.0), ("log(a)", math.log(3.0)), ("log10(100)", 2.0), ("a if a > 5 else b", 4.0),
        ("min(a, b) + max(a, b, 10)", 13.0), ("=a*b", 12.0), ("1 < a < b", 1.0), ("sqrt(b)", 2.0), ("1e-3*a", 0.003),
        ("not (a > b)", 1.0), ("(a > 1 and b > 9) or b == 4", 1.0), ("a - -b", 7.0), ("A", 3.0),
    ],
)  # fmt: skip
def test_python_formulas(formula: str, value: float) -> None:
    assert evaluate_formula(translated(formula), {"a": 3.0, "b": 4.0}) == pytest.approx(value)


@pytest.mark.parametrize(
    "formula",
    ["__import__('os').system('x')", "a.real", "[1, 2][0]", "lambda: 1", "f'{a}'", "normal(0, 1)", "a //", "(" * 500, "1" * 3000,
     "+" * 1500 + "a"],
)  # fmt: skip
def test_formulas_without_counterpart_stay_and_are_not_calculated(formula: str) -> None:
    assert translated(formula) == formula
    with pytest.raises(InputError):
        evaluate_formula(translated(formula), {"a": 3.0})


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the samples are not there")
def test_sample_by_hand() -> None:
    """Steel 1.5; battery: 10 kg steel less the lithium, and 2000 kWh of 0.6; car: its body of steel and one battery."""
    imported = import_processes(SAMPLE)
    found = amounts(imported, "Mobility example::CO2")
    battery = 10 * (1 - 0.012) * 1.5 + 50 / 0.2 * 8 * 0.6
    car = battery + (1931 - 10) * 1.5
    assert found["Electric car battery"] == pytest.approx(battery)
    assert found["Electric car"] == pytest.approx(car)
    assert found["Driving an electric car"] == pytest.approx(car / 200_000 + 0.27 * 0.6)
    assert found["Driving an combustion car"] == pytest.approx(1641 * 1.5 / 200_000 + 2.3 * 0.062)
    assert imported.report.counts["parameters"] == 13
    assert imported.report.counts["formulas calculated"] == imported.report.counts["formulas read"] == 9
    assert not unread(imported.report)
