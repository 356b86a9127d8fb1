"""How fast the machine is at the moment: a test bounds work, not the time of one machine or another."""

from __future__ import annotations

import json
import time

REFERENCE = 0.045
"""What `_piece_of_work` takes on the machine on which the bounds of the tests were set, with nothing else running [s]."""


def _piece_of_work() -> float:
    """Processor time of a piece of ordinary work that never changes [s]."""
    start = time.process_time()
    total, seen = 0, {}
    for number in range(400_000):
        total += number * number
        seen[number & 1023] = (number, total)
    rows = [{"name": f"row {number}", "amount": number / 7} for number in range(6_000)]
    json.loads(json.dumps(rows))
    return time.process_time() - start


def slowness() -> float:
    """How many times as long work takes now as on the machine of the bounds; never below 1."""
    return max(1.0, min(_piece_of_work() for _ in range(3)) / REFERENCE)


def told() -> str:
    """The speed of the machine in words, for figures that are measured on it."""
    return f"work takes {slowness():.1f} times as long now as on the machine on which bounds were set"


def within(seconds: float, most: float) -> bool:
    """Whether work that took some processor time is at most what took `most` on the machine of the bounds [s].

    A machine that is slow, or that is shared while the test runs, is measured only when the time would be too long for
    the other one.
    """
    return seconds < most or seconds < most * slowness()
