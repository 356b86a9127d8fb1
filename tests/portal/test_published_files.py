"""What the portal gives out of the published folder, and what it shares with the pages in it."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from cradlemark.label.credential import label_address
from cradlemark.label.number import LabelNumber
from cradlemark.label.page.assets import assets
from cradlemark.label.page.wording import word
from cradlemark.registry.home import Home


def test_number_that_was_not_issued_gets_the_page_that_says_so(home: Home) -> None:
    address = f"{label_address('', str(LabelNumber('DEMO', 999)))}/"
    answer = Client().get(address)
    assert answer.status_code == 404
    for language in ("en", "zh"):
        assert word("lost_title")[language] in answer.content.decode()
    assert word("lost_title").en not in Client().get("/elsewhere").content.decode()


@pytest.mark.parametrize("name", ["page.css", "lost.js", "icon.svg"])
def test_shared_files_of_pages_are_given_out(home: Home, name: str) -> None:
    answer = Client().get(f"/{assets()[name].path}")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == assets()[name].content  # type: ignore[attr-defined]


def content_of(address: str, language: str) -> str:
    """What a browser in a language is shown; it would save what is no page as a file."""
    answer = Client().get(address, headers={"Accept-Language": language})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    again = {"Accept-Language": language, "If-Modified-Since": answer.headers["Last-Modified"]}
    for one in (answer, Client().get(address, headers=again)):
        assert {"Accept-Language", "Cookie"} <= {name.strip() for name in one.headers["Vary"].split(",")}
    content = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    answer.close()
    return content


def test_folder_is_shown_as_the_page_in_it_in_the_language_of_the_visit(home: Home) -> None:
    folder = home.public / "l" / "DEMO-000000-GK"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("index")
    for language in ("en", "zh-CN"):
        assert content_of("/l/DEMO-000000-GK/", language) == "index"
    (folder / "zh.html").write_text("中文")
    assert content_of("/l/DEMO-000000-GK/", "zh-CN,en;q=0.5") == "中文"
    assert content_of("/l/DEMO-000000-GK/", "en") == "index"
    assert content_of("/l/DEMO-000000-GK/index.html", "zh-CN") == "index"


def test_colours_and_sizes_are_those_of_the_label_pages(home: Home) -> None:
    found = finders.find("page/tokens.css")
    assert found
    with open(str(found), "rb") as file:  # noqa: PTH123 - a path of Django
        assert file.read() == assets()["tokens.css"].content
    assert "/static/page/tokens.css" in Client().get("/").content.decode()
