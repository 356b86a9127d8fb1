"""The key of the log: replaced, lost, given away; what was proven stays proven, and nobody slips in a checkpoint."""

from __future__ import annotations

import datetime
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from tests.registers import DATABASES, Registers, skip_unless_reachable
from tests.unit.registry.builders import numbered

from cradlemark.core.errors import CradlemarkError
from cradlemark.registry.files import read_file
from cradlemark.registry.home import Home, create_home
from cradlemark.trust.audit import audit
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint, read_checkpoint, sign_checkpoint
from cradlemark.trust.key_history import KeyHistory
from cradlemark.trust.log_proofs import Proven, read_log_proof, verify_log_proof
from cradlemark.trust.notes import read_note
from cradlemark.trust.trust_files import TrustFile, read_trust_file

PASSPHRASE = "several words in a row"
BEGIN = datetime.datetime(2026, 11, 28, 12, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
LABELS = 3
PROGRAMME = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()


def make_labelled(folder: Path) -> None:
    """A register with keys and some labels, published."""
    home = create_home(folder, programme=PROGRAMME, origin="example.org/labels")
    from cradlemark.registry.keys.store import make_keys

    make_keys(home, passphrase=PASSPHRASE, time=BEGIN)
    issued(home, LABELS)
    publish(home)


@pytest.fixture(scope="session")
def labelled_registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    made = Registers(tmp_path_factory.mktemp("labelled"), make_labelled)
    yield made
    made.drop()


@pytest.fixture(params=DATABASES)
def home(labelled_registers: Registers, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    skip_unless_reachable(request.param)
    with labelled_registers.copy(request.param, tmp_path / "home") as made:
        yield made


def issued(home: Home, count: int, prefix: str = "case") -> list[str]:
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer

    sign = credential_signer(home, passphrase=PASSPHRASE, time=BEGIN).label
    requests = [IssueRequest(f"{prefix} {number}", numbered) for number in range(count)]
    return [label.number for label in issue(requests, mark="DEMO", time=BEGIN, sign=sign)]


def publish(home: Home, moment: datetime.datetime = BEGIN) -> int:
    from cradlemark.registry.publication.publish import publish_all

    return publish_all(home, passphrase=PASSPHRASE, time=moment).size


def rotate(home: Home, moment: datetime.datetime = BEGIN, **options: object) -> int:
    """Size of the log that both keys sign."""
    from cradlemark.registry.keys.replace import replace_key

    made = replace_key(home, "log", passphrase=PASSPHRASE, time=moment, **options)  # type: ignore[arg-type]
    return int(made.first_size)


def lose(home: Home, **options: object) -> int:
    from cradlemark.registry.keys.replace import replace_lost_key
    from cradlemark.registry.keys.store import key_in_use

    (home.keys / f"{key_in_use('log').pk}.pem").unlink()

    made = replace_lost_key(
        home, "log", passphrase=PASSPHRASE, time=BEGIN, reason="The token burnt.", **options
    )  # type: ignore[arg-type]
    return int(made.first_size)


def trust(home: Home) -> TrustFile:
    return read_trust_file((home.public / "trust.json").read_bytes())


def checkpoint(home: Home) -> bytes:
    return (home.public / "log" / "checkpoint").read_bytes()


def signatures(content: bytes) -> int:
    return len(read_note(content).signatures)


def problems(home: Home, trusted: TrustFile | None = None) -> list[str]:
    """As ``cradlemark log audit`` finds them."""
    by = trusted or trust(home)
    history = KeyHistory(by.origin)
    found = audit(partial(read_file, home.public / "log"), by.origin, by.policy, check_entry=history.check)
    return [str(one) for one in (*found.problems, *history.differences(by))]


def proofs(home: Home) -> dict[str, tuple[bytes, bytes]]:
    """Published proof and entry of every label."""
    return {
        folder.name: ((folder / "label.tlog-proof").read_bytes(), (folder / "entry.json").read_bytes())
        for folder in sorted((home.public / "l").iterdir())
    }


def proven(proof: tuple[bytes, bytes], by: TrustFile) -> Proven | str:
    try:
        return verify_log_proof(read_log_proof(proof[0]), proof[1], by.policy)
    except CradlemarkError as error:
        return error.code


def test_the_log_that_ends_with_the_entry_is_signed_by_both(home: Home) -> None:
    before, old_proofs = trust(home), proofs(home)
    size = rotate(home)
    later = issued(home, 2, "later")[0]
    seen: list[tuple[int, int]] = []
    from cradlemark.registry.log import publish as module

    def watched(path: Path, content: bytes) -> None:
        if path.name == "checkpoint":
            seen.append((read_checkpoint(read_note(content).text).size, signatures(content)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "write_file", watched)
        assert publish(home) == size + 2
    assert seen == [(size, 2), (size + 2, 1)]
    now = trust(home)
    assert [(key.id, key.window.first, key.window.last) for key in now.keys if key.purpose == "log"] == [
        ("log-1", 0, size), ("log-2", size, None),
    ]  # fmt: skip
    assert problems(home) == []
    for proof in old_proofs.values():
        assert isinstance(proven(proof, now), Proven), "an old proof does not hold any more"
    assert isinstance(proven(proofs(home)[later], now), Proven)
    assert proven(proofs(home)[later], before) == "signature-missing"


def test_the_old_key_alone_signs_nothing_larger(home: Home) -> None:
    from cradlemark.registry.keys.store import signer_of

    stolen = signer_of(home, "log", passphrase=PASSPHRASE)
    size = rotate(home)
    issued(home, 1, "later")
    publish(home)
    told = open_checkpoint(checkpoint(home), trust(home).policy).checkpoint
    by_old = bytes(sign_checkpoint(Checkpoint(told.origin, told.size, told.root), stolen))
    with pytest.raises(CradlemarkError) as caught:
        open_checkpoint(by_old, trust(home).policy)
    assert caught.value.code == "key-retired"
    assert told.size == size + 1
    (home.public / "log" / "checkpoint").write_bytes(by_old)
    assert any("key-retired" in problem for problem in problems(home))
    issued(home, 1, "last")
    with pytest.raises(CradlemarkError) as caught:
        publish(home)
    assert caught.value.code == "key-retired", (
        "the publisher goes on from a checkpoint that it does not believe"
    )


def test_it_signs_beside_the_new_one_for_a_while(home: Home) -> None:
    before = trust(home)
    rotate(home, overlap=30 * DAY)
    for days, both in ((0, True), (29, True), (30, False), (31, False)):
        issued(home, 1, f"day {days}")
        publish(home, BEGIN + days * DAY)
        assert signatures(checkpoint(home)) == (2 if both else 1)
        try:
            open_checkpoint(checkpoint(home), before.policy)
            believed = True
        except CradlemarkError:
            believed = False
        assert believed is both
        assert problems(home) == []


@pytest.mark.parametrize("options", [{"compromised": True}, {"overlap": -DAY}, {"overlap": 500 * DAY}])
def test_no_overlap_of_a_key_that_others_may_have(home: Home, options: dict[str, object]) -> None:
    with pytest.raises(CradlemarkError) as caught:
        rotate(home, **({"overlap": DAY} | options))
    assert caught.value.code == "overlap-invalid"


def test_replaced_twice_before_anything_is_published(home: Home) -> None:
    first = rotate(home)
    issued(home, 1, "between")
    second = rotate(home)
    assert publish(home) == second == first + 2
    assert signatures(checkpoint(home)) == 2
    assert [key.window.last for key in trust(home).keys if key.purpose == "log"] == [first, second, None]
    assert problems(home) == []


def test_an_emergency_is_told_everywhere_and_the_log_goes_on(home: Home) -> None:
    before, old_proofs = trust(home), proofs(home)
    kept = (home.keys / "log-1.pem").read_bytes()
    (home.keys / "log-1.pem").unlink()
    with pytest.raises(CradlemarkError):
        rotate(home)
    (home.keys / "log-1.pem").write_bytes(kept)
    size = lose(home)
    publish(home)
    now = trust(home)
    told = {key.id: (key.emergency, key.window.last) for key in now.keys if key.purpose == "log"}
    assert told == {"log-1": (False, size - 1), "log-2": (True, None)}
    assert problems(home) == []
    history = KeyHistory(now.origin)
    audit(partial(read_file, home.public / "log"), now.origin, now.policy, check_entry=history.check)
    (note,) = history.notes(now)
    assert "vouched for by credential-1, document-1: The token burnt." in note.en
    for proof in old_proofs.values():
        assert isinstance(proven(proof, now), Proven), "what the lost key proved does not hold any more"
    with pytest.raises(CradlemarkError) as caught:
        open_checkpoint(checkpoint(home), before.policy)
    assert caught.value.code == "signature-missing", "an old trust file believes the new key by itself"


def test_lost_before_it_signed_anything(home: Home) -> None:
    first = rotate(home)
    issued(home, 1, "between")
    second = lose(home)
    assert publish(home) == second
    assert [key.window.last for key in trust(home).keys if key.purpose == "log"] == [first, first - 1, None]
    assert problems(home) == []
    third = lose(home)
    fourth = lose(home)
    assert publish(home) == fourth == third + 1
    assert [key.window.last for key in trust(home).keys if key.purpose == "log"] == [
        first, first - 1, third - 1, third - 1, None,
    ]  # fmt: skip
    assert problems(home) == []
    assert all(isinstance(proven(proof, trust(home)), Proven) for proof in proofs(home).values())


def test_whoever_finds_the_lost_key_extends_nothing(home: Home) -> None:
    from cradlemark.registry.keys.store import signer_of

    found = signer_of(home, "log", passphrase=PASSPHRASE)
    size = lose(home)
    publish(home)
    with pytest.raises(CradlemarkError) as caught:
        open_checkpoint(
            bytes(sign_checkpoint(Checkpoint(home.origin, size, b"r" * 32), found)), trust(home).policy
        )
    assert caught.value.code == "key-retired"


def test_a_verifier_says_that_the_key_came_in_an_emergency(home: Home) -> None:
    from cradlemark.label.offline import LabelFiles, check_label

    lose(home)
    (number,) = issued(home, 1, "later")
    publish(home)
    folder = home.public / "l" / number
    files = LabelFiles(
        claim=(folder / "claim.json").read_bytes(), entry=(folder / "entry.json").read_bytes(),
        proof=(folder / "label.tlog-proof").read_bytes(),
    )  # fmt: skip
    found = {one.id: one for one in check_label(files, trust(home), now=BEGIN)}
    assert found["log"].outcome == "holds"
    assert (found["emergency"].outcome, found["emergency"].detail.en[:6]) == ("not_checked", "log-2:")
    rotate(home)
    (number,) = issued(home, 1, "normal again")
    publish(home)
    proof, entry = proofs(home)[number]
    files = LabelFiles(entry=entry, proof=proof)
    assert "emergency" not in {one.id for one in check_label(files, trust(home), now=BEGIN)}


def test_when_others_may_have_the_key_every_proof_is_made_anew(home: Home) -> None:
    old_proofs = proofs(home)
    size = rotate(home, compromised=True)
    assert publish(home) == size
    assert signatures(checkpoint(home)) == 1, "a key that others may have signs on"
    now = trust(home)
    assert {key.id: key.compromised for key in now.keys if key.purpose == "log"} == {
        "log-1": True,
        "log-2": False,
    }
    for name, proof in proofs(home).items():
        assert proven(old_proofs[name], now) == "signature-missing"
        assert isinstance(proven(proof, now), Proven)
    assert "log-1" not in (home.public / "log-policy.txt").read_text()
    assert problems(home) == []


def test_lost_and_given_away_at_once(home: Home) -> None:
    size = lose(home, compromised=True)
    assert publish(home) == size
    assert all(isinstance(proven(proof, trust(home)), Proven) for proof in proofs(home).values())
    assert problems(home) == []


@pytest.mark.parametrize("purpose", ["credential", "document"])
def test_any_lost_key_is_replaced_in_the_same_way(home: Home, purpose: str) -> None:
    from cradlemark.registry.keys.replace import replace_lost_key

    (home.keys / f"{purpose}-1.pem").unlink()
    made = replace_lost_key(home, purpose, passphrase=PASSPHRASE, time=BEGIN, reason="Gone.")  # type: ignore[arg-type]
    publish(home)
    assert made.emergency
    assert {key.id: key.emergency for key in trust(home).keys}[f"{purpose}-2"] is True
    assert problems(home) == []


def test_a_key_that_opens_is_not_lost(home: Home) -> None:
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.keys.replace import replace_lost_key

    with pytest.raises(CradlemarkError) as caught:
        replace_lost_key(home, "log", passphrase=PASSPHRASE, time=BEGIN, reason="I think so.")
    assert caught.value.code == "key-not-lost"
    assert Key.objects.count() == 3
    replace_lost_key(home, "log", passphrase="another passphrase", time=BEGIN, reason="Forgotten.")
    assert Key.objects.count() == 4


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_an_emergency_needs_a_reason(home: Home, reason: str) -> None:
    from cradlemark.registry.keys.replace import replace_lost_key

    with pytest.raises(CradlemarkError) as caught:
        replace_lost_key(home, "log", passphrase=PASSPHRASE, time=BEGIN, reason=reason)
    assert caught.value.code == "reason-missing"


def test_a_former_key_that_is_gone_is_not_the_end(home: Home) -> None:
    from cradlemark.registry.keys.replace import retire_log_keys

    size = rotate(home, overlap=30 * DAY)
    (home.keys / "log-1.pem").unlink()
    with pytest.raises(CradlemarkError) as caught:
        publish(home)
    assert caught.value.code == "former-key"
    retire_log_keys(home)
    assert publish(home) == size
    assert signatures(checkpoint(home)) == 1
    assert problems(home) == []
    assert all(isinstance(proven(proof, trust(home)), Proven) for proof in proofs(home).values())


def test_no_key_is_replaced_retired_or_distrusted_while_somebody_publishes(home: Home) -> None:
    from cradlemark.registry.keys.distrust import distrust_key
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.keys.replace import retire_log_keys

    rotate(home)
    before = list(Key.objects.order_by("pk").values())
    distrust = partial(distrust_key, home, "log-1", passphrase=PASSPHRASE, time=BEGIN, reason="Sold.")
    with home.alone():
        for change in (partial(rotate, home), partial(retire_log_keys, home), distrust):
            with pytest.raises(CradlemarkError) as caught:
                change()
            assert caught.value.code == "home-busy"
    assert list(Key.objects.order_by("pk").values()) == before
    assert publish(home) > 0
    assert problems(home) == []


def test_entry_that_comes_while_the_store_is_compared_is_not_missing(home: Home) -> None:
    from cradlemark.registry.log.append import Record, append_alone
    from cradlemark.registry.log.models import Entry
    from cradlemark.registry.log.publish import check_store

    asked: list[str] = []

    def append_after(execute: Any, sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if not asked and Entry._meta.db_table in sql:
            asked.append(sql)
            append_alone(Record("rules", "x", {}), time=BEGIN)
        return found

    size = Entry.objects.count()
    with connection.execute_wrapper(append_after):
        check_store(None)
    assert asked
    assert Entry.objects.count() == size + 1


def test_an_old_database_that_does_not_know_the_key_is_told_so(
    home: Home, labelled_registers: Registers, tmp_path: Path
) -> None:
    rotate(home)
    issued(home, 1, "later")
    publish(home)
    before = checkpoint(home)
    with labelled_registers.copy(connection.vendor, tmp_path / "backup") as old:
        shutil.rmtree(old.public)
        home.public.rename(old.public)
        with pytest.raises(CradlemarkError) as caught:
            publish(old)
        assert caught.value.code == "log-behind"
        assert checkpoint(old) == before


def test_two_processes_do_not_make_one_key(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower one stops, and the file of the faster one is left alone."""
    from cradlemark.registry.keys import replace as module
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.keys.store import signer_of

    signing, inside = module.sign_statement, []

    def overtaken(*arguments: object, **options: object) -> object:
        if not inside:
            inside.append(True)
            rotate(home)
        return signing(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "sign_statement", overtaken)
    with pytest.raises(CradlemarkError) as caught:
        rotate(home)
    assert caught.value.code == "key-busy"
    assert Key.objects.filter(purpose="log").count() == 2
    signer_of(home, "log", passphrase=PASSPHRASE)
    publish(home)
    assert problems(home) == []


def test_a_key_that_was_replaced_meanwhile_is_not_replaced_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Overtaken before it even chose a name: the key that it wanted to replace is not in use any more."""
    from cradlemark.registry.keys import replace as module
    from cradlemark.registry.keys.models import Key

    naming, inside = module.next_name, []

    def overtaken(purpose: str) -> str:
        if not inside:
            inside.append(True)
            rotate(home)
        return naming(purpose)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "next_name", overtaken)
    with pytest.raises(CradlemarkError) as caught:
        rotate(home)
    assert caught.value.code == "key-busy"
    assert list(Key.objects.filter(purpose="log").values_list("id", flat=True)) == ["log-1", "log-2"]
    publish(home)
    assert problems(home) == []


def test_a_key_that_others_may_have_signs_no_hand_over_that_waits(home: Home) -> None:
    """It took over before, but that was not published yet: the key before it signs that alone."""
    rotate(home)
    second = rotate(home, compromised=True)
    seen: list[int] = []
    from cradlemark.registry.log import publish as module

    writing = module.write_file
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            module,
            "write_file",
            lambda path, content: (
                seen.append(signatures(content) if path.name == "checkpoint" else 0) or writing(path, content)
            ),
        )
        assert publish(home) == second
    assert [count for count in seen if count] == [1, 1]
    assert problems(home) == []


def test_a_former_key_is_not_believed_any_more(home: Home) -> None:
    """It was sound when it was replaced; whoever has it now makes small logs of his own."""
    from cradlemark.registry.keys.distrust import distrust_key
    from cradlemark.registry.keys.store import signer_of

    stolen, old_proofs = signer_of(home, "log", passphrase=PASSPHRASE), proofs(home)
    size = rotate(home, overlap=30 * DAY)
    publish(home)
    forged = bytes(sign_checkpoint(Checkpoint(home.origin, size - 1, b"r" * 32), stolen))
    assert open_checkpoint(forged, trust(home).policy).checkpoint.size == size - 1
    distrust_key(home, "log-1", passphrase=PASSPHRASE, time=BEGIN, reason="The old disk was sold.")
    stale = trust(home)
    assert publish(home) == size + 1
    assert signatures(checkpoint(home)) == 1
    with pytest.raises(CradlemarkError) as caught:
        open_checkpoint(forged, trust(home).policy)
    assert caught.value.code == "signature-missing"
    for name, proof in proofs(home).items():
        assert proven(old_proofs[name], trust(home)) == "signature-missing"
        assert isinstance(proven(proof, trust(home)), Proven)
    assert problems(home) == []
    assert ["log-1" in problem for problem in problems(home, stale)] == [True], (
        "a stale trust file believes it"
    )


@pytest.mark.parametrize(("name", "code"), [("log-1", "key-in-use"), ("log-9", "key-missing")])
def test_what_cannot_be_distrusted(home: Home, name: str, code: str) -> None:
    from cradlemark.registry.keys.distrust import distrust_key

    with pytest.raises(CradlemarkError) as caught:
        distrust_key(home, name, passphrase=PASSPHRASE, time=BEGIN, reason="Because.")
    assert caught.value.code == code


SIGNING = """
import sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
sys.stdout.buffer.write(Ed25519PrivateKey.from_private_bytes(b"c" * 32).sign(sys.stdin.buffer.read()))
"""


def test_the_key_of_the_log_behind_a_program(home: Home, tmp_path: Path) -> None:
    from cradlemark.registry.keys.opening import outside_key

    program = tmp_path / "signing program.py"
    program.write_text(SIGNING, encoding="utf-8")
    public = Ed25519PrivateKey.from_private_bytes(b"c" * 32).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    address = f"command:{sys.executable} '{program}'"
    rotate(home, outside=outside_key(address, "ed25519", passphrase="", public_key=pem))
    issued(home, 1, "later")
    publish(home)
    assert problems(home) == []
    program.write_text("raise SystemExit(3)", encoding="utf-8")
    before = checkpoint(home)
    issued(home, 1, "last")
    with pytest.raises(CradlemarkError) as caught:
        publish(home)
    assert caught.value.code == "signer-failed"
    assert checkpoint(home) == before
    program.write_text(SIGNING, encoding="utf-8")
    publish(home)
    rotate(home)
    publish(home)
    assert problems(home) == []


def test_a_trust_file_says_only_what_the_published_log_says(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between hand-over and publication: the published files still belong together."""
    from cradlemark.registry.publication.programme_files import write_keys

    size = rotate(home)
    write_keys(home, size - 1)
    assert [key.id for key in trust(home).keys if key.purpose == "log"] == ["log-1"]
    assert problems(home) == []
    publish(home)
    assert [key.id for key in trust(home).keys if key.purpose == "log"] == ["log-1", "log-2"]
    assert problems(home) == []
