"""Operations with a unit-process model: its flows become activities, stated energy is checked against its minimum."""

from __future__ import annotations

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor, dimension
from cradlemark.product.models import Model, ProcessResult, check_energy, find_model
from cradlemark.product.study import Material, Operation, Value
from cradlemark.product.system import Factor, Number, ProcessCheck
from cradlemark.product.unfold.collector import Collector, Tags, central
from cradlemark.product.unfold.electricity import unfold_electricity
from cradlemark.product.unfold.parts import unfold_material
from cradlemark.product.unfold.releases import add_release

CARRIERS = {"natural_gas": ("natural gas", "天然气"), "electricity": ("electricity", "电力")}


def run_model(collector: Collector, operation: Operation, above: tuple[Factor, ...], path: str) -> None:
    """Add what a model computes per good part; with metered energy only check it against the minimum.

    Raises
    ------
    MissingDataErrors
        Every input the model needs and has not got.
    InputError
        ``operation-per`` when a model stands in an operation that is not per piece.
    """
    model = find_model(operation.model, where=f"{path}.model")
    inputs = _inputs(collector, operation, model, path)
    if operation.energy:
        _check_metered(collector, operation, model, inputs, path)
        return
    if operation.per != "piece":
        raise InputError(
            Text(f"model {model.name} gives amounts per good part, the operation is per {operation.per}", f"模型 {model.name} 按合格件给出数量，工序按 {operation.per} 计"),
            code="operation-per", where=f"{path}.per", hint=Text('set per = "piece"', '设 per = "piece"'),
        )  # fmt: skip
    result = model.compute(inputs, material=operation.model_material, where=path)
    _note(collector, operation, model, result, path)
    _flows(collector, operation, model, result, above, path)
    _auxiliaries(collector, operation, result, above, path)
    _emissions(collector, operation, result, above, path)
    if central(result.minimum) > 0.0:
        _keep_check(collector, operation, model, result.total_energy, result.minimum, path)


def _inputs(collector: Collector, operation: Operation, model: Model, path: str) -> dict[str, Number]:
    known = {item.name: item for item in model.inputs}
    numbers = {}
    for name, value in operation.model_inputs:
        place = f"{path}.model_inputs[{name}]"
        unit = known[name].unit if name in known else value.unit
        number = collector.evaluator.number(value, place, unit)
        if isinstance(number, np.ndarray) and name in known:  # the model reports scalars outside their range
            low, high = known[name].physical_range
            number = collector.evaluator.number(value, place, unit, low=low, high=high)
        numbers[name] = number
    return numbers


def _check_metered(
    collector: Collector, operation: Operation, model: Model, inputs: dict[str, Number], path: str
) -> None:
    stated: Number = 0.0
    for index, use in enumerate(operation.energy):
        if dimension(use.amount.unit) != "energy":
            collector.note(
                "energy-not-checked", path,
                f"{operation.name.en}: energy in {use.amount.unit} is not held against the minimum",
                f"{operation.name.zh}：以 {use.amount.unit} 计的能耗未与最小值比较",
            )  # fmt: skip
            return
        stated = stated + collector.evaluator.number(
            use.amount, f"{path}.energy[{index}].amount", "kWh", low=0.0
        )
    if operation.per == "declared_unit":
        return
    minimum = model.minimum(inputs, material=operation.model_material, where=path)
    if operation.per == "kg":
        mass = inputs.get("part_mass")
        if mass is None or not np.all(np.asarray(mass) > 0.0):
            return
        stated = stated * mass
    _keep_check(collector, operation, model, stated, minimum, path)


def _keep_check(
    collector: Collector, operation: Operation, model: Model, stated: Number, minimum: Number, path: str
) -> None:
    check = check_energy(stated=stated, minimum=minimum, upper_multiple=model.upper_multiple, where=path)
    if check.verdict != "no_bound":
        collector.checks.append(
            ProcessCheck(path, operation.name, model.name, check.stated, check.minimum, check.verdict)
        )


