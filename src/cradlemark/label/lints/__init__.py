"""Lints of claims, filed by the document that demands them; a claim that one of them refuses is not issued."""

from __future__ import annotations

from collections.abc import Iterator

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.lints import gb_t_24067, iso_14026, iso_14067, own, pact, programme, reduction
from cradlemark.label.lints.lint import Lint, ProgrammeLint
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.rules.finding import Finding

LINTS: tuple[Lint, ...] = (
    *iso_14067.LINTS, *iso_14026.LINTS, *gb_t_24067.LINTS, *pact.LINTS, *own.LINTS, *reduction.LINTS,
)  # fmt: skip
"""Lints that hold whatever the programme."""
PROGRAMME_LINTS: tuple[ProgrammeLint, ...] = programme.LINTS
"""Lints by the figures of the programme."""
REPAIR = Text("derive the claim again from the sealed study", "由已封存研究重新导出声明")
"""A claim is not mended by hand."""


def lint_claim(claim: Claim, profile: ProgrammeProfile | None = None) -> tuple[Finding, ...]:
    """Hold a claim against every lint.

    Parameters
    ----------
    profile : ProgrammeProfile, optional
        Programme of the claim; without it its own lints are left out.

    Returns
    -------
    tuple of Finding
        Errors first; empty for a claim that may be issued.
    """
    return tuple(sorted(_findings(claim, profile), key=lambda finding: finding.order))


def _findings(claim: Claim, profile: ProgrammeProfile | None) -> Iterator[Finding]:
    for lint in LINTS:
        for where, message in lint.check(claim):
            yield Finding(lint.id, lint.severity, where, message, lint.label, REPAIR)
    if profile is None:
        return
    source = f"{profile.id} {profile.version}"
    for demand in PROGRAMME_LINTS:
        for where, message in demand.check(claim, profile):
            yield Finding(demand.id, demand.severity, where, message, source, REPAIR)
