"""The facets in memory: for every value the set of its labels as bits of a whole number.

Bit *n* stands for the label with running number *n*. Which labels have all chosen values is then one "and" of whole numbers,
and how many have a value is a count of ones: microseconds each, where a database would read every row. The sets are read once in a
process; later on only rows that were written since (`Clock`). Words that many labels hold are remembered until something is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

import attrs
from django.db import connection

from cradlemark.core.language import Text
from cradlemark.registry.search.bits import bits_of, numbers_of
from cradlemark.registry.search.full_text import matching
from cradlemark.registry.search.models import Clock, Row
from cradlemark.registry.search.query import FACETS, Facet, Sort
from cradlemark.registry.search.tokens import Phrase

HIDDEN = "registered"
"""State of labels that nobody sees yet."""
MANY, REMEMBERED = 1_000, 256
"""Labels from which on a set found by words is remembered, and how many such sets are."""
EACH = 4
"""How many values of a facet are counted in the time in which one label is looked at, at least."""
_COLUMNS = (
    "sequence", "state", "kind", "programme", "holder", "region", "grade", "rule_pack", "issued", "categories",
    "figure", "valid_until", "holder_en", "holder_zh", "programme_en", "programme_zh",
)  # fmt: skip


@attrs.frozen
class Entry:
    """What is in memory of a label."""

    values: tuple[tuple[Facet, str], ...]
    hidden: bool
    figure: float
    until: int


@attrs.define
class Shelf:
    """Sets of labels by facet and value; changed only by `refresh`, under the lock."""

    epoch: int = -1
    clock: int = -1
    sets: dict[Facet, dict[str, int]] = attrs.field(factory=lambda: {facet: {} for facet in FACETS})
    public: int = 0
    entries: dict[int, Entry] = attrs.field(factory=dict)
    names: dict[tuple[str, str], Text] = attrs.field(factory=dict)
    """Names of holders and programmes."""
    orders: dict[Sort, list[int]] = attrs.field(factory=dict)
    remembered: dict[tuple[Phrase, ...], int] = attrs.field(factory=dict)
    """Sets of labels by the phrases that they hold."""
    lock: Lock = attrs.field(factory=Lock, eq=False, repr=False)

    def refresh(self) -> None:
        """Read what was written since the last time."""
        epoch, number = Clock.objects.values_list("epoch", "number").get(pk=1)
        if (epoch, number) == (self.epoch, self.clock):
            return
        if epoch != self.epoch or number < self.clock:
            self._clear()
        self.remembered = {}
        rows = Row.objects.filter(clock__gt=self.clock, clock__lte=number)
        self._apply(rows.values_list(*_COLUMNS).iterator(chunk_size=10_000))
        self.epoch, self.clock = epoch, number

    def _clear(self) -> None:
        self.sets, self.public, self.entries, self.names = {facet: {} for facet in FACETS}, 0, {}, {}
        self.clock = -1

    def _apply(self, rows: Iterable[tuple[object, ...]]) -> None:
        added: defaultdict[tuple[Facet, str], list[int]] = defaultdict(list)
        removed: defaultdict[tuple[Facet, str], list[int]] = defaultdict(list)
        shown: list[int] = []
        hidden: list[int] = []
        for row in rows:
            sequence, entry = self._read(row)
            before = self.entries.get(sequence)
            for pair in before.values if before else ():
                removed[pair].append(sequence)
            for pair in entry.values:
                added[pair].append(sequence)
            (hidden if entry.hidden else shown).append(sequence)
            self.entries[sequence] = entry
        for (facet, value), sequences in removed.items():
            self.sets[facet][value] &= ~bits_of(sequences)
        for (facet, value), sequences in added.items():
            self.sets[facet][value] = self.sets[facet].get(value, 0) | bits_of(sequences)
        self.public = (self.public | bits_of(shown)) & ~bits_of(hidden)
        self.orders = {}

    def _read(self, row: tuple[object, ...]) -> tuple[int, Entry]:
        cells = dict(zip(_COLUMNS, row, strict=True))
        issued, until = cells["issued"], cells["valid_until"]
        values: list[tuple[Facet, str]] = [
            ("category", code) for code in str(cells["categories"]).split("\n") if code
        ]
        values += [
            (facet, str(cells[facet]))
            for facet in FACETS
            if facet not in {"category", "year"} and cells[facet]
        ]
        values.append(("year", str(issued.year)))  # type: ignore[attr-defined]
        for name in ("holder", "programme"):
            self.names[name, str(cells[name])] = Text(str(cells[f"{name}_en"]), str(cells[f"{name}_zh"]))
        return int(cells["sequence"]), Entry(  # type: ignore[call-overload]
            tuple(values), cells["state"] == HIDDEN, float(cells["figure"]), until.toordinal(),  # type: ignore[arg-type,attr-defined]
        )  # fmt: skip

    def chosen(self, facet: Facet, values: Iterable[str]) -> int:
        """Labels that have any of these values."""
        found = 0
        for value in values:
            found |= self.sets[facet].get(value, 0)
        return found

    def holding(self, phrases: tuple[Phrase, ...]) -> int:
        """Labels that hold every phrase; at least one."""
        if phrases in self.remembered:
            return self.remembered[phrases]
        found = bits_of(matching(phrases))
        if found.bit_count() >= MANY:
            if len(self.remembered) >= REMEMBERED:
                del self.remembered[next(iter(self.remembered))]
            self.remembered[phrases] = found
        return found

    def counts(self, facet: Facet, among: int) -> Mapping[str, int]:
        """How many of a set of labels have each value; values that none has are left out."""
        sets = self.sets[facet]
        if among.bit_count() * EACH < len(sets):
            pairs = (pair for number in numbers_of(among) for pair in self.entries[number].values)
            return Counter(value for name, value in pairs if name == facet)
        return {value: count for value, labels in sets.items() if (count := (labels & among).bit_count())}

    def key(self, sort: Sort) -> Callable[[int], tuple[float, int]]:
        """Key of an order; among equals the last issued is first."""
        entries = self.entries
        keys: Mapping[Sort, Callable[[int], tuple[float, int]]] = {
            "newest": lambda number: (0.0, -number), "lowest": lambda number: (entries[number].figure, -number),
            "highest": lambda number: (-entries[number].figure, -number), "ending": lambda number: (entries[number].until, -number),
        }  # fmt: skip
        return keys[sort]

    def order(self, sort: Sort) -> list[int]:
        """All labels in an order."""
        if sort not in self.orders:
            self.orders[sort] = sorted(self.entries, key=self.key(sort))
        return self.orders[sort]


_shelves: dict[str, Shelf] = {}


def shelf() -> Shelf:
    """The shelf of the database at hand; to be refreshed under its lock."""
    return _shelves.setdefault(str(connection.settings_dict["NAME"]), Shelf())
