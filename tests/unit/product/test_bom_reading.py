"""Whole files of every format, as systems and people export them."""

import datetime as dt
import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.product.bom import BillOfMaterials
from cradlemark.product.readers.bom import read_bom

SIMPLE: list[list[Any]] = [
    ["料号", "名称", "材质", "数量", "单重(g)"],
    ["A-1", "壳体", "PA66 V0", 1, 3.6],
    ["A-2", "弹簧", "1.4310", 2, 0.6],
]


def write_xlsx(
    path: Path,
    sheets: dict[str, list[list[Any]]],
    merged: dict[str, list[tuple[int, int, int, int]]] | None = None,
) -> Path:
    book = xlsxwriter.Workbook(str(path))
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("="):
                    sheet.write_formula(r, c, cell, None, "#REF!")
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(r, c, cell, date)
                elif isinstance(cell, str):
                    sheet.write_string(r, c, cell)
                elif cell is not None:
                    sheet.write(r, c, cell)
        for top, left, bottom, right in (merged or {}).get(name, []):
            sheet.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    return path


def ods_bytes(rows: list[list[Any]]) -> bytes:
    """A minimal OpenDocument spreadsheet (ODF 1.3, part 3)."""
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            if cell is None:
                cells.append("<table:table-cell/>")
            elif isinstance(cell, int | float):
                cells.append(f'<table:table-cell office:value-type="float" office:value="{cell}"/>')
            elif str(cell).startswith("#"):
                cells.append(
                    '<table:table-cell table:number-columns-repeated="1" table:formula="of:=[.Z9]" office:value-type="string" '
                    f'office:string-value="" calcext:value-type="error"><text:p>{cell}</text:p></table:table-cell>'
                )
            else:
                cells.append(
                    f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
                )
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.3">'
        f'<office:body><office:spreadsheet><table:table table:name="BOM">{"".join(lines)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return stream.getvalue()


def xls_bytes(rows: list[list[Any]]) -> bytes:
    """A minimal BIFF8 workbook in a compound file ([MS-XLS] 2.4, [MS-CFB] 2.2), one sheet named BOM."""

    def record(kind: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 6))

    def cell(row: int, column: int, value: Any) -> bytes:
        if isinstance(value, int | float):
            return record(0x0203, struct.pack("<HHHd", row, column, 0, value))
        if value.startswith("#"):
            return record(
                0x0205, struct.pack("<HHHBB", row, column, 0, {"#REF!": 0x17, "#N/A": 0x2A}[value], 1)
            )
        return record(
            0x0204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + value.encode("utf-16-le")
        )

    def globals_(offset: int) -> bytes:
        sheet = struct.pack("<IHBB", offset, 0, 3, 0) + b"BOM"
        return begin(5) + record(0x0042, struct.pack("<H", 1200)) + record(0x0085, sheet) + record(0x000A)

    body = begin(0x10) + record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0))
    body += b"".join(cell(r, c, v) for r, row in enumerate(rows) for c, v in enumerate(row) if v is not None)
    stream = globals_(len(globals_(0))) + body + record(0x000A)
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors, end, free = len(stream) // 512, 0xFFFFFFFE, 0xFFFFFFFF
    table = [0xFFFFFFFD, end, *(number + 3 for number in range(sectors - 1)), end]

    def entry(name: str, kind: int, start: int, size: int, child: int = free) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, free, free, child)
        return head + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, end, 0, 1) + entry("Workbook", 2, 2, len(stream)) + b"\0" * 256
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 6
    )
    header += (
        struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0) + b"\xff" * 432
    )
    return header + struct.pack("<128I", *table, *[free] * (128 - len(table))) + directory + stream


def summary(bill: BillOfMaterials) -> list[tuple[str, Text, float | None, float | None]]:
    return [
        (
            line.part_number,
            line.name,
            line.quantity.magnitude,
            line.net_mass.magnitude if line.net_mass else None,
        )
        for line in bill.lines
    ]


