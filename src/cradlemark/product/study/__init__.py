"""A study as one frozen value: everything that is known about one product before anything is calculated.

The document readers (TOML, workbook) make this value and the writers turn it back. Field names are the keys of the
TOML document.
"""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.core.periods import Period
from cradlemark.product.study.bill import SCRAP_ROUTES, Component, Leg, Material, ScrapRoute
from cradlemark.product.study.end_of_life import (
    END_OF_LIFE_METHODS,
    EndOfLife,
    EndOfLifeMethod,
    EndOfLifeRoute,
)
from cradlemark.product.study.identity import Boundary, Organisation, Product, Unit
from cradlemark.product.study.later_stages import (
    GridYear,
    Installation,
    JouleLosses,
    LoadPoint,
    Market,
    Packaging,
    Use,
    UseMode,
)
from cradlemark.product.study.manufacturing import (
    ALLOCATION_BASES,
    CONTRACT_KINDS,
    AllocationBasis,
    Contract,
    ContractKind,
    DirectEmission,
    Electricity,
    EnergyUse,
    Meter,
    Operation,
    Per,
    Site,
    SiteProduct,
    Waste,
)
from cradlemark.product.study.record import Change, Choice, CutOff, DatabaseReference, Evidence, Scenario
from cradlemark.product.study.value import DATA_KINDS, GATE_STAGES, STAGES, DataKind, Parameter, Stage, Value

__all__ = [
    "ALLOCATION_BASES",
    "CONTRACT_KINDS",
    "DATA_KINDS",
    "END_OF_LIFE_METHODS",
    "GATE_STAGES",
    "SCRAP_ROUTES",
    "STAGES",
    "AllocationBasis",
    "Boundary",
    "Change",
    "Choice",
    "Component",
    "Contract",
    "ContractKind",
    "CutOff",
    "DataKind",
    "DatabaseReference",
    "DirectEmission",
    "Electricity",
    "EndOfLife",
    "EndOfLifeMethod",
    "EndOfLifeRoute",
    "EnergyUse",
    "Evidence",
    "GridYear",
    "Installation",
    "JouleLosses",
    "Leg",
    "LoadPoint",
    "Market",
    "Material",
    "Meter",
    "Operation",
    "Organisation",
    "Packaging",
    "Parameter",
    "Per",
    "Product",
    "Scenario",
    "ScrapRoute",
    "Site",
    "SiteProduct",
    "Stage",
    "Study",
    "Unit",
    "Use",
    "UseMode",
    "Value",
    "Waste",
]


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
    remarks: tuple[Problem, ...] = attrs.field(default=(), eq=False)
    """What the readers want to be looked at, for example in the bill of materials; not part of the document."""
