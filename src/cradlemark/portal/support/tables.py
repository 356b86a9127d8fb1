"""What support sees of the register: these tables and columns, and nothing of studies, bundles, passwords or secrets."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cradlemark.portal.support.words import organisation_kind, with_code, yes_or_no
from cradlemark.portal.templatetags.cradlemark import case_state, label_state, label_step, role
from cradlemark.portal.templatetags.public import entry_kind
from cradlemark.registry.access.models import Invitation, Token
from cradlemark.registry.audit.models import Event
from cradlemark.registry.cases.models import Case
from cradlemark.registry.labels.models import Change, Label
from cradlemark.registry.log.models import Entry
from cradlemark.registry.people.models import Membership, Organisation, User
from cradlemark.registry.publication.models import Outbox


@attrs.frozen
class Table:
    """A table as support sees it.

    Parameters
    ----------
    name, names : str
        Of one row, and of all of them.
    columns : dict
        What is shown of a row, each with its name.
    mended : tuple of str
        Columns that support may change.
    sought : tuple of str
        Columns that are searched.
    said : dict
        Columns that hold codes or truth values, each with what says them in words.
    """

    model: type[models.Model]
    name: Promise
    names: Promise
    columns: dict[str, Promise]
    mended: tuple[str, ...] = ()
    sought: tuple[str, ...] = ()
    said: dict[str, Callable[[object], str]] = attrs.field(factory=dict)

    def shown(self, column: str) -> str:
        """Name under which the pages show a column."""
        return f"{column}_said" if column in self.said else column


TABLES = (
    Table(
        User, _("person"), _("people"),
        {"email": _("E-mail address"), "name": pgettext_lazy("person", "Name"), "is_active": _("May sign in"), "is_staff": _("Support"),
         "joined": pgettext_lazy("person", "Since"), "last_login": _("Last sign-in")},
        mended=("name", "is_active"), sought=("email", "name"), said={"is_active": yes_or_no, "is_staff": yes_or_no},
    ),
    Table(
        Organisation, _("organisation"), _("organisations"),
        {"name_en": _("Name in English"), "name_zh": _("Name in Chinese"), "kind": _("Kind"), "place": pgettext_lazy("organisation", "Place"), "identifier": _("Identifier")},
        mended=("name_en", "name_zh"), sought=("name_en", "name_zh", "identifier"), said={"kind": with_code(organisation_kind)},
    ),
    Table(
        Membership, _("role of a person"), _("roles of people"),
        {"user": _("Person"), "organisation": _("Organisation"), "role": _("Role"), "since": pgettext_lazy("role", "Since")}, sought=("user__email", "role"),
        said={"role": with_code(role)},
    ),
    Table(
        Invitation, _("invitation"), _("invitations"),
        {"organisation": _("Organisation"), "role": _("Role"), "email": _("E-mail address"), "author": _("Author"), "time": _("Time"),
         "expires": _("Until"), "taken": _("Taken"), "withdrawn": _("Withdrawn")}, sought=("email",), said={"role": with_code(role)},
    ),
    Table(
        Token, _("token"), _("tokens"),
        {"user": _("Person"), "name": _("Name"), "ending": _("Ending"), "scopes": _("Scopes"), "time": _("Time"), "expires": _("Until"),
         "used": _("Last used"), "revoked": _("Revoked")}, sought=("user__email", "name"),
    ),
    Table(
        Case, _("case"), _("cases"),
        {"number": _("Number"), "state": _("State"), "applicant": _("Applicant"), "body": _("Verification body"), "label": _("Label"),
         "submitted": _("Handed in")}, sought=("=number", "state"), said={"state": with_code(case_state)},
    ),
    Table(
        Label, _("label"), _("labels"),
        {"number": _("Number"), "state": _("State"), "valid_until": _("Valid until"), "entry": _("Entry of the log")}, sought=("number", "state"), said={"state": with_code(label_state)},
    ),
    Table(
        Change, _("change of a state"), _("changes of states"),
        {"label": _("Label"), "step": _("Step"), "state": _("State"), "role": _("Role"), "actor": _("Who"), "reason": _("Reason"),
         "entry": _("Entry of the log")}, sought=("label__number",),
        said={"step": with_code(label_step), "state": with_code(label_state), "role": with_code(role)},
    ),
    Table(
        Entry, _("entry of the log"), _("entries of the log"),
        {"index": _("Place"), "kind": _("Kind"), "subject": _("Subject"), "time": _("Time")}, sought=("=index", "subject", "kind"), said={"kind": with_code(entry_kind)},
    ),
    Table(
        Event, _("event"), _("events"),
        {"time": _("Time"), "tag": _("Tag"), "subject": _("Subject"), "user": _("Person"), "role": _("Role")}, sought=("tag", "subject", "user__email"),
        said={"role": with_code(role)},
    ),
    Table(
        Outbox, _("waiting publication"), _("waiting publications"), {"kind": _("Kind"), "subject": _("Subject")}, sought=("subject",),
    ),
)  # fmt: skip
"""In the order in which they are shown."""
