"""Parameters of a study: names, units of formulas, order and cycles, before anything uses them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.formulas import formula_name, parse_formula
from cradlemark.core.parameters import Parameter as NamedFormula
from cradlemark.core.parameters import ParameterSet
from cradlemark.product.readers.study_values import UNKNOWN_UNIT
from cradlemark.product.study import Parameter, Value

Where = Callable[[Parameter, str], str]


@attrs.frozen
class KnownParameters:
    """What formulas of the study may use.

    Parameters
    ----------
    units : mapping of str to str
        Unit of each parameter.
    numbers : mapping of str to float, optional
        Central value of each parameter [its unit]; None when they cannot be worked out.
    broken : set of str, optional
        Parameters whose formula has no unit because it is wrong; what uses them is not wrong for that.
    """

    units: Mapping[str, str] = attrs.field(factory=dict)
    numbers: Mapping[str, float] | None = attrs.field(factory=dict)
    broken: AbstractSet[str] = frozenset()


def settle_parameters(
    parameters: Sequence[Parameter], where: Where, problems: list[Problem]
) -> tuple[tuple[Parameter, ...], KnownParameters]:
    """Give formulas without a unit the unit they work out to, and check names, formulas, units and cycles.

    Parameters
    ----------
    where : callable
        Place of a field of a parameter in the user's document.
    problems : list of Problem
        Takes what is wrong.

    Returns
    -------
    parameters : tuple of Parameter
        As many as were given, in the same order.
    known : KnownParameters
    """
    renamed = [attrs.evolve(item, name=formula_name(item.name)) for item in parameters]
    settled, broken = _with_units(renamed)
    units = {parameter.name: parameter.value.unit for parameter in settled}
    named = [_named(item, where(read, "value")) for item, read in zip(settled, parameters, strict=True)]
    try:
        numbers = {name: float(number) for name, number in ParameterSet(named).resolve().items()}
    except InputError as error:
        problems.extend(error.problems)
        return settled, KnownParameters(units, None, broken)
    return settled, KnownParameters(units, numbers, broken)


def number_of(value: Value, known: KnownParameters) -> float | None:
    """Return the central number of a value [its unit]; None when its formula cannot be worked out yet.

    Raises
    ------
    InputError
        What is wrong with the formula: syntax, names, unit.
    """
    if value.formula is None:
        return value.magnitude
    bound = parse_formula(value.formula).bind(known.units, value.unit)
    return None if known.numbers is None else float(bound(known.numbers))


def unit_of_formula(formula: str, known: KnownParameters) -> str:
    """Return the unit a formula works out to.

    Raises
    ------
    InputError
        What is wrong with the formula: syntax, names, unit.
    """
    return parse_formula(formula).unit(known.units)


def _with_units(parameters: list[Parameter]) -> tuple[tuple[Parameter, ...], AbstractSet[str]]:
    """Work out missing units in the order the formulas need each other; names without one are told."""
    units = {item.name: item.value.unit for item in parameters if item.value.unit != UNKNOWN_UNIT}
    open_ones = [item for item in parameters if item.value.unit == UNKNOWN_UNIT]
    progress = True
    while open_ones and progress:
        progress = False
        for item in list(open_ones):
            assert item.value.formula is not None
            try:
                units[item.name] = parse_formula(item.value.formula).unit(units)
            except InputError:
                continue  # not yet, or never: then the check of all formulas says why
            open_ones.remove(item)
            progress = True
    settled = tuple(
        attrs.evolve(item, value=attrs.evolve(item.value, unit=units.get(item.name, "1")))
        for item in parameters
    )
    return settled, frozenset(item.name for item in open_ones)


def _named(parameter: Parameter, where: str) -> NamedFormula:
    value = parameter.value
    return NamedFormula(
        name=parameter.name, unit=value.unit, value=value.magnitude, formula=value.formula, where=where
    )
