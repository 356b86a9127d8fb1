"""The mapping is guessed, written, corrected by hand and read again."""

import tomllib
from pathlib import Path

import attrs
import pytest

from cradlemark.core.errors import InputError, InputErrors
from cradlemark.product.bom import FIELDS, Column, ColumnMapping
from cradlemark.product.readers.bom import read_bom
from cradlemark.product.readers.mapping_file import mapping_of, read_mapping, write_mapping

ODD = "Bauteil X;Wert 1;Wert 2;Anmerkungsfeld\nA;1,000;3,600;x\nB;2,000;0,600;Rev. 7\nignore me;;;\n"


def fixed(tmp_path: Path, text: str) -> ColumnMapping:
    (tmp_path / "bom.mapping.toml").write_text(text, encoding="utf-8")
    return read_mapping(tmp_path / "bom.mapping.toml")


def test_a_mapping_by_letter_header_decimal_and_skip_pattern(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text(ODD, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_bom(tmp_path / "bom.csv")
    assert caught.value.code == "bom-header-missing"
    mapping = fixed(
        tmp_path,
        'header_row = 1\ndecimal = ","\nskip = ["ignore.*"]\n[columns]\npart_number = "A"\n'
        'quantity = {header = "Wert 1"}\nnet_mass = {column = "C", unit = "g"}\n',
    )
    bill = read_bom(tmp_path / "bom.csv", mapping=mapping)
    assert [
        (line.part_number, line.quantity.magnitude, line.net_mass.magnitude)
        for line in bill.lines
        if line.net_mass
    ] == [
        ("A", 1.0, 0.0036),
        ("B", 2.0, 0.0006),
    ]
    assert bill.decimal == ","
    assert [row.reason.en for row in bill.skipped] == ['matches the skip pattern "ignore.*"']
    assert bill.lines[1].extra == (("Anmerkungsfeld", "Rev. 7"),)


def test_a_table_without_a_header(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text("A,1,3.6 g\nB,2,0.6 g\n", encoding="utf-8")
    mapping = fixed(
        tmp_path, 'header_row = 0\n[columns]\npart_number = "A"\nquantity = "B"\nnet_mass = "C"\n'
    )
    bill = read_bom(tmp_path / "bom.csv", mapping=mapping)
    assert [line.part_number for line in bill.lines] == ["A", "B"]


def test_a_guessed_mapping_reads_the_same_after_a_trip_through_its_file(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text(
        "title\n序号;层级;料号;名称;Name;数量;单位;重量(g);备注\n1;0;P;端子;block;1;个;3,6;\n2;1;A;壳;shell;1;个;3,6;x\n",
        encoding="utf-8",
    )
    guessed = read_bom(tmp_path / "bom.csv")
    write_mapping(guessed.mapping, tmp_path / "m.toml")
    again = read_bom(tmp_path / "bom.csv", mapping=read_mapping(tmp_path / "m.toml"))
    assert again.lines == guessed.lines
    assert again.notes == guessed.notes
    strip = [(c.field, c.index, c.header, c.unit, c.stated) for c in guessed.mapping.columns]
    assert sorted((c.field, c.index, c.header, c.unit, c.stated) for c in again.mapping.columns) == sorted(
        strip
    )


def test_several_columns_for_levels_survive(tmp_path: Path) -> None:
    columns = (Column("level", 0, "1"), Column("level", 1, "2"), Column("quantity", 2, "Qty", "g", False))
    mapping = ColumnMapping(3, columns, 2, "BOM", ",", ("x",))
    write_mapping(mapping, tmp_path / "m.toml")
    back = read_mapping(tmp_path / "m.toml")
    assert [attrs.evolve(column, reason="") for column in back.columns] == list(columns)
    assert (back.header_row, back.header_rows, back.sheet, back.decimal, back.skip) == (
        3,
        2,
        "BOM",
        ",",
        ("x",),
    )


def test_a_file_that_changed_under_its_mapping_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text("Part,Qty,Weight (kg)\nA,1,3.6\n", encoding="utf-8")
    mapping = fixed(
        tmp_path,
        'header_row = 1\n[columns]\npart_number = "A"\nquantity = {header = "Anzahl"}\n'
        'net_mass = {column = "C", header = "Weight (g)", unit = "g"}\nnote = "K"\n',
    )
    with pytest.raises(InputErrors) as caught:
        read_bom(tmp_path / "bom.csv", mapping=mapping)
    assert [problem.code for problem in caught.value.problems] == [
        "mapping-column-missing",
        "mapping-header-differs",
        "mapping-column-missing",
    ]


def test_no_bill_is_overwritten_by_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_mapping(ColumnMapping(1, ()), tmp_path / "bom.csv")
    assert caught.value.code == "mapping-file-name"
    assert not (tmp_path / "bom.csv").exists()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "mapping-columns-missing"),
        ({"columns": []}, "mapping-columns-missing"),
        ({"columns": {"quantity": 3}}, "mapping-value"),
        ({"columns": {"quantity": {"unit": "g"}}}, "mapping-value"),
        ({"columns": {"quantity": {"column": "A", "colour": "red"}}}, "mapping-key-unknown"),
        ({"columns": {"quantity": "A"}, "header_row": -1}, "mapping-value"),
        ({"columns": {"quantity": "A"}, "header_row": True}, "mapping-value"),
        ({"columns": {"quantity": "A"}, "decimal": ";"}, "mapping-value"),
        ({"columns": {"quantity": "A"}, "skip": "x"}, "mapping-value"),
        ({"columns": {"quantity": "A"}, "sheet": 1}, "mapping-value"),
    ],
)
def test_what_a_mapping_may_not_say(document: dict[str, object], code: str) -> None:
    with pytest.raises(InputErrors) as caught:
        mapping_of(document, where="m.toml")
    assert code in {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("pattern", ["(a+)+", "[", "x" * 300, "(.*)*b"])
def test_hostile_skip_patterns_are_refused(pattern: str, tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text("Part,Qty\nA,1\n", encoding="utf-8")
    mapping = ColumnMapping(1, (Column("part_number", 0), Column("quantity", 1)), skip=(pattern,))
    with pytest.raises(InputError) as caught:
        read_bom(tmp_path / "bom.csv", mapping=mapping)
    assert caught.value.code == "skip-pattern"


def test_a_header_row_below_the_table(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text("Part,Qty\nA,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_bom(tmp_path / "bom.csv", mapping=ColumnMapping(9, (Column("part_number", 0),)))
    assert caught.value.code == "bom-header-missing"


def test_every_field_can_be_fixed() -> None:
    document = {"header_row": 1, "columns": dict.fromkeys(FIELDS, "A")}
    assert {column.field for column in mapping_of(document, where="m").columns} == set(FIELDS)
    assert tomllib.loads('a = {column = "D", unit = "g"}')["a"] == {"column": "D", "unit": "g"}


def test_a_mapping_for_a_workbook_whose_headers_say_nothing(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "bom.xlsx"))
    for name, rows in (("first", [["Xa", "Xb", "Xc"], ["A", 1, "3.6 g"]]), ("second", [["Ya"], ["B"]])):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    columns = (Column("part_number", 0, "Xa"), Column("quantity", 1, "Xb"), Column("net_mass", 2, "Xc"))
    bill = read_bom(tmp_path / "bom.xlsx", mapping=ColumnMapping(1, columns))
    assert [line.part_number for line in bill.lines] == ["A"]
    assert [note.code for note in bill.notes] == ["sheet-chosen"]


def test_an_empty_workbook(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "bom.xlsx"))
    book.add_worksheet("empty")
    book.close()
    for mapping in (None, ColumnMapping(1, (Column("part_number", 0),))):
        with pytest.raises(InputError) as caught:
            read_bom(tmp_path / "bom.xlsx", mapping=mapping)
        assert caught.value.code in {"bom-header-missing", "file-empty"}
