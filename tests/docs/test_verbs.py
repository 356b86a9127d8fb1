"""The verbs of the Makefile and the verbs that the pages name are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def verbs() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_verbs_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|\$ |=1 |=\S+ )make ([a-z]+)", text))
    assert named <= verbs()


def test_the_reference_names_every_verb() -> None:
    text = (ROOT / "docs" / "reference" / "make.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `make ([a-z]+)`", text, re.MULTILINE)) == verbs() - {"help"}
