"""What one run of a unit-process model gives, per good part."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.system import Number


@attrs.frozen
class EnergyFlow:
    """Use of one energy carrier.

    Parameters
    ----------
    carrier : str
        ``electricity`` or ``natural_gas`` (lower heating value).
    amount : float or ndarray of float64, shape (draws,)
        [kWh per good part]
    steps : tuple of (name, amount)
        Parts of it [kWh per good part]; they sum to `amount`.
    """

    carrier: str
    amount: Number
    steps: tuple[tuple[str, Number], ...]
    unit: str = "kWh"


@attrs.frozen
class MaterialFlow:
    """Auxiliary input or waste per good part [unit]."""

    name: str
    amount: Number
    unit: str


@attrs.frozen
class GasEmission:
    """Gas that the process itself releases [kg per good part]."""

    gas: str
    amount: Number


@attrs.frozen
class ProcessResult:
    """Result per good part.

    Parameters
    ----------
    energy : tuple of EnergyFlow
    material_input : float or ndarray of float64, shape (draws,), optional
        Gross input of the part's material [kg]; None when the model does not change the part's mass.
    scrap, loss : float or ndarray of float64, shape (draws,)
        Collected scrap and loss such as scale [kg]; ``input = part + scrap + loss + residual``.
    residual : float or ndarray of float64, shape (draws,), optional
        What the mass balance leaves unexplained [kg], where the model can tell; reported, never spread.
    minimum : float or ndarray of float64, shape (draws,)
        Thermodynamic minimum energy [kWh per good part]; 0 when the model gives no bound.
    values : tuple of (name, value)
        Inputs as used.
    assumed : tuple of str
        Inputs that took a declared default or a packaged material property.
    left_out : tuple of str
        Optional inputs that were not given: their step is not part of the result.
    unusual : tuple of str
        Given inputs outside their usual range.
    """

    energy: tuple[EnergyFlow, ...]
    auxiliaries: tuple[MaterialFlow, ...] = ()
    wastes: tuple[MaterialFlow, ...] = ()
    emissions: tuple[GasEmission, ...] = ()
    material_input: Number | None = None
    scrap: Number = 0.0
    loss: Number = 0.0
    residual: Number | None = None
    minimum: Number = 0.0
    values: tuple[tuple[str, Number], ...] = ()
    assumed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    unusual: tuple[str, ...] = ()

    @property
    def total_energy(self) -> Number:
        """Sum over carriers [kWh per good part]."""
        total: Number = 0.0
        for flow in self.energy:
            total = total + flow.amount
        return total

    def carrier(self, name: str) -> Number:
        """Use of one carrier [kWh per good part]; 0 when it is not used."""
        total: Number = 0.0
        for flow in self.energy:
            if flow.carrier == name:
                total = total + flow.amount
        return total


def flow(carrier: str, steps: Iterable[tuple[str, Number]]) -> EnergyFlow:
    """Return the flow of a carrier as the sum of its steps [kWh]; steps that are zero in every draw are left out."""
    kept = tuple((name, amount) for name, amount in steps if bool(np.any(np.asarray(amount) != 0.0)))
    total: Number = 0.0
    for _, amount in kept:
        total = total + amount
    return EnergyFlow(carrier, total, kept)


def flows(*given: EnergyFlow) -> tuple[EnergyFlow, ...]:
    """Return the flows that have steps; with none, the first of them, so that zero is stated."""
    return tuple(item for item in given if item.steps) or given[:1]


def checked(result: ProcessResult, *, where: str) -> ProcessResult:
    """Return the result, or raise when more comes out than goes in or a flow is not a finite amount."""
    problems = []
    if bool(np.any(np.asarray(result.scrap) < -1e-12)):
        message = Text("the part is heavier than what goes into the process", "零件比投入的材料更重")
        problems.append(
            Problem(
                where,
                "outputs-exceed-input",
                message,
                Text("check part mass, gross mass and yield", "检查零件质量、毛重和得料率"),
            )
        )
    amounts = [
        *(item.amount for item in result.energy),
        *(item.amount for item in (*result.auxiliaries, *result.wastes)),
        *(item.amount for item in result.emissions),
    ]
    if not all(bool(np.all(np.isfinite(amount) & (np.asarray(amount) >= 0.0))) for amount in amounts):
        message = Text("an amount of the process is negative or not finite", "过程的某数量为负或不是有限数值")
        problems.append(
            Problem(
                where,
                "process-amount",
                message,
                Text("check temperatures and contents before and after", "检查前后的温度和含量"),
            )
        )
    raise_if_any(problems)
    return result