EXPECTED = [("A-1", Text(zh="壳体"), 1.0, 0.0036), ("A-2", Text(zh="弹簧"), 2.0, 0.0006)]


def test_xlsx(tmp_path: Path) -> None:
    bill = read_bom(write_xlsx(tmp_path / "bom.xlsx", {"BOM": SIMPLE}))
    assert summary(bill) == EXPECTED
    assert str(bill.lines[1].where) == "bom.xlsx, sheet BOM, row 3"


def test_ods(tmp_path: Path) -> None:
    (tmp_path / "bom.ods").write_bytes(ods_bytes(SIMPLE))
    bill = read_bom(tmp_path / "bom.ods")
    assert summary(bill) == EXPECTED


def test_xls(tmp_path: Path) -> None:
    (tmp_path / "bom.xls").write_bytes(xls_bytes(SIMPLE))
    bill = read_bom(tmp_path / "bom.xls")
    assert summary(bill) == EXPECTED


def test_html_with_the_name_of_a_workbook(tmp_path: Path) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in SIMPLE)
    page = f"<html><head><title>x</title></head><body><table><tr><td colspan=5>清单</td></tr>{rows}</table></body></html>"
    (tmp_path / "bom.xls").write_bytes(page.encode("gb18030"))
    bill = read_bom(tmp_path / "bom.xls")
    assert summary(bill) == EXPECTED
    assert bill.encoding == "gb18030"


@pytest.mark.parametrize("name", ["bom.xlsx", "bom.ods", "bom.xls"])
def test_error_values_of_formulas_are_never_read_as_empty(name: str, tmp_path: Path) -> None:
    rows = [*SIMPLE, ["A-3", "螺钉", "钢", 1, "#REF!"]]
    if name.endswith("xlsx"):
        write_xlsx(tmp_path / name, {"BOM": [*SIMPLE, ["A-3", "螺钉", "钢", 1, "=Z9"]]})
    else:
        (tmp_path / name).write_bytes(ods_bytes(rows) if name.endswith("ods") else xls_bytes(rows))
    bill = read_bom(tmp_path / name, strict=False)
    assert [(p.where, p.code) for p in bill.problems] == [
        (f"{name}, sheet BOM, row 4, column E (单重(g))", "formula-error")
    ]
    assert summary(bill) == EXPECTED


def test_json_list(tmp_path: Path) -> None:
    lines = [
        {
            "partNumber": "A-1",
            "name": "壳体",
            "quantity": 1,
            "netMass": {"value": 3.6, "unit": "g"},
            "colour": "grey",
        },
        {"partNumber": "A-2", "name": "弹簧", "quantity": 2, "netMass": "0.6 g"},
    ]
    (tmp_path / "bom.json").write_text(
        json.dumps({"exported": "2026-11-22", "items": lines}), encoding="utf-8"
    )
    bill = read_bom(tmp_path / "bom.json")
    assert summary(bill) == EXPECTED
    assert bill.lines[0].extra == (("colour", "grey"),)
    assert str(bill.lines[1].where) == "bom.json, items[1]"


