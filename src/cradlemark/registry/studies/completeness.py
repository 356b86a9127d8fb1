"""How far a study is: what its rule pack asks for, and what of it is fulfilled."""

from __future__ import annotations

import attrs

from cradlemark.footprint.calculate import Model
from cradlemark.footprint.facts import footprint_facts
from cradlemark.footprint.footprint import Footprint
from cradlemark.rules.check import Assessment, assess
from cradlemark.rules.facts import study_facts
from cradlemark.rules.required import BOUNDARY_RULE, FIELD_RULE, STAGE_RULE


@attrs.frozen
class Completeness:
    """Checks of the rule pack by what became of them.

    Parameters
    ----------
    fulfilled, open, unknown, early, spared : int
        Checks that pass; that fail; that cannot be assessed as something is not stated; that need more than is there; that do
        not apply.
    missing : int
        Required fields and stages that are not there.
    gaps : int
        Texts without a dataset.
    """

    fulfilled: int
    open: int
    unknown: int
    early: int
    spared: int
    missing: int
    gaps: int

    @property
    def wanted(self) -> int:
        """Everything that applies."""
        return self.fulfilled + self.open + self.unknown + self.early + self.missing + self.gaps

    @property
    def share(self) -> float:
        """Fulfilled part of what applies [0-1]."""
        return self.fulfilled / self.wanted if self.wanted else 1.0


def completeness(model: Model, footprint: Footprint) -> Completeness:
    """Count what is fulfilled.

    Parameters
    ----------
    model : Model
    footprint : Footprint
        Its result; gaps are allowed.
    """
    system, _ = model.compiler.system()
    facts = footprint_facts(footprint, study_facts(model.study, system), inventory=model.inventory)
    found = assess(model.pack, facts)
    return Completeness(
        fulfilled=_count(found, "pass"), open=_count(found, "fail"), unknown=_count(found, "not_assessable"),
        early=_count(found, "too_early"), spared=_count(found, "not_applicable"),
        missing=sum(finding.rule in {FIELD_RULE, STAGE_RULE, BOUNDARY_RULE} for finding in footprint.findings),
        gaps=len(footprint.gaps),
    )  # fmt: skip


def _count(assessments: tuple[Assessment, ...], verdict: str) -> int:
    return sum(assessment.verdict == verdict for assessment in assessments)
