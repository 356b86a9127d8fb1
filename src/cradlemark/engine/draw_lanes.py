"""How many draws go side by side, and from which size of a system on."""

from __future__ import annotations

import importlib.util

LANES = 8
"""Draws of a batch."""
BATCHED_FROM = 300
"""Processes from which draws are solved side by side; compiling the loops would take longer for smaller systems."""


def can_batch(processes: int) -> bool:
    """Whether draws of so many processes go side by side here."""
    return processes >= BATCHED_FROM and importlib.util.find_spec("numba") is not None
