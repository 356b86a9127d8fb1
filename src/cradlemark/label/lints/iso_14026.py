"""Demands of ISO 14026:2017 on communicating a footprint; read in public summaries only."""

from __future__ import annotations

from collections.abc import Callable

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.derive import LIMITS
from cradlemark.label.lints.lint import Flaws, Lint

DOCUMENT = "ISO 14026:2017"


def _comparison(claim: Claim) -> Flaws:
    if LIMITS[1] not in claim.limits:
        yield "limits", Text("it is not said what the figure may be compared with", "未说明可比范围")


def _names(claim: Claim) -> Flaws:
    for where, text in (("holder.name", claim.holder.name), ("product.name", claim.product.name)):
        if not text:
            yield where, Text("it is not named", "未给出名称")


def _verifier(claim: Claim) -> Flaws:
    if not claim.verification.verifier:
        yield "verification.verifier", Text("nobody is named who verified it", "未给出核查方")


def _rules(claim: Claim) -> Flaws:
    if not claim.basis.rule_pack:
        yield "basis.rule_pack", Text("the rules are not named", "未给出规则")


def _lint(name: str, en: str, zh: str, check: Callable[[Claim], Flaws]) -> Lint:
    return Lint(f"iso-14026-{name}", DOCUMENT, "", "unverified", Text(en, zh), check)


LINTS = (
    _lint("comparison", "it says what the figure may be compared with", "说明可比范围", _comparison),
    _lint("names", "holder and product are named", "给出持有人和产品名称", _names),
    _lint("verifier", "the verifier is named", "给出核查方", _verifier),
    _lint("rules", "the rules are named", "给出规则", _rules),
)
"""Lints of ISO 14026."""
