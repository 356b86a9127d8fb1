"""What a rule check found."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@attrs.frozen
class Finding:
    """One finding; findings sort by severity, rule and place.

    Parameters
    ----------
    rule : str
        Id of the check in its rule pack.
    severity : {"error", "warning", "note"}
    where : str
        Path into the study.
    message, repair : Text
        What was found and how to repair it.
    clause : str
        Clause of the standard, with its status.
    """

    rule: str
    severity: Severity
    where: str
    message: Text
    clause: str = ""
    repair: Text = Text()

    @property
    def order(self) -> tuple[int, str, str]:
        """Sort key."""
        return (SEVERITIES.index(self.severity), self.rule, self.where)
