"""Replace a key: with the signature of the old one, or, when that is lost, without it and for all to see.

A replaced key keeps its row and its time: what it signed while it was in use stays valid. The entry of a replacement is signed by
the old and the new key, so that nobody can slip in a key of his own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.opening import Outside, open_signer
from cradlemark.registry.keys.store import (
    NewKey,
    Purpose,
    busy,
    key_in_use,
    new_key_of,
    next_name,
    statement_of,
    write_down,
)
from cradlemark.registry.labels.resign import note_all_labels, note_live_labels
from cradlemark.registry.log.publish import LOG, published_size
from cradlemark.registry.publication.outbox import enqueue
from cradlemark.registry.writing import writing
from cradlemark.trust.key_statements import KeyStatement, sign_statement
from cradlemark.trust.signers import Signer

LONGEST_REASON = 500
LONGEST_OVERLAP = datetime.timedelta(days=400)


def replace_key(
    home: Home, purpose: Purpose, *, passphrase: str, time: datetime.datetime, compromised: bool = False,
    overlap: datetime.timedelta = datetime.timedelta(), outside: Outside | None = None,
) -> Key:  # fmt: skip
    """Replace the key of a purpose; the old one stops now.

    Parameters
    ----------
    compromised : bool
        Whether somebody else may have the old key: then what it vouched for is signed or proven anew.
    overlap : timedelta
        Of the key of the log: how long the old one signs beside the new one, for readers and witnesses that do not know that yet.
    outside : Outside, optional
        The new key when it is in a hardware module or behind another program; otherwise one is made in a file.

    Raises
    ------
    InputError
        ``key-invalid`` when the new key is of another kind than the purpose needs; ``overlap-invalid``.
    NotFoundError
        ``key-missing``
    StateError
        ``home-busy`` while another process publishes, or replaces the same key.
    """
    if overlap and (purpose != "log" or compromised or not datetime.timedelta() < overlap <= LONGEST_OVERLAP):
        raise InputError(
            Text(
                "only a sound key of the log signs beside the new one for a while",
                "只有完好的日志密钥才能在一段时间内与新密钥一同签名",
            ),
            code="overlap-invalid",
            hint=Text(f"at most {LONGEST_OVERLAP.days} days", f"最多 {LONGEST_OVERLAP.days} 天"),
        )
    old = key_in_use(purpose)
    previous = open_signer(home, old, passphrase=passphrase)
    name = next_name(purpose)
    made = new_key_of(name, purpose, passphrase=passphrase, outside=outside)
    statement = attrs.evolve(
        statement_of(home, name, purpose, made.signer), replaces=old.pk, compromised=compromised
    )
    content = sign_statement(statement, made.signer, previous=previous, others={})
    return _take_over(home, old, made, statement, content, time=time, overlap=overlap)


def replace_lost_key(
    home: Home, purpose: Purpose, *, passphrase: str, time: datetime.datetime, reason: str, compromised: bool = False,
    outside: Outside | None = None,
) -> Key:  # fmt: skip
    """Replace a key that is gone: an emergency, because the old one cannot say that it agrees.

    The other keys of the programme that can be opened vouch for the new one; the log and the trust file show what it was.

    Parameters
    ----------
    reason : str
        For the public.
    compromised : bool
        Whether somebody else may have it.

    Raises
    ------
    InputError
        ``reason-missing``, ``key-invalid``
    NotFoundError
        ``key-missing``
    StateError
        ``key-not-lost`` when the old key opens; ``home-busy`` while another process publishes.
    """
    check_reason(reason)
    old = key_in_use(purpose)
    if old.pk in _opened(home, [old], passphrase):
        raise StateError(
            Text(
                f"key {old.pk} is there and can sign its own replacement",
                f"密钥 {old.pk} 仍在，可以自行签署其更换",
            ),
            code="key-not-lost",
            hint=Text("use: cradlemark log rotate", "使用：cradlemark log rotate"),
        )
    name = next_name(purpose)
    made = new_key_of(name, purpose, passphrase=passphrase, outside=outside)
    statement = attrs.evolve(
        statement_of(home, name, purpose, made.signer),
        replaces=old.pk, compromised=compromised, lost=True, reason=reason.strip(),
    )  # fmt: skip
    others = _opened(home, Key.objects.filter(until=None).exclude(purpose=purpose), passphrase)
    content = sign_statement(statement, made.signer, previous=None, others=others)
    return _take_over(home, old, made, statement, content, time=time, overlap=datetime.timedelta())


def check_reason(reason: str) -> None:
    """Refuse (``reason-missing``) what is no reason for the public."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InputError(
            Text("this needs a reason for the public", "需要写明向公众公布的理由"),
            code="reason-missing",
            hint=Text(
                f"one sentence, at most {LONGEST_REASON} characters", f"一句话，最多 {LONGEST_REASON} 个字符"
            ),
        )


def _opened(home: Home, rows: Iterable[Key], passphrase: str) -> dict[str, Signer]:
    """Keys that can be opened; one that cannot does not stand in the way."""
    found: dict[str, Signer] = {}
    for row in rows:
        try:
            found[row.pk] = open_signer(home, row, passphrase=passphrase)
        except CradlemarkError:
            continue
    return found


def _take_over(
    home: Home, old: Key, made: NewKey, statement: KeyStatement, content: dict[str, object], *,
    time: datetime.datetime, overlap: datetime.timedelta,
) -> Key:  # fmt: skip
    # What is published at this moment is signed by the old key, and whoever publishes next reads the new one.
    with home.alone(), writing():
        ended = Key.objects.filter(pk=old.pk, until=None)
        if not ended.update(until=time, compromised=statement.compromised):
            raise busy(statement.key)
        row, entry = write_down(home, made, statement, content, time=time)
        if statement.purpose == "log":
            _hand_over(home, row, entry.index + 1, statement, time + overlap if overlap else None)
        if statement.compromised and statement.purpose == "credential":
            note_live_labels()
    return row


def _hand_over(
    home: Home, row: Key, size: int, statement: KeyStatement, signs_until: datetime.datetime | None
) -> None:
    """The log that ends with the entry is signed by both keys, unless the old one cannot or must not."""
    old = Key.objects.get(pk=statement.replaces)
    gone = statement.lost or statement.compromised
    old.last_size = size - 1 if gone else size
    if statement.lost and published_size(home.public / LOG) < old.first_size:
        old.last_size = old.first_size - 1  # not even its own beginning
    old.signs_until = signs_until
    old.save(update_fields=["last_size", "signs_until"])
    Key.objects.filter(pk=row.pk).update(first_size=size)
    row.first_size = size
    if statement.compromised:
        note_all_labels()


def retire_log_keys(home: Home) -> list[Key]:
    """Let former keys of the log sign nothing more from now on.

    One that has not even signed its hand-over yet, because it was lost meanwhile, ends with what is published; then the key in
    use signs the hand-over alone.

    Raises
    ------
    StateError
        ``home-busy`` while another process publishes.
    """
    with home.alone(), writing():
        published = published_size(home.public / LOG)
        former = list(Key.objects.filter(purpose="log", until__isnull=False).order_by("first_size"))
        for row in former:
            row.signs_until = None
            if row.last_size is not None and row.last_size > published:
                row.last_size = max(published, row.first_size - 1)
            row.save(update_fields=["signs_until", "last_size"])
        enqueue("keys", ["keys"])
    return former
