"""Values by life cycle stage: bars, their table, and the same as CSV."""

from __future__ import annotations

import csv
import io
from math import fsum

import attrs

from cradlemark.core.language import Text
from cradlemark.label.artwork.content import SCALE, printed
from cradlemark.label.certificate.content import BEYOND_GATE, rounded
from cradlemark.label.certificate.content import word as term
from cradlemark.label.claim import Claim

COLUMNS = (
    "label",
    "stage",
    "stage_en",
    "stage_zh",
    "origin",
    "kg_co2e_per_declared_unit",
    "electricity_basis",
)
"""Columns of the CSV file."""


@attrs.frozen
class Bar:
    """One stage of the picture, and its row of the table.

    Parameters
    ----------
    stage : str
        Code, for example ``A1``.
    name : Text
    group : str
        Its first letter: A before use, B use, C end of life.
    total : str
        As it is printed.
    cells : tuple of str
        By origin, as in `Bars.origins`.
    start, length : float
        Of the bar [per cent of the width].
    negative : bool
    """

    stage: str
    name: Text
    group: str
    total: str
    cells: tuple[str, ...]
    start: float
    length: float
    negative: bool


@attrs.frozen
class Bars:
    """Stages with a value; what is zero, and what is not covered, is only named.

    Parameters
    ----------
    unit : str
        Of all figures, of CO2e per declared unit.
    zero : float
        Where the bars begin [per cent of the width].
    origins, empty_origins : tuple of str
        With and without any value.
    empty_stages, uncovered : tuple of str
        Zero, and outside of the boundary.
    largest : tuple of Bar and str, or None
        The largest stage by size and its share of all sizes [per cent].
    """

    unit: str
    zero: float
    rows: tuple[Bar, ...]
    origins: tuple[str, ...]
    empty_origins: tuple[str, ...]
    empty_stages: tuple[str, ...]
    uncovered: tuple[str, ...]
    largest: tuple[Bar, str] | None


def bars_of(claim: Claim) -> Bars:
    """Bars of a claim."""
    values = claim.values
    totals = {stage: fsum(parts) for stage, parts in values.by_stage.items() if any(parts)}
    low, high = min(0.0, *totals.values(), 0.0), max(0.0, *totals.values(), 0.0)
    width = high - low or 1.0
    shown = [
        place
        for place, _ in enumerate(values.origins)
        if any(values.by_stage[stage][place] for stage in totals)
    ]
    rows = tuple(_bar(claim, stage, total, shown, low, width) for stage, total in totals.items())
    sizes = fsum(abs(total) for total in totals.values())
    largest = max(rows, key=lambda row: abs(totals[row.stage]), default=None)
    return Bars(
        unit=(values.life_cycle or values.gate).stated_unit,
        zero=-low / width * 100.0,
        rows=rows,
        origins=tuple(values.origins[place] for place in shown),
        empty_origins=tuple(name for place, name in enumerate(values.origins) if place not in shown),
        empty_stages=tuple(stage for stage in values.by_stage if stage not in totals),
        uncovered=tuple(stage for stage in BEYOND_GATE if stage not in values.by_stage),
        largest=(largest, f"{abs(totals[largest.stage]) / sizes * 100.0:.0f}") if largest else None,
    )


def _bar(claim: Claim, stage: str, total: float, shown: list[int], low: float, width: float) -> Bar:
    main = claim.values.life_cycle or claim.values.gate
    scale, decimals = SCALE[main.stated_unit], len(main.stated.partition(".")[2]) + 1
    parts = claim.values.by_stage[stage]
    return Bar(
        stage, term(stage), stage[0],
        total=printed(rounded(total * scale, decimals)),
        cells=tuple(printed(rounded(parts[place] * scale, decimals)) for place in shown),
        start=(min(total, 0.0) - low) / width * 100.0,
        length=abs(total) / width * 100.0,
        negative=total < 0.0,
    )  # fmt: skip


def stages_table(claim: Claim) -> bytes:
    """Values by stage and origin as CSV, not rounded, in UTF-8 with a mark, as spreadsheets want it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for stage, parts in claim.values.by_stage.items():
        name = term(stage)
        for origin, figure in zip(claim.values.origins, parts, strict=True):
            writer.writerow(
                (claim.number, stage, name.en, name.zh, origin, repr(figure), claim.values.electricity_basis)
            )
    return text.getvalue().encode("utf-8-sig")
