"""Input-output tables of other shapes than the sample: generic layouts, dirty cells, missing parts, hostile files."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.input_output.database_tables import database_tables
from cradlemark.inventory.importers.input_output.labels import is_unit, money, part_of
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities

SECTORS = ("steel", "power", "services")
Z = [[20.0, 5.0, 5.0], [30.0, 10.0, 20.0], [10.0, 5.0, 40.0]]
Y = [70.0, 40.0, 145.0]
X = [100.0, 100.0, 200.0]
CO2 = [200.0, 900.0, 10.0]
A = (np.array(Z) / np.array(X)).tolist()
CLIMATE = np.linalg.solve(np.eye(3) - np.array(A).T, np.array(CO2) / np.array(X))
"""Tonnes per million: (I - A^T) m = s."""


def lines(rows: list[list[object]], separator: str = ",") -> str:
    return "\n".join(separator.join("" if cell is None else str(cell) for cell in row) for row in rows) + "\n"


def matrix(values: list[list[float]], labels: tuple[str, ...] = SECTORS) -> list[list[object]]:
    head: list[object] = ["sector", "unit", *labels]
    return [head, *([label, "M EUR", *row] for label, row in zip(labels, values, strict=True))]


def generic(folder: Path, **changed: str | None) -> Path:
    folder.mkdir(exist_ok=True)
    documents: dict[str, str | None] = {
        "Z.csv": lines(matrix(Z)),
        "Y.csv": lines([["sector", "households"], *([s, y] for s, y in zip(SECTORS, Y, strict=True))]),
        "greenhouse_gases.csv": lines(
            [
                ["stressor", "compartment", "unit", *SECTORS],
                ["CO2", "air", "t", *CO2],
                ["land", "land", "ha", 1, 2, 3],
            ]
        ),
    }
    documents |= {name.replace("__", "."): text for name, text in changed.items()}
    for name, text in documents.items():
        if text is not None:
            (folder / name).write_text(text, "utf-8")
    return folder


def climate_of(imported: ProcessImport) -> list[float]:
    """kg CO2 per M EUR of the sectors."""
    return product_intensities(imported.database).values[0, : len(SECTORS)].tolist()


def test_generic_folder_of_tables(tmp_path: Path) -> None:
    imported = import_processes(generic(tmp_path / "table"))
    assert imported.report.balanced
    assert climate_of(imported) == pytest.approx((1000.0 * CLIMATE).tolist(), rel=1e-12)
    database = imported.database
    assert database["flows"].texts("unit")[:3] == ("M EUR",) * 3
    assert database["parameters"].numbers("value").tolist() == X
    assert database["activities"].numbers("amount").tolist() == [1.0] * 4


def test_coefficients_and_transactions_give_the_same(tmp_path: Path) -> None:
    folder = generic(tmp_path / "table", Z__csv=None, A__csv=lines(matrix(A)))
    imported = import_processes(folder)
    assert climate_of(imported) == pytest.approx((1000.0 * CLIMATE).tolist(), rel=1e-10)
    assert imported.database["parameters"].numbers("value").tolist() == pytest.approx(X, rel=1e-12)


def test_one_workbook_with_sheets(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "table.xlsx"
    folder = generic(tmp_path / "table")
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("Z", "Y", "greenhouse_gases"):
            sheet = book.add_worksheet(name)
            for row, line in enumerate((folder / f"{name}.csv").read_text().splitlines()):
                for column, cell in enumerate(line.split(",")):
                    sheet.write(row, column, float(cell) if cell.replace(".", "").isdigit() else cell)
    assert climate_of(import_processes(path)) == pytest.approx((1000.0 * CLIMATE).tolist(), rel=1e-12)


def test_decimal_commas_semicolons_and_chinese_encoding(tmp_path: Path) -> None:
    names = ("钢铁", "电力", "服务业")

    def german(rows: list[list[object]]) -> bytes:
        text = lines(rows, ";").replace(".", ",").replace("\n", "\r\n")
        return text.encode("gb18030")

    folder = tmp_path / "投入产出表"
    folder.mkdir()
    (folder / "Z.csv").write_bytes(
        german([["部门", "单位", *names], *([n, "亿元", *r] for n, r in zip(names, Z, strict=True))])
    )
    (folder / "Y.csv").write_bytes(
        german([["部门", "居民消费"], *([n, y] for n, y in zip(names, Y, strict=True))])
    )
    (folder / "排放.csv").write_bytes(german([["污染物", "介质", "单位", *names], ["CO2", "air", "t", *CO2]]))
    imported = import_processes(folder)
    assert climate_of(imported) == pytest.approx((1000.0 * CLIMATE).tolist(), rel=1e-12)
    assert imported.database["processes"].texts("name_zh")[0] == "钢铁"


def test_labels_in_another_order_are_aligned(tmp_path: Path) -> None:
    shuffled = [2, 0, 1]
    gases = lines(
        [
            ["stressor", "compartment", "unit", *(SECTORS[i] for i in shuffled)],
            ["CO2", "air", "t", *(CO2[i] for i in shuffled)],
        ]
    )
    demand = lines([["sector", "households"], *([SECTORS[i], Y[i]] for i in shuffled)])
    imported = import_processes(generic(tmp_path / "table", greenhouse_gases__csv=gases, Y__csv=demand))
    assert climate_of(imported) == pytest.approx((1000.0 * CLIMATE).tolist(), rel=1e-12)


def test_bad_cells_are_all_named_and_the_others_kept(tmp_path: Path) -> None:
    rows = matrix(Z)
    rows[1][3], rows[2][4], rows[3][2] = "n.a.", "nan", None
    imported = import_processes(generic(tmp_path / "table", Z__csv=lines(rows)))
    assert imported.report.balanced
    assert imported.report.counts["exchanges refused"] == 2
    places = [problem.where for problem in imported.report.problems if problem.code == "number-invalid"]
    assert places == [
        "table, Z.csv, line 2, column 4 (steel, M EUR; power)",
        "table, Z.csv, line 3, column 5 (power, M EUR; services)",
    ]


def test_sector_without_output_is_listed_and_nothing_is_divided(tmp_path: Path) -> None:
    idle = [[20.0, 0.0, 80.0], [0.0, 0.0, 0.0], [10.0, 0.0, 40.0]]
    gases = lines([["stressor", "compartment", "unit", *SECTORS], ["CO2", "air", "t", 1, 5, 1]])
    demand = lines([["sector", "households"], ["steel", 10], ["power", 0], ["services", 50]])
    imported = import_processes(
        generic(tmp_path / "table", Z__csv=lines(matrix(idle)), Y__csv=demand, greenhouse_gases__csv=gases)
    )
    assert imported.report.balanced
    assert imported.report.counts["exchanges refused"] == 1
    assert len(imported.database["activities"]) == 3
    assert {p.code for p in imported.report.problems} >= {"output-zero"}
    assert imported.report.without_product == ("power",)
    assert np.isfinite(product_intensities(imported.database).values).all()


def test_input_from_a_sector_without_output_is_a_visible_cut_off(tmp_path: Path) -> None:
    """The row sums to zero, because what is used comes from stock."""
    demand = lines(
        [["sector", "households", "stock"], ["steel", 70, 0], ["power", 0, -60], ["services", 145, 0]]
    )
    imported = import_processes(generic(tmp_path / "table", Y__csv=demand))
    assert imported.report.counts["exchanges unlinked"] == 3
    assert imported.report.balanced
    assert {cut.flow for cut in imported.report.cuts} == {"power"}


def test_unmatched_labels_are_named(tmp_path: Path) -> None:
    gases = lines(
        [["stressor", "compartment", "unit", "steel", "power", "survices"], ["CO2", "air", "t", *CO2]]
    )
    report = import_processes(generic(tmp_path / "table", greenhouse_gases__csv=gases)).report
    assert report.balanced
    assert report.counts["exchanges refused"] == 1
    assert [p.code for p in report.problems if "survices" in p.message.en] == ["sector-unmatched"]


def test_without_demand_or_output_an_account_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        import_processes(generic(tmp_path / "table", Y__csv=None))
    assert caught.value.code == "output-missing"
    given = lines([["sector", "output"], *([s, x] for s, x in zip(SECTORS, X, strict=True))])
    imported = import_processes(generic(tmp_path / "table2", Y__csv=None, x__csv=given))
    assert climate_of(imported) == pytest.approx((1000.0 * CLIMATE).tolist(), rel=1e-12)


def test_stated_output_that_does_not_add_up_is_listed(tmp_path: Path) -> None:
    given = lines([["sector", "output"], ["steel", 120], ["power", 100], ["services", 200]])
    report = import_processes(generic(tmp_path / "table", x__csv=given)).report
    assert [p.code for p in report.problems if p.code == "sum-mismatch"] == ["sum-mismatch"]


def test_regional_factors_that_differ_make_regional_flows(tmp_path: Path) -> None:
    folder = tmp_path / "regions"
    folder.mkdir()
    head = lines(
        [["region", "", "north", "south"], ["sector", "", "water", "water"], ["region", "sector", "", ""]],
        "\t",
    )
    (folder / "A.txt").write_text(head + "north\twater\t0\t0.5\nsouth\twater\t0\t0\n")
    (folder / "Y.txt").write_text(
        "region\t\tnorth\tsouth\ncategory\t\tall\tall\nregion\tsector\t\t\nnorth\twater\t1\t0\nsouth\twater\t0\t1\n"
    )
    (folder / "unit.txt").write_text("region\tsector\tunit\nnorth\twater\tM EUR\nsouth\twater\tM EUR\n")
    (folder / "S.txt").write_text(
        "region\t\tnorth\tsouth\nsector\t\twater\twater\nstressor\tcompartment\t\t\nwater use\tground\t2\t3\n"
    )
    (folder / "scarcity.tsv").write_text(
        "region\tstressor\timpact\tfactor\timpact_unit\nnorth\twater use\tscarcity\t1\tm3\nsouth\twater use\tscarcity\t10\tm3\n"
    )
    imported = import_processes(folder)
    solved = product_intensities(imported.database)
    assert solved.categories[1] == "scarcity [m3]"
    assert solved.values[1, :2].tolist() == pytest.approx([2.0, 31.0])
    assert [row for row in imported.database["flows"].texts("location") if row] == ["north", "south"] * 2 + [
        "north",
        "south",
    ]


def test_factor_of_a_stressor_that_a_comma_cuts_is_no_other_factor(tmp_path: Path) -> None:
    folder = generic(tmp_path / "table")
    (folder / "impacts.csv").write_text(
        "stressor,impact,factor\nCO2,warming,1\nCO2,cooling,0,5\nCO2,colour,2,\n"
    )
    imported = import_processes(folder)
    assert [(p.where, p.code) for p in imported.report.problems] == [
        ("table, impacts.csv, line 3, column D", "cells-moved")
    ]
    assert product_intensities(imported.database).categories[1:] == ("warming []", "colour []")


def test_large_tables_stand_in_the_matrices_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = import_processes(generic(tmp_path / "table"))
    monkeypatch.setattr(f"{database_tables.__module__}.FULL", 3)
    large = import_processes(tmp_path / "table")
    assert large.report.balanced
    assert large.report.counts["exchanges read"] == small.report.counts["exchanges read"]
    assert large.report.counts["exchanges used"] == small.report.counts["exchanges used"]
    assert large.report.links == small.report.links
    assert len(large.database["exchanges"]) == 4
    assert climate_of(large) == climate_of(small)


def test_importing_twice_gives_the_same_digest_from_zip_and_folder(tmp_path: Path) -> None:
    folder = generic(tmp_path / "table")
    with zipfile.ZipFile(tmp_path / "table.zip", "w") as archive:
        for path in sorted(folder.iterdir(), reverse=True):
            archive.write(path, f"inside/{path.name}")
    digests = {
        import_processes(source).database.digest for source in (folder, folder, tmp_path / "table.zip")
    }
    assert len(digests) == 1


def test_a_packed_account_of_zeros_is_no_bomb(tmp_path: Path) -> None:
    """Most cells of a satellite account are zero: it packs a thousand to one."""
    folder = generic(tmp_path / "table")
    zeros = lines(
        [["stressor", "unit", *SECTORS], *([f"land {i}", "ha", 0, 0, 0] for i in range(15_000))]
    ).replace(",0", "," + "0" * 60)
    with zipfile.ZipFile(tmp_path / "table.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
        archive.writestr("land.csv", zeros)
        member = archive.getinfo("land.csv")
    assert member.file_size > 1_000_000
    report = import_processes(tmp_path / "table.zip").report
    assert report.balanced
    assert report.counts["flows stored"] == 4 + 2 + 15_000


def test_stressors_as_exiobase_writes_them(tmp_path: Path) -> None:
    """Gas and compartment stand in the name; an account called impacts is characterised already."""
    folder = generic(tmp_path / "table", greenhouse_gases__csv=None)
    head = "sector\t" + "\t".join(SECTORS) + "\nstressor\t\t\t\n"
    names = (
        "CO2 - combustion - air",
        "CH4 - agriculture - air",
        "SOx - combustion - air",
        "Employment hours - total",
    )
    for account, rows in (("satellite", names), ("impacts", ("GHG emissions (GWP100)",))):
        (folder / account).mkdir()
        text = "".join(f"{name}\t200\t900\t10\n" for name in rows)
        (folder / account / "F.txt").write_text(head + text)
        unit = {"Employment hours - total": "M.hr", "GHG emissions (GWP100)": "kg CO2 eq."}
        (folder / account / "unit.txt").write_text(
            "stressor\tunit\n" + "".join(f"{name}\t{unit.get(name, 'Gg')}\n" for name in rows)
        )
    imported = import_processes(folder)
    solved = product_intensities(imported.database)
    assert solved.values[0, :3].tolist() == pytest.approx((1e6 * (1 + 27.9) * CLIMATE).tolist(), rel=1e-12)
    assert solved.categories[1] == "GHG emissions (GWP100) [kg CO2 eq.]"
    assert solved.values[1, :3].tolist() == pytest.approx(CLIMATE.tolist(), rel=1e-12)
    flows = imported.database["flows"]
    rows = {name: row for row, name in enumerate(flows.texts("name_en"))}
    assert flows.texts("category")[rows["SOx - combustion - air"]] == "emission/air"
    directions = dict(
        zip(
            imported.database["biosphere"].integers("flow").tolist(),
            imported.database["biosphere"].texts("direction"),
            strict=True,
        )
    )
    assert directions[rows["Employment hours - total"]] == "input"
    assert directions[rows["CO2 - combustion - air"]] == "output"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "table-header-missing"),
        ("sector,steel\n", "table-header-missing"),
        ("sector,steel\nsteel,1\nsteel,2\n", "id-duplicate"),
        ('sector,steel\n"steel,1\n' + "x" * 200_000, "file-format"),
        ("sector," + "a" * 5_000_000 + "\nsteel,1\n", "file-too-wide"),
        ("sector," + ",".join(map(str, range(30_000))) + "\nsteel,1\n", "file-too-wide"),
        ("sector,steel\n" + "".join(f"s{i},1\n" for i in range(30_000)), "file-too-long"),
        ("sector,steel\n" + "\x00" * 10, "file-format"),
    ],
)
def test_hostile_or_broken_core_is_refused(tmp_path: Path, text: str, code: str) -> None:
    folder = generic(tmp_path / "table", Z__csv=text)
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            import_processes(folder)
        assert tracemalloc.get_traced_memory()[1] < 300_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("M EUR", (1e6, "EUR")), ("M.EUR", (1e6, "EUR")), ("Mill USD", (1e6, "USD")), ("万元", (1e4, "CNY")), ("亿元", (1e8, "CNY")),
        ("1000 USD", (1e3, "USD")), ("EUR", (1.0, "EUR")), ("kg", None), ("m3", None),
    ],
)  # fmt: skip
def test_units_of_money(unit: str, expected: tuple[float, str] | None) -> None:
    assert money(unit) == expected


@pytest.mark.parametrize("unit", ["kg", "Gg", "TJ", "1000 p", "M.hr", "km2", "Mm3", "kg CO2-eq", "万人"])
def test_units_of_satellite_accounts(unit: str) -> None:
    assert is_unit(unit)
    assert not is_unit("manufacturing")


@pytest.mark.parametrize(
    ("stem", "part"),
    [
        ("trade_flows_Z", "transactions"), ("A", "coefficients"), ("finald_demand_Y", "demand"), ("F_Y", "demand_stressors"),
        ("D_cba_reg", "derived"), ("L", "derived"), ("unit", "unit"), ("emissions", "other"), ("population", "list"),
        ("直接消耗系数", "coefficients"),
    ],
)  # fmt: skip
def test_documents_are_known_by_name(stem: str, part: str) -> None:
    assert part_of(stem) == part
