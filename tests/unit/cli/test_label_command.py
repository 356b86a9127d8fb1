"""Labels from the command line: issued once, published whole, changed only as the programme allows."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cradlemark.cli.label import label
from cradlemark.cli.log import log
from cradlemark.label.claim import read_claim
from cradlemark.label.credential_verification import controller_of, verify_credential
from cradlemark.trust.log_proofs import read_log_proof, verify_log_proof
from cradlemark.trust.trust_files import read_trust_file

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "terminal-block"
NOW = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
VERIFICATION = f"""[verification]
verifier = {{ en = "Example verification body", zh = "示例核查机构" }}
id = "example-body"
assurance = "limited"
materiality = 0.05
opinion = "unmodified"
statement = "sha256:{"2" * 64}"
date = 2026-11-20
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(label, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sealed") / "block.cradle"
    assert run("seal", EXAMPLE, "--output", path).exit_code == 0
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", "several words in a row")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
    (tmp_path / "verification.toml").write_text(VERIFICATION, encoding="utf-8")
    made = tmp_path / "home"
    CliRunner().invoke(log, ["init", str(made), "--origin", "example.org/labels"])
    yield made
    from django.db import connections

    connections.close_all()


def issue(home: Path, bundle: Path, case: str = "2026-001") -> Result:
    statement = home.parent / "verification.toml"
    return run("issue", home, bundle, "--verification", statement, "--case", case)


def number_of(home: Path) -> str:
    folder = next((home / "public" / "l").iterdir())
    return str(json.loads((folder / "status.json").read_text("utf-8"))["number"])


def test_issued_label_is_believed_by_whoever_has_the_trust_file(home: Path, bundle: Path) -> None:
    done = issue(home, bundle)
    assert done.exit_code == 0, done.output
    assert "valid until 2028-11-27" in done.output
    folder = next((home / "public" / "l").iterdir())
    trust = read_trust_file((home / "public" / "trust.json").read_bytes())
    claim = read_claim((folder / "claim.json").read_bytes())
    lists = [path.read_text("ascii") for path in sorted((home / "public" / "status").iterdir())]
    verdict = verify_credential(
        (folder / "credential.jwt").read_text("ascii"), controller=controller_of(trust), now=NOW,
        status_lists=lists, claim=claim,
    )  # fmt: skip
    assert verdict.believed, verdict.checks
    proof = read_log_proof((folder / "label.tlog-proof").read_bytes())
    entry = (folder / "entry.json").read_bytes()
    assert verify_log_proof(proof, entry, trust.policy).index == 3
    assert json.loads(entry)["claim"] == claim.digest


def test_a_case_gets_one_label(home: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert issue(home, bundle).output == issue(home, bundle).output
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp()) + 86_400))
    assert "valid until 2028-11-27" in issue(home, bundle).output
    assert len(list((home / "public" / "l").iterdir())) == 1
    assert "2028-11-28" in issue(home, bundle, "2026-002").output


def test_suspended_label_is_not_believed_any_more(home: Path, bundle: Path) -> None:
    issue(home, bundle)
    number = number_of(home)
    who = ("--actor", "somebody", "--reason", "Surveillance overdue.")
    suspended = run("revoke", home, number, "--step", "suspend", "--role", "officer", *who, "--case", "s1")
    assert suspended.exit_code == 0, suspended.output
    trust = read_trust_file((home / "public" / "trust.json").read_bytes())
    credential = (home / "public" / "l" / number.replace("-", "") / "credential.jwt").read_text("ascii")
    lists = [path.read_text("ascii") for path in sorted((home / "public" / "status").iterdir())]
    verdict = verify_credential(credential, controller=controller_of(trust), now=NOW, status_lists=lists)
    assert not verdict.believed
    shown = run("status", home, number.lower(), "--lang", "zh").output
    assert "暂停" in shown
    assert "Surveillance overdue." in shown
    assert "somebody" not in (home / "public" / "l" / number.replace("-", "") / "status.json").read_text(
        "utf-8"
    )
    refused = run("revoke", home, number, *who, "--role", "officer", "--case", "s2")
    assert getattr(refused.exception, "code", "") == "step-role"
    assert json.loads(run("status", home, number, "--json").output)["state"] == "suspended"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("date = 2026-11-20", "date = 2026-12-24", "verification-date"),
        ("date = 2026-11-20", 'date = "yesterday"', "pack-value"),
        ("limited", "some", "pack-value"),
        ('id = "example-body"\n', "", "pack-missing"),
    ],
)  # fmt: skip
def test_verification_has_to_hold(home: Path, bundle: Path, old: str, new: str, code: str) -> None:
    (home.parent / "verification.toml").write_text(VERIFICATION.replace(old, new), encoding="utf-8")
    done = issue(home, bundle)
    problems = {problem.code for problem in getattr(done.exception, "problems", ())}
    assert code in problems
    assert not (home / "public" / "l").exists()


def test_programme_with_other_rules_or_higher_assurance_refuses(
    tmp_path: Path, bundle: Path, home: Path
) -> None:
    for programme, code in (("pep-type", "programme-rules"), ("cn-national-style", "programme-assurance")):
        other = tmp_path / programme
        CliRunner().invoke(
            log, ["init", str(other), "--origin", f"example.org/{programme}", "--programme", programme]
        )
        statement = home.parent / "verification.toml"
        done = run("issue", other, bundle, "--verification", statement, "--case", "1")
        assert getattr(done.exception, "code", "") == code, done.output


def test_a_lost_key_is_replaced_and_labels_are_signed_anew(home: Path, bundle: Path) -> None:
    issue(home, bundle)
    number = number_of(home)
    path = home / "public" / "l" / number.replace("-", "") / "credential.jwt"
    old = path.read_text("ascii")
    done = CliRunner().invoke(log, ["rotate", str(home), "--purpose", "credential", "--compromised"])
    assert done.exit_code == 0, done.output
    assert "live labels signed anew: 1" in done.output
    known = controller_of(read_trust_file((home / "public" / "trust.json").read_bytes()))
    assert verify_credential(old, controller=known, now=NOW).outcome("key") == "fails"
    lists = [path.read_text("ascii") for path in sorted((home / "public" / "status").iterdir())]
    assert verify_credential(path.read_text("ascii"), controller=known, now=NOW, status_lists=lists).believed


def test_labels_expire_when_the_programme_publishes(
    home: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(home, bundle)
    later = datetime.datetime(2028, 11, 28, tzinfo=datetime.UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(later.timestamp())))
    assert CliRunner().invoke(log, ["publish", str(home)]).exit_code == 0
    number = number_of(home)
    assert json.loads(run("status", home, number, "--json").output)["state"] == "expired"
    assert "log of 5 entries" in CliRunner().invoke(log, ["publish", str(home)]).output
