"""Screening: a specific energy from literature ranges where no machine data exist. Low quality, always reported."""

from __future__ import annotations

from collections.abc import Mapping

from cradlemark.product.models.heat import KJ_PER_KWH, melt_enthalpy
from cradlemark.product.models.outputs import ProcessResult, flow, flows
from cradlemark.product.system import Number


def _by_carrier(energy: Number, gas_share: Number) -> ProcessResult:
    return ProcessResult(
        energy=flows(
            flow("electricity", (("process", energy * (1.0 - gas_share)),)),
            flow("natural_gas", (("process", energy * gas_share),)),
        )
    )


def by_mass(v: Mapping[str, Number]) -> ProcessResult:
    """Return the energy of one good part from an energy per processed mass: ``SEC · m_gross / yield``."""
    gross = v["gross_mass"] / v["yield"]
    result = _by_carrier(v["specific_energy"] * gross, v["gas_share"])
    return ProcessResult(energy=result.energy, material_input=gross, scrap=gross - v["part_mass"])


def by_area(v: Mapping[str, Number]) -> ProcessResult:
    """Return the energy of one good part from an energy per area: ``e · A / yield``."""
    return _by_carrier(v["specific_energy"] * v["area"] / v["yield"], v["gas_share"])


def by_spot(v: Mapping[str, Number]) -> ProcessResult:
    """Return the energy of one good part from an energy per weld spot [kJ]: ``e · n / yield``."""
    energy = v["spot_energy"] * v["spots"] / v["yield"] / KJ_PER_KWH
    return ProcessResult(energy=flows(flow("electricity", (("welding", energy),))))


def no_minimum(v: Mapping[str, Number]) -> Number:
    """Return 0: this screening has no thermodynamic minimum [kWh]."""
    return 0.0 * v["yield"]


def melting_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat that melts the gross mass of a polymer [kWh]."""
    rise = melt_enthalpy(
        specific_heat=v["specific_heat"],
        temperature=v["melt_temperature"],
        ambient=v["ambient_temperature"],
        crystalline_share=v["crystalline_share"],
        fusion_heat=v["fusion_heat"],
    )
    return v["gross_mass"] / v["yield"] * rise / KJ_PER_KWH


def heating_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat that brings the gross mass to its process temperature, without melting [kWh]."""
    rise = v["specific_heat"] * (v["heating_temperature"] - v["ambient_temperature"])
    return v["gross_mass"] / v["yield"] * rise / KJ_PER_KWH
