"""The maker's own processes, the plant's meters and co-products, and its electricity."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.engine.pedigree import Pedigree
from cradlemark.product.study.bill import Material
from cradlemark.product.study.value import DataKind, Stage, Value

Per = Literal["piece", "kg", "declared_unit"]
"""What an operation's amounts refer to: one good part, 1 kg of good part, one declared unit of the product."""


AllocationBasis = Literal["mass", "pieces", "machine_hours", "revenue"]


ALLOCATION_BASES: tuple[AllocationBasis, ...] = ("mass", "pieces", "machine_hours", "revenue")


@attrs.frozen
class EnergyUse:
    """Energy carrier used by an operation.

    Parameters
    ----------
    carrier : str
        As the user wrote it ("electricity", "天然气"); electricity goes through the electricity rules of the study.
    amount : Value
        [kWh, MJ, m3, kg ...] per `Operation.per`.
    """

    carrier: str
    amount: Value
    dataset: str = ""
    data_kind: DataKind = "measured"


@attrs.frozen
class DirectEmission:
    """Greenhouse gas that the process itself releases, per `Operation.per` [kg]."""

    gas: str
    amount: Value


@attrs.frozen
class Waste:
    """Waste of an operation, per `Operation.per`, and its treatment as the user wrote it."""

    text: str
    amount: Value
    dataset: str = ""


@attrs.frozen
class Operation:
    """A process of one's own (gate to gate), metered or from a unit-process model.

    Parameters
    ----------
    component : str
        Part number it works on; empty: the whole declared unit.
    per : {"piece", "kg", "declared_unit"}
        What the amounts refer to (good output).
    model : str
        Name of the unit-process model; empty: metered amounts in `energy`.
    model_inputs : tuple of (name, Value)
        Inputs of the model.
    """

    id: str
    name: Text
    component: str = ""
    per: Per = "piece"
    model: str = ""
    model_inputs: tuple[tuple[str, Value], ...] = ()
    model_material: str = ""
    """Material whose packaged properties fill inputs of the model that are not given."""
    energy: tuple[EnergyUse, ...] = ()
    inputs: tuple[Material, ...] = ()
    direct_emissions: tuple[DirectEmission, ...] = ()
    waste: tuple[Waste, ...] = ()
    stage: Stage = "A3"
    own: bool = True
    """Whether the process is under the control of the study's organisation."""
    data_kind: DataKind = "measured"
    pedigree: Pedigree | None = None
    note: str = ""
    evidence: tuple[str, ...] = ()


@attrs.frozen
class Meter:
    """Yearly consumption of the site that is not already in the operations.

    Parameters
    ----------
    amount : Value
        Consumption in the data period [kWh, MJ, m3, kg ...].
    """

    carrier: str
    amount: Value
    dataset: str = ""
    data_kind: DataKind = "measured"
    evidence: tuple[str, ...] = ()
    note: str = ""


@attrs.frozen
class SiteProduct:
    """One co-product of the site in the data period; exactly one of them is this study's product."""

    name: str
    pieces: Value | None = None
    mass: Value | None = None
    machine_hours: Value | None = None
    revenue: Value | None = None
    this: bool = False


@attrs.frozen
class Site:
    """The plant: meters of the period and how they are allocated (F3).

    Parameters
    ----------
    declared_units : Value, optional
        Number of declared units of this product made in the period; needed when there are meters.
    basis : {"mass", "pieces", "machine_hours", "revenue"}
        Key of the allocation; `reason` says why a physical key is not possible when revenue is used.
    """

    name: Text = Text()
    place: str = ""
    meters: tuple[Meter, ...] = ()
    products: tuple[SiteProduct, ...] = ()
    declared_units: Value | None = None
    basis: AllocationBasis = "mass"
    reason: str = ""


ContractKind = Literal["own_generation", "direct_line", "supplier_specific", "certificates"]


CONTRACT_KINDS: tuple[ContractKind, ...] = (
    "own_generation",
    "direct_line",
    "supplier_specific",
    "certificates",
)


@attrs.frozen
class Contract:
    """Electricity that is bought or made with stated attributes (ISO 14067, 6.4.9.4).

    Parameters
    ----------
    amount : Value
        Contracted in the data period [kWh].
    conveys_attributes, unique_claim, tracked, close_in_time, same_market : bool
        The five conditions; a contract that misses one is not counted.
    """

    id: str
    kind: ContractKind
    amount: Value
    text: str
    dataset: str = ""
    conveys_attributes: bool = False
    unique_claim: bool = False
    tracked: bool = False
    close_in_time: bool = False
    same_market: bool = False
    evidence: tuple[str, ...] = ()
    note: str = ""


@attrs.frozen
class Electricity:
    """Electricity of the site: where, how much in all, which contracts.

    Parameters
    ----------
    used : Value, optional
        Total use of the site in the data period [kWh]; needed when there are contracts.
    dataset, losses_dataset : str
        Fixed location-based mix and network losses; empty: the ones of `place`.
    residual_dataset : str
        Residual mix of the market; empty: the one of `place`, if there is one for products.
    """

    place: str = ""
    used: Value | None = None
    contracts: tuple[Contract, ...] = ()
    dataset: str = ""
    losses_dataset: str = ""
    residual_dataset: str = ""
