"""A study as one frozen value: everything that is known about one product before anything is calculated.

The document readers (TOML, workbook) make this value and the writers turn it back. Field names are the keys of the
TOML document.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.core.periods import Period
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree

Stage = Literal[
    "A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "C1", "C2", "C3", "C4", "D"
]
STAGES: tuple[Stage, ...] = (
    "A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "C1", "C2", "C3", "C4", "D",
)  # fmt: skip
GATE_STAGES: tuple[Stage, ...] = ("A1", "A2", "A3")
DataKind = Literal["measured", "supplier", "secondary", "proxy"]
DATA_KINDS: tuple[DataKind, ...] = ("measured", "supplier", "secondary", "proxy")
Boundary = Literal["cradle_to_gate", "cradle_to_grave"]
AllocationBasis = Literal["mass", "pieces", "machine_hours", "revenue"]
ALLOCATION_BASES: tuple[AllocationBasis, ...] = ("mass", "pieces", "machine_hours", "revenue")
Per = Literal["piece", "kg", "declared_unit"]
"""What an operation's amounts refer to: one good part, 1 kg of good part, one declared unit of the product."""


@attrs.frozen
class Value:
    """One number of the user with its unit, and what is known about it.

    Exactly one of `magnitude` and `formula` is given.

    Parameters
    ----------
    magnitude : float, optional
        [unit]
    unit : str
        Canonical unit, see `cradlemark.core.quantities`.
    formula : str, optional
        Formula over parameters; its result is converted to `unit`.
    distribution : Distribution, optional
        Uncertainty of the number itself.
    note : str
    evidence : tuple of str
        Ids of `Evidence`.
    confidential : bool
        Left out of reports that leave the company.
    """

    magnitude: float | None
    unit: str
    formula: str | None = None
    distribution: Distribution | None = None
    note: str = ""
    evidence: tuple[str, ...] = ()
    confidential: bool = False


@attrs.frozen
class Parameter:
    """A named number or formula that other fields of the study use."""

    name: str
    value: Value
    description: Text = Text()


@attrs.frozen
class Organisation:
    """Who makes and answers for the product."""

    name: Text
    country: str = ""
    identifier: str = ""


@attrs.frozen
class Product:
    """What the footprint is about.

    Parameters
    ----------
    mass : Value
        Mass of one declared unit without packaging [kg].
    service_life : Value, optional
        Reference service life [year].
    """

    name: Text
    holder: Organisation
    mass: Value
    models: tuple[str, ...] = ()
    gtin: str = ""
    classification: tuple[tuple[str, str], ...] = ()
    service_life: Value | None = None
    description: Text = Text()


@attrs.frozen
class Unit:
    """Declared unit, always; functional unit when the boundary reaches the use stage.

    Parameters
    ----------
    declared : Value
        Amount and unit, for example 1 piece.
    functional : Text
        The function, how much, how well, how long, in a sentence.
    functional_amount : Value, optional
        Quantity of the function that one declared unit delivers.
    """

    declared: Value
    functional: Text = Text()
    functional_amount: Value | None = None


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
SCRAP_ROUTES: tuple[ScrapRoute, ...] = ("", "recycled_in_house", "recycled_external", "incinerated", "landfilled")


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
CONTRACT_KINDS: tuple[ContractKind, ...] = ("own_generation", "direct_line", "supplier_specific", "certificates")


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


@attrs.frozen
class Packaging:
    """One packaging material, per declared unit of the product [kg]."""

    name: Text
    material: Material
    level: Literal["primary", "secondary", "transport"] = "primary"


@attrs.frozen
class Market:
    """A destination and its share of the sales.

    Parameters
    ----------
    share : Value
        [0-1]; the shares sum to 1.
    """

    place: str
    share: Value
    legs: tuple[Leg, ...] = ()


@attrs.frozen
class Installation:
    """What the installer needs and throws away, per declared unit."""

    energy: tuple[EnergyUse, ...] = ()
    inputs: tuple[Material, ...] = ()
    packaging_waste: bool = True
    """Whether the packaging is treated as waste here (by its end-of-life route)."""


