"""Revisions that a case has seen, and what one changed against another."""

from __future__ import annotations

import attrs

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.footprint.bundle.recompute import bundle_model, sealed_draws
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.compare import Comparison, compare
from cradlemark.registry.cases.models import Case
from cradlemark.registry.studies.cells import CellChange, cell_changes
from cradlemark.registry.studies.models import Revision
from cradlemark.registry.studies.seal import bundle_of


@attrs.frozen
class RevisionChanges:
    """What a revision changed.

    Parameters
    ----------
    cells : tuple of CellChange
        Of the study.
    comparison : Comparison or None
        Of the results; None when they cannot be compared.
    problems : tuple of Problem
        Why not.
    """

    cells: tuple[CellChange, ...]
    comparison: Comparison | None
    problems: tuple[Problem, ...] = ()


def revisions_of(case: Case) -> list[Revision]:
    """Revisions that were handed in, the first one first."""
    steps = case.steps.filter(step__in=("submit", "resubmit")).select_related("revision")
    return list({step.revision_id: step.revision for step in steps}.values())


def last_changes(case: Case) -> tuple[Revision, RevisionChanges] | None:
    """The revision before the present one, and what has changed since; nothing for a first revision."""
    earlier = [revision for revision in revisions_of(case) if revision.pk != case.revision_id]
    return (earlier[-1], changes(earlier[-1], case.revision)) if earlier else None


def changes(before: Revision, after: Revision) -> RevisionChanges:
    """What a revision changed against another, both calculated from their bundles alone."""
    documents = [bundle_of(one).parts["study.toml"] for one in (before, after)]
    found = cell_changes(documents[0], documents[1])
    try:
        return RevisionChanges(found, compare(_calculated(before), _calculated(after)))
    except CradlemarkError as error:
        return RevisionChanges(found, None, error.problems)


def _calculated(revision: Revision) -> Calculation:
    bundle = bundle_of(revision)
    draws, seed = sealed_draws(bundle)
    return bundle_model(bundle)[0].calculate(draws=draws, seed=seed)
