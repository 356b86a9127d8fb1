"""The report of a comparison: two totals, the waterfall, differences by stage and line."""

from __future__ import annotations

from cradlemark.core.language import Language
from cradlemark.footprint.compare import Comparison
from cradlemark.footprint.footprint import Footprint
from cradlemark.footprint.report.charts import waterfall
from cradlemark.footprint.report.content import Block, Document, KeyFigures, Paragraph, Picture, Table
from cradlemark.footprint.report.figures import MassUnit, mass_unit, percent
from cradlemark.footprint.report.words import word


def comparison_report(comparison: Comparison, language: Language) -> Document:
    """Return the report of a comparison."""
    unit = mass_unit(max(abs(comparison.first.total), abs(comparison.second.total)))
    blocks: list[Block] = [
        *(Paragraph(text, "error") for text in cautions(comparison, language)),
        KeyFigures(tuple(_figures(comparison, unit, language))),
        Picture(waterfall(comparison, unit, language), word("difference_by_stage", language)),
        stage_differences(comparison, unit, language),
        line_differences(comparison, unit, language, 40),
        Paragraph(word("limits", language), small=True),
    ]
    product = comparison.first.subject.product[language]
    names = f"{side_name(comparison.first, language)} → {side_name(comparison.second, language)}"
    return Document(
        language, word("comparison_title", language, product=product), names, tuple(blocks),
        word("footer", language, digest=f"{comparison.first.digest[:19]} / {comparison.second.digest[:19]}",
             software=comparison.first.versions.software),
    )  # fmt: skip


def cautions(comparison: Comparison, language: Language) -> list[str]:
    """Return what makes the difference less than it seems: gaps on a side, other editions of the databases."""
    sides = (comparison.first, comparison.second)
    found = [
        f"{side_name(side, language)}: {word('incomplete', language, count=len(side.gaps))}"
        for side in sides
        if side.gaps
    ]
    if sides[0].versions.databases != sides[1].versions.databases:
        found.append(word("other_databases", language))
    return found


def side_name(footprint: Footprint, language: Language) -> str:
    """Name of one side: study and scenario."""
    subject = footprint.subject
    scenario = subject.scenario_title[language] or subject.scenario
    return f"{subject.study}: {scenario}" if scenario else subject.study


def _figures(comparison: Comparison, unit: MassUnit, language: Language) -> list[tuple[str, str, str]]:
    figures = [
        (
            word("first", language),
            f"{unit.write(comparison.first.total)} {unit}",
            side_name(comparison.first, language),
        ),
        (
            word("second", language),
            f"{unit.write(comparison.second.total)} {unit}",
            side_name(comparison.second, language),
        ),
        (
            word("difference", language),
            f"{unit.write(comparison.difference)} {unit}",
            _interval(comparison, unit, language),
        ),
        (word("reduction", language), percent(comparison.reduction), ""),
    ]
    if comparison.probability_lower is not None:
        figures.append((
            word("probability_lower", language), percent(comparison.probability_lower),
            f"{comparison.first.draws} {word('paired_draws', language)}",
        ))  # fmt: skip
    return figures


def _interval(comparison: Comparison, unit: MassUnit, language: Language) -> str:
    if comparison.difference_low is None or comparison.difference_high is None:
        return ""
    low, high = unit.write(comparison.difference_low), unit.write(comparison.difference_high)
    return word("interval_95", language, low=low, high=high, unit=unit.name)


def stage_differences(comparison: Comparison, unit: MassUnit, language: Language) -> Table:
    """Differences by stage."""
    rows = tuple(
        (
            f"{item.stage} {word(f'module_{item.stage}', language)}", unit.write(item.first), unit.write(item.second),
            unit.write(item.difference),
        )
        for item in comparison.stages
    )  # fmt: skip
    keys = ("stage", "first", "second", "difference")
    header = tuple(word(key, language) for key in keys)
    return Table(
        f"{word('difference_by_stage', language)} [{unit}]", header, rows, "lrrr", widths=(3, 1, 1, 1)
    )


def line_differences(comparison: Comparison, unit: MassUnit, language: Language, limit: int) -> Table:
    """Differences by line, largest first; lines without a difference are left out."""
    changed = [item for item in comparison.lines if item.difference or item.datasets[0] != item.datasets[1]]
    rows = tuple(
        (
            item.stage, item.label[language], "–" if item.first is None else unit.write(item.first),
            "–" if item.second is None else unit.write(item.second), unit.write(item.difference),
            item.datasets[0] if item.datasets[0] == item.datasets[1] else " → ".join(name or "–" for name in item.datasets),
        )
        for item in changed[:limit]
    )  # fmt: skip
    keys = ("stage", "line", "first", "second", "difference", "datasets_first_second")
    header = tuple(word(key, language) for key in keys)
    caption = f"{word('difference_by_line', language)} [{unit}]"
    return Table(caption, header, rows, "llrrrl", widths=(0.6, 3, 1, 1, 1, 3), small=True)
