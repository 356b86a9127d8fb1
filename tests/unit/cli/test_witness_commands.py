"""Witnesses over the network, as the operators of a programme and of witnesses have them."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result
from tests.unit.registry.builders import numbered

from cradlemark.cli.label import label
from cradlemark.cli.log import log
from cradlemark.cli.log.witnessing import Keeper, open_keeper, serve
from cradlemark.core.errors import CradlemarkError
from cradlemark.trust.log_proofs import read_log_proof, verify_log_proof
from cradlemark.trust.notes import WITNESS_KEY, key_of
from cradlemark.trust.trust_files import read_trust_file

PASSPHRASE = "several words in a row"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(log, [str(argument) for argument in arguments])


def good(*arguments: object) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, f"{done.output} {done.exception}"
    return str(done.output)


def bad(*arguments: object) -> CradlemarkError:
    done = run(*arguments)
    assert isinstance(done.exception, CradlemarkError), done.output
    return done.exception


@attrs.define
class Served:
    """A witness that can be stopped and started again at the same address."""

    keeper: Keeper
    port: int = 0
    server: ThreadingHTTPServer | None = None
    thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def vkey(self) -> str:
        return str(key_of(self.keeper.name, self.keeper.signer, kind=WITNESS_KEY))

    def start(self) -> None:
        self.server = serve(self.keeper, host="127.0.0.1", port=self.port)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        if self.server is not None and self.thread is not None:
            self.server.shutdown()
            self.server.server_close()
            self.thread.join()
            self.server = None


@pytest.fixture(scope="module")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once and copied: making the tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("new") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRADLEMARK_PASSPHRASE", PASSPHRASE)
        patch.setenv("SOURCE_DATE_EPOCH", "1795867200")
        good("init", folder, "--origin", "example.org/labels")
    from django.db import connections

    connections.close_all()
    return folder


@pytest.fixture
def home(new_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795867200")
    shutil.copytree(new_home, tmp_path / "home")
    from cradlemark.registry.publication import publish

    monkeypatch.setattr(publish, "Asking", partial(publish.Asking, pause=0.01, deadline=5.0))
    yield tmp_path / "home"
    from django.db import connections

    connections.close_all()


@pytest.fixture
def served(home: Path, tmp_path: Path) -> Iterator[list[Served]]:
    """Three witnesses of which two are needed."""
    (vkey,) = json.loads(good("witnesses", "list", home, "--json"))["log"]
    found = []
    for number in range(1, 4):
        keeper = open_keeper(
            tmp_path / f"w{number}", name=f"w.example/{number}", logs=[vkey], passphrase=PASSPHRASE
        )
        found.append(Served(keeper))
        found[-1].start()
        good("witnesses", "add", home, f"w{number}", found[-1].vkey, "--address", found[-1].address)
    assert "2 of 3 witnesses have to sign" in good("witnesses", "quorum", home, 2)
    yield found
    for one in found:
        one.stop()


def trust(home: Path) -> Path:
    return home / "public" / "trust.json"


def append(home: Path, number: int) -> None:
    document = home.parent / f"rules-{number}.toml"
    document.write_text(f"number = {number}\n", encoding="utf-8")
    good("append", home, "--kind", "rules", document)


def test_published_proven_and_audited_with_witnesses_by_default(home: Path, served: list[Served]) -> None:
    assert "log of 11 entries published" in good("publish", home)
    told = good("audit", home, "--trust", trust(home))
    assert "seen by: w1, w2, w3 (2 needed)" in told
    shown = good("witnesses", "list", home)
    assert f"w1: {served[0].vkey} {served[0].address}" in shown
    proof = home.parent / "entry.tlog-proof"
    good("prove", home, 3, "--trust", trust(home), "--output", proof)
    policy = read_trust_file(trust(home).read_bytes()).policy
    found = verify_log_proof(read_log_proof(proof.read_bytes()), _entry(home, 3), policy)
    assert found.witnesses == ("w1", "w2", "w3")
    assert json.loads(good("audit", home, "--trust", trust(home), "--json"))["witnesses"] == [
        "w1",
        "w2",
        "w3",
    ]


def _entry(home: Path, index: int) -> bytes:
    from cradlemark.registry.log.models import Entry

    return bytes(Entry.objects.get(index=index).record)


def test_stopped_and_started_again(home: Path, served: list[Served]) -> None:
    good("publish", home)
    served[0].stop()
    append(home, 1)
    done = run("publish", home)
    assert done.exit_code == 0
    assert "witness w1: it cannot be reached" in done.output
    assert "nothing is lost" in done.output
    served[1].stop()
    append(home, 2)
    before = (home / "public" / "log" / "checkpoint").read_bytes()
    found = bad("publish", home)
    assert found.code == "quorum-missed"
    assert "witness w1" in found.message.en
    assert "witness w2" in found.message.en
    assert (home / "public" / "log" / "checkpoint").read_bytes() == before
    served[0].start()
    served[1].start()
    assert "log of 13 entries published" in good("publish", home)
    assert "seen by: w1, w2, w3" in good("audit", home, "--trust", trust(home))


def test_verifiers_ask_for_the_witnesses_of_their_own_trust_file(home: Path, served: list[Served]) -> None:
    """Fewer in a swapped trust file is a matter of whose file one takes; the walk over the log tells it."""
    good("publish", home)
    document = json.loads(trust(home).read_bytes())
    strict, swapped = home.parent / "strict.json", home.parent / "swapped.json"
    strict.write_text(json.dumps(document))
    swapped.write_text(json.dumps(document | {"quorum": "none", "witnesses": {}}))
    path = home / "public" / "log" / "checkpoint"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:6]), encoding="utf-8")  # text, gap, signature of the log, one witness
    for command in (("audit", home), ("prove", home, 3)):
        assert bad(*command, "--trust", strict).code == "quorum-missed"
    path.write_text("".join(lines[:5]), encoding="utf-8")
    told = good("audit", home, "--trust", swapped)
    assert "seen by no witness" in told
    assert "the log asks for 2 witnesses since entry 10, the trust file for 0" in told


def test_labels_are_verified_with_witnesses_by_default(home: Path, served: list[Served]) -> None:
    from cradlemark.cli.log.options import now
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer

    sign = credential_signer(opened, passphrase=PASSPHRASE, time=now()).label
    (made,) = issue([IssueRequest("case", numbered)], mark="DEMO", time=now(), sign=sign)
    good("publish", home)
    folder = home / "public" / "l" / made.number

    def checked() -> Result:
        arguments = ["verify", str(folder / "claim.json"), "--trust", str(trust(home))]
        return CliRunner().invoke(label, arguments)

    assert "Witnesses have seen the log: w1, w2, w3; first at 2026-11-28 12:00 UTC" in checked().output
    proof = folder / "label.tlog-proof"
    proof.write_text(
        "".join(proof.read_text(encoding="utf-8").splitlines(keepends=True)[:-2]), encoding="utf-8"
    )
    done = checked()
    assert "too few witnesses" in done.output
    assert isinstance(done.exception, CradlemarkError)


def test_a_copy_that_went_another_way_is_noticed(home: Path, served: list[Served]) -> None:
    from django.db import connections

    good("publish", home)
    connections.close_all()
    copy = home.parent / "copy"
    shutil.copytree(home, copy)
    append(home, 1)
    append(home, 2)
    good("publish", home)
    append(copy, 3)
    assert "has seen 13 entries of this log, but only 12 are stored" in bad("publish", copy).message.en
    append(copy, 4)
    assert "another log of this size" in bad("publish", copy).message.en
    append(copy, 5)
    found = bad("publish", copy)
    assert "what it has seen is not the beginning of this log" in found.message.en
    assert found.code == "quorum-missed"


def test_a_new_key_of_the_log_and_witnesses_who_do_not_know_it(
    home: Path, served: list[Served], tmp_path: Path
) -> None:
    """With an overlap they go on; without one they have to be told first."""
    good("publish", home)
    told = good("rotate", home, "--purpose", "log", "--overlap", 7)
    assert "Give this key to its witnesses: example.org/labels+" in told
    assert "log-1 signs beside it until 2026-12-05 12:00 UTC" in told
    assert "seen by: w1, w2, w3" in good("audit", home, "--trust", trust(home))
    assert "key log-1 signs nothing more" in good("retire", home)
    append(home, 1)
    assert "does not know the key that has signed (403" in bad("publish", home).message.en
    (vkey,) = json.loads(good("witnesses", "list", home, "--json"))["log"]
    for number, one in enumerate(served[:2], start=1):
        one.stop()
        one.keeper = open_keeper(
            tmp_path / f"w{number}", name=f"w.example/{number}", logs=[vkey], passphrase=PASSPHRASE
        )
        one.start()
    done = run("publish", home)
    assert "witness w3: it does not know the key" in done.output
    assert "seen by: w1, w2 (2 needed)" in good("audit", home, "--trust", trust(home))


def test_an_emergency_is_carried_by_the_witnesses(home: Path, served: list[Served], tmp_path: Path) -> None:
    """They have seen the log under the lost key, and sign only what goes on from there under the new one."""
    good("publish", home)
    (home / "keys" / "log-1.pem").unlink()
    assert bad("rotate", home, "--purpose", "log").code == "file-missing"
    command = ("replace-key", home, "--purpose", "log", "--reason", "The disk broke.")
    assert bad(*command).code == "key-not-lost"
    found = bad(*command, "--lost")
    assert found.code == "quorum-missed"
    (vkey,) = json.loads(good("witnesses", "list", home, "--json"))["log"]
    for number, one in enumerate(served, start=1):
        one.stop()
        one.keeper = open_keeper(
            tmp_path / f"w{number}", name=f"w.example/{number}", logs=[vkey], passphrase=PASSPHRASE
        )
        one.start()
    good("publish", home)
    told = good("audit", home, "--trust", trust(home))
    assert "seen by: w1, w2, w3" in told
    assert "key log-2 came without the signature of log-1, which was lost" in told
    assert "vouched for by credential-1, document-1: The disk broke." in told
    shown = run("audit", home, "--trust", trust(home), "--lang", "zh").output
    assert "密钥 log-2 未经已丢失的 log-1 签名" in shown


def test_a_witness_that_has_lost_its_memory_does_not_start(
    home: Path, served: list[Served], tmp_path: Path
) -> None:
    good("publish", home)
    served[0].stop()
    (tmp_path / "w1" / "seen.json").unlink()
    with pytest.raises(CradlemarkError) as caught:
        open_keeper(tmp_path / "w1", name="w.example/1", logs=[], passphrase=PASSPHRASE)
    assert caught.value.code == "witness-state"


class Silent(BaseHTTPRequestHandler):
    """Answers with a redirection, or sends its answer byte by byte without end."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/elsewhere"):
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 200_000)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_servers_that_are_no_witnesses(home: Path, served: list[Served]) -> None:
    """A port that nobody answers on, one that never answers, a page, a redirection."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    quiet = socket.create_server(("127.0.0.1", 0))
    try:
        good("witnesses", "remove", home, "w3", "--quorum", 2)
        for name, address in (
            ("page", f"http://127.0.0.1:{server.server_port}"),
            ("moved", f"http://127.0.0.1:{server.server_port}/elsewhere"),
            ("quiet", f"http://127.0.0.1:{quiet.getsockname()[1]}"),
        ):
            keeper = open_keeper(home.parent / name, name=f"{name}.example", logs=[], passphrase=PASSPHRASE)
            good("witnesses", "add", home, name, Served(keeper).vkey, "--address", address)
        done = run("publish", home)
        assert done.exit_code == 0, done.output
        assert "witness page: it says that it has signed, but has not" in done.output
        assert "witness moved: it cannot be reached" in done.output
        assert "witness quiet: it has not answered within 5 s" in done.output
        assert "seen by: w1, w2 (2 needed)" in good("audit", home, "--trust", trust(home))
    finally:
        quiet.close()
        server.shutdown()
        server.server_close()
        thread.join()


def test_keys_of_the_log_in_both_languages(home: Path) -> None:
    assert "0 个见证方中须有 0 个签名" in good("witnesses", "list", home, "--lang", "zh")
    assert "起由 log-2 签署日志" in good("rotate", home, "--purpose", "log", "--lang", "zh")
