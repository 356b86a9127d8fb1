"""Support pages: for people of the programme who are marked, with both factors; nearly everything is read-only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cradlemark.registry.home import Home
from cradlemark.registry.people.models import ROLES_OF

ROLES = tuple(role for roles in ROLES_OF.values() for role in roles)
SignIn = Callable[..., Client]


def addresses() -> Iterator[str]:
    """Every address of the support pages, with the first row of each table."""
    (site,) = (one for one in get_resolver().url_patterns if isinstance(one, URLResolver) and str(one.pattern) == "support/")  # fmt: skip
    yield from (one for one in _below(site, "/support/") if one != "/support/logout/")


def _below(resolver: URLResolver, start: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        made = start + str(one.pattern).replace("<path:object_id>", "1").replace("<path:url>", "x").lstrip(
            "^"
        )
        if isinstance(one, URLResolver):
            yield from _below(one, made)
        elif isinstance(one, URLPattern):
            yield made.replace("(?P<app_label>people|access|cases|labels|log|audit|publication)/$", "people/")


def mark(role: str) -> None:
    from cradlemark.portal.home import now
    from cradlemark.registry.operation.operators import mark_for_support

    mark_for_support(f"{role}@example.org", marked=True, time=now())


def test_addresses_are_those_of_tables_only() -> None:
    found = set(addresses())
    assert "/support/people/user/" in found
    assert "/support/login/" in found
    assert not [one for one in found if "password" in one]


def test_nobody_sees_them_without_being_marked(home: Home, signed_in: SignIn) -> None:
    for address in addresses():
        answer = Client().get(address)
        assert (answer.status_code, answer.headers["Location"][:10]) in {
            (302, "/account/l"),
            (302, "/support/l"),
        }, address
    for role in ROLES:
        client = signed_in(role)
        for address in addresses():
            assert client.get(address, follow=True).status_code == 403, (role, address)
            assert client.post(address, follow=True).status_code == 403, (role, address)


def test_a_mark_outside_of_the_programme_opens_nothing(home: Home, signed_in: SignIn) -> None:
    from cradlemark.core.errors import StateError
    from cradlemark.registry.people.models import User

    with pytest.raises(StateError) as refused:
        mark("verifier")
    assert refused.value.code == "support-elsewhere"
    User.objects.filter(email="verifier@example.org").update(is_staff=True)
    assert signed_in("verifier").get("/support/", follow=True).status_code == 403


def test_a_mark_without_second_factor_leads_to_it(
    home: Home, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark("officer")
    client = signed_in("officer")
    monkeypatch.setattr(settings, "SECOND_FACTOR_REQUIRED", True)
    answer = client.get("/support/people/user/", follow=True)
    assert answer.redirect_chain[-1] == ("/account/2fa/", 302)


@pytest.mark.parametrize(("language", "words"), [("en", "Organisations"), ("zh-hans", "机构")])
def test_marked_person_reads_every_table(home: Home, signed_in: SignIn, language: str, words: str) -> None:
    mark("officer")
    client = signed_in("officer", language=language)
    page = client.get("/support/")
    assert page.status_code == 200
    assert words in page.content.decode()
    for address in addresses():
        closed = address.endswith(("/add/", "/delete/", "/login/"))
        expected = 404 if "(?P<url>" in address else 403 if closed else 200
        assert client.get(address, follow=True).status_code == expected, address
    assert client.get("/support/logout/").headers["Location"] == "/account/logout/"


def test_nothing_secret_is_shown(home: Home, signed_in: SignIn) -> None:
    from cradlemark.registry.access.models import Token
    from cradlemark.registry.people.models import User
    from tests.portal.api_client import token_for

    token_for("practitioner")
    mark("officer")
    client = signed_in("officer")
    token, user = Token.objects.get(), User.objects.get(email="officer@example.org")
    for address in (
        "access/token/",
        f"access/token/{token.pk}/change/",
        "people/user/",
        f"people/user/{user.pk}/change/",
    ):
        text = client.get(f"/support/{address}").content.decode()
        assert "officer@example.org" in text or "practitioner" in text.lower()
        assert token.digest not in text
        assert "argon2" not in text


@pytest.mark.parametrize(
    ("language", "role", "may"), [("en", "Programme officer", "yes"), ("zh-hans", "计划管理员", "是")]
)
def test_codes_are_said_in_words(home: Home, signed_in: SignIn, language: str, role: str, may: str) -> None:
    from cradlemark.registry.people.models import Membership

    mark("officer")
    client, one = signed_in("officer", language=language), Membership.objects.get(role="officer")
    for address in ("?q=officer", f"{one.pk}/change/"):
        shown = client.get(f"/support/people/membership/{address}").content.decode()
        assert re.search(rf">{role} <code>officer</code><", shown), address
    for address in ("?q=officer", f"{one.user_id}/change/"):
        shown = client.get(f"/support/people/user/{address}").content.decode()
        assert re.search(rf'_said(">|.*readonly">){may}<', shown, re.DOTALL), address
        assert "icon-yes" not in shown


def test_a_code_without_words_is_shown_as_it_is() -> None:
    from cradlemark.portal.support.words import organisation_kind, with_code
    from cradlemark.portal.templatetags.cradlemark import role

    assert with_code(role)("<new>") == "<code>&lt;new&gt;</code>"
    assert with_code(organisation_kind)("new") == "<code>new</code>"
    assert with_code(role)("") == "–"


def fields_of(client: Client, address: str) -> set[str]:
    """What the form of a page would send."""
    form = client.get(address).content.decode().partition("_form")[2].partition("submit-row")[0]
    return set(re.findall(r' name="([a-z_]+)"', form)) - {"csrfmiddlewaretoken"}


def test_names_are_mended_and_the_change_is_an_event(home: Home, signed_in: SignIn) -> None:
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.people.models import Organisation

    mark("officer")
    client, one = signed_in("officer"), Organisation.objects.get(kind="manufacturer")
    address = f"/support/people/organisation/{one.pk}/change/"
    assert fields_of(client, address) == {"name_en", "name_zh"}
    done = client.post(
        address, {"name_en": "Harbour Works", "name_zh": one.name_zh, "kind": "programme", "place": "DE"}
    )
    assert done.status_code == 302, done.content.decode()[:2000]
    before, one = one, Organisation.objects.get(pk=one.pk)
    assert (one.name_en, one.kind, one.place) == ("Harbour Works", before.kind, before.place)
    event = Event.objects.get(tag="support:organisation:change")
    assert (event.subject, event.role, event.detail) == (str(one.pk), "officer", {"fields": ["name_en"]})


def test_account_is_closed_but_not_the_own_one(home: Home, signed_in: SignIn) -> None:
    from cradlemark.registry.people.models import User

    mark("officer")
    client, other = signed_in("officer"), signed_in("practitioner")
    user, own = (User.objects.get(email=f"{role}@example.org") for role in ("practitioner", "officer"))
    assert other.get("/products/").status_code == 200
    form = {"name": user.name, "is_staff": "on", "email": "taken@example.org", "is_superuser": "on"}
    assert client.post(f"/support/people/user/{user.pk}/change/", form).status_code == 302
    user.refresh_from_db()
    assert (user.is_active, user.is_staff, user.is_superuser, user.email) == (
        False,
        False,
        False,
        "practitioner@example.org",
    )
    assert other.get("/products/").status_code == 302, "who is closed out is signed out at once"
    assert client.post(f"/support/people/user/{own.pk}/change/", {"name": "x"}).status_code == 403


def test_everything_else_is_read_only(home: Home, signed_in: SignIn) -> None:
    mark("officer")
    client = signed_in("officer")
    for address in addresses():
        if address.endswith(("/add/", "/delete/")):
            assert {client.get(address).status_code, client.post(address, {"post": "yes"}).status_code} <= {
                403,
                404,
            }, address
        if address.endswith("/1/change/") and "people/user" not in address and "organisation" not in address:
            assert client.post(address, {"state": "active"}).status_code in {302, 403}, address
    from cradlemark.registry.log.models import Entry

    first = Entry.objects.get(index=0)
    assert client.post("/support/log/entry/0/change/", {"kind": "x"}).status_code == 403
    assert Entry.objects.get(index=0).kind == first.kind


def test_nothing_is_mended_while_the_register_is_frozen(home: Home, signed_in: SignIn) -> None:
    from cradlemark.core.language import Text
    from cradlemark.portal.home import now
    from cradlemark.registry.operation.freeze import freeze
    from cradlemark.registry.people.models import Organisation

    mark("officer")
    client, one = signed_in("officer"), Organisation.objects.get(kind="manufacturer")
    freeze(Text("Moving."), time=now())
    client.post(f"/support/people/organisation/{one.pk}/change/", {"name_en": "x", "name_zh": "x"})
    assert Organisation.objects.get(pk=one.pk).name_en == one.name_en
