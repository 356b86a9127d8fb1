"""Identifiers and references in an openLCA archive."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from functools import lru_cache

from cradlemark.inventory.processes.tables import Table

Document = dict[str, object]
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_SPACE = uuid.UUID("6f1d54f4-6a3e-5a5c-9d0b-0d1f3c8f9a10")
"""Name space of the identifiers that are made from names."""


def made_identity(*parts: str) -> str:
    """UUID (version 5) that depends on the parts alone."""
    return str(uuid.uuid5(_SPACE, "\x1f".join(parts)))


@lru_cache(maxsize=200_000)
def identity(source: str) -> str:
    """The identifier of the source where it can name a file, otherwise a UUID made from it."""
    return source if _PLAIN.fullmatch(source) and ".." not in source else made_identity("identifier", source)


def reference(kind: str, identifier: str, name: str = "", **more: object) -> Document:
    """A reference to a document; what is empty is left out."""
    return filled({"@type": kind, "@id": identifier, "name": name, **more})


def filled(document: Mapping[str, object]) -> Document:
    """The document without empty texts, empty lists and absent values."""
    return {key: value for key, value in document.items() if value is not None and value not in ("", [], {})}


def location_reference(code: str) -> Document | None:
    """Reference to a place by its code; None for no place."""
    return reference("Location", made_identity("location", code), code) if code else None


def names_of(table: Table) -> list[str]:
    """One name for each row: English, else Chinese, else the identifier."""
    columns = (table.texts("name_en"), table.texts("name_zh"), table.texts("id"))
    return [english or chinese or identifier for english, chinese, identifier in zip(*columns, strict=True)]
