"""The report: words, figures, pictures, HTML, PDF, terminal."""

from __future__ import annotations

import csv
import io
import math
import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from math import fsum
from pathlib import Path
from typing import get_args

import attrs
import pypdf
import pytest
from tests.unit.footprint.builders import (
    calculation,
    dataset,
    footprint,
    material,
    part,
    rich_study,
    study,
)

from cradlemark.core.errors import InputError
from cradlemark.core.language import LANGUAGES, Language, Text
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.compare import compare
from cradlemark.footprint.footprint import Footprint
from cradlemark.footprint.report.charts import STAGE_GROUPS, boundary_picture, stage_bars, waterfall
from cradlemark.footprint.report.comparison import cautions, comparison_report
from cradlemark.footprint.report.content import Document, Picture, Table
from cradlemark.footprint.report.figures import MassUnit, mass_unit, percent, significant
from cradlemark.footprint.report.files import write_comparison, write_report
from cradlemark.footprint.report.glyphs import coverage
from cradlemark.footprint.report.html import to_html
from cradlemark.footprint.report.pdf import font_folder, to_pdf
from cradlemark.footprint.report.sankey import balance, sankey
from cradlemark.footprint.report.scene import Scene
from cradlemark.footprint.report.sections import footprint_report
from cradlemark.footprint.report.svg import svg
from cradlemark.footprint.report.terminal import show_comparison, show_explanations, show_footprint
from cradlemark.inventory.dataset import ORIGINS, STATUSES
from cradlemark.product.study import DATA_KINDS, END_OF_LIFE_METHODS, STAGES, Boundary
from cradlemark.rules.finding import SEVERITIES

HOSTILE = "<script>alert('x')</script> & \"quoted\" #panic() $1$ [bold]b[/bold] \\ {count} %s"
SOURCE = Path(str(resources.files("cradlemark.footprint")))


# -- figures ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (999.6, "1,000"), (99.96, "100"), (9.996, "10.0"), (0.9996, "1.00"), (1.0, "1.00"), (12.34, "12.3"),
        (123.4, "123"), (1234.0, "1,230"), (-12.34, "−12.3"), (-0.00012, "−0.000120"), (0.00012, "0.000120"),
        (0.000012, "0.0000120"), (0.0000012, "1.20e-06"), (9_999_999.0, "1.00e+07"), (1_234_567.0, "1,230,000"),
        (1e9, "1.00e+09"), (-1e9, "−1.00e+09"), (math.inf, "inf"),
    ],
)  # fmt: skip
def test_significant_digits(value: float, text: str) -> None:
    assert significant(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "–"),
        (0.0, "0.0 %"),
        (0.5, "50.0 %"),
        (0.0002, "<0.1 %"),
        (-0.25, "−25.0 %"),
        (1.236, "123.6 %"),
    ],
)
def test_percent(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("mass", "name"), [(0.0, "g"), (0.9, "g"), (-0.9, "g"), (1.0, "kg"), (9999.0, "kg"), (1e4, "t")]
)
def test_mass_units(mass: float, name: str) -> None:
    unit = mass_unit(mass)
    assert unit.name == name
    assert unit.per_kg * {"g": 0.001, "kg": 1.0, "t": 1000.0}[name] == 1.0


# -- words --------------------------------------------------------------------------------------------------------------


def words() -> dict[str, dict[str, str]]:
    return tomllib.loads((SOURCE / "report" / "words.toml").read_text(encoding="utf-8"))


def test_all_words_are_there_in_both_languages() -> None:
    for key, entry in words().items():
        assert set(entry) == set(LANGUAGES), key
        assert all(entry[language].strip() for language in LANGUAGES), key
        places = [set(re.findall(r"\{(\w+)\}", entry[language])) for language in LANGUAGES]
        assert places[0] == places[1], key
        assert not re.search(r"[\u4e00-\u9fff]", entry["en"]), key


