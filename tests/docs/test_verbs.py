"""The verbs of the Makefile and the verbs that the pages name are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cradlemark.inventory.starter import starter_database

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("README*.md")), ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


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


def test_both_readmes_say_the_same() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    for pattern in (r"^#+ ", r"^- ", r"^\$ make \w+", r"^\$ cradlemark \w+"):
        found = [re.findall(pattern, text, re.MULTILINE) for text in (english, chinese)]
        assert len(found[0]) == len(found[1]) > 0, pattern
    verbs_first = [re.findall(r"^\$ (.*)$", text, re.MULTILINE)[:2] for text in (english, chinese)]
    assert verbs_first == [["make demo", "make test"]] * 2


def test_the_readme_counts_the_packaged_factors() -> None:
    count = f"{len(starter_database().datasets):,}"
    for name in ("README.md", "README.zh.md"):
        assert count in (ROOT / name).read_text(encoding="utf-8")
