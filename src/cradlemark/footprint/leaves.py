"""Lines of a footprint as products of named factors, each factor with the cause a change of it belongs to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import attrs
import numpy as np

from cradlemark.core.language import Text
from cradlemark.footprint.footprint import DatasetUse, Footprint, Line
from cradlemark.product.study import GATE_STAGES, DataKind, Stage
from cradlemark.product.system import MassBalance, Number

Cause = Literal[
    "substitution", "mass", "yield", "energy", "supplier", "grid", "factor_update", "use_profile", "other"
]
CAUSES: tuple[Cause, ...] = (
    "substitution", "mass", "yield", "energy", "supplier", "grid", "factor_update", "use_profile", "other",
)  # fmt: skip
"""Causes that a change of a footprint is divided into; programmes name the first eight."""
CAUSE_NAMES: Mapping[Cause, Text] = {
    "substitution": Text("material substitution", "材料替代"),
    "mass": Text("mass", "用量"),
    "yield": Text("yield", "得料率"),
    "energy": Text("energy and auxiliaries of operations", "工序能耗与辅料"),
    "supplier": Text("supplier, contract and transport", "供应商、合同与运输"),
    "grid": Text("electricity grid", "电网"),
    "factor_update": Text("update of factors", "因子更新"),
    "use_profile": Text("use profile", "使用情景"),
    "other": Text("other", "其他"),
}


@attrs.frozen(eq=False)
class LeafFactor:
    """One factor of a leaf.

    Parameters
    ----------
    value : float or ndarray of float64, shape (draws,)
    path : str
        Field it comes from; empty for conversions, which belong to the dataset.
    cause : Cause or None
        None for conversions.
    """

    value: Number
    path: str
    cause: Cause | None


@attrs.frozen(eq=False)
class Leaf:
    """One line as ``intensity * product of factors`` [kg CO2e per declared unit].

    Parameters
    ----------
    intensity : float or ndarray
        Sum over origins [kg CO2e / unit].
    """

    path: str
    label: Text
    stage: Stage
    kind: str
    data_kind: DataKind
    unit: str
    text: str
    dataset: DatasetUse | None
    gas: str
    factors: tuple[LeafFactor, ...]
    intensity: Number

    @property
    def effect(self) -> Number:
        """Climate effect [kg CO2e per declared unit]."""
        result = self.intensity
        for factor in self.factors:
            result = result * factor.value
        return result


def leaves_of(footprint: Footprint) -> tuple[Leaf, ...]:
    """Return the lines within the boundary of a footprint on its electricity basis, in its order."""
    lines = inside(footprint)
    values = {line.path: [factor.value for factor in line.factors] for line in lines}
    nets = net_amounts(lines, values)
    balances = {balance.path: balance for balance in footprint.balances}
    return tuple(
        leaf_of(line, values[line.path], math.fsum(line.intensity), nets, balances) for line in lines
    )


def inside(footprint: Footprint) -> tuple[Line, ...]:
    """Return the lines whose sum is the total: within the boundary, on its electricity basis."""
    whole = footprint.subject.boundary != "cradle_to_gate"
    return tuple(
        line for line in footprint.counted() if line.stage in GATE_STAGES or (whole and line.stage != "D")
    )


def leaf_of(
    line: Line,
    values: Sequence[Number],
    intensity: Number,
    nets: Mapping[str, Number],
    balances: Mapping[str, MassBalance],
) -> Leaf:
    """Make a leaf of a line.

    Parameters
    ----------
    values : sequence of float or ndarray
        Values of its factors.
    nets : mapping of str to float or ndarray
        What `net_amounts` gives.
    """
    factors: list[LeafFactor] = []
    for factor, value in zip(line.factors, values, strict=True):
        factors += _split(line, factor.path, value, nets, balances)
    return Leaf(
        line.path, line.label, line.stage, line.kind, line.data_kind, line.unit,
        line.link.text if line.link else "", line.dataset, line.gas, tuple(factors), intensity,
    )  # fmt: skip


def net_amounts(lines: Iterable[Line], values: Mapping[str, Sequence[Number]]) -> dict[str, Number]:
    """Net amount of every material in its part, by the path of the material."""
    found: dict[str, Number] = {}
    for line in lines:
        for factor, value in zip(line.factors, values[line.path], strict=True):
            if factor.path.endswith(".amount"):
                found.setdefault(factor.path.removesuffix(".amount"), value)
    return found


def _split(
    line: Line,
    path: str,
    value: Number,
    nets: Mapping[str, Number],
    balances: Mapping[str, MassBalance],
) -> list[LeafFactor]:
    """Split what is both a mass and a yield: scrap (gross - net), and a gross amount that was measured."""
    if path.endswith(".yields"):  # scrap in kg: net amount times what is lost for each kg
        material = path.removesuffix(".yields")
        net = nets.get(material, 0.0)
        if not np.all(net):
            return [LeafFactor(value, path, "yield")]
        return [LeafFactor(net, f"{material}.amount", "mass"), LeafFactor(value / net, path, "yield")]
    if path.endswith(".gross"):
        balance = balances.get(path.removesuffix(".gross"))
        ratio = balance.gross / balance.net if balance and balance.net > 0.0 else 1.0
        return [LeafFactor(value / ratio, path, "mass"), LeafFactor(ratio, f"{path}/net", "yield")]
    return [LeafFactor(value, path, factor_cause(line, path))]


_BEGINNINGS: tuple[tuple[str, Cause], ...] = (
    ("end_of_life.", "other"),
    ("installation.", "other"),
    ("use.grid", "grid"),
    ("use.", "use_profile"),
    ("product.service_life", "use_profile"),
    ("product.mass", "mass"),
    ("electricity.", "supplier"),
    ("site.", "energy"),
    ("operations[", "energy"),
)
_ENDS: tuple[tuple[str, Cause], ...] = (
    (".distance", "supplier"),
    (".mass_factor", "supplier"),
    (".empty_return", "supplier"),
    (".recycled_content", "substitution"),
    (".amount", "mass"),
    (".quantity", "mass"),
)


def factor_cause(line: Line, path: str) -> Cause | None:
    """Cause that a change of a factor belongs to, by the field it comes from."""
    if not path:
        return None
    if ".yields[" in path:
        return "yield"
    if line.stage.startswith("B") and path.endswith(".amount"):
        return "use_profile"
    for beginning, cause in _BEGINNINGS:
        if path.startswith(beginning):
            return cause
    for end, cause in _ENDS:
        if path.endswith(end):
            return cause
    return "mass" if path == "packaging" or path.startswith("components[") else "other"
