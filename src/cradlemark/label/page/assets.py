"""Style sheets and scripts that pages share, under names that say their content: a name never gets another content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import attrs

from cradlemark.label.programme import ProgrammeProfile

PACKAGE = "cradlemark.label.page"
FOLDER = "assets"
"""Below the public folder."""
WORDS = ("cradlemark.label.artwork", "cradlemark.label.certificate")
"""Packages whose words stand on pages as well."""
DRAWN = (".toml", ".typ", ".py")
"""Files by which artworks that a page shows are made."""
NAMES = ("tokens.css", "page.css", "check.js", "lost.js", "icon.svg")
"""``tokens.css`` holds colours, spaces and sizes for every page of a programme, those of the portal as well."""


@attrs.frozen
class Asset:
    """A shared file.

    Parameters
    ----------
    path : str
        Below the public folder, for example ``assets/page.0123456789ab.css``.
    content : bytes
    """

    path: str
    content: bytes


@cache
def assets() -> Mapping[str, Asset]:
    """Shared files by their plain name."""
    return {name: _asset(name) for name in NAMES}


def _asset(name: str) -> Asset:
    content = resources.files(PACKAGE).joinpath("assets", name).read_bytes()
    stem, _, ending = name.partition(".")
    return Asset(f"{FOLDER}/{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}", content)


@cache
def _workshop() -> str:
    """Digest of everything in the package that pages are made with: templates, words, styles, scripts and the code itself."""
    found = hashlib.sha256()
    for package, ending in ((PACKAGE, ""), *((other, kind) for other in WORDS for kind in DRAWN)):
        for name, content in sorted(_resources(resources.files(package), ending)):
            found.update(f"{package} {name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return found.hexdigest()


def _resources(folder: Traversable, ending: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            if item.name != "__pycache__":
                yield from ((f"{item.name}/{name}", content) for name, content in _resources(item, ending))
        elif item.name.endswith(ending):
            yield item.name, item.read_bytes()


def edition(programme: ProgrammeProfile) -> str:
    """What the pages of a programme are made with, as one line: another one when they would look different."""
    return f"{_workshop()} {programme.digest}\n"