def _note(collector: Collector, operation: Operation, model: Model, result: ProcessResult, path: str) -> None:
    name = operation.name
    if result.assumed:
        words = ", ".join(result.assumed)
        collector.note(
            "default-taken", path,
            f"{name['en']}: the model {model.name} took packaged values, which are unverified, for {words}",
            f"{name['zh']}：模型 {model.name} 对 {words} 采用了内置的未核实数值",
        )  # fmt: skip
    if result.left_out:
        words = ", ".join(result.left_out)
        collector.note(
            "model-step-left-out", path,
            f"{name['en']}: not given and so not part of the result: {words}",
            f"{name['zh']}：未提供、因而未计入：{words}",
        )  # fmt: skip
    if result.unusual:
        words = ", ".join(result.unusual)
        collector.note(
            "model-input-unusual", path,
            f"{name['en']}: outside the usual range of the model: {words}",
            f"{name['zh']}：超出模型常见范围：{words}",
        )  # fmt: skip


def _flows(
    collector: Collector,
    operation: Operation,
    model: Model,
    result: ProcessResult,
    above: tuple[Factor, ...],
    path: str,
) -> None:
    for flow in result.energy:
        english, chinese = CARRIERS.get(flow.carrier, (flow.carrier, flow.carrier))
        place = f"{path}.model.{flow.carrier}"
        tags = attrs.evolve(_modelled(operation).named(english, chinese), kind="energy")
        energy = Factor(f"energy from model {model.name}", flow.amount, flow.unit, f"{path}.model")
        if flow.carrier == "electricity":
            unfold_electricity(collector, (*above, energy), place, tags, own=operation.own)
            continue
        linked = collector.link(english, role="energy", unit=flow.unit, dataset="", path=place, tags=tags)
        if linked:
            unit = linked.dataset.unit
            convert = Factor(f"{flow.unit} to {unit}", conversion_factor(flow.unit, unit))
            collector.add(linked, (*above, energy, convert), path=place, tags=tags)


def tags_of(operation: Operation) -> Tags:
    """Label, stage, data kind and pedigree of everything an operation causes."""
    return Tags(operation.name, operation.stage, "process", operation.data_kind, operation.pedigree)


def _modelled(operation: Operation) -> Tags:
    """Tags of what a model computes: it is never measured, whatever the operation says of its own data."""
    tags = tags_of(operation)
    return attrs.evolve(tags, data_kind="secondary") if tags.data_kind == "measured" else tags


def _auxiliaries(
    collector: Collector, operation: Operation, result: ProcessResult, above: tuple[Factor, ...], path: str
) -> None:
    for item in result.auxiliaries:
        if np.any(item.amount):
            material = Material(text=item.name.replace("_", " "), amount=Value(1.0, item.unit))
            tags = _modelled(operation).named(material.text, material.text)
            factor = Factor(f"amount from model, in {item.unit}", item.amount, "1", f"{path}.model")
            place = f"{path}.model.{item.name}"
            unfold_material(collector, material, (*above, factor), place, tags, stock=False)
    for item in result.wastes:
        if np.any(item.amount):
            amount = f"{central(item.amount):.4g} {item.unit}"
            collector.note(
                "model-waste-open",
                path,
                f"{operation.name['en']}: {amount} of {item.name.replace('_', ' ')} per part has no treatment; "
                "add it under waste",
                f"{operation.name['zh']}：每件 {amount} 的 {item.name} 未给出处理方式，请在废物中补充",
            )


def _emissions(
    collector: Collector, operation: Operation, result: ProcessResult, above: tuple[Factor, ...], path: str
) -> None:
    for emission in result.emissions:
        if np.any(emission.amount):
            factor = Factor("release from model", emission.amount, "kg", f"{path}.model")
            add_release(
                collector,
                emission.gas,
                (*above, factor),
                f"{path}.model.{emission.gas}",
                _modelled(operation),
            )
