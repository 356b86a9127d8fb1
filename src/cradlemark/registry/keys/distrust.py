"""Stop believing a key that was replaced before: it turns out that somebody else may have it."""

from __future__ import annotations

import datetime
from typing import cast

from cradlemark.core.errors import NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.opening import open_signer
from cradlemark.registry.keys.replace import check_reason
from cradlemark.registry.keys.store import Purpose, key_in_use
from cradlemark.registry.labels.resign import note_all_labels, note_live_labels
from cradlemark.registry.log.append import Record, append
from cradlemark.registry.publication.outbox import enqueue
from cradlemark.registry.writing import writing
from cradlemark.trust.key_statements import Distrust, sign_distrust


def distrust_key(home: Home, name: str, *, passphrase: str, time: datetime.datetime, reason: str) -> Key:
    """Let nothing that a former key has signed be believed any more; what it vouched for is signed or proven anew.

    Parameters
    ----------
    name : str
        Id of the key.
    reason : str
        For the public.

    Raises
    ------
    InputError
        ``reason-missing``
    NotFoundError
        ``key-missing``
    StateError
        ``key-in-use`` for a key that has not been replaced yet; ``home-busy`` while another process publishes.
    """
    check_reason(reason)
    row = Key.objects.filter(pk=name).first()
    if row is None:
        raise NotFoundError(
            Text(f"there is no key {name}", f"没有密钥 {name}"),
            code="key-missing",
            hint=Text("see trust.json", "参见 trust.json"),
        )
    if row.until is None:
        raise StateError(
            Text(f"key {name} is in use", f"密钥 {name} 正在使用"),
            code="key-in-use",
            hint=Text(
                "replace it with: cradlemark log rotate --compromised",
                "请更换它：cradlemark log rotate --compromised",
            ),
        )
    used = key_in_use(cast("Purpose", row.purpose))
    distrust = Distrust(home.origin, name, used.pk, reason.strip())
    content = sign_distrust(distrust, open_signer(home, used, passphrase=passphrase))
    with home.alone(), writing():
        Key.objects.filter(pk=name).update(compromised=True, signs_until=None)
        append([Record("distrust", name, content)], time=time)
        enqueue("keys", ["keys"])
        if row.purpose == "credential":
            note_live_labels()
        elif row.purpose == "log":
            note_all_labels()
    row.refresh_from_db()
    return row