def test_json_nested_with_chinese_keys(tmp_path: Path) -> None:
    document = {
        "料号": "A",
        "名称": "端子",
        "数量": 1,
        "子件": [
            {
                "料号": "A-1",
                "名称": "壳体",
                "数量": 1,
                "单重(g)": 3.6,
                "子件": [{"名称": "色母", "数量": "0.05 g"}],
            }
        ],
    }
    (tmp_path / "bom.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    bill = read_bom(tmp_path / "bom.json")
    assert [(line.level, line.part_number, line.quantity.unit) for line in bill.lines] == [
        (0, "A", "piece"),
        (1, "A-1", "piece"),
        (2, "", "kg"),
    ]
    assert bill.lines[2].quantity.magnitude == 0.00005


def test_gb18030_with_semicolons_and_decimal_comma(tmp_path: Path) -> None:
    text = "某某公司物料清单;;;;\n序号;料号;名称;数量;单重(g)\n1;A-1;壳体;1;3,6\n2;A-2;弹簧;1.000;1,25\n合计;;;;1253,6\n编制：;;审核：;;\n"
    (tmp_path / "bom.csv").write_bytes(text.encode("gb18030"))
    bill = read_bom(tmp_path / "bom.csv")
    assert (bill.encoding, bill.delimiter, bill.decimal) == ("gb18030", ";", ",")
    assert summary(bill) == [("A-1", Text(zh="壳体"), 1.0, 0.0036), ("A-2", Text(zh="弹簧"), 1000.0, 0.00125)]
    assert [(row.where.row, row.reason.en) for row in bill.skipped] == [
        (1, 'above the header: "某某公司物料清单"'),
        (5, 'a total: "合计"'),
        (6, 'signatures or remarks: "编制:"'),
    ]
    assert bill.warnings == ()


def test_a_separator_line_does_not_shift_the_rows(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text("sep=|\nPart|Qty|Weight (g)\nA|1|3.6\nB||1.5\n", encoding="utf-8")
    bill = read_bom(tmp_path / "bom.csv", strict=False)
    assert [problem.where for problem in bill.problems] == ["bom.csv, row 4"]


def test_totals_are_compared_with_the_lines(tmp_path: Path) -> None:
    text = (
        "Part,Qty,Unit weight (g),Total weight (g)\nA,2,3.6,7.2\nB,1,0.6,0.6\nSubtotal,3,,7.8\n"
        "C,1,1.0,1.0\nSubtotal,1,,1.0\nTotal,4,,9.9\n"
    )
    (tmp_path / "bom.csv").write_text(text, encoding="utf-8")
    bill = read_bom(tmp_path / "bom.csv")
    assert len(bill.lines) == 3
    assert [row.where.row for row in bill.skipped] == [4, 6, 7]
    assert [(w.where, w.code, w.message.en) for w in bill.warnings] == [
        (
            "bom.csv, row 7, column D (Total weight (g))",
            "total-mismatch",
            "the total says 0.0099 kg, the lines give 0.0088 kg",
        )
    ]


def test_total_over_refused_rows_asks_to_mend_these_first(tmp_path: Path) -> None:
    text = "Part,Qty,Weight (g)\nA,1,3.6\nB,,0.6\nC,x,1.0\nTotal,,5.2\n"
    (tmp_path / "bom.csv").write_text(text, encoding="utf-8")
    (warning,) = read_bom(tmp_path / "bom.csv", strict=False).warnings
    assert (warning.code, warning.hint.en) == (
        "total-mismatch",
        "rows above it are refused (2): mend them first",
    )


def test_a_repeated_header_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text(
        "Part,Qty,Weight (g)\nA,1,3.6\nPart,Qty,Weight (g)\nB,1,0.6\n", encoding="utf-8"
    )
    bill = read_bom(tmp_path / "bom.csv")
    assert [line.part_number for line in bill.lines] == ["A", "B"]
    assert [row.reason.en for row in bill.skipped] == ["the header again"]


def test_the_sheet_that_looks_most_like_a_bill_is_read(tmp_path: Path) -> None:
    sheets = {
        "封面": [["公司", "某某"], ["产品", "端子"]],
        "BOM": SIMPLE,
        "价格": [["料号", "数量"], ["A-1", 5]],
    }
    path = write_xlsx(tmp_path / "bom.xlsx", sheets)
    bill = read_bom(path)
    assert bill.sheet == "BOM"
    assert [note.message.en for note in bill.notes] == ['sheet "BOM" was read; not read: 封面, 价格']
    assert summary(read_bom(path, sheet="价格")) == [("A-1", Text(), 5.0, None)]
    with pytest.raises(InputError, match="no sheet") as caught:
        read_bom(path, sheet="Stückliste")
    assert caught.value.code == "sheet-missing"


def test_merged_cells_of_a_part_with_two_materials(tmp_path: Path) -> None:
    rows = [
        ["料号", "名称", "数量", "材质", "净重(g)", "供应商"],
        ["A-1", "壳体", 1, "PA66", 3.6, "甲厂"],
        [None, None, None, "色母", 0.05, None],
        ["A-2", "弹簧", 1, "1.4310", 0.6, "乙厂"],
    ]
    merged = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 5, 2, 5)]
    bill = read_bom(write_xlsx(tmp_path / "bom.xlsx", {"BOM": rows}, {"BOM": merged}))
    part = bill.components()[0]
    assert [(m.text, m.amount.magnitude, m.supplier) for m in part.materials] == [
        ("PA66", 0.0036, "甲厂"),
        ("色母", 0.00005, "甲厂"),
    ]
    assert len(bill.components()) == 2


