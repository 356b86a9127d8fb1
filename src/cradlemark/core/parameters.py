"""Parameters: named values and formulas that depend on each other, resolved in the order they need."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import cast

import attrs
import numpy as np

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.formulas import (
    FUNCTIONS,
    Bound,
    Formula,
    Value,
    checked_value,
    formula_name,
    parse_formula,
)
from cradlemark.core.language import Text
from cradlemark.core.positions import place_in
from cradlemark.core.quantities import normalise_unit
from cradlemark.core.suggestion import did_you_mean

_NONE: Mapping[str, Value] = MappingProxyType({})


@attrs.frozen
class Parameter:
    """One named value, given as a number or as a formula of other parameters.

    Parameters
    ----------
    name : str
        Identifier in any script; used in formulas.
    unit : str
        Unit of the value or of the formula's result.
    value : float, optional
        Number [unit]. Without value and formula, an override must bring one.
    formula : str, optional
        Formula of other parameters; its result is converted to `unit`.
    where : str
        Place in the user's document; not part of identity.
    """

    name: str = attrs.field(converter=formula_name)
    unit: str
    value: float | None = None
    formula: str | None = None
    where: str = attrs.field(default="", eq=False)


class ParameterSet:
    """Parameters that are read, checked and ordered once, to be resolved many times.

    Parameters
    ----------
    parameters : sequence of Parameter
        In any order.

    Raises
    ------
    InputErrors
        Everything that is wrong at once: ``parameter-name``, ``parameter-duplicate``, ``parameter-both`` (value and
        formula), ``unit-unknown``, ``formula-syntax``, ``formula-limit``, ``formula-name`` (unknown name),
        ``formula-unit`` and ``formula-cycle``.
    """

    __slots__ = ("_bound", "_order", "_parameters", "_units")

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        problems = [*_name_problems(parameters)]
        self._parameters = {parameter.name: parameter for parameter in reversed(parameters)}
        self._units = _units(parameters, problems)
        formulas = _formulas(parameters, self._parameters, problems)
        self._order = _order(self._parameters, formulas, problems)
        self._bound = _bound(self._parameters, formulas, self._units, problems)
        raise_if_any(problems)

    @property
    def units(self) -> Mapping[str, str]:
        """Canonical unit of each parameter."""
        return MappingProxyType(self._units)

    @property
    def order(self) -> tuple[str, ...]:
        """Names, each behind all that it needs."""
        return self._order

    def resolve(self, overrides: Mapping[str, Value] = _NONE) -> dict[str, Value]:
        """Compute all values.

        Parameters
        ----------
        overrides : mapping of str to float or array
            Replace the value or formula of parameters, each in its own unit [unit of the parameter]. Arrays are
            draws: what depends on one becomes an array of the same shape.

        Returns
        -------
        dict of str to float or array
            Every parameter in its own unit, in dependency order.

        Raises
        ------
        InputErrors
            Everything that is wrong at once: ``formula-name`` (override of an unknown parameter),
            ``parameter-missing`` (no value), ``formula-value``. What depends on a failed parameter is not
            reported again.
        """
        problems = [*self._override_problems(overrides)]
        values: dict[str, Value] = {}
        arrays = any(isinstance(value, np.ndarray) for value in overrides.values())
        for name in self._order:
            try:
                value = self._value(name, values, overrides, arrays=arrays)
            except InputError as error:
                problems.extend(_placed(error, self._parameters[name]))
                continue
            if value is not None:
                values[name] = value
        raise_if_any(problems)
        return values

    def _value(
        self, name: str, values: Mapping[str, Value], overrides: Mapping[str, Value], *, arrays: bool
    ) -> Value | None:
        if name in overrides:
            return checked_value(name, overrides[name])
        bound = self._bound.get(name)
        if bound is None:
            value = self._parameters[name].value
            if value is None:
                raise InputError(
                    Text(f"{name} has no value", f"{name} 没有值"),
                    code="parameter-missing",
                    hint=Text(
                        f"give {name} a value or a formula; an empty value is not zero",
                        f"为 {name} 给出值或公式；空不等于零",
                    ),
                )
            return checked_value(name, value)
        if not bound.formula.names <= values.keys():
            return None
        if arrays:
            return bound(values)
        return bound.with_checked(cast("Mapping[str, float]", values))

    def _override_problems(self, overrides: Mapping[str, Value]) -> Iterator[Problem]:
        for name in overrides:
            if name not in self._parameters:
                hint = did_you_mean(name, sorted(self._parameters), _PARAMETERS)
                yield Problem(
                    "",
                    "formula-name",
                    Text(f"there is no parameter {name!r} to override", f"没有可替换的参数 {name!r}"),
                    hint,
                )


def resolve(parameters: Sequence[Parameter], overrides: Mapping[str, Value] = _NONE) -> dict[str, Value]:
    """Read, check, order and compute parameters once; see `ParameterSet` for doing it often.

    Examples
    --------
    >>> resolve([Parameter("gross", "kg", None, "net / (1 - loss)"), Parameter("net", "g", 90.0),
    ...          Parameter("loss", "%", 10.0)])["gross"]
    0.1
    """
    return ParameterSet(parameters).resolve(overrides)


def _placed(error: InputError, parameter: Parameter) -> Iterator[Problem]:
    for problem in error.problems:
        yield attrs.evolve(problem, where=problem.where or parameter.where or f"parameter {parameter.name}")


def _place(parameter: Parameter) -> str:
    return parameter.where or f"parameter {parameter.name}"


_PARAMETERS = Text("parameters are", "参数有")


def _name_problems(parameters: Sequence[Parameter]) -> Iterator[Problem]:
    seen: dict[str, Parameter] = {}
    for parameter in parameters:
        name = parameter.name
        if not name.isidentifier() or keyword.iskeyword(name) or name in FUNCTIONS:
            why = (
                Text("is a word of the formula language", "是公式语言的词")
                if name.isidentifier()
                else Text("is not a name", "不是名称")
            )
            hint = Text(
                "use letters (of any script), digits and _, and begin with a letter",
                "使用字母（任何文字）、数字和 _，以字母开头",
            )
            yield Problem(
                _place(parameter), "parameter-name", Text(f"{name!r} {why.en}", f"{name!r} {why.zh}"), hint
            )
        if name in seen:
            first = _place(seen[name])
            message = Text(
                f"the parameter {name} is there twice, first at {first}",
                f"参数 {name} 重复，首次在 {place_in(first, 'zh')}",
            )
            yield Problem(
                _place(parameter),
                "parameter-duplicate",
                message,
                Text("rename or remove one", "改名或删除一个"),
            )
        seen.setdefault(name, parameter)
        if parameter.value is not None and parameter.formula is not None:
            message = Text(f"the parameter {name} has a value and a formula", f"参数 {name} 同时有值和公式")
            yield Problem(
                _place(parameter), "parameter-both", message, Text("remove one of them", "删去其中一个")
            )


def _units(parameters: Sequence[Parameter], problems: list[Problem]) -> dict[str, str]:
    units: dict[str, str] = {}
    for parameter in parameters:
        try:
            units.setdefault(parameter.name, normalise_unit(parameter.unit, where=_place(parameter)))
        except InputError as error:
            problems.extend(error.problems)
    return units


def _formulas(
    parameters: Sequence[Parameter], known: Mapping[str, Parameter], problems: list[Problem]
) -> dict[str, Formula]:
    formulas: dict[str, Formula] = {}
    for parameter in parameters:
        if parameter.formula is None:
            continue
        try:
            formula = parse_formula(parameter.formula, where=_place(parameter))
        except InputError as error:
            problems.extend(error.problems)
            continue
        formulas.setdefault(parameter.name, formula)
        for name in sorted(formula.names - known.keys()):
            message = Text(
                f"the formula of {parameter.name} needs {name!r}, which is not a parameter",
                f"{parameter.name} 的公式需要 {name!r}，而它不是参数",
            )
            hint = did_you_mean(name, sorted(known), _PARAMETERS)
            problems.append(Problem(_place(parameter), "formula-name", message, hint))
    return formulas


def _order(
    known: Mapping[str, Parameter], formulas: Mapping[str, Formula], problems: list[Problem]
) -> tuple[str, ...]:
    """Sort by need; every cycle is reported once and then taken out."""
    needs = {name: sorted(formulas[name].names & known.keys()) if name in formulas else [] for name in known}
    while True:
        try:
            return tuple(TopologicalSorter(needs).static_order())
        except CycleError as error:
            # graphlib gives the cycle from needed to needing; people read it the other way round.
            cycle: list[str] = list(reversed(error.args[1]))[:-1]
            start = cycle.index(min(cycle))
            path = [*cycle[start:], *cycle[:start], cycle[start]]
            message = Text(
                f"the parameters need each other in a circle: {' -> '.join(path)}",
                f"参数互相循环引用：{' -> '.join(path)}",
            )
            hint = Text("give one of them a value instead of a formula", "为其中之一给出值而不是公式")
            problems.append(Problem(_place(known[path[0]]), "formula-cycle", message, hint))
            for name in cycle:
                needs[name] = []


def _bound(
    known: Mapping[str, Parameter],
    formulas: Mapping[str, Formula],
    units: Mapping[str, str],
    problems: list[Problem],
) -> dict[str, Bound]:
    bound: dict[str, Bound] = {}
    for name, formula in formulas.items():
        # Names and units that are wrong have been reported; what hangs on them would only repeat it.
        if name not in units or not formula.names <= units.keys():
            continue
        try:
            bound[name] = formula.bind(units, units[name])
        except InputError as error:
            problems.extend(_placed(error, known[name]))
    return bound
