"""The interface for programs: what everybody may ask, tokens, tags, parts, problems, keys, limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cradlemark.registry.home import Home
from tests.portal.api_client import Program, token_for
from tests.portal.studies import terminal_block


@pytest.fixture
def maker(home: Home) -> Program:
    return Program(token_for("practitioner"))


@pytest.fixture
def applicant(home: Home) -> Program:
    return Program(token_for("applicant"))


def begun(program: Program) -> dict[str, Any]:
    response = program.post("/studies", {"document": terminal_block()})
    assert response.status_code == 201, response.content
    return dict(response.json())


def check_problem(response: Any, status: int, code: str = "") -> dict[str, Any]:
    assert response.status_code == status, response.content[:600]
    assert response.headers["Content-Type"] == "application/problem+json"
    document = dict(response.json())
    assert document["status"] == status
    assert document["message"]["zh"]
    assert not code or document["code"] == code
    return document


def test_public_questions_need_no_token(home: Home) -> None:
    everybody = Program()
    programme = everybody.get("/programme").json()
    assert programme["mark"] == "DEMO"
    assert programme["entries"] >= 7
    found = everybody.get("/labels").json()
    assert found == {"items": [], "next": None, "total": 0, "facets": found["facets"]}
    check_problem(everybody.get("/labels/DEMO-000000-GK"), 404, "address-unknown")
    check_problem(everybody.get("/labels?limit=0"), 422, "request-shape")
    check_problem(everybody.get("/labels?cursor=x"), 422, "cursor-invalid")
    check_problem(everybody.get("/nothing"), 404, "address-unknown")
    check_problem(everybody.client.delete("/api/v1/labels"), 405, "request-method")


def test_study_is_begun_changed_and_handed_in(maker: Program, applicant: Program) -> None:
    study = begun(maker)
    one = maker.get(f"/studies/{study['id']}")
    assert one.headers["ETag"] == '"v1"'
    assert maker.get(f"/studies/{study['id']}", If_None_Match='"v1"').status_code == 304
    result = maker.get(f"/studies/{study['id']}/result").json()
    assert result["total"] > 0
    assert sum(stage["value"] for stage in result["stages"] if stage["stage"] != "D") == pytest.approx(
        result["total"]
    )
    changed = {"document": study["document"].replace("2.5", "2.6", 1)}
    path = f"/studies/{study['id']}"
    check_problem(maker.send("PUT", path, changed), 422, "request-shape")
    check_problem(maker.send("PUT", path, changed, If_Match='"v7"'), 412, "state-other")
    saved = maker.send("PUT", path, changed, If_Match='"v1"')
    assert saved.status_code == 200, saved.content
    assert saved.headers["ETag"] == '"v2"'
    check_problem(maker.send("PUT", path, changed, If_Match='"v1"'), 412)
    handed = {"study": study["id"], "version": 1, "reason": "First label."}
    check_problem(maker.post("/cases", handed), 403, "request-forbidden")
    check_problem(applicant.post("/cases", handed), 409, "study-newer")
    reduction = {**handed, "version": 2, "kind": "reduction"}
    check_problem(applicant.post("/cases", reduction), 422, "baseline-missing")
    check_problem(applicant.post("/cases", {**reduction, "kind": "neutral"}), 422)
    check_problem(
        applicant.post("/cases", {**reduction, "kind": "grade", "baseline": "X"}), 422, "claim-options"
    )
    case = applicant.post("/cases", {**handed, "version": 2})
    assert (case.json()["kind"], case.json()["baseline"]) == ("footprint", None)
    assert case.status_code == 201, case.content
    assert case.json()["state"] == "submitted"
    officer = Program(token_for("officer"))
    number = case.json()["number"]
    seen = officer.get(f"/cases/{number}")
    assert seen.json()["possible"] == ["accept", "return", "reject"]
    step = {"step": "accept", "reason": "Complete."}
    accepted = officer.post(f"/cases/{number}/steps", step, If_Match=seen.headers["ETag"])
    assert accepted.json()["state"] == "accepted"
    check_problem(officer.post(f"/cases/{number}/steps", step, If_Match=seen.headers["ETag"]), 412)
    check_problem(officer.post(f"/cases/{number}/steps", {**step, "step": "plan"}, If_Match="*"), 404)
    check_problem(officer.post(f"/cases/{number}/steps", step, If_Match="*"), 409, "step-impossible")
    assert maker.get(f"/cases/{number}/bundle").headers["Content-Type"] == "application/zip"


def test_same_key_does_a_thing_once_and_gives_the_same_answer(maker: Program) -> None:
    from cradlemark.registry.studies.models import Study

    body = {"document": terminal_block()}
    first = maker.post("/studies", body, key="once-and-only")
    again = maker.post("/studies", body, key="once-and-only")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = {"document": terminal_block() + "\n# other\n"}
    check_problem(maker.post("/studies", other, key="once-and-only"), 422, "idempotency-other")
    assert Study.objects.count() == 1
    response = maker.client.post(
        "/api/v1/studies", body, content_type="application/json", headers=maker.headers
    )
    check_problem(response, 422, "request-shape")


def test_failed_request_can_be_repaired_under_a_new_key_and_keeps_nothing(maker: Program) -> None:
    from cradlemark.registry.access.models import Answer

    document = check_problem(maker.post("/studies", {"document": "not = [toml"}, key="broken-one"), 422)
    assert document["errors"][0]["where"]
    assert Answer.objects.count() == 0


def test_fields_that_are_not_named_are_refused(maker: Program) -> None:
    body = {"document": terminal_block(), "organisation": 2, "author": 1}
    problem = check_problem(maker.post("/studies", body), 422)
    assert {one["where"] for one in problem["errors"]} == {"organisation", "author"}


@pytest.mark.parametrize("token", ["", "cl_", "cl_" + "x" * 43, "Bearer", "\u202e", "x" * 5000])
def test_token_that_does_not_hold_is_refused(home: Home, token: str) -> None:
    response = Client().get("/api/v1/studies", headers={"Authorization": f"Bearer {token}"})
    check_problem(response, 401, "token-invalid")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_expired_revoked_and_narrow_tokens(home: Home) -> None:
    import datetime

    from cradlemark.portal.home import now
    from cradlemark.registry.access.models import Token
    from cradlemark.registry.access.tokens import revoke_token
    from cradlemark.registry.people.actor import Actor
    from cradlemark.registry.people.models import Membership

    narrow = Program(token_for("practitioner", "read"))
    assert narrow.get("/studies").status_code == 200
    check_problem(narrow.post("/studies", {"document": "x"}), 403, "token-scope")
    kept = Token.objects.get()
    assert kept.digest not in narrow.headers["Authorization"]
    Token.objects.update(expires=now() - datetime.timedelta(seconds=1))
    check_problem(narrow.get("/studies"), 401)
    Token.objects.update(expires=now() + datetime.timedelta(days=1))
    assert narrow.get("/studies").status_code == 200
    membership = Membership.objects.select_related("organisation").get(role="practitioner")
    revoke_token(kept.pk, by=Actor(kept.user, membership.organisation, "practitioner"), time=now())
    check_problem(narrow.get("/studies"), 401)


def test_nobody_sees_what_belongs_to_others(maker: Program) -> None:
    from cradlemark.portal.home import now
    from cradlemark.registry.access.tokens import SCOPES, make_token
    from cradlemark.registry.people.actor import actor, join
    from cradlemark.registry.people.models import Organisation, User

    study = begun(maker)
    rival = Organisation.objects.create(kind="manufacturer", name_en="Rival", place="CN")
    user = User.objects.create_user("rival@example.org")
    join(user, rival, "practitioner")
    other = Program(make_token("x", tuple(SCOPES), 7, by=actor(user, "practitioner"), time=now())[1])
    assert other.get("/studies").json()["items"] == []
    assert other.get("/products").json()["items"] == []
    for path in (f"/studies/{study['id']}", f"/studies/{study['id']}/result"):
        check_problem(other.get(path), 404)
    check_problem(other.send("PUT", f"/studies/{study['id']}", {"document": "x"}, If_Match="*"), 404)
    verifier = Program(token_for("verifier"))
    check_problem(verifier.get("/studies"), 403)


def test_lists_come_in_parts(maker: Program) -> None:
    from cradlemark.registry.people.models import Organisation
    from cradlemark.registry.studies.models import Product

    own = Organisation.objects.get(kind="manufacturer")
    for number in range(7):
        Product.objects.create(organisation=own, name_en=f"Product {number}")
    seen: list[str] = []
    cursor = ""
    while True:
        part = maker.get(f"/products?limit=3&cursor={cursor}").json()
        seen += [one["name"]["en"] for one in part["items"]]
        if part["next"] is None:
            break
        cursor = part["next"]
    assert seen == [f"Product {number}" for number in range(6, -1, -1)]


def test_bill_of_materials_is_uploaded_and_applied(maker: Program) -> None:
    table = "name,material,quantity,net mass (g)\nHousing,PA66,1,6.5\nClamp,copper,2,x\nRail,steel,1,2\n"
    headers = {**maker.headers, "Idempotency-Key": "upload-one"}

    def send() -> Any:
        file = SimpleUploadedFile("bill.csv", table.encode())
        return maker.client.post("/api/v1/uploads", {"file": file}, headers=headers)

    made = send()
    assert made.status_code == 201, made.content
    assert send().json() == made.json()
    upload = made.json()
    assert upload["components"] >= 2
    assert upload["problems"]
    for problem in upload["problems"]:
        assert all(problem["message"][language] for language in ("en", "zh")), problem
    assert maker.get("/uploads").json()["items"] == [upload]
    check_problem(maker.post(f"/uploads/{upload['id']}/apply", {}), 422)
    applied = maker.post(f"/uploads/{upload['id']}/apply", {"name_zh": "端子"})
    assert applied.status_code == 201, applied.content
    assert maker.get(f"/studies/{applied.json()['study']}").status_code == 200
    check_problem(maker.post(f"/uploads/{upload['id']}/apply", {"name_en": "Again"}), 409, "import-applied")


def test_whoever_asks_too_often_is_told_when_to_ask_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "API_READS", 3)
    everybody = Program()
    assert [everybody.get("/programme").status_code for _ in range(3)] == [200] * 3
    refused = everybody.get("/programme")
    check_problem(refused, 429, "requests-many")
    assert 1 <= int(refused.headers["Retry-After"]) <= settings.API_SPAN
    assert Program(token_for("officer")).get("/programme").status_code == 429, (
        "an open question counts by address"
    )
    assert Program(token_for("officer")).get("/cases").status_code == 200


def test_frozen_register_answers_503(home: Home, maker: Program) -> None:
    from cradlemark.core.language import Text
    from cradlemark.portal.home import now
    from cradlemark.registry.operation.freeze import freeze

    freeze(Text("Moving.", "迁移。"), time=now())
    assert maker.get("/studies").status_code == 200
    refused = maker.post("/studies", {"document": terminal_block()})
    check_problem(refused, 503, "register-frozen")
    assert int(refused.headers["Retry-After"]) > 0


def test_fault_says_nothing_of_itself(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from cradlemark.portal.api import register

    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr(register, "find", broken)
    document = check_problem(Program().get("/labels"), 500, "fault")
    assert "secret" not in json.dumps(document)


@pytest.mark.parametrize(("language", "word"), [("en", "Hand in a study"), ("zh-hans", "提交研究")])
def test_page_describes_every_operation(home: Home, language: str, word: str) -> None:
    page = Client(headers={"accept-language": language}).get("/api/v1/")
    assert page.status_code == 200
    text = page.content.decode()
    assert word in text
    schema = Client().get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    for path, operations in schema["paths"].items():
        for method in operations:
            assert f"{method.upper()} {path}" in text


def test_token_is_made_shown_once_and_revoked_on_the_page(
    home: Home, signed_in: Callable[..., Client]
) -> None:
    from cradlemark.registry.access.models import Token
    from cradlemark.registry.audit.models import Event

    client = signed_in("practitioner")
    asked = client.post("/tokens/", {"name": "ERP", "scopes": ["read"], "days": "7"})
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    assert client.post("/account/reauthenticate/", {"password": "wrong"}).status_code == 200
    assert client.post("/tokens/", {"name": "ERP", "scopes": ["read"], "days": "7"}).status_code == 302
    assert Token.objects.count() == 0
    assert client.post("/account/reauthenticate/", {"password": "for demonstration only"}).status_code == 302
    for wrong in (
        {"name": "", "scopes": ["read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["all"]},
    ):
        assert client.post("/tokens/", {"days": "7", **wrong}).status_code == 422
    page = client.post("/tokens/", {"name": "ERP", "scopes": ["read"], "days": "7"})
    secret = page.content.decode().partition("<code>cl_")[2].partition("<")[0]
    assert Program(f"cl_{secret}").get("/studies").status_code == 200
    assert secret not in client.get("/tokens/").content.decode()
    number = Token.objects.get().pk
    stranger = signed_in("officer")
    assert stranger.post(f"/tokens/{number}/revoke/").status_code == 404
    assert client.post(f"/tokens/{number}/revoke/").status_code == 302
    assert Program(f"cl_{secret}").get("/studies").status_code == 401
    assert list(Event.objects.filter(tag__startswith="access:token").values_list("tag", flat=True)) == [
        "access:token:make", "access:token:revoke",
    ]  # fmt: skip
