"""Cases that apply for a reduction or a grade: refused at the door when hopeless, granted on what the register holds itself."""

from __future__ import annotations

import datetime
from functools import cache, partial
from typing import Any

import pytest
from tests.unit.registry.builders import NOW as TIME
from tests.unit.registry.stories import Story, refused, study_document


@cache
def changed_example(mass: str) -> Any:
    """The product with a housing of another mass [g], sealed, and its document."""
    from cradlemark.registry.studies.seal import sealed

    light = "housing_mass.value]\nvalue = 3.45"
    document = study_document().replace(light, light.replace("3.45", mass))
    assert document != study_document()
    return sealed(document, secret=b"s" * 32), document


def revised(story: Story, made: Any, document: str) -> Any:
    """A new revision of the product of a story."""
    from cradlemark.registry.studies.save import begin
    from cradlemark.registry.studies.seal import keep

    by = story.actors["practitioner"]
    version = begin(story.revision.version.study.product, document, by=by, time=TIME)
    return keep(made, version, by=by, time=TIME)


@pytest.fixture
def labelled(story: Story) -> Any:
    """The story after the heavy product got its label, with the lighter one sealed: story and that label."""
    light = story.revision
    story.revision = revised(story, *changed_example("5.20"))
    story.until_granted()
    label = story.register()
    story.revision, story.number = light, 2
    return story, label


def asked(story: Story, kind: str, baseline: str = "") -> Any:
    from cradlemark.registry.cases.claims import wanted

    return wanted(story.revision.version, kind, baseline)


def granted(story: Story, kind: str) -> Any:
    """Take a case of a kind to its label."""
    what = asked(story, kind)
    story.submit(asked=what)
    story.take("accept", "officer")
    story.plan()
    story.verify("declare", text="I have no interest in this case.")
    story.take("review_documents", "verifier")
    story.verify("give_opinion", kind="unmodified", text="Nothing came to our attention.")
    story.take("give_opinion", "verifier")
    story.take("review", "technical_reviewer")
    story.take("grant", "decision_maker")
    return story.register()


def test_a_reduction_is_claimed_against_an_earlier_label_which_stays_valid(labelled: Any) -> None:
    from cradlemark.label.claim import read_claim

    story, before = labelled
    label = granted(story, "reduction")
    claim = read_claim(bytes(label.claim))
    assert (claim.kind, claim.previous, label.previous) == ("reduction", "", None)
    assert claim.reduction is not None
    assert (claim.reduction.baseline, claim.reduction.baseline_digest) == (before.number, before.claim_digest)
    assert claim.reduction.reduction > 0.03
    before.refresh_from_db()
    assert before.state == "active"
    assert read_claim(bytes(before.claim)).kind == "footprint"
    story.number = 3
    story.revision = revised(story, *changed_example("5.10"))
    story.until_granted()
    third = story.register()
    assert third.previous_id == before.number


def test_the_next_reduction_follows_the_last_reduction(labelled: Any) -> None:
    story, before = labelled
    first = granted(story, "reduction")
    story.number = 3
    second = granted(story, "reduction")
    assert second.previous_id == first.number
    for label, state in ((before, "active"), (first, "superseded"), (second, "active")):
        label.refresh_from_db()
        assert label.state == state


def test_no_case_is_opened_for_a_reduction_that_is_not_there(labelled: Any) -> None:
    from cradlemark.registry.cases.models import Case

    story, _ = labelled
    story.revision = revised(story, *changed_example("5.15"))
    with refused("reduction-not-met"):
        story.submit(asked=asked(story, "reduction"))
    assert Case.objects.count() == 1


def test_no_case_is_opened_under_rules_that_the_programme_does_not_take(labelled: Any) -> None:
    import attrs

    story, _ = labelled
    story.programme = attrs.evolve(story.programme, rule_packs=("iso-14067-2018",))
    with refused("claim-impossible"):
        story.submit(asked=asked(story, "reduction"))


