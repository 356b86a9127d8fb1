"""Places: countries, subdivisions, world regions and the Chinese grid regions, and which contains which.

Codes are ISO 3166-1 alpha-2 (``CN``), ISO 3166-2 (``CN-GD``), the region codes of life cycle inventories (``GLO``,
``RoW``, ``RER``, ``RNA``, ...), ``EU``, and seven codes of our own for the Chinese regional grids
(``CN-EastGrid``). What the regions hold, and on what basis, is stated in ``places.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.toml import read_toml

LONGEST_PLACE = 100
"""Longest text that is read as a place [characters]."""

DISTANCE_ROW = 40
"""Distance to ``RoW``: it holds everything, but every place that is named is nearer."""
DISTANCE_PART = 60
"""Distance to a part of the wanted place, for example a province for its country."""
DISTANCE_SAME_GRID = 65
"""Distance to another province of the same grid region."""
DISTANCE_SAME_COUNTRY = 70
"""Distance to another part of the same country."""
DISTANCE_SAME_REGION = 80
"""Distance to another country of the same world region."""
DISTANCE_ELSEWHERE = 90
"""Distance to every other place."""

_SUBDIVISION = re.compile(r"([A-Z]{2})-([A-Z0-9]{1,3})")


@attrs.frozen
class _Atlas:
    names: Mapping[str, Text]
    parents: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, str]
    countries: frozenset[str]


@cache
def _atlas() -> _Atlas:
    """Read the packaged table; country names from CLDR are added only when they are needed."""
    document = read_toml(files("cradlemark.core").joinpath("places.toml").read_bytes(), where="places.toml")
    builder = _Builder(document)
    return builder.atlas()


class _Builder:
    """Turns the document into names, parents and spellings."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.names: dict[str, Text] = {}
        self.parents: dict[str, tuple[str, ...]] = {}
        self.spellings: dict[str, str] = {}

    def atlas(self) -> _Atlas:
        self._countries()
        countries = frozenset(self.parents)
        for code, entry in (*self.document["world"].items(), *self.document["regions"].items()):
            self._place(code, entry, () if code == "GLO" else ("GLO",))
        for code, entry in self.document["grids"].items():
            self._place(code, entry, ("CN", *self.parents["CN"]))
        for country, entries in self.document["subdivisions"].items():
            self._subdivisions(country, entries)
        for country, entry in self.document["within"].items():
            for code in entry["members"].split():
                self.parents[code] = (country, *self.parents[code])
                self.spellings[_key(f"{country}-{code}")] = code
        for code, entry in self.document["names"].items():
            self._spell(code, entry)
            if "en" in entry:
                self.names[code] = Text(entry["en"], entry["zh"])
        return _Atlas(self.names, self.parents, self.spellings, countries)

    def _countries(self) -> None:
        regions = self.document["regions"]
        held = {code: region["members"].split() for code, region in regions.items()}
        every = {code for members in held.values() for code in members}
        for code in sorted(every | set(self.document["outside"]["members"].split())):
            # EU before RER: the smaller of two regions is the nearer one.
            around = sorted((len(members), region) for region, members in held.items() if code in members)
            self.parents[code] = (*(region for _, region in around), "GLO")
            self.spellings[_key(code)] = code

    def _subdivisions(self, country: str, entries: Mapping[str, Any]) -> None:
        for part, entry in entries.items():
            grid = (entry["grid"],) if "grid" in entry else ()
            self._place(f"{country}-{part}", entry, (*grid, country, *self.parents[country]))
            if "number" in entry:
                self.spellings[_key(f"{country}-{entry['number']}")] = f"{country}-{part}"

    def _place(self, code: str, entry: Mapping[str, Any], parents: tuple[str, ...]) -> None:
        self.names[code] = Text(entry["en"], entry["zh"])
        self.parents[code] = parents
        self.spellings[_key(code)] = code
        self._spell(code, entry)

    def _spell(self, code: str, entry: Mapping[str, Any]) -> None:
        for spelling in (entry.get("en"), entry.get("zh"), *entry.get("spellings", ())):
            if spelling:
                self.spellings.setdefault(_key(spelling), code)


@cache
def _country_names() -> Mapping[str, Text]:
    from babel import Locale

    english, chinese = Locale("en").territories, Locale("zh").territories
    own = _atlas().names
    return {code: own.get(code) or Text(english[code], chinese[code]) for code in sorted(_atlas().countries)}


@cache
def _country_spellings() -> Mapping[str, str]:
    """Names of countries in English, Chinese and German and their three-letter codes."""
    from babel import Locale
    from babel.core import get_global

    countries = _atlas().countries
    spellings: dict[str, str] = {}
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and codes[0] in countries:
            spellings[_key(alias)] = codes[0]
    for locale in (Locale("en"), Locale("zh"), Locale("de")):
        for code in sorted(countries):
            spellings.setdefault(_key(locale.territories[code]), code)
    return spellings


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("_", "-").casefold().split())


def known_place(code: str, *, where: str = "") -> str:
    """Canonical code of a place.

    Parameters
    ----------
    code : str
        A code in any case (``cn``, ``CHN``, ``CN-GD``, ``CN-44``, ``row``) or a name in English, Chinese or, for
        countries, German (``China``, ``广东省``). ISO 3166-2 codes of countries other than CN and US are accepted by
        their form.
    where : str
        Place in the user's document, for the message.

    Raises
    ------
    InputError
        ``place-unknown``, with what may be meant.

    Examples
    --------
    >>> known_place("CHN"), known_place("广东"), known_place("rest of world"), known_place("DE-BY")
    ('CN', 'CN-GD', 'RoW', 'DE-BY')
    """
    try:
        return _known(code)
    except InputError as error:
        raise InputError(error.message, code=error.code, where=where, hint=error.hint) from None


