"""Keys of the log, former ones too: which sizes each signs, and what is believed.

The entry of a replacement stands at the hand-over: the log that ends with it is signed by both keys, every larger one needs the
new key. The old one may go on signing beside it for a while, for readers and witnesses who do not know the new one yet.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from cradlemark.core.errors import CradlemarkError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.opening import open_signer
from cradlemark.registry.log.signing import LogKeys
from cradlemark.trust.notes import NOTE_KEY, VerifierKey
from cradlemark.trust.policy import Policy, Window
from cradlemark.trust.signers import Signer


def log_keys(home: Home, *, passphrase: str, time: datetime.datetime) -> LogKeys:
    """Keys of the log of a programme.

    Parameters
    ----------
    home : Home
    passphrase : str
    time : datetime
        Now: until when former keys sign beside the one in use.
    """
    rows = list(Key.objects.filter(purpose="log"))
    opened: dict[str, Signer] = {}

    def signers(size: int) -> tuple[Signer, ...]:
        for row in (wanted := [row for row in rows if _signs(row, size, time)]):
            if row.pk not in opened:
                opened[row.pk] = _opened(home, row, passphrase)
        return tuple(opened[row.pk] for row in wanted)

    hand_overs = [row.first_size for row in rows if any(window_of(one).holds(row.first_size) for one in rows)]
    return LogKeys(home.origin, policy_of(home, rows), signers, hand_overs)


def keys_for_witnesses(home: Home, *, time: datetime.datetime) -> list[VerifierKey]:
    """Keys that checkpoints of today are signed with."""
    rows = Key.objects.filter(purpose="log").order_by("first_size")
    used = [
        row for row in rows if row.until is None or (row.signs_until is not None and time < row.signs_until)
    ]
    return [VerifierKey(home.origin, NOTE_KEY, bytes(row.public_key)) for row in used]


def policy_of(home: Home, rows: Iterable[Key]) -> Policy:
    """What the log has signed: keys that others may have too, because what was published is compared with the store besides."""
    windows = {VerifierKey(home.origin, NOTE_KEY, bytes(row.public_key)): window_of(row) for row in rows}
    return Policy(tuple(windows), windows=windows)


def window_of(row: Key) -> Window:
    """Sizes that a key of the log signs."""
    return Window(row.first_size, row.last_size)


def _signs(row: Key, size: int, time: datetime.datetime) -> bool:
    """Whether a checkpoint of this size is signed with a key: it has to be, or it signs on beside the one in use."""
    if row.compromised:
        return False
    beside = row.signs_until is not None and time < row.signs_until and size >= row.first_size
    return window_of(row).holds(size) or beside


def _opened(home: Home, row: Key, passphrase: str) -> Signer:
    """Open a key; that a former one is gone must not be the end of the log."""
    try:
        return open_signer(home, row, passphrase=passphrase)
    except CradlemarkError as error:
        if row.until is None or error.code == "passphrase-wrong":
            raise
        raise StateError(
            Text(
                f"the former key {row.pk} has to sign beside the new one, but cannot be opened: {error.message}",
                f"旧密钥 {row.pk} 必须与新密钥一同签名，但无法打开：{error.message['zh']}",
            ),
            code="former-key",
            hint=Text(
                f"bring it back; if it is gone for good: cradlemark log retire {home.folder}",
                f"请找回它；若确已丢失：cradlemark log retire {home.folder}",
            ),
        ) from error
