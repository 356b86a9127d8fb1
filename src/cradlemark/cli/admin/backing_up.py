"""``admin backup`` and ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.log.options import home_argument, now
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.registry.operation.manifest import Manifest

_WORDS = {
    "made": Text("backup {folder}: {entries} entries, {labels} labels, {rows} rows, {files} published files",
                 "备份 {folder}：{entries} 个条目，{labels} 个标签，{rows} 行，{files} 个已发布文件"),
    "keys": Text("It holds the private keys, encrypted: keep it as you keep them.", "其中含有加密的私钥：请按私钥的要求保管。"),
    "no_keys": Text("The private keys are not in it: keep them elsewhere.", "其中不含私钥：请另行保管。"),
    "read_again": Text("Every file was read again and is whole.", "所有文件已重新读取，完好无损。"),
    "digest": Text("Keep this apart from it, with the checkpoint: {digest}", "请与检查点一起另行保存：{digest}"),
    "sound": Text("backup of {made}: every digest is right; {entries} entries, {labels} labels",
                  "{made} 的备份：所有摘要正确；{entries} 个条目，{labels} 个标签"),
    "unseen": Text("nobody has seen more of the log: {asked}", "没有任何一方见过更多条目：{asked}"),
    "asked": Text("published files, kept checkpoints and {count} witnesses", "已发布文件、保存的检查点以及 {count} 个见证方"),
    "would": Text("it would replace: {what}", "将被替换：{what}"),
    "nothing": Text("nothing is in the way", "没有冲突"),
    "dry": Text("Nothing was changed.", "未作任何更改。"),
    "restored": Text("restored into {folder}", "已恢复到 {folder}"),
    "kept": Text("what was there is kept as {folder}", "原有内容保留为 {folder}"),
    "keys_left": Text("The backup holds no private keys: put them into {folder}.", "备份不含私钥：请将其放入 {folder}。"),
}  # fmt: skip


@click.command()
@home_argument
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--keys", is_flag=True, help="Take the private keys along; they stay encrypted.")
@language_option
def backup(home: Path, folder: Path, keys: bool, language: Language) -> None:
    """Back up the register in HOME into the new FOLDER: database, published files, settings, and the digest of each.

    Nobody is kept from writing; publishing waits. It needs no program of a database server, and a backup of one kind of database can be
    restored into the other.
    """
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.registry.operation.backup import back_up
    from cradlemark.registry.operation.backup_records import note_backup, verify_backup

    made = back_up(opened, folder, time=now(), keys=keys)
    noted = note_backup(made, time=now())
    verify_backup(made, noted, time=now())
    rows = sum(made.manifest.tables.values())
    told = _WORDS["made"].format(
        folder=folder, entries=made.manifest.entries, labels=made.manifest.labels, rows=rows, files=made.files
    )
    click.echo(told[language])
    click.echo(_WORDS["read_again"][language])
    click.echo(_WORDS["keys" if keys else "no_keys"][language])
    click.echo(_WORDS["digest"].format(digest=made.digest)[language])


@click.command()
@click.argument("backup", type=click.Path(path_type=Path, file_okay=False, exists=True))
@home_argument
@click.option("--digest", default="", help="Digest that 'admin backup' printed, kept apart from it.")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path, dir_okay=False, exists=True), multiple=True,
    help="Checkpoint of the log that somebody has kept; the backup must not be older.",
)  # fmt: skip
@click.option("--without-witnesses", is_flag=True, help="Do not ask the witnesses what they have seen.")
@click.option("--replace", is_flag=True, help="Replace a register that is there.")
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@language_option
def restore(
    backup: Path, home: Path, digest: str, checkpoint: tuple[Path, ...], without_witnesses: bool, replace: bool, dry_run: bool,
    language: Language,
) -> None:  # fmt: skip
    """Restore BACKUP into HOME, and into the database of DATABASE_URL if it is set.

    Every digest is compared first. When somebody has seen more of the log than the backup holds, or another log, nothing is restored:
    the register would tell a second history.
    """
    from cradlemark.registry.home import Home, connect
    from cradlemark.registry.operation.manifest import read_manifest

    manifest = read_manifest(backup)
    connect(Home(home, manifest.origin))
    from cradlemark.registry.operation.forks import seen_in
    from cradlemark.registry.operation.restore import check_backup, in_the_way
    from cradlemark.registry.operation.restore import restore as put_back

    seen = [seen_in(path.read_bytes(), Text(path.name, path.name)) for path in checkpoint]
    check_backup(backup, home, digest=digest, checkpoints=seen, replace=replace or dry_run)
    asked = 0 if without_witnesses else _ask(backup)
    _say_sound(manifest, asked, language)
    if dry_run:
        what = in_the_way(home)
        click.echo((_WORDS["would"].format(what=what) if what else _WORDS["nothing"])[language])
        click.echo(_WORDS["dry"][language])
        return
    done = put_back(backup, home, manifest, time=now())
    click.echo(_WORDS["restored"].format(folder=home)[language])
    if done.kept is not None:
        click.echo(_WORDS["kept"].format(folder=done.kept)[language])
    if not any((home / "keys").iterdir()):
        click.echo(_WORDS["keys_left"].format(folder=home / "keys")[language])


def _ask(backup: Path) -> int:
    """Ask the witnesses; returns how many there are."""
    from cradlemark.registry.log.publish import LOG
    from cradlemark.registry.operation.backup import PUBLIC, TABLES
    from cradlemark.registry.operation.forks import ask_witnesses
    from cradlemark.registry.witnesses.ask import post
    from cradlemark.trust.audit import CHECKPOINT

    note = backup / PUBLIC / LOG / CHECKPOINT
    return len(ask_witnesses(backup / TABLES, note.read_bytes(), post=post)) if note.is_file() else 0


def _say_sound(manifest: Manifest, asked: int, language: Language) -> None:
    told = _WORDS["sound"].format(made=manifest.made, entries=manifest.entries, labels=manifest.labels)
    click.echo(told[language])
    click.echo(_WORDS["unseen"].format(asked=_WORDS["asked"].format(count=asked))[language])
