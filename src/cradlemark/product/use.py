"""Energy of the use stage (F6): Joule losses of passive current paths and modes of active products."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from cradlemark.core.errors import MissingDataError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.ranges import SUM_TOLERANCE, largest, range_problems, share_problems
from cradlemark.product.system import Number

HOURS_PER_YEAR = 8760.0
"""Hours of a year in F6 [h/year]."""
HOURS_PER_LEAP_YEAR = 8784.0
"""No product can run longer in a year [h/year]."""


@attrs.frozen
class LoadShare:
    """One point of a load profile.

    Parameters
    ----------
    time_share : float or ndarray of float64, shape (draws,)
        Share of the time u [0-1].
    current_share : float or ndarray of float64, shape (draws,)
        Share of the rated current α [0-1].
    """

    time_share: Number
    current_share: Number


@attrs.frozen
class ModeHours:
    """One operating mode of an active product: power [W] and hours per year [h/year]."""

    power: Number
    hours: Number


def resistance(*, voltage_drop: Number, test_current: Number, where: str = "") -> Number:
    """Return the resistance of one current path from a voltage-drop test: ``R = ΔU / I_test``.

    Parameters
    ----------
    voltage_drop : float or ndarray of float64, shape (draws,)
        ΔU [V]
    test_current : float or ndarray of float64, shape (draws,)
        I_test [A], above 0.

    Returns
    -------
    float or ndarray of float64, shape (draws,)
        [ohm]

    Notes
    -----
    Valid for direct current or effective values of alternating current. A catalogue limit gives the largest permitted
    resistance, not the one of a real product.

    Examples
    --------
    >>> resistance(voltage_drop=3.2e-3, test_current=3.2)
    0.001
    """
    raise_if_any(
        (
            *range_problems(voltage_drop, name=Text("voltage drop [V]", "电压降 [V]"), where=where),
            *range_problems(
                test_current, name=Text("test current [A]", "测试电流 [A]"), where=where, above_low=True
            ),
        )
    )
    return voltage_drop / test_current


def joule_power(
    *, resistance: Number, rated_current: Number, current_share: Number = 1.0, paths: Number = 1.0
) -> Number:
    """Return the loss of identical current paths: ``P(α) = n R (α I_n)²``.

    Parameters
    ----------
    resistance : float or ndarray of float64, shape (draws,)
        R of one path [ohm]
    rated_current : float or ndarray of float64, shape (draws,)
        I_n [A]
    current_share : float or ndarray of float64, shape (draws,)
        α [0-1]
    paths : float or ndarray of float64, shape (draws,)
        n [1]; that n counts identical current paths is an interpretation.

    Returns
    -------
    float or ndarray of float64, shape (draws,)
        [W]
    """
    current = current_share * rated_current
    return paths * resistance * current * current


def joule_energy(
    *,
    resistance: Number,
    rated_current: Number,
    profile: Sequence[LoadShare],
    service_life: Number,
    paths: Number = 1.0,
    where: str = "",
) -> Number:
    """Return the losses over the service life: ``E = 8760 RSL Σ_k u_k P(α_k) / 1000``.

    Parameters
    ----------
    resistance : float or ndarray of float64, shape (draws,)
        R of one path [ohm]
    rated_current : float or ndarray of float64, shape (draws,)
        I_n [A]
    profile : sequence of LoadShare
        Declared load profile; the time shares sum to at most 1, the rest of the time carries no current.
    service_life : float or ndarray of float64, shape (draws,)
        Reference service life RSL [year]
    paths : float or ndarray of float64, shape (draws,)
        Number of identical current paths n [1]
    where : str
        Place in the user's document for messages.

    Returns
    -------
    float or ndarray of float64, shape (draws,)
        [kWh per product over its service life]

    Raises
    ------
    MissingDataError
        No load profile: there is no default load.
    InputErrors
        A value outside its physical range, or time shares above 1 in sum.

    Notes
    -----
    Constant resistance: neither its rise with temperature nor ageing of the contact is included. Quadratic in the
    current, so the footprint of the use stage means nothing without the declared profile.
    """
    if not profile:
        raise MissingDataError(
            Text("the load profile is missing", "缺少负载曲线"),
            code="load-profile-missing",
            where=where,
            hint=Text(
                "declare shares of the time and of the rated current; there is no default load",
                "声明时间份额和额定电流份额；没有默认负载",
            ),
        )
    problems: list[Problem] = [
        *range_problems(resistance, name=Text("resistance [ohm]", "电阻 [ohm]"), where=where),
        *range_problems(
            rated_current, name=Text("rated current [A]", "额定电流 [A]"), where=where, above_low=True
        ),
        *range_problems(
            service_life, name=Text("service life [year]", "使用寿命 [year]"), where=where, above_low=True
        ),
        *range_problems(
            paths, name=Text("number of current paths", "电流路径数"), where=where, above_low=True
        ),
    ]
    for number, point in enumerate(profile, start=1):
        place = f"{where}, profile row {number}" if where else f"profile row {number}"
        problems += share_problems(point.time_share, name=Text("share of the time", "时间份额"), where=place)
        problems += share_problems(
            point.current_share, name=Text("share of the rated current", "额定电流份额"), where=place
        )
    time: Number = sum((point.time_share for point in profile), start=0.0)
    if largest(time) > 1.0 + SUM_TOLERANCE:
        message = Text(
            f"the time shares of the load profile sum to {largest(time):.9g}, above 1",
            f"负载曲线的时间份额之和为 {largest(time):.9g}，超过 1",
        )
        problems.append(
            Problem(
                where,
                "time-shares-above-one",
                message,
                Text("shares of the time sum to at most 1", "时间份额之和最多为 1"),
            )
        )
    raise_if_any(problems)
    mean_power: Number = 0.0
    for point in profile:
        power = joule_power(
            resistance=resistance, rated_current=rated_current, current_share=point.current_share, paths=paths
        )
        mean_power = mean_power + point.time_share * power
    return HOURS_PER_YEAR * service_life * mean_power / 1000.0


def mode_energy(*, power: Number, hours: Number, service_life: Number) -> Number:
    """Return the energy of one mode over the service life: ``P_m h_m RSL / 1000`` [kWh].

    Parameters
    ----------
    power : float or ndarray of float64, shape (draws,)
        P_m [W]
    hours : float or ndarray of float64, shape (draws,)
        h_m [h/year]
    service_life : float or ndarray of float64, shape (draws,)
        [year]
    """
    return power * hours * service_life / 1000.0


def active_energy(*, modes: Sequence[ModeHours], service_life: Number, where: str = "") -> Number:
    """Return the energy of an active product over its service life: ``Σ_m P_m h_m RSL / 1000`` [kWh].

    Parameters
    ----------
    modes : sequence of ModeHours
        Modes exclude each other, so their hours sum to no more than a year has.
    service_life : float or ndarray of float64, shape (draws,)
        [year]

    Raises
    ------
    MissingDataError
        No mode.
    InputErrors
        A value outside its range, or more hours than a year has.
    """
    if not modes:
        raise MissingDataError(
            Text("no operating mode is given", "未给出运行模式"),
            code="modes-missing",
            where=where,
            hint=Text("state power and hours per year", "给出功率和每年小时数"),
        )
    problems: list[Problem] = [
        *range_problems(
            service_life, name=Text("service life [year]", "使用寿命 [year]"), where=where, above_low=True
        )
    ]
    for number, mode in enumerate(modes, start=1):
        place = f"{where}, mode row {number}" if where else f"mode row {number}"
        problems += range_problems(mode.power, name=Text("power [W]", "功率 [W]"), where=place)
        problems += range_problems(mode.hours, name=Text("hours [h/year]", "小时数 [h/year]"), where=place)
    hours: Number = sum((mode.hours for mode in modes), start=0.0)
    if bool(np.any(np.asarray(hours) > HOURS_PER_LEAP_YEAR)):
        message = Text(
            f"the modes sum to {largest(hours):.9g} h per year, more than a year has",
            f"各模式每年合计 {largest(hours):.9g} 小时，超过一年",
        )
        problems.append(
            Problem(
                where,
                "mode-hours-above-year",
                message,
                Text("modes exclude each other in time", "各模式在时间上互斥"),
            )
        )
    raise_if_any(problems)
    energy: Number = 0.0
    for mode in modes:
        energy = energy + mode_energy(power=mode.power, hours=mode.hours, service_life=service_life)
    return energy
