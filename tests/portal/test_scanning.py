"""A program of the operator looks through uploads before anything else reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cradlemark.registry.home import Home

MARK = b"THIS-STANDS-FOR-MALWARE"
SCANNER = ["sh", "-c", "if grep -q THIS-STANDS-FOR-MALWARE; then echo stream: Test.Mark FOUND; exit 1; fi"]
"""Answers as clamdscan does, for a mark that is no malware."""
BILL = "name,quantity,unit,material\nHousing,1,pc,PA66 {mark}\n"


def sent(client: Client, address: str, content: bytes, name: str, field: str = "file") -> tuple[int, str]:
    answer = client.post(address, {field: SimpleUploadedFile(name, content)})
    return answer.status_code, answer.content.decode()


def bill(mark: str = "") -> bytes:
    return BILL.format(mark=mark).encode()


def test_infected_upload_is_refused_and_kept_nowhere(
    home: Home, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.studies.models import BillImport

    monkeypatch.setattr(settings, "SCANNER", SCANNER)
    client = signed_in("practitioner")
    before = BillImport.objects.count()
    for address, name, field in (
        ("/imports/new/", "bill.csv", "file"), ("/products/new/", "study.toml", "document"), ("/verify/", "label.svg", "file"),
    ):  # fmt: skip
        status, page = sent(client, address, bill(MARK.decode()), name, field)
        assert status == 422, address
        assert "malware was found" in page, address
        assert "Test.Mark FOUND" in page, address
    assert BillImport.objects.count() == before
    status, _ = sent(client, "/imports/new/", bill(), "bill.csv")
    assert status == 302
    assert BillImport.objects.count() == before + 1


def test_program_with_an_infected_upload_is_told_why(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.portal.api_client import BASE, token_for

    monkeypatch.setattr(settings, "SCANNER", SCANNER)
    headers = {"Authorization": f"Bearer {token_for('practitioner')}", "Idempotency-Key": "0123456789abcdef"}
    answer = Client().post(f"{BASE}/uploads", {"file": SimpleUploadedFile("a.csv", MARK)}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "file-infected")


@pytest.mark.parametrize(
    "scanner", [["sh", "-c", "exit 2"], ["no-such-scanner"], ["sleep", "5"], ["sh", "-c", "kill -9 $$"]]
)
def test_nothing_is_taken_when_the_scanner_does_not_answer(
    home: Home, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, scanner: list[str]
) -> None:
    from tests.portal.api_client import BASE, token_for

    monkeypatch.setattr(settings, "SCANNER", scanner)
    monkeypatch.setattr("cradlemark.registry.scanning.LONGEST", 0.5)
    client = signed_in("practitioner")
    status, page = sent(client, "/verify/", bill(), "bill.csv")
    assert status == 503
    assert "looked through" in page
    assert sent(client, "/imports/new/", bill(), "bill.csv")[0] == 503
    headers = {"Authorization": f"Bearer {token_for('practitioner')}", "Idempotency-Key": "0123456789abcdef"}
    answer = Client().post(f"{BASE}/uploads", {"file": SimpleUploadedFile("a.csv", bill())}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "scanner-failed")


def test_scanner_sees_nothing_of_the_portal(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from cradlemark.core.errors import CradlemarkError
    from cradlemark.registry.scanning import scan

    monkeypatch.setenv("CRADLEMARK_SECRET_KEY", "secret of the server")
    monkeypatch.setattr(settings, "SCANNER", ["sh", "-c", "env; exit 1"])
    with pytest.raises(CradlemarkError) as refused:
        scan(b"", name="x")
    assert "CRADLEMARK" not in refused.value.message.en
    assert "PATH=" in refused.value.message.en
