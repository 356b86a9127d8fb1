"""A program that uses the interface, as tests need one."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client

BASE = "/api/v1"


def token_for(role: str, *scopes: str) -> str:
    """Secret of a new token of the person who has a role."""
    from cradlemark.portal.home import now
    from cradlemark.registry.access.tokens import SCOPES, make_token
    from cradlemark.registry.people.actor import actor
    from cradlemark.registry.people.models import Membership

    user = Membership.objects.select_related("user").filter(role=role)[0].user
    return make_token("test", scopes or tuple(SCOPES), 7, by=actor(user, role), time=now())[1]


class Program:
    """Asks with a token; every change gets a new key unless one is given."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.client = client or Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(BASE + path, headers={**self.headers, **named(headers)})

    def send(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str) -> Any:
        given = {**self.headers, "Idempotency-Key": key or uuid.uuid4().hex, **named(headers)}
        return self.client.generic(
            method, BASE + path, data=_json(body), content_type="application/json", headers=given
        )

    def post(self, path: str, body: Any = None, **more: str) -> Any:
        return self.send("POST", path, body, **more)


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _json(body: Any) -> bytes:
    import json

    return json.dumps(body if body is not None else {}).encode()
