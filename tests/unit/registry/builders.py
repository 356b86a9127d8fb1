"""Requests and signers for tests of the register."""

from __future__ import annotations

import datetime
from functools import cache

import attrs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.unit.label.builders import claim

from cradlemark.label.claim import Claim
from cradlemark.label.number import LabelNumber
from cradlemark.trust.signers import KeySigner

NOW = datetime.datetime(2026, 11, 28, 12, 0, tzinfo=datetime.UTC)
SIGNER = KeySigner(Ed25519PrivateKey.from_private_bytes(b"r" * 32))


@cache
def model_claim() -> Claim:
    return claim()


def numbered(number: LabelNumber, *, bundle: str = "3") -> Claim:
    made = model_claim()
    return attrs.evolve(
        made, number=str(number), digests=attrs.evolve(made.digests, bundle="sha256:" + bundle * 64)
    )


def sign(made: Claim, status_index: int) -> str:
    return f"credential {made.number} {status_index}"
