"""Keys, credentials and status lists for tests."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs
from cryptography.hazmat.primitives.asymmetric import ec
from tests.unit.label.builders import claim

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, Fact, Grade, Holder, Reduction
from cradlemark.label.credential import Issuer, Profile, credential_document, sign_credential
from cradlemark.label.status_list import Purpose, list_document
from cradlemark.trust.key_documents import Controller
from cradlemark.trust.signers import KeySigner, Signer
from cradlemark.trust.trust_files import TrustedKey

ORIGIN = "example.org/labels"
ISSUER = Issuer(ORIGIN, "Example operator", "credential-1")
NOW = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
INDEX = 63


def rich() -> Claim:
    """A claim with everything that a claim can have."""
    plain = claim()
    return attrs.evolve(
        plain,
        programme=attrs.evolve(plain.programme, demonstration=False),
        holder=Holder(Text("Works", "工厂"), "CN", "uscc:91330000123456789X"),
        product=attrs.evolve(
            plain.product,
            models=("A-1", "A-2"),
            gtin="4006381333931",
            site=Text("Site one"),
            name=Text(zh="接线端子"),
        ),
        reduction=Reduction(
            "DEMO-000001-K0",
            "sha256:" + "4" * 64,
            2.0,
            1.5,
            0.25,
            0.03,
            0.99,
            ("grid", "factor_update"),
            {"mass": -0.5, "grid": 0.1},
            0.2,
            0.31,
            baseline_period="2024-01-01/2024-12-31",
            published_figure=2.1,
            way="below_peers",
            baseline_bundle="sha256:" + "6" * 64,
            baseline_origin="labels.example.net",
            facts=(Fact("peers", 1.75, "kg", "list of certified products, 2026-06-30"),),
        ),
        grade=Grade(
            "A",
            "cc-0123456789abcdef",
            "sha256:" + "5" * 64,
            40,
            12.5,
            8.0,
            17.0,
            holders=12,
            version=3,
            as_of="2026-11-01",
        ),
        previous="DEMO-000001-K0",
    )


def signer(secret: int = 7) -> KeySigner:
    return KeySigner(ec.derive_private_key(secret, ec.SECP256R1()))


def trusted(
    name: str = "credential-1", *, secret: int = 7, since: str = "2026-01-01T00:00:00Z", until: str = "",
    compromised: bool = False,
) -> TrustedKey:  # fmt: skip
    return TrustedKey(name, "credential", "p256", signer(secret).public_key, since, until, compromised)


def controller(*keys: TrustedKey, times_known: bool = True) -> Controller:
    return Controller(ISSUER.did, keys or (trusted(),), times_known)


def document(profile: Profile = "untp", index: int = INDEX, **changes: Any) -> dict[str, Any]:
    made = credential_document(claim(), issuer=ISSUER, status_index=index, profile=profile)
    return made | changes


def signed(
    content: Mapping[str, Any] | None = None, *, by: Signer | None = None, key: str = ISSUER.key_address,
    time: datetime.datetime = NOW,
) -> str:  # fmt: skip
    return sign_credential(
        document() if content is None else content, signer=by or signer(), key=key, time=time
    )


def status_list(
    purpose: Purpose, states: Mapping[int, str], *, number: int = 0, by: Signer | None = None
) -> str:
    made = list_document(
        states, purpose=purpose, number=number, base=ISSUER.base, did=ISSUER.did, since="2026-12-01T00:00:00Z"
    )
    return signed(made, by=by)
