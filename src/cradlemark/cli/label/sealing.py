"""``label seal`` and ``label redact``: put everything a result rests on into one file, and what may be shown of it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

_WORDS = {
    "sealed": Text("{path}: {digest}", "{path}：{digest}"),
    "holds": Text("{lines} lines, {datasets} datasets, recomputed from the file alone to the same bytes",
                  "{lines} 行、{datasets} 个数据集，仅凭该文件复算，字节一致"),
    "redacted": Text("{path}: {shown} lines shown, {hidden} only as digests", "{path}：公开 {shown} 行，{hidden} 行仅有摘要"),
}  # fmt: skip


@click.command()
@click.argument("study", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; STUDY.cradle by default.",
)
@click.option("--scenario", default="", help="Scenario of the study to seal.")
@click.option(
    "--database", "databases", multiple=True, help="Imported database to use, as id or id@sha256:..."
)
@language_option
def seal(
    study: Path, output: Path | None, scenario: str, databases: tuple[str, ...], language: Language
) -> None:
    """Calculate STUDY and seal it: study, matches, values of the datasets, rules and result in one file.

    Anybody who has the file recomputes the result offline with: cradlemark verify FILE
    """
    from cradlemark.cli.opening import open_inventory, open_pack, open_study
    from cradlemark.footprint.bundle.archive import ENDING
    from cradlemark.footprint.bundle.seal import seal_study
    from cradlemark.inventory.matching import Matcher
    from cradlemark.rules.pack import pack_document

    opened, folder = open_study(study)
    pack = open_pack(opened.rule_pack, folder)
    inventory = open_inventory(opened, folder, databases=databases, gwp_set=pack.gwp_set)
    made = seal_study(
        opened, inventory, Matcher(inventory), pack, pack_document=pack_document(opened.rule_pack, folder),
        secret=os.urandom(32), scenario=scenario,
    )  # fmt: skip
    path = output or Path(f"{study.resolve().stem}{ENDING}")
    _write(path, bytes(made.bundle))
    footprint = made.calculation.footprint
    used = {line.dataset.id for line in footprint.lines if line.dataset}
    click.echo(_WORDS["sealed"].format(path=path, digest=made.bundle.digest)[language])
    click.echo(_WORDS["holds"].format(lines=len(footprint.lines), datasets=len(used))[language])


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--hide", multiple=True, help="Beginning of the path of lines to hide; can be given again.")
@language_option
def redact(bundle: Path, output: Path, hide: tuple[str, ...], language: Language) -> None:
    """Write a copy of BUNDLE in which lines are only digests.

    Hidden are the lines named with --hide and those of values that the study marks as confidential. The copy keeps the
    digest of the bundle; every line shown is proven, and a hidden one can be proven later.
    """
    from cradlemark.footprint.bundle.archive import read_bundle
    from cradlemark.footprint.bundle.redact import check_redacted, confidential_paths
    from cradlemark.footprint.bundle.redact import redact as redacted

    whole = read_bundle(bundle.read_bytes(), where=bundle.name)
    shown = redacted(whole, {*hide, *confidential_paths(whole)})
    _write(output, bytes(shown))
    told = check_redacted(shown)
    click.echo(_WORDS["redacted"].format(path=output, shown=len(told.lines), hidden=told.hidden)[language])


def _write(path: Path, content: bytes) -> None:
    from cradlemark.registry.files import write_file

    write_file(path, content)
