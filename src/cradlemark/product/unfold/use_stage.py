"""Use stage (B2, B6): Joule losses or operating modes over the reference service life, and consumables."""

from __future__ import annotations

import attrs
import numpy as np

from cradlemark.core.errors import CradlemarkError, MissingDataError
from cradlemark.core.language import Text
from cradlemark.core.quantities import dimension
from cradlemark.product.study import JouleLosses, LoadPoint, Use
from cradlemark.product.system import Factor, Number
from cradlemark.product.unfold.collector import Collector, Tags, central, whole_shares
from cradlemark.product.unfold.electricity import unfold_electricity
from cradlemark.product.unfold.parts import material_names, unfold_material
from cradlemark.product.use import (
    HOURS_PER_YEAR,
    LoadShare,
    ModeHours,
    active_energy,
    joule_energy,
    resistance,
)

SMALLEST_CURRENT = 1e-9
"""A resistance is measured with a current [A]."""


def unfold_use(collector: Collector) -> None:
    """Add the use stage; nothing when the study has none."""
    use = collector.study.use
    if use is None:
        return
    try:
        if use.losses is not None:
            _joule(collector, use, use.losses)
        if use.modes:
            _modes(collector, use)
    except CradlemarkError as error:
        collector.problem(error, "use")
    names = material_names(use.consumables)
    for material, name in zip(use.consumables, names, strict=True):
        label = Text(f"consumable: {material.text}", f"耗材：{material.text}")
        unfold_material(collector, material, (), f"use.consumables[{name}]", Tags(label, "B2"), stock=False)


def _service_life(collector: Collector) -> Factor:
    life = collector.study.product.service_life
    if life is None:
        raise MissingDataError(
            Text("the reference service life is missing", "缺少参考使用寿命"), code="service-life-missing", where="product.service_life",
            hint=Text("state it; there is no default service life", "请给出；没有默认使用寿命"),
        )  # fmt: skip
    return collector.evaluator.factor("reference service life", life, "product.service_life", "year")


def _joule(collector: Collector, use: Use, losses: JouleLosses) -> None:
    evaluator = collector.evaluator
    life = _service_life(collector)
    ohm = _resistance(collector, losses)
    current = evaluator.number(losses.rated_current, "use.losses.rated_current", "A", low=0.0)
    paths = evaluator.factor("current paths", losses.paths, "use.losses.paths", "1")
    points = _within_year([_load(collector, point, index) for index, point in enumerate(losses.profile)])
    joule_energy(  # raises when the profile or a value is not physical
        resistance=central(ohm.value), rated_current=central(current), service_life=central(life.value),
        paths=central(paths.value), where="use.losses",
        profile=[LoadShare(central(time.value), central(load) ) for time, load in points],
    )  # fmt: skip
    hours = Factor("hours per year", HOURS_PER_YEAR, "h")
    squared = Factor("rated current squared (A²)", current * current, "1", "use.losses.rated_current")
    for index, (time, load) in enumerate(points):
        share = Factor("load share squared", load * load, "1", f"use.losses.profile[{index}].current_share")
        percent = f"{central(load):.0%}"
        label = Text(f"Joule losses at {percent} of rated current", f"额定电流{percent}时的焦耳损耗")
        chain = (hours, life, time, share, squared, ohm, paths, Factor("W to kW", 1e-3))
        _electricity(collector, use, chain, f"use.losses.profile[{index}]", label)


def _load(collector: Collector, point: LoadPoint, index: int) -> tuple[Factor, Number]:
    path = f"use.losses.profile[{index}]"
    time = collector.evaluator.factor("share of time", point.time_share, f"{path}.time_share", "1", high=1.0)
    load = collector.evaluator.number(point.current_share, f"{path}.current_share", "1", low=0.0, high=1.0)
    return time, load


def _within_year(points: list[tuple[Factor, Number]]) -> list[tuple[Factor, Number]]:
    """Scale the draws of time shares that sum to more than 1; scalars that do are refused by the formula."""
    total: Number = sum((time.value for time, _ in points), start=0.0)
    if not isinstance(total, np.ndarray):
        return points
    scale = 1.0 / np.maximum(total, 1.0)
    return [(attrs.evolve(time, value=time.value * scale), load) for time, load in points]


def _resistance(collector: Collector, losses: JouleLosses) -> Factor:
    evaluator = collector.evaluator
    if losses.resistance is not None:
        return evaluator.factor("resistance of one path", losses.resistance, "use.losses.resistance", "ohm")
    if losses.voltage_drop is None or losses.test_current is None:
        raise MissingDataError(
            Text("neither a resistance nor a voltage drop at a test current is given", "既无电阻也无测试电流下的电压降"), code="resistance-missing",
            where="use.losses", hint=Text("give the measured resistance, or voltage_drop and test_current", "给出实测电阻，或 voltage_drop 和 test_current"),
        )  # fmt: skip
    drop = evaluator.number(losses.voltage_drop, "use.losses.voltage_drop", "V", low=0.0)
    test = evaluator.number(losses.test_current, "use.losses.test_current", "A", low=SMALLEST_CURRENT)
    value = resistance(voltage_drop=drop, test_current=test, where="use.losses")
    return Factor("resistance from voltage drop / test current", value, "ohm", "use.losses.voltage_drop")


def _modes(collector: Collector, use: Use) -> None:
    evaluator = collector.evaluator
    life = _service_life(collector)
    rows: list[tuple[Factor, Factor]] = []
    for index, mode in enumerate(use.modes):
        power = evaluator.factor("power", mode.power, f"use.modes[{index}].power", "W")
        unit = "h" if dimension(mode.hours.unit) == "time" else "h/year"  # hours alone are those of a year
        hours = evaluator.factor("hours per year", mode.hours, f"use.modes[{index}].hours", unit)
        rows.append((power, hours))
    active_energy(
        modes=[ModeHours(central(power.value), central(hours.value)) for power, hours in rows],
        service_life=central(life.value), where="use.modes",
    )  # fmt: skip
    for index, (mode, (power, hours)) in enumerate(zip(use.modes, rows, strict=True)):
        chain = (power, hours, life, Factor("W to kW", 1e-3))
        _electricity(collector, use, chain, f"use.modes[{index}]", mode.name)


def _electricity(collector: Collector, use: Use, energy: tuple[Factor, ...], path: str, label: Text) -> None:
    tags = Tags(label, "B6", "energy")
    if not use.grid:
        place = use.place or collector.study.place
        unfold_electricity(collector, energy, path, tags, own=False, place=place)
        return
    numbers = [
        collector.evaluator.number(year.share, f"use.grid[{index}].share", "1", low=0.0, high=1.0)
        for index, year in enumerate(use.grid)
    ]
    hint = Text("the mixes together cover the whole service life", "各组合须覆盖整个使用寿命")
    shares = whole_shares(
        numbers, name=Text("the shares of the service life", "使用寿命各份额"), where="use.grid", hint=hint
    )
    for index, (year, number) in enumerate(zip(use.grid, shares, strict=True)):
        name = f"share of the service life, {year.dataset}"
        share = Factor(name, number, "1", f"use.grid[{index}].share")
        for dataset in filter(None, (year.dataset, year.losses_dataset)):
            linked = collector.link(
                dataset, role="electricity", unit="kWh", dataset=dataset, path=f"use.grid[{index}]", tags=tags
            )
            if linked:
                named = tags.named(dataset, dataset)
                collector.add(linked, (*energy, share), path=f"{path}/grid[{index}]", tags=named)
