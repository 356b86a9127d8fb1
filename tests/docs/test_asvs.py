"""The matrix of ASVS 5.0 is complete, and every test that it names exists."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

MATRIX = Path("docs/security/asvs.toml")
LEVELS = {1: 70, 2: 183}
"""Requirements of each level in the published standard (5.0.0)."""
CHAPTERS = {
    "1": 27, "2": 11, "3": 19, "4": 10, "5": 9, "6": 35, "7": 18, "8": 7, "9": 7, "10": 29, "11": 14, "12": 9, "13": 13, "14": 9,
    "15": 13, "16": 16, "17": 7,
}  # fmt: skip
WAYS = ("tests", "reason", "not_applicable", "deployment", "gap")


@pytest.fixture(scope="module")
def requirements() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = tomllib.loads(MATRIX.read_text(encoding="utf-8"))["requirements"]
    return found


def test_every_requirement_of_both_levels_is_there(requirements: dict[str, dict[str, Any]]) -> None:
    assert Counter(one["level"] for one in requirements.values()) == LEVELS
    assert Counter(number.partition(".")[0] for number in requirements) == CHAPTERS


def test_every_requirement_has_one_answer(requirements: dict[str, dict[str, Any]]) -> None:
    for number, one in requirements.items():
        given = [way for way in WAYS if one.get(way)]
        assert len(given) == 1, number
        assert one["subject"], number
        assert set(one) == {"level", "subject", given[0]}, number


def test_every_test_that_is_named_exists(requirements: dict[str, dict[str, Any]]) -> None:
    functions: dict[str, set[str]] = {}
    for number, one in requirements.items():
        for named in one.get("tests", ()):
            file, _, name = named.partition("::")
            if file not in functions:
                tree = ast.parse(Path(file).read_text(encoding="utf-8"))
                functions[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert name in functions[file], f"{number}: {named}"


def test_pages_that_are_named_exist(requirements: dict[str, dict[str, Any]]) -> None:
    import re

    for number, one in requirements.items():
        for page in re.findall(r"docs/[\w/.-]+\.md", str(one)):
            assert Path(page).is_file(), f"{number}: {page}"


def test_page_tells_how_many_there_are_of_each(requirements: dict[str, dict[str, Any]]) -> None:
    counts = Counter(next(way for way in WAYS if way in one) for one in requirements.values())
    page = Path("docs/reference/security.md").read_text(encoding="utf-8")
    for way in WAYS:
        assert f"| `{way}` | {counts[way]} |" in page
    for number, one in requirements.items():
        if "gap" in one:
            assert f"| {number} |" in page, number
