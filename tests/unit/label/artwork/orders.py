"""Artwork to draw, for tests."""

from __future__ import annotations

import attrs
from tests.unit.label.builders import claim

from cradlemark.core.language import Text
from cradlemark.label.artwork.render import Order
from cradlemark.label.artwork.variant import Variant
from cradlemark.label.claim import Claim, Grade, Reduction, Value
from cradlemark.label.programme_reader import load_programme

HOST = "label.example"
PROGRAMME = load_programme("demonstration")
GTIN = "9506000134352"
GRADE = Grade(
    "B", "cc-0123456789abcdef", "sha256:" + "4" * 64, 43, 31.0, 24.0, 40.0, holders=9, version=3, as_of="2026-11-01"
)  # fmt: skip
REDUCTION = Reduction(
    "DEMO-00001Y-39", "sha256:" + "5" * 64, 0.0587, 0.0515, 0.123, 0.03, 0.97, ("grid",), {"mass": -0.0072}, 0.101, 0.149,
    baseline_period="2024-01-01/2024-12-31", way="own_baseline", baseline_bundle="sha256:" + "6" * 64,
)  # fmt: skip


def terminal_claim(
    *, gtin: str = GTIN, grade: Grade | None = None, reduction: Reduction | None = None
) -> Claim:
    """The claim of a terminal block, of the packaged demonstration programme."""
    made = claim()
    return attrs.evolve(
        made,
        programme=attrs.evolve(made.programme, id=PROGRAMME.id, name=PROGRAMME.name, digest=PROGRAMME.digest),
        product=attrs.evolve(
            made.product, name=Text("Push-in terminal block 2.5 mm²", "直插式接线端子 2.5 mm²"),
            models=("PT 2.5-GY", "PT 2.5-BU"), gtin=gtin, classification=("CPC 46212", "HS 853690"),
        ),
        holder=attrs.evolve(made.holder, name=Text("Example Electric Co., Ltd.", "示例电气有限公司")),
        values=attrs.evolve(
            made.values, gate=Value(0.0491, 0.0411, 0.0602, "49.1", "g"),
            life_cycle=Value(0.0515, 0.0441, 0.0602, "51.5", "g"),
        ),
        grade=grade, reduction=reduction,
    )  # fmt: skip


def order(made: Claim, variant: Variant) -> Order:
    return Order(made, PROGRAMME, variant, HOST)
