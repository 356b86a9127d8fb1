"""The glossary is complete in both languages and true to the code."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path

import attrs
import pytest

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
ENTRY = re.compile(r"^\*\*(?P<en>[^*]+)\*\* · (?P<zh>\S.*)\n(?P<lines>(?:: .+\n?)+)", re.MULTILINE)
HAN = re.compile(r"[一-鿿]")
NAME = re.compile(r"In the code: `([\w.]+)`")
ROOM = re.compile(r"In the code: with the room `(\w+)`")


def entries() -> list[tuple[str, str, list[str]]]:
    text = GLOSSARY.read_text(encoding="utf-8")
    return [(e["en"], e["zh"], [line[2:] for line in e["lines"].splitlines()]) for e in ENTRY.finditer(text)]


def exists(name: str) -> bool:
    """Whether a dotted name below the package is a module, something in a module, or a field of a class there."""
    parts = ["cradlemark", *name.split(".")]
    for cut in range(len(parts), 1, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError as error:
            if not (error.name or "").startswith("cradlemark"):
                raise
            continue
        for part in parts[cut:]:
            fields = attrs.fields_dict(thing) if isinstance(thing, type) and attrs.has(thing) else {}
            if part in fields:
                return part == parts[-1]
            if not hasattr(thing, part):
                return False
            thing = getattr(thing, part)
        return True
    return False


def test_there_are_many_entries_and_none_is_badly_written() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    assert len(entries()) == len(re.findall(r"^\*\*", text, re.MULTILINE)) >= 90


def test_no_term_twice() -> None:
    for position in (0, 1):
        terms = [entry[position] for entry in entries()]
        assert sorted(terms) == sorted(set(terms))


@pytest.mark.parametrize(
    ("en", "zh", "lines"), entries(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_entry(en: str, zh: str, lines: list[str]) -> None:
    assert HAN.search(zh) or zh.isascii()
    assert len(lines) == 3, "English, Chinese, place in the code"
    assert not HAN.search(lines[0])
    assert HAN.search(lines[1])
    if room := ROOM.fullmatch(lines[2]):
        assert importlib.util.find_spec(f"cradlemark.{room[1]}") is None, (
            f"{en}: the room exists now; name the place"
        )
    elif name := NAME.fullmatch(lines[2]):
        assert exists(name[1]), f"{en}: {name[1]} is not in the code"
    else:
        assert lines[2] == "In the code: none, on purpose"


def test_a_wrong_name_is_found() -> None:
    assert exists("core.language.Text.en")
    assert not exists("core.language.Text.fr")
    assert not exists("core.nothing.Text")
