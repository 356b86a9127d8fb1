"""``cradlemark footprint`` and ``cradlemark check``."""

from __future__ import annotations

from pathlib import Path

import click

from cradlemark.cli.opening import creation_time, language_option, open_model
from cradlemark.core.language import Language

STUDY = click.argument("study", type=click.Path(path_type=Path))
SCENARIO = click.option("--scenario", default="", help="Id of one of the study's scenarios.")
TABLES = click.option(
    "--table",
    "tables",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A factor table of your own (CSV, XLSX).",
)
DATABASES = click.option(
    "--database",
    "databases",
    multiple=True,
    help="Imported database to look in first: id, or id@sha256:... to fix its version; may be repeated.",
)
RULES = click.option(
    "--rules", default="", help="Rule pack instead of the study's own: an id or a TOML file of your own."
)
DRAWS = click.option(
    "--draws", default=2000, show_default=True, type=click.IntRange(0, 100_000), help="Monte Carlo draws."
)
SEED = click.option(
    "--seed", default=20250301, show_default=True, type=click.IntRange(0), help="Seed of the draws."
)
GAPS = click.option(
    "--allow-gaps", is_flag=True, help="Calculate although some lines have no dataset; the result says so."
)


@click.command()
@STUDY
@SCENARIO
@TABLES
@DATABASES
@RULES
@DRAWS
@SEED
@GAPS
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, file_okay=False), help="Folder for JSON, HTML and PDF."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result document instead of tables.")
@click.option("--lines", default=12, show_default=True, type=click.IntRange(0), help="Lines to list.")
@language_option
def footprint(
    study: Path,
    scenario: str,
    tables: tuple[Path, ...],
    databases: tuple[str, ...],
    rules: str,
    draws: int,
    seed: int,
    allow_gaps: bool,
    output: Path | None,
    as_json: bool,
    lines: int,
    language: Language,
) -> None:
    """Calculate the footprint of STUDY: a document (TOML, XLSX) or the folder that holds it."""
    model = open_model(study, scenario, tables, rules=rules, databases=databases)
    calculation = model.calculate(draws=draws, seed=seed, allow_gaps=allow_gaps)
    result = calculation.footprint
    if as_json:
        click.echo(calculation.document, nl=False)
    else:
        from cradlemark.footprint.report.terminal import show_footprint

        show_footprint(result, language=language, lines=lines)
    if output is not None:
        from cradlemark.footprint.report.files import write_report

        for path in write_report(
            result, calculation.document, output, language=language, created=creation_time()
        ):
            click.echo(f"{path}", err=as_json)


@click.command()
@STUDY
@SCENARIO
@TABLES
@DATABASES
@RULES
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--checklist", is_flag=True, help="Print the verifier's checklist with the findings, as Markdown."
)
@language_option
def check(
    study: Path,
    scenario: str,
    tables: tuple[Path, ...],
    databases: tuple[str, ...],
    rules: str,
    as_json: bool,
    checklist: bool,
    language: Language,
) -> None:
    """Check STUDY against its rule pack, or another one, and list every finding; exit code 2 when one is an error."""
    import json

    import attrs

    from cradlemark.footprint.report.terminal import show_findings
    from cradlemark.rules.checklist import checklist as make_checklist

    model = open_model(study, scenario, tables, rules=rules, databases=databases)
    result = model.calculate(draws=0, allow_gaps=True).footprint
    if as_json:
        click.echo(json.dumps([attrs.asdict(item) for item in result.findings], ensure_ascii=False, indent=1))
    elif checklist:
        click.echo(make_checklist(model.pack, language, result.findings))
    else:
        show_findings(result, language=language)
    if any(finding.severity == "error" for finding in result.findings):
        raise click.exceptions.Exit(2)
