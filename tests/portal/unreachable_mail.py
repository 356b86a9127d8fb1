"""A server of e-mails that does not answer."""

from __future__ import annotations

BACKEND = f"{__name__}.EmailBackend"


class EmailBackend:
    """Takes nothing."""

    def __init__(self, **_options: object) -> None:
        pass

    def send_messages(self, _messages: object) -> int:
        raise ConnectionRefusedError("no such server")
