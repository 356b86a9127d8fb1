"""What a lint is: one demand on a claim, filed by the document that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.rules.finding import Severity

Flaw = tuple[str, Text]
"""Field of the claim, and what is wrong with it."""
Flaws = Iterator[Flaw]
Status = Literal["seen", "unverified", "own"]
"""Whether the demand was read in a public source, is not checked against the published text, or is our own."""


@attrs.frozen(eq=False)
class Lint:
    """One demand.

    Parameters
    ----------
    id : str
        Stable; begins with the document.
    document, clause : str
        What demands it, and where; the clause is empty when it is not known.
    status : {"seen", "unverified", "own"}
    title : Text
        What has to hold.
    check : callable
        Gives every flaw of a claim.
    """

    id: str
    document: str
    clause: str
    status: Status
    title: Text
    check: Callable[[Claim], Flaws]
    severity: Severity = "error"

    @property
    def label(self) -> str:
        """Document, clause and status."""
        return f"{self.document}{', ' if self.clause else ''}{self.clause} ({self.status})"


@attrs.frozen(eq=False)
class ProgrammeLint:
    """One demand of the programme of a claim; the profile gives clause and figures."""

    id: str
    title: Text
    check: Callable[[Claim, ProgrammeProfile], Flaws]
    severity: Severity = "error"
