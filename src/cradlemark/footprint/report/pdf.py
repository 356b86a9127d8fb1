"""A report as PDF: the blocks as JSON into one Typst template, fonts only from an installed package."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import attrs

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.footprint.report.content import Block, Document, Fold, Table
from cradlemark.footprint.report.glyphs import Coverage, coverage
from cradlemark.footprint.report.scene import Scene

FONT = "Noto Sans SC"
SET_BY_TEMPLATE = "CO₂"
"""Text with a character that the font does not have and the template sets itself."""


def to_pdf(
    document: Document, *, created: int, attachment: bytes = b"", attachment_name: str = "result.json"
) -> bytes:
    """Return the report as tagged PDF/A; the result document travels inside as an attachment.

    A character that the font cannot show becomes a box.

    Parameters
    ----------
    created : int
        Time of creation that the file states [s since 1970-01-01 UTC].

    Raises
    ------
    StateError
        ``font-missing`` when the font package is not installed.
    """
    import typst

    files = template_files("report.typ", _content(document))
    inputs = {"attachment": ""}
    if attachment:
        files[attachment_name] = attachment
        inputs["attachment"] = attachment_name
    compiled: bytes = typst.compile(  # type: ignore[call-overload]
        files, font_paths=[str(font_folder())], ignore_system_fonts=True, sys_inputs=inputs, timestamp=created,
        pdf_standards=["a-3a"] if attachment else ["a-2a"],
    )  # fmt: skip
    return compiled


def template_files(template: str, content: dict[str, Any]) -> dict[str, bytes]:
    """Files that Typst compiles: a template of this package, the drawing of scenes, and the content as far as the font shows it."""
    folder = resources.files("cradlemark.footprint.report")
    shown = _displayable(content, coverage(font_file()))
    return {
        "main": folder.joinpath(template).read_bytes(), "scene.typ": folder.joinpath("scene.typ").read_bytes(),
        "content.json": json.dumps(shown, ensure_ascii=False).encode(),
    }  # fmt: skip


def font_folder() -> Path:
    """Folder of the installed font package."""
    return font_file().parent


@cache
def font_file() -> Path:
    """File of the font in the installed font package."""
    import justmytype_intl_cjk

    fonts = sorted(Path(next(iter(justmytype_intl_cjk.__path__))).rglob("NotoSansSC*.ttf"))
    if not fonts:
        raise StateError(
            Text(f"the font {FONT} is not in the installed font package", f"已安装的字体包中没有字体 {FONT}"), code="font-missing",
            hint=Text("install the project's dependencies again", "重新安装项目的依赖"),
        )  # fmt: skip
    return fonts[0]


def _displayable(value: Any, font: Coverage) -> Any:
    if isinstance(value, str):
        return SET_BY_TEMPLATE.join(font.shown(part) for part in value.split(SET_BY_TEMPLATE))
    if isinstance(value, dict):
        return {key: _displayable(item, font) for key, item in value.items()}
    return [_displayable(item, font) for item in value] if isinstance(value, list | tuple) else value


def _content(document: Document) -> dict[str, Any]:
    return {
        "language": document.language,
        "title": document.title,
        "subtitle": document.subtitle,
        "footer": document.footer,
        "font": FONT,
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Fold):
        return _block(block.table)
    content = {
        "kind": type(block).__name__.lower(),
        **attrs.asdict(block, recurse=True, value_serializer=_plain),
    }
    if isinstance(block, Table):
        content["widths"] = list(block.widths) or [1] * len(block.align)
    return content


def _plain(instance: object, field: object, value: object) -> object:
    del instance, field
    if isinstance(value, frozenset):
        return sorted(value)
    return scene_content(value) if isinstance(value, Scene) else value


def scene_content(scene: Scene) -> dict[str, Any]:
    """A scene as its template reads it."""
    shapes = [{"kind": type(shape).__name__.lower(), **attrs.asdict(shape)} for shape in scene.shapes]
    return attrs.asdict(scene, recurse=False) | {"shapes": shapes}
