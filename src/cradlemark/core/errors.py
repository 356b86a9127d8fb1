"""The errors a user can meet: what is wrong, where in the user's own document, how to repair it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs


@attrs.frozen(order=True)
class Problem:
    """One thing that is wrong, as a value.

    Parameters
    ----------
    where : str
        Place in the user's own document, for example ``bom.xlsx, sheet Materials, row 14, column unit``.
    code : str
        Stable, documented name of the kind of problem, for example ``unit-unknown``.
    message : str
        What is wrong, one sentence.
    hint : str
        How to repair it; empty if there is nothing to say.
    """

    where: str
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        repair = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{repair} [{self.code}]"


class CradlemarkError(Exception):
    """Base of every error that a user can repair or that a caller can tell apart by ``code``."""

    def __init__(self, message: str, *, code: str = "error", where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.where = where
        self.hint = hint

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong; a single error is one problem."""
        return (Problem(self.where, self.code, self.message, self.hint),)

    def __str__(self) -> str:
        return str(Problem(self.where, self.code, self.message, self.hint))


class InputError(CradlemarkError, ValueError):
    """The user's document or value cannot be read or is not allowed as it stands."""


class _Several(CradlemarkError):
    """Several things are wrong; the first one speaks for all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(first.message + more, code=first.code, where=first.where, hint=first.hint)
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order of the document."""
        return self._problems


class InputErrors(_Several, InputError):
    """Several things in one document are wrong; all of them are reported together.

    Parameters
    ----------
    problems : sequence of Problem
        At least one.
    """


class MissingDataError(CradlemarkError, LookupError):
    """Something the calculation needs is not there: no dataset, no factor, no value."""


class MissingDataErrors(_Several, MissingDataError):
    """Several needed things are missing; all of them are reported together."""


class RuleError(CradlemarkError, ValueError):
    """A rule forbids what was asked for, for example an organisation factor in a product footprint."""


class StateError(CradlemarkError, RuntimeError):
    """What was asked for is not possible in the present state of the thing."""


class TrustError(CradlemarkError):
    """A digest, signature or seal does not match what it should protect."""


class NotFoundError(CradlemarkError, LookupError):
    """The named thing does not exist."""


def raise_if_any(problems: Iterable[Problem]) -> None:
    """Raise `InputErrors` with all problems if there is at least one."""
    found = tuple(problems)
    if found:
        raise InputErrors(found)
