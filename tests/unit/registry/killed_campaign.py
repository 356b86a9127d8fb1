"""Killed at any point: nothing lost, nothing twice, no gap, no fork; the next run repairs the rest. Run by test_crashes.py."""

from __future__ import annotations

import datetime
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from tests.machine import within
from tests.register_checks import check_files, check_growth, check_labels, published
from tests.registers import database_address
from tests.unit.registry.builders import NOW, model_claim, numbered

from cradlemark.registry.home import Home
from cradlemark.trust import key_files

PARTS = 4 if "CI" in os.environ else 1
"""Campaigns with other seeds: 200 rounds in all, none of them on a register so large that rewriting it is most of the time."""
ROUNDS = 50 if "CI" in os.environ else 30
LONGEST_REPAIR = 2.0
"""Processor time until the log is published again [s]."""
PASSPHRASE = "several words in a row"
AFTER_THE_END = datetime.date(2028, 11, 28)
"""The day after the last one of every label."""
GONE = ".gone"
"""Ending of a key file that its owner has lost."""
Told = Callable[[str, str], None]


@attrs.define
class Work:
    """What a programme does all day, in random order; what is answered is written down at once."""

    home: Home
    number: int
    source: random.Random
    told: Told
    made: int = 0

    def issue(self) -> None:
        from cradlemark.registry.labels.issue import IssueRequest, issue
        from cradlemark.registry.labels.sign import credential_signer

        sign = credential_signer(self.home, passphrase=PASSPHRASE, time=NOW).label
        count = self.source.randint(1, 4)
        requests = [IssueRequest(f"round {self.number} case {self.made + n}", numbered) for n in range(count)]
        self.made += count
        for request, label in zip(requests, issue(requests, mark="DEMO", time=NOW, sign=sign), strict=True):
            self.told(request.key, label.number)

    def revoke(self) -> None:
        from cradlemark.registry.labels.change import ChangeRequest, change_state
        from cradlemark.registry.labels.models import Label

        if label := Label.objects.filter(state="active").order_by("-sequence").first():
            change = ChangeRequest(
                f"revoke {label.number}", label.number, "revoke", "decision_maker", "x", "Drill."
            )
            change_state(change, steps=self.home.programme.label_steps, time=NOW)
            self.told("revoked", label.number)

    def expire(self) -> None:
        from cradlemark.registry.labels.change import expire_due

        for label in expire_due(today=AFTER_THE_END, steps=self.home.programme.label_steps, time=NOW):
            self.told("expired", label.number)

    def rotate(self) -> None:
        from cradlemark.registry.keys.replace import replace_key

        purpose = self.source.choice(("log", "log", "credential", "document"))
        compromised = self.source.random() < 0.2
        days = self.source.choice((0, 30)) if purpose == "log" and not compromised else 0
        made = replace_key(
            self.home, purpose, passphrase=PASSPHRASE, time=NOW, compromised=compromised,
            overlap=datetime.timedelta(days=days),
        )  # type: ignore[arg-type]  # fmt: skip
        self.told("key", made.id)

    def lose(self) -> None:
        from cradlemark.registry.keys.replace import replace_lost_key
        from cradlemark.registry.keys.store import key_in_use

        purpose = self.source.choice(("log", "credential"))
        path = self.home.keys / f"{key_in_use(purpose).pk}.pem"  # type: ignore[arg-type]
        path.rename(path.with_suffix(GONE))
        made = replace_lost_key(self.home, purpose, passphrase=PASSPHRASE, time=NOW, reason="Drill.")  # type: ignore[arg-type]
        self.told("key", made.id)

    def quorum(self) -> None:
        from cradlemark.registry.witnesses.configure import set_quorum

        self.told("quorum", str(set_quorum(self.source.randint(0, 1), time=NOW).index))

    def publish(self) -> None:
        from cradlemark.registry.publication.publish import publish_all

        self.told("publishing", "")
        done = publish_all(
            self.home, passphrase=PASSPHRASE, time=NOW, artworks=self.source.choice((0, 0, 0, 0, 1, 2))
        )
        self.told("published", str(done.size))

    def until_killed(self) -> None:
        ways = {
            self.issue: 6, self.publish: 8, self.revoke: 3, self.rotate: 3, self.expire: 1, self.lose: 1, self.quorum: 1,
        }  # fmt: skip
        while True:
            (way,) = self.source.choices(list(ways), list(ways.values()))
            way()


