"""Is the climate impact of a product of a process database plausible for what its name, process and unit say it is?

Three comparisons, each only where it applies:

- with the range of its category (the magnitude gates of datasets: electricity, fuels, freight, metals, plastics, ...);
  an electricity value that was written per kWh and labelled MJ is found here, with the slip that explains it;
- with the packaged factors for the same thing, as the table of concepts recognises it in English and Chinese;
- the name of the product with that of its process: they may not speak of two different materials.

For a unit of money the range is that of whole economies, by currency. All limits are our own choice, wide on purpose.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.quantities import conversion_factor
from cradlemark.inventory.concepts import packaged_concepts
from cradlemark.inventory.gates import gates, implausible
from cradlemark.inventory.importers.input_output.labels import money
from cradlemark.inventory.matching.recognise import packaged_recogniser
from cradlemark.inventory.processes.standing import standing
from cradlemark.inventory.starter import starter_database

WIDER = 3.0
"""How far below the lowest and above the highest packaged factor of a thing a value may lie [1]."""
SURE = 60.0
"""Least confidence [0-100] in what a name says."""
PER_EURO = (0.001, 60.0)
"""Plausible impact per euro of a sector's product [kg CO2e / EUR]; services 0.05, cement and coal power 5 to 20."""
EUROS = {
    "EUR": 1.0, "USD": 0.9, "CNY": 0.13, "GBP": 1.15, "JPY": 0.007, "CHF": 1.0, "SEK": 0.09, "NOK": 0.09, "DKK": 0.134,
    "AUD": 0.6, "CAD": 0.67, "KRW": 0.0007, "INR": 0.011, "BRL": 0.18,
}  # fmt: skip
"""Euros per unit of a currency [EUR], rounded, for orders of magnitude only."""
_COMPARED = {
    "metal_ferrous",
    "metal_nonferrous",
    "polymer",
    "cement",
    "glass_mineral",
    "electricity",
    "paper_wood",
    "rubber",
}
"""Categories whose things are alike enough for a comparison with packaged factors."""
_TOLD_APART = {"metal_ferrous", "metal_nonferrous", "polymer", "cement"}
NUCLEAR_FUEL = (50.0, 20_000.0)
"""Plausible impact of fuel for reactors [kg CO2e / kg]: 1 kg replaces tens of tonnes of coal, enriching it takes power."""
_GATE_TO_GATE = {"gate_to_gate", "direct_release", "treatment", "treatment_transport_only", "transmission"}
_GASES = {"natural_gas", "refinery_gas", "coke_oven_gas", "blast_furnace_gas", "biogas", "landfill_gas"}
"""Fuels whose cubic metres are those of a gas; the ranges for liquids hold a thousand times more."""
_LIQUID = re.compile(r"liquefied|liquid|\bLNG\b|液化", re.IGNORECASE)
_NUCLEAR = re.compile(r"uranium|nuclear fuel|核燃料|铀", re.IGNORECASE)
_RECOVERED = re.compile(r"waste|scrap|sludge|treatment of|废|污泥|废料", re.IGNORECASE)
"""What is given away; it may carry anything from nothing to the whole burden of what it comes from."""
_FREIGHT = (
    ("freight_air", re.compile(r"aircraft|air freight|\bair\b|plane|航空|空运|飞机", re.IGNORECASE)),
    ("freight_inland_water", re.compile(r"barge|inland|内河|驳船", re.IGNORECASE)),
    ("freight_sea", re.compile(r"ocean|\bsea\b|ship|freighter|vessel|ferry|海运|远洋|船", re.IGNORECASE)),
    ("freight_rail", re.compile(r"train|rail|铁路|火车", re.IGNORECASE)),
    ("freight_road", re.compile(r"truck|lorry|road|\bvan\b|卡车|货车|公路|汽车", re.IGNORECASE)),
)


@attrs.frozen
class Said:
    """What names and unit say about a product.

    Parameters
    ----------
    category : str
        Category of datasets; empty when it is not recognised.
    concept : str
        Thing of the table of concepts; empty likewise.
    variant : {"", "virgin", "recycled"}
    """

    category: str = ""
    concept: str = ""
    variant: str = ""


def doubt_of(product: str, process: str, unit: str, value: float) -> str:
    """Why a climate impact should be looked at; empty when there is no reason, or nothing to compare with.

    Parameters
    ----------
    product, process : str
        Names, in English or Chinese.
    unit : str
        Of the product.
    value : float
        Positive [kg CO2e / unit].

    Examples
    --------
    >>> print(doubt_of("Electricity, at grid", "Electricity, at Grid, FRCC, 2008", "MJ", 0.7))
    0.7 kg CO2e per MJ is not plausible for electricity: expected 0.001 to 1.6 kg CO2e per kWh; 0.7 kg CO2e per kWh would
    be plausible; perhaps the value per kWh was written per MJ
    """
    paid = money(unit)
    if paid is not None:
        return _against_economies(value, unit, *paid)
    said = what_is_said(product, process, unit)
    if said.category == "nuclear_fuel":
        low, high = NUCLEAR_FUEL
        inside = _factor(unit, "kg") is None or low <= value / (_factor(unit, "kg") or 1.0) <= high
        return (
            "" if inside else f"not plausible for nuclear fuel: expected {low:g} to {high:g} kg CO2e per kg"
        )
    if said.concept in _GASES and not _LIQUID.search(product) and (cubic := _factor(unit, "m3")):
        return _against_gases(said.category, value, unit, cubic)
    found = implausible(said.category, unit, value)
    if found is not None:
        message, hint = found
        return f"{message.en}; {hint.en.partition('; if it is right')[0]}"
    return _against_factors(said, value, unit) or _other_material(said, process)


