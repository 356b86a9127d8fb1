"""Components and materials: raw materials (A1), inbound transport (A2) and scrap (A3), with their mass balance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import attrs
import numpy as np

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor, dimension
from cradlemark.product.link import Linked
from cradlemark.product.study import GATE_STAGES, Component, Leg, Material, Stage
from cradlemark.product.system import Factor, MassBalance, Number
from cradlemark.product.unfold.collector import Collector, Stock, Tags, central, product_of, selectors

SCRAP_TREATMENT = {"incinerated": "incineration", "landfilled": "landfill"}


@attrs.frozen
class Amounts:
    """Net, gross and bought amount of one material in one declared unit, as factors in kg or the dataset's unit."""

    net: tuple[Factor, ...]
    gross: tuple[Factor, ...]
    bought: tuple[Factor, ...]
    by_mass: bool


def unfold_components(collector: Collector) -> None:
    """Add raw materials, inbound transport and scrap of all components."""
    components = collector.study.components
    for component, name in zip(components, selectors(item.part_number for item in components), strict=True):
        path = f"components[{name}]"
        collector.section(path, partial(unfold_component, collector, component, (), path))


def unfold_component(
    collector: Collector, component: Component, above: tuple[Factor, ...], path: str
) -> None:
    """Add one component and everything below it; `above` are the quantities of its parents."""
    try:
        quantity = quantity_factor(collector, component, path)
    except CradlemarkError as error:
        collector.problem(error, component.source_row or path)
        return
    factors = (*above, quantity)
    names = selectors(child.part_number for child in component.children)
    for child, name in zip(component.children, names, strict=True):
        unfold_component(collector, child, factors, f"{path}.children[{name}]")
    for material, name in zip(component.materials, material_names(component.materials), strict=True):
        label = Text(f"{component.name['en']}: {material.text}", f"{component.name['zh']}：{material.text}")
        unfold_material(collector, material, factors, f"{path}.materials[{name}]", Tags(label, "A1"))


def material_names(materials: Sequence[Material]) -> tuple[str, ...]:
    """Return how the materials of a list are named in paths."""
    return selectors(material.text for material in materials)


def quantity_factor(collector: Collector, component: Component, path: str) -> Factor:
    """Quantity of a component in its parent [piece]."""
    return collector.evaluator.factor(
        f"quantity of {component.part_number}", component.quantity, f"{path}.quantity", "piece"
    )


def unfold_material(
    collector: Collector,
    material: Material,
    above: tuple[Factor, ...],
    path: str,
    tags: Tags,
    *,
    stock: bool = True,
) -> None:
    """Add one material: primary and recycled input, inbound legs, scrap treatment, mass balance.

    Parameters
    ----------
    tags : Tags
        Label, stage and flags; data kind and pedigree are the material's own.
    stock : bool
        Whether it stays in the product or packaging and so reaches the end of life.
    """
    if (tags.data_kind, tags.pedigree) != (material.data_kind, material.pedigree):
        tags = attrs.evolve(tags, data_kind=material.data_kind, pedigree=material.pedigree)
    where = material.source_row or path
    unit = material.amount.unit
    linked = collector.link(
        material.text,
        role="material",
        unit=unit,
        dataset=material.dataset,
        path=path,
        tags=tags,
        place=material.origin,
        where=where,
    )
    try:
        amounts = _amounts(collector, material, above, path, linked.dataset.unit if linked else unit)
        if linked:
            _inputs(collector, material, linked, amounts, path, tags)
        if amounts.by_mass:
            _legs(collector, material, amounts, path, tags)
            _balance(collector, material, amounts, path, tags)
            if stock:
                _stock(collector, material, linked, amounts, path, tags)
            elif tags.stage not in GATE_STAGES:
                collector.note(
                    "waste-of-later-input-open",
                    path,
                    f"{material.text} is used after the gate: what becomes of it at its end is not covered",
                    f"{material.text}在出厂后使用：其废弃处理未计入",
                )
        elif inbound_legs(collector, material, tags):
            collector.note(
                "transport-without-mass",
                path,
                f"inbound transport of {material.text} is not covered: its amount is not a mass",
                f"{material.text}的入厂运输未计入：其用量不是质量",
            )
    except CradlemarkError as error:
        collector.problem(error, where)