def test_a_mass_merged_over_two_parts_is_refused(tmp_path: Path) -> None:
    rows = [["料号", "名称", "数量", "单重(g)"], ["A-1", "左", 1, 3.6], ["A-2", "右", 1, None]]
    path = write_xlsx(tmp_path / "bom.xlsx", {"BOM": rows}, {"BOM": [(1, 3, 2, 3)]})
    bill = read_bom(path, strict=False)
    assert [(p.where, p.code) for p in bill.problems] == [
        ("bom.xlsx, sheet BOM, row 3, column D (单重(g))", "merged-number")
    ]


def test_dates_in_workbooks_are_not_numbers(tmp_path: Path) -> None:
    rows = [["Part", "Qty", "Weight (g)"], ["A", 1, dt.date(2026, 6, 3)], ["B", True, 0.6]]
    bill = read_bom(write_xlsx(tmp_path / "bom.xlsx", {"S": rows}), strict=False)
    assert [problem.code for problem in bill.problems] == ["date-not-number", "number-unreadable"]


def test_numbers_stored_as_text_and_full_width_digits(tmp_path: Path) -> None:
    rows = [["料号", "数量", "单重"], ["Ａ-1", "２", "３．６ｇ"], ["A-2", " 1 ", "0,0036 kg"]]
    bill = read_bom(write_xlsx(tmp_path / "bom.xlsx", {"S": rows}))
    assert [(line.quantity.magnitude, line.net_mass.magnitude) for line in bill.lines if line.net_mass] == [
        (2.0, 0.0036),
        (1.0, 0.0036),
    ]


def test_units_per_row(tmp_path: Path) -> None:
    rows = [
        ["Part", "Qty", "Unit", "Weight", "Weight unit"],
        ["A", 1, "pcs", 3.6, "g"],
        ["B", 2, "St", 0.0006, "kg"],
        ["C", 1.5, "kpcs", 2, "mg"],
    ]
    bill = read_bom(write_xlsx(tmp_path / "bom.xlsx", {"S": rows}))
    assert summary(bill) == [
        ("A", Text(), 1.0, 0.0036),
        ("B", Text(), 2.0, 0.0006),
        ("C", Text(), 1500.0, 2e-06),
    ]


def test_footnotes_and_merged_headings_are_skipped_with_the_reason(tmp_path: Path) -> None:
    rows = [
        ["Part", "Name", "Qty", "Weight (g)"],
        ["Housing group", None, None, None],
        ["A", "housing", 1, 3.6],
        ["All masses were weighed in the laboratory.", None, None, None],
    ]
    bill = read_bom(write_xlsx(tmp_path / "bom.xlsx", {"S": rows}, {"S": [(1, 0, 1, 3)]}))
    assert [row.reason.en for row in bill.skipped] == [
        'a heading across the row: "Housing group"',
        'text below the last line: "All masses were weighed in the laborator"',
    ]


def test_nothing_of_a_row_is_lost(tmp_path: Path) -> None:
    rows = [["Part", "Qty", "Weight (g)", "Revision", ""], ["A", 1, 3.6, "B", "checked"]]
    bill = read_bom(write_xlsx(tmp_path / "bom.xlsx", {"S": rows}))
    assert bill.lines[0].extra == (("Revision", "B"), ("", "checked"))