def test_no_case_goes_on_with_a_revision_that_takes_the_reduction_away(labelled: Any) -> None:
    from cradlemark.registry.cases.correct import correct
    from cradlemark.registry.cases.models import Case

    story, _ = labelled
    story.submit(asked=asked(story, "reduction"))
    worse = revised(story, *changed_example("5.15"))
    with refused("reduction-not-met"):
        correct(
            2, worse, programme=story.programme, by=story.actors["applicant"], time=TIME, reason="Weighed."
        )
    story.take("return", "officer")
    with refused("reduction-not-met"):
        story.take("resubmit", "applicant", revision=worse)
    assert Case.objects.get(number=2).revision_id == story.revision.pk


def test_a_verifier_sees_what_has_changed_since_the_label_that_a_case_rests_on(labelled: Any) -> None:
    from cradlemark.registry.cases.changes import before, last_changes
    from cradlemark.registry.cases.models import Case

    story, _ = labelled
    heavy = Case.objects.get(number=1)
    assert before(heavy) is None
    reduction = story.submit(asked=asked(story, "reduction"))
    rested, changed = last_changes(reduction)
    assert (rested.case, rested.revision) == (heavy, heavy.revision)
    assert [one.path for one in changed.cells] == ["parameters.housing_mass.value"]
    story.number = 3
    story.until_granted()
    following = Case.objects.get(number=3)
    assert before(following).case == heavy
    story.register()
    following.refresh_from_db()
    assert before(following).case == heavy
    assert before(heavy) is None
    story.number = 4
    assert before(story.submit()) is None  # the very revision that has its label


def test_baselines_are_sound_footprint_labels_of_the_same_product(labelled: Any) -> None:
    from cradlemark.registry.cases.claims import baselines
    from cradlemark.registry.labels.change import ChangeRequest, change_state

    story, before = labelled
    assert asked(story, "reduction").baseline == asked(story, "reduction", before.number).baseline == before
    reduction = granted(story, "reduction")
    with refused("baseline-missing"):
        asked(story, "reduction", reduction.number)
    assert baselines(before.case.revision.version) == []
    assert baselines(story.sealed().version) == []
    change = partial(
        ChangeRequest, number=before.number, role="officer", actor="o@example.org", reason="Overdue."
    )
    change_state(change("suspend", step="suspend"), steps=story.programme.label_steps, time=TIME)
    with refused("baseline-missing"):
        asked(story, "reduction")


def test_a_label_that_is_suspended_while_the_case_runs_is_no_baseline(labelled: Any) -> None:
    from cradlemark.registry.labels.change import ChangeRequest, change_state

    story, before = labelled
    with refused("baseline-state"):
        granted_while(story, lambda: change_state(
            ChangeRequest("suspend", before.number, "suspend", "officer", "o@example.org", "Overdue."),
            steps=story.programme.label_steps, time=TIME,
        ))  # fmt: skip


def granted_while(story: Story, happens: Any) -> Any:
    story.register, kept = happens, story.register  # type: ignore[method-assign]
    granted(story, "reduction")
    story.register = kept  # type: ignore[method-assign]
    return story.register()