def test_every_word_is_used() -> None:
    """A key is used when it stands in the code, or a pattern ``f"stage_{name}"`` of the code makes it."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (SOURCE / "report").glob("*.py"))
    made = tuple(re.findall(r"word\(\s*f['\"](\w+_)\{", code))
    unused = [key for key in words() if not re.search(f"['\"]{key}['\"]", code) and not key.startswith(made)]
    assert unused == []


def test_every_word_that_is_used_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (SOURCE / "report").glob("*.py"))
    named = set(re.findall(r"word\(\s*['\"](\w+)['\"]", code))
    assert len(named) > 60
    kinds: dict[str, tuple[str, ...]] = {
        "stage_": (*(name for name, _, _ in STAGE_GROUPS), "beyond"),
        "module_": STAGES,
        "origin_": ORIGINS,
        "status_": STATUSES,
        "data_": DATA_KINDS,
        "severity_": SEVERITIES,
        "basis_": ("location", "market"),
        "boundary_": get_args(Boundary),
        "input_": ("dataset", "amount", "parameter"),
        "verdict_": ("plausible", "below_minimum", "unusually_high"),
        "method_": tuple(filter(None, END_OF_LIFE_METHODS)),
    }
    made = set(re.findall(r"word\(\s*f['\"](\w+_)\{", code))
    assert made == set(kinds)
    wanted = named | {prefix + name for prefix, names in kinds.items() for name in names}
    assert wanted <= set(words())


# -- pictures -----------------------------------------------------------------------------------------------------------


def numbers(scene: Scene) -> Iterator[float]:
    for shape in scene.shapes:
        yield from (value for value in attrs.astuple(shape) if isinstance(value, float | int))


ODD = {
    "zero": [("plastic", 0.0)],
    "one": [("plastic", 1.0)],
    "negative only": [("minus", 1.0)],
    "negative and positive": [("minus", 1.0), ("plastic", 1.0)],
    "cancelling": [("minus", 2.0), ("plastic", 1.0)],
    "removal": [("wood", 1.0)],
    "tiny and huge": [("plastic", 1e-12), ("copper", 1e9)],
    "many": [(name, 1.0 + 0.01 * n) for n, name in enumerate(["plastic", "copper", "board"] * 20)],
}


def odd(name: str) -> Footprint:
    parts = [part(f"P{n}", material(text, mass)) for n, (text, mass) in enumerate(ODD[name])]
    return footprint(study(*parts), dataset("minus", -1.0))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ODD)
def test_pictures_of_odd_footprints_are_drawable(name: str, language: Language) -> None:
    found = odd(name)
    for scene in (
        sankey(found, MassUnit("kg", 1.0), language),
        stage_bars(found, MassUnit("kg", 1.0), language),
        boundary_picture(found, language),
    ):
        assert all(math.isfinite(value) for value in numbers(scene))
        assert scene.title
        assert not re.search(r"\bnan\b", svg(scene))
        for shape in scene.shapes:
            values = attrs.asdict(shape)
            assert values.get("width", 0) >= 0
            assert values.get("thickness", 0) >= 0
    assert "<html" in to_html(footprint_report(found, language))


@pytest.mark.parametrize("name", [*ODD, "rich"])
def test_the_sankey_balances_at_every_node(name: str, result: Footprint) -> None:
    found = result if name == "rich" else odd(name)
    flows = balance(found, "en")
    assert all(flow.value > 0 for flow in flows.flows)
    assert flows.total + flows.negative == pytest.approx(found.total, rel=1e-12, abs=1e-15)
    for group, stages, _ in STAGE_GROUPS:
        positive = fsum(line.total for line in found.counted() if line.stage in stages and line.total > 0)
        assert flows.into(group) == pytest.approx(positive, rel=1e-12)
    assert fsum(flows.into(group) for group, _, _ in STAGE_GROUPS) == pytest.approx(flows.total)


def test_bands_of_the_sankey_are_as_wide_as_their_flows(result: Footprint) -> None:
    from cradlemark.footprint.report.scene import Ribbon

    scene = sankey(result, MassUnit("kg", 1.0), "en")
    ribbons = [shape for shape in scene.shapes if isinstance(shape, Ribbon)]
    middle = {ribbon.x1 for ribbon in ribbons} & {ribbon.x0 - 8.0 for ribbon in ribbons}
    assert len(middle) == 1
    entering = fsum(ribbon.thickness for ribbon in ribbons if ribbon.x1 in middle)
    leaving = fsum(ribbon.thickness for ribbon in ribbons if ribbon.x1 not in middle)
    assert entering == pytest.approx(leaving)


def test_waterfalls_of_odd_comparisons_are_drawable(rich: Calculation) -> None:
    zero = calculation(study(part("A", material("plastic", 0.0))))
    minus = calculation(study(part("A", material("minus", 1.0))), dataset("minus", -1.0))
    plus = calculation(study(part("A", material("plastic", 1.0))))
    for first, second in (
        (zero, zero),
        (zero, plus),
        (minus, plus),
        (plus, minus),
        (plus, plus),
        (rich, rich),
    ):
        scene = waterfall(compare(first, second), MassUnit("kg", 1.0), "zh")
        assert all(math.isfinite(value) for value in numbers(scene))
        assert comparison_report(compare(first, second), "en").blocks


# -- documents ----------------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Collects tags and checks that they nest."""

    void = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def hostile() -> Footprint:
    name = Text(HOSTILE, HOSTILE + "端子")
    wanted = rich_study()
    wanted = attrs.evolve(
        wanted, title=name, product=attrs.evolve(wanted.product, name=name, models=(HOSTILE,)),
        assumptions=(name,), components=(part(HOSTILE, material("copper", 1.0)), *wanted.components),
    )  # fmt: skip
    return footprint(wanted, draws=50)


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_is_whole_self_contained_and_escapes(hostile: Footprint, language: Language) -> None:
    page = to_html(footprint_report(hostile, language))
    reader = read(page)
    tags = {tag for tag, _ in reader.tags}
    assert not tags & {"script", "iframe", "object", "embed", "link", "img", "form", "base"}
    for tag, attributes in reader.tags:
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("src", "href", "action", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert HOSTILE in "".join(reader.text)
    assert page.startswith("<!doctype html>")
    assert ("html", {"lang": "en" if language == "en" else "zh-Hans"}) in reader.tags


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_have_headers_with_a_scope(result: Footprint, language: Language) -> None:
    reader = read(to_html(footprint_report(result, language)))
    headers = [attributes for tag, attributes in reader.tags if tag == "th"]
    assert headers
    assert all(attributes.get("scope") in {"col", "row"} for attributes in headers)
    captions = sum(tag == "caption" for tag, _ in reader.tags)
    assert captions == sum(tag == "table" for tag, _ in reader.tags)
    identifiers = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    links = [attributes["href"] for tag, attributes in reader.tags if tag == "a"]
    assert {f"#{name}" for name in identifiers} >= set(links)


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_are_rectangular_and_numbers_are_written(result: Footprint, language: Language) -> None:
    for table in tables(footprint_report(result, language)):
        assert len(table.header) == len(table.align)
        assert not table.widths or len(table.widths) == len(table.align)
        for row in table.rows:
            assert len(row) == len(table.align), table.caption
            assert not any("nan" in cell.split() or "None" in cell or "{" in cell for cell in row), row
        assert all(index < len(table.rows) for index in table.strong)


def test_every_line_and_every_used_dataset_is_in_the_report(result: Footprint) -> None:
    page = "".join(read(to_html(footprint_report(result, "en"))).text)
    for line in result.lines:
        assert line.label.en in page
        if line.dataset:
            assert line.dataset.name.en in page
    for digest in (result.versions.study, result.versions.rule_pack_digest, result.digest):
        assert digest in page
    assert all(stage in page for stage in STAGES if any(line.stage == stage for line in result.lines))


def test_incomplete_results_say_so_first() -> None:
    found = footprint(
        study(part("A", material("plastic", 1.0), material("unobtainium", 1.0))), allow_gaps=True
    )
    first = footprint_report(found, "en").blocks[0]
    assert getattr(first, "tone", "") == "error"
    assert "unobtainium" in to_html(footprint_report(found, "en"))


def test_unverified_factors_are_named_before_the_result() -> None:
    unsure = dataset("unsure", 3.0, status="unverified")
    found = footprint(study(part("A", material("unsure", 1.0))), unsure)
    blocks = footprint_report(found, "en").blocks
    named = next(
        i for i, block in enumerate(blocks) if isinstance(block, Table) and "unsure" in str(block.rows)
    )
    drawn = next(
        i for i, block in enumerate(blocks) if isinstance(block, Picture) and "stage" in block.caption.lower()
    )
    assert named < drawn


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_opens_carries_text_and_the_result(rich: Calculation, language: Language) -> None:
    data = to_pdf(footprint_report(rich.footprint, language), created=0, attachment=rich.document)
    again = to_pdf(footprint_report(rich.footprint, language), created=0, attachment=rich.document)
    assert data == again
    file = pypdf.PdfReader(io.BytesIO(data))
    text = "".join(page.extract_text() for page in file.pages)
    assert ("Block" if language == "en" else "端子") in text
    assert "□" not in text
    assert rich.footprint.digest[7:19] in text.replace("\u200b", "")
    assert file.attachments["result.json"] == [rich.document]


def test_pdf_of_hostile_text_shows_it_and_runs_nothing(hostile: Footprint) -> None:
    data = to_pdf(footprint_report(hostile, "en"), created=0)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    assert "#panic()" in text
    assert "<script>" in text


BEYOND = (
    "😀 block",
    "⌀ 5 mm",
    "блок Ω ≤ 5 µm²",
    "مربع",
    "บล็อก",
    "블록",
    "x\u202ey",
    "\ufffe",
    "a\nb",
    "N₂O",
    "x" * 3000,
)


def test_names_beyond_the_font_do_not_lose_the_pdf() -> None:
    wanted = study(*(part(name, material("plastic", 1.0)) for name in BEYOND))
    name = Text(" ".join(BEYOND[:-1]), BEYOND[0])
    found = footprint(attrs.evolve(wanted, product=attrs.evolve(wanted.product, name=name)))
    data = to_pdf(footprint_report(found, "en"), created=0)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    assert "□" in text
    assert "блок" in text
    assert "N2O" in text


def test_the_font_shows_the_words_of_the_report() -> None:
    font = coverage(next(font_folder().glob("NotoSansSC*.ttf")))
    for entry in words().values():
        for text in entry.values():
            assert font.shown(text.replace("CO₂", "")) == text.replace("CO₂", "")
    assert font.shown("N₂O™") in {"N2O™", "N2OTM"}
    assert font.shown("a😀b") == "a□b"
    assert font.shown("端子 Ω 2.5 mm²") == "端子 Ω 2.5 mm²"


def test_files_are_written_and_overwritten(rich: Calculation, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    for _ in range(2):
        found = write_report(rich.footprint, rich.document, folder, language="zh", created=0)
        assert [path.name for path in found] == [
            "result.json", "lines.csv", "report.zh.html", "report.en.html", "report.zh.pdf",
        ]  # fmt: skip
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in found)
    assert (folder / "result.json").read_bytes() == rich.document
    rows = list(csv.DictReader(io.StringIO((folder / "lines.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == len(rich.footprint.lines)
    counted = [row for row in rows if row["basis"] in {"both", "market"} and row["stage"] != "D"]
    assert fsum(float(row["total_kg_co2e"]) for row in counted) == pytest.approx(rich.footprint.total)


def test_no_cell_of_the_line_table_is_a_formula(tmp_path: Path) -> None:
    wanted = study(part("=cmd|' /C calc'!A0", material("plastic", 1.0)))
    sly = attrs.evolve(wanted, components=(attrs.evolve(wanted.components[0], name=Text("=1+1", "@SUM(1)")),))
    found = calculation(sly)
    write_report(found.footprint, found.document, tmp_path, language="en", created=0)
    for row in csv.reader(io.StringIO((tmp_path / "lines.csv").read_text(encoding="utf-8-sig"))):
        assert not any(cell[:1] in {"=", "@", "+", "\t"} for cell in row), row


def test_folders_that_cannot_be_written_are_named(rich: Calculation, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(InputError) as refused:
        write_report(rich.footprint, rich.document, blocked / "inside", language="en", created=0)
    assert refused.value.code == "output-unwritable"
    assert "file" in refused.value.where


def test_a_comparison_warns_of_gaps_and_of_other_databases(capsys: pytest.CaptureFixture[str]) -> None:
    whole = calculation(study(part("A", material("plastic", 1.0))))
    open_link = calculation(study(part("A", material("unobtainium", 1.0))), allow_gaps=True)
    versions = attrs.evolve(whole.footprint.versions, databases=(("hand", "2", "sha256:" + "1" * 64),))
    other = attrs.evolve(whole, footprint=attrs.evolve(whole.footprint, versions=versions))
    assert cautions(compare(whole, whole), "en") == []
    for second, wanted in ((open_link, "INCOMPLETE"), (other, "databases")):
        found = compare(whole, second)
        assert [wanted in text for text in cautions(found, "en")] == [True]
        assert wanted in to_html(comparison_report(found, "en"))
        show_comparison(found, language="en", lines=0)
        assert wanted in capsys.readouterr().out


def test_a_comparison_is_written(rich: Calculation, tmp_path: Path) -> None:
    lighter = calculation(rich_study(), draws=200, scenario="light")
    found = write_comparison(compare(rich, lighter), tmp_path, language="zh", created=0)
    page = found[0].read_text(encoding="utf-8")
    read(page)
    assert "减薄" in page
    text = "".join(page.extract_text() for page in pypdf.PdfReader(found[1]).pages)
    assert "减薄" in text


# -- terminal -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_shows_odd_and_hostile_results(
    hostile: Footprint, rich: Calculation, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    from cradlemark.footprint.explain import explain

    for found in (hostile, *(odd(name) for name in ODD)):
        show_footprint(found, language=language, lines=5)
    show_comparison(compare(rich, rich), language=language, lines=5)
    show_explanations(explain(hostile, "A1"), language=language)
    shown = capsys.readouterr().out
    assert "[bold]b[/bold]" in shown
    assert "nan" not in shown.split()
