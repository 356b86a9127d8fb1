"""A bundle to show around: confidential lines are only digests, and any of them can be proven later.

When a study is sealed, every line of the result gets a commitment, SHA-256 over a secret salt and the canonical line. The list of
commitments is a part of the bundle, so the manifest, and with it the claim, commits to all lines. A redacted bundle holds manifest,
commitments and the open lines with their salts. Salts come from one secret by HMAC-SHA-256 over the number of the line: whoever
knows the salt of one line learns nothing about another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import attrs

from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.formulas import parse_formula
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import COMMITTED, Bundle
from cradlemark.product.paths import selectors
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.study import Component, Parameter, Study
from cradlemark.product.walk import Entry, entries, values_of

COMMITMENTS = COMMITTED
SECRET = "secret.bin"  # noqa: S105 - the name of a part
OPEN = "open.json"
SHORTEST_SECRET = 32
"""[byte]"""


def commitments(lines: Sequence[Mapping[str, Any]], secret: bytes) -> list[str]:
    """Commitment to each line of a result.

    Raises
    ------
    InputError
        ``secret-short``
    """
    if len(secret) < SHORTEST_SECRET:
        raise InputError(
            Text("the secret of a bundle is too short", "该包的密钥过短"),
            code="secret-short",
            hint=Text("use 32 random bytes", "使用 32 个随机字节"),
        )
    return [_commitment(line, salt_of(secret, place)) for place, line in enumerate(lines)]


def salt_of(secret: bytes, place: int) -> bytes:
    """Salt of a line."""
    return hmac.new(secret, f"line {place}".encode(), hashlib.sha256).digest()


def _commitment(line: Mapping[str, Any], salt: bytes) -> str:
    return "sha256:" + hashlib.sha256(salt + canonical_json(line)).hexdigest()


def redact(bundle: Bundle, hidden: Collection[str]) -> Bundle:
    """The bundle without the lines of some paths.

    Parameters
    ----------
    bundle : Bundle
        Whole.
    hidden : collection of str
        Beginnings of paths into the study whose lines stay hidden.

    Returns
    -------
    Bundle
        With the same manifest, so with the same digest; it cannot be recomputed.
    """
    lines, secret = _lines(bundle), bundle.parts[SECRET]
    shown = [
        {"place": place, "line": line, "salt": base64.b64encode(salt_of(secret, place)).decode()}
        for place, line in enumerate(lines)
        if not line["path"].startswith(tuple(hidden))
    ]
    return Bundle(bundle.manifest, {COMMITMENTS: bundle.parts[COMMITMENTS], OPEN: canonical_json(shown)})


@attrs.frozen
class Disclosed:
    """What a redacted bundle shows.

    Parameters
    ----------
    lines : tuple of mapping
        Open lines, each proven.
    hidden : int
        How many lines are only digests.
    """

    lines: tuple[Mapping[str, Any], ...]
    hidden: int


def check_redacted(bundle: Bundle) -> Disclosed:
    """Check the open lines of a redacted bundle against its commitments.

    Raises
    ------
    TrustError
        ``line-unproven`` when a line is not the one that was sealed.
    """
    committed = _list(bundle.parts[COMMITMENTS])
    shown = _list(bundle.parts[OPEN])
    for item in shown:
        prove_line(bundle, int(item["place"]), item["line"], base64.b64decode(item["salt"]))
    return Disclosed(tuple(item["line"] for item in shown), len(committed) - len(shown))


def prove_line(bundle: Bundle, place: int, line: Mapping[str, Any], salt: bytes) -> None:
    """Check that a line, handed over later with its salt, is the one that was sealed.

    Raises
    ------
    TrustError
        ``line-unproven``
    """
    committed = _list(bundle.parts[COMMITMENTS])
    if not 0 <= place < len(committed) or committed[place] != _commitment(line, salt):
        raise TrustError(
            Text(f"line {place} is not the one that was sealed", f"第 {place} 行与封存时不同"),
            code="line-unproven",
            hint=Text("ask the holder for the right one", "向持有人索取正确的一份"),
        )


def _lines(bundle: Bundle) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(bundle.parts["result.json"])["lines"]
    return found


def _list(content: bytes) -> list[Any]:
    found = json.loads(content)
    if not isinstance(found, list):
        raise InputError(
            Text("a part of the bundle is no list", "该包的某部分不是列表"),
            code="bundle-unreadable",
            hint=Text("get it anew", "重新获取"),
        )
    return found


def confidential_paths(bundle: Bundle) -> frozenset[str]:
    """Paths of lines that tell something about a value which the study marks as confidential.

    Rather one line too many: every line through the entry that holds such a value, and every line with a formula over a
    parameter that is confidential or is made from one.
    """
    study = parse_study_toml(bundle.parts["study.toml"])
    marks = tuple(_marks(study))
    names = _secret_parameters(study)
    paths = set()
    for line in _lines(bundle):
        told = [line["path"], *(factor["path"] for factor in line["factors"])]
        words = {word for factor in line["factors"] for word in re.findall(r"\w+", factor["name"])}
        if words & names or any(all(part in path for part in mark) for mark in marks for path in told):
            paths.add(line["path"])
    return frozenset(paths)


def _marks(study: Study) -> Iterator[tuple[str, ...]]:
    """What the path of a line has when it goes through an entry with a confidential value: part number and entry."""
    for entry in entries(study):
        if entry.owner is None or isinstance(entry.value, Parameter):
            continue
        if any(value.confidential for _, _, value in values_of(entry)):
            owner: Entry | None = entry
            while owner is not None and not isinstance(owner.value, Component):
                owner = owner.owner
            part = f"[{owner.value.part_number}]" if owner and isinstance(owner.value, Component) else ""
            names = selectors(entry.table, entry.value)
            own = f"[{names[0]}]" if names and names[0] else (entry.field.key if entry.field else "")
            yield part, own


def _secret_parameters(study: Study) -> frozenset[str]:
    """Names of parameters that are confidential or are calculated from such."""
    secret = {parameter.name for parameter in study.parameters if parameter.value.confidential}
    while True:
        more = {
            parameter.name
            for parameter in study.parameters
            if parameter.value.formula and parse_formula(parameter.value.formula).names & secret
        } - secret
        if not more:
            return frozenset(secret)
        secret |= more
