"""Files of the programme itself: trust file, DID document, key set, log policy, context, and the lists of states."""

from __future__ import annotations

from cradlemark.label.credential import base_of
from cradlemark.label.credential_terms import CONTEXT_PATH, context_document
from cradlemark.label.status_list import ENTRIES, PURPOSES, list_document, list_path, place_of
from cradlemark.registry.files import write_file
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.labels.models import Label
from cradlemark.registry.labels.sign import CredentialSigner
from cradlemark.registry.publication.trust_file import trust_file
from cradlemark.trust.key_documents import did_document, did_of, document_path, key_set, log_policy
from cradlemark.trust.trust_files import TrustedKey


def write_keys(home: Home) -> None:
    """Publish the keys in every form that somebody reads."""
    did, keys = did_of(home.origin), [_trusted(key) for key in Key.objects.all()]
    for path, content in (
        (document_path(did), did_document(did, keys)),
        ("jwks.json", key_set(did, keys)),
        ("log-policy.txt", log_policy(home.origin, keys)),
        (CONTEXT_PATH, context_document()),
        ("trust.json", trust_file(home)),
    ):
        write_file(home.public / path, content)


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


def _trusted(key: Key) -> TrustedKey:
    return TrustedKey(
        key.id, key.purpose, "ed25519" if key.algorithm == "ed25519" else "p256", bytes(key.public_key),
        key.since.strftime("%Y-%m-%dT%H:%M:%SZ"), key.until.strftime("%Y-%m-%dT%H:%M:%SZ") if key.until else "",
        key.compromised,
    )  # fmt: skip
