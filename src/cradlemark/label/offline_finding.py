"""What is at hand of a label, and what was found out about it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from cradlemark.core.language import Text, visible

Outcome = Literal["holds", "fails", "not_checked"]


@attrs.frozen
class Finding:
    """One thing that was checked, or could not be."""

    id: str
    title: Text
    outcome: Outcome
    detail: Text


@attrs.frozen
class LabelFiles:
    """What is at hand of a label; empty what is not.

    Parameters
    ----------
    code : str
        Text of the code on a picture.
    claim, entry, proof, bundle : bytes
    document : bytes
        PDF of the certificate.
    credential : str
    status_lists : tuple of str
    programme : bytes
        Profile of the programme.
    baseline : bytes
        Sealed bundle of the baseline of a reduction.
    baseline_claim, baseline_statement : bytes
        What vouches for it: claim of the earlier label, or statement of a verifier.
    benchmark : bytes
        Benchmark set of a grade.
    members : mapping of str to bytes
        Claims of the labels in it, by number, as far as they are at hand.
    """

    code: str = ""
    claim: bytes = b""
    credential: str = ""
    entry: bytes = b""
    proof: bytes = b""
    bundle: bytes = b""
    document: bytes = b""
    status_lists: tuple[str, ...] = ()
    programme: bytes = b""
    baseline: bytes = b""
    baseline_claim: bytes = b""
    baseline_statement: bytes = b""
    benchmark: bytes = b""
    members: Mapping[str, bytes] = attrs.field(factory=dict)


def finding(key: str, title: Text, outcome: Outcome, detail: Text | str) -> Finding:
    """Make a finding whose detail cannot move the cursor of a terminal."""
    text = detail if isinstance(detail, Text) else Text(detail, detail)
    return Finding(key, title, outcome, Text(visible(text.en), visible(text.zh)))
