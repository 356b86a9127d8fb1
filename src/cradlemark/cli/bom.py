"""``cradlemark bom``: read a bill of materials and show what was understood."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.errors import Problem
from cradlemark.core.language import Language, Text, visible
from cradlemark.core.positions import place_in
from cradlemark.product.bom import BillOfMaterials, BomLine
from cradlemark.product.readers.bom import read_bom
from cradlemark.product.readers.columns import describe
from cradlemark.product.readers.mapping_file import read_mapping, write_mapping
from cradlemark.product.study import Value

BAD_INPUT = 2
SHOWN = 200
"""Lines, skipped rows and problems that are printed one by one."""

_WORDS = {
    "columns": Text("Columns (header in row {row})", "列对应关系（表头在第 {row} 行）"),
    "unused": Text(
        "Columns that are not used (name them in a mapping file if they matter)",
        "未使用的列（如需使用，请在映射文件中指定）",
    ),
    "lines": Text("{count} lines", "{count} 行物料"),
    "skipped": Text("Skipped rows", "跳过的行"),
    "problems": Text("Problems", "问题"),
    "warnings": Text("Warnings", "警告"),
    "notes": Text("Taken as", "读取时的判定"),
    "more": Text("... and {count} more", "……另有 {count} 项"),
    "repair": Text("repair", "修正方法"),
    "field": Text("field", "字段"),
    "column": Text("column", "列"),
    "header": Text("header", "表头"),
    "unit": Text("unit", "单位"),
    "score": Text("score", "相似度"),
    "reason": Text("reason", "依据"),
    "part": Text("part number", "料号"),
    "name": Text("name", "名称"),
    "quantity": Text("quantity", "数量"),
    "material": Text("material", "材料"),
    "mass": Text("net mass per piece", "单件净重"),
    "row": Text("row", "行"),
}

_COLON = Text(": ", "：")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(path_type=Path),
    help="Mapping file to read the columns with.",
)
@click.option(
    "--write-mapping", "target", type=click.Path(path_type=Path), help="Write the mapping to this file."
)
@click.option("--sheet", help="Name of the sheet; the most likely one by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@language_option
@click.pass_context
def bom(
    ctx: click.Context,
    file: Path,
    mapping_file: Path | None,
    target: Path | None,
    sheet: str | None,
    as_json: bool,
    language: Language,
) -> None:
    """Read the bill of materials in FILE and show columns, lines, skipped rows and problems.

    Exit code 2 when a row cannot be read; what was good is printed all the same.
    """
    from cradlemark.product.bom_document import bill_document

    mapping = read_mapping(mapping_file) if mapping_file else None
    bill = read_bom(file, mapping=mapping, sheet=sheet, strict=False)
    if as_json:
        click.echo(json.dumps(bill_document(bill), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        show_bill(bill, language)
    if target:
        write_mapping(bill.mapping, target)
        click.echo(str(target), err=as_json)
    if bill.problems:
        ctx.exit(BAD_INPUT)


def show_bill(bill: BillOfMaterials, language: Language) -> None:
    """Print a bill for people."""
    parts = [bill.file, bill.sheet, bill.encoding, repr(bill.delimiter) if bill.delimiter else ""]
    parts.append(f'decimal "{bill.decimal}"' if bill.decimal else "")
    click.secho(visible(", ".join(part for part in parts if part)), bold=True)
    _heading("columns", language, row=bill.mapping.header_row)
    _table(
        [_WORDS[name][language] for name in ("field", "column", "header", "unit", "score", "reason")],
        [(f, letter, header, unit, f"{score:.2f}", reason) for f, letter, header, unit, score, reason in describe(bill.mapping)],
    )  # fmt: skip
    unused = dict.fromkeys(header for line in bill.lines for header, text in line.extra if header and text)
    _list("unused", tuple(unused), language)
    _heading("lines", language, count=len(bill.lines))
    names = [_WORDS[name][language] for name in ("part", "name", "quantity", "material", "mass", "row")]
    _table(names, [_line(line, language) for line in bill.lines[:SHOWN]])
    _more(len(bill.lines), language)
    show_remarks(bill, language)
    _problems("problems", bill.problems, language, colour="red")


def show_remarks(bill: BillOfMaterials, language: Language) -> None:
    """Print what was skipped, noted and warned of in reading a bill."""
    _list(
        "skipped",
        [_said(str(row.where), row.reason, language) for row in bill.skipped],
        language,
    )
    _problems("notes", bill.notes, language, colour="cyan")
    _problems("warnings", bill.warnings, language, colour="yellow")


def _said(where: str, reason: Text, language: Language) -> str:
    return f"{place_in(where, language)}{_COLON[language]}{reason[language]}"


def _line(line: BomLine, language: Language) -> tuple[str, ...]:
    return (
        "  " * line.level + (line.part_number or ("+" if line.additional else "·")),
        line.name[language],
        _value(line.quantity),
        line.material,
        _mass(line.net_mass),
        line.where.path or str(line.where.row),
    )


def _value(value: Value) -> str:
    return "" if value.magnitude is None else f"{value.magnitude:.6g} {value.unit}"


def _mass(value: Value | None) -> str:
    """A mass in g below 1 kg, in kg above [kg]."""
    if value is None or value.magnitude is None:
        return ""
    return f"{value.magnitude * 1000:.6g} g" if value.magnitude < 1 else f"{value.magnitude:.6g} kg"


def _heading(name: str, language: Language, **values: object) -> None:
    click.echo()
    click.secho(_WORDS[name].format(**values)[language], bold=True)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.cells import cell_len

    rows = [[visible(cell) for cell in row] for row in rows]
    widths = [max(cell_len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for number, row in enumerate((head, *rows)):
        cells = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        click.secho("  " + "  ".join(cells).rstrip(), dim=number == 0)


def _list(name: str, entries: Sequence[str], language: Language) -> None:
    if not entries:
        return
    _heading(name, language)
    for entry in entries[:SHOWN]:
        click.echo(f"  {visible(entry)}")
    _more(len(entries), language)


def _more(count: int, language: Language) -> None:
    if count > SHOWN:
        click.echo("  " + _WORDS["more"].format(count=count - SHOWN)[language])


def _problems(name: str, problems: Sequence[Problem], language: Language, *, colour: str) -> None:
    if not problems:
        return
    _heading(name, language)
    for problem in problems[:SHOWN]:
        place = click.style(visible(place_in(problem.where, language)), fg=colour)
        click.echo(f"  {place}{_COLON[language]}{visible(problem.message[language])} [{problem.code}]")
        if problem.hint:
            click.echo(
                f"      {_WORDS['repair'][language]}{_COLON[language]}{visible(problem.hint[language])}"
            )
    _more(len(problems), language)
