"""What several commands need: the study, its inventory, its rule pack, the matcher, the language."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cradlemark.core.errors import InputError, NotFoundError, TrustError
from cradlemark.core.language import Language, Text, visible

if TYPE_CHECKING:
    from cradlemark.footprint.calculate import Model
    from cradlemark.inventory.database import Database, Inventory
    from cradlemark.inventory.dataset import GwpSet
    from cradlemark.product.study import DatabaseReference, Study
    from cradlemark.rules.definitions import RulePack


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--lang``; the environment variable CRADLEMARK_LANG sets the default."""
    option = click.option(
        "--lang",
        "language",
        type=click.Choice(["en", "zh"]),
        default=default_language,
        help="Language of the output.",
        is_eager=True,
        callback=_remember_language,
    )
    return option(command)


def _remember_language(context: click.Context, _parameter: click.Parameter, language: Language) -> Language:
    """Keep the language for errors: they are rendered when the command is over."""
    context.ensure_object(dict)["language"] = language
    return language


def default_language() -> Language:
    """Language from CRADLEMARK_LANG, else from the locale, else English."""
    wanted = os.environ.get("CRADLEMARK_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return "zh" if wanted.lower().startswith("zh") else "en"


def chosen_language() -> Language:
    """The language that the running command was given."""
    context = click.get_current_context(silent=True)
    chosen: Language | None = (context.obj or {}).get("language") if context else None
    return chosen or default_language()


def show_warning(text: Text) -> None:
    """Say something beside the result, in the language of the command."""
    language = chosen_language()
    word = click.style(Text("warning", "警告")[language], fg="yellow")
    click.echo(f"{word} {visible(text[language])}", err=True)


def creation_time() -> int:
    """Time that written files state [s since 1970-01-01 UTC]; SOURCE_DATE_EPOCH fixes it."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not fixed.isdecimal():
        return int(time.time())
    if len(fixed) > 11:
        raise InputError(
            Text(f"SOURCE_DATE_EPOCH is {fixed[:20]}, beyond the year 5000", f"SOURCE_DATE_EPOCH 为 {fixed[:20]}，超过 5000 年"), code="time-invalid",
            hint=Text("give the seconds since 1970-01-01, or unset it", "填写自 1970-01-01 起的秒数，或取消设置"),
        )  # fmt: skip
    return int(fixed)


def open_study(path: Path) -> tuple[Study, Path]:
    """Read a study from a document or a folder; returns it with the folder its file references start from."""
    from cradlemark.product.readers.study_file import read_study

    study = read_study(path)
    for remark in study.remarks:
        show_warning(remark.as_text)
    return study, path if path.is_dir() else path.parent


def open_inventory(
    study: Study,
    folder: Path,
    tables: tuple[Path, ...] = (),
    *,
    databases: tuple[str, ...] = (),
    gwp_set: GwpSet = "AR6",
) -> Inventory:
    """Return the databases of a study in order of precedence: tables, databases named here, the study's own, the starter.

    Parameters
    ----------
    tables : tuple of Path
        Factor tables.
    databases : tuple of str
        ``id`` or ``id@sha256:...`` of imported databases.
    gwp_set : {"AR4", "AR5", "AR6"}
        That products of process databases are under.

    Raises
    ------
    NotFoundError
        ``database-unknown`` when a database is not imported here.
    TrustError
        ``database-changed`` when a database is not the version the study was made with.
    """
    from cradlemark.inventory.database import Inventory
    from cradlemark.inventory.starter import starter_database
    from cradlemark.inventory.tables import read_table

    found = [read_table(path).require() for path in tables]
    named = [_reference(text) for text in databases]
    ids = {reference.id for reference in named}
    named += [reference for reference in study.databases if reference.id not in ids | {"starter"}]
    found += [_database(reference, folder, gwp_set) for reference in named]
    by_digest = {database.digest: database for database in reversed(found)}
    return Inventory((*(one for one in found if by_digest[one.digest] is one), starter_database()))


def _reference(text: str) -> DatabaseReference:
    from cradlemark.product.study import DatabaseReference

    name, _, digest = text.partition("@")
    return DatabaseReference(id=name, digest=digest)


def stored_reference(text: str) -> DatabaseReference:
    """Return an imported database by id, ``id@sha256:...``, or the beginning of a digest, with its whole digest."""
    from cradlemark.product.study import DatabaseReference

    reference = _reference(text)
    found = _database(reference, Path(), "AR6")
    return DatabaseReference(id=found.id, digest=found.digest)


def _database(reference: DatabaseReference, folder: Path, gwp_set: GwpSet) -> Database:
    from cradlemark.inventory.processes.imported import imported_database, stored_version
    from cradlemark.inventory.store import list_databases, read_database
    from cradlemark.inventory.tables import read_table

    where = f"databases[{reference.id}]"
    stored = [item for item in list_databases() if item.id == reference.id and not reference.file]
    processes = (
        None if reference.file else stored_version(reference.id, reference.digest if not stored else "")
    )
    if stored and processes and processes.digest == reference.digest:
        stored = []
    if reference.file:
        found = read_table(folder / reference.file).require()
    elif stored:
        found = read_database(stored[-1].folder)
    elif processes:
        return imported_database(processes, gwp_set=gwp_set)
    else:
        raise NotFoundError(
            Text(f"database {reference.id!r} is not imported here", f"此处没有导入数据库 {reference.id!r}"), code="database-unknown", where=where,
            hint=Text("import it with: cradlemark db import SOURCE (processes) or cradlemark data import FILE (factors)", "用以下命令导入：cradlemark db import SOURCE（过程）或 cradlemark data import FILE（因子）"),
        )  # fmt: skip
    if reference.digest and not found.digest.startswith(reference.digest):
        raise TrustError(
            Text(f"database {reference.id!r} has digest {found.digest[:19]}..., the study names {reference.digest[:19]}...", f"数据库 {reference.id!r} 的摘要为 {found.digest[:19]}...，研究指定的是 {reference.digest[:19]}..."),
            code="database-changed", where=f"{where}.digest",
            hint=Text("use the version the study was made with, or update the digest and calculate again", "使用研究所用的版本，或更新摘要后重新计算"),
        )  # fmt: skip
    return found


def open_model(
    path: Path,
    scenario: str = "",
    tables: tuple[Path, ...] = (),
    *,
    rules: str = "",
    databases: tuple[str, ...] = (),
) -> Model:
    """Open a study with everything it is calculated with; `rules` goes before the study's own rule pack."""
    from cradlemark.footprint.calculate import Model
    from cradlemark.inventory.matching import Matcher

    study, folder = open_study(path)
    pack = open_pack(rules) if rules else open_pack(study.rule_pack, folder)
    inventory = open_inventory(study, folder, tables, databases=databases, gwp_set=pack.gwp_set)
    return Model.of(study, inventory, Matcher(inventory), pack, scenario=scenario)


def open_pack(name: str, folder: Path = Path()) -> RulePack:
    """Open a packaged rule pack by its id, or one of the user's own: a file ending in ``.toml``, seen from `folder`."""
    from cradlemark.rules.pack import load_pack, load_pack_file

    return load_pack_file(folder / name) if name.endswith(".toml") else load_pack(name)
