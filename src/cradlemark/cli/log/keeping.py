"""``log init``, ``append``, ``publish``, ``rotate``: what the programme itself does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cradlemark.cli.log.options import home_argument, now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.registry.home import Home
    from cradlemark.registry.keys.store import Purpose
    from cradlemark.registry.log.publish import Ask
    from cradlemark.trust.signers import Signer

_WORDS = {
    "made": Text("programme home {folder}, log {origin}", "计划目录 {folder}，日志 {origin}"),
    "key": Text("key {name}: {purpose}, {algorithm}", "密钥 {name}：{purpose}，{algorithm}"),
    "give": Text("Give others the trust file: {path}", "将信任文件提供给他人：{path}"),
    "appended": Text("entry {index}: {kind} {subject}", "条目 {index}：{kind} {subject}"),
    "published": Text("log of {size} entries published, {count} files of labels and keys written anew",
                      "已发布 {size} 个条目的日志，重写 {count} 项标签与密钥文件"),
    "signing": Text("live labels signed anew: {count}", "重新签发 {count} 个有效标签"),
    "rotated": Text("key {name} replaces {old}", "密钥 {name} 取代 {old}"),
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
    """Make a programme home in the folder HOME: database, keys and an empty log."""
    from cradlemark.registry.home import create_home

    passphrase = passphrase_of(passphrase_file, confirm=True)
    made = create_home(home, programme=_programme_bytes(programme), origin=origin)
    from cradlemark.registry.keys.store import make_keys

    click.echo(_WORDS["made"].format(folder=home, origin=origin)[language])
    for key in make_keys(made, passphrase=passphrase, time=now()):
        click.echo(_WORDS["key"].format(name=key.id, purpose=key.purpose, algorithm=key.algorithm)[language])
    publish_all(made, passphrase, None)
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
    click.echo(_WORDS["appended"].format(index=entry.index, kind=kind, subject=document.name)[language])


@click.command()
@home_argument
@passphrase_option
@click.option(
    "--witness", "witnesses", multiple=True, help="Address of a witness to ask; can be given again."
)
@click.option("--quorum", default=0, show_default=True, help="Witnesses that have to sign.")
@language_option
def publish(
    home: Path, passphrase_file: Path | None, witnesses: tuple[str, ...], quorum: int, language: Language
) -> None:
    """Publish all stored entries: tiles, then a signed checkpoint, then the files of labels."""
    from cradlemark.cli.log.asking import asker
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    ask = asker(witnesses, quorum=quorum) if witnesses or quorum else None
    size, count = publish_all(opened, passphrase_of(passphrase_file), ask)
    click.echo(_WORDS["published"].format(size=size, count=count)[language])


@click.command()
@home_argument
@click.option("--purpose", type=click.Choice(["credential", "document"]), required=True, help="Which key.")
@click.option(
    "--compromised", is_flag=True, help="Somebody else may have the old key: sign every live label anew."
)
@click.option(
    "--signer",
    default="",
    help="Where the new key is, when not in a file: pkcs11:token=T;object=NAME?module-path=LIBRARY, or command:PROGRAM.",
)
@click.option(
    "--public-key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Public key of a program that signs, as PEM.",
)
@passphrase_option
@language_option
def rotate(
    home: Path, purpose: str, compromised: bool, signer: str, public_key: Path | None, passphrase_file: Path | None,
    language: Language,
) -> None:  # fmt: skip
    """Replace a key; the entry in the log is signed by the old and the new one."""
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.keys.opening import outside_key
    from cradlemark.registry.keys.store import ALGORITHMS, replace_key
    from cradlemark.registry.labels.resign import waiting_to_sign

    passphrase, use = passphrase_of(passphrase_file), cast("Purpose", purpose)
    old = Key.objects.filter(purpose=purpose, until=None).first()
    if old is None:
        raise NotFoundError(
            f"there is no key for {purpose}", code="key-missing", hint="make one with: cradlemark log init"
        )
    content = public_key.read_bytes() if public_key else b""
    outside = (
        outside_key(signer, ALGORITHMS[use], passphrase=passphrase, public_key=content) if signer else None
    )
    made = replace_key(
        opened, use, passphrase=passphrase, time=now(), compromised=compromised, outside=outside
    )
    click.echo(_WORDS["rotated"].format(name=made.id, old=old.id)[language])
    if compromised and purpose == "credential":
        click.echo(_WORDS["signing"].format(count=waiting_to_sign())[language])
    publish_all(opened, passphrase, None)


def publish_all(home: Home, passphrase: str, ask: Ask | None) -> tuple[int, int]:
    """Expire what is due, publish log and waiting files; returns the size of the log and how many subjects were written."""
    from cradlemark.registry.keys.store import signer_of
    from cradlemark.registry.labels.change import expire_due
    from cradlemark.registry.labels.issue import finish
    from cradlemark.registry.labels.resign import sign_again
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.log.publish import LOG
    from cradlemark.registry.log.publish import publish as publish_log
    from cradlemark.registry.publication.label_files import publish_waiting

    signer: Signer = signer_of(home, "log", passphrase=passphrase)
    time = now()
    credentials = credential_signer(home, passphrase=passphrase, time=time)
    with home.alone():
        finish(credentials.label)
        expire_due(today=time.date(), steps=home.programme.label_steps, time=time)
        sign_again(credentials.label)
        state = publish_log(home.public / LOG, home.origin, signer, ask=ask)
        return state.edge.size, publish_waiting(home, state, credentials)


def _programme_bytes(name: str) -> bytes:
    from importlib.resources import files

    from cradlemark.label.programme_reader import load_programme

    if name.endswith(".toml"):
        return Path(name).read_bytes()
    load_programme(name)
    return files("cradlemark.label").joinpath("programmes", f"{name}.toml").read_bytes()
