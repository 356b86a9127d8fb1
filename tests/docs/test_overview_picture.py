"""The picture on the first page shows what the program says today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "images" / "overview.svg"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that draws the picture."""
    spec = importlib.util.spec_from_file_location(
        "overview_picture", ROOT / "scripts" / "overview_picture.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_shows_what_the_program_says(script: ModuleType) -> None:
    drawn = script.picture()
    assert PICTURE.read_text(encoding="utf-8") == drawn, "run .venv/bin/python scripts/overview_picture.py"


def test_the_picture_can_be_read_and_marks_what_is_planned() -> None:
    root = ElementTree.fromstring(PICTURE.read_text(encoding="utf-8"))
    words = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len(words) > 40
    assert any(word.startswith("planned") for word in words if word)
