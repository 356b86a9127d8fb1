"""Which exchanges make a product uncertain, on the terminal and as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.inventory.processes.draw_sensitivity import Sensitivity
    from cradlemark.inventory.processes.products import Product

_WORDS = {
    "head": Text("What makes {product} uncertain, from {draws:,} draws; a correlation up to {chance:.2f} can be chance:",
                 "使 {product} 不确定的交换，依据 {draws:,} 次抽样；相关系数不超过 {chance:.2f} 者可能出于偶然："),
    "columns": Text("{0:>18} {1:>16} {2:>12}  exchange | process", "{0:>18} {1:>16} {2:>12}  交换 | 过程"),
    "first": Text("variance", "方差占比"),
    "delta": Text("delta", "delta"),
    "correlation": Text("correlation", "相关系数"),
    "no_indices": Text("Shares of the variance need at least 100 draws and SALib: install cradlemark[sensitivity].",
                       "方差占比需至少 100 次抽样和 SALib：安装 cradlemark[sensitivity]。"),
}  # fmt: skip


def sensitivity_lines(product: Product, found: Sensitivity, language: Language) -> Iterator[str]:
    """Name the strongest exchanges: share of the variance, Borgonovo's delta, correlation."""
    name = f"{product.name[language]} [{product.unit}]"
    yield _WORDS["head"].format(product=name, draws=found.draws, chance=found.by_chance)[language]
    names = (_WORDS[key][language] for key in ("first", "delta", "correlation"))
    yield _WORDS["columns"][language].format(*names)
    for one in found.influences:
        first, delta = (
            "" if math.isnan(value) else f"{value:.{digits}} ± {half:.{digits}}"
            for value, half, digits in (
                (one.first, one.first_half_width, "1%"),
                (one.delta, one.delta_half_width, "2f"),
            )
        )
        yield f"{first:>18} {delta:>16} {one.correlation:>12.2f}  {one.exchanged[:60]} | {one.process[:50]} {one.place}"
    if any(math.isnan(one.first) for one in found.influences):
        yield _WORDS["no_indices"][language]


def sensitivity_document(product: Product, found: Sensitivity) -> dict[str, Any]:
    """Everything as plain values."""
    return {
        "sensitivity": {
            "product": product.id,
            "draws": found.draws,
            "correlation_by_chance": found.by_chance,
            "influences": [attrs.asdict(one) for one in found.influences],
        }
    }
