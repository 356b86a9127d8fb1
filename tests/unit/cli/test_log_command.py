"""The commands of the log, as an operator, a witness and a stranger use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cradlemark.cli.log import log
from cradlemark.core.errors import CradlemarkError, InputError, TrustError
from cradlemark.trust.key_statements import check_statement
from cradlemark.trust.log_proofs import read_log_proof, verify_log_proof
from cradlemark.trust.trust_files import read_trust_file

PASSPHRASE = "several words in a row"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(log, [str(argument) for argument in arguments])


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795867200")
    home = tmp_path / "home"
    done = run("init", home, "--origin", "example.org/labels")
    assert done.exit_code == 0, done.output
    yield home
    from django.db import connections

    connections.close_all()


def trust(home: Path) -> Path:
    return home / "public" / "trust.json"


def test_home_has_keys_a_log_and_a_trust_file(made: Path) -> None:
    read = read_trust_file(trust(made).read_bytes())
    assert read.origin == "example.org/labels"
    assert [(key.purpose, key.algorithm) for key in read.keys] == [
        ("credential", "p256"), ("document", "p256"), ("log", "ed25519"),
    ]  # fmt: skip
    assert read.programme["demonstration"] is True
    assert {path.stat().st_mode & 0o777 for path in (made / "keys").iterdir()} == {0o600}
    assert "7 entries in 3 files" in run("audit", made, "--trust", trust(made)).output


def test_published_documents_are_logged_and_proven(made: Path, tmp_path: Path) -> None:
    document = tmp_path / "pack.toml"
    document.write_text("[pack]\n", encoding="utf-8")
    assert "entry 7: rules pack.toml" in run("append", made, "--kind", "rules", document).output
    assert "log of 8 entries" in run("publish", made).output
    proof = tmp_path / "entry.tlog-proof"
    assert run("prove", made, 7, "--trust", trust(made), "--output", proof).exit_code == 0
    bundle = (made / "public" / "log" / "tile" / "entries" / "000.p" / "8").read_bytes()
    policy = read_trust_file(trust(made).read_bytes()).policy
    entry = bundle[-int.from_bytes(bundle[_last(bundle) : _last(bundle) + 2], "big") :]
    assert verify_log_proof(read_log_proof(proof.read_bytes()), entry, policy).index == 7
    with pytest.raises(TrustError):
        verify_log_proof(read_log_proof(proof.read_bytes()), entry + b" ", policy)


def _last(bundle: bytes) -> int:
    place = last = 0
    while place < len(bundle):
        last, place = place, place + 2 + int.from_bytes(bundle[place : place + 2], "big")
    return last


def test_replaced_keys_stay_and_both_sign(made: Path) -> None:
    from cradlemark.registry.keys.models import Key
    from cradlemark.registry.log.models import Entry

    before = trust(made).read_bytes()
    assert "credential-2 replaces credential-1" in run("rotate", made, "--purpose", "credential").output
    keys = {key.id: key for key in read_trust_file(trust(made).read_bytes()).keys}
    assert keys["credential-1"].until == keys["credential-2"].since != ""
    assert before != trust(made).read_bytes()
    known = {
        key.id: ("p256" if key.algorithm == "p256" else "ed25519", bytes(key.public_key))
        for key in Key.objects.all()
    }
    content = json.loads(bytes(Entry.objects.get(subject="credential-2").record))
    check_statement(content, known)  # type: ignore[arg-type]
    content["statement"] = content["statement"].replace("credential-1", "credential-3")
    with pytest.raises((TrustError, KeyError)):
        check_statement(content, known)  # type: ignore[arg-type]


def test_a_former_key_is_not_believed_any_more(made: Path) -> None:
    run("rotate", made, "--purpose", "credential")
    told = run("distrust", made, "credential-1", "--reason", "The old disk was sold.")
    assert told.exit_code == 0, told.output
    assert "nothing that credential-1 has signed is believed any more" in told.output
    keys = {key.id: key for key in read_trust_file(trust(made).read_bytes()).keys}
    assert (keys["credential-1"].compromised, keys["credential-2"].compromised) == (True, False)
    assert run("audit", made, "--trust", trust(made)).exit_code == 0
    refused = run("distrust", made, "credential-2", "--reason", "Why not.")
    assert getattr(refused.exception, "code", "") == "key-in-use"


def test_a_changed_file_is_named_and_ends_with_an_error(made: Path) -> None:
    tile = next((made / "public" / "log" / "tile" / "0").rglob("7"))
    content = tile.read_bytes()
    tile.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    done = run("audit", made, "--trust", trust(made))
    assert isinstance(done.exception, CradlemarkError)
    assert "tile/0/000.p/7" in str(done.exception.problems)
    shown = run("audit", made, "--trust", trust(made), "--json")
    problem, *_ = json.loads(shown.output)["problems"]
    assert set(problem["message"]) == {"en", "zh"}


def test_passphrases_are_needed_and_right(
    made: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", "something else")
    assert getattr(run("publish", made).exception, "code", "") == "passphrase-wrong"
    monkeypatch.delenv("CRADLEMARK_PASSPHRASE")
    assert getattr(run("publish", made).exception, "code", "") == "passphrase-missing"
    file = tmp_path / "words"
    file.write_text(PASSPHRASE + "\n", encoding="utf-8")
    assert run("publish", made, "--passphrase-file", file).exit_code == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff", b'{"schema":"cradlemark-trust/1","keys":[]}', b"x" * 1_000_001, b"quorum none\n", b"[]"],
)  # fmt: skip
def test_other_files_are_no_trust_files(content: bytes) -> None:
    with pytest.raises(InputError):
        read_trust_file(content)
