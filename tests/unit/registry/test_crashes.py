"""Killed at any point: nothing lost, nothing twice, no gap, no fork; the next run repairs the rest."""

from __future__ import annotations

import os
import random
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from tests.unit.registry.builders import NOW, SIGNER, model_claim, numbered, sign

from cradlemark.registry.files import read_file
from cradlemark.registry.home import Home
from cradlemark.trust.audit import CHECKPOINT, audit
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint
from cradlemark.trust.merkle import EMPTY_ROOT, consistency_proof, verify_consistency
from cradlemark.trust.notes import key_of
from cradlemark.trust.policy import Policy
from cradlemark.trust.tiles import tile_hashes

ROUNDS = 200 if "CI" in os.environ else 40
PASSPHRASE = "several words in a row"
KEY = key_of("example.org/labels", SIGNER)


def work(home: Home, number: int, acknowledged: int) -> None:
    """Issue, revoke, replace a key and publish until killed; what is answered is written down first."""
    from cradlemark.label.programme_reader import load_programme
    from cradlemark.registry.keys.store import replace_key
    from cradlemark.registry.labels.change import ChangeRequest, change_state
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.log.publish import LOG, publish

    steps = load_programme("demonstration").label_steps
    source = random.Random(number)
    state, made = None, 0
    os.write(acknowledged, b"ready\n")
    while True:
        if source.random() < 0.25:
            key = replace_key(home, "credential", passphrase=PASSPHRASE, time=NOW)
            os.write(acknowledged, f"key\t{key.id}\n".encode())
        requests = [
            IssueRequest(f"round {number} case {made + n}", numbered) for n in range(source.randint(1, 4))
        ]
        labels = issue(requests, mark="DEMO", time=NOW, sign=sign)
        made += len(requests)
        for request, label in zip(requests, labels, strict=True):
            os.write(acknowledged, f"{request.key}\t{label.number}\n".encode())
        if source.random() < 0.3:
            revoked = labels[0].number
            change = ChangeRequest(f"revoke {revoked}", revoked, "revoke", "decision_maker", "x", "Drill.")
            change_state(change, steps=steps, time=NOW)
            os.write(acknowledged, f"revoked\t{revoked}\n".encode())
        if source.random() < 0.5:
            state = publish(home.public / LOG, home.origin, SIGNER, state=state)


def killed_round(home: Home, number: int, source: random.Random) -> list[list[str]]:
    """Let a child work and kill it; returns what it had answered."""
    from django.db import connections

    connections.close_all()
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            work(home, number, write_end)
        finally:
            os._exit(1)
    os.close(write_end)
    told = b""
    wanted = source.randint(
        1, 5
    )  # answers, counted with "ready"; so a busy machine is killed as late as an idle one
    while told.count(b"\n") < wanted:
        more = os.read(read_end, 4096)
        assert more, "the child ended by itself"
        told += more
    time.sleep(source.uniform(0.0, 0.05))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    with os.fdopen(read_end, "rb") as answers:
        told += answers.read()
    lines = told.decode().split("\n")[1:-1]
    return [line.split("\t") for line in lines]


def published(home: Home) -> Checkpoint:
    folder = home.public / "log"
    if not (folder / CHECKPOINT).exists():
        return Checkpoint(home.origin, 0, EMPTY_ROOT)
    return open_checkpoint(read_file(folder, CHECKPOINT), KEY)[0]


@pytest.mark.slow
def test_nothing_is_lost_when_the_process_is_killed(home: Home) -> None:
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.keys.store import make_keys, signer_of
    from cradlemark.registry.labels.issue import IssueRequest, finish, issue
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.log.models import Entry
    from cradlemark.registry.log.publish import LOG, publish

    source = random.Random(20261128)
    answered: dict[str, str] = {}
    revoked: set[str] = set()
    keys: set[str] = {key.id for key in make_keys(home, passphrase=PASSPHRASE, time=NOW)}
    slowest = 0.0
    model_claim()  # made once, not by every child
    for number in range(ROUNDS):
        before = published(home)
        for key, value in killed_round(home, number, source):
            if key == "revoked":
                revoked.add(value)
            elif key == "key":
                keys.add(value)
            else:
                assert answered.setdefault(key, value) == value
        start = time.perf_counter()
        finish(sign)
        publish(home.public / LOG, home.origin, SIGNER)
        slowest = max(slowest, time.perf_counter() - start)
        after = published(home)
        hash_at = tile_hashes(partial(read_file, home.public / "log"), after.size)
        verify_consistency(
            old=before.size, old_root=before.root, new=after.size, new_root=after.root,
            proof=consistency_proof(before.size, after.size, hash_at),
        )  # fmt: skip
        stored = dict(Label.objects.values_list("request", "number"))
        assert answered.items() <= stored.items(), "an answered label is lost"
        assert not Label.objects.filter(credential="").exists()
        assert not Label.objects.filter(number__in=revoked).exclude(state="revoked").exists()
        assert list(Label.objects.values_list("sequence", flat=True)) == list(range(len(stored)))
        assert keys <= set(Key.objects.values_list("id", flat=True)), "an answered key is lost"
        assert Key.objects.filter(until=None).count() == 3
        signer_of(home, "credential", passphrase=PASSPHRASE)
        others = Entry.objects.filter(kind="state").count() + Key.objects.count()
        assert Entry.objects.count() == after.size == len(stored) + others
    again = [IssueRequest(key, numbered) for key in list(answered)[:50]]
    repeated = issue(again, mark="DEMO", time=NOW, sign=sign)
    assert [label.number for label in repeated] == [answered[request.key] for request in again]
    found = audit(partial(read_file, home.public / "log"), home.origin, Policy((KEY,)))
    assert found.problems == ()
    assert len(answered) > ROUNDS / 4
    assert len(keys) > 3
    assert revoked
    assert not list(Path(home.folder).rglob("*.sqlite3-journal"))
    print(f"{ROUNDS} kills, {len(answered)} labels answered, slowest repair {slowest:.2f} s")
