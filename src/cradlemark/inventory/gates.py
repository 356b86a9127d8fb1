"""The magnitude gate: is a value plausible for its category, and if not, which slip of unit would explain it?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text, joined
from cradlemark.core.quantities import conversion_factor, dimension
from cradlemark.inventory.dataset import Dataset

MASS_SLIPS = (
    (
        1e-3,
        Text(
            "the value per t was written per kg, or g of CO2e as kg",
            "也许把每 t 的值写成了每 kg 的值，或把 g CO2e 写成了 kg",
        ),
    ),
    (
        1e3,
        Text(
            "the value per kg was written per t, or t of CO2e as kg",
            "也许把每 kg 的值写成了每 t 的值，或把 t CO2e 写成了 kg",
        ),
    ),
    (
        1e-6,
        Text("units of a million were mixed up, such as g and t", "也许混淆了相差百万倍的单位，如 g 与 t"),
    ),
    (1e6, Text("units of a million were mixed up, such as t and g", "也许混淆了相差百万倍的单位，如 t 与 g")),
)
"""Factors [1] that bring a slipped value back, and the slip each of them stands for; the likeliest first."""
ENERGY_SLIPS = (
    (1 / 3.6, Text("the value per kWh was written per MJ", "也许把每 kWh 的值写成了每 MJ 的值")),
    (3.6, Text("the value per MJ was written per kWh", "也许把每 MJ 的值写成了每 kWh 的值")),
    *MASS_SLIPS,
)
"""The same for values per unit of energy."""


@attrs.frozen
class Gate:
    """Plausible range of a category.

    Parameters
    ----------
    category, unit : str
    low, high : float
        [kg CO2e / unit]
    reason : str
        On what the range rests.
    """

    category: str
    unit: str
    low: float
    high: float
    reason: str


@cache
def _document() -> tuple[dict[str, Text], tuple[Gate, ...], dict[str, str]]:
    text = (resources.files("cradlemark.inventory") / "datasets" / "gates.toml").read_text("utf-8")
    document = tomllib.loads(text)
    names = {key: Text(**value) for key, value in document["categories"].items()}
    excepted = {entry["id"]: entry["reason"] for entry in document["exceptions"]}
    return names, tuple(Gate(**entry) for entry in document["gates"]), excepted


def categories() -> dict[str, Text]:
    """Names of all categories by identifier."""
    return _document()[0]


def gates(category: str) -> tuple[Gate, ...]:
    """Ranges of a category, one per kind of unit; none for a category that is not checked."""
    return tuple(gate for gate in _document()[1] if gate.category == category)


def exceptions() -> dict[str, str]:
    """Packaged datasets that may lie outside their range, with the reason."""
    return _document()[2]


def check_magnitude(dataset: Dataset, *, where: str = "") -> Problem | None:
    """Compare a dataset with the range of its category.

    Parameters
    ----------
    dataset : Dataset
        Biogenic parts are left aside when they are known, because an uptake may make the total negative.
    where : str
        Place of the row for the problem; the dataset id by default.

    Returns
    -------
    Problem or None
        ``magnitude-implausible``, with the slip of unit that would explain the value. None when the value is
        plausible or the category has no range for this kind of unit.
    """
    if dataset.id in exceptions():
        return None
    found = implausible(dataset.category, dataset.unit, _checked_value(dataset))
    return Problem(where or dataset.id, "magnitude-implausible", *found) if found else None


def implausible(category: str, unit: str, value: float) -> tuple[Text, Text] | None:
    """Why a value is not plausible for its category, and the slip of unit that would explain it; None when it is.

    Parameters
    ----------
    category, unit : str
    value : float
        [kg CO2e / unit], without biogenic parts where they are known.
    """
    found = _gates_for(category, unit)
    if not found or any(gate.low <= value / factor <= gate.high for gate, factor in found):
        return None
    return _explain(value, unit, *found[0])


def check_magnitudes(datasets: Iterable[Dataset]) -> tuple[Problem, ...]:
    """Problems of all datasets whose value is not plausible for their category."""
    return tuple(problem for problem in map(check_magnitude, datasets) if problem)


def _gates_for(category: str, unit: str) -> list[tuple[Gate, float]]:
    """Ranges for units of the same dimension, that of the same unit first, and one dataset unit in each of them."""
    found: list[tuple[Gate, float]] = []
    for gate in gates(category):
        try:
            found.append((gate, conversion_factor(unit, gate.unit)))
        except InputError:
            continue
    return sorted(found, key=lambda pair: pair[1] != 1.0)


def _checked_value(dataset: Dataset) -> float:
    climate = dataset.climate
    fossil, _emission, _removal, land_use, aircraft = climate.co2e
    return fossil + land_use + aircraft if climate.origins_known else climate.total


def _explain(stated: float, unit: str, gate: Gate, factor: float) -> tuple[Text, Text]:
    value = stated / factor
    message = Text(
        f"{stated:g} kg CO2e per {unit} is not plausible for "
        f"{categories()[gate.category].en.lower()}: expected {gate.low:g} to {gate.high:g} kg CO2e per {gate.unit}",
        f"每 {unit} {stated:g} kg CO2e 对{categories()[gate.category].zh}不合理：应为每 {gate.unit} {gate.low:g} 至 {gate.high:g} kg CO2e",
    )
    slips = ENERGY_SLIPS if dimension(gate.unit) == "energy" else MASS_SLIPS
    slip = next((slip for slip in slips if gate.low <= value * slip[0] <= gate.high), None)
    if slip and value > 0:
        hint = Text(
            f"{value * slip[0]:g} kg CO2e per {gate.unit} would be plausible; perhaps {slip[1].en}",
            f"每 {gate.unit} {value * slip[0]:g} kg CO2e 则合理；{slip[1].zh}",
        )
    else:
        hint = Text("check the value and the unit", "检查数值和单位")
    confirm = Text(
        "if it is right, write yes into the column magnitude_confirmed",
        "若数值无误，在 magnitude_confirmed 列写 yes",
    )
    return message, joined([hint, confirm])
