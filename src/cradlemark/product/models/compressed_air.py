"""Compressed air: use and leakage apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cradlemark.product.models.constants import constant
from cradlemark.product.models.heat import plain
from cradlemark.product.models.outputs import ProcessResult, flow, flows
from cradlemark.product.system import Number


def compressed_air_minimum(v: Mapping[str, Number]) -> Number:
    """Return the isothermal work per good part: ``p0 V ln(p / p0)`` [kWh]; volume of free air, pressure above ambient."""
    ambient = constant("standard_pressure")
    ratio = (v["gauge_pressure"] * 100.0 + ambient) / ambient
    work = plain(ambient * np.log(ratio) / 3600.0)
    return v["air_volume"] / v["yield"] * work


def compressed_air(v: Mapping[str, Number]) -> ProcessResult:
    """Return energy of the air that one good part needs: ``V · specific energy``, leakage as its own step.

    Formula unverified (common engineering balance). The leakage is a share of what is generated.
    """
    useful = v["air_volume"] * v["specific_energy"] / v["yield"]
    leakage = useful * v["leak_share"] / (1.0 - v["leak_share"])
    return ProcessResult(energy=flows(flow("electricity", (("air", useful), ("leakage", leakage)))))
