"""Plan, opinion and registration by programs: the whole way to a label, and what a token may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cradlemark.registry.home import Home
from tests.portal.api_client import Program, token_for
from tests.portal.studies import terminal_block
from tests.portal.test_api import check_problem

PLAN = {"assurance": "limited", "materiality": 0.05, "reason": "Competent."}
OPINION = {"kind": "unmodified", "text": "Nothing came to our attention."}


@pytest.fixture
def programs(home: Home) -> dict[str, Program]:
    roles = ("practitioner", "applicant", "officer", "verifier", "technical_reviewer", "decision_maker")
    return {role: Program(token_for(role)) for role in roles}


@pytest.fixture
def accepted(programs: dict[str, Program]) -> str:
    """Address of a case that waits for its verifier."""
    study = programs["practitioner"].post("/studies", {"document": terminal_block()}).json()
    handed = {"study": study["id"], "version": 1, "reason": "First label."}
    case = f"/cases/{programs['applicant'].post('/cases', handed).json()['number']}"
    stepped(programs["officer"], case, "accept")
    return case


def stepped(program: Program, case: str, step: str) -> dict[str, Any]:
    answer = program.post(f"{case}/steps", {"step": step, "reason": "Done."}, If_Match="*")
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def verifier_of(officer: Program, case: str) -> int:
    found = officer.get(f"{case}/verifiers").json()["items"]
    assert [one["accredited"] for one in found] == sorted((one["accredited"] for one in found), reverse=True)
    return int(found[0]["id"])


def declared(case: str) -> None:
    from cradlemark.portal.home import now
    from cradlemark.registry.cases.verify import declare
    from cradlemark.registry.people.actor import actor
    from cradlemark.registry.people.models import User

    by = actor(User.objects.get(email="verifier@example.org"), "verifier")
    declare(int(case.rpartition("/")[2]), by=by, time=now(), text="No interest.")


def planned(programs: dict[str, Program], case: str) -> None:
    officer = programs["officer"]
    given = {**PLAN, "verifier": verifier_of(officer, case)}
    assert officer.post(f"{case}/plan", given, If_Match="*").status_code == 201
    declared(case)
    stepped(programs["verifier"], case, "review_documents")


def test_programs_lead_a_case_to_its_label(programs: dict[str, Program], accepted: str) -> None:
    from cradlemark.registry.cases.models import Opinion
    from cradlemark.registry.labels.models import Label

    officer, verifier, case = programs["officer"], programs["verifier"], accepted
    tag = officer.get(case).headers["ETag"]
    given = {**PLAN, "verifier": verifier_of(officer, case)}
    done = officer.post(f"{case}/plan", given, If_Match=tag)
    assert (done.status_code, done.json()["state"]) == (201, "planned"), done.content
    check_problem(officer.post(f"{case}/plan", given, If_Match=tag), 412, "state-other")
    check_problem(verifier.post(f"{case}/opinion", OPINION, If_Match="*"), 409)
    declared(case)
    stepped(verifier, case, "review_documents")
    said = verifier.post(f"{case}/opinion", OPINION, If_Match="*", key="the-opinion-on-it")
    assert said.json()["state"] == "opinion", said.content
    again = verifier.post(f"{case}/opinion", OPINION, If_Match="*", key="the-opinion-on-it")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Opinion.objects.count() == 1
    stepped(programs["technical_reviewer"], case, "review")
    check_problem(officer.post(f"{case}/registration", {"reason": "Too early."}, If_Match="*"), 409)
    stepped(programs["decision_maker"], case, "grant")
    registered = officer.post(
        f"{case}/registration", {"reason": "Licence signed."}, If_Match="*", key="register-it-once"
    )
    assert registered.status_code == 201, registered.content
    label = Label.objects.get()
    assert registered.json()["label"] == label.number
    assert registered.json()["state"] == "closed"
    assert label.number in Client().get("/").content.decode(), "published"
    again = officer.post(
        f"{case}/registration", {"reason": "Licence signed."}, If_Match="*", key="register-it-once"
    )
    assert again.json() == registered.json()
    other = officer.post(f"{case}/registration", {"reason": "Once more."}, If_Match="*")
    assert other.json()["label"] == label.number, "a case has one label"
    assert Label.objects.count() == 1


def test_opinion_and_its_step_are_one(
    programs: dict[str, Program], accepted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.core.errors import StateError
    from cradlemark.core.language import Text
    from cradlemark.registry.cases.models import Opinion

    planned(programs, accepted)

    def refuse(*_given: object, **_named: object) -> None:
        raise StateError(Text("no", "否"), code="step-refused")

    monkeypatch.setattr("cradlemark.portal.api.decisions.take", refuse)
    check_problem(
        programs["verifier"].post(f"{accepted}/opinion", OPINION, If_Match="*"), 409, "step-refused"
    )
    assert not Opinion.objects.exists()


def test_open_finding_and_wrong_choices_are_refused(programs: dict[str, Program], accepted: str) -> None:
    officer, verifier = programs["officer"], programs["verifier"]
    check_problem(
        officer.post(f"{accepted}/plan", {**PLAN, "verifier": 10**6}, If_Match="*"), 422, "verifier-missing"
    )
    for wrong in ({"materiality": 0.21}, {"materiality": 0}, {"assurance": "absolute"}, {"reason": " "}):
        given = {**PLAN, "verifier": 1, **wrong}
        check_problem(officer.post(f"{accepted}/plan", given, If_Match="*"), 422, "request-shape")
    planned(programs, accepted)
    found = verifier.post(f"{accepted}/findings", {"severity": "major", "text": "No evidence."})
    assert found.status_code == 201
    check_problem(verifier.post(f"{accepted}/opinion", OPINION, If_Match="*"), 409)
    check_problem(verifier.post(f"{accepted}/opinion", {**OPINION, "kind": "good"}, If_Match="*"), 422)


def test_token_without_the_scope_decides_nothing(programs: dict[str, Program], accepted: str) -> None:
    officer = Program(token_for("officer", "read", "cases"))
    assert officer.get(f"{accepted}/verifiers").status_code == 200
    for path, given in (("plan", {**PLAN, "verifier": 1}), ("registration", {"reason": "x"})):
        check_problem(officer.post(f"{accepted}/{path}", given, If_Match="*"), 403, "token-scope")
    narrow = Program(token_for("verifier", "read", "cases"))
    check_problem(narrow.post(f"{accepted}/opinion", OPINION, If_Match="*"), 403, "token-scope")


def test_token_that_decides_holds_a_week_at_most(home: Home) -> None:
    from cradlemark.core.errors import InputError
    from cradlemark.portal.home import now
    from cradlemark.registry.access.tokens import make_token
    from cradlemark.registry.people.actor import actor
    from cradlemark.registry.people.models import User

    by = actor(User.objects.get(email="officer@example.org"), "officer")
    make_token("x", ["decisions"], 7, by=by, time=now())
    make_token("x", ["cases"], 8, by=by, time=now())
    with pytest.raises(InputError, match="cannot hold 8 days"):
        make_token("x", ["cases", "decisions"], 8, by=by, time=now())
