"""The certificate as PDF/A-3a and PDF/UA-1: judged by pdfua, and held against clauses; each also refuses a changed copy.

No validator of PDF/A is to be had from PyPI, npm or Debian 12; what that leaves open stands in docs/reference/label-artwork.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from tests.conformance.pdf_a import faults
from tests.unit.label.artwork.orders import GRADE, HOST, PROGRAMME, REDUCTION, terminal_claim
from tests.unit.label.certificate.test_certificate import CERTIFICATE, SIGNER, TIME

from cradlemark.label.certificate.make import certificate_pdf, signed_certificate
from cradlemark.label.workflow import workflow

CLAIM = terminal_claim(grade=GRADE, reduction=REDUCTION)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("format") / "certificate.pdf"
    path.write_bytes(
        signed_certificate(CLAIM, PROGRAMME, host=HOST, signer=SIGNER, certificate=CERTIFICATE, time=TIME)
    )
    return path


def accessible(path: Path) -> list[str]:
    """Rules of PDF/UA-1 that pdfua finds broken."""
    words = [Path(sys.executable).with_name("pdfua"), "check", "--format", "json", path]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
    told: Any = json.loads(done.stdout)
    (report,) = told if isinstance(told, list) else told.get("files", [told])
    return sorted({str(one["rule_id"]) for one in report["findings"]})


def test_the_certificate_breaks_no_clause(certificate: Path) -> None:
    assert faults(certificate) == []


@pytest.mark.parametrize("state", [None, "suspended"])
def test_the_certificate_is_accessible(tmp_path: Path, state: str | None) -> None:
    path = tmp_path / "certificate.pdf"
    title = workflow().states["label"][state].title if state else None
    path.write_bytes(certificate_pdf(CLAIM, PROGRAMME, host=HOST, state=title))
    assert accessible(path) == []


def _font(file: pikepdf.Pdf, kind: str) -> Any:
    return next(
        one for one in file.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == kind
    )


def _no_font_file(file: pikepdf.Pdf) -> None:
    del _font(file, "/CIDFontType2").FontDescriptor["/FontFile2"]


def _no_meaning(file: pikepdf.Pdf) -> None:
    del _font(file, "/Type0")["/ToUnicode"]


def _no_intent(file: pikepdf.Pdf) -> None:
    del file.Root["/OutputIntents"]


def _no_profile(file: pikepdf.Pdf) -> None:
    file.Root.OutputIntents[0].DestOutputProfile = file.make_stream(b"no profile" * 20)


def _no_relation(file: pikepdf.Pdf) -> None:
    del file.Root.AF[0]["/AFRelationship"]


def _not_associated(file: pikepdf.Pdf) -> None:
    del file.Root["/AF"]


def _no_media_type(file: pikepdf.Pdf) -> None:
    del file.Root.AF[0].EF.F["/Subtype"]


def _unmarked(file: pikepdf.Pdf) -> None:
    file.Root.MarkInfo.Marked = False


def _no_structure(file: pikepdf.Pdf) -> None:
    del file.Root["/StructTreeRoot"]


def _no_language(file: pikepdf.Pdf) -> None:
    del file.Root["/Lang"]


def _other_title(file: pikepdf.Pdf) -> None:
    file.docinfo["/Title"] = "Another title"


def _other_level(file: pikepdf.Pdf) -> None:
    text = file.Root.Metadata.read_bytes().replace(b"<pdfaid:conformance>A<", b"<pdfaid:conformance>B<")
    file.Root.Metadata = file.make_stream(text, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)


def _script(file: pikepdf.Pdf) -> None:
    file.Root.OpenAction = file.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    )


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        (_no_font_file, "6.2.11.4.1"), (_no_meaning, "6.2.11.7.2"), (_no_intent, "6.2.3"), (_no_profile, "6.2.3"),
        (_no_relation, "6.8"), (_not_associated, "6.8"), (_no_media_type, "6.8"), (_unmarked, "6.7.2.2"),
        (_no_structure, "6.7.3.3"), (_no_language, "6.7.4"), (_other_title, "6.6.3"), (_other_level, "6.6.4"),
        (_script, "6.5.1"),
    ],
)  # fmt: skip
def test_a_changed_copy_breaks_the_clause(
    certificate: Path, tmp_path: Path, change: Callable[[pikepdf.Pdf], None], clause: str
) -> None:
    copy = tmp_path / "changed.pdf"
    with pikepdf.open(certificate) as file:
        change(file)
        file.save(copy, fix_metadata_version=False)
    assert {fault.split()[0] for fault in faults(copy)} == {clause}


def test_an_encrypted_copy_and_one_with_more_behind_it_are_refused(certificate: Path, tmp_path: Path) -> None:
    copy = tmp_path / "changed.pdf"
    with pikepdf.open(certificate) as file:
        file.save(copy, encryption=pikepdf.Encryption(owner="o", user=""))
    assert any("6.1.3" in fault for fault in faults(copy))
    copy.write_bytes(certificate.read_bytes() + b"more")
    assert faults(copy) == ["6.1.3 data after the end"]


@pytest.mark.parametrize("change", [_unmarked, _no_structure, _no_language])
def test_a_copy_that_a_screen_reader_cannot_read_is_refused(
    certificate: Path, tmp_path: Path, change: Callable[[pikepdf.Pdf], None]
) -> None:
    copy = tmp_path / "changed.pdf"
    with pikepdf.open(certificate) as file:
        change(file)
        file.save(copy)
    assert accessible(copy) != []
