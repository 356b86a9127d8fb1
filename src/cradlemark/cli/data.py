"""``cradlemark data``: search, show, list, import and check datasets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Language, Text, visible
from cradlemark.core.positions import place_in

if TYPE_CHECKING:
    from cradlemark.core.errors import Problem
    from cradlemark.inventory.database import Database, Inventory
    from cradlemark.inventory.dataset import Dataset
    from cradlemark.inventory.import_result import ImportResult
    from cradlemark.inventory.matching import Role
    from cradlemark.inventory.processes.store import StoredProcesses
    from cradlemark.inventory.store import StoredDatabase

BAD_INPUT = 2
SHOWN = 50
"""Problems that are printed one by one."""

_WORDS = {
    "left_out": Text("warning: database {name} is left out: {reason}", "警告：已略过数据库 {name}：{reason}"),
    "value": Text("climate", "气候影响"),
    "by": Text("by origin", "按来源"),
    "gases": Text("masses per gas", "按气体质量"),
    "gwp": Text("GWP set", "GWP 版本"),
    "rebasable": Text("another GWP set can be applied", "可换算到其他 GWP 版本"),
    "fixed": Text("CO2e only: cannot be put on another GWP set", "仅有二氧化碳当量：无法换算到其他 GWP 版本"),
    "place": Text("place, year", "地域、年份"),
    "boundary": Text("boundary", "系统边界"),
    "purpose": Text("purpose", "用途"),
    "status": Text("status", "状态"),
    "source": Text("source", "来源"),
    "licence": Text("licence", "许可"),
    "uncertainty": Text("uncertainty", "不确定性"),
    "siblings": Text("siblings", "同类因子"),
    "note": Text("note", "备注"),
    "database": Text("database", "数据库"),
    "category": Text("category", "类别"),
    "refused": Text("not in a product footprint", "不得用于产品碳足迹"),
    "remark": Text("to be looked at", "需要核对"),
    "none": Text("nothing was found", "未找到"),
    "rows": Text("{kept} of {read} values kept", "保留 {kept} / {read} 个数值"),
    "stored": Text("stored as {name}", "已存为 {name}"),
    "dry": Text("nothing was stored", "未存储"),
    "more": Text("... and {count} more", "……另有 {count} 项"),
    "repair": Text("repair", "修正方法"),
    "datasets": Text("datasets: {count}", "数据集：{count}"),
    "written": Text("wrote {name}: fill it in, then cradlemark data check {name}", "已写出 {name}：填写后运行 cradlemark data check {name}"),
}  # fmt: skip


@click.group()
def data() -> None:
    """Datasets: what one unit of a material, energy or service causes."""


def _store_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--store",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of imported databases; by default in CRADLEMARK_HOME or the user's data folder.",
    )(command)


def _database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--database", "databases", multiple=True, help="Imported database to look in first; may be repeated."
    )(command)


_json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def _inventory(databases: Sequence[str], store: Path | None, language: Language) -> Inventory:
    """Named databases of datasets and of processes, or all that are imported, with the starter database last.

    Of those that nobody named, process databases without products, such as impact methods, are passed over, and those that
    cannot be opened or solved are left out with a sentence: they do not stand in the way of the others.
    """
    from cradlemark.inventory.database import Inventory
    from cradlemark.inventory.starter import starter_database
    from cradlemark.inventory.store import list_databases

    if databases:
        found = [_open(name, store) for name in dict.fromkeys(databases) if name != "starter"]
        return Inventory((*found, starter_database()))
    made = [item.id for item in _processes(store) if item.counts["activities"]]
    names = dict.fromkeys([item.id for item in list_databases(store)] + made)
    opened = [_opened(name, store, language) for name in names if name != "starter"]
    return Inventory((*(each for each in opened if each is not None), starter_database()))


def _opened(name: str, store: Path | None, language: Language) -> Database | None:
    try:
        return _open(name, store)
    except CradlemarkError as error:
        click.echo(visible(_WORDS["left_out"].format(name=name, reason=error)[language]), err=True)
        return None


def _processes(store: Path | None) -> tuple[StoredProcesses, ...]:
    """Imported process databases; none where a folder of databases of datasets is named."""
    from cradlemark.inventory.processes.store import list_processes

    return () if store else list_processes()


@data.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--unit", default="", help="Unit of the amount, such as kg or kWh.")
@click.option("--place", default="", help="Place, such as CN-GD.")
@click.option("--year", type=int, help="Year of the amount.")
@click.option(
    "--role",
    default="",
    type=click.Choice(["", "material", "energy", "transport", "process", "waste", "electricity"]),
    help="What the amount is, so that only datasets of that kind are offered.",
)
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1), help="Number of matches.")
@_database_option
@_store_option
@_json_option
@language_option
def search(
    words: tuple[str, ...],
    unit: str,
    place: str,
    year: int | None,
    role: str,
    limit: int,
    databases: tuple[str, ...],
    store: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Find datasets for WORDS as one would write them in a bill of materials."""
    from cradlemark.inventory.matching import Matcher, Query

    inventory = _inventory(databases, store, language)
    matcher, text = Matcher(inventory), " ".join(words)
    if unit or place or year:
        wanted = cast("Role", role or "material")
        query = Query(text=text, unit=unit, place=place or "GLO", year=year, role=wanted)
        matches = matcher.find(query, limit=limit)
    else:
        matches = matcher.search(text, limit, role=cast("Role", role) if role else None)
    if as_json:
        found = [
            {**_as_json(inventory[m.dataset]), "score": m.score, "reason": m.reason.as_dict()}
            for m in matches
        ]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if not matches:
        click.echo(_WORDS["none"][language])
    for match in matches:
        click.echo(f"{match.score:5.1f}  {_line(inventory[match.dataset], language)}")
        click.echo(f"       {match.reason[language]}")


