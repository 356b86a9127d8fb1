"""Links of EcoSpold 2: from the activity that an exchange names to the process that makes its flow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from cradlemark.core.language import Text
from cradlemark.inventory.importers.ecospold2_exchanges import Line
from cradlemark.inventory.importers.ecospold2_master import MasterData
from cradlemark.inventory.processes.collect import Collector
from cradlemark.inventory.processes.tables import Table

DEMANDS = ("input", "waste")
"""Roles of exchanges that need a provider."""


class Links:
    """What every activity makes, for the time when all documents are read."""

    def __init__(self) -> None:
        self._makers: defaultdict[tuple[str, str], list[tuple[bool, str]]] = defaultdict(list)
        self._processes: defaultdict[str, list[str]] = defaultdict(list)
        self._waste: set[tuple[str, int]] = set()

    def add(self, activity: str, process: str, lines: Sequence[Line]) -> None:
        """Take note of a process that was read."""
        self._processes[activity].append(process)
        for one in lines:
            if one.product and one.exchange.amount != 0.0:
                key = activity, one.exchange.flow
                self._makers[key].append((not one.exchange.reference, process))
            if one.waste:
                self._waste.add((process, one.exchange.number))

    def provider(self, activity: str, flow: str) -> str:
        """Process of an activity that makes a flow; else one of its processes, or what the source says."""
        makers = sorted(self._makers.get((activity, flow), ()))
        if makers:
            return makers[0][1]
        return min(self._processes.get(activity, [activity]))

    def resolve(
        self, tables: Mapping[str, Table], master: MasterData, collector: Collector
    ) -> dict[str, Table]:
        """Tables whose exchanges name processes as providers, and wastes as wastes."""
        exchanges, flows = tables["exchanges"], tables["flows"].texts("id")
        processes = tables["processes"].texts("id")
        declared = list(exchanges.texts("declared_provider"))
        roles = list(exchanges.texts("role"))
        missing: Counter[str] = Counter()
        owners = exchanges.integers("process").tolist()
        numbers = exchanges.integers("number").tolist()
        for row, flow in enumerate(exchanges.integers("flow").tolist()):
            if (processes[owners[row]], numbers[row]) in self._waste:
                roles[row] = "waste"
            activity = declared[row]
            if activity:
                declared[row] = self.provider(activity, flows[flow])
                missing[activity] += activity not in self._processes and roles[row] in DEMANDS
        self._tell(missing, master, collector)
        return dict(tables) | {
            "exchanges": exchanges.replace(declared_provider=tuple(declared), role=tuple(roles))
        }

    def _tell(self, missing: Counter[str], master: MasterData, collector: Collector) -> None:
        for activity, count in sorted(missing.items()):
            if not count:
                continue
            known = master.describe(activity)
            name = f"{activity} ({known[:100]})" if known else activity
            collector.problem(
                "", "provider-missing", Text(f"{count} exchanges are linked to the activity {name}, which is not in the source", f"有 {count} 个交换链接到活动 {name}，而它不在数据源中"),
                Text("import it together with the activities that it uses", "与其使用的活动一起导入"),
            )  # fmt: skip
