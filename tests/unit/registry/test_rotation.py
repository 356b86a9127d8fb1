"""Keys replaced and lost: what was signed stays checkable, or is signed anew."""

from __future__ import annotations

import base64
import datetime
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.registers import DATABASES, Registers, skip_unless_reachable
from tests.unit.registry.builders import model_claim, numbered

from cradlemark.core.errors import CradlemarkError
from cradlemark.label.claim import Claim, read_claim
from cradlemark.label.credential_verification import Verdict, controller_of, verify_credential
from cradlemark.registry.files import names_below
from cradlemark.registry.home import Home, create_home
from cradlemark.trust.envelopes import read_envelope
from cradlemark.trust.key_documents import read_did_document
from cradlemark.trust.key_statements import check_statement
from cradlemark.trust.trust_files import read_trust_file

PASSPHRASE = "several words in a row"
BEGIN = datetime.datetime(2026, 11, 28, 12, 0, tzinfo=datetime.UTC)
LATER = BEGIN + datetime.timedelta(days=30)
PROGRAMME = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()
ROUNDS = 200 if "CI" in os.environ else 12


def make_keyed(folder: Path) -> None:
    """A register with keys and six labels, one suspended and one revoked, published."""
    home = create_home(folder, programme=PROGRAMME, origin="example.org/labels")
    from cradlemark.label.programme_reader import load_programme
    from cradlemark.registry.keys.store import make_keys
    from cradlemark.registry.labels.change import ChangeRequest, change_state
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer

    make_keys(home, passphrase=PASSPHRASE, time=BEGIN)
    sign = credential_signer(home, passphrase=PASSPHRASE, time=BEGIN)
    requests = [IssueRequest(f"case {number}", numbered) for number in range(6)]
    labels = issue(requests, mark="DEMO", time=BEGIN, sign=sign.label)
    steps = load_programme("demonstration").label_steps
    for label, step, role in ((labels[1], "suspend", "officer"), (labels[2], "revoke", "decision_maker")):
        change_state(ChangeRequest(step, label.number, step, role, "x", "Drill."), steps=steps, time=BEGIN)
    publish(home, BEGIN)


@pytest.fixture(scope="session")
def keyed_registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    made = Registers(tmp_path_factory.mktemp("keyed"), make_keyed)
    yield made
    made.drop()


