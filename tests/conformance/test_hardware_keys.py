"""Keys in a hardware module, with SoftHSM 2 as the module."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.unit.label.artwork.orders import HOST, PROGRAMME, terminal_claim
from tests.unit.label.credentials import ISSUER, NOW, document, signed
from tests.unit.registry.builders import numbered

from cradlemark.cli.log import log
from cradlemark.core.errors import CradlemarkError
from cradlemark.label.certificate.make import signed_certificate
from cradlemark.label.certificate.verify import check_certificate
from cradlemark.label.credential_verification import controller_of, verify_credential
from cradlemark.trust.key_documents import Controller
from cradlemark.trust.notes import key_of, read_note, sign_note, verify_note
from cradlemark.trust.pkcs11_signer import ModuleSigner, make_module_key, open_module_key, read_address
from cradlemark.trust.signers import Algorithm
from cradlemark.trust.trust_files import TrustedKey, read_trust_file
from cradlemark.trust.verification import verify_signature
from cradlemark.trust.x509 import document_certificate

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")
MODULE = next((path for path in MODULES if Path(path).exists()), "")
PIN = "1234-5678"

pytestmark = pytest.mark.skipif(
    not (shutil.which("softhsm2-util") and MODULE) and "CI" not in os.environ,
    reason="needs the package softhsm2",
)


def address(name: str, token: str = "programme", module: str = MODULE) -> str:
    return f"pkcs11:token={token};object={name}?module-path={module}"


@pytest.fixture(scope="module", autouse=True)
def token(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A fresh token; the module reads its settings when it is loaded, once for the process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(settings)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "programme", "--pin", PIN, "--so-pin", PIN],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def signers(token: None) -> dict[Algorithm, ModuleSigner]:
    return {
        "p256": make_module_key(address("credential-1"), PIN, "p256"),
        "ed25519": make_module_key(address("log-1"), PIN, "ed25519"),
    }


def refused(name: str, pin: str = PIN, **parts: str) -> str:
    with pytest.raises(CradlemarkError) as caught:
        open_module_key(address(name, **parts), pin)
    return caught.value.code


def test_a_wrong_pin(token: None) -> None:
    """Before anybody has logged in: later on the module does not look at the PIN any more."""
    assert refused("credential-1", pin="wrong-pin") == "passphrase-wrong"


@pytest.mark.parametrize("algorithm", ["p256", "ed25519"])
def test_it_signs_what_others_can_check(signers: dict[Algorithm, ModuleSigner], algorithm: Algorithm) -> None:
    signer = signers[algorithm]
    assert (signer.algorithm, len(signer.public_key)) == (algorithm, {"p256": 65, "ed25519": 32}[algorithm])
    for message in (b"", b"message", b"m" * 100_000):
        verify_signature(algorithm, signer.public_key, message, signer.sign(message))


def test_a_credential_signed_in_the_module(signers: dict[Algorithm, ModuleSigner]) -> None:
    signer = signers["p256"]
    key = TrustedKey("credential-1", "credential", "p256", signer.public_key, "", "", compromised=False)
    text = signed(document(), by=signer)
    assert verify_credential(
        text, controller=Controller(ISSUER.did, (key,), times_known=True), now=NOW
    ).believed


def test_a_note_signed_in_the_module(signers: dict[Algorithm, ModuleSigner]) -> None:
    note = sign_note("text\n", "example.org/log", signers["ed25519"])
    (found,) = verify_note(read_note(bytes(note)), [key_of("example.org/log", signers["ed25519"])])
    assert found.key.name == "example.org/log"


def test_opened_again_it_is_the_same_key(signers: dict[Algorithm, ModuleSigner]) -> None:
    again = open_module_key(address("credential-1"), PIN)
    assert again.public_key == signers["p256"].public_key
    again.close()


def test_the_private_key_does_not_come_out(signers: dict[Algorithm, ModuleSigner]) -> None:
    import pkcs11

    for signer in signers.values():
        with pytest.raises(pkcs11.PKCS11Error):
            signer._private[pkcs11.Attribute.VALUE]


def test_what_cannot_be_opened(signers: dict[Algorithm, ModuleSigner]) -> None:
    assert refused("credential-9") == "key-missing"
    assert refused("credential-1", token="other") == "key-missing"
    assert refused("credential-1", module="/usr/lib/none.so") == "signer-failed"


def test_no_key_is_replaced_in_silence(signers: dict[Algorithm, ModuleSigner]) -> None:
    with pytest.raises(CradlemarkError) as caught:
        make_module_key(address("credential-1"), PIN, "p256")
    assert caught.value.code == "file-exists"


def test_a_closed_session_signs_nothing(signers: dict[Algorithm, ModuleSigner]) -> None:
    signer = open_module_key(address("credential-1"), PIN)
    signer.close()
    with pytest.raises(CradlemarkError) as caught:
        signer.sign(b"message")
    assert caught.value.code == "signer-failed"


@pytest.mark.parametrize(
    "text",
    ["", "file:x", "pkcs11:", "pkcs11:token=a;object=b", "pkcs11:token=a?module-path=/x",
     "pkcs11:token=a;object=b;serial=1?module-path=/x", "pkcs11:token=a;object=b?module-path=/x&pin-value=1"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(CradlemarkError) as caught:
        read_address(text)
    assert caught.value.code == "key-address"


def test_addresses_are_percent_encoded() -> None:
    found = read_address("pkcs11:token=My%20token;object=a%3Bb;type=private?module-path=/x%2Fy")
    assert (found.token, found.label, found.module) == ("My token", "a;b", "/x/y")


def test_a_programme_signs_its_labels_in_the_module(
    token: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", "several words in a row")
    monkeypatch.setenv("CRADLEMARK_PIN", PIN)
    home = tmp_path / "home"

    def run(*arguments: object) -> str:
        done = CliRunner().invoke(log, [str(argument) for argument in arguments])
        assert done.exit_code == 0, done.output
        return str(done.output)

    run("init", home, "--origin", "example.org/labels")
    rotate = ("rotate", home, "--purpose", "credential", "--signer", address("credential-2"))
    assert "credential-2 replaces credential-1" in run(*rotate)
    from cradlemark.registry.home import open_home
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer

    opened, now = open_home(home), datetime.datetime.now(datetime.UTC)
    sign = credential_signer(opened, passphrase="several words in a row", time=now).label
    (label,) = issue([IssueRequest("case", numbered)], mark="DEMO", time=now, sign=sign)
    run("publish", home)
    public = opened.public
    text = (public / "l" / label.number / "credential.jwt").read_text("ascii")
    trust = read_trust_file((public / "trust.json").read_bytes())
    found = verify_credential(text, controller=controller_of(trust), now=NOW)
    assert {check.outcome for check in found.checks if check.id in {"key", "signature", "key_time"}} == {
        "holds"
    }
    assert not (home / "keys" / "credential-2.pem").exists()
    from django.db import connections

    connections.close_all()


def test_the_key_of_the_log_moves_into_the_module_and_on(
    token: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a file into the module, there to another key, back into a file; both sign each time, and the log stays one."""
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", "several words in a row")
    monkeypatch.setenv("CRADLEMARK_PIN", PIN)
    home = tmp_path / "home"
    trust = home / "public" / "trust.json"

    def run(*arguments: object) -> str:
        done = CliRunner().invoke(log, [str(argument) for argument in arguments])
        assert done.exit_code == 0, f"{done.output} {done.exception}"
        return str(done.output)

    def signatures() -> int:
        return len(read_note((home / "public" / "log" / "checkpoint").read_bytes()).signatures)

    run("init", home, "--origin", "example.org/labels")
    for number, where in enumerate((address("log-2"), address("log-3"), ""), start=2):
        told = run("rotate", home, "--purpose", "log", *(("--signer", where) if where else ()))
        assert f"key log-{number} replaces log-{number - 1}" in told
        assert signatures() == 2
        assert "every one of them checked" in run("audit", home, "--trust", trust)
    assert [path.name for path in sorted((home / "keys").glob("log-*.pem"))] == ["log-1.pem", "log-4.pem"]
    wrong = CliRunner().invoke(
        log, ["rotate", str(home), "--purpose", "log", "--signer", address("credential-1")]
    )
    assert getattr(wrong.exception, "code", "") == "key-invalid", "a key of P-256 signs no note"
    run("rotate", home, "--purpose", "document", "--signer", address("document-2"))
    from cradlemark.registry.home import open_home
    from cradlemark.registry.keys.store import signer_of

    signer = signer_of(open_home(home), "document", passphrase="several words in a row")
    assert isinstance(signer, ModuleSigner)
    path = tmp_path / "certificate.pdf"
    der = document_certificate(signer, name="Example", since=NOW, until=NOW + datetime.timedelta(days=3653))
    path.write_bytes(
        signed_certificate(terminal_claim(), PROGRAMME, host=HOST, signer=signer, certificate=der, time=NOW)
    )
    assert (
        check_certificate(path.read_bytes(), keys=[signer.public_key]).claim.digest == terminal_claim().digest
    )
    if shutil.which("pdfsig"):
        said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid" in said
        assert "Total document signed" in said
    from django.db import connections

    connections.close_all()


def test_a_module_that_is_gone_is_an_emergency(
    token: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", "several words in a row")
    monkeypatch.setenv("CRADLEMARK_PIN", PIN)
    home = tmp_path / "home"

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(log, [str(argument) for argument in arguments])

    run("init", home, "--origin", "example.org/labels")
    run("rotate", home, "--purpose", "log", "--signer", address("log-burnt"))
    import pkcs11

    with pkcs11.lib(MODULE).get_token(token_label="programme").open(rw=True) as session:
        for one in list(session.get_objects({pkcs11.Attribute.LABEL: "log-burnt"})):
            one.destroy()
    refused = run("rotate", home, "--purpose", "log")
    assert getattr(refused.exception, "code", "") == "key-missing"
    lost = ("replace-key", home, "--purpose", "log", "--lost", "--reason", "The token burnt.")
    done = run(*lost, "--signer", address("log-3-new"))
    assert done.exit_code == 0, f"{done.output} {done.exception}"
    told = run("audit", home, "--trust", home / "public" / "trust.json").output
    assert "key log-3 came without the signature of log-2" in told
    from django.db import connections

    connections.close_all()
