"""What somebody may have meant by a name that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'materials'?``, or the list of known names when it is short, else nothing."""
    names = [name for name in dict.fromkeys(known) if name]
    lowered = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), lowered, n=2, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(lowered[name]) for name in close) + "?"
    if 0 < len(names) <= 12:
        return "known are " + ", ".join(names)
    return ""
