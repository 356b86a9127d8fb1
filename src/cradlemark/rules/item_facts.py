"""Facts of the items of a study: materials, operations, contracts and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import attrs

from cradlemark.core.language import Text
from cradlemark.product.study import (
    Component,
    Contract,
    CutOff,
    EndOfLifeRoute,
    Leg,
    Material,
    Operation,
    Parameter,
    Study,
)
from cradlemark.product.walk import entries, values_of
from cradlemark.rules.fact_values import Fact, Item
from cradlemark.rules.fields import items
from cradlemark.rules.numbers import Numbers, is_mass, product, total
from cradlemark.rules.scalar_facts import OFFSET, is_air, written

TREATMENTS = ("recycling", "energy_recovery", "incineration", "landfill")


def study_items(study: Study, numbers: Numbers) -> dict[str, tuple[Item, ...]]:
    """Items of every scope that a study alone fills."""
    return {scope: tuple(make(study, numbers)) for scope, make in _SCOPES.items()}


def _label(text: Text | str, fallback: str) -> Text:
    if isinstance(text, str):
        text = Text(text, text)
    return text if written(text) else Text(fallback, fallback)


def _components(study: Study, numbers: Numbers) -> Iterator[Item]:
    contents: dict[str, set[tuple[object, ...]]] = {}
    for _, part in _parts("", "components", study.components):
        contents.setdefault(part.part_number, set()).add((part.name, part.children, part.materials))
    for path, part in _parts("", "components", study.components):
        yield Item(
            path,
            _label(part.name, part.part_number),
            {
                "quantity": numbers.of_value(part.quantity, f"{path}.quantity", "piece"),
                "has_content": bool(part.children or part.materials),
                "has_both": bool(part.children and part.materials),
                "part_number_is_unique": len(contents[part.part_number]) == 1,
            },
        )


def _parts(base: str, key: str, parts: tuple[Component, ...]) -> Iterator[tuple[str, Component]]:
    for path, part in items(base, key, parts):
        yield path, part
        yield from _parts(path, "children", part.children)


@attrs.frozen
class _Place:
    """A material line with its path, its label and whether default legs reach it."""

    path: str
    label: Text
    material: Material
    inbound: bool


def _lines(study: Study) -> Iterator[_Place]:
    for path, part in _parts("", "components", study.components):
        yield from _listed(path, "materials", part.materials, part.name, inbound=True)
    for path, operation in items("", "operations", study.operations):
        yield from _listed(path, "inputs", operation.inputs, operation.name, inbound=True)
    for path, packing in items("", "packaging", study.packaging):
        label = _label(packing.name, packing.material.text)
        yield _Place(f"{path}.material", label, packing.material, inbound=True)
    if study.installation:
        yield from _listed("installation", "inputs", study.installation.inputs, Text(), inbound=False)
    if study.use:
        yield from _listed("use", "consumables", study.use.consumables, Text(), inbound=False)


def _listed(
    base: str, key: str, content: tuple[Material, ...], owner: Text, *, inbound: bool
) -> Iterator[_Place]:
    for path, material in items(base, key, content):
        label = Text(
            f"{owner['en']}: {material.text}" if written(owner) else material.text,
            f"{owner['zh']}：{material.text}" if written(owner) else material.text,
        )
        yield _Place(path, label, material, inbound)


def _materials(study: Study, numbers: Numbers) -> Iterator[Item]:
    for place in _lines(study):
        material = place.material
        defaults = place.inbound and bool(study.inbound)
        facts = _amounts(material, place.path, numbers) | {
            "has_scrap_route": bool(material.scrap_route),
            "has_recycled_dataset": bool(material.recycled_dataset),
            "has_legs": bool(material.legs) or defaults,
            "has_origin": bool(material.origin.strip()),
            "has_supplier": bool(material.supplier.strip()),
            "material_is_measured": material.data_kind == "measured",
            "material_is_supplier_data": material.data_kind == "supplier",
            "material_is_secondary": material.data_kind == "secondary",
            "material_is_proxy": material.data_kind == "proxy",
            "material_has_scores": material.pedigree is not None,
            "material_has_evidence": bool(
                material.evidence
                or material.amount.evidence
                or (material.recycled_content and material.recycled_content.evidence)
            ),
            "names_offset": bool(OFFSET.search(f"{material.text} {material.dataset.replace('_', ' ')}")),
        }
        yield Item(place.path, place.label, facts)


def _amounts(material: Material, path: str, numbers: Numbers) -> dict[str, Fact]:
    unit = material.amount.unit
    amount = numbers.of_value(material.amount, f"{path}.amount")
    kg = numbers.of_value(material.amount, f"{path}.amount", "kg") if is_mass(unit) else None
    yields = product(
        numbers.of_value(share, f"{path}.yields[{index}]", "1") for index, share in enumerate(material.yields)
    )
    if material.gross is not None:
        gross = numbers.of_value(material.gross, f"{path}.gross", unit)
    else:
        gross = None if amount is None or not yields else amount / yields
    recycled = numbers.of_value(material.recycled_content, f"{path}.recycled_content", "1")
    claimed = material.recycled_content is not None and (recycled is None or recycled > 0)
    return {
        "amount": amount,
        "amount_is_mass": is_mass(unit),
        "net_kg": kg,
        "gross_stated": material.gross is not None,
        "gross_amount": gross,
        "yield_product": yields,
        "has_scrap": None if amount is None or gross is None else gross > amount,
        "recycled_content": recycled,
        "has_recycled_content": claimed,
    }


def _operations(study: Study, _numbers: Numbers) -> Iterator[Item]:
    for path, operation in items("", "operations", study.operations):
        yield Item(path, _label(operation.name, operation.id), _operation(operation))


def _operation(operation: Operation) -> dict[str, Fact]:
    amounts = (
        operation.model,
        operation.energy,
        operation.inputs,
        operation.direct_emissions,
        operation.waste,
    )
    proof = operation.evidence or any(use.amount.evidence for use in operation.energy)
    return {
        "is_own": operation.own,
        "has_amounts": any(bool(amount) for amount in amounts),
        "uses_model": bool(operation.model) and not operation.energy,
        "operation_is_measured": operation.data_kind == "measured",
        "operation_is_supplier_data": operation.data_kind == "supplier",
        "operation_is_secondary": operation.data_kind == "secondary",
        "operation_is_proxy": operation.data_kind == "proxy",
        "operation_has_scores": operation.pedigree is not None,
        "operation_has_evidence": bool(proof),
    }


def _contracts(study: Study, numbers: Numbers) -> Iterator[Item]:
    for path, contract in items("electricity", "contracts", study.electricity.contracts):
        yield Item(path, _label(contract.text, contract.id), _contract(contract, path, numbers))


def _contract(contract: Contract, path: str, numbers: Numbers) -> dict[str, Fact]:
    return {
        "contract_kwh": numbers.of_value(contract.amount, f"{path}.amount", "kWh"),
        "conveys_attributes": contract.conveys_attributes,
        "unique_claim": contract.unique_claim,
        "tracked": contract.tracked,
        "close_in_time": contract.close_in_time,
        "same_market": contract.same_market,
        "is_own_generation": contract.kind == "own_generation",
        "is_direct_line": contract.kind == "direct_line",
        "is_supplier_specific": contract.kind == "supplier_specific",
        "is_certificates": contract.kind == "certificates",
        "contract_has_dataset": bool(contract.dataset),
        "contract_has_evidence": bool(contract.evidence or contract.amount.evidence),
        "contract_names_offset": bool(OFFSET.search(f"{contract.text} {contract.dataset.replace('_', ' ')}")),
    }


def _cut_offs(study: Study, numbers: Numbers) -> Iterator[Item]:
    for index, item in enumerate(study.cut_offs):
        path = f"cut_offs[{index}]"
        yield Item(path, _label(item.name, path), _cut_off(item, path, numbers))


def _cut_off(item: CutOff, path: str, numbers: Numbers) -> dict[str, Fact]:
    return {
        "cut_off_share": numbers.of_value(item.share, f"{path}.share", "1"),
        "cut_off_has_reason": written(item.reason),
        "criterion_is_mass": item.criterion == "mass",
        "criterion_is_energy": item.criterion == "energy",
        "criterion_is_significance": item.criterion == "environmental_significance",
        "cut_off_share_has_evidence": bool(item.share.note.strip() or item.share.evidence),
    }


def _meters(study: Study, numbers: Numbers) -> Iterator[Item]:
    for index, meter in enumerate(study.site.meters):
        path = f"site.meters[{index}]"
        facts: dict[str, Fact] = {
            "meter_amount": numbers.of_value(meter.amount, f"{path}.amount"),
            "meter_is_measured": meter.data_kind == "measured",
            "meter_has_evidence": bool(meter.evidence or meter.amount.evidence),
        }
        yield Item(path, _label(meter.carrier, path), facts)


def _markets(study: Study, numbers: Numbers) -> Iterator[Item]:
    for path, market in items("", "markets", study.markets):
        facts: dict[str, Fact] = {
            "market_share": numbers.of_value(market.share, f"{path}.share", "1"),
            "market_has_legs": bool(market.legs),
            "market_has_place": bool(market.place.strip()),
        }
        yield Item(path, _label(market.place, path), facts)


def _legs(study: Study, numbers: Numbers) -> Iterator[Item]:
    yield from _legs_of("inbound", study.inbound, numbers)
    for place in _lines(study):
        yield from _legs_of(f"{place.path}.legs", place.material.legs, numbers)
    for path, market in items("", "markets", study.markets):
        yield from _legs_of(f"{path}.legs", market.legs, numbers)
    if study.end_of_life:
        yield from _legs_of("end_of_life.legs", study.end_of_life.legs, numbers)


def _legs_of(base: str, content: tuple[Leg, ...], numbers: Numbers) -> Iterator[Item]:
    for index, leg in enumerate(content):
        path = f"{base}[{index}]"
        factor = (
            1.0 if leg.mass_factor is None else numbers.of_value(leg.mass_factor, f"{path}.mass_factor", "1")
        )
        empty = (
            0.0
            if leg.empty_return is None
            else numbers.of_value(leg.empty_return, f"{path}.empty_return", "1")
        )
        facts: dict[str, Fact] = {
            "distance_km": numbers.of_value(leg.distance, f"{path}.distance", "km"),
            "mass_factor": factor,
            "empty_return_share": empty,
            "has_mode": bool(leg.mode.strip() or leg.dataset),
            "is_air": is_air(leg),
        }
        yield Item(path, _label(leg.mode, path), facts)


def _load_points(study: Study, numbers: Numbers) -> Iterator[Item]:
    losses = study.use.losses if study.use else None
    for index, point in enumerate(losses.profile if losses else ()):
        path = f"use.losses.profile[{index}]"
        facts: dict[str, Fact] = {
            "time_share": numbers.of_value(point.time_share, f"{path}.time_share", "1"),
            "current_share": numbers.of_value(point.current_share, f"{path}.current_share", "1"),
        }
        yield Item(path, Text(f"load point {index + 1}", f"负载点 {index + 1}"), facts)


def _routes(study: Study, numbers: Numbers) -> Iterator[Item]:
    for path, route in items("end_of_life", "routes", study.end_of_life.routes if study.end_of_life else ()):
        yield Item(path, _label(route.name, route.id), _route(route, path, numbers))


def _route(route: EndOfLifeRoute, path: str, numbers: Numbers) -> dict[str, Fact]:
    stated = {key: getattr(route, key) for key in TREATMENTS if getattr(route, key) is not None}
    shares = {key: numbers.of_value(value, f"{path}.{key}", "1") for key, value in stated.items()}
    named = [getattr(route, f"{key}_dataset") for key, share in shares.items() if share != 0.0]
    return {
        "route_share_sum": total(shares.values()),
        "recycling_share": shares.get("recycling", 0.0),
        "recovery_share": shares.get("energy_recovery", 0.0),
        "route_has_datasets": all(bool(dataset) for dataset in named),
        "route_has_secondary_dataset": bool(route.secondary_dataset),
        "route_has_quality_ratio": route.quality_out is not None,
        "allocation_factor": numbers.of_value(route.allocation_factor, f"{path}.allocation_factor", "1"),
    }


def _parameters(study: Study, _numbers: Numbers) -> Iterator[Item]:
    for path, parameter in items("", "parameters", study.parameters):
        yield Item(path, _label(parameter.description, parameter.name), _parameter(parameter))


def _parameter(parameter: Parameter) -> dict[str, Fact]:
    value = parameter.value
    return {
        "parameter_has_description": written(parameter.description),
        "parameter_is_uncertain": value.distribution is not None,
        "parameter_is_formula": value.formula is not None,
        "parameter_has_evidence": bool(value.note.strip() or value.evidence),
    }


def _evidence(study: Study, _numbers: Numbers) -> Iterator[Item]:
    used: set[str] = set()
    for entry in entries(study):
        used.update(getattr(entry.value, "evidence", ()) if not isinstance(entry.value, Study) else ())
        used.update(name for _, _, value in values_of(entry) for name in value.evidence)
    for path, item in items("", "evidence", study.evidence):
        facts: dict[str, Fact] = {
            "evidence_has_digest": bool(item.digest),
            "evidence_is_used": item.id in used or bool(item.supports),
        }
        yield Item(path, _label(item.title, item.id), facts)


_SCOPES: Mapping[str, Callable[[Study, Numbers], Iterator[Item]]] = MappingProxyType(
    {
        "components": _components,
        "materials": _materials,
        "operations": _operations,
        "contracts": _contracts,
        "cut_offs": _cut_offs,
        "meters": _meters,
        "markets": _markets,
        "legs": _legs,
        "load_points": _load_points,
        "end_of_life_routes": _routes,
        "parameters": _parameters,
        "evidence": _evidence,
    }
)
