"""What an elementary flow is made of, by CAS number or by one of its names; and which carbon it is."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.identifiers import check_cas
from cradlemark.inventory.characterisation import gases

CarbonOrigin = Literal["fossil", "biogenic", "land_use", ""]
CARBON = frozenset({"124-38-9", "74-82-8", "630-08-0"})
"""CAS numbers of carbon dioxide, methane and carbon monoxide: the gases whose origin counts."""
_BIOGENIC = re.compile(
    r"non-?\s?fossil|biogen|short cycle|from renewable|生物源|生物质|非化石", re.IGNORECASE
)
_LAND_USE = re.compile(
    r"land[ -]?(?:use|transformation)|(?:soil or|to|from) biomass stock|\bluluc\b|\bpeat oxidation|landnutzung|土地",
    re.IGNORECASE,
)
_FOSSIL = re.compile(r"fossil|化石", re.IGNORECASE)
_ORIGIN_WORDS = re.compile(
    r"[,(]?\s*(?:non-?\s?fossil|fossil|biogen(?:ic)?|short cycle|land[ -]?use(?: change)?|land transformation"
    r"|(?:from|to) soil or biomass stock|unspecified origin|化石源?|非化石|生物源|土地利用变化)\s*\)?",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(hcfc|hcfe|hfc|hfe|cfc|pfc|fc|halon|r)[- ]?([0-9][0-9a-z]*(?:-[0-9]+)*[a-z]*)\b", re.IGNORECASE
)
_ISOMER = re.compile(r"\((?:e|z|cis|trans)\)|\b(?:cis|trans)\b", re.IGNORECASE)
"""Names of one of several isomers: their codes are those of all of them."""
_INVERTED = re.compile(r"^([a-z]+), (.+)-$", re.IGNORECASE)
# Only behind a space: inside a word, as in difluoro(methoxy)methane, they belong to the structure.
_PARENTHESES = re.compile(r"\s\(([^()]+)\)")


@attrs.frozen
class Substance:
    """What a flow is.

    Parameters
    ----------
    cas : str
        CAS number without leading zeros; empty if it is not known.
    names : frozenset of str
        Its names, each in one plain form.
    origin : {"fossil", "biogenic", "land_use", ""}
        Where its carbon comes from; empty when the name does not say, or the substance is no carbon gas.
    """

    cas: str
    names: frozenset[str]
    origin: CarbonOrigin = ""


def substance_of(name: str, *, cas: str = "", synonyms: str = "", others: Iterable[str] = ()) -> Substance:
    """The substance of a flow.

    Parameters
    ----------
    name : str
        Its name; the only one that tells the origin of the carbon.
    cas : str
        Its CAS number; one with a wrong check digit is not used.
    synonyms : str
        Separated by semicolons.
    others : iterable of str
        Names in other languages.

    Examples
    --------
    >>> found = substance_of("Ethane, hexafluoro-, HFC-116")
    >>> found.cas, found.origin
    ('76-16-4', '')
    >>> found = substance_of("Methane, non-fossil")
    >>> found.cas, found.origin
    ('74-82-8', 'biogenic')
    """
    own = frozenset(plain_names(name))
    number = cas_number(cas) or _known(own)
    every = own | frozenset(
        plain for other in (*synonyms.split(";")[:200], *others) for plain in plain_names(other)
    )
    if not number:
        number = _known(every)
    origin = origin_of(" ".join((name, *others))) if number in CARBON else ""
    return Substance(number, every, origin)


def cas_number(text: str) -> str:
    """A CAS number without leading zeros, or nothing where it is none or its check digit is wrong.

    Examples
    --------
    >>> cas_number("000124-38-9"), cas_number("124-38-8"), cas_number("(no data)")
    ('124-38-9', '', '')
    """
    try:
        return check_cas(text) if text else ""
    except InputError:
        return ""


def origin_of(name: str) -> CarbonOrigin:
    """Which carbon a name says."""
    if _LAND_USE.search(name):
        return "land_use"
    if _BIOGENIC.search(name):
        return "biogenic"
    return "fossil" if _FOSSIL.search(name) else ""


def plain_names(name: str) -> tuple[str, ...]:
    """Forms of a name that can be compared: letters and digits only, inverted names turned, codes of refrigerants.

    Examples
    --------
    >>> plain_names("Sulphur hexafluoride"), plain_names("Ethane, hexafluoro-")
    (('sulfurhexafluoride',), ('ethanehexafluoro', 'hexafluoroethane'))
    """
    if not name.strip() or len(name) > 300:
        return ()
    text = unicodedata.normalize("NFKC", name).lower().replace("sulph", "sulf").strip()
    text = _ORIGIN_WORDS.sub("", text).strip(" ,")
    found = [_letters(text)]
    turned = _INVERTED.match(text)
    if turned:
        found.append(_letters(turned[2] + turned[1]))
    if not _ISOMER.search(text):
        found += [_letters("".join(code.groups())) for code in _CODE.finditer(text)]
    outside = _PARENTHESES.sub("", text)
    if outside != text:
        found += [
            _letters(outside),
            *(_letters(inside) for inside in _PARENTHESES.findall(text) if len(inside) > 3),
        ]
    return tuple(dict.fromkeys(each for each in found if len(each) > 1))


def _letters(text: str) -> str:
    return "".join(mark for mark in text if mark.isalnum())


def _known(names: frozenset[str]) -> str:
    """CAS number that all names of which one is known agree on."""
    numbers = {_numbers()[name] for name in names if name in _numbers()}
    return numbers.pop() if len(numbers) == 1 else ""


@cache
def _numbers() -> dict[str, str]:
    """CAS number by plain name, from the packaged gases and a list of common names; ambiguous names are left out."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for gas in gases().values():
        for name in (gas.name.en, gas.name.zh, gas.id.replace("_", "-")):
            for plain in plain_names(name):
                found[plain].add(cas_number(gas.cas))
    text = resources.files("cradlemark.inventory.processes").joinpath("substance_names.csv")
    for row in csv.DictReader(text.read_text(encoding="utf-8").splitlines()):
        for plain in plain_names(row["name"]):
            found[plain] |= {row["cas"]}
    return {
        name: next(iter(numbers))
        for name, numbers in found.items()
        if len(numbers - {""}) == 1 and "" not in numbers
    }
