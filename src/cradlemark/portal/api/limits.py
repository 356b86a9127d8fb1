"""How often a program may ask: by token, or by address without one."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from cradlemark.portal.callers import address_of
from cradlemark.portal.home import home
from cradlemark.registry.access.limits import Limit, count, seconds_left

READS = "reads"
WRITES = "writes"


class Throttle(BaseThrottle):
    """Counts in one place for all processes, and refuses what is too much until the span is over."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether a request may go on."""
        limit = limit_of(request)
        who = self._who(request)
        return count(limit, who, folder=home().folder, now=time.time()) <= limit.most

    def wait(self) -> float:
        """When to ask again [s]."""
        return seconds_left(Limit("", 0, settings.API_SPAN), now=time.time())

    def _who(self, request: HttpRequest) -> str:
        caller = getattr(request, "auth", None)
        return f"token {caller.token.pk}" if caller is not None else f"address {address_of(request)}"


def limit_of(request: HttpRequest) -> Limit:
    """The limit that counts for a request."""
    reads = request.method in {"GET", "HEAD"}
    most = settings.API_READS if reads else settings.API_WRITES
    return Limit(READS if reads else WRITES, most, settings.API_SPAN)
