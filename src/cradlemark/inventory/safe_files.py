"""Read tables from files that somebody else made, without trusting them.

Spreadsheets are containers that can name far more than they hold. Every container is looked at before it is
loaded: its members, its packing ratio, the real extent of its sheets. What is too large or not what it claims to
be is refused with one clear error; nothing is loaded half.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.inventory.container_scan import (
    check_opendocument,
    check_workbook_sheets,
    refuse,
    refuse_area,
)
from cradlemark.inventory.text_files import Cell, decode_text, read_delimited

Container = Literal["xlsx", "ods", "xls", "text"]

MAX_FILE = 100_000_000
"""Largest file that is read [byte]."""
MAX_TEXT_FILE = 30_000_000
"""Largest file of text that is read [byte]; reading takes up to eight times as much memory."""
MAX_OLD_FILE = 30_000_000
"""Largest file of the old binary workbook format [byte]."""
MAX_UNPACKED = 200_000_000
"""Largest sum of unpacked members of a container [byte]."""
MAX_RATIO = 200
"""Largest ratio of unpacked to packed size [1] of a member above `RATIO_FROM`."""
RATIO_FROM = 1_000_000
MAX_MEMBERS = 2_000
MAX_SHEETS = 50

_NEW_FILE = "if you trust the file, save the table alone as .xlsx or .csv"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_NESTED = (".zip", ".xlsx", ".xlsm", ".ods", ".7z", ".rar", ".gz", ".bz2", ".xz", ".jar", ".docx", ".pptx")

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, NotImplementedError, OSError, RuntimeError,
    ValueError,
)  # fmt: skip
"""What the readers of containers raise for a damaged one."""

__all__ = ["Cell", "Sheet", "check_container", "decode_text", "read_grid"]


@attrs.frozen
class Sheet:
    """One sheet as plain cells; ``rows[0][0]`` is cell A1.

    Parameters
    ----------
    name : str
        Name of the sheet; empty for a text file.
    rows : list of list of Cell
        All rows have the same length.
    merged : list of tuple of int
        Merged areas ``(first row, first column, last row, last column)``, counted from 0, both ends included.
    hidden : bool
        Whether the sheet is hidden in the workbook.
    """

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]] = attrs.field(factory=list)
    hidden: bool = False


def read_grid(path: Path | str | bytes, *, where: str) -> list[Sheet]:
    """Read every sheet of a CSV, XLSX, XLS or ODS file; the content decides the format, not the name.

    Parameters
    ----------
    path : path or bytes
        The file or its content.
    where : str
        Name of the file as the user knows it; begins every error's place.

    Returns
    -------
    list of Sheet
        At least one. A text file is one sheet whose cells are text.

    Raises
    ------
    InputError
        With a code beginning with ``file-``: missing, empty, too large, truncated, password-protected, of another
        format, or with more than 50 sheets, 200,000 rows, 2,000 columns or 5 million cells in a sheet.
    """
    content = _content(path, where)
    if check_container(content, where=where) == "text":
        text, _encoding = decode_text(content, where)
        return [Sheet("", read_delimited(text, where=where))]
    return _read_workbook(content, where)


def check_container(path: Path | str | bytes, *, where: str) -> Container:
    """Say what a file is, and refuse it when loading it would not be safe.

    Parameters
    ----------
    path : path or bytes
        The file or its content.
    where : str
        Name of the file as the user knows it.

    Returns
    -------
    {"xlsx", "ods", "xls", "text"}

    Raises
    ------
    InputError
        ``file-empty``, ``file-too-large``, ``file-truncated``, ``file-encrypted``, ``file-html``, ``file-format``,
        ``file-bomb``, ``file-unsafe``, ``file-too-wide``, ``file-too-long``.
    """
    content = _content(path, where)
    if content.startswith(_ZIP):
        return check_zip(content, where=where)
    if content.startswith(_OLE):
        return _check_ole(content, where)
    _refuse_foreign(content, where)
    if len(content) > MAX_TEXT_FILE:
        raise _too_large(where, MAX_TEXT_FILE)
    return "text"


def _content(path: Path | str | bytes, where: str) -> bytes:
    if isinstance(path, bytes):
        content = path
    else:
        file = Path(path)
        if not file.is_file():
            raise InputError(
                f"there is no file {file.name}", code="file-missing", where=where, hint="check the path"
            )
        if file.stat().st_size > MAX_FILE:
            raise _too_large(where)
        content = file.read_bytes()
    if len(content) > MAX_FILE:
        raise _too_large(where)
    if not content.strip(b"\x00\r\n\t "):
        raise InputError(
            "the file is empty", code="file-empty", where=where, hint="export it again, or check the upload"
        )
    return content


def _too_large(where: str, limit: int = MAX_FILE) -> InputError:
    return InputError(
        f"the file is larger than {limit // 1_000_000} MB",
        code="file-too-large",
        where=where,
        hint="remove pictures and unused sheets, or split the file",
    )


def check_zip(content: bytes, *, where: str, allow_nested: bool = False) -> Container:
    """Refuse a zip container that is truncated, hostile or no spreadsheet; see `check_container`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_members(archive.infolist(), where=where, allow_nested=allow_nested)
            return _check_spreadsheet(archive, where)
    except InputError:
        raise
    except _DAMAGE as error:
        raise _damaged(where) from error


