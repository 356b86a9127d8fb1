"""Static vectors of the W3C test suite for VC-JOSE-COSE, with the results that it expects.

https://github.com/w3c/vc-jose-cose-test-suite, folder tests/input, commits 3438541, 002d730 and a3d7321 (W3C Test Suite Licence). Header,
content, signature and keys are given as values; each text that they make up is compared with the digest of the published file.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

import pytest

from cradlemark.core.errors import TrustError
from cradlemark.label.credential_verification import Verdict, verify_credential, verify_secured
from cradlemark.trust.envelopes import decode, encode, read_envelope
from cradlemark.trust.key_documents import Controller
from cradlemark.trust.trust_files import TrustedKey

ISSUER = "https://example.issuer/vc-jose-cose"
P256, ED25519 = "73voMXFNmNlOEpuYCSJlh8eN0dscykoO6gBukgRS1uU", "2aOHaQxsWVT4mLsUkdtlCnUV-au0BBR-5yPYaPaCc5k"
"""Keys of cid-p256.json and cid-ed25519.json."""
POINT = ("WfTi93YuhsQxKbD0ftnjOXJndqhnJ5kgDV-ZDGyrhBQ", "qUd_55EjX0mjKZ6W6mF4UXVYTQ41K6jfdnYFwN5uPyk")
EDWARDS = "NvUhsjZe7Mdv8Esoc60o3ma1U5j2tFUTDsOQd39xMnI"
IDENTIFIER, DAY = "http://university.example/credentials/1872", "2010-01-01T19:23:24Z"
CONTENT = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "credentialSchema": {"id": "https://example.org/examples/degree.json", "type": "JsonSchema"},
    "credentialSubject": {
        "degree": {"name": "Bachelor of Science and Arts", "type": "BachelorDegree"}, "id": "did:example:123"
    },
    "iat": DAY, "id": IDENTIFIER, "iss": ISSUER, "issuer": ISSUER, "jti": IDENTIFIER,
    "type": ["VerifiableCredential", "ExampleAlumniCredential"], "validFrom": DAY,
}  # fmt: skip
"""The credential of all of them; it carries its issuer and identifier as claims too."""


def vector(header: dict[str, str], signature: str, digest: str, **more: str) -> str:
    parts = [json.dumps(part, separators=(",", ":"), sort_keys=True) for part in (header, CONTENT | more)]
    text = ".".join([*(encode(part.encode()) for part in parts), signature])
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    return text


VC = {"cty": "vc", "typ": "vc+jwt"}
MINIMAL = vector(
    {"alg": "ES256", "kid": P256, **VC},
    "-X6A--TnCgeepna-dXn7j6_q2DfQzjiYdEc-pbaHR38JUIv5ubhjYp2Tb_LJuJInzI7qKfP-JcMlHdd6bDnOLw",
    "a24e3cf63e6a8677d2f2d2b09037eb3236e028df193aea6ac091b7553b0c7274",
)
ISSUER_MATCH = vector(
    {"alg": "EdDSA", "kid": ED25519, **VC},
    "Ar5J3jlPCjXpZy055JDSPGF6mF46XnNZ5QaqGvLrtHjI2pwbGU2j9X0W3KNiKs71n_mfFSghfuy-cPjIRu9CAw",
    "61d2a59ea51c378785674775f7017a4c20cdeaf4c96de59de1b0413adf836918",
)
BAD_MEDIA_TYPE = vector(
    {"alg": "EdDSA", "cty": "bad+cty", "kid": ED25519, "typ": "bad+typ"},
    "w3QGXwK2TGiE25U4Ul55i4Bq4hS0RC9dqa9uKHLSQaOjtIi4eprUBgAXt6wxgEmnhM-SKrTzKfeOipPF-vESDA",
    "41f9986dbaf0aa42c7e44102af4670ef0808839c007e986fa5f174d31e398fd2",
)
VC_VP_CLAIMS = vector(
    {"alg": "EdDSA", "kid": ED25519, **VC},
    "MYH7qVx4rMZs_VXhy0lTQ53k3eSM2C_zxRC-FfGBYiGP7pbGt89a445EpIhTB5n8OO2Iz3zaKrLeUYHwc4HuBw",
    "aafb613d69d9e53036b73fd6b0b878d643cc746f249167fab84e4e912f12fb78",
    vc="oops",
    vp="nooo",
)
BAD_SIGNATURE = vector(
    {"alg": "EdDSA", "kid": ED25519, **VC},
    "CAJ3jlPCjXpZyAr5NiKs71n_mfFSghy-cPjIRu96mF46XnNZ5QaqGvLrtHjI2pwbG055JDSPGFU2j9X0W3Kfuw",
    "61bebb3d60c7e33684281075848b28ea45eb3f878335d547704a79b8aee8d268",
)


def controller() -> Controller:
    x, y, edwards = (decode(part) for part in (*POINT, EDWARDS))
    assert x is not None
    assert y is not None
    assert edwards is not None
    keys = (
        TrustedKey(P256, "credential", "p256", b"\x04" + x + y, "", "", compromised=False),
        TrustedKey(ED25519, "credential", "ed25519", edwards, "", "", compromised=False),
    )
    return Controller(ISSUER, keys, times_known=False)


def verdict(text: str) -> Verdict:
    return verify_secured(text, controller=controller())


def failed(text: str) -> list[str]:
    return [check.id for check in verdict(text).checks if check.outcome == "fails"]


@pytest.mark.parametrize("text", [MINIMAL, ISSUER_MATCH], ids=["es256", "eddsa"])
def test_basic_credential_is_verified(text: str) -> None:
    """Tests 6 and 8 of the suite: the signature holds, and the claim of the issuer is the issuer."""
    found = verdict(text)
    assert found.believed
    assert [check.id for check in found.checks if check.outcome == "holds"] == [
        "type", "claims", "issuer", "key", "signature"
    ]  # fmt: skip
    assert found.document["id"] == IDENTIFIER


def test_invalid_media_type_is_refused_although_the_signature_holds() -> None:
    """Test 13."""
    assert failed(BAD_MEDIA_TYPE) == ["type"]
    assert verdict(BAD_MEDIA_TYPE).outcome("signature") == "holds"


def test_claims_vc_and_vp_are_refused_although_the_signature_holds() -> None:
    """Test 15."""
    assert failed(VC_VP_CLAIMS) == ["claims"]
    assert verdict(VC_VP_CLAIMS).outcome("signature") == "holds"


def test_invalid_signature_is_refused() -> None:
    """Test 12."""
    assert failed(BAD_SIGNATURE) == ["signature"]


def test_unsecured_credential_is_refused() -> None:
    """Test 10: the suite has no file for it."""
    content = encode(json.dumps(CONTENT).encode())
    with pytest.raises(TrustError) as caught:
        verdict(f"{encode(json.dumps({'alg': 'none', **VC}).encode())}.{content}.")
    assert caught.value.code == "envelope-algorithm"


def test_other_curves_are_refused() -> None:
    """Test 9 is signed with ES512, which is not believed here."""
    header: dict[str, Any] = {"alg": "ES512", "cty": "vc", "kid": "x", "typ": "vc+jwt"}
    with pytest.raises(TrustError) as caught:
        read_envelope(f"{encode(json.dumps(header).encode())}.e30.AAAA")
    assert caught.value.code == "envelope-algorithm"


def test_a_credential_of_another_kind_is_no_label() -> None:
    found = verify_credential(MINIMAL, controller=controller(), now=datetime.datetime.now(datetime.UTC))
    assert [check.id for check in found.checks if check.outcome == "fails"] == ["shape"]
