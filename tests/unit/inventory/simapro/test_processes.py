"""Processes with results worked out by hand: units, formulas, by-products, avoided products, waste, either notation."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.process_databases import import_processes

_SPEC = importlib.util.spec_from_file_location("simapro_exports", Path(__file__).with_name("exports.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
exports = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(exports)
amounts = exports.amounts
codes = exports.codes
export = exports.export
header = exports.header
intensity = exports.intensity
listed = exports.listed
process = exports.process
read = exports.read
write = exports.write

CO2 = "Carbon dioxide, fossil;high. pop.;kg;{};Undefined;0;0;0;"
AIR = listed(
    "Airborne emissions",
    ["Carbon dioxide, fossil;kg;000124-38-9;Formula: CO2\x7f", "Methane, fossil;kg;000074-82-8;"],
)
POWER = process(
    "power",
    {
        "Products": ["Power/CH U;kWh;1;100;not defined;Electricity\\Mix;"],
        "Emissions to air": [CO2.format("0.36")],
    },
    kind="energy",
)
WORKS = process(
    "works",
    {
        "Products": ["Steel;kg;1000;95;Steel;Metals;the product", "Slag;kg;300;5;not defined;Metals;"],
        "Avoided products": ["Gravel;kg;100;Undefined;0;0;0;"],
        "Materials/fuels": ["Gravel;g;20000;Lognormal;1.21;0;0;(1,2,1,1,1,2)"],
        "Electricity/heat": [
            "Power/CH U;MJ;360;Normal;20;0;0;",
            "Heat of a library {GLO}| U;MJ;5;Undefined;0;0;0;",
        ],
        "Emissions to air": [CO2.format("800")],
        "Waste to treatment": ["Landfill;kg;50;Triangle;0;40;60;"],
    },
)
GRAVEL = process(
    "gravel", {"Products": ["Gravel;kg;1;100;not defined;Stone;"], "Emissions to air": [CO2.format("0.01")]}
)
LANDFILL = process(
    "landfill", {"Waste treatment": ["Landfill;kg;1;All waste types;Landfill;"], "Emissions to air": [CO2.format("2")]},
    kind="waste treatment",
)  # fmt: skip


def test_results_by_hand(tmp_path: Path) -> None:
    """800 + 100 kWh x 0.36 + 20 kg x 0.01 - 100 kg x 0.01 + 50 kg x 2 = 935.2 kg, 95 % on 1000 kg, 5 % on 300 kg."""
    done = read(tmp_path, POWER, WORKS, GRAVEL, LANDFILL, AIR)
    assert intensity(done, "Power/CH U") == pytest.approx(0.1)  # per MJ
    assert intensity(done, "Landfill") == pytest.approx(2.0)
    assert intensity(done, "Steel") == pytest.approx(935.2 * 0.95 / 1000)
    assert intensity(done, "Slag") == pytest.approx(935.2 * 0.05 / 300)
    assert done.report.balanced
    assert done.report.links == {"unique_producer": 4, "open_no_producer": 1}
    assert done.report.counts["exchanges unlinked"] == 1
    assert done.report.divisions[0].method == "declared percentage"
    assert done.report.counts["uncertainties"] == 3
    assert codes(done) == []


def test_order_of_blocks_encoding_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    one = read(tmp_path / "1", POWER, WORKS, GRAVEL, LANDFILL, AIR)
    other = write(tmp_path / "2", export(AIR, LANDFILL, GRAVEL, WORKS, POWER), encoding="utf-8-sig", end="\n")
    assert import_processes(other).database.digest == one.database.digest


@pytest.mark.parametrize(("separator", "decimal"), [("\t", "."), (",", "."), ("\t", ","), (";", ",")])
def test_separators(tmp_path: Path, separator: str, decimal: str) -> None:
    """The same content in other notations; cells with the separator are quoted."""
    wanted = read(tmp_path / "1", POWER, WORKS, GRAVEL, LANDFILL, AIR)

    def written(line: str) -> str:
        cells = line.split(";")
        if len(cells) > 1:
            cells = [
                cell.replace(".", decimal) if cell.replace(".", "").isdigit() else cell for cell in cells
            ]
        return separator.join(f'"{cell}"' if separator in cell else cell for cell in cells)

    lines = header(separator, decimal) + [
        written(line) for line in export(POWER, WORKS, GRAVEL, LANDFILL, AIR)[6:]
    ]
    done = import_processes(write(tmp_path / "2", lines))
    assert done.database.digest == wanted.database.digest


def test_formulas_and_levels_of_parameters(tmp_path: Path) -> None:
    made = process(
        "made",
        {
            "Products": ["Made;kg;Base;100;not defined;X;"],
            "Emissions to air": [
                CO2.format("2*LOCAL^2 + iff(share > 0.5, 10, 20)").replace("Undefined", "Lognormal", 1).replace(";0;0;0;", ";1.44;0;0;"),
            ],
            "Input parameters": ["local;3;Uniform;0;1;5;No;remark"],
            "Calculated parameters": ["Base;share*10;"],
        },
    )  # fmt: skip
    done = read(
        tmp_path, made,
        listed("Database Input parameters", ["share;0.1;Undefined;0;0;0;No;"]),
        listed("Project Input parameters", ["SHARE;0.6;Undefined;0;0;0;No;"]),
    )  # fmt: skip
    assert amounts(done) == {"Made": pytest.approx(6.0), "Carbon dioxide, fossil": pytest.approx(28.0)}
    exchanges = done.database["exchanges"]
    place = exchanges.texts("distribution").index("lognormal")
    assert (exchanges.numbers("p1")[place], exchanges.numbers("p2")[place]) == pytest.approx((28.0, 1.2))
    assert codes(done) == ["parameter-hidden"]


def test_formula_with_decimal_commas(tmp_path: Path) -> None:
    lines = [
        *header(";", ","),
        *process(
            "p",
            {
                "Products": ["P;kg;1;100;x;y;"],
                "Emissions to air": ['"Methane, fossil";;kg;"max(0,5; 2 * 0,75) + 1,5E-1";Undefined;0;0;0;'],
            },
        ),
    ]
    assert amounts(import_processes(write(tmp_path, lines)))["Methane, fossil"] == pytest.approx(1.65)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Carbon dioxide, fossil;;kg;unknown*2;Undefined;0;0;0;", "formula-name"),
        ("Carbon dioxide, fossil;;furlong;2;Undefined;0;0;0;", "unit-unknown"),
        ("Carbon dioxide, fossil;;kg;;Undefined;0;0;0;", "number-invalid"),
        (";;kg;1;Undefined;0;0;0;", "value-missing"),
        ("Carbon dioxide, fossil;;kg;1/0;Undefined;0;0;0;", "formula-value"),
        ("Carbon dioxide, fossil;;kg;1E999;Undefined;0;0;0;", "number-invalid"),
        (f"{'x' * 3000};;kg;1;Undefined;0;0;0;", "value-long"),
    ],
)
def test_a_bad_line_is_refused_alone(tmp_path: Path, row: str, code: str) -> None:
    done = read(
        tmp_path,
        process("p", {"Products": ["P;kg;1;100;x;y;"], "Emissions to air": [row, CO2.format("3")]}),
        AIR,
    )
    assert codes(done) == [code]
    assert intensity(done, "P") == pytest.approx(3.0)
    assert done.report.counts["exchanges refused"] == 1
    assert done.report.balanced


@pytest.mark.parametrize(
    "cells",
    [
        "Lognormal;0.5;0;0",
        "Lognormal;1;0;0",
        "Normal;0;0;0",
        "Triangle;0;2;3",
        "Uniform;0;3;2",
        "Beta;1;2;3",
        "Normal;x;0;0",
    ],
)
def test_an_impossible_distribution_leaves_the_amount(tmp_path: Path, cells: str) -> None:
    row = f"Carbon dioxide, fossil;;kg;1;{cells};"
    done = read(tmp_path, process("p", {"Products": ["P;kg;1;100;x;y;"], "Emissions to air": [row]}))
    assert codes(done)[0] in {"uncertainty-invalid", "number-invalid"}
    assert amounts(done)["Carbon dioxide, fossil"] == 1.0
    assert done.report.counts["uncertainties left out"] == 1


def test_undefined_units_of_simapro_and_odd_ones(tmp_path: Path) -> None:
    made = process(
        "p",
        {"Products": ["P;ton;1;100;x;y;"], "Emissions to air": ["Radon-222;;kBq;2;;;;", "Methane, fossil;;lb;1;;;;"], "Resources": ["Occupation;land;m2a;3;;;;"]},
    )  # fmt: skip
    done = read(tmp_path, made, units=["kg;Mass;1;kg", "g;Mass;0.01;kg"])
    found = amounts(done)
    assert found["P"] == 1000.0
    assert found["Radon-222"] == 2000.0
    assert found["Methane, fossil"] == pytest.approx(0.45359237)
    assert found["Occupation"] == 3.0
    assert codes(done) == ["unit-odd"]


def test_units_at_the_end_count_for_products_too(tmp_path: Path) -> None:
    """The export's own pound, not the exact one, although the product stands before the units."""
    done = read(
        tmp_path,
        process("p", {"Products": ["P;lb;1;100;x;y;"]}),
        units=["kg;Mass;1;kg", "lb;Mass;0.4535924;kg"],
    )
    assert amounts(done) == {"P": 0.4535924}
    assert codes(done) == []


