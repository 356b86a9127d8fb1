"""A verifier sets up a passkey in Chromium, with a virtual authenticator, and signs in with nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings

from cradlemark.registry.home import Home

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip
PASSWORD = "for demonstration only"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A portal that asks for second factors, on a name that browsers take for secure."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection

    monkeypatch.setattr(settings, "SECOND_FACTOR_REQUIRED", True)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["localhost"])
    application = WSGIHandler()

    def answer(environ: Any, start: Any) -> Any:
        try:
            response = application(environ, start)
            content = list(response)
            response.close()
            return content
        finally:
            connection.close()

    server = make_server("127.0.0.1", 0, answer, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_verifier_signs_in_with_a_passkey_alone(address: str, browser: Browser) -> None:
    from allauth.account.models import EmailAddress

    from cradlemark.registry.people.models import User

    user = User.objects.get(email="verifier@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    context = browser.new_context(locale="en-GB", ignore_https_errors=True)
    page = context.new_page()
    reports: list[str] = []
    page.on(
        "console",
        lambda message: reports.append(message.text) if "Content Security Policy" in message.text else None,
    )
    speaking = context.new_cdp_session(page)
    speaking.send("WebAuthn.enable")
    speaking.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(f"{address}/account/login/")
    page.fill("input[name=login]", "verifier@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button[type=submit]")
    page.wait_for_url("**/account/2fa/**")
    page.goto(f"{address}/account/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.click("form:has(input[name=password]) button[type=submit]")
    page.wait_for_selector("#mfa_webauthn_add")
    page.fill("input[name=name]", "This machine")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    page.goto(f"{address}/desk/")
    assert page.url.endswith("/desk/")
    context.clear_cookies()
    page.goto(f"{address}/account/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/desk/")
    assert "Verifier" in page.inner_text("header")
    assert reports == []
    context.close()
