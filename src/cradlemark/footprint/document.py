"""The footprint as a JSON document: published schema, digest, byte-identical when recomputed, and back."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import attr
import attrs

from cradlemark.core.canonical import digest
from cradlemark.core.errors import InputError, TrustError
from cradlemark.footprint.footprint import Footprint
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.product.study import STAGES

SCHEMA = "cradlemark-footprint/1"
LARGEST = 200_000_000
"""Largest result document that is read [bytes]."""


def to_document(footprint: Footprint) -> dict[str, Any]:
    """Return the document: the footprint's fields, its totals by stage and origin, and its digest.

    The totals are made from the lines and repeated for readers that do not add up; every number is in kg CO2e per
    declared unit unless its name says otherwise.
    """
    document = {"schema": SCHEMA, **_content(footprint), "totals": totals(footprint)}
    return {**document, "digest": digest(document)}


def totals(footprint: Footprint) -> dict[str, Any]:
    """Totals of a footprint [kg CO2e per declared unit], on both electricity bases."""
    result: dict[str, Any] = {
        "origins": list(ORIGINS),
        "cradle_to_gate": footprint.cradle_to_gate,
        "life_cycle": footprint.life_cycle if footprint.subject.boundary == "cradle_to_grave" else None,
        "beyond_boundary": footprint.beyond_boundary,
        "total": footprint.total,
    }
    for basis in ("location", "market"):
        by_stage = footprint.by_stage(basis=basis)
        result[f"{basis}_based"] = {
            stage: [by_stage[stage][origin] for origin in ORIGINS] for stage in STAGES
        }
    return result


def with_digest(footprint: Footprint) -> Footprint:
    """Return the footprint with the digest of its document."""
    return attrs.evolve(footprint, digest=str(to_document(footprint)["digest"]))


def to_bytes(footprint: Footprint) -> bytes:
    """Return the document as UTF-8 JSON, one line per value, the same bytes for the same footprint."""
    text = json.dumps(to_document(footprint), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return text.encode() + b"\n"


def from_bytes(data: bytes, *, where: str = "") -> Footprint:
    """Read a document and check its digest.

    Raises
    ------
    InputError
        ``result-unreadable`` when it is not such a document.
    TrustError
        ``result-changed`` when its content does not match its digest.
    """
    if len(data) > LARGEST:
        raise _unreadable("it is larger than any result", where)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unreadable(f"it is not JSON: {error}", where) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _unreadable(f"it is not a {SCHEMA} document", where)
    stated = document.pop("digest", "")
    if digest(document) != stated:
        raise TrustError(
            "the result was changed after it was calculated: its digest does not match", code="result-changed",
            where=where, hint="calculate it again from the study",
        )  # fmt: skip
    del document["schema"], document["totals"]
    return _structured(document, stated, where)


def read_result(path: Path) -> Footprint:
    """Read a result from a file, or from ``result.json`` in a folder."""
    file = path / "result.json" if path.is_dir() else path
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read {file}: {error.strerror}", code="file-unreadable", where=str(path),
            hint="make a result with: cradlemark footprint STUDY --output FOLDER",
        ) from None  # fmt: skip
    return from_bytes(data, where=str(file))


@cache
def schema() -> dict[str, Any]:
    """Return the published JSON Schema of the document."""
    text = resources.files("cradlemark.footprint").joinpath("result.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _content(footprint: Footprint) -> dict[str, Any]:
    content: dict[str, Any] = attr.asdict(footprint, retain_collection_types=False)
    del content["digest"]
    return content


def _structured(document: dict[str, Any], stated: str, where: str) -> Footprint:
    import cattrs

    converter = cattrs.Converter(forbid_extra_keys=True)
    try:
        return converter.structure({**document, "digest": stated}, Footprint)
    except (cattrs.BaseValidationError, TypeError, ValueError, KeyError) as error:
        raise _unreadable(
            f"a field is missing or of the wrong kind ({type(error).__name__})", where
        ) from error


def _unreadable(why: str, where: str) -> InputError:
    return InputError(
        f"the result cannot be read: {why}", code="result-unreadable", where=where,
        hint="give the result.json that cradlemark footprint wrote",
    )  # fmt: skip
