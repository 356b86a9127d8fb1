"""A frozen register can be read, says so, and lets nobody write."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cradlemark.core.language import Text
from cradlemark.registry.home import Home
from tests.portal.studies import terminal_block


@pytest.fixture
def frozen(home: Home) -> Home:
    from cradlemark.portal.home import now
    from cradlemark.registry.operation.freeze import freeze

    freeze(Text("Moving to another machine.", "正在迁移到另一台机器。"), time=now())
    return home


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Moving to another machine."), ("zh-hans", "正在迁移")]
)
def test_every_page_says_why(
    frozen: Home, signed_in: Callable[..., Client], language: str, word: str
) -> None:
    client = signed_in("practitioner", language=language)
    for address in ("/", "/products/", "/log/"):
        page = client.get(address)
        assert page.status_code == 200
        assert word in page.content.decode()


def test_nothing_is_written_and_signing_in_and_out_works(
    frozen: Home, signed_in: Callable[..., Client]
) -> None:
    from cradlemark.registry.studies.models import Study

    client = signed_in("practitioner")
    page = client.post("/products/new/", {"document": terminal_block()})
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) >= 60
    assert "Moving to another machine." in page.content.decode()
    assert client.post("/problem/", {"text": "x"}).status_code == 503
    assert Study.objects.count() == 0
    assert client.post("/language/setlang/", {"language": "en"}).status_code == 302
    assert client.post("/account/logout/").status_code == 302
