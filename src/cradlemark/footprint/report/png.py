"""Scenes as pictures of pixels, drawn by Typst with the installed font."""

from __future__ import annotations

from cradlemark.core.language import Language
from cradlemark.footprint.report.pdf import FONT, font_folder, scene_content, template_files
from cradlemark.footprint.report.scene import Scene

DENSITY = 192
"""Pixels per inch."""


def to_png(scene: Scene, language: Language, *, source: str = "", density: int = DENSITY) -> bytes:
    """Return a scene as PNG on white ground, its title above it.

    Parameters
    ----------
    source : str
        Stands below the picture.
    density : int
        [pixel per inch]

    Raises
    ------
    StateError
        ``font-missing`` when the font package is not installed.
    """
    import typst

    content = {"language": language, "font": FONT, "source": source, "scene": scene_content(scene)}
    compiled = typst.compile(  # type: ignore[call-overload]
        template_files("picture.typ", content), font_paths=[str(font_folder())], ignore_system_fonts=True, format="png",
        ppi=float(density),
    )  # fmt: skip
    return bytes(compiled)
