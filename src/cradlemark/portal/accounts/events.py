"""What happens to accounts, one line in the log each: signing in with its factors, failures, and changes of what one signs in with.

Nothing that was typed is written down: who gives a password where an address belongs would read it in the log.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as factors
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from cradlemark.portal.accounts.sessions import begin
from cradlemark.registry.people.models import User

logger = logging.getLogger("cradlemark.accounts")
CHANGES = {
    "password-set": account.password_set,
    "password-changed": account.password_changed,
    "password-reset": account.password_reset,
    "address-confirmed": account.email_confirmed,
    "address-added": account.email_added,
    "address-changed": account.email_changed,
    "address-removed": account.email_removed,
    "signed-up": account.user_signed_up,
}
FACTORS = {
    "factor-added": factors.authenticator_added,
    "factor-removed": factors.authenticator_removed,
    "factor-replaced": factors.authenticator_reset,
    "factor-used": factors.authenticator_used,
}
METHODS = {"password": "password", "password_reset": "password_reset", "socialaccount": "identity_provider"}


def connect() -> None:
    """Begin to listen; called once, when the portal starts."""
    user_logged_in.connect(_signed_in, dispatch_uid="cradlemark-signed-in")
    account.user_logged_in.connect(_by_factors, dispatch_uid="cradlemark-by-factors")
    user_logged_out.connect(_signed_out, dispatch_uid="cradlemark-signed-out")
    user_login_failed.connect(_failed, dispatch_uid="cradlemark-failed")
    factors.authentication_failed.connect(_factor_failed, dispatch_uid="cradlemark-factor-failed")
    for event, signal in (CHANGES | FACTORS).items():
        signal.connect(partial(_told, event), weak=False, dispatch_uid=f"cradlemark-{event}")


def _told(
    event: str, *, user: User | None = None, email_address: Any = None, authenticator: Any = None, **_more: object
) -> None:  # fmt: skip
    """Write one kind of event, whatever its signal carries."""
    _write(event, user or getattr(email_address, "user", None), factor=getattr(authenticator, "type", None))


def _signed_in(*, request: HttpRequest, user: User, **_more: object) -> None:
    begin(request)


def _by_factors(*, request: HttpRequest, user: User, **_more: object) -> None:
    records = get_authentication_records(request, user)
    used = dict.fromkeys(str(one.get("type") or METHODS.get(one["method"], one["method"])) for one in records)
    _write("signed-in", user, factor="+".join(used) or "link")


def _signed_out(*, user: User | None, **_more: object) -> None:
    if user is not None:
        _write("signed-out", user)


def _failed(*, credentials: dict[str, Any], **_more: object) -> None:
    known = User.objects.filter(email__iexact=str(credentials.get("email", ""))).first()
    _write("sign-in-failed", known, factor="password", level=logging.WARNING)


def _factor_failed(*, user: User, authenticator: Any = None, **_more: object) -> None:
    factor = authenticator.type if authenticator else None
    _write("sign-in-failed", user, factor=factor, level=logging.WARNING)


def _write(event: str, user: User | None, *, factor: str | None = None, level: int = logging.INFO) -> None:
    person = getattr(user, "pk", None)
    logger.log(level, "account", extra={"event": event, "user": person, "factor": factor})
