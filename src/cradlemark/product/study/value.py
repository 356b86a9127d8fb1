"""Numbers of a study with their units, and the words for stages and kinds of data."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution

Stage = Literal[
    "A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "C1", "C2", "C3", "C4", "D"
]


STAGES: tuple[Stage, ...] = (
    "A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "C1", "C2", "C3", "C4", "D",
)  # fmt: skip


GATE_STAGES: tuple[Stage, ...] = ("A1", "A2", "A3")


DataKind = Literal["measured", "supplier", "secondary", "proxy"]


DATA_KINDS: tuple[DataKind, ...] = ("measured", "supplier", "secondary", "proxy")


@attrs.frozen
class Value:
    """One number of the user with its unit, and what is known about it.

    Exactly one of `magnitude` and `formula` is given.

    Parameters
    ----------
    magnitude : float, optional
        [unit]
    unit : str
        Canonical unit, see `cradlemark.core.quantities`.
    formula : str, optional
        Formula over parameters; its result is converted to `unit`.
    distribution : Distribution, optional
        Uncertainty of the number itself.
    note : str
    evidence : tuple of str
        Ids of `Evidence`.
    confidential : bool
        Left out of reports that leave the company.
    """

    magnitude: float | None
    unit: str
    formula: str | None = None
    distribution: Distribution | None = None
    note: str = ""
    evidence: tuple[str, ...] = ()
    confidential: bool = False


@attrs.frozen
class Parameter:
    """A named number or formula that other fields of the study use."""

    name: str
    value: Value
    description: Text = Text()
