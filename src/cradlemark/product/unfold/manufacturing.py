"""Manufacturing (A3): operations with a model or a meter, and the site's meters allocated to the product (F3)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, NotFoundError
from cradlemark.core.quantities import dimension
from cradlemark.product.study import Component, EnergyUse, Operation, Waste
from cradlemark.product.system import Factor
from cradlemark.product.unfold.collector import Collector, Tags
from cradlemark.product.unfold.electricity import is_electricity, unfold_electricity
from cradlemark.product.unfold.models import run_model, tags_of
from cradlemark.product.unfold.parts import quantity_factor, unfold_material
from cradlemark.product.unfold.releases import add_release


def unfold_operations(collector: Collector) -> None:
    """Add all operations; every broken one is reported."""
    for operation in collector.study.operations:
        path = f"operations[{operation.id}]"
        try:
            _operation(collector, operation, path)
        except CradlemarkError as error:
            collector.problem(error, path)


def _operation(collector: Collector, operation: Operation, path: str) -> None:
    for above, place in _occurrences(collector, operation, path):
        _amounts(collector, operation, above, f"{path}{place}")


def _amounts(collector: Collector, operation: Operation, above: tuple[Factor, ...], path: str) -> None:
    tags = tags_of(operation)
    if operation.model:
        run_model(collector, operation, above, path)
    for index, use in enumerate(operation.energy):
        named = tags.named(use.carrier, use.carrier)
        unfold_energy(collector, use, above, f"{path}.energy[{index}]", named, own=operation.own)
    for material in operation.inputs:
        named = tags.named(material.text, material.text)
        unfold_material(collector, material, above, f"{path}.inputs[{material.text}]", named, stock=False)
    for emission in operation.direct_emissions:
        place = f"{path}.direct_emissions[{emission.gas}]"
        amount = collector.evaluator.factor("direct release", emission.amount, f"{place}.amount", "kg")
        add_release(collector, emission.gas, (*above, amount), place, tags)
    for waste in operation.waste:
        _waste(collector, waste, above, f"{path}.waste[{waste.text}]", tags)


def _waste(collector: Collector, waste: Waste, above: tuple[Factor, ...], path: str, tags: Tags) -> None:
    tags = attrs.evolve(tags.named(waste.text, waste.text), kind="waste")
    linked = collector.link(
        waste.text, role="waste", unit=waste.amount.unit, dataset=waste.dataset, path=path, tags=tags
    )
    if linked:
        amount = collector.evaluator.factor("waste", waste.amount, f"{path}.amount", linked.dataset.unit)
        collector.add(linked, (*above, amount), path=path, tags=tags)


def _occurrences(
    collector: Collector, operation: Operation, path: str
) -> Iterator[tuple[tuple[Factor, ...], str]]:
    """Where an operation happens: factors that turn "per good part" or "per kg" into "per declared unit"."""
    if operation.per == "declared_unit" or not operation.component:
        if operation.per != "declared_unit":
            raise InputError(
                f"the operation is per {operation.per} but names no component", code="operation-component",
                where=path, hint='name the component, or set per = "declared_unit"',
            )  # fmt: skip
        yield (), ""
        return
    found = list(_find(collector, operation.component, collector.study.components, (), "components"))
    if not found:
        raise NotFoundError(
            f"there is no component {operation.component!r}", code="component-unknown", where=f"{path}.component",
            hint="use a part number of the bill of materials",
        )  # fmt: skip
    for number, (component, above, where) in enumerate(found):
        suffix = f"@{number + 1}" if len(found) > 1 else ""
        if operation.per == "piece":
            yield above, suffix
        else:
            yield (*above, _part_mass(collector, component, where)), suffix


def _find(
    collector: Collector, part: str, components: tuple[Component, ...], above: tuple[Factor, ...], base: str
) -> Iterator[tuple[Component, tuple[Factor, ...], str]]:
    for component in components:
        path = f"{base}[{component.part_number}]"
        quantity = quantity_factor(collector, component, path)
        if component.part_number == part:
            yield component, (*above, quantity), path
        yield from _find(collector, part, component.children, (*above, quantity), f"{path}.children")


def _part_mass(collector: Collector, component: Component, path: str) -> Factor:
    total = sum(
        (
            collector.evaluator.number(
                material.amount, f"{path}.materials[{material.text}].amount", "kg", low=0.0
            )
            for material in component.materials
            if dimension(material.amount.unit) == "mass"
        ),
        start=0.0,
    )
    return Factor(f"net mass of {component.part_number}", total, "kg", f"{path}.materials")


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
