"""The content of a report as blocks: the same for HTML and PDF, in one language."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.footprint.report.scene import Scene

Tone = Literal["plain", "warning", "error"]
Align = Literal["l", "r"]


@attrs.frozen
class Heading:
    """A section heading; level 2 is a chapter."""

    text: str
    level: int = 2


@attrs.frozen
class Paragraph:
    """Running text."""

    text: str
    tone: Tone = "plain"
    small: bool = False


@attrs.frozen
class KeyFigures:
    """The few numbers a reader looks for first: (name, value, remark)."""

    figures: tuple[tuple[str, str, str], ...]


@attrs.frozen
class Table:
    """A table; `strong` are indexes of rows that are totals, `tones` rows that need attention."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str
    """One letter a column, ``l`` or ``r``."""
    strong: frozenset[int] = frozenset()
    widths: tuple[float, ...] = ()
    """Relative column widths; empty: by content."""
    small: bool = False


@attrs.frozen
class Picture:
    """A scene with its caption."""

    scene: Scene
    caption: str


@attrs.frozen
class Fold:
    """A long list that a reader opens when wanted; on paper its table stands there as it is."""

    summary: str
    table: Table
    open: bool = False


Block = Heading | Paragraph | KeyFigures | Table | Picture | Fold


@attrs.frozen
class Document:
    """A report ready to be rendered."""

    language: str
    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    footer: str
    other: tuple[str, str, str] | None = None
    """The same page in the other language: its language, its address beside this page, and the words of the link."""
