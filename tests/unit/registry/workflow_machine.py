"""Cases and labels as a state machine: people of several organisations do what they may and what they may not, in any order.

Every run begins with the same people and is undone at its end. What the reference asks of the workflow is looked at after each step;
nothing here asks the code under test whether it was right.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
from django.db import IntegrityError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.unit.registry.builders import NOW, sign
from tests.unit.registry.stories import sealed_example

from cradlemark.core.canonical import digest_bytes
from cradlemark.core.errors import CradlemarkError
from cradlemark.label.claim import read_claim
from cradlemark.label.programme_decisions import months_later
from cradlemark.label.status_list import is_set
from cradlemark.label.workflow import workflow
from cradlemark.registry.home import Home

USABLE = {"active", "watch", "change_review", "scope_reduced", "renewal_open", "recognised"}
"""States in which the mark may be used, as the reference lists them (L2-L4, L6, L7, L12); no other one."""
PROGRAMME_ROLES = {"officer", "technical_reviewer", "decision_maker", "oversight"}
PEOPLE = (
    ("maker", "applicant"), ("maker", "practitioner"), ("rival", "applicant"), ("rival", "practitioner"), ("body", "verifier"),
    ("body", "verifier"), ("other_body", "verifier"), ("office", "officer"), ("office", "technical_reviewer"),
    ("office", "decision_maker"), ("office", "decision_maker"),
)  # fmt: skip
KINDS = {
    "maker": "manufacturer",
    "rival": "manufacturer",
    "body": "verification_body",
    "other_body": "verification_body",
    "office": "programme",
}
HAPPY = {
    "submitted": ("accept", "officer"), "accepted": ("plan", "officer"), "planned": ("review_documents", "verifier"),
    "document_review": ("give_opinion", "verifier"), "corrective_action": ("review_documents", "verifier"),
    "site_inspection": ("give_opinion", "verifier"), "opinion": ("review", "technical_reviewer"),
    "technical_review": ("grant", "decision_maker"), "granted": ("register", "officer"), "returned": ("resubmit", "applicant"),
    "refused": ("appeal", "applicant"), "appeal": ("grant", "decision_maker"),
}  # fmt: skip
"""What moves a case on, so that runs reach labels; everything else is tried besides."""
ASIDE = {"findings": 3, "refusal": 5, "expiry": 9, "suspend": 9, "revoke": 9}
"""Ways that few runs would find by luck, and the right steps that lead to where they begin."""
LONG = 800
"""Longer than labels are valid [d]."""
NUMBERS = st.integers(0, 10**6)
FEW = st.integers(0, 5)
"""Which of a few possibilities."""


@cache
def packed() -> tuple[bytes, str]:
    """The sealed example, packed once."""
    bundle = sealed_example().bundle
    return bytes(bundle), bundle.digest


@attrs.define
class World:
    """People, products and what the machine remembers of labels."""

    home: Home
    actors: list[Any] = attrs.field(factory=list)
    organisations: dict[str, Any] = attrs.field(factory=dict)
    claims: dict[str, tuple[str, bytes]] = attrs.field(factory=dict)
    time: datetime.datetime = NOW
    keys: int = 0


def people(home: Home) -> World:
    """The people of all runs; one of them reviews and decides, to try both in one case."""
    from cradlemark.registry.people.actor import Actor, join
    from cradlemark.registry.people.models import Organisation, User

    world = World(home)
    for name, kind in KINDS.items():
        world.organisations[name] = Organisation.objects.create(
            kind=kind, name_en=name, name_zh=f"机构 {name}", place="CN"
        )
    for number, (place, role) in enumerate(PEOPLE):
        user = User.objects.create_user(f"{number}@example.org", name=f"Person {number}")
        join(user, world.organisations[place], role)
        world.actors.append(Actor(user, world.organisations[place], role))
    _accredit(world)
    both = next(one for one in world.actors if one.role == "decision_maker")
    join(both.user, both.organisation, "technical_reviewer")
    world.actors.append(Actor(both.user, both.organisation, "technical_reviewer"))
    return world


def _accredit(world: World) -> None:
    """Both bodies may verify under every rule pack; one of them not for long."""
    from cradlemark.registry.accreditation.accredit import Grant, accredit

    officer = next(one for one in world.actors if one.role == "officer")
    packs = world.home.programme.rule_packs
    for name, days in (("body", 1800), ("other_body", 150)):
        for pack in packs:
            given = Grant(
                organisation=world.organisations[name], user=None, rule_pack=pack, reference="EX 001", reason="Assessed.",
                valid_from=NOW.date(), valid_until=NOW.date() + datetime.timedelta(days=days),
            )  # fmt: skip
            accredit(given, rule_packs=packs, by=officer, time=NOW)


class Workflow(RuleBasedStateMachine):
    """One run."""

    world: World
    reached: set[str]
    """States that runs have come to."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.world = attrs.evolve(type(self).world, claims={}, time=NOW, keys=0)
        self.refused = 0

    def teardown(self) -> None:
        """Undo the run."""
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # ---- what people do ----------------------------------------------------------------------------------------------------

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Do something; a refusal is an answer like another one, and leaves nothing behind."""
        try:
            with transaction.atomic():
                act()
        except CradlemarkError:
            self.refused += 1
            return False
        return True

    def actor(self, number: int) -> Any:
        return self.world.actors[number % len(self.world.actors)]

    def in_role(self, role: str, number: int, case: Any = None) -> Any:
        wanted = [one for one in self.world.actors if one.role == role]
        if case is not None and role == "applicant":
            wanted = [one for one in wanted if one.organisation.pk == case.applicant_id]
        if case is not None and role == "verifier" and case.verifier_id:
            wanted = [one for one in wanted if one.user.pk == case.verifier_id]
        return wanted[number % len(wanted)] if wanted else self.actor(number)

    def case(self, number: int) -> Any:
        from cradlemark.registry.cases.models import Case

        cases = list(Case.objects.all())
        return cases[number % len(cases)] if cases else None

    def revision(self, organisation: Any, product: Any = None, errors: int = 0) -> Any:
        from cradlemark.registry.studies.models import Product, Revision
        from cradlemark.registry.studies.save import begin

        maker = next(
            one
            for one in self.world.actors
            if one.organisation == organisation and one.role == "practitioner"
        )
        product = product or Product.objects.create(organisation=organisation, name_en="Terminal block")
        version = begin(product, "document", by=maker, time=self.world.time)
        content, digest = packed()
        return Revision.objects.create(
            version=version,
            bundle=content,
            digest=digest,
            errors=errors,
            sealed_by=maker.user,
            time=self.world.time,
        )

    @initialize(depth=st.integers(0, 9), aside=st.sampled_from(["", "", *ASIDE]), choice=FEW, change=FEW)
    def first_case(self, depth: int, aside: str, choice: int, change: int) -> None:
        """A run begins somewhere on the way of a case, or with a label, so that few steps lead everywhere."""
        self.submit(0, 0, 0)
        for _ in range(ASIDE.get(aside, depth)):
            self.advance(0, 1)
        if aside == "findings":
            self.find(0, 1, "major")
            self.take(self.case(0), "raise_findings", self.in_role("verifier", 1, self.case(0)))
        elif aside == "refusal":
            self.take(self.case(0), "refuse", self.in_role("decision_maker", 1))
            self.take(self.case(0), "appeal", self.in_role("applicant", 1, self.case(0)))
        elif aside == "expiry":
            self.time_passes(LONG)
        elif aside in {"suspend", "revoke"}:
            self.right_change(0, 1, aside=aside)
        else:
            self.right_step(0, 1, choice)
            self.right_change(0, 1, change)

    @rule(owner=NUMBERS, who=NUMBERS, errors=st.sampled_from([0, 0, 0, 2]))
    def submit(self, owner: int, who: int, errors: int) -> None:
        from cradlemark.registry.cases.take import submit

        organisation = self.world.organisations[("maker", "rival")[owner % 2]]
        revision = self.revision(organisation, errors=errors)
        self.world.keys += 1
        key, by = f"key {self.world.keys}", self.actor(who)
        done = self.attempt(
            lambda: submit(
                revision,
                programme=self.world.home.programme,
                key=key,
                by=by,
                time=self.world.time,
                reason="First.",
            )
        )
        assert not done or (by.role == "applicant" and by.organisation == organisation and not errors)

    @rule(which=NUMBERS, who=NUMBERS)
    def advance(self, which: int, who: int) -> None:
        """The right person does what comes next."""
        case = self.case(which)
        if case is None or case.state not in HAPPY:
            return
        step, role = HAPPY[case.state]
        by = self.in_role(role, who, case)
        if step == "plan":
            self.plan(which, who, who)
            return
        if role == "verifier":
            self.declare(which, self.world.actors.index(by))
        if step == "give_opinion":
            self.opinion(which, self.world.actors.index(by), "unmodified")
        if step == "register":
            self.register(which, self.world.actors.index(by))
            return
        self.take(case, step, by)

    @rule(which=NUMBERS, who=NUMBERS, times=st.integers(2, 8))
    def go_on(self, which: int, who: int, times: int) -> None:
        """Several right steps after each other, so that runs reach labels."""
        for _ in range(times):
            self.advance(which, who)

    @rule(which=NUMBERS, who=NUMBERS, choice=FEW)
    def right_step(self, which: int, who: int, choice: int) -> None:
        """The right person takes any step that is possible now, also one that leads aside."""
        case = self.case(which)
        possible = [
            one for one in workflow().steps["case"].values()
            if case is not None and case.state in one.source and one.role != "system"
        ]  # fmt: skip
        if not possible:
            return
        step = possible[choice % len(possible)]
        if step.id == "raise_findings":
            self.find(which, who | 1, "major")
        self.take(case, step.id, self.in_role(step.role, who, case))

    @rule(which=NUMBERS, who=NUMBERS, choice=FEW)
    def right_change(self, which: int, who: int, choice: int = 0, aside: str = "") -> None:
        """The right person changes a label, in the way that is wanted or in any that is possible now."""
        from cradlemark.registry.labels.models import Label

        labels = list(Label.objects.all())
        if not labels:
            return
        label = labels[which % len(labels)]
        possible = [
            one
            for one in workflow().steps["label"].values()
            if label.state in one.source and one.role != "system" and aside in ("", one.id)
        ]
        if possible:
            step = possible[choice % len(possible)]
            self.change(label, step.id, self.in_role(step.role, who))

    @rule(
        which=NUMBERS,
        who=NUMBERS,
        step=st.sampled_from(sorted(workflow().steps["case"])),
        fresh=st.booleans(),
    )
    def any_step(self, which: int, who: int, step: str, fresh: bool) -> None:
        """Anybody tries anything."""
        case = self.case(which)
        if case is not None:
            self.take(case, step, self.actor(who), fresh=fresh)

    def take(self, case: Any, step: str, by: Any, *, fresh: bool = True) -> None:
        from cradlemark.registry.cases.take import take

        revision = self.revision(case.applicant, case.product) if fresh and step == "resubmit" else None
        self.attempt(
            lambda: take(
                case.number,
                step,
                programme=self.world.home.programme,
                by=by,
                time=self.world.time,
                reason="Because.",
                revision=revision,
            )
        )

    @rule(which=NUMBERS, who=NUMBERS, verifier=NUMBERS)
    def plan(self, which: int, who: int, verifier: int) -> None:
        from cradlemark.registry.cases.take import Plan, take

        case, by = self.case(which), self.actor(who)
        if case is None:
            return
        by = self.in_role("officer", who) if who % 3 else by
        chosen = self.in_role("verifier", verifier) if verifier % 4 else self.actor(verifier)
        plan = Plan(chosen.organisation, chosen.user, "limited", 0.05)
        self.attempt(
            lambda: take(
                case.number,
                "plan",
                programme=self.world.home.programme,
                by=by,
                time=self.world.time,
                reason="Plan.",
                plan=plan,
            )
        )

    @rule(which=NUMBERS, who=NUMBERS)
    def declare(self, which: int, who: int) -> None:
        from cradlemark.registry.cases import verify

        if (case := self.case(which)) is not None:
            by = self.actor(who)
            self.attempt(
                lambda: verify.declare(case.number, by=by, time=self.world.time, text="No interest.")
            )

    @rule(which=NUMBERS, who=NUMBERS, severity=st.sampled_from(["major", "minor"]))
    def find(self, which: int, who: int, severity: str) -> None:
        from cradlemark.registry.cases import verify

        if (case := self.case(which)) is not None:
            by = self.in_role("verifier", who, case) if who % 2 else self.actor(who)
            self.attempt(
                lambda: verify.find(
                    case.number,
                    severity=severity,
                    place="",
                    rule="",
                    text="Wrong.",
                    by=by,
                    time=self.world.time,
                )
            )

    @rule(which=NUMBERS, who=NUMBERS)
    def answer_and_close(self, which: int, who: int) -> None:
        from cradlemark.registry.cases import verify

        case = self.case(which)
        unclosed = case.findings.filter(closed=None).first() if case is not None else None
        if unclosed is None:
            return
        by, owner = (
            self.in_role("verifier", who, case) if who % 2 else self.actor(who),
            self.in_role("applicant", who, case),
        )
        if who % 3:
            self.attempt(
                lambda: verify.reply(case.number, unclosed.number, text="So.", by=owner, time=self.world.time)
            )
        self.attempt(lambda: verify.close(case.number, unclosed.number, by=by, time=self.world.time))

    @rule(
        which=NUMBERS, who=NUMBERS, kind=st.sampled_from(["unmodified", "unmodified", "modified", "adverse"])
    )
    def opinion(self, which: int, who: int, kind: str) -> None:
        from cradlemark.registry.cases import verify

        if (case := self.case(which)) is not None:
            by, given = self.actor(who), {"kind": kind, "text": "So.", "programme": self.world.home.programme}
            self.attempt(lambda: verify.give_opinion(case.number, **given, by=by, time=self.world.time))

    @rule(which=NUMBERS, who=NUMBERS)
    def register(self, which: int, who: int) -> None:
        from cradlemark.registry.cases.register import register
        from cradlemark.registry.labels.models import Label

        case = self.case(which)
        if case is None:
            return
        by = self.in_role("officer", who) if who % 2 else self.actor(who)
        before = Label.objects.count()
        had = case.label_id
        done = self.attempt(
            lambda: register(
                case.number,
                home=self.world.home,
                signer=SIGNS,
                by=by,
                time=self.world.time,
                reason="Granted.",
            )
        )
        assert Label.objects.count() == before + bool(done and not had)
        for label in Label.objects.exclude(number__in=self.world.claims):
            self.world.claims[label.number] = (label.claim_digest, bytes(label.claim))

    @rule(which=NUMBERS, who=NUMBERS, step=st.sampled_from(sorted(workflow().steps["label"])))
    def change_label(self, which: int, who: int, step: str) -> None:
        from cradlemark.registry.labels.models import Label

        labels = list(Label.objects.all())
        if labels:
            self.change(labels[which % len(labels)], step, self.actor(who))

    def change(self, label: Any, step: str, by: Any) -> None:
        from cradlemark.registry.labels.change import ChangeRequest, change_state

        self.world.keys += 1
        request = ChangeRequest(
            f"change {self.world.keys}", label.number, step, by.role, by.user.email, "Because."
        )
        self.attempt(
            lambda: change_state(request, steps=self.world.home.programme.label_steps, time=self.world.time)
        )

    @rule(days=st.sampled_from([1, 30, 100, 200, 400, LONG]))
    def time_passes(self, days: int) -> None:
        """Invariant 7: what is due is done, and nobody has to act."""
        from cradlemark.registry.labels.models import Label
        from cradlemark.registry.timers.labels import take_due_steps
        from cradlemark.registry.timers.notices import close_refused, note, overdue

        self.world.time += datetime.timedelta(days=days)
        programme, time = self.world.home.programme, self.world.time
        take_due_steps(programme, time=time)
        close_refused(programme, time=time)
        note(overdue(programme, today=time.date()), time=time)
        assert take_due_steps(programme, time=time) == []
        assert note(overdue(programme, today=time.date()), time=time) == []
        over = Label.objects.filter(valid_until__lt=time.date()).values_list("state", flat=True)
        assert set(over) <= {"expired", "withdrawn", "revoked", "superseded"}

    @rule(which=NUMBERS)
    def new_rules(self, which: int) -> None:
        """Invariant 8: a new version of a rule pack is logged; no label changes."""
        from cradlemark.registry.log.append import Record, append_alone

        append_alone(
            Record("rules", "iso-14067-2018", {"version": str(which), "digest": f"sha256:{which}"}),
            time=self.world.time,
        )

    @rule(which=NUMBERS, part=st.sampled_from(["reviewer", "decider", "practitioner"]))
    def write_past_the_code(self, which: int, part: str) -> None:
        """Four eyes are held by the database as well."""
        from cradlemark.registry.cases.models import Case

        case = self.case(which)
        if case is None or case.verifier_id is None or getattr(case, f"{part}_id") == case.verifier_id:
            return
        try:
            with transaction.atomic():
                Case.objects.filter(pk=case.pk).update(**{part: case.verifier_id})
        except IntegrityError:
            return
        raise AssertionError(f"one person verifies and is {part}")

    # ---- what has to hold --------------------------------------------------------------------------------------------------

    @invariant()
    def mark_is_used_only_where_it_may_be(self) -> None:
        """Invariant 1."""
        from cradlemark.registry.labels.models import Label

        for state in set(Label.objects.values_list("state", flat=True)):
            self.reached.add(f"label {state}")
            assert is_set("suspension", state) == (state not in USABLE), state

    @invariant()
    def labels_rest_on_a_decision_of_three_people(self) -> None:
        """Invariants 2, 3, 6 and 10."""
        from cradlemark.registry.labels.models import Label

        for label in Label.objects.select_related("entry", "case__revision"):
            case, claim = label.case, read_claim(bytes(label.claim))
            assert len({case.verifier_id, case.reviewer_id, case.decider_id, None}) == 4
            assert case.body_id != case.applicant_id
            assert case.body.kind == "verification_body"
            assert case.verifier.memberships.filter(role="verifier", organisation=case.body).exists()
            assert case.practitioner_id != case.verifier_id
            decision = case.steps.filter(step="grant").last()
            assert decision.actor_id == case.decider_id
            assert label.bundle == claim.digests.bundle == case.revision.digest == decision.revision.digest
            longest = int(self.world.home.programme.claims[claim.kind].validity.value)
            issued = datetime.date.fromisoformat(claim.validity.issued)
            assert label.valid_until < months_later(issued, longest)
            assert issued >= decision.time.date()
            assert (
                digest_bytes(bytes(label.claim))
                == label.claim_digest
                == json.loads(bytes(label.entry.record))["claim"]
            )
            assert claim.kind != "reduction" or (claim.reduction and claim.reduction.baseline)

    @invariant()
    def published_numbers_never_change(self) -> None:
        """Invariants 4 and 8."""
        from cradlemark.registry.labels.models import Label

        stored = {label.number: (label.claim_digest, bytes(label.claim)) for label in Label.objects.all()}
        assert stored == self.world.claims

    @invariant()
    def every_transition_is_one_of_the_machine_and_says_who_when_why(self) -> None:
        """Invariant 5; and steps are a chain."""
        from cradlemark.registry.audit.models import Event
        from cradlemark.registry.cases.models import Case
        from cradlemark.registry.labels.models import Label

        for case in Case.objects.prefetch_related("steps"):
            state = ""
            self.reached.add(f"case {case.state}")
            for taken in case.steps.all():
                known = workflow().steps["case"][taken.step]
                assert taken.source == state
                assert state in (known.source or ("",))
                assert (taken.state, taken.role) == (
                    known.target,
                    known.by if hasattr(known, "by") else known.role,
                )
                assert (taken.actor_id is None) == (taken.role == "system")
                assert taken.reason
                state = taken.state
                self.reached.add(f"case {state}")
            assert state == case.state
            assert (
                Event.objects.filter(tag__startswith="cases:case:", subject=str(case.number)).count()
                >= case.steps.count()
            )
        for label in Label.objects.prefetch_related("changes"):
            state = "active"
            for change in label.changes.all():
                known = workflow().steps["label"][change.step]
                assert state in known.source
                assert (change.state, change.role) == (known.target, known.role)
                assert change.reason
                assert change.actor
                state = change.state
            assert state == label.state

    @rule(who=NUMBERS)
    def look_around(self, who: int) -> None:
        """Everybody sees the cases in which he has a part, and no others."""
        from cradlemark.portal.desk import visible_cases
        from cradlemark.registry.cases.models import Case
        from cradlemark.registry.people.models import Membership

        actor = self.actor(who)
        roles = set(Membership.objects.filter(user=actor.user).values_list("role", flat=True))
        part = [
            case.number
            for case in Case.objects.all()
            if roles & PROGRAMME_ROLES
            or case.applicant_id == actor.organisation.pk
            or (case.body_id == actor.organisation.pk and case.verifier_id == actor.user.pk)
        ]
        assert sorted(visible_cases(actor.user).values_list("number", flat=True)) == sorted(part)

    @invariant()
    def log_and_numbers_have_no_gap(self) -> None:
        from cradlemark.registry.cases.models import Case
        from cradlemark.registry.labels.models import Label
        from cradlemark.registry.log.models import Entry

        for rows, first in ((Entry.objects.values_list("index", flat=True), 0), (Label.objects.values_list("sequence", flat=True), 0),
                            (Case.objects.order_by("number").values_list("number", flat=True), 1)):  # fmt: skip
            assert list(rows) == list(range(first, first + len(rows)))


class Signs:
    """Signs credentials for the machine: what is signed is not what is tested here."""

    label = staticmethod(sign)


SIGNS: Any = Signs()