@lru_cache(maxsize=4096)
def _known(text: str) -> str:
    if len(text) > LONGEST_PLACE:
        raise InputError(
            Text(f"a place of {len(text)} characters is not read", f"不读取 {len(text)} 个字符的地点"),
            code="place-unknown",
            hint=Text("write its code", "写其代码"),
        )
    key = _key(text)
    found = _atlas().spellings.get(key) or _country_spellings().get(key)
    if found:
        return found
    subdivision = _SUBDIVISION.fullmatch(key.upper())
    listed = _listed_countries()
    if subdivision and subdivision[1] in _atlas().countries - listed:
        return key.upper()
    if subdivision and subdivision[1] in listed:
        raise InputError(
            Text(
                f"{subdivision[1]} has no subdivision {subdivision[2]}",
                f"{subdivision[1]} 没有分区 {subdivision[2]}",
            ),
            code="place-unknown",
            hint=_offer(
                key, {spelling: code for spelling, code in _atlas().spellings.items() if "-" in code}
            ),
        )
    every = {**_country_spellings(), **_atlas().spellings}
    raise InputError(
        Text(f"unknown place {text!r}", f"未知地点 {text!r}"), code="place-unknown", hint=_offer(key, every)
    )


@cache
def _listed_countries() -> frozenset[str]:
    """Countries whose subdivisions are all known here."""
    return frozenset(code.partition("-")[0] for code in _atlas().parents if _SUBDIVISION.fullmatch(code))


def _offer(key: str, spellings: Mapping[str, str]) -> Text:
    matches = get_close_matches(key, spellings, n=4, cutoff=0.7) if len(key) > 2 else ()
    codes = dict.fromkeys(spellings[match] for match in matches)
    offers = [f"{code} ({place_name(code).en})" for code in codes]
    if not offers:
        return Text(
            "write an ISO 3166 code (CN, CN-GD), RER, RoW or GLO",
            "写 ISO 3166 代码（CN、CN-GD）、RER、RoW 或 GLO",
        )
    named = [f"{code} ({place_name(code).zh})" for code in codes]
    return Text(f"did you mean {' or '.join(offers)}?", f"是否指 {' 或 '.join(named)}？")


def place_name(code: str) -> Text:
    """Name of a place in English and Chinese.

    Countries have CLDR's names (except those in ``places.toml``), subdivisions that are not listed their code with
    the name of the country.
    """
    known = known_place(code)
    own = _atlas().names.get(known)
    if own:
        return own
    countries = _country_names()
    if known in countries:
        return countries[known]
    country = countries[known.partition("-")[0]]
    return Text(f"{country.en} ({known})", f"{country.zh}（{known}）")


@lru_cache(maxsize=4096)
def containing(code: str) -> tuple[str, ...]:
    """Places that contain a place, the smallest first: grid region, country, world regions, ``GLO``.

    Examples
    --------
    >>> containing("CN-GD"), containing("FR")
    (('CN-SouthGrid', 'CN', 'RAS', 'GLO'), ('EU', 'RER', 'GLO'))
    """
    known = known_place(code)
    parents = _atlas().parents.get(known)
    if parents is None:
        country = known.partition("-")[0]
        parents = (country, *_atlas().parents[country])
    return parents


@lru_cache(maxsize=4096)
def contains(outer: str, inner: str) -> bool:
    """Whether one place holds another, or is it.

    ``GLO`` holds all. ``RoW`` holds every place but ``GLO``; what it leaves out depends on the database.
    """
    first, second = known_place(outer), known_place(inner)
    if first == second or first in containing(second):
        return True
    return first == "RoW" and second != "GLO"


@lru_cache(maxsize=8192)
def distance(wanted: str, offered: str) -> int:
    """Rank of an offered place for a wanted one; smaller is better.

    Returns
    -------
    int
        0 the same; 1, 2, ... the smallest place that contains the wanted one, the next, up to ``GLO``;
        `DISTANCE_ROW` rest of the world; `DISTANCE_PART` a part of the wanted place; `DISTANCE_SAME_GRID`,
        `DISTANCE_SAME_COUNTRY`, `DISTANCE_SAME_REGION` beside it; `DISTANCE_ELSEWHERE` all else. From
        `DISTANCE_PART` on, the offered place does not cover the wanted one.
    """
    first, second = known_place(wanted), known_place(offered)
    if first == second:
        return 0
    around = containing(first)
    if second in around:
        return 1 + around.index(second)
    if second == "RoW":
        return DISTANCE_ROW if first != "GLO" else DISTANCE_PART
    if contains(first, second):
        return DISTANCE_PART
    return next(_beside(around, containing(second)), DISTANCE_ELSEWHERE)


def _beside(around: tuple[str, ...], others: tuple[str, ...]) -> Iterator[int]:
    """Rank what two places that do not hold each other have in common, the smallest first."""
    for place in around:
        if place in others and place != "GLO":
            if place.endswith("Grid"):
                yield DISTANCE_SAME_GRID
            elif place in _atlas().countries:
                yield DISTANCE_SAME_COUNTRY
            else:
                yield DISTANCE_SAME_REGION


@attrs.frozen(order=True)
class Place:
    """A place by its canonical code; any spelling is made canonical.

    Parameters
    ----------
    code : str
        See `known_place`.
    """

    code: str = attrs.field(converter=known_place)

    @property
    def name(self) -> Text:
        """Name in English and Chinese."""
        return place_name(self.code)

    def contains(self, other: Place) -> bool:
        """Whether this place holds another, or is it."""
        return contains(self.code, other.code)

    def __str__(self) -> str:
        return self.code
