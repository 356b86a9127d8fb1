"""Remove the second factors of a person who lost them, and tell that person."""

from __future__ import annotations

import datetime

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from django.utils.translation import override

from cradlemark.portal.accounts.sessions import end_sessions
from cradlemark.portal.home import home
from cradlemark.portal.mails import send
from cradlemark.registry.access.factor_reset import ask, decide
from cradlemark.registry.access.models import FactorReset
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import User
from cradlemark.registry.writing import writing

LANGUAGES = ("zh-hans", "en")


def ask_for_reset(user: User, *, reason: str, by: Actor, time: datetime.datetime) -> bool:
    """Ask for a reset, and tell the person, who may know nothing of it; whether the message was sent."""
    ask(user, reason=reason, by=by, time=time)
    return _tell(user, done=False)


def decide_on_reset(
    number: int, *, granted: bool, by: Actor, time: datetime.datetime
) -> tuple[FactorReset, bool]:
    """Grant or decline a reset; granted, the factors and the sessions of the person end at once.

    Returns
    -------
    reset : FactorReset
    sent : bool
        Whether the person was told, who is told nothing of what stays as it is.
    """
    with writing():
        found = decide(number, granted=granted, by=by, time=time)
        if granted:
            Authenticator.objects.filter(user=found.user).delete()
            end_sessions(found.user)
    return found, not granted or _tell(found.user, done=True)


def _tell(user: User, *, done: bool) -> bool:
    parts = []
    for language in LANGUAGES:
        with override(language):
            parts.append(_done() if done else _asked())
    subjects, texts = zip(*parts, strict=True)
    return send(f"{' / '.join(subjects)} ({home().origin})", "\n\n".join(texts), user.email)


def _asked() -> tuple[str, str]:
    return _("Reset of your second factor was asked for"), _(
        "Somebody told the programme that you lost your second factor. If that was not you, tell the programme now: "
        "somebody may know your password."
    )


def _done() -> tuple[str, str]:
    return _("Your second factor was reset"), _(
        "Your code generators, passkeys and recovery codes hold no longer, and you are signed out everywhere. Set up a new second "
        "factor when you sign in. If you did not ask for this, tell the programme now."
    )
