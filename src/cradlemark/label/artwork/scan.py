"""Reading the code of a label from a picture, as a phone does."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST = 60_000_000
"""Largest picture that is read [pixel]."""
LONGEST = 50_000_000
"""Longest file that is read [byte]."""
ENLARGED = 4
"""How much a small picture is enlarged for a second look."""
_SMALL = 1_500


def read_codes(picture: Image) -> tuple[str, ...]:
    """Texts of all QR codes in a picture; a small one is looked at again, enlarged."""
    import zxingcpp
    from PIL.Image import Resampling

    grey = picture.convert("L")
    for size in (1, ENLARGED) if max(grey.size) <= _SMALL else (1,):
        seen = grey.resize((grey.width * size, grey.height * size), Resampling.LANCZOS) if size > 1 else grey
        pixels = memoryview(seen.tobytes()).cast("B", (seen.height, seen.width))
        found = zxingcpp.read_barcodes(
            pixels, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
        )
        if found:
            return tuple(sorted({code.text for code in found if code.valid}))
    return ()


def scan(content: bytes, *, where: str = "") -> tuple[str, ...]:
    """Texts of the codes in a PNG, JPEG, SVG or PDF, page by page.

    Raises
    ------
    InputError
        ``picture-unreadable``.
    """
    if len(content) > LONGEST:
        raise _unreadable(Text("it is too large", "过大"), where)
    found: dict[str, None] = {}
    for picture in _pictures(content, where):
        found.update(dict.fromkeys(read_codes(picture)))
    return tuple(found)


def open_picture(content: bytes, *, where: str = "") -> Image:
    """Open a picture of pixels.

    Raises
    ------
    InputError
        ``picture-unreadable`` also for one that would fill the memory.
    """
    import PIL.Image

    try:
        picture = PIL.Image.open(BytesIO(content), formats=("PNG", "JPEG"))
        if picture.width * picture.height > LARGEST:
            raise _unreadable(Text("it has too many pixels", "像素过多"), where)
        picture.load()
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
        if isinstance(error, InputError):
            raise
        raise _unreadable(Text("it is no picture, or is damaged", "不是图片，或已损坏"), where) from error
    return picture.convert("RGB")


def _pictures(content: bytes, where: str) -> Iterator[Image]:
    if content[:5] == b"%PDF-":
        yield from _drawn(content, "pdf", where)
    elif b"<svg" in content[:2000]:
        yield from _drawn(content, "svg", where)
    else:
        yield open_picture(content, where=where)


def _drawn(content: bytes, kind: str, where: str) -> Iterator[Image]:
    """Draw a file of lines as pixels."""
    import typst

    if kind == "svg" and (b"<!DOCTYPE" in content or b"<!ENTITY" in content):
        raise _unreadable(Text("it declares a document type", "其中声明了文档类型"), where)
    with TemporaryDirectory() as folder:
        (Path(folder) / f"content.{kind}").write_bytes(content)
        page = Path(folder) / "page.typ"
        page.write_text(
            f'#set page(width: auto, height: auto, margin: 4mm)\n#image("content.{kind}")\n', "utf-8"
        )
        try:
            made: Any = typst.compile(
                str(page), root=folder, format="png", ppi=300.0, ignore_system_fonts=True
            )
        except (typst.TypstError, RuntimeError) as error:
            raise _unreadable(Text("it cannot be drawn", "无法绘制"), where) from error
    for picture in made if isinstance(made, list) else [made]:
        yield open_picture(picture, where=where)


def _unreadable(why: Text, where: str) -> InputError:
    return InputError(
        Text("the picture cannot be read: {why}", "无法读取该图片：{why}").format(why=why), code="picture-unreadable", where=where,
        hint=Text("give a PNG, JPEG, SVG or PDF of the label", "给出标签的 PNG、JPEG、SVG 或 PDF"),
    )  # fmt: skip
