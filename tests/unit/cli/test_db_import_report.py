"""The import report as page and document: complete, in both languages, safe, and of its schema."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from tests.unit.inventory.test_process_import import base, exchange, works, write

from cradlemark.cli.db import db
from cradlemark.cli.db.import_words import CODES, STATUS, WORDS
from cradlemark.core.errors import InputError, StateError
from cradlemark.inventory.processes.report import report_of_document, report_schema
from cradlemark.inventory.processes.report_terminal import DISTRIBUTIONS, LINES, RULES

SAMPLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "samples"
REAL = ("openlca_jsonld/uslci_2020q3_subset.zip", "ilcd_tiangong/tiangong_subset_ilcd.zip")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[31m\u202e&amp;"


class Page(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in {"meta", "rect", "line", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"rect", "line"}:
            return
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CRADLEMARK_LANG", "en")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(db, list(arguments), catch_exceptions=True)

    return run


def many(tmp_path: Path, count: int = 300) -> Path:
    """A work with hundreds of open inputs and refused exchanges, some of hostile names."""
    documents = works()
    more = [exchange(100 + n, f"open-{n}", 1.0, "kg", taken=True) for n in range(count)]
    refused = [exchange(1000 + n, f"gone-{n}", 1.0, "kg", taken=True) for n in range(count)]
    documents["processes/works.json"]["exchanges"] += more + refused
    documents["processes/works.json"]["name"] = HOSTILE
    flows = base(2)
    for n in range(count):
        name = HOSTILE if n == 0 else f"input {n}"
        documents[f"flows/open-{n}.json"] = flows["flows/steel.json"] | {"@id": f"open-{n}", "name": name}
    return write(tmp_path, documents, "made.zip")


@pytest.mark.parametrize("sample", REAL)
def test_document_of_a_real_database_is_of_its_schema(call: Any, tmp_path: Path, sample: str) -> None:
    source = SAMPLES / sample
    if not source.is_file():
        pytest.skip("the samples are not beside the checkout")
    path = tmp_path / "report.json"
    assert call("import", str(source), "--report", str(path)).exit_code == 0
    document = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(report_schema())
    jsonschema.validate(document, report_schema())
    assert document["balanced"]
    assert report_of_document(document).as_document() == report_of_document(document).as_document()
    counts = document["counts"]
    opened = counts["exchanges unlinked"] + counts["exchanges ambiguous"]
    assert sum(cut["exchanges"] for cut in document["cuts"]) == opened
    assert sum(item["exchanges"] for item in document["conversions"]) == counts.get("units converted", 0)
    assert sum(document["distributions"].values()) == counts.get("uncertainties", 0)
    assert len(document["divisions"]) == counts["processes with several products"]
    for division in document["divisions"]:
        shares = [share["share"] for share in division["shares"]]
        assert len(shares) == division["products"]
        if division["method"] and None not in shares:
            assert sum(shares) == pytest.approx(1.0, abs=0.01)


def test_schema_refuses_what_is_not_a_report(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    call("import", str(write(tmp_path, works())), "--report", str(path))
    document = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(document, report_schema())
    for broken in (
        document | {"more": 1},
        document | {"digest": "sha256:x"},
        {key: value for key, value in document.items() if key != "cuts"},
        document | {"counts": {"exchanges read": -1}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, report_schema())


def test_page_lists_everything_and_escapes_it(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    done = call("import", str(many(tmp_path)), "--report", str(path))
    assert "report.html" in done.output
    for file, other, tag in (
        (path, "report.zh.html", "en"),
        (tmp_path / "report.zh.html", "report.html", "zh-Hans"),
    ):
        text = file.read_text(encoding="utf-8")
        page = Page(text)
        assert not page.open
        assert ("lang", tag) in page.attributes
        assert ("href", other) in page.attributes
        assert not {"script", "img", "link", "iframe", "form"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not [value for name, value in page.attributes if name in {"src", "href"} and "//" in value]
        assert not re.search(r"@import|url\(", text)
        assert "\x1b" not in text
        assert "\u202e" not in text
        for number in range(1, 300):
            assert f"input {number} [kg]" in page.text
            assert re.search(rf"gone-{number}\D", page.text)


def test_chinese_page_has_chinese_words(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "报告.html"
    assert call("import", str(write(tmp_path, works())), "--report", str(path), "--lang", "zh").exit_code == 0
    chinese = Page(path.read_text(encoding="utf-8")).text
    english = Page((tmp_path / "报告.en.html").read_text(encoding="utf-8")).text
    for key in ("balance", "links", "cuts", "divisions", "conversions", "unread"):
        assert WORDS[key].zh in chinese
        assert WORDS[key].en in english
        assert WORDS[key].en not in chinese


def test_every_word_is_there_in_both_languages() -> None:
    tables = (WORDS, CODES, STATUS, DISTRIBUTIONS, RULES, dict(LINES))
    assert not [key for table in tables for key, text in table.items() if not text.complete]


def test_stored_report_is_written_again(call: Any, tmp_path: Path) -> None:
    first, second = tmp_path / "one.html", tmp_path / "two.html"
    call("import", str(write(tmp_path, works())), "--report", str(first), "--id", "made")
    assert call("info", "made", "--report", str(second)).exit_code == 0
    assert second.read_bytes().replace(b"two.", b"one.") == first.read_bytes()


def test_stored_report_of_another_version_cannot_be_written_again(call: Any, tmp_path: Path) -> None:
    call("import", str(write(tmp_path, works())), "--id", "made")
    (stored,) = (tmp_path / "home").rglob("import-report.json")
    document = json.loads(stored.read_text("utf-8"))
    del document["cuts"]
    content = json.dumps(document).encode()
    stored.write_bytes(content)
    assert call("info", "made").exception.code == "digest-mismatch"
    description = stored.with_name("datapackage.json")
    package = json.loads(description.read_text("utf-8"))
    package["report"]["hash"] = "sha256:" + hashlib.sha256(content).hexdigest()
    description.write_text(json.dumps(package), encoding="utf-8")
    error = call("info", "made", "--report", str(tmp_path / "two.html")).exception
    assert isinstance(error, StateError)
    assert error.code == "report-unreadable"


def test_a_report_of_another_version_is_not_guessed_at(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    call("import", str(write(tmp_path, works())), "--report", str(path))
    document = json.loads(path.read_text(encoding="utf-8"))
    report = report_of_document(document)
    assert report.balanced
    for other in ({"id": "made"}, document | {"schema": "another-2"}, document | {"novel": 1}):
        with pytest.raises(StateError) as caught:
            report_of_document(other)
        assert caught.value.code == "report-unreadable"


def test_unknown_ending_is_refused_before_anything_is_read(call: Any, tmp_path: Path) -> None:
    error = call("import", str(tmp_path / "missing.zip"), "--report", str(tmp_path / "r.pdf")).exception
    assert isinstance(error, InputError)
    assert error.code == "output-format"


def test_a_database_that_cannot_be_solved_is_reported_all_the_same(call: Any, tmp_path: Path) -> None:
    documents = works()
    documents["processes/boiler.json"]["exchanges"].append(exchange(3, "steel", 1.0, "kg", taken=True))
    del documents["processes/furnace.json"]  # it saves heat, which would leave some
    documents["processes/works.json"]["exchanges"][1] = exchange(2, "heat", 1000.0, "MJ", taken=True)
    path = tmp_path / "report.html"
    assert call("import", str(write(tmp_path, documents)), "--report", str(path)).exit_code == 0
    assert "could not be solved" in path.read_text(encoding="utf-8")


def test_tiangong_is_reported_in_chinese_with_advice_on_its_allocation(call: Any) -> None:
    source = SAMPLES / "ilcd_tiangong" / "tiangong_subset_ilcd.zip"
    if not source.exists():
        pytest.skip("the TianGong sample is not beside the checkout")
    english = call("check", str(source)).output
    assert (
        "8 of 10 processes without usable allocation can be divided by mass: import with --allocation declared,mass"
        in english
    )
    chinese = call("check", str(source), "--lang", "zh").output
    assert "10 个无可用分配的过程中有 8 个可按质量分配：导入时使用 --allocation declared,mass" in chinese
    assert "原铝，铸锭 [kg]" in chinese
    assert "无气候影响：所有输入均被截断" in chinese
    assert "no climate impact" not in chinese
    divided = json.loads(call("check", str(source), "--json", "--allocation", "declared,mass").output)
    assert [each["possible"] for each in divided["divisions"] if each["method"]] == [[]] * 8
