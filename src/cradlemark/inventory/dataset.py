"""One row of background supply: what one unit of something causes, and why one may believe it."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree

Origin = Literal["fossil", "biogenic_emission", "biogenic_removal", "land_use_change", "aircraft"]
ORIGINS: tuple[Origin, ...] = (
    "fossil",
    "biogenic_emission",
    "biogenic_removal",
    "land_use_change",
    "aircraft",
)
"""Origins of greenhouse gases that are kept apart; they are exclusive and sum to the total."""

Status = Literal["verified", "derived", "unverified"]
STATUSES: tuple[Status, ...] = ("verified", "derived", "unverified")
Purpose = Literal["product", "organisation"]
DatasetKind = Literal["unit_process", "aggregated", "factor", "supplier_footprint"]
DATASET_KINDS: tuple[DatasetKind, ...] = ("unit_process", "aggregated", "factor", "supplier_footprint")
GwpSet = Literal["AR4", "AR5", "AR6", "unknown"]

BOUNDARIES = (
    "cradle_to_gate",
    "cradle_to_grave",
    "gate_to_gate",
    "gate_to_grave",
    "generation_life_cycle",  # electricity: upstream and generation, without losses to the user
    "generation",  # electricity: combustion at generation only
    "transmission",  # electricity: networks and losses
    "combustion",
    "well_to_tank",
    "tank_to_wheel",
    "well_to_wheel",
    "direct_release",
    "treatment",  # waste: whole burden of the treatment
    "treatment_transport_only",  # waste: only the transport to the plant; never the whole end of life
)


@attrs.frozen
class GasAmount:
    """Mass of one greenhouse gas from one origin, per unit of a dataset.

    Parameters
    ----------
    gas : str
        Identifier in the gas table, for example ``co2``, ``ch4_fossil``, ``n2o``.
    origin : Origin
        Where the gas comes from.
    mass : float
        [kg / unit of the dataset]; removals are negative.
    """

    gas: str
    origin: Origin
    mass: float


@attrs.frozen
class Climate:
    """What one unit of a dataset does to the climate: CO2e by origin, or masses per gas.

    Parameters
    ----------
    gwp_set : {"AR4", "AR5", "AR6", "unknown"}
        Assessment report whose GWP100 values the CO2e rests on; "unknown" when the source does not say.
    co2e : tuple of float
        [kg CO2e / unit] in the order of `ORIGINS`; under `gwp_set`.
    gases : tuple of GasAmount
        Masses per gas when the source gives all of them; then another GWP set can be applied. Empty otherwise.
    origins_known : bool
        False when the source gives one undivided number; it then stands under ``fossil`` and says so.
    gases_complete : bool
        False when the source covers carbon dioxide only.
    """

    gwp_set: GwpSet
    co2e: tuple[float, float, float, float, float]
    gases: tuple[GasAmount, ...] = ()
    origins_known: bool = False
    gases_complete: bool = True

    @property
    def total(self) -> float:
        """Sum over origins [kg CO2e / unit]."""
        return sum(self.co2e)

    @property
    def rebasable(self) -> bool:
        """Whether another GWP set can be applied."""
        return bool(self.gases)


@attrs.frozen
class Source:
    """Where a number was read.

    Parameters
    ----------
    document : str
        Title, publisher, edition.
    place : str
        Table, page, sheet or row in it.
    url : str
        Public address, if there is one.
    """

    document: str
    place: str = ""
    url: str = ""


@attrs.frozen
class Dataset:
    """One row of supply; see the field table in the documentation of the dataset schema.

    All climate values are per 1 `unit`.
    """

    id: str
    name: Text
    category: str
    unit: str
    climate: Climate
    geography: str
    year: int | None
    boundary: str
    purpose: Purpose
    kind: DatasetKind
    source: Source
    licence: str
    status: Status
    database: str = ""
    synonyms: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    """Identifiers of material or process concepts that this dataset stands for (used in matching)."""
    classification: tuple[tuple[str, str], ...] = ()
    technology: str = ""
    calorific_basis: Literal["", "net", "gross"] = ""
    uncertainty: Distribution | None = None
    pedigree: Pedigree | None = None
    alternatives: tuple[str, ...] = ()
    """Ids of lower or higher siblings for the same thing."""
    note: str = ""
    primary_data_share: float | None = None
    """Share of primary data [0-1] that a supplier states for its own footprint."""
    doubtful: bool = False
    """Whether the number must not be taken without a person; `remarks` say why."""
    remarks: tuple[Text, ...] = ()
    """What should be looked at before the number is used: doubts about its size, inputs that are cut off."""
