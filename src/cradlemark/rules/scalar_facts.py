"""Facts that stand once per study."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cradlemark.core.language import Text
from cradlemark.product.study import ALLOCATION_BASES, Component, Leg, Material, Study, Value
from cradlemark.product.unfold.electricity import OFF_GRID
from cradlemark.product.walk import components
from cradlemark.product.writers.starter import TEMPLATE_NOTICE
from cradlemark.rules.fact_values import Fact
from cradlemark.rules.numbers import Numbers, is_mass, product, ratio, total

AIR = re.compile(
    r"\b(?:air|airplane|aeroplane|aircraft|airfreight|flight|plane)\b|air[- ]?freight|空运|航空|飞机",
    re.IGNORECASE,
)
BIOGENIC = re.compile(
    r"\b(?:bio-?based|biogenic|wood(?:en)?|paper|cardboard|cotton|bamboo|starch|cellulose|timber)\b"
    r"|生物基|木材|木质|木制|纸板|纸箱|瓦楞|棉|竹|淀粉|纤维素",
    re.IGNORECASE,
)
OFFSET = re.compile(
    r"\b(?:carbon|ghg|co2e?|emissions?)[- ]?(?:offset|credit)s?\b|\boffsets\b"
    r"|\boffset[- ](?:certificate|project|credit|unit)s?\b|\bccers?\b|\bvcus?\b"
    r"|碳抵消|碳抵销|碳信用|碳汇|碳中和证",
    re.IGNORECASE,
)
ELECTRICITY = re.compile(r"electric|\bpower\b|\bgrid\b|电力|用电|^电$|市电|绿电|光伏", re.IGNORECASE)


def study_values(study: Study, numbers: Numbers) -> dict[str, Fact]:
    """Facts of the whole study."""
    return {
        **_identity(study, numbers),
        **_composition(study, numbers),
        **_use(study, numbers),
        **_end_of_life(study),
        **_site(study),
        **_electricity(study, numbers),
        **_record(study),
    }


def _identity(study: Study, numbers: Numbers) -> dict[str, Fact]:
    unit, made = study.unit, study.product
    life = numbers.of_value(made.service_life, "product.service_life", "year")
    return {
        "boundary_is_cradle_to_gate": study.boundary == "cradle_to_gate",
        "boundary_is_cradle_to_grave": study.boundary == "cradle_to_grave",
        "declared_amount": numbers.of_value(unit.declared, "unit.declared"),
        "has_functional_unit": written(unit.functional),
        "has_functional_amount": unit.functional_amount is not None,
        "product_mass_kg": numbers.of_value(made.mass, "product.mass", "kg"),
        "has_holder": written(made.holder.name),
        "has_models": bool(made.models),
        "has_description": written(made.description),
        "has_classification": bool(made.classification),
        "has_place": bool(study.place.strip()),
        "has_site_name": written(study.site.name),
        "has_service_life": made.service_life is not None,
        "service_life_years": life,
        "period_months": float(study.period.months),
        "pcr_exists": study.pcr_exists,
        "pcr_stated": bool(study.pcr.strip()),
    }


def _composition(study: Study, numbers: Numbers) -> dict[str, Fact]:
    mass = total(_component_masses(study.components, numbers, ()))
    whole = numbers.of_value(study.product.mass, "product.mass", "kg")
    shares = [
        numbers.of_value(market.share, f"markets[{market.place}].share", "1") for market in study.markets
    ]
    return {
        "material_count": float(sum(1 for _ in materials(study))),
        "operation_count": float(len(study.operations)),
        "component_count": float(sum(1 for _ in components(study))),
        "component_mass_kg": mass,
        "component_mass_ratio": ratio(mass, whole),
        "has_packaging": bool(study.packaging),
        "has_markets": bool(study.markets),
        "market_share_sum": total(shares),
        "has_installation": study.installation is not None,
        "has_air_legs": any(is_air(leg) for leg in legs(study)),
        "claims_biogenic_content": any(BIOGENIC.search(material.text) for material in materials(study)),
        "cut_off_count": float(len(study.cut_offs)),
        "cut_off_share_total": total(
            numbers.of_value(item.share, f"cut_offs[{index}].share", "1")
            for index, item in enumerate(study.cut_offs)
        ),
    }


def _component_masses(
    parts: Iterable[Component], numbers: Numbers, above: tuple[float | None, ...]
) -> Iterator[float | None]:
    """Net mass [kg per declared unit] of every material line that is a mass."""
    for part in parts:
        quantities = (*above, numbers.of_value(part.quantity, "", "piece"))
        yield from _component_masses(part.children, numbers, quantities)
        for material in part.materials:
            if is_mass(material.amount.unit):
                yield product((*quantities, numbers.of_value(material.amount, "", "kg")))


def _use(study: Study, numbers: Numbers) -> dict[str, Fact]:
    use = study.use
    losses = use.losses if use else None
    profile = losses.profile if losses else ()
    modes = use.modes if use else ()
    grid = use.grid if use else ()
    return {
        "has_use": use is not None,
        "has_use_profile": bool(profile or modes),
        "is_passive": losses is not None,
        "load_time_share_sum": total(numbers.of_value(point.time_share, "", "1") for point in profile),
        "mode_hours_sum": total(_hours(mode.hours, numbers) for mode in modes),
        "has_use_grid": bool(use and (use.place.strip() or use.grid)),
        "has_use_grid_years": bool(grid),
        "use_grid_share_sum": total(numbers.of_value(year.share, "", "1") for year in grid),
        "resistance_is_measured": bool(losses and losses.resistance is not None),
    }


def _hours(hours: Value, numbers: Numbers) -> float | None:
    """Hours per year [h/year]; "h" alone is understood as per year."""
    per_year = numbers.of_value(hours, "", "h/year")
    return numbers.of_value(hours, "", "h") if per_year is None else per_year


def _end_of_life(study: Study) -> dict[str, Fact]:
    end = study.end_of_life
    year = end.technology_year if end else None
    method = end.method if end else ""
    return {
        "has_end_of_life": end is not None,
        "has_end_of_life_year": year is not None,
        "end_of_life_year": None if year is None else float(year),
        "end_of_life_lag_years": None if year is None else float(study.period.end.year - year),
        "end_of_life_method_is_default": not method,
        "end_of_life_method_is_cut_off": method == "cut_off",
        "end_of_life_method_is_circular_footprint_formula": method == "circular_footprint_formula",
        "end_of_life_method_is_module_d": method == "module_d",
    }


def _site(study: Study) -> dict[str, Fact]:
    site = study.site
    physical = ("mass", "pieces", "machine_hours")
    keys: dict[str, Fact] = {
        f"allocation_basis_is_{basis}": site.basis == basis for basis in ALLOCATION_BASES
    }
    return keys | {
        "has_meters": bool(site.meters),
        "site_product_count": float(len(site.products)),
        "site_this_count": float(sum(item.this for item in site.products)),
        "has_declared_units": site.declared_units is not None,
        "physical_key_available": any(_all_have(study, key) for key in physical),
        "economic_key_available": _all_have(study, "revenue"),
        "has_allocation_reason": bool(site.reason.strip()),
    }


def _all_have(study: Study, key: str) -> bool:
    found: list[Value | None] = [getattr(item, key) for item in study.site.products]
    return bool(found) and all(value is not None for value in found)


def _electricity(study: Study, numbers: Numbers) -> dict[str, Fact]:
    power = study.electricity
    carriers = [use.carrier for operation in study.operations for use in operation.energy]
    carriers += [meter.carrier for meter in study.site.meters]
    modelled = any(operation.model for operation in study.operations)
    return {
        "uses_electricity": modelled or any(ELECTRICITY.search(text.strip()) for text in carriers),
        "has_electricity_place": bool(
            power.place.strip() or power.dataset or study.site.place.strip() or study.place.strip()
        ),
        "has_electricity_total": power.used is not None,
        "has_residual_mix": bool(power.residual_dataset),
        "contract_count": float(len(power.contracts)),
        "network_contract_count": float(sum(item.kind not in OFF_GRID for item in power.contracts)),
        "contracted_kwh": total(
            numbers.of_value(item.amount, f"electricity.contracts[{item.id}].amount", "kWh")
            for item in power.contracts
        ),
        "electricity_used_kwh": numbers.of_value(power.used, "electricity.used", "kWh"),
    }


def _record(study: Study) -> dict[str, Fact]:
    own = [operation for operation in study.operations if operation.own]
    rated = sum(operation.pedigree is not None for operation in own)
    return {
        "holds_template_examples": any(
            TEMPLATE_NOTICE.en in text.en or TEMPLATE_NOTICE.zh in text.zh
            for text in study.assumptions
            if text
        ),
        "assumption_count": float(sum(written(text) for text in study.assumptions)),
        "evidence_count": float(len(study.evidence)),
        "own_data_rated_share": rated / len(own) if own else None,
        "scenario_count": float(len(study.scenarios)),
    }


def written(text: Text) -> bool:
    """Whether a text says something in at least one language."""
    return bool(text.en.strip() or text.zh.strip())


def materials(study: Study) -> Iterator[Material]:
    """Every material line: components, operations, packaging, installation, consumables."""
    for component in components(study):
        yield from component.materials
    for operation in study.operations:
        yield from operation.inputs
    yield from (item.material for item in study.packaging)
    if study.installation:
        yield from study.installation.inputs
    if study.use:
        yield from study.use.consumables


def legs(study: Study) -> Iterator[Leg]:
    """Every transport leg."""
    yield from study.inbound
    for material in materials(study):
        yield from material.legs
    for market in study.markets:
        yield from market.legs
    if study.end_of_life:
        yield from study.end_of_life.legs


def is_air(leg: Leg) -> bool:
    """Whether a leg is by air, from its words or its dataset."""
    return bool(AIR.search(leg.mode) or AIR.search(leg.dataset.replace("-", " ").replace("_", " ")))
