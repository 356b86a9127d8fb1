"""Accounts: signing up, second factors of roles that need one, invitations, identity providers."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from cradlemark.registry.home import Home
from tests.portal.api_client import Program, token_for
from tests.portal.unreachable_mail import BACKEND

PASSWORD = "for demonstration only"


@pytest.fixture
def strict(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """As in a real programme."""
    monkeypatch.setattr(settings, "SECOND_FACTOR_REQUIRED", True)
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    mail.outbox = []
    return home


def by_password(role: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    done = client.post("/account/login/", {"login": f"{role}@example.org", "password": PASSWORD})
    assert done.status_code == 302, done.content.decode()[-2000:]
    return client


def code_for(client: Client) -> str:
    from allauth.mfa.totp.internal import auth

    secret = client.session["mfa.totp.secret"]
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


def with_verified_address(role: str) -> None:
    from allauth.account.models import EmailAddress

    from cradlemark.registry.people.models import User

    user = User.objects.get(email=f"{role}@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


@pytest.mark.parametrize("role", ["verifier", "officer", "decision_maker", "technical_reviewer"])
def test_role_that_needs_a_second_factor_is_led_to_it(strict: Home, role: str) -> None:
    client = by_password(role)
    for address in ("/desk/", "/tokens/"):
        response = client.get(address)
        assert (response.status_code, response.headers.get("Location")) == (302, "/account/2fa/")
    page = client.get("/account/2fa/")
    assert page.status_code == 200
    assert "second factor" in page.content.decode()
    assert client.get("/").status_code == 200


def test_manufacturer_may_do_without(strict: Home) -> None:
    assert by_password("practitioner").get("/desk/").status_code == 200


def test_code_generator_opens_the_desk_and_is_asked_for_at_the_next_sign_in(strict: Home) -> None:
    from allauth.mfa.models import Authenticator

    with_verified_address("officer")
    client = by_password("officer")
    assert (
        client.get("/account/2fa/totp/activate/").headers["Location"].startswith("/account/reauthenticate/")
    )
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    wrong = client.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    secret = client.session["mfa.totp.secret"]
    done = client.post("/account/2fa/totp/activate/", {"code": code_for(client)})
    assert done.status_code == 302
    assert client.get("/desk/").status_code == 200
    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data), "a secret is kept encrypted"
    again = Client(headers={"accept-language": "en"})
    asked = again.post("/account/login/", {"login": "officer@example.org", "password": PASSWORD})
    assert asked.headers["Location"].startswith("/account/2fa/authenticate/")
    assert again.get("/desk/").status_code == 302, "a password alone opens nothing"


def test_token_of_a_role_that_needs_a_second_factor_does_not_go_around_it(strict: Home) -> None:
    refused = Program(token_for("officer")).get("/cases")
    assert refused.status_code == 403
    assert refused.json()["code"] == "second-factor"
    assert Program(token_for("practitioner")).get("/cases").status_code == 200


def test_password_is_long_and_hashed_with_argon2(strict: Home) -> None:
    from cradlemark.registry.people.models import User

    short = {"email": "new@example.org", "password1": "short", "password2": "short"}
    assert Client().post("/account/signup/", short).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()
    long = "several uncommon words in a row"
    Client().post("/account/signup/", {**short, "password1": long, "password2": long})
    assert User.objects.get(email="new@example.org").password.startswith("argon2$argon2id$")


def signed_up(address: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    password = "several uncommon words in a row"
    done = client.post("/account/signup/", {"email": address, "password1": password, "password2": password})
    assert done.status_code == 302, done.content.decode()[-1500:]
    return client


def test_manufacturer_signs_up_and_begins_an_organisation(home: Home) -> None:
    from cradlemark.registry.people.models import Membership, Organisation

    client = signed_up("maker@example.com")
    desk = client.get("/desk/")
    assert "/organisation/new/" in desk.content.decode()
    for wrong in ({"name_zh": "", "place": "CN"}, {"name_zh": "新端子厂", "place": "nowhere"}):
        assert client.post("/organisation/new/", wrong).status_code == 422
    given = {
        "name_zh": "新端子厂",
        "place": "CN",
        "identifier": "uscc:1",
        "kind": "programme",
        "role": "officer",
    }
    assert client.post("/organisation/new/", given).status_code == 302
    made = Organisation.objects.get(name_zh="新端子厂")
    assert made.kind == "manufacturer"
    assert set(Membership.objects.filter(organisation=made).values_list("role", flat=True)) == {
        "applicant",
        "practitioner",
    }
    assert client.get("/products/").status_code == 200
    assert client.post("/organisation/new/", {"name_zh": "第二家", "place": "CN"}).status_code == 302
    assert not Organisation.objects.filter(name_zh="第二家").exists()


def invited(client: Client, part: str, **more: str) -> str:
    page = client.post("/invitations/", {"part": part, "days": "7", **more})
    assert page.status_code == 200, page.content.decode()[-1500:]
    found = page.content.decode().partition("<code>http://testserver")[2].partition("<")[0]
    assert found.startswith("/invitation/")
    return found


def test_invitation_is_taken_once_by_whoever_it_is_for(home: Home, signed_in: Callable[..., Client]) -> None:
    from cradlemark.registry.access.models import Invitation
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.people.models import Membership, Organisation

    officer = signed_in("officer")
    body = Organisation.objects.get(kind="verification_body")
    link = invited(officer, f"{body.pk}:verifier", email="Second@Example.com")
    assert link.split("/")[2] not in str(list(Invitation.objects.values()))
    visitor = Client(headers={"accept-language": "en"})
    assert "Make an account" in visitor.get(link).content.decode()
    password = "several uncommon words in a row"
    done = visitor.post(
        "/account/signup/", {"email": "second@example.com", "password1": password, "password2": password}
    )
    assert done.headers["Location"] == link, "who came by an invitation arrives at it"
    stranger = signed_up("stranger@example.com")
    assert stranger.post(link).status_code == 409
    assert visitor.post(link).status_code == 302
    assert Membership.objects.filter(
        user__email="second@example.com", role="verifier", organisation=body
    ).exists()
    assert visitor.get(link).status_code == stranger.get(link).status_code == 404
    assert Event.objects.filter(tag="access:invitation:take").count() == 1


def test_invitation_ends_when_it_expires_or_is_withdrawn(
    home: Home, signed_in: Callable[..., Client]
) -> None:
    from cradlemark.registry.access.models import Invitation
    from cradlemark.registry.people.models import Organisation

    officer = signed_in("officer")
    office = Organisation.objects.get(kind="programme")
    first, second = (invited(officer, f"{office.pk}:oversight") for _ in range(2))
    assert (
        officer.post(f"/invitations/{Invitation.objects.order_by('pk')[0].pk}/withdraw/").status_code == 302
    )
    assert Client().get(first).status_code == 404
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    Invitation.objects.update(expires=past)
    assert Client().get(second).status_code == 404
    for days in ("0", "31", "x", "9" * 30):
        assert (
            officer.post("/invitations/", {"part": f"{office.pk}:oversight", "days": days}).status_code == 422
        )


def test_nobody_invites_into_an_organisation_of_others_or_into_a_foreign_role(
    home: Home, signed_in: Callable[..., Client]
) -> None:
    from cradlemark.registry.access.models import Invitation
    from cradlemark.registry.people.models import Organisation

    office, maker = (Organisation.objects.get(kind=kind) for kind in ("programme", "manufacturer"))
    applicant = signed_in("applicant")
    for part in (f"{office.pk}:officer", f"{maker.pk}:verifier", "x:officer", "", f"{maker.pk}"):
        assert applicant.post("/invitations/", {"part": part, "days": "7"}).status_code in {409, 422}
    assert Invitation.objects.count() == 0
    invited(applicant, f"{maker.pk}:practitioner")
    verifier = signed_in("verifier")
    assert verifier.post(f"/invitations/{Invitation.objects.get().pk}/withdraw/").status_code == 404


def test_identity_provider_is_named_by_the_environment(tmp_path: Any) -> None:
    from cradlemark.portal.accounts.identity_providers import identity_providers, origins

    assert identity_providers({}) == {}
    file = tmp_path / "secret"
    file.write_text("the secret\n")
    made = identity_providers({
        "CRADLEMARK_OIDC_ISSUER": "https://id.example.org/x", "CRADLEMARK_OIDC_CLIENT": "labels",
        "CRADLEMARK_OIDC_SECRET_FILE": str(file),
    })  # fmt: skip
    (app,) = made["openid_connect"]["APPS"]
    assert (app["client_id"], app["secret"]) == ("labels", "the secret")
    assert made["openid_connect"]["OAUTH_PKCE_ENABLED"] is True
    assert origins(made) == ("https://id.example.org",)


@pytest.mark.parametrize(
    "address", ["/account/email/", "/account/2fa/", "/account/sessions/", "/account/password/change/"]
)
def test_pages_of_accounts_hold_no_script_that_the_policy_forbids(home: Home, address: str) -> None:
    page = by_password("practitioner").get(address)
    assert page.status_code == 200
    for script in re.findall(r"<script[^>]*>", page.content.decode()):
        assert "src=" in script or "application/json" in script, script


def test_account_is_made_though_the_message_cannot_be_sent(
    strict: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.people.models import User

    monkeypatch.setattr(settings, "EMAIL_BACKEND", BACKEND)
    client = Client(headers={"accept-language": "en"})
    password = "several uncommon words in a row"
    given = {"email": "unreached@example.org", "password1": password, "password2": password}
    page = client.post("/account/signup/", given, follow=True)
    assert page.status_code == 200
    assert "The e-mail could not be sent." in page.content.decode()
    assert User.objects.filter(email="unreached@example.org").exists()
    page = Client(headers={"accept-language": "en"}).post(
        "/account/password/reset/", {"email": "officer@example.org"}, follow=True
    )
    assert page.status_code == 200
    assert "The e-mail could not be sent." in page.content.decode()
