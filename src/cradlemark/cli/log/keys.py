"""``log rotate``, ``replace-key``, ``retire``: keys of the programme that take over from others."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from cradlemark.cli.log.options import home_argument, now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import InputError
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.registry.home import Home
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.keys.opening import Outside
    from cradlemark.registry.keys.store import Purpose

_Command = TypeVar("_Command", bound=Callable[..., Any])
_PURPOSES = ("log", "credential", "document")
_WORDS = {
    "signing": Text("live labels signed anew: {count}", "重新签发 {count} 个有效标签"),
    "rotated": Text("key {name} replaces {old}", "密钥 {name} 取代 {old}"),
    "emergency": Text("EMERGENCY: {old} has not signed this. Everybody sees it in the log; give them the new trust file: {path}",
                      "紧急更换：{old} 未签名。日志中人人可见；请将新的信任文件提供给他人：{path}"),
    "hand_over": Text("from {size} entries on, {name} signs the log. Give this key to its witnesses: {vkey}",
                      "自 {size} 个条目起由 {name} 签署日志。请将此密钥提供给见证方：{vkey}"),
    "beside": Text("{old} signs beside it until {until}", "{old} 同时签名至 {until}"),
    "distrusted": Text("nothing that {name} has signed is believed any more", "不再采信 {name} 的任何签名"),
    "retired": Text("key {name} signs nothing more", "密钥 {name} 不再签名"),
}  # fmt: skip


def _new_key_options(command: _Command) -> _Command:
    """Which key, and where the new one is."""
    for option in (
        click.option(
            "--public-key",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help="Public key of a program that signs, as PEM.",
        ),
        click.option(
            "--signer",
            default="",
            help="Where the new key is, when not in a file: pkcs11:token=T;object=NAME?module-path=LIBRARY, or command:PROGRAM.",
        ),
        click.option("--purpose", type=click.Choice(_PURPOSES), required=True, help="Which key."),
    ):
        command = option(command)
    return command


@click.command()
@home_argument
@_new_key_options
@click.option(
    "--compromised",
    is_flag=True,
    help="Somebody else may have the old key: sign or prove anew what it vouched for.",
)
@click.option(
    "--overlap",
    default=0,
    type=click.IntRange(0, 400),
    help="Days in which the old key of the log signs beside the new one.",
)
@passphrase_option
@language_option
def rotate(
    home: Path, purpose: str, compromised: bool, overlap: int, signer: str, public_key: Path | None,
    passphrase_file: Path | None, language: Language,
) -> None:  # fmt: skip
    """Replace a key; the entry in the log is signed by the old and the new one.

    The key of the log takes over at that entry: the log that ends there is signed by both.
    """
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.registry.keys.replace import replace_key
    from cradlemark.registry.keys.store import key_in_use

    passphrase, use = passphrase_of(passphrase_file), cast("Purpose", purpose)
    old = key_in_use(use)
    made = replace_key(
        opened, use, passphrase=passphrase, time=now(), compromised=compromised,
        overlap=datetime.timedelta(days=overlap), outside=_outside(signer, public_key, use, passphrase),
    )  # fmt: skip
    _finish(opened, old, made, passphrase, language)


@click.command(name="replace-key")
@home_argument
@_new_key_options
@click.option(
    "--lost", is_flag=True, help="The old key is gone and cannot sign: needed, so that it is meant."
)
@click.option("--compromised", is_flag=True, help="Somebody else may have it besides.")
@click.option("--reason", required=True, help="One sentence for the public.")
@passphrase_option
@language_option
def replace_key(
    home: Path, purpose: str, lost: bool, compromised: bool, reason: str, signer: str, public_key: Path | None,
    passphrase_file: Path | None, language: Language,
) -> None:  # fmt: skip
    """Replace a key that is lost, without its signature: an emergency that stays visible for ever."""
    from cradlemark.registry.home import open_home

    if not lost:
        raise InputError(
            Text("a key that is there signs its own replacement", '仍然存在的密钥应自行签署其更换'), code="key-not-lost",
            hint=Text("use: cradlemark log rotate; if it is gone for good, add --lost", '使用：cradlemark log rotate；若密钥确已丢失，请加 --lost'),
        )  # fmt: skip
    opened = open_home(home)
    from cradlemark.registry.keys.replace import replace_lost_key
    from cradlemark.registry.keys.store import key_in_use

    passphrase, use = passphrase_of(passphrase_file), cast("Purpose", purpose)
    old = key_in_use(use)
    made = replace_lost_key(
        opened, use, passphrase=passphrase, time=now(), reason=reason, compromised=compromised,
        outside=_outside(signer, public_key, use, passphrase),
    )  # fmt: skip
    told = _WORDS["emergency"].format(old=old.pk, path=opened.public / "trust.json")
    click.echo(told[language])
    _finish(opened, old, made, passphrase, language)


@click.command()
@home_argument
@language_option
def retire(home: Path, language: Language) -> None:
    """Let former keys of the log sign nothing more, before their time beside the new one is over or when they are gone."""
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.registry.keys.replace import retire_log_keys

    for key in retire_log_keys(opened):
        click.echo(_WORDS["retired"].format(name=key.pk)[language])


@click.command()
@home_argument
@click.argument("key")
@click.option("--reason", required=True, help="One sentence for the public.")
@passphrase_option
@language_option
def distrust(home: Path, key: str, reason: str, passphrase_file: Path | None, language: Language) -> None:
    """Stop believing KEY, which was replaced before: somebody else may have it; sign or prove anew what it vouched for."""
    from cradlemark.registry.home import open_home

    opened, passphrase = open_home(home), passphrase_of(passphrase_file)
    from cradlemark.registry.keys.distrust import distrust_key
    from cradlemark.registry.labels.resign import waiting_to_sign
    from cradlemark.registry.publication.publish import publish_all

    row = distrust_key(opened, key, passphrase=passphrase, time=now(), reason=reason)
    click.echo(_WORDS["distrusted"].format(name=row.pk)[language])
    if row.purpose == "credential":
        click.echo(_WORDS["signing"].format(count=waiting_to_sign())[language])
    publish_all(opened, passphrase=passphrase, time=now())


def _outside(signer: str, public_key: Path | None, purpose: Purpose, passphrase: str) -> Outside | None:
    from cradlemark.registry.keys.opening import outside_key
    from cradlemark.registry.keys.store import ALGORITHMS

    content = public_key.read_bytes() if public_key else b""
    return (
        outside_key(signer, ALGORITHMS[purpose], passphrase=passphrase, public_key=content)
        if signer
        else None
    )


def _finish(home: Home, old: Key, made: Key, passphrase: str, language: Language) -> None:
    """Say what has changed, and publish it."""
    from cradlemark.registry.labels.resign import waiting_to_sign
    from cradlemark.registry.publication.publish import publish_all
    from cradlemark.trust.notes import NOTE_KEY, VerifierKey

    click.echo(_WORDS["rotated"].format(name=made.pk, old=old.pk)[language])
    old.refresh_from_db()
    if made.purpose == "log":
        vkey = VerifierKey(home.origin, NOTE_KEY, bytes(made.public_key))
        told = _WORDS["hand_over"].format(size=made.first_size, name=made.pk, vkey=vkey)
        click.echo(told[language])
    if old.signs_until is not None:
        click.echo(
            _WORDS["beside"].format(old=old.pk, until=f"{old.signs_until:%Y-%m-%d %H:%M UTC}")[language]
        )
    if old.compromised and made.purpose == "credential":
        click.echo(_WORDS["signing"].format(count=waiting_to_sign())[language])
    publish_all(home, passphrase=passphrase, time=now())
