"""Numbers of a study for facts: what cannot be read is None, never zero."""

from __future__ import annotations

import math
from collections.abc import Iterable

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.quantities import dimension
from cradlemark.product.evaluate import Evaluator, Formulas
from cradlemark.product.study import Study, Value


@attrs.frozen
class Numbers:
    """Reads values of one study, with its parameters.

    Parameters
    ----------
    evaluator : Evaluator, optional
        None when the parameters themselves are wrong; then formulas are not known.
    """

    evaluator: Evaluator | None

    @classmethod
    def of(cls, study: Study) -> Numbers:
        """Resolve the parameters of a study."""
        for candidate in (study, attrs.evolve(study, parameters=())):
            try:
                return cls(Evaluator(Formulas.of(candidate)))
            except CradlemarkError:
                continue
        return cls(None)

    def of_value(self, value: Value | None, path: str, unit: str | None = None) -> float | None:
        """Return a number in `unit` (as written if left out), None when there is none or it cannot be read."""
        if value is None or self.evaluator is None:
            return None
        try:
            number = self.evaluator.number(value, path, unit or value.unit)
        except CradlemarkError:
            return None
        plain = float(number)
        return plain if math.isfinite(plain) else None


def total(numbers: Iterable[float | None]) -> float | None:
    """Sum; None when one of them is not known."""
    found = tuple(numbers)
    return None if any(number is None for number in found) else math.fsum(number or 0.0 for number in found)


def product(numbers: Iterable[float | None]) -> float | None:
    """Product; None when one of them is not known."""
    result = 1.0
    for number in numbers:
        if number is None:
            return None
        result *= number
    return result


def ratio(above: float | None, below: float | None) -> float | None:
    """Quotient; None when one of them is not known or the divisor is zero."""
    return None if above is None or below is None or below == 0.0 else above / below


def is_mass(unit: str) -> bool:
    """Whether a unit measures mass."""
    try:
        return dimension(unit) == "mass"
    except CradlemarkError:
        return False
