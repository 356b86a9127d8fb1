"""The keys of a programme as its log tells them: each one vouched for by the one before, held against a trust file."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

import attrs

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.language import Text, visible
from cradlemark.trust.key_statements import KeyStatement, PublicKey, check_distrust, check_statement
from cradlemark.trust.policy import Window
from cradlemark.trust.trust_files import TrustedKey, TrustFile

_KINDS = tuple(f'"kind":"{kind}"'.encode() for kind in ("key", "distrust", "witnesses"))
_NOTES = {
    "unknown": Text("the log knows no such key", "日志中没有此密钥"),
    "otherwise": Text("the log tells it otherwise", "日志的记载与此不同"),
    "emergency": Text(
        "entry {index}: key {key} came without the signature of {replaces}, which was lost; vouched for by {vouched}: {reason}",
        "条目 {index}：密钥 {key} 未经已丢失的 {replaces} 签名；由 {vouched} 担保：{reason}",
    ),
    "newer": Text(
        "key {key} of entry {index} is not in the trust file: it is older than the log",
        "条目 {index} 的密钥 {key} 不在信任文件中：信任文件早于日志",
    ),
    "fewer": Text(
        "the log asks for {logged} witnesses since entry {index}, the trust file for {trusted}",
        "自条目 {index} 起日志要求 {logged} 个见证方，信任文件要求 {trusted} 个",
    ),
}


@attrs.frozen
class LoggedKey:
    """A key, the entry that it begins with, and the one that ends it.

    Parameters
    ----------
    statement : KeyStatement
    index : int
    vouched : tuple of str
        Ids of the other keys that vouch for it.
    end : int or None
        Entry of the key that replaces it.
    distrusted : bool
        Whether it is not believed any more, though it was sound when it was replaced.
    """

    statement: KeyStatement
    index: int
    vouched: tuple[str, ...] = ()
    end: int | None = None
    distrusted: bool = False


class KeyHistory:
    """Follows the entries of a log in order."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._keys: dict[str, LoggedKey] = {}
        self._quorum: tuple[int, int] | None = None

    def check(self, index: int, entry: bytes) -> Text:
        """What is wrong with an entry about a key; empty for a sound one and for any other entry."""
        if not any(kind in entry for kind in _KINDS):
            return Text()
        try:
            content = read_json(entry)
            if content["kind"] == "witnesses":
                self._quorum = (index, int(content["quorum"]))
            elif content["kind"] == "distrust":
                return self._distrust(content)
            return self._key(index, content) if content["kind"] == "key" else Text()
        except CradlemarkError as error:
            return error.message
        except (LookupError, TypeError, ValueError, AttributeError):
            return Text("a field is missing or of the wrong kind", "缺少字段或字段类型错误")

    @property
    def _known(self) -> dict[str, PublicKey]:
        return {name: (one.statement.algorithm, one.statement.public_key) for name, one in self._keys.items()}

    def _key(self, index: int, content: Mapping[str, Any]) -> Text:
        statement = check_statement(content, self._known)
        wrong = self._out_of_line(statement)
        if wrong:
            return wrong
        if statement.replaces:
            self._keys[statement.replaces] = attrs.evolve(self._keys[statement.replaces], end=index)
        vouched = tuple(sorted(content.get("vouched", {})))
        self._keys[statement.key] = LoggedKey(statement, index, vouched)
        return Text()

    def _distrust(self, content: Mapping[str, Any]) -> Text:
        told = check_distrust(content, self._known)
        key, by = self._keys.get(told.key), self._keys[told.by]
        if told.origin != self._origin:
            return _about(told.origin)
        if (
            key is None
            or key.end is None
            or by.end is not None
            or key.statement.purpose != by.statement.purpose
        ):
            return Text(
                f"{told.by} cannot say that of key {told.key}", f"{told.by} 无权如此声明密钥 {told.key}"
            )
        self._keys[told.key] = attrs.evolve(key, distrusted=True)
        return Text()

    def _out_of_line(self, statement: KeyStatement) -> Text:
        if statement.origin != self._origin:
            return _about(statement.origin)
        if statement.key in self._keys:
            return Text(f"there is a key {statement.key} already", f"已有密钥 {statement.key}")
        used = [
            name
            for name, one in self._keys.items()
            if one.end is None and one.statement.purpose == statement.purpose
        ]
        if used != ([statement.replaces] if statement.replaces else []):
            return Text(
                f"key {statement.key} replaces {statement.replaces or 'none'}, but in use is {', '.join(used) or 'none'}",
                f"密钥 {statement.key} 更换 {statement.replaces or '无'}，但正在使用的是 {'、'.join(used) or '无'}",
            )
        return Text()

    def differences(self, trust: TrustFile) -> Iterator[Problem]:
        """Keys of a trust file that the log tells otherwise, or not at all."""
        known = {key.id for key in trust.keys}
        for key in trust.keys:
            logged = self._keys.get(key.id)
            after = self._after(logged, known) if logged is not None else None
            if logged is None or not _same(key, logged, after):
                told = _NOTES["unknown" if logged is None else "otherwise"]
                yield Problem(
                    f"trust file, key {key.id}", "key-statement", told,
                    Text("get the trust file anew, and ask who gave you this one", '请重新获取信任文件，并询问此文件的来源'),
                )  # fmt: skip

    def _after(self, key: LoggedKey, known: Container[str]) -> LoggedKey | None:
        """The key that replaced it, as far as the trust file has come."""
        return next((one for name, one in self._keys.items() if one.index == key.end and name in known), None)

    def notes(self, trust: TrustFile) -> Iterator[Text]:
        """What is not wrong, but should be known."""
        for name, one in self._keys.items():
            told = one.statement
            if told.lost:
                yield _NOTES["emergency"].format(
                    index=one.index, key=name, replaces=told.replaces, reason=visible(told.reason),
                    vouched=", ".join(one.vouched) or "–",
                )  # fmt: skip
            if name not in {key.id for key in trust.keys}:
                yield _NOTES["newer"].format(index=one.index, key=name)
        if self._quorum is not None and trust.quorum < self._quorum[1]:
            index, quorum = self._quorum
            yield _NOTES["fewer"].format(index=index, logged=quorum, trusted=trust.quorum)


def _about(origin: str) -> Text:
    return Text(f"it is about a key of {origin}", f"它涉及 {origin} 的密钥")


def _same(key: TrustedKey, logged: LoggedKey, after: LoggedKey | None) -> bool:
    """Whether a trust file says of a key what the log says."""
    told = logged.statement
    same = (key.purpose, key.algorithm, key.public_key, key.emergency, key.compromised, bool(key.until)) == (
        told.purpose, told.algorithm, told.public_key, told.lost,
        logged.distrusted or (after is not None and after.statement.compromised), after is not None,
    )  # fmt: skip
    if not same or key.purpose != "log":
        return same
    first, last = (logged.index + 1 if told.replaces else 0), key.window.last
    if key.window.first != first or after is None:
        return key.window == Window(first)
    return (
        last is not None and last <= after.index + 1
    )  # earlier when it could not sign the hand-over any more
