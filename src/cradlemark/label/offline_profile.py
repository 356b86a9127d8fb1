"""The profile of the programme that a claim names, as far as it is at hand: published beside the label, or packaged."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.toml import read_toml
from cradlemark.label.claim import Claim
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_reader import load_programme, programme_ids, read_programme


def profile_of(claim: Claim, content: bytes = b"") -> ProgrammeProfile | None:
    """Return the profile in exactly the version that the claim names; None when it is not at hand.

    Parameters
    ----------
    content : bytes
        A profile that was found; one of another version counts for nothing.
    """
    wanted = claim.programme.digest
    return next((found for found in _candidates(claim, content) if found.digest == wanted), None)


def _candidates(claim: Claim, content: bytes) -> Iterator[ProgrammeProfile]:
    if content:
        with contextlib.suppress(CradlemarkError):
            yield read_programme(read_toml(content, where="programme"), where="programme")
    if claim.programme.id in programme_ids():
        yield load_programme(claim.programme.id)


def profile_path(digest: str) -> str:
    """Path of a published profile below the address of the programme; empty for what is no digest.

    Examples
    --------
    >>> profile_path("sha256:" + "0" * 64)[:20]
    'programmes/000000000'
    """
    named = re.fullmatch(r"sha256:([0-9a-f]{64})", digest)
    return f"programmes/{named[1]}.toml" if named else ""
