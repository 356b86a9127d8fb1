"""Whom to trust: logs, witnesses, and how many witnesses are enough (C2SP tlog-policy)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from cradlemark.core.errors import InputError, Problem, TrustError, raise_if_any
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
class Policy:
    """What makes a checkpoint believable.

    Parameters
    ----------
    logs : tuple of VerifierKey
        Each one's name is the origin of its log.
    witnesses : mapping of str to VerifierKey
        By the name the policy gives them.
    groups : mapping of str to Group
    quorum : str
        Witness or group that is needed; ``none`` when no witness is.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey] = attrs.field(factory=dict)
    groups: Mapping[str, Group] = attrs.field(factory=dict)
    quorum: str = NONE

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Keys of logs and witnesses."""
        return (*self.logs, *self.witnesses.values())

    def log(self, origin: str) -> VerifierKey:
        """Key of a log; ``log-unknown`` (TrustError) when it is not trusted."""
        for key in self.logs:
            if key.name == origin:
                return key
        raise TrustError(
            f"the log {origin} is not trusted",
            code="log-unknown",
            hint=f"trusted are: {', '.join(key.name for key in self.logs) or 'none'}",
        )

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
                f"too few witnesses have seen this checkpoint: {', '.join(seen) or 'none'}; {self.quorum} is needed",
                code="quorum-missed",
                hint="get a proof with more cosignatures, or ask why witnesses do not sign",
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
        raise_if_any([_problem(0, "the policy is too long")])
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if words and not words[0].startswith("#"):
            reader.take(number, words)
    if len(reader.quorum) != 1:
        reader.problems.append(_problem(0, "the policy needs exactly one line 'quorum NAME'"))
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
            message = f"lines begin with {', '.join(self._takers)}, not with {words[0][:40]!r}"
            self.problems.append(_problem(number, message))
            return
        try:
            taker(words[1:])
        except InputError as error:
            self.problems.append(_problem(number, error.message))
        except ValueError as error:
            self.problems.append(_problem(number, str(error)))

    def _log(self, words: list[str]) -> None:
        if len(words) not in {1, 2}:
            raise ValueError("a log is written as 'log KEY [ADDRESS]'")
        self.logs.append(self._key(words[0], NOTE_KEY, self.logs))

    def _witness(self, words: list[str]) -> None:
        if len(words) not in {2, 3}:
            raise ValueError("a witness is written as 'witness NAME KEY [ADDRESS]'")
        self._new_name(words[0])
        self.witnesses[words[0]] = self._key(words[1], WITNESS_KEY, self.witnesses.values())

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise ValueError("a group is written as 'group NAME all|any|NUMBER MEMBER ...'")
        name, needed, members = words[0], words[1], tuple(words[2:])
        self._new_name(name)
        for member in members:
            self._known(member)
            if member in self._used or members.count(member) > 1:
                raise ValueError(f"{member} is a member twice")
        count = {"all": len(members), "any": 1}.get(needed) or int(needed if needed.isdecimal() else "0")
        if not 1 <= count <= len(members):
            raise ValueError(f"{needed} of {len(members)} members cannot be")
        self._used |= set(members)
        self.groups[name] = Group(count, members)

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1:
            raise ValueError("a quorum is written as 'quorum NAME'")
        if words[0] != NONE:
            self._known(words[0])
        self.quorum.append(words[0])

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{name[:80]!r} is no witness and no group of a line above")

    def _new_name(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name {name[:80]!r} is taken")

    @staticmethod
    def _key(text: str, kind: int, others: Iterable[VerifierKey]) -> VerifierKey:
        key = verifier_key(text)
        if key.kind != kind:
            raise ValueError("the key is of the wrong kind: logs sign plainly, witnesses with the time")
        if any(other.public_key == key.public_key for other in others):
            raise ValueError("the same public key is there twice")
        return key


def _problem(line: int, message: str) -> Problem:
    where = f"policy, line {line}" if line else "policy"
    return Problem(where, "policy-invalid", message, "correct the policy")
