"""Whom to trust: logs, witnesses, and how many witnesses are enough (C2SP tlog-policy)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from cradlemark.core.errors import InputError, Problem, TrustError, raise_if_any
from cradlemark.core.language import Text
from cradlemark.trust.notes import NOTE_KEY, WITNESS_KEY, Verified, VerifierKey, verifier_key

NONE = "none"
LARGEST_POLICY = 100_000
"""Longest policy that is read [character]."""


@attrs.frozen
class Group:
    """At least `needed` of the members have to have witnessed a checkpoint."""

    needed: int
    members: tuple[str, ...]


@attrs.frozen
class Window:
    """Sizes of a log that a key signs.

    Parameters
    ----------
    first, last : int or None
        Number of entries, both included; no last one while the key is in use.
    """

    first: int = 0
    last: int | None = None

    def holds(self, size: int) -> bool:
        """Whether a checkpoint of this size needs the key."""
        return self.first <= size and (self.last is None or size <= self.last)


ALL_SIZES = Window()


@attrs.frozen
class Policy:
    """What makes a checkpoint believable.

    Parameters
    ----------
    logs : tuple of VerifierKey
        Each one's name is the origin of its log; a log that has changed its key has several.
    witnesses : mapping of str to VerifierKey
        By the name the policy gives them.
    groups : mapping of str to Group
    quorum : str
        Witness or group that is needed; ``none`` when no witness is.
    windows : mapping of VerifierKey to Window
        Sizes that a key of a log signs; a key that is not there signs all.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey] = attrs.field(factory=dict)
    groups: Mapping[str, Group] = attrs.field(factory=dict)
    quorum: str = NONE
    windows: Mapping[VerifierKey, Window] = attrs.field(factory=dict)

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Keys of logs and witnesses."""
        return (*self.logs, *self.witnesses.values())

    def keys_of(self, origin: str) -> tuple[VerifierKey, ...]:
        """Keys of a log, former ones too; ``log-unknown`` (TrustError) when it is not trusted."""
        found = tuple(key for key in self.logs if key.name == origin)
        if not found:
            raise TrustError(
                Text(f"the log {origin} is not trusted", f"日志 {origin} 不受信任"),
                code="log-unknown",
                hint=Text(
                    f"trusted are: {', '.join(sorted({key.name for key in self.logs})) or 'none'}",
                    f"受信任的有：{'、'.join(sorted({key.name for key in self.logs})) or '无'}",
                ),
            )
        return found

    def window(self, key: VerifierKey) -> Window:
        """Sizes that a key of a log signs."""
        return self.windows.get(key, ALL_SIZES)

    def require(self, verified: Iterable[Verified]) -> tuple[str, ...]:
        """Names of the witnesses that signed.

        Raises
        ------
        TrustError
            ``quorum-missed`` when they are not enough.
        """
        signed = {one.key for one in verified if one.key.kind == WITNESS_KEY}
        seen = tuple(name for name, key in self.witnesses.items() if key in signed)
        if self.quorum != NONE and not self._holds(self.quorum, set(seen)):
            raise TrustError(
                Text(
                    f"too few witnesses have seen this checkpoint: {', '.join(seen) or 'none'}; {self.quorum} is needed",
                    f"看到该检查点的见证方过少：{'、'.join(seen) or '无'}；需要 {self.quorum}",
                ),
                code="quorum-missed",
                hint=Text(
                    "get a proof with more cosignatures, or ask why witnesses do not sign",
                    "获取含更多会签的证明，或询问见证方为何不签",
                ),
            )
        return seen

    def _holds(self, name: str, seen: set[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in seen
        return sum(self._holds(member, seen) for member in group.members) >= group.needed


def read_policy(text: str) -> Policy:
    """Read a policy.

    Raises
    ------
    InputErrors
        ``policy-invalid`` for every line that is wrong.
    """
    if len(text) > LARGEST_POLICY:
        raise_if_any([_problem(0, Text("the policy is too long", "策略过长"))])
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if words and not words[0].startswith("#"):
            reader.take(number, words)
    if len(reader.quorum) != 1:
        reader.problems.append(
            _problem(
                0, Text("the policy needs exactly one line 'quorum NAME'", "策略须恰好有一行 'quorum 名称'")
            )
        )
    raise_if_any(reader.problems)
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum[0])


class _Reader:
    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: list[str] = []
        self.problems: list[Problem] = []
        self._used: set[str] = set()
        self._takers = {
            "log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum,
        }  # fmt: skip

    def take(self, number: int, words: list[str]) -> None:
        taker = self._takers.get(words[0])
        if taker is None:
            message = Text(
                f"lines begin with {', '.join(self._takers)}, not with {words[0][:40]!r}",
                f"每行以 {'、'.join(self._takers)} 开头，而不是 {words[0][:40]!r}",
            )
            self.problems.append(_problem(number, message))
            return
        try:
            taker(words[1:])
        except InputError as error:
            self.problems.append(_problem(number, error.message))

    def _log(self, words: list[str]) -> None:
        if len(words) not in {1, 2}:
            raise _invalid("a log is written as 'log KEY [ADDRESS]'", "日志写作 'log 密钥 [地址]'")
        self.logs.append(self._key(words[0], NOTE_KEY, self.logs))

    def _witness(self, words: list[str]) -> None:
        if len(words) not in {2, 3}:
            raise _invalid(
                "a witness is written as 'witness NAME KEY [ADDRESS]'",
                "见证方写作 'witness 名称 密钥 [地址]'",
            )
        self._new_name(words[0])
        self.witnesses[words[0]] = self._key(words[1], WITNESS_KEY, self.witnesses.values())

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise _invalid(
                "a group is written as 'group NAME all|any|NUMBER MEMBER ...'",
                "组写作 'group 名称 all|any|数字 成员 ...'",
            )
        name, needed, members = words[0], words[1], tuple(words[2:])
        self._new_name(name)
        for member in members:
            self._known(member)
            if member in self._used or members.count(member) > 1:
                raise _invalid(f"{member} is a member twice", f"成员 {member} 重复")
        count = {"all": len(members), "any": 1}.get(needed) or int(needed if needed.isdecimal() else "0")
        if not 1 <= count <= len(members):
            raise _invalid(
                f"{needed} of {len(members)} members cannot be", f"{len(members)} 个成员中不能有 {needed} 个"
            )
        self._used |= set(members)
        self.groups[name] = Group(count, members)

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1:
            raise _invalid("a quorum is written as 'quorum NAME'", "法定数写作 'quorum 名称'")
        if words[0] != NONE:
            self._known(words[0])
        self.quorum.append(words[0])

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise _invalid(
                f"{name[:80]!r} is no witness and no group of a line above",
                f"{name[:80]!r} 不是上方行中的见证方或组",
            )

    def _new_name(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise _invalid(f"the name {name[:80]!r} is taken", f"名称 {name[:80]!r} 已被占用")

    @staticmethod
    def _key(text: str, kind: int, others: Iterable[VerifierKey]) -> VerifierKey:
        key = verifier_key(text)
        if key.kind != kind:
            raise _invalid(
                "the key is of the wrong kind: logs sign plainly, witnesses with the time",
                "密钥种类不对：日志直接签名，见证方带时间签名",
            )
        if any(other.public_key == key.public_key for other in others):
            raise _invalid("the same public key is there twice", "同一公钥重复")
        return key


def _invalid(english: str, chinese: str) -> InputError:
    return InputError(Text(english, chinese), code="policy-invalid")


def _problem(line: int, message: Text) -> Problem:
    where = f"policy, line {line}" if line else "policy"
    return Problem(where, "policy-invalid", message, Text("correct the policy", "修正该策略"))
