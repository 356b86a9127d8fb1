"""Where an elementary flow comes from or goes to, in the words of any nomenclature: one compartment and part of it."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

import attrs

Medium = Literal["air", "water", "soil", "resource", ""]
ANY = "any"
"""Part of a compartment for a factor that holds for all of its parts."""
LONG_TERM = "long-term"


@attrs.frozen
class Compartment:
    """A medium and a part of it.

    Parameters
    ----------
    medium : {"air", "water", "soil", "resource", ""}
        Empty when it is not understood.
    part : str
        ``urban``, ``rural``, ``high``, ``indoor``, ``fresh``, ``sea``, ``ground``, ``agricultural``, ``industrial``,
        ``forest``; for resources the medium they are taken from; ``long-term`` in front of or instead of a part;
        empty for unspecified; ``any`` for all.
    """

    medium: Medium
    part: str = ""

    def __str__(self) -> str:
        return "/".join(word for word in (self.medium or "?", self.part) if word)


def _words(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), word) for pattern, word in pairs)


_RESOURCE = re.compile(
    r"resource|\braw\b|\brohstoff|ressource|资源|原料|natural resource|\bin ground\b|land use", re.IGNORECASE
)
_AIR = re.compile(r"\bair\b|airborne|atmospher|stratospher|tropospher|空气|大气|\bluft|\bair,", re.IGNORECASE)
_SOIL = re.compile(
    r"\bsoil\b|\bground\b(?!-? ?water)|emission/ground|土壤|\bboden|\bland\b|agricultural|industrial",
    re.IGNORECASE,
)
_WATER = re.compile(
    r"water|ocean|\bsea\b|river|\blake\b|水|海洋|wasser|\bmeer\b|gewässer|subterranean", re.IGNORECASE
)
_LONG = re.compile(r"long.?term|langfristig|长期", re.IGNORECASE)
_PARTS = {
    "air": _words(
        (r"stratospher|upper troposphere|平流层|hohe atmosphäre", "high"),
        (r"indoor|室内|innenraum", "indoor"),
        (r"non-?urban|\brural|low\.? ?pop|high stack|农村|乡村|非城市|低人口|ländlich", "rural"),
        (r"urban|high\.? ?pop|city|城市|高人口|städtisch", "urban"),
    ),
    "water": _words(
        (r"ground-?\s?water|subterranean|地下水|grundwasser|\bground\b", "ground"),
        (r"\bsea\b|ocean|saline|marine|海|meer|salzwasser", "sea"),
        (r"fresh|river|lake|surface|淡水|河|湖|地表|süßwasser|fluss|oberfläch", "fresh"),
    ),
    "soil": _words(
        (r"non-?agricultural|非农业", "industrial"),
        (r"agricultur|农业|landwirtschaft", "agricultural"),
        (r"industr|工业", "industrial"),
        (r"forest|林|forst|wald", "forest"),
    ),
    "resource": _words(
        (r"\bair\b|空气|大气|\bluft", "air"),
        (r"\bground\b|subterranean|mineral|地下|矿|\bboden", "ground"),
        (r"\bwater\b|river|lake|ocean|水|wasser", "water"),
        (r"biotic|biosph|生物|biomass", "biotic"),
        (r"\bland\b|土地|occupation|transformation", "land"),
    ),
}  # fmt: skip


@cache
def compartment_of(text: str) -> Compartment:
    """The compartment that a path or a phrase names.

    Examples
    --------
    >>> str(compartment_of("Elementary Flows/emission/air/troposphere/rural"))
    'air/rural'
    >>> str(compartment_of("Emissions/Emissions to air/Emissions to air, unspecified (long-term)"))
    'air/long-term'
    >>> str(compartment_of("Resources/Resources from air/Renewable material resources from air"))
    'resource/air'
    >>> str(compartment_of("emission/ground/human-dominated/agricultural"))
    'soil/agricultural'
    """
    medium = _medium(text)
    if not medium:
        return Compartment("")
    part = next((word for pattern, word in _PARTS[medium] if pattern.search(text)), "")
    if medium != "resource" and _LONG.search(text):
        part = f"{LONG_TERM} {part}".strip()
    return Compartment(medium, part)


def _medium(text: str) -> Medium:
    if _RESOURCE.search(text):
        return "resource"
    if _AIR.search(text):
        return "air"
    if _WATER.search(text):
        return "water"
    return "soil" if _SOIL.search(text) else ""
