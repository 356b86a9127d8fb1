"""Pages taken apart as a browser does it: read strictly, by html5lib."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

SPACE = " ".join


class Page:
    """A page; an error of its HTML is an error of the test."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root: Element = parser.parse(content.decode("utf-8"))

    @property
    def packed(self) -> int:
        """Size as it goes over the wire [byte]."""
        return len(gzip.compress(self.content, 9))

    def all(self, name: str) -> list[Element]:
        """Elements of a name, in order; those of SVG as well."""
        return [
            element
            for element in self.root.iter()
            if isinstance(element.tag, str) and element.tag.split("}")[-1] == name
        ]

    def by_id(self, name: str) -> Element:
        """The one element with an id."""
        (found,) = [element for element in self.elements() if element.get("id") == name]
        return found

    def by_class(self, name: str) -> list[Element]:
        """Elements of a class."""
        return [element for element in self.elements() if name in element.get("class", "").split()]

    def elements(self) -> Iterator[Element]:
        """Everything that is no comment."""
        return (element for element in self.root.iter() if isinstance(element.tag, str))

    @property
    def text(self) -> str:
        """What is read, without what is only there for the script."""
        return told(self.root.find("body"))


def told(element: Element | None) -> str:
    """Text of an element with single spaces."""
    assert element is not None
    return SPACE("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    if element.tag == "template":
        return
    if element.tag == "sub":
        yield element.text or ""
        return
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _texts(child)
            yield " " if child.tag in ("p", "dt", "dd", "div", "li", "td", "th", "h1", "h2", "h3") else ""
        yield child.tail or ""
