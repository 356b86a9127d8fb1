"""Labels from the command line: issued once, published whole, changed only as the programme allows."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import attrs
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
    assert verify_log_proof(proof, entry, trust.policy).index == 7
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
    credential = (home / "public" / "l" / number / "credential.jwt").read_text("ascii")
    lists = [path.read_text("ascii") for path in sorted((home / "public" / "status").iterdir())]
    verdict = verify_credential(credential, controller=controller_of(trust), now=NOW, status_lists=lists)
    assert not verdict.believed
    shown = run("status", home, number.lower(), "--lang", "zh").output
    assert "暂停" in shown
    assert "Surveillance overdue." in shown
    assert "somebody" not in (home / "public" / "l" / number / "status.json").read_text("utf-8")
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
    path = home / "public" / "l" / number / "credential.jwt"
    old = path.read_text("ascii")
    done = CliRunner().invoke(log, ["rotate", str(home), "--purpose", "credential", "--compromised"])
    assert done.exit_code == 0, done.output
    assert "live labels signed anew: 1" in done.output
    known = controller_of(read_trust_file((home / "public" / "trust.json").read_bytes()))
    assert verify_credential(old, controller=known, now=NOW).outcome("key") == "fails"
    lists = [path.read_text("ascii") for path in sorted((home / "public" / "status").iterdir())]
    assert verify_credential(path.read_text("ascii"), controller=known, now=NOW, status_lists=lists).believed


def tick(home: Path) -> str:
    """As a scheduler does it: nobody sits there."""
    done = CliRunner().invoke(log, ["tick", str(home)], input="")
    assert done.exit_code == 0, done.output
    return done.output


def test_labels_expire_without_anybody(home: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issue(home, bundle)
    number = number_of(home)
    folder = home / "public" / "l" / number
    last = datetime.datetime(2028, 11, 27, 23, 59, 59, tzinfo=datetime.UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(last.timestamp())))
    assert f"label {number}: Valid, renewal open" in tick(home)
    before = tick(home)
    assert "log of 9 entries published, 0 files" in before
    assert "Expired" not in before
    assert json.loads((folder / "status.json").read_bytes())["state"] == "renewal_open"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(last.timestamp()) + 1))
    assert f"label {number}: Expired" in tick(home)
    _renewal, change = json.loads((folder / "status.json").read_bytes())["changes"]
    assert (change["step"], change["role"], change["index"]) == ("expire", "system", 9)
    trust = read_trust_file((home / "public" / "trust.json").read_bytes())
    lists = [path.read_text("ascii") for path in sorted((home / "public" / "status").iterdir())]
    verdict = verify_credential(
        (folder / "credential.jwt").read_text("ascii"), controller=controller_of(trust), now=NOW, status_lists=lists
    )  # fmt: skip
    assert {check.id for check in verdict.checks if check.outcome == "fails"} == {"suspension", "revocation"}
    proof = home.parent / "expiry.tlog-proof"
    proven = ["prove", str(home), "9", "--trust", str(home / "public" / "trust.json"), "--output", str(proof)]
    assert CliRunner().invoke(log, proven).exit_code == 0
    from cradlemark.registry.log.models import Entry

    entry = bytes(Entry.objects.get(index=9).record)
    assert verify_log_proof(read_log_proof(proof.read_bytes()), entry, trust.policy).index == 9
    assert json.loads(entry)["step"] == "expire"
    again = tick(home)
    assert "log of 10 entries published, 0 files" in again
    assert "Expired" not in again


def test_a_label_is_issued_under_rules_that_are_in_the_log(
    home: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of the software brought another rule pack: that is logged before the label."""
    from cradlemark.registry.publication import rules_entries

    loading = rules_entries.load_pack
    monkeypatch.setattr(
        rules_entries,
        "load_pack",
        lambda name: (
            attrs.evolve(loading(name), digest=f"sha256:{'0' * 64}")
            if name == "iso-14067-2018"
            else loading(name)
        ),
    )
    issue(home, bundle)
    from cradlemark.registry.log.models import Entry

    entries = [json.loads(bytes(one.record)) for one in Entry.objects.filter(index__gte=7)]
    assert [(one["kind"], one["subject"]) for one in entries] == [
        ("rules", "iso-14067-2018"), ("issue", "DEMO-000000-GK"),
    ]  # fmt: skip
    assert entries[0]["digest"] == f"sha256:{'0' * 64}"
    tick(home)
    assert Entry.objects.count() == 9