@pytest.fixture
def british(labelled: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The story under a rule that asks for a plan which is published."""
    import attrs

    from cradlemark.label.programme_reader import load_programme

    story, _ = labelled
    rule = load_programme("uk-style").reduction
    story.programme = attrs.evolve(story.programme, reduction=rule)
    monkeypatch.setattr(type(story.home), "programme", property(lambda _: story.programme))
    return story


def test_what_no_study_tells_is_vouched_for_in_the_opinion(british: Any) -> None:
    from cradlemark.label.claim import read_claim
    from cradlemark.registry.cases.claims import vouched

    story = british
    story.submit(asked=asked(story, "reduction"))
    story.take("accept", "officer")
    story.plan()
    story.verify("declare", text="I have no interest in this case.")
    story.take("review_documents", "verifier")
    opinion = {"kind": "unmodified", "text": "Nothing came to our attention."}
    plan = vouched("plan_published", 1.0, "https://example.org/plan")
    with refused("reduction-undecided"):
        story.verify("give_opinion", **opinion)
    nothing = vouched("plan_published", 0.0, "nothing found")
    with refused("reduction-not-met"):
        story.verify("give_opinion", **opinion, facts=[nothing, vouched("market_leader", 0.01, "a survey")])
    with refused("claim-options"):
        story.verify("give_opinion", **opinion, facts=[plan, plan])
    with refused("claim-options"):
        story.verify("give_opinion", **opinion, facts=[vouched("peers", 1.0, "a list")])
    story.verify("give_opinion", kind="adverse", text="It is wrong.")
    story.verify("give_opinion", **opinion, facts=[plan])
    story.take("give_opinion", "verifier")
    story.take("review", "technical_reviewer")
    story.take("grant", "decision_maker")
    claim = read_claim(bytes(story.register().claim))
    assert claim.reduction is not None
    assert claim.reduction.facts == (plan,)


@pytest.mark.parametrize(
    ("name", "value", "source"),
    [("plans", 1.0, "x"), ("peers", -1.0, "x"), ("peers", float("nan"), "x"), ("peers", 1.0, " "), ("peers", 1.0, "x" * 501)],
)  # fmt: skip
def test_facts_have_a_figure_and_a_source(name: str, value: float, source: str) -> None:
    from cradlemark.core.errors import InputErrors
    from cradlemark.registry.cases.claims import vouched

    with pytest.raises(InputErrors):
        vouched(name, value, source)


def test_requests_are_repeated_for_the_same_kind_only(labelled: Any) -> None:
    story, _ = labelled
    first = story.submit(asked=asked(story, "reduction"))
    assert story.submit(asked=asked(story, "reduction")).pk == first.pk
    with refused("request-conflict"):
        story.submit()


def test_a_grade_needs_a_footprint_label_and_a_population(labelled: Any) -> None:
    story, _ = labelled
    with refused("claim-needs"):
        story.submit(asked=asked(story, "grade"))
    story.until_granted()
    story.register()
    story.number = 3
    with refused("benchmark-unknown"):
        story.submit(asked=asked(story, "grade"))
    with refused("claim-options"):
        asked(story, "grade", "DEMO-000000-GK")
    with refused("claim-kind"):
        asked(story, "neutral")


def test_a_grade_that_broke_off_is_finished_although_the_population_has_changed(
    labelled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.label.claim import read_claim
    from cradlemark.registry.cases import register
    from cradlemark.registry.labels.benchmark import renew_benchmark
    from cradlemark.registry.labels.models import Benchmark, Label

    story, _ = labelled
    story.until_granted()
    own = read_claim(bytes(story.register().claim))
    peers(own, range(12))
    comparability = Label.objects.get(request="case 2").row.comparability
    renew_benchmark(comparability, story.programme, time=TIME)
    story.number = 3

    def fail(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(register, "take", fail)
        with pytest.raises(RuntimeError):
            granted(story, "grade")
    peers(own, range(12, 15))
    renew_benchmark(comparability, story.programme, time=TIME + datetime.timedelta(days=1))
    label = story.register()
    claim = read_claim(bytes(label.claim))
    assert claim.grade is not None
    assert (claim.kind, claim.grade.version, claim.grade.count) == ("grade", 1, 12)
    assert Benchmark.objects.count() == 2


def peers(own: Any, numbers: range) -> None:
    """Labels of comparable products of other makers."""
    import attrs

    from cradlemark.core.language import Text
    from cradlemark.registry.labels.issue import IssueRequest, issue

    def made(place: int, number: Any) -> Any:
        holder = attrs.evolve(own.holder, name=Text(f"Maker {place}", f"厂商{place}"), id=f"maker-{place}")
        product = attrs.evolve(
            own.product, name=Text(f"Block {place}", f"端子{place}"), models=(f"B-{place}",)
        )
        figure = attrs.evolve(own.values.life_cycle or own.values.gate, figure=0.1 + place / 100)
        values = attrs.evolve(own.values, **{"life_cycle" if own.values.life_cycle else "gate": figure})
        digests = attrs.evolve(own.digests, bundle=f"sha256:{place:064x}", study=f"sha256:{place:064x}")
        return attrs.evolve(
            own,
            number=str(number),
            previous="",
            holder=holder,
            product=product,
            values=values,
            digests=digests,
        )

    requests = [IssueRequest(f"peer {place}", partial(made, place)) for place in numbers]
    issue(requests, mark="DEMO", time=TIME, sign=lambda claim, _: f"credential {claim.number}")
