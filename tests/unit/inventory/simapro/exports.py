"""Exports made for tests: blocks from rows, and what an import makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities

SAMPLES = Path(__file__).resolve().parents[5] / "shared/data/samples/simapro_csv"
NAMES = {";": "Semicolon", ",": "Comma", "\t": "Tab"}
UNITS = (
    "kg;Mass;1;kg", "g;Mass;0.001;kg", "MJ;Energy;1;MJ", "kWh;Energy;3.6;MJ", "p;Amount;1;p", "Bq;Radioactivity;1;Bq",
    "kBq;Radioactivity;1000;Bq",
)  # fmt: skip


def header(separator: str = ";", decimal: str = ".") -> list[str]:
    return [
        "{SimaPro 9.5.0.0}", "{processes}", "{Date: 05/05/2023}", f"{{CSV separator: {NAMES[separator]}}}",
        f"{{Decimal separator: {decimal}}}", "",
    ]  # fmt: skip


def listed(heading: str, rows: Sequence[str]) -> list[str]:
    return [heading, *rows, "", "End", ""]


def sectioned(heading: str, sections: Mapping[str, Sequence[str]]) -> list[str]:
    lines = [heading, ""]
    for name, rows in sections.items():
        lines += [name, *(rows or [""]), ""]
    return [*lines, "End", ""]


def process(identifier: str, sections: Mapping[str, Sequence[str]], *, kind: str = "material") -> list[str]:
    about = {"Category type": [kind], "Process identifier": [identifier], "Type": ["Unit process"]}
    return sectioned("Process", about | dict(sections))


def export(*blocks: Sequence[str], units: Sequence[str] = UNITS) -> list[str]:
    """Lines of an export with semicolons and decimal points."""
    return [
        *header(),
        *(line for block in blocks for line in block),
        *(listed("Units", units) if units else []),
    ]


def write(
    folder: Path, lines: Sequence[str], *, name: str = "made.csv", encoding: str = "cp1252", end: str = "\r\n"
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(end.join([*lines, ""]).encode(encoding))
    return path


def read(
    folder: Path, *blocks: Sequence[str], units: Sequence[str] = UNITS, allocation: str = "declared"
) -> ProcessImport:
    return import_processes(write(folder, export(*blocks, units=units)), allocation=allocation)


def intensity(imported: ProcessImport, product: str) -> float:
    """Climate impact of one reference unit of a product [kg CO2e]."""
    solved = product_intensities(imported.database)
    return float(solved.values[0, [p.partition(" [")[0] for p in solved.products].index(product)])


def codes(imported: ProcessImport) -> list[str]:
    return [problem.code for problem in imported.report.problems if problem.code != "magnitude-implausible"]


def amounts(imported: ProcessImport) -> dict[str, float]:
    """Amount of each flow that is exchanged, by the flow's name; of several the last."""
    exchanges, flows = imported.database["exchanges"], imported.database["flows"]
    rows = exchanges.integers("flow").tolist()
    values = exchanges.numbers("amount").tolist()
    return {flows.texts("name_en")[flow]: value for flow, value in zip(rows, values, strict=True)}
