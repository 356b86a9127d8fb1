"""``db list`` and ``db info``: what is stored, how complete it is, what is known and kept about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from cradlemark.cli.db.options import json_option, name_argument, report_option, store_option
from cradlemark.cli.db.uncertain_part import uncertain_part
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text, visible

if TYPE_CHECKING:
    from cradlemark.inventory.processes.overview import Overview

_WORDS = {
    "none": Text("no process database is imported yet", "尚未导入过程数据库"),
    "rows": Text("{processes} processes, {activities} products, {exchanges} exchanges",
                 "{processes} 个过程，{activities} 个产品，{exchanges} 条交换"),
    "damaged": Text("{name}  damaged: delete this folder and import the database again", "{name}  已损坏：删除该文件夹后重新导入"),
    "verified": Text("verified: all tables are what was imported", "已核验：所有数据表与导入时一致"),
    "licence": Text("licence", "许可"),
    "source": Text("source", "来源"),
    "format": Text("format", "格式"),
    "allocation": Text("allocation", "分配"),
    "unknown": Text("not stated", "未说明"),
    "size": Text("size on disk", "占用空间"),
    "size_of": Text("{tables} of tables and report, {kept} kept beside them", "数据表与报告 {tables}，附存 {kept}"),
    "completeness": Text("completeness", "完整性"),
    "no_report": Text("no import report was kept", "未保存导入报告"),
    "read": Text("{read:,} exchanges read = {parts}", "读入交换 {read:,} 条 = {parts}"),
    "used": Text("{count:,} used", "使用 {count:,}"),
    "idle": Text("{count:,} idle", "闲置 {count:,}"),
    "unlinked": Text("{count:,} unlinked", "未链接 {count:,}"),
    "ambiguous": Text("{count:,} ambiguous", "有歧义 {count:,}"),
    "refused": Text("{count:,} refused", "拒绝 {count:,}"),
    "unbalanced": Text("DOES NOT ADD UP", "不平衡"),
    "remarks": Text("{count:,} remarks in the import report", "导入报告中有 {count:,} 条提示"),
    "languages": Text("languages", "语言"),
    "not stated": Text("not stated", "未说明"),
    "uncertainty": Text("uncertainty of the exchanges", "交换的不确定性"),
    "intensities": Text("intensities kept", "已存强度"),
    "intensity": Text("{gwp}, {categories} categories, largest residual {residual:.0e}, {size}",
                      "{gwp}，{categories} 个类别，最大残差 {residual:.0e}，{size}"),
    "draws": Text("draws kept", "已存抽样"),
    "draw": Text("{category}, {draws:,} draws, seed {seed}, {suspects} to look at, {size}",
                 "{category}，{draws:,} 次，种子 {seed}，需注意 {suspects} 次，{size}"),
    "stale": Text("of another version, not used", "属其他版本，不使用"),
    "no_kept": Text("none", "无"),
    "mark": Text("; ", "；"),
}  # fmt: skip


@click.command("list")
@store_option
@json_option
@language_option
def list_databases(store: Path | None, as_json: bool, language: Language) -> None:
    """List the imported process databases."""
    from cradlemark.inventory.processes.remark_words import policies
    from cradlemark.inventory.processes.report_names import format_name
    from cradlemark.inventory.processes.store import damaged_folders, list_processes

    found, damaged = list_processes(store), damaged_folders(store)
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
    if not found and not damaged:
        click.echo(_WORDS["none"][language])
    for item in found:
        rows_text = _WORDS["rows"].format(**item.counts)[language]
        about = f"{format_name(item.format, language)}, {policies(item.allocation, language)}"
        click.echo(visible(f"{item.folder.name}  {about}: {rows_text}"))
    for name in damaged:
        click.echo(visible(_WORDS["damaged"].format(name=name)[language]))


@click.command()
@name_argument
@report_option
@click.option(
    "--verify", is_flag=True, help="Read everything and compare it with the digest of the database."
)
@store_option
@json_option
@language_option
def info(
    name: str, report: Path | None, verify: bool, store: Path | None, as_json: bool, language: Language
) -> None:
    """Show what database NAME is and how it was imported; NAME is an id, a folder or the beginning of a digest.

    What the source left open, what it states about its uncertainty, and the intensities and draws that are kept.
    """
    from cradlemark.inventory.processes.overview import overview
    from cradlemark.inventory.processes.schema import TABLES
    from cradlemark.inventory.processes.store import find_processes, read_processes, read_report

    about = find_processes(name, store)
    if verify:
        read_processes(about.folder, verify=True)
    found, stored = overview(about), read_report(about)
    written = _write_report(report, stored, language)
    if as_json:
        described = {
            "id": about.id,
            "version": about.version,
            "digest": about.digest,
            "verified": verify,
            "tables": dict(about.counts),
            "size": found.size,
            "kept_size": found.kept_size,
            "uncertainty": attrs.asdict(found.uncertainty),
            "intensities": [attrs.asdict(each) for each in found.intensities],
            "draws": [attrs.asdict(each) for each in found.draws],
        }
        click.echo(json.dumps(described | {"report": stored}, ensure_ascii=False, indent=2))
        return
    click.echo(visible(f"{about.id} {about.version}  {about.digest}"))
    if verify:
        click.echo(f"  {_WORDS['verified'][language]}")
    for key, value in _lines(found, language):
        click.echo(visible(f"  {_WORDS[key][language]}: {value}"))
    for table, count in about.counts.items():
        name = TABLES[table][language] if table in TABLES else table
        click.echo(f"  {name:24} {count:>12,}")
    if written:
        click.echo(written)


def _write_report(path: Path | None, stored: dict[str, Any], language: Language) -> str:
    from cradlemark.cli.db.importing import write_report_of
    from cradlemark.inventory.processes.report import report_of_document

    return write_report_of(path, report_of_document(stored), language) if path else ""


def _lines(found: Overview, language: Language) -> Iterator[tuple[str, str]]:
    from cradlemark.inventory.processes.remark_words import policies
    from cradlemark.inventory.processes.report_names import format_name

    about, mark = found.about, _WORDS["mark"][language]
    unknown = _WORDS["unknown"][language]
    for key, value in (
        ("source", about.source),
        ("format", format_name(about.format, language)),
        ("licence", about.licence),
        ("allocation", policies(about.allocation, language)),
    ):
        yield key, value or unknown
    yield from _completeness(found, language)
    yield "uncertainty", uncertain_part(found.uncertainty, language)
    none = _WORDS["no_kept"][language]
    yield "intensities", mark.join(_intensities(found, language)) or none
    yield "draws", mark.join(_draws(found, language)) or none
    sizes = _WORDS["size_of"].format(tables=_megabytes(found.size), kept=_megabytes(found.kept_size))
    yield "size", sizes[language]


def _completeness(found: Overview, language: Language) -> Iterator[tuple[str, str]]:
    complete, mark = found.completeness, _WORDS["mark"][language]
    if complete is None:
        yield "completeness", _WORDS["no_report"][language]
        return
    parts = (_WORDS[part].format(count=count)[language] for part, count in complete.parts.items())
    sentence = _WORDS["read"].format(read=complete.read, parts=" + ".join(parts))[language]
    remarks = _WORDS["remarks"].format(count=complete.problems)[language]
    unbalanced = [] if complete.balanced else [_WORDS["unbalanced"][language]]
    yield "completeness", mark.join([sentence, *unbalanced, remarks])
    names = (
        f"{_WORDS[code][language] if code in _WORDS else code} {count:,}"
        for code, count in complete.languages.items()
    )
    yield "languages", ", ".join(names) or _WORDS["unknown"][language]


def _intensities(found: Overview, language: Language) -> Iterator[str]:
    for each in found.intensities:
        text = _WORDS["intensity"].format(
            gwp=each.gwp_set, categories=each.categories, residual=each.residual, size=_megabytes(each.size)
        )
        yield _with_state(text, current=each.current, language=language)


def _draws(found: Overview, language: Language) -> Iterator[str]:
    from cradlemark.inventory.processes.remark_words import phrase

    for each in found.draws:
        text = _WORDS["draw"].format(
            category=phrase(each.category, language), draws=each.draws, seed=each.seed, suspects=each.suspects, size=_megabytes(each.size)
        )  # fmt: skip
        yield _with_state(text, current=each.current, language=language)


def _with_state(text: Text, *, current: bool, language: Language) -> str:
    return text[language] if current else f"{text[language]} ({_WORDS['stale'][language]})"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
