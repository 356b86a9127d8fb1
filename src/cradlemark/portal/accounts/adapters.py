"""How allauth behaves here: where a person arrives, and how the secrets of second factors are kept."""

from __future__ import annotations

import base64
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cradlemark.portal.mails import FAULTS

logger = logging.getLogger(__name__)

INVITATION = "invitation"
"""Where a session keeps the secret of an invitation until its person has signed in."""


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # the package has no types
    """Leads a person who came by an invitation back to it, and says when an e-mail cannot be sent."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a message; what it belongs to stands, and it can be asked for again."""
        try:
            super().send_mail(template_prefix, email, context)
        except FAULTS:
            logger.exception("an e-mail of accounts is not sent")
            messages.warning(
                self.request,
                _(
                    "The e-mail could not be sent. Ask for it again in some minutes; if it fails again, tell the programme."
                ),
            )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where a person arrives after signing in."""
        secret = request.session.get(INVITATION, "")
        return reverse("invitation", args=[secret]) if secret else reverse("desk")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Where a person arrives after making an account."""
        return self.get_login_redirect_url(request)


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of code generators encrypted: whoever reads the database or a backup cannot make codes."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with a key of the server."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read it again."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    made = HKDF(SHA256(), 32, salt=None, info=b"cradlemark second factors").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(made))
