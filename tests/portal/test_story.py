"""The whole way of a label through the portal, each person with a browser of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cradlemark.portal.demonstrate import PASSWORD
from cradlemark.registry.home import Home

SignIn = Callable[..., Client]


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The terminal block as one document, as `cradlemark new` would write it."""
    from cradlemark.product.readers.study_file import read_study
    from cradlemark.product.writers.study_toml import write_study_toml

    path = tmp_path / "study.toml"
    path.write_text(write_study_toml(read_study(Path("examples/terminal-block"))), encoding="utf-8")
    return path


def done(response: Any) -> Any:
    assert response.status_code == 302, response.content.decode()[:3000]
    return response


def test_label_is_handed_in_verified_decided_published_and_suspended(
    home: Home, signed_in: SignIn, document: Path
) -> None:
    from cradlemark.registry.labels.models import Label

    maker, verifier, officer = signed_in("applicant"), signed_in("verifier"), signed_in("officer")
    with document.open("rb") as file:
        study = done(maker.post("/products/new/", {"document": file})).headers["Location"]
    page = maker.get(study)
    assert "0.05" in page.content.decode()
    case = done(maker.post(f"{study}submit/", {"reason": "First label.", "key": "k"})).headers["Location"]
    assert done(maker.post(f"{study}submit/", {"reason": "Again.", "key": "k"})).headers["Location"] == case
    assert verifier.get(case).status_code == 404

    done(officer.post(f"{case}step/", {"step": "accept", "reason": "Complete."}))
    from cradlemark.registry.people.models import Membership

    chosen = Membership.objects.get(role="verifier")
    done(officer.post(f"{case}plan/", {"verifier": chosen.pk, "assurance": "limited", "materiality": "5", "reason": "Competent."}))  # fmt: skip
    assert verifier.get(case).status_code == 200
    assert verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Begin."}).status_code == 409
    done(verifier.post(f"{case}declare/", {"text": "No interest."}))
    done(verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Begin."}))
    done(
        verifier.post(
            f"{case}findings/",
            {"severity": "major", "place": "components[TB2.5-PI-GY]", "text": "No evidence."},
        )
    )
    done(verifier.post(f"{case}step/", {"step": "raise_findings", "reason": "One finding."}))
    done(maker.post(f"{case}findings/1/reply/", {"text": "Weighing record attached."}))
    done(verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Answer read."}))
    asked = done(verifier.post(f"{case}opinion/", {"kind": "unmodified", "text": "Fine."}))
    assert "reauthenticate" in asked.headers["Location"]
    assert verifier.post(asked.headers["Location"], {"password": "wrong"}).status_code == 200
    refused = verifier.post(asked.headers["Location"], {"password": PASSWORD})
    assert refused.status_code == 409
    done(verifier.post(f"{case}findings/1/close/"))
    told = verifier.post(f"{case}recompute/", follow=True).content.decode()
    assert "every digit is the same" in told
    done(verifier.post(f"{case}opinion/", {"kind": "unmodified", "text": "Nothing came to our attention."}))
    done(signed_in("technical_reviewer").post(f"{case}step/", {"step": "review", "reason": "Reviewed."}))
    decider = signed_in("decision_maker")
    done(decider.post(f"{case}step/", {"step": "grant", "reason": "All conditions are met."}))
    done(officer.post(f"{case}register/", {"reason": "Licence signed."}))

    label = Label.objects.get()
    assert label.state == "active"
    assert label.number in Client().get("/").content.decode()
    from cradlemark.registry.publication.label_files import folder_of

    code = folder_of(label.number).rpartition("/")[2]
    for scanned in (f"/L/{code}", f"/01/04012345678901?label={code}"):
        assert done(Client().get(scanned)).headers["Location"] == f"/{folder_of(label.number)}/"
    assert Client().get("/L/DEMO-999999-XX").status_code == 404
    assert Client().get("/01/04012345678901").status_code == 404
    address = f"/{folder_of(label.number)}/credential.jwt"
    assert b"".join(Client().get(address).streaming_content) == label.credential.encode()
    done(
        officer.post(f"/labels/{label.number}/change/", {"step": "suspend", "reason": "Overdue.", "key": "s"})
    )
    label.refresh_from_db()
    assert label.state == "suspended"
    from cradlemark.registry.audit.models import Event

    event = Event.objects.get(tag="labels:label:suspend")
    assert (event.subject, event.role, event.user.email) == (label.number, "officer", "officer@example.org")
    assert event.detail == {"state": "suspended", "reason": "Overdue."}
    assert (home.public / folder_of(label.number) / "status.json").read_text().count("Overdue.") == 1


def test_study_that_cannot_be_read_is_shown_again_with_what_is_wrong(
    signed_in: SignIn, document: Path
) -> None:
    maker = signed_in("practitioner")
    with document.open("rb") as file:
        study = done(maker.post("/products/new/", {"document": file})).headers["Location"]
    broken = document.read_text(encoding="utf-8").replace('\nunit = "g"', '\nunit = "pebble"', 1)
    page = maker.post(f"{study}save/", {"document": broken, "seen": "1"})
    assert page.status_code == 422
    assert "pebble" in page.content.decode()


@pytest.mark.parametrize("name", ["notes.pdf", "study.toml", "study.xlsx"])
def test_upload_of_something_else_says_what_to_do(signed_in: SignIn, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x00\xff not a study")
    with path.open("rb") as file:
        page = signed_in("practitioner").post("/products/new/", {"document": file})
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()


def test_visitor_reads_the_register_and_nothing_else(home: Home) -> None:
    visitor = Client()
    assert visitor.get("/").status_code == 200
    assert visitor.get("/desk/").status_code == 302
    assert b"labels.example.org" in b"".join(visitor.get("/trust.json").streaming_content)
    assert visitor.get("/../home.toml").status_code == 404
    assert visitor.get("/registry.sqlite3").status_code == 404
