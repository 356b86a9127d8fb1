"""Labels and certificates judged by programs of others; each of them also refuses a changed copy.

poppler (pdfsig, pdfdetach, pdffonts) and ZBar (zbarimg) come from the distribution: packages poppler-utils and zbar-tools;
pyHanko's command and biip from the dependencies for development.
"""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
from pathlib import Path

import biip
import pytest
from tests.unit.label.artwork.orders import GRADE, HOST, PROGRAMME, REDUCTION, order, terminal_claim

from cradlemark.label.artwork.link import label_link
from cradlemark.label.artwork.render import document, pages
from cradlemark.label.artwork.variant import Variant, variants
from cradlemark.label.certificate.make import signed_certificate
from cradlemark.trust.signers import KeySigner, new_key
from cradlemark.trust.x509 import document_certificate, pem_certificate

CLAIM = terminal_claim(grade=GRADE, reduction=REDUCTION)
TIME = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
JUDGES = ("pdfsig", "pdfdetach", "pdffonts", "pdftocairo", "zbarimg")

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, JUDGES)) and "CI" not in os.environ,
    reason="needs the packages poppler-utils and zbar-tools",
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificate")
    signer = KeySigner(new_key("p256"))
    der = document_certificate(signer, name="Example", since=TIME, until=TIME + datetime.timedelta(days=3653))
    (folder / "key.pem").write_bytes(pem_certificate(der))
    path = folder / "certificate.pdf"
    path.write_bytes(
        signed_certificate(CLAIM, PROGRAMME, host=HOST, signer=signer, certificate=der, time=TIME)
    )
    return path


def said(*words: object) -> tuple[int, str]:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def validated(path: Path, key: Path) -> tuple[int, str]:
    words = (
        "sign",
        "validate",
        "--trust",
        key,
        "--trust-replace",
        "--no-revocation-check",
        "--validation-time",
        "claimed",
    )
    return said(Path(sys.executable).with_name("pyhanko"), *words, path)  # fmt: skip


def changed(path: Path, find: bytes, put: bytes) -> Path:
    content = path.read_bytes()
    assert content.count(find) >= 1
    copy = path.with_name(f"changed-{len(list(path.parent.iterdir()))}.pdf")
    copy.write_bytes(content.replace(find, put, 1))
    return copy


def test_poppler_finds_the_signature_valid(certificate: Path) -> None:
    _, text = said("pdfsig", certificate)
    for line in (
        "Signature Validation: Signature is Valid.", "Total document signed", "Signature Type: ETSI.CAdES.detached",
        "Signing Hash Algorithm: SHA-256", "Signer Certificate Common Name: Example",
    ):  # fmt: skip
        assert line in text


def test_pyhanko_finds_the_signature_valid_and_the_key_trusted(certificate: Path) -> None:
    code, text = validated(certificate, certificate.with_name("key.pem"))
    assert (code, "INTACT:TRUSTED,UNTOUCHED" in text) == (0, True), text


def test_an_unknown_key_is_not_trusted(certificate: Path) -> None:
    der = document_certificate(
        KeySigner(new_key("p256")), name="Example", since=TIME, until=TIME + datetime.timedelta(days=9)
    )
    other = certificate.with_name("other.pem")
    other.write_bytes(pem_certificate(der))
    code, text = validated(certificate, other)
    assert (code != 0, "UNTRUSTED" in text) == (True, True), text


@pytest.mark.parametrize(
    ("find", "put"), [(b"/Contents", b"/Contentz"), (b"/MarkInfo", b"/MarkInf0"), (b"endobj", b"endobi")]
)
def test_a_changed_copy_is_refused(certificate: Path, find: bytes, put: bytes) -> None:
    copy = changed(certificate, find, put)
    assert "Signature is Valid" not in said("pdfsig", copy)[1]
    assert validated(copy, certificate.with_name("key.pem"))[0] != 0


