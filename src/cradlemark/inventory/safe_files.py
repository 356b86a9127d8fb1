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
from typing import Any, Literal, cast

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.container_scan import MAX_CELLS, refuse, refuse_area
from cradlemark.inventory.opendocument_scan import check_opendocument
from cradlemark.inventory.text_files import Cell, decode_text, read_text_table
from cradlemark.inventory.workbook_scan import check_workbook_sheets

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
_TEXTS = 100_000
"""Texts of cells that are looked up, so that those that repeat are held once."""

_NEW_FILE = Text(
    "if you trust the file, save the table alone as .xlsx or .csv",
    "若信任该文件，请把表格单独另存为 .xlsx 或 .csv",
)

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
    widths : tuple of int
        Cells that each row has in a text file; empty for a workbook.
    delimiter : str
        What separates the cells of a text file; empty for a workbook.
    """

    name: str
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]] = attrs.field(factory=list)
    hidden: bool = False
    widths: tuple[int, ...] = ()
    delimiter: str = ""


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
        format, or with more than 50 sheets, 200,000 rows or 2,000 columns in a sheet, or 3 million cells.
    """
    content = _content(path, where)
    if check_container(content, where=where) == "text":
        table = read_text_table(content, where=where)
        return [Sheet("", table.rows, widths=table.widths, delimiter=table.delimiter)]
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
                Text(f"there is no file {file.name}", f"没有文件 {file.name}"),
                code="file-missing",
                where=where,
                hint=Text("check the path", "检查路径"),
            )
        if file.stat().st_size > MAX_FILE:
            raise _too_large(where)
        content = file.read_bytes()
    if len(content) > MAX_FILE:
        raise _too_large(where)
    if not content.strip(b"\x00\r\n\t "):
        raise InputError(
            Text("the file is empty", "文件为空"),
            code="file-empty",
            where=where,
            hint=Text("export it again, or check the upload", "重新导出，或检查上传"),
        )
    return content


