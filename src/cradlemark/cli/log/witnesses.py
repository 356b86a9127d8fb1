"""``log witnesses``: who has to sign the programme's own log before it is published."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cradlemark.cli.log.options import home_argument, now
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

_WORDS = {
    "changed": Text("entry {index}: {quorum} of {count} witnesses have to sign",
                    "条目 {index}：{count} 个见证方中须有 {quorum} 个签名"),
    "quorum": Text("{quorum} of {count} witnesses have to sign", "{count} 个见证方中须有 {quorum} 个签名"),
    "log": Text("key of the log for them: {key}", "提供给见证方的日志密钥：{key}"),
}  # fmt: skip
_quorum = click.option("--quorum", type=click.IntRange(0), help="How many have to sign from now on.")


@click.group()
def witnesses() -> None:
    """Witnesses of the programme's own log; without enough of them no checkpoint is published."""


@witnesses.command()
@home_argument
@click.argument("name")
@click.argument("vkey")
@click.option("--address", required=True, help="Where it is asked, for example https://witness.example.org.")
@_quorum
@language_option
def add(home: Path, name: str, vkey: str, address: str, quorum: int | None, language: Language) -> None:
    """Add the witness NAME with its verifier key VKEY; the change is an entry of the log."""
    from cradlemark.registry.home import open_home

    open_home(home)
    from cradlemark.registry.witnesses.configure import add_witness

    _say(add_witness(name, vkey, address, quorum=quorum, time=now()).index, language)


@witnesses.command()
@home_argument
@click.argument("name")
@_quorum
@language_option
def remove(home: Path, name: str, quorum: int | None, language: Language) -> None:
    """Remove the witness NAME; the change is an entry of the log."""
    from cradlemark.registry.home import open_home

    open_home(home)
    from cradlemark.registry.witnesses.configure import remove_witness

    _say(remove_witness(name, quorum=quorum, time=now()).index, language)


@witnesses.command()
@home_argument
@click.argument("needed", type=click.IntRange(0))
@language_option
def quorum(home: Path, needed: int, language: Language) -> None:
    """Set how many witnesses have to sign; the change is an entry of the log."""
    from cradlemark.registry.home import open_home

    open_home(home)
    from cradlemark.registry.witnesses.configure import set_quorum

    _say(set_quorum(needed, time=now()).index, language)


@witnesses.command(name="list")
@home_argument
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@language_option
def list_(home: Path, as_json: bool, language: Language) -> None:
    """Show the witnesses, how many have to sign, and the keys of the log that they need."""
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.registry.keys.log_keys import keys_for_witnesses
    from cradlemark.registry.witnesses.configure import witnesses as known

    now_, keys = known(), keys_for_witnesses(opened, time=now())
    if as_json:
        rows = [{"name": one.name, "vkey": str(one.key), "address": one.address} for one in now_.members]
        document = {"quorum": now_.quorum, "witnesses": rows, "log": [str(key) for key in keys]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    click.echo(_WORDS["quorum"].format(quorum=now_.quorum, count=len(now_.members))[language])
    for one in now_.members:
        click.echo(f"{one.name}: {one.key} {one.address}")
    for key in keys:
        click.echo(_WORDS["log"].format(key=key)[language])


def _say(index: int, language: Language) -> None:
    from cradlemark.registry.witnesses.configure import witnesses as known

    now_ = known()
    told = _WORDS["changed"].format(index=index, quorum=now_.quorum, count=len(now_.members))
    click.echo(told[language])
