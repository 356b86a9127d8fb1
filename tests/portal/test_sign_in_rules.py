"""Passwords that are refused, sessions that end by themselves or by an officer, and what is written down of accounts."""

from __future__ import annotations

import datetime
import hashlib
import logging
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from cradlemark.registry.home import Home
from tests.portal.test_accounts import PASSWORD, by_password, code_for, with_verified_address
from tests.portal.unreachable_mail import BACKEND


def refused(password: str, role: str = "") -> bool:
    from cradlemark.portal.accounts.passwords import ContextWords
    from cradlemark.registry.people.models import User

    user = User.objects.get(email=f"{role}@example.org") if role else None
    try:
        ContextWords().validate(password, user)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "password",
    [
        "my cradlemark 2026", "Cr4dl3m@rk forever", "C-r-a-d-l-e-m-a-r-k ok", "an 0fficer at work", "我的碳足迹密码很长", "demonstration is fun",
    ],
)  # fmt: skip
def test_words_of_the_context_are_refused(home: Home, password: str) -> None:
    assert refused(password)


def test_name_of_the_own_organisation_is_refused_to_its_people_only(home: Home) -> None:
    from cradlemark.registry.people.models import Organisation

    Organisation.objects.filter(kind="manufacturer", memberships__user__email="practitioner@example.org").update(
        name_en="Fenghuang Terminals Ltd", name_zh="凤凰端子"
    )  # fmt: skip
    for password in ("fenghuang is my home", "F3nghuang!", "我家就是凤凰端子好"):
        assert refused(password, "practitioner")
        assert not refused(password, "officer")
        assert not refused(password)
    assert not refused("several uncommon words in a row", "practitioner")


@pytest.mark.parametrize(("language", "told"), [("en", "others would guess"), ("zh-hans", "容易猜到")])
def test_page_of_signing_up_says_why_a_password_is_refused(home: Home, language: str, told: str) -> None:
    given = {
        "email": "new@example.com",
        "password1": "the cradlemark secret",
        "password2": "the cradlemark secret",
    }
    page = Client(headers={"accept-language": language}).post("/account/signup/", given)
    assert page.status_code == 200
    assert told in page.content.decode()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("counted", [True, False])
def test_passwords_that_became_known_are_found_in_an_ordered_file(
    tmp_path: Path, ends: str, counted: bool
) -> None:
    from cradlemark.portal.accounts.passwords import KnownPasswords

    words = [f"known words {number}" for number in range(500)]
    hashes = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in words)
    draw = random.Random(7)
    lines = [one + (f":{10 ** draw.randrange(8)}" if counted else "") for one in hashes]
    file = tmp_path / "known.txt"
    file.write_bytes((ends.join(lines) + ends).encode())
    check = KnownPasswords(str(file))
    for word in words:
        with pytest.raises(ValidationError, match=r"known elsewhere|已在别处泄露"):
            check.validate(word)
    for number in range(500):
        check.validate(f"unknown words {number}")
    file.write_bytes(b"")
    check.validate(words[0])
    file.unlink()
    with pytest.raises(FileNotFoundError):
        check.validate(words[0])
    KnownPasswords("").validate(words[0])


def test_portal_does_not_start_without_the_file_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    portal = apps.get_app_config("portal")
    portal.ready()
    monkeypatch.setattr(settings, "KNOWN_PASSWORDS", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="CRADLEMARK_KNOWN_PASSWORDS"):
        portal.ready()


class Clock:
    """A clock that tests turn on."""

    def __init__(self) -> None:
        self.time = datetime.datetime.now(datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.time

    def on(self, **span: float) -> None:
        self.time += datetime.timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("cradlemark.portal.accounts.sessions.now", made)
    return made


@pytest.mark.parametrize(
    ("role", "idle"),
    [("officer", {"minutes": 60}), ("verifier", {"minutes": 60}), ("practitioner", {"days": 7})],
)
def test_session_ends_when_nothing_is_done(
    home: Home, clock: Clock, role: str, idle: dict[str, float]
) -> None:
    client, half = by_password(role), datetime.timedelta(**idle) / 2
    clock.time += half  # what is done in between begins the time anew; the longest time is not reached
    assert client.get("/desk/").status_code == 200
    clock.time += 2 * half + datetime.timedelta(seconds=2)
    over = client.get("/desk/")
    assert over.status_code == 302
    assert over.headers["Location"].startswith("/account/login/")
    assert "session was over" in client.get("/account/login/").content.decode()
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("role", "step", "most"), [("officer", {"minutes": 50}, 14), ("practitioner", {"days": 6.9}, 2)]
)
def test_session_ends_after_its_longest_time(
    home: Home, clock: Clock, role: str, step: dict[str, float], most: int
) -> None:
    client = by_password(role)
    for _ in range(most):
        clock.on(**step)
        assert client.get("/desk/").status_code == 200
    clock.on(**step)
    assert client.get("/desk/").status_code == 302