def test_hostile_containers_are_refused_before_they_are_read(tmp_path: Path) -> None:
    bomb = tmp_path / "bom.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 30_000_000)
    wide = tmp_path / "wide.csv"
    wide.write_text("," * 20_000 + "\n", encoding="utf-8")
    deep = tmp_path / "deep.json"
    deep.write_text('[{"items":' * 5_000 + "[]" + "}]" * 5_000, encoding="utf-8")
    for path, code in (
        (bomb, "file-bomb"),
        (wide, "file-too-wide"),
        (deep, "file-format"),
        (tmp_path / "no.csv", "file-missing"),
    ):
        with pytest.raises(InputError) as caught:
            read_bom(path)
        assert caught.value.code == code
        assert caught.value.where.startswith(path.name)


def test_formulas_in_text_stay_text(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text(
        "Part,Qty,Weight (g),Note\nA,1,3.6,\"=cmd|' /C calc'!A0\"\n", encoding="utf-8"
    )
    assert read_bom(tmp_path / "bom.csv").lines[0].note == "=cmd|' /C calc'!A0"


def test_steel_grades_and_part_numbers_that_became_numbers_or_dates(tmp_path: Path) -> None:
    rows = [
        ["Part", "Material", "Qty", "Weight per piece (g)"],
        ["A", 1.431, 1, 0.6],
        [dt.date(2026, 3, 6), "steel", 1, 0.6],
        [4711.0, "steel", 1, 0.6],
    ]
    bill = read_bom(write_xlsx(tmp_path / "bom.xlsx", {"S": rows}), strict=False)
    assert [(w.where, w.code) for w in bill.warnings] == [
        ("bom.xlsx, sheet S, row 2, column B (Material)", "text-from-number")
    ]
    assert [(p.where, p.code) for p in bill.problems] == [
        ("bom.xlsx, sheet S, row 3, column A (Part)", "date-not-text")
    ]
    assert [line.part_number for line in bill.lines] == ["A", "4711"]


def test_percent_cells_of_a_workbook_are_not_taken_a_hundredth(tmp_path: Path) -> None:
    head = ["Part", "Qty", "Weight per piece (g)", "Yield (%)"]
    shown = write_xlsx(tmp_path / "a.xlsx", {"S": [head, ["A", 1, 3.6, 0.95], ["B", 1, 3.6, 0.6]]})
    bill = read_bom(shown, strict=False)
    assert [problem.code for problem in bill.problems] == ["share-ambiguous"] * 2
    assert "0.95 % or 95 %" in bill.problems[0].message.en
    written = write_xlsx(tmp_path / "b.xlsx", {"S": [head, ["A", 1, 3.6, 95], ["B", 1, 3.6, "0.5 %"]]})
    shares = [line.process_yield.magnitude for line in read_bom(written).lines if line.process_yield]
    assert shares == [0.95, 0.005]


def test_a_bill_of_totals_only_takes_no_forever(tmp_path: Path) -> None:
    rows = "".join(f"P{number},1,1\nSubtotal,1,1\n" for number in range(4_000))
    (tmp_path / "bom.csv").write_text(f"Part,Qty,Weight per piece (g)\n{rows}", encoding="utf-8")
    bill = read_bom(tmp_path / "bom.csv")
    assert len(bill.lines) == 4_000
    assert [warning.code for warning in bill.warnings] == ["totals-not-compared"]


def test_a_very_wide_sheet_of_words_is_searched_in_bounds(tmp_path: Path) -> None:
    rows = [[f"word {row} {column}" for column in range(1_900)] for row in range(60)]
    rows.append(["Part", "Qty", *rows[0][2:]])
    (tmp_path / "bom.csv").write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_bom(tmp_path / "bom.csv")
    assert caught.value.code == "bom-header-missing"
