"""Published labels for tests: of every state and kind of claim."""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs
from tests.unit.footprint.builders import material, part, study
from tests.unit.label.artwork.orders import GRADE, PROGRAMME, REDUCTION, terminal_claim
from tests.unit.label.builders import claim, sealed

from cradlemark.core.language import Text
from cradlemark.label.artwork.variant import variants
from cradlemark.label.claim import Claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.page.record import LogPlace, PublicChange, PublicLabel
from cradlemark.label.workflow import workflow

BEFORE, AFTER = str(LabelNumber("DEMO", 62)), str(LabelNumber("DEMO", 64))
LOG = LogPlace("example.org/labels", 3, 70_000, ("witness.example/1",))
FILES = (
    "certificate.pdf",
    "claim.json",
    "credential.jwt",
    "entry.json",
    "label.tlog-proof",
    "stages.csv",
    "status.json",
)
ARTWORK = tuple(sorted(f"{one.name}.{ending}" for one in variants() for ending in ("svg", "pdf", "png")))
STATES = tuple(workflow().states["label"])
MARKED = tuple(name for name, state in workflow().states["label"].items() if state.mark)
REASONS = {"suspended": "Surveillance is overdue.", "revoked": "虚假数据。"}


@cache
def _terminal() -> Claim:
    return terminal_claim()


def terminal(**changes: Any) -> Claim:
    """The claim of a terminal block, calculated once."""
    return attrs.evolve(_terminal(), **changes)


@cache
def gate_claim() -> Claim:
    """A partial footprint: cradle to gate."""
    made, partial = terminal(), claim(result=sealed(study(part("body", material("steel", 0.5)))))
    return attrs.evolve(partial, programme=made.programme, product=made.product, holder=made.holder)


def claims() -> dict[str, Claim]:
    """A claim of every kind."""
    return {
        "footprint": terminal(),
        "reduction": terminal(reduction=REDUCTION, kind="reduction"),
        "grade": terminal(grade=GRADE, kind="grade"),
        "recognised": terminal(kind="recognised"),
        "partial": gate_claim(),
    }


def published(state: str = "active", made: Claim | None = None, **changes: Any) -> PublicLabel:
    """A label in a state, with the change that led to it."""
    role = "decision_maker" if state == "revoked" else "officer"
    change = PublicChange("2027-03-02T10:00:00Z", "step", state, role, REASONS.get(state, "Because."), 12)
    history = () if state == "active" else (change,)
    label = PublicLabel(made or terminal(), PROGRAMME, state, history, LOG, FILES + ARTWORK)
    return attrs.evolve(label, **changes)


def richest() -> PublicLabel:
    """Everything that a label can have."""
    reduced = attrs.evolve(
        REDUCTION, baseline=BEFORE, low=0.1, high=0.15, published_figure=0.06,
        parts=dict.fromkeys(("substitution", "mass", "yield", "energy", "supplier", "grid", "factor_update", "use_profile"), -0.0009),
    )  # fmt: skip
    full = attrs.evolve(terminal(grade=GRADE, reduction=reduced), previous=BEFORE)
    before = attrs.evolve(terminal(), number=BEFORE)
    changes = tuple(
        PublicChange(f"2027-{month:02}-02T10:00:00Z", "step", state, "officer", "A reason of middling length, as people write.", month)
        for month, state in enumerate(("watch", "active", "suspended", "active", "scope_reduced", "renewal_open"), start=1)
    )  # fmt: skip
    return attrs.evolve(published("renewal_open", full), changes=changes, previous=before, followers=(AFTER,))


def named(name: Text) -> Claim:
    """A claim of a product with a name."""
    made = terminal()
    return attrs.evolve(made, product=attrs.evolve(made.product, name=name))
