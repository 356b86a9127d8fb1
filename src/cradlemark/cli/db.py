"""``cradlemark db``: import, list, show, check and solve databases of processes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.inventory.dataset import GwpSet
    from cradlemark.inventory.importers.process_databases import ProcessImport
    from cradlemark.inventory.processes.intensities import ProductIntensities

BAD_INPUT = 2

_WORDS = {
    "stored": Text("stored as {name}", "已存为 {name}"),
    "dry": Text("nothing was stored", "未存储"),
    "none": Text("no process database is imported yet", "尚未导入过程数据库"),
    "rows": Text("{processes} processes, {activities} products, {exchanges} exchanges",
                 "{processes} 个过程，{activities} 个产品，{exchanges} 条交换"),
    "licence": Text("licence", "许可"),
    "source": Text("source", "来源"),
    "allocation": Text("allocation", "分配"),
    "unknown": Text("not stated", "未说明"),
    "reading": Text("reading", "读取中"),
    "residual": Text("largest relative residual {value:.1e}", "最大相对残差 {value:.1e}"),
    "one_sided": Text("counted by one method only", "仅由一种方法计入"),
    "cut": Text("{count} inputs cut off", "{count} 个输入被截断"),
    "more": Text("... and {count} more; see all with --limit", "……另有 {count} 项；用 --limit 查看"),
}  # fmt: skip


@click.group()
def db() -> None:
    """Databases of processes: unit processes with all their exchanges, linked and allocated."""


_store_option = click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of process databases; by default in CRADLEMARK_HOME or the user's data folder.",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_allocation_option = click.option(
    "--allocation",
    default="declared",
    show_default=True,
    help="Policies in order of preference: declared, mass, energy, price, cut-off, substitution.",
)
_source_argument = click.argument("source", type=click.Path(path_type=Path))


@db.command("import")
@_source_argument
@_allocation_option
@click.option("--id", "database_id", default="", help="Name of the database; that of the file by default.")
@click.option("--version", default="", help="Edition of the database.")
@click.option("--licence", default="", help="Licence of the database.")
@_store_option
@_json_option
@language_option
def import_database(
    source: Path,
    allocation: str,
    database_id: str,
    version: str,
    licence: str,
    store: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Import SOURCE, a zip or a folder of openLCA JSON-LD or ILCD documents, and print what became of it.

    The database is stored also when parts of the source had to be refused; they are listed.
    """
    from cradlemark.inventory.processes.store import write_processes

    done = _read(source, allocation, language, database_id=database_id, version=version, licence=licence)
    document = done.report.as_document()
    folder = write_processes(done.database, store, report=document)
    if as_json:
        click.echo(json.dumps(document | {"folder": folder.name}, ensure_ascii=False, indent=2))
        return
    _print_report(done, language)
    click.echo(_WORDS["stored"].format(name=folder.name)[language])


@db.command()
@_source_argument
@_allocation_option
@_json_option
@language_option
@click.pass_context
def check(ctx: click.Context, source: Path, allocation: str, as_json: bool, language: Language) -> None:
    """Read SOURCE as an import would and report; store nothing. The exit code is 2 when something was refused."""
    done = _read(source, allocation, language)
    if as_json:
        click.echo(json.dumps(done.report.as_document(), ensure_ascii=False, indent=2))
    else:
        _print_report(done, language)
        click.echo(_WORDS["dry"][language])
    counts = done.report.counts
    refused = ("exchanges refused", "documents refused", "processes refused")
    ctx.exit(BAD_INPUT if any(counts.get(name) for name in refused) else 0)


