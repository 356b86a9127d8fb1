"""Versions of the programme and of its rule packs, and where the log says so."""

from __future__ import annotations

import datetime

import attrs
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.portal.acting import acting
from cradlemark.portal.home import home
from cradlemark.portal.publishing import BUSY, publish
from cradlemark.registry.cases.models import Case
from cradlemark.registry.log.models import Entry
from cradlemark.registry.people.actor import Actor
from cradlemark.rules.definitions import STATUS_NAMES
from cradlemark.rules.pack import load_pack


@attrs.frozen
class Edition:
    """A version as the log has it."""

    index: int
    time: datetime.datetime
    version: str
    digest: str


@attrs.frozen
class Versioned:
    """The programme or a rule pack as it is in use.

    Parameters
    ----------
    editions : tuple of Edition
        What the log has of it, the newest first.
    status : Text
        Whether it was checked against the published text; empty for the programme.
    cases : int
        Cases that follow it.
    """

    id: str
    title: Text
    version: str
    digest: str
    editions: tuple[Edition, ...]
    status: Text = Text()
    cases: int = 0
    superseded_by: str = ""

    @property
    def logged(self) -> bool:
        """Whether the last entry of the log is what is in use."""
        return bool(self.editions) and self.editions[0].digest == self.digest


@require_GET
@acting("officer", "decision_maker", "oversight")
def rules(request: HttpRequest, by: Actor) -> HttpResponse:
    """The programme and every rule pack that it rests on."""
    profile = home().programme
    own = Versioned(
        profile.id, profile.name, profile.version, profile.digest, _editions("programme", profile.id)
    )
    packs, gone = [], []
    for name in profile.rule_packs:
        try:
            packs.append(_pack(name))
        except NotFoundError:
            gone.append(name)
    shown = {"own": own, "packs": packs, "gone": gone, "may_act": by.role == "officer", "tab": "rules"}
    shown["waiting"] = [one for one in (own, *packs) if not one.logged]
    return render(request, "portal/operator/rules.html", shown)


@require_POST
@acting("officer")
def publish_waiting(request: HttpRequest, by: Actor) -> HttpResponse:
    """Publish now what waits: changed rules are logged, files are written."""
    try:
        publish()
    except StateError as error:
        if error.code != BUSY:
            raise
        messages.info(request, _("Somebody else is publishing at this moment."))
    return redirect("health" if request.POST.get("back") == "health" else "rules")


def _pack(name: str) -> Versioned:
    pack = load_pack(name)
    return Versioned(
        pack.id, pack.title, pack.version, pack.digest, _editions("rules", pack.id), STATUS_NAMES[pack.status],
        Case.objects.filter(rule_pack=pack.id).count(), pack.superseded_by,
    )  # fmt: skip


def _editions(kind: str, subject: str) -> tuple[Edition, ...]:
    found = Entry.objects.filter(kind=kind, subject=subject).order_by("-index")[:20]
    made = [(entry, read_json(bytes(entry.record))) for entry in found]
    return tuple(
        Edition(entry.index, entry.time, str(content["version"]), str(content["digest"]))
        for entry, content in made
    )
