"""Reading units: from any spelling to one canonical text, without confusing m and M.

A unit is a product of powers of *atoms* (``kg``, ``kWh``, ``piece``). The atoms are those of ``units.txt``; the
spellings that lead to them are in ``unit_spellings.toml``. Nothing here converts: see `cradlemark.core.quantities`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text, text_of

LONGEST_UNIT = 120
"""Longest text that is read as a unit [characters]."""
HIGHEST_POWER = 12
"""Highest power of one atom in a unit."""

Powers = tuple[tuple[str, int], ...]
"""Atoms with their powers, sorted by atom, none zero."""

# These canonical spellings stand for a power of an atom.
_POWER_NAMES = {f"{atom}{power}": (atom, power) for atom in ("mm", "cm", "dm", "m", "km") for power in (2, 3)}
_NAME_OF_POWER = {pair: name for name, pair in _POWER_NAMES.items()}
# These products have names of their own.
_PRODUCTS = {
    ("W", "h"): "Wh",
    ("kW", "h"): "kWh",
    ("MW", "h"): "MWh",
    ("GW", "h"): "GWh",
    ("t", "km"): "tkm",
    ("person", "km"): "pkm",
    ("vehicle", "km"): "vkm",
}
# Here the first letter, m for milli or M for mega, carries a factor of a thousand million.
_CASE_MATTERS = frozenset(
    ["m", "mg", "mm", "mm2", "mm3", "ml", "mohm", "mω", "ma", "mv", "mw", "mwh", "mj", "mpa", "mt"]
)
_PART = re.compile(r"\s*([()/*])\s*")
_POWER = re.compile(
    r"(?P<raised>.+?)\s*\^\s*(?P<to>[+-]?\d{1,3})|(?P<glued>.*?[^\d^\s+-])(?P<by>[+-]?\d{1,3})"
)
_MULTIPLY = str.maketrans(
    {"·": "*", "⋅": "*", "×": "*", "•": "*", "∙": "*", "−": "-", "／": "/", "÷": "/", "∕": "/"}
)


_LIKE = Text("write it like kg/piece, kg*km or kJ/(kg*K)", "写作 kg/piece、kg*km 或 kJ/(kg*K)")


@attrs.frozen
class _Spellings:
    exact: Mapping[str, str]
    folded: Mapping[str, str]
    refused: Mapping[str, Text]


@cache
def _spellings() -> _Spellings:
    document = tomllib.loads(files("cradlemark.core").joinpath("unit_spellings.toml").read_text("utf-8"))
    exact: dict[str, str] = {}
    for canonical, others in document["spellings"].items():
        for spelling in (canonical, *others):
            exact[_plain(spelling)] = canonical
    folded: dict[str, str | None] = {}
    for spelling, canonical in exact.items():
        if len(spelling) > 1:
            key = _fold(spelling)
            folded[key] = canonical if folded.get(key, canonical) == canonical else None
    unique = {key: canonical for key, canonical in folded.items() if canonical is not None}
    refused = {_plain(word): text_of(reason) for word, reason in document["refused"].items()}
    return _Spellings(exact, unique, refused)


def unit_atoms() -> tuple[str, ...]:
    """Return all canonical units that have a name of their own."""
    return tuple(dict.fromkeys(_spellings().exact.values()))


def _plain(text: str) -> str:
    """Compatibility forms (m³, ㎡, ％, full width), signs of multiplication and spaces made one."""
    plain = unicodedata.normalize("NFKC", text).translate(_MULTIPLY).replace("**", "^").replace("µ", "μ")
    return " ".join(plain.split())


def _fold(plain: str) -> str:
    """Fold case, but keep the m of milli and the M of mega apart."""
    head = plain[0] if plain.lower() in _CASE_MATTERS else plain[0].lower()
    return head + plain[1:].lower()


def normalise_unit(text: str, *, where: str = "") -> str:
    """Canonical text of a unit.

    Parameters
    ----------
    text : str
        Any spelling in English, Chinese or German, or a UN/ECE Recommendation 20 code; compound units with ``/``,
        ``*`` and powers. Case is free where it cannot confuse.
    where : str
        Place in the user's document, for the message.

    Returns
    -------
    str
        For example ``kg``, ``kWh``, ``m2``, ``kg/piece``, ``kg*km``; numerator and denominator sorted, so that
        equal products of powers have equal text.

    Raises
    ------
    InputError
        ``unit-unknown``; the hint offers what may be meant.

    Examples
    --------
    >>> normalise_unit("公斤"), normalise_unit("KWH"), normalise_unit("t·km"), normalise_unit("kg per piece")
    ('kg', 'kWh', 'tkm', 'kg/piece')
    """
    try:
        return _normalise(text)
    except InputError as error:
        raise InputError(error.message, code=error.code, where=where, hint=error.hint) from None


@lru_cache(maxsize=4096)
def _normalise(text: str) -> str:
    return unit_text(unit_powers(text))


@lru_cache(maxsize=4096)
def unit_powers(text: str) -> Powers:
    """Read a unit as powers of atoms; same spellings and errors as `normalise_unit`."""
    if len(text) > LONGEST_UNIT:
        raise InputError(
            Text(f"a unit of {len(text)} characters is not read", f"不读取 {len(text)} 个字符的单位"),
            code="unit-unknown",
            hint=Text(f"write at most {LONGEST_UNIT} characters", f"最多写 {LONGEST_UNIT} 个字符"),
        )
    plain = _plain(text)
    if len(plain) > 2 and plain[0] + plain[-1] in {"()", "[]"} and not set(plain[1:-1]) & set("()[]"):
        plain = plain[1:-1].strip()
    if not plain:
        raise InputError(
            Text("there is no unit", "没有单位"),
            code="unit-unknown",
            hint=Text('write "1" for a plain number', '纯数写 "1"'),
        )
    plain = re.sub(r"\s+per\s+|\s+pro\s+|每", "/", plain)
    powers = sort_powers(_Reader(text, plain).read())
    if any(abs(power) > HIGHEST_POWER for _, power in powers):
        raise InputError(
            Text(f"{text!r} has a power beyond {HIGHEST_POWER}", f"{text!r} 的幂超过 {HIGHEST_POWER}"),
            code="unit-unknown",
            hint=Text("check the powers", "检查幂"),
        )
    return powers


def sort_powers(powers: Mapping[str, int] | Iterable[tuple[str, int]]) -> Powers:
    """Bring powers into their one order, without zeros."""
    pairs = powers.items() if isinstance(powers, Mapping) else powers
    return tuple(sorted((atom, power) for atom, power in pairs if power))


class _Reader:
    """One pass over the parts of a compound unit."""

    def __init__(self, text: str, plain: str) -> None:
        self.text = text
        whole = _atom(plain)
        # "metric ton*km" and "Item(s)" are one spelling although they hold an operator.
        self.parts = [plain] if whole else [part for part in _PART.split(plain) if part]
        self.place = 0

    def read(self) -> dict[str, int]:
        powers = self._product(closing=False)
        if self.place < len(self.parts):
            raise self._error(
                Text(f"{self.text!r} has a closing bracket too many", f"{self.text!r} 多了一个右括号")
            )
        return powers

    def _error(self, message: Text, hint: Text = _LIKE) -> InputError:
        return InputError(message, code="unit-unknown", hint=hint)

    def _product(self, *, closing: bool) -> dict[str, int]:
        powers: dict[str, int] = dict(self._factor())
        divided = False
        while self.place < len(self.parts):
            operator = self.parts[self.place]
            if operator == ")" and closing:
                break
            if operator not in {"*", "/"}:
                raise self._error(Text(f"{self.text!r} is not a unit", f"{self.text!r} 不是单位"))
            if operator == "*" and divided:
                raise self._error(
                    Text(f"{self.text!r} can be read in two ways", f"{self.text!r} 有两种读法"),
                    Text("put the whole denominator in brackets: W/(m2*K)", "把整个分母放入括号：W/(m2*K)"),
                )
            divided = divided or operator == "/"
            self.place += 1
            sign = 1 if operator == "*" else -1
            for atom, power in self._factor().items():
                powers[atom] = powers.get(atom, 0) + sign * power
        return powers

    def _factor(self) -> dict[str, int]:
        if self.place >= len(self.parts):
            raise self._error(Text(f"{self.text!r} ends too early", f"{self.text!r} 过早结束"))
        part = self.parts[self.place]
        self.place += 1
        if part == "(":
            powers = self._product(closing=True)
            if self.place >= len(self.parts):
                raise self._error(
                    Text(f"{self.text!r} has a bracket that is not closed", f"{self.text!r} 有未闭合的括号")
                )
            self.place += 1
            return powers
        if part in {")", "*", "/"}:
            raise self._error(Text(f"{self.text!r} is not a unit", f"{self.text!r} 不是单位"))
        return self._segment(part)

    def _segment(self, part: str) -> dict[str, int]:
        """Read what stands between operators: one spelling, a power, or spellings multiplied by a space."""
        if part == "1":
            return {}
        if atom := _atom(part):
            return _expanded(atom, 1)
        if found := _POWER.fullmatch(part):
            atom, power = _atom(found["raised"] or found["glued"]), int(found["to"] or found["by"])
            if atom and abs(power) <= HIGHEST_POWER:
                return _expanded(atom, power)
        words = part.split(" ")
        if len(words) == 1 or not all(_atom(word) or _POWER.fullmatch(word) for word in words):
            raise _unknown(part, self.text)
        powers: dict[str, int] = {}
        for word in words:
            for atom, power in self._segment(word).items():
                powers[atom] = powers.get(atom, 0) + power
        return powers


def _expanded(atom: str, power: int) -> dict[str, int]:
    if atom == "1":
        return {}
    base, inner = _POWER_NAMES.get(atom, (atom, 1))
    return {base: inner * power}


@lru_cache(maxsize=4096)
def _atom(spelling: str) -> str | None:
    """Find the canonical atom of one spelling, or nothing; refused words raise."""
    table = _spellings()
    for candidate in (spelling, spelling.rstrip(".")):
        if candidate in table.exact:
            return table.exact[candidate]
        if candidate in table.refused:
            raise InputError(
                Text(f"{spelling!r} is not one unit", f"{spelling!r} 不是一个单位"),
                code="unit-unknown",
                hint=table.refused[candidate],
            )
    if len(spelling) > 1:
        found = table.folded.get(_fold(spelling.rstrip(".") or spelling))
        if found:
            return found
        lower = spelling.lower()
        if len(spelling) > 2 and lower[0] != "m" and lower in table.refused:
            raise InputError(
                Text(f"{spelling!r} is not one unit", f"{spelling!r} 不是一个单位"),
                code="unit-unknown",
                hint=table.refused[lower],
            )
    return None


def _unknown(part: str, text: str) -> InputError:
    table = _spellings().exact
    same_letters = [canonical for spelling, canonical in table.items() if spelling.lower() == part.lower()]
    close = [table[match] for match in get_close_matches(part, table, n=3, cutoff=0.6)]
    offers = list(dict.fromkeys([*same_letters, *close]))
    within = f" in {text!r}" if part != text.strip() else ""
    hint = Text("units look like kg, kWh, m3, piece, kg/piece", "单位形如 kg、kWh、m3、piece、kg/piece")
    if offers:
        hint = Text(f"did you mean {' or '.join(offers)}?", f"是否指 {' 或 '.join(offers)}？")
    if re.search(r"CO2", part, re.IGNORECASE):
        hint = Text(
            "write the mass unit alone, for example kg; that it is CO2e belongs into its own column",
            "只写质量单位，例如 kg；CO2e 的说明放在单独的列",
        )
    return InputError(
        Text(
            f"unknown unit {part!r}{within}", f"未知单位 {part!r}" + (f"（在 {text!r} 中）" if within else "")
        ),
        code="unit-unknown",
        hint=hint,
    )


def unit_text(powers: Powers) -> str:
    """Write powers of atoms as canonical text."""
    left = dict(powers)
    names: dict[str, int] = {}
    for (first, second), product in _PRODUCTS.items():
        times = min(left.get(first, 0), left.get(second, 0))
        if times > 0:
            left[first] -= times
            left[second] -= times
            names[product] = names.get(product, 0) + times
    for atom, power in left.items():
        names[atom] = names.get(atom, 0) + power
    top = sorted((_power_text(atom, power) for atom, power in names.items() if power > 0), key=_order)
    bottom = sorted((_power_text(atom, -power) for atom, power in names.items() if power < 0), key=_order)
    return "/".join(["*".join(top) or "1", *bottom])


def _order(text: str) -> tuple[str, str]:
    return text.lower(), text


def _power_text(atom: str, power: int) -> str:
    if power == 1:
        return atom
    return _NAME_OF_POWER.get((atom, power), f"{atom}^{power}")
