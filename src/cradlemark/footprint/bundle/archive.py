"""The file of a bundle: a zip with fixed times, stored in order, whose manifest names every part with its digest."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.core.canonical import canonical_json, digest_bytes, read_json
from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text

SCHEMA = "cradlemark-bundle/1"
ENDING = ".cradle"
MANIFEST = "manifest.json"
LARGEST = 200_000_000
"""Longest bundle and largest sum of its parts that are read [byte]."""
MOST_PARTS = 1000
ADDED = frozenset({"open.json"})
"""Part of a redacted bundle that the manifest does not name; commitments prove it."""
COMMITTED = "commitments.json"
_TIME = (1980, 1, 1, 0, 0, 0)


@attrs.frozen
class Bundle:
    """Parts of a bundle.

    Parameters
    ----------
    manifest : mapping
        What the bundle says of itself; ``parts`` names every part with its digest.
    parts : mapping of str to bytes
    """

    manifest: Mapping[str, Any]
    parts: Mapping[str, bytes]

    @property
    def redacted(self) -> bool:
        """Whether lines are hidden, so that it cannot be recomputed."""
        return bool(ADDED & set(self.parts))

    @property
    def digest(self) -> str:
        """Identity: digest of the manifest, which names the digests of all parts."""
        return digest_bytes(canonical_json(self.manifest))

    def __bytes__(self) -> bytes:
        """The file: the same for the same content."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in ((MANIFEST, canonical_json(self.manifest)), *sorted(self.parts.items())):
                archive.writestr(zipfile.ZipInfo(name, _TIME), content, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


def make_bundle(about: Mapping[str, Any], parts: Mapping[str, bytes]) -> Bundle:
    """Put parts together under a manifest with their digests."""
    digests = {name: digest_bytes(content) for name, content in sorted(parts.items())}
    return Bundle({"schema": SCHEMA, **about, "parts": digests}, parts)


def read_bundle(content: bytes, *, where: str = "") -> Bundle:
    """Read a bundle and check that its parts are those of its manifest.

    Raises
    ------
    InputError
        ``bundle-unreadable``
    TrustError
        ``bundle-changed`` when a part is not the one that was sealed.
    """
    if len(content) > LARGEST:
        raise _unreadable(Text("it is too long", "过长"), where)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _parts(archive, where)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise _unreadable(Text("it is damaged or no bundle", "损坏或不是包"), where) from error
    written = parts.pop(MANIFEST, b"")
    try:
        manifest = read_json(written, where=where)
    except InputError as error:
        raise _unreadable(Text("its manifest cannot be read", "无法读取其清单"), where) from error
    if (
        not isinstance(manifest, dict)
        or manifest.get("schema") != SCHEMA
        or canonical_json(manifest) != written
    ):
        raise _unreadable(Text(f"it has no manifest of the kind {SCHEMA}", f"没有 {SCHEMA} 类的清单"), where)
    _check(manifest, parts, where)
    return Bundle(manifest, parts)


def _parts(archive: zipfile.ZipFile, where: str) -> dict[str, bytes]:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > MOST_PARTS or sum(member.file_size for member in members) > LARGEST:
        raise _unreadable(Text("it holds too much", "内容过多"), where)
    if len(set(names)) != len(names):
        raise _unreadable(Text("it holds a part twice", "有重复的部分"), where)
    found = {}
    for member in members:
        with archive.open(member) as part:
            found[member.filename] = part.read(member.file_size + 1)
    return found


def _check(manifest: Mapping[str, Any], parts: Mapping[str, bytes], where: str) -> None:
    stated = manifest.get("parts")
    if not isinstance(stated, dict) or not set(stated) >= set(parts) - ADDED or not _whole(stated, parts):
        raise TrustError(
            Text("the bundle has other parts than it was sealed with", "该包的部分与封存时不同"), code="bundle-changed", where=where,
            hint=Text("get the bundle anew", "重新获取该包"),
        )  # fmt: skip
    for name, content in parts.items():
        if name not in ADDED and digest_bytes(content) != stated[name]:
            raise TrustError(
                Text(f"the part {name} was changed after sealing", f"部分 {name} 在封存后被改动"), code="bundle-changed", where=where,
                hint=Text("get the bundle anew", "重新获取该包"),
            )  # fmt: skip


def _whole(stated: Mapping[str, Any], parts: Mapping[str, bytes]) -> bool:
    """Whether all parts are there, or those of a redacted bundle."""
    return set(stated) == set(parts) or set(parts) == {*ADDED, COMMITTED}


def _unreadable(why: Text, where: str) -> InputError:
    return InputError(
        Text("the bundle cannot be read: {why}", "无法读取该包：{why}").format(why=why),
        code="bundle-unreadable",
        where=where,
        hint=Text("get it anew", "重新获取"),
    )
