"""Which keys sign a checkpoint of a log, and which ones are believed to have."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from cradlemark.trust.notes import key_of
from cradlemark.trust.policy import Policy
from cradlemark.trust.signers import Signer


@attrs.frozen(eq=False)
class LogKeys:
    """Keys of one log.

    Parameters
    ----------
    origin : str
    policy : Policy
        All keys that were ever used, with their sizes; no witnesses.
    signers : callable
        Opens those that sign a checkpoint of a size.
    hand_overs : sequence of int
        Sizes at which one key takes over from another: a checkpoint of each is signed by both.
    """

    origin: str
    policy: Policy
    signers: Callable[[int], Sequence[Signer]]
    hand_overs: Sequence[int] = ()

    def steps(self, begin: int, end: int) -> list[int]:
        """Sizes that are published on the way: every hand-over, and the end."""
        return sorted({size for size in self.hand_overs if begin < size < end} | {end})


def one_key(origin: str, signer: Signer) -> LogKeys:
    """A log that never had another key."""
    return LogKeys(origin, Policy((key_of(origin, signer),)), lambda _size: (signer,))
