"""Signing in by an identity provider that speaks OpenID Connect: a provider by others, over HTTP, as a process of its own."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import attrs
import pytest
import requests
from django.conf import settings
from django.core import mail
from django.test import Client

from cradlemark.portal.accounts.identity_providers import identity_providers, origins
from cradlemark.registry.home import Home
from cradlemark.registry.people.models import User
from tests.portal.killed_portal import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PASSWORD = "for demonstration only"
BUTTON = "/account/oidc/organisation/login/"
CALLBACK = "/account/oidc/organisation/login/callback/"


@attrs.frozen
class Provider:
    """The provider, and who is known there."""

    address: str

    def person(self, email: str, *, verified: bool = True) -> str:
        """Make a person known there; returns the subject."""
        subject = uuid.uuid4().hex
        claims = {"email": email, "email_verified": verified, "name": "Anna"}
        assert requests.put(f"{self.address}/users/{subject}", json=claims, timeout=10).status_code == 204
        return subject

    def answer(self, asked: str, subject: str) -> str:
        """Where the provider leads after somebody has agreed."""
        answer = requests.post(asked, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text[:500]
        return answer.headers["Location"]


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    program = Path(sys.executable).with_name("oidc-provider-mock")
    with subprocess.Popen(
        [program, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until(lambda: _answers(port), "the provider does not answer")
            yield Provider(f"http://127.0.0.1:{port}")
        finally:
            process.kill()


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def provider(home: Home, running: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The portal set up for the provider, otherwise as in a real programme."""
    made = identity_providers(
        {
            "CRADLEMARK_OIDC_ISSUER": running.address, "CRADLEMARK_OIDC_CLIENT": "labels", "CRADLEMARK_OIDC_SECRET": "s",
            "CRADLEMARK_OIDC_NAME": "Harbour Electric",
        }
    )  # fmt: skip
    for name, value in {
        "SOCIALACCOUNT_PROVIDERS": made, "FORM_TARGETS": origins(made), "SECOND_FACTOR_REQUIRED": True,
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory", "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    }.items():  # fmt: skip
        monkeypatch.setattr(settings, name, value, raising=False)
    mail.outbox = []
    return running


def begun(client: Client) -> str:
    """Press the button; where the provider is asked."""
    answer = client.post(BUTTON)
    assert answer.status_code == 302, answer.content.decode()[:500]
    return str(answer.headers["Location"])


def signed(client: Client, provider: Provider, subject: str) -> Any:
    """The whole way there and back."""
    back = urlsplit(provider.answer(begun(client), subject))
    return client.get(f"{back.path}?{back.query}")


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(("language", "words"), [("en", "Sign in with Harbour Electric"), ("zh-hans", "使用 Harbour Electric 登录")])  # fmt: skip
def test_sign_in_page_has_a_button_for_it(provider: Provider, language: str, words: str) -> None:
    page = Client(headers={"accept-language": language}).get("/account/login/").content.decode()
    assert words in page
    assert f'href="{BUTTON}' in page


def test_no_button_without_a_provider(home: Home) -> None:
    assert "/account/oidc/" not in Client().get("/account/login/").content.decode()


def test_policy_lets_the_form_lead_there_and_nowhere_else(provider: Provider) -> None:
    policy = Client().get(BUTTON).headers["Content-Security-Policy"]
    assert f"form-action 'self' {provider.address};" in policy