def is_judged(product: str, process: str, unit: str) -> bool:
    """Whether there is a range that `doubt_of` compares a product with."""
    if money(unit) is not None:
        return True
    category = what_is_said(product, process, unit).category
    return category == "nuclear_fuel" or bool(gates(category))


@lru_cache(maxsize=100_000)
def what_is_said(product: str, process: str, unit: str) -> Said:
    """Category and concept of a product, by its unit and its names."""
    if _NUCLEAR.search(product):
        return Said("nuclear_fuel")
    place = standing((product, process), unit, treats=False, holds_material=False)
    if _factor(unit, "tkm"):
        named = next((name for name, words in _FREIGHT if words.search(f"{product} {process}")), "")
        return Said(named)
    if "waste" in place.roles or _RECOVERED.search(product):
        return Said()
    concept = place.stand.concepts[0] if place.stand.concepts else ""
    return Said(place.category, concept, place.stand.variant or _variant(product))


def _variant(product: str) -> str:
    if re.search(r"secondary|recycled|remelted|再生|回收", product, re.IGNORECASE):
        return "recycled"
    return "virgin" if re.search(r"\bprimary\b|virgin|原生|电解铝|原铝", product, re.IGNORECASE) else ""


@cache
def _stands() -> dict[str, list[tuple[str, str, str, float]]]:
    """Packaged factors by concept: variant, category, unit, value [kg CO2e / unit]."""
    found: dict[str, list[tuple[str, str, str, float]]] = {}
    datasets = starter_database().datasets
    for identifier, stand in packaged_concepts().stands.items():
        if stand.treatment or identifier not in datasets or datasets[identifier].boundary in _GATE_TO_GATE:
            continue
        dataset = datasets[identifier]
        climate = dataset.climate
        fossil, _emission, _removal, land_use, aircraft = climate.co2e
        value = fossil + land_use + aircraft if climate.origins_known else climate.total
        found.setdefault(stand.concepts[0], []).append((stand.variant, dataset.category, dataset.unit, value))
    return found


@cache
def _kin(concept: str) -> tuple[tuple[str, str, str, float], ...]:
    """Packaged factors of a thing and all that belongs to it; of the next wider family when there is none."""
    concepts = packaged_concepts()
    for step, _ in concepts.lineage(concept):
        found = [
            item for other, items in _stands().items() if concepts.is_within(other, step) for item in items
        ]
        if found:
            return tuple(found)
    return ()


def _category(concept: str) -> str:
    categories = [category for _, category, _, _ in _kin(concept)]
    return max(sorted(set(categories)), key=categories.count, default="")


def _against_factors(said: Said, value: float, unit: str) -> str:
    if said.category not in _COMPARED or not said.concept:
        return ""
    kin = [item for item in _kin(said.concept) if not said.variant or item[0] in {said.variant, ""}]
    values = [
        number / factor for _, _, other, number in kin if number > 0.0 and (factor := _factor(other, unit))
    ]
    if not values:
        return ""
    low, high = min(values), max(values)
    if low / WIDER <= value <= high * WIDER:
        return ""
    far = f"{value / high:.3g} times the highest" if value > high else f"{value / low:.3g} of the lowest"
    name = packaged_concepts()[said.concept].name.en
    return f"{far} of {len(values)} packaged factors for {name} ({low:.3g} to {high:.3g} kg CO2e per {unit})"


def _other_material(said: Said, process: str) -> str:
    """The process speaks of materials of the same category, but of none that is related to the product."""
    if said.category not in _TOLD_APART or not process:
        return ""
    concepts = packaged_concepts()
    recognised = packaged_recogniser().read(process, role="")
    others = [
        hit.concept
        for hit in recognised.hits
        if hit.score >= SURE / 2 and _category(hit.concept) in _TOLD_APART
    ]
    if not others or any(_kindred(said.concept, other) for other in others):
        return ""
    if not any(_category(other) == said.category for other in others):
        return ""
    names = ", ".join(concepts[other].name.en for other in dict.fromkeys(others))
    return f"the product is {concepts[said.concept].name.en}, its process is named after {names}"


def _kindred(one: str, other: str) -> bool:
    concepts = packaged_concepts()
    return concepts.is_within(one, other) or concepts.is_within(other, one)


def _against_gases(category: str, value: float, unit: str, cubic_metres: float) -> str:
    ranges = [gate for gate in gates(category) if gate.unit == "m3"]
    if not ranges or any(gate.low <= value / cubic_metres <= gate.high for gate in ranges):
        return ""
    low, high = ranges[0].low, ranges[0].high
    return f"{value:g} kg CO2e per {unit} is not plausible for a gas: expected {low:g} to {high:g} kg CO2e per m3"


def _against_economies(value: float, unit: str, scale: float, currency: str) -> str:
    euros = scale * EUROS.get(currency, 0.0)
    if not euros:
        return ""
    low, high = (limit * euros for limit in PER_EURO)
    if low <= value <= high:
        return ""
    return f"{value:.3g} kg CO2e per {unit} is not plausible for a sector: expected {low:.3g} to {high:.3g}"


def _factor(unit: str, other: str) -> float | None:
    """Units `other` per `unit` [1]; None when they do not convert."""
    try:
        return conversion_factor(unit, other)
    except InputError:
        return None
