"""A label programme as values: everything that one programme does differently from another is data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from cradlemark.core.language import LANGUAGES, Language, Text
from cradlemark.label.workflow import Step

Status = Literal["seen", "unverified", "design"]
"""``seen``: read in a source; ``unverified``: not confirmed; ``design``: our own choice, no programme's."""
STATUSES: tuple[Status, ...] = ("seen", "unverified", "design")
CauseGroup = Literal[
    "substitution", "mass", "yield", "energy", "supplier", "grid", "factor_update", "use_profile"
]
CAUSES: tuple[CauseGroup, ...] = (
    "substitution", "mass", "yield", "energy", "supplier", "grid", "factor_update", "use_profile",
)  # fmt: skip
"""Causes that a change of a footprint is split into."""


@attrs.frozen
class Figure:
    """A number of a programme.

    Parameters
    ----------
    value : float
        [`unit`]
    unit : str
    status : {"seen", "unverified", "design"}
    source : str
        Where it was read, or why it was chosen.
    """

    value: float
    unit: str
    status: Status
    source: str


@attrs.frozen
class ClaimType:
    """A kind of claim that the programme grants.

    Parameters
    ----------
    kind : {"footprint", "reduction", "grade", "climate_neutral"}
    title : Text
    running : bool
        Whether it can be applied for today.
    validity : Figure
        [month]
    surveillance : Figure or None
        [month]; None when the programme states none.
    assurance : {"limited", "reasonable"}
    needs : tuple of str
        Kinds of claim that have to be there first.
    """

    kind: str
    title: Text
    running: bool
    validity: Figure
    surveillance: Figure | None
    assurance: str
    needs: tuple[str, ...]


@attrs.frozen
class Alternative:
    """One way to fulfil a rule: a condition, and what has to be known for it.

    Parameters
    ----------
    condition : str
        Formula over `REDUCTION_FACTS`; true fulfils the rule.
    needs : tuple of str
        Facts that have to be known; without them this way is not decided.
    threshold : Figure or None
        Least reduction that it asks for [1]; None when it asks for none.
    """

    id: str
    title: Text
    condition: str
    needs: tuple[str, ...]
    threshold: Figure | None


@attrs.frozen
class ReductionRule:
    """When a reduction may be claimed.

    Parameters
    ----------
    alternatives : tuple of Alternative
        Any of them is enough.
    window : Figure or None
        Longest time between baseline and today [month].
    excluded : tuple of str
        Causes that do not count, of `CAUSES`.
    probability : Figure
        Least paired probability that the threshold is reached [1].
    """

    title: Text
    alternatives: tuple[Alternative, ...]
    window: Figure | None
    excluded: tuple[CauseGroup, ...]
    probability: Figure
    status: Status
    source: str


REDUCTION_FACTS: Mapping[str, str] = {
    "reduction": "1",
    "figure": "kg",
    "baseline": "kg",
    "benchmark": "kg",
    "peers": "kg",
    "market_leader": "kg",
    "whole_life_cycle": "1",
    "plan_published": "1",
}
"""Facts that conditions of a reduction name, with their unit."""
GIVEN_FACTS = ("benchmark", "peers", "market_leader", "plan_published")
"""Those that two studies do not tell: a verifier has to vouch for them."""


@attrs.frozen
class GradeStep:
    """A grade, and up to which percentile of the population it goes (the best first)."""

    grade: str
    up_to: float


@attrs.frozen
class GradeRule:
    """How products are graded.

    Parameters
    ----------
    steps : tuple of GradeStep
        The best first; the last one goes up to 100.
    least : Figure
        Products that a population needs.
    anonymity : Figure
        Holders below which no distribution is shown.
    """

    title: Text
    steps: tuple[GradeStep, ...]
    least: Figure
    anonymity: Figure


@attrs.frozen
class Design:
    """What the label shows and which artworks there are."""

    designs: tuple[str, ...]
    elements: tuple[str, ...]
    colour: str
    mark: Text
    """Words beside the figure; never a protected mark of anybody."""


@attrs.frozen
class Fee:
    """A line of the price list; no figure when it is not known."""

    id: str
    title: Text
    figure: Figure | None


@attrs.frozen
class Example:
    """An example that the programme has to answer as stated.

    Parameters
    ----------
    kind : {"validity", "change", "reduction", "grade", "case", "label"}
    given, expect
        Depend on the kind; see the reference of programmes.
    """

    id: str
    kind: str
    given: Mapping[str, object]
    expect: object


@attrs.frozen(eq=False)
class ProgrammeProfile:
    """A programme.

    Parameters
    ----------
    id : str
    mark : str
        In front of its label numbers, 2 to 6 capital letters and digits.
    demonstration : bool
    version : str
    digest : str
        Of the content of its file.
    notice : Text
        What a reader has to know about it: that it is no official programme, for example.
    language : {"en", "zh"}
        In which its pages begin; the other one is one click away.
    change : Figure
        Relative increase of a published value above which it is verified again [1].
    case_steps, label_steps : mapping of str to Step
        Of the universal machine.
    """

    id: str
    mark: str
    demonstration: bool
    version: str
    digest: str
    name: Text
    operator: Text
    notice: Text
    language: Language
    rule_packs: tuple[str, ...]
    least_verifiers: Figure
    claims: Mapping[str, ClaimType]
    change: Figure
    reduction: ReductionRule | None
    grade: GradeRule | None
    design: Design
    separations: tuple[str, ...]
    case_steps: Mapping[str, Step]
    label_steps: Mapping[str, Step]
    timers: Mapping[str, Figure]
    fees: tuple[Fee, ...]
    public_fields: tuple[str, ...]
    examples: tuple[Example, ...]

    @property
    def languages(self) -> tuple[Language, ...]:
        """Languages of its pages, the first one first."""
        return (self.language, *(one for one in LANGUAGES if one != self.language))

    @property
    def unverified(self) -> tuple[str, ...]:
        """Places of all figures that are not confirmed."""
        return tuple(place for place, figure in self.figures() if figure.status == "unverified")

    def figures(self) -> tuple[tuple[str, Figure], ...]:
        """All numbers of the programme with their place."""
        found: list[tuple[str, Figure | None]] = [
            ("least_verifiers", self.least_verifiers),
            ("change", self.change),
        ]
        for kind, claim in self.claims.items():
            found += [
                (f"claims.{kind}.validity", claim.validity),
                (f"claims.{kind}.surveillance", claim.surveillance),
            ]
        if self.reduction is not None:
            found += [
                ("reduction.window", self.reduction.window),
                ("reduction.probability", self.reduction.probability),
            ]
            found += [(f"reduction.{way.id}", way.threshold) for way in self.reduction.alternatives]
        if self.grade is not None:
            found += [("grade.least", self.grade.least), ("grade.anonymity", self.grade.anonymity)]
        found += [(f"timers.{name}", figure) for name, figure in self.timers.items()]
        found += [(f"fees.{fee.id}", fee.figure) for fee in self.fees]
        return tuple((place, figure) for place, figure in found if figure is not None)