@db.command("list")
@_store_option
@_json_option
@language_option
def list_databases(store: Path | None, as_json: bool, language: Language) -> None:
    """List the imported process databases."""
    from cradlemark.inventory.processes.store import list_processes

    found = list_processes(store)
    if as_json:
        rows = [
            {
                "id": item.id,
                "version": item.version,
                "digest": item.digest,
                "allocation": item.allocation,
                **item.counts,
            }
            for item in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo(_WORDS["none"][language])
    for item in found:
        rows_text = _WORDS["rows"].format(**item.counts)[language]
        click.echo(f"{item.folder.name}  {item.format}, {item.allocation}: {rows_text}")


@db.command()
@click.argument("name")
@_store_option
@_json_option
@language_option
def info(name: str, store: Path | None, as_json: bool, language: Language) -> None:
    """Show what database NAME is and how it was imported; NAME is an id, a folder or the beginning of a digest."""
    from cradlemark.inventory.processes.store import find_processes, read_report

    about = find_processes(name, store)
    report = read_report(about)
    if as_json:
        described = {
            "id": about.id,
            "version": about.version,
            "digest": about.digest,
            "tables": dict(about.counts),
        }
        click.echo(json.dumps(described | {"report": report}, ensure_ascii=False, indent=2))
        return
    click.echo(f"{about.id} {about.version}  {about.digest}")
    unknown = _WORDS["unknown"][language]
    for key, value in (
        ("source", about.source),
        ("licence", about.licence),
        ("allocation", about.allocation),
    ):
        click.echo(f"  {_WORDS[key][language]}: {value or unknown}")
    for table, count in about.counts.items():
        click.echo(f"  {table:24} {count:>12,}")


@db.command()
@click.argument("name")
@click.option(
    "--gwp", "gwp_set", default="AR6", show_default=True, type=click.Choice(["AR4", "AR5", "AR6"]),
    help="Assessment report whose GWP100 values weigh the gases.",
)  # fmt: skip
@click.option("--search", default="", help="Only products or processes whose name has these words.")
@click.option("--doubtful", is_flag=True, help="Only products whose value should be looked at.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Number of products.")
@_store_option
@_json_option
@language_option
def solve(
    name: str,
    gwp_set: str,
    search: str,
    doubtful: bool,
    limit: int,
    store: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Calculate the climate impact per unit of every product of database NAME and mark what looks wrong."""
    from cradlemark.inventory.processes.intensities import product_intensities
    from cradlemark.inventory.processes.store import read_processes

    solved = product_intensities(read_processes(name, store), gwp_set=cast("GwpSet", gwp_set))
    chosen = [
        row
        for row in range(len(solved.products))
        if _has_words(search, solved, row) and (solved.doubts[row] or not doubtful)
    ]
    if as_json:
        click.echo(json.dumps([_row(solved, row) for row in chosen], ensure_ascii=False, indent=2))
        return
    click.echo(solved.categories[0])
    for row in chosen[:limit]:
        click.echo(
            f"{solved.values[0, row]:>14.5g}  {solved.products[row][:70]}  | {solved.processes[row][:60]}"
        )
        remarks = list(solved.doubts[row])
        if solved.cut_off_inputs[row]:
            remarks.append(_WORDS["cut"].format(count=solved.cut_off_inputs[row])[language])
        if remarks:
            click.echo(f"{'':16}{'; '.join(remarks)}")
    if len(chosen) > limit:
        click.echo(_WORDS["more"].format(count=len(chosen) - limit)[language])
    for line in solved.one_sided[:limit]:
        click.echo(f"{_WORDS['one_sided'][language]}: {line}")
    click.echo(_WORDS["residual"].format(value=solved.residual)[language])


def _read(source: Path, allocation: str, language: Language, **about: str) -> ProcessImport:
    from cradlemark.inventory.importers.process_databases import import_processes

    with _progress(_WORDS["reading"][language]) as told:
        return import_processes(source, allocation=allocation, progress=told, **about)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on the terminal; nothing when the output goes to a file."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def told(done: int, total: int) -> None:
            bar.length = max(total, done, 1)
            bar.update(done - bar.pos)

        yield told


def _print_report(done: ProcessImport, language: Language) -> None:
    from cradlemark.inventory.processes.report import report_lines

    for line in report_lines(done.report, language):
        click.echo(line)


def _has_words(words: str, solved: ProductIntensities, row: int) -> bool:
    text = f"{solved.products[row]} {solved.processes[row]}".lower()
    return all(word in text for word in words.lower().split())


def _row(solved: ProductIntensities, row: int) -> dict[str, Any]:
    return {
        "product": solved.products[row],
        "process": solved.processes[row],
        "place": solved.places[row],
        "impacts": {name: float(solved.values[i, row]) for i, name in enumerate(solved.categories)},
        "cut_off_inputs": int(solved.cut_off_inputs[row]),
        "doubts": list(solved.doubts[row]),
    }
