"""The result of one study under one scenario: lines, and everything that follows from them.

Every figure of a footprint is made from its lines and only from them; nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum
from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.inventory.dataset import ORIGINS, Origin, Status
from cradlemark.product.study import GATE_STAGES, STAGES, DataKind, Stage
from cradlemark.product.system import Gap, MassBalance, Note, ProcessCheck
from cradlemark.rules.finding import Finding

ElectricityBasis = Literal["location", "market"]
LIFE_CYCLE_STAGES: tuple[Stage, ...] = tuple(stage for stage in STAGES if stage != "D")


@attrs.frozen
class AmountFactor:
    """One factor of a line's amount, as in `product.system.Factor`, always a scalar [unit]."""

    name: str
    value: float
    unit: str
    path: str = ""


@attrs.frozen
class DatasetUse:
    """What a line says about its dataset, so that the result can be read without the database."""

    id: str
    database: str
    name: Text
    unit: str
    geography: str
    year: int | None
    boundary: str
    gwp_set: str
    status: Status
    source: str
    place: str
    licence: str
    origins_known: bool
    gases_complete: bool
    note: str = ""
    digest: str = ""
    """Of its database, ``sha256:...``."""
    doubtful: bool = False
    """Whether the number is doubtful; `remarks` say why."""
    remarks: tuple[Text, ...] = ()
    """What should be looked at before the number is used."""


@attrs.frozen
class Link:
    """Why a text of the study stands for a dataset: score [0-100], reason in words, who confirmed it."""

    text: str
    score: float
    reason: Text
    confirmed_by: str = ""


@attrs.frozen
class Line:
    """One leaf of the study with its climate effect.

    Parameters
    ----------
    amount : float
        [unit per declared unit]; the product of `factors`.
    intensity : tuple of float
        [kg CO2e / unit] by origin, in the order of `ORIGINS`.
    climate : tuple of float
        ``amount * intensity`` [kg CO2e per declared unit] by origin.
    gases : tuple of (str, float)
        Mass per gas [kg per declared unit] where the source gives it.
    basis : {"both", "location", "market"}
        Electricity basis in which the line counts.
    primary_share : float
        Share of primary data in this line [0-1].
    quality : tuple of int, optional
        Pedigree scores of the line's dataset and activity: the worse of both for each indicator [1-5].
    gsd : float
        Geometric standard deviation of the line [1] from dataset and amount together.
    """

    path: str
    label: Text
    stage: Stage
    kind: str
    amount: float
    unit: str
    factors: tuple[AmountFactor, ...]
    intensity: tuple[float, ...]
    climate: tuple[float, ...]
    dataset: DatasetUse | None
    gas: str = ""
    gases: tuple[tuple[str, float], ...] = ()
    link: Link | None = None
    data_kind: DataKind = "secondary"
    basis: Literal["both", "location", "market"] = "both"
    packaging: bool = False
    outbound: bool = False
    primary_share: float = 0.0
    quality: tuple[int, ...] | None = None
    gsd: float = 1.0

    @property
    def total(self) -> float:
        """Sum over origins [kg CO2e per declared unit]."""
        return fsum(self.climate)

    @property
    def status(self) -> Status:
        """Status of the factor; direct releases are derived from the user's own amounts."""
        return self.dataset.status if self.dataset else "derived"

    def counts_in(self, basis: ElectricityBasis) -> bool:
        """Whether the line belongs to the result on this electricity basis."""
        return self.basis in {"both", basis}


@attrs.frozen
class Interval:
    """Distribution of one figure over the draws [kg CO2e per declared unit], and its analytic form.

    Parameters
    ----------
    low, median, high : float
        2.5th, 50th and 97.5th percentile.
    mean : float
    analytic_gsd : float, optional
        Geometric standard deviation [1] after F11; None when the figure is not positive, or so small against its
        contributions that the first-order form does not hold (above 100).
    analytic_low, analytic_high : float, optional
        ``figure / GSD²`` and ``figure * GSD²``.
    """

    name: str
    figure: float
    low: float
    median: float
    high: float
    mean: float
    analytic_gsd: float | None = None
    analytic_low: float | None = None
    analytic_high: float | None = None


@attrs.frozen
class Sensitivity:
    """One uncertain input: how much the total answers to it.

    Parameters
    ----------
    input : str
        Dataset id, field path or parameter name.
    elasticity : float
        Relative change of the total per relative change of the input, S_i [1].
    log_gsd : float
        ln GSD of the input [1].
    variance_share : float
        Its share of the total's logarithmic variance [0-1].
    correlation : float, optional
        Rank correlation with the total over the draws [-1, 1]; None without draws.
    """

    input: str
    label: Text
    kind: Literal["dataset", "amount", "parameter"]
    elasticity: float
    log_gsd: float
    variance_share: float
    correlation: float | None


