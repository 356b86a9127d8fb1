"""``cradlemark rules``: list and show rule packs, print a verifier's checklist."""

from __future__ import annotations

import click

from cradlemark.cli.opening import language_option, open_pack
from cradlemark.core.language import Language


@click.group()
def rules() -> None:
    """Rule packs: what a study is checked against."""


@rules.command("list")
@language_option
def list_packs(language: Language) -> None:
    """List the packaged rule packs."""
    from cradlemark.rules.pack import load_pack, pack_ids

    for pack_id in pack_ids():
        pack = load_pack(pack_id)
        click.echo(f"{pack.id:22} {pack.version:8} {pack.status:11} {pack.title[language]}")


@rules.command("show")
@click.argument("pack")
@language_option
def show(pack: str, language: Language) -> None:
    """Show methods, limits, required fields and checks of PACK, an id or a TOML file."""
    from cradlemark.rules.definitions import STATUS_NAMES

    found = open_pack(pack)
    click.echo(f"{found.id} {found.version}: {found.title[language]}")
    click.echo(f"{found.standard}; {STATUS_NAMES[found.status][language]}; {found.digest}")
    if found.extends:
        click.echo(f"extends {found.extends}")
    if found.superseded_by:
        click.echo(f"superseded by {found.superseded_by}")
    click.echo(found.status_note[language])
    click.echo()
    for method in found.methods:
        value = ", ".join(method.value) if isinstance(method.value, tuple) else str(method.value).lower()
        shown = value if isinstance(method.value, bool | tuple) else method.value
        click.echo(f"  {method.name:22} {shown}  ({method.status})")
    click.echo()
    for limit in found.limits:
        click.echo(
            f"  {limit.name:24} {limit.value:g} {limit.unit}  {limit.title[language]} ({limit.status})"
        )
    click.echo()
    for field in found.required:
        click.echo(f"  {field.path:24} {field.severity:8} {field.title[language]}")
    click.echo()
    for check in found.checks:
        click.echo(
            f"  {check.id:24} {check.severity:8} {check.title[language]} [{found.clause(check.clause).label}]"
        )


@rules.command("checklist")
@click.argument("pack")
@language_option
def checklist(pack: str, language: Language) -> None:
    """Print the verifier's checklist of PACK, an id or a TOML file, as Markdown."""
    from cradlemark.rules.checklist import checklist as make_checklist

    click.echo(make_checklist(open_pack(pack), language), nl=False)
