"""Units of a bill of materials: masses to kg, counts to pieces, bulk amounts to one unit per dimension."""

from __future__ import annotations

import functools

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor, normalise_unit
from cradlemark.product.bom import PIECE
from cradlemark.product.readers.vocabulary import key, vocabulary

BULK_UNITS: tuple[str, ...] = ("kg", "m", "m2", "m3", "kWh", "h")
"""Units that amounts of bulk material (and energy, time) are brought to, one per dimension."""
_AS_PIECE = frozenset({"set"})


@attrs.frozen
class Measure:
    """A unit of the user and how to bring it to the unit of the bill.

    Parameters
    ----------
    unit : str
        ``piece``, or one of `BULK_UNITS`.
    factor : float
        [unit / unit of the user]
    """

    unit: str
    factor: float


@functools.lru_cache(maxsize=1024)
def known_unit(text: str) -> bool:
    """Whether a text is a unit."""
    if not text.strip():
        return False
    try:
        normalise_unit(text)
    except InputError:
        return key(text) in vocabulary().piece_words
    return True


@functools.lru_cache(maxsize=1024)
def measure(text: str) -> Measure:
    """Read the unit of a quantity.

    A set is taken as one piece. Volumes come as m3, so a litre is 0.001.

    Raises
    ------
    InputError
        ``unit-unknown``, or ``unit-not-amount`` for a unit that no amount of parts or material has.
    """
    canonical = _canonical(text)
    if canonical in _AS_PIECE:
        return Measure(PIECE, 1.0)
    for unit in (PIECE, *BULK_UNITS):
        factor = _factor(canonical, unit)
        if factor is not None:
            return Measure(unit, factor)
    raise InputError(
        Text(
            f'"{text}" is not a unit of a number of pieces or an amount of material',
            f'"{text}" 不是件数或材料数量的单位',
        ),
        code="unit-not-amount",
        hint=Text(
            "use pieces, kg, m, m2, m3 or L, or say in the mapping which column holds the unit",
            "使用 pieces、kg、m、m2、m3 或 L，或在映射中指明单位所在的列",
        ),
    )


@functools.lru_cache(maxsize=1024)
def to_unit(text: str, unit: str) -> float:
    """Return the factor from a unit of the user to `unit` [unit / unit of the user].

    Raises
    ------
    InputError
        ``unit-unknown`` or ``unit-dimension``.
    """
    canonical = _canonical(text)
    factor = _factor(canonical, unit)
    if factor is None:
        raise InputError(
            Text(f'"{text}" cannot be converted to {unit}', f'"{text}" 无法换算为 {unit}'),
            code="unit-dimension",
            hint=Text(f"use a unit like {unit}", f"使用 {unit} 一类的单位"),
        )
    return factor


def _canonical(text: str) -> str:
    if key(text) in vocabulary().piece_words:
        return PIECE
    return normalise_unit(text)


def _factor(source: str, target: str) -> float | None:
    try:
        return conversion_factor(source, target)
    except InputError:
        return None