@attrs.frozen
class DataQuality:
    """Data-quality figures of the whole footprint, weighted by |contribution| (F9).

    Parameters
    ----------
    primary_share : float
        Primary data share [0-1].
    pef : float, optional
        (TeR + GeR + TiR + P) / 4 [1-5].
    technological, geographical, temporal : float, optional
        PACT ratings [1-5].
    rated_share : float
        Share of the |contributions| that carry scores at all [0-1].
    unverified_share, derived_share : float
        Share of the |contributions| from factors of that status [0-1].
    undivided_share : float
        Share of the |contributions| whose source gives one number for all origins [0-1].
    unknown_gwp_share : float
        Share of the |contributions| whose GWP set the source does not state, or that differs from the study's [0-1].
    co2_only_share : float
        Share of the |contributions| whose source covers carbon dioxide only [0-1].
    """

    primary_share: float
    pef: float | None
    technological: float | None
    geographical: float | None
    temporal: float | None
    rated_share: float
    unverified_share: float
    derived_share: float
    undivided_share: float
    unknown_gwp_share: float
    co2_only_share: float


@attrs.frozen
class CutOffRecord:
    """Something that was left out and its estimated share of the result [0-1]; None when it cannot be estimated."""

    name: Text
    stage: Stage
    share: float | None
    criterion: str
    reason: Text


@attrs.frozen
class Versions:
    """Digests of everything that went in."""

    study: str
    rule_pack: str
    rule_pack_digest: str
    databases: tuple[tuple[str, str, str], ...]
    """(id, version, digest)"""
    software: str


@attrs.frozen
class Subject:
    """What the footprint is of."""

    study: str
    title: Text
    product: Text
    holder: Text
    site: Text
    place: str
    models: tuple[str, ...]
    gtin: str
    declared_amount: float
    declared_unit: str
    functional_unit: Text
    mass: float
    """[kg per declared unit]"""
    service_life: float | None
    """[year]"""
    boundary: str
    period: str
    scenario: str
    scenario_title: Text


@attrs.frozen
class Footprint:
    """Climate effect of one declared unit [kg CO2e], line by line."""

    subject: Subject
    lines: tuple[Line, ...]
    gwp_set: str
    electricity_basis: ElectricityBasis
    end_of_life_method: str
    versions: Versions
    intervals: tuple[Interval, ...]
    sensitivities: tuple[Sensitivity, ...]
    data_quality: DataQuality
    cut_offs: tuple[CutOffRecord, ...]
    gaps: tuple[Gap, ...]
    balances: tuple[MassBalance, ...]
    process_checks: tuple[ProcessCheck, ...]
    notes: tuple[Note, ...]
    findings: tuple[Finding, ...]
    assumptions: tuple[Text, ...]
    draws: int
    seed: int
    digest: str = ""

    def counted(self, *, basis: ElectricityBasis | None = None) -> tuple[Line, ...]:
        """Return the lines that count on one electricity basis (default: the footprint's own)."""
        chosen = basis or self.electricity_basis
        return tuple(line for line in self.lines if line.counts_in(chosen))

    def by_stage(self, *, basis: ElectricityBasis | None = None) -> dict[Stage, dict[Origin, float]]:
        """Return climate[stage][origin] [kg CO2e per declared unit], dense in both."""
        lines: dict[Stage, list[tuple[float, ...]]] = {stage: [] for stage in STAGES}
        for line in self.counted(basis=basis):
            lines[line.stage].append(line.climate)
        return {
            stage: {origin: fsum(row[index] for row in rows) for index, origin in enumerate(ORIGINS)}
            for stage, rows in lines.items()
        }

    def stage_total(self, stages: Iterable[Stage], *, basis: ElectricityBasis | None = None) -> float:
        """Sum over some stages [kg CO2e per declared unit]."""
        wanted = frozenset(stages)
        return fsum(
            part for line in self.counted(basis=basis) if line.stage in wanted for part in line.climate
        )

    @property
    def cradle_to_gate(self) -> float:
        """A1 to A3 [kg CO2e per declared unit]."""
        return self.stage_total(GATE_STAGES)

    @property
    def life_cycle(self) -> float:
        """A1 to C4, never with module D [kg CO2e per declared unit]."""
        return self.stage_total(LIFE_CYCLE_STAGES)

    @property
    def beyond_boundary(self) -> float:
        """Module D [kg CO2e per declared unit]; outside the total."""
        return self.stage_total(("D",))

    @property
    def total(self) -> float:
        """The figure of the study's boundary: cradle to gate, or the whole life cycle."""
        return self.cradle_to_gate if self.subject.boundary == "cradle_to_gate" else self.life_cycle

    def interval(self, name: str) -> Interval:
        """Return the interval of ``total``, ``gate`` or one stage."""
        return next(interval for interval in self.intervals if interval.name == name)
