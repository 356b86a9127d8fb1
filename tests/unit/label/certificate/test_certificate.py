"""What the certificate says and carries, read by pypdf; and that only the right key signs it."""

from __future__ import annotations

import asyncio
import datetime
from io import BytesIO

import attrs
import pytest
from pypdf import PdfReader
from tests.unit.label.artwork.orders import GRADE, HOST, PROGRAMME, REDUCTION, terminal_claim

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.label.artwork.scan import scan
from cradlemark.label.certificate.content import certificate_content, texts
from cradlemark.label.certificate.make import certificate_pdf, signed_certificate
from cradlemark.label.certificate.signature import sign_pdf
from cradlemark.label.certificate.verify import check_certificate
from cradlemark.trust.signers import KeySigner, new_key
from cradlemark.trust.x509 import document_certificate

CLAIM = terminal_claim(grade=GRADE, reduction=REDUCTION)
TIME = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
SIGNER = KeySigner(new_key("p256"))
CERTIFICATE = document_certificate(
    SIGNER, name="Example", since=TIME, until=TIME + datetime.timedelta(days=9)
)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return certificate_pdf(CLAIM, PROGRAMME, host=HOST)


def test_the_record_of_the_claim_is_attached(plain: bytes) -> None:
    signed = sign_pdf(plain, SIGNER, CERTIFICATE, time=TIME)
    for document in (plain, signed):
        assert PdfReader(BytesIO(document)).attachments == {"claim.json": [CLAIM.content]}


def test_it_is_tagged_and_says_which_standards_it_keeps(plain: bytes) -> None:
    reader = PdfReader(BytesIO(sign_pdf(plain, SIGNER, CERTIFICATE, time=TIME)))
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert root["/MarkInfo"]["/Marked"]
    assert ("<pdfaid:part>3<" in metadata, "<pdfaid:conformance>A<" in metadata, "<pdfuaid:part>1<" in metadata) == (
        True, True, True,
    )  # fmt: skip
    assert reader.pdf_header == "%PDF-1.7"
    assert "/Version" not in root


def test_drawing_twice_gives_the_same_bytes(plain: bytes) -> None:
    assert certificate_pdf(CLAIM, PROGRAMME, host=HOST) == plain


def test_its_codes_lead_to_the_label(plain: bytes) -> None:
    assert scan(plain) == (f"https://{HOST}/01/09506000134352?label=DEMO-00001Z-2K",)


def test_everything_of_the_linked_statement_is_there(plain: bytes) -> None:
    printed = "".join(page.extract_text() for page in PdfReader(BytesIO(plain)).pages)
    printed = "".join(printed.split()).replace("\N{ZERO WIDTH SPACE}", "")
    wanted = [
        CLAIM.digest, CLAIM.digests.study, CLAIM.digests.result, CLAIM.digests.bundle, CLAIM.programme.digest,
        CLAIM.verification.statement_digest, CLAIM.basis.rule_pack_digest, CLAIM.basis.rule_pack, "AR6", "100 years",
        "49.1 g", "51.5 g", "44.1 – 60.2", "2025-01-01 – 2025-12-31", "12.3 %", REDUCTION.baseline, "31 %", "limited",
        "unmodified", "2026-11-20", "2026-11-28", "2028-11-27", "2027-11-28", "示例核查机构", "Example verification body",
        "PT 2.5-GY", "PT 2.5-BU", "Biogenic removals", "生物源清除", "Aircraft", "offsets are never netted",
        "location-based", "Primary data", "unverified factors", "cut-off", "hand 1", "NOT A CERTIFICATE", CLAIM.limits[0].zh,
    ]  # fmt: skip
    missing = [text for text in wanted if "".join(text.split()) not in printed]
    assert missing == []


def test_what_has_no_room_in_its_row_stands_in_full_over_several_pages() -> None:
    models = tuple(f"接线端子{index:03d}型" for index in range(800))
    purpose = Text("Connects two conductors; " * 60, "连接两根导体；" * 100)
    claim = attrs.evolve(
        CLAIM,
        product=attrs.evolve(CLAIM.product, models=models),
        unit=attrs.evolve(CLAIM.unit, functional_unit=purpose),
    )
    sections = certificate_content(claim, PROGRAMME)["sections"]
    assert max(len(line) for _, value in sections["subject"]["rows"] for line in value) < 130
    assert [name[1] for name, _ in sections["in_full"]["rows"]] == ["Models", "Functional unit"]
    pages = [
        page.extract_text() for page in PdfReader(BytesIO(certificate_pdf(claim, PROGRAMME, host=HOST))).pages
    ]
    printed = "".join("".join(pages).split())
    assert [model for model in models if model not in printed] == []
    assert printed.count("连接两根导体") >= 100
    assert claim.number in pages[0]
    assert "全文见后" in "".join(pages[0].split())


