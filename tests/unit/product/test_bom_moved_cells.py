"""A number that the separator cuts is never read as another number: the row is refused, the others are kept."""

from pathlib import Path

import pytest
import xlsxwriter

from cradlemark.product.bom import BillOfMaterials
from cradlemark.product.readers.bom import read_bom
from cradlemark.product.readers.mapping_file import read_mapping


def read(tmp_path: Path, text: str, *, encoding: str = "utf-8", mapping: str = "") -> BillOfMaterials:
    (tmp_path / "bom.csv").write_bytes(text.encode(encoding))
    if not mapping:
        return read_bom(tmp_path / "bom.csv", strict=False)
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    return read_bom(tmp_path / "bom.csv", strict=False, mapping=read_mapping(tmp_path / "m.toml"))


def quantities(bill: BillOfMaterials) -> dict[str, float | None]:
    return {line.name.en or line.name.zh: line.quantity.magnitude for line in bill.lines}


def refused(bill: BillOfMaterials) -> list[tuple[str, str]]:
    return [(problem.where, problem.code) for problem in bill.problems]


def test_number_in_the_last_column(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,unit,quantity\nHousing,piece,2\nScrew,kg,1,2\nNut,piece,3\nLabel,kg,0,5\n")
    assert quantities(bill) == {"Housing": 2.0, "Nut": 3.0}
    assert refused(bill) == [
        ("bom.csv, row 3, column D", "cells-moved"),
        ("bom.csv, row 5, column D", "cells-moved"),
    ]
    assert '"1" and "2" may be the one number 1,2' in bill.problems[0].message.en
    assert "quotation marks" in bill.problems[0].hint.en


def test_nothing_else_is_said_of_cells_that_moved(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,quantity,unit,net mass\nHousing,2,piece,1 kg\nScrew,1,2,kg,abc\n")
    assert refused(bill) == [("bom.csv, row 3, column E", "cells-moved")]
    assert not [warning for warning in bill.warnings if "row 3" in warning.where]


def test_every_row_has_one_cell_more(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,unit,net mass (g),quantity\nHousing,piece,3,4,2\nScrew,piece,1,2,4\n")
    assert bill.lines == ()
    assert refused(bill) == [
        ("bom.csv, row 2, column E", "cells-moved"),
        ("bom.csv, row 3, column E", "cells-moved"),
    ]


def test_last_column_is_empty(tmp_path: Path) -> None:
    text = "name,unit,quantity,remark\nHousing,piece,2,ok\nScrew,kg,1,2,\nNut,piece,3,\nBolt,piece,4,,\n"
    bill = read(tmp_path, text)
    assert quantities(bill) == {"Housing": 2.0, "Nut": 3.0, "Bolt": 4.0}
    assert refused(bill) == [("bom.csv, row 3", "cells-moved")]
    assert "empty cell" in bill.problems[0].hint.en


def test_header_and_rows_end_with_a_separator(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,unit,quantity,\nHousing,piece,2,\nScrew,kg,1,2,\nNut,kg,1,2\nBolt,piece,3,\n")
    assert quantities(bill) == {"Housing": 2.0, "Bolt": 3.0}
    assert [where for where, _ in refused(bill)] == ["bom.csv, row 3, column D", "bom.csv, row 4, column D"]


def test_gb18030_in_chinese(tmp_path: Path) -> None:
    bill = read(tmp_path, "名称,单位,数量\n外壳,件,2\n螺钉,kg,1,2\n", encoding="gb18030")
    assert quantities(bill) == {"外壳": 2.0}
    (problem,) = bill.problems
    assert str(problem.as_text["zh"]).startswith("bom.csv, 第 3 行 D 列：该行有 4 个单元格，应为 3 个")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_separators_cut_no_decimal_comma(tmp_path: Path, delimiter: str) -> None:
    text = "name,unit,quantity\nHousing,piece,2\nScrew,kg,1.2\n".replace(",", delimiter).replace(".", ",")
    bill = read(tmp_path, text)
    assert quantities(bill) == {"Housing": 2.0, "Screw": 1.2}
    assert bill.problems == ()
    longer = read(tmp_path, text + f"Nut{delimiter}piece{delimiter}3{delimiter}x\n")
    assert quantities(longer) == {"Housing": 2.0, "Screw": 1.2}
    assert refused(longer) == [("bom.csv, row 4, column D", "cells-moved")]


def test_number_in_quotation_marks(tmp_path: Path) -> None:
    bill = read(tmp_path, 'name,unit,quantity\nHousing,piece,2\nScrew,kg,"1,2"\n')
    assert quantities(bill) == {"Housing": 2.0, "Screw": 1.2}
    assert bill.problems == ()


def test_rows_below_a_refused_assembly_are_skipped(tmp_path: Path) -> None:
    text = "level,part,quantity,net mass (g)\n0,P,1,\n1,A,1,2,5\n2,A1,1,3\n1,B,1,4\n"
    bill = read(tmp_path, text)
    assert [line.part_number for line in bill.lines] == ["P", "B"]
    assert refused(bill) == [("bom.csv, row 3, column E", "cells-moved")]
    assert [str(row.where) for row in bill.skipped] == ["bom.csv, row 4"]


def test_moved_cells_decide_no_decimal_mark(tmp_path: Path) -> None:
    text = 'name,remark,net mass (g),quantity\nA,x,"1,234",1\nB,x,y,2.5,"3,25"\nC,x,"1,5",1\n'
    bill = read(tmp_path, text)
    assert bill.decimal == ","
    assert [line.net_mass.magnitude for line in bill.lines if line.net_mass] == [0.001234, 0.0015]


def test_titles_totals_and_notes_may_be_longer(tmp_path: Path) -> None:
    text = (
        "Bill of materials,,,,of the works, second edition\nname,unit,quantity\nHousing,piece,2\nScrew,kg,1,2\n"
        "Total,,2,5\nPrepared by: Li,,,Checked: Wang,,\n"
    )
    bill = read(tmp_path, text)
    assert quantities(bill) == {"Housing": 2.0}
    assert refused(bill) == [("bom.csv, row 4, column D", "cells-moved")]
    assert [str(row.where) for row in bill.skipped] == ["bom.csv, row 5", "bom.csv, row 6"]
    assert not [warning for warning in bill.warnings if warning.code == "total-mismatch"]


def test_unit_column_that_no_header_names_is_read_all_the_same(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,quantity\nHousing,2,piece\nScrew,0.004,kg\n")
    assert [(line.quantity.magnitude, line.quantity.unit) for line in bill.lines] == [
        (2, "piece"),
        (0.004, "kg"),
    ]
    assert bill.problems == ()


def test_columns_given_by_letter(tmp_path: Path) -> None:
    mapping = 'header_row = 0\n[columns]\nname = "A"\nunit = "B"\nquantity = "C"\n'
    bill = read(tmp_path, "Housing,piece,2\nScrew,kg,1,2\nNut,kg,3,5\n", mapping=mapping)
    assert quantities(bill) == {"Housing": 2.0}
    assert [where for where, _ in refused(bill)] == ["bom.csv, row 2, column D", "bom.csv, row 3, column D"]
    even = read(tmp_path, "Housing,piece,2,red\nScrew,kg,1,blue\n", mapping=mapping)
    assert quantities(even) == {"Housing": 2.0, "Screw": 1.0}
    assert (even.problems, even.warnings[-1].code) == ((), "mass-missing")


def test_remarks_without_a_header_are_warned_of_where_all_rows_are_alike(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,unit,quantity,\nHousing,piece,2,red\nScrew,kg,1,\nNut,piece,3,blue\n")
    assert quantities(bill) == {"Housing": 2.0, "Screw": 1.0, "Nut": 3.0}
    assert bill.problems == ()
    warning = bill.warnings[0]
    assert (warning.where, warning.code) == ("bom.csv, column D", "column-unnamed")
    assert 'filled cells: 2, the first "red" in row 2' in warning.message.en


def test_workbook_keeps_its_rows_and_warns_of_the_column(tmp_path: Path) -> None:
    rows = [
        ["name", "unit", "quantity"],
        ["Housing", "piece", 2],
        ["Screw", "kg", 1, 2],
        ["Nut", "kg", 3, None, "x"],
    ]
    with xlsxwriter.Workbook(str(tmp_path / "bom.xlsx")) as book:
        sheet = book.add_worksheet("BOM")
        for index, row in enumerate(rows):
            sheet.write_row(index, 0, row)
    bill = read_bom(tmp_path / "bom.xlsx")
    assert quantities(bill) == {"Housing": 2.0, "Screw": 1.0, "Nut": 3.0}
    found = [(one.where, one.message.en) for one in bill.warnings if one.code == "column-unnamed"]
    assert found == [
        (
            "bom.xlsx, sheet BOM, column D",
            'the column has no header and is not used; filled cells: 1, the first "2" in row 3',
        ),
        (
            "bom.xlsx, sheet BOM, column E",
            'the column has no header and is not used; filled cells: 1, the first "x" in row 4',
        ),
    ]


def test_shorter_rows_lack_what_they_do_not_have(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,unit,quantity,remark\nHousing,piece,2\nScrew,kg\nNut,piece,3,ok\n")
    assert quantities(bill) == {"Housing": 2.0, "Nut": 3.0}
    assert refused(bill) == [("bom.csv, row 3", "quantity-missing")]


def test_last_row_with_a_unit_and_no_quantity_is_no_footnote(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,unit,quantity\nHousing,piece,2\nScrew,kg\nweighed without packaging\n")
    assert refused(bill) == [("bom.csv, row 3", "quantity-missing")]
    assert [str(row.where) for row in bill.skipped] == ["bom.csv, row 4"]
