"""The banner on top: in which state the label is, since when, and what that means for its mark."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.label.page.record import PublicChange, PublicLabel
from cradlemark.label.page.wording import day, word
from cradlemark.label.workflow import State, workflow

Tone = Literal["valid", "note", "stopped", "ended"]
"""How the banner looks: all is well, valid with a note, stopped (red), or over (grey)."""
STOPPED = ("suspended", "revoked")
PLAIN = ("active", "recognised")
"""States that are valid without a note."""


@attrs.frozen
class Banner:
    """State of a label in words.

    Parameters
    ----------
    tone : {"valid", "note", "stopped", "ended"}
    title : Text
    when : Text
        Until when, or since when.
    reason : str
        As it was published, in one language; empty when none was given.
    mark : bool
        Whether the mark may be used.
    """

    tone: Tone
    title: Text
    when: Text
    reason: str
    mark: bool


def banner(label: PublicLabel) -> Banner:
    """State of a label."""
    state = workflow().states["label"][label.state]
    last = label.changes[-1] if label.changes else None
    reason = last.reason if last is not None and state.id not in PLAIN else ""
    return Banner(_tone(state), state.title, _when(label, state, last), reason, state.mark)


def _tone(state: State) -> Tone:
    if state.mark:
        return "valid" if state.id in PLAIN else "note"
    return "stopped" if state.id in STOPPED else "ended"


def _when(label: PublicLabel, state: State, last: PublicChange | None) -> Text:
    if state.mark:
        return _dated("until", label.claim.validity.until)
    if state.id == "expired":
        return _dated("ended", label.claim.validity.until)
    if last is None:
        return Text()
    return _dated({"withdrawn": "withdrawn_on", "revoked": "revoked_on"}.get(state.id, "since"), last.time)


def _dated(key: str, date: str) -> Text:
    words = word(key)
    return Text(words.en.format(date=day(date, "en")), words.zh.format(date=day(date, "zh")))