def test_no_section_of_full_texts_where_all_have_room() -> None:
    assert "in_full" not in certificate_content(CLAIM, PROGRAMME)["sections"]


def test_a_partial_footprint_says_so_and_names_what_is_not_covered() -> None:
    partial = attrs.evolve(
        CLAIM, values=attrs.evolve(CLAIM.values, life_cycle=None), basis=attrs.evolve(CLAIM.basis, boundary="cradle_to_gate")
    )  # fmt: skip
    said = " ".join(texts(certificate_content(partial, PROGRAMME)))
    assert "partial footprint" in said
    assert "Not covered: A4, A5, B1" in said


def test_unknown_values_are_called_unknown() -> None:
    vague = attrs.evolve(CLAIM, quality=attrs.evolve(CLAIM.quality, cut_off_share=None, rating=None))
    rows = certificate_content(vague, PROGRAMME)["sections"]["quality"]["rows"]
    assert [value for _, value in rows[2:]] == [["未知", "unknown"], ["未知", "unknown"]]


def test_small_values_of_stages_are_not_called_zero() -> None:
    stages = CLAIM.values.by_stage | {"A2": (1e-9, 0.0, -1e-9, 0.0, 0.0)}
    made = attrs.evolve(CLAIM, values=attrs.evolve(CLAIM.values, by_stage=stages))
    row = certificate_content(made, PROGRAMME)["stages"]["rows"][1]
    assert row["cells"] == ["< 0.01", "0", "> \N{MINUS SIGN}0.01", "0", "0", "0"]


def test_a_missing_glyph_is_refused() -> None:
    made = attrs.evolve(CLAIM, holder=attrs.evolve(CLAIM.holder, name=Text("\N{ARABIC LETTER AIN}", "甲")))
    with pytest.raises(CradlemarkError, match="artwork-glyph"):
        certificate_pdf(made, PROGRAMME, host=HOST)


def test_a_certificate_of_another_key_is_refused(plain: bytes) -> None:
    with pytest.raises(CradlemarkError, match="certificate-key"):
        sign_pdf(plain, KeySigner(new_key("p256")), CERTIFICATE, time=TIME)


def test_signatures_of_every_length_are_accepted(plain: bytes) -> None:
    lengths = set()
    for second in range(16):
        signed = sign_pdf(plain, SIGNER, CERTIFICATE, time=TIME + datetime.timedelta(seconds=second))
        assert check_certificate(signed, keys={SIGNER.public_key}).claim == CLAIM
        field = PdfReader(BytesIO(signed)).trailer["/Root"]["/AcroForm"]["/Fields"][0].get_object()
        lengths.add(len(bytes(field["/V"]["/Contents"]).rstrip(b"\0")))
    assert len(lengths) > 1  # r and s have a leading zero in half of all cases


def test_a_missing_glyph_is_named_with_its_place() -> None:
    made = attrs.evolve(
        CLAIM, holder=attrs.evolve(CLAIM.holder, name=Text("\N{ARABIC LETTER AIN} & Co", "甲"))
    )
    with pytest.raises(CradlemarkError, match=r"U\+0639") as refused:
        certificate_pdf(made, PROGRAMME, host=HOST)
    assert "& Co" not in str(refused.value)


def test_signing_states_the_time_given() -> None:
    signed = signed_certificate(
        CLAIM, PROGRAMME, host=HOST, signer=SIGNER, certificate=CERTIFICATE, time=TIME
    )
    field = PdfReader(BytesIO(signed)).trailer["/Root"]["/AcroForm"]["/Fields"][0].get_object()
    assert field["/V"]["/M"].startswith("D:20261128120000")
    assert field["/V"]["/SubFilter"] == "/ETSI.CAdES.detached"


def test_it_is_signed_within_an_event_loop_too(plain: bytes) -> None:
    async def at_work() -> bytes:
        return sign_pdf(plain, SIGNER, CERTIFICATE, time=TIME)

    assert len(asyncio.run(at_work())) == len(sign_pdf(plain, SIGNER, CERTIFICATE, time=TIME))
