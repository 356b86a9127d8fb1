"""Facts about one study or result, as values that conditions are asked of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import attrs

from cradlemark.core.language import Text
from cradlemark.product.study import Study
from cradlemark.rules.catalogue import Phase, catalogue

Fact = float | bool | None
"""A number, yes or no; None when it is not known."""
_NONE: Mapping[str, Fact] = MappingProxyType({})


@attrs.frozen
class Item:
    """One item of a scope: its path in the study, what to call it, and its facts."""

    path: str
    label: Text
    facts: Mapping[str, Fact]


@attrs.frozen(slots=False)
class Facts:
    """Everything a check can ask.

    Parameters
    ----------
    values : mapping of name to number, bool or None
        Facts of the whole study; None when not known.
    scopes : mapping of scope to items
    phases : frozenset
        What was there when the facts were made; facts that need more are not known.
    study : Study, optional
        For required fields.
    """

    values: Mapping[str, Fact] = _NONE
    scopes: Mapping[str, tuple[Item, ...]] = MappingProxyType({})
    phases: frozenset[Phase] = frozenset()
    study: Study | None = None
    _columns: dict[tuple[str, str], tuple[Fact, ...]] = attrs.field(
        factory=dict, init=False, eq=False, repr=False
    )

    def __attrs_post_init__(self) -> None:
        table = catalogue()
        unknown = sorted(self.values.keys() - table.facts.keys())
        unknown += sorted(self.scopes.keys() - table.scopes.keys())
        for scope, found in self.scopes.items():
            known = table.scopes[scope].facts.keys() if scope in table.scopes else set()
            names: set[str] = set()
            for item in found:
                names.update(item.facts)
            unknown += sorted(names - known)
        if unknown:
            raise KeyError(f"not in the catalogue of facts: {', '.join(unknown)}")

    def column(self, scope: str, name: str) -> tuple[Fact, ...]:
        """Return one fact of every item of a scope; an item that has it not takes the fact of the whole study."""
        key = (scope, name)
        if key not in self._columns:
            whole = self.value(name)
            self._columns[key] = tuple(
                known(item.facts[name]) if name in item.facts else whole
                for item in self.scopes.get(scope, ())
            )
        return self._columns[key]

    def with_more(
        self,
        values: Mapping[str, Fact],
        scopes: Mapping[str, Sequence[Item]],
        phases: Iterable[Phase],
    ) -> Facts:
        """Return these facts and more; the later ones win."""
        return Facts(
            {**self.values, **values},
            {**self.scopes, **{name: tuple(found) for name, found in scopes.items()}},
            self.phases | frozenset(phases),
            self.study,
        )

    def value(self, name: str) -> Fact:
        """Return a fact of the whole study; None when it is not known or not finite."""
        return known(self.values.get(name))


def known(fact: Fact) -> Fact:
    """Return the fact, or None when it is not a finite number."""
    return fact if fact is None or isinstance(fact, bool) or math.isfinite(fact) else None