def test_new_person_signs_in_and_begins_an_organisation(provider: Provider) -> None:
    client = Client(headers={"accept-language": "en"})
    asked = parse_qs(urlsplit(begun(client)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 16
    client = Client(headers={"accept-language": "en"})
    done = signed(client, provider, provider.person("anna@works.example"))
    assert (done.status_code, done.headers["Location"]) == (302, "/desk/")
    assert is_signed_in(client)
    from allauth.account.models import EmailAddress

    assert EmailAddress.objects.get(email="anna@works.example").verified


def test_address_that_the_provider_does_not_vouch_for_is_confirmed_first(provider: Provider) -> None:
    client = Client(headers={"accept-language": "en"})
    done = signed(client, provider, provider.person("berta@works.example", verified=False))
    assert done.headers["Location"] == "/account/confirm-email/"
    assert not is_signed_in(client)
    assert [one.to for one in mail.outbox] == [["berta@works.example"]]


@pytest.mark.parametrize("verified", [True, False])
def test_nobody_takes_over_an_account_by_its_address(provider: Provider, verified: bool) -> None:
    """Not even one who is vouched for: a provider says who somebody is there, not whose account this is."""
    from allauth.socialaccount.models import SocialAccount

    client, people, owner = Client(), User.objects.count(), with_address("officer")
    signed(client, provider, provider.person(owner.email, verified=verified))
    assert not is_signed_in(client)
    assert client.get("/desk/").status_code == 302
    assert (SocialAccount.objects.count(), User.objects.count()) == (0, people)


def with_address(role: str) -> User:
    """The person who has a role, with a confirmed address."""
    from allauth.account.models import EmailAddress

    user = User.objects.get(email=f"{role}@example.org")
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def by_password(role: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    form = {"login": with_address(role).email, "password": PASSWORD}
    assert client.post("/account/login/", form).status_code == 302
    return client


def connected(client: Client, provider: Provider, subject: str) -> None:
    """Add the provider to an account from within."""
    asked = client.post(f"{BUTTON}?process=connect")
    back = urlsplit(provider.answer(asked.headers["Location"], subject))
    assert client.get(f"{back.path}?{back.query}").headers["Location"] == "/account/3rdparty/"


def test_account_is_connected_from_within_and_opens_then(provider: Provider) -> None:
    subject = provider.person("p@provider.example")
    connected(by_password("practitioner"), provider, subject)
    client = Client()
    signed(client, provider, subject)
    assert client.get("/products/").status_code == 200


@pytest.mark.parametrize("role", ["verifier", "officer"])
def test_second_factor_is_asked_for_after_the_provider_too(provider: Provider, role: str) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    subject = provider.person(f"{role}@provider.example")
    connected(by_password(role), provider, subject)
    client = Client()
    signed(client, provider, subject)
    assert client.get("/desk/").headers["Location"] == "/account/2fa/", "without one, it is set up first"
    TOTP.activate(User.objects.get(email=f"{role}@example.org"), generate_totp_secret())
    client = Client()
    assert signed(client, provider, subject).headers["Location"].startswith("/account/2fa/authenticate/")
    assert not is_signed_in(client)
    assert client.get("/desk/").headers["Location"].startswith("/account/login/")


def test_answer_to_another_browser_is_refused(provider: Provider) -> None:
    """The state belongs to one session: nobody is signed in by a link that somebody else sends."""
    people = User.objects.count()
    first, second = Client(), Client()
    back = urlsplit(provider.answer(begun(first), provider.person("eve@works.example")))
    begun(second)
    for query in (
        back.query,
        urlencode({"code": parse_qs(back.query)["code"][0], "state": "wrong"}),
        f"code={parse_qs(back.query)['code'][0]}",
    ):
        second.get(f"{CALLBACK}?{query}")
        assert not is_signed_in(second)
    assert User.objects.count() == people


def test_code_and_state_hold_once(provider: Provider) -> None:
    client, subject = Client(), provider.person("once@works.example")
    back = urlsplit(provider.answer(begun(client), subject))
    client.get(f"{CALLBACK}?{back.query}")
    assert is_signed_in(client)
    client.logout()
    client.get(f"{CALLBACK}?{back.query}")
    assert not is_signed_in(client)


def test_refusal_at_the_provider_signs_nobody_in(provider: Provider) -> None:
    client = Client(headers={"accept-language": "en"})
    asked = begun(client)
    answer = requests.post(asked, data={"action": "deny"}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    state = parse_qs(urlsplit(asked).query)["state"][0]
    page = client.get(f"{CALLBACK}?{back.query}&state={state}", follow=True)
    assert page.status_code in {200, 401, 403}
    assert not is_signed_in(client)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_browser_follows_the_form_under_the_policy(provider: Provider, browser: Browser) -> None:
    from django.core.wsgi import get_wsgi_application

    subject = provider.person("chromium@works.example")
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        page = browser.new_page(locale="en")
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"http://127.0.0.1:{server.server_port}/account/login/")
        page.get_by_role("link", name=re.compile("Harbour Electric")).click()
        page.locator("main form button, form [type=submit]").last.click()
        page.wait_for_url(f"{provider.address}/**")
        page.locator("[name=sub]").first.fill(subject)
        page.locator("[name=sub]").first.press("Enter")
        page.wait_for_url("**/desk/")
        assert not [one for one in said if "Security Policy" in one], said
        page.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
