"""The report in a terminal: the same tables, as many as one wants to read there."""

from __future__ import annotations

from collections.abc import Sequence

from rich import markup
from rich.cells import cell_len
from rich.console import Console
from rich.panel import Panel
from rich.table import Table as RichTable

from cradlemark.core.language import Language, visible
from cradlemark.footprint.compare import Comparison
from cradlemark.footprint.explain import Explanation
from cradlemark.footprint.footprint import Footprint
from cradlemark.footprint.report.comparison import cautions, line_differences, side_name, stage_differences
from cradlemark.footprint.report.content import Paragraph, Table
from cradlemark.footprint.report.databases import databases, other_than_packaged, remarks
from cradlemark.footprint.report.figures import mass_unit, percent, significant
from cradlemark.footprint.report.sections import line_table, stage_table, unverified
from cradlemark.footprint.report.words import word

PIPED = 120
"""Width of the output when it does not go to a terminal [characters]."""
WIDE = 100
"""Width from which the headings of numbers stay on one line [characters]."""
FIRST = 24
"""Width up to which the first column of a table is never folded [characters]: the name of a stage stays on its line."""
_COLOURS = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def terminal_console() -> Console:
    """A console of the terminal's width; a file or pipe gets lines of a fixed width, the same everywhere."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=PIPED)


def show_footprint(footprint: Footprint, *, language: Language, lines: int) -> None:
    """Print key figures, stages, largest lines, unverified factors, and a count of the findings."""
    console = terminal_console()
    unit = mass_unit(max(abs(footprint.total), abs(footprint.cradle_to_gate)))
    subject = footprint.subject
    scenario = f" · {subject.scenario_title[language] or subject.scenario}" if subject.scenario else ""
    console.print(f"[bold]{escape(subject.product[language])}[/bold]{escape(scenario)}")
    console.print(
        f"{subject.declared_amount:g} {subject.declared_unit} · {word(f'boundary_{subject.boundary}', language)} · "
        f"{subject.period} · {footprint.versions.rule_pack} · GWP100 {footprint.gwp_set} · "
        f"{word(f'basis_{footprint.electricity_basis}', language)}",
        style="dim",
    )
    if footprint.gaps:
        console.print(word("incomplete", language, count=len(footprint.gaps)), style="bold red")
    console.print(Panel(_key_figures(footprint, unit.write, str(unit), language), expand=False))
    console.print(_table(stage_table(footprint, unit, language), console.width))
    if lines:
        console.print(_table(line_table(footprint, unit, language, lines), console.width))
    for block in unverified(footprint, unit, language):
        if isinstance(block, Table):
            console.print(_table(block, console.width), style="yellow")
    if other_than_packaged(footprint):
        for block in (*databases(footprint, unit, language), *remarks(footprint, language)):
            if isinstance(block, Table):
                console.print(_table(block, console.width))
            elif isinstance(block, Paragraph):
                console.print(escape(block.text), style="yellow")
    _finding_counts(console, footprint, language)


def _key_figures(footprint: Footprint, write, unit: str, language: Language) -> str:  # type: ignore[no-untyped-def]
    rows = [("cradle_to_gate", "gate")]
    if footprint.subject.boundary == "cradle_to_grave":
        rows.append(("life_cycle", "life_cycle"))
    texts = []
    for key, name in rows:
        interval = footprint.interval(name)
        spread = (
            word("interval_95", language, low=write(interval.low), high=write(interval.high), unit="")
            if footprint.draws
            else ""
        )
        texts.append(f"{word(key, language)}: [bold]{write(interval.figure)} {unit}[/bold]  {spread}")
    quality = footprint.data_quality
    rating = "–" if quality.pef is None else significant(quality.pef, 2)
    texts.append(
        f"{word('primary_share', language)} {percent(quality.primary_share)} · {word('dqr', language)} {rating} · "
        f"{word('unverified_share', language)} {percent(quality.unverified_share)}"
    )
    return "\n".join(texts)


def _finding_counts(console: Console, footprint: Footprint, language: Language) -> None:
    counts = {
        severity: sum(finding.severity == severity for finding in footprint.findings) for severity in _COLOURS
    }
    parts = [
        f"{count} × {word(f'severity_{severity}', language)}" for severity, count in counts.items() if count
    ]
    console.print(f"{word('findings', language)}: {', '.join(parts) or word('no_findings', language)}")


def show_findings(footprint: Footprint, *, language: Language) -> None:
    """Print every finding with place, clause and repair."""
    console = terminal_console()
    console.print(f"[bold]{escape(word('findings_of', language, pack=footprint.versions.rule_pack))}[/bold]")
    if not footprint.findings:
        console.print(word("no_findings", language))
    for finding in footprint.findings:
        colour = _COLOURS[finding.severity]
        name = word(f"severity_{finding.severity}", language)
        clause = f" ({escape(finding.clause)})" if finding.clause else ""
        console.print(
            f"[{colour}]{name}[/{colour}] {escape(finding.rule)}{clause}: {escape(finding.message[language])}"
        )
        if finding.where:
            console.print(f"    {word('where', language)}: {escape(finding.where)}", style="dim")
        if finding.repair:
            console.print(f"    {word('repair', language)}: {escape(finding.repair[language])}", style="dim")
    _finding_counts(console, footprint, language)


def show_comparison(comparison: Comparison, *, language: Language, lines: int) -> None:
    """Print both totals, the paired probability, and the differences."""
    console = terminal_console()
    unit = mass_unit(max(abs(comparison.first.total), abs(comparison.second.total)))
    first, second = comparison.first, comparison.second
    for caution in cautions(comparison, language):
        console.print(escape(caution), style="bold red")
    console.print(f"[bold]{escape(side_name(first, language))}[/bold]: {unit.write(first.total)} {unit}")
    console.print(f"[bold]{escape(side_name(second, language))}[/bold]: {unit.write(second.total)} {unit}")
    text = f"{word('difference', language)}: {unit.write(comparison.difference)} {unit} ({word('reduction', language)} {percent(comparison.reduction)})"
    if comparison.probability_lower is not None and comparison.difference_low is not None:
        low, high = unit.write(comparison.difference_low), unit.write(comparison.difference_high or 0.0)
        text += f"  {word('interval_95', language, low=low, high=high, unit=unit.name)}"
        console.print(text)
        console.print(
            f"{word('probability_lower', language)}: [bold]{percent(comparison.probability_lower)}[/bold] "
            f"({first.draws} {word('paired_draws', language)})"
        )
    else:
        console.print(text)
    console.print(_table(stage_differences(comparison, unit, language), console.width))
    if lines:
        console.print(_table(line_differences(comparison, unit, language, lines), console.width))


def show_explanations(explanations: Sequence[Explanation], *, language: Language) -> None:
    """Print the chain of every line."""
    console = terminal_console()
    for item in explanations:
        line = item.line
        share = f", {percent(item.share)}" if item.share is not None else ""
        console.print(
            f"[bold]{line.stage} {escape(line.label[language])}[/bold]: {significant(line.total, 4)} kg CO₂e{share}"
        )
        console.print(f"    {escape(line.path)}", style="dim")
        table = RichTable(box=None, show_header=False, padding=(0, 1))
        for _ in range(3):
            table.add_column(overflow="fold")
        for step in item.steps:
            table.add_row(
                f"  {escape(step.title[language])}",
                escape(step.value),
                f"[dim]{escape(step.origin_in(language))}[/dim]",
            )
        console.print(table)


def _table(table: Table, width: int) -> RichTable:
    """A table for this width [characters]; a narrow one folds the headings of numbers, not the names of stages."""
    result = RichTable(
        title=f"\n{escape(table.caption)}", title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for place, (name, mark) in enumerate(zip(table.header, table.align, strict=True)):
        longest = max((cell_len(row[place]) for row in table.rows), default=0)
        word_length = max(cell_len(part) for part in name.split() or [""])
        result.add_column(
            escape(name), justify="right" if mark == "r" else "left", overflow="fold",
            min_width=min(longest, FIRST) if place == 0 else None,
            max_width=max(longest, word_length) if mark == "r" and width < WIDE else None,
        )  # fmt: skip
    for index, row in enumerate(table.rows):
        result.add_row(*(escape(cell) for cell in row), style="bold" if index in table.strong else None)
    return result


def escape(text: str) -> str:
    """Return a text of the user that neither markup nor control characters of the terminal act on."""
    return markup.escape(visible(text))
