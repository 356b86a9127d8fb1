"""``cradlemark programme``: list, show and check label programmes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.label.programme import Figure, ProgrammeProfile

_WORDS = {
    "demonstration": Text("demonstration", "演示"),
    "template": Text("template", "模板"),
    "claims": Text("Claims", "声明类型"),
    "months": Text("valid {months:g} months", "有效期 {months:g} 个月"),
    "dormant": Text("not running", "未实施"),
    "change": Text("Verified again when a value rises by more than {share:g} %", "数值上升超过 {share:g} % 时重新核查"),
    "reduction": Text("Reduction", "减排规则"),
    "excluded": Text("does not count: {causes}", "不计入：{causes}"),
    "grade": Text("Grade", "等级"),
    "timers": Text("Timers", "时限"),
    "fees": Text("Fees", "费用"),
    "unknown": Text("not known", "未知"),
    "steps": Text("Steps", "步骤"),
    "sound": Text("{name}: complete and consistent, {count} examples answered", "{name}：完整一致，{count} 个示例通过"),
    "unverified": Text("{count} figures are not verified: {places}", "{count} 个数值未核实：{places}"),
}  # fmt: skip
STATUS_NAMES = {
    "seen": Text("seen", "已查见"),
    "unverified": Text("unverified", "未核实"),
    "design": Text("own choice", "自定"),
}


@click.group()
def programme() -> None:
    """Label programmes: validity, thresholds, roles, states, artwork and fees as data."""


@programme.command("list")
@language_option
def list_programmes(language: Language) -> None:
    """List the packaged programmes."""
    from cradlemark.label.programme_reader import load_programme, programme_ids

    for name in programme_ids():
        found = load_programme(name)
        kind = _WORDS["demonstration" if found.demonstration else "template"][language]
        click.echo(f"{found.id:20} {found.mark:5} {found.version:8} {kind:14} {found.name[language]}")


@programme.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@language_option
def show(name: str, as_json: bool, language: Language) -> None:
    """Show what programme NAME asks for; NAME is an id or a TOML file."""
    found = _open(name)
    if as_json:
        figures = {
            place: {"value": f.value, "unit": f.unit, "status": f.status, "source": f.source}
            for place, f in found.figures()
        }
        click.echo(
            json.dumps(
                {"id": found.id, "digest": found.digest, "figures": figures}, ensure_ascii=False, indent=2
            )
        )
        return
    click.echo(f"{found.id} {found.version}  {found.digest}")
    click.echo(found.name[language])
    click.echo(found.notice[language])
    _show_claims(found, language)
    _show_rules(found, language)
    _show_tables(found, language)


@programme.command("lint")
@click.argument("names", nargs=-1)
@language_option
def lint(names: tuple[str, ...], language: Language) -> None:
    """Prove programmes complete and consistent and let them answer their own examples.

    NAMES are ids or TOML files; all packaged programmes when left out. The exit code is 2 when something is wrong.
    """
    from cradlemark.label.programme_lint import lint as lint_programme
    from cradlemark.label.programme_reader import programme_ids

    problems: list[Problem] = []
    for name in names or programme_ids():
        found = _open(name)
        wrong = lint_programme(found)
        problems.extend(wrong)
        if not wrong:
            click.echo(_WORDS["sound"].format(name=found.id, count=len(found.examples))[language])
        if found.unverified:
            places = ", ".join(found.unverified)
            click.echo(
                "  " + _WORDS["unverified"].format(count=len(found.unverified), places=places)[language]
            )
    raise_if_any(problems)


def _open(name: str) -> ProgrammeProfile:
    from cradlemark.label.programme_reader import load_programme, load_programme_file

    return load_programme_file(Path(name)) if name.endswith(".toml") else load_programme(name)


def _figure(figure: Figure, language: Language) -> str:
    return f"{figure.value:g} {figure.unit}  ({STATUS_NAMES[figure.status][language]}: {figure.source})"


def _show_claims(found: ProgrammeProfile, language: Language) -> None:
    click.echo(f"\n{_WORDS['claims'][language]}")
    for kind, claim in found.claims.items():
        dormant = "" if claim.running else f"  {_WORDS['dormant'][language]}"
        valid = _WORDS["months"].format(months=claim.validity.value)[language]
        status = STATUS_NAMES[claim.validity.status][language]
        click.echo(f"  {kind:16} {claim.title[language]}: {valid} ({status}), {claim.assurance}{dormant}")
    click.echo(_WORDS["change"].format(share=found.change.value * 100.0)[language])


def _show_rules(found: ProgrammeProfile, language: Language) -> None:
    if found.reduction is not None:
        click.echo(f"\n{_WORDS['reduction'][language]}: {found.reduction.title[language]}")
        for way in found.reduction.alternatives:
            threshold = f"  threshold = {_figure(way.threshold, language)}" if way.threshold else ""
            click.echo(f"  {way.title[language]}: {way.condition}{threshold}")
        if found.reduction.excluded:
            causes = ", ".join(found.reduction.excluded)
            click.echo("  " + _WORDS["excluded"].format(causes=causes)[language])
    if found.grade is not None:
        steps = ", ".join(f"{step.grade} ≤ {step.up_to:g} %" for step in found.grade.steps)
        click.echo(f"\n{_WORDS['grade'][language]}: {found.grade.title[language]}: {steps}")


def _show_tables(found: ProgrammeProfile, language: Language) -> None:
    from cradlemark.label.workflow import workflow

    click.echo(f"\n{_WORDS['timers'][language]}")
    for name, figure in found.timers.items():
        click.echo(f"  {workflow().timers[name].title[language]}: {_figure(figure, language)}")
    click.echo(f"\n{_WORDS['fees'][language]}")
    for fee in found.fees:
        shown = _figure(fee.figure, language) if fee.figure else _WORDS["unknown"][language]
        click.echo(f"  {fee.title[language]}: {shown}")
    click.echo(f"\n{_WORDS['steps'][language]}: {', '.join((*found.case_steps, *found.label_steps))}")
