"""``label render``: the artwork of a claim as files, every one checked before it is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.opening import default_language
from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.system_reasons import system_reason

if TYPE_CHECKING:
    from cradlemark.label.artwork.render import Artwork
    from cradlemark.label.claim import Claim
    from cradlemark.label.programme import ProgrammeProfile

EXAMPLE_HOST = "label.example"
"""Host in the codes of demonstration labels; the ending is reserved for examples (RFC 2606)."""
_WORDS = {
    "drawn": Text(
        "{folder}: {count} artworks of {number} as SVG, PDF and PNG", "{folder}：{number} 的 {count} 种标签图（SVG、PDF、PNG）"
    ),
    "checked": Text(
        "contrast, sizes and code checked; the code says {text}", "已检查对比度、字号与二维码；二维码内容为 {text}"
    ),
}  # fmt: skip


@click.command()
@click.argument("claim", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--design", type=click.Choice(["full", "strip", "micro"]), help="Only this design.")
@click.option(
    "--lang", "words", type=click.Choice(["zh", "en", "both"]), help="Only with words in this language."
)
@click.option("--colour", type=click.Choice(["light", "one"]), help="Only in colour, or in one ink.")
@click.option(
    "--programme", default="", help="Id or TOML file of the programme; that of the claim by default."
)
@click.option("--host", default="", help="Host of the programme's pages, for the code.")
def render(
    claim: Path, folder: Path, design: str | None, words: str | None, colour: str | None, programme: str,
    host: str,
) -> None:  # fmt: skip
    """Draw the label of CLAIM into FOLDER: all designs, languages and colours, or only those chosen.

    CLAIM is the JSON record of a claim. Nothing is written when one artwork does not pass its check.
    """
    from cradlemark.label.artwork.link import label_link
    from cradlemark.label.artwork.render import Order, render
    from cradlemark.label.artwork.variant import variants

    language = default_language()
    made = read_claim_file(claim)
    profile = open_programme(programme or made.programme.id)
    place = label_host(made, host)
    wanted = [
        variant for variant in variants(profile.design.designs)
        if (design or variant.design, words or variant.wording, colour or variant.colouring)
        == (variant.design, variant.wording, variant.colouring)
    ]  # fmt: skip
    if not wanted:
        raise InputError(
            Text(f"the programme {profile.id} has no design {design}", f"计划 {profile.id} 没有版式 {design}"), code="artwork-design",
            hint=Text(f"use {', '.join(profile.design.designs)}", f"使用 {'、'.join(profile.design.designs)}"),
        )  # fmt: skip
    orders = [Order(made, profile, variant, place) for variant in wanted]
    drawn = [render(order) for order in orders]
    raise_if_any(problem for artwork in drawn for problem in _faults(artwork))
    _write(folder, made.number, drawn)
    click.echo(_WORDS["drawn"].format(folder=folder, count=len(drawn), number=made.number)[language])
    click.echo(_WORDS["checked"].format(text=label_link(made, host=place))[language])


def read_claim_file(path: Path) -> Claim:
    """Read the JSON record of a claim."""
    from cradlemark.label.claim import LARGEST, read_claim

    with path.open("rb") as file:
        return read_claim(file.read(LARGEST + 1), where=path.name)


def open_programme(name: str) -> ProgrammeProfile:
    """Open a packaged programme by its id, or a file."""
    from cradlemark.label.programme_reader import load_programme, load_programme_file

    return load_programme_file(Path(name)) if name.endswith(".toml") else load_programme(name)


def label_host(claim: Claim, host: str) -> str:
    """Host for the code; only a demonstration label has one by default."""
    if host or claim.programme.demonstration:
        return host or EXAMPLE_HOST
    raise InputError(
        Text(
            "the code of the label needs the host of the programme's pages", "标签上的码需要计划网页的主机名"
        ),
        code="host-missing",
        hint=Text("give it with --host", "用 --host 给出"),
    )


def _faults(artwork: Artwork) -> tuple[Problem, ...]:
    from cradlemark.label.artwork.check import check
    from cradlemark.label.artwork.render import DENSITY

    return check(artwork.svg, artwork.png, artwork.variant, artwork.code.text, density=DENSITY)


def _write(folder: Path, number: str, drawn: list[Artwork]) -> None:
    from cradlemark.registry.files import write_file

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            Text("cannot make {folder}: {reason}", "无法建立 {folder}：{reason}").format(folder=folder, reason=system_reason(error)), code="output-unwritable", where=str(folder),
            hint=Text("choose another folder", "改用其他文件夹"),
        ) from None  # fmt: skip
    for artwork in drawn:
        for ending, content in (("svg", artwork.svg), ("pdf", artwork.pdf), ("png", artwork.png)):
            write_file(folder / f"{number}.{artwork.variant.name}.{ending}", content)
