"""A report as one self-contained HTML file: no script, no external address, readable on a phone and in print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from importlib import resources
from urllib.parse import quote

from cradlemark.footprint.report.content import (
    Block,
    Document,
    Fold,
    Heading,
    KeyFigures,
    Paragraph,
    Picture,
    Table,
)
from cradlemark.footprint.report.svg import svg

NARROW = 340.0
"""Width up to which a picture fits a phone without being moved [pt]."""
_LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}


def to_html(document: Document) -> str:
    """Return the report as an HTML page."""
    style = resources.files("cradlemark.footprint.report").joinpath("report.css").read_text(encoding="utf-8")
    headings = [block for block in document.blocks if isinstance(block, Heading) and block.level == 2]
    links = "".join(
        f'<li><a href="#s{index}">{escape(item.text)}</a></li>' for index, item in enumerate(headings)
    )
    numbers = {id(item): index for index, item in enumerate(headings)}
    body = blocks_html(document.blocks, numbers=numbers)
    contents = {"en": "Contents", "zh": "目录"}[document.language]
    return (
        f'<!doctype html>\n<html lang="{_LANGUAGE_TAGS[document.language]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header><h1>{escape(document.title)}</h1><p class="subtitle">{escape(document.subtitle)}</p>{_other(document)}</header>\n'
        f'<nav aria-label="{contents}"><ul>{links}</ul></nav>\n<main>\n{body}\n</main>\n'
        f"<footer><p>{escape(document.footer)}</p></footer>\n</body>\n</html>\n"
    )


def blocks_html(blocks: Iterable[Block], *, numbers: Mapping[int, int] | None = None) -> str:
    """Return blocks as HTML, to stand in another page.

    Parameters
    ----------
    numbers : mapping of int to int, optional
        Numbers of the chapters that get an anchor, by the identity of their heading.
    """
    return "\n".join(_block(block, numbers or {}) for block in blocks)


def _other(document: Document) -> str:
    if document.other is None:
        return ""
    language, address, words = document.other
    tag = _LANGUAGE_TAGS[language]
    return f'<p class="other"><a href="{escape(quote(address))}" hreflang="{tag}" lang="{tag}">{escape(words)}</a></p>'


def _block(block: Block, numbers: Mapping[int, int]) -> str:
    match block:
        case Heading():
            name = f' id="s{numbers[id(block)]}"' if id(block) in numbers else ""
            return f"<h{block.level}{name}>{escape(block.text)}</h{block.level}>"
        case Paragraph():
            role = ' role="alert"' if block.tone == "error" else ""
            return f'<p class="{block.tone}{" small" if block.small else ""}"{role}>{escape(block.text)}</p>'
        case KeyFigures():
            cards = "".join(
                f"<div><dt>{escape(name)}</dt><dd><strong>{escape(value)}</strong><span>{escape(remark)}</span></dd></div>"
                for name, value, remark in block.figures
            )
            return f'<dl class="figures">{cards}</dl>'
        case Picture():
            caption = escape(block.caption)
            narrow = ' class="narrow"' if block.scene.width <= NARROW else ""
            return f"<figure{narrow}>{svg(block.scene)}<figcaption>{caption}</figcaption></figure>"
        case Table():
            return _table(block)
        case Fold():
            opened = " open" if block.open else ""
            return (
                f"<details{opened}><summary>{escape(block.summary)}</summary>{_table(block.table)}</details>"
            )


def _table(table: Table) -> str:
    classes = ["n" if mark == "r" else "" for mark in table.align]
    head = ""
    if any(table.header):
        cells = "".join(
            f'<th scope="col"{_class(mark)}>{escape(text)}</th>'
            for text, mark in zip(table.header, classes, strict=True)
        )
        head = f"<thead><tr>{cells}</tr></thead>"
    rows = "".join(_row(table, index, row, classes) for index, row in enumerate(table.rows))
    small = ' class="small"' if table.small else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.caption)}"><table{small}>'
        f"<caption>{escape(table.caption)}</caption>{head}<tbody>{rows}</tbody></table></div>"
    )


def _row(table: Table, index: int, row: tuple[str, ...], classes: list[str]) -> str:
    first, *rest = row
    cells = f'<th scope="row"{_class(classes[0])}>{escape(first)}</th>'
    cells += "".join(
        f"<td{_class(mark)}>{escape(text)}</td>" for text, mark in zip(rest, classes[1:], strict=True)
    )
    return f"<tr{_class('total' if index in table.strong else '')}>{cells}</tr>"


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
