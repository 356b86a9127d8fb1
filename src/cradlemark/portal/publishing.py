"""Publish after a change: the change stands, whatever hinders its publication, and the next run publishes what still waits."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.portal.home import home, now, passphrase
from cradlemark.portal.templatetags.cradlemark import told
from cradlemark.registry.publication.publish import FEW, publish_all

BUSY = "home-busy"
"""Code of what is no fault: somebody else is publishing."""
logger = logging.getLogger(__name__)


def publish() -> None:
    """Publish what waits; as `publish_all`."""
    publish_all(home(), passphrase=passphrase(), time=now(), artworks=FEW)


def publish_change() -> Text | None:
    """Publish a change that is stored; why it is not public yet, if anything hinders it."""
    try:
        publish()
    except CradlemarkError as error:
        if error.code != BUSY:
            logger.exception("a change is not published yet")
        return error.message
    except OSError:
        logger.exception("a change is not published yet")
        return Text("the storage of the public files does not answer", "公开文件的存储没有响应")
    return None


def publish_now(request: HttpRequest) -> None:
    """Publish a change that a page has made, and tell its reader when it is not public yet."""
    why = publish_change()
    if why is not None:
        messages.warning(
            request, _("Done, but not public yet: %(why)s. The next run publishes it.") % {"why": told(why)}
        )
