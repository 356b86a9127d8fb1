"""Renew keys as if they were stolen: replace them and sign everything that they vouch for anew."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import attrs

from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.replace import replace_key
from cradlemark.registry.keys.store import Purpose, key_in_use
from cradlemark.registry.labels.models import Label
from cradlemark.registry.labels.resign import waiting_to_sign
from cradlemark.registry.publication.publish import publish_all


@attrs.frozen
class Reissued:
    """Keys that were replaced, and how many credentials were signed anew."""

    keys: tuple[tuple[str, str], ...]
    """Id before and after."""
    credentials: int


def keys_to_replace(purposes: Sequence[Purpose]) -> list[Key]:
    """Keys in use for these purposes; raises ``key-missing``."""
    return [key_in_use(purpose) for purpose in purposes]


def live_labels() -> int:
    """Labels whose credentials would be signed anew."""
    from cradlemark.label.status_list import is_set

    states = Label.objects.exclude(credential="").values_list("state", flat=True)
    return sum(not is_set("revocation", state) for state in states)


def reissue(
    home: Home, purposes: Sequence[Purpose], *, compromised: bool, passphrase: str, time: datetime.datetime
) -> Reissued:
    """Replace keys and publish; stopped in between, the next publication goes on.

    Parameters
    ----------
    compromised : bool
        Whether somebody else may have the old ones: only then is what they signed not believed any more, and signed anew.

    Raises
    ------
    NotFoundError
        ``key-missing``
    """
    before = keys_to_replace(purposes)
    made = [
        replace_key(home, purpose, passphrase=passphrase, time=time, compromised=compromised)
        for purpose in purposes
    ]
    count = waiting_to_sign()
    publish_all(home, passphrase=passphrase, time=time)
    return Reissued(tuple((old.pk, new.pk) for old, new in zip(before, made, strict=True)), count)
