"""The desk of a verifier: declared first, everything in view, findings where they belong, and a sample that can be counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from cradlemark.registry.home import Home
from tests.portal.studies import begun, terminal_block

SignIn = Callable[..., Client]
HOUSING = "components[TB2.5-PI-GY].children[SJ-025-0012].materials[PA66 V0 无卤阻燃]"


def done(response: Any) -> Any:
    assert response.status_code == 302, response.content.decode()[:3000]
    return response


def assigned(signed_in: SignIn) -> str:
    """Address of a case that waits for its verifier."""
    from cradlemark.registry.people.models import Membership

    maker, officer = signed_in("applicant"), signed_in("officer")
    study = begun(maker)
    case = str(done(maker.post(f"{study}submit/", {"reason": "First.", "key": "k"})).headers["Location"])
    done(officer.post(f"{case}step/", {"step": "accept", "reason": "Complete."}))
    chosen = Membership.objects.get(role="verifier")
    plan = {"verifier": chosen.pk, "assurance": "limited", "materiality": "5", "reason": "Competent."}
    done(officer.post(f"{case}plan/", plan))
    return case


@pytest.fixture
def case(home: Home, signed_in: SignIn) -> str:
    return assigned(signed_in)


@pytest.fixture
def begun_case(case: str, signed_in: SignIn) -> str:
    """A case in document review."""
    verifier = signed_in("verifier")
    done(verifier.post(f"{case}declare/", {"text": "No interest."}))
    done(verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Begin."}))
    return case


def test_study_opens_with_the_declaration(case: str, signed_in: SignIn) -> None:
    verifier = signed_in("verifier")
    for page in ("workbench", "sampling", "changes"):
        assert done(verifier.get(f"{case}{page}/")).headers["Location"] == case
    page = verifier.get(case).content.decode()
    assert "conflicts of interest" in page
    assert "Cradle to gate" not in page
    assert verifier.post(f"{case}findings/", {"severity": "minor", "text": "Too early."}).status_code == 409
    assert verifier.post(f"{case}sampling/mark/", {"line": "x"}).status_code == 409
    assert verifier.post(f"{case}declare/", {"text": " "}).status_code == 422
    assert (
        done(verifier.post(f"{case}declare/", {"text": "None."})).headers["Location"] == f"{case}workbench/"
    )
    assert verifier.get(f"{case}workbench/").status_code == 200


def test_conflict_of_interest_goes_back_to_the_programme(case: str, signed_in: SignIn) -> None:
    verifier, officer = signed_in("verifier"), signed_in("officer")
    done(verifier.post(f"{case}declare/", {"text": "My brother works there.", "conflict": "yes"}))
    done(verifier.get(f"{case}workbench/"))
    assert verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Go."}).status_code == 409
    done(verifier.post(f"{case}declare/", {"text": "I have changed my mind."}))
    assert verifier.post(f"{case}step/", {"step": "review_documents", "reason": "Go."}).status_code == 409
    assert "My brother works there." in officer.get(case).content.decode()
    done(officer.post(f"{case}step/", {"step": "reassign", "reason": "Conflict of interest."}))
    assert verifier.get(case).status_code == 404
    assert "Plan the verification" in officer.get(case).content.decode()


def test_queue_shows_own_cases_with_their_clock(case: str, signed_in: SignIn) -> None:
    page = signed_in("verifier").get("/verification/").content.decode()
    assert f'<a href="{case}">' in page
    assert "Declaration missing" in page
    assert re.search(r"Due \d{4}-\d\d-\d\d", page)


def test_workbench_shows_claim_evidence_and_every_check(begun_case: str, signed_in: SignIn) -> None:
    from cradlemark.rules.pack import load_pack

    page = signed_in("verifier").get(f"{begun_case}workbench/").content.decode()
    for heading in ("Claim", "Evidence", "Checklist"):
        assert f">{heading}</h2>" in page
    assert HOUSING in page
    assert "Weighing record of parts and packaging" in page
    for check in load_pack("gb-t-24067-2024").checks:
        assert f'id="check-{check.id}"' in page
    assert 'class="verdict pass"' in page


def test_parts_of_the_study_have_their_titles(begun_case: str, signed_in: SignIn) -> None:
    client = signed_in("verifier")
    for language, title in (("zh-hans", "部件"), ("en", "Components")):
        client.cookies["django_language"] = language
        text = client.get(f"{begun_case}workbench/").content.decode()
        assert re.search(rf"<summary>{title} <span", text)
        assert "<code>components</code> <span" not in text


def test_finding_is_anchored_at_a_cell_or_a_rule(begun_case: str, signed_in: SignIn) -> None:
    from cradlemark.registry.cases.models import Finding
    from cradlemark.rules.pack import load_pack

    verifier = signed_in("verifier")
    rule = load_pack("gb-t-24067-2024").checks[0].id
    given = {"severity": "major", "text": "No weighing record.", "back": "workbench"}
    for anchor in ({"place": HOUSING}, {"rule": rule}, {"place": "parameters.housing_mass.value"}, {}):
        answer = done(verifier.post(f"{begun_case}findings/", given | anchor))
        assert answer.headers["Location"] == f"{begun_case}workbench/"
    for anchor in ({"place": "components[0]"}, {"rule": "no-such-rule"}, {"place": "x" * 400}):
        assert verifier.post(f"{begun_case}findings/", given | anchor).status_code == 422
    assert Finding.objects.count() == 4
    page = verifier.get(f"{begun_case}workbench/").content.decode()
    assert page.count('href="#finding-1"') >= 1
    form = verifier.get(f"{begun_case}raise/?place={quote(HOUSING)}", headers={"hx-request": "true"})
    assert "<html" not in form.content.decode()
    assert HOUSING in form.content.decode()
    assert "<html" in verifier.get(f"{begun_case}raise/?rule={rule}").content.decode()


def test_sample_counts_the_share_of_the_impact_until_a_line_changes(
    begun_case: str, signed_in: SignIn
) -> None:
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.cases.sampling import sample_of

    verifier, maker = signed_in("verifier"), signed_in("applicant")
    first = sample_of(Case.objects.get())
    assert first.seen_share == 0
    assert [one.share for one in first.lines] == sorted((one.share for one in first.lines), reverse=True)
    assert first.lines[-1].cumulated == pytest.approx(1)
    chosen = [one.digest for one in first.lines if one.proposed]
    done(verifier.post(f"{begun_case}sampling/mark/", {"line": chosen, "seen": "yes"}))
    done(verifier.post(f"{begun_case}sampling/mark/", {"line": chosen, "seen": "yes"}))
    seen = sample_of(Case.objects.get())
    assert seen.seen_share >= 0.8
    assert seen.left == 0
    done(verifier.post(f"{begun_case}sampling/mark/", {"line": chosen[:1], "seen": "no"}))
    assert sample_of(Case.objects.get()).seen == len(chosen) - 1
    assert verifier.post(f"{begun_case}sampling/mark/", {"line": ["sha256:0"]}).status_code == 422

    done(verifier.post(f"{begun_case}findings/", {"severity": "major", "place": HOUSING, "text": "Heavier."}))
    done(verifier.post(f"{begun_case}step/", {"step": "raise_findings", "reason": "One."}))
    from cradlemark.registry.cases.models import Finding
    from cradlemark.registry.studies.models import Study

    study = Study.objects.get()
    heavier = terminal_block().replace("value = 3.45\n", "value = 3.55\n")
    assert heavier != terminal_block()
    document = {"document": heavier, "seen": study.versions.count()}
    done(maker.post(f"/studies/{study.pk}/save/", document))
    done(maker.post(f"/studies/{study.pk}/submit/", {"reason": "Weighed again."}))
    again = sample_of(Case.objects.get())
    housing = next(one for one in again.lines if one.line.path == HOUSING)
    assert not housing.seen
    assert 0 < again.seen < len(chosen)
    assert Finding.objects.get().closed is None
    page = verifier.get(f"{begun_case}changes/").content.decode()
    assert "parameters.housing_mass" in page
    assert re.search(r"<del>.*3\.45 g", page)
    assert re.search(r"<ins>.*3\.55 g", page)


def test_first_revision_has_nothing_to_compare(begun_case: str, signed_in: SignIn) -> None:
    assert "first revision" in signed_in("verifier").get(f"{begun_case}changes/").content.decode()


def test_reviewers_read_the_workbench_and_do_not_write_in_it(begun_case: str, signed_in: SignIn) -> None:
    for role in ("technical_reviewer", "decision_maker"):
        client = signed_in(role)
        page = client.get(f"{begun_case}workbench/").content.decode()
        assert HOUSING in page
        assert "Raise a finding" not in page
        assert client.post(f"{begun_case}findings/", {"severity": "minor", "text": "x"}).status_code == 403


def test_recomputation_tells_the_first_difference(
    begun_case: str, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    import attrs

    from cradlemark.footprint.bundle.recompute import recompute
    from cradlemark.registry.cases import verify
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.studies.seal import bundle_of

    verifier = signed_in("verifier")
    told = verifier.post(f"{begun_case}recompute/", {"back": "workbench"}, follow=True).content.decode()
    assert "every digit is the same" in told
    bundle = bundle_of(Case.objects.get().revision)
    changed = bundle.parts["study.toml"].replace(b"3.45", b"3.46")
    other = attrs.evolve(bundle, parts={**bundle.parts, "study.toml": changed})
    monkeypatch.setattr(verify, "bundle_of", lambda _: other)
    assert not recompute(other).equal
    told = verifier.post(f"{begun_case}recompute/", follow=True).content.decode()
    assert "The recomputation differs: result." in told


def test_checks_are_ticked_with_a_note_by_their_verifier_alone(begun_case: str, signed_in: SignIn) -> None:
    from django.db import DatabaseError, transaction

    from cradlemark.registry.cases.models import ChecklistTick

    verifier = signed_in("verifier")
    page = verifier.get(f"{begun_case}workbench/").content.decode()
    rules = re.findall(r'name="rule" value="([^"]+)"', page)
    assert len(rules) > 10
    assert f"0 of {len(rules)} checks are ticked" in page
    given = {"rule": rules[3], "done": "yes", "note": "Seen in the weighing record."}
    assert done(verifier.post(f"{begun_case}tick/", given)).headers["Location"].endswith(f"#check-{rules[3]}")
    page = verifier.get(f"{begun_case}workbench/").content.decode()
    assert f"1 of {len(rules)} checks is ticked" in page
    for wrong in ({"rule": "no-such-check", "done": "yes"}, {**given, "note": "x" * 1001}):
        assert verifier.post(f"{begun_case}tick/", wrong).status_code == 422
    reviewer = signed_in("technical_reviewer")
    read = reviewer.get(f"{begun_case}workbench/").content.decode()
    assert "Seen in the weighing record." in read
    assert "/tick/" not in read
    for role in ("technical_reviewer", "officer", "applicant"):
        assert signed_in(role).post(f"{begun_case}tick/", given).status_code == 403
    done(verifier.post(f"{begun_case}tick/", {"rule": rules[3], "done": "no", "note": "Another record."}))
    assert f"0 of {len(rules)} checks are ticked" in verifier.get(f"{begun_case}workbench/").content.decode()
    assert [one.done for one in ChecklistTick.objects.all()] == [True, False], "nothing is overwritten"
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        ChecklistTick.objects.all().delete()


def test_ticks_are_of_one_revision_and_end_with_the_work(begun_case: str, signed_in: SignIn) -> None:
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.cases.ticks import ticks_of
    from cradlemark.registry.studies.models import Revision, Version

    verifier = signed_in("verifier")
    page = verifier.get(f"{begun_case}workbench/").content.decode()
    given = {"rule": re.findall(r'name="rule" value="([^"]+)"', page)[0], "done": "yes"}
    done(verifier.post(f"{begun_case}tick/", given))
    case = Case.objects.get()
    assert list(ticks_of(case)) == [given["rule"]]
    old = case.revision
    version = Version.objects.create(
        study=old.version.study, number=99, document=old.version.document, author=old.sealed_by, time=old.time
    )
    case.revision = Revision.objects.create(
        version=version,
        bundle=old.bundle,
        digest=old.digest,
        errors=0,
        sealed_by=old.sealed_by,
        time=old.time,
    )
    case.save()
    assert ticks_of(case) == {}
    Case.objects.update(state="opinion")
    assert verifier.post(f"{begun_case}tick/", given).status_code == 409


def test_nothing_is_ticked_before_the_declaration(case: str, signed_in: SignIn) -> None:
    assert signed_in("verifier").post(f"{case}tick/", {"rule": "x", "done": "yes"}).status_code == 409
