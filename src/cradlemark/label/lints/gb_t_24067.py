"""Demands of GB/T 24067-2024 beyond ISO 14067, on claims under its rule pack."""

from __future__ import annotations

from collections.abc import Callable

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.lints.lint import Flaws, Lint

DOCUMENT = "GB/T 24067-2024"
CUT_OFF = 0.05
"""Most that may be left out in all [0-1]: the usual Chinese rule; unverified."""


def _applies(claim: Claim) -> bool:
    return claim.basis.rule_pack.startswith("gb-t-24067")


def _chinese(claim: Claim) -> Flaws:
    for where, text in (("holder.name", claim.holder.name), ("product.name", claim.product.name)):
        if _applies(claim) and text and not text.zh:
            yield where, Text("the Chinese name is missing", "缺少中文名称")


def _cut_off(claim: Claim) -> Flaws:
    share = claim.quality.cut_off_share
    if not _applies(claim):
        return
    if share is None:
        yield "quality.cut_off_share", Text("it is not known how much was left out", "取舍份额未知")
    elif share > CUT_OFF:
        yield (
            "quality.cut_off_share",
            Text(f"{share:.1%} are left out, at most 5 % may be", f"取舍 {share:.1%}，上限 5 %"),
        )


def _quality(claim: Claim) -> Flaws:
    if _applies(claim) and claim.quality.rating is None:
        yield "quality.rating", Text("the quality of the data is not rated", "数据质量未评级")


def _lint(name: str, en: str, zh: str, check: Callable[[Claim], Flaws]) -> Lint:
    return Lint(f"gb-t-24067-{name}", DOCUMENT, "", "unverified", Text(en, zh), check)


LINTS = (
    _lint("chinese", "holder and product have Chinese names", "持有人和产品有中文名称", _chinese),
    _lint("cut-off", "at most 5 % are left out", "取舍合计不超过 5 %", _cut_off),
    _lint("quality", "the quality of the data is rated", "数据质量已评级", _quality),
)
"""Lints of GB/T 24067."""
