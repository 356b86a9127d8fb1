"""Witnesses of a programme: who they are is in the log; whatever they do, nothing is lost and nothing goes out without them."""

from __future__ import annotations

import datetime
import http.client
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from tests.registers import DATABASES, Registers, skip_unless_reachable
from tests.unit.registry.builders import numbered

from cradlemark.core.errors import CradlemarkError, TrustError
from cradlemark.registry.home import Home, create_home
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint
from cradlemark.trust.notes import WITNESS_KEY, VerifierKey, cosign, key_of, read_note
from cradlemark.trust.policy import read_policy
from cradlemark.trust.signers import KeySigner
from cradlemark.trust.trust_files import TrustFile, read_trust_file
from cradlemark.trust.witness import answer

PASSPHRASE = "several words in a row"
NOW = datetime.datetime(2026, 11, 28, 12, 0, tzinfo=datetime.UTC)
SECONDS = int(NOW.timestamp())
PROGRAMME = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()
NAMES = ("alpha", "beta", "gamma")


@attrs.define
class Witness:
    """A witness without network, that can be told to misbehave."""

    name: str
    signer: KeySigner
    log: VerifierKey | None = None
    latest: dict[str, Checkpoint] = attrs.field(factory=dict)
    bad: Callable[[Witness, bytes], tuple[int, bytes]] | None = None
    asked: int = 0

    @property
    def key(self) -> VerifierKey:
        return key_of(f"w.example/{self.name}", self.signer, kind=WITNESS_KEY)

    def honest(self, body: bytes, *, moment: int = SECONDS) -> tuple[int, bytes]:
        given = answer(
            body, name=self.key.name, signer=self.signer, logs=[self.log] if self.log else [], latest=self.latest,
            time=moment,
        )  # fmt: skip
        if given.seen is not None:
            self.latest[given.seen.origin] = given.seen
        return given.status, given.body

    def __call__(self, body: bytes) -> tuple[int, bytes]:
        self.asked += 1
        return self.bad(self, body) if self.bad else self.honest(body)


def signer(seed: int) -> KeySigner:
    return KeySigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


SIGNERS = {name: signer(seed) for seed, name in enumerate(NAMES, start=60)}


def make_witnessed(folder: Path) -> None:
    """A published register; stored, but not published, is that two of three witnesses have to sign."""
    home = create_home(folder, programme=PROGRAMME, origin="example.org/labels")
    from cradlemark.registry.keys.store import make_keys
    from cradlemark.registry.witnesses.configure import add_witness, set_quorum

    make_keys(home, passphrase=PASSPHRASE, time=NOW)
    publish(home)
    for name, one in SIGNERS.items():
        key = key_of(f"w.example/{name}", one, kind=WITNESS_KEY)
        add_witness(name, str(key), f"https://{name}/", quorum=None, time=NOW)
    set_quorum(2, time=NOW)


@pytest.fixture(scope="session")
def witnessed_registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    made = Registers(tmp_path_factory.mktemp("witnessed"), make_witnessed)
    yield made
    made.drop()


