"""Quantities: a number with its unit, conversion and dimension.

Conversion goes through pint with the field's own units only (``units.txt``), in exact fractions, so that a factor is
the float nearest to the true one. What pint makes of every single unit stands in ``unit_roots.csv`` (written by
``scripts/unit_roots.py``, held against pint by a test), so that a short process need not load and build the registry.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.units import normalise_unit, unit_powers

__all__ = [
    "Quantity",
    "conversion_factor",
    "dimension",
    "normalise_unit",
    "parse_number",
    "parse_quantity",
    "root_by_pint",
    "root_unit",
]

LONGEST_QUANTITY = 200
"""Longest text that is read as a number or a quantity [characters]."""
CACHED = 8192
"""Conversions remembered; bounded, because spellings come from users."""
ZERO_CELSIUS = 273.15
"""Kelvin at 0 degC [K]; SI Brochure 9th edition, section 2.3.1."""

RootPowers = tuple[tuple[str, int], ...]

_DIMENSIONS: dict[str, str] = {
    "1": "dimensionless",
    "kg": "mass",
    "m": "length",
    "m2": "area",
    "m3": "volume",
    "Nm3": "normal volume",
    "s": "time",
    "J": "energy",
    "W": "power",
    "Pa": "pressure",
    "A": "electric current",
    "V": "voltage",
    "ohm": "resistance",
    "K": "temperature",
    "mol": "amount of substance",
    "Bq": "radioactivity",
    "piece": "count",
    "set": "set",
    "person": "persons",
    "vehicle": "vehicles",
    "tkm": "transport",
    "pkm": "passenger transport",
    "vkm": "vehicle transport",
    "Mbit": "data",
    "CNY": "currency CNY",
    "EUR": "currency EUR",
    "USD": "currency USD",
    "kg/m3": "density",
    "1/s": "frequency",
}
_SPELLED = {"%": "percent", "‰": "permille"}


@cache
def _registry() -> Callable[[str], tuple[Fraction, RootPowers]]:
    """Build the registry and return the function from a canonical unit to its root units."""
    import pint
    from pint.util import UnitsContainer

    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction, cache_folder=None)
    for line in files("cradlemark.core").joinpath("units.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            registry.define(line)

    def root(unit: str) -> tuple[Fraction, RootPowers]:
        powers = {_SPELLED.get(atom, atom): Fraction(power) for atom, power in unit_powers(unit)}
        factor, roots = registry.get_root_units(UnitsContainer(powers, non_int_type=Fraction))
        named = sorted((name, int(Fraction(str(power)))) for name, power in roots._units.items())  # noqa: SLF001
        return Fraction(str(factor)), tuple(named)

    return root


def root_by_pint(unit: str) -> tuple[Fraction, RootPowers]:
    """Root units of a canonical unit as pint works them out; the authority for the packaged table."""
    return _registry()(unit)


@cache
def _roots() -> dict[str, tuple[Fraction, RootPowers]]:
    """Root units of every single unit, from the packaged table."""
    text = files("cradlemark.core").joinpath("unit_roots.csv").read_text("utf-8")
    table = {}
    for unit, factor, roots in csv.reader(text.splitlines()[1:]):
        named = tuple(
            (name, int(power)) for name, _, power in (root.rpartition("^") for root in roots.split())
        )
        table[unit] = (Fraction(factor), named)
    return table


def _root(unit: str) -> tuple[Fraction, RootPowers]:
    """Root units of a canonical unit: product of those of its parts."""
    factor = Fraction(1)
    powers: dict[str, int] = {}
    for atom, power in unit_powers(unit):
        found, roots = _roots()[atom]
        factor *= found**power
        for name, exponent in roots:
            powers[name] = powers.get(name, 0) + exponent * power
    return factor, tuple(sorted((name, power) for name, power in powers.items() if power))


@lru_cache(maxsize=CACHED)
def root_unit(unit: str) -> tuple[Fraction, RootPowers]:
    """Exact factor to root units, and these with their powers.

    Parameters
    ----------
    unit : str
        Any spelling of a unit.

    Returns
    -------
    factor : fractions.Fraction
        Multiply a magnitude in `unit` to get one in root units.
    powers : tuple of (str, int)
        Root units (kg, m, s, A, K, piece, ...), sorted. Two units convert if these are equal.
    """
    return _root(normalise_unit(unit))


@lru_cache(maxsize=CACHED)
def dimension(unit: str) -> str:
    """Name of what a unit measures, in words where there is one word.

    Examples
    --------
    >>> dimension("kWh"), dimension("tkm"), dimension("pcs"), dimension("kWh/kg")
    ('energy', 'transport', 'count', 'energy / mass')
    """
    canonical = normalise_unit(unit)
    if canonical == "degC":
        return "temperature"
    powers = root_unit(canonical)[1]
    named = _named_dimensions().get(powers)
    if named:
        return named
    top = [(atom, power) for atom, power in unit_powers(canonical) if power > 0]
    bottom = [(atom, -power) for atom, power in unit_powers(canonical) if power < 0]
    words = " * ".join(_dimension_power(atom, power) for atom, power in top) or "1"
    return " / ".join([words, *(_dimension_power(atom, power) for atom, power in bottom)])


def _dimension_power(atom: str, power: int) -> str:
    name = dimension(atom)
    if power == 1:
        return name
    return _named_dimensions().get(root_unit(f"{atom}^{power}")[1]) or f"{name}^{power}"


@cache
def _named_dimensions() -> dict[RootPowers, str]:
    return {root_unit(unit)[1]: name for unit, name in _DIMENSIONS.items()}


@lru_cache(maxsize=CACHED)
def conversion_factor(source: str, target: str) -> float:
    """Multiply a magnitude in `source` by this to get one in `target`.

    Parameters
    ----------
    source, target : str
        Any spelling of a unit.

    Returns
    -------
    float
        The float nearest to the exact factor [target / source].

    Raises
    ------
    InputError
        ``unit-mismatch`` if they measure different things, ``unit-unknown``.

    Examples
    --------
    >>> conversion_factor("kWh", "MJ"), conversion_factor("tce", "GJ"), conversion_factor("g", "kg")
    (3.6, 29.307, 0.001)
    """
    first, second = normalise_unit(source), normalise_unit(target)
    if first == second:
        return 1.0
    if {first, second} == {"K", "degC"}:
        raise InputError(
            Text("degC and K differ by an offset, not by a factor", "degC 与 K 相差一个偏移，而不是一个系数"),
            code="unit-mismatch",
            hint=Text(
                "convert the quantity (Quantity.to) or write temperature differences in K",
                "换算该量（Quantity.to），或以 K 写温差",
            ),
        )
    (factor, powers), (other_factor, other_powers) = root_unit(first), root_unit(second)
    if powers != other_powers:
        raise InputError(
            Text(
                f"{first} ({dimension(first)}) cannot be converted to {second} ({dimension(second)})",
                f"{first}（{dimension(first)}）无法换算为 {second}（{dimension(second)}）",
            ),
            code="unit-mismatch",
            hint=_mismatch_hint(dict(powers), dict(other_powers)),
        )
    return float(factor / other_factor)


def _mismatch_hint(powers: dict[str, int], others: dict[str, int]) -> Text:
    both = set(powers) ^ set(others)
    if "Nm3" in both:
        return Text(
            "Nm3 is a volume at 0 °C and 101.325 kPa; to get m3 state pressure and temperature and convert before",
            "Nm3 是 0 °C、101.325 kPa 下的体积；要得到 m3，请说明压力和温度并先行换算",
        )
    if {"CNY", "EUR", "USD"} & both:
        return Text(
            "money is not converted; give the amount in the wanted currency and state rate and date",
            "不换算货币；以所需货币给出金额，并说明汇率和日期",
        )
    if "set" in both:
        return Text(
            "a set is not a number of pieces; say how many pieces or kg it has",
            "套不是件数；说明一套有多少件或多少 kg",
        )
    if "piece" in both:
        return Text(
            "give the mass or amount of one piece, for example in g/piece",
            "给出单件的质量或数量，例如以 g/piece 计",
        )
    if "celsius" in both:
        return Text(
            "degC is only for temperatures; write K in compound units", "degC 只用于温度；复合单位中写 K"
        )
    return Text(
        "give a density, heating value or mass per piece to bridge them, or correct the unit",
        "给出密度、热值或单件质量以便换算，或修正单位",
    )


def _finite(_quantity: Quantity, _attribute: object, value: float) -> None:
    if not math.isfinite(value):
        raise InputError(
            Text(f"{value} is not a magnitude", f"{value} 不是量值"),
            code="number-format",
            hint=Text("write a finite number", "写有限数值"),
        )


@attrs.frozen
class Quantity:
    """A number with its unit.

    Parameters
    ----------
    magnitude : float
        Finite number [unit].
    unit : str
        Unit; any spelling is made canonical.
    """

    magnitude: float = attrs.field(converter=float, validator=_finite)
    unit: str = attrs.field(converter=normalise_unit)

    def to(self, unit: str) -> Quantity:
        """Convert to another unit; between degC and K the offset is applied."""
        target = normalise_unit(unit)
        if (self.unit, target) == ("degC", "K"):
            return Quantity(self.magnitude + ZERO_CELSIUS, target)
        if (self.unit, target) == ("K", "degC"):
            return Quantity(self.magnitude - ZERO_CELSIUS, target)
        return Quantity(self.magnitude * conversion_factor(self.unit, target), target)

    def __str__(self) -> str:
        return f"{number_text(self.magnitude)} {self.unit}"


def number_text(value: float) -> str:
    """Shortest text that reads back as the same float, without a needless ``.0``."""
    return repr(float(value)).removesuffix(".0")


_NUMBER = r"[+-]?(?:\d[\d.,' ]*|\.\d+)(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"({_NUMBER})\s*(.*)", re.DOTALL)
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"([+-]?\d{1,3})((?:([,.' ])\d{3})(?:\3\d{3})*)(?:([.,])(\d+))?((?:[eE][+-]?\d+)?)")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)((?:[eE][+-]?\d+)?)")
_TEN_TO = re.compile(r"\s*[*×·]\s*10\s*\^?\s*([+-]?\d+)")


def parse_number(text: str, *, where: str = "") -> float:
    """Read a number as people write it, in either decimal tradition, if it can be read in one way only.

    ``1200``, ``1.2e3``, ``0,8``, ``1,200,000``, ``1.200,5``, ``1,200.5`` and ``1 200`` are read; ``1,200`` may be 1.2
    or 1200 and is refused. A single point is always the decimal point.

    Raises
    ------
    InputError
        ``number-format``; also for nan, infinity and numbers too large for a float.
    """
    try:
        return _read_number(text)
    except InputError as error:
        raise InputError(error.message, code=error.code, where=where, hint=error.hint) from None


def _read_number(text: str) -> float:
    if len(text) > LONGEST_QUANTITY:
        raise InputError(
            Text(f"a number of {len(text)} characters is not read", f"不读取 {len(text)} 个字符的数字"),
            code="number-format",
        )
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'").strip()
    value = float(_plain_number(plain, text))
    if not math.isfinite(value):
        raise InputError(
            Text(f"{text!r} is too large", f"{text!r} 过大"),
            code="number-format",
            hint=Text("write a number below 1e308", "写小于 1e308 的数"),
        )
    return value


def _plain_number(plain: str, text: str) -> str:
    if _PLAIN.fullmatch(plain):
        return plain
    if found := _GROUPED.fullmatch(plain):
        head, groups, separator, point, decimals, exponent = found.groups()
        clear = len(groups) > 4 or separator in "' " or (point and point != separator)
        if head.lstrip("+-") != "0" and clear and point != separator:
            return f"{head}{groups.replace(separator, '')}.{decimals or '0'}{exponent}"
    if found := _DECIMAL_COMMA.fullmatch(plain):
        whole, decimals, exponent = found.groups()
        bare = whole.lstrip("+-")
        if len(decimals) != 3 or len(bare) > 3 or bare.startswith("0"):
            return f"{whole}.{decimals}{exponent}"
        raise InputError(
            Text(
                f"{text!r} may be {whole}.{decimals} or {whole}{decimals}",
                f"{text!r} 可能是 {whole}.{decimals} 或 {whole}{decimals}",
            ),
            code="number-format",
            hint=Text(
                f"write {whole}.{decimals} or {whole}{decimals}",
                f"写作 {whole}.{decimals} 或 {whole}{decimals}",
            ),
        )
    raise InputError(
        Text(f"{text!r} is not a number", f"{text!r} 不是数字"),
        code="number-format",
        hint=Text("write digits with a decimal point: 1.5", "写数字和小数点：1.5"),
    )


def parse_quantity(text: str, *, where: str = "") -> Quantity:
    """Read a number with its unit.

    Parameters
    ----------
    text : str
        For example ``3.6 g``, ``0.8 mohm``, ``1e-3 kg``, ``12 %``. The number follows `parse_number`, the unit
        `normalise_unit`; a number alone has no unit and is refused (write ``5 1`` for a plain number).
    where : str
        Place in the user's document, for the message.

    Raises
    ------
    InputError
        ``quantity-format``, ``number-format`` or ``unit-unknown``.
    """
    if len(text) > LONGEST_QUANTITY:
        raise InputError(
            Text(f"a quantity of {len(text)} characters is not read", f"不读取 {len(text)} 个字符的量"),
            code="quantity-format",
            where=where,
        )
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    plain = _TEN_TO.sub(r"e\1", plain, count=1)
    found = _QUANTITY.fullmatch(plain)
    if not found:
        raise InputError(
            Text(f"{text!r} is not a quantity", f"{text!r} 不是量"),
            code="quantity-format",
            where=where,
            hint=Text('write number and unit: "3.6 g"', '写数字和单位："3.6 g"'),
        )
    number, unit = found.groups()
    head, _, tail = number.rstrip().rpartition(" ")
    if not unit and head and tail == "1":
        number, unit = head, "1"
    if not unit.strip():
        raise InputError(
            Text(f"{text!r} has no unit", f"{text!r} 没有单位"),
            code="quantity-format",
            where=where,
            hint=Text(
                'write the unit behind the number: "3.6 g"; a plain number is "3.6 1"',
                '在数字后写单位："3.6 g"；纯数写作 "3.6 1"',
            ),
        )
    return Quantity(parse_number(number.strip(), where=where), normalise_unit(unit, where=where))
