"""In which language a visitor reads."""

from __future__ import annotations

import pytest
from django.test import Client

from cradlemark.registry.home import PROGRAMME, Home


def language_of(headers: dict[str, str], cookie: str = "") -> str:
    client = Client(headers=headers)
    if cookie:
        client.cookies["django_language"] = cookie
    return client.get("/").content.decode().partition('<html lang="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("asked", "cookie", "language"),
    [
        ("en-GB,en;q=0.9", "", "en"), ("zh-TW,zh;q=0.9,en;q=0.8", "", "zh-Hans"), ("de,en;q=0.5,zh;q=0.4", "", "en"),
        ("fr,zh-CN;q=0.2", "", "zh-Hans"), ("en", "zh-hans", "zh-Hans"), ("zh", "en", "en"), ("x" * 5_000, "en", "en"),
    ],
)  # fmt: skip
def test_visitor_reads_what_the_browser_or_the_choice_asks_for(
    home: Home, asked: str, cookie: str, language: str
) -> None:
    assert language_of({"Accept-Language": asked}, cookie) == language


@pytest.mark.parametrize("asked", ["", "de-DE,de;q=0.9", "*", "tlh;q=abc,,;", "x" * 5_000])
def test_visitor_who_asks_for_neither_reads_the_language_of_the_programme(home: Home, asked: str) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    assert language_of(headers) == language_of(headers, cookie="fr") == "en"
    file = home.folder / PROGRAMME
    text = file.read_text("utf-8")
    assert "\nlanguage" not in text
    file.write_text(text.replace("[programme]\n", '[programme]\nlanguage = "zh"\n', 1), "utf-8")
    assert home.programme.language == "zh"
    assert language_of(headers) == "zh-Hans"


def test_programme_file_that_cannot_be_read_stops_no_visit(home: Home) -> None:
    (home.folder / PROGRAMME).write_text("[", "utf-8")
    assert Client().get("/healthz").status_code == 200
