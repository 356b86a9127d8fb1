"""What a label is worth, checked without asking anybody."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result

from cradlemark.cli.label import label
from cradlemark.cli.label.verifying import gather, kind_of
from cradlemark.cli.log import log
from cradlemark.core.errors import CradlemarkError, TrustError
from cradlemark.label.number import LabelNumber
from cradlemark.label.offline import LabelFiles, believed, check_label, number_in
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
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A programme home with one label, and its bundle."""
    folder = tmp_path_factory.mktemp("issued")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRADLEMARK_PASSPHRASE", "several words in a row")
        patch.setenv("SOURCE_DATE_EPOCH", str(int(NOW.timestamp())))
        statement, bundle = folder / "verification.toml", folder / "block.cradle"
        statement.write_text(VERIFICATION, encoding="utf-8")
        CliRunner().invoke(log, ["init", str(folder / "home"), "--origin", "labels.example.org"])
        run("seal", EXAMPLE, "--output", bundle)
        done = run("issue", folder / "home", bundle, "--verification", statement, "--case", "1")
        assert done.exit_code == 0, done.output
        yield folder
    from django.db import connections

    connections.close_all()


@pytest.fixture
def public(issued: Path) -> Path:
    return issued / "home" / "public"


@pytest.fixture
def files(issued: Path, public: Path) -> LabelFiles:
    return gather(next((public / "l").iterdir()) / "credential.jwt", None, issued / "block.cradle")


def outcomes(files: LabelFiles, public: Path, now: datetime.datetime = NOW) -> dict[str, str]:
    trust = read_trust_file((public / "trust.json").read_bytes())
    return {finding.id: finding.outcome for finding in check_label(files, trust, now=now)}


def test_everything_at_hand_is_checked_and_holds(files: LabelFiles, public: Path) -> None:
    found = outcomes(files, public)
    assert {key for key, outcome in found.items() if outcome != "holds"} == {"witnesses"}
    assert set(found) >= {
        "claim",
        "signature",
        "suspension",
        "revocation",
        "same_claim",
        "log",
        "entry",
        "bundle",
    }


def test_what_is_not_at_hand_is_said(files: LabelFiles, public: Path) -> None:
    found = outcomes(LabelFiles(credential=files.credential), public)
    assert found["signature"] == "holds"
    assert (found["claim"], found["log"], found["suspension"]) == ("not_checked",) * 3
    trust = read_trust_file((public / "trust.json").read_bytes())
    assert not believed(check_label(LabelFiles(claim=files.claim), trust, now=NOW))


