"""Demands of the PACT data model 3.0.3 that a claim has to meet to be exchanged; seen in its OpenAPI description.

They are warnings: a label stands without being exchanged.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.periods import Period, parse_period
from cradlemark.label.claim import Claim
from cradlemark.label.lints.lint import Flaws, Lint
from cradlemark.label.programme_decisions import months_later

DOCUMENT = "PACT 3.0.3"
UNITS = frozenset({"l", "kg", "m3", "kWh", "MJ", "tkm", "m2", "piece", "h", "t", "g"})
"""Declared units that it knows, or that are multiples of one."""
WINDOW = 36
"""How long a footprint may be used after the end of its data period [month]."""


def data_end(claim: Claim) -> Period | None:
    """Return the data period; None when it cannot be read."""
    try:
        return parse_period(claim.basis.period)
    except InputError:
        return None


def last_use(claim: Claim) -> datetime.date | None:
    """Last day on which the data period lets a footprint be used; None when it cannot be read."""
    period = data_end(claim)
    return months_later(period.end, WINDOW) if period else None


def _unit(claim: Claim) -> Flaws:
    if claim.unit.declared_unit and claim.unit.declared_unit not in UNITS:
        unit = claim.unit.declared_unit
        yield "unit.declared_unit", Text(f"{unit} cannot be exchanged", f"单位 {unit} 无法交换")


def _validity(claim: Claim) -> Flaws:
    last = last_use(claim)
    if last is None:
        return
    if claim.validity.issued <= last.isoformat() < claim.validity.until:
        yield (
            "validity.until",
            Text(
                f"it is valid beyond {last}, three years after its data",
                f"有效期超过数据结束后三年（{last}）",
            ),
        )


def _ratings(claim: Claim) -> Flaws:
    quality = claim.quality
    for name in ("technological", "geographical", "temporal"):
        value: float | None = getattr(quality, name)
        if value is not None and not 1.0 <= value <= 5.0:
            yield f"quality.{name}", Text(f"{value:g} is outside of 1 to 5", f"{value:g} 超出 1 至 5")


def _mass(claim: Claim) -> Flaws:
    if not claim.unit.mass > 0.0:
        yield "unit.mass", Text("the mass of the product is not stated", "未给出产品质量")


def _lint(name: str, en: str, zh: str, check: Callable[[Claim], Flaws]) -> Lint:
    return Lint(f"pact-{name}", DOCUMENT, "", "seen", Text(en, zh), check, "warning")


LINTS = (
    _lint("unit", "the declared unit can be exchanged", "声明单位可交换", _unit),
    _lint(
        "validity", "valid no longer than three years after the data", "有效期不超过数据结束后三年", _validity
    ),
    _lint("ratings", "ratings from 1 to 5", "评级为 1 至 5", _ratings),
    _lint("mass", "the mass of the product is stated", "给出产品质量", _mass),
)
"""Lints of PACT."""
