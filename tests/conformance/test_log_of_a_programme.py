"""The published log of a programme with witnesses and a replaced key, judged by code of others.

Go and golang.org/x/mod read what is published; aics-witness, which is somebody else's, signs it. It needs Python 3.12 or newer, so it
lies in an environment of its own below .tools/judges, which .ci/run makes when there is such a Python.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result
from tests.conformance.test_log_oracles import SYSTEM_PACKAGES, build_go_log, said

from cradlemark.cli.log import log
from cradlemark.core.errors import CradlemarkError

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ROOT / ".tools" / "judges" / "witness" / "bin" / "aics-witness"
needs_go = pytest.mark.skipif(
    not (shutil.which("go") and (SYSTEM_PACKAGES / "src/golang.org/x/mod").is_dir())
    and "CI" not in os.environ,
    reason="needs the packages golang-go and golang-golang-x-mod-dev",
)
needs_others = pytest.mark.skipif(
    not OTHERS.exists(), reason="needs aics-witness, which needs Python 3.12 or newer"
)


@attrs.frozen
class Programme:
    """A programme home, and its commands."""

    home: Path

    def run(self, *arguments: object) -> Result:
        return CliRunner().invoke(log, [str(argument) for argument in arguments])

    def good(self, *arguments: object) -> str:
        done = self.run(*arguments)
        assert done.exit_code == 0, f"{done.output} {done.exception}"
        return str(done.output)

    def grow(self, count: int = 1) -> None:
        for number in range(count):
            document = self.home.parent / "rules.toml"
            document.write_text(f"number = {number}\n", encoding="utf-8")
            self.good("append", self.home, "--kind", "rules", document)

    @property
    def log(self) -> Path:
        return self.home / "public" / "log"

    @property
    def keys(self) -> list[str]:
        return list(json.loads(self.good("witnesses", "list", self.home, "--json"))["log"])

    @property
    def tree(self) -> tuple[str, str]:
        """Size and root that are published."""
        lines = (self.log / "checkpoint").read_text(encoding="utf-8").splitlines()
        return lines[1], lines[2]


@pytest.fixture
def programme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programme]:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", "several words in a row")
    made = Programme(tmp_path / "home")
    made.good("init", made.home, "--origin", "example.org/labels")
    yield made
    from django.db import connections

    connections.close_all()


@pytest.fixture(scope="module")
def go_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_go_log(tmp_path_factory.mktemp("go"))


@needs_go
def test_go_follows_a_log_through_every_change_of_its_key(go_log: Path, programme: Programme) -> None:
    programme.grow(3)
    programme.good("publish", programme.home)
    first, before = programme.keys, programme.tree
    assert said(go_log, programme.log, ",".join(first))[0] == 0
    programme.good("rotate", programme.home, "--purpose", "log", "--overlap", 30)
    programme.grow(300)
    programme.good("publish", programme.home)
    both = programme.keys
    assert len(both) == 2
    assert said(go_log, programme.log, ",".join(both), *before)[0] == 0
    programme.good("retire", programme.home)
    programme.grow()
    programme.good("publish", programme.home)
    assert said(go_log, programme.log, ",".join(both)) == (1, "refused: 1 of 2 keys have signed")
    assert said(go_log, programme.log, first[0])[0] == 1, "the old key alone is believed"
    middle = programme.tree
    (programme.home / "keys" / "log-2.pem").unlink()
    programme.good(
        "replace-key", programme.home, "--purpose", "log", "--lost", "--reason", "The token burnt."
    )
    assert said(go_log, programme.log, ",".join(programme.keys), *middle)[0] == 0
    assert said(go_log, programme.log, both[1])[0] == 1, "the lost key alone is believed"


@attrs.define
class Others:
    """The witness of others, in processes of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    vkey: str = ""

    def said(self, *arguments: str) -> str:
        done = subprocess.run(
            [OTHERS, arguments[0], "--config", self.folder / "witness.json", *arguments[1:]],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def start(self) -> None:
        command = (
            OTHERS,
            "serve",
            "--config",
            self.folder / "witness.json",
            "--listen",
            f"127.0.0.1:{self.port}",
        )
        with (self.folder / "errors").open("ab") as errors:
            self.process = subprocess.Popen(command, stdout=errors, stderr=errors)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        pytest.fail((self.folder / "errors").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None


@pytest.fixture
def others(programme: Programme, tmp_path: Path) -> Iterator[Others]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    made = Others(tmp_path / "others", port)
    made.folder.mkdir()
    found = re.search(r"\S+\+[0-9a-f]{8}\+\S+", made.said("init", "--name", "others.example/w1"))
    assert found is not None
    made.vkey = found.group()
    made.said("add-log", "--origin", "example.org/labels", "--vkey", programme.keys[0])
    made.start()
    address = f"http://127.0.0.1:{made.port}"
    programme.good(
        "witnesses", "add", programme.home, "others", made.vkey, "--address", address, "--quorum", 1
    )
    yield made
    made.stop()


def audited(programme: Programme) -> str:
    return programme.good("audit", programme.home, "--trust", programme.home / "public" / "trust.json")


@needs_others
def test_the_witness_of_others_signs_what_only_grows(programme: Programme, others: Others) -> None:
    for count in (1, 300, 1):
        programme.grow(count)
        programme.good("publish", programme.home)
        assert "seen by: others (1 needed)" in audited(programme)
    assert f'"size": {programme.tree[0]}' in others.said("status") or programme.tree[0] in others.said(
        "status"
    )


@needs_others
@needs_go
def test_go_checks_what_the_witness_of_others_has_signed(
    go_log: Path, programme: Programme, others: Others
) -> None:
    programme.good("rotate", programme.home, "--purpose", "log", "--overlap", 30)
    keys = ",".join([*programme.keys, others.vkey])
    assert keys.count(",") == 2
    assert said(go_log, programme.log, keys)[0] == 0


@needs_others
def test_the_witness_of_others_refuses_what_ours_would(programme: Programme, others: Others) -> None:
    """Another key, an old database, another log: each is told apart, and nothing is published."""
    from django.db import connections

    def missed(home: Path) -> str:
        done = programme.run("publish", home)
        assert isinstance(done.exception, CradlemarkError), done.output
        assert done.exception.code == "quorum-missed"
        return done.exception.message.en

    programme.good("publish", programme.home)
    connections.close_all()
    copy = programme.home.parent / "copy"
    shutil.copytree(programme.home, copy)
    programme.grow(2)
    programme.good("publish", programme.home)
    other = Programme(copy)
    document = copy.parent / "other.toml"
    told = []
    for number in range(3):
        document.write_text(f"other = {number}\n", encoding="utf-8")
        other.good("append", copy, "--kind", "rules", document)
        told.append(missed(copy))
    assert "entries of this log, but only" in told[0]
    # C2SP asks for 409 at the same size; this one answers 422, as for any other fork. Both are read as what they are.
    assert "is not the beginning of this log" in told[1]
    assert "is not the beginning of this log" in told[2]
    programme.good("publish", programme.home)
    before = programme.tree
    found = programme.run("rotate", programme.home, "--purpose", "log")
    assert found.exit_code == 0, "the log that both keys sign is known to a witness that knows the old one"
    programme.grow()
    assert "does not know the key that has signed (403" in missed(programme.home)
    others.said("add-log", "--origin", "example.org/labels", "--vkey", programme.keys[0])
    others.stop()
    assert "cannot be reached" in missed(programme.home)
    others.start()
    programme.good("publish", programme.home)
    assert int(programme.tree[0]) == int(before[0]) + 2
    assert "seen by: others (1 needed)" in audited(programme)
