"""The columns of a factor table: headings and words that are recognised, read from ``datasets/columns.toml``."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import cast

import attrs

from cradlemark.core.language import Text
from cradlemark.inventory.characterisation import gases
from cradlemark.inventory.dataset import Origin
from cradlemark.inventory.gates import categories


@attrs.frozen
class Column:
    """One column of the schema.

    Parameters
    ----------
    name : str
        Canonical heading.
    meaning : Text
    required : bool
    headings : tuple of str
        Other headings that are recognised.
    gas : str
        Identifier of the gas whose mass the column holds [kg / unit]; empty for other columns.
    origin : Origin
        Origin of that gas.
    """

    name: str
    meaning: Text
    required: bool = False
    headings: tuple[str, ...] = ()
    gas: str = ""
    origin: Origin = "fossil"


@cache
def _document() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    text = (resources.files("cradlemark.inventory") / "datasets" / "columns.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def columns() -> dict[str, Column]:
    """All columns of the schema by name, those for gases after the others."""
    found = {
        name: Column(
            name,
            Text(str(entry["en"]), str(entry["zh"])),
            bool(entry.get("required", False)),
            _strings(entry["headings"]),
        )
        for name, entry in _document()["columns"].items()
    }
    for name, entry in _document()["gases"].items():
        gas = gases()[str(entry["gas"])]
        meaning = Text(f"Mass of {gas.name.en} [kg / unit]", f"{gas.name.zh}的质量 [kg / 单位]")
        origin = cast("Origin", entry["origin"])
        found[name] = Column(name, meaning, False, _strings(entry["headings"]), gas.id, origin)
    for identity, gas in gases().items():
        if identity not in found and not identity.startswith(("co2", "ch4")):
            meaning = Text(f"Mass of {gas.name.en} [kg / unit]", f"{gas.name.zh}的质量 [kg / 单位]")
            found[identity] = Column(identity, meaning, gas=identity)
    return found


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in cast("Sequence[object]", value))


def plain(text: str) -> str:
    """A heading or word without case, width, punctuation and bracketed units, for comparison."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[(\[{<].*?[)\]}>]", " ", text) if not re.fullmatch(r"[(\[{<].*[)\]}>]", text) else text
    return re.sub(r"[\s_\-./*:：]+", " ", text).strip()


@cache
def _headings() -> dict[str, str]:
    found: dict[str, str] = {}
    for column in columns().values():
        for heading in (column.name, *column.headings):
            found.setdefault(plain(heading), column.name)
    return found


def column_of(heading: str) -> str:
    """Name of the column that a heading stands for; empty when it is not recognised."""
    return _headings().get(plain(heading), "")


def nearest_heading(heading: str) -> str:
    """The recognised heading that looks most like this one; empty when none does."""
    close = difflib.get_close_matches(plain(heading), _headings(), n=1, cutoff=0.75)
    return _headings()[close[0]] if close else ""


@cache
def _words(column: str) -> dict[str, str]:
    if column == "category":
        return {plain(word): key for key, name in categories().items() for word in (key, name.en, name.zh)}
    return {
        plain(word): value
        for value, words in _document()["values"].get(column, {}).items()
        for word in (value, *_strings(words))
    }


def fixed_value(column: str, text: str) -> str | None:
    """Canonical word of a column with fixed values; None when the text is not one of them."""
    return _words(column).get(plain(text))


def has_fixed_values(column: str) -> bool:
    """Whether a column takes one of a fixed list of words."""
    return bool(_words(column))


def allowed_values(column: str) -> tuple[str, ...]:
    """Canonical words of a column with fixed values."""
    return tuple(dict.fromkeys(_words(column).values()))
