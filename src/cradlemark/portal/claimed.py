"""What a reduction or a grade states beyond the footprint, and what can be applied for, as pages show them."""

from __future__ import annotations

import attrs

from cradlemark.core.language import Text
from cradlemark.footprint.leaves import CAUSE_NAMES
from cradlemark.label.certificate.content import Row, statement
from cradlemark.label.claim import Claim
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.registry.cases.models import KINDS


@attrs.frozen
class Beyond:
    """What a claim states beyond the footprint.

    Parameters
    ----------
    rows : tuple of Row
        Name and value.
    parts : tuple
        Change by cause [kg CO2e per declared unit], the largest first, and whether it is counted.
    difference : float
        Sum of the parts [kg CO2e per declared unit].
    """

    rows: tuple[Row, ...]
    parts: tuple[tuple[Text, float, bool], ...] = ()
    difference: float = 0.0


def beyond(claim: Claim | None, programme: ProgrammeProfile) -> Beyond | None:
    """What a claim states beyond the footprint; None for a footprint, and where nothing can be claimed."""
    if claim is None or claim.kind == "footprint":
        return None
    rows = tuple(row for row in statement(claim, programme)[claim.kind] if row[1])
    reduction = claim.reduction
    if reduction is None:
        return Beyond(rows)
    names = {str(cause): name for cause, name in CAUSE_NAMES.items()}
    parts = tuple(
        (names.get(cause, Text(cause)), part, cause not in reduction.excluded)
        for cause, part in sorted(reduction.parts.items(), key=lambda item: -abs(item[1]))
    )
    return Beyond(rows, parts, reduction.figure - reduction.baseline_figure)


def kinds_granted(programme: ProgrammeProfile) -> list[tuple[str, Text]]:
    """Kinds of claim that somebody can apply for, with their titles."""
    return [
        (kind, programme.claims[kind].title)
        for kind in KINDS
        if kind in programme.claims and programme.claims[kind].running
    ]