def check_members(
    members: list[zipfile.ZipInfo],
    *,
    where: str,
    allow_nested: bool = False,
    largest: int = MAX_UNPACKED,
    most: float = MAX_RATIO,
) -> None:
    """Refuse a zip whose list of members is hostile: too many, too large unpacked, packed too well, odd paths.

    Parameters
    ----------
    largest : int
        Largest sum of unpacked members [byte].
    most : float
        Largest ratio of unpacked to packed size [1].
    """
    if len(members) > MAX_MEMBERS:
        refuse(
            where,
            "file-bomb",
            f"the container holds {len(members):,} parts",
            f"at most {MAX_MEMBERS:,}; {_NEW_FILE}",
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > largest:
        refuse(
            where,
            "file-bomb",
            f"the container unpacks to {unpacked / 1e6:,.0f} MB",
            f"at most {largest // 10**6} MB; {_NEW_FILE}",
        )
    for member in members:
        _check_member(member, where, allow_nested, most)


def _check_member(member: zipfile.ZipInfo, where: str, allow_nested: bool, most: float) -> None:
    place = f"{where}, part {member.filename[:80]}"
    name = member.filename.replace("\\", "/")
    if (
        name.startswith("/")
        or ".." in name.split("/")
        or (len(name) > 1 and name[1] == ":")
        or "\x00" in name
    ):
        refuse(
            place,
            "file-unsafe",
            "the container has a part with a path that leads out of it",
            "make the file anew",
        )
    if member.flag_bits & 0x1:
        raise _encrypted(where)
    if member.file_size > RATIO_FROM and member.file_size > most * max(member.compress_size, 1):
        ratio = member.file_size / max(member.compress_size, 1)
        refuse(
            place,
            "file-bomb",
            f"a part is packed {ratio:,.0f} to 1",
            f"at most {most:g} to 1; {_NEW_FILE}",
        )
    if not allow_nested and name.lower().endswith(_NESTED) and not name.startswith("xl/embeddings/"):
        refuse(
            place, "file-unsafe", "the container holds another container", "hand in the inner file by itself"
        )


def _check_spreadsheet(archive: zipfile.ZipFile, where: str) -> Container:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        check_workbook_sheets(archive, where)
        return "xlsx"
    if {"content.xml", "mimetype"} <= names and archive.read("mimetype").startswith(_OPEN_DOCUMENT):
        check_opendocument(archive, where)
        return "ods"
    kind = (
        "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "a zip archive that is no spreadsheet"
    )
    raise InputError(f"the file is {kind}", code="file-format", where=where, hint="save it as .xlsx or .csv")


def _check_ole(content: bytes, where: str) -> Container:
    from cradlemark.inventory.old_workbook import check_old_workbook

    if len(content) > MAX_OLD_FILE:
        raise InputError(
            f"an .xls file above {MAX_OLD_FILE // 1_000_000} MB is not read",
            code="file-too-large",
            where=where,
            hint="save it as .xlsx",
        )
    check_old_workbook(content, where=where)
    return "xls"


def _refuse_foreign(content: bytes, where: str) -> None:
    head = content[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    lowered = head.lower()
    hint = "open it in a spreadsheet program and save it as .xlsx or .csv"
    if (
        lowered.startswith((b"<!doctype html", b"<html"))
        or b"<table" in lowered
        or b"<html" in lowered[:1024]
    ):
        raise InputError(
            "the file is a web page saved with the name of a workbook",
            code="file-html",
            where=where,
            hint=hint,
        )
    if lowered.startswith((b"<?xml", b"<!doctype")):
        raise InputError("the file is XML, not a table", code="file-format", where=where, hint=hint)
    if head.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
    ):
        raise InputError(
            "the file is a document, picture or archive, not a table",
            code="file-format",
            where=where,
            hint=hint,
        )


def _read_workbook(content: bytes, where: str) -> list[Sheet]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = {meta.name: meta.visible for meta in book.sheets_metadata}
        kinds = {meta.name: meta.typ for meta in book.sheets_metadata}
        names = [name for name in book.sheet_names if kinds.get(name) == calamine.SheetTypeEnum.WorkSheet]
        if len(names) > MAX_SHEETS:
            refuse(where, "file-too-long", f"the workbook has {len(names)} sheets", f"at most {MAX_SHEETS}")
        if not names:
            refuse(where, "file-empty", "the workbook has no sheet with cells", "export it again")
        return [
            _read_sheet(book, name, visible.get(name) != calamine.SheetVisibleEnum.Visible, where)
            for name in names
        ]
    except InputError:
        raise
    except calamine.PasswordError as error:
        raise _encrypted(where) from error
    except (calamine.CalamineError, *_DAMAGE) as error:
        raise _damaged(where) from error
    except BaseException as error:
        # A panic of the loader is no Exception; everything else that is none has to pass.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(where) from error


def _read_sheet(book: object, name: str, hidden: bool, where: str) -> Sheet:
    sheet = book.get_sheet_by_name(name)  # type: ignore[attr-defined]
    height, width = sheet.total_height, sheet.total_width
    refuse_area(f"{where}, sheet {name}", height, width)
    rows: list[list[Cell]] = [
        [None if cell == "" else cell for cell in row] for row in sheet.to_python(skip_empty_area=False)
    ]
    # The reader's total_height and total_width are positions of the last cell, not counts.
    last_row, last_column = len(rows) - 1, len(rows[0]) - 1 if rows else -1
    merged = [
        (first[0], first[1], min(last[0], last_row), min(last[1], last_column))
        for first, last in (sheet.merged_cell_ranges or [])
        if first[0] <= last_row and first[1] <= last_column
    ]
    return Sheet(name, rows, merged, hidden)


def _damaged(where: str) -> InputError:
    return InputError(
        "the workbook is damaged or cut off",
        code="file-truncated",
        where=where,
        hint="open it in a spreadsheet program and save it again, or upload it again",
    )


def _encrypted(where: str) -> InputError:
    return InputError(
        "the workbook is protected with a password",
        code="file-encrypted",
        where=where,
        hint="remove the password and save it again",
    )
