"""Allocation between co-products (F3): shares that sum to 1, and the screening rule for the key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import attrs
import numpy as np

from cradlemark.core.errors import InputError, MissingDataErrors, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.ranges import SUM_TOLERANCE, largest_magnitude, range_problems, share_problems
from cradlemark.product.system import Number


@attrs.frozen
class ScreeningRule:
    """Highest price ratio at which a physical key is taken [1], with source and status."""

    threshold: float
    source: str
    status: str


@attrs.frozen
class KeyAdvice:
    """What the price-ratio rule advises; a value to show, not a decision.

    Parameters
    ----------
    key : {"physical", "economic"}
    ratio : float
        Highest price per lowest price [1].
    """

    key: Literal["physical", "economic"]
    ratio: float
    rule: ScreeningRule


@cache
def price_ratio_rule() -> ScreeningRule:
    """Return the packaged screening rule."""
    text = resources.files("cradlemark.product").joinpath("allocation.toml").read_text(encoding="utf-8")
    row = tomllib.loads(text)["price_ratio"]
    return ScreeningRule(float(row["threshold"]), row["source"], row["status"])


def allocation_shares(
    *,
    quantities: Mapping[str, Number | None],
    weights: Mapping[str, Number | None] | None = None,
    where: str = "",
) -> tuple[tuple[str, Number], ...]:
    """Return the share of each co-product: ``a_k = w_k q_k / Σ_j w_j q_j``.

    Parameters
    ----------
    quantities : mapping of str to float or ndarray of float64, shape (draws,)
        q_k of each co-product [any unit, the same for all]; None is missing, not zero.
    weights : mapping of str to float or ndarray of float64, shape (draws,), optional
        w_k: physical property or price per unit [any unit, the same for all]; without it every weight is 1.

    Returns
    -------
    tuple of (name, share)
        In the order of `quantities`; the shares sum to 1 within 1e-9 [1].

    Raises
    ------
    MissingDataErrors
        Every co-product whose quantity or weight is missing.
    InputErrors
        Negative or non-finite values, or a sum of zero.

    Examples
    --------
    >>> allocation_shares(quantities={"a": 1.0, "b": 3.0})
    (('a', 0.25), ('b', 0.75))
    """
    given: Mapping[str, Number | None] = dict.fromkeys(quantities, 1.0) if weights is None else weights
    products = _products(quantities, given, where)
    if not products:
        raise InputError(
            Text("there is no co-product to allocate to", "没有可供分配的联产品"),
            code="allocation-empty",
            where=where,
        )
    total: Number = sum((value for _, value in products), start=0.0)
    if not bool(np.all(np.asarray(total) > 0.0)):
        raise InputError(
            Text("quantities times weights sum to zero", "数量乘权重之和为零"),
            code="allocation-zero",
            where=where,
            hint=Text("enter the production of the data period", "填写数据期间的产量"),
        )
    shares = tuple((name, value / total) for name, value in products)
    check_shares(shares, where=where)
    return shares


def _products(
    quantities: Mapping[str, Number | None], weights: Mapping[str, Number | None], where: str
) -> tuple[tuple[str, Number], ...]:
    missing: list[Problem] = []
    wrong: list[Problem] = []
    products: list[tuple[str, Number]] = []
    for name in weights:
        if name not in quantities:
            message = Text(
                f"there is a weight for {name} but no such co-product", f"有 {name} 的权重，但没有该联产品"
            )
            wrong.append(
                Problem(
                    where,
                    "allocation-unknown",
                    message,
                    Text("use the names of the co-products", "使用联产品的名称"),
                )
            )
    for name, quantity in quantities.items():
        weight = weights.get(name)
        if quantity is None or weight is None:
            what = Text("quantity", "数量") if quantity is None else Text("weight", "权重")
            missing.append(
                Problem(
                    where,
                    "allocation-missing",
                    Text(f"the {what.en} of co-product {name} is missing", f"缺少联产品 {name} 的{what.zh}"),
                )
            )
            continue
        wrong += range_problems(quantity, name=Text(f"quantity of {name}", f"{name} 的数量"), where=where)
        wrong += range_problems(weight, name=Text(f"weight of {name}", f"{name} 的权重"), where=where)
        products.append((name, weight * quantity))
    raise_if_any(wrong)
    if missing:
        raise MissingDataErrors(missing)
    return tuple(products)


def check_shares(shares: tuple[tuple[str, Number], ...], *, where: str = "") -> None:
    """Raise unless every share lies in 0 to 1 and all sum to 1 within 1e-9: the invariant of F3.

    Parameters
    ----------
    shares : tuple of (name, share)
        [0-1]
    """
    problems: list[Problem] = []
    for name, share in shares:
        problems += share_problems(share, name=Text(f"share of {name}", f"{name} 的份额"), where=where)
    total: Number = sum((share for _, share in shares), start=0.0)
    if not largest_magnitude(total - 1.0) <= SUM_TOLERANCE:
        found = f"{total:.9g}" if isinstance(total, float) else "not 1 in every draw"
        problems.append(
            Problem(
                where,
                "shares-sum",
                Text(f"the shares sum to {found}", f"各份额之和为 {found}"),
                Text("allocation shares must sum to 1", "分配份额之和须为 1"),
            )
        )
    raise_if_any(problems)


def advise_key(
    *, prices: Mapping[str, float], rule: ScreeningRule | None = None, where: str = ""
) -> KeyAdvice:
    """Return what the price-ratio rule advises: physical when the ratio is at most the threshold, else economic.

    Parameters
    ----------
    prices : mapping of str to float
        Price per unit of each co-product [currency/unit], above 0.
    rule : ScreeningRule, optional
        The rule of the rule pack; else the packaged one, which is unverified.
    """
    if not prices:
        raise InputError(Text("there are no prices", "没有价格"), code="allocation-empty", where=where)
    problems: list[Problem] = []
    for name, price in prices.items():
        problems += range_problems(
            price, name=Text(f"price of {name}", f"{name} 的价格"), where=where, above_low=True
        )
    raise_if_any(problems)
    rule = rule or price_ratio_rule()
    ratio = max(prices.values()) / min(prices.values())
    return KeyAdvice("physical" if ratio <= rule.threshold else "economic", ratio, rule)
