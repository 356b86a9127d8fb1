"""Whatever is said to people in the source is said in English and in Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cradlemark.core.errors import CradlemarkError, Problem

SOURCE = Path(__file__).parents[2] / "src" / "cradlemark"
PLACE = re.compile(r"\{[^}]*\}")
PROSE = re.compile(r"[a-z]{2,},? [a-z]{2,}")
COMMAND = ("pip install ", "cradlemark ")
HAN = re.compile(r"[㐀-鿿]")


def literal(node: ast.expr) -> str | None:
    """The words of a string in the source, places to fill left out; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return None


def half_said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and English of texts whose Chinese is missing, or has no Chinese in it."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text"):
            continue
        named = {one.arg: one.value for one in node.keywords}
        english = node.args[0] if node.args else named.get("en")
        chinese = node.args[1] if len(node.args) > 1 else named.get("zh")
        said = literal(english) if english is not None else None
        if said is None or said.startswith(COMMAND) or not PROSE.search(PLACE.sub("", said)):
            continue
        translated = literal(chinese) if chinese is not None else ""
        if translated is not None and not HAN.search(translated):
            yield node.lineno, said


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_text_is_said_in_both_languages(path: Path) -> None:
    assert list(half_said(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('Text("two words")', 1),
        ('Text(f"two words {n}", "")', 1),
        ('Text(en="two words", zh="two words")', 1),
        ('Text("two words", "两个词")', 0),
        ('Text("two words", zh=chinese)', 0),
        ("Text(name)", 0),
        ('Text("PDF")', 0),
    ],
)
def test_what_is_half_said_is_seen(source: str, found: int) -> None:
    assert len(list(half_said(ast.parse(source)))) == found


def test_errors_do_not_take_a_language_for_granted() -> None:
    """A plain string as message is a mistake that the type check finds: these are the types it goes by."""
    assert CradlemarkError.__init__.__annotations__["message"] == "Text"
    assert {one.name: one.type for one in Problem.__attrs_attrs__}["message"] == "Text"  # type: ignore[attr-defined]
