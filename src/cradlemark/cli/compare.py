"""``cradlemark compare``."""

from __future__ import annotations

from pathlib import Path

import click

from cradlemark.cli.footprint import DATABASES, DRAWS, GAPS, RULES, SEED, STUDY, TABLES
from cradlemark.cli.opening import creation_time, language_option, open_model
from cradlemark.core.language import Language


@click.command()
@STUDY
@click.argument("other", required=False, type=click.Path(path_type=Path))
@click.option(
    "--scenario", "scenarios", multiple=True, help="Scenario of the second (give it twice: first and second)."
)
@TABLES
@DATABASES
@RULES
@DRAWS
@SEED
@GAPS
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, file_okay=False), help="Folder for HTML and PDF."
)
@click.option("--lines", default=12, show_default=True, type=click.IntRange(0), help="Lines to list.")
@language_option
def compare(
    study: Path,
    other: Path | None,
    scenarios: tuple[str, ...],
    tables: tuple[Path, ...],
    databases: tuple[str, ...],
    rules: str,
    draws: int,
    seed: int,
    allow_gaps: bool,
    output: Path | None,
    lines: int,
    language: Language,
) -> None:
    """Compare STUDY with OTHER, or with one of its own scenarios, on the same draws.

    Refused with the reasons when unit, boundary, rules, GWP set or electricity basis differ.
    """
    from cradlemark.footprint.compare import compare as compare_results
    from cradlemark.footprint.report.files import write_comparison
    from cradlemark.footprint.report.terminal import show_comparison

    if other is None and not scenarios:
        raise click.UsageError("name a second study, or a scenario with --scenario")
    if len(scenarios) > 2:
        raise click.UsageError("give --scenario at most twice: first and second")
    first_scenario, second_scenario = ("", *scenarios)[-2:] if scenarios else ("", "")
    first, second = (
        open_model(path, scenario, tables, rules=rules, databases=databases).calculate(
            draws=draws, seed=seed, allow_gaps=allow_gaps
        )
        for path, scenario in ((study, first_scenario), (other or study, second_scenario))
    )
    result = compare_results(first, second)
    show_comparison(result, language=language, lines=lines)
    if output is not None:
        for path in write_comparison(result, output, language=language, created=creation_time()):
            click.echo(str(path))
