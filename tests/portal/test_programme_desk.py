"""The desk of the programme: what waits for whom, who may verify, what becomes of a report, and a look before a state changes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cradlemark.portal.demonstrate import PASSWORD
from cradlemark.registry.home import Home
from tests.portal.test_verifier import assigned, done

SignIn = Callable[..., Client]


@pytest.fixture
def case(home: Home, signed_in: SignIn) -> str:
    return assigned(signed_in)


@pytest.fixture
def label(case: str, signed_in: SignIn) -> Any:
    """A label that was issued."""
    from cradlemark.registry.labels.models import Label

    verifier, officer = signed_in("verifier"), signed_in("officer")
    done(verifier.post(f"{case}declare/", {"text": "None."}))
    done(verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Begin."}))
    asked = done(verifier.post(f"{case}opinion/", {"kind": "unmodified", "text": "Fine."}))
    verifier.post(asked.headers["Location"], {"password": PASSWORD}, follow=True)
    done(signed_in("technical_reviewer").post(f"{case}step/", {"step": "review", "reason": "Reviewed."}))
    done(signed_in("decision_maker").post(f"{case}step/", {"step": "grant", "reason": "Met."}))
    done(officer.post(f"{case}register/", {"reason": "Licence signed."}))
    return Label.objects.get()


# ---- dashboard ----------------------------------------------------------------------------------------------------------


def test_dashboard_shows_queues_and_what_is_overdue(
    case: str, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.portal import queues
    from cradlemark.portal.home import now

    officer = signed_in("officer")
    page = officer.get("/programme/").content.decode()
    assert "No case is overdue." in page
    assert re.search(r"Assignment <span[^>]*>\(1\)", page)
    later = now() + datetime.timedelta(days=100)
    monkeypatch.setattr(queues, "now", lambda: later)
    page = officer.get("/programme/").content.decode()
    assert "Overdue since" in page
    assert re.search(r"<strong>1</strong> cases overdue", page)


def test_dashboard_bars_who_has_acted_before(case: str, signed_in: SignIn) -> None:
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.people.models import Membership

    decider = Membership.objects.get(role="decision_maker").user
    Case.objects.update(state="technical_review", reviewer=decider)
    page = signed_in("decision_maker").get("/programme/").content.decode()
    assert "Not by you:" in page
    assert "Who has reviewed does not decide." in page


def test_dashboard_tells_of_conflicts_and_ended_accreditations(case: str, signed_in: SignIn) -> None:
    from cradlemark.registry.accreditation.models import Accreditation

    officer = signed_in("officer")
    for one in Accreditation.objects.all():
        done(officer.post(f"/programme/accreditations/{one.pk}/end/", {"reason": "Withdrawn."}))
    assert "The accreditation of the verifier has ended." in officer.get("/programme/").content.decode()
    done(signed_in("verifier").post(f"{case}declare/", {"text": "Cousin.", "conflict": "yes"}))
    assert "declared a conflict of interest" in officer.get("/programme/").content.decode()


# ---- accreditation ------------------------------------------------------------------------------------------------------


def test_officer_accredits_and_takes_back(home: Home, signed_in: SignIn) -> None:
    from cradlemark.registry.accreditation.models import Accreditation
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.people.models import Membership

    officer, count = signed_in("officer"), Accreditation.objects.count()
    person = Membership.objects.get(role="verifier")
    given = {
        "who": f"person {person.pk}", "rule_pack": "iso-14067-2018", "reference": "CNAS V7", "valid_from": "2026-01-01",
        "valid_until": "2029-12-31", "reason": "Assessed.",
    }  # fmt: skip
    done(officer.post("/programme/accreditations/new/", given))
    made = Accreditation.objects.get(reference="CNAS V7")
    assert (made.user, made.organisation) == (person.user, person.organisation)
    for wrong in (
        {"who": "person 0"}, {"who": "body x"}, {"who": ""}, {"valid_until": "soon"}, {"valid_until": "2020-01-01"},
        {"rule_pack": "mine"}, {"reference": " "}, {"reason": ""},
    ):  # fmt: skip
        page = officer.post("/programme/accreditations/new/", given | wrong)
        assert page.status_code == 422, wrong
        assert "Please repair this" in page.content.decode()
    assert Accreditation.objects.count() == count + 1
    assert officer.post(f"/programme/accreditations/{made.pk}/end/", {"reason": ""}).status_code == 422
    done(officer.post(f"/programme/accreditations/{made.pk}/end/", {"reason": "Failed."}))
    assert officer.post(f"/programme/accreditations/{made.pk}/end/", {"reason": "Failed."}).status_code == 409
    tags = list(Event.objects.filter(subject=str(made.pk)).values_list("tag", flat=True))
    assert tags == ["accreditation:verifier:grant", "accreditation:verifier:end"]
    assert "taken back" in officer.get("/programme/accreditations/").content.decode()


def test_only_accredited_verifiers_can_be_chosen(home: Home, signed_in: SignIn) -> None:
    from cradlemark.registry.accreditation.models import Accreditation
    from cradlemark.registry.people.models import Membership
    from tests.portal.studies import begun

    officer, maker = signed_in("officer"), signed_in("applicant")
    for one in Accreditation.objects.filter(rule_pack="gb-t-24067-2024"):
        done(officer.post(f"/programme/accreditations/{one.pk}/end/", {"reason": "Failed."}))
    study = begun(maker)
    case = done(maker.post(f"{study}submit/", {"reason": "First.", "key": "k"})).headers["Location"]
    done(officer.post(f"{case}step/", {"step": "accept", "reason": "Complete."}))
    assert "not accredited for these rules" in officer.get(case).content.decode()
    chosen = Membership.objects.get(role="verifier").pk
    plan = {"verifier": chosen, "assurance": "limited", "materiality": "5", "reason": "Competent."}
    assert officer.post(f"{case}plan/", plan).status_code == 409


# ---- labels -------------------------------------------------------------------------------------------------------------


def test_state_is_changed_after_a_look_at_the_public_page(home: Home, label: Any, signed_in: SignIn) -> None:
    from cradlemark.registry.publication.label_files import folder_of

    officer, folder = signed_in("officer"), home.public / folder_of(label.number)
    before = (folder / "en.html").read_bytes()
    address = f"/labels/{label.number}/"
    assert "Suspend" in officer.get(address).content.decode()
    asked = {"step": "suspend", "reason": "Overdue surveillance <b>."}
    page = officer.get(f"{address}preview/", asked)
    assert "It can be undone" in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    shown = officer.get(f"{address}preview/page/", asked | {"language": "en"})
    text = shown.content.decode()
    assert "Suspended" in text
    assert "Overdue surveillance &lt;b&gt;." in text
    assert f'<base href="/{folder_of(label.number)}/"' in text
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert (folder / "en.html").read_bytes() == before
    label.refresh_from_db()
    assert label.state == "active"
    done(officer.post(f"{address}change/", {**asked, "key": "one"}))
    published = (folder / "en.html").read_text()
    assert "Suspended" in published
    for step in ("revoke", "expire", "suspend", "nothing"):
        assert officer.get(f"{address}preview/", {"step": step}).status_code == 404, step
    assert signed_in("decision_maker").get(f"{address}preview/", {"step": "revoke"}).status_code == 200


def test_holder_sees_the_page_before_withdrawing_and_nobody_elses(label: Any, signed_in: SignIn) -> None:
    from cradlemark.registry.people.models import Organisation

    holder = signed_in("applicant")
    address = f"/labels/{label.number}/preview/"
    assert holder.get(address, {"step": "withdraw"}).status_code == 200
    assert (
        "Withdrawn" in holder.get(f"{address}page/", {"step": "withdraw", "language": "en"}).content.decode()
    )
    assert holder.get(address, {"step": "suspend"}).status_code == 404
    other = Organisation.objects.create(kind="manufacturer", name_en="Other", place="CN")
    from cradlemark.registry.cases.models import Case

    Case.objects.update(applicant=other)
    assert holder.get(address, {"step": "withdraw"}).status_code == 404


def test_labels_are_found_by_state_and_number(label: Any, signed_in: SignIn) -> None:
    officer = signed_in("officer")
    for query, found in (("", 1), ("?state=active", 1), ("?state=revoked", 0), ("?number=demo", 1), ("?number=X9", 0), ("?before=0", 0)):  # fmt: skip
        page = officer.get(f"/labels/{query}").content.decode()
        assert page.count(f'href="/labels/{label.number}/"') == found, query


# ---- complaints ---------------------------------------------------------------------------------------------------------


def reported(number: str, contact: str = "reader@example.org") -> str:
    sent = {
        "key": f"k {number} {contact}",
        "number": number,
        "kind": "misuse",
        "text": "On another product.",
        "contact": contact,
    }
    return str(done(Client().post("/problem/", sent)).headers["Location"]).split("/")[2]


def test_report_goes_its_way_and_leads_to_a_suspension(
    label: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings
    from django.core import mail

    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.complaints.models import Complaint
    from cradlemark.registry.people.models import Membership

    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    monkeypatch.setattr(mail, "outbox", [], raising=False)
    officer, ticket = signed_in("officer"), reported(label.number)
    address = f"/programme/complaints/{ticket}/"
    assert ticket in officer.get("/programme/complaints/").content.decode()
    assert "On another product." in officer.get(address).content.decode()
    public = f"/problem/{ticket}/"
    assert "On another product." not in Client().get(public).content.decode()
    done(officer.post(f"{address}step/", {"step": "acknowledge"}))
    assert "Acknowledged" in Client(headers={"accept-language": "en"}).get(public).content.decode()
    person = Membership.objects.get(role="decision_maker").user
    for wrong in ("", "x", "9" * 30, str(Membership.objects.get(role="verifier").user_id)):
        assert officer.post(f"{address}step/", {"step": "assign", "person": wrong}).status_code == 422
    done(officer.post(f"{address}step/", {"step": "assign", "person": str(person.pk)}))
    assert officer.post(f"{address}step/", {"step": "answer", "text": " "}).status_code == 422
    done(officer.post(f"{address}step/", {"step": "answer", "text": "Thank you, we look into it."}))
    assert [(message.to, message.body) for message in mail.outbox] == [
        (["reader@example.org"], "Thank you, we look into it.")
    ]
    assert "Go to the label" in officer.get(address).content.decode()
    changed = {"step": "suspend", "reason": "Used on another product.", "key": "s", "ticket": ticket}
    assert done(officer.post(f"/labels/{label.number}/change/", changed)).headers["Location"] == address
    label.refresh_from_db()
    assert label.state == "suspended"
    outcome = {
        "step": "close",
        "outcome": "upheld",
        "explanation_en": "Suspended.",
        "explanation_zh": "已暂停。",
    }
    assert officer.post(f"{address}step/", outcome | {"outcome": "maybe"}).status_code == 422
    done(officer.post(f"{address}step/", outcome))
    assert officer.post(f"{address}step/", outcome).status_code == 409
    found = Complaint.objects.get()
    assert (found.state, found.assignee) == ("closed", person)
    assert [step.step for step in found.steps.all()] == ["acknowledge", "assign", "answer", "label", "close"]
    tags = set(Event.objects.filter(subject=ticket).values_list("tag", flat=True))
    assert {
        f"register:complaint:{step}" for step in ("acknowledge", "assign", "answer", "label", "close")
    } <= tags
    assert "Suspended." in Client(headers={"accept-language": "en"}).get(public).content.decode()


def test_report_is_overdue_by_the_timers_of_the_programme(
    home: Home, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.portal.home import now
    from cradlemark.portal.operator import complaints

    officer, ticket = signed_in("officer"), reported("", contact="")
    assert "Overdue since" not in officer.get("/programme/complaints/").content.decode()
    later = now() + datetime.timedelta(days=9)
    monkeypatch.setattr(complaints, "now", lambda: later)
    assert "Overdue since" in officer.get("/programme/complaints/").content.decode()
    done(officer.post(f"/programme/complaints/{ticket}/step/", {"step": "acknowledge"}))
    assert "Overdue since" not in officer.get("/programme/complaints/").content.decode()
    assert "No e-mail address was given" in officer.get(f"/programme/complaints/{ticket}/").content.decode()
    assert officer.get("/programme/complaints/PNOTTHERE/").status_code == 404
    assert officer.post(f"/programme/complaints/{ticket}/step/", {"step": "burn"}).status_code == 404


# ---- rules, health, audit -----------------------------------------------------------------------------------------------


def test_rules_say_what_is_in_the_log(home: Home, signed_in: SignIn) -> None:
    officer = signed_in("officer")
    page = officer.get("/programme/rules/").content.decode()
    assert page.count("✓ in the log") == 4
    file = Path(home.folder) / "programme.toml"
    file.write_text(file.read_text().replace('version = "2026.1"', 'version = "2026.2"', 1))
    page = officer.get("/programme/rules/").content.decode()
    assert "Not in the log yet:" in page
    done(officer.post("/programme/publish/"))
    page = officer.get("/programme/rules/").content.decode()
    assert page.count("✓ in the log") == 4
    assert "2026.2" in page


def test_health_tells_what_is_behind_missing_and_old(
    home: Home, signed_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    from cradlemark.registry.log.append import Record, append
    from cradlemark.registry.writing import writing

    officer = signed_in("officer")
    page = officer.get("/programme/health/").content.decode()
    assert "Everything that is stored is published." in page
    assert "does not know of any backup" in page
    with writing():
        append(
            [Record("rules", "something", {"version": "1", "digest": "d"})],
            time=datetime.datetime.now(datetime.UTC),
        )
    assert "Something waits for publication." in officer.get("/programme/health/").content.decode()
    done(officer.post("/programme/publish/", {"back": "health"}))
    (home.keys / "document-1.pem").rename(home.keys / "away.pem")
    assert "its file is missing" in officer.get("/programme/health/").content.decode()
    folder = tmp_path / "backups"
    folder.mkdir()
    monkeypatch.setenv("CRADLEMARK_BACKUPS", str(folder))
    assert "There is no backup in the folder." in officer.get("/programme/health/").content.decode()
    (folder / "one.zip").write_bytes(b"x")
    assert "There is a new backup in the folder." in officer.get("/programme/health/").content.decode()
    os.utime(folder / "one.zip", (1, 1))
    assert "backup in the folder is too old" in officer.get("/programme/health/").content.decode()


def test_health_tells_of_the_last_backup_and_whether_it_is_whole(
    home: Home, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from cradlemark.core.errors import InputErrors
    from cradlemark.registry.operation.backup import back_up
    from cradlemark.registry.operation.backup_records import note_backup, verify_backup

    officer, time = signed_in("officer"), datetime.datetime.now(datetime.UTC)
    made = back_up(home, tmp_path / "first", time=time)
    noted = note_backup(made, time=time)
    assert "nobody knows whether it is whole" in officer.get("/programme/health/").content.decode()
    kept = (made.folder / "backup.json").read_bytes()
    (made.folder / "backup.json").write_bytes(kept + b" ")
    with pytest.raises(InputErrors):
        verify_backup(made, noted, time=time)
    assert "nobody knows whether it is whole" in officer.get("/programme/health/").content.decode()
    (made.folder / "backup.json").write_bytes(kept)
    verify_backup(made, noted, time=time)
    page = officer.get("/programme/health/").content.decode()
    assert "read again and found whole" in page
    assert str(made.folder) in page
    assert "does not know of any backup" not in page
    monkeypatch.setenv("CRADLEMARK_BACKUP_HOURS", "0")
    assert "the register made is too old" in officer.get("/programme/health/").content.decode()
    monkeypatch.delenv("CRADLEMARK_BACKUP_HOURS")
    noted.made = time - datetime.timedelta(hours=27)
    noted.save()
    assert "the register made is too old" in officer.get("/programme/health/").content.decode()


def test_audit_is_searched_by_every_part(case: str, signed_in: SignIn) -> None:
    officer = signed_in("officer")

    def count(**query: str) -> int:
        page = officer.get("/programme/audit/", query).content.decode()
        found = re.search(r"<p>(\d+) events?</p>", page)
        return int(found.group(1)) if found else 0

    everything = count()
    assert everything >= 6
    assert count(source="cases") == 3
    assert count(source="cases", action="plan") == 1
    assert count(kind="case", subject="1") == 3
    assert count(subject="99") == 0
    assert count(person="OFFICER@") == count(person="officer@example.org") >= 2
    today = datetime.datetime.now(datetime.UTC).date()
    assert count(first=today.isoformat(), last=today.isoformat()) == everything
    assert count(last=(today - datetime.timedelta(days=1)).isoformat()) == 0
    assert count(first="not a day") == everything
    assert count(source="%", action="' OR 1=1") == 0
    assert officer.get("/programme/audit/?before=1").status_code == 200
