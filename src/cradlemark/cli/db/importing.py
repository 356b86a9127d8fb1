"""``db import`` and ``db check``: read a source and say what became of it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from cradlemark.cli.db.options import (
    allocation_option,
    json_option,
    mapping_option,
    report_option,
    source_argument,
    store_option,
    template_option,
)
from cradlemark.cli.db.progress import progress_bar
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.inventory.importers.process_databases import ProcessImport
    from cradlemark.inventory.matching import Matcher
    from cradlemark.inventory.processes.mapping_files import MappingFile
    from cradlemark.inventory.processes.report import ImportReport

BAD_INPUT = 2

_WORDS = {
    "stored": Text("stored as {name}", "已存为 {name}"),
    "dry": Text("nothing was stored", "未存储"),
    "reading": Text("reading", "读取中"),
    "template": Text("{count} open inputs written to {path}", "{count} 个未链接输入已写入 {path}"),
    "report": Text("report written to {files}", "报告已写入 {files}"),
}  # fmt: skip


@click.command("import")
@source_argument
@allocation_option
@click.option("--id", "database_id", default="", help="Name of the database; that of the file by default.")
@click.option("--version", default="", help="Edition of the database.")
@click.option("--licence", default="", help="Licence of the database.")
@mapping_option
@template_option
@report_option
@store_option
@json_option
@language_option
def import_database(
    source: Path,
    allocation: str,
    database_id: str,
    version: str,
    licence: str,
    mapping: Path | None,
    template: Path | None,
    report: Path | None,
    store: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Import SOURCE, a file, zip or folder in a format that is recognised, and print what became of it.

    The database is stored also when parts of the source had to be refused; they are listed.
    """
    _refuse_output_files(report, template)
    done = _read(
        source, allocation, mapping, language, database_id=database_id, version=version, licence=licence
    )
    from cradlemark.inventory.processes.store import write_processes

    document = done.report.as_document()
    folder = write_processes(done.database, store, report=document)
    written = [write_report_of(report, done.report, language), _write_template(template, done, language)]
    if as_json:
        click.echo(json.dumps(document | {"folder": folder.name}, ensure_ascii=False, indent=2))
        return
    _print_report(done, language)
    click.echo(_WORDS["stored"].format(name=folder.name)[language])
    for sentence in written:
        if sentence:
            click.echo(sentence)


@click.command()
@source_argument
@allocation_option
@mapping_option
@template_option
@report_option
@json_option
@language_option
@click.pass_context
def check(
    ctx: click.Context,
    source: Path,
    allocation: str,
    mapping: Path | None,
    template: Path | None,
    report: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Read SOURCE as an import would and report; store nothing. The exit code is 2 when something was refused."""
    _refuse_output_files(report, template)
    done = _read(source, allocation, mapping, language)
    written = [write_report_of(report, done.report, language), _write_template(template, done, language)]
    if as_json:
        click.echo(json.dumps(done.report.as_document(), ensure_ascii=False, indent=2))
    else:
        _print_report(done, language)
        click.echo(_WORDS["dry"][language])
        for sentence in written:
            if sentence:
                click.echo(sentence)
    counts = done.report.counts
    refused = ("exchanges refused", "documents refused", "processes refused")
    ctx.exit(BAD_INPUT if any(counts.get(name) for name in refused) else 0)


def _read(
    source: Path, allocation: str, mapping: Path | None, language: Language, **about: str
) -> ProcessImport:
    from cradlemark.inventory.importers.archive import open_archive

    with closing(open_archive(source)) as archive:  # refused before the readers of all formats are loaded
        from cradlemark.inventory.importers.process_databases import import_archive

        choices = _choices(mapping)
        with progress_bar(_WORDS["reading"][language]) as told:
            done = import_archive(archive, allocation=allocation, mapping=choices, progress=told, **about)
    from cradlemark.inventory.processes.solved_report import with_results

    return attrs.evolve(done, report=with_results(done.report, done.database, _packaged_factors))


def _choices(path: Path | None) -> MappingFile | None:
    if path is None:
        return None
    from cradlemark.inventory.processes.mapping_files import read_mapping

    return read_mapping(path)


def _packaged_factors() -> Matcher:
    from cradlemark.inventory.matching import Matcher
    from cradlemark.inventory.starter import default_inventory

    return Matcher(default_inventory())


def _refuse_output_files(report: Path | None, template: Path | None) -> None:
    """Say at once, before an hour of reading, that something cannot be written there."""
    from cradlemark.cli.db.output_files import refuse_ending

    if report is not None:
        refuse_ending(report, ".html", ".json")
    if template is not None:
        refuse_ending(template, ".toml", ".csv")


def _write_template(path: Path | None, done: ProcessImport, language: Language) -> str:
    """Write a mapping file to fill in and return a sentence about it; empty if it is not wanted."""
    if path is None:
        return ""
    from cradlemark.cli.db.output_files import write_text
    from cradlemark.inventory.processes.mapping_template import open_flows, template_csv, template_toml

    opened = open_flows(done.database, _packaged_factors())
    table = path.suffix.lower() == ".csv"
    write_text(path, template_csv(opened) if table else template_toml(done.database.id, opened))
    return _WORDS["template"].format(count=len(opened), path=path)[language]


def write_report_of(path: Path | None, report: ImportReport, language: Language) -> str:
    """Write a report where it is wanted and return a sentence about it; empty if it is not wanted."""
    if path is None:
        return ""
    from cradlemark.cli.db.report_files import write_import_report

    files = ", ".join(str(each) for each in write_import_report(path, report, language))
    return _WORDS["report"].format(files=files)[language]


def _print_report(done: ProcessImport, language: Language) -> None:
    from cradlemark.inventory.processes.report_terminal import report_lines

    for line in report_lines(done.report, language):
        click.echo(line)
