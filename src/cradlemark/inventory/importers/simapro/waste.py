"""Waste scenarios: which share of which waste goes to which treatment.

The rows of *Separated waste* take their share of the waste they are for, those of *Remaining waste* share out what is
left. For a material the rows with its own name count, without such rows those with its waste type, without such rows those
for all waste types. Waste of unknown type is only met by rows for all waste types.

References
----------
Goedkoop et al. (2016): SimaPro Tutorial, PRé, lesson on waste scenarios; documentation of openLCA's import.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.contents import Block, Contents, File, product_cells
from cradlemark.inventory.importers.simapro.scopes import Scopes
from cradlemark.inventory.importers.simapro.values import Amount, read_amount

ALL_TYPES = frozenset({"", "all waste types", "not defined", "unspecified"})
"""Waste types that stand for any waste (of a row) or for none in particular (of a material)."""
MOST_STEPS = 100_000
"""Most steps of one waste through scenarios that lead to scenarios."""
NOTHING = 1e-9
"""Share below which nothing remains [1]."""


@attrs.frozen
class Fraction:
    """One row of separated or remaining waste.

    Parameters
    ----------
    treatment, waste_type : str
    share : Amount
        [1]
    line : int
    """

    treatment: str
    waste_type: str
    share: Amount
    line: int

    @property
    def for_all(self) -> bool:
        """Whether it is for waste of any type."""
        return self.waste_type.lower() in ALL_TYPES


def fractions_of(
    block: Block, heading: str, file: File
) -> tuple[list[Fraction], list[tuple[int, InputError]]]:
    """Rows of a section, and those that cannot be read with their lines."""
    good: list[Fraction] = []
    bad: list[tuple[int, InputError]] = []
    for line, cells in block.rows(heading):
        treatment, waste_type, share = ([cell.strip() for cell in cells] + [""] * 3)[:3]
        try:
            amount = read_amount(share.removesuffix("%"), file.header.decimal)
        except InputError as error:
            bad.append((line, error))
            continue
        part = Amount(amount.value / 100.0, f"({amount.formula})/100" if amount.formula else "")
        good.append(Fraction(treatment, waste_type, part, line))
    return good, bad


def matching(fractions: Sequence[Fraction], material: str, waste_type: str) -> list[Fraction]:
    """Rows that count for a material."""
    by_name = [f for f in fractions if material and f.waste_type == material]
    if by_name:
        return by_name
    if waste_type.lower() not in ALL_TYPES:
        by_type = [f for f in fractions if f.waste_type.lower() == waste_type.lower()]
        if by_type:
            return by_type
    return [f for f in fractions if f.for_all]


def times(*amounts: Amount) -> Amount:
    """Product of amounts, a formula when one of them is."""
    if not any(amount.formula for amount in amounts):
        return Amount(math.prod(amount.value for amount in amounts))
    return Amount(math.nan, "*".join(f"({_text(amount)})" for amount in amounts))


def remainder(amounts: Iterable[Amount]) -> Amount:
    """What is left of 1."""
    amounts = tuple(amounts)
    if not any(amount.formula for amount in amounts):
        return Amount(1.0 - math.fsum(amount.value for amount in amounts))
    return Amount(math.nan, "1" + "".join(f"-({_text(amount)})" for amount in amounts))


def _text(amount: Amount) -> str:
    return amount.formula or repr(amount.value)


@attrs.frozen
class Routes:
    """Where the waste of a scenario goes when its type is not known.

    Parameters
    ----------
    shares : list of (Fraction, Amount)
        Row and share of all waste [1].
    open : list of (int, InputError)
        Rows that are not evaluated.
    """

    shares: list[tuple[Fraction, Amount]]
    open: list[tuple[int, InputError]]


def routes_of(block: Block, file: File) -> Routes:
    """Routes of a scenario by itself: rows for a type or a material wait for waste of which that is known."""
    separated, bad = fractions_of(block, "Separated waste", file)
    remaining, more = fractions_of(block, "Remaining waste", file)
    taken = [fraction for fraction in separated if fraction.for_all]
    rest = remainder(fraction.share for fraction in taken)
    shares = [(fraction, fraction.share) for fraction in taken]
    if not rest.formula and abs(rest.value) <= NOTHING:
        rest = Amount(0.0)
    shares += [(fraction, times(rest, fraction.share)) for fraction in remaining if fraction.for_all]
    waiting = [
        (
            fraction.line,
            _open(
                Text(
                    f"the share for {fraction.waste_type[:60]!r} is not evaluated: the type of the waste is not known here",
                    f"未计算 {fraction.waste_type[:60]!r} 的份额：此处不识别该废物类型",
                )
            ),
        )
        for fraction in (*separated, *remaining)
        if not fraction.for_all
    ]
    return Routes(shares, [*bad, *more, *waiting])


@attrs.define
class Split:
    """Where known materials go.

    Parameters
    ----------
    treatments : dict of str to float
        Mass by treatment [kg].
    scenarios : dict of str to float
        Mass that passes through each scenario [kg].
    open : list of (str, float, str)
        Material, mass [kg] and why it is not evaluated.
    """

    treatments: dict[str, float] = attrs.field(factory=lambda: defaultdict(float))
    scenarios: dict[str, float] = attrs.field(factory=lambda: defaultdict(float))
    open: list[tuple[str, float, str]] = attrs.Factory(list)
    steps: int = 0


def split(contents: Contents, scopes: Scopes, materials: dict[str, float], scenario: str) -> Split:
    """Send materials through a scenario and those it leads to.

    Parameters
    ----------
    contents : Contents
    scopes : Scopes
    materials : dict of str to float
        Mass by material [kg].
    scenario : str

    Raises
    ------
    InputError
        ``file-bomb`` when the scenarios lead to each other without end.
    """
    found = Split()
    for material, mass in materials.items():
        product = contents.products.get(material)
        if product is None or not product.waste_type:
            found.open.append((material, mass, "its waste type is not known"))
        else:
            _Way(contents, scopes, found, material, product.waste_type).send(mass, scenario, ())
    return found


@attrs.frozen
class _Way:
    contents: Contents
    scopes: Scopes
    found: Split
    material: str
    waste_type: str

    def send(self, mass: float, scenario: str, path: tuple[str, ...]) -> None:
        self.found.steps += 1
        if self.found.steps > MOST_STEPS:
            raise InputError(
                Text("waste scenarios lead to each other without end", "废物情景互相循环，没有尽头"),
                code="file-bomb",
                hint=Text("correct them", "修正这些条目"),
            )
        file, block = self.contents.scenarios[scenario]
        self.found.scenarios[scenario] += mass
        values = self.scopes.values(file, block)
        total = 0.0
        for fraction in matching(
            fractions_of(block, "Separated waste", file)[0], self.material, self.waste_type
        ):
            share = self.scopes.evaluate(fraction.share, values)
            total += share
            self._to(fraction.treatment, mass * share, (*path, scenario))
        if 1.0 - total <= NOTHING:
            return
        remaining = matching(fractions_of(block, "Remaining waste", file)[0], self.material, self.waste_type)
        if not remaining:
            self.found.open.append(
                (self.material, mass * (1.0 - total), f"{scenario[:60]!r} has no row for what remains")
            )
        for fraction in remaining:
            share = (1.0 - total) * self.scopes.evaluate(fraction.share, values)
            self._to(fraction.treatment, mass * share, (*path, scenario))

    def _to(self, treatment: str, mass: float, path: tuple[str, ...]) -> None:
        if treatment not in self.contents.scenarios:
            self.found.treatments[treatment] += mass
        elif treatment in path:
            self.found.open.append((self.material, mass, f"{treatment[:60]!r} sends it back to itself"))
        elif mass:
            self.send(mass, treatment, path)


def scenario_amount(contents: Contents, scopes: Scopes, scenario: str) -> float:
    """Mass of waste that the exchanges of a scenario are for [kg].

    Raises
    ------
    InputError
        ``waste-open`` when it is no mass.
    """
    file, block = contents.scenarios[scenario]
    _, unit, amount, _ = product_cells(block.rows("Waste scenario")[0][1], file.header)
    factor = contents.units.factor(unit, "kg")
    value = scopes.evaluate(read_amount(amount, file.header.decimal), scopes.values(file, block)) * factor
    if not math.isfinite(value) or value == 0.0:
        raise _open(
            Text(
                f"the scenario {scenario[:60]!r} is not for a mass of waste",
                f"情景 {scenario[:60]!r} 不是针对一定质量的废物",
            )
        )
    return value


def _open(message: Text) -> InputError:
    return InputError(
        message,
        code="waste-open",
        hint=Text(
            "this part of the waste is left out; give the waste its type in SimaPro",
            "这部分废物已略去；在 SimaPro 中给出废物类型",
        ),
    )
