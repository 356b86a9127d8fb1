"""From the user's words to datasets: every link with its score and its reason, nothing guessed."""

from __future__ import annotations

from typing import Protocol

import attrs

from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor
from cradlemark.inventory.admission import refuse_as_treatment, refuse_for_product
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.matching import Match, Query, Role
from cradlemark.product.study import Choice

NAMED = Text("named in the study", "研究文件中指定")
"""Reason of a link whose dataset the study names itself."""
CONFIRMED = 100.0
"""Score [0-100] of a dataset that the user named."""


class Finder(Protocol):
    """What the linker needs of a matcher."""

    def best(self, query: Query) -> Match | None:
        """Return the accepted match, or None when the text is left open."""

    def find(self, query: Query, limit: int = 5) -> tuple[Match, ...]:
        """Return ranked candidates."""


@attrs.frozen
class Linked:
    """A dataset that stands for a text, with the reason."""

    dataset: Dataset
    text: str
    score: float
    reason: Text
    confirmed_by: str = ""


@attrs.frozen
class Open:
    """A text that found no dataset: why, and what came close."""

    text: str
    reason: Text
    candidates: tuple[Match, ...] = ()


class Linker:
    """Links texts of one study; the same text with the same unit, place and role always gets the same dataset.

    Parameters
    ----------
    inventory : Inventory
    finder : Finder
    choices : sequence of Choice
        Confirmed links of the study.
    year : int
        Year of the data period.
    """

    def __init__(
        self,
        inventory: Inventory,
        finder: Finder,
        *,
        choices: tuple[Choice, ...] = (),
        year: int | None = None,
    ) -> None:
        self._inventory = inventory
        self._finder = finder
        self._choices = {choice.text.strip(): choice for choice in choices}
        self._year = year
        self._cache: dict[tuple[str, str, str, str, str], Linked | Open] = {}
        self.used: dict[tuple[str, str], Linked] = {}
        """Links that were used, by text and dataset id."""

    def link(self, text: str, *, role: Role, unit: str, place: str, dataset: str = "") -> Linked | Open:
        """Find the dataset for a text.

        Parameters
        ----------
        role : {"material", "energy", "transport", "process", "waste", "electricity"}
        unit : str
            Unit of the amount; datasets in another dimension are not offered.
        place : str
            Where the thing comes from or happens.
        dataset : str
            Id that the user fixed; then nothing is searched.

        Raises
        ------
        RuleError
            When the dataset must not be used in a product footprint, or not as the treatment of waste.
        NotFoundError
            When the fixed dataset does not exist.
        """
        key = (text, role, unit, place, dataset)
        if key not in self._cache:
            self._cache[key] = self._find(text.strip(), role, unit, place, dataset)
        found = self._cache[key]
        if isinstance(found, Linked):
            self.used.setdefault((found.text, found.dataset.id), found)
        return found

    def _find(self, text: str, role: Role, unit: str, place: str, dataset: str) -> Linked | Open:
        if dataset:
            return self._named(text, role, unit, dataset, "", NAMED)
        choice = self._choices.get(text)
        if choice:
            reason = Text("confirmed in the study", "研究文件中已确认")
            return self._named(text, role, unit, choice.dataset, choice.confirmed_by, reason)
        query = Query(text=text, unit=unit, place=place, year=self._year, role=role)
        match = self._finder.best(query)
        if match is None:
            return Open(
                text,
                Text("no dataset matches well enough", "没有足够匹配的数据集"),
                self._finder.find(query, limit=3),
            )
        found = self._inventory[match.dataset]
        _admit(found, role)
        return Linked(found, text, match.score, match.reason)

    def _named(
        self, text: str, role: Role, unit: str, dataset: str, confirmed_by: str, reason: Text
    ) -> Linked | Open:
        found = self._inventory[dataset]
        _admit(found, role)
        if unit:
            try:
                conversion_factor(unit, found.unit)
            except InputError:
                return Open(
                    text,
                    Text(
                        f"dataset {dataset} is per {found.unit}, the amount is in {unit}",
                        f"数据集 {dataset} 按 {found.unit} 计，数量以 {unit} 计",
                    ),
                )
        return Linked(found, text, CONFIRMED, reason, confirmed_by)


def _admit(dataset: Dataset, role: Role) -> None:
    refuse_for_product(dataset)
    if role == "waste":
        refuse_as_treatment(dataset)


def describe(error: CradlemarkError) -> Text:
    """One sentence of an error for a list of gaps."""
    if not error.hint:
        return error.message
    return Text("{message} ({hint})", "{message}（{hint}）").format(message=error.message, hint=error.hint)
