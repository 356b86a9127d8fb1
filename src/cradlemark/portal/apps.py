"""Registration of the app."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class PortalConfig(AppConfig):
    """Pages, templates, words."""

    name = "cradlemark.portal"
    label = "portal"

    def ready(self) -> None:
        """Listen to what happens to accounts; a file that is named and missing is said at the start, not to whoever signs up."""
        from cradlemark.portal.accounts import events

        if settings.KNOWN_PASSWORDS and not Path(settings.KNOWN_PASSWORDS).is_file():
            raise ImproperlyConfigured(
                f"CRADLEMARK_KNOWN_PASSWORDS: there is no file {settings.KNOWN_PASSWORDS}"
            )
        events.connect()
