"""Powder coating and drying."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cradlemark.product.models.constants import constant
from cradlemark.product.models.heat import KJ_PER_KWH, plain
from cradlemark.product.models.outputs import MaterialFlow, ProcessResult, flow, flows
from cradlemark.product.system import Number


def powder_coating_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat that brings one part to curing temperature [kWh]."""
    rise = v["specific_heat"] * (v["curing_temperature"] - v["ambient_temperature"])
    return v["part_mass"] / v["yield"] * rise / KJ_PER_KWH


def powder_coating(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy and powder of one good part.

    ``E = [m cp ΔT + m_hanger cp ΔT + P_wall t] / η_oven`` plus pre-treatment and booth per area;
    ``powder = ρ · thickness · area / transfer efficiency``. Own assembly of the furnace terms, unverified.
    """
    area = v["area"] / v["yield"]
    lift = v["curing_temperature"] - v["ambient_temperature"]
    hanger = v.get("hanger_mass", 0.0) * v.get("hanger_specific_heat", 0.0) * lift / KJ_PER_KWH / v["yield"]
    wall = v["oven_loss_power"] * v["oven_time_per_part"] / 3600.0 / v["yield"]
    curing = (powder_coating_minimum(v) + hanger + wall) / v["oven_efficiency"]
    electric = (
        ("curing", curing * (1.0 - v["gas_share"])),
        ("pre-treatment", v.get("pretreatment_energy", 0.0) * area),
        ("booth", v["booth_energy"] * area),
    )
    film = v["powder_density"] * v["thickness"] * 1e-6 * area
    powder = film / v["transfer_efficiency"]
    return ProcessResult(
        energy=flows(
            flow("electricity", electric), flow("natural_gas", (("curing", curing * v["gas_share"]),))
        ),
        auxiliaries=(MaterialFlow("coating powder", powder, "kg"),),
        wastes=(MaterialFlow("powder waste", powder - film, "kg"),),
    )


def evaporation_heat(temperature: Number) -> Number:
    """Return the heat of evaporation of water, linear between 0 and 100 degC [kJ/kg]; temperature [degC]."""
    cold, hot = constant("water_evaporation_zero"), constant("water_evaporation")
    return cold - (cold - hot) * temperature / constant("water_boiling")


def drying_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat that warms goods and water and evaporates the removed water [kWh].

    ``m [cp ΔT + w_in cp_w ΔT_w + (w_in − w_out) h_fg]``; water gets no warmer than its boiling point.
    """
    ambient = v["ambient_temperature"]
    wet = plain(np.minimum(v["drying_temperature"], constant("water_boiling")))
    goods = v["specific_heat"] * (v["drying_temperature"] - ambient)
    water = v["moisture_in"] * constant("water_specific_heat") * (wet - ambient)
    steam = (v["moisture_in"] - v["moisture_out"]) * evaporation_heat(wet)
    return v["dry_mass"] / v["yield"] * (goods + water + steam) / KJ_PER_KWH


def drying(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy of drying one good part: heat of `drying_minimum` over the dryer's efficiency, plus fans.

    Moisture is water per dry mass. Standard heat balance with constants from general knowledge, unverified.
    """
    mass = v["dry_mass"] / v["yield"]
    heat = drying_minimum(v) / v["dryer_efficiency"]
    fans = v.get("fan_power", 0.0) * v.get("drying_time", 0.0) / 3600.0 / v["yield"]
    return ProcessResult(
        energy=flows(
            flow("electricity", (("drying", heat * (1.0 - v["gas_share"])), ("fans", fans))),
            flow("natural_gas", (("drying", heat * v["gas_share"]),)),
        ),
        wastes=(MaterialFlow("evaporated water", mass * (v["moisture_in"] - v["moisture_out"]), "kg"),),
    )
