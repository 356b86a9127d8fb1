"""The errors a user can meet: what is wrong, where in the user's own document, how to repair it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from cradlemark.core.language import Text
from cradlemark.core.positions import place_in

_AND_MORE = Text("{first} (and {more} more)", "{first}（另有 {more} 项）")


@attrs.frozen(order=True)
class Problem:
    """One thing that is wrong, as a value.

    Parameters
    ----------
    where : str
        Place in the user's own document, for example ``bom.xlsx, sheet Materials, row 14, column unit``.
    code : str
        Stable, documented name of the kind of problem, for example ``unit-unknown``.
    message : Text
        What is wrong, one sentence.
    hint : Text
        How to repair it; empty if there is nothing to say.
    """

    where: str
    code: str
    message: Text
    hint: Text = Text()

    @property
    def as_text(self) -> Text:
        """All of it on one line: place, what is wrong, repair, code."""
        english, chinese = self.message["en"], self.message["zh"]
        if self.hint:
            english, chinese = f"{english} ({self.hint['en']})", f"{chinese}（{self.hint['zh']}）"
        if self.where:
            english, chinese = f"{self.where}: {english}", f"{place_in(self.where, 'zh')}：{chinese}"
        return Text(f"{english} [{self.code}]", f"{chinese} [{self.code}]")

    def __str__(self) -> str:
        return str(self.as_text)


class CradlemarkError(Exception):
    """Base of every error that a user can repair or that a caller can tell apart by ``code``."""

    def __init__(self, message: Text, *, code: str = "error", where: str = "", hint: Text = Text()) -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code
        self.where = where
        self.hint = hint

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong; a single error is one problem."""
        return (Problem(self.where, self.code, self.message, self.hint),)

    @property
    def as_text(self) -> Text:
        """All of it on one line; of several problems the first, and how many more."""
        return Problem(self.where, self.code, self.message, self.hint).as_text

    def __str__(self) -> str:
        return str(self.as_text)


class InputError(CradlemarkError, ValueError):
    """The user's document or value cannot be read or is not allowed as it stands."""


class _Several(CradlemarkError):
    """Several things are wrong; the first one speaks for all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        message = first.message
        if len(problems) > 1:
            message = _AND_MORE.format(first=message, more=len(problems) - 1)
        super().__init__(message, code=first.code, where=first.where, hint=first.hint)
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
