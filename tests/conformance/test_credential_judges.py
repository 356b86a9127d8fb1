"""Credentials judged by code of others: jose, ajv, jsonld and vc-bitstring-status-list from npm, joserfc from PyPI.

The packages are installed by ``.ci/run`` into ``.tools/judges``; nothing is fetched while judging. Schema and context of UNTP are
read from the shared samples.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, KeySet
from tests.unit.label.credentials import (
    INDEX,
    ISSUER,
    NOW,
    controller,
    document,
    rich,
    signed,
    signer,
    status_list,
    trusted,
)

from cradlemark.label.credential import credential_document
from cradlemark.label.credential_terms import CONTEXT_PATH, UNTP, context_document
from cradlemark.label.credential_verification import verify_credential
from cradlemark.trust.envelopes import sign_envelope
from cradlemark.trust.key_documents import did_document, key_set

ROOT = Path(__file__).resolve().parents[2]
JUDGES = ROOT / ".tools" / "judges"
SOURCE = Path(__file__).parent / "credential_judge" / "judge.mjs"
SAMPLES = ROOT.parent / "shared" / "data" / "samples" / "untp"
PURPOSES = ("suspension", "revocation")
NONE_SET = {"suspension": False, "revocation": False}
ACCEPTED = {"jose": "ok", "ajv": "ok", "jsonld": "ok", "status": NONE_SET}

needs_judges = [
    pytest.mark.skipif(
        not (shutil.which("node") and (JUDGES / "node_modules").is_dir()) and "CI" not in os.environ,
        reason="needs node and the packages that .ci/run installs into .tools/judges",
    ),
    pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not beside this checkout"),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The judging program beside the packages that it imports."""
    folder = tmp_path_factory.mktemp("judge")
    (folder / "node_modules").symlink_to(JUDGES / "node_modules")
    return Path(shutil.copy(SOURCE, folder))


def lists(state: str = "active", **changes: str) -> dict[str, str]:
    made = {purpose: status_list(purpose, {INDEX: state, 0: "revoked"}) for purpose in PURPOSES} | changes  # type: ignore[arg-type]
    return {f"{ISSUER.base}/status/{purpose}-0.jwt": text for purpose, text in made.items()}


def judged(
    program: Path, credential: str, *, status_lists: Mapping[str, str] | None = None
) -> dict[str, Any]:
    keys = (trusted("credential-0", secret=3, until="2026-01-01T00:00:00Z"), trusted())
    case = {
        "credential": credential,
        "lists": lists() if status_lists is None else status_lists,
        "keySet": json.loads(key_set(ISSUER.did, keys)),
        "didDocument": json.loads(did_document(ISSUER.did, keys)),
        "schema": json.loads((SAMPLES / "schemas" / "dcc.json").read_bytes()),
        "contexts": {
            UNTP: (SAMPLES / "contexts" / "untp-context.jsonld").read_text(encoding="utf-8"),
            f"{ISSUER.base}/{CONTEXT_PATH}": context_document().decode(),
        },
        "now": NOW.isoformat(),
    }
    done = subprocess.run(
        ["node", program], input=json.dumps(case), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def refusing(found: Mapping[str, Any]) -> list[str]:
    return [judge for judge, says in found.items() if isinstance(says, str) and says != "ok"]


class TestOthers:
    pytestmark = needs_judges

    def test_all_accept_what_we_issue(self, program: Path) -> None:
        assert judged(program, signed()) == ACCEPTED
        richest = credential_document(rich(), issuer=ISSUER, status_index=INDEX)
        assert judged(program, signed(richest)) == ACCEPTED

    def test_the_profile_of_w3c_differs_from_untp_in_its_status_only(self, program: Path) -> None:
        found = judged(program, signed(document("w3c")))
        assert refusing(found) == ["ajv"]
        assert "credentialStatus" in found["ajv"]
        assert found["status"] == NONE_SET

    @pytest.mark.parametrize(
        ("state", "bits"),
        [("suspended", (True, False)), ("revoked", (True, True)), ("watch", (False, False))],
    )
    @pytest.mark.parametrize("profile", ["untp", "w3c"])
    def test_they_see_the_state(
        self, program: Path, profile: Any, state: str, bits: tuple[bool, bool]
    ) -> None:
        assert judged(program, signed(document(profile)), status_lists=lists(state))["status"] == dict(
            zip(PURPOSES, bits, strict=True)
        )

    def test_changed_texts_are_refused(self, program: Path) -> None:
        head, body, mark = signed().split(".")
        content = base64.urlsafe_b64decode(body + "==").replace(b'"Works"', b'"Workz"')
        changed = f"{head}.{base64.urlsafe_b64encode(content).rstrip(b'=').decode()}.{mark}"
        assert refusing(judged(program, changed)) == ["jose"]
        assert refusing(judged(program, signed(by=signer(8)))) == ["jose"]
        assert refusing(judged(program, signed(key=f"{ISSUER.did}#credential-0"))) == ["jose"]

    def test_other_types_are_refused(self, program: Path) -> None:
        header = {"typ": "JWT", "kid": ISSUER.key_address}
        assert refusing(
            judged(program, sign_envelope(json.dumps(document()).encode(), signer(), header=header))
        ) == ["jose"]

    def test_missing_members_are_refused(self, program: Path) -> None:
        content = document()
        del content["credentialSubject"]["issuedToParty"]
        assert refusing(judged(program, signed(content))) == ["ajv"]

    def test_undefined_words_are_refused(self, program: Path) -> None:
        """Within our own words; the context of UNTP itself lets any word pass in its own objects."""
        content = document()
        label = content["credentialSubject"]["carbonLabel"]
        for place in (label, label["stageValues"][0]):
            place["nuclear"] = 1.0
            assert refusing(judged(program, signed(content))) == ["jsonld"]
            del place["nuclear"]
        assert judged(program, signed(content)) == ACCEPTED

    def test_changed_lists_are_refused(self, program: Path) -> None:
        forged = lists(suspension=status_list("suspension", {}, by=signer(8)))
        assert refusing(judged(program, signed(), status_lists=forged)) == ["status"]
        swapped = dict(zip(lists(), reversed(lists().values()), strict=True))
        assert refusing(judged(program, signed(), status_lists=swapped)) == ["status"]


class TestJoserfc:
    """joserfc signs what we read, and reads what we sign."""

    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)

    def keys(self) -> KeySet:
        return KeySet.import_key_set(json.loads(key_set(ISSUER.did, [trusted()])))

    def test_it_reads_ours(self) -> None:
        found = jws.deserialize_compact(signed(), self.keys(), registry=self.registry)
        assert json.loads(found.payload) == json.loads(json.dumps(document()))
        with pytest.raises(Exception, match="bad_signature"):
            jws.deserialize_compact(signed(by=signer(8)), self.keys(), registry=self.registry)

    def test_we_read_its_own(self) -> None:
        point = signer().public_key
        secret = (7).to_bytes(32, "big")
        parts = {"x": point[1:33], "y": point[33:], "d": secret}
        encoded = {name: base64.urlsafe_b64encode(part).rstrip(b"=").decode() for name, part in parts.items()}
        key = ECKey.import_key({"kty": "EC", "crv": "P-256", **encoded})
        header = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": ISSUER.key_address}
        text = jws.serialize_compact(header, json.dumps(document(), indent=2), key, registry=self.registry)
        assert verify_credential(text, controller=controller(), now=NOW).believed
