"""Bad input, in every document a user can hand in: place, repair, exit code 2, little memory, the good is kept."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "die-cast-housing"
FACTORS = ROOT / "examples" / "dyed-cotton-fabric" / "factors.csv"
Study = Callable[..., Path]
BOM = "part number;name;quantity;material;net mass (g)\n"

ELECTRICITY, GAS = 'value = "0.78 kWh"', 'value = "0.86 kWh"'


@pytest.fixture(scope="module")
def hostile() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hostile", Path(__file__).with_name("hostile.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """The example as a study workbook."""
    from cradlemark.product.readers.study_file import read_study
    from cradlemark.product.writers.study_workbook import write_study_workbook

    path = tmp_path / "form.xlsx"
    write_study_workbook(read_study(EXAMPLE), path, "en")
    return path


@pytest.mark.parametrize(
    ("replacements", "parts"),
    [
        ([('value = "399 g"', 'value = "399 gg"')], ["table product, key mass, line", "'gg'", "did you mean g?"]),
        ([('value = "399 g"', 'value = "-399 g"')], ["table product, key mass, line", "-399 g", "above 0 kg"]),
        ([('amount = "1.1 g"', 'amount = "-1.1 g"')], ["table packaging[0].material, key amount", "-1.1 g"]),
        ([(ELECTRICITY, 'value = "= 9**9**9"')], ["table parameters.casting_electricity", "9**9**9"]),
        ([('"= casting_gas"', '"= 9**9**9"')], ["operations[0].energy[1], key amount", "9**9**9"]),
        ([(ELECTRICITY, 'value = "= casting_gas"'), (GAS, 'value = "= casting_electricity"')],
         ["table parameters.casting_electricity", "casting_electricity -> casting_gas -> casting_electricity"]),
        ([('text = "PP"', 'text = "unobtainium"')], ["table packaging[0], key material", "'unobtainium'"]),
        ([(ELECTRICITY, 'value = "1e308 kWh"')], ["parameters.casting_electricity", "1e+308 kWh"]),
    ],
    ids=["unit", "mass", "packaging", "power", "amount", "cycle", "factor", "overflow"],
)  # fmt: skip
def test_study_document_names_each_defect_once(
    cradlemark, study: Study, replacements: list[tuple[str, str]], parts: list[str]
) -> None:
    outcome = cradlemark("footprint", study(*replacements), "--draws", 0)
    outcome.refused("study.toml, ", *parts)
    assert outcome.err.count("\nerror") + outcome.err.startswith("error") == 1, outcome.err


@pytest.mark.parametrize(
    ("sheet", "cells", "parts"),
    [
        ("Product", {"D19": "gg"}, ["sheet Product, row 19", "'gg'", "did you mean g?"]),
        ("Components", {"H7": -3}, ["sheet Components, row 7, column H", "-3 kg"]),
        ("Parameters", {"B6": "= 9**9**9"}, ["sheet Parameters, row 6, column B", "9**9**9"]),
        ("Energy", {"C6": "=9**9**9"}, ["sheet Energy, row 6, column C", "9**9**9"]),
        ("Energy", {"C6": "#DIV/0!"}, ["sheet Energy, row 6, column C", "#DIV/0!"]),
        ("Parameters", {"B6": "= casting_gas", "B7": "= casting_electricity"}, ["sheet Parameters, row 6", "circle"]),
        ("Packaging", {"C6": "unobtainium"}, ["sheet Packaging, row 6", "'unobtainium'"]),
    ],
)  # fmt: skip
def test_study_workbook_names_each_defect_once(
    cradlemark,
    hostile: ModuleType,
    form: Path,
    tmp_path: Path,
    sheet: str,
    cells: dict[str, object],
    parts: list[str],
) -> None:
    path = hostile.edited(form, tmp_path / "study.xlsx", sheet, cells)
    outcome = cradlemark("footprint", path, "--draws", 0)
    outcome.refused("study.xlsx, ", *parts)
    assert outcome.err.count("\nerror") + outcome.err.startswith("error") == 1, outcome.err


def test_missing_factor_leaves_the_rest_when_gaps_are_allowed(cradlemark, study: Study) -> None:
    folder = study(('text = "PP"', 'text = "unobtainium"'))
    outcome = cradlemark("footprint", folder, "--draws", 0, "--allow-gaps")
    assert outcome.code == 0
    assert "INCOMPLETE: 1 line" in outcome.out
    assert "4.12 kg" in outcome.out  # the tray weighs 1.1 g


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_bill_shows_good_rows_and_every_bad_one(
    cradlemark, hostile: ModuleType, tmp_path: Path, suffix: str
) -> None:
    rows = [
        "A-1;Good;1;PP;5",
        "A-2;Unit;1 gg;PP;5",
        "A-3;Negative;1;PP;-4",
        "A-4;Power;1;PP;9**9**9",
        "A-5;Last;2;PA66;7",
    ]
    path = tmp_path / f"bill{suffix}"
    if suffix == ".csv":
        path.write_text(BOM + "\n".join(rows), encoding="utf-8")
    else:
        import openpyxl

        book = openpyxl.Workbook()
        for row in (BOM.strip(), *rows):
            book.active.append(
                [float(cell) if cell.lstrip("-").isdigit() else cell for cell in row.split(";")]
            )
        book.save(path)
    outcome = cradlemark("bom", path)
    outcome.refused(path.name, "row 3, column C", "row 4, column E", "row 5, column E")
    assert "2 lines" in outcome.out
    assert "A-1" in outcome.out
    assert "A-5" in outcome.out


def test_bill_in_json_names_the_line(cradlemark, tmp_path: Path) -> None:
    path = tmp_path / "bill.json"
    path.write_text('[{"part_number": "A", "quantity": 1, "material": "PP", "net_mass": "-4 g"}, '
                    '{"part_number": "B", "quantity": 1, "material": "PP", "net_mass": "4 g"}]')  # fmt: skip
    outcome = cradlemark("bom", path)
    outcome.refused("bill.json", "-4")
    assert "B" in outcome.out


def test_factor_table_keeps_good_rows_and_names_bad_ones(cradlemark, tmp_path: Path) -> None:
    text = FACTORS.read_text(encoding="utf-8")
    for old, new in (
        (",kg,0.5,", ",kgg,0.5,"),
        (",kg,1.2,", ",kg,-1.2,"),
        (",kg,0.8,", ",kg,,"),
        (",kg,2.5,", ",kg,9**9**9,"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    places = [
        "own.csv, row 3, column E (unit)",
        "own.csv, row 4",
        "own.csv, row 5, column F",
        "own.csv, row 6, column F",
    ]
    outcome = cradlemark("data", "check", path)
    outcome.refused(*places)
    kept = cradlemark("data", "import", path)
    assert kept.code == 0
    assert "1 of 5 values kept" in kept.out
    assert "Reactive dye" in cradlemark("data", "list", "own").out
    cradlemark("footprint", EXAMPLE, "--table", path).refused(*places)


READERS = {
    "study": ["footprint", "{file}"],
    "bill": ["bom", "{file}"],
    "check": ["data", "check", "{file}"],
    "import": ["data", "import", "{file}"],
    "table": ["footprint", str(EXAMPLE), "--table", "{file}"],
    "compare": ["compare", str(EXAMPLE), "{file}", "--draws", "0"],
    "explain": ["explain", "{file}", "A1/1"],
    "from": ["new", "x", "--from", "{file}"],
    "mapping": ["bom", str(EXAMPLE / "bom.csv"), "--mapping", "{file}"],
}
FILES = {
    "cut": lambda make, path: path.write_bytes(
        (ROOT / "examples/terminal-block/bom.xlsx").read_bytes()[:4000]
    ),
    "empty": lambda make, path: path.write_bytes(b""),
    "wide": lambda make, path: make.wide_workbook(path),
    "bomb": lambda make, path: make.zip_bomb(path),
    "lying": lambda make, path: make.zip_bomb(path, lying=True),
    "far": lambda make, path: make.far_cells(path),
}


@pytest.fixture(scope="module")
def bad_files(hostile: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for name, write in FILES.items():
        write(hostile, folder / f"{name}.xlsx")
    return folder


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", FILES)
def test_hostile_workbook_is_refused_wherever_it_is_handed_in(
    cradlemark, bad_files: Path, reader: str, name: str
) -> None:
    words = [word.format(file=bad_files / f"{name}.xlsx") for word in READERS[reader]]
    cradlemark(*words).refused(f"{name}.xlsx")


def test_wide_text_is_refused(cradlemark, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(";".join(f"c{n}" for n in range(1_000_000)) + "\n", encoding="utf-8")
    cradlemark("bom", path).refused("wide.csv", "1,000,000 columns")
    cradlemark("data", "check", path).refused("wide.csv", "1,000,000 columns")


def test_wide_open_document_is_refused(cradlemark, tmp_path: Path) -> None:
    import zipfile

    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    cell = '<t:table-cell o:value-type="float" o:value="1" t:number-columns-repeated="1000000"/>'
    rows = f'<t:table t:name="S"><t:table-row>{cell}</t:table-row></t:table>'
    path = tmp_path / "wide.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        body = f"<o:body><o:spreadsheet>{rows}</o:spreadsheet></o:body>"
        archive.writestr(
            "content.xml",
            f'<o:document-content xmlns:o="{office}" xmlns:t="{table}">{body}</o:document-content>',
        )
    cradlemark("bom", path).refused("wide.ods", "1,000,000 columns")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (".".join(["a"] * 50_000) + " = 1", ["line 1", "dots"]),
        ("x = " + "[" * 50_000 + "]" * 50_000, ["nested"]),
        ("x = " + "9" * 5_000, ["line 1", "digits"]),
        ("", ["key id"]),
        ("".join(f"[parameters.p{n}]\nvalue = 1\n" for n in range(100_000)), ["key parameters", "100,000"]),
    ],
    ids=["dots", "nested", "digits", "empty", "parameters"],
)
def test_hostile_study_document_is_refused(cradlemark, tmp_path: Path, text: str, parts: list[str]) -> None:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    cradlemark("footprint", path).refused("study.toml", *parts)


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_other_encodings_of_a_study_are_named(cradlemark, study: Study, encoding: str) -> None:
    path = study() / "study.toml"
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    cradlemark("footprint", path).refused("study.toml", "UTF-")


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b'{"a": 1e999}', b"\xff\xfe", b"9" * 10_000])
def test_broken_result_is_refused(cradlemark, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(content)
    cradlemark("explain", path, "A1/1").refused("result.json")


def test_file_outside_the_study_tells_nothing_of_its_content(
    cradlemark, study: Study, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("root:x:0:0:secret-word:/root:/bin/sh\n")
    outcome = cradlemark("footprint", study(('file = "bom.csv"', 'file = "../secret"')))
    outcome.refused("secret")
    assert "secret-word" not in outcome.err + outcome.out


def test_pattern_that_takes_forever_is_refused(cradlemark, tmp_path: Path) -> None:
    mapping = tmp_path / "own.mapping.toml"
    mapping.write_text('header_row = 1\nskip = ["(a|a|aa)*$b"]\n[columns]\nname = "A"\nquantity = "B"\n')
    path = tmp_path / "bill.csv"
    path.write_text("name;quantity;material\n" + "a" * 60 + ";1;PP\n")
    cradlemark("bom", path, "--mapping", mapping).refused("own.mapping.toml", "(a|a|aa)*$b")
