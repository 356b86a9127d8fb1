"""``log init``, ``append``, ``publish``: what the programme itself does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cradlemark.cli.log.options import home_argument, now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.registry.home import Home
    from cradlemark.registry.publication.publish import Outcome

_WORDS = {
    "drawn": Text("{count} labels drawn with their certificates", "已绘制 {count} 个标签及其证书"),
    "made": Text("programme home {folder}, log {origin}", "计划目录 {folder}，日志 {origin}"),
    "key": Text("key {name}: {purpose}, {algorithm}", "密钥 {name}：{purpose}，{algorithm}"),
    "give": Text("Give others the trust file: {path}", "将信任文件提供给他人：{path}"),
    "appended": Text("entry {index}: {kind} {subject}", "条目 {index}：{kind} {subject}"),
    "published": Text("log of {size} entries published, {count} files of labels and keys written anew",
                      "已发布 {size} 个条目的日志，重写 {count} 项标签与密钥文件"),
}  # fmt: skip


@click.command()
@home_argument
@click.option(
    "--programme", default="demonstration", show_default=True, help="Id or TOML file of the programme."
)
@click.option(
    "--origin", required=True, help="Host and path of the programme, for example example.org/labels."
)
@passphrase_option
@language_option
def init(home: Path, programme: str, origin: str, passphrase_file: Path | None, language: Language) -> None:
    """Make a programme home in the folder HOME: database, keys, and a log that begins with both and the rules."""
    from cradlemark.registry.home import create_home

    passphrase = passphrase_of(passphrase_file, confirm=True)
    made = create_home(home, programme=_programme_bytes(programme), origin=origin)
    from cradlemark.registry.keys.store import make_keys
    from cradlemark.registry.publication.publish import publish_all
    from cradlemark.registry.publication.rules_entries import log_rules

    click.echo(_WORDS["made"].format(folder=home, origin=origin)[language])
    for key in make_keys(made, passphrase=passphrase, time=now()):
        click.echo(_WORDS["key"].format(name=key.id, purpose=key.purpose, algorithm=key.algorithm)[language])
    for entry in log_rules(made, time=now()):
        _say_entry(entry.index, entry.kind, entry.subject, language)
    publish_all(made, passphrase=passphrase, time=now())
    click.echo(_WORDS["give"].format(path=made.public / "trust.json")[language])


@click.command()
@home_argument
@click.option("--kind", type=click.Choice(["programme", "rules"]), required=True, help="What is published.")
@click.argument("document", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@language_option
def append(home: Path, kind: str, document: Path, language: Language) -> None:
    """Log that DOCUMENT, a programme or a rule pack, is published: its name and digest."""
    from cradlemark.core.canonical import digest_bytes
    from cradlemark.registry.home import open_home

    open_home(home)
    from cradlemark.registry.log.append import Kind, Record, append_alone

    record = Record(cast("Kind", kind), document.name, {"digest": digest_bytes(document.read_bytes())})
    entry = append_alone(record, time=now())
    _say_entry(entry.index, kind, document.name, language)


@click.command()
@home_argument
@passphrase_option
@click.option(
    "--artworks/--no-artworks",
    default=True,
    help="Draw what waits, after everything else; else it goes on waiting.",
)
@language_option
def publish(home: Path, passphrase_file: Path | None, artworks: bool, language: Language) -> None:
    """Publish all stored entries: tiles, then a checkpoint signed by the log and its witnesses, then the files of labels.

    Pictures and certificates are drawn last, a few at a time; between two batches others may publish.
    """
    opened, passphrase = _opened(home), passphrase_of(passphrase_file)
    _published(opened, passphrase, language)
    if artworks:
        _draw(opened, passphrase, language)


def _opened(home: Path) -> Home:
    from cradlemark.registry.home import open_home

    return open_home(home)


def _published(home: Home, passphrase: str, language: Language) -> Outcome:
    from cradlemark.registry.publication.publish import publish_all

    outcome = publish_all(home, passphrase=passphrase, time=now())
    click.echo(_WORDS["published"].format(size=outcome.size, count=outcome.written)[language])
    for problem in outcome.problems:
        click.echo(str(problem), err=True)
    return outcome


def _draw(home: Home, passphrase: str, language: Language) -> None:
    """Draw all that waits; ends also when the rest has to wait for the log."""
    from cradlemark.registry.publication.draw import waiting_to_draw
    from cradlemark.registry.publication.publish import BATCH, publish_all

    waiting, count = waiting_to_draw(), 0
    while waiting:
        outcome = publish_all(home, passphrase=passphrase, time=now(), artworks=BATCH)
        for problem in outcome.problems:
            click.echo(str(problem), err=True)
        before, waiting, count = waiting, waiting_to_draw(), count + outcome.drawn
        if waiting >= before:
            break
    if count:
        click.echo(_WORDS["drawn"].format(count=count)[language])


def _say_entry(index: int, kind: str, subject: str, language: Language) -> None:
    click.echo(_WORDS["appended"].format(index=index, kind=kind, subject=subject)[language])


def _programme_bytes(name: str) -> bytes:
    from importlib.resources import files

    from cradlemark.label.programme_reader import load_programme

    if name.endswith(".toml"):
        return Path(name).read_bytes()
    load_programme(name)
    return files("cradlemark.label").joinpath("programmes", f"{name}.toml").read_bytes()
