"""What a verifier reads: the sealed study, its cells, its result, and every check of the sealed rule pack with its outcome."""

from __future__ import annotations

from functools import lru_cache

import attrs

from cradlemark.core.canonical import canonical_json, digest_bytes
from cradlemark.footprint.bundle.recompute import bundle_model
from cradlemark.footprint.document import from_bytes
from cradlemark.footprint.facts import footprint_facts
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.product.study import Study
from cradlemark.registry.studies.cells import Cell, cells
from cradlemark.registry.studies.models import Revision
from cradlemark.registry.studies.seal import bundle_of
from cradlemark.rules.check import Assessment, assess
from cradlemark.rules.facts import study_facts
from cradlemark.rules.finding import Finding
from cradlemark.rules.pack import RulePack
from cradlemark.rules.required import BOUNDARY_RULE, FIELD_RULE, STAGE_RULE

KEPT = 16
"""Sealed studies that a process keeps ready."""
REQUIRED = (FIELD_RULE, STAGE_RULE, BOUNDARY_RULE)
"""Rules that every pack has beside its own checks."""


@attrs.frozen
class Reading:
    """A sealed study, ready to be read.

    Parameters
    ----------
    assessments : tuple of Assessment
        Every check of the pack, in its order.
    missing : tuple of Finding
        Required fields and stages that are not there.
    """

    study: Study
    document: bytes
    cells: tuple[Cell, ...]
    footprint: Footprint
    pack: RulePack
    assessments: tuple[Assessment, ...]
    missing: tuple[Finding, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids that a finding can name."""
        return (*(one.check.id for one in self.assessments), *REQUIRED)

    def holds(self, place: str) -> bool:
        """Whether a path leads to something in the study: a cell, a line, or a part that holds some."""
        paths = (*(cell.path for cell in self.cells), *(line.path for line in self.footprint.lines))
        return any(path == place or path.startswith((f"{place}.", f"{place}[")) for path in paths)


def reading(revision: Revision) -> Reading:
    """Read a sealed revision from its bundle alone; nothing of today's rules and factors comes in."""
    return _reading(revision.digest, revision.pk)


@lru_cache(maxsize=KEPT)
def _reading(digest: str, key: int) -> Reading:
    bundle = bundle_of(Revision.objects.get(pk=key, digest=digest))
    model, _ = bundle_model(bundle)
    footprint = from_bytes(bundle.parts["result.json"], where="result.json")
    system, _ = model.compiler.system()
    facts = footprint_facts(footprint, study_facts(model.study, system), inventory=model.inventory)
    document = bundle.parts["study.toml"]
    return Reading(
        model.study, document, cells(document), footprint, model.pack, assess(model.pack, facts),
        tuple(finding for finding in footprint.findings if finding.rule in REQUIRED),
    )  # fmt: skip


def line_digest(line: Line) -> str:
    """Identity of a line by everything that it says; it is another one as soon as anything changes."""
    return digest_bytes(
        canonical_json({
            "path": line.path, "stage": line.stage, "basis": line.basis, "gas": line.gas, "amount": line.amount,
            "unit": line.unit, "climate": list(line.climate), "kind": line.kind,
            "dataset": [line.dataset.id, line.dataset.digest] if line.dataset else [],
        })
    )  # fmt: skip
