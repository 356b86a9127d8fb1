"""A character that PostgreSQL does not keep in texts, in everything that can be sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from cradlemark.portal.zero_bytes import ZeroBytes
from cradlemark.registry.home import Home
from tests.portal.api_client import Program, token_for

SignIn = Callable[..., Client]
BAD = "a\0b"


@pytest.mark.parametrize("path", ["/", "/compare/", "/statistics/", "/verify/", "/log/"])
def test_it_is_refused_in_questions(home: Home, path: str) -> None:
    answer = Client(headers={"accept-language": "en"}).get(path, {"q": BAD})
    assert answer.status_code == 422
    assert "U+0000" in answer.content.decode()


def test_it_is_refused_in_forms_and_their_names(home: Home, signed_in: SignIn) -> None:
    given = {
        "number": "",
        "kind": "other",
        "text": "The figure is wrong.",
        "contact": "",
        "key": uuid.uuid4().hex,
    }
    for name in given:
        assert Client().post("/problem/", {**given, name: BAD}).status_code == 422
    assert Client().post("/problem/", {**given, "a\0": "b"}).status_code == 422
    officer = signed_in("officer")
    for path in ("/cases/1/step/", "/labels/DEMO-000000-GK/change/", "/programme/accreditations/1/end/"):
        assert officer.post(path, {"reason": BAD, "step": "accept"}).status_code == 422


def test_nothing_is_at_an_address_with_it(home: Home) -> None:
    for path in ("/l/DEMO-%00/", "/L/%00", "/problem/%00/", "/api/v1/labels/a%00b"):
        assert Client().get(path).status_code == 404
    assert Client().get("/api/v1/labels/a%00b").json()["code"] == "address-unknown"


@pytest.mark.parametrize(
    ("document", "refused"), [('a\\u0000b', True), ('a\\\\u0000b', False), ('a\\\\\\u0000b', True), ("plain", False)]
)  # fmt: skip
def test_it_is_refused_in_json_where_it_is_one(home: Home, document: str, refused: bool) -> None:
    program = Program(token_for("applicant"))
    headers = {**program.headers, "Idempotency-Key": uuid.uuid4().hex}
    body = f'{{"document": "{document}"}}'.encode()
    answer = program.client.post("/api/v1/studies", body, content_type="application/json", headers=headers)
    assert answer.status_code == 422
    assert (answer.json()["code"] == "text-zero") == refused


def test_cookie_with_it_is_none() -> None:
    seen: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    # As a browser can send it: quoted, in octal.
    ZeroBytes(answer)(RequestFactory().get("/", HTTP_COOKIE='sessionid="a\\000aaaaaaaa"; other=b'))
    assert seen[0].COOKIES == {"other": "b"}


def test_cell_with_it_is_read_without(tmp_path: Path) -> None:
    import io

    import openpyxl

    from cradlemark.inventory.safe_files import read_grid

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["A_x0000_B", 1])
    content = io.BytesIO()
    book.save(content)
    assert read_grid(content.getvalue(), where="a.xlsx")[0].rows == [["A\ufffdB", 1.0]]