def test_progress_is_told_in_lines(tmp_path: Path) -> None:
    many = [process(f"p{n}", {"Products": [f"P{n};kg;1;100;x;y;"]}) for n in range(3000)]
    told: list[tuple[int, int]] = []
    import_processes(write(tmp_path, export(*many)), progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len(told) >= 1
    assert all(done <= total for done, total in told)


def test_product_measured_otherwise_is_refused(tmp_path: Path) -> None:
    user = process("q", {"Products": ["Q;kg;1;100;x;y;"], "Materials/fuels": ["P;MJ;1;;;;"]})
    done = read(tmp_path, user, process("p", {"Products": ["P;kg;1;100;x;y;"]}))
    assert codes(done) == ["unit-unknown"]
    assert done.report.counts["exchanges refused"] == 1


def test_one_product_with_less_than_all_is_told(tmp_path: Path) -> None:
    assert codes(read(tmp_path, process("p", {"Products": ["P;kg;1;60;x;y;"]}))) == ["allocation-factor"]


@pytest.mark.parametrize("share", ["60", "share*100"])
def test_shares_that_do_not_sum_up_supply_nothing(tmp_path: Path, share: str) -> None:
    made = process(
        "p",
        {
            "Products": [f"A;kg;1;{share};x;y;", "B;kg;1;30;x;y;"], "Emissions to air": [CO2.format("1")],
            "Input parameters": ["share;0.6;Undefined;0;0;0;No;"],
        },
    )  # fmt: skip
    done = read(tmp_path, made)
    assert done.report.counts["processes without usable allocation"] == 1
    assert done.report.counts["exchanges idle"] == 3


def test_declared_causality_and_formula_of_shares(tmp_path: Path) -> None:
    made = process(
        "p",
        {
            "Multiple output allocation": ["Socio-economic causality"],
            "Products": ["A;kg;1;share*100;x;y;", "B;kg;1;(1-share)*100%;x;y;"], "Emissions to air": [CO2.format("1")],
            "Input parameters": ["share;0.6;Undefined;0;0;0;No;"],
        },
    )  # fmt: skip
    done = read(tmp_path, made, AIR)
    assert done.report.divisions[0].method == "declared economic"
    assert intensity(done, "A") == pytest.approx(0.6)


def test_a_file_that_ends_within_a_process_loses_only_that(tmp_path: Path) -> None:
    lines = export(POWER, WORKS)
    cut = lines[: lines.index("Emissions to air", lines.index("works"))]
    done = import_processes(write(tmp_path, cut))
    assert done.report.counts["processes stored"] == 1
    assert codes(done) == ["file-truncated"]
    assert done.report.counts["documents refused"] == 1


@pytest.mark.parametrize("missing", ["CSV separator", "Decimal separator"])
def test_header_that_does_not_say(tmp_path: Path, missing: str) -> None:
    lines = [line for line in export(POWER) if missing not in line]
    with pytest.raises(InputError) as caught:
        import_processes(write(tmp_path, lines))
    assert "simapro-header" in str(caught.value)


def test_decimal_comma_that_is_not_declared(tmp_path: Path) -> None:
    lines = [
        "SimaPro 7.3;processes;Date:;26.08.2016", "Project;x", "", "Process", "", "Process identifier;a", "", "Products",
        "P;1;kg;100;x;y;", "Q;0,5;kg;0;x;y;",
    ]  # fmt: skip
    done = import_processes(write(tmp_path, lines))
    assert codes(done) == ["number-invalid"]


def test_text_over_several_lines_and_open_quotes(tmp_path: Path) -> None:
    made = process(
        "p",
        {
            "Products": ["P;kg;1;100;x;y;"], "Comment": ['"first line', "", "End of the second; line", '"'],
            "Emissions to air": ['"Carbon dioxide; fossil;;kg;1;;;;', CO2.format("2")],
        },
    )  # fmt: skip
    done = read(tmp_path, made, AIR)
    assert done.database["processes"].texts("description") == ("first line\n\nEnd of the second; line",)
    assert "simapro-line" in codes(done)
    assert intensity(done, "P") == pytest.approx(2.0)


def test_chinese_names(tmp_path: Path) -> None:
    made = process(
        "p", {"Products": ["电解铝液，中国西北地区，使用自备电厂;kg;1;100;x;y;说明文字：数据来自企业调查"]}
    )
    one = import_processes(write(tmp_path / "1", export(made), encoding="gb18030"))
    two = import_processes(write(tmp_path / "2", export(made), encoding="utf-8"))
    assert one.database.digest == two.database.digest
    assert "电解铝液，中国西北地区，使用自备电厂" in amounts(one)
