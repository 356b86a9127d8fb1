"""Words of input-output tables: names of levels, units of money and of satellite accounts, names of documents."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from cradlemark.core.errors import InputError
from cradlemark.core.quantities import conversion_factor, dimension, normalise_unit
from cradlemark.inventory.table_columns import plain

Label = tuple[str, ...]
"""The parts of a label, for example region and sector."""
Part = Literal[
    "transactions",
    "coefficients",
    "demand",
    "output",
    "unit",
    "stressors",
    "intensities",
    "demand_stressors",
    "derived",
    "list",
    "other",
]

REGION = {"region", "country", "place", "location", "area", "地区", "区域", "国家", "省份"}
SECTOR = {"sector", "industry", "product", "commodity", "name", "部门", "行业", "产业", "产品"}
CATEGORY = {"category", "final demand", "demand", "类别", "最终需求"}
STRESSOR = {"stressor", "flow", "emission", "factor input", "inputtype", "extension", "污染物", "排放", "流"}
COMPARTMENT = {"compartment", "medium", "介质"}
UNIT = {"unit", "units", "单位"}
LEVELS = REGION | SECTOR | CATEGORY | STRESSOR | COMPARTMENT | UNIT
"""Names of the levels of labels, as they stand in a corner of a table, in the spelling of `plain`."""

_STEMS: dict[str, Part] = {
    "z": "transactions",
    "t": "transactions",
    "transactions": "transactions",
    "中间使用": "transactions",
    "中间流量": "transactions",
    "a": "coefficients",
    "coefficients": "coefficients",
    "直接消耗系数": "coefficients",
    "y": "demand",
    "final demand": "demand",
    "fd": "demand",
    "最终使用": "demand",
    "最终需求": "demand",
    "x": "output",
    "output": "output",
    "total output": "output",
    "总产出": "output",
    "unit": "unit",
    "units": "unit",
    "单位": "unit",
    "f": "stressors",
    "q": "stressors",
    "s": "intensities",
    "f y": "demand_stressors",
    "fy": "demand_stressors",
    "f hh": "demand_stressors",
}
_ENDINGS: dict[str, Part] = {"z": "transactions", "a": "coefficients", "y": "demand", "x": "output"}
_DERIVED = re.compile(
    r"l|g|b|m|m y|m down|s y|as|a lq|(?:d|e) (?:cba|pba|imp|exp)(?: cap| reg)?|leontief|ghosh"
)
_LISTS = re.compile(
    r"(?:orig )?(?:regions?|sectors?|products?|industries|final ?demands?|population|readme|licen[cs]e|metadata|file parameters)"
)
_MONEY = re.compile(
    r"(?P<scale>1000 ?|k|m|mn|mio|mill|million|bn|bill|billion|tsd|th|thousand|百万|千|万|亿|千万|十亿)?[ .]*"
    r"(?P<currency>eur|euro|€|usd|us\$|\$|cny|rmb|元|人民币|gbp|£|jpy|yen|chf|sek|nok|dkk|aud|cad|krw|inr|brl)s?",
    re.IGNORECASE,
)
_SCALES = {
    "1000": 1e3,
    "k": 1e3,
    "tsd": 1e3,
    "th": 1e3,
    "thousand": 1e3,
    "千": 1e3,
    "万": 1e4,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "mill": 1e6,
    "million": 1e6,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "bn": 1e9,
    "bill": 1e9,
    "billion": 1e9,
    "十亿": 1e9,
}
_CURRENCIES = {
    "euro": "EUR",
    "€": "EUR",
    "us$": "USD",
    "$": "USD",
    "rmb": "CNY",
    "元": "CNY",
    "人民币": "CNY",
    "£": "GBP",
    "yen": "JPY",
}
_STATISTICAL = re.compile(
    r"(?:[GTMkP]?(?:g|t|J)|1000 ?(?:p|persons?|t|ha|m3|hr)|M\.?(?:hr|m3|t|p)|Mm3|km2|ha|hr|p|persons?|fte|万人|人|万吨|亿吨|标准煤|tce)"
    r"|.{1,40}(?:[- ]?eq\.?|equivalents?).{0,20}",
    re.IGNORECASE,
)


def part_of(stem: str) -> Part:
    """What a document of a given name (without folder and ending) is in an input-output table; "other" when not known."""
    name = plain(stem)
    if name in _STEMS:
        return _STEMS[name]
    if _DERIVED.fullmatch(name):
        return "derived"
    if _LISTS.fullmatch(name):
        return "list"
    head, _, ending = name.rpartition(" ")
    return _ENDINGS.get(ending, "other") if len(head) > 2 else "other"


@cache
def money(unit: str) -> tuple[float, str] | None:
    """Units of a currency that a unit of money holds, and the currency; None for another unit.

    Examples
    --------
    >>> money("M.EUR"), money("Mill USD"), money("万元"), money("kg")
    ((1000000.0, 'EUR'), (1000000.0, 'USD'), (10000.0, 'CNY'), None)
    """
    found = _MONEY.fullmatch(unit.strip())
    if found is None:
        return None
    scale = (found.group("scale") or "").strip().lower()
    currency = found.group("currency").lower()
    return _SCALES.get(scale, 1.0), _CURRENCIES.get(currency, currency.upper())


@cache
def is_unit(text: str) -> bool:
    """Whether a text looks like a unit of money, of the unit system, or of statistics (Gg, TJ, 1000 p, M.hr, kg CO2-eq)."""
    if money(text) or _STATISTICAL.fullmatch(text.strip()):
        return True
    try:
        normalise_unit(text)
    except InputError:
        return False
    return True


@cache
def amount_in(unit: str, reference: str) -> float | None:
    """Reference units per unit [1]; None when they do not convert."""
    written = {"Gg": "kt", "Tg": "Mt", "hr": "h"}.get(unit.strip(), unit)
    try:
        return conversion_factor(written, reference) if dimension(written) == dimension(reference) else None
    except InputError:
        return None
