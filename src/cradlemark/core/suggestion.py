"""Offer the known names nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LISTED = 20
"""Most names that are listed where none is near."""


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "known are") -> str:
    """Return ``did you mean 'materials'?``, or what there is when that is a short list, else nothing.

    Parameters
    ----------
    word : str
        As the user wrote it; upper and lower case count as the same.
    known : iterable of str
        Names there are, in the order in which they are listed; empty ones are left out.
    otherwise : str
        Words before the list.
    """
    names = [name for name in dict.fromkeys(known) if name]
    lowered = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), lowered, n=2, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(lowered[name]) for name in close) + "?"
    return f"{otherwise} {', '.join(names)}" if 0 < len(names) <= LISTED else ""
