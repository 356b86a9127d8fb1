"""Documents of JSON and XML that are read whole, refused first when they would not fit into memory.

XML that declares a document type is refused whatever its encoding.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.positions import spot_in
from cradlemark.inventory.importers.archive_refusals import refused
from cradlemark.inventory.processes.limits import check_pieces

MAX_PARTS = 1_000_000
"""Most elements, lists, tables or values of one document."""
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "utf-16", "windows-1252", "gb2312", "gbk", "gb18030"}  # fmt: skip
_DECLARED = re.compile(r"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")


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
    check_pieces(content, b'"', where=where)
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise refused(
            Text("the document is not UTF-8", "文档不是 UTF-8"),
            "file-encoding",
            where,
            Text("export it again as UTF-8", "以 UTF-8 重新导出"),
        ) from error
    except RecursionError as error:
        raise refused(
            Text("the document is nested too deeply", "文档嵌套过深"),
            "file-bomb",
            where,
            Text("export it again", "重新导出"),
        ) from error
    except ValueError as error:
        raise refused(
            Text(f"this is not JSON: {str(error)[:120]}", f"不是 JSON{spot_in(str(error))}"),
            "json-syntax",
            where,
            Text("export it again", "重新导出"),
        ) from error
    if b"\\ud" in content.lower() and not _is_unicode(document):
        raise refused(
            Text("a text is not Unicode (a lone surrogate)", "某文字不是 Unicode（孤立的代理项）"),
            "file-encoding",
            where,
            Text("export it again as UTF-8", "以 UTF-8 重新导出"),
        )
    if not isinstance(document, dict):
        raise refused(
            Text("the document is no table of names and values", "文档不是名称与值的表"),
            "json-syntax",
            where,
            Text("export it again", "重新导出"),
        )
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
        raise refused(
            Text("the document declares its own document type or entities", "文档自带文档类型或实体声明"), "file-unsafe", where,
            Text("remove the DOCTYPE; data sets need none", "删除 DOCTYPE；数据集不需要它"),
        )  # fmt: skip
    parts = text.count("<") + text.count('="') + text.count("='")
    if parts > 2 * MAX_PARTS:
        raise _bomb(where, parts)
    check_pieces(text, "<", where=where)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no document type, no entities: refused above
    except (ElementTree.ParseError, ValueError) as error:
        raise refused(
            Text(f"this is not XML: {error}", f"不是 XML{spot_in(str(error))}"),
            "xml-syntax",
            where,
            Text("download or export it again", "重新下载或导出"),
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
        raise refused(
            Text(f"the encoding {encoding!r} is not read", f"不读取编码 {encoding!r}"),
            "file-encoding",
            where,
            Text("save it as UTF-8", "另存为 UTF-8"),
        )
    encoding = "utf-8-sig" if encoding in {"utf-8", "utf8"} else encoding
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise refused(
            Text(f"the document is not valid {encoding}", f"文档不是有效的 {encoding}"),
            "file-encoding",
            where,
            Text("save it as UTF-8", "另存为 UTF-8"),
        ) from error
    if "\0" in text:
        # The parser would guess UTF-16, which hides from the look at declarations.
        raise refused(
            Text("the document has zero bytes: it is binary, or UTF-16 without a mark", "文档含零字节：是二进制，或无标记的 UTF-16"), "file-encoding", where,
            Text("save it as UTF-8", "另存为 UTF-8"),
        )  # fmt: skip
    # The parser is given text; a declaration of another encoding would only confuse it.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _bomb(where: str, parts: int) -> InputError:
    return refused(
        Text(f"a document has {parts:,} parts", f"文档有 {parts:,} 个部分"),
        "file-bomb",
        where,
        Text(f"at most {MAX_PARTS:,}; split the data set", f"最多 {MAX_PARTS:,} 个；请拆分数据集"),
    )