@pytest.fixture(params=DATABASES)
def home(keyed_registers: Registers, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    skip_unless_reachable(request.param)
    with keyed_registers.copy(request.param, tmp_path / "home") as made:
        yield made


def publish(home: Home, moment: datetime.datetime) -> int:
    """As ``cradlemark log publish`` does it."""
    from cradlemark.registry.keys.log_keys import log_keys
    from cradlemark.registry.labels.resign import sign_again
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.log.publish import LOG
    from cradlemark.registry.log.publish import publish as publish_log
    from cradlemark.registry.publication.label_files import publish_waiting

    credentials = credential_signer(home, passphrase=PASSPHRASE, time=moment)
    with home.alone():
        done = sign_again(credentials.label)
        state = publish_log(home.public / LOG, log_keys(home, passphrase=PASSPHRASE, time=moment))
        publish_waiting(home, state, credentials)
    return done


def rotate(home: Home, *, compromised: bool, moment: datetime.datetime = LATER) -> str:
    from cradlemark.registry.keys.replace import replace_key

    made = replace_key(home, "credential", passphrase=PASSPHRASE, time=moment, compromised=compromised)
    return str(made.id)


def credentials(home: Home) -> dict[int, str]:
    """Published credentials by sequence."""
    from cradlemark.registry.labels.models import Label

    paths = {label.sequence: label.number for label in Label.objects.all()}
    return {
        sequence: (home.public / "l" / path / "credential.jwt").read_text("ascii")
        for sequence, path in paths.items()
    }


def verdict(home: Home, text: str, *, did: bool = False) -> Verdict:
    """What a stranger finds who has the published files."""
    trust = read_trust_file((home.public / "trust.json").read_bytes())
    known = read_did_document((home.public / "did.json").read_bytes()) if did else controller_of(trust)
    status = home.public / "status"
    lists = [(status / name).read_text("ascii") for name in names_below(status)]
    number = json.loads(read_envelope(text).payload)["credentialSubject"]["id"].rpartition("/")[2]
    claim = read_claim((home.public / "l" / number / "claim.json").read_bytes())
    return verify_credential(text, controller=known, now=LATER, status_lists=lists, claim=claim)


def failing(found: Verdict) -> list[str]:
    return [check.id for check in found.checks if check.outcome == "fails"]


EXPECTED = {0: [], 1: ["suspension"], 2: ["suspension", "revocation"], 3: [], 4: [], 5: []}


def test_published_credentials_tell_the_states(home: Home) -> None:
    assert {place: failing(verdict(home, text)) for place, text in credentials(home).items()} == EXPECTED


def test_a_replaced_key_vouches_for_what_it_signed(home: Home) -> None:
    before = credentials(home)
    assert rotate(home, compromised=False) == "credential-2"
    assert publish(home, LATER) == 0
    assert credentials(home) == before
    for did in (False, True):
        found = {place: failing(verdict(home, text, did=did)) for place, text in before.items()}
        assert found == EXPECTED
    keys = json.loads((home.public / "jwks.json").read_bytes())["keys"]
    assert [one["kid"].rpartition("#")[2] for one in keys] == ["credential-1", "credential-2"]


def test_it_vouches_for_nothing_that_is_signed_later(home: Home) -> None:
    from cradlemark.registry.labels.sign import credential_signer

    stolen = credential_signer(home, passphrase=PASSPHRASE, time=LATER + datetime.timedelta(days=1))
    rotate(home, compromised=False)
    publish(home, LATER)
    assert failing(verdict(home, stolen.label(read_stored(home, 0), 0))) == ["key_time"]


def read_stored(home: Home, sequence: int):  # type: ignore[no-untyped-def]
    from cradlemark.registry.labels.issue import stored_claim
    from cradlemark.registry.labels.models import Label

    return stored_claim(Label.objects.get(sequence=sequence))


def test_live_labels_are_signed_anew_when_a_key_is_lost(home: Home) -> None:
    before = credentials(home)
    rotate(home, compromised=True)
    assert publish(home, LATER) == 5
    after = credentials(home)
    for did in (False, True):
        assert {failing(verdict(home, text, did=did))[0] for text in before.values()} == {"key"}
        found = {place: failing(verdict(home, text, did=did)) for place, text in after.items() if place != 2}
        assert found == {place: failed for place, failed in EXPECTED.items() if place != 2}
    assert failing(verdict(home, after[2])) == ["key"]  # revoked for ever: nobody has to believe it any more
    for place in (0, 1, 3, 4, 5):
        assert read_envelope(after[place]).payload == read_envelope(before[place]).payload
        assert read_envelope(after[place]).key.endswith("#credential-2")
    assert publish(home, LATER) == 0
    assert credentials(home) == after


@pytest.mark.parametrize("compromised", [False, True])
def test_label_that_was_being_signed_when_the_key_was_replaced_is_signed_anew(
    home: Home, compromised: bool
) -> None:
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer

    former = credential_signer(home, passphrase=PASSPHRASE, time=LATER + datetime.timedelta(seconds=1))

    def sign(claim: Claim, index: int) -> str:
        made = former.label(claim, index)
        rotate(home, compromised=compromised)
        return made

    (label,) = issue([IssueRequest("late", numbered)], mark="DEMO", time=LATER, sign=sign)
    assert read_envelope(label.credential).key.endswith("#credential-1")
    assert publish(home, LATER) == (6 if compromised else 1)
    found = {place: failing(verdict(home, text)) for place, text in credentials(home).items() if place != 2}
    assert found == {**{place: failed for place, failed in EXPECTED.items() if place != 2}, 6: []}


def test_key_that_is_replaced_while_labels_are_signed_anew_leaves_them_to_the_next(home: Home) -> None:
    from cradlemark.registry.labels.resign import sign_again, waiting_to_sign
    from cradlemark.registry.labels.sign import credential_signer

    rotate(home, compromised=True)
    second, names = credential_signer(home, passphrase=PASSPHRASE, time=LATER), []

    def sign(claim: Claim, index: int) -> str:
        if not names:
            names.append(rotate(home, compromised=True))
        return second.label(claim, index)

    assert sign_again(sign) == 0
    assert waiting_to_sign() == 5
    assert publish(home, LATER) == 5
    live = [text for place, text in credentials(home).items() if place != 2]
    assert {read_envelope(text).key.rpartition("#")[2] for text in live} == set(names) == {"credential-3"}


def test_live_labels_are_signed_anew_when_a_former_key_is_not_believed_any_more(home: Home) -> None:
    from cradlemark.registry.keys.distrust import distrust_key

    before = credentials(home)
    rotate(home, compromised=False)
    publish(home, LATER)
    assert credentials(home) == before
    distrust_key(home, "credential-1", passphrase=PASSPHRASE, time=LATER, reason="The old disk was sold.")
    assert publish(home, LATER) == 5
    for did in (False, True):
        assert {failing(verdict(home, text, did=did))[0] for text in before.values()} == {"key"}
        found = {
            place: failing(verdict(home, text, did=did))
            for place, text in credentials(home).items()
            if place != 2
        }
        assert found == {place: failed for place, failed in EXPECTED.items() if place != 2}


def test_status_lists_are_signed_anew_too(home: Home) -> None:
    rotate(home, compromised=True)
    publish(home, LATER)
    status = home.public / "status"
    for name in names_below(status):
        assert read_envelope((status / name).read_text("ascii")).key.endswith("#credential-2"), name


def test_the_log_names_both_keys(home: Home) -> None:
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.log.models import Entry

    rotate(home, compromised=True)
    content = json.loads(bytes(Entry.objects.order_by("-index").first().record))
    assert json.loads(content["statement"])["compromised"] is True
    keys = {key.id: (key.algorithm, bytes(key.public_key)) for key in Key.objects.all()}
    check_statement(content, keys)
    content["previous_signature"] = base64.b64encode(b"s" * 64).decode()
    with pytest.raises(CradlemarkError):
        check_statement(content, keys)


def test_a_change_while_files_are_written_is_not_crossed_off(home: Home) -> None:
    from cradlemark.registry.publication.models import Outbox
    from cradlemark.registry.publication.outbox import enqueue

    enqueue("label", ["DEMO-000000-4"])
    read = list(Outbox.objects.all())
    enqueue("label", ["DEMO-000000-4"])
    Outbox.objects.filter(pk__in=[one.pk for one in read]).delete()
    assert [one.subject for one in Outbox.objects.all()] == ["DEMO-000000-4"]


SIGNING = """
import sys
from cryptography.hazmat.primitives.asymmetric import ec
from cradlemark.trust.signers import KeySigner
sys.stdout.buffer.write(KeySigner(ec.derive_private_key(11, ec.SECP256R1())).sign(sys.stdin.buffer.read()))
"""


def test_a_key_behind_a_program(home: Home, tmp_path: Path) -> None:
    from cradlemark.registry.keys.opening import outside_key
    from cradlemark.registry.keys.replace import replace_key

    program = tmp_path / "signing program.py"
    program.write_text(SIGNING, encoding="utf-8")
    public = ec.derive_private_key(11, ec.SECP256R1()).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    address = f"command:{sys.executable} '{program}'"
    outside = outside_key(address, "p256", passphrase=PASSPHRASE, public_key=pem)
    replace_key(home, "credential", passphrase=PASSPHRASE, time=LATER, compromised=True, outside=outside)
    assert publish(home, LATER) == 5
    assert failing(verdict(home, credentials(home)[0])) == []
    assert not (home.keys / "credential-2.pem").exists()
    program.write_text("raise SystemExit(3)", encoding="utf-8")
    rotated = subprocess.run([sys.executable, str(program)], check=False).returncode
    assert rotated == 3
    with pytest.raises(CradlemarkError) as caught:
        rotate(home, compromised=False)
    assert caught.value.code == "signer-failed"


def test_keys_of_the_wrong_kind(home: Home) -> None:
    from cradlemark.registry.keys.opening import Outside, outside_key
    from cradlemark.registry.keys.replace import replace_key
    from cradlemark.trust.signers import KeySigner, new_key

    outside = Outside("command:x", KeySigner(new_key("ed25519")))
    with pytest.raises(CradlemarkError) as caught:
        replace_key(home, "credential", passphrase=PASSPHRASE, time=LATER, outside=outside)
    assert caught.value.code == "key-invalid"
    for address, code in (
        ("ssh:x", "key-invalid"),
        ("command:'", "key-invalid"),
        ("pkcs11:x", "key-address"),
    ):
        with pytest.raises(CradlemarkError) as caught:
            outside_key(address, "p256", passphrase=PASSPHRASE, public_key=b"no key")
        assert caught.value.code == code


def killed(home: Home, number: int, lifetime: float) -> None:
    """A child replaces the key, signs and publishes, and dies at any point of it.

    It dies after so much processor time [s], so a busy machine lets it get as far as an idle one.
    """
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            signal.setitimer(signal.ITIMER_PROF, lifetime)
            moment = LATER + datetime.timedelta(hours=number)
            rotate(home, compromised=number % 3 != 0, moment=moment)
            publish(home, moment)
            os.kill(os.getpid(), signal.SIGKILL)
        except Exception:  # noqa: BLE001 - said to whoever reads the failed test
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    assert os.WTERMSIG(status) in {signal.SIGPROF, signal.SIGKILL}


@pytest.mark.slow
def test_killed_while_keys_are_replaced(home: Home) -> None:
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.labels.models import Label

    model_claim()
    source = random.Random(20261129)
    begin = time.process_time()
    rotate(home, compromised=True)
    publish(home, LATER)
    whole = time.process_time() - begin
    rotated = 0
    for number in range(1, ROUNDS + 1):
        killed(home, number, source.uniform(0.001, 1.2 * whole))
        publish(home, LATER + datetime.timedelta(hours=number))
        assert Key.objects.filter(purpose="credential", until=None).count() == 1
        lost = set(Key.objects.filter(compromised=True).values_list("id", flat=True))
        live = Label.objects.exclude(sequence=2)
        signed = {read_envelope(label.credential).key.rpartition("#")[2] for label in live}
        assert not signed & lost, "a lost key still vouches for a label"
        for place, text in credentials(home).items():
            if place != 2:
                assert failing(verdict(home, text)) == EXPECTED[place]
        rotated = Key.objects.filter(purpose="credential").count() - 2
    assert rotated > ROUNDS / 4
    print(f"{ROUNDS} kills, {rotated} keys replaced")