def test_signing_out_lets_the_browser_clear_what_it_keeps(home: Home, clock: Clock) -> None:
    client = by_password("officer")
    assert "Clear-Site-Data" not in client.get("/desk/").headers
    out = client.post("/account/logout/")
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies.clear()  # as a browser does that is told that they are over
    assert "Clear-Site-Data" not in client.get("/").headers
    client = by_password("officer")
    clock.on(hours=2)
    assert client.get("/desk/").headers["Clear-Site-Data"] == '"cache", "storage"'


def events(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int | None, str | None]]:
    found = [one for one in caplog.records if one.name == "cradlemark.accounts"]
    told = [(one.event, one.user, one.factor) for one in found]  # type: ignore[attr-defined]
    caplog.clear()
    return told


def test_what_happens_to_an_account_is_written_down_without_secrets(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    from cradlemark.portal.watching.logs import JsonLines
    from cradlemark.registry.people.models import User

    caplog.set_level(logging.INFO, logger="cradlemark.accounts")
    cache.clear()  # of attempts that other tests made
    with_verified_address("officer")
    person = User.objects.get(email="officer@example.org").pk
    client = by_password("officer")
    assert events(caplog) == [("signed-in", person, "password")]
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/2fa/totp/activate/")
    client.post("/account/2fa/totp/activate/", {"code": code_for(client)})
    told = events(caplog)
    assert ("factor-added", person, "totp") in told
    assert ("factor-added", person, "recovery_codes") in told
    client.post("/account/logout/")
    assert events(caplog) == [("signed-out", person, None)]

    wrong = Client(headers={"accept-language": "en"})
    wrong.post("/account/login/", {"login": "officer@example.org", "password": "typed by mistake"})
    wrong.post("/account/login/", {"login": "a password of mine", "password": "typed by mistake"})
    wrong.post("/account/login/", {"login": "nobody@example.org", "password": "typed by mistake"})
    lines = [JsonLines().format(one) for one in caplog.records if one.name == "cradlemark.accounts"]
    told = events(caplog)
    assert told[0] == ("sign-in-failed", person, "password")
    assert ("sign-in-failed", None, "password") in told
    for line in lines:
        assert '"event": "sign-in-failed"' in line
        for secret in ("mistake", "password of mine", "nobody"):
            assert secret not in line

    again = by_password("officer")
    assert events(caplog) == [], "a password alone does not sign in here"
    again.post("/account/2fa/authenticate/", {"code": "000000"})
    assert events(caplog) == [("sign-in-failed", person, "totp")]
    from allauth.mfa.models import Authenticator

    codes = Authenticator.objects.get(type="recovery_codes", user=person).wrap()
    again.post("/account/2fa/authenticate/", {"code": codes.get_unused_codes()[0]})
    assert events(caplog) == [
        ("factor-used", person, "recovery_codes"),
        ("signed-in", person, "password+recovery_codes"),
    ]
    new = "several uncommon words in a row"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert again.post("/account/password/change/", given).status_code == 302
    assert ("password-changed", person, None) in events(caplog)


def test_nobody_is_signed_out_by_being_looked_at(home: Home, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("officer")
    before = client.session["seen"]
    client.get("/desk/")
    assert client.session["seen"] == before, "not every request writes"


def again(client: Client) -> Client:
    """The same browser, whose person has just given the password."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def mails(home: Home, monkeypatch: pytest.MonkeyPatch) -> list[mail.EmailMessage]:
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    mail.outbox = []
    return mail.outbox


def second_officer() -> Client:
    from cradlemark.registry.people.actor import join
    from cradlemark.registry.people.models import Organisation, User

    user = User.objects.create_user("second@example.org", PASSWORD)
    join(user, Organisation.objects.get(kind="programme"), "officer")
    return by_password("second")


def number_of(role: str) -> int:
    from cradlemark.registry.people.models import User

    return User.objects.get(email=f"{role}@example.org").pk


def with_factor(role: str) -> None:
    with_verified_address(role)
    client = again(by_password(role))
    client.get("/account/2fa/totp/activate/")
    assert client.post("/account/2fa/totp/activate/", {"code": code_for(client)}).status_code == 302


def test_officer_ends_every_session_of_somebody(home: Home) -> None:
    from cradlemark.registry.audit.models import Event

    first, second, officer = by_password("practitioner"), by_password("practitioner"), by_password("officer")
    number = number_of("practitioner")
    assert "127.0.0.1" in officer.get("/programme/people/?q=practitioner@").content.decode()
    assert again(officer).post(f"/programme/people/{number}/sign-out/").status_code == 302
    assert first.get("/desk/").status_code == second.get("/desk/").status_code == 302
    assert officer.get("/desk/").status_code == 200
    event = Event.objects.get(tag="access:sessions:end")
    assert (event.subject, event.detail) == (str(number), {"sessions": 2})


def test_ending_sessions_and_resets_ask_for_the_password_again(home: Home, clock: Clock) -> None:
    from django.utils import timezone

    officer = by_password("officer")
    session = officer.session
    for one in session["account_authentication_methods"]:
        one["at"] = timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 1
    session.save()
    number = number_of("practitioner")
    for address in (f"{number}/sign-out/", f"{number}/reset/", "resets/1/"):
        asked = officer.post(f"/programme/people/{address}", {"reason": "seen"})
        assert asked.headers["Location"].startswith("/account/reauthenticate/")


def test_lost_second_factor_is_reset_by_two_others_and_set_up_anew(
    home: Home, mails: list[mail.EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.mfa.models import Authenticator

    from cradlemark.registry.access.models import FactorReset
    from cradlemark.registry.audit.models import Event

    with_factor("verifier")
    mails.clear()
    verifier = number_of("verifier")
    first = again(by_password("officer"))
    assert first.post(f"/programme/people/{verifier}/reset/", {"reason": " "}).status_code == 422
    asked = first.post(
        f"/programme/people/{verifier}/reset/", {"reason": "Called back on the number of the contract."}
    )
    assert asked.status_code == 302
    assert first.post(f"/programme/people/{verifier}/reset/", {"reason": "again"}).status_code == 409
    assert [one.to for one in mails] == [["verifier@example.org"]]
    assert "lost your second factor" in mails[0].body
    assert "第二验证因素" in mails[0].body
    number = FactorReset.objects.get().pk
    assert first.post(f"/programme/people/resets/{number}/", {"answer": "grant"}).status_code == 409, (
        "four eyes"
    )
    assert Authenticator.objects.filter(user=verifier).count() == 2
    second = again(second_officer())
    page = second.get("/programme/people/").content.decode()
    assert "Called back on the number of the contract." in page
    assert second.post(f"/programme/people/resets/{number}/", {"answer": "grant"}).status_code == 302
    assert not Authenticator.objects.filter(user=verifier).exists()
    assert "signed out everywhere" in mails[1].body
    assert second.post(f"/programme/people/resets/{number}/", {"answer": "grant"}).status_code == 404
    tags = (
        Event.objects.filter(tag__startswith="access:factor-reset")
        .order_by("pk")
        .values_list("tag", "user__email")
    )
    assert list(tags) == [
        ("access:factor-reset:ask", "officer@example.org"), ("access:factor-reset:grant", "second@example.org"),
    ]  # fmt: skip
    monkeypatch.setattr(settings, "SECOND_FACTOR_REQUIRED", True)
    client = by_password("verifier")
    assert client.get("/desk/").headers["Location"] == "/account/2fa/", "a new one is set up first"


def test_reset_stands_though_its_person_cannot_be_told_by_mail(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.mfa.models import Authenticator

    from cradlemark.registry.access.models import FactorReset

    with_factor("verifier")
    monkeypatch.setattr(settings, "EMAIL_BACKEND", BACKEND)
    verifier, warning = number_of("verifier"), "The e-mail to verifier@example.org could not be sent"
    first, second = again(by_password("officer")), again(second_officer())
    asked = first.post(f"/programme/people/{verifier}/reset/", {"reason": "Called back."}, follow=True)
    assert warning in asked.content.decode()
    number = FactorReset.objects.get().pk
    done = second.post(f"/programme/people/resets/{number}/", {"answer": "grant"}, follow=True)
    assert warning in done.content.decode()
    assert not Authenticator.objects.filter(user=verifier).exists()


def test_nobody_has_a_part_in_the_own_reset(home: Home, mails: list[mail.EmailMessage]) -> None:
    from django.db import IntegrityError, transaction

    from cradlemark.registry.access.models import FactorReset

    officer, second = again(by_password("officer")), again(second_officer())
    own = number_of("officer")
    assert officer.post(f"/programme/people/{own}/reset/", {"reason": "me"}).status_code == 409
    assert second.post(f"/programme/people/{own}/reset/", {"reason": "Seen in person."}).status_code == 302
    made = FactorReset.objects.get()
    assert officer.post(f"/programme/people/resets/{made.pk}/", {"answer": "grant"}).status_code == 409
    for forbidden in ({"decided_by": own}, {"decided_by": made.asked_by_id}, {"asked_by": own}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.update(**forbidden)
    assert second.post(f"/programme/people/resets/{made.pk}/", {"answer": "decline"}).status_code == 302, (
        "withdrawn"
    )
    assert FactorReset.objects.get().granted is False


def test_request_older_than_a_week_is_granted_no_longer(home: Home, mails: list[mail.EmailMessage]) -> None:
    from cradlemark.registry.access.models import FactorReset

    officer, number = again(by_password("officer")), number_of("verifier")
    assert officer.post(f"/programme/people/{number}/reset/", {"reason": "Seen."}).status_code == 302
    FactorReset.objects.update(time=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    old = FactorReset.objects.get().pk
    second = again(second_officer())
    assert second.post(f"/programme/people/resets/{old}/", {"answer": "grant"}).status_code == 404
    assert officer.post(f"/programme/people/{number}/reset/", {"reason": "Seen anew."}).status_code == 302
    assert FactorReset.objects.filter(decided=None).count() == 1