def _too_large(where: str, limit: int = MAX_FILE) -> InputError:
    return InputError(
        Text(f"the file is larger than {limit // 1_000_000} MB", f"文件大于 {limit // 1_000_000} MB"),
        code="file-too-large",
        where=where,
        hint=Text("remove pictures and unused sheets, or split the file", "删除图片和无用工作表，或拆分文件"),
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
            Text(f"the container holds {len(members):,} parts", f"容器含有 {len(members):,} 个部分"),
            Text(f"at most {MAX_MEMBERS:,}; {_NEW_FILE.en}", f"最多 {MAX_MEMBERS:,} 个；{_NEW_FILE.zh}"),
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > largest:
        refuse(
            where,
            "file-bomb",
            Text(
                f"the container unpacks to {unpacked / 1e6:,.0f} MB", f"容器解压后为 {unpacked / 1e6:,.0f} MB"
            ),
            Text(
                f"at most {largest // 10**6} MB; {_NEW_FILE.en}",
                f"最多 {largest // 10**6} MB；{_NEW_FILE.zh}",
            ),
        )
    for member in members:
        check_member(member, where=where, allow_nested=allow_nested, most=most)


def check_member(member: zipfile.ZipInfo, *, where: str, allow_nested: bool, most: float) -> None:
    """Refuse a member of a zip with an odd path, packed too well, encrypted, or another container; see `check_members`."""
    name = member.filename.replace("\\", "/")
    if (
        name.startswith("/")
        or (".." in name and ".." in name.split("/"))
        or name[1:2] == ":"
        or "\x00" in name
    ):
        refuse(
            _part(where, member),
            "file-unsafe",
            Text(
                "the container has a part with a path that leads out of it", "容器中某部分的路径指向容器之外"
            ),
            Text("make the file anew", "重新制作该文件"),
        )
    if member.flag_bits & 0x1:
        raise _encrypted(where)
    if member.file_size > RATIO_FROM and member.file_size > most * max(member.compress_size, 1):
        ratio = member.file_size / max(member.compress_size, 1)
        refuse(
            _part(where, member),
            "file-bomb",
            Text(f"a part is packed {ratio:,.0f} to 1", f"某部分的压缩比为 {ratio:,.0f} 比 1"),
            Text(f"at most {most:g} to 1; {_NEW_FILE.en}", f"最多 {most:g} 比 1；{_NEW_FILE.zh}"),
        )
    if not allow_nested and name.lower().endswith(_NESTED) and not name.startswith("xl/embeddings/"):
        refuse(
            _part(where, member),
            "file-unsafe",
            Text("the container holds another container", "容器内含另一个容器"),
            Text("hand in the inner file by itself", "直接给出里面的文件"),
        )


def _part(where: str, member: zipfile.ZipInfo) -> str:
    return f"{where}, part {member.filename[:80]}"


def _check_spreadsheet(archive: zipfile.ZipFile, where: str) -> Container:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        check_workbook_sheets(archive, where)
        return "xlsx"
    if {"content.xml", "mimetype"} <= names and archive.read("mimetype").startswith(_OPEN_DOCUMENT):
        check_opendocument(archive, where)
        return "ods"
    binary = Text("the file is a binary workbook (.xlsb)", "文件是二进制工作簿（.xlsb）")
    other = Text("the file is a zip archive that is no spreadsheet", "文件是 zip 归档，但不是电子表格")
    raise InputError(
        binary if "xl/workbook.bin" in names else other,
        code="file-format",
        where=where,
        hint=Text("save it as .xlsx or .csv", "另存为 .xlsx 或 .csv"),
    )


def _check_ole(content: bytes, where: str) -> Container:
    from cradlemark.inventory.old_workbook import check_old_workbook

    if len(content) > MAX_OLD_FILE:
        raise InputError(
            Text(
                f"an .xls file above {MAX_OLD_FILE // 1_000_000} MB is not read",
                f"不读取大于 {MAX_OLD_FILE // 1_000_000} MB 的 .xls 文件",
            ),
            code="file-too-large",
            where=where,
            hint=Text("save it as .xlsx", "另存为 .xlsx"),
        )
    check_old_workbook(content, where=where)
    return "xls"


def _refuse_foreign(content: bytes, where: str) -> None:
    head = content[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    lowered = head.lower()
    hint = Text(
        "open it in a spreadsheet program and save it as .xlsx or .csv",
        "用电子表格程序打开后另存为 .xlsx 或 .csv",
    )
    if (
        lowered.startswith((b"<!doctype html", b"<html"))
        or b"<table" in lowered
        or b"<html" in lowered[:1024]
    ):
        raise InputError(
            Text("the file is a web page saved with the name of a workbook", "文件是以工作簿名称保存的网页"),
            code="file-html",
            where=where,
            hint=hint,
        )
    if lowered.startswith((b"<?xml", b"<!doctype")):
        raise InputError(
            Text("the file is XML, not a table", "文件是 XML，不是表格"),
            code="file-format",
            where=where,
            hint=hint,
        )
    if head.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
    ):
        raise InputError(
            Text(
                "the file is a document, picture or archive, not a table", "文件是文档、图片或归档，不是表格"
            ),
            code="file-format",
            where=where,
            hint=hint,
        )


def _read_workbook(content: bytes, where: str) -> list[Sheet]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return _sheets(book, where)
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


def _sheets(book: Any, where: str) -> list[Sheet]:
    import python_calamine as calamine

    about = {meta.name: meta for meta in book.sheets_metadata}
    names = [name for name in book.sheet_names if about[name].typ == calamine.SheetTypeEnum.WorkSheet]
    if len(names) > MAX_SHEETS:
        refuse(
            where,
            "file-too-long",
            Text(f"the workbook has {len(names)} sheets", f"工作簿有 {len(names)} 个工作表"),
            Text(f"at most {MAX_SHEETS}", f"最多 {MAX_SHEETS} 个"),
        )
    if not names:
        refuse(
            where,
            "file-empty",
            Text("the workbook has no sheet with cells", "工作簿中没有含单元格的工作表"),
            Text("export it again", "重新导出"),
        )
    found: list[Sheet] = []
    left = MAX_CELLS
    for name in names:
        hidden = about[name].visible != calamine.SheetVisibleEnum.Visible
        found.append(_read_sheet(book.get_sheet_by_name(name), hidden, where, left))
        left -= sum(len(row) for row in found[-1].rows)
    return found


def _read_sheet(sheet: Any, hidden: bool, where: str, most: int) -> Sheet:
    place = f"{where}, sheet {sheet.name}"
    # The reader counts from 0 and its areas from the first used cell.
    height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    refuse_area(place, height, width)
    if height * width > most:
        refuse(
            place,
            "file-too-long",
            Text(
                f"the sheets span more than {MAX_CELLS:,} cells", f"各工作表覆盖的单元格超过 {MAX_CELLS:,} 个"
            ),
            Text("split the file", "拆分文件"),
        )
    left = [None] * (sheet.start[1] if sheet.start else 0)
    texts: dict[str, str] = {}
    rows: list[list[Cell]] = [[*left, *(_cell(cell, texts) for cell in row)] for row in sheet.iter_rows()]
    return Sheet(sheet.name, rows, _merged(sheet, height, width, place), hidden)


def _cell(cell: Any, texts: dict[str, str]) -> Cell:
    """A cell as it is kept: nothing for an empty text, one copy of a text that repeats, U+FFFD for the character of no text."""
    if not isinstance(cell, str):
        return cast("Cell", cell)
    if not cell:
        return None
    if len(texts) > _TEXTS:
        texts.clear()
    known = texts.get(cell)
    if known is None:
        known = texts[cell] = cell.replace("\0", "\ufffd")
    return known


def _merged(sheet: Any, height: int, width: int, where: str) -> list[tuple[int, int, int, int]]:
    """Merged areas as far as there are cells."""
    merged = [
        (first[0], first[1], min(last[0], height - 1), min(last[1], width - 1))
        for first, last in (sheet.merged_cell_ranges or [])
        if first[0] < height and first[1] < width
    ]
    area = sum(
        (bottom - top + 1) * max(right - left + 1, 1) for top, left, bottom, right in merged if bottom >= top
    )
    if area > height * width:
        refuse(
            where,
            "file-bomb",
            Text("merged areas of the sheet overlap", "工作表的合并区域相互重叠"),
            Text("save the table alone as .csv", "将表格单独另存为 .csv"),
        )
    return merged


def _damaged(where: str) -> InputError:
    return InputError(
        Text("the workbook is damaged or cut off", "工作簿损坏或不完整"),
        code="file-truncated",
        where=where,
        hint=Text(
            "open it in a spreadsheet program and save it again, or upload it again",
            "用电子表格程序打开后重新保存，或重新上传",
        ),
    )


def _encrypted(where: str) -> InputError:
    return InputError(
        Text("the workbook is protected with a password", "工作簿设有密码"),
        code="file-encrypted",
        where=where,
        hint=Text("remove the password and save it again", "去除密码后重新保存"),
    )