def test_one_flipped_bit_in_the_middle_is_refused(certificate: Path) -> None:
    content = bytearray(certificate.read_bytes())
    content[len(content) // 2] ^= 1
    copy = certificate.with_name("flipped.pdf")
    copy.write_bytes(content)
    assert "Signature Validation: Digest Mismatch." in said("pdfsig", copy)[1]
    assert validated(copy, certificate.with_name("key.pem"))[0] != 0


def test_something_appended_is_seen(certificate: Path) -> None:
    copy = certificate.with_name("appended.pdf")
    copy.write_bytes(certificate.read_bytes() + b"\n% more\n")
    assert "Not total document signed" in said("pdfsig", copy)[1]
    assert "UNTOUCHED" not in validated(copy, certificate.with_name("key.pem"))[1]


def test_poppler_takes_out_the_record(certificate: Path, tmp_path: Path) -> None:
    code, text = said("pdfdetach", "-list", certificate)
    assert (code, "1: claim.json" in text) == (0, True)
    assert said("pdfdetach", "-save", "1", "-o", tmp_path / "claim.json", certificate)[0] == 0
    assert (tmp_path / "claim.json").read_bytes() == CLAIM.content


@pytest.mark.parametrize("what", ["certificate", "label"])
def test_every_font_is_embedded_and_is_the_packaged_one(certificate: Path, tmp_path: Path, what: str) -> None:
    path = certificate
    if what == "label":
        path = tmp_path / "label.pdf"
        path.write_bytes(document(order(CLAIM, Variant("full"))))
    code, text = said("pdffonts", path)
    rows = text.splitlines()[2:]
    assert (code, bool(rows)) == (0, True)
    for row in rows:
        name, *_, embedded, subset, unicode, _, _ = row.split()
        assert ("NotoSansSC" in name, embedded, subset, unicode) == (True, "yes", "yes", "yes")


@pytest.mark.parametrize("gtin", ["9506000134352", ""])
def test_another_reader_reads_the_code_of_every_artwork(tmp_path: Path, gtin: str) -> None:
    made = terminal_claim(gtin=gtin)
    for variant, picture in zip(variants(), pages([order(made, v) for v in variants()], "png"), strict=True):
        path = tmp_path / f"{variant.name}.png"
        path.write_bytes(picture)
        expected = str(label_link(made, host=HOST))
        assert said("zbarimg", "--nodbus", "-q", "--raw", path) == (0, expected + "\n"), variant


def test_a_viewer_of_others_draws_the_same_code(tmp_path: Path) -> None:
    path = tmp_path / "label.pdf"
    path.write_bytes(document(order(CLAIM, Variant("strip"))))
    assert said("pdftocairo", "-png", "-r", "300", "-singlefile", path, tmp_path / "label")[0] == 0
    assert (
        said("zbarimg", "--nodbus", "-q", "--raw", tmp_path / "label.png")[1]
        == str(label_link(CLAIM, host=HOST)) + "\n"
    )


def test_a_viewer_of_others_draws_both_codes_of_the_certificate(certificate: Path, tmp_path: Path) -> None:
    assert said("pdftocairo", "-png", "-r", "300", certificate, tmp_path / "page")[0] == 0
    found = said("zbarimg", "--nodbus", "-q", "--raw", *sorted(tmp_path.glob("page*.png")))[1]
    codes = [
        line for line in found.splitlines() if line.startswith("http")
    ]  # the rest are its warnings about bar codes
    assert codes == [str(label_link(CLAIM, host=HOST))] * 2


def test_the_address_is_a_gs1_digital_link() -> None:
    address = str(label_link(CLAIM, host=HOST))
    found = biip.parse(address)
    assert found.gs1_digital_link_uri is not None
    assert found.gs1_digital_link_uri.element_strings[0].value == "09506000134352"
    wrong = biip.parse(address.replace("34352?", "34353?"))
    assert wrong.gtin_error
