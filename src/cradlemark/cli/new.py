"""``cradlemark new``: write a new study to fill in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from cradlemark.cli.opening import language_option, stored_reference
from cradlemark.core.errors import InputError, StateError
from cradlemark.core.language import Language, Text
from cradlemark.product.bom import BillOfMaterials
from cradlemark.product.study import Component, DatabaseReference

_WRITTEN = Text(
    "{file} written. Fill it in, then check it with: cradlemark check {file}",
    "已写入 {file}。填写后检查：cradlemark check {file}",
)
_FORBIDDEN = frozenset('/\\:*?"<>|')
"""Marks that no file system takes in a name."""


@click.command()
@click.argument("name")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["toml", "xlsx"]),
    default="toml",
    show_default=True,
    help="TOML document with comments, or a workbook with drop-downs.",
)
@click.option(
    "--from",
    "bill",
    type=click.Path(path_type=Path),
    help="Bill of materials (XLSX, CSV, ODS, JSON) to take the components from.",
)
@click.option(
    "--database",
    "databases",
    multiple=True,
    help="Imported database to calculate with, written down with its digest; may be repeated.",
)
@click.option("--sheet", help="Sheet of the bill of materials; the most likely one by default.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write into; a new folder NAME by default.",
)
@language_option
def new(
    name: str,
    kind: str,
    language: Language,
    bill: Path | None,
    databases: tuple[str, ...],
    sheet: str | None,
    folder: Path | None,
) -> None:
    """Write a new study NAME to fill in, with guidance and examples that are marked.

    The file is NAME/study.toml or NAME/study.xlsx; nothing that exists is overwritten.
    """
    identifier = study_identifier(name)
    file = (folder or Path(identifier)) / f"study.{kind}"
    if file.exists():
        raise StateError(
            Text(f"{file} is there already", f"{file} 已存在"),
            code="file-exists",
            where=str(file),
            hint=Text("choose another name or folder", "改用其他名称或文件夹"),
        )
    read, components = read_components(bill, sheet) if bill else (None, ())
    used = tuple(stored_reference(database) for database in databases)
    today = date.today()  # noqa: DTZ011
    write_new(file, identifier, language=language, components=components, today=today, databases=used)
    click.echo(_WRITTEN.format(file=file)[language])
    if read:
        from cradlemark.cli.bom import show_remarks

        show_remarks(read, language)


def study_identifier(name: str) -> str:
    """Return the id of a study from a name typed on the command line.

    Raises
    ------
    InputError
        ``name-invalid`` when the name cannot be a folder's.
    """
    identifier = "-".join(name.split())
    if (
        not identifier.strip(".")
        or _FORBIDDEN & set(identifier)
        or any(ord(mark) < 32 for mark in identifier)
    ):
        raise InputError(
            Text(f"{name!r} cannot be the name of a study", f"{name!r} 不能用作研究的名称"),
            code="name-invalid",
            hint=Text("use letters, digits, dots and hyphens", "使用字母、数字、点和连字符"),
        )
    return identifier


def read_components(bill: Path, sheet: str | None) -> tuple[BillOfMaterials, tuple[Component, ...]]:
    """Read a bill of materials and the components in it."""
    from cradlemark.product.readers.bom import read_bom
    from cradlemark.product.readers.study_bom import placed

    read = read_bom(bill, sheet=sheet)
    return read, placed(read.components())


def write_new(
    file: Path,
    identifier: str,
    *,
    language: Language,
    components: tuple[Component, ...],
    today: date,
    databases: tuple[DatabaseReference, ...] = (),
) -> None:
    """Write the document of a new study; its data period is the last complete year."""
    from cradlemark.product.readers.study_toml import parse_study_toml
    from cradlemark.product.writers.starter import starter_toml

    text = starter_toml(
        identifier, year=today.year - 1, language=language, components=components, databases=databases
    )
    study = parse_study_toml(text, name=file.name)
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".toml":
        file.write_text(text, encoding="utf-8")
        return
    from cradlemark.product.writers.study_workbook import write_study_workbook

    write_study_workbook(study, file, language)
