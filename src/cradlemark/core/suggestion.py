"""Offer the known names nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from cradlemark.core.language import Text

LONGEST = 200
"""Longest word for which others are looked for, and longest that is offered [characters]; the time grows with the square."""
LISTED = 20
"""Most names that are listed where none is near."""


def did_you_mean(word: str, known: Iterable[str], otherwise: Text = Text("known are", "已有")) -> Text:
    """Return ``did you mean 'materials'?``, or what there is when that is a short list, else nothing.

    Parameters
    ----------
    word : str
        As the user wrote it; upper and lower case count as the same.
    known : iterable of str
        Names there are, in the order in which they are listed; empty ones are left out.
    otherwise : Text
        Words before the list.
    """
    names = [name for name in dict.fromkeys(known) if 0 < len(name) <= LONGEST]
    lowered = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), lowered, n=2, cutoff=0.6) if len(word) <= LONGEST else []
    if close:
        near = [repr(lowered[name]) for name in close]
        return Text(f"did you mean {' or '.join(near)}?", f"是否指 {' 或 '.join(near)}？")
    if not 0 < len(names) <= LISTED:
        return Text()
    return Text(f"{otherwise.en} {', '.join(names)}", f"{otherwise.zh}：{'、'.join(names)}")


class Suggestions:
    """`did_you_mean` for a document with very many unknown words: it stops looking when it has compared enough.

    Parameters
    ----------
    most : int
        Most pairs of words that are compared [1]; a pair takes about 10 microseconds.
    """

    def __init__(self, most: int = 50_000) -> None:
        self._left = most

    def __call__(self, word: str, known: Collection[str]) -> Text:
        """As `did_you_mean`; empty when too many were looked for already."""
        self._left -= max(len(known), 1)
        return did_you_mean(word, known) if self._left >= 0 else Text()
