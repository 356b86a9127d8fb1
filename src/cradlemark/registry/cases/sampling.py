"""What a verifier has looked at: lines by share of the impact, which were seen, and how much of the impact that is."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from math import fsum

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.registry.audit.record import record
from cradlemark.registry.cases.models import Case, SeenLine
from cradlemark.registry.cases.reading import line_digest, reading
from cradlemark.registry.cases.take import locked
from cradlemark.registry.cases.verify import refuse_stranger
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.writing import writing

ENOUGH = 0.8
"""Share of the impact up to which lines are proposed to be looked at (own choice) [1]."""


@attrs.frozen
class SampleLine:
    """A line of the result as a verifier samples it.

    Parameters
    ----------
    digest : str
        Identity of the line.
    share : float
        Of the sum of the absolute contributions [0-1].
    cumulated : float
        Share of this line and all larger ones [0-1].
    seen : bool
    proposed : bool
        Whether it belongs to the largest lines that together make up `ENOUGH`.
    """

    line: Line
    digest: str
    share: float
    cumulated: float
    seen: bool
    proposed: bool


@attrs.frozen
class Sample:
    """All lines, the largest first."""

    lines: tuple[SampleLine, ...]

    @property
    def seen_share(self) -> float:
        """Share of the impact that was seen [0-1]."""
        return fsum(one.share for one in self.lines if one.seen)

    @property
    def seen(self) -> int:
        """Lines that were seen."""
        return sum(one.seen for one in self.lines)

    @property
    def left(self) -> int:
        """Lines that are proposed and were not seen."""
        return sum(one.proposed and not one.seen for one in self.lines)


def sample(footprint: Footprint, seen: Collection[str]) -> Sample:
    """Sort the lines that count by the size of their contribution.

    Parameters
    ----------
    footprint : Footprint
    seen : collection of str
        Digests of the lines that were seen.
    """
    lines = sorted(footprint.counted(), key=lambda line: (-abs(line.total), line.path))
    whole = fsum(abs(line.total) for line in lines) or 1.0
    rows, before = [], 0.0
    for line in lines:
        share, digest = abs(line.total) / whole, line_digest(line)
        rows.append(
            SampleLine(line, digest, share, before + share, digest in seen, before < ENOUGH and share > 0)
        )
        before += share
    return Sample(tuple(rows))


def sample_of(case: Case) -> Sample:
    """The sample of the present revision, seen by whoever verifies the case."""
    seen = case.seen_lines.filter(user=case.verifier_id).values_list("line", flat=True)
    return sample(reading(case.revision).footprint, frozenset(seen))


def mark(number: int, lines: Collection[str], *, seen: bool, by: Actor, time: datetime.datetime) -> int:
    """Note that lines were seen, or that they were not after all; returns how many changed.

    Raises
    ------
    InputError
        ``sample-stale`` for a line that the present revision does not have.
    StateError
        ``not-assigned``, ``not-declared``
    """
    with writing():
        case = locked(number)
        refuse_stranger(case, by)
        known = {one.digest for one in sample_of(case).lines}
        if not set(lines) <= known:
            raise InputError(
                Text("the study has changed: a line is not there any more", "研究已变更：有一行已不存在"),
                code="sample-stale", hint=Text("load the page again", "请重新载入页面"),
            )  # fmt: skip
        there = set(case.seen_lines.filter(user=by.user, line__in=lines).values_list("line", flat=True))
        changed = sorted(set(lines) - there if seen else there)
        if seen:
            SeenLine.objects.bulk_create(
                SeenLine(case=case, user=by.user, line=line, time=time) for line in changed
            )
        else:
            case.seen_lines.filter(user=by.user, line__in=changed).delete()
        if changed:
            record(
                "cases:sample:mark" if seen else "cases:sample:unmark", str(number), by=by, time=time,
                detail={"lines": len(changed)},
            )  # fmt: skip
    return len(changed)
