"""Artwork as SVG, PDF and PNG: texts into one Typst template, fonts only from an installed package."""

from __future__ import annotations

import atexit
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock
from typing import Any, Literal

import attrs

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.footprint.report.glyphs import coverage
from cradlemark.footprint.report.pdf import font_file
from cradlemark.label.artwork.code import Code, code_of
from cradlemark.label.artwork.content import alternative_text, content_of
from cradlemark.label.artwork.link import label_link
from cradlemark.label.artwork.variant import Variant
from cradlemark.label.claim import Claim
from cradlemark.label.programme import ProgrammeProfile

DENSITY = 600
"""Dots per inch of a picture."""
SET_BY_TEMPLATE = "CO₂"
"""Text with a character that the font does not have and the template sets itself."""
_ONE_AT_A_TIME = Lock()
_PANIC = "panicked with: "


@attrs.frozen
class Artwork:
    """One artwork with everything it was made from.

    Parameters
    ----------
    variant : Variant
    code : Code
        What is to be read from it.
    svg, pdf, png : bytes
        The same drawing; text of the SVG is outlined, the PNG has 600 dots per inch.
    """

    variant: Variant
    code: Code
    svg: bytes
    pdf: bytes
    png: bytes


@attrs.frozen
class Order:
    """What is to be drawn.

    Parameters
    ----------
    host : str
        Host of the programme's pages, for the code.
    """

    claim: Claim
    programme: ProgrammeProfile
    variant: Variant
    host: str


def render(order: Order) -> Artwork:
    """Draw one artwork in all formats.

    Raises
    ------
    InputError
        ``artwork-glyph`` for a character that the font does not have, ``artwork-overflow`` for a text that does not fit at
        the smallest size, ``artwork-colour``, ``host-invalid``.
    RuleError
        ``artwork-programme``, ``artwork-design``.
    """
    return Artwork(
        order.variant,
        code_of(str(label_link(order.claim, host=order.host))),
        pages([order], "svg")[0],
        document(order),
        pages([order], "png")[0],
    )


def pages(orders: Sequence[Order], kind: Literal["svg", "png"], *, density: int = DENSITY) -> list[bytes]:
    """Draw many artworks at once, a page each: one run of the compiler."""
    made = _compile([_content(order) for order in orders], format=kind, ppi=density)
    drawn = made if isinstance(made, list) else [made]
    return [_with_density(page, density) for page in drawn] if kind == "png" else drawn


def document(order: Order) -> bytes:
    """Draw one artwork as tagged PDF/A-2, which the compiler refuses to make when a glyph is missing."""
    made: bytes = _compile(
        [_content(order)], format="pdf", pdf_standards=["a-2a"], timestamp=created(order.claim)
    )
    return made


def created(claim: Claim) -> int:
    """Time of creation that files state: the first second of the day of issue [s since 1970-01-01 UTC]."""
    from datetime import UTC, date, datetime, time

    day = date.fromisoformat(claim.validity.issued)
    return int(datetime.combine(day, time(), tzinfo=UTC).timestamp())


def _content(order: Order) -> dict[str, Any]:
    code = code_of(str(label_link(order.claim, host=order.host)))
    content = content_of(order.claim, order.programme, order.variant, code)
    refuse_missing_glyphs(content["words"] | {"number": [content["number"]]}, where=content["id"])
    return content | {"alt": alternative_text(order.claim, order.programme, order.variant)}


def refuse_missing_glyphs(texts: Any, *, where: str) -> None:
    """Raise ``artwork-glyph`` for every text with a character that the font does not have."""
    font = coverage(font_file())
    pairs = [(path, text.replace(SET_BY_TEMPLATE, "")) for path, text in _strings(texts, "")]
    unknown = {mark for mark in frozenset().union(*(text for _, text in pairs)) if not font.holds(mark)}
    if not unknown:
        return
    raise_if_any(
        Problem(
            where, "artwork-glyph", Text(f"{path}: the font has no {', '.join(sorted(missing))}", f"{path}：字体没有 {'、'.join(sorted(missing))}"),
            Text("write it with other characters", "改用其他字符书写"),
        )
        for path, text in pairs
        if (missing := {f"{mark!r} (U+{ord(mark):04X})" for mark in unknown.intersection(text)})
    )  # fmt: skip


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item, path)


def _compile(contents: list[dict[str, Any]], **options: Any) -> Any:
    return compiled(
        "artwork/label.typ", {"labels.json": json.dumps(contents, ensure_ascii=False).encode()}, **options
    )


def compiled(template: str, files: Mapping[str, bytes], **options: Any) -> Any:
    """Run the compiler on a template of the package of labels; a template that gives up names the text that does not fit.

    Parameters
    ----------
    files : mapping of str to bytes
        What the template reads. Files, because what the compiler remembers of its last run survives only there.

    Raises
    ------
    InputError
        ``artwork-overflow``.
    """
    import typst

    with _ONE_AT_A_TIME:
        compiler, folder = _workshop(template)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        try:
            return compiler.compile(**options)
        except typst.TypstError as error:
            raise _overflow(str(error)) from error


@cache
def _workshop(template: str) -> tuple[Any, Path]:
    """The compiler of a template and the folder it works in: reading fonts takes far longer than drawing a label."""
    import typst

    root = Path(mkdtemp(prefix="cradlemark-"))
    atexit.register(rmtree, root, ignore_errors=True)
    for room in ("artwork", "certificate"):
        (root / room).mkdir()
        for file in resources.files("cradlemark.label").joinpath(room).iterdir():
            if file.name.endswith(".typ"):
                (root / room / file.name).write_bytes(file.read_bytes())
    compiler = typst.Compiler(
        str(root / template), root=str(root), font_paths=[str(font_file().parent)], ignore_system_fonts=True
    )
    return compiler, root


def _overflow(said: str) -> Exception:
    if _PANIC not in said:
        return RuntimeError(said)
    label, _, text = said.partition(_PANIC)[2].splitlines()[0].strip('"').partition("|")
    return InputError(
        Text(f"the {text} is too long for this design, even at the smallest size that can be read", f"{text} 对此版式过长，即使用可读的最小字号"),
        code="artwork-overflow", where=label, hint=Text("use a shorter text or a larger design", "使用更短的文字或更大的版式"),
    )  # fmt: skip


def _with_density(picture: bytes, density: int) -> bytes:
    """Add the number of dots to a PNG (ISO/IEC 15948, chunk pHYs), so that it is printed in its true size."""
    head = 8 + 25  # signature and header chunk
    body = b"pHYs" + struct.pack(">IIB", *(round(density / 0.0254),) * 2, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:head] + chunk + picture[head:]


def many(orders: Iterable[Order], *, batch: int = 50) -> Iterator[list[Order]]:
    """Split orders into batches for `pages`."""
    waiting: list[Order] = []
    for order in orders:
        waiting.append(order)
        if len(waiting) == batch:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
