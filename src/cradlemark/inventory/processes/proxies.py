"""A stand-in for an input that nobody in the database makes, to estimate how much its cut-off may weigh.

A proxy is only shown, never added to a result. None is taken where a likely one would mislead: scrap and other
recovered material (a primary material would weigh far more), ores and concentrates (the metal would), electricity of
a stated kind when only the mix is there, fuels with their burning (the burning stands in the process itself).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Literal

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.core.places import known_place
from cradlemark.core.quantities import conversion_factor
from cradlemark.inventory.dataset import Dataset, Status
from cradlemark.inventory.matching import Matcher, Query

CHOSEN = Text("Chosen in the mapping file.", "由映射文件指定。")
Standing = Status | Literal["calculated"]
"""Status of a packaged number; ``calculated`` for one that the database itself gives."""

_TAIL = re.compile(r",?\s+(?:at|for|from|to)\s+(?:the\s+)?[^,;]*$|,?\s*unspecified\b|[,\s]+$", re.IGNORECASE)
_TREATMENT = re.compile(r"^(?:disposal|treatment|landfill|incineration)\b|处置|处理|填埋|焚烧", re.IGNORECASE)
_RECOVERED = re.compile(
    r"\bscrap\b|\bwastes?\b|residue|recovered|recycl|secondary fuel|post-?consumer|废|回收|再生",
    re.IGNORECASE,
)
_RAW = re.compile(r"\bores?\b|concentrates?\b|\btailings\b|overburden|矿石|精矿|矿粉", re.IGNORECASE)
_ELECTRICITY = re.compile(r"electric|\bpower\b|电力|电能|发电", re.IGNORECASE)
_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), words)
    for pattern, words in (
        (r"hydro|水电", "electricity from hydropower"),
        (r"wind|风电", "electricity from wind onshore"),
        (r"solar|photovolt|光伏|太阳能", "electricity from solar PV utility"),
        (r"nuclear|核电", "electricity from nuclear"),
        (r"geotherm|地热", "electricity from geothermal"),
        (r"biomass|wood|生物质", "electricity from biomass"),
        (r"lignite|coal|煤电", "electricity from coal"),
        (r"natural gas|天然气", "electricity from natural gas"),
        (r"\boil\b|diesel|petroleum|other|thermal|waste|火电|热电", ""),
    )
)
"""Kinds of generation and the words that find them; empty: the packaged factors have none."""
_FUEL = re.compile(
    r"diesel|gasoline|petrol\b|kerosene|fuel oil|\bcoal\b|\bcoke\b|natural gas|lpg|liquefied|naphtha|柴油|汽油|煤油|燃料油|煤炭|天然气|石脑油|石油焦",
    re.IGNORECASE,
)
_WATER = re.compile(r"\bwater\b|自来水", re.IGNORECASE)
_ENERGY_UNITS = frozenset({"MJ", "kWh", "GJ", "kJ", "MWh", "J"})
_TRANSPORT_UNITS = frozenset({"t*km", "kg*km", "t.km", "tkm"})


LONGEST = 300
"""Characters of a name that are looked at."""


def _shortened(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(" ".join(name[: 4 * LONGEST].split())[:LONGEST] for name in names)


@attrs.frozen
class Wanted:
    """A cut-off flow as a proxy is looked for.

    Parameters
    ----------
    names : tuple of str
        Names in all languages, the first one preferred.
    unit : str
        Reference unit of the flow.
    waste : bool
        Whether it is a waste that has to be treated.
    place : str
        Place of the process that uses it; any code.
    """

    names: tuple[str, ...] = attrs.field(converter=_shortened)
    unit: str
    waste: bool = False
    place: str = ""


@attrs.frozen
class Proxy:
    """A stand-in and what it weighs.

    Parameters
    ----------
    name : Text
    source : str
        Identifier: ``starter:...`` for a packaged factor, ``process/flow`` for a product of the same database.
    score : float
        How well it fits [0-100].
    value : float
        [kg CO2e / reference unit of the flow]
    status : str
        Status of the number; ``calculated`` when it is the database's own result.
    reason : Text
    """

    name: Text
    source: str
    score: float
    value: float
    status: Standing
    reason: Text


def packaged_proxy(wanted: Wanted, matcher: Matcher) -> Proxy | None:
    """The accepted match of a flow among the packaged factors, or None.

    Parameters
    ----------
    wanted : Wanted
    matcher : Matcher
        Over the factors to choose from.
    """
    for query, scale in _queries(wanted):
        found = matcher.best(query)
        if found is None:
            continue
        dataset = matcher.inventory[found.dataset]
        value = _value(dataset, query.unit)
        if value is None or (query.boundary and dataset.boundary not in query.boundary):
            continue
        if query.role == "electricity" and not _same_kind(query.text, dataset):
            continue
        source = f"{dataset.database or 'starter'}:{dataset.id}"
        return Proxy(dataset.name, source, found.score, value * scale, dataset.status, found.reason)
    return None


def chosen_proxy(source: str, unit: str, factor: float, matcher: Matcher) -> Proxy | None:
    """The packaged factor that a person chose, ``starter:ID``; None when there is none or it does not convert.

    Parameters
    ----------
    source : str
    unit : str
        Reference unit of the flow it stands for.
    factor : float
        Units of the factor per unit of the flow [1]; nan when the units tell.
    matcher : Matcher
        Over the packaged factors.
    """
    identifier = source.partition(":")[2] or source
    if identifier not in matcher.inventory:
        return None
    dataset = matcher.inventory[identifier]
    scale = unit_factor(unit, dataset.unit, factor)
    if math.isnan(scale):
        return None
    return Proxy(dataset.name, source, 100.0, dataset.climate.total * scale, dataset.status, CHOSEN)


def unit_factor(asked: str, given: str, factor: float) -> float:
    """Units that are given per unit that is asked for [1]: the stated factor, else what the units tell, else nan."""
    if not math.isnan(factor):
        return factor
    try:
        return 1.0 if asked == given else conversion_factor(asked, given)
    except CradlemarkError:
        return math.nan


def _queries(wanted: Wanted) -> Iterator[tuple[Query, float]]:
    """What to ask for, with the units of the question per unit of the flow [1]."""
    place = _place(wanted.place)
    for name in dict.fromkeys(name for name in wanted.names if name):
        head = _head(name)
        if wanted.waste or _TREATMENT.search(head):
            places = dict.fromkeys((place, "GLO"))
            yield from ((Query(name, wanted.unit, where, role="waste"), 1.0) for where in places)
        elif _RECOVERED.search(head) or _RAW.search(head):
            continue
        elif wanted.unit in _TRANSPORT_UNITS:
            yield Query(head, "t*km", place, role="transport"), 1.0
        elif wanted.unit in _ENERGY_UNITS and _ELECTRICITY.search(head):
            yield from ((query, 1.0) for query in _electricity(wanted, place))
        elif _FUEL.search(head):
            supply = ("well_to_tank", "cradle_to_gate")
            yield Query(head, wanted.unit, place, role="energy", boundary=supply), 1.0
        elif wanted.unit in _ENERGY_UNITS:
            yield Query(head, wanted.unit, place, role="energy"), 1.0
        elif wanted.unit == "kg" and _WATER.search(head):
            yield Query(head, "m3", place), 1e-3
        else:
            yield Query(head, wanted.unit, place), 1.0


def _electricity(wanted: Wanted, place: str) -> Iterator[Query]:
    name = " ".join(wanted.names)
    for pattern, words in _KINDS:
        if pattern.search(name):
            if words:
                yield Query(words, wanted.unit, "GLO", role="electricity")
            return
    yield Query("electricity", wanted.unit, place, role="electricity")


def _same_kind(asked: str, dataset: Dataset) -> bool:
    """Whether electricity of a stated kind was answered with that kind and not with a mix."""
    kind = asked.removeprefix("electricity from ")
    return kind == asked or kind.split()[0].lower() in dataset.name.en.lower()


def _head(name: str) -> str:
    """The thing itself: ``sodium hydroxide`` of ``sodium hydroxide; production mix, at plant``."""
    head = re.split(r"[;；]", name, maxsplit=1)[0].strip()
    shorter = _TAIL.sub("", head).strip(" ,")
    return shorter or head


def _place(code: str) -> str:
    try:
        return known_place(code) if code else "GLO"
    except CradlemarkError:
        return "GLO"


def _value(dataset: Dataset, unit: str) -> float | None:
    """Climate impact per unit [kg CO2e / unit]; None when the units do not convert."""
    try:
        return dataset.climate.total * conversion_factor(unit, dataset.unit)
    except CradlemarkError:
        return None
