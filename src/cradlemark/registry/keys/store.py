"""Keys of a programme: made and opened; each making is an entry of the log."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, get_args

import attrs
from django.db import IntegrityError

from cradlemark.core.errors import InputError, NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.opening import FILE, Outside, open_signer
from cradlemark.registry.log.append import Record, append
from cradlemark.registry.log.models import Entry
from cradlemark.registry.publication.outbox import enqueue
from cradlemark.registry.writing import writing
from cradlemark.trust.key_files import encrypted_key, write_key
from cradlemark.trust.key_statements import KeyStatement, sign_statement
from cradlemark.trust.signers import Algorithm, KeySigner, Signer, new_key

Purpose = Literal["log", "credential", "document"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ALGORITHMS: Mapping[Purpose, Algorithm] = {"log": "ed25519", "credential": "p256", "document": "p256"}
"""Kind of key of each purpose: notes of logs need Ed25519, credentials are ES256, readers of PDF know P-256."""


@attrs.frozen(eq=False)
class NewKey:
    """A key that has been made, but is not written down yet.

    Parameters
    ----------
    address : str
        Where it signs.
    signer : Signer
    file : bytes
        Encrypted file; empty for a key that is not in a file here.
    """

    address: str
    signer: Signer
    file: bytes = b""


def make_keys(home: Home, *, passphrase: str, time: datetime.datetime) -> list[Key]:
    """Make a key for each purpose that has none yet.

    Raises
    ------
    InputError
        ``passphrase-short``
    """
    there = set(Key.objects.filter(until=None).values_list("purpose", flat=True))
    return [_make(home, purpose, passphrase, time) for purpose in PURPOSES if purpose not in there]


def _make(home: Home, purpose: Purpose, passphrase: str, time: datetime.datetime) -> Key:
    name = next_name(purpose)
    made = new_key_of(name, purpose, passphrase=passphrase)
    statement = statement_of(home, name, purpose, made.signer)
    content = sign_statement(statement, made.signer, previous=None, others={})
    with writing():
        return write_down(home, made, statement, content, time=time)[0]


def next_name(purpose: Purpose) -> str:
    """Id of the next key of a purpose."""
    return f"{purpose}-{Key.objects.filter(purpose=purpose).count() + 1}"


def new_key_of(name: str, purpose: Purpose, *, passphrase: str, outside: Outside | None = None) -> NewKey:
    """A new key: one for a file, or the one from outside.

    Raises
    ------
    InputError
        ``key-invalid`` when the one from outside is of another kind than the purpose needs.
    """
    if outside is None:
        private = new_key(ALGORITHMS[purpose])
        return NewKey(f"{FILE}{name}.pem", KeySigner(private), encrypted_key(private, passphrase))
    if outside.signer.algorithm != ALGORITHMS[purpose]:
        raise InputError(
            Text(
                f"a key for {purpose} has to be {ALGORITHMS[purpose]}",
                f"{purpose} 用途的密钥必须是 {ALGORITHMS[purpose]}",
            ),
            code="key-invalid",
            hint=Text("make one of that kind", "请生成该类型的密钥"),
        )
    return NewKey(outside.address, outside.signer)


def statement_of(home: Home, name: str, purpose: Purpose, signer: Signer) -> KeyStatement:
    """What a first key signs of itself; a replacement adds what it replaces."""
    return KeyStatement(home.origin, name, purpose, signer.algorithm, signer.public_key)


def write_down(
    home: Home, key: NewKey, statement: KeyStatement, content: Mapping[str, Any], *, time: datetime.datetime
) -> tuple[Key, Entry]:
    """Store a key and its entry, within a transaction; its file is there before that ends.

    Raises
    ------
    StateError
        ``key-busy`` when another process has made the same key meanwhile.
    """
    try:
        row = Key.objects.create(
            id=statement.key, purpose=statement.purpose, algorithm=statement.algorithm,
            public_key=statement.public_key, signer=key.address, since=time, emergency=statement.lost,
        )  # fmt: skip
    except IntegrityError as error:
        raise busy(statement.key) from error
    (entry,) = append([Record("key", statement.key, content)], time=time)
    enqueue("keys", ["keys"])
    if key.file:
        path = home.keys / key.address.removeprefix(FILE)
        path.unlink(missing_ok=True)  # left by a run that was killed before its row was there
        write_key(path, key.file)
    return row, entry


def busy(name: str) -> StateError:
    """Return the error for a key that two processes make at once."""
    return StateError(
        Text(f"another process has made key {name} meanwhile", f"另一个进程同时生成了密钥 {name}"),
        code="key-busy",
        hint=Text("see what it did, then try again", "请查看其结果后重试"),
    )


def signer_of(home: Home, purpose: Purpose, *, passphrase: str) -> Signer:
    """Open the key in use for a purpose.

    Raises
    ------
    NotFoundError
        ``key-missing`` when the programme has none.
    TrustError
        ``passphrase-wrong``, ``key-exposed``; ``key-mismatch`` (StateError) when another key is there.
    """
    return open_signer(home, key_in_use(purpose), passphrase=passphrase)


def key_in_use(purpose: Purpose) -> Key:
    """The key in use for a purpose; ``key-missing`` (NotFoundError) when there is none."""
    row = Key.objects.filter(purpose=purpose, until=None).first()
    if row is None:
        raise NotFoundError(
            Text(f"the programme has no key for {purpose}", f"计划没有用于 {purpose} 的密钥"),
            code="key-missing",
            hint=Text("make one with: cradlemark log init", "用以下命令建立：cradlemark log init"),
        )
    return row
