"""Methods of other sources for the commands that calculate: mapped, and said what became of every flow."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cradlemark.cli.db.output_files import refuse_ending, write_text
from cradlemark.core.language import Language, Text, visible
from cradlemark.footprint.report.figures import significant
from cradlemark.inventory.processes.remark_words import phrase

if TYPE_CHECKING:
    from cradlemark.inventory.processes.nomenclature import MappedFlow, MappedMethod
    from cradlemark.inventory.processes.tables import ProcessDatabase

SHOWN = 15
"""Near misses and assumptions that are printed one by one."""

_WORDS = {
    "mapped": Text(
        "{name}: {identifier} flows by identifier, {cas} by CAS number and compartment, {by_name} by name and "
        "compartment; {near} not mapped although their substance has a factor; {none} without any",
        "{name}：按标识符 {identifier} 个流，按 CAS 号和环境介质 {cas} 个，按名称和环境介质 {by_name} 个；"
        "{near} 个未映射但其物质有因子；{none} 个无因子",
    ),
    "near": Text("not mapped: {flow}: {reason}", "未映射：{flow}：{reason}"),
    "assumed": Text("assumed: {flow} <- {factor}: {note}", "假定：{flow} <- {factor}：{note}"),
    "more": Text("... and {count} more; see --method-report", "……另有 {count} 项；见 --method-report"),
    "more_rows": Text("... and {count} more rows of the table", "……表格中另有 {count} 行"),
    "written": Text("all flows written to {path}", "全部流已写入 {path}"),
}  # fmt: skip


def mapped_methods(
    database: ProcessDatabase, names: Sequence[str], store: Path | None
) -> tuple[MappedMethod, ...]:
    """All methods that are named, on the flows of a database."""
    if not names:
        return ()
    from cradlemark.inventory.processes.methods import find_methods
    from cradlemark.inventory.processes.nomenclature import map_method

    return tuple(map_method(database, method) for name in names for method in find_methods(name, store))


def method_lines(methods: Sequence[MappedMethod], language: Language) -> Iterator[str]:
    """What became of the flows: counts, near misses and assumptions."""
    for method in methods:
        ways = {key: method.count(key) for key in ("identifier", "cas", "near", "none")}
        yield _WORDS["mapped"].format(name=method.factors.names[0], by_name=method.count("name"), **ways)[
            language
        ]
        lines = [_near(flow, language) for flow in method.flows if flow.near_miss]
        lines += [_assumed(flow, language) for flow in method.flows if flow.how and flow.note]
        yield from _first(lines, "more", language)
        yield from _first([visible(one.as_text[language]) for one in method.problems], "more_rows", language)


def _first(lines: Sequence[str], more: str, language: Language) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:SHOWN])
    if len(lines) > SHOWN:
        yield f"  {_WORDS[more].format(count=len(lines) - SHOWN)[language]}"


def _near(flow: MappedFlow, language: Language) -> str:
    name = visible(f"{flow.name}, {flow.compartment}, {flow.direction}")
    return _WORDS["near"].format(flow=name, reason=phrase(visible(flow.note), language))[language]


def _assumed(flow: MappedFlow, language: Language) -> str:
    name = visible(f"{flow.name}, {flow.compartment}")
    factor = f"{visible(flow.factor)} {significant(flow.value, 4)}"
    return _WORDS["assumed"].format(flow=name, factor=factor, note=phrase(visible(flow.note), language))[
        language
    ]


def write_method_report(path: Path | None, methods: Sequence[MappedMethod], language: Language) -> str:
    """Write every elementary flow of every method as a table and say so; empty if it is not wanted.

    Raises
    ------
    InputError
        ``output-format``, ``output-unwritable``
    """
    if path is None:
        return ""
    refuse_ending(path, ".csv")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        ("category", "id", "name", "compartment", "direction", "unit", "how", "factor_of", "value", "note")
    )
    for method in methods:
        for flow in method.flows:
            value = repr(flow.value) if flow.how else ""
            cells = (
                method.factors.names[0], flow.id, flow.name, flow.compartment, flow.direction, flow.unit, flow.how,
                flow.factor, value, flow.note,
            )  # fmt: skip
            writer.writerow(f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in cells)
    write_text(path, "\ufeff" + text.getvalue())
    return _WORDS["written"].format(path=path)[language]
