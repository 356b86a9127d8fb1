"""Whatever delimiter, encoding, decimal mark and language a bill is written in, the same lines are read back."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cradlemark.core.language import text_of
from cradlemark.product.readers.bom import read_bom

HEADERS = {
    "en": (
        "Level",
        "Part number",
        "Description",
        "Material",
        "Qty per",
        "Unit",
        "Unit weight ({unit})",
        "Supplier",
        "Remark",
    ),
    "zh": ("层级", "物料编码", "名称", "材质", "单台用量", "单位", "单重({unit})", "供应商", "备注"),
    "de": (
        "Ebene",
        "Teilenummer",
        "Benennung",
        "Werkstoff",
        "Menge je Baugruppe",
        "ME",
        "Stückgewicht [{unit}]",
        "Lieferant",
        "Bemerkung",
    ),
}
PIECES = {"en": "pcs", "zh": "个", "de": "Stk"}
TITLES = {"en": "Bill of materials", "zh": "某某公司产品物料清单", "de": "Stückliste"}
LETTERS = {
    "en": "abcdefghij XYZ",
    "zh": "壳体弹簧导电件螺钉标签阻燃尼龙铜镀锡",
    "de": "abcdefghäöüß XYZ",
}
ENCODINGS = {
    "en": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "zh": ("utf-8", "utf-8-sig", "gb18030", "utf-16"),
    "de": ("utf-8", "cp1252", "utf-16"),
}


@st.composite
def bills(draw: st.DrawFn) -> tuple[str, list[tuple[int, str, str, str, int, str, str, str]]]:
    language = draw(st.sampled_from(sorted(HEADERS)))
    words = st.text(LETTERS[language], min_size=1, max_size=12).map(lambda text: "x" + " ".join(text.split()))
    lines = []
    level = 0
    for number in range(draw(st.integers(2, 8))):
        level = 0 if number == 0 else draw(st.integers(1, level + 1))
        digits = draw(st.integers(0, 6))
        mass = f"{draw(st.integers(1, 99_999_999)) / 10**digits:.{digits}f}"
        lines.append(
            (
                level,
                f"P-{number:03d}x",
                draw(words),
                draw(words),
                draw(st.integers(1, 999)),
                mass,
                draw(words),
                draw(words),
            )
        )
    return language, lines


def written(mass: str, decimal: str) -> str:
    return mass.replace(".", decimal)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    bill=bills(),
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    unit=st.sampled_from(["g", "kg", "mg"]),
    title=st.booleans(),
    blank=st.booleans(),
    data=st.data(),
)
def test_csv_round_trip(
    bill: tuple[str, list[tuple[int, str, str, str, int, str, str, str]]],
    delimiter: str, decimal: str, unit: str, title: bool, blank: bool, data: st.DataObject,
) -> None:  # fmt: skip
    language, lines = bill
    encoding = data.draw(st.sampled_from(ENCODINGS[language]))
    # One number that can be read in one way only tells the mark of all others; without it the reader has to ask.
    lines = [*lines, (1, "P-evidence", "xa", "xb", 1, "0.25", "xc", "xd")]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    if title:
        writer.writerow([TITLES[language]] + [""] * 8)
    writer.writerow([header.format(unit=unit) for header in HEADERS[language]])
    for level, part, name, material, quantity, mass, supplier, note in lines:
        writer.writerow(
            [level, part, name, material, quantity, PIECES[language], written(mass, decimal), supplier, note]
        )
        if blank:
            writer.writerow([""] * 9)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bom.csv"
        path.write_bytes(stream.getvalue().encode(encoding))
        read = read_bom(path)
    divisor = {"g": 1e3, "kg": 1.0, "mg": 1e6}[unit]
    assert [
        (line.level, line.part_number, line.name, line.material, line.quantity.magnitude, line.quantity.unit,
         line.net_mass.magnitude if line.net_mass else None, line.supplier, line.note)
        for line in read.lines
    ] == [
        (level, part, text_of(name), material, float(quantity), "piece", float(mass) / divisor, supplier, note)
        for level, part, name, material, quantity, mass, supplier, note in lines
    ]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.lists(st.sampled_from(
    ["", "Part", "Qty", "数量", "单重(g)", "1", "1,234", "3.6", "-1", "#REF!", "合计", "1.1", "x" * 50, "2026-06-03", "\u3000壳", "g", "编制:", "=1+1"]
), min_size=1, max_size=7), min_size=1, max_size=12))  # fmt: skip
def test_no_table_breaks_the_reader(rows: list[list[str]]) -> None:
    """Whatever the cells say, the answer is a bill with its problems, or an error for the user."""
    from cradlemark.core.errors import InputError

    stream = io.StringIO()
    csv.writer(stream).writerows([["Part", "Qty", "Unit weight (g)", "Material", "Level"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bom.csv"
        path.write_text(stream.getvalue(), encoding="utf-8")
        try:
            bill = read_bom(path, strict=False)
        except InputError:
            return
    bill.components()
    named = {problem.where.split(", column")[0] for problem in bill.problems if ", row" in problem.where}
    seen = {str(line.where) for line in bill.lines} | {str(row.where) for row in bill.skipped} | named
    # The header is the row with the best score, so rows above it are skipped rows too.
    header = {
        f"bom.csv, row {bill.mapping.header_row + offset}" for offset in range(bill.mapping.header_rows)
    }
    rows_in_file = {
        f"bom.csv, row {index + 2}" for index, row in enumerate(rows) if any(cell.strip() for cell in row)
    }
    assert rows_in_file - header <= seen


COLUMNS = ("name", "unit", "quantity", "net mass (g)", "supplier", "remark")
NUMBERS = st.tuples(st.integers(1, 999), st.integers(0, 99)).map(
    lambda parts: f"{parts[0]},{parts[1]}" if parts[1] else str(parts[0])
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.permutations(COLUMNS),
    rows=st.lists(
        st.tuples(NUMBERS, NUMBERS, st.sampled_from(["", "Li"]), st.sampled_from(["", "ok", "7"])),
        min_size=1, max_size=6,
    ),
    ends=st.sampled_from(["nothing", "rows", "all"]),
)  # fmt: skip
def test_decimal_commas_without_quotation_marks_give_no_other_number(
    order: list[str], rows: list[tuple[str, str, str, str]], ends: str
) -> None:
    """A table separated by commas whose program forgot the quotation marks: each row is right, or it is refused."""
    lines = [",".join(order) + ("," if ends == "all" else "")]
    for number, (quantity, mass, supplier, remark) in enumerate(rows):
        cells = dict(zip(COLUMNS, (f"Part {number}", "piece", quantity, mass, supplier, remark), strict=True))
        lines.append(",".join(cells[column] for column in order) + ("" if ends == "nothing" else ","))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bom.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        bill = read_bom(path, strict=False)
    for line in bill.lines:
        quantity, mass, supplier, remark = rows[line.where.row - 2]
        assert line.quantity.magnitude == float(quantity.replace(",", "."))
        assert line.net_mass is not None
        assert line.net_mass.magnitude == pytest.approx(float(mass.replace(",", ".")) / 1000)
        assert (line.supplier, line.note) == (supplier, remark)
    refused = {problem.where.split(", ")[1] for problem in bill.problems}
    whole = [f"row {n + 2}" for n, row in enumerate(rows) if "," not in row[0] + row[1]]
    if ends != "rows":
        assert not refused & set(whole), "rows without a decimal comma stay"
