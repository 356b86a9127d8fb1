"""The portal killed at any point while people use it: nothing lost, nothing twice, no gap, no fork; the next start repairs the rest.

CRADLEMARK_KILLS says how often (default 5, which takes less than a minute on each database).
"""

from __future__ import annotations

import datetime
import os
import random
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cradlemark.portal.demonstrate import PASSWORD
from cradlemark.registry.home import Home
from cradlemark.trust.checkpoints import Checkpoint
from tests.machine import within
from tests.portal.killed_portal import PASSPHRASE, PEOPLE, Server, Task, Visitor, Work, killed_round, until
from tests.register_checks import check_files, check_growth, check_labels, published
from tests.registers import DATABASES, Registers, skip_unless_reachable

KILLS = int(os.environ.get("CRADLEMARK_KILLS", "5"))
PERIOD = 30
"""How long a code of the second factor holds [s]."""
SEED = int(os.environ.get("CRADLEMARK_KILLS_SEED", "20261129"))
LONGEST_REPAIR = 2.0
"""Processor time of the server until the log is published again [s]."""
AT_ONCE = 40
"""Cases that wait for a decision at the beginning of a round; more than are decided in one."""


@pytest.fixture(scope="session")
def reviewed_registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    """Registers with people who have second factors, and one case that was reviewed."""
    made = Registers(tmp_path_factory.mktemp("reviewed"), make_reviewed)
    yield made
    made.drop()


@pytest.fixture(params=DATABASES)
def reviewed(
    reviewed_registers: Registers, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Home]:  # fmt: skip
    skip_unless_reachable(request.param)
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", PASSPHRASE)
    with reviewed_registers.copy(request.param, tmp_path / "home") as made:
        yield made


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def make_reviewed(folder: Path) -> None:
    from cradlemark.portal.demonstrate import main
    from cradlemark.portal.showcase.cases import Play
    from cradlemark.portal.showcase.people import MAKING, Cast
    from cradlemark.portal.showcase.studies import content
    from cradlemark.registry.home import open_home
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.people.actor import actor
    from cradlemark.registry.people.models import Membership

    main(folder)
    home, time = open_home(folder), now()
    roles = {one.role: actor(one.user, one.role) for one in Membership.objects.select_related("user")}
    product = content()["products"][0]
    cast = Cast(roles, {product["maker"]: {role: roles[role] for role in MAKING}})
    play = Play(home, credential_signer(home, passphrase=PASSPHRASE, time=time), cast, time)
    play.hand_in(0, product["id"], 1.0, time)
    play.step(0, "accept", "officer", "Complete.", time)
    play.plan(0, time)
    play.begin(0, time)
    play.opinion(0, "unmodified", time)
    play.step(0, "review", "technical_reviewer", "Reviewed.", time)
    from django.db import connections

    connections.close_all()


def second_factors(home: Home) -> dict[str, str]:
    """Give everybody who works a confirmed address and a code generator; its secret for each."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from cradlemark.registry.people.actor import join
    from cradlemark.registry.people.models import PROGRAMME, Organisation, User

    found, office = {}, Organisation.objects.get(kind=PROGRAMME)
    for person, role in PEOPLE.items():
        user = User.objects.filter(email=f"{person}@example.org").first() or User.objects.create_user(
            f"{person}@example.org", PASSWORD
        )
        join(user, office, role)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        found[person] = generate_totp_secret()
        TOTP.activate(user, found[person])
    return found


def code_of(secret: str) -> str:
    """A code that holds for some time still: it is asked for by another process."""
    from allauth.mfa.totp.internal import auth

    left = PERIOD - time.time() % PERIOD
    if left < PERIOD / 2:
        time.sleep(left)
    return auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))


def more_cases(count: int) -> list[str]:
    """Cases like the reviewed one, with all that was written down in it; their numbers."""
    from cradlemark.registry.cases.models import Case, CaseStep, Declaration, Opinion

    model = Case.objects.get(number=1)
    first = Case.objects.order_by("-number").values_list("number", flat=True)[0] + 1
    parts = [(kind, list(kind.objects.filter(case=model))) for kind in (CaseStep, Declaration, Opinion)]
    model.label, made = None, model.product
    for number in range(first, first + count):
        made.pk = None  # each of a product of its own: no label follows another
        made.save(force_insert=True)
        model.product = made
        model.pk, model.number, model.request = None, number, f"drill {number}"
        model.save(force_insert=True)
        for _kind, rows in parts:
            for row in rows:
                row.pk, row.case = None, model
                row.save(force_insert=True)
    return [str(number) for number in range(first, first + count)]


def repaired(server: Server, work: Work) -> float:
    """Publish by the portal's own button; processor time of the server until the log is there again [s]."""
    from cradlemark.registry.log.models import Entry

    stored, before, told = Entry.objects.count(), server.processor_time(), []

    def publish() -> None:
        from cradlemark.registry.publication.models import Outbox
        from cradlemark.registry.publication.outbox import ARTWORK

        while published(server.home).size < stored or Outbox.objects.exclude(kind=ARTWORK).exists():
            told.append(work.visitors["officer"].send("/programme/publish/"))
        from django.db import connections

        connections.close_all()

    thread = threading.Thread(target=publish)
    thread.start()
    until(lambda: published(server.home).size >= stored or not thread.is_alive(), "nothing is published")
    used = server.processor_time() - before
    thread.join()
    assert {status for status, _ in told} <= {302}, told
    assert published(server.home).size == Entry.objects.count()
    return used


