"""Values that the end-of-life methods share: terms, shares of a route, and their weighted sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from cradlemark.core.errors import MissingDataErrors, Problem, RuleError, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.ranges import SUM_TOLERANCE, largest, largest_magnitude, share_problems
from cradlemark.product.system import Number

Role = Literal[
    "virgin",
    "recycled_in",
    "recycling_eol",
    "substituted",
    "energy_recovery",
    "heat_credit",
    "electricity_credit",
    "disposal",
]
ROLES: tuple[Role, ...] = (
    "virgin", "recycled_in", "recycling_eol", "substituted", "energy_recovery", "heat_credit",
    "electricity_credit", "disposal",
)  # fmt: skip
Part = Literal["material", "energy", "disposal", "beyond"]
"""Part of the formula; `beyond` is module D and never part of a total."""


@attrs.frozen
class Term:
    """One coefficient of a method.

    Parameters
    ----------
    name : str
        What the term stands for; names are unique within one result.
    role : str
        Which intensity it multiplies.
    coefficient : float or ndarray of float64, shape (draws,)
        [`unit` per kg of material in the product]; negative for credits.
    part : {"material", "energy", "disposal", "beyond"}
    unit : {"kg", "MJ"}
        Unit of the intensity's reference: mass of material, or exported energy.
    """

    name: str
    role: Role
    coefficient: Number
    part: Part
    unit: Literal["kg", "MJ"] = "kg"


@attrs.frozen
class RouteShares:
    """Where the mass of a material goes at its end of life [0-1]; the four sum to 1.

    Parameters
    ----------
    recycling : float or ndarray of float64, shape (draws,)
        Share that enters recycling; times the recovery efficiency it is R2.
    energy_recovery : float or ndarray of float64, shape (draws,)
        R3
    incineration, landfill : float or ndarray of float64, shape (draws,)
        Disposal without credit.
    """

    recycling: Number
    energy_recovery: Number
    incineration: Number
    landfill: Number


_ROUTES = {
    "recycling": Text("recycling", "再循环"), "energy_recovery": Text("energy recovery", "能量回收"),
    "incineration": Text("incineration", "焚烧"), "landfill": Text("landfill", "填埋"),
}  # fmt: skip


def route_shares(
    *, recycling: Number, energy_recovery: Number, incineration: Number, landfill: Number, where: str = ""
) -> RouteShares:
    """Return the shares of a route after checking that each lies in 0 to 1 and that they sum to 1 within 1e-9."""
    shares = RouteShares(recycling, energy_recovery, incineration, landfill)
    problems: list[Problem] = []
    for key, name in _ROUTES.items():
        problems += share_problems(
            getattr(shares, key), name=Text(f"share of {name.en}", f"{name.zh}份额"), where=where
        )
    total = recycling + energy_recovery + incineration + landfill
    if not largest_magnitude(total - 1.0) <= SUM_TOLERANCE:
        found = f"{total:.9g}" if isinstance(total, float) else ""
        message = Text(
            f"the end-of-life shares sum to {found or 'not 1 in every draw'}",
            f"末期份额之和{f'为 {found}' if found else '并非每次抽样都为 1'}",
        )
        problems.append(
            Problem(
                where,
                "shares-sum",
                message,
                Text(
                    "recycling, energy recovery, incineration and landfill sum to 1",
                    "再循环、能量回收、焚烧和填埋之和为 1",
                ),
            )
        )
    raise_if_any(problems)
    return shares


def weighted_sum(terms: Sequence[Term], intensities: Mapping[Role, Number]) -> Number:
    """Return ``Σ coefficient · intensity`` [intensity unit per kg of material in the product].

    Raises
    ------
    RuleError
        Terms of module D together with others: module D is never netted.
    MissingDataErrors
        Every role without an intensity.
    """
    if len({term.part == "beyond" for term in terms}) > 1:
        raise RuleError(
            Text("module D is reported apart and never added to a total", "模块 D 单独报告，从不计入总量"),
            code="module-d-netted",
        )
    missing = [
        Problem("", "intensity-missing", Text(f"there is no intensity for {role}", f"没有 {role} 的强度"))
        for role in ROLES
        if role not in intensities and any(term.role == role for term in terms)
    ]
    if missing:
        raise MissingDataErrors(missing)
    total: Number = 0.0
    for term in terms:
        total = total + term.coefficient * intensities[term.role]
    return total


def present(*terms: Term) -> tuple[Term, ...]:
    """Return the terms that are not zero in every draw."""
    return tuple(term for term in terms if largest_magnitude(term.coefficient) > 0.0)


def above_one(total: Number, name: Text, where: str) -> tuple[Problem, ...]:
    """Return a problem when shares that exclude each other sum to more than 1."""
    if largest(total) <= 1.0 + SUM_TOLERANCE:
        return ()
    return (
        Problem(
            where,
            "shares-sum",
            Text(
                f"{name.en} sum to {largest(total):.9g}, above 1",
                f"{name.zh}之和为 {largest(total):.9g}，超过 1",
            ),
            Text("together at most 1", "合计最多为 1"),
        ),
    )
