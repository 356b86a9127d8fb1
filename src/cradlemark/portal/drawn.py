"""Pictures and tables of reports inside a page."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString, mark_safe

from cradlemark.footprint.report.content import Block
from cradlemark.footprint.report.html import blocks_html


def drawn(blocks: Sequence[Block]) -> SafeString:
    """Blocks of a report as HTML; a picture that is wider than the window can be scrolled by the keyboard too."""
    made = blocks_html(tuple(blocks)).replace("<figure>", '<figure tabindex="0">')
    return mark_safe(made)  # noqa: S308 - every text in it was escaped where it is made
