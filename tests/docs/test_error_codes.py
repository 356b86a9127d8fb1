"""The page of the error codes names every code that the source can raise, with meaning and repair in both languages."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "cradlemark"
ROW = re.compile(r"^\| `(?P<code>[a-z0-9-]+)` \| (?P<en>.+) \| (?P<zh>.+) \|$", re.MULTILINE)
HAN = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def reader() -> ModuleType:
    """The module beside this file that reads codes from source."""
    path = Path(__file__).with_name("error_codes.py")
    spec = importlib.util.spec_from_file_location("error_codes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def raised(reader: ModuleType) -> dict[str, list[str]]:
    """Every code of the source, with the places that raise it."""
    found: dict[str, list[str]] = reader.codes_in_source(PACKAGE)
    return found


def rows() -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    return [(row["code"], row["en"], row["zh"]) for row in ROW.finditer(text)]


def test_every_code_of_the_source_is_on_the_page(raised: dict[str, list[str]]) -> None:
    listed = {code for code, _, _ in rows()}
    assert {code: places for code, places in raised.items() if code not in listed} == {}


def test_the_page_names_no_code_that_nothing_raises(raised: dict[str, list[str]]) -> None:
    assert [code for code, _, _ in rows() if code not in raised] == []


def test_no_code_stands_twice() -> None:
    codes = [code for code, _, _ in rows()]
    assert len(codes) == len(set(codes)) > 200


def test_meaning_and_repair_stand_in_both_languages() -> None:
    wrong = [
        code
        for code, en, zh in rows()
        if HAN.search(en) or not HAN.search(zh) or en.count("**") != 2 or zh.count("**") != 2
    ]
    assert not wrong, "a cell is: meaning **repair**"


def test_codes_on_the_page_of_bills_exist(raised: dict[str, list[str]]) -> None:
    text = (ROOT / "docs" / "reference" / "bill-of-materials.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| (`[^|]+) \|", text.partition("## Problems")[2], re.MULTILINE)
    named = {code for cell in cells for code in re.findall(r"`([^`]+)`", cell)}
    assert len(named) > 40
    assert named <= set(raised)


def test_codes_are_found_however_they_are_handed_on(reader: ModuleType) -> None:
    source = """
def refuse(where, code, text): raise InputError(text, code=code)
class Sheet:
    def problem(self, code, text): self.found.append(Problem(self.where, code, text))
def read():
    refuse("x", "by-function", "text")
    Sheet().problem("by-method", "text")
    Problem("x", "by-value", "text")
    raise InputError("text", code="by-choice" if bad else "by-other-choice")
"""
    tree = ast.parse(source)
    found = {code for code, _ in reader.codes_of(tree, reader.takers_everywhere([tree]))}
    assert found == {"by-function", "by-method", "by-value", "by-choice", "by-other-choice"}
