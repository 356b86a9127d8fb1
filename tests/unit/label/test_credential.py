"""The claim as a conformity credential."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from tests.unit.label.builders import claim
from tests.unit.label.credentials import INDEX, ISSUER, NOW, document, rich, signed, signer

from cradlemark.core.canonical import canonical_json, read_json
from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, Holder
from cradlemark.label.credential import credential_document, sign_credential
from cradlemark.trust.envelopes import read_envelope

SCHEMA = (
    Path(__file__).resolve().parents[3]
    / ".."
    / "shared"
    / "data"
    / "samples"
    / "untp"
    / "schemas"
    / "dcc.json"
)


def made(source: Claim, **options: Any) -> dict[str, Any]:
    return credential_document(source, issuer=ISSUER, status_index=INDEX, **options)


def subject(source: Claim) -> dict[str, Any]:
    found: dict[str, Any] = made(source)["credentialSubject"]
    return found


def test_the_figures_are_those_of_the_claim() -> None:
    source = claim()
    gate, life_cycle = subject(source)["conformityAssessment"]
    for assessment, value in ((gate, source.values.gate), (life_cycle, source.values.life_cycle)):
        (performance,) = assessment["assessedPerformance"]
        assert value is not None
        assert value.low is not None
        assert performance["measure"]["value"] == value.figure
        assert performance["measure"]["unit"] == "KGM"
        assert performance["measure"]["value"] - performance["measure"]["lowerTolerance"] == pytest.approx(
            value.low
        )
    stages = subject(source)["carbonLabel"]["stageValues"]
    assert {
        one["stage"]: tuple(one[name] for name in source.values.origins) for one in stages
    } == source.values.by_stage


def test_it_names_the_claim() -> None:
    label = subject(claim())["carbonLabel"]
    assert (label["claimDigest"], label["labelNumber"]) == (claim().digest, claim().number)


def test_gate_only_claims_have_one_assessment() -> None:
    source = attrs.evolve(claim(), values=attrs.evolve(claim().values, life_cycle=None, beyond_boundary=None))
    assert [one["id"].partition("#")[2] for one in subject(source)["conformityAssessment"]] == ["gate"]
    assert "beyondBoundary" not in subject(source)["carbonLabel"]


def test_a_demonstration_claims_no_endorsement() -> None:
    told = subject(claim())
    assert (told["assessorLevel"], told["assessmentLevel"]) == ("unspecified", "no-endorsement")
    assert (subject(rich())["assessorLevel"], subject(rich())["carbonLabel"]["demonstration"]) == (
        "3rdParty",
        False,
    )


def test_reduction_grade_and_identifiers() -> None:
    told = subject(rich())
    gate, _, reduction, grade = told["conformityAssessment"]
    (saved,), (place,) = reduction["assessedPerformance"], grade["assessedPerformance"]
    assert saved["measure"] == {
        "value": 25.0,
        "unit": "P1",
        "lowerTolerance": 5.0,
        "upperTolerance": 6.0,
    }
    assert saved["metric"]["id"].endswith("/ghg-reduction-progress")
    assert (place["measure"]["value"], place["measure"]["lowerTolerance"]) == (12.5, 4.5)
    assert place["score"] == told["profileScore"]
    assert told["profileScore"]["code"] == "A"
    profile = f"{ISSUER.base}/programmes/{'1' * 64}.toml"
    assert [one["id"] for one in reduction["assessmentCriteria"]][1:] == [
        f"{profile}#reduction.alternatives.below_peers"
    ]
    assert grade["assessmentCriteria"][1]["id"] == f"{profile}#grade.steps"
    assert gate["assessmentCriteria"] == grade["assessmentCriteria"][:1]
    words = told["carbonLabel"]
    assert (words["reduction"]["baselineBundle"], words["reduction"]["facts"][0]["value"]) == (
        "sha256:" + "6" * 64,
        1.75,
    )
    assert (words["grade"]["products"], words["grade"]["holders"]) == (40, 12)
    assert told["issuedToParty"] == {
        "type": ["Party"], "id": "uscc:91330000123456789X", "name": "Works", "registeredId": "91330000123456789X"
    }  # fmt: skip
    products = [one["product"] for one in told["conformityAssessment"][0]["assessedProduct"]]
    assert [one["modelNumber"] for one in products] == ["A-1", "A-2"]
    assert {one["id"] for one in products} == {"https://id.gs1.org/01/04006381333931"}
    assert products[0]["name"] == "接线端子"


def test_identifiers_without_scheme_are_only_told() -> None:
    source = attrs.evolve(claim(), holder=Holder(Text("Works"), "CN", "91330000123456789X"))
    party = subject(source)["issuedToParty"]
    assert party["id"].endswith("#holder")
    assert party["registeredId"] == "91330000123456789X"


def test_a_modified_opinion_is_no_conformance() -> None:
    source = attrs.evolve(claim(), verification=attrs.evolve(claim().verification, opinion="modified"))
    assert not any(one["conformance"] for one in subject(source)["conformityAssessment"])


def test_figures_outside_of_their_interval_have_no_tolerance() -> None:
    value = attrs.evolve(claim().values.gate, figure=99.0)
    source = attrs.evolve(claim(), values=attrs.evolve(claim().values, gate=value))
    assert (
        "upperTolerance"
        not in subject(source)["conformityAssessment"][0]["assessedPerformance"][0]["measure"]
    )


@pytest.mark.skipif(not SCHEMA.exists(), reason="the shared samples are not beside this checkout")
@pytest.mark.parametrize("source", [claim(), rich()], ids=["plain", "rich"])
def test_the_schema_of_untp_holds(source: Claim) -> None:
    schema = read_json(SCHEMA.read_bytes())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert list(validator.iter_errors(made(source))) == []
    assert list(validator.iter_errors(made(source, profile="w3c"))) != []  # its index is a text, as W3C wants


def test_status_entries_of_both_profiles() -> None:
    untp, w3c = document("untp"), document("w3c")
    assert (untp["credentialStatus"]["statusPurpose"], untp["credentialStatus"]["statusListIndex"]) == (
        "suspension",
        63,
    )
    assert (untp["revocationStatus"]["statusPurpose"], "revocationStatus" in w3c) == ("revocation", False)
    assert [(one["statusPurpose"], one["statusListIndex"]) for one in w3c["credentialStatus"]] == [
        ("suspension", "63"), ("revocation", "63")
    ]  # fmt: skip
    beyond = document(index=131_072 * 3 + 5)["credentialStatus"]
    assert beyond["statusListCredential"] == "https://example.org/labels/status/suspension-3.jwt"
    assert beyond["statusListIndex"] == 5


def test_what_is_signed_is_the_canonical_document() -> None:
    envelope = read_envelope(signed())
    assert envelope.payload == canonical_json(document())
    assert dict(envelope.header) == {
        "alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": "did:web:example.org:labels#credential-1",
        "iat": int(NOW.timestamp()),
    }  # fmt: skip


def test_the_time_needs_its_zone() -> None:
    with pytest.raises(InputError) as caught:
        sign_credential(document(), signer=signer(), key="k", time=datetime.datetime(2026, 1, 1))  # noqa: DTZ001
    assert caught.value.code == "time-zone"
