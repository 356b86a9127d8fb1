"""Electroplating by Faraday's law."""

from __future__ import annotations

from collections.abc import Mapping

from cradlemark.product.models.constants import constant
from cradlemark.product.models.outputs import MaterialFlow, ProcessResult, flow, flows
from cradlemark.product.system import Number


def ampere_hours_per_kilogram(*, charge_number: Number, atomic_mass: Number) -> Number:
    """Return the charge that deposits 1 kg at a current efficiency of 1: ``z F / (3.6 M)`` [Ah/kg].

    Parameters
    ----------
    charge_number : float or ndarray of float64, shape (draws,)
        Electrons per deposited atom z [1].
    atomic_mass : float or ndarray of float64, shape (draws,)
        M [g/mol]

    Examples
    --------
    >>> round(ampere_hours_per_kilogram(charge_number=2.0, atomic_mass=65.38), 1)
    819.9
    """
    return charge_number * constant("faraday") / (3.6 * atomic_mass)


def deposit(v: Mapping[str, Number]) -> Number:
    """Return the deposited metal per good part: ``ρ · thickness · area`` [kg]."""
    return v["density"] * v["thickness"] * 1e-6 * v["area"] / v["yield"]


def electroplating_minimum(v: Mapping[str, Number]) -> Number:
    """Return the electrical energy at the stated voltage and efficiencies of 1: ``U Ah`` [kWh]."""
    charge = deposit(v) * ampere_hours_per_kilogram(
        charge_number=v["charge_number"], atomic_mass=v["atomic_mass"]
    )
    return v["cell_voltage"] * charge / 1000.0


def electroplating(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy and anode metal of one good part.

    ``Ah/kg = z F / (3.6 M)``, ``E = U Ah / (η_cath η_rect)``, ``m/A = ρ · thickness``, plus bath heating, rinse, drying
    and effluent per area. Faraday's law is exact; the rest of the formula is unverified (common engineering balance).
    """
    metal = deposit(v)
    area = v["area"] / v["yield"]
    steps = (
        ("deposition", electroplating_minimum(v) / (v["cathode_efficiency"] * v["rectifier_efficiency"])),
        ("bath heating", v.get("bath_heating", 0.0) * area * (1.0 - v["heating_gas_share"])),
        ("drying", v.get("drying_energy", 0.0) * area * (1.0 - v["heating_gas_share"])),
        ("effluent treatment", v.get("effluent_energy", 0.0) * area),
        ("pumps and exhaust", v.get("auxiliary_energy", 0.0) * area),
    )
    gas = (
        ("bath heating", v.get("bath_heating", 0.0) * area * v["heating_gas_share"]),
        ("drying", v.get("drying_energy", 0.0) * area * v["heating_gas_share"]),
    )
    lost = metal * v.get("drag_out", 0.0)
    auxiliaries = [MaterialFlow("anode metal", metal + lost, "kg")]
    wastes = []
    if "drag_out" in v:
        wastes.append(MaterialFlow("metal in effluent", lost, "kg"))
    if "rinse_water" in v:
        auxiliaries.append(MaterialFlow("water", v["rinse_water"] * area, "L"))
        wastes.append(MaterialFlow("waste water", v["rinse_water"] * area, "L"))
    return ProcessResult(
        energy=flows(flow("electricity", steps), flow("natural_gas", gas)),
        auxiliaries=tuple(auxiliaries),
        wastes=tuple(wastes),
    )
