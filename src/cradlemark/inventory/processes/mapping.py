"""What a person decided about inputs: a provider, a proxy for the estimate, or a cut-off with its reason."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import attrs

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor
from cradlemark.core.suggestion import did_you_mean
from cradlemark.inventory.processes.allocation import Functions
from cradlemark.inventory.processes.tables import Table, TableBuilder

SEARCHED = 20_000
"""Identifiers up to which one that is near is looked for; beyond it costs too much."""


@attrs.frozen(order=True)
class Choice:
    """One decision about the inputs of a flow.

    Parameters
    ----------
    flow : str
        Identifier of the flow that is asked for.
    process : str
        Identifier of the process that asks; empty: all.
    place : str
        Place of the exchange, or else of the process, as in the source; empty: all.
    provider : str
        Identifier of the process that supplies; empty if none is chosen.
    provider_flow : str
        Identifier of what it supplies; that of `flow` when empty.
    factor : float
        Units of the supplied flow per unit of `flow` [1]; nan: 1, or what the units tell.
    proxy : str
        ``starter:...`` or ``process/flow`` for the estimate of the cut-off's weight.
    cut_off : str
        Reason why the input is left out on purpose; empty if it is not.
    where : str
        Place in the mapping file.
    """

    flow: str
    process: str = ""
    place: str = ""
    provider: str = ""
    provider_flow: str = ""
    factor: float = attrs.field(default=math.nan, order=False)
    proxy: str = ""
    cut_off: str = ""
    where: str = attrs.field(default="", order=False, eq=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is about: flow, process, place."""
        return self.flow, self.process, self.place


@attrs.frozen
class Decision:
    """A choice with rows instead of identifiers; row -1 of `process` or an empty `place` stands for all."""

    choice: Choice
    provider: int = -1
    flow: int = -1
    factor: float = 1.0


class Decisions:
    """The choices that can be used, found by flow, process and place; the most particular one counts.

    Parameters
    ----------
    decided : mapping
        By row of the flow, row of the process (-1: all) and place (empty: all).
    problems : tuple of Problem
        What is wrong with the other choices.

    Attributes
    ----------
    uses : dict of Choice to int
        How many exchanges each one decided.
    """

    def __init__(
        self, decided: Mapping[tuple[int, int, str], Decision], problems: tuple[Problem, ...] = ()
    ) -> None:
        self._decided = decided
        self._flows = {flow for flow, _, _ in decided}
        self.problems = problems
        self.uses: dict[Choice, int] = {decision.choice: 0 for decision in decided.values()}

    def find(self, flow: int, process: int, place: str) -> Decision | None:
        """The decision about an input, or None."""
        if flow not in self._flows:
            return None
        for key in ((flow, process, place), (flow, process, ""), (flow, -1, place), (flow, -1, "")):
            found = self._decided.get(key)
            if found is not None:
                self.uses[found.choice] += 1
                return found
        return None

    def table(self) -> Table:
        """The choices as a table, in order, so that they belong to the identity of the database."""
        builder = TableBuilder("mappings")
        for choice in sorted(self.uses):
            values = attrs.asdict(choice)
            del values["where"]
            builder.add(**values)
        return builder.table()


def decide(
    choices: Sequence[Choice], tables: Mapping[str, Table], functions: Mapping[int, Functions]
) -> Decisions:
    """Hold choices against a database.

    Parameters
    ----------
    choices : sequence of Choice
    tables : mapping of str to Table
    functions : mapping of int to Functions
        What each process makes or treats, by its row.

    Returns
    -------
    Decisions
        With a problem for each choice that cannot be used: ``mapping-unknown``, ``mapping-product``,
        ``mapping-unit``, ``mapping-choice``, ``mapping-duplicate``.
    """
    check = _Check(tables, functions)
    decided: dict[tuple[int, int, str], Decision] = {}
    problems: list[Problem] = []
    for choice in choices:
        found = list(check.problems(choice))
        key = (check.flows.get(choice.flow, -1), check.processes.get(choice.process, -1), choice.place)
        if not found and key in decided:
            found.append(
                _problem(
                    choice,
                    "mapping-duplicate",
                    Text("this input is decided twice", "该输入重复决定"),
                    Text("keep one", "只保留一个"),
                )
            )
        if found:
            problems += found
        else:
            decided[key] = check.decision(choice)
    return Decisions(decided, tuple(problems))


