"""Which process supplies an input: declared, the only one, or found by a rule; otherwise left open.

Rules, in this order, the first that names exactly one process decides:

0. ``mapping``: somebody decided it in a mapping file.
1. ``default_provider``: the source names the process, it is there and makes the flow.
2. ``unique_producer``: one process makes the flow.
3. ``same_place``: one of several has the place of the exchange, or of the process that uses it; of several there, the
   one market.
4. ``wider_place``: one of several has the smallest place around it that any of them has (region, country, world
   region, ``GLO``); of several there, the one market.
5. ``market``: one of several is a market (its name begins with "market for" or "market group for").
6. ``newest``: those that are left at one place bear one name, so they are editions of one data set; the one that is
   valid longest counts, of several of these the one with the highest version.

A default provider that is missing or makes something else is never replaced: the input stays open and is listed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.places import containing
from cradlemark.inventory.processes.allocation import Functions
from cradlemark.inventory.processes.mapping import Decisions
from cradlemark.inventory.processes.schema import NONE
from cradlemark.inventory.processes.tables import Table

MAPPED = "mapping"
LINKED = (MAPPED, "default_provider", "unique_producer", "same_place", "wider_place", "market", "newest")
"""How a provider can be found."""
AMBIGUOUS = "open_several_producers"
FREE = "open_waste_taken_in"
"""Reason of a cut-off that is free of burden by convention and needs no estimate."""
OPEN = (
    "open_provider_missing", "open_provider_other_product", "open_no_producer", AMBIGUOUS, "open_no_allocation",
    FREE, "open_by_mapping",
)  # fmt: skip
"""Why an input can be without a provider."""
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MARKETS = ("market for ", "market group for ")


@attrs.frozen
class Demand:
    """Something a process needs from another: an input, a treatment of waste or an avoided product."""

    process: int
    flow: int
    declared: str = ""
    place: str = ""


@attrs.frozen
class Found:
    """A provider, or the reason why there is none.

    Parameters
    ----------
    rule : str
        One of `LINKED` or `OPEN`.
    process : int
        Row of the provider; -1 if there is none.
    flow : int
        Row of the flow that it supplies.
    factor : float
        Units of that flow per unit of the one that is asked for [1].
    """

    rule: str
    process: int
    flow: int
    factor: float = 1.0


class Linker:
    """Finds providers among the processes of a database.

    Parameters
    ----------
    processes : Table
    functions : mapping of int to Functions
        What each process makes or treats, by its row.
    allocated : set of int
        Rows of the processes whose products can be used.
    decisions : Decisions, optional
        Of a mapping file.
    """

    def __init__(
        self,
        processes: Table,
        functions: Mapping[int, Functions],
        allocated: set[int],
        decisions: Decisions | None = None,
    ) -> None:
        self._decisions = decisions or Decisions({})
        self._names = processes.texts("name_en")
        self._editions = tuple(
            (_last_day(until), _version(version))
            for until, version in zip(processes.texts("valid_until"), processes.texts("version"), strict=True)
        )
        self._rows = {identifier: row for row, identifier in enumerate(processes.texts("id"))}
        self._places = processes.texts("location")
        self._markets = [name.lower().startswith(_MARKETS) for name in self._names]
        self._allocated = allocated
        self._producers: defaultdict[int, list[int]] = defaultdict(list)
        for process, made in sorted(functions.items()):
            for flow in made.flows:
                self._producers[flow].append(process)

    def find(self, demand: Demand, *, without: int = NONE) -> Found:
        """How the provider was found and its row; or why there is none and -1.

        Parameters
        ----------
        demand : Demand
        without : int
            Process that cannot be the provider: the one whose by-product replaces something.
        """
        found = self._decided(demand)
        if found is None:
            rule, process = self._choose(demand, without)
            found = Found(rule, process, demand.flow)
        if found.process != NONE and found.process not in self._allocated:
            return Found("open_no_allocation", NONE, demand.flow)
        return found

    def _decided(self, demand: Demand) -> Found | None:
        place = demand.place or self._places[demand.process]
        decision = self._decisions.find(demand.flow, demand.process, place)
        if decision is None or decision.choice.proxy:
            return None
        if decision.choice.cut_off:
            return Found("open_by_mapping", NONE, demand.flow)
        return Found(MAPPED, decision.provider, decision.flow, decision.factor)

    def _choose(self, demand: Demand, without: int) -> tuple[str, int]:
        producers = [row for row in self._producers.get(demand.flow, ()) if row != without]
        if demand.declared:
            row = self._rows.get(demand.declared, NONE)
            if row == NONE:
                return "open_provider_missing", NONE
            return ("default_provider", row) if row in producers else ("open_provider_other_product", NONE)
        if not producers:
            return "open_no_producer", NONE
        if len(producers) == 1:
            return "unique_producer", producers[0]
        return self._by_rule(demand, producers)

    def _by_rule(self, demand: Demand, producers: list[int]) -> tuple[str, int]:
        place = demand.place or self._places[demand.process]
        for around in (place, *_around(place)):
            here = [row for row in producers if around and self._places[row] == around]
            chosen = here if len(here) == 1 else [row for row in here if self._markets[row]]
            if len(chosen) == 1:
                return ("same_place" if around == place else "wider_place"), chosen[0]
            if here:
                return self._newest(chosen or here)
        markets = [row for row in producers if self._markets[row]]
        return ("market", markets[0]) if len(markets) == 1 else self._newest(markets or producers)

    def _newest(self, producers: list[int]) -> tuple[str, int]:
        """The newest of several editions of one data set; none where they are different data sets."""
        names = {(self._names[row].strip().lower(), self._places[row]) for row in producers}
        if len(names) > 1 or not next(iter(names))[0]:
            return AMBIGUOUS, NONE
        newest = max(self._editions[row] for row in producers)
        found = [row for row in producers if self._editions[row] == newest]
        return ("newest", found[0]) if len(found) == 1 else (AMBIGUOUS, NONE)


def _last_day(text: str) -> str:
    """Last day of validity in a form that can be compared; a year stands for its end."""
    found = _DATE.match(text.strip())
    return f"{found[1]}-{found[2] or '12'}-{found[3] or '31'}" if found else ""


def _version(text: str) -> tuple[int, ...]:
    """Numbers of a version, 01.02.003 as (1, 2, 3)."""
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", text[:60]))


@cache
def _around(place: str) -> tuple[str, ...]:
    """Places around a place, the smallest first; none for a code that is not known."""
    try:
        return tuple(code for code in containing(place) if code != place) if place else ()
    except CradlemarkError:
        return ()
