"""Components and materials: raw materials (A1), inbound transport (A2) and scrap (A3), with their mass balance."""

from __future__ import annotations

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor, dimension
from cradlemark.product.link import Linked
from cradlemark.product.study import Component, Leg, Material, Stage
from cradlemark.product.system import Factor, MassBalance, Number
from cradlemark.product.unfold.collector import Collector, Stock, central, product_of

SCRAP_TREATMENT = {"incinerated": "incineration", "landfilled": "landfill"}


@attrs.frozen
class Amounts:
    """Net and gross amount of one material in one declared unit, as factors in the dataset's unit."""

    net: tuple[Factor, ...]
    gross: tuple[Factor, ...]
    by_mass: bool


def unfold_components(collector: Collector) -> None:
    """Add raw materials, inbound transport and scrap of all components."""
    for component in collector.study.components:
        unfold_component(collector, component, (), f"components[{component.part_number}]")


def unfold_component(
    collector: Collector, component: Component, above: tuple[Factor, ...], path: str
) -> None:
    """Add one component and everything below it; `above` are the quantities of its parents."""
    try:
        quantity = collector.evaluator.factor(
            f"quantity of {component.part_number}", component.quantity, f"{path}.quantity", "piece"
        )
    except CradlemarkError as error:
        collector.problem(error, component.source_row or path)
        return
    factors = (*above, quantity)
    for child in component.children:
        unfold_component(collector, child, factors, f"{path}.children[{child.part_number}]")
    for material in component.materials:
        label = _label(component.name, material.text)
        unfold_material(collector, material, factors, f"{path}.materials[{material.text}]", label)


def unfold_material(
    collector: Collector,
    material: Material,
    above: tuple[Factor, ...],
    path: str,
    label: Text,
    *,
    stage: Stage = "A1",
    packaging: bool = False,
    stock: bool = True,
) -> None:
    """Add one material: primary and recycled input, inbound legs, scrap treatment, mass balance."""
    where = material.source_row or path
    unit = material.amount.unit
    linked = collector.link(
        material.text, role="material", unit=unit, dataset=material.dataset, path=path, stage=stage,
        label=label, place=material.origin, where=where,
    )  # fmt: skip
    try:
        amounts = _amounts(collector, material, above, path, linked.dataset.unit if linked else unit)
        if linked:
            _inputs(collector, material, linked, amounts, path, label, stage=stage, packaging=packaging)
        if amounts.by_mass:
            _legs(collector, material, amounts, path, label, packaging=packaging)
            _balance(collector, material, amounts, path, label, packaging=packaging)
            if stock:
                _stock(collector, material, linked, amounts, path, label, packaging=packaging)
        elif material.legs:
            collector.note(
                "transport-without-mass", path,
                f"inbound transport of {material.text} is not covered: its amount is not a mass",
                f"{material.text}的入厂运输未计入：其用量不是质量",
            )  # fmt: skip
    except CradlemarkError as error:
        collector.problem(error, where)


def _label(component: Text, material: str) -> Text:
    return Text(f"{component['en']}: {material}", f"{component['zh']}：{material}")


def _amounts(
    collector: Collector, material: Material, above: tuple[Factor, ...], path: str, unit: str
) -> Amounts:
    evaluator = collector.evaluator
    by_mass = dimension(material.amount.unit) == "mass"
    unit = "kg" if by_mass else unit
    net = (*above, evaluator.factor("net amount", material.amount, f"{path}.amount", unit))
    if material.gross is not None:
        gross = (*above, evaluator.factor("gross amount, measured", material.gross, f"{path}.gross", unit))
        return Amounts(net, gross, by_mass)
    yields = []
    for index, value in enumerate(material.yields):
        place = f"{path}.yields[{index}]"
        share = evaluator.number(value, place, "1", low=1e-6, high=1.0)
        yields.append(Factor(f"1 / yield {central(share):g}", 1.0 / share, "1", place))
    return Amounts(net, (*net, *yields), by_mass)


def _inputs(
    collector: Collector,
    material: Material,
    linked: Linked,
    amounts: Amounts,
    path: str,
    label: Text,
    *,
    stage: Stage,
    packaging: bool,
) -> None:
    bought = _bought(material, amounts)
    if material.scrap_route == "recycled_in_house" and amounts.gross != amounts.net:
        collector.note(
            "scrap-closed-loop", path,
            f"the scrap of {material.text} is returned in house: only the net amount is bought",
            f"{material.text}的废料在厂内回用：只计净用量的外购",
        )  # fmt: skip
    common = {"label": label, "stage": stage, "kind": "material", "data_kind": material.data_kind}
    common |= {"pedigree": material.pedigree, "packaging": packaging}
    recycled = _recycled_share(collector, material, path)
    if recycled is None or not material.recycled_dataset:
        if recycled is not None and central(recycled) > 0:
            collector.note(
                "recycled-dataset-missing", path,
                f"{material.text}: recycled content is stated but no dataset of the recycled material; "
                "the main dataset counts for all of it",
                f"{material.text}：声明了再生含量但未给出再生料数据集，全部按主数据集计算",
            )  # fmt: skip
        collector.add(linked, _in_unit(bought, linked), path=path, **common)  # type: ignore[arg-type]
        return
    second = collector.link(
        material.text, role="material", unit=material.amount.unit, dataset=material.recycled_dataset,
        path=f"{path}.recycled_dataset", stage=stage, label=label,
    )  # fmt: skip
    content = f"{path}.recycled_content"
    primary = Factor("primary share 1 - R1", 1.0 - recycled, "1", content)
    collector.add(linked, (*_in_unit(bought, linked), primary), path=path, **common)  # type: ignore[arg-type]
    if second:
        share = Factor("recycled content R1", recycled, "1", content)
        collector.add(
            second, (*_in_unit(bought, second), share), path=f"{path}.recycled", **common  # type: ignore[arg-type]
        )  # fmt: skip


