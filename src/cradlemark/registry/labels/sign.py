"""What signs credentials and status lists of a programme: its key in use, under its DID."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.label.claim import Claim
from cradlemark.label.credential import Issuer, credential_document, sign_credential
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.opening import open_signer
from cradlemark.registry.keys.store import key_in_use
from cradlemark.trust.envelopes import read_envelope
from cradlemark.trust.signers import Signer


@attrs.frozen(eq=False)
class CredentialSigner:
    """Signs for one programme at one time.

    Parameters
    ----------
    issuer : Issuer
    signer : Signer
    time : datetime
        Stands in every signature.
    """

    issuer: Issuer
    signer: Signer
    time: datetime.datetime

    def label(self, claim: Claim, status_index: int) -> str:
        """The credential of a label."""
        return self.document(credential_document(claim, issuer=self.issuer, status_index=status_index))

    def document(self, document: Mapping[str, Any]) -> str:
        """Any credential of the programme."""
        return sign_credential(document, signer=self.signer, key=self.issuer.key_address, time=self.time)


def credential_signer(home: Home, *, passphrase: str, time: datetime.datetime) -> CredentialSigner:
    """Open the key for credentials that is in use; raises as `keys.store.open_signer`; ``key-missing``."""
    key = key_in_use("credential")
    signer = open_signer(home, key, passphrase=passphrase)
    return CredentialSigner(Issuer(home.origin, home.programme.name.en, key.id), signer, time)


def outdated(credentials: Iterable[str]) -> set[str]:
    """Credentials that another key has signed than the one in use: it was replaced while they were made.

    Asked under the lock of writers, which replacing a key takes too.
    """
    key = Key.objects.filter(purpose="credential", until=None).first()
    if key is None:
        return set()
    return {text for text in credentials if _key_of(text) != key.id}


def _key_of(credential: str) -> str:
    try:
        return read_envelope(credential).key.rpartition("#")[2]
    except CradlemarkError:
        return ""  # no key of ours has signed this