def _amounts(
    collector: Collector, material: Material, above: tuple[Factor, ...], path: str, unit: str
) -> Amounts:
    evaluator = collector.evaluator
    by_mass = dimension(material.amount.unit) == "mass"
    unit = "kg" if by_mass else unit
    net = (*above, evaluator.factor("net amount", material.amount, f"{path}.amount", unit))
    if material.gross is not None:
        gross = (*above, evaluator.factor("gross amount, measured", material.gross, f"{path}.gross", unit))
    else:
        gross = (*net, *(_yield_factor(share, place) for share, place in _yields(collector, material, path)))
    bought = net if material.scrap_route == "recycled_in_house" else gross
    return Amounts(net, gross, bought, by_mass)


def _yields(collector: Collector, material: Material, path: str) -> list[tuple[Number, str]]:
    places = [f"{path}.yields[{index}]" for index in range(len(material.yields))]
    return [
        (collector.evaluator.number(value, place, "1", low=1e-6, high=1.0), place)
        for value, place in zip(material.yields, places, strict=True)
    ]


def _yield_factor(share: Number, place: str) -> Factor:
    return Factor(f"1 / yield {central(share):g}", 1.0 / share, "1", place)


def _inputs(
    collector: Collector, material: Material, linked: Linked, amounts: Amounts, path: str, tags: Tags
) -> None:
    if amounts.bought != amounts.gross:
        collector.note(
            "scrap-closed-loop",
            path,
            f"the scrap of {material.text} is returned in house: only the net amount is bought",
            f"{material.text}的废料在厂内回用：只计净用量的外购",
        )
    recycled = _recycled_share(collector, material, path)
    if recycled is None or not material.recycled_dataset:
        if recycled is not None and central(recycled) > 0:
            collector.note(
                "recycled-dataset-missing",
                path,
                f"{material.text}: recycled content is stated but no dataset of the recycled material; "
                "the main dataset counts for all of it",
                f"{material.text}：声明了再生含量但未给出再生料数据集，全部按主数据集计算",
            )
        collector.add(linked, in_unit(amounts.bought, linked), path=path, tags=tags)
        return
    second = collector.link(
        material.text,
        role="material",
        unit=material.amount.unit,
        dataset=material.recycled_dataset,
        path=f"{path}.recycled_dataset",
        tags=tags,
    )
    content = f"{path}.recycled_content"
    primary = Factor("primary share 1 - R1", 1.0 - recycled, "1", content)
    collector.add(linked, (*in_unit(amounts.bought, linked), primary), path=path, tags=tags)
    if second:
        share = Factor("recycled content R1", recycled, "1", content)
        collector.add(
            second,
            (*in_unit(amounts.bought, second), share),
            path=f"{path}.recycled",
            tags=tags.named("recycled content", "再生料"),
            amount=path,
        )


def _recycled_share(collector: Collector, material: Material, path: str) -> Number | None:
    if material.recycled_content is None:
        return None
    return collector.evaluator.number(
        material.recycled_content, f"{path}.recycled_content", "1", low=0.0, high=1.0
    )


def in_unit(factors: tuple[Factor, ...], linked: Linked) -> tuple[Factor, ...]:
    """Masses are kept in kg; a dataset per t or g gets a conversion as one more factor."""
    unit = linked.dataset.unit
    if unit == "kg" or dimension(unit) != "mass":
        return factors
    return (*factors, Factor(f"kg to {unit}", conversion_factor("kg", unit), "1"))


def inbound_legs(collector: Collector, material: Material, tags: Tags) -> tuple[Leg, ...]:
    """Return the legs of a material; the study's default ones lead to the plant, so only to what is used there."""
    return material.legs or (collector.study.inbound if tags.stage in GATE_STAGES else ())


