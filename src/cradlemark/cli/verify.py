"""``cradlemark verify``: recompute a sealed bundle offline, or check what a redacted one shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Language, Text, visible

_WORDS = {
    "bundle": Text("bundle {digest}", "研究包 {digest}"),
    "same": Text("Recomputed from this file alone: the same to the last digit.", "仅凭此文件复算：逐位一致。"),
    "gate": Text("Cradle to gate {value:.6g} kg CO2e, full life cycle {cycle}", "出厂 {value:.6g} kg CO2e，全生命周期 {cycle}"),
    "software": Text("sealed by version {one}, recomputed by version {two}", "封存版本 {one}，复算版本 {two}"),
    "shown": Text("{shown} lines shown, each proven; {hidden} lines are only digests. A redacted bundle cannot be recomputed.",
                  "公开 {shown} 行，均已证明；{hidden} 行仅有摘要。脱敏研究包不能复算。"),
    "none": Text("not calculated", "未计算"),
}  # fmt: skip


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--statement",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Begin a verification document that names this bundle, for a verifier to complete.",
)
@language_option
def verify(bundle: Path, as_json: bool, statement: Path | None, language: Language) -> None:
    """Recompute BUNDLE offline and compare with what was sealed; the exit code is 2 when a value differs."""
    from cradlemark.footprint.bundle.archive import read_bundle

    read = read_bundle(bundle.read_bytes(), where=bundle.name)
    if statement is not None:
        _begin_statement(read, statement)
    told = {"digest": read.digest, "redacted": read.redacted}
    if read.redacted:
        from cradlemark.footprint.bundle.redact import check_redacted

        found = check_redacted(read)
        told |= {"shown": len(found.lines), "hidden": found.hidden}
        lines = [_WORDS["shown"].format(shown=len(found.lines), hidden=found.hidden)[language]]
    else:
        more, lines = _recomputed(read, bundle.name, language)
        told |= more
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for line in (_WORDS["bundle"].format(digest=read.digest)[language], *lines):
        click.echo(line)


def _begin_statement(read: Any, path: Path) -> None:
    """Write the table that says which bundle a verification is about, after recomputing it; nothing is overwritten."""
    if path.exists():
        raise InputError(
            Text(f"{path.name} is there already", f"{path.name} 已存在"),
            code="file-exists",
            where=str(path),
            hint=Text("choose another name", "改用其他名称"),
        )
    _recomputed(read, path.name, "en")
    name = read.manifest.get("product", {})
    about = " ".join(visible(str(name.get(key, ""))) for key in ("en", "zh")).strip()
    path.write_text(
        f"# Verification of: {about}\n# Add the table [verification]: verifier, id, assurance, materiality, opinion, statement, date.\n"
        f'\n[subject]\nbundle = "{read.digest}"\n',
        encoding="utf-8",
    )


def _recomputed(read: Any, name: str, language: Language) -> tuple[dict[str, Any], list[str]]:
    from cradlemark.footprint.bundle.recompute import recompute

    outcome = recompute(read)
    if not outcome.equal:
        raise TrustError(
            Text(f"the recomputation gives another result; the first difference is {outcome.difference}", f"重新计算得到不同的结果；第一处差异为 {outcome.difference}"),
            code="bundle-differs", where=name, hint=Text("ask who sealed it; do not rely on the result", "询问封存者；不要依赖该结果"),
        )  # fmt: skip
    stated = outcome.stated
    whole = stated.subject.boundary == "cradle_to_grave"
    cycle = f"{stated.life_cycle:.6g} kg CO2e" if whole else _WORDS["none"][language]
    lines = [
        _WORDS["same"][language],
        _WORDS["gate"].format(value=stated.cradle_to_gate, cycle=cycle)[language],
    ]
    if outcome.software[0] != outcome.software[1]:
        lines.append(_WORDS["software"].format(one=outcome.software[0], two=outcome.software[1])[language])
    return {
        "identical": outcome.identical,
        "equal": True,
        "result": stated.digest,
        "total": stated.total,
    }, lines
