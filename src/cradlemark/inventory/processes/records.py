"""What every format says about processes, as plain records: importers make them, the collector takes them.

All identifiers are those of the source; nothing is converted or linked yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

Names = Mapping[str, str]
"""A name by language; the key ``""`` stands for a language that the source does not state."""
FlowKind = Literal["product", "waste", "elementary"]
Direction = Literal["input", "output"]
AllocationMethod = Literal["causal", "physical", "economic", "percentage"]
"""``percentage``: the source states shares and not what they stand for."""


@attrs.frozen
class UnitGroup:
    """Units that convert into each other.

    Parameters
    ----------
    id, name : str
    reference : str
        Name of the reference unit.
    factors : mapping of str to float
        Reference units per unit [1], by the unit's name, identifier or synonym.
    units : tuple of str
        Names of the units without synonyms.
    names : mapping of str to str
        Name of a unit by its identifier.
    """

    id: str
    name: str
    reference: str
    factors: Mapping[str, float]
    units: tuple[str, ...] = ()
    names: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class FlowProperty:
    """A quantity flows are measured in."""

    id: str
    name: str
    unit_group: str


@attrs.frozen
class Flow:
    """A product, a waste or an elementary flow.

    Parameters
    ----------
    factors : mapping of str to float
        Amount of each property per 1 reference unit of the flow, by the property's identifier.
    reference_property : str
    """

    id: str
    names: Names
    kind: FlowKind
    factors: Mapping[str, float]
    reference_property: str
    category: str = ""
    cas: str = ""
    formula: str = ""
    location: str = ""
    synonyms: str = ""


DISTRIBUTIONS: Mapping[str, Text] = {
    "lognormal": Text("lognormal", "对数正态"),
    "normal": Text("normal", "正态"),
    "triangular": Text("triangular", "三角"),
    "uniform": Text("uniform", "均匀"),
}
"""Names of the kinds of `Uncertainty`."""


@attrs.frozen
class Uncertainty:
    """Distribution of an amount, with the parameters of `cradlemark.inventory.processes.schema`.

    A centre (`p1`, for a triangular `p2`) that is nan is the amount itself, which may come from a formula.
    """

    kind: Literal["lognormal", "normal", "triangular", "uniform"]
    p1: float
    p2: float
    p3: float = float("nan")


@attrs.frozen
class Exchange:
    """One line of a process, as it stands in the source.

    Parameters
    ----------
    amount : float
        [`unit`]; stored result when there is a `formula`.
    unit, property : str
        Name or identifier of the unit and identifier of the flow property; empty: reference of the flow.
    reference : bool
        Whether it is a reference flow of the process.
    avoided : bool
        Whether it is a product whose making elsewhere is avoided.
    provider : str
        Identifier of the default provider.
    """

    number: int
    flow: str
    direction: Direction
    amount: float
    unit: str = ""
    property: str = ""
    reference: bool = False
    avoided: bool = False
    provider: str = ""
    formula: str = ""
    location: str = ""
    comment: str = ""
    uncertainty: Uncertainty | None = None
    price: float = float("nan")
    pedigree: str = ""
    base_uncertainty: float = float("nan")
    flow_name: str = ""


@attrs.frozen
class AllocationFactor:
    """A declared share of a process for one of its products.

    Parameters
    ----------
    product : str
        Identifier of the product flow.
    exchange : int
        Number of the exchange that is allocated; -1: the whole process.
    value : float
        [1]
    """

    product: str
    method: AllocationMethod
    value: float
    exchange: int = -1
    formula: str = ""


@attrs.frozen
class Parameter:
    """A named value or formula of a process or of the database."""

    name: str
    value: float
    formula: str = ""
    description: str = ""
    uncertainty: Uncertainty | None = None


def _without_trace(error: InputError) -> InputError:
    """The error without the trace, which would hold everything that was read when it was raised."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


@attrs.frozen
class RefusedExchange:
    """An exchange that cannot be read at all: which one, why, and whether it is a reference flow of its process."""

    number: int
    error: InputError = attrs.field(converter=_without_trace)
    reference: bool = False


@attrs.frozen
class Process:
    """A process with all that belongs to it."""

    id: str
    names: Names
    kind: Literal["unit_process", "aggregated"]
    exchanges: tuple[Exchange, ...]
    category: str = ""
    location: str = ""
    valid_from: str = ""
    valid_until: str = ""
    version: str = ""
    allocation: AllocationMethod | Literal[""] = ""
    refused: tuple[RefusedExchange, ...] = ()
    factors: tuple[AllocationFactor, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    description: str = ""
    technology: str = ""
    unread: Mapping[Text, int] = attrs.field(factory=dict)
    """What the source says beyond this, counted by element."""


@attrs.frozen
class CharacterisationFactor:
    """One factor of an impact category, per unit of a flow."""

    flow: str
    value: float
    direction: Direction | Literal[""] = ""
    location: str = ""
    unit: str = ""
    property: str = ""
    flow_name: str = ""
    cas: str = ""


@attrs.frozen
class ImpactCategory:
    """An impact category with its factors."""

    id: str
    names: Names
    unit: str
    factors: tuple[CharacterisationFactor, ...]
    method: str = ""
