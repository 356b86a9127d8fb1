"""How much of a database is uncertain, and why the rest is not, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.inventory.processes.entry_uncertainty import Counts

_PARTS = (
    "lognormal", "normal", "uniform", "triangular", "from_scores", "unstated", "without_spread", "zero", "refused",
)  # fmt: skip
_WORDS = {
    "entries": Text("{uncertain:,} of {entries:,} entries are uncertain", "{entries:,} 项中 {uncertain:,} 项具有不确定性"),
    "lognormal": Text("{count:,} lognormal", "对数正态 {count:,}"),
    "normal": Text("{count:,} normal", "正态 {count:,}"),
    "uniform": Text("{count:,} uniform", "均匀 {count:,}"),
    "triangular": Text("{count:,} triangular", "三角 {count:,}"),
    "from_scores": Text("{count:,} of them from data quality scores", "其中 {count:,} 项由数据质量评分推得"),
    "unstated": Text("{count:,} fixed, nothing stated", "{count:,} 项固定，未说明"),
    "without_spread": Text("{count:,} fixed, stated without spread", "{count:,} 项固定，所述分布无宽度"),
    "zero": Text("{count:,} fixed, amount 0", "{count:,} 项固定，数值为 0"),
    "refused": Text("{count:,} fixed, stated distribution cannot be", "{count:,} 项固定，所述分布不成立"),
    "mark": Text("; ", "；"),
}  # fmt: skip


def uncertain_part(counts: Counts, language: Language) -> str:
    """Say how many entries have a spread, by distribution, and how many are fixed, by reason."""
    total = _WORDS["entries"].format(uncertain=counts.uncertain, entries=counts.entries)[language]
    parts = [
        _WORDS[name].format(count=getattr(counts, name))[language] for name in _PARTS if getattr(counts, name)
    ]
    return _WORDS["mark"][language].join([total, *parts])
