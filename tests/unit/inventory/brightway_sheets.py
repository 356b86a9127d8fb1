"""A workbook in the layout of Brightway with everything that is hard about it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]
HEAD = ["name", "amount", "unit", "database", "location", "type", "formula", "categories", "uncertainty type", "loc",
        "scale", "minimum", "maximum", "comment", "input"]  # fmt: skip


def exchange(name: str, amount: Any, kind: str, unit: str = "kilogram", **more: Any) -> list[Any]:
    cells = {
        "name": name,
        "amount": amount,
        "type": kind,
        "unit": unit,
        **{k.replace("_", " "): v for k, v in more.items()},
    }
    return [cells.get(column) for column in HEAD]


WORKS: dict[str, Rows] = {
    "Steel works": [
        ["Database", "works"],
        ["format", "Excel spreadsheet"],
        [],
        ["Project parameters"],
        ["name", "amount", "formula"],
        ["efficiency", 0.8],
        ["hidden", 5.0],
        [],
        ["Database parameters"],
        ["name", "amount", "formula", "uncertainty type", "loc", "scale"],
        ["hidden", 2.0, None, 2, 0.6931471805599453, 0.1],
        ["heat_need", None, "hidden / efficiency"],
        [],
        ["Activity", "steel, at works"],
        ["code", "steel"],
        ["location", "CN"],
        ["unit", "kilogram"],
        ["reference product", "steel"],
        ["comment", "basic oxygen"],
        ["Parameters", "steel group"],
        ["name", "amount", "formula"],
        ["share", None, "log(heat_need) / 2 if hidden > 1 else 0"],
        [],
        ["Exchanges"],
        HEAD,
        exchange("steel, at works", 1000.0, "production", location="CN"),
        exchange("heat", 0.0, "technosphere", "megajoule", formula="1000 * heat_need * share ** 2"),
        exchange("slag, to pit", -50.0, "technosphere"),
        exchange("carbon", 1500.0, "biosphere", uncertainty_type=2, loc=7.313220387090301, scale=0.05),
        exchange("market for lime", 20.0, "technosphere", database="ecoinvent", location="RoW"),
        exchange("Methane, fossil", 0.5, "biosphere", database="biosphere3", categories="air::urban air close to ground"),
    ],
    "skipped": [["skip"], ["Activity", "nothing"], ["Exchanges"], HEAD, exchange("nothing", 1, "production")],
    "More": [
        ["cutoff", 15],
        ["Activity", "heat", *[None] * 13, "beyond the cutoff"],
        ["unit", "megajoule"],
        ["Exchanges"],
        HEAD,
        exchange("heat", 2.0, "production", "megajoule"),
        exchange("carbon", 0.2, "biosphere", uncertainty_type=3, loc=0.2, scale=0.01),
        exchange("heat", 0.1, "technosphere", "megajoule"),
        ["Activity", "slag, to pit"],
        ["code", "pit"],
        ["unit", "kilogram"],
        ["Exchanges"],
        HEAD,
        exchange("slag, to pit", -2.0, "production"),
        exchange("carbon", 0.6, "biosphere"),
        exchange("heat", 3.0, "substitution", "megajoule"),
        [],
        ["Activity", "gravel, from nothing"],
        ["unit", "kilogram"],
        ["Exchanges"],
        HEAD,
        exchange("carbon", 0.25, "biosphere", uncertainty_type=4, minimum=0.2, maximum=0.3),
        [],
        ["Activity", "carbon"],
        ["code", "carbon"],
        ["type", "emission"],
        ["unit", "kilogram"],
        ["categories", "air"],
    ],
}  # fmt: skip


def write_workbook(path: Path, sheets: dict[str, Rows]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def write_text(
    path: Path, rows: Rows, *, delimiter: str = ",", comma: bool = False, encoding: str = "utf-8"
) -> Path:
    width = max(len(row) for row in rows)

    def text(cell: Any) -> str:
        shown = "" if cell is None else str(cell)
        return shown.replace(".", ",") if comma and isinstance(cell, float) else shown

    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([*map(text, row), *[""] * (width - len(row))] for row in rows)
    return path


def one_sheet() -> Rows:
    """All sheets of `WORKS` that are read, one below the other."""
    return [*WORKS["Steel works"], [], *[row[:15] for row in WORKS["More"][1:]]]
