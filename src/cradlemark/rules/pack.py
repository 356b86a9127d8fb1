"""Rule packs: load one by its id or from a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cradlemark.core.canonical import digest
from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text
from cradlemark.core.toml import read_toml
from cradlemark.rules.definitions import RulePack
from cradlemark.rules.overlay import overlaid, with_standard
from cradlemark.rules.reader import read_pack

__all__ = ["RulePack", "load_pack", "load_pack_file", "pack_document", "pack_ids"]


@cache
def pack_ids() -> tuple[str, ...]:
    """Ids of the packaged rule packs, sorted."""
    folder = files("cradlemark.rules").joinpath("packs")
    return tuple(
        sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))
    )


@cache
def load_pack(pack_id: str) -> RulePack:
    """Load a packaged rule pack, with what it extends.

    Raises
    ------
    NotFoundError
        ``pack-unknown``; the hint lists the packs there are.
    InputErrors
        What is wrong in the pack, all at once.
    """
    return _made(resolved_document(pack_id), f"{pack_id}.toml")


def load_pack_file(path: Path) -> RulePack:
    """Load a rule pack of one's own; it may extend a packaged one.

    Raises
    ------
    NotFoundError
        When there is no such file, or ``pack-unknown`` when it extends an unknown pack.
    InputError
        When it is not TOML or too large; else as `load_pack`.
    """
    return _made(_resolved(read_toml(path)), path.name)


def pack_document(name: str, folder: Path = Path()) -> dict[str, Any]:
    """Return the document that a pack is read from, packaged or a file ending in ``.toml``, with what it extends."""
    return _resolved(read_toml(folder / name)) if name.endswith(".toml") else resolved_document(name)


def resolved_document(pack_id: str) -> dict[str, Any]:
    """Content of a packaged pack with everything it extends merged in; a new copy each time.

    Raises
    ------
    NotFoundError
        ``pack-unknown``.
    """
    if pack_id not in pack_ids():
        raise NotFoundError(
            Text(f"there is no rule pack {pack_id!r}", f"没有规则包 {pack_id!r}"),
            code="pack-unknown",
            where="rule_pack",
            hint=Text(f"use one of {', '.join(pack_ids())}", f"使用以下之一：{'、'.join(pack_ids())}"),
        )
    content = files("cradlemark.rules").joinpath("packs", f"{pack_id}.toml").read_bytes()
    return _resolved(read_toml(content, where=f"{pack_id}.toml"))


def _resolved(document: dict[str, Any]) -> dict[str, Any]:
    extends = _extends(document)
    document = with_standard(document)
    return overlaid(resolved_document(extends), document) if extends else document


def _made(document: dict[str, Any], where: str) -> RulePack:
    return read_pack(document, digest=digest(document), where=where)


def _extends(document: Mapping[str, Any]) -> str:
    head = document.get("pack")
    extends = head.get("extends", "") if isinstance(head, Mapping) else ""
    return extends if isinstance(extends, str) else ""
