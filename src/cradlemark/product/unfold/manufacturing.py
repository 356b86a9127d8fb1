"""Manufacturing (A3): operations with a model or a meter, and the site's meters allocated to the product (F3)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, NotFoundError
from cradlemark.core.language import Text
from cradlemark.core.quantities import dimension
from cradlemark.product.study import Component, EnergyUse, Operation, Waste
from cradlemark.product.system import Factor, Number
from cradlemark.product.unfold.collector import Collector, Tags, central, selectors
from cradlemark.product.unfold.electricity import is_electricity, unfold_electricity
from cradlemark.product.unfold.models import run_model, tags_of
from cradlemark.product.unfold.parts import material_names, quantity_factor, unfold_material
from cradlemark.product.unfold.releases import add_release


def unfold_operations(collector: Collector) -> None:
    """Add all operations; every broken one is reported."""
    for operation in collector.study.operations:
        path = f"operations[{operation.id}]"
        collector.section(path, partial(_operation, collector, operation, path))


def _operation(collector: Collector, operation: Operation, path: str) -> None:
    try:
        for above in _occurrences(collector, operation, path):
            _amounts(collector, operation, above, path)
    except CradlemarkError as error:
        collector.problem(error, path)


def _amounts(collector: Collector, operation: Operation, above: tuple[Factor, ...], path: str) -> None:
    tags = tags_of(operation)
    if operation.model:
        run_model(collector, operation, above, path)
    for index, use in enumerate(operation.energy):
        named = tags.named(use.carrier, use.carrier)
        unfold_energy(collector, use, above, f"{path}.energy[{index}]", named, own=operation.own)
    for material, name in zip(operation.inputs, material_names(operation.inputs), strict=True):
        named = tags.named(material.text, material.text)
        unfold_material(collector, material, above, f"{path}.inputs[{name}]", named, stock=False)
    names = selectors(emission.gas for emission in operation.direct_emissions)
    for emission, name in zip(operation.direct_emissions, names, strict=True):
        place = f"{path}.direct_emissions[{name}]"
        amount = collector.evaluator.factor("direct release", emission.amount, f"{place}.amount", "kg")
        add_release(collector, emission.gas, (*above, amount), place, tags)
    names = selectors(waste.text for waste in operation.waste)
    for waste, name in zip(operation.waste, names, strict=True):
        _waste(collector, waste, above, f"{path}.waste[{name}]", tags)


def _waste(collector: Collector, waste: Waste, above: tuple[Factor, ...], path: str, tags: Tags) -> None:
    tags = attrs.evolve(tags.named(waste.text, waste.text), kind="waste")
    linked = collector.link(
        waste.text, role="waste", unit=waste.amount.unit, dataset=waste.dataset, path=path, tags=tags
    )
    if linked:
        amount = collector.evaluator.factor("waste", waste.amount, f"{path}.amount", linked.dataset.unit)
        collector.add(linked, (*above, amount), path=path, tags=tags)


def _occurrences(collector: Collector, operation: Operation, path: str) -> Iterator[tuple[Factor, ...]]:
    """Where an operation happens: factors that turn "per good part" or "per kg" into "per declared unit"."""
    if operation.per == "declared_unit" or not operation.component:
        if operation.per != "declared_unit":
            raise InputError(
                Text(f"the operation is per {operation.per} but names no component", f"工序按 {operation.per} 计，但未指明组件"), code="operation-component",
                where=path, hint=Text('name the component, or set per = "declared_unit"', '指明组件，或设 per = "declared_unit"'),
            )  # fmt: skip
        yield ()
        return
    found = list(_find(collector, operation.component, collector.study.components, (), "components"))
    if not found:
        raise NotFoundError(
            Text(f"there is no component {operation.component!r}", f"没有组件 {operation.component!r}"), code="component-unknown", where=f"{path}.component",
            hint=Text("use a part number of the bill of materials", "使用物料清单中的料号"),
        )  # fmt: skip
    for component, above, where in found:
        if operation.per == "piece":
            yield above
        else:
            yield (*above, _mass_factor(collector, component, where))


def _find(
    collector: Collector, part: str, components: tuple[Component, ...], above: tuple[Factor, ...], base: str
) -> Iterator[tuple[Component, tuple[Factor, ...], str]]:
    for component, name in zip(components, selectors(item.part_number for item in components), strict=True):
        path = f"{base}[{name}]"
        quantity = quantity_factor(collector, component, path)
        if component.part_number == part:
            yield component, (*above, quantity), path
        yield from _find(collector, part, component.children, (*above, quantity), f"{path}.children")


def _mass_factor(collector: Collector, component: Component, path: str) -> Factor:
    mass = _net_mass(collector, component, path)
    if central(mass) <= 0.0:
        raise InputError(
            Text(f"part {component.part_number} has no mass, but the operation is per kg", f"零件 {component.part_number} 没有质量，而工序按 kg 计"), code="operation-mass",
            where=path, hint=Text('give its materials in kg or g, or set per = "piece"', '以 kg 或 g 给出其材料，或设 per = "piece"'),
        )  # fmt: skip
    return Factor(f"net mass of {component.part_number}", mass, "kg", path)


def _net_mass(collector: Collector, component: Component, path: str) -> Number:
    """Net mass of a part with everything below it [kg]; materials that are not counted by mass are left out."""
    names = material_names(component.materials)
    total: Number = 0.0
    for material, name in zip(component.materials, names, strict=True):
        if dimension(material.amount.unit) == "mass":
            place = f"{path}.materials[{name}].amount"
            total = total + collector.evaluator.number(material.amount, place, "kg", low=0.0)
    below = selectors(child.part_number for child in component.children)
    for child, name in zip(component.children, below, strict=True):
        place = f"{path}.children[{name}]"
        quantity = quantity_factor(collector, child, place).value
        total = total + quantity * _net_mass(collector, child, place)
    return total


def unfold_energy(
    collector: Collector,
    use: EnergyUse,
    above: tuple[Factor, ...],
    path: str,
    tags: Tags,
    *,
    own: bool = True,
) -> None:
    """Add an energy carrier; electricity without a fixed dataset goes through the electricity rules."""
    tags = attrs.evolve(tags, kind="energy", data_kind=use.data_kind)
    if is_electricity(use.carrier) and not use.dataset:
        amount = collector.evaluator.factor("energy", use.amount, f"{path}.amount", "kWh")
        unfold_electricity(collector, (*above, amount), path, tags, own=own)
        return
    linked = collector.link(
        use.carrier, role="energy", unit=use.amount.unit, dataset=use.dataset, path=path, tags=tags
    )
    if linked:
        amount = collector.evaluator.factor("energy", use.amount, f"{path}.amount", linked.dataset.unit)
        collector.add(linked, (*above, amount), path=path, tags=tags)
