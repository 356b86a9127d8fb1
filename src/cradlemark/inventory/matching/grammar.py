"""Designations that follow a grammar, so that no table has to list them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import attrs

_FIRST = {
    "zn": "brass", "sn": "tin_bronze", "ni": "cupronickel", "al": "aluminium_bronze", "si": "silicon_bronze",
    "be": "beryllium_copper", "pb": "brass_leaded",
}  # fmt: skip


@attrs.frozen
class Designation:
    """A designation found by grammar.

    Parameters
    ----------
    start, end : int
        Place in the line.
    concept : str
        What it means.
    standard : str
        Naming system.
    """

    start: int
    end: int
    concept: str
    standard: str


def _copper_symbol(found: re.Match[str]) -> str:
    elements = re.findall(r"zn|sn|ni|al|be|si|pb|cr|fe|ag|mg|co|te|mn|zr|p|as", found["rest"])
    if elements[0] == "zn":
        return "brass_leaded" if "pb" in elements else "brass"
    if elements[0] == "ni" and "zn" in elements:
        return "nickel_silver"
    if elements[0] == "ni" and "si" in elements:
        return "low_alloyed_copper"
    return _FIRST.get(elements[0], "low_alloyed_copper")


_UNS = (
    (16000, "copper"), (17000, "low_alloyed_copper"), (17800, "beryllium_copper"), (20000, "low_alloyed_copper"),
    (30000, "brass"), (40000, "brass_leaded"), (50000, "brass"), (60000, "tin_bronze"), (64500, "aluminium_bronze"),
    (66200, "silicon_bronze"), (70000, "brass"), (73500, "cupronickel"), (80000, "nickel_silver"),
)  # fmt: skip


def _uns_copper(found: re.Match[str]) -> str:
    number = int(found["number"])
    return next((concept for limit, concept in _UNS if number < limit), "")


_EN_COPPER = {
    "a": "copper", "b": "copper", "c": "low_alloyed_copper", "d": "low_alloyed_copper", "e": "copper_alloy",
    "f": "copper_alloy", "g": "aluminium_bronze", "h": "cupronickel", "j": "nickel_silver", "k": "tin_bronze",
    "l": "brass", "m": "brass", "n": "brass_leaded", "p": "brass_leaded", "r": "brass", "s": "brass",
}  # fmt: skip


def _en_steel(found: re.Match[str]) -> str:
    group = int(found["group"])
    if group in (40, 41):
        return "stainless_martensitic"
    if group in (43, 44, 45, 46, 48, 49):
        return "stainless_austenitic"
    if 20 <= group <= 28 or group in (32, 33):
        return "tool_steel"
    if group < 20 or group in (90, 91):
        return "carbon_steel"
    return "alloy_steel" if group >= 50 else ""


def _chromium_steel(found: re.Match[str]) -> str:
    nickel = re.search(r"ni(\d*)", found["rest"])
    if nickel:
        return "stainless_austenitic"
    return "stainless_martensitic" if int(found["carbon"]) >= 12 else "stainless_ferritic"


def _gb_chromium(found: re.Match[str]) -> str:
    if "ni" in found["rest"]:
        return "stainless_austenitic"
    return "stainless_ferritic" if found["chromium"] in ("16", "17", "18") else "stainless_martensitic"


def _sus(found: re.Match[str]) -> str:
    number = int(found["number"])
    if 200 <= number < 400:
        return "stainless_duplex" if number == 329 else "stainless_austenitic"
    ferritic = number in (405, 409, 429, 430, 434, 436, 439, 441, 443, 444, 445, 447)
    return "stainless_ferritic" if ferritic else "stainless_martensitic"


def _always(concept: str) -> Callable[[re.Match[str]], str]:
    return lambda _: concept


_BARE_ALUMINIUM = (
    "(?:10[567]0|1100|1200|300[34]|3105|5005|5052|5083|5754|6005|606[0135]|6082|7050|7075|2017|2024|8011)a?"
)
_TEMPER = r"(?:[ -]?(?:t\d{1,4}|h\d{2,3}|o|f))"
_RULES: tuple[tuple[str, Callable[[re.Match[str]], str], str], ...] = (
    (
        r"cu(?P<rest>(?:(?:zn|sn|ni|al|be|si|pb|cr|fe|ag|mg|co|te|mn|zr|as|p)\d*(?:\.\d+)?){1,6})",
        _copper_symbol,
        "ISO 1190-1 symbol",
    ),
    (r"c(?P<number>[1-7]\d{4})", _uns_copper, "UNS"),
    (r"c[wcbr]\d{3}(?P<letter>[a-hj-npr-s])", lambda found: _EN_COPPER[found["letter"]], "EN 1412 number"),
    (r"h(?:5[89]|6[0-9]|70|80|85|90|95|96)[a-z]?", _always("brass"), "GB/T 5231"),
    (r"hpb\d\d-\d(?:\.\d)?", _always("brass_leaded"), "GB/T 5231"),
    (r"h(?:sn|al|mn|fe|ni|si|as)\d\d-[\d.-]+", _always("brass"), "GB/T 5231"),
    (r"z?c?qsn\d+(?:\.\d+)?(?:-[\d.]+)*", _always("tin_bronze"), "GB/T 5231"),
    (r"qal\d+(?:-[\d.]+)*", _always("aluminium_bronze"), "GB/T 5231"),
    (r"qbe\d(?:\.\d+)?", _always("beryllium_copper"), "GB/T 5231"),
    (r"bzn\d\d-\d\d", _always("nickel_silver"), "GB/T 5231"),
    (r"(?:w\.?nr\.? ?)?1\.(?P<group>\d\d)\d\d", _en_steel, "EN 10027-2 number"),
    (r"x(?P<carbon>\d{1,3})cr(?P<rest>[a-z0-9]*(?:-\d+)*)", _chromium_steel, "EN 10027-1 symbol"),
    (r"y?\d{1,3}cr(?P<chromium>1[1-9]|2[0-9])(?P<rest>(?:[a-z]{1,2}\d*)*)", _gb_chromium, "GB/T 20878"),
    (r"sus ?(?P<number>[2-6]\d\d)[a-z0-9]{0,3}", _sus, "JIS G 4305"),
    (r"(?:aisi|ss) ?(?P<number>[2-4]\d\d)[a-z]{0,2}", _sus, "AISI"),
    (r"s(?:235|275|355|420|460|690)[a-z0-9]{0,4}", _always("carbon_steel"), "EN 10025"),
    (r"q(?:195|215|235|275|345|355|390|420|460)[a-f]?", _always("carbon_steel"), "GB/T 700, GB/T 1591"),
    (
        r"\d{2}(?:cr|mn|mo|ni|si|nicr|crmo|crni|mncr)(?:[a-z]{1,2}\d*)*\d?(?:-\d+)*",
        _always("alloy_steel"),
        "EN ISO 683",
    ),
    (r"scm\d{3}h?|sncm\d{3}|scr\d{3}h?", _always("alloy_steel"), "JIS G 4053"),
    (r"dc0[1-7](?:[ +-]?[a-z0-9]{1,4})?", _always("cold_rolled_steel"), "EN 10130"),
    (r"dx5[1-7]d(?:\+?z[am]?f?\d*)?", _always("hot_dip_galvanised"), "EN 10346"),
    (r"ht[1-3][05]0", _always("cast_iron"), "GB/T 9439"),
    (r"qt\d{3}-\d{1,2}", _always("cast_iron"), "GB/T 1348"),
    (r"(?:en-)?gj[lsmv]-?\d{3}(?:-\d+)?", _always("cast_iron"), "EN 1560"),
    (r"fcd?\d{3}", _always("cast_iron"), "JIS G 5501, G 5502"),
    (r"(?:en ?)?ac-?4\d{4}", _always("aluminium_casting_alloy"), "EN 1706 number"),
    (r"alsi\d*[a-z0-9.]*(?:\(fe\))?", _always("aluminium_casting_alloy"), "EN 1706 symbol"),
    (r"al(?:mg|mn|cu|zn)\d[a-z0-9.]*", _always("aluminium"), "EN 573-2 symbol"),
    (rf"(?:(?:en )?aw|aa|al|a)[- ]?(?:[1-8]\d{{3}})a?{_TEMPER}?", _always("aluminium"), "EN 573, AA number"),
    (r"[1-8]\d{3}a?[ -](?:t\d{1,4}|h\d{2,3}|o)", _always("aluminium"), "EN 573, AA number"),
    (
        _BARE_ALUMINIUM + r"(?=[ -]*(?:铝|alum|alu))",
        _always("aluminium"),
        "EN 573, AA number",
    ),
    (
        r"(?<=铝)[ -]?(?:1050|1060|1070|1100|3003|5005|5052|5083|6061|6063|6082|7075|2024|8011)a?",
        _always("aluminium"),
        "EN 573, AA number",
    ),
    (r"z?znal\d+(?:cu\d+)?[a-z]?", _always("zinc_alloy"), "EN 1774 symbol"),
    (r"sn\d\d(?:\.\d+)?-?pb\d\d(?:\.\d+)?", _always("solder_leaded"), "ISO 9453"),
    (
        r"sn\d\d(?:\.\d+)?-?(?:ag|cu|bi)\d*(?:\.\d+)?(?:-?(?:cu|ag|ni)\d*(?:\.\d+)?)*",
        _always("solder"),
        "ISO 9453",
    ),
    (r"sac\d{3,4}", _always("solder"), "J-STD-006"),
    (r"ag(?:ni|cdo|sno2?|cu|zno|w|c)\d*(?:[(/ -]?\d+\)?)?", _always("silver_contact"), "DIN 17471"),
    (r"cu[- ]?99\.\d+", _always("copper"), "purity"),
    (r"ni[- ]?99\.\d+", _always("nickel"), "purity"),
    (r"zn[- ]?99\.\d+", _always("zinc"), "purity"),
    (r"sn[- ]?99\.\d+", _always("tin"), "purity"),
    (r"al[- ]?99\.\d+", _always("aluminium_primary"), "purity"),
)
_SYMBOLS = tuple(
    (re.compile(rf"(?<![a-z0-9.]){pattern}(?![a-z0-9])"), concept, standard)
    for pattern, concept, standard in _RULES
)
_ANY = re.compile(r"\d")
_COMPOUND_EN = re.compile(
    r"(?<![a-z])(?:copper|zinc|nickel|tin|silver|gold|iron|ferric|ferrous|aluminium|aluminum|sodium|potassium|calcium|"
    r"ammonium|magnesium|lead|cobalt|chromium|barium|lithium|titanium|manganese)(?:\([iv]+\))? "
    r"(?:sulphate|sulfate|chloride|oxide|dioxide|nitrate|carbonate|bicarbonate|hydroxide|cyanide|phosphate|acetate|"
    r"fluoride|sulphide|sulfide|sulfamate|stearate|silicate|hypochlorite|persulfate|persulphate|salt|polish|paint|paste)"
)
_COMPOUND_ZH = re.compile(
    "(?:硫酸|硝酸|氯化|碳酸|磷酸|氧化|氢氧化|硫化|氟化|氰化|醋酸|过硫酸|硅酸|柠檬酸|氨基磺酸|次氯酸|亚硫酸|硬脂酸|焦磷酸)"
    "[亚氢]?(?:铜|锌|镍|铁|铝|镁|锡|铬|钠|钙|钾|铵|银|铅|钴|钡|锂|锰|钛)"
)
_CONCRETE = re.compile(r"(?<![a-z0-9])c(?P<grade>[1-9][05])(?:/\d\d)?(?![0-9])")
_TONNES = re.compile(
    r"(?P<above>>)? ?(?:(\d+(?:\.\d+)?) ?(?:-|to|~) ?)?(\d+(?:\.\d+)?) ?(?:吨|metric tons?|tonnes?|tons?|t(?![a-z0-9]))"
)


def designations(line: str) -> Iterator[Designation]:
    """Designations in a masked lower-case line that follow one of the grammars."""
    if _ANY.search(line):
        for symbol, concept_of, standard in _SYMBOLS:
            for found in symbol.finditer(line):
                concept = concept_of(found)
                if concept:
                    yield Designation(found.start(), found.end(), concept, standard)
    for found in (*_COMPOUND_EN.finditer(line), *_COMPOUND_ZH.finditer(line)):
        yield Designation(found.start(), found.end(), "chemical_other", "chemical name")
    if "混凝土" in line or "concrete" in line or "砼" in line:
        for found in _CONCRETE.finditer(line):
            concept = "concrete_c40" if found["grade"] == "40" else "concrete"
            yield Designation(found.start(), found.end(), concept, "strength class")


_CHINESE_TRUCKS = (
    (4.5, "truck_light"), (12.0, "truck_medium"), (16.0, "truck_heavy"), (20.0, "truck_heavy_16_20"),
    (25.0, "truck_heavy_20_25"), (31.0, "truck_heavy_25_31"), (1e9, "truck_heavy"),
)  # fmt: skip
_BRITISH_TRUCKS = (
    (7.5, "hgv_rigid_3_7"),
    (17.0, "hgv_rigid_7_17"),
    (33.0, "hgv_rigid_17"),
    (1e9, "hgv_articulated_33"),
)


def truck_class(line: str, *, articulated: bool) -> str:
    """Concept of a lorry from the tonnes in its text: gross mass classes of GB/T 15089 practice or of British statistics.

    Parameters
    ----------
    line : str
        Lower-case line, dimensions not masked.
    articulated : bool
        Whether the text says so.

    Returns
    -------
    str
        Concept, or empty if the line states no tonnes. The upper end of a range counts.
    """
    found = _TONNES.search(line)
    if not found:
        return ""
    tonnes = float(found[3]) * (1.05 if found["above"] else 1.0)
    if articulated:
        return "hgv_articulated_33" if tonnes > 33 else "hgv_articulated_3_33"
    chinese = any("㐀" <= mark <= "鿿" for mark in line)
    classes = _CHINESE_TRUCKS if chinese else _BRITISH_TRUCKS
    return next(concept for limit, concept in classes if tonnes <= limit)