def _bought(material: Material, amounts: Amounts) -> tuple[Factor, ...]:
    return amounts.net if material.scrap_route == "recycled_in_house" else amounts.gross


def _recycled_share(collector: Collector, material: Material, path: str) -> Number | None:
    if material.recycled_content is None:
        return None
    return collector.evaluator.number(
        material.recycled_content, f"{path}.recycled_content", "1", low=0.0, high=1.0
    )


def _in_unit(factors: tuple[Factor, ...], linked: Linked) -> tuple[Factor, ...]:
    """Masses are kept in kg; a dataset per t or g gets a conversion as one more factor."""
    if linked.dataset.unit == "kg" or dimension(linked.dataset.unit) != "mass":
        return factors
    return (
        *factors,
        Factor(f"kg to {linked.dataset.unit}", conversion_factor("kg", linked.dataset.unit), "1"),
    )


def _legs(
    collector: Collector, material: Material, amounts: Amounts, path: str, label: Text, *, packaging: bool
) -> None:
    legs = material.legs or collector.study.inbound
    base = f"{path}.legs" if material.legs else "inbound"
    for index, leg in enumerate(legs):
        unfold_leg(
            collector, leg, amounts.gross, f"{base}[{index}]", Text(f"{label.en}, {leg.mode}", f"{label.zh}，{leg.mode}"),
            stage="A2", key=f"{path}.legs[{index}]", packaging=packaging,
        )  # fmt: skip


def unfold_leg(
    collector: Collector,
    leg: Leg,
    mass: tuple[Factor, ...],
    path: str,
    label: Text,
    *,
    stage: Stage,
    key: str = "",
    packaging: bool = False,
    outbound: bool = False,
) -> None:
    """Add one transport leg of a mass [kg]: mass x distance x mass factor x (1 + empty return) (F4)."""
    linked = collector.link(
        leg.mode, role="transport", unit="tkm", dataset=leg.dataset, path=path, stage=stage, label=label
    )
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
    collector.add(
        linked, factors, path=key or path, label=label, stage=stage, kind="transport", packaging=packaging,
        outbound=outbound,
    )  # fmt: skip


def _balance(
    collector: Collector, material: Material, amounts: Amounts, path: str, label: Text, *, packaging: bool
) -> None:
    gross, net = central(product_of(amounts.gross)), central(product_of(amounts.net))
    expected = net
    for index, value in enumerate(material.yields):
        expected /= central(
            collector.evaluator.number(value, f"{path}.yields[{index}]", "1", low=1e-6, high=1.0)
        )
    scrap = expected - net if (material.yields or material.gross is None) else gross - net
    collector.balances.append(MassBalance(path, label, gross, net, scrap, gross - net - scrap))
    if scrap > 0:
        _scrap(collector, material, amounts, path, label, packaging=packaging)


def _scrap(
    collector: Collector, material: Material, amounts: Amounts, path: str, label: Text, *, packaging: bool
) -> None:
    treatment = SCRAP_TREATMENT.get(material.scrap_route)
    if treatment is None:
        if not material.scrap_route:
            collector.note(
                "scrap-route-missing", path,
                f"the scrap of {material.text} has no route: its treatment is not covered",
                f"{material.text}的废料未说明去向：其处理未计入",
            )  # fmt: skip
        return
    name = Text(f"{label.en}, scrap", f"{label.zh}，废料")
    linked = collector.link(
        f"{treatment} {material.text}", role="waste", unit="kg", dataset="", path=f"{path}.scrap_route",
        stage="A3", label=name,
    )  # fmt: skip
    if linked is None:
        return
    net = product_of(amounts.net)
    lost = Factor("scrap share gross / net - 1", product_of(amounts.gross) / net - 1.0, "1", f"{path}.yields")
    collector.add(
        linked, (*_in_unit(amounts.net, linked), lost), path=f"{path}.scrap", label=name, stage="A3",
        kind="waste", data_kind=material.data_kind, packaging=packaging,
    )  # fmt: skip


def _stock(
    collector: Collector,
    material: Material,
    linked: Linked | None,
    amounts: Amounts,
    path: str,
    label: Text,
    *,
    packaging: bool,
) -> None:
    recycled = _recycled_share(collector, material, path)
    collector.stocks.append(
        Stock(
            path,
            label,
            material.text,
            amounts.net,
            linked.dataset if linked else None,
            material.end_of_life,
            0.0 if recycled is None else recycled,
            packaging,
        )  # fmt: skip
    )

