"""Revisions that a case has seen or rests on, and what one changed against another."""

from __future__ import annotations

import attrs

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.footprint.bundle.recompute import bundle_model, sealed_draws
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.compare import Comparison, compare
from cradlemark.registry.cases.models import Case
from cradlemark.registry.cases.register import last_label
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


@attrs.frozen
class Before:
    """What the present revision of a case is held against.

    Parameters
    ----------
    revision : Revision
    case : Case
        In which it was verified.
    """

    revision: Revision
    case: Case


def before(case: Case) -> Before | None:
    """The revision that was verified before the present one.

    It is the last other one of this case; else that of the label that the case rests on: the baseline of a reduction, or the
    label that the new one will follow.
    """
    earlier = [revision for revision in revisions_of(case) if revision.pk != case.revision_id]
    if earlier:
        return Before(earlier[-1], case)
    label = case.baseline or (case.label.previous if case.label else last_label(case.product_id, case.kind))
    rested = Case.objects.filter(label=label).exclude(revision=case.revision_id).first() if label else None
    return Before(rested.revision, rested) if rested else None


def last_changes(case: Case) -> tuple[Before, RevisionChanges] | None:
    """The revision that was verified before, and what has changed since; nothing for the first one of a product."""
    found = before(case)
    return (found, changes(found.revision, case.revision)) if found else None


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
