"""What the unfolding modules share: the study, its numbers, its links, and the lists they add to."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs
import numpy as np

from cradlemark.core.errors import CradlemarkError, InputError, Problem
from cradlemark.core.language import Text, joined
from cradlemark.engine.pedigree import Pedigree
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.grids import GridSupply
from cradlemark.inventory.matching import Role
from cradlemark.product.evaluate import Evaluator, Uncertain
from cradlemark.product.link import Linked, Linker, Open
from cradlemark.product.study import DataKind, Stage, Study
from cradlemark.product.system import (
    Activity,
    ActivityKind,
    Basis,
    Factor,
    Gap,
    MassBalance,
    Note,
    Number,
    ProcessCheck,
    System,
)


@attrs.frozen
class Tags:
    """What is said about an activity beside its amount; handed down from the part of the study it belongs to."""

    label: Text
    stage: Stage
    kind: ActivityKind = "material"
    data_kind: DataKind = "secondary"
    pedigree: Pedigree | None = None
    basis: Basis = "both"
    packaging: bool = False
    outbound: bool = False

    def named(self, en: str, zh: str) -> Tags:
        """The same with more words behind the label."""
        label = Text(f"{self.label['en']}, {en}", f"{self.label['zh']}，{zh}")
        return Tags(
            label,
            self.stage,
            self.kind,
            self.data_kind,
            self.pedigree,
            self.basis,
            self.packaging,
            self.outbound,
        )


@attrs.frozen
class Stock:
    """A mass of one material in the product or its packaging, which reaches the end of life.

    Parameters
    ----------
    factors : tuple of Factor
        Their product is the mass in one declared unit [kg].
    bought : tuple of Factor
        Their product is the mass that is bought for it [kg]; the raw materials (A1) rest on it.
    recycled_dataset : str
        Dataset that carries the recycled content in A1; empty when A1 counts it as primary material.
    recycled_content : float or ndarray
        R1 [0-1].
    """

    path: str
    label: Text
    text: str
    factors: tuple[Factor, ...]
    bought: tuple[Factor, ...]
    dataset: Dataset | None
    recycled_dataset: str
    route: str
    recycled_content: Number
    packaging: bool


@attrs.frozen(slots=False)
class Settings:
    """Methods the rule pack chooses.

    Parameters
    ----------
    end_of_life_method : {"cut_off", "circular_footprint_formula", "module_d"}
    """

    end_of_life_method: str


@attrs.frozen(eq=False, slots=False)
class Section:
    """What one part of the study unfolds to, and what that rests on; kept for the next time.

    Parameters
    ----------
    inputs : tuple
        Values of other sections it was made from.
    read : frozenset of str
        Paths of the values it read.
    by_formula : bool
        Whether one of them is a formula.
    names : tuple of str
        Paths of its activities before they were numbered.
    """

    inputs: tuple[object, ...]
    read: frozenset[str]
    by_formula: bool
    names: tuple[str, ...]
    uncertain: Mapping[str, Uncertain]
    activities: tuple[Activity, ...]
    balances: tuple[MassBalance, ...]
    gaps: tuple[Gap, ...]
    shares: tuple[tuple[str, float], ...]
    checks: tuple[ProcessCheck, ...]
    notes: tuple[Note, ...]
    stocks: tuple[Stock, ...]


_LISTS = ("activities", "balances", "gaps", "shares", "checks", "notes", "stocks")


class Collector:
    """Gathers the leaves of one study; the modules of this folder add to it."""

    def __init__(
        self,
        study: Study,
        evaluator: Evaluator,
        linker: Linker,
        grids: Grids,
        settings: Settings,
        memory: dict[str, Section],
    ) -> None:
        self.study = study
        self.evaluator = evaluator
        self.linker = linker
        self.grids = grids
        self.settings = settings
        self.activities: list[Activity] = []
        self.balances: list[MassBalance] = []
        self.gaps: list[Gap] = []
        self.shares: list[tuple[str, float]] = []
        self.checks: list[ProcessCheck] = []
        self.notes: list[Note] = []
        self.stocks: list[Stock] = []
        self.problems: list[Problem] = []
        self.sections: list[Section] = []
        self._memory = memory
        self._paths: dict[str, int] = {}
        self._names: list[str] = []

    def section(self, key: str, unfold: Callable[[], None], inputs: tuple[object, ...] = ()) -> None:
        """Unfold one part of the study, or take what it unfolded to before when nothing it rests on has moved.

        Parameters
        ----------
        key : str
            Name of the part, unique in the study.
        inputs : tuple
            Values of other sections that the part uses; compared by identity.
        """
        kept = self._memory.get(key)
        if kept is not None and self._holds(kept, inputs):
            self._take(kept)
            return
        evaluator = self.evaluator
        before = {name: len(getattr(self, name)) for name in _LISTS}
        problems, names, known = len(self.problems), len(self._names), evaluator.uncertain
        evaluator.read, evaluator.by_formula, evaluator.uncertain = set(), False, {}
        try:
            unfold()
        except CradlemarkError as error:
            self.problem(error)
        made = {name: tuple(getattr(self, name)[start:]) for name, start in before.items()}
        section = Section(
            inputs,
            frozenset(evaluator.read),
            evaluator.by_formula,
            tuple(self._names[names:]),
            evaluator.uncertain,
            **made,
        )
        self.sections.append(section)
        evaluator.uncertain = {**known, **section.uncertain}
        if len(self.problems) == problems and evaluator.unmoved(section.read, by_formula=section.by_formula):
            self._memory[key] = section

    def _holds(self, kept: Section, inputs: tuple[object, ...]) -> bool:
        return (
            len(inputs) == len(kept.inputs)
            and all(map(operator.is_, inputs, kept.inputs))
            and self.evaluator.unmoved(kept.read, by_formula=kept.by_formula)
        )

    def _take(self, kept: Section) -> None:
        self.sections.append(kept)
        for name in _LISTS:
            getattr(self, name).extend(getattr(kept, name))
        for path in kept.names:
            self._paths[path] = self._paths.get(path, 0) + 1
        self._names.extend(kept.names)
        self.evaluator.uncertain.update(kept.uncertain)

    def system(self) -> System:
        """Everything gathered so far, as one value."""
        return System(
            tuple(self.activities),
            tuple(self.balances),
            tuple(self.gaps),
            tuple(self.shares),
            tuple(self.checks),
            tuple(dict.fromkeys(self.notes)),
        )

    def link(
        self,
        text: str,
        *,
        role: Role,
        unit: str,
        dataset: str,
        path: str,
        tags: Tags,
        place: str = "",
        where: str = "",
    ) -> Linked | None:
        """Link a text; when it stays open, list the gap and return None."""
        try:
            found = self.linker.link(
                text, role=role, unit=unit, place=place or self.study.place, dataset=dataset
            )
        except CradlemarkError as error:
            self.problems.append(Problem(where or path, error.code, error.message, error.hint))
            return None
        if isinstance(found, Open):
            near = "; ".join(f"{match.dataset} ({match.score:.0f})" for match in found.candidates)
            nearest = [Text(f"nearest: {near}", f"最接近：{near}")] if near else []
            reason = joined([found.reason, *nearest])
            self.gaps.append(Gap(path, tags.label, tags.stage, text, reason, where))
            return None
        return found

    def add(
        self, linked: Linked, factors: Iterable[Factor], *, path: str, tags: Tags, amount: str = ""
    ) -> None:
        """Add one activity of a linked dataset.

        Parameters
        ----------
        amount : str
            Field whose amount it is, where several activities come from one amount; empty: `path`.
        """
        self.activities.append(
            Activity(
                path=self.unique(path),
                label=tags.label,
                stage=tags.stage,
                factors=tuple(factors),
                unit=linked.dataset.unit,
                dataset=linked.dataset.id,
                text=linked.text,
                data_kind=tags.data_kind,
                pedigree=tags.pedigree,
                basis=tags.basis,
                packaging=tags.packaging,
                outbound=tags.outbound,
                kind=tags.kind,
                amount_key=amount or path,
            )
        )

    def note(self, code: str, path: str, en: str, zh: str) -> None:
        """Add a note in both languages."""
        self.notes.append(Note(code, path, Text(en, zh)))

    def problem(self, error: CradlemarkError, path: str = "") -> None:
        """Keep an error of one field, so that all of them are reported together."""
        self.problems.extend(
            Problem(found.where or path, found.code, found.message, found.hint) for found in error.problems
        )

    def unique(self, path: str) -> str:
        """Return a path that no activity has yet: the path itself, or numbered when it occurs again."""
        count = self._paths.get(path, 0) + 1
        self._paths[path] = count
        self._names.append(path)
        return path if count == 1 else f"{path}#{count}"


class Grids:
    """Electricity supply by place, looked up once per place."""

    def __init__(self, supply: dict[str, GridSupply]) -> None:
        self._supply = supply

    def at(self, place: str) -> GridSupply | None:
        """Return the supply of a place, or None when there is none."""
        return self._supply.get(place)


def selectors(names: Iterable[str]) -> tuple[str, ...]:
    """Return how the entries of a list are named in paths: by name, by position where a name is empty or repeated."""
    found = tuple(names)
    counts = Counter(found)
    return tuple(
        name if name and counts[name] == 1 else f"#{position}" for position, name in enumerate(found, start=1)
    )


def whole_shares(
    shares: Sequence[Number], *, name: Text, where: str, hint: Text, tolerance: float = 1e-6
) -> tuple[Number, ...]:
    """Return shares that sum to 1; draws are scaled so that they do in every draw.

    Raises
    ------
    InputError
        ``shares-sum`` when scalars do not sum to 1.
    """
    total: Number = sum(shares, start=0.0)
    if isinstance(total, np.ndarray):
        return tuple(share / total for share in shares)
    if abs(total - 1.0) > tolerance:
        message = Text(f"{name.en} sum to {total:g}, not to 1", f"{name.zh}之和为 {total:g}，而非 1")
        raise InputError(message, code="shares-sum", where=where, hint=hint)
    return tuple(shares)


def central(number: Number) -> float:
    """One scalar for a number: itself, or the mean of its draws."""
    return float(np.mean(number)) if isinstance(number, np.ndarray) else number


def product_of(factors: Iterable[Factor]) -> Number:
    """Product of factors."""
    result: Number = 1.0
    for factor in factors:
        result = result * factor.value
    return result
