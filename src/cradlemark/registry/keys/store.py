"""Keys of a programme: made, opened, replaced; each making and replacing is an entry of the log.

A replaced key keeps its row and its time: what it signed while it was in use stays valid. The entry of a replacement is signed by
the old and the new key, so that nobody can slip in a key of his own.
"""

from __future__ import annotations

import base64
import datetime
from collections.abc import Mapping
from typing import Literal, get_args

import attrs
from django.db import transaction

from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import InputError, NotFoundError
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.opening import FILE, Outside, open_signer
from cradlemark.registry.labels.resign import note_live_labels
from cradlemark.registry.log.append import Record, append
from cradlemark.registry.publication.outbox import enqueue
from cradlemark.trust.key_files import encrypted_key, write_key
from cradlemark.trust.signers import Algorithm, KeySigner, Signer, new_key
from cradlemark.trust.verification import verify_signature

Purpose = Literal["log", "credential", "document"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ALGORITHMS: Mapping[Purpose, Algorithm] = {"log": "ed25519", "credential": "p256", "document": "p256"}
"""Kind of key of each purpose: notes of logs need Ed25519, credentials are ES256, readers of PDF know P-256."""


def make_keys(home: Home, *, passphrase: str, time: datetime.datetime) -> list[Key]:
    """Make a key for each purpose that has none yet.

    Raises
    ------
    InputError
        ``passphrase-short``
    """
    there = set(Key.objects.filter(until=None).values_list("purpose", flat=True))
    return [_make(home, purpose, passphrase, time, None) for purpose in PURPOSES if purpose not in there]


def signer_of(home: Home, purpose: Purpose, *, passphrase: str) -> Signer:
    """Open the key in use for a purpose.

    Raises
    ------
    NotFoundError
        ``key-missing`` when the programme has none.
    TrustError
        ``passphrase-wrong``, ``key-exposed``; ``key-mismatch`` (StateError) when another key is there.
    """
    row = Key.objects.filter(purpose=purpose, until=None).first()
    if row is None:
        raise NotFoundError(
            f"the programme has no key for {purpose}",
            code="key-missing",
            hint="make one with: cradlemark log init",
        )
    return open_signer(home, row, passphrase=passphrase)


def replace_key(
    home: Home, purpose: Purpose, *, passphrase: str, time: datetime.datetime, compromised: bool = False,
    outside: Outside | None = None,
) -> Key:  # fmt: skip
    """Replace the key of a purpose; the old one stops now.

    Parameters
    ----------
    compromised : bool
        Whether somebody else may have the old key: then every live label is noted to be signed anew (`labels.resign`).
    outside : Outside, optional
        The new key when it is in a hardware module or behind another program; otherwise one is made in a file.

    Raises
    ------
    InputError
        ``key-invalid`` when the new key is of another kind than the purpose needs.
    """
    if outside is not None and outside.signer.algorithm != ALGORITHMS[purpose]:
        raise InputError(
            f"a key for {purpose} has to be {ALGORITHMS[purpose]}",
            code="key-invalid",
            hint="make one of that kind",
        )
    old = Key.objects.get(purpose=purpose, until=None)
    return _make(
        home,
        purpose,
        passphrase,
        time,
        _Replaced(old, signer_of(home, purpose, passphrase=passphrase), compromised),
        outside,
    )


@attrs.frozen
class _Replaced:
    row: Key
    signer: Signer
    compromised: bool


def _make(
    home: Home, purpose: Purpose, passphrase: str, time: datetime.datetime, old: _Replaced | None,
    outside: Outside | None = None,
) -> Key:  # fmt: skip
    name = f"{purpose}-{Key.objects.filter(purpose=purpose).count() + 1}"
    made = outside or _key_file(home, name, purpose, passphrase)
    signer = made.signer
    statement = _statement(home, name, purpose, signer, old)
    signatures = {"signature": _text(signer.sign(statement))}
    if old is not None:
        signatures["previous_signature"] = _text(old.signer.sign(statement))
    with transaction.atomic():
        if old is not None:
            Key.objects.filter(pk=old.row.pk).update(until=time, compromised=old.compromised)
        row = Key.objects.create(
            id=name, purpose=purpose, algorithm=signer.algorithm, public_key=signer.public_key,
            signer=made.address, since=time,
        )  # fmt: skip
        append([Record("key", name, {"statement": statement.decode(), **signatures})], time=time)
        enqueue("keys", ["keys"])
        if old is not None and old.compromised and purpose == "credential":
            note_live_labels()
    return row


def _key_file(home: Home, name: str, purpose: Purpose, passphrase: str) -> Outside:
    private = new_key(ALGORITHMS[purpose])
    path = home.keys / f"{name}.pem"
    path.unlink(missing_ok=True)  # left by a run that was killed before it was written down
    write_key(path, encrypted_key(private, passphrase))
    return Outside(f"{FILE}{path.name}", KeySigner(private))


def _statement(home: Home, name: str, purpose: str, signer: Signer, old: _Replaced | None) -> bytes:
    """What the keys sign: which key begins and, for a replacement, which one ends."""
    replaced = {"replaces": old.row.id, "compromised": old.compromised} if old else {}
    return canonical_json({
        "origin": home.origin, "key": name, "purpose": purpose, "algorithm": signer.algorithm,
        "public_key": _text(signer.public_key), **replaced,
    })  # fmt: skip


def check_statement(content: Mapping[str, object], keys: Mapping[str, tuple[Algorithm, bytes]]) -> None:
    """Check the signatures of a key entry of the log.

    Parameters
    ----------
    content : mapping
        The record.
    keys : mapping of str to (str, bytes)
        Kind and public key by id, of the new and the replaced key.

    Raises
    ------
    TrustError
        ``signature-wrong``
    """
    import json

    statement = str(content["statement"]).encode()
    told = json.loads(statement)
    signed = [(str(told["key"]), "signature")]
    if "replaces" in told:
        signed.append((str(told["replaces"]), "previous_signature"))
    for key, name in signed:
        algorithm, public = keys[key]
        verify_signature(algorithm, public, statement, base64.b64decode(str(content.get(name, ""))))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
