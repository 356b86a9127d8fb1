"""``db list`` and ``db info``: what is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cradlemark.cli.db.options import json_option, name_argument, report_option, store_option
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

_WORDS = {
    "none": Text("no process database is imported yet", "尚未导入过程数据库"),
    "rows": Text("{processes} processes, {activities} products, {exchanges} exchanges",
                 "{processes} 个过程，{activities} 个产品，{exchanges} 条交换"),
    "licence": Text("licence", "许可"),
    "source": Text("source", "来源"),
    "allocation": Text("allocation", "分配"),
    "unknown": Text("not stated", "未说明"),
}  # fmt: skip


@click.command("list")
@store_option
@json_option
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


@click.command()
@name_argument
@report_option
@store_option
@json_option
@language_option
def info(name: str, report: Path | None, store: Path | None, as_json: bool, language: Language) -> None:
    """Show what database NAME is and how it was imported; NAME is an id, a folder or the beginning of a digest."""
    from cradlemark.inventory.processes.store import find_processes, read_report

    about = find_processes(name, store)
    stored = read_report(about)
    written = _write_report(report, stored, language)
    if as_json:
        described = {
            "id": about.id,
            "version": about.version,
            "digest": about.digest,
            "tables": dict(about.counts),
        }
        click.echo(json.dumps(described | {"report": stored}, ensure_ascii=False, indent=2))
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
    if written:
        click.echo(written)


def _write_report(path: Path | None, stored: dict[str, Any], language: Language) -> str:
    from cradlemark.cli.db.importing import write_report_of
    from cradlemark.inventory.processes.report import report_of_document

    return write_report_of(path, report_of_document(stored), language) if path else ""
