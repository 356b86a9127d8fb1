"""Import a database of processes from a zip or a folder: recognise the format, read, divide, link, report."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Language, Text, joined
from cradlemark.inventory.importers.archive import Archive, open_archive
from cradlemark.inventory.importers.brightway_package import is_brightway_package, read_brightway_package
from cradlemark.inventory.importers.brightway_workbook import (
    is_brightway_workbook,
    read_brightway_workbook,
)
from cradlemark.inventory.importers.ecospold1 import is_ecospold1, read_ecospold1
from cradlemark.inventory.importers.ecospold2 import is_ecospold2, read_ecospold2
from cradlemark.inventory.importers.ilcd import is_ilcd, read_ilcd
from cradlemark.inventory.importers.input_output.layout import is_input_output
from cradlemark.inventory.importers.input_output.reading import read_input_output
from cradlemark.inventory.importers.openlca_jsonld import is_openlca, read_openlca
from cradlemark.inventory.importers.process_tables.reading import read_process_tables
from cradlemark.inventory.importers.process_tables.sheets import is_process_tables
from cradlemark.inventory.importers.simapro import is_simapro, read_simapro
from cradlemark.inventory.processes.allocation import policies_of
from cradlemark.inventory.processes.assemble import assemble
from cradlemark.inventory.processes.collect import Collected
from cradlemark.inventory.processes.limits import SourceRefused
from cradlemark.inventory.processes.mapping_files import MappingFile
from cradlemark.inventory.processes.report import ImportReport, make_report
from cradlemark.inventory.processes.report_names import format_name
from cradlemark.inventory.processes.tables import ProcessDatabase, digest_of_tables

Progress = Callable[[int, int], None]


class Reader(Protocol):
    """Reads an archive of one format into tables."""

    def __call__(self, archive: Archive, *, progress: Progress | None = None) -> Collected:
        """What was read; documents and exchanges that cannot be read are refused one by one and listed."""


@attrs.frozen
class Format:
    """A format that can be imported.

    Parameters
    ----------
    name : str
        As its owner calls it.
    recognises : callable
        Whether an archive looks like it, from names and the beginning of documents.
    read : Reader
    """

    name: str
    recognises: Callable[[Archive], bool]
    read: Reader


FORMATS: tuple[Format, ...] = (
    Format("openLCA JSON-LD", is_openlca, read_openlca),
    Format("EcoSpold 2", is_ecospold2, read_ecospold2),
    Format("EcoSpold 1", is_ecospold1, read_ecospold1),
    Format("ILCD", is_ilcd, read_ilcd),
    Format("bw_processing data package", is_brightway_package, read_brightway_package),
    Format("SimaPro CSV", is_simapro, read_simapro),
    Format("Brightway workbook", is_brightway_workbook, read_brightway_workbook),
    Format("input-output table", is_input_output, read_input_output),
    Format("process tables", is_process_tables, read_process_tables),
)
"""Formats in the order in which they are tried."""


@attrs.frozen(eq=False)
class ProcessImport:
    """A database and what became of its source."""

    database: ProcessDatabase
    report: ImportReport


def import_processes(
    path: Path | str,
    *,
    allocation: str = "declared",
    database_id: str = "",
    version: str = "",
    licence: str = "",
    mapping: MappingFile | None = None,
    progress: Progress | None = None,
) -> ProcessImport:
    """Import an export of another system; see `FORMATS`.

    Parameters
    ----------
    path : path
        File, zip archive or folder.
    allocation : str
        Policies in order of preference: ``declared``, ``mass``, ``energy``, ``price``, ``cut-off``,
        ``substitution``; for example ``declared,mass``.
    database_id : str
        Name of the database; that of the file by default.
    version, licence : str
        Edition and licence of the database.
    mapping : MappingFile, optional
        Decisions about inputs; they come before every rule and belong to the identity of the database.
    progress : callable, optional
        Is told how many of how many documents are done.

    Raises
    ------
    InputError
        When the archive is refused (``file-...``), has no known format (``file-format``), or holds neither
        processes nor impact categories (``database-empty``).
    """
    with closing(open_archive(path)) as archive:
        return import_archive(
            archive, allocation=allocation, database_id=database_id, version=version, licence=licence,
            mapping=mapping, progress=progress,
        )  # fmt: skip


def import_archive(
    archive: Archive,
    *,
    allocation: str = "declared",
    database_id: str = "",
    version: str = "",
    licence: str = "",
    mapping: MappingFile | None = None,
    progress: Progress | None = None,
) -> ProcessImport:
    """Import a source that is open; see `import_processes`."""
    policies = policies_of(allocation)
    collected = read_archive(archive, progress=progress)
    name = archive.name
    _refuse_empty(collected, name)
    choices = mapping.choices if mapping else ()
    assembled = collected.assembled or assemble(collected.tables, policies, choices)
    database = ProcessDatabase(
        database_id or Path(name).stem, version, licence, name, collected.format, ",".join(policies),
        assembled.tables, digest_of_tables(assembled.tables),
    )  # fmt: skip
    return ProcessImport(database, make_report(collected, assembled, database, mapping=mapping))


def read_archive(archive: Archive, *, progress: Progress | None = None) -> Collected:
    """Read an archive of any known format into tables."""
    try:
        for known in FORMATS:
            if known.recognises(archive):
                return known.read(archive, progress=progress)
    except SourceRefused as refused:
        raise refused.error from None
    raise InputError(
        Text("the source has none of the formats that are read", "数据源不是可读取的任何一种格式"),
        code="file-format",
        where=archive.name,
        hint=Text(
            f"give a file, zip archive or folder as exported: {_format_names('en')}; a table of factors is not imported but "
            "given to db solve --method",
            f"给出原样导出的文件、zip 归档或文件夹：{_format_names('zh')}；因子表无需导入，用 db solve --method 给出",
        ),
    )


def _format_names(language: Language) -> str:
    return (", " if language == "en" else "、").join(format_name(known.name, language) for known in FORMATS)


def _refuse_empty(collected: Collected, where: str) -> None:
    if len(collected.tables["processes"]) or len(collected.tables["impact_categories"]):
        return
    empty = Text("no process and no impact category could be read", "没有可读取的过程或影响类别")
    raise InputError(
        joined([empty, *(first.as_text for first in collected.problems[:1])]),
        code="database-empty",
        where=where,
        hint=Text("export the processes with everything they refer to", "连同所引用的内容一起导出过程"),
    )
