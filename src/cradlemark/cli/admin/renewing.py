"""``admin reissue-keys``, ``create-operator`` and ``support``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cradlemark.cli.log.options import home_argument, now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.registry.keys.store import Purpose

PURPOSES = ("credential", "log", "document")
PROGRAMME_ROLES = ("officer", "technical_reviewer", "decision_maker", "oversight")
_WORDS = {
    "would": Text("key {name} would be replaced", "密钥 {name} 将被更换"),
    "would_sign": Text("{count} credentials would be signed anew", "{count} 份凭证将重新签名"),
    "dry": Text("Nothing was changed.", "未作任何更改。"),
    "replaced": Text("key {new} replaces {old}", "密钥 {new} 取代 {old}"),
    "signed": Text("{count} credentials were signed anew, everything is published", "{count} 份凭证已重新签名并全部发布"),
    "give": Text("Give others the new trust file: {path}", "将新的信任文件提供给他人：{path}"),
    "supports": Text("{email} sees the support pages: {address}", "{email} 可查看支持页面：{address}"),
    "supports_not": Text("{email} does not see the support pages", "{email} 不可查看支持页面"),
    "invited": Text("invitation as {role}, until {until}; the link holds once:", "{role} 的邀请，有效期至 {until}；链接仅可使用一次："),
}  # fmt: skip


@click.command(name="reissue-keys")
@home_argument
@click.option(
    "--purpose", type=click.Choice(PURPOSES), multiple=True, default=PURPOSES,
    help="Only the key of this purpose; all of them when left out.",
)  # fmt: skip
@click.option("--sound", is_flag=True, help="Nobody else has the old keys: what they signed stays as it is.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and change nothing.")
@passphrase_option
@language_option
def reissue_keys(
    home: Path,
    purpose: tuple[str, ...],
    sound: bool,
    dry_run: bool,
    passphrase_file: Path | None,
    language: Language,
) -> None:
    """Replace the keys of the programme in HOME as if they were stolen, sign all live labels anew and publish.

    Replaced keys stay in the log and in the trust file, marked as not to be believed. An emergency, and a drill for one.
    """
    from cradlemark.registry.home import open_home

    opened, purposes = open_home(home), cast("tuple[Purpose, ...]", purpose)
    from cradlemark.registry.operation.reissue import keys_to_replace, live_labels, reissue

    if dry_run:
        for key in keys_to_replace(purposes):
            click.echo(_WORDS["would"].format(name=key.pk)[language])
        count = live_labels() if "credential" in purposes and not sound else 0
        click.echo(_WORDS["would_sign"].format(count=count)[language])
        click.echo(_WORDS["dry"][language])
        return
    done = reissue(
        opened, purposes, compromised=not sound, passphrase=passphrase_of(passphrase_file), time=now()
    )
    for old, new in done.keys:
        click.echo(_WORDS["replaced"].format(new=new, old=old)[language])
    click.echo(_WORDS["signed"].format(count=done.credentials)[language])
    click.echo(_WORDS["give"].format(path=opened.public / "trust.json")[language])


@click.command(name="create-operator")
@home_argument
@click.option(
    "--role",
    type=click.Choice(PROGRAMME_ROLES),
    default="officer",
    show_default=True,
    help="Role in the programme.",
)
@click.option("--email", default="", help="Whom the link is for; whoever has it when left out.")
@click.option("--name", default="", help="Name of the programme office, when it is made now; in English.")
@click.option("--name-zh", default="", help="The same in Chinese.")
@click.option("--place", default="CN", show_default=True, help="Code of its country.")
@click.option(
    "--days", type=click.IntRange(1, 30), default=2, show_default=True, help="How long the link holds."
)
@language_option
def create_operator(
    home: Path, role: str, email: str, name: str, name_zh: str, place: str, days: int, language: Language
) -> None:
    """Invite the first officer of the programme in HOME, by a link that holds once.

    No account with a known password is made: the person signs up by the link and sets up a second factor.
    """
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.label.credential import base_of
    from cradlemark.label.workflow import workflow
    from cradlemark.registry.operation.operators import invite_operator

    made, secret = invite_operator(
        opened, role=role, email=email, name=Text(name, name_zh), place=place, days=days, time=now()
    )
    title = workflow().roles[role]
    click.echo(_WORDS["invited"].format(role=title, until=f"{made.expires:%Y-%m-%d %H:%M UTC}")[language])
    click.echo(f"{base_of(opened.origin)}/invitation/{secret}/")


@click.command()
@home_argument
@click.argument("email")
@click.option("--end", is_flag=True, help="The person sees them no longer.")
@language_option
def support(home: Path, email: str, end: bool, language: Language) -> None:
    """Let a person of the programme in HOME see the support pages.

    EMAIL is the address by which the person signs in. Nearly everything is read-only there; each change has its event.
    """
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.label.credential import base_of
    from cradlemark.registry.operation.operators import mark_for_support

    user = mark_for_support(email, marked=not end, time=now())
    told = _WORDS["supports_not" if end else "supports"]
    click.echo(told.format(email=user.email, address=f"{base_of(opened.origin)}/support/")[language])