@pytest.fixture
def witness(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A witness in a process of its own; nothing is published without it while the quorum is 1."""
    from cradlemark.registry.keys.store import make_keys
    from cradlemark.registry.witnesses.configure import add_witness

    monkeypatch.setattr(
        key_files, "COST", 2**10
    )  # key files open quicker; how they are sealed is not what this is about
    make_keys(home, passphrase=PASSPHRASE, time=NOW)
    program = Path(__file__).with_name("informed_witness.py")
    settings = {"CRADLEMARK_PASSPHRASE": PASSPHRASE, "SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}
    with subprocess.Popen(
        [sys.executable, str(program), str(tmp_path / "witness"), str(home.folder)],
        stdout=subprocess.PIPE, text=True, env=os.environ | settings | database_address(),
    ) as served:  # fmt: skip
        assert served.stdout is not None
        vkey, address = served.stdout.readline().split()
        add_witness("w", vkey, address, quorum=1, time=NOW)
        yield
        served.kill()


def killed_round(
    home: Home, number: int, source: random.Random, *, lasts: float = 0.0
) -> list[tuple[str, str]]:
    """Let a child work and kill it; returns what it had answered.

    Parameters
    ----------
    lasts : float
        How long a publication takes [s]: half of the kills come within one, at any time of it.
    """
    from django.db import connections

    connections.close_all()
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)

        def told(kind: str, value: str) -> None:
            os.write(write_end, f"{kind}\t{value}\n".encode())

        try:
            told("ready", "")
            Work(home, number, random.Random(number), told).until_killed()
        except Exception:
            traceback.print_exc()
            raise
        finally:
            os._exit(1)
    os.close(write_end)
    said = b""
    # Answers are counted, with "ready"; so a busy machine is killed as late as an idle one.
    wanted = source.randint(1, 7)
    while said.count(b"\n") < wanted:
        more = os.read(read_end, 4096)
        assert more, "the child ended by itself"
        said += more
    late = lasts > 0.0 and source.random() < 0.5
    while late and not said.endswith(b"publishing\t\n"):
        more = os.read(read_end, 4096)
        assert more, "the child ended by itself"
        said += more
    time.sleep(source.uniform(0.0, lasts if late else 0.15))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    with os.fdopen(read_end, "rb") as answers:
        said += answers.read()
    lines = [line.split("\t") for line in said.decode().split("\n")[1:-1]]
    return [(kind, value) for kind, value in lines if kind != "publishing"]


def find_keys_again(home: Home) -> None:
    """Put back the file of a key whose loss was not written down any more: whoever was killed finds it again."""
    from cradlemark.registry.keys.models import Key

    for path in home.keys.glob(f"*{GONE}"):
        if Key.objects.filter(pk=path.stem, until=None).exists():
            path.rename(path.with_suffix(".pem"))


def drawn_by_another(home: Home) -> None:
    """Draw what waits in a process of its own: the threads of the compiler do not live on in one that is forked later."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        from cradlemark.registry.publication.publish import publish_all

        try:
            publish_all(home, passphrase=PASSPHRASE, time=NOW, artworks=3)
            os._exit(0)
        except Exception:
            traceback.print_exc()
            raise
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0, "what waits cannot be drawn"


def repaired(home: Home) -> tuple[float, float, float]:
    """Publish again after a crash; processor time and time on the wall until the log is there, and until all is there [s]."""
    from cradlemark.registry.publication import publish as module

    done: list[tuple[float, float]] = []
    start = (time.process_time(), time.perf_counter())
    writing = module.publish_waiting

    def watched(*arguments: object, **options: object) -> int:
        done.append((time.process_time() - start[0], time.perf_counter() - start[1]))
        return writing(*arguments, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "publish_waiting", watched)
        module.publish_all(home, passphrase=PASSPHRASE, time=NOW)
    return *done[0], time.perf_counter() - start[1]


def check_store(answered: dict[str, str], told: dict[str, set[str]]) -> None:
    """Everything answered is stored, once and in order."""
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.labels.models import Change
    from cradlemark.registry.log.models import Entry

    check_labels(answered, {state: told[state] for state in ("revoked", "expired")})
    assert set(Change.objects.values_list("state", flat=True)) <= {"revoked", "expired"}
    assert told["key"] <= set(Key.objects.values_list("id", flat=True)), "an answered key is lost"
    assert sorted(Key.objects.filter(until=None).values_list("purpose", flat=True)) == [
        "credential", "document", "log",
    ]  # fmt: skip
    kinds = Counter(Entry.objects.values_list("kind", flat=True))
    assert kinds["key"] == Key.objects.count()
    assert kinds["witnesses"] >= len(told["quorum"]) + 1
    assert (kinds["programme"], kinds["rules"]) == (1, 3)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_when_the_process_is_killed(home: Home, witness: None, part: int) -> None:
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer

    source = random.Random(20261128 + part)
    answered: dict[str, str] = {}
    told: dict[str, set[str]] = {kind: set() for kind in ("revoked", "expired", "key", "quorum", "published")}
    slowest, lasts = (0.0, 0.0), 0.0
    model_claim()  # made once, not by every child
    for number in range(part * ROUNDS, (part + 1) * ROUNDS):
        before = published(home)
        for kind, value in killed_round(home, number, source, lasts=lasts):
            if kind in told:
                told[kind].add(value)
            else:
                assert answered.setdefault(kind, value) == value
        find_keys_again(home)
        *took, lasts = repaired(home)
        slowest = max(slowest, (took[0], took[1]))
        if number % 4 == 0:
            drawn_by_another(home)
        check_growth(home, before)
        check_store(answered, told)
        check_files(home, source, time=NOW)
    assert within(slowest[0], LONGEST_REPAIR)
    sign = credential_signer(home, passphrase=PASSPHRASE, time=NOW).label
    again = [IssueRequest(key, numbered) for key in list(answered)[:50]]
    repeated = issue(again, mark="DEMO", time=NOW, sign=sign)
    assert [label.number for label in repeated] == [answered[request.key] for request in again]
    assert len(answered) > ROUNDS / 4
    assert len([key for key in told["key"] if key.startswith("log")]) > ROUNDS / 20
    assert all(told.values()), told
    assert not list(Path(home.folder).rglob("*.sqlite3-journal"))
    counts = {kind: len(values) for kind, values in told.items()}
    print(
        f"{ROUNDS} kills, {len(answered)} labels answered, {counts}, "
        f"slowest repair {slowest[0]:.2f} s of processor, {slowest[1]:.2f} s on the wall"
    )


def test_the_campaign_notices_what_is_lost(home: Home, witness: None) -> None:
    """The checks above can fail: a label, a key file, a proof and a status bit that are not there are seen."""
    from cradlemark.registry.keys.store import signer_of

    told: dict[str, set[str]] = {kind: set() for kind in ("revoked", "expired", "key", "quorum")}
    said: dict[str, str] = {}
    work = Work(home, 0, random.Random(1), said.__setitem__)
    work.issue()
    work.publish()
    said.pop("published")
    said.pop("publishing")
    check_store(said, told)
    check_files(home, random.Random(1), time=NOW)
    with pytest.raises(AssertionError, match="answered label"):
        check_store(said | {"case": "DEMO-00000Z-0"}, told)
    with pytest.raises(AssertionError, match="answered key"):
        check_store(said, told | {"key": {"log-9"}})
    with pytest.raises(AssertionError):
        check_store(said, told | {"revoked": set(said.values())})
    (home.keys / "log-1.pem").unlink()
    with pytest.raises(Exception, match="no key"):
        signer_of(home, "log", passphrase=PASSPHRASE)
    shutil.rmtree(home.public / "status")
    (home.public / "status").mkdir()
    work.revoke()
    with pytest.raises(AssertionError):
        check_files(home, random.Random(1), time=NOW)