@attrs.frozen
class UseMode:
    """Operating mode of an active product: power [W] and hours per year [h/year]."""

    name: Text
    power: Value
    hours: Value


@attrs.frozen
class LoadPoint:
    """Part of a load profile: share of the time [0-1] at a share of the rated current [0-1]."""

    time_share: Value
    current_share: Value


@attrs.frozen
class JouleLosses:
    """Losses of a passive current path (F6): ``P = n R (α I_n)²``.

    Parameters
    ----------
    rated_current : Value
        [A]
    resistance : Value, optional
        Of one path [ohm]; or `voltage_drop` [V] at `test_current` [A].
    paths : Value
        Number of identical current paths n [1].
    """

    rated_current: Value
    resistance: Value | None = None
    voltage_drop: Value | None = None
    test_current: Value | None = None
    paths: Value = Value(1.0, "1")
    profile: tuple[LoadPoint, ...] = ()


@attrs.frozen
class GridYear:
    """Electricity mix of one part of the use stage: share of the service life and the dataset."""

    share: Value
    dataset: str
    losses_dataset: str = ""


@attrs.frozen
class Use:
    """Use stage over the reference service life.

    Parameters
    ----------
    place : str
        Where the product is used; its grid mix is taken unless `grid` is given.
    """

    place: str = ""
    modes: tuple[UseMode, ...] = ()
    losses: JouleLosses | None = None
    grid: tuple[GridYear, ...] = ()
    consumables: tuple[Material, ...] = ()
    """Consumables over the whole service life, per declared unit (B2)."""


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


@attrs.frozen
class CutOff:
    """Something left out on purpose, with the estimated share of the result it would have had [0-1]."""

    name: Text
    stage: Stage
    share: Value
    criterion: Literal["mass", "energy", "environmental_significance"]
    reason: Text


@attrs.frozen
class Evidence:
    """A document that supports a value."""

    id: str
    title: Text
    kind: str = "document"
    digest: str = ""
    file: str = ""
    supports: tuple[str, ...] = ()


@attrs.frozen
class Choice:
    """A confirmed link from a text in the study to a dataset."""

    text: str
    dataset: str
    confirmed_by: str = ""
    confirmed_on: date | None = None
    note: str = ""


@attrs.frozen
class Change:
    """One change of a scenario.

    Parameters
    ----------
    path : str
        Field of the study in the form ``parameters.rib_mass.value`` or
        ``components[100-20].materials[PA66 V0].dataset``: table names joined by dots, the entry of a list in
        brackets by its part number, id, name or text.
    value : str, float, int or bool
        New content, written as in the study document.
    """

    path: str
    value: str | float | int | bool


@attrs.frozen
class Scenario:
    """A named overlay of changes: another material, another supplier, another mix."""

    id: str
    title: Text
    changes: tuple[Change, ...]


@attrs.frozen
class DatabaseReference:
    """A database the study is calculated with, by id; `file` is relative to the study document."""

    id: str
    file: str = ""
    digest: str = ""


@attrs.frozen
class Study:
    """One product, one declared unit, one data period."""

    id: str
    title: Text
    product: Product
    unit: Unit
    boundary: Boundary
    period: Period
    rule_pack: str
    place: str
    components: tuple[Component, ...]
    revision: int = 1
    language: Literal["en", "zh"] = "en"
    databases: tuple[DatabaseReference, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    operations: tuple[Operation, ...] = ()
    site: Site = Site()
    electricity: Electricity = Electricity()
    inbound: tuple[Leg, ...] = ()
    """Default inbound legs of materials that state none."""
    packaging: tuple[Packaging, ...] = ()
    markets: tuple[Market, ...] = ()
    installation: Installation | None = None
    use: Use | None = None
    end_of_life: EndOfLife | None = None
    cut_offs: tuple[CutOff, ...] = ()
    choices: tuple[Choice, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    assumptions: tuple[Text, ...] = ()
    pcr: str = ""
    """Product category rule that is followed, with version; empty when there is none."""
    pcr_exists: bool | None = None