def check(home: Home, work: Work, before: Checkpoint, source: random.Random) -> None:
    """Everything that somebody was answered, in the store and in what is published."""
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.labels.models import Change

    answered = {f"case {case}": number for case, number in work.labels.items()}
    check_labels(answered, {"revoked": {one.subject for one in work.done if one.kind == "revoke"}})
    changes = dict(Change.objects.values_list("request", "label"))
    expected = {one.key: one.subject for one in work.done if one.kind in {"suspend", "clear", "revoke"}}
    assert expected.items() <= changes.items(), "an answered change is lost"
    assert not {one.key for one in work.refused} & changes.keys(), "something refused was done"
    granted = {one.subject for one in work.done if one.kind == "grant"}
    states = {
        str(number): (state, steps)
        for number, state, steps in Case.objects.values_list("number", "state", "label")
    }
    assert {states[number][0] for number in granted} <= {"granted", "closed"}, "an answered decision is lost"
    assert all((state == "closed") == (label is not None) for state, label in states.values())
    check_steps_once()
    check_growth(home, before)
    check_files(home, source, time=now())


def check_steps_once() -> None:
    """No case was decided or registered twice."""
    from django.db.models import Count

    from cradlemark.registry.cases.models import CaseStep

    taken = CaseStep.objects.values("case", "step").annotate(count=Count("id"))
    assert {row["count"] for row in taken} == {1}, "a step was taken twice"


@pytest.mark.slow
def test_nothing_is_lost_when_the_portal_is_killed(reviewed: Home) -> None:
    from cradlemark.registry.operation.audit import audit_register
    from tests.portal.api_client import token_for

    source, server = random.Random(SEED), Server.beside(reviewed)
    secrets = second_factors(reviewed)
    program = Visitor(server, token=token_for("decision_maker"))
    work = Work({person: Visitor(server) for person in PEOPLE}, program, [])
    before, slowest, flown, interrupted = published(reviewed), 0.0, 0, 0
    try:
        for number in range(KILLS + 1):
            server.start()
            if number == 0:
                for person, visitor in work.visitors.items():
                    visitor.sign_in(f"{person}@example.org", PASSWORD, partial(code_of, secrets[person]))
            slowest = max(slowest, repaired(server, work))
            for task in sorted(work.flying, key=lambda task: task.key):
                work.do(task)
            assert not work.faults, work.faults
            repaired(server, work)
            check(reviewed, work, before, source)
            if number < KILLS:
                before = published(reviewed)
                work.cases.extend(more_cases(AT_ONCE - len(work.cases)))
                under_way = killed_round(server, work, source)
                flown, interrupted = flown + under_way, interrupted + (under_way > 0)
        again = [Task("register", case, "officer.second", key=case) for case in list(work.labels)[:25]]
        again += [one for one in work.done if one.kind == "revoke"][:25]
        entries = published(reviewed).size
        for task in again:
            work.do(task)
        assert not work.faults, work.faults
        repaired(server, work)
        assert published(reviewed).size == entries, "something repeated was done again"
        check(reviewed, work, before, source)
    finally:
        if server.process is not None:
            server.kill()
    found = audit_register(reviewed, time=now())
    assert found.problems == ()
    kinds = {kind: sum(one.kind == kind for one in work.done) for kind in ("grant", "register", "suspend", "clear", "revoke", "publish")}  # fmt: skip
    assert within(slowest, LONGEST_REPAIR)
    assert interrupted > KILLS / 2, "the server was idle when it was killed"
    assert len(work.labels) >= KILLS / 2
    print(
        f"{KILLS} kills with {flown} requests under way, {len(work.labels)} labels, answered {kinds}, refused {len(work.refused)}, "
        f"{entries} entries; slowest repair {slowest:.2f} s of processor"
    )
