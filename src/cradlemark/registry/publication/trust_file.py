"""The trust file of a programme: what somebody else needs to check its labels without asking it."""

from __future__ import annotations

import base64
import json
from typing import Any

from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.trust.notes import NOTE_KEY, VerifierKey

SCHEMA = "cradlemark-trust/1"


def trust_document(home: Home) -> dict[str, Any]:
    """Origin, programme and every key with its time; keys that were replaced stay."""
    programme = home.programme
    return {
        "schema": SCHEMA,
        "origin": home.origin,
        "programme": {
            "id": programme.id, "mark": programme.mark, "digest": programme.digest,
            "demonstration": programme.demonstration, "name": programme.name.as_dict(),
        },
        "keys": [_key(home, key) for key in Key.objects.all()],
        "quorum": "none",
        "witnesses": {},
    }  # fmt: skip


def trust_file(home: Home) -> bytes:
    """The document as UTF-8, for people too."""
    return (json.dumps(trust_document(home), ensure_ascii=False, indent=1) + "\n").encode()


def _key(home: Home, key: Key) -> dict[str, Any]:
    public = bytes(key.public_key)
    found: dict[str, Any] = {
        "id": key.id, "purpose": key.purpose, "algorithm": key.algorithm,
        "public_key": base64.b64encode(public).decode(),
        "since": key.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "until": key.until.strftime("%Y-%m-%dT%H:%M:%SZ") if key.until else "",
        "compromised": key.compromised,
    }  # fmt: skip
    if key.purpose == "log":
        found["vkey"] = str(VerifierKey(home.origin, NOTE_KEY, public))
    return found
