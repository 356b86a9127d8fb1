"""``label lint``: hold a claim against the documents that make demands on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text, visible

if TYPE_CHECKING:
    from cradlemark.label.programme import ProgrammeProfile

_WORDS = {
    "error": Text("error", "错误"),
    "warning": Text("warning", "警告"),
    "note": Text("note", "提示"),
    "sound": Text("{number}: {count} demands are met", "{number}：满足 {count} 项要求"),
    "found": Text("{number}: {errors} errors, {warnings} warnings", "{number}：{errors} 个错误，{warnings} 个警告"),
    "without": Text("programme {id} is not known here: its own demands were left out; name it with --programme",
                    "本地没有计划 {id}：未检查其自身要求；请用 --programme 指定"),
}  # fmt: skip


@click.command()
@click.argument("claim", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--programme", default="", help="Id or TOML file; by default the packaged one that the claim names."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@language_option
def lint(claim: Path, programme: str, as_json: bool, language: Language) -> None:
    """Hold CLAIM against ISO 14067, ISO 14026, GB/T 24067, PACT, its programme and Cradlemark's own demands.

    The exit code is 2 when a demand is not met that is no mere warning.
    """
    import attrs

    from cradlemark.cli.label.opening import read_document
    from cradlemark.label.claim import LARGEST, read_claim
    from cradlemark.label.lints import LINTS, PROGRAMME_LINTS, lint_claim

    read = read_claim(read_document(claim, LARGEST), where=claim.name)
    profile = _profile(programme, read.programme.id)
    findings = lint_claim(read, profile)
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        click.echo(json.dumps([attrs.asdict(item) for item in findings], ensure_ascii=False, indent=1))
    else:
        if profile is None:
            click.echo(_WORDS["without"].format(id=visible(read.programme.id))[language])
        for finding in findings:
            word = _WORDS[finding.severity][language]
            click.echo(
                f"{word} {finding.where}: {visible(finding.message[language])} [{finding.rule}; {finding.clause}]"
            )
        count = len(LINTS) + (len(PROGRAMME_LINTS) if profile else 0)
        words = _WORDS["found" if findings else "sound"].format(
            number=read.number, count=count, errors=errors, warnings=len(findings) - errors
        )
        click.echo(words[language])
    if errors:
        raise click.exceptions.Exit(2)


def _profile(name: str, stated: str) -> ProgrammeProfile | None:
    from cradlemark.label.programme_reader import load_programme, load_programme_file, programme_ids

    if name.endswith(".toml"):
        return load_programme_file(Path(name))
    if name:
        return load_programme(name)
    return load_programme(stated) if stated in programme_ids() else None
