"""Problems of a source, listed as far as a person would read, and counted beyond."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text

LISTED = 2_000
"""Problems of one code that are listed one by one; a source may have millions."""


class ProblemList:
    """Keeps the first `LISTED` problems of every code in order, and how many more there were.

    Parameters
    ----------
    where : str
        The source, for the lines that stand for all others.
    """

    __slots__ = ("_counts", "_kept", "_where")

    def __init__(self, where: str) -> None:
        self._where = where
        self._kept: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def append(self, problem: Problem) -> None:
        """Take a problem."""
        self._counts[problem.code] += 1
        if self._counts[problem.code] <= LISTED:
            self._kept.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take problems in their order."""
        for problem in problems:
            self.append(problem)

    def __iter__(self) -> Iterator[Problem]:
        """The listed problems, and a line for each code of which there are more."""
        yield from self._kept
        for code, count in self._counts.items():
            if count > LISTED:
                yield Problem(
                    self._where, "problems-many", Text(f"and {count - LISTED:,} more of the kind {code}", f"另有 {count - LISTED:,} 项 {code} 类问题"),
                    Text("repair the listed ones first", "先修正已列出的问题"),
                )  # fmt: skip
