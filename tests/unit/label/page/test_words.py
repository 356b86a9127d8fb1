"""Every word of the pages is there in both languages, is used, and has the same places to fill."""

from __future__ import annotations

import re
import string
import tomllib
from importlib import resources

import pytest

from cradlemark.label.page.assets import PACKAGE
from cradlemark.label.page.files import DESCRIBED
from cradlemark.label.page.render import REASONS, STEPS

WORDS = tomllib.loads(resources.files(PACKAGE).joinpath("words.toml").read_text("utf-8"))
HAN = re.compile("[㐀-鿿]")
SIGNS_ONLY = {"per_unit"}
"""Texts that are figures and signs in both languages."""


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", list(WORDS))
def test_both_languages_are_there(key: str) -> None:
    english, chinese = WORDS[key]["en"], WORDS[key]["zh"]
    assert english
    assert not HAN.search(english)
    assert key in SIGNS_ONLY or HAN.search(chinese)
    assert places(english) == places(chinese)


def test_every_word_is_used() -> None:
    folder = resources.files(PACKAGE)
    sources = [*folder.iterdir(), *folder.joinpath("templates").iterdir()]
    text = "\n".join(item.read_text("utf-8") for item in sources if item.name.endswith((".py", ".html")))
    made = {f"step_{step}" for step in STEPS} | {f"why_{reason}" for reason in REASONS}
    made |= {f"file_{key}" for key in DESCRIBED.values()} | {
        f"scope_{scope}" for scope in ("gate", "life_cycle")
    }
    made |= {f"outcome_{one}" for one in ("holds", "fails", "open", "optional")} | {
        f"result_{one}" for one in ("holds", "partly", "fails")
    }
    made |= {f"{one}_title" for one in ("verification", "basis", "quality", "validity")}
    unused = [key for key in WORDS if key not in made and not re.search(rf"""['"]{key}['"]""", text)]
    assert not unused


def test_script_and_page_know_the_same_checks_and_reasons() -> None:
    script = resources.files(PACKAGE).joinpath("assets", "check.js").read_text("utf-8")
    steps = re.findall(
        r"^    (?:async )?(\w+)(?:\(\) \{|: \(\) =>)", script[script.index("const checks") :], re.MULTILINE
    )
    assert tuple(steps) == STEPS
    reasons = set(re.findall(r'new Doubt\("(\w+)"', script)) | set(
        re.findall(r'demand\([^\n]*, "(\w+)"(?:, \w[^\n]*)?\)', script)
    )
    assert reasons == set(REASONS)