class _Check:
    def __init__(self, tables: Mapping[str, Table], functions: Mapping[int, Functions]) -> None:
        self.flows = {identifier: row for row, identifier in enumerate(tables["flows"].texts("id"))}
        self.processes = {identifier: row for row, identifier in enumerate(tables["processes"].texts("id"))}
        self.units = tables["flows"].texts("unit")
        self.functions = functions

    def problems(self, choice: Choice) -> Iterator[Problem]:
        kinds = [name for name in ("provider", "proxy", "cut_off") if getattr(choice, name)]
        if len(kinds) != 1:
            given = Text(f"{' and '.join(kinds)} are given", f"给出了 {' 和 '.join(kinds)}")
            yield _problem(
                choice,
                "mapping-choice",
                given if kinds else Text("nothing is chosen", "未作选择"),
                Text("give one of provider, proxy and cut_off", "给出 provider、proxy、cut_off 之一"),
            )
        if choice.proxy and (choice.process or choice.place):
            message = Text("a proxy stands for all inputs of a flow", "替代数据用于一个流的所有输入")
            yield _problem(
                choice,
                "mapping-choice",
                message,
                Text("leave process and place out", "不要填写 process 和 place"),
            )
        unknown = list(self._unknown(choice))
        yield from unknown
        if choice.provider and not unknown:
            yield from self._product(choice)

    def _unknown(self, choice: Choice) -> Iterator[Problem]:
        for name, known in (
            ("flow", self.flows),
            ("process", self.processes),
            ("provider", self.processes),
            ("provider_flow", self.flows),
        ):
            identifier = getattr(choice, name)
            if identifier not in known and (identifier or name == "flow"):
                near = did_you_mean(identifier[:80], known) if len(known) <= SEARCHED else Text()
                message = Text(
                    f"the {name} {identifier[:80]!r} is not in the source",
                    f"{name} {identifier[:80]!r} 不在数据源中",
                )
                own = Text("use an identifier of the source", "使用数据源中的标识符")
                yield _problem(choice, "mapping-unknown", message, near or own)

    def _product(self, choice: Choice) -> Iterator[Problem]:
        wanted = self.flows[choice.provider_flow or choice.flow]
        made = self.functions.get(self.processes[choice.provider])
        if made is None or wanted not in made.flows:
            product = (choice.provider_flow or choice.flow)[:80]
            message = Text(
                f"the provider {choice.provider[:80]!r} does not make {product!r}",
                f"供应方 {choice.provider[:80]!r} 不生产 {product!r}",
            )
            yield _problem(
                choice,
                "mapping-product",
                message,
                Text("choose another, or name its provider_flow", "另选，或写明其 provider_flow"),
            )
        elif math.isnan(self._factor(choice)):
            asked, given = self.units[self.flows[choice.flow]], self.units[wanted]
            message = Text(
                f"the units {asked} and {given} do not convert", f"单位 {asked} 与 {given} 无法换算"
            )
            yield _problem(
                choice,
                "mapping-unit",
                message,
                Text(
                    "give the factor: supplied units per unit asked for",
                    "给出 factor：每单位所需流对应的供应单位数",
                ),
            )

    def _factor(self, choice: Choice) -> float:
        if not math.isnan(choice.factor):
            return choice.factor
        asked = self.units[self.flows[choice.flow]]
        given = self.units[self.flows[choice.provider_flow or choice.flow]]
        if asked == given:
            return 1.0
        try:
            return conversion_factor(asked, given)
        except CradlemarkError:
            return math.nan

    def decision(self, choice: Choice) -> Decision:
        if not choice.provider:
            return Decision(choice)
        flow = self.flows[choice.provider_flow or choice.flow]
        return Decision(choice, self.processes[choice.provider], flow, self._factor(choice))


def _problem(choice: Choice, code: str, message: Text, hint: Text) -> Problem:
    return Problem(choice.where, code, message, hint)
