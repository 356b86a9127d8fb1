"""Publish after a change that a page has made."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cradlemark.core.errors import StateError
from cradlemark.portal.home import home, now, passphrase
from cradlemark.registry.publication.publish import FEW, publish_all


def publish_now(request: HttpRequest) -> None:
    """Publish now; when somebody else is publishing, what waits is written by the next run."""
    try:
        publish_all(home(), passphrase=passphrase(), time=now(), artworks=FEW)
    except StateError as error:
        if error.code != "home-busy":
            raise
        messages.info(request, _("The public files follow in a moment."))
