"""Make the text of a line comparable: widths, case, dashes, separators, and what is only a dimension."""

from __future__ import annotations

import re
import unicodedata

import attrs

LONGEST = 300
"""Longest line that is read [characters]; a longer one is not the name of a thing."""
GAP = "\x1f"
"""Stands for a masked character; it separates like a blank."""
_TRADITIONAL = str.maketrans(
    "銅錫鋁鋅鐵鋼鎳銀鉛鈦鎂鉻黃鍍絲帶線闆紙聚醯銹鏽塗鑄壓樹酯矽環氧纖維電氣熱車運廢棄処機煤輪碳鹼鹽酸",
    "铜锡铝锌铁钢镍银铅钛镁铬黄镀丝带线板纸聚酰锈锈涂铸压树酯硅环氧纤维电气热车运废弃处机煤轮碳碱盐酸",
)
_SIGNS = str.maketrans(
    {"×": "x", "✕": "x", "∗": "*", "Ø": "φ", "ø": "φ", "∅": "φ", "Φ": "φ", "ϕ": "φ", "µ": "μ"}
)
_DASHES = re.compile("[‐‑‒–—―−﹣－~～]")
_NUMBER = r"\d+(?:[.,]\d+)?"
_UNIT = (
    r"mm2|mm\^2|mm|cm|dm|μm|um|nm|mil|inch|kgs|kg|mg|kwh/kg|kwh|mj|gsm|g/m2|mpa|kw|kv|va|vdc|vac|hz|dtex|tex|ml|"
    r"pcs|pc|ea|℃|°c|度|目|层|支|米|%|awg|μ|ohm|k?ω"
)
_LETTER_UNIT = "[gvawtmsd]"
_DIMENSIONS = re.compile(
    rf"(?<![a-z0-9])m\d+(?:\.\d+)?\s*[x*]\s*\d+(?:\.\d+)?"
    rf"|(?<![a-z0-9.])φ\s*{_NUMBER}(?:\s*[x*]\s*{_NUMBER})*\s*(?:mm)?"
    rf"|(?<![a-z0-9])(?:od|id|[tldwhδ])\s*[=:]?\s*\d+[.,]\d+\s*(?:mm)?(?![a-z0-9])"
    rf"|(?<![a-z0-9])(?:od|id|[tldwhδ])\s*[=:]\s*{_NUMBER}\s*(?:mm)?(?![a-z0-9])"
    rf"|(?<![a-z0-9.]){_NUMBER}(?:\s*[x*]\s*{_NUMBER})+\s*(?:mm|cm|m)?(?![a-z0-9])"
    rf"|(?<![a-z0-9.]){_NUMBER}\s*-\s*{_NUMBER}(?:\s*(?:{_UNIT})|{_LETTER_UNIT})(?![a-z0-9/])"
    rf"|(?<![a-z0-9.#])(?<![a-z0-9]-){_NUMBER}(?:\s*(?:{_UNIT})|{_LETTER_UNIT})(?![a-z0-9/])"
    rf"|(?<![a-z0-9])ral\s*\d{{4}}(?![0-9])"
    rf"|(?<![a-z0-9.])[x*]\s*{_NUMBER}(?![a-z0-9])"
)
_SEPARATORS = frozenset(" \t\r\n-_/,;:()[]{}·•'\"’‘“”|\\+&*!?、。，；：（）【】<>《》" + GAP)


@attrs.frozen
class Line:
    """A line in the forms that the recogniser reads; the three texts have the same length.

    Parameters
    ----------
    shown : str
        Compatibility-normalised text in its own case.
    plain : str
        The same in lower case.
    masked : str
        The same with dimensions and quantities replaced by `GAP`.
    """

    shown: str
    plain: str
    masked: str


@attrs.frozen
class Squeezed:
    """Text without separators, with the way back.

    Parameters
    ----------
    text : str
        Letters, digits, Han characters and ``. # =``.
    places : tuple of int
        Place of each character in the line.
    starts, ends : frozenset of int
        Indices in `text` where a word may start, and where one may end (exclusive).
    """

    text: str
    places: tuple[int, ...]
    starts: frozenset[int]
    ends: frozenset[int]


def is_han(mark: str) -> bool:
    """Whether a character is a Han character."""
    return "㐀" <= mark <= "鿿"


def read_line(text: str) -> Line:
    """Normalise a line as a user wrote it; what is beyond `LONGEST` is not read."""
    shown = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_SIGNS).translate(_TRADITIONAL)
    shown = _DASHES.sub("-", shown)
    plain = "".join(low if len(low := mark.lower()) == 1 else mark for mark in shown)
    masked = _DIMENSIONS.sub(lambda found: GAP * len(found.group()), plain)
    return Line(shown, plain, masked)


def squeeze(text: str) -> Squeezed:
    """Drop the separators of normalised lower-case text and remember where words begin and end."""
    marks: list[str] = []
    places: list[int] = []
    starts: set[int] = {0}
    ends: set[int] = set()
    previous = ""
    for place, mark in enumerate(text):
        if mark in _SEPARATORS or (mark == "." and not _between_digits(text, place)):
            previous = ""
            continue
        here = len(marks)
        if not previous or is_han(previous) != is_han(mark):
            starts.add(here)
            ends.add(here)
        marks.append(mark)
        places.append(place)
        previous = mark
    ends.add(len(marks))
    return Squeezed("".join(marks), tuple(places), frozenset(starts), frozenset(ends))


def _between_digits(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and text[place - 1].isdigit() and text[place + 1].isdigit()


def key_of(name: str) -> str:
    """The squeezed form of a name of the tables."""
    return squeeze(read_line(name).plain).text
