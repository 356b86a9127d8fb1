"""Arc, laser and resistance welding."""

from __future__ import annotations

from collections.abc import Mapping

from cradlemark.product.models.cutting import J_PER_KWH
from cradlemark.product.models.outputs import GasEmission, MaterialFlow, ProcessResult, flow, flows
from cradlemark.product.system import Number


def _arc_time(v: Mapping[str, Number]) -> Number:
    """Return the time with burning arc per good part [s]."""
    return v["seam_length"] / (v["travel_speed"] / 1000.0) / v["yield"]


def arc_welding_minimum(v: Mapping[str, Number]) -> Number:
    """Return the electrical energy of the arc at an efficiency of 1: ``U I t`` [kWh]."""
    return v["arc_voltage"] * v["arc_current"] * _arc_time(v) / J_PER_KWH


def arc_welding(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy, filler, shield gas and its CO2 of one good part.

    ``E/m = U I / (v η_source)``, filler kg/m, ``CO2 = Q t ρ · CO2 mass share`` as direct emission. Formula unverified
    (common engineering balance).
    """
    time = _arc_time(v)
    steps = (
        ("arc", arc_welding_minimum(v) / v["source_efficiency"]),
        ("standby", v.get("standby_power", 0.0) * v.get("standby_time", 0.0) / 3600.0 / v["yield"]),
    )
    filler = v["filler_per_length"] * v["seam_length"] / v["yield"]
    gas = v["gas_flow"] / 60.0 / 1000.0 * time * v["gas_density"]
    return ProcessResult(
        energy=flows(flow("electricity", steps)),
        auxiliaries=(MaterialFlow("filler metal", filler, "kg"), MaterialFlow("shield gas", gas, "kg")),
        emissions=(GasEmission("CO2", gas * v["co2_mass_share"]),),
    )


def laser_welding_minimum(v: Mapping[str, Number]) -> Number:
    """Return the energy of the beam [kWh]."""
    return v["beam_power"] * v["beam_time"] / v["yield"] / J_PER_KWH


def laser_welding(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy of one good part: ``P t / η`` with the wall-plug efficiency, plus standby and cooling.

    Formula unverified (common engineering balance).
    """
    beam = laser_welding_minimum(v) / v["wall_plug_efficiency"]
    steps = (
        ("beam", beam),
        ("standby", v["standby_power"] * v["standby_time"] / 3600.0 / v["yield"]),
        ("cooling", (beam - laser_welding_minimum(v)) / v["chiller_cop"] if "chiller_cop" in v else 0.0),
    )
    gas = v.get("gas_mass", 0.0) / v["yield"]
    return ProcessResult(
        energy=flows(flow("electricity", steps)),
        auxiliaries=(MaterialFlow("shield gas", gas, "kg"),) if "gas_mass" in v else (),
    )


def resistance_welding_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat in the welding circuit: ``I² R t`` of all spots [kWh]."""
    current = v["weld_current"] * 1000.0
    joule = current * current * v["resistance"] * 1e-6 * v["weld_time"]
    return joule * v["spots"] / v["yield"] / J_PER_KWH


def resistance_welding(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy of one good part: ``I² R t / η_transformer + standby``.

    R is the resistance of the whole secondary circuit. Formula unverified (common engineering balance).
    """
    steps = (
        ("welding", resistance_welding_minimum(v) / v["transformer_efficiency"]),
        ("standby", v["standby_power"] * v["cycle_time"] / 3600.0 / v["yield"]),
    )
    return ProcessResult(energy=flows(flow("electricity", steps)))
