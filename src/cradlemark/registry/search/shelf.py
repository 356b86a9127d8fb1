"""The facets in memory: for every value the set of its labels as bits of a whole number.

Bit *n* stands for the label with running number *n*. Which labels have all chosen values is then one "and" of whole numbers,
and how many have a value is a count of ones: microseconds each, where a database would read every row. The sets are read once in a
process; later on only rows that were written since (`Clock`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock

import attrs
from django.db import connection

from cradlemark.core.language import Text
from cradlemark.registry.search.models import Clock, Row
from cradlemark.registry.search.query import FACETS, Facet, Sort

HIDDEN = "registered"
"""State of labels that nobody sees yet."""
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
    lock: Lock = attrs.field(factory=Lock, eq=False, repr=False)

    def refresh(self) -> None:
        """Read what was written since the last time."""
        epoch, number = Clock.objects.values_list("epoch", "number").get(pk=1)
        if (epoch, number) == (self.epoch, self.clock):
            return
        if epoch != self.epoch or number < self.clock:
            self._clear()
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

    def counts(self, facet: Facet, among: int) -> Iterator[tuple[str, int]]:
        """How many of a set of labels have each value; values that none has are left out."""
        for value, labels in self.sets[facet].items():
            if count := (labels & among).bit_count():
                yield value, count

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


def bits_of(sequences: Iterable[int]) -> int:
    """A set of running numbers as bits.

    Examples
    --------
    >>> bin(bits_of([0, 3]))
    '0b1001'
    """
    numbers = list(sequences)
    if not numbers:
        return 0
    cells = bytearray(max(numbers) // 8 + 1)
    for number in numbers:
        cells[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(cells, "little")


def numbers_of(bits: int) -> Iterator[int]:
    """The running numbers in a set of bits.

    Examples
    --------
    >>> list(numbers_of(0b1001))
    [0, 3]
    """
    flags = bin(bits)[:1:-1]
    place = flags.find("1")
    while place >= 0:
        yield place
        place = flags.find("1", place + 1)


_shelves: dict[str, Shelf] = {}


def shelf() -> Shelf:
    """The shelf of the database at hand; to be refreshed under its lock."""
    return _shelves.setdefault(str(connection.settings_dict["NAME"]), Shelf())
