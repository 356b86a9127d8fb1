"""CAS numbers that a source states for its flows: checked, and one for each flow wherever it is stated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from cradlemark.core.errors import InputError
from cradlemark.core.identifiers import check_cas
from cradlemark.core.language import Text
from cradlemark.inventory.processes.columns import Coded, coded
from cradlemark.inventory.processes.tables import Table

NOTHING = frozenset({"", "0", "-", "nan", "n.a.", "n/a", "none", "(no data)"})
"""What sources write, in any case, where a flow has no CAS number."""

LONGEST = 60
"""Longest text that is read as a CAS number [characters]."""


class CasNumbers:
    """Numbers by flow; a wrong one is noted once and not used.

    A number stands at a flow, at an exchange of it, or at a factor of a method, in whatever order they are read. What
    flows and exchanges say goes before what methods say; of several numbers the first in order is used.

    Parameters
    ----------
    note : callable
        Takes place, code, message and hint of what is wrong.
    """

    def __init__(self, note: Callable[[str, str, Text, Text], None]) -> None:
        self._note = note
        self._of_flows: defaultdict[str, set[str]] = defaultdict(set)
        self._of_factors: defaultdict[str, set[str]] = defaultdict(set)
        self._wrong: set[tuple[str, str]] = set()

    def state(self, flow: str, text: str, *, by_method: bool = False) -> None:
        """Take what a source says is the CAS number of a flow.

        Parameters
        ----------
        flow : str
            Identifier of the flow.
        text : str
        by_method : bool
            Whether it stands at a factor of a method.
        """
        if says_nothing(text) or (flow, text) in self._wrong:
            return
        try:
            (self._of_factors if by_method else self._of_flows)[flow].add(check_cas(text[:LONGEST]))
        except InputError as error:
            self._wrong.add((flow, text))
            self._note(
                f"flow {flow}",
                "cas-invalid",
                Text("{reason}; it is not used", "{reason}；未采用").format(reason=error.message),
                error.hint,
            )

    def of(self, flow: str) -> str:
        """The number of a flow without leading zeros; empty when there is none that can be used."""
        found = self._of_flows.get(flow) or self._of_factors.get(flow)
        return min(found) if found else ""

    def on(self, tables: Mapping[str, Table]) -> dict[str, Table]:
        """Tables with the numbers of flows and of factors; flows with several numbers are noted."""
        for flow in sorted({*self._of_flows, *self._of_factors}):
            several = self._of_flows.get(flow, set()) | self._of_factors.get(flow, set())
            if len(several) > 1:
                self._note(
                    f"flow {flow}", "cas-differs", Text(f"its CAS number is {' and '.join(sorted(several))}; {self.of(flow)} is used", f"其 CAS 号为 {' 和 '.join(sorted(several))}；采用 {self.of(flow)}"),
                    Text("correct it in the source", "在数据源中修正"),
                )  # fmt: skip
        changed = {
            name: tables[name].replace(cas=self._column(tables[name].coded(identifier)))
            for name, identifier in (("flows", "id"), ("characterisation", "flow"))
        }
        return dict(tables) | changed

    def _column(self, flow: Coded) -> Coded:
        numbers = coded([self.of(identifier) for identifier in flow.values] or [""])
        return Coded(numbers.codes[flow.codes], numbers.values)


def says_nothing(text: str) -> bool:
    """Whether a text says that there is no CAS number, as an empty one and ``000000-00-0`` do."""
    return text.strip().lower() in NOTHING or not text.strip("0-. ")
