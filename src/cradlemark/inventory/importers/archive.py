"""Archives of many small documents, a zip or a folder, read one document at a time without trusting them.

Nothing is ever unpacked to disk; a document is refused before it is parsed when its size or structure would not fit
into memory, and XML that declares a document type is refused whatever its encoding.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import IO, Any, Protocol
from xml.etree import ElementTree

from cradlemark.core.errors import InputError
from cradlemark.inventory.safe_files import MAX_RATIO, check_members

MAX_ARCHIVE = 4_000_000_000
"""Largest archive [byte]."""
MAX_UNPACKED = 20_000_000_000
"""Largest sum of unpacked documents [byte]."""
MAX_DOCUMENTS = 150_000
MAX_DIRECTORY = 40_000_000
"""Largest list of members of a zip [byte]."""
MAX_DOCUMENT = 50_000_000
"""Largest document [byte]."""
MAX_STREAMED = 4_000_000_000
"""Largest document of a zip [byte]."""
TABLES = (".txt", ".csv", ".tsv", ".tab")
"""Endings of tables of text."""
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".ods"})
"""Endings of documents that are zips inside and are read whole by a reader of their own."""
_OTHER_ARCHIVES = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ": "xz",
    b"BZh": "bzip2",
}
"""Archives by their first bytes that have to be unpacked first; ecoinvent is delivered as 7z."""
MAX_PARTS = 1_000_000
"""Most elements, lists, tables or values of one document."""

_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "utf-16", "windows-1252", "gb2312", "gbk", "gb18030"}  # fmt: skip
_DECLARED = re.compile(r"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)  # fmt: skip


class Archive(Protocol):
    """Documents by name."""

    @property
    def name(self) -> str:
        """Name as the user knows it."""

    def names(self) -> tuple[str, ...]:
        """Names of all documents in order, with forward slashes."""

    def read(self, name: str) -> bytes:
        """Content of one document, up to `MAX_DOCUMENT`."""

    def open(self, name: str) -> IO[bytes]:
        """One document of any size as a stream; whoever reads it bounds what he keeps."""

    def close(self) -> None:
        """Let go of the file."""


def open_archive(path: Path | str) -> Archive:
    """Open a zip, a folder or a single document; a workbook is a document, although it is a zip inside.

    Raises
    ------
    InputError
        ``file-missing``, ``file-empty``, ``file-format``, ``file-truncated``, ``file-too-large``, ``file-bomb``,
        ``file-unsafe`` or ``file-encrypted``.
    """
    path = Path(path)
    if path.is_dir():
        return FolderArchive(path)
    if not path.is_file():
        raise _error(f"there is no file or folder {path.name}", "file-missing", path.name, "check the path")
    if path.stat().st_size == 0:
        raise _error("the file is empty", "file-empty", path.name, "download or export it again")
    with path.open("rb") as file:
        head = file.read(8)
    _refuse_other_archives(head, path.name)
    zipped = head.startswith(b"PK")
    if not zipped or path.suffix.lower() in WORKBOOKS:
        return FileArchive(path)
    return ZipArchive(path)


def _refuse_other_archives(head: bytes, where: str) -> None:
    for mark, name in _OTHER_ARCHIVES.items():
        if head.startswith(mark):
            raise _error(
                f"a {name} archive is not read", "file-format", where,
                "unpack it first, then give the folder or a zip of it",
            )  # fmt: skip


class FolderArchive:
    """A folder and all that lies in it; links are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = tuple(sorted(self._walk()))

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self._folder.resolve().name

    def names(self) -> tuple[str, ...]:
        """Names of all files below the folder."""
        return self._names

    def read(self, name: str) -> bytes:
        """Content of one file."""
        path = self._folder / name
        where = f"{self.name}, {name}"
        if path.stat().st_size > MAX_DOCUMENT:
            raise _large(where)
        try:
            return path.read_bytes()
        except OSError as error:
            raise _error("the file cannot be read", "file-unreadable", where, "check its rights") from error

    def open(self, name: str) -> IO[bytes]:
        """One file as a stream."""
        return _opened(self._folder / name, f"{self.name}, {name}")

    def close(self) -> None:
        """Nothing to do."""

    def _walk(self) -> Iterator[str]:
        for count, path in enumerate(self._folder.rglob("*")):
            if count > MAX_DOCUMENTS:
                raise _many(self.name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(self._folder).as_posix()


class FileArchive:
    """A single document that stands for itself."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """Name of the file."""
        return self._path.name

    def names(self) -> tuple[str, ...]:
        """The one name."""
        return (self._path.name,)

    def read(self, name: str) -> bytes:
        """Content of the file."""
        if self._path.stat().st_size > MAX_DOCUMENT:
            raise _large(name)
        with self.open(name) as file:
            return file.read()

    def open(self, name: str) -> IO[bytes]:
        """The file as a stream."""
        return _opened(self._path, name)

    def close(self) -> None:
        """Nothing to do."""


def _opened(path: Path, where: str) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise _error("the file cannot be read", "file-unreadable", where, "check its rights") from error


class ZipArchive:
    """A zip file, checked before anything of it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        _check_directory(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except _DAMAGE as error:
            raise _damaged(path.name) from error
        try:
            self._members = {member.filename: member for member in self._checked()}
        except BaseException:
            self._zip.close()
            raise

    @property
    def name(self) -> str:
        """Name of the file."""
        return self._path.name

    @property
    def packed(self) -> int:
        """Size of the file [byte]."""
        return self._path.stat().st_size

    def names(self) -> tuple[str, ...]:
        """Names of all members that are files."""
        return tuple(sorted(self._members))

    def read(self, name: str) -> bytes:
        """Content of one member; at most what the archive announces."""
        where = f"{self.name}, {name}"
        member = self._members[name]
        if member.file_size > MAX_DOCUMENT:
            raise _large(where)
        try:
            with self._zip.open(member) as file:
                content = file.read(member.file_size + 1)
        except _DAMAGE as error:
            raise _damaged(where) from error
        if len(content) != member.file_size:
            raise _damaged(where)
        return content

    def open(self, name: str) -> IO[bytes]:
        """One member as a stream; it ends where the archive says, and damage is told when it is met."""
        try:
            return self._zip.open(self._members[name])
        except _DAMAGE as error:
            raise _damaged(f"{self.name}, {name}") from error

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _checked(self) -> Iterator[zipfile.ZipInfo]:
        total = 0
        seen: set[str] = set()
        for member in self._zip.infolist():
            total += member.file_size
            if total > MAX_UNPACKED:
                raise _error(
                    f"the archive unpacks to more than {MAX_UNPACKED // 10**9} GB", "file-bomb", self.name,
                    "split the archive",
                )  # fmt: skip
            # A document is bounded when it is read; what is streamed, as a matrix is, may be larger.
            # A matrix of zeros packs as well as a bomb does; a table that one document may hold is no danger.
            table = member.filename.lower().endswith(TABLES) and member.file_size <= MAX_DOCUMENT
            check_members(
                [member],
                where=self.name,
                allow_nested=True,
                largest=MAX_STREAMED,
                most=inf if table else MAX_RATIO,
            )
            if member.filename in seen:
                raise _twice(self.name, member.filename)
            seen.add(member.filename)
            if not member.is_dir():
                yield member


def _check_directory(path: Path) -> None:
    """Look at the list of members before it is loaded: one entry takes far more memory than bytes."""
    size = path.stat().st_size
    if size > MAX_ARCHIVE:
        raise _error(
            "the archive is too large", "file-too-large", path.name, "split it, or unpack it to a folder"
        )
    with path.open("rb") as file:
        head = file.read(4)
        if not head.startswith(b"PK"):
            raise _error("the file is no zip archive", "file-format", path.name, "give a zip archive")
        file.seek(max(size - 65_557, 0))
        tail = file.read()
        place = tail.rfind(b"PK\x05\x06")
        if place < 0 or len(tail) < place + 20:
            raise _damaged(path.name)
        length, start = struct.unpack("<LL", tail[place + 12 : place + 20])
        if 0xFFFFFFFF in {length, start}:
            wide = tail.rfind(b"PK\x06\x06")
            if wide < 0 or len(tail) < wide + 56:
                raise _damaged(path.name)
            length, start = struct.unpack("<QQ", tail[wide + 40 : wide + 56])
        if length > MAX_DIRECTORY:
            raise _many(path.name)
        file.seek(max(size - length - len(tail), 0))
        if file.read().count(b"PK\x01\x02") > MAX_DOCUMENTS + 1_000:
            raise _many(path.name)


def read_json_document(content: bytes, *, where: str) -> dict[str, Any]:
    """Read one JSON document that is a table.

    Raises
    ------
    InputError
        ``file-encoding``, ``json-syntax`` or ``file-bomb``.
    """
    parts = content.count(b",") + content.count(b"{") + content.count(b"[")
    if parts > MAX_PARTS:
        raise _bomb(where, parts)
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise _error(
            "the document is not UTF-8", "file-encoding", where, "export it again as UTF-8"
        ) from error
    except RecursionError as error:
        raise _error("the document is nested too deeply", "file-bomb", where, "export it again") from error
    except ValueError as error:
        raise _error(
            f"this is not JSON: {str(error)[:120]}", "json-syntax", where, "export it again"
        ) from error
    if b"\\ud" in content.lower() and not _is_unicode(document):
        raise _error(
            "a text is not Unicode (a lone surrogate)", "file-encoding", where, "export it again as UTF-8"
        )
    if not isinstance(document, dict):
        raise _error("the document is no table of names and values", "json-syntax", where, "export it again")
    return document


def _is_unicode(document: object) -> bool:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def read_xml_document(content: bytes, *, where: str) -> ElementTree.Element:
    """Read one XML document into elements with names without their name space.

    Raises
    ------
    InputError
        ``file-unsafe`` for a document type declaration, ``file-encoding``, ``xml-syntax`` or ``file-bomb``.
    """
    text = _xml_text(content, where)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _error(
            "the document declares its own document type or entities", "file-unsafe", where,
            "remove the DOCTYPE; data sets need none",
        )  # fmt: skip
    parts = text.count("<") + text.count('="') + text.count("='")
    if parts > 2 * MAX_PARTS:
        raise _bomb(where, parts)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no document type, no entities: refused above
    except (ElementTree.ParseError, ValueError) as error:
        raise _error(
            f"this is not XML: {error}", "xml-syntax", where, "download or export it again"
        ) from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def _xml_text(content: bytes, where: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        found = _DECLARED.match(content[:400].decode("latin-1").removeprefix("ï»¿"))
        encoding = found.group(1).lower() if found else "utf-8"
    if encoding not in _ENCODINGS:
        raise _error(f"the encoding {encoding!r} is not read", "file-encoding", where, "save it as UTF-8")
    encoding = "utf-8-sig" if encoding in {"utf-8", "utf8"} else encoding
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise _error(
            f"the document is not valid {encoding}", "file-encoding", where, "save it as UTF-8"
        ) from error
    # The parser is given text; a declaration of another encoding would only confuse it.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _error(message: str, code: str, where: str, hint: str) -> InputError:
    return InputError(message, code=code, where=where, hint=hint)


def _large(where: str) -> InputError:
    return _error(
        f"a document is larger than {MAX_DOCUMENT // 10**6} MB", "file-too-large", where, "split the data set"
    )


def _bomb(where: str, parts: int) -> InputError:
    return _error(
        f"a document has {parts:,} parts", "file-bomb", where, f"at most {MAX_PARTS:,}; split the data set"
    )


def _many(where: str) -> InputError:
    return _error(
        f"the archive holds more than {MAX_DOCUMENTS:,} documents", "file-bomb", where, "split the archive"
    )


def _twice(where: str, name: str) -> InputError:
    return _error(f"the archive holds {name[:80]!r} twice", "file-unsafe", where, "make the archive anew")


def _damaged(where: str) -> InputError:
    return _error("the archive is damaged or cut off", "file-truncated", where, "download or export it again")
