"""Drawing a label and its certificate from the command line."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from tests.unit.label.artwork.orders import HOST, terminal_claim

from cradlemark.cli.label import label
from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.core.language import Text
from cradlemark.label.artwork.scan import scan
from cradlemark.label.claim import Claim
from cradlemark.trust.key_files import encrypted_key, write_key
from cradlemark.trust.signers import new_key

PASSPHRASE = "several words in a row"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(label, [str(argument) for argument in arguments])


def written(folder: Path, claim: Claim) -> Path:
    path = folder / "claim.json"
    path.write_bytes(bytes(claim))
    return path


def test_one_variant_in_three_formats(tmp_path: Path) -> None:
    claim = written(tmp_path, terminal_claim())
    done = run(
        "render",
        claim,
        tmp_path / "out",
        "--design",
        "micro",
        "--lang",
        "zh",
        "--colour",
        "one",
        "--host",
        HOST,
    )
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [f"DEMO-00001Z-2K.micro.zh.one.{ending}" for ending in ("pdf", "png", "svg")]
    said = {scan(path.read_bytes()) for path in (tmp_path / "out").iterdir()}
    assert said == {(f"https://{HOST}/01/09506000134352?label=DEMO-00001Z-2K",)}


def test_nothing_is_written_when_a_text_does_not_fit(tmp_path: Path) -> None:
    made = terminal_claim()
    long = attrs.evolve(made, product=attrs.evolve(made.product, name=Text("x" * 300, "长" * 200)))
    done = run("render", written(tmp_path, long), tmp_path / "out", "--design", "full")
    assert isinstance(done.exception, InputError)
    assert done.exception.code == "artwork-overflow"
    assert not (tmp_path / "out").exists()


def test_only_a_demonstration_has_a_host_by_default(tmp_path: Path) -> None:
    made = terminal_claim()
    real = attrs.evolve(made, programme=attrs.evolve(made.programme, demonstration=False))
    done = run("render", written(tmp_path, real), tmp_path / "out")
    assert isinstance(done.exception, InputError)
    assert done.exception.code == "host-missing"


def test_a_changed_claim_is_refused(tmp_path: Path) -> None:
    claim = written(tmp_path, terminal_claim())
    claim.write_bytes(claim.read_bytes() + b"\n")
    assert isinstance(run("certificate", claim, tmp_path / "out.pdf").exception, CradlemarkError)
    assert not (tmp_path / "out.pdf").exists()


def test_signed_certificate_makes_the_certificate_of_the_key_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795867200")
    key = tmp_path / "document.pem"
    write_key(key, encrypted_key(new_key("p256"), PASSPHRASE))
    claim = written(tmp_path, terminal_claim())
    made = []
    for number in range(2):
        done = run("certificate", claim, tmp_path / f"{number}.pdf", "--key", key)
        assert done.exit_code == 0, done.output
        made.append((tmp_path / "document.pem.certificate.pem").read_bytes())
        signature = PdfReader(BytesIO((tmp_path / f"{number}.pdf").read_bytes())).trailer["/Root"][
            "/AcroForm"
        ]
        assert signature["/Fields"][0].get_object()["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"
    assert made[0] == made[1]


def test_without_a_key_it_says_that_it_is_not_signed(tmp_path: Path) -> None:
    done = run("certificate", written(tmp_path, terminal_claim()), tmp_path / "out.pdf", "--lang", "en")
    assert "NOT signed" in done.output
