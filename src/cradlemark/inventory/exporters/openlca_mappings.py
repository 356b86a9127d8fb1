"""What a mapping file decided, for an archive that has no mapping file: exchanges of what is really supplied."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.quantities import conversion_factor
from cradlemark.inventory.processes.linking import MAPPED
from cradlemark.inventory.processes.tables import ProcessDatabase

Row = Mapping[str, str | float | int]


class Chosen:
    """Choices of a database that name another flow than the one that is asked for.

    Parameters
    ----------
    database : ProcessDatabase
    """

    def __init__(self, database: ProcessDatabase) -> None:
        table = database["mappings"]
        rows = [table.row(index) for index in range(len(table))]
        self._by_key = {(row["flow"], row["process"], row["place"]): row for row in rows if row["provider"]}
        self._flows = database["flows"].texts("id")
        self._units = database["flows"].texts("unit")
        self._rows = {identifier: row for row, identifier in enumerate(self._flows)}
        self._processes = database["processes"].texts("id")
        self._places = database["processes"].texts("location")

    def supplied(self, line: Row) -> tuple[int, float]:
        """Row of the flow that an exchange gets, and units of it per unit of its own flow [1]."""
        asked = int(line["flow"])
        if line["link"] != MAPPED:
            return asked, 1.0
        flow, process = self._flows[asked], self._processes[int(line["process"])]
        place = str(line["location"]) or self._places[int(line["process"])]
        keys = ((flow, process, place), (flow, process, ""), (flow, "", place), (flow, "", ""))
        choice = next((self._by_key[key] for key in keys if key in self._by_key), None)
        given = self._rows.get(str(choice["provider_flow"]), asked) if choice else asked
        if choice is None or given == asked:
            return asked, float(choice["factor"]) if choice and math.isfinite(
                float(choice["factor"])
            ) else 1.0
        factor = float(choice["factor"])
        return given, factor if math.isfinite(factor) else self._by_units(asked, given)

    def _by_units(self, asked: int, given: int) -> float:
        if self._units[asked] == self._units[given]:
            return 1.0
        try:
            return conversion_factor(self._units[asked], self._units[given])
        except CradlemarkError:
            return 1.0
