"""Which documents of an archive, or sheets of a workbook, are which part of an input-output table.

Known: what pymrio saves and EXIOBASE 3 is published in (``A.txt``, ``Z.txt``, ``Y.txt``, ``x.txt``, ``unit.txt``; one
folder for each satellite account with ``F.txt``, ``S.txt``, ``F_Y.txt``, ``unit.txt``), documents with such an ending
in their name (``trade_flows_Z.txt``), and by content: a table whose columns are the sectors is a satellite account, one
whose columns are those of the final demand belongs to the account with the same rows, and a list with headings for
stressor, impact and factor is a characterisation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.archive import WORKBOOKS, Archive
from cradlemark.inventory.importers.input_output.labels import Part, part_of
from cradlemark.inventory.importers.input_output.matrix_reader import (
    LabelledMatrix,
    Rows,
    first_labels,
    read_matrix,
    text_rows,
)
from cradlemark.inventory.importers.loaded_sheets import look_at_sheets, read_sheets
from cradlemark.inventory.safe_files import Sheet

TEXTS = (".txt", ".csv", ".tsv", ".tab")
BOOKS = (*sorted(WORKBOOKS), ".xls")


@attrs.frozen(eq=False)
class Document:
    """One text or sheet.

    Parameters
    ----------
    name : str
        As the user knows it.
    folder, stem : str
        Where it lies below the folder of the table, and its name without ending.
    part : Part
    """

    archive: Archive
    name: str
    folder: str
    stem: str
    part: Part
    sheet: Sheet | None = None

    @property
    def where(self) -> str:
        """Place for messages."""
        return f"{self.archive.name}, {self.name}"

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """Rows of cells with their number, counted from 1, while the document is open."""
        if self.sheet is not None:
            yield enumerate(self.sheet.rows, start=1)
            return
        with self.archive.open(self.name) as stream:
            yield text_rows(stream, where=self.where)

    def matrix(self) -> LabelledMatrix:
        """The document as a labelled matrix."""
        with self.rows() as rows:
            return read_matrix(rows, where=self.where)


_BESIDE = {"demand", "output", "stressors", "intensities", "demand_stressors"}


def is_input_output(archive: Archive) -> bool:
    """Whether an archive has a matrix of transactions or coefficients and another part, or a matrix of sectors at least."""
    texts = [name for name in archive.names() if _ending(name) in TEXTS]
    core = [name for name in texts if _part(name) in {"transactions", "coefficients"}]
    if core and any(_part(name) in _BESIDE for name in texts):
        return True
    if any(_is_square(archive, name) for name in core[:2]):
        return len(texts) > 1
    return any(_is_table_workbook(archive, name) for name in archive.names()[:3] if _ending(name) in BOOKS)


def _is_square(archive: Archive, name: str) -> bool:
    """Whether rows of a document have the labels of its columns, as far as its first rows say."""
    try:
        with archive.open(name) as stream:
            columns, rows = first_labels(text_rows(stream, where=name), where=name)
    except InputError:
        return False
    return bool({label[-1] for label in columns} & {part for label in rows for part in label})


def documents(archive: Archive) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """All documents below the folder of the table, and the names of those that are not read."""
    found: list[Document] = []
    others: list[str] = []
    root = _root(archive)
    for name in archive.names():
        folder = name.rpartition("/")[0]
        if _ending(name) in TEXTS and (folder + "/").startswith(root):
            below = (folder + "/")[len(root) :].strip("/")
            found.append(Document(archive, name, below, _stem(name), _part(name)))
        elif _ending(name) in BOOKS:
            found.extend(_sheets(archive, name))
        elif name.rpartition("/")[2] not in {"metadata.json", "file_parameters.json"}:
            others.append(name)  # also what belongs to a second table in the same archive
    return tuple(found), tuple(others)


def description(archive: Archive) -> dict[str, str]:
    """Name, version and system of the table, from its metadata; empty where there are none."""
    for name in archive.names():
        if name.rpartition("/")[2] == "metadata.json":
            try:
                document = json.loads(archive.read(name))
            except (ValueError, RecursionError, InputError):
                return {}
            if isinstance(document, dict):
                return {
                    key: str(document.get(key) or "") for key in ("name", "version", "system", "description")
                }
    return {}


def _root(archive: Archive) -> str:
    """The shallowest folder with a core matrix, with a slash behind it; satellite accounts lie in or below it."""
    folders = [
        name.rpartition("/")[0]
        for name in archive.names()
        if _ending(name) in TEXTS and _part(name) in {"transactions", "coefficients"}
    ]
    best = min(folders, key=lambda folder: (folder.count("/") if folder else -1, folder), default="")
    # Concordances and classifications of the sample of pymrio lie beside the data.
    inside = any("/" in name[len(best) + 1 :] for name in archive.names() if name.startswith(best + "/"))
    if best and not inside:
        best = best.rpartition("/")[0]
    return f"{best}/" if best else ""


def _sheets(archive: Archive, name: str) -> Iterator[Document]:
    for sheet in read_sheets(archive, name, where=f"{archive.name}, {name}"):
        title = sheet.name or _stem(name)
        yield Document(archive, f"{name}, sheet {title}", "", title, part_of(title), sheet)


def _is_table_workbook(archive: Archive, name: str) -> bool:
    try:
        titles = tuple(sheet.name for sheet in look_at_sheets(archive, name, where=name))
    except InputError:
        return False
    parts = {part_of(title) for title in titles}
    return bool(parts & {"transactions", "coefficients"}) and len(titles) > 1


def _ending(name: str) -> str:
    base = name.rpartition("/")[2].lower()
    return base[base.rfind(".") :] if "." in base else ""


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def _part(name: str) -> Part:
    return part_of(_stem(name))
