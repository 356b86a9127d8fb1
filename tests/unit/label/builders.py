"""A claim for tests, from a calculated example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
from tests.unit.footprint.builders import dataset, footprint, grave, lognormal, material, part

from cradlemark.core.language import Text
from cradlemark.footprint.document import seal
from cradlemark.footprint.footprint import Footprint
from cradlemark.label.claim import Claim, Programme, Validity, Verification
from cradlemark.label.derive import footprint_claim
from cradlemark.label.number import LabelNumber
from cradlemark.product.study import Study

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
PROGRAMME = Programme(
    "demonstration", Text("Demonstration programme", "演示计划"), "sha256:" + "1" * 64, demonstration=True
)
VERIFICATION = Verification(
    Text("Example verification body", "示例核查机构"), "example-body", "", "limited", 0.05, "unmodified",
    "sha256:" + "2" * 64, "2026-11-20",
)  # fmt: skip
VALIDITY = Validity("2026-11-28", "2028-11-27", ("2027-11-28",))


def sealed(study: Study, **options: Any) -> Footprint:
    """A sealed result whose rule check found no error."""
    made = footprint(study, dataset("steel", 2.0, uncertainty=lognormal(1.2)), draws=200, **options)
    return seal(attrs.evolve(made, findings=tuple(f for f in made.findings if f.severity != "error")))[0]


def sealed_footprint() -> Footprint:
    return sealed(grave(part("body", material("steel", 0.5))))


def claim(sequence: int = 63, result: Footprint | None = None) -> Claim:
    return footprint_claim(
        result or sealed_footprint(),
        number=LabelNumber("DEMO", sequence),
        programme=PROGRAMME,
        verification=VERIFICATION,
        validity=VALIDITY,
        bundle="sha256:" + "3" * 64,
    )
