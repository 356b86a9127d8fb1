"""Heating of metal parts: forging and heat treatment."""

from __future__ import annotations

from collections.abc import Mapping

from cradlemark.product.models.heat import KJ_PER_KWH
from cradlemark.product.models.outputs import MaterialFlow, ProcessResult, flow, flows
from cradlemark.product.system import Number


def forging_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat that brings the billets of one good part to forging temperature [kWh]."""
    rise = v["specific_heat"] * (v["forging_temperature"] - v["ambient_temperature"])
    return v["billet_mass"] / v["yield"] * rise / KJ_PER_KWH


def forging(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy and scrap of one good part.

    ``E = [m cp ΔT + m_fixture cp ΔT + P_wall t + flue + openings] / η`` for the heater, plus the press. Formula
    unverified (common engineering balance; furnace loss terms seen in an open code base).
    """
    parts = 1.0 / v["yield"]
    lift = v["forging_temperature"] - v["ambient_temperature"]
    fixture = v.get("fixture_mass", 0.0) * v.get("fixture_specific_heat", 0.0) * lift / KJ_PER_KWH
    wall = v.get("wall_power", 0.0) * v.get("heating_time", 0.0) / 3600.0
    losses = (fixture + wall + v.get("other_losses", 0.0)) * parts
    heating = (forging_minimum(v) + losses) / v["heater_efficiency"]
    electric = (
        ("heating", heating * (1.0 - v["gas_share"])),
        ("press", v["press_energy"] * parts),
    )
    gross = v["billet_mass"] * parts
    scale = gross * v.get("scale_loss", 0.0)
    return ProcessResult(
        energy=flows(
            flow("electricity", electric), flow("natural_gas", (("heating", heating * v["gas_share"]),))
        ),
        material_input=gross,
        scrap=gross - v["part_mass"] - scale,
        loss=scale,
    )


def heat_treatment_minimum(v: Mapping[str, Number]) -> Number:
    """Return the heat that brings one good part to treatment temperature [kWh]."""
    rise = v["specific_heat"] * (v["treatment_temperature"] - v["ambient_temperature"])
    return v["part_mass"] / v["yield"] * rise / KJ_PER_KWH


def heat_treatment(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy of one good part of a furnace charge.

    ``E = [m cp ΔT + (m_fixture cp ΔT + P_wall t + E_openings) / n] / (1 − flue-gas loss)`` plus fans and pumps.
    Formula unverified (common engineering balance).
    """
    share = 1.0 / (v["charge_parts"] * v["yield"])
    lift = v["treatment_temperature"] - v["ambient_temperature"]
    fixture = v["fixture_mass"] * v["fixture_specific_heat"] * lift / KJ_PER_KWH * share
    wall = v["wall_power"] * v["furnace_time"] * share
    openings = v.get("opening_losses", 0.0) * share
    useful = 1.0 - v["flue_loss"]
    terms = (
        ("parts", heat_treatment_minimum(v)),
        ("fixtures", fixture),
        ("walls", wall),
        ("openings", openings),
    )
    heating = tuple((name, amount / useful) for name, amount in terms)
    fans = v.get("auxiliary_power", 0.0) * v["furnace_time"] * share
    electric = (
        *((name, amount * (1.0 - v["gas_share"])) for name, amount in heating),
        ("fans and pumps", fans),
    )
    gas = tuple((name, amount * v["gas_share"]) for name, amount in heating)
    atmosphere = v.get("nitrogen", 0.0) * share
    gross = v["part_mass"] / v["yield"]
    return ProcessResult(
        energy=flows(flow("electricity", electric), flow("natural_gas", gas)),
        auxiliaries=(MaterialFlow("nitrogen", atmosphere, "m3"),) if "nitrogen" in v else (),
        material_input=gross,
        scrap=gross - v["part_mass"],
    )
