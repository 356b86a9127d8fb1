"""Hand in with a preview of the claim, answer findings with a new revision, and what a holder does with a label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from django.test import Client

from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text
from cradlemark.portal.demonstrate import PASSWORD
from cradlemark.registry.home import Home
from tests.portal.studies import begun, terminal_block

SignIn = Callable[..., Client]


def done(response: Any) -> Any:
    assert response.status_code == 302, response.content.decode()[:3000]
    return response


def in_review(signed_in: SignIn) -> tuple[str, str]:
    """Addresses of a study and of its case, whose verifier reads the documents."""
    maker = signed_in("applicant")
    study = begun(maker)
    case = done(maker.post(f"{study}submit/", {"reason": "First label.", "key": "k"})).headers["Location"]
    reviewed(signed_in, case)
    return study, case


def found(signed_in: SignIn, case: str) -> None:
    """Hand a finding to the applicant."""
    verifier = signed_in("verifier")
    done(
        verifier.post(
            f"{case}findings/", {"severity": "minor", "place": "product.mass", "text": "Weigh again."}
        )
    )
    done(verifier.post(f"{case}step/", {"step": "raise_findings", "reason": "One finding."}))


def heavier() -> str:
    changed = terminal_block().replace(
        "housing_mass.value]\nvalue = 3.45", "housing_mass.value]\nvalue = 3.46"
    )
    assert changed != terminal_block()
    return changed


def test_preview_states_what_the_label_would_state(signed_in: SignIn) -> None:
    client = signed_in("applicant")
    study = begun(client)
    page = client.get(f"{study}hand-in/").content.decode()
    assert "148 g" in page
    assert "51.5 g" in page
    assert "Not yet: this is in the way" not in page


def test_preview_names_what_is_in_the_way(signed_in: SignIn) -> None:
    client = signed_in("applicant")
    unknown = terminal_block().replace("T2紫铜带 Y", "神秘合金X9")
    gap = unknown.replace('[[choices]]\ntext = "神秘合金X9"', '[[choices]]\ntext = "T2紫铜带 Y"')
    assert gap != unknown
    page = client.get(f"{begun(client, gap)}hand-in/").content.decode()
    assert "Texts without a dataset: 1." in page
    assert "148 g" not in page


def test_findings_are_answered_with_a_new_sealed_revision(signed_in: SignIn) -> None:
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.cases.models import Case

    study, case = in_review(signed_in)
    maker = signed_in("applicant")
    found(signed_in, case)
    first = Case.objects.get().revision
    page = maker.get(f"{study}hand-in/").content.decode()
    assert "Weigh again." in page
    same = maker.post(f"{study}submit/", {"reason": "Nothing new."})
    assert same.status_code == 409
    done(maker.post(f"{study}save/", {"document": heavier(), "seen": "1"}))
    assert done(maker.post(f"{study}submit/", {"reason": "Weighed again."})).headers["Location"] == case
    changed = Case.objects.get()
    assert changed.revision_id != first.pk
    assert changed.state == "corrective_action"
    assert Event.objects.filter(tag="cases:case:correct").count() == 1
    assert "Weighed again." in maker.get(case).content.decode()
    verifier = signed_in("verifier")
    done(verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Read."}))
    assert "every digit is the same" in verifier.post(f"{case}recompute/", follow=True).content.decode()


def test_revision_of_a_case_cannot_be_changed_while_it_is_verified(home: Home, signed_in: SignIn) -> None:
    from cradlemark.core.errors import StateError
    from cradlemark.portal.home import now
    from cradlemark.registry.cases.correct import correct
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.people.actor import actor
    from cradlemark.registry.people.models import Membership, User
    from cradlemark.registry.studies.models import Study
    from cradlemark.registry.studies.save import latest
    from cradlemark.registry.studies.seal import seal

    study, _case = in_review(signed_in)
    done(signed_in("applicant").post(f"{study}save/", {"document": heavier(), "seen": "1"}))
    by = actor(User.objects.get(pk=Membership.objects.get(role="applicant").user_id), "applicant")
    revision = seal(latest(Study.objects.get()), by=by, time=now())
    number, programme = Case.objects.get().number, home.programme
    with pytest.raises(StateError) as raised:
        correct(number, revision, programme=programme, by=by, time=now(), reason="Now.")
    assert raised.value.code == "step-refused"


def fails(*_given: Any, **_more: Any) -> None:
    raise TrustError(Text("too few witnesses have signed", "签名的见证者太少"), code="quorum-missed")


def test_holder_notifies_a_change_and_withdraws_the_published_label(
    home: Home, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.publication.label_files import folder_of

    _study, case = in_review(signed_in)
    decided(signed_in, case)
    label = Label.objects.get()
    status = home.public / folder_of(label.number) / "status.json"

    maker = signed_in("applicant")
    page = maker.get("/my-labels/").content.decode()
    assert label.number in page
    assert f"/{folder_of(label.number)}/credential.jwt" in page
    with monkeypatch.context() as patch:
        patch.setattr("cradlemark.portal.publishing.publish_all", fails)
        given = {"reason": "New housing supplier.", "key": "n"}
        told = maker.post(f"/my-labels/{label.number}/notify/", given, follow=True).content.decode()
        assert "Done, but not public yet: too few witnesses have signed. The next run publishes it." in told
        assert signed_in("officer").post("/programme/publish/").status_code == 422
    assert '"active"' in status.read_text()
    done(signed_in("officer").post("/programme/publish/"))
    assert '"watch"' in status.read_text()
    label.refresh_from_db()
    assert label.state == "watch"
    assert "New housing supplier" not in status.read_text()
    assert maker.post(f"/my-labels/{label.number}/withdraw/", {"reason": "", "key": "w"}).status_code == 422
    done(maker.post(f"/my-labels/{label.number}/withdraw/", {"reason": "No longer made.", "key": "w"}))
    label.refresh_from_db()
    assert label.state == "withdrawn"
    assert "No longer made." in status.read_text()
    Label.objects.filter(pk=label.pk).update(state="active")
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.people.models import Organisation

    other = Organisation.objects.create(kind="manufacturer", name_en="Other", place="CN")
    Case.objects.update(applicant=other)
    assert maker.post(f"/my-labels/{label.number}/withdraw/", {"reason": "x", "key": "y"}).status_code == 404
    assert label.number not in maker.get("/my-labels/").content.decode()


def lighter() -> str:
    """The product after its housing lost a third of its mass."""
    changed = terminal_block().replace(
        "housing_mass.value]\nvalue = 3.45", "housing_mass.value]\nvalue = 2.30"
    )
    assert changed != terminal_block()
    return changed


def reviewed(signed_in: SignIn, case: str) -> None:
    """Take a case that was handed in to its verification."""
    from cradlemark.registry.people.models import Membership

    officer, verifier = signed_in("officer"), signed_in("verifier")
    done(officer.post(f"{case}step/", {"step": "accept", "reason": "Complete."}))
    chosen = Membership.objects.get(role="verifier").pk
    plan = {"verifier": chosen, "assurance": "limited", "materiality": "5", "reason": "Competent."}
    done(officer.post(f"{case}plan/", plan))
    done(verifier.post(f"{case}declare/", {"text": "No interest."}))
    done(verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Begin."}))


def decided(signed_in: SignIn, case: str) -> None:
    """From the verification of a case to its label."""
    from cradlemark.registry.cases.models import Opinion
    from cradlemark.registry.labels.models import Label

    before = Label.objects.count()
    verifier = signed_in("verifier")
    opinion = {"kind": "unmodified", "text": "Nothing came to our attention."}
    asked = done(verifier.post(f"{case}opinion/", opinion)).headers["Location"]
    if "reauthenticate" in asked:
        verifier.post(asked, {"password": PASSWORD})
        if not Opinion.objects.filter(case__number=case.strip("/").rpartition("/")[2]).exists():
            done(verifier.post(f"{case}opinion/", opinion))
    for role, step in (("technical_reviewer", "review"), ("decision_maker", "grant")):
        done(signed_in(role).post(f"{case}step/", {"step": step, "reason": "In order."}))
    done(signed_in("officer").post(f"{case}register/", {"reason": "Licence signed."}))
    assert Label.objects.count() == before + 1


def test_a_reduction_is_handed_in_verified_and_published_beside_the_footprint(
    home: Home, signed_in: SignIn
) -> None:
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.publication.label_files import folder_of

    study, case = in_review(signed_in)
    decided(signed_in, case)
    before = Label.objects.get()
    maker = signed_in("applicant")
    page = maker.get(f"{study}hand-in/?kind=reduction").content.decode()
    assert "no earlier footprint label" in page  # the study has not changed
    done(maker.post(f"{study}save/", {"document": heavier(), "seen": "1"}))
    page = maker.get(f"{study}hand-in/?kind=reduction").content.decode()
    assert "does not grant the reduction" in page
    refused = maker.post(f"{study}submit/", {"reason": "Lower.", "key": "r", "kind": "reduction"})
    assert refused.status_code == 409
    assert Case.objects.count() == 1

    done(maker.post(f"{study}save/", {"document": lighter(), "seen": "2"}))
    page = maker.get(f"{study}hand-in/?kind=reduction&baseline={before.number}").content.decode()
    assert f"{before.number}, {before.claim_digest}" in page
    assert '<th scope="row">mass</th>' in page
    given = {"reason": "Lower.", "key": "r", "kind": "reduction", "baseline": before.number}
    second = done(maker.post(f"{study}submit/", given)).headers["Location"]
    assert second != case
    made = Case.objects.get(number=2)
    assert (made.kind, made.baseline_id) == ("reduction", before.number)
    reviewed(signed_in, second)
    decided(signed_in, second)
    assert "Carbon reduction" in signed_in("officer").get(second).content.decode()
    label = Label.objects.exclude(number=before.number).get()
    assert label.previous is None
    before.refresh_from_db()
    assert before.state == "active"
    public = (home.public / folder_of(label.number) / "en.html").read_text(encoding="utf-8")
    assert "% lower than before" in public


def test_a_kind_that_cannot_be_claimed_says_why(signed_in: SignIn) -> None:
    from cradlemark.registry.cases.models import Case

    maker = signed_in("applicant")
    study = begun(maker)
    for kind, words in {
        "reduction": "no earlier footprint label",
        "grade": "asks for a valid footprint label",
        "neutral": "is no kind of claim",
    }.items():
        assert words in maker.get(f"{study}hand-in/?kind={kind}").content.decode()
        answer = maker.post(f"{study}submit/", {"reason": "Please.", "kind": kind})
        assert answer.status_code in {409, 422}, kind
        assert words in answer.content.decode()
    assert not Case.objects.exists()


def test_a_verifier_vouches_for_what_the_rule_asks_and_no_study_tells(
    home: Home, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.label.programme_reader import load_programme
    from cradlemark.registry.cases.claims import last_opinion, vouched_facts
    from cradlemark.registry.cases.models import Case

    study, case = in_review(signed_in)
    decided(signed_in, case)
    rule = load_programme("uk-style").reduction
    british = attrs.evolve(home.programme, reduction=rule)
    monkeypatch.setattr(Home, "programme", property(lambda _: british))
    maker, verifier = signed_in("applicant"), signed_in("verifier")
    done(maker.post(f"{study}save/", {"document": lighter(), "seen": "1"}))
    page = maker.get(f"{study}hand-in/?kind=reduction").content.decode()
    assert "You can hand it in" in page
    assert "not known: plan_published" in page
    given = {"reason": "Lower.", "key": "r", "kind": "reduction"}
    second = done(maker.post(f"{study}submit/", given)).headers["Location"]
    reviewed(signed_in, second)
    page = verifier.get(second).content.decode()
    assert "A plan for reductions is published" in page
    opinion = {"kind": "unmodified", "text": "In order.", "plan_published-value": "1"}
    asked = done(verifier.post(f"{second}opinion/", opinion)).headers["Location"]
    verifier.post(asked, {"password": PASSWORD})
    wrong = verifier.post(f"{second}opinion/", opinion)
    assert wrong.status_code == 422
    assert "it is not said where the figure was read" in wrong.content.decode()
    assert last_opinion(Case.objects.get(number=2)) is None
    done(verifier.post(f"{second}opinion/", opinion | {"plan_published-source": "https://example.org/plan"}))
    (fact,) = vouched_facts(last_opinion(Case.objects.get(number=2)))
    assert (fact.id, fact.value, fact.source) == ("plan_published", 1.0, "https://example.org/plan")
