"""Heat that a material takes up: the thermodynamic minimum of melting and heating processes."""

from __future__ import annotations

import numpy as np

from cradlemark.product.system import Number

KJ_PER_KWH = 3600.0
"""[kJ/kWh]"""


def enthalpy_rise(
    *,
    specific_heat: Number,
    temperature: Number,
    ambient: Number,
    melting_temperature: Number,
    latent_heat: Number,
    liquid_specific_heat: Number,
) -> Number:
    """Return the heat per mass from ambient to a temperature: ``cp_s ΔT + L + cp_l ΔT_sup`` [kJ/kg].

    Parameters
    ----------
    specific_heat, liquid_specific_heat : float or ndarray of float64, shape (draws,)
        Mean values of solid and liquid [kJ/K/kg].
    temperature, ambient, melting_temperature : float or ndarray of float64, shape (draws,)
        [degC]; below the melting temperature only the solid is heated.
    latent_heat : float or ndarray of float64, shape (draws,)
        [kJ/kg]

    Notes
    -----
    One melting temperature stands for the melting range of an alloy (its liquidus). No recovery of heat.
    """
    solid_end = np.minimum(temperature, melting_temperature)
    molten = np.asarray(temperature) >= np.asarray(melting_temperature)
    superheat = np.where(molten, np.asarray(temperature) - solid_end, 0.0)
    rise = (
        specific_heat * (solid_end - ambient)
        + np.where(molten, latent_heat, 0.0)
        + liquid_specific_heat * superheat
    )
    return plain(rise)


def melt_enthalpy(
    *,
    specific_heat: Number,
    temperature: Number,
    ambient: Number,
    crystalline_share: Number,
    fusion_heat: Number,
) -> Number:
    """Return the heat per mass that melts a polymer: ``cp ΔT + x_c H_f`` [kJ/kg].

    Parameters
    ----------
    specific_heat : float or ndarray of float64, shape (draws,)
        Mean of solid and melt [kJ/K/kg].
    temperature, ambient : float or ndarray of float64, shape (draws,)
        [degC]
    crystalline_share : float or ndarray of float64, shape (draws,)
        x_c [0-1]; 0 for amorphous polymers.
    fusion_heat : float or ndarray of float64, shape (draws,)
        H_f of the fully crystalline polymer [kJ/kg].
    """
    return specific_heat * (temperature - ambient) + crystalline_share * fusion_heat


def plain(value: Number) -> Number:
    """Return a scalar as a Python float and draws as they are."""
    return value if isinstance(value, np.ndarray) and value.ndim else float(value)
