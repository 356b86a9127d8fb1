"""The support pages as tests walk through them: rows in every table, and addresses of every kind of page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, reverse

THOROUGH = ("people/user", "labels/label")
"""Tables whose pages are looked at in every way, one that is mended and one that is not; the others have the same templates."""
NO_PAGES = {"jsi18n"}
"""Addresses that answer with a script."""


def supporter() -> str:
    """Sign-in link of somebody who supports; afterwards no table is empty."""
    from cradlemark.portal.demonstration import link
    from cradlemark.portal.home import now
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.operation.operators import mark_for_support
    from cradlemark.registry.people.models import PROGRAMME, Membership, Organisation, User
    from cradlemark.registry.publication.models import Outbox
    from tests.portal.api_client import token_for

    user, made = User.objects.get_or_create(email="supporter@example.org", defaults={"name": "Supporter"})
    if made:
        programme = Organisation.objects.get(kind=PROGRAMME)
        Membership.objects.create(user=user, organisation=programme, role="oversight")
        mark_for_support(user.email, marked=True, time=now())
        token_for("practitioner")
        Outbox.objects.create(kind="label", subject=Label.objects.all()[0].number)
    return link(user)


def tables() -> Iterator[tuple[str, str]]:
    """Address of every table, and the one of a row of it."""
    from cradlemark.portal.support.tables import TABLES

    for table in TABLES:
        meta, row = table.model._meta, table.model._base_manager.order_by("-pk")[0]
        place = f"admin:{meta.app_label}_{meta.model_name}"
        yield reverse(f"{place}_changelist"), reverse(f"{place}_change", args=[row.pk])


def addresses() -> Iterator[tuple[str, bool]]:
    """Every kind of support page for every table, and whether it is looked at in every way."""
    from cradlemark.portal.support.tables import TABLES
    from cradlemark.registry.people.models import User

    yield reverse("admin:index"), True
    for label in sorted({table.model._meta.app_label for table in TABLES}):
        yield reverse("admin:app_list", args=[label]), False
    for listed, row in tables():
        thoroughly = any(one in listed for one in THOROUGH)
        yield listed, thoroughly
        yield row, thoroughly
    own = User.objects.get(email="supporter@example.org").pk
    yield reverse("admin:people_user_change", args=[own]), False
    yield reverse("admin:people_user_change", args=[987_654]), False  # there is none: a message says so
    yield reverse("admin:people_user_history", args=[own]), False
    yield reverse("admin:people_user_add"), False  # refused
    labels = reverse("admin:labels_label_changelist")
    yield f"{labels}?o=1.-2", True
    yield f"{labels}?q=nothing fits", False


def routes() -> Iterator[str]:
    """Names of all addresses that the site knows."""
    (site,) = (one for one in get_resolver().url_patterns if isinstance(one, URLResolver) and str(one.pattern) == "support/")  # fmt: skip
    yield from _below(site)


def _below(resolver: URLResolver) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _below(one)
        elif isinstance(one, URLPattern) and one.name:
            yield one.name
