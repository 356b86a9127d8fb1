"""Sums and edges that several lints hold figures against."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from cradlemark.label.claim import Claim

TOLERANCE = 1e-9
"""Relative difference that sums of unrounded figures may have."""
GATE = ("A1", "A2", "A3")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def equal(one: float, two: float, *, scale: float = 0.0) -> bool:
    """Whether two unrounded figures are the same; `scale` is the size of what they were made of."""
    return math.isclose(one, two, rel_tol=TOLERANCE, abs_tol=TOLERANCE * scale)


def sum_of_stages(claim: Claim, stages: Iterable[str]) -> tuple[float, float]:
    """Sum over stages and origins, and of its absolute parts [kg CO2e per declared unit]."""
    wanted = set(stages)
    parts = [part for stage, row in claim.values.by_stage.items() if stage in wanted for part in row]
    return math.fsum(parts), math.fsum(map(abs, parts))


def well_formed(digest: str) -> bool:
    """Whether a digest is one of SHA-256 as Cradlemark writes it."""
    return bool(_DIGEST.fullmatch(digest))


def whole(claim: Claim) -> bool:
    """Whether the boundary is that of the whole life cycle."""
    return claim.basis.boundary == "cradle_to_grave"
