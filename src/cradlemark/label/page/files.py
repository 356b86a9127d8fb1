"""The files of a label as the page offers them: what each of them is, and which picture is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import attrs

from cradlemark.core.language import Language, Text
from cradlemark.label.page.wording import word

CERTIFICATE = "certificate.pdf"
DESCRIBED: Mapping[str, str] = {
    "claim.json": "claim", "credential.jwt": "credential", "entry.json": "entry", "label.tlog-proof": "proof",
    "status.json": "status", "stages.csv": "stages", CERTIFICATE: "certificate",
}  # fmt: skip
"""Files that a page describes, in this order."""
PICTURES = (".svg", ".png", ".pdf")
Kind = Literal["record", "artwork"]


@attrs.frozen
class Download:
    """A file that is offered."""

    name: str
    title: Text
    kind: Kind


def downloads(names: Iterable[str], *, mark: bool) -> tuple[Download, ...]:
    """Files in the order in which they are offered; artwork only while the mark may be used."""
    there = set(names)
    found = [
        Download(name, word(f"file_{key}"), "record") for name, key in DESCRIBED.items() if name in there
    ]
    pictures = sorted(name for name in there - set(DESCRIBED) if name.endswith(PICTURES))
    return (*found, *(Download(name, word("file_artwork"), "artwork") for name in pictures if mark))


def picture(offered: Iterable[Download], language: Language) -> str:
    """Name of the artwork that the page shows: the full design in its language, in colour; empty when there is none."""
    names = [one.name for one in offered if one.kind == "artwork" and one.name.endswith(".svg")]
    full = [name for name in names if "full" in name and "light" in name]
    return next((name for name in full if f".{language}." in name), full[0] if full else "")