@data.command()
@click.argument("identifier")
@_database_option
@_store_option
@_json_option
@language_option
def show(
    identifier: str, databases: tuple[str, ...], store: Path | None, as_json: bool, language: Language
) -> None:
    """Show everything about the dataset IDENTIFIER, with its siblings."""
    inventory = _inventory(databases, store, language)
    dataset = _with_uncertainty(inventory, inventory[identifier])
    if as_json:
        click.echo(json.dumps(_as_json(dataset), ensure_ascii=False, indent=2))
        return
    click.echo(visible(f"{dataset.id}: {dataset.name[language]}"))
    for word, value in _facts(dataset, language):
        click.echo(f"  {_WORDS[word][language]:16} {visible(value)}")
    for remark in dataset.remarks:
        click.echo(f"  {_WORDS['remark'][language]:16} {visible(remark[language])}")
    siblings = [inventory[other] for other in dataset.alternatives if other in inventory]
    if siblings:
        click.echo(f"  {_WORDS['siblings'][language]}")
        for sibling in sorted([dataset, *siblings], key=lambda item: item.climate.total):
            mark = "*" if sibling is dataset else " "
            click.echo(f"  {mark} {_line(sibling, language)}")


def _with_uncertainty(inventory: Inventory, dataset: Dataset) -> Dataset:
    """Add the spread of kept draws to a product of a process database."""
    import attrs

    background = inventory.database_of(dataset.id).background
    if background is None:
        return dataset
    shown = background.uncertainty(dataset.id, gwp_set=dataset.climate.gwp_set)
    return attrs.evolve(dataset, uncertainty=shown)


def _facts(dataset: Dataset, language: Language) -> list[tuple[str, str]]:
    from cradlemark.core.errors import RuleError
    from cradlemark.inventory.admission import refuse_for_product
    from cradlemark.inventory.rows import row_from_dataset

    row, climate = row_from_dataset(dataset), dataset.climate
    basis = f" ({dataset.calorific_basis})" if dataset.calorific_basis else ""
    parts = [f"{name} {row[name]}" for name in _ORIGINS if row[name]] if climate.origins_known else []
    facts = [
        ("value", f"{climate.total:g} kg CO2e / {dataset.unit}{basis}"),
        ("by", ", ".join(parts)),
        ("gases", row["gases"].replace(";", ", ")),
        ("gwp", f"{climate.gwp_set}; {_WORDS['rebasable' if climate.rebasable else 'fixed'][language]}"),
        ("category", dataset.category),
        ("place", f"{dataset.geography}, {dataset.year or '-'}"),
        ("boundary", dataset.boundary),
        ("purpose", dataset.purpose),
        ("status", dataset.status),
        (
            "source",
            ", ".join(filter(None, (dataset.source.document, dataset.source.place, dataset.source.url))),
        ),
        ("licence", dataset.licence),
        (
            "uncertainty",
            ", ".join(filter(None, (row["uncertainty"], row["pedigree"] and f"pedigree {row['pedigree']}"))),
        ),
        ("note", dataset.note),
        ("database", dataset.database),
    ]
    try:
        refuse_for_product(dataset)
    except RuleError as refusal:
        facts.append(("refused", f"{refusal.message[language]} ({refusal.hint[language]})"))
    return [(word, value) for word, value in facts if value]


_ORIGINS = ("fossil", "biogenic_emission", "biogenic_removal", "land_use_change", "aircraft")


def _line(dataset: Dataset, language: Language) -> str:
    value = f"{dataset.climate.total:g} kg CO2e/{dataset.unit}"
    year = dataset.year or "-"
    name = visible(dataset.name[language])
    return f"{visible(dataset.id):32} {value:24} {dataset.geography:6} {year} {dataset.status:10} {name}"


def _as_json(dataset: Dataset) -> dict[str, Any]:
    from cradlemark.inventory.rows import row_from_dataset

    row: dict[str, Any] = row_from_dataset(dataset)
    remarks = [remark.as_dict() for remark in dataset.remarks]
    found = {"database": dataset.database, "total": dataset.climate.total, **row}
    return found | {"remarks": remarks} if remarks else found


