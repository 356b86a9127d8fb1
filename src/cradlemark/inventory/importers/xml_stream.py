"""XML documents of any size, read one record at a time without trusting them.

A record is a child of the root element. What `archive.read_xml_document` refuses before parsing is refused here while
the text passes by: document types and entities, odd encodings, too many parts, too deep a nesting. Nothing of a record
is kept once it was handed out, so that memory follows the largest record and not the document.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.positions import spot_in
from cradlemark.inventory.importers.archive import Archive

CHUNK = 65_536
"""Bytes that are looked at and parsed at once."""
MAX_DEPTH = 60
"""Deepest nesting of elements."""
MAX_PARTS = 300_000
"""Most elements and attributes of one record."""
MAX_TOKEN = 1_000_000
"""Longest piece of text without the beginning or end of an element: a tag or a text [characters]."""
MAX_RECORD = 50_000_000
"""Longest record [characters]."""
MAX_RECORDS = 60_000
"""Most records of a document."""
_ENCODINGS = frozenset({
    "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "latin-1", "utf-16", "utf-16le", "utf-16be",
    "windows-1252", "cp1252", "windows-1250", "gb2312", "gbk", "gb18030",
})  # fmt: skip
_DECLARED = re.compile(r"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FORBIDDEN = ("<!DOCTYPE", "<!ENTITY")
_OVERLAP = max(map(len, _FORBIDDEN)) - 1


@attrs.frozen(eq=False)
class Record:
    """One child of the root element, names of elements without their name space.

    Parameters
    ----------
    namespace : str
        Name space of the record's own element.
    element : Element
    """

    namespace: str
    element: Element


def read_records(archive: Archive, name: str) -> Iterator[Record]:
    """Records of one XML document, in order.

    Records before a fault are handed out first; then the fault is raised.

    Parameters
    ----------
    archive : Archive
    name : str
        Name of the document in the archive.

    Raises
    ------
    InputError
        ``file-unsafe`` for a document type or entities, ``file-encoding``, ``file-truncated``, ``xml-syntax`` or
        ``file-bomb``.
    """
    with archive.open(name) as file:
        yield from _Parser(name).records(file)


def beginning(archive: Archive, name: str) -> bytes | None:
    """First bytes of a document, without those of wide encodings that are zero; None when they cannot be read."""
    try:
        with archive.open(name) as file:
            return file.read(4096).replace(b"\0", b"")
    except InputError:
        return None


class _Parser:
    def __init__(self, where: str) -> None:
        self._where = where
        self._pull: XMLPullParser[Element] = XMLPullParser(("start", "end"))
        self._depth = 0
        self._parts = 0
        self._count = 0
        self._quiet = 0
        self._length = 0
        self._root: Element | None = None
        self._tags: dict[str, str] = {}

    def records(self, file: IO[bytes]) -> Iterator[Record]:
        for text in _texts(file, self._where):
            self._feed(text)
            yield from self._ready(len(text))
        try:
            self._pull.close()
        except ParseError as error:
            raise self._syntax(error) from error
        yield from self._ready(0)

    def _feed(self, text: str) -> None:
        try:
            self._pull.feed(text)
        except (ParseError, ValueError) as error:
            raise self._syntax(error) from error

    def _ready(self, length: int) -> Iterator[Record]:
        self._quiet += length
        self._length += length
        for event, element in self._events():
            self._quiet = 0
            if event == "start":
                self._begin(element)
                continue
            self._depth -= 1
            if self._depth == 1 and self._root is not None:
                self._count += 1
                if self._count > MAX_RECORDS:
                    raise self._bomb(
                        Text(f"it has more than {MAX_RECORDS:,} data sets", f"数据集超过 {MAX_RECORDS:,} 个")
                    )
                yield self._stripped(element)
                self._root.clear()
                self._parts = self._length = 0
        if self._quiet > MAX_TOKEN or self._length > MAX_RECORD:
            raise self._bomb(Text("one of its elements or texts is too long", "其中某个元素或文字过长"))

    def _events(self) -> Iterator[tuple[str, Element]]:
        try:
            for event in self._pull.read_events():
                # Events of other kinds, which the declared type allows, carry no element.
                if len(event) == 2 and isinstance(event[1], Element):
                    yield event[0], event[1]
        except ParseError as error:
            raise self._syntax(error) from error

    def _begin(self, element: Element) -> None:
        if self._depth == 0:
            self._root = element
        self._depth += 1
        self._parts += 1 + len(element.attrib)
        if self._depth > MAX_DEPTH:
            raise self._bomb(
                Text(f"it is nested deeper than {MAX_DEPTH} elements", f"嵌套超过 {MAX_DEPTH} 层元素")
            )
        if self._parts > MAX_PARTS:
            raise self._bomb(
                Text(f"a data set has more than {MAX_PARTS:,} parts", f"某数据集超过 {MAX_PARTS:,} 个部分")
            )

    def _stripped(self, record: Element) -> Record:
        namespace = record.tag.rpartition("}")[0].lstrip("{")
        for element in record.iter():
            tag = element.tag
            plain = self._tags.get(tag)
            if plain is None:
                plain = tag.rpartition("}")[2]
                if len(self._tags) < 1_000:
                    self._tags[tag] = plain
            element.tag = plain
        return Record(namespace, record)

    def _syntax(self, error: Exception) -> InputError:
        return InputError(
            Text(f"this is not XML: {error}", f"不是 XML{spot_in(str(error))}"), code="xml-syntax", where=self._where,
            hint=Text("download or export it again", "重新下载或导出"),
        )  # fmt: skip

    def _bomb(self, why: Text) -> InputError:
        return InputError(
            Text(f"the document does not fit into memory: {why}", f"文档无法放入内存：{why['zh']}"), code="file-bomb", where=self._where,
            hint=Text("split the data set", "拆分数据集"),
        )  # fmt: skip


def _texts(file: IO[bytes], where: str) -> Iterator[str]:
    """The document as pieces of text, refused when it declares types or entities or is no text."""
    first = file.read(CHUNK)
    encoding = _encoding(first, where)
    decoder = codecs.getincrementaldecoder(encoding)()
    tail = ""
    data = first
    while True:
        try:
            text = decoder.decode(data, final=not data)
        except (UnicodeDecodeError, ValueError) as error:
            raise InputError(
                Text(f"the document is not valid {encoding}", f"文档不是有效的 {encoding}"), code="file-encoding", where=where,
                hint=Text("save it as UTF-8", "另存为 UTF-8"),
            ) from error  # fmt: skip
        if "\0" in text:
            # The parser would guess UTF-16, which hides from the look at declarations.
            raise _zero_bytes(where)
        seen = tail + text
        if any(word in seen for word in _FORBIDDEN):
            raise InputError(
                Text("the document declares its own document type or entities", "文档自带文档类型或实体声明"), code="file-unsafe", where=where,
                hint=Text("remove the DOCTYPE; data sets need none", "删除 DOCTYPE；数据集不需要它"),
            )  # fmt: skip
        tail = seen[-_OVERLAP:]
        if text:
            yield text
        if not data:
            return
        data = file.read(CHUNK)


def _zero_bytes(where: str) -> InputError:
    return InputError(
        Text("the document has zero bytes: it is binary, or UTF-16 without a mark", "文档含零字节：是二进制，或无标记的 UTF-16"), code="file-encoding",
        where=where, hint=Text("save it as UTF-8", "另存为 UTF-8"),
    )  # fmt: skip


def _encoding(first: bytes, where: str) -> str:
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return encoding
    found = _DECLARED.match(first[:400].decode("latin-1"))
    encoding = found.group(1).lower() if found else "utf-8"
    if encoding not in _ENCODINGS:
        raise InputError(
            Text(f"the encoding {encoding!r} is not read", f"不读取编码 {encoding!r}"), code="file-encoding", where=where,
            hint=Text("save it as UTF-8", "另存为 UTF-8"),
        )  # fmt: skip
    # A declaration that could be read byte by byte is not UTF-16, whatever it says.
    return "utf-8" if encoding.startswith("utf-16") else encoding
