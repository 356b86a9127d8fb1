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
                    f"{name} has no value",
                    code="parameter-missing",
                    hint=f"give {name} a value or a formula; an empty value is not zero",
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
                hint = did_you_mean(name, sorted(self._parameters), "parameters are")
                yield Problem("", "formula-name", f"there is no parameter {name!r} to override", hint)


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


def _name_problems(parameters: Sequence[Parameter]) -> Iterator[Problem]:
    seen: dict[str, Parameter] = {}
    for parameter in parameters:
        name = parameter.name
        if not name.isidentifier() or keyword.iskeyword(name) or name in FUNCTIONS:
            why = "is a word of the formula language" if name.isidentifier() else "is not a name"
            hint = "use letters (of any script), digits and _, and begin with a letter"
            yield Problem(_place(parameter), "parameter-name", f"{name!r} {why}", hint)
        if name in seen:
            first = _place(seen[name])
            message = f"the parameter {name} is there twice, first at {first}"
            yield Problem(_place(parameter), "parameter-duplicate", message, "rename or remove one")
        seen.setdefault(name, parameter)
        if parameter.value is not None and parameter.formula is not None:
            message = f"the parameter {name} has a value and a formula"
            yield Problem(_place(parameter), "parameter-both", message, "remove one of them")


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
            message = f"the formula of {parameter.name} needs {name!r}, which is not a parameter"
            hint = did_you_mean(name, sorted(known), "parameters are")
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
            message = f"the parameters need each other in a circle: {' -> '.join(path)}"
            hint = "give one of them a value instead of a formula"
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
