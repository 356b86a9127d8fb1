"""Which of the artworks of a label: design, languages, colours."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Language

DesignName = Literal["full", "strip", "micro"]
Wording = Literal["zh", "en", "both"]
Colouring = Literal["light", "one"]
DESIGNS: tuple[DesignName, ...] = ("full", "strip", "micro")
WORDINGS: tuple[Wording, ...] = ("zh", "en", "both")
COLOURINGS: tuple[Colouring, ...] = ("light", "one")
SIZES: dict[DesignName, tuple[float, float]] = {
    "full": (50.0, 60.0),
    "strip": (20.0, 54.0),
    "micro": (15.0, 15.0),
}
"""Width and height [mm]."""


@attrs.frozen
class Variant:
    """One artwork of a label.

    Parameters
    ----------
    design : {"full", "strip", "micro"}
        For packaging and data sheets, for narrow packaging, for the part itself.
    wording : {"zh", "en", "both"}
    colouring : {"light", "one"}
        In the programme's colour on white, or in one ink.
    """

    design: DesignName
    wording: Wording = "both"
    colouring: Colouring = "light"

    @property
    def languages(self) -> tuple[Language, ...]:
        """Languages in the order in which they are shown."""
        return ("zh", "en") if self.wording == "both" else (self.wording,)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height [mm]."""
        return SIZES[self.design]

    @property
    def name(self) -> str:
        """Name for a file, for example ``full.both.light``."""
        return f"{self.design}.{self.wording}.{self.colouring}"


def variants(designs: tuple[str, ...] = DESIGNS) -> tuple[Variant, ...]:
    """All artworks in these designs."""
    return tuple(
        Variant(design, wording, colouring)
        for design in DESIGNS if design in designs for wording in WORDINGS for colouring in COLOURINGS
    )  # fmt: skip
