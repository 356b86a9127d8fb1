"""Files of the programme itself: trust file, DID document, key set, log policy, context, and the lists of states."""

from __future__ import annotations

import attrs

from cradlemark.label.credential import base_of
from cradlemark.label.credential_terms import CONTEXT_PATH, context_document
from cradlemark.label.offline_profile import profile_path
from cradlemark.label.status_list import ENTRIES, PURPOSES, list_document, list_path, place_of
from cradlemark.registry.files import write_file
from cradlemark.registry.home import PROGRAMME, Home
from cradlemark.registry.keys.log_keys import window_of
from cradlemark.registry.keys.models import Key
from cradlemark.registry.labels.models import Label
from cradlemark.registry.labels.sign import CredentialSigner
from cradlemark.registry.publication.trust_file import trust_file
from cradlemark.registry.witnesses.configure import witnesses
from cradlemark.trust.key_documents import did_document, did_of, document_path, key_set, log_policy
from cradlemark.trust.policy import Window
from cradlemark.trust.trust_files import TrustedKey


def write_keys(home: Home, size: int) -> None:
    """Publish the keys in every form that somebody reads.

    Parameters
    ----------
    size : int
        Entries of the published log: what it does not tell yet of its own keys and witnesses cannot be asked for yet.
    """
    did, asked = did_of(home.origin), witnesses(size=size)
    keys = trusted_keys(size)
    for path, content in (
        (document_path(did), did_document(did, keys)),
        ("jwks.json", key_set(did, keys)),
        ("log-policy.txt", log_policy(home.origin, keys, asked.keys, asked.needed)),
        (CONTEXT_PATH, context_document()),
        ("trust.json", trust_file(home, keys, asked)),
    ):
        write_file(home.public / path, content)


def write_programme(home: Home) -> None:
    """Publish the profile in its present version beside the former ones: claims name it by its digest."""
    path = home.public / profile_path(home.programme.digest)
    if not path.exists():
        write_file(path, (home.folder / PROGRAMME).read_bytes())


def list_numbers() -> range:
    """Numbers of all status lists that hold a label."""
    last = Label.objects.order_by("-status_index").values_list("status_index", flat=True).first()
    return range(0 if last is None else place_of(last).number + 1)


def write_status_list(home: Home, number: int, signer: CredentialSigner) -> None:
    """Publish both lists of one range of labels, from their present states."""
    first = number * ENTRIES
    rows = Label.objects.filter(status_index__gte=first, status_index__lt=first + ENTRIES)
    states = {index - first: state for index, state in rows.values_list("status_index", "state")}
    for purpose in PURPOSES:
        document = list_document(
            states, purpose=purpose, number=number, base=base_of(home.origin), did=did_of(home.origin),
            since=signer.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )  # fmt: skip
        write_file(home.public / list_path(purpose, number), signer.document(document).encode())


def trusted_keys(size: int) -> list[TrustedKey]:
    """All keys as others read them; of those of the log, what a log of `size` entries tells of them."""
    rows = list(Key.objects.exclude(purpose="log", first_size__gt=size))
    last = max((row.first_size for row in rows if row.purpose == "log"), default=0)
    return [
        _in_use(row) if (row.purpose, row.first_size) == ("log", last) else trusted_key(row) for row in rows
    ]


def _in_use(key: Key) -> TrustedKey:
    """The key of the log that no published one replaces, even when its hand-over is stored already."""
    told = trusted_key(key)
    return attrs.evolve(told, until="", compromised=False, window=Window(told.window.first))


def trusted_key(key: Key) -> TrustedKey:
    """A key as others read it."""
    return TrustedKey(
        key.id, key.purpose, "ed25519" if key.algorithm == "ed25519" else "p256", bytes(key.public_key),
        key.since.strftime("%Y-%m-%dT%H:%M:%SZ"), key.until.strftime("%Y-%m-%dT%H:%M:%SZ") if key.until else "",
        key.compromised, key.emergency, window_of(key),
    )  # fmt: skip