CHANGES = {
    "claim": lambda f: attrs.evolve(f, claim=f.claim.replace(b"limited", b"limitid")),
    "signature": lambda f: attrs.evolve(f, credential=f.credential[:-8] + "AAAAAAAA"),
    "same_claim": lambda f: attrs.evolve(
        f, claim=f.claim.replace(b'"materiality":0.05', b'"materiality":0.04')
    ),
    "log": lambda f: attrs.evolve(f, entry=f.entry + b" "),
    "entry": lambda f: attrs.evolve(f, claim=f.claim.replace(b'"materiality":0.05', b'"materiality":0.04')),
    "bundle": lambda f: attrs.evolve(f, bundle=f.bundle[:-1]),
    "code": lambda f: attrs.evolve(f, code="https://labels.example.com/l/DEMO-000000-GK"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_is_found(files: LabelFiles, public: Path, what: str) -> None:
    assert outcomes(CHANGES[what](files), public)[what] == "fails"


def test_proof_of_another_log_is_found(files: LabelFiles, public: Path) -> None:
    assert outcomes(attrs.evolve(files, proof=files.proof.replace(b"labels.example.org", b"labels.example.com")), public)["log"] == "fails"  # fmt: skip


def test_expired_label_is_not_believed(files: LabelFiles, public: Path) -> None:
    later = datetime.datetime(2029, 1, 1, tzinfo=datetime.UTC)
    assert outcomes(files, public, later)["period"] == "fails"


def test_codes_name_labels() -> None:
    number = LabelNumber("DEMO", 63)
    for text in (
        f"HTTPS://LABELS.EXAMPLE.ORG/L/{number}",
        f"https://labels.example.org/l/{number}/",
    ):
        assert number_in(text) == number
    for text in (
        "",
        "https://labels.example.org/01/06901234567892",
        "HTTPS://X/L/DEMO-00001Z-2Q",
        "DEMO-00001Z-2K",
    ):
        assert number_in(text) is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"PK\x03\x04", "bundle"), (b"\x89PNG\r\n", "picture"), (b"%PDF-1.7", "picture"), (b"\n<svg ", "picture"),
     (b"c2sp.org/tlog-proof@v1\n", "proof"), (b'{"schema"', "claim"), (b"eyJ0", "credential")],
)  # fmt: skip
def test_files_are_known_by_their_beginning(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize("name", ["claim.json", "credential.jwt", "label.tlog-proof"])
def test_command_says_what_was_checked_and_why(issued: Path, public: Path, name: str) -> None:
    folder = next((public / "l").iterdir())
    done = run("verify", folder / name, "--trust", public / "trust.json", "--bundle", issued / "block.cradle")
    assert done.exit_code == 0, done.output
    assert "Believed" in done.output
    assert "labels.example.org in trust.json" in done.output
    shown = run("verify", folder / name, "--trust", public / "trust.json", "--lang", "zh")
    assert "可信" in shown.output
    told = json.loads(run("verify", folder / name, "--trust", public / "trust.json", "--json").output)
    assert told["believed"] is True


def test_bundle_alone_is_not_enough(issued: Path, public: Path) -> None:
    done = run("verify", issued / "block.cradle", "--trust", public / "trust.json")
    assert isinstance(done.exception, TrustError)
    assert "Not decided" in done.output


def test_stranger_s_trust_file_refuses(files: LabelFiles, issued: Path, public: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRADLEMARK_PASSPHRASE", "several words in a row")
        CliRunner().invoke(log, ["init", str(tmp_path / "other"), "--origin", "labels.example.org"])
    trust = read_trust_file((tmp_path / "other" / "public" / "trust.json").read_bytes())
    found = {finding.id: finding.outcome for finding in check_label(files, trust, now=NOW)}
    assert found["log"] == "fails"
    assert "fails" in {found["signature"], found["key"]}


def test_pictures_and_certificates_are_read_and_checked(issued: Path, public: Path, tmp_path: Path) -> None:
    claim = next((public / "l").iterdir()) / "claim.json"
    trust, host = public / "trust.json", ("--host", "labels.example.org")
    assert run("render", claim, tmp_path, "--design", "micro", "--lang", "zh", *host).exit_code == 0
    for ending in ("png", "svg", "pdf"):
        picture = next(tmp_path.glob(f"*.light.{ending}"))
        done = run("verify", picture, "--trust", trust, "--public", public)
        assert done.exit_code == 0, done.output
        assert "The code names a label of this programme: DEMO-000000-GK" in done.output
        alone = run("verify", picture, "--trust", trust)
        assert "Not decided" in alone.output
    certificate, key = tmp_path / "certificate.pdf", issued / "home" / "keys" / "document-1.pem"
    (tmp_path / "words").write_text("several words in a row", encoding="utf-8")
    made = run(
        "certificate", claim, certificate, "--key", key, *host, "--passphrase-file", tmp_path / "words"
    )
    assert made.exit_code == 0, made.output
    told = json.loads(run("verify", certificate, "--trust", trust, "--json").output)
    outcomes = {finding["id"]: finding["outcome"] for finding in told["findings"]}
    assert (outcomes["document"], told["believed"]) == ("holds", True)
    content = bytearray(certificate.read_bytes())
    content[len(content) // 3] ^= 1
    certificate.write_bytes(bytes(content))
    broken = run("verify", certificate, "--trust", trust)
    assert isinstance(broken.exception, CradlemarkError)
