"""What signs credentials and status lists of a programme: its key in use, under its DID."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.label.claim import Claim
from cradlemark.label.credential import Issuer, credential_document, sign_credential
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.keys.store import signer_of
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
    """Open the key for credentials that is in use; raises as `keys.store.signer_of`."""
    signer = signer_of(home, "credential", passphrase=passphrase)
    key = Key.objects.get(purpose="credential", until=None)
    return CredentialSigner(Issuer(home.origin, home.programme.name.en, key.id), signer, time)
