"""Machining and stamping."""

from __future__ import annotations

from collections.abc import Mapping

from cradlemark.product.models.constants import constant
from cradlemark.product.models.outputs import MaterialFlow, ProcessResult, flow, flows
from cradlemark.product.system import Number

J_PER_KWH = 3.6e6
"""[J/kWh]"""


def machining_minimum(v: Mapping[str, Number]) -> Number:
    """Return the cutting work per good part: ``k MRR t_cut`` [kWh]."""
    return v["cutting_energy"] * v["removal_rate"] * v["cutting_time"] / v["yield"] / J_PER_KWH


def machining(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy and chips of one good part: ``E = P_base t_total + P_ready t_ready + k MRR t_cut``.

    Source: Gutowski/Mori form, seen (DOI 10.1177/0954405420937558). About three quarters of the energy is basic and
    ready state, so the times decide, not the cutting. Chips by volume are compared with blank minus part.
    """
    parts = 1.0 / v["yield"]
    steps = (
        ("base", v["base_power"] * v["total_time"] / 3600.0 * parts),
        ("ready", v["ready_power"] * v["ready_time"] / 3600.0 * parts),
        ("cutting", machining_minimum(v)),
    )
    gross = v["blank_mass"] * parts
    residual: Number | None = None
    if "density" in v:
        chips = v["removal_rate"] * v["cutting_time"] * v["density"] * 1e-9
        residual = v["blank_mass"] - v["part_mass"] - chips
    return ProcessResult(
        energy=flows(flow("electricity", steps)),
        auxiliaries=(MaterialFlow("cutting fluid", v["cutting_fluid"] * parts, "kg"),)
        if "cutting_fluid" in v
        else (),
        material_input=gross,
        scrap=gross - v["part_mass"],
        residual=residual,
    )


def machining_specific_minimum(v: Mapping[str, Number]) -> Number:
    """Return 0: the empirical form holds no minimum [kWh]."""
    return 0.0 * v["removed_volume"]


def machining_specific(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy of one good part: ``E = V (C0 + C1 / MRR)``.

    Source: Kara and Li form of the specific energy; unverified (common engineering balance). The coefficients belong to
    one machine and one material and are measured on it.
    """
    specific = v["c0"] + v["c1"] / v["removal_rate"]
    energy = specific * v["removed_volume"] / v["yield"] / J_PER_KWH
    gross = v["blank_mass"] / v["yield"]
    return ProcessResult(
        energy=flows(flow("electricity", (("machining", energy),))),
        material_input=gross,
        scrap=gross - v["part_mass"],
    )


def cutting_force(v: Mapping[str, Number]) -> Number:
    """Return the blanking force ``F = 0.8 R_m L t`` [N]; the factor 0.8 is unverified."""
    return constant("shear_factor") * v["tensile_strength"] * v["cut_length"] * v["thickness"]


def stamping_minimum(v: Mapping[str, Number]) -> Number:
    """Return the work of the punch per good part: ``F s k`` [kWh]."""
    return cutting_force(v) * v["stroke"] / 1000.0 * v["work_factor"] / v["yield"] / J_PER_KWH


def stamping(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy and scrap of one good part: ``E = F s k / η + P_idle t``, ``F = 0.8 R_m L t``.

    Formula unverified (common engineering balance). The strip that is not part decides the footprint, not the energy.
    """
    steps = (
        ("punching", stamping_minimum(v) / v["press_efficiency"]),
        ("idle", v["idle_power"] * v["stroke_time"] / 3600.0 / v["parts_per_stroke"] / v["yield"]),
    )
    gross = v["strip_mass"] / v["yield"]
    return ProcessResult(
        energy=flows(flow("electricity", steps)), material_input=gross, scrap=gross - v["part_mass"]
    )
