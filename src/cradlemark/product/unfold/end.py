"""End of life (C2-C4) of product and packaging by route, and module D or the circular footprint formula."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import attrs
import numpy as np

from cradlemark.core.errors import CradlemarkError, MissingDataError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor
from cradlemark.inventory.concepts import concepts_of_dataset, packaged_concepts
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.matching import Role
from cradlemark.product import end_of_life as methods
from cradlemark.product.study import EndOfLife, EndOfLifeRoute, Stage, Value
from cradlemark.product.system import ActivityKind, Factor, Number
from cradlemark.product.unfold.collector import Collector, Stock, Tags, central
from cradlemark.product.unfold.manufacturing import unfold_energy
from cradlemark.product.unfold.parts import in_unit, unfold_leg

_TREATMENTS: tuple[tuple[str, Stage, Text], ...] = (
    ("recycling", "C3", Text("recycling", "回收利用")),
    ("energy_recovery", "C3", Text("energy recovery", "能量回收")),
    ("incineration", "C4", Text("incineration", "焚烧")),
    ("landfill", "C4", Text("landfill", "填埋")),
)


@attrs.frozen
class Fate:
    """Shares of one stock in one route, as numbers."""

    stock: Stock
    route: EndOfLifeRoute
    path: str
    shares: methods.RouteShares
    early: bool
    """Whether it is treated at installation (packaging)."""

    def tags(self, title: Text, stage: Stage, kind: ActivityKind = "waste") -> Tags:
        """Tags of an activity of this fate."""
        moved: Stage = "A5" if self.early and stage != "D" else stage
        return Tags(self.stock.label, moved, kind, packaging=self.stock.packaging).named(title.en, title.zh)


def unfold_end_of_life(collector: Collector) -> None:
    """Add collection, treatment and, by method, credits or module D."""
    end = collector.study.end_of_life
    if end is None:
        return
    collector.section("end_of_life.dismantling", partial(_dismantling, collector, end))
    for position, stock in enumerate(tuple(collector.stocks)):
        key = f"end_of_life {position} {stock.path}"
        collector.section(key, partial(_stock, collector, end, stock), (stock,))


def _dismantling(collector: Collector, end: EndOfLife) -> None:
    tags = Tags(Text("dismantling", "拆解"), "C1", "energy")
    for index, use in enumerate(end.dismantling):
        named = tags.named(use.carrier, use.carrier)
        unfold_energy(collector, use, (), f"end_of_life.dismantling[{index}]", named, own=False)


def _stock(collector: Collector, end: EndOfLife, stock: Stock) -> None:
    try:
        _fate(collector, end, stock)
    except CradlemarkError as error:
        collector.problem(error, stock.path)


def _fate(collector: Collector, end: EndOfLife, stock: Stock) -> None:
    route = choose_route(end.routes, stock)
    path = f"end_of_life.routes[{route.id}]"
    early = stock.packaging and _packaging_at_installation(collector)
    fate = Fate(stock, route, path, _shares(collector, route, path), early)
    for index, leg in enumerate(end.legs):
        tags = fate.tags(Text("collection", "收集运输"), "C2")
        key = f"{stock.path}/collection[{index}]"
        unfold_leg(collector, leg, stock.factors, f"end_of_life.legs[{index}]", tags, key=key)
    for name, stage, title in _TREATMENTS:
        _treatment(collector, fate, name, stage, title)
    method = collector.settings.end_of_life_method
    if method == "module_d":
        _module_d(collector, fate)
    elif method == "circular_footprint_formula":
        _formula_credits(collector, fate)
    if method != "cut_off":
        _recycling_loss(collector, fate)


def choose_route(routes: Sequence[EndOfLifeRoute], stock: Stock) -> EndOfLifeRoute:
    """Return the route of a stock: the one it names, else the first whose materials fit, else the default one.

    Raises
    ------
    MissingDataError
        ``end-of-life-route-missing`` when none fits.
    """
    if stock.route:
        for route in routes:
            if route.id == stock.route:
                return route
    else:
        for route in routes:
            if any(_fits(stock, material) for material in route.materials):
                return route
        for route in routes:
            if not route.materials:
                return route
    wanted = Text(f"route for {stock.text}", f"没有 {stock.text} 的末期路线")
    if stock.route:
        wanted = Text(f"route {stock.route!r}", f"没有末期路线 {stock.route!r}")
    raise MissingDataError(
        Text(f"there is no end-of-life {wanted.en}", wanted.zh), code="end-of-life-route-missing", where=stock.path,
        hint=Text("add a route under end_of_life.routes, or a default one without materials", "在 end_of_life.routes 中添加路线，或不含材料的默认路线"),
    )  # fmt: skip


def _fits(stock: Stock, material: str) -> bool:
    wanted = material.strip().lower()
    if wanted == stock.text.strip().lower() or wanted == stock.route:
        return True
    if stock.dataset is None:
        return False
    return wanted in {stock.dataset.id, stock.dataset.category} or _is_a(stock.dataset, wanted)


def _is_a(dataset: Dataset, concept: str) -> bool:
    """Whether a dataset stands for a concept or one of its families."""
    concepts = packaged_concepts()
    return any(
        concepts.is_within(found, concept) for found in (*dataset.concepts, *concepts_of_dataset(dataset.id))
    )


def _packaging_at_installation(collector: Collector) -> bool:
    installation = collector.study.installation
    return installation is not None and installation.packaging_waste


def _number(collector: Collector, value: Value | None, path: str) -> Number:
    return 0.0 if value is None else collector.evaluator.number(value, path, "1", low=0.0, high=1.0)


def _optional(
    collector: Collector, value: Value | None, path: str, unit: str = "1", high: float = 1.0
) -> Number | None:
    return None if value is None else collector.evaluator.number(value, path, unit, low=0.0, high=high)


def _shares(collector: Collector, route: EndOfLifeRoute, path: str) -> methods.RouteShares:
    numbers = {name: _number(collector, getattr(route, name), f"{path}.{name}") for name, _, _ in _TREATMENTS}
    if any(isinstance(number, np.ndarray) for number in numbers.values()):
        total = sum(numbers.values(), start=0.0)
        numbers = {name: number / total for name, number in numbers.items()}
    return methods.route_shares(**numbers, where=path)


def _treatment(collector: Collector, fate: Fate, name: str, stage: Stage, title: Text) -> None:
    share: Number = getattr(fate.shares, name)
    if not np.any(share):
        return
    text = fate.stock.text
    dataset: str = getattr(fate.route, f"{name}_dataset")
    if name == "recycling":
        if collector.settings.end_of_life_method == "circular_footprint_formula":
            return  # the formula charges its own share of the recycling
        if not dataset:
            collector.note(
                "recycling-at-next-user",
                fate.path,
                f"recycling of {text} has no dataset: its burden is left to the user of the recycled material",
                f"{text}的回收处理未给出数据集：其负荷归再生料使用者",
            )
            return
    part = Factor(f"share to {title.en}", share, "1", f"{fate.path}.{name}")
    _treated(collector, fate, f"{title.en} {text}", dataset, part, f"/{name}", fate.tags(title, stage))


def _treated(
    collector: Collector, fate: Fate, text: str, dataset: str, part: Factor, suffix: str, tags: Tags
) -> None:
    path = f"{fate.stock.path}{suffix}"
    linked = collector.link(text, role="waste", unit="kg", dataset=dataset, path=path, tags=tags)
    if linked:
        collector.add(linked, (*in_unit(fate.stock.factors, linked), part), path=path, tags=tags)


def _recycling_loss(collector: Collector, fate: Fate) -> None:
    """Charge what the recycler loses as disposal: F7 asks for (1 - R2 - R3) ED."""
    loss = fate.shares.recycling - _recycled(collector, fate)
    if not np.any(loss):
        return
    dataset = fate.route.landfill_dataset or fate.route.incineration_dataset
    if not dataset:
        collector.note(
            "recycling-loss-open",
            fate.path,
            f"the recycler's loss of {fate.stock.text} has no treatment: name landfill_dataset or incineration_dataset",
            f"{fate.stock.text}的回收损失未给出处理方式：请指定 landfill_dataset 或 incineration_dataset",
        )
        return
    part = Factor("loss of the recycler", loss, "1", f"{fate.path}.recovery_efficiency")
    tags = fate.tags(Text("loss of the recycler", "回收损失"), "C4")
    _treated(collector, fate, f"landfill {fate.stock.text}", dataset, part, "/recycling_loss", tags)


def _recycled(collector: Collector, fate: Fate) -> Number:
    efficiency = _optional(collector, fate.route.recovery_efficiency, f"{fate.path}.recovery_efficiency")
    if efficiency is None:
        efficiency = 1.0
        if central(fate.shares.recycling) > 0:
            collector.note(
                "recovery-efficiency-missing", fate.path,
                "no recovery efficiency is stated: output of the recycler is taken equal to its input",
                "未说明回收得率：按回收产出等于投入计",
            )  # fmt: skip
    return methods.recycled_output(
        recycling=fate.shares.recycling, recovery_efficiency=efficiency, where=fate.path
    )


def _export(collector: Collector, fate: Fate) -> methods.EnergyExport | None:
    route, path = fate.route, fate.path
    if route.heating_value is None:
        return None
    if route.heat_efficiency is None or route.electricity_efficiency is None:
        collector.note(
            "efficiency-missing",
            path,
            "energy recovery states no efficiency to heat or to electricity: none is credited for the missing one",
            "能量回收未给出产热或发电效率：缺失的一项不计抵扣",
        )
    return methods.EnergyExport(
        collector.evaluator.number(route.heating_value, f"{path}.heating_value", "MJ/kg", low=0.0),
        _number(collector, route.heat_efficiency, f"{path}.heat_efficiency"),
        _number(collector, route.electricity_efficiency, f"{path}.electricity_efficiency"),
    )


def _module_d(collector: Collector, fate: Fate) -> None:
    if not np.any(fate.shares.recycling) and fate.route.heating_value is None:
        return
    export = _export(collector, fate)
    result = methods.module_d(
        secondary_in=fate.stock.recycled_content,
        secondary_out=_recycled(collector, fate),
        quality_out=_optional(collector, fate.route.quality_out, f"{fate.path}.quality_out"),
        energy_recovered=fate.shares.energy_recovery if export else 0.0,
        energy_export=export,
        where=fate.path,
    )
    _terms(
        collector, fate, [term for term in result.terms if not _already_treated(collector, fate, term)], "D"
    )


def _already_treated(collector: Collector, fate: Fate, term: methods.Term) -> bool:
    """Whether the recycling in C3 already holds the processing after the end of waste: it counts once."""
    if term.name != "recycling_after_end_of_waste" or fate.route.secondary_dataset:
        return False
    if not fate.route.recycling_dataset:
        return False  # the missing dataset is reported
    collector.note(
        "recycling-counted-in-c3",
        fate.path,
        "no secondary_dataset is stated: the recycling dataset in C3 stands for all processing, module D holds the "
        "substituted material only",
        "未给出 secondary_dataset：C3 的回收数据集代表全部加工，模块D只含被替代材料",
    )
    return True


def _formula_credits(collector: Collector, fate: Fate) -> None:
    factor = fate.route.allocation_factor
    if factor is None:
        raise MissingDataError(
            Text("the allocation factor A is missing", "缺少分配系数 A"), code="allocation-factor-missing", where=fate.path,
            hint=Text("state allocation_factor with its source; there is no silent default", "给出 allocation_factor 并注明来源；没有默认值"),
        )  # fmt: skip
    export = _export(collector, fate)
    terms = methods.circular_footprint_formula(
        recycled_content=fate.stock.recycled_content,
        recycled=_recycled(collector, fate),
        energy_recovered=fate.shares.energy_recovery if export else 0.0,
        allocation_factor=_number(collector, factor, f"{fate.path}.allocation_factor"),
        quality_in=_optional(collector, fate.route.quality_in, f"{fate.path}.quality_in"),
        quality_out=_optional(collector, fate.route.quality_out, f"{fate.path}.quality_out"),
        energy_export=export,
        where=fate.path,
    )
    _terms(collector, fate, [term for term in terms if term.name not in _ELSEWHERE], "C3")
    _recycled_input(collector, fate, terms)


_ELSEWHERE = {"virgin", "recycled_in", "virgin_for_recycled_content", "energy_recovery", "disposal"}
"""Terms whose burden the raw materials (A1) and the treatments already carry."""


def _recycled_input(collector: Collector, fate: Fate, terms: Sequence[methods.Term]) -> None:
    """Move the part (1 - A) of the recycled input from the recycled to the primary dataset, quality adjusted."""
    if not np.any(fate.stock.recycled_content) or not fate.stock.recycled_dataset:
        return
    by_name = {term.name: term.coefficient for term in terms}
    charged = by_name.get("recycled_in", 0.0)
    moved = fate.stock.recycled_content - charged
    virgin = by_name.get("virgin_for_recycled_content", 0.0)
    extra = [
        methods.Term("recycled_in", "recycled_in", -1.0 * moved, "material"),
        methods.Term("virgin_for_recycled_content", "virgin", virgin, "material"),
    ]
    _terms(collector, fate, extra, "A1")


_TITLES = {
    "recycling_eol": Text("recycling at end of life", "报废回收处理"),
    "recycling_after_end_of_waste": Text("recycling after end of waste", "终止废物属性后的再生加工"),
    "substituted": Text("substituted primary material", "被替代的原生料"),
    "recycled_in": Text("recycled input, shared with its source", "再生投入（与来源方分摊）"),
    "virgin_for_recycled_content": Text(
        "primary production shared with the source", "与来源方分摊的原生生产"
    ),
    "heat_credit": Text("heat that is replaced", "被替代的热力"),
    "electricity_credit": Text("electricity that is replaced", "被替代的电力"),
}


def _terms(collector: Collector, fate: Fate, terms: Sequence[methods.Term], stage: Stage) -> None:
    stock = fate.stock
    for term in terms:
        if term.name == "energy_recovery" or not np.any(term.coefficient):
            continue
        title = _TITLES.get(term.name, _TITLES.get(term.role, Text(term.name, term.name)))
        tags = fate.tags(title, stage, "credit")
        if stage == "A1":
            tags = attrs.evolve(tags, stage="A3" if stock.packaging else "A1")
        path = f"{stock.path}/{term.name}"
        role: Role = "waste" if term.role == "recycling_eol" else "material"
        linked = collector.link(
            term.name, role=role, unit=term.unit, dataset=_dataset(fate, term), path=path, tags=tags
        )
        if linked is None:
            continue
        mass = in_unit(stock.bought if stage == "A1" else stock.factors, linked)
        factors = [*mass, Factor(f"{term.name} per kg of material", term.coefficient, "1", fate.path)]
        if term.unit == "MJ":
            unit = linked.dataset.unit
            factors.append(Factor(f"MJ to {unit}", conversion_factor("MJ", unit)))
        collector.add(linked, factors, path=path, tags=tags)


def _dataset(fate: Fate, term: methods.Term) -> str:
    route = fate.route
    own = fate.stock.dataset.id if fate.stock.dataset else ""
    by_role = {
        "virgin": own,
        "substituted": route.substituted_dataset or own,
        "recycled_in": fate.stock.recycled_dataset,
        "recycling_eol": route.secondary_dataset or route.recycling_dataset,
        "heat_credit": route.heat_dataset,
        "electricity_credit": route.electricity_dataset,
    }
    dataset = by_role.get(term.role, "")
    if not dataset:
        raise MissingDataError(
            Text(f"route {route.id!r} has no dataset for {term.name}", f"路线 {route.id!r} 没有 {term.name} 的数据集"), code="end-of-life-dataset-missing", where=fate.path,
            hint=Text("name secondary_dataset, substituted_dataset, heat_dataset or electricity_dataset", "指定 secondary_dataset、substituted_dataset、heat_dataset 或 electricity_dataset"),
        )  # fmt: skip
    return dataset
