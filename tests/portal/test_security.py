"""What every answer says to a browser, and what no address does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from cradlemark.registry.home import Home

PAGES = (
    "/",
    "/verify/",
    "/log/",
    "/data/",
    "/api/v1/",
    "/account/login/",
    "/account/signup/",
    "/no/such/page",
)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_says_what_a_browser_may_do_with_it(home: Home, address: str) -> None:
    headers = Client().get(address).headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "script-src 'self'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_real_programme_asks_for_https_for_a_year(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SECURE_HSTS_SECONDS": 31_536_000, "SECURE_HSTS_INCLUDE_SUBDOMAINS": True, "SECURE_SSL_REDIRECT": True,
    }.items():  # fmt: skip
        monkeypatch.setattr(settings, name, value)
    plain = Client().get("/")
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://testserver/")
    secure = Client().get("/", secure=True)
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    refused = Client().get("/api/v1/programme", headers={"Authorization": "Bearer cl_x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "request-plain")
    assert Client().get("/api/v1/programme", secure=True).status_code == 200
    assert Client().get("/healthz").status_code == 200


def test_what_a_person_sees_is_not_kept(home: Home, signed_in: Callable[..., Client]) -> None:
    client = signed_in("practitioner")
    for address in ("/desk/", "/products/", "/tokens/"):
        assert "no-store" in client.get(address).headers["Cache-Control"]


def test_cookies_are_for_this_site_and_not_for_scripts(home: Home, signed_in: Callable[..., Client]) -> None:
    cookies = signed_in("practitioner").cookies
    assert cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert {cookie["samesite"] for cookie in cookies.values()} == {"Lax"}


@pytest.mark.parametrize("method", ["trace", "put", "delete", "patch"])
def test_methods_that_nobody_needs_are_refused(home: Home, method: str) -> None:
    assert Client().generic(method.upper(), "/").status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/l/",
        "/log/tile/",
        "/assets/",
        "/keys/",
        "/.git/config",
        "/..%2fhome.toml",
        "/../home.toml",
        "/registry.sqlite3",
    ],
)
def test_folders_are_not_listed_and_nothing_else_is_given_out(home: Home, address: str) -> None:
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_led_elsewhere(home: Home, target: str) -> None:
    language = Client().post("/language/setlang/", {"language": "en", "next": target})
    assert language.headers["Location"] == "/"
    password = {"login": "practitioner@example.org", "password": "for demonstration only"}
    signed = Client().post(f"/account/login/?next={target}", {**password, "next": target})
    assert signed.headers["Location"] in {"/desk/", "/account/login/"}


def test_session_changes_when_somebody_signs_in_and_ends_when_he_signs_out(home: Home) -> None:
    client = Client()
    client.get("/account/login/")
    password = {"login": "practitioner@example.org", "password": "for demonstration only"}
    assert client.post("/account/login/", password).status_code == 302
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/account/logout/")
    kept = Client()
    kept.cookies[settings.SESSION_COOKIE_NAME] = first
    assert kept.get("/desk/").status_code == 302
    client.post("/account/login/", password)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != first


def test_person_who_is_gone_is_signed_out_everywhere(home: Home, signed_in: Callable[..., Client]) -> None:
    from cradlemark.registry.people.models import User

    client = signed_in("practitioner")
    assert client.get("/desk/").status_code == 200
    User.objects.filter(memberships__role="practitioner").update(is_active=False)
    assert client.get("/desk/").status_code == 302


def test_wrong_passwords_are_slowed_down_and_tell_nothing(home: Home) -> None:
    known, unknown = (
        Client(headers={"accept-language": "en"}).post(
            "/account/login/", {"login": address, "password": "wrong words"}
        )
        for address in ("practitioner@example.org", "nobody@example.org")
    )
    assert known.status_code == unknown.status_code == 200
    assert known.content.count(b"error") == unknown.content.count(b"error")