def _legs(collector: Collector, material: Material, amounts: Amounts, path: str, tags: Tags) -> None:
    base = f"{path}.legs" if material.legs else "inbound"
    stage: Stage = "A2" if tags.stage in GATE_STAGES else tags.stage
    inbound = Tags(tags.label, stage, "transport", packaging=tags.packaging)
    for index, leg in enumerate(inbound_legs(collector, material, tags)):
        unfold_leg(
            collector,
            leg,
            amounts.bought,
            f"{base}[{index}]",
            inbound.named(leg.mode, leg.mode),
            key=f"{path}.legs[{index}]",
        )


def unfold_leg(
    collector: Collector, leg: Leg, mass: tuple[Factor, ...], path: str, tags: Tags, *, key: str = ""
) -> None:
    """Add one transport leg of a mass [kg]: mass x distance x mass factor x (1 + empty return) (F4).

    Parameters
    ----------
    key : str
        Path of the activity, where one leg of the study serves several goods.
    """
    linked = collector.link(leg.mode, role="transport", unit="tkm", dataset=leg.dataset, path=path, tags=tags)
    if linked is None:
        return
    evaluator = collector.evaluator
    factors = [*mass, evaluator.factor("distance", leg.distance, f"{path}.distance", "km")]
    if leg.mass_factor is not None:
        factors.append(evaluator.factor("mass with packaging", leg.mass_factor, f"{path}.mass_factor", "1"))
    if leg.empty_return is not None:
        share = evaluator.number(leg.empty_return, f"{path}.empty_return", "1", low=0.0, high=1.0)
        factors.append(Factor("1 + empty return", 1.0 + share, "1", f"{path}.empty_return"))
    factors.append(Factor("kg km to tkm", 1e-3, "1"))
    if tags.kind != "transport":
        tags = attrs.evolve(tags, kind="transport")
    collector.add(linked, factors, path=key or path, tags=tags)


def _balance(collector: Collector, material: Material, amounts: Amounts, path: str, tags: Tags) -> None:
    gross, net = central(product_of(amounts.gross)), central(product_of(amounts.net))
    scrap = gross - net
    if material.gross is not None and material.yields:
        expected = net
        for share, _ in _yields(collector, material, path):
            expected /= central(share)
        scrap = expected - net
    collector.balances.append(MassBalance(path, tags.label, gross, net, scrap, gross - net - scrap))
    if np.any(np.greater(product_of(amounts.gross), product_of(amounts.net))) and net > 0:
        _scrap(collector, material, amounts, path, tags)


def _scrap(collector: Collector, material: Material, amounts: Amounts, path: str, tags: Tags) -> None:
    treatment = SCRAP_TREATMENT.get(material.scrap_route)
    if treatment is None:
        if not material.scrap_route:
            collector.note(
                "scrap-route-missing",
                path,
                f"the scrap of {material.text} has no route: its treatment is not covered",
                f"{material.text}的废料未说明去向：其处理未计入",
            )
        return
    stage: Stage = "A3" if tags.stage in GATE_STAGES else tags.stage
    scrap = attrs.evolve(tags.named("scrap", "废料"), stage=stage, kind="waste")
    linked = collector.link(
        f"{treatment} {material.text}",
        role="waste",
        unit="kg",
        dataset="",
        path=f"{path}.scrap_route",
        tags=scrap,
    )
    if linked:
        above, net = amounts.net[:-1], amounts.net[-1].value
        lost = product_of(amounts.gross[len(above) :]) - net
        if isinstance(lost, np.ndarray):
            lost = np.maximum(lost, 0.0)
        factors = (*above, Factor("scrap: gross - net amount", lost, "kg", f"{path}.yields"))
        collector.add(linked, in_unit(factors, linked), path=f"{path}.scrap", tags=scrap, amount=path)


def _stock(
    collector: Collector,
    material: Material,
    linked: Linked | None,
    amounts: Amounts,
    path: str,
    tags: Tags,
) -> None:
    recycled = _recycled_share(collector, material, path)
    collector.stocks.append(
        Stock(
            path=path,
            label=tags.label,
            text=material.text,
            factors=amounts.net,
            bought=amounts.bought,
            dataset=linked.dataset if linked else None,
            recycled_dataset=material.recycled_dataset,
            route=material.end_of_life,
            recycled_content=0.0 if recycled is None else recycled,
            packaging=tags.packaging,
        )
    )
