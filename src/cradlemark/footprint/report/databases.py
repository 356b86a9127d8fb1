"""Which databases a result rests on: licence, digest, share, and what should be looked at in their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import fsum

from cradlemark.core.language import Language
from cradlemark.footprint.facts import lines_inside
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.footprint.report.content import Block, Paragraph, Table
from cradlemark.footprint.report.figures import MassUnit, percent
from cradlemark.footprint.report.words import word
from cradlemark.inventory.starter import starter_database

LICENCES = 3
"""Licences of one database that are named one by one."""


def databases(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[Block]:
    """Every database with licence, digest and its share of the absolute contributions inside the boundary."""
    rows = tuple(_rows(footprint, unit, language))
    if rows:
        keys = ("database", "version", "licence", "digest", "lines", "total", "share")
        yield Table(
            word("databases", language) + f" [{unit}]",
            tuple(word(key, language) for key in keys),
            rows,
            "llllrrr",
            widths=(2, 0.9, 2.6, 2.2, 0.7, 1, 0.9),
            small=True,
        )


def remarks(footprint: Footprint, language: Language) -> Iterator[Block]:
    """What should be looked at in the numbers that were used, by dataset."""
    told: dict[str, dict[str, None]] = {}
    for line in footprint.counted():
        if line.dataset and line.dataset.remarks:
            mine = told.setdefault(line.dataset.name[language], {})
            mine |= {remark[language]: None for remark in line.dataset.remarks}
    if told:
        colon, between, stop = ("：", "；", "。") if language == "zh" else (": ", "; ", ". ")
        parts = (f"{name}{colon}{between.join(remarks)}{stop}" for name, remarks in told.items())
        yield Paragraph(f"{word('look_at', language)} {''.join(parts)}".strip(), "warning")


def other_than_packaged(footprint: Footprint) -> bool:
    """Whether a line rests on a database that does not come with the program."""
    return any(line.dataset and line.dataset.database != starter_database().id for line in footprint.lines)


def _rows(footprint: Footprint, unit: MassUnit, language: Language) -> Iterator[tuple[str, ...]]:
    inside = lines_inside(footprint)
    whole = fsum(abs(line.total) for line in inside)
    for name, version, digest in footprint.versions.databases:
        mine = [line for line in inside if line.dataset and line.dataset.digest == digest]
        size = fsum(abs(line.total) for line in mine)
        yield (
            name, version, _licences(mine, language), digest.removeprefix("sha256:")[:16], str(len(mine)),
            unit.write(fsum(line.total for line in mine)), percent(size / whole if whole else 0.0),
        )  # fmt: skip


def _licences(lines: Sequence[Line], language: Language) -> str:
    found = dict.fromkeys(line.dataset.licence for line in lines if line.dataset)
    if len(found) > LICENCES:
        return word("licences", language, count=len(found))
    return "; ".join(found)