@data.command("list")
@click.argument("database", required=False)
@click.option("--category", default="", help="Only datasets of this category.")
@_store_option
@_json_option
@language_option
def list_data(
    database: str | None, category: str, store: Path | None, as_json: bool, language: Language
) -> None:
    """List the databases, or the datasets of DATABASE."""
    if database:
        _list_datasets(_open(database, store), category, as_json, language)
        return
    from cradlemark.inventory.starter import starter_database
    from cradlemark.inventory.store import list_databases

    starter = starter_database()
    rows = [_about(item, item.count) for item in list_databases(store)]
    rows += [_about(item, item.counts["activities"]) for item in _processes(store)]
    rows.append(_about(starter, len(starter.datasets)))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        count = _WORDS["datasets"].format(count=row["count"])[language]
        click.echo(
            f"{row['id']:24} {row['version']:8} {count:18} {str(row['digest'])[:19]}  {row['licence']}"
        )


def _about(item: StoredDatabase | StoredProcesses | Database, count: int) -> dict[str, str | int]:
    about: dict[str, str | int] = {"id": item.id, "version": item.version, "digest": item.digest}
    return {**about, "count": count, "licence": item.licence}


def _open(name: str, store: Path | None) -> Database:
    from cradlemark.inventory.starter import starter_database
    from cradlemark.inventory.store import list_databases, read_database

    if name == "starter":
        return starter_database()
    if not store and all(item.id != name for item in list_databases()):
        from cradlemark.inventory.processes.imported import imported_database, stored_version

        processes = stored_version(name.partition("@")[0], name.partition("@")[2])
        if processes:
            return imported_database(processes)
    return read_database(name, store)


def _list_datasets(database: Database, category: str, as_json: bool, language: Language) -> None:
    chosen = [d for d in database.datasets.values() if not category or d.category == category]
    if as_json:
        click.echo(json.dumps([_as_json(dataset) for dataset in chosen], ensure_ascii=False, indent=2))
        return
    for dataset in chosen:
        click.echo(_line(dataset, language))
    click.echo(_WORDS["datasets"].format(count=len(chosen))[language])


@data.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@language_option
@click.pass_context
def check_table(ctx: click.Context, file: Path, language: Language) -> None:
    """Read the factor table FILE and name every row that cannot be taken over; store nothing."""
    result = _read(file, "", "1", "")
    _report(result, language)
    ctx.exit(BAD_INPUT if result.refusals else 0)


@data.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--id", "database_id", default="", help="Name of the database; the file name by default.")
@click.option("--version", default="1", show_default=True, help="Edition of the database.")
@click.option("--licence", default="", help="Licence of the collection as a whole.")
@click.option("--dry-run", is_flag=True, help="Read and report, but store nothing.")
@_store_option
@language_option
@click.pass_context
def import_table(
    ctx: click.Context,
    file: Path,
    database_id: str,
    version: str,
    licence: str,
    dry_run: bool,
    store: Path | None,
    language: Language,
) -> None:
    """Import a factor table or the official UK workbook from FILE; good rows are kept, bad ones are named.

    The exit code is 0 when at least one row was kept, else 2.
    """
    result = _read(file, database_id, version, licence)
    _report(result, language)
    if not result.rows_kept:
        ctx.exit(BAD_INPUT)
    if dry_run:
        click.echo(_WORDS["dry"][language])
        return
    from cradlemark.inventory.store import write_database

    folder = write_database(result.database, store)
    click.echo(_WORDS["stored"].format(name=folder.name)[language])


def _read(file: Path, database_id: str, version: str, licence: str) -> ImportResult:
    from cradlemark.core.errors import InputError
    from cradlemark.inventory.importers.desnz import read_desnz
    from cradlemark.inventory.tables import read_table

    if file.suffix.lower() in {".xlsx", ".xlsm"}:
        try:
            return read_desnz(file)
        except InputError as error:
            if error.code != "desnz-format":
                raise
    return read_table(file, database_id=database_id, version=version, licence=licence)


def _report(result: ImportResult, language: Language) -> None:
    for problem in result.problems[:SHOWN]:
        _problem(problem, language)
    if len(result.problems) > SHOWN:
        click.echo(_WORDS["more"].format(count=len(result.problems) - SHOWN)[language])
    for count in result.sheets:
        if count.sheet:
            reason = f"  ({count.reason[language]})" if count.reason else ""
            kept = _WORDS["rows"].format(kept=count.kept, read=count.read)[language]
            click.echo(f"  {count.sheet:36} {kept}{reason}")
    click.echo(_WORDS["rows"].format(kept=result.rows_kept, read=result.rows_read)[language])


def _problem(problem: Problem, language: Language) -> None:
    place = visible(place_in(problem.where, language))
    click.echo(f"{place}: {visible(problem.message[language])} [{problem.code}]")
    if problem.hint:
        click.echo(f"    {_WORDS['repair'][language]}: {visible(problem.hint[language])}")


@data.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@language_option
def template(file: Path, language: Language) -> None:
    """Write an empty factor table with headings, explanations and one example row to FILE (.csv or .xlsx)."""
    from cradlemark.inventory.table_template import write_template

    write_template(file, language=language)
    click.echo(_WORDS["written"].format(name=file.name)[language])
