"""Check of stated energy against the thermodynamic minimum of a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs
import numpy as np

from cradlemark.core.errors import raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.models.model import Limit, Model
from cradlemark.product.ranges import range_problems
from cradlemark.product.system import Number

Verdict = Literal["plausible", "below_minimum", "unusually_high", "no_bound"]

_MESSAGES: dict[Verdict, Text] = {
    "plausible": Text(
        "stated energy {stated:.3g} kWh is {ratio:.3g} times the thermodynamic minimum {minimum:.3g} kWh",
        "填报能耗 {stated:.3g} kWh，为理论最低能耗 {minimum:.3g} kWh 的 {ratio:.3g} 倍",
    ),
    "below_minimum": Text(
        "stated energy {stated:.3g} kWh is at or below the thermodynamic minimum {minimum:.3g} kWh: another material, "
        "heat that is not metered, or a wrong unit",
        "填报能耗 {stated:.3g} kWh 不高于理论最低能耗 {minimum:.3g} kWh：可能是材料不同、部分热能未计量或单位有误",
    ),
    "unusually_high": Text(
        "stated energy {stated:.3g} kWh is {ratio:.3g} times the thermodynamic minimum {minimum:.3g} kWh, above "
        "{limit:g} times (limit {status}): idle time, other consumers on the meter, or a wrong unit",
        "填报能耗 {stated:.3g} kWh 为理论最低能耗 {minimum:.3g} kWh 的 {ratio:.3g} 倍，超过 {limit:g} 倍"
        "（限值状态：{status}）：可能含待机、其他用能设备或单位有误",
    ),
    "no_bound": Text(
        "the model gives no thermodynamic minimum for the stated energy {stated:.3g} kWh",
        "该模型对填报能耗 {stated:.3g} kWh 没有理论最低值",
    ),
}


@attrs.frozen
class EnergyCheck:
    """Stated energy against the minimum.

    Parameters
    ----------
    stated, minimum : float
        [kWh per good part]; means where draws were given.
    ratio : float, optional
        Stated per minimum [1]; None without a minimum.
    verdict : {"plausible", "below_minimum", "unusually_high", "no_bound"}
    """

    stated: float
    minimum: float
    ratio: float | None
    verdict: Verdict
    message: Text


def check_energy(*, stated: Number, minimum: Number, upper_multiple: Limit, where: str = "") -> EnergyCheck:
    """Compare stated energy with the thermodynamic minimum.

    Parameters
    ----------
    stated, minimum : float or ndarray of float64, shape (draws,)
        [kWh per good part]; draws are compared by their means.
    upper_multiple : Limit
        Above this multiple of the minimum the energy is unusually high [1].

    Notes
    -----
    At the minimum is already too low: a real process has losses. Both verdicts ask for a check, none is an error.
    """
    raise_if_any(
        (
            *range_problems(stated, name=Text("stated energy [kWh]", "所给能耗 [kWh]"), where=where),
            *range_problems(minimum, name=Text("minimum energy [kWh]", "最小能耗 [kWh]"), where=where),
        )
    )
    mean, least = float(np.mean(stated)), float(np.mean(minimum))
    ratio = mean / least if least > 0.0 else None
    verdict: Verdict = "plausible"
    if ratio is None:
        verdict = "no_bound"
    elif ratio <= 1.0:
        verdict = "below_minimum"
    elif ratio > upper_multiple.value:
        verdict = "unusually_high"
    message = _MESSAGES[verdict].format(
        stated=mean,
        minimum=least,
        ratio=ratio or 0.0,
        limit=upper_multiple.value,
        status=upper_multiple.status,
    )
    return EnergyCheck(mean, least, ratio, verdict, message)


def plausibility(
    model: Model, inputs: Mapping[str, Number], stated_energy: Number, *, material: str = "", where: str = ""
) -> EnergyCheck:
    """Compare user-entered energy [kWh per good part] with the minimum of a model.

    Only the inputs that the minimum needs must be there; raises as `Model.compute`.
    """
    minimum = model.minimum(inputs, material=material, where=where)
    return check_energy(
        stated=stated_energy, minimum=minimum, upper_multiple=model.upper_multiple, where=where
    )
