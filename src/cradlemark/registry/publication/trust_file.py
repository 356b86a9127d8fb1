"""The trust file of a programme: what somebody else needs to check its labels without asking it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from cradlemark.registry.home import Home
from cradlemark.registry.witnesses.configure import Witnesses
from cradlemark.trust.trust_files import SCHEMA, TrustedKey, log_key


def trust_file(home: Home, keys: Sequence[TrustedKey], asked: Witnesses) -> bytes:
    """Origin, programme, every key with its time, and the witnesses, as UTF-8 for people too; keys that were replaced stay."""
    programme = home.programme
    document = {
        "schema": SCHEMA,
        "origin": home.origin,
        "programme": {
            "id": programme.id, "mark": programme.mark, "digest": programme.digest,
            "demonstration": programme.demonstration, "name": programme.name.as_dict(),
        },
        "keys": [_key(home.origin, key) for key in keys],
        "quorum": asked.needed,
        "witnesses": {one.name: {"vkey": str(one.key), "address": one.address} for one in asked.members},
    }  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _key(origin: str, key: TrustedKey) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": key.id, "purpose": key.purpose, "algorithm": key.algorithm,
        "public_key": base64.b64encode(key.public_key).decode(),
        "since": key.since, "until": key.until, "compromised": key.compromised, "emergency": key.emergency,
    }  # fmt: skip
    if key.purpose == "log":
        found["vkey"] = str(log_key(origin, key))
        found |= {"first_size": key.window.first, "last_size": key.window.last}
    return found