@pytest.fixture(params=DATABASES)
def home(witnessed_registers: Registers, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    skip_unless_reachable(request.param)
    with witnessed_registers.copy(request.param, tmp_path / "home") as made:
        yield made


@pytest.fixture
def network(home: Home, monkeypatch: pytest.MonkeyPatch) -> dict[str, Witness]:
    """Three witnesses, reached through a network that is a dictionary."""
    from cradlemark.registry.publication import publish as module

    log = trust(home).policy.logs[0]
    known = {name: Witness(name, one, log) for name, one in SIGNERS.items()}

    def post(address: str, body: bytes) -> tuple[int, bytes]:
        host, _, path = address.removeprefix("https://").partition("/")
        assert path == "add-checkpoint"
        return known[host](body)

    asking = module.Asking
    monkeypatch.setattr(
        module, "Asking", lambda who, moment, _post: asking(who, moment, post, pause=0.0, deadline=0.5)
    )
    return known


def publish(home: Home):  # type: ignore[no-untyped-def]
    from cradlemark.registry.publication.publish import publish_all

    return publish_all(home, passphrase=PASSPHRASE, time=NOW)


def issued(home: Home, case: str = "case", bundle: str = "3") -> str:
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer

    sign = credential_signer(home, passphrase=PASSPHRASE, time=NOW).label
    request = IssueRequest(case, partial(numbered, bundle=bundle))
    return str(issue([request], mark="DEMO", time=NOW, sign=sign)[0].number)


def trust(home: Home) -> TrustFile:
    return read_trust_file((home.public / "trust.json").read_bytes())


def checkpoint(home: Home) -> bytes:
    return (home.public / "log" / "checkpoint").read_bytes()


def seen_by(home: Home) -> tuple[str, ...]:
    policy = trust(home).policy
    return policy.require(open_checkpoint(checkpoint(home), policy).verified)


def missed(home: Home) -> str:
    with pytest.raises(TrustError) as caught:
        publish(home)
    assert caught.value.code == "quorum-missed"
    return caught.value.message.en


def test_enough_of_them_sign_and_the_trust_file_asks_for_them(
    home: Home, network: dict[str, Witness]
) -> None:
    outcome = publish(home)
    assert outcome.problems == ()
    assert seen_by(home) == NAMES
    found = trust(home)
    assert (found.quorum, found.policy.quorum) == (2, "quorum")
    assert read_policy((home.public / "log-policy.txt").read_text()).witnesses == found.policy.witnesses
    document = json.loads((home.public / "trust.json").read_bytes())
    assert document["witnesses"]["alpha"]["address"] == "https://alpha"


def test_each_change_is_an_entry_of_the_log(home: Home, network: dict[str, Witness]) -> None:
    from cradlemark.registry.log.models import Entry
    from cradlemark.registry.witnesses.configure import remove_witness, witnesses

    remove_witness("beta", quorum=1, time=NOW)
    entries = [json.loads(bytes(one.record)) for one in Entry.objects.filter(kind="witnesses")]
    assert [one["change"] for one in entries] == [
        "add alpha",
        "add beta",
        "add gamma",
        "quorum 2",
        "remove beta",
    ]
    assert [one["quorum"] for one in entries] == [0, 0, 0, 2, 1]
    assert list(entries[-1]["witnesses"]) == ["alpha", "gamma"]
    assert list(witnesses().keys) == ["alpha", "gamma"]
    first = Entry.objects.filter(kind="witnesses").first()
    assert list(witnesses(size=first.index + 1).keys) == ["alpha"]
    assert witnesses(size=first.index).quorum == 0


def test_one_that_fails_is_told_and_not_missed(home: Home, network: dict[str, Witness]) -> None:
    network["beta"].bad = unreachable
    (problem,) = publish(home).problems
    assert (problem.where, problem.code) == ("witness beta", "witness-unreachable")
    assert "no route" in problem.message.en
    assert seen_by(home) == ("alpha", "gamma")


def test_without_enough_of_them_nothing_new_is_published_and_nothing_is_lost(
    home: Home, network: dict[str, Witness]
) -> None:
    publish(home)
    before = checkpoint(home)
    number = issued(home)
    folder = home.public / "l" / number
    network["alpha"].bad = network["gamma"].bad = unreachable
    told = missed(home)
    assert "1 of 3 witnesses have signed, 2 are needed" in told
    assert "witness alpha: it cannot be reached: no route" in told
    assert "witness gamma" in told
    assert "witness beta" not in told
    assert checkpoint(home) == before
    assert not folder.exists(), "a label is published that no witness has seen"
    missed(home)
    network["alpha"].bad = None
    publish(home)
    assert seen_by(home) == ("alpha", "beta")
    assert (folder / "label.tlog-proof").exists()


def test_a_label_is_revoked_for_all_to_see_without_waiting_for_witnesses(
    home: Home, network: dict[str, Witness]
) -> None:
    from cradlemark.label.programme_reader import load_programme
    from cradlemark.registry.labels.change import ChangeRequest, change_state

    number = issued(home)
    publish(home)
    before = checkpoint(home)
    folder = home.public / "l" / number
    proof = (folder / "label.tlog-proof").read_bytes()
    lists = {path.name: path.read_text() for path in (home.public / "status").iterdir()}
    for one in network.values():
        one.bad = unreachable
    change = ChangeRequest("x", number, "revoke", "decision_maker", "x", "Drill.")
    change_state(change, steps=load_programme("demonstration").label_steps, time=NOW)
    missed(home)
    assert json.loads((folder / "status.json").read_bytes())["state"] == "revoked"
    assert all((home.public / "status" / name).read_text() != text for name, text in lists.items())
    assert (checkpoint(home), (folder / "label.tlog-proof").read_bytes()) == (before, proof)
    for one in network.values():
        one.bad = None
    assert publish(home).written == 1, "what was published early is crossed off"
    assert (folder / "label.tlog-proof").read_bytes() != proof


def test_a_trust_file_asks_for_no_more_than_what_is_published(
    home: Home, network: dict[str, Witness]
) -> None:
    """Witnesses that were added do not answer: the published files still belong together."""
    number = issued(home)
    for one in network.values():
        one.bad = unreachable
    missed(home)
    assert trust(home).quorum == 0
    open_checkpoint(checkpoint(home), trust(home).policy)
    for one in network.values():
        one.bad = None
    publish(home)
    assert trust(home).quorum == 2
    assert (home.public / "l" / number / "label.tlog-proof").exists()


def test_old_proofs_get_the_signatures_of_new_witnesses(home: Home, network: dict[str, Witness]) -> None:
    from cradlemark.registry.witnesses.configure import set_quorum
    from cradlemark.trust.log_proofs import read_log_proof, verify_log_proof

    folder = home.public / "l" / issued(home)
    set_quorum(0, time=NOW)
    for one in network.values():
        one.bad = unreachable
    assert len(publish(home).problems) == 3
    old = (folder / "label.tlog-proof").read_bytes()
    for one in network.values():
        one.bad = None
    set_quorum(3, time=NOW)
    publish(home)
    entry, policy = (folder / "entry.json").read_bytes(), trust(home).policy
    with pytest.raises(TrustError) as caught:
        verify_log_proof(read_log_proof(old), entry, policy)
    assert caught.value.code == "quorum-missed"
    now = read_log_proof((folder / "label.tlog-proof").read_bytes())
    assert verify_log_proof(now, entry, policy).witnesses == NAMES


def unreachable(_witness: Witness, _body: bytes) -> tuple[int, bytes]:
    raise OSError("no route")


def says(status: int, body: bytes) -> Callable[[Witness, bytes], tuple[int, bytes]]:
    return lambda _witness, _body: (status, body)


def lying(witness: Witness, body: bytes) -> tuple[int, bytes]:
    """Signs another text."""
    text = "example.org/labels\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    return 200, str(cosign(text, witness.key.name, witness.signer, time=SECONDS)).encode()


def posing(witness: Witness, body: bytes) -> tuple[int, bytes]:
    """Signs with a key of somebody else."""
    note = read_note(body.partition(b"\n\n")[2])
    return 200, str(cosign(note.text, witness.key.name, signer(1), time=SECONDS)).encode()


def out_of_time(witness: Witness, body: bytes) -> tuple[int, bytes]:
    return witness.honest(body, moment=SECONDS + 86_400)


def slow(witness: Witness, body: bytes) -> tuple[int, bytes]:
    time.sleep(1.5)
    return witness.honest(body)


def broken(_witness: Witness, _body: bytes) -> tuple[int, bytes]:
    raise http.client.BadStatusLine("what")


def endless(_witness: Witness, body: bytes) -> tuple[int, bytes]:
    """Names another size each time."""
    old = int(body.split(b"\n")[0].split(b" ")[1])
    return 409, b"%d\n" % (old + 1)


@pytest.mark.parametrize(
    ("bad", "code", "told"),
    [
        (unreachable, "witness-unreachable", "no route"),
        (broken, "witness-unreachable", "what"),
        (slow, "witness-unreachable", "not answered within 0.5 s"),
        (says(503, b"later"), "witness-unreachable", "answers 503"),
        (lying, "witness-wrong", "does not fit"),
        (posing, "witness-wrong", "no trusted key"),
        (says(200, b""), "witness-wrong", "no signatures"),
        (says(200, b"<html>\n"), "witness-wrong", "broken"),
        (out_of_time, "witness-clock", "86400 s"),
        (says(409, b"4000\n"), "witness-ahead", "seen 4000 entries of this log, but only"),
        (says(409, b"0\n"), "witness-fork", "another log of 0 entries"),
        (says(409, b"roots differ\n"), "witness-fork", "roots differ"),
        (says(409, b"9" * 30), "witness-fork", "999"),
        (says(422, b"proof is wrong\n"), "witness-fork", "proof is wrong"),
        (says(403, b"who are you"), "witness-unaware", "does not know the key"),
        (says(404, b"\x1b[31mnever heard"), "witness-unaware", "␛[31mnever heard"),
        (says(400, b"what"), "witness-refused", "400: what"),
        (says(302, b""), "witness-refused", "302"),
        (endless, "witness-refused", "another size each time"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("home", ["sqlite"], indirect=True)  # nothing of it depends on the database
def test_what_a_witness_can_do_wrong(
    home: Home, network: dict[str, Witness], bad: Callable[[Witness, bytes], tuple[int, bytes]], code: str, told: str
) -> None:  # fmt: skip
    issued(home)
    network["gamma"].bad = bad
    (problem,) = publish(home).problems
    assert (problem.where, problem.code) == ("witness gamma", code)
    assert told in problem.message.en
    assert problem.hint.en
    assert seen_by(home) == ("alpha", "beta")
    assert b"w.example/gamma" not in checkpoint(home)
    network["beta"].bad = bad
    issued(home, "next")
    assert told in missed(home)
    network["beta"].bad = network["gamma"].bad = None
    publish(home)
    assert seen_by(home) == NAMES


def test_one_that_stumbles_is_asked_once_more(home: Home, network: dict[str, Witness]) -> None:
    def stumbling(witness: Witness, body: bytes) -> tuple[int, bytes]:
        return (502, b"") if witness.asked == 1 else witness.honest(body)

    network["alpha"].bad = stumbling
    assert publish(home).problems == ()
    assert network["alpha"].asked == 2


def test_one_that_has_seen_more_than_is_published_gets_a_proof_from_there(
    home: Home, network: dict[str, Witness]
) -> None:
    """It has signed what was not published because the others were away."""
    publish(home)
    asked = {name: one.asked for name, one in network.items()}
    issued(home)
    network["alpha"].bad = network["gamma"].bad = unreachable
    missed(home)
    size = network["beta"].latest[home.origin].size
    issued(home, "next")
    network["alpha"].bad = network["gamma"].bad = None
    publish(home)
    assert network["beta"].latest[home.origin].size == size + 1
    assert network["beta"].asked - asked["beta"] == 3, "its size is asked for once"
    assert network["alpha"].latest[home.origin].size == size + 1


def test_a_known_witness_is_asked_once(home: Home, network: dict[str, Witness]) -> None:
    publish(home)
    asked = network["alpha"].asked
    issued(home)
    publish(home)
    assert network["alpha"].asked == asked + 1


def test_it_notices_an_old_database_and_another_log(
    home: Home, network: dict[str, Witness], witnessed_registers: Registers, tmp_path: Path
) -> None:
    issued(home)
    issued(home, "more")
    publish(home)
    with witnessed_registers.copy(connection.vendor, tmp_path / "copy") as copy:
        issued(copy, "other", "5")
        told = missed(copy)
        assert "entries of this log, but only" in told
        issued(copy, "another", "5")
        assert "another log of" in missed(copy)
        issued(copy, "a third", "5")
        assert "not the beginning of this log" in missed(copy)


def refused(done: Callable[[], object]) -> str:
    with pytest.raises(CradlemarkError) as caught:
        done()
    return caught.value.code


def test_what_cannot_be_configured(home: Home, network: dict[str, Witness]) -> None:
    from cradlemark.registry.log.models import Entry
    from cradlemark.registry.witnesses.configure import MOST, add_witness, remove_witness, set_quorum

    count = Entry.objects.count()
    key = key_of("w.example/delta", signer(100), kind=WITNESS_KEY)
    log = trust(home).policy.logs[0]

    def add(name: str, vkey: object, address: str = "https://w", quorum: int | None = None) -> str:
        return refused(lambda: add_witness(name, str(vkey), address, quorum=quorum, time=NOW))

    assert add("delta", log) == "key-invalid"
    assert add("delta", "what") == "key-invalid"
    assert add("alpha", key) == "witness-known"
    assert add("delta", network["alpha"].key) == "witness-known"
    for address in ("file:///etc/passwd", "w.example", "https://a b", "ftp://w"):
        assert add("delta", key, address) == "address-invalid"
    for name in ("", "none", "quorum", "a b", "见证", "x" * 61, 'a"', "a\n", "a\tb"):
        assert add(name, key) == "witness-name"
    assert add("delta", key, quorum=5) == "quorum-invalid"
    assert refused(lambda: set_quorum(4, time=NOW)) == "quorum-invalid"
    assert refused(lambda: remove_witness("delta", quorum=None, time=NOW)) == "witness-unknown"
    remove_witness("alpha", quorum=None, time=NOW)
    assert refused(lambda: remove_witness("beta", quorum=None, time=NOW)) == "quorum-invalid"
    for number in range(MOST - 2):
        add_witness(f"w{number}", str(key_of(f"w.example/{number}", signer(150 + number), kind=WITNESS_KEY)), "https://w", quorum=None, time=NOW)  # fmt: skip
    assert add("delta", key) == "witness-many"
    assert Entry.objects.count() == count + 1 + MOST - 2
