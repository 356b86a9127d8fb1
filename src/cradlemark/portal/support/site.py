"""The support pages: Django's admin, read-only but for a few columns, each change with its event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cradlemark.portal.accounts.second_factor import lacks_second_factor
from cradlemark.portal.home import now
from cradlemark.portal.support.tables import TABLES, Table
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import PROGRAMME, Membership, User
from cradlemark.registry.writing import writing

LEFT_OUT = {"login", "password_change", "password_change_done", "autocomplete", "view_on_site"}
"""Pages of the admin that the portal has itself, or that nobody needs."""


def supporter(user: object) -> Membership | None:
    """The membership by which somebody supports: of the programme, marked for support, and able to sign in."""
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return None
    found = Membership.objects.select_related("user", "organisation").filter(
        user=user, organisation__kind=PROGRAMME
    )
    return found.first()


class SupportSite(admin.AdminSite):
    """Opens for people of the programme who are marked for support, with both factors."""

    site_header = site_title = gettext_lazy("Support")
    index_title = gettext_lazy("What is stored")
    index_template = "portal/support/index.html"
    enable_nav_sidebar = False
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether a person may see anything here."""
        found = supporter(request.user)
        return found is not None and not lacks_second_factor(found.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where whoever may not see anything is led: nobody signs in here."""
        found = supporter(request.user)
        if found is None or self.has_permission(request):
            raise PermissionDenied
        messages.warning(
            request, _("Your role needs a second factor. Set up a code generator or a passkey first.")
        )
        return redirect("mfa_index")

    def logout(  # type: ignore[override]  # nothing is drawn
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Signing out has a page of its own."""
        return redirect("account_logout")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Addresses, without those of accounts."""
        kept = [one for one in super().get_urls() if getattr(one, "name", "") not in LEFT_OUT]
        return [path("login/", secure_admin_login(self.login), name="login"), *kept]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The tables in their own order, as one list."""
        known = {
            model["model"]: model
            for app in super().get_app_list(request, app_label)
            for model in app["models"]
        }
        rows = [known[table.model] for table in TABLES if table.model in known]
        return [
            {
                "name": _("Tables"),
                "app_label": "support",
                "app_url": "",
                "has_module_perms": True,
                "models": rows,
            }
        ]


class Looked(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    """A table that support looks at."""

    table: Table
    list_per_page = 50
    show_full_result_count = False
    actions = None
    view_on_site = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is made here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nothing is deleted here."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever sees the pages sees every table of them."""
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Only what may be mended is changed; nobody's own account."""
        return bool(self.table.mended) and self.has_view_permission(request) and obj != request.user

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Every table is shown."""
        return self.has_view_permission(request)

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """Columns that may be mended as they are, the others in words."""
        mended = self.table.mended if self.has_change_permission(request, obj) else ()
        return tuple(name if name in mended else self.table.shown(name) for name in self.table.columns)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """Every column but those that may be mended."""
        return [name for name in self.get_fields(request, obj) if name not in self.table.mended]

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        """Store a change together with its event; nothing while the register is frozen."""
        found = supporter(request.user)
        if found is None or not change:
            raise PermissionDenied
        by = Actor(found.user, found.organisation, found.role)
        with writing():
            obj.save(update_fields=[name for name in form.changed_data if name in self.table.mended])
            tag = f"support:{type(obj).__name__.lower()}:change"
            record(tag, str(obj.pk), by=by, time=now(), detail={"fields": sorted(form.changed_data)})

    def log_change(self, request: HttpRequest, obj: models.Model, message: object) -> None:  # type: ignore[override]
        """The event is the record; the admin keeps none of its own."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What support has done to a row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = {"q": f"support:{self.table.model.__name__.lower()}:change"}
        return redirect(f"{reverse('admin:audit_event_changelist')}?{urlencode(asked)}")


def _named(table: Table) -> type[Looked]:
    """A page of a table, with its names in the language of the reader."""
    meta = table.model._meta
    meta.verbose_name, meta.verbose_name_plural = table.name, table.names  # type: ignore[assignment]
    meta.app_config.verbose_name = gettext_lazy("Tables")
    for name, told in table.columns.items():
        meta.get_field(name).verbose_name = told  # type: ignore[union-attr]
    shown: dict[str, object] = {
        "table": table, "list_display": tuple(map(table.shown, table.columns)), "search_fields": table.sought,
        "list_select_related": True, "ordering": ("-pk",),
    }  # fmt: skip
    for name, words in table.said.items():
        shown[table.shown(name)] = _said(name, table.columns[name], words)
    return type(f"{table.model.__name__}Looked", (Looked,), shown)


def _said(
    column: str, told: Promise, words: Callable[[object], str]
) -> Callable[[Looked, models.Model], str]:
    """A column in words, sorted as it is stored."""

    @admin.display(description=cast("str", told), ordering=column)
    def said(page: Looked, row: models.Model) -> str:
        return words(getattr(row, column))

    return said


def made() -> SupportSite:
    """The site with all its tables."""
    site = SupportSite(name="admin")
    for table in TABLES:
        site.register(table.model, _named(table))
    return site
