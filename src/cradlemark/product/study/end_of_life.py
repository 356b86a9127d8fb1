"""What happens to the materials when the product is thrown away."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.product.study.bill import Leg
from cradlemark.product.study.manufacturing import EnergyUse
from cradlemark.product.study.value import Value


@attrs.frozen
class EndOfLifeRoute:
    """What happens to a material when the product or packaging is thrown away.

    Shares are of the material's mass in the product and refer to what is treated; they sum to 1.

    Parameters
    ----------
    materials : tuple of str
        Concepts or categories of the materials this route is for, for example ``copper``; empty: default route.
    recycling, energy_recovery, incineration, landfill : Value, optional
        Shares [0-1].
    recycling_dataset, ... : str
        Treatment datasets per kg.
    secondary_dataset : str
        Dataset of the recycled material E_rec (circular footprint formula, module D).
    substituted_dataset : str
        Primary material that the recycled material replaces; empty: the material's own dataset.
    quality_in, quality_out : Value, optional
        Qs_in/Qp and Qs_out/Qp [0-1].
    allocation_factor : Value, optional
        A of the circular footprint formula [0-1].
    recovery_efficiency : Value, optional
        Output of recycler per input [0-1].
    heating_value, heat_efficiency, electricity_efficiency : Value, optional
        LHV [MJ/kg], X_ER,heat and X_ER,elec [0-1] of energy recovery.
    """

    id: str
    name: Text = Text()
    materials: tuple[str, ...] = ()
    recycling: Value | None = None
    energy_recovery: Value | None = None
    incineration: Value | None = None
    landfill: Value | None = None
    recycling_dataset: str = ""
    energy_recovery_dataset: str = ""
    incineration_dataset: str = ""
    landfill_dataset: str = ""
    secondary_dataset: str = ""
    substituted_dataset: str = ""
    quality_in: Value | None = None
    quality_out: Value | None = None
    allocation_factor: Value | None = None
    recovery_efficiency: Value | None = None
    heating_value: Value | None = None
    heat_efficiency: Value | None = None
    electricity_efficiency: Value | None = None
    heat_dataset: str = ""
    electricity_dataset: str = ""


EndOfLifeMethod = Literal["", "cut_off", "circular_footprint_formula", "module_d"]


END_OF_LIFE_METHODS: tuple[EndOfLifeMethod, ...] = ("", "cut_off", "circular_footprint_formula", "module_d")


@attrs.frozen
class EndOfLife:
    """End of life of product and packaging.

    Parameters
    ----------
    method : str
        Empty: the method of the rule pack.
    technology_year : int, optional
        Year of the treatment technology that is assumed.
    legs : tuple of Leg
        Collection transport (C2).
    """

    method: EndOfLifeMethod = ""
    technology_year: int | None = None
    legs: tuple[Leg, ...] = ()
    dismantling: tuple[EnergyUse, ...] = ()
    routes: tuple[EndOfLifeRoute, ...] = ()
