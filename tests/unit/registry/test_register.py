"""The register: stored before signed, in the log before answered, published whole, never another log."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from tests.registers import Registers
from tests.unit.registry.builders import NOW, SIGNER, numbered, sign

from cradlemark.core.errors import CradlemarkError, InputError, NotFoundError, StateError, TrustError
from cradlemark.label.claim import Claim
from cradlemark.registry.files import read_file
from cradlemark.registry.home import Home, create_home, open_home
from cradlemark.trust.audit import audit
from cradlemark.trust.checkpoints import open_checkpoint
from cradlemark.trust.notes import key_of
from cradlemark.trust.policy import Policy


def issued(
    count: int, *, prefix: str = "case", bundle: str = "3", signing: Callable[[Claim, int], str] = sign
) -> list[str]:
    from cradlemark.registry.labels.issue import IssueRequest, issue

    made = partial(numbered, bundle=bundle)
    requests = [IssueRequest(f"{prefix} {number}", made) for number in range(count)]
    return [label.number for label in issue(requests, mark="DEMO", time=NOW, sign=signing)]


def publish(home: Home) -> int:
    from cradlemark.registry.log.publish import LOG
    from cradlemark.registry.log.publish import publish as publish_log
    from cradlemark.registry.log.signing import one_key

    return publish_log(home.public / LOG, one_key(home.origin, SIGNER)).edge.size


def problems(home: Home) -> tuple[str, ...]:
    policy = Policy((key_of(home.origin, SIGNER),))
    found = audit(partial(read_file, home.public / "log"), home.origin, policy)
    return tuple(str(problem) for problem in found.problems)


def test_labels_are_stored_logged_signed_and_valid(home: Home) -> None:
    from cradlemark.registry.labels.models import Label

    numbers = issued(3)
    assert [number[:11] for number in numbers] == ["DEMO-000000", "DEMO-000001", "DEMO-000002"]
    labels = list(Label.objects.all())
    assert [label.state for label in labels] == ["active"] * 3
    assert [label.entry.index for label in labels] == [0, 1, 2]
    assert labels[1].claim_digest.encode() in bytes(labels[1].entry.record)
    assert publish(home) == 3
    assert problems(home) == ()


@pytest.mark.parametrize(
    "origin", ["", "https://example.org", "exa mple.org", "标签.example", "example.org//x", "a+b.org"]
)
def test_origins_that_cannot_be_used(tmp_path: Path, origin: str) -> None:
    with pytest.raises(InputError) as caught:
        create_home(tmp_path / "home", programme=b"", origin=origin)
    assert caught.value.code == "origin-invalid"
    assert not (tmp_path / "home").exists()


def test_repeated_request_gets_the_label_it_got(home: Home) -> None:
    first = issued(2)
    assert issued(2) == first
    assert issued(3)[:2] == first
    assert publish(home) == 3


def test_key_of_another_claim_is_refused(home: Home) -> None:
    from cradlemark.registry.labels.issue import IssueRequest, issue

    issued(1)
    other = IssueRequest("case 0", partial(numbered, bundle="4"))
    with pytest.raises(StateError) as caught:
        issue([other], mark="DEMO", time=NOW, sign=sign)
    assert caught.value.code == "request-conflict"
    with pytest.raises(InputError):
        issue([other, other], mark="DEMO", time=NOW, sign=sign)


def test_signer_that_fails_leaves_a_record_of_what_was_to_be_signed(home: Home) -> None:
    from cradlemark.registry.labels.issue import finish
    from cradlemark.registry.labels.models import Label

    def broken(_claim: Claim, _index: int) -> str:
        raise TrustError("no key", code="signer-failed")

    with pytest.raises(TrustError):
        issued(2, signing=broken)
    assert [label.state for label in Label.objects.all()] == ["registered"] * 2
    assert finish(sign) == 2
    assert [label.state for label in Label.objects.all()] == ["active"] * 2
    assert finish(sign) == 0


def test_claim_changed_in_the_database_is_not_signed(home: Home) -> None:
    from cradlemark.registry.labels.issue import finish
    from cradlemark.registry.labels.models import Label

    issued(1)
    label = Label.objects.get()
    Label.objects.update(credential="", claim=bytes(label.claim).replace(b"limited", b"limitid"))
    with pytest.raises(StateError) as caught:
        finish(sign)
    assert caught.value.code == "claim-changed"


def change(number: str, step: str, role: str, key: str = "", reason: str = "Because.") -> str:
    from cradlemark.label.programme_reader import load_programme
    from cradlemark.registry.labels.change import ChangeRequest, change_state

    request = ChangeRequest(key or f"{step} {number}", number, step, role, "somebody", reason)
    return str(change_state(request, steps=load_programme("demonstration").label_steps, time=NOW).state)


def test_changes_of_state_follow_the_programme_and_are_logged(home: Home) -> None:
    (number,) = issued(1)
    assert change(number, "suspend", "officer") == "suspended"
    assert change(number, "suspend", "officer") == "suspended"
    assert change(number, "clear", "officer") == "active"
    assert change(number, "revoke", "decision_maker") == "revoked"
    assert publish(home) == 4
    from cradlemark.registry.audit.models import Event

    events = list(Event.objects.filter(subject=number).order_by("id").values_list("tag", "role", "detail"))
    assert [tag for tag, _, _ in events] == [
        f"labels:label:{step}" for step in ("suspend", "clear", "revoke")
    ]
    assert events[0][1:] == ("system", {"state": "suspended", "reason": "Because.", "actor": "somebody"})
    with pytest.raises(StateError) as caught:
        change(number, "clear", "officer", key="once more")
    assert caught.value.code == "step-impossible"
    with pytest.raises(StateError) as caught:
        change(number, "suspend", "officer", reason="Another one.")
    assert caught.value.code == "request-conflict"
    with pytest.raises(InputError):
        change(number, "suspend", "officer", key="x", reason=" ")
    with pytest.raises(NotFoundError):
        change("DEMO-00000Z-00", "suspend", "officer")
    assert publish(home) == 4


def test_labels_expire_by_themselves(home: Home) -> None:
    from cradlemark.label.programme_reader import load_programme
    from cradlemark.registry.labels.change import expire_due

    first, second = issued(2)
    change(second, "revoke", "decision_maker")
    steps = load_programme("demonstration").label_steps
    last = datetime.date(2028, 11, 27)
    assert expire_due(today=last, steps=steps, time=NOW) == []
    done = expire_due(today=last + datetime.timedelta(days=1), steps=steps, time=NOW)
    assert [label.number for label in done] == [first]
    assert expire_due(today=last + datetime.timedelta(days=1), steps=steps, time=NOW) == []


def test_log_only_grows_in_the_database_too(home: Home) -> None:
    from django.db import DatabaseError

    from cradlemark.registry.log.append import Record, append
    from cradlemark.registry.log.models import Entry

    issued(2)
    with pytest.raises(DatabaseError, match="only grows"):
        Entry.objects.filter(index=0).update(kind="other")
    with pytest.raises(DatabaseError):
        Entry.objects.filter(index=1).delete()
    with pytest.raises(StateError) as caught:
        append([Record("rules", "pack", {})], time=NOW)
    assert caught.value.code == "no-transaction"


def test_publishing_in_steps_gives_one_log(home: Home) -> None:
    for step in range(6):
        issued(60, prefix=f"step {step}")
        assert publish(home) == 60 * (step + 1)
    assert problems(home) == ()


def test_old_database_does_not_fork_the_log(home: Home, empty_registers: Registers, tmp_path: Path) -> None:
    issued(3)
    publish(home)
    before = (home.public / "log" / "checkpoint").read_bytes()
    with empty_registers.copy(connection.vendor, tmp_path / "other") as other:
        (home.public / "log").rename(other.public / "log")
        issued(2, prefix="restored", bundle="5")
        with pytest.raises(StateError) as caught:
            publish(other)
        assert caught.value.code == "log-behind"
        issued(2, prefix="more")
        with pytest.raises(TrustError) as forked:
            publish(other)
        assert forked.value.code == "log-fork"
        assert (other.public / "log" / "checkpoint").read_bytes() == before


def test_torn_tile_is_noticed_before_signing(home: Home) -> None:
    issued(3)
    publish(home)
    tile = home.public / "log" / "tile" / "0" / "000.p" / "3"
    content = tile.read_bytes()
    tile.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    issued(1, prefix="next")
    with pytest.raises(TrustError) as caught:
        publish(home)
    assert caught.value.code == "log-damaged"


def test_crash_before_the_checkpoint_is_repaired_by_the_next_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.log import publish as module

    issued(300)

    def dying(path: Path, content: bytes) -> None:
        if path.name == "checkpoint":
            raise OSError("no space left")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_file", dying)
        with pytest.raises(OSError, match="no space"):
            publish(home)
    issued(5, prefix="later")
    assert publish(home) == 305
    assert problems(home) == ()


def test_checkpoint_without_witnesses_is_not_published(home: Home) -> None:
    from cradlemark.registry.log.publish import LOG
    from cradlemark.registry.log.publish import publish as publish_log
    from cradlemark.registry.log.signing import one_key

    def refusing(*_: object) -> list[object]:
        raise TrustError("too few", code="quorum-missed")

    issued(1)
    with pytest.raises(TrustError):
        publish_log(home.public / LOG, one_key(home.origin, SIGNER), ask=refusing)  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        read_file(home.public / LOG, "checkpoint")


def test_homes_are_made_once_and_opened_again(home: Home, tmp_path: Path) -> None:
    programme = (home.folder / "programme.toml").read_bytes()
    with pytest.raises(StateError):
        create_home(home.folder, programme=programme, origin="example.org/labels")
    with pytest.raises(InputError):
        create_home(tmp_path / "new", programme=programme, origin="https://example.org")
    with pytest.raises(CradlemarkError):
        create_home(tmp_path / "bad", programme=b"[programme]", origin="example.org")
    careless = programme.replace(b'"decision_not_verifier", ', b"")
    with pytest.raises(InputError) as refused:
        create_home(tmp_path / "careless", programme=careless, origin="example.org")
    assert refused.value.code == "programme-incomplete"
    with pytest.raises(InputError):
        open_home(tmp_path)
    assert open_home(home.folder).origin == "example.org/labels"
    with home.alone(), pytest.raises(StateError) as caught, home.alone():
        pass
    assert caught.value.code == "home-busy"


def test_checkpoint_is_signed_by_the_log(home: Home) -> None:
    issued(1)
    publish(home)
    content = (home.public / "log" / "checkpoint").read_bytes()
    checkpoint = open_checkpoint(content, Policy((key_of(home.origin, SIGNER),))).checkpoint
    assert (checkpoint.origin, checkpoint.size) == ("example.org/labels", 1)


def test_the_same_name_in_another_folder_is_another_register(
    empty_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    from cradlemark.registry.labels.models import Label

    found = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        shutil.copytree(empty_home, tmp_path / name / "home")
        monkeypatch.chdir(tmp_path / name)
        monkeypatch.delenv("CRADLEMARK_PROGRAMME", raising=False)
        open_home(Path("home"))
        found.append(Label.objects.count())
        issued(1)
    connections.close_all()
    assert found == [0, 0]


def test_programme_and_rules_are_logged_when_they_change(home: Home) -> None:
    from cradlemark.registry.log.models import Entry
    from cradlemark.registry.publication.rules_entries import log_rules

    first = log_rules(home, time=NOW)
    assert [(one.kind, one.subject) for one in first] == [
        ("programme", "demonstration"), ("rules", "iso-14067-2018"), ("rules", "gb-t-24067-2024"), ("rules", "en-50693-2019"),
    ]  # fmt: skip
    assert home.programme.digest.encode() in bytes(first[0].record)
    assert log_rules(home, time=NOW) == []
    path = home.folder / "programme.toml"
    path.write_bytes(path.read_bytes().replace(b'"iso-14067-2018", ', b""))
    (changed,) = log_rules(home, time=NOW)
    assert (changed.kind, changed.index) == ("programme", 4)
    path.write_bytes(path.read_bytes().replace(b'["gb-t-24067-2024"', b'["gone-1999", "gb-t-24067-2024"'))
    assert [one.kind for one in log_rules(home, time=NOW)] == ["programme"], (
        "a pack that is gone stops everything"
    )
    assert Entry.objects.count() == 6


def test_a_programme_that_rests_on_rules_that_are_not_there(home: Home, tmp_path: Path) -> None:
    content = (home.folder / "programme.toml").read_bytes()
    with pytest.raises(NotFoundError) as caught:
        create_home(
            tmp_path / "new", programme=content.replace(b'"iso-14067-2018"', b'"iso-0"'), origin="example.org"
        )
    assert caught.value.code == "pack-unknown"
