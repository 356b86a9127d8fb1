"""Components and materials of the product, and the transport that brings them."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.engine.pedigree import Pedigree
from cradlemark.product.study.value import DataKind, Value


@attrs.frozen
class Leg:
    """One transport leg.

    Parameters
    ----------
    distance : Value
        [km]
    mode : str
        Vehicle as the user wrote it, for example "truck >32 t" or "海运集装箱"; matched to a dataset per tkm.
    dataset : str
        Id of the dataset when it is fixed; then `mode` is only a label.
    mass_factor : Value, optional
        Transported mass per mass of goods, for example 1.08 with transport packaging [1]; default 1.
    empty_return : Value, optional
        Share of the way driven back empty that is charged [0-1] when the factor does not hold it; default none.
    """

    distance: Value
    mode: str
    dataset: str = ""
    mass_factor: Value | None = None
    empty_return: Value | None = None
    note: str = ""


ScrapRoute = Literal["", "recycled_in_house", "recycled_external", "incinerated", "landfilled"]


SCRAP_ROUTES: tuple[ScrapRoute, ...] = (
    "",
    "recycled_in_house",
    "recycled_external",
    "incinerated",
    "landfilled",
)


@attrs.frozen
class Material:
    """A material of a component, with mass balance: gross = net / product of yields (F2).

    Parameters
    ----------
    text : str
        As the user wrote it; matched to a dataset.
    amount : Value
        Net amount in one component [kg, or another unit of the matched dataset such as m2, m3, kWh, piece].
    gross : Value, optional
        Gross input per component, when measured; then it has precedence over the yields, and both are compared.
    yields : tuple of Value
        Yields of the steps [0-1].
    scrap_route : str
        What happens to the scrap.
    recycled_content : Value, optional
        R1 [0-1].
    recycled_dataset : str
        Dataset of the recycled material when `recycled_content` is above 0 and the main dataset is primary material.
    """

    text: str
    amount: Value
    dataset: str = ""
    gross: Value | None = None
    yields: tuple[Value, ...] = ()
    scrap_route: ScrapRoute = ""
    recycled_content: Value | None = None
    recycled_dataset: str = ""
    end_of_life: str = ""
    """Id of the `EndOfLifeRoute`; empty: the one whose materials match, else the default route."""
    origin: str = ""
    supplier: str = ""
    legs: tuple[Leg, ...] = ()
    data_kind: DataKind = "secondary"
    pedigree: Pedigree | None = None
    note: str = ""
    evidence: tuple[str, ...] = ()
    source_row: str = attrs.field(default="", eq=False)
    """Place in the user's document the line was read from."""


@attrs.frozen
class Component:
    """A part: either children or materials, in any depth.

    Parameters
    ----------
    quantity : Value
        Amount of it in one parent [piece], in one declared unit at the top.
    """

    part_number: str
    name: Text
    quantity: Value
    children: tuple[Component, ...] = ()
    materials: tuple[Material, ...] = ()
    note: str = ""
    source_row: str = attrs.field(default="", eq=False)
