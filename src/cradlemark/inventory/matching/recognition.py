"""What a line says, as values, and which concepts count in which role."""

from __future__ import annotations

import attrs

Role = str
"""``material``, ``energy``, ``electricity``, ``transport``, ``process``, ``waste``, or empty for any."""

KINDS_OF_ROLE: dict[Role, frozenset[str]] = {
    "material": frozenset({"material"}),
    "energy": frozenset({"energy", "electricity"}),
    "electricity": frozenset({"electricity"}),
    "transport": frozenset({"transport"}),
    "process": frozenset({"process", "release"}),
    "waste": frozenset({"waste", "material"}),
    "": frozenset({"material", "energy", "electricity", "transport", "process", "waste", "release"}),
}
ALSO: dict[Role, frozenset[str]] = {
    "material": frozenset({"lubricants_burnt"}),
    "energy": frozenset({"compressed_air"}),
    "waste": frozenset({"water_treatment", "waste_oil_fuel"}),
}
BLOCKERS = frozenset({"part", "service"})
"""Kinds that are never matched and keep a line open."""
NEUTRAL_KINDS: dict[Role, frozenset[str]] = {
    "material": frozenset({"process"}),
    "process": frozenset({"material"}),
    "waste": frozenset({"process"}),
    "energy": frozenset({"process", "transport", "material"}),
    "electricity": frozenset({"process"}),
    "transport": frozenset({"material", "energy"}),
}


@attrs.frozen
class Hit:
    """One concept named in a line.

    Parameters
    ----------
    concept : str
        Identifier.
    start, end : int
        Place in the line.
    text : str
        What was written.
    naming : str
        ``name``, ``designation``, ``trade``, ``grammar`` or ``corrected``.
    standard : str
        Naming system of a designation.
    score : float
        Confidence [0-100].
    eligible : bool
        Whether the concept can play the asked role.
    """

    concept: str
    start: int
    end: int
    text: str
    naming: str
    standard: str
    score: float
    eligible: bool


@attrs.frozen
class Recognition:
    """What a line says.

    Parameters
    ----------
    hits : tuple of Hit
        Concepts, the best first, with their final scores.
    form : str
        ``strip``, ``bar``, ... or empty.
    recycled, virgin : bool
        Whether the text says so.
    plating : tuple of str
        Coatings named, whose metal is not part of the match.
    treatment : str
        Of waste.
    article : bool
        A finished part is named.
    filler : str
        Filler of a polymer as written, for example ``30``; empty if none.
    flame_retardant : bool
        Whether a polymer is named as flame-retardant.
    unexplained : bool
        Whether the line has words that nothing explains.
    """

    hits: tuple[Hit, ...] = ()
    form: str = ""
    recycled: bool = False
    virgin: bool = False
    plating: tuple[str, ...] = ()
    treatment: str = ""
    article: bool = False
    filler: str = ""
    flame_retardant: bool = False
    unexplained: bool = False
