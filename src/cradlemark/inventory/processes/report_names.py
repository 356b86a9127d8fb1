"""Chinese names of what an import report names; the report itself lists everything once, by its English name where it has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cradlemark.core.language import Language, Text
from cradlemark.inventory.processes.tables import ProcessDatabase

if TYPE_CHECKING:
    from cradlemark.inventory.processes.report import ImportReport


_FORMATS: Mapping[str, Text] = {
    "Brightway workbook": Text("Brightway workbook", "Brightway 工作簿"),
    "bw_processing data package": Text("bw_processing data package", "bw_processing 数据包"),
    "input-output table": Text("input-output table", "投入产出表"),
    "process tables": Text("process tables", "过程表"),
}


def format_name(name: str, language: Language) -> str:
    """A format in the language of the reader; what its owner calls by a name of its own keeps it.

    Examples
    --------
    >>> format_name("input-output table, ixi", "zh"), format_name("SimaPro CSV", "zh")
    ('投入产出表, ixi', 'SimaPro CSV')
    """
    kind, comma, rest = name.partition(",")
    return _FORMATS.get(kind, Text(kind))[language] + comma + rest


def chinese_names(report: ImportReport, database: ProcessDatabase) -> dict[str, str]:
    """Chinese by English name; names that are Chinese by themselves, or have several translations, are left out."""
    wanted = set(_named(report))
    found: dict[str, str] = {}
    several: set[str] = set()
    for table in (database["flows"], database["processes"]):
        for english, chinese in zip(table.texts("name_en"), table.texts("name_zh"), strict=True):
            if english in wanted and chinese and found.setdefault(english, chinese) != chinese:
                several.add(english)
    return {english: found[english] for english in sorted(found.keys() - several)}


def _named(report: ImportReport) -> Iterator[str]:
    yield from (cut.flow for cut in report.cuts)
    for item in report.remarked:
        yield from (item.product, item.process)
    for division in report.divisions:
        yield division.name
        yield from (share.product for share in division.shares)
