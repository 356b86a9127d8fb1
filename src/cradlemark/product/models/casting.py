"""Die casting with melting and holding furnace."""

from __future__ import annotations

from collections.abc import Mapping

from cradlemark.product.models.heat import KJ_PER_KWH, enthalpy_rise
from cradlemark.product.models.outputs import ProcessResult, flow, flows
from cradlemark.product.system import Number


def _poured(v: Mapping[str, Number]) -> Number:
    """Return the poured metal per good part [kg]: over the metal yield (runners) and the yield of good parts."""
    return v["part_mass"] / (v["metal_yield"] * v["yield"])


def die_casting_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat that melts and superheats the poured metal per good part [kWh]."""
    rise = enthalpy_rise(
        specific_heat=v["specific_heat"],
        temperature=v["casting_temperature"],
        ambient=v["ambient_temperature"],
        melting_temperature=v["melting_temperature"],
        latent_heat=v["latent_heat"],
        liquid_specific_heat=v["liquid_specific_heat"],
    )
    return _poured(v) * rise / KJ_PER_KWH


def die_casting(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy and scrap of one good part.

    ``E/kg good = (1/Y) [(cp_s ΔT + L + cp_l ΔT_sup) / η_furn + P_hold t / m] + P_machine t_cycle / m + trim + spray``;
    ``t / m`` of holding is one over the metal throughput. Formula unverified (common engineering balance).
    """
    poured = _poured(v)
    furnace = die_casting_minimum(v) / v["furnace_efficiency"]
    holding = poured * v["holding_power"] / v["holding_throughput"]
    parts = 1.0 / v["yield"]
    air = v.get("air_volume", 0.0) * v.get("air_specific_energy", 0.0) * parts
    electric = (
        ("melting", furnace * (1.0 - v["gas_share"])),
        ("holding", holding * (1.0 - v["gas_share"])),
        ("machine", v["machine_power"] * v["cycle_time"] / 3600.0 / v["cavities"] * parts),
        ("trimming", v.get("trim_energy", 0.0) * parts),
        ("compressed air", air),
    )
    gas = (("melting", furnace * v["gas_share"]), ("holding", holding * v["gas_share"]))
    return ProcessResult(
        energy=flows(flow("electricity", electric), flow("natural_gas", gas)),
        material_input=poured,
        scrap=poured - v["part_mass"],
    )
