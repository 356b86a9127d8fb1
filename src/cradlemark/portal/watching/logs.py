"""Logs as one JSON object a line, without anything that opens a door."""

from __future__ import annotations

import datetime
import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

HIDDEN = "[hidden]"
_SECRETS = (
    re.compile(r"\bcl_[A-Za-z0-9_-]{8,}"),  # tokens of programs
    re.compile(r"(?<=/invitation/)[^/\s\"']+"),
    re.compile(r"(?<=/supplier/)[^/\s\"']+"),
    re.compile(r"(?<=/demonstration/sign-in/)[^/\s\"']+"),
    re.compile(r"(?<=/password/reset/key/)[^/\s\"']+"),
    re.compile(r"(?<=/confirm-email/)[^/\s\"']+"),
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(
        r"(?i)(?:(?<=password=)|(?<=passphrase=)|(?<=secret=)|(?<=token=)|(?<=code=)|(?<=sessionid=))[^&\s;\"']+"
    ),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),  # name and password in an address of a database
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL),
)
EXTRA = ("request_id", "method", "path", "status", "milliseconds", "user", "event", "factor")
"""What a record can carry besides its message."""
logger = logging.getLogger("cradlemark.requests")


def without_secrets(text: str) -> str:
    """A text in which whatever opens a door is hidden.

    Examples
    --------
    >>> without_secrets("GET /invitation/abc123/ by Bearer cl_0123456789")
    'GET /invitation/[hidden]/ by Bearer [hidden]'
    """
    for secret in _SECRETS:
        text = secret.sub(HIDDEN, text)
    return text


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; line ends within a message cannot begin another record."""
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        told: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds"), "level": record.levelname, "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }  # fmt: skip
        told |= {name: getattr(record, name) for name in EXTRA if getattr(record, name, None) is not None}
        if record.exc_info:
            told["fault"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


class Noted:
    """Writes one line for every request, with an id that its answer carries too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request. What was asked for after the question mark is not written down."""
        began, number = time.perf_counter(), uuid.uuid4().hex
        response = self.get_response(request)
        response.headers["X-Request-ID"] = number
        user = getattr(request, "user", None)
        logger.info(
            "request",
            extra={
                "request_id": number, "method": request.method, "path": without_secrets(request.path), "status": response.status_code,
                "milliseconds": round((time.perf_counter() - began) * 1000, 1), "user": getattr(user, "pk", None),
            },
        )  # fmt: skip
        return response


def logging_settings() -> dict[str, Any]:
    """Logs of a real programme: JSON on standard error, from INFO on."""
    return {
        "version": 1, "disable_existing_loggers": False,
        "formatters": {"json": {"()": "cradlemark.portal.watching.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}, "django.server": {"handlers": [], "propagate": True}},
    }  # fmt: skip
