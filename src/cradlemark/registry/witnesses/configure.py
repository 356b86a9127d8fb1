"""Witnesses of the programme's own log, and how many of them have to sign before anything is published.

The log itself is where they are kept: each change is an entry that holds all of them, and the last one counts.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import InputError, NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.labels.resign import note_all_labels
from cradlemark.registry.log.append import Kind, Record, append
from cradlemark.registry.log.models import Entry
from cradlemark.registry.publication.outbox import enqueue
from cradlemark.registry.writing import writing
from cradlemark.trust.notes import WITNESS_KEY, VerifierKey, verifier_key
from cradlemark.trust.policy import NONE

KIND: Kind = "witnesses"
LONGEST_NAME = 60
MOST = 14
"""With two keys of the log these are the 16 signatures that every reader of notes takes (C2SP signed-note)."""


@attrs.frozen
class Witness:
    """A witness.

    Parameters
    ----------
    name : str
        What the programme calls it.
    key : VerifierKey
    address : str
        Where it is asked, without ``/add-checkpoint``.
    """

    name: str
    key: VerifierKey
    address: str


@attrs.frozen
class Witnesses:
    """All witnesses, and how many of them are needed; none while the quorum is 0."""

    members: tuple[Witness, ...] = ()
    quorum: int = 0

    @property
    def keys(self) -> dict[str, VerifierKey]:
        """Keys by name."""
        return {one.name: one.key for one in self.members}

    @property
    def needed(self) -> int | str:
        """The quorum as policies write it."""
        return self.quorum or NONE


def witnesses(*, size: int | None = None) -> Witnesses:
    """Witnesses of the programme, now or as the first `size` entries of the log tell."""
    entries = Entry.objects.filter(subject=KIND, kind=KIND).order_by("-index")
    if size is not None:
        entries = entries.filter(index__lt=size)
    last = entries.first()
    return read_witnesses(read_json(bytes(last.record))) if last is not None else Witnesses()


def read_witnesses(content: Mapping[str, Any]) -> Witnesses:
    """Witnesses out of their entry."""
    rows: Mapping[str, Mapping[str, str]] = content["witnesses"]
    members = tuple(Witness(name, verifier_key(row["vkey"]), row["address"]) for name, row in rows.items())
    return Witnesses(members, content["quorum"])


def add_witness(name: str, vkey: str, address: str, *, quorum: int | None, time: datetime.datetime) -> Entry:
    """Add a witness, and set the quorum if it is given.

    Raises
    ------
    InputError
        ``key-invalid``, ``address-invalid``, ``witness-name``, ``quorum-invalid``
    StateError
        ``witness-known`` when there is one of this name or key; ``witness-many``.
    """
    key = verifier_key(vkey)
    _check(name, key, address)

    def added(before: Witnesses) -> Witnesses:
        if any(name == one.name or key.public_key == one.key.public_key for one in before.members):
            raise StateError(
                Text(
                    f"there is a witness {name!r} or with this key already",
                    f"已有见证方 {name!r} 或使用此密钥的见证方",
                ),
                code="witness-known",
                hint=Text("remove it first", "请先移除"),
            )
        if len(before.members) == MOST:
            raise StateError(
                Text(f"there are {MOST} witnesses already", f"已有 {MOST} 个见证方"),
                code="witness-many",
                hint=Text("remove one first", "请先移除一个"),
            )
        members = (*before.members, Witness(name, key, address.rstrip("/")))
        return Witnesses(members, before.quorum if quorum is None else quorum)

    return _change(f"add {name}", added, time)


def remove_witness(name: str, *, quorum: int | None, time: datetime.datetime) -> Entry:
    """Remove a witness, and set the quorum if it is given.

    Raises
    ------
    NotFoundError
        ``witness-unknown``
    InputError
        ``quorum-invalid`` when those who are left are too few.
    """

    def removed(before: Witnesses) -> Witnesses:
        members = tuple(one for one in before.members if one.name != name)
        if members == before.members:
            raise NotFoundError(
                Text(f"there is no witness {name!r}", f"没有见证方 {name!r}"),
                code="witness-unknown",
                hint=Text(
                    f"there are: {', '.join(before.keys) or 'none'}",
                    f"现有：{'、'.join(before.keys) or '无'}",
                ),
            )
        return Witnesses(members, before.quorum if quorum is None else quorum)

    return _change(f"remove {name}", removed, time)


def set_quorum(quorum: int, *, time: datetime.datetime) -> Entry:
    """Set how many witnesses are needed.

    Raises
    ------
    InputError
        ``quorum-invalid``
    """
    return _change(f"quorum {quorum}", lambda before: Witnesses(before.members, quorum), time)


def _change(what: str, changed: Callable[[Witnesses], Witnesses], time: datetime.datetime) -> Entry:
    """Log the witnesses as they are from now on; every proof has to be made anew, so that it has their signatures."""
    with writing():
        now = changed(witnesses())
        if not 0 <= now.quorum <= len(now.members):
            raise InputError(
                Text(
                    f"{now.quorum} of {len(now.members)} witnesses cannot be",
                    f"{len(now.members)} 个见证方中不可能有 {now.quorum} 个",
                ),
                code="quorum-invalid",
                hint=Text(
                    "set another quorum in the same step with --quorum",
                    "请用 --quorum 在同一步中设定其他法定数",
                ),
            )
        rows = {one.name: {"vkey": str(one.key), "address": one.address} for one in now.members}
        content = {"change": what, "witnesses": rows, "quorum": now.quorum}
        (entry,) = append([Record(KIND, KIND, content)], time=time)
        enqueue("keys", ["keys"])
        note_all_labels()
    return entry


def _check(name: str, key: VerifierKey, address: str) -> None:
    if (
        not name.isascii()
        or not name.isprintable()
        or set(' "\\') & set(name)
        or not 0 < len(name) <= LONGEST_NAME
    ):
        raise InputError(
            Text(f"{name[:80]!r} is no name of a witness", f"{name[:80]!r} 不是见证方名称"),
            code="witness-name",
            hint=Text("letters, digits and hyphens", "只用字母、数字和连字符"),
        )
    if name in {NONE, "quorum"}:
        raise InputError(
            Text(f"{name!r} means something else", f"{name!r} 另有含义"),
            code="witness-name",
            hint=Text("choose another name", "请选择其他名称"),
        )
    if key.kind != WITNESS_KEY:
        raise InputError(
            Text("this is the key of a log, not of a witness", "这是日志的密钥，不是见证方的密钥"),
            code="key-invalid",
            hint=Text(
                "ask for its key of cosignatures: cradlemark log witness shows it",
                "请索取其联署密钥：由 cradlemark log witness 显示",
            ),
        )
    if not address.startswith(("http://", "https://")) or any(mark.isspace() for mark in address):
        raise InputError(
            Text(f"{address[:200]!r} is no address of a witness", f"{address[:200]!r} 不是见证方地址"),
            code="address-invalid",
            hint=Text("begin with https://", "请以 https:// 开头"),
        )
