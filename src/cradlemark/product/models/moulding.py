"""Injection moulding from machine and material data."""

from __future__ import annotations

from collections.abc import Mapping

from cradlemark.product.models.heat import KJ_PER_KWH, melt_enthalpy
from cradlemark.product.models.outputs import ProcessResult, flow, flows
from cradlemark.product.system import Number


def _gross(v: Mapping[str, Number]) -> Number:
    """Return the melted mass per good part [kg]: part and its share of the runner, over the yield."""
    return (v["part_mass"] + v["runner_mass"] / v["cavities"]) / v["yield"]


def _melt_heat(v: Mapping[str, Number]) -> Number:
    """Return the heat in the melt per good part [kWh]."""
    rise = melt_enthalpy(
        specific_heat=v["specific_heat"],
        temperature=v["melt_temperature"],
        ambient=v["ambient_temperature"],
        crystalline_share=v["crystalline_share"],
        fusion_heat=v["fusion_heat"],
    )
    return _gross(v) * rise / KJ_PER_KWH


def injection_moulding_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat that melts what is melted per good part [kWh]."""
    return _melt_heat(v)


def injection_moulding(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy and scrap of one good part.

    ``E = [m_shot (cp ΔT + x_c H_f) / η_melt + p V / η_inj + E_clamp] / n + P_idle t_cycle / n + E_dryer + E_chiller``,
    divided by the yield; ``E_chiller`` = heat of the melt / COP. Formula unverified (common engineering balance).
    """
    gross, heat = _gross(v), _melt_heat(v)
    cycles = 1.0 / (v["cavities"] * v["yield"])
    volume = gross / v["melt_density"]
    cooling = heat / v["chiller_cop"] if "chiller_cop" in v else 0.0
    steps = (
        ("melting", heat / v["melt_efficiency"]),
        ("injection", v["injection_pressure"] * volume / 3.6 / v["injection_efficiency"]),
        ("clamping", v.get("clamping_energy", 0.0) * cycles),
        ("idle", v["idle_power"] * v["cycle_time"] / 3600.0 * cycles),
        ("drying", v.get("dryer_energy", 0.0) * gross),
        ("cooling", cooling),
    )
    return ProcessResult(
        energy=flows(flow("electricity", steps)), material_input=gross, scrap=gross - v["part_mass"]
    )
