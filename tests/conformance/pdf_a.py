"""Demands of PDF/A-3, level A, that a file can be held against without a validator: each names its clause of ISO 19005-3:2012.

Written from the standard's clauses for what our certificates use; it is no validator of any PDF. Read by qpdf through pikepdf.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

FORBIDDEN = (
    "/JavaScript",
    "/Launch",
    "/Sound",
    "/Movie",
    "/ResetForm",
    "/ImportData",
    "/Hide",
    "/SetOCGState",
    "/Rendition",
    "/Trans",
    "/GoTo3DView",
)
"""Actions of clause 6.5.1."""
AS_XMP = {
    "/Title": "dc:title",
    "/Creator": "xmp:CreatorTool",
    "/CreationDate": "xmp:CreateDate",
    "/ModDate": "xmp:ModifyDate",
}


def faults(path: Path) -> list[str]:
    """Clauses that a file breaks, with what breaks them."""
    with pikepdf.open(path) as file:
        return [
            *_structure(path.read_bytes(), file),
            *_objects(file),
            *_fonts(file),
            *_metadata(file),
            *_attachments(file),
            *_tags(file),
        ]


def _structure(content: bytes, file: pikepdf.Pdf) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[2-7]\r?\n%[\x80-\xff]{4}", content):
        yield "6.1.2 header"
    if "/ID" not in file.trailer or file.is_encrypted:
        yield "6.1.3 trailer: no ID, or encrypted"
    if not content.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3 data after the end"
    intents = [one for one in file.Root.get("/OutputIntents", []) if one.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1 or "/DestOutputProfile" not in intents[0]:
        yield "6.2.3 output intent"
    elif intents[0].DestOutputProfile.read_bytes()[36:40] != b"acsp":
        yield "6.2.3 the output intent holds no ICC profile"


def _objects(file: pikepdf.Pdf) -> Iterator[str]:
    for one in file.objects:
        if not isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            continue
        if isinstance(one, pikepdf.Stream):
            filters = one.get("/Filter", [])
            names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters]
            if "/LZWDecode" in names:
                yield "6.1.7.2 LZW"
            if "/F" in one and "/Type" not in one:
                yield "6.1.7.1 content outside of the file"
        if str(one.get("/S", "")) in FORBIDDEN or "/AA" in one or "/JS" in one:
            yield f"6.5.1 action {one.get('/S', '')}"
        if str(one.get("/Subtype", "")) in ("/PS", "/Movie", "/Sound", "/Screen", "/3D"):
            yield f"6.2.9, 6.3.1 {one.Subtype}"
        if one.get("/Interpolate", False):
            yield "6.2.8 interpolation"


def _fonts(file: pikepdf.Pdf) -> Iterator[str]:
    fonts = [
        one for one in file.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"
    ]
    if not fonts:
        yield "no fonts"
    for font in fonts:
        if font.get("/Subtype") == "/Type0":
            if "/ToUnicode" not in font:
                yield f"6.2.11.7.2 {font.BaseFont}: letters without meaning"
            elif b"beginbf" not in font.ToUnicode.read_bytes():
                yield f"6.2.11.7.2 {font.BaseFont}: an empty map of letters"
        elif not {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.get("/FontDescriptor", {}).keys()):
            yield f"6.2.11.4.1 {font.get('/BaseFont', '')}: not embedded"
        if font.get("/Subtype") == "/CIDFontType2" and font.get("/CIDToGIDMap") is None:
            yield f"6.2.11.3.2 {font.BaseFont}: no map of glyphs"


def _metadata(file: pikepdf.Pdf) -> Iterator[str]:
    if "/Metadata" not in file.Root or "/Filter" in file.Root.Metadata:
        yield "6.6.2.1 metadata"
        return
    text = file.Root.Metadata.read_bytes().decode("utf-8")
    if "<pdfaid:part>3<" not in text or "<pdfaid:conformance>A<" not in text:
        yield "6.6.4 version and level"
    for name, tag in AS_XMP.items():
        plain = re.sub(r"<[^>]*>", "", (re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) or ["", ""])[1])
        stated = str(file.docinfo.get(name, ""))
        if name.endswith("Date"):
            plain, stated = (re.sub(r"\D", "", one)[:14] for one in (plain, stated))
        if plain != stated:
            yield f"6.6.3 {name} differs: {stated!r}, {plain!r}"


def _attachments(file: pikepdf.Pdf) -> Iterator[str]:
    linked = {one.objgen for one in file.Root.get("/AF", [])}
    names: Any = file.Root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    for one in list(names)[1::2]:
        if not {"/F", "/UF"} <= set(one.keys()):
            yield "6.8 a file without a name"
        if str(one.get("/AFRelationship", "")) not in (
            "/Source",
            "/Data",
            "/Alternative",
            "/Supplement",
            "/Unspecified",
        ):
            yield "6.8 a file without a relation"
        if one.objgen not in linked:
            yield "6.8 a file that nothing is associated with"
        if "/" not in str(one.EF.F.get("/Subtype", ""))[1:]:
            yield "6.8 a file without a media type"


def _tags(file: pikepdf.Pdf) -> Iterator[str]:
    if not file.Root.get("/MarkInfo", {}).get("/Marked", False):
        yield "6.7.2.2 not marked"
    if "/StructTreeRoot" not in file.Root:
        yield "6.7.3.3 no structure"
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", str(file.Root.get("/Lang", ""))):
        yield "6.7.4 language"
