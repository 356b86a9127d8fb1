"""Which process supplies an input: declared, the only one, or found by a rule; otherwise left open.

Rules, in this order, the first that names exactly one process decides:

1. ``default_provider``: the source names the process, it is there and makes the flow.
2. ``unique_producer``: one process makes the flow.
3. ``same_place``: one of several has the place of the exchange, or of the process that uses it; of several there, the
   one market.
4. ``wider_place``: one of several has the smallest place around it that any of them has (region, country, world
   region, ``GLO``); of several there, the one market.
5. ``market``: one of several is a market (its name begins with "market for" or "market group for").

A default provider that is missing or makes something else is never replaced: the input stays open and is listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.places import containing
from cradlemark.inventory.processes.allocation import Functions
from cradlemark.inventory.processes.schema import NONE
from cradlemark.inventory.processes.tables import Table

LINKED = ("default_provider", "unique_producer", "same_place", "wider_place", "market")
"""How a provider can be found."""
AMBIGUOUS = "open_several_producers"
OPEN = (
    "open_provider_missing", "open_provider_other_product", "open_no_producer", AMBIGUOUS, "open_no_allocation",
    "open_waste_taken_in",
)  # fmt: skip
"""Why an input can be without a provider."""
_MARKETS = ("market for ", "market group for ")


@attrs.frozen
class Demand:
    """Something a process needs from another: an input, a treatment of waste or an avoided product."""

    process: int
    flow: int
    declared: str = ""
    place: str = ""


class Linker:
    """Finds providers among the processes of a database.

    Parameters
    ----------
    processes : Table
    functions : mapping of int to Functions
        What each process makes or treats, by its row.
    allocated : set of int
        Rows of the processes whose products can be used.
    """

    def __init__(self, processes: Table, functions: Mapping[int, Functions], allocated: set[int]) -> None:
        self._rows = {identifier: row for row, identifier in enumerate(processes.texts("id"))}
        self._places = processes.texts("location")
        self._markets = [name.lower().startswith(_MARKETS) for name in processes.texts("name_en")]
        self._allocated = allocated
        self._producers: defaultdict[int, list[int]] = defaultdict(list)
        for process, made in sorted(functions.items()):
            for flow in made.flows:
                self._producers[flow].append(process)

    def find(self, demand: Demand, *, without: int = NONE) -> tuple[str, int]:
        """How the provider was found and its row; or why there is none and -1.

        Parameters
        ----------
        demand : Demand
        without : int
            Process that cannot be the provider: the one whose by-product replaces something.
        """
        rule, process = self._choose(demand, without)
        if process != NONE and process not in self._allocated:
            return "open_no_allocation", NONE
        return rule, process

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
                return AMBIGUOUS, NONE
        markets = [row for row in producers if self._markets[row]]
        return ("market", markets[0]) if len(markets) == 1 else (AMBIGUOUS, NONE)


@cache
def _around(place: str) -> tuple[str, ...]:
    """Places around a place, the smallest first; none for a code that is not known."""
    try:
        return tuple(code for code in containing(place) if code != place) if place else ()
    except CradlemarkError:
        return ()
