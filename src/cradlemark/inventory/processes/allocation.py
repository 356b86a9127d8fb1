"""Multi-output processes: which share of each exchange belongs to which product.

A share is never invented: when a policy has no usable basis for a process, the process stays undivided, its products
have no supply, and the report says so. The whole burden goes to the reference product only when somebody asks for
it (``cut-off``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal, cast, get_args

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.tables import FloatArray, IntArray, Table

Policy = Literal["declared", "mass", "energy", "price", "cut-off", "substitution"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
SUM_TOLERANCE = 0.01
"""Largest distance of a sum of declared shares from 1 [1]; beyond it the factors are not used."""
MASS_UNITS: Mapping[str, float] = {"kg": 1.0, "g": 1e-3, "t": 1e3, "mg": 1e-6, "Mg": 1e3, "lb": 0.45359237}
"""Kilograms per reference unit of a property [kg]; the property is a mass when its unit is one of these."""
ENERGY_UNITS: Mapping[str, float] = {"MJ": 1.0, "kJ": 1e-3, "GJ": 1e3, "J": 1e-6, "kWh": 3.6, "MWh": 3600.0}
"""Megajoules per reference unit of a property [MJ]."""
_BEST = ("wet mass", "mass", "heating value, net", "lower heating value", "net calorific value", "dry mass")
"""Names of properties that are preferred where several have a unit of mass or energy, the best first."""
_PART = re.compile(r"\bin (?:wet|dry) mass\b|\b(?:carbon|water) content\b", re.IGNORECASE)
"""Properties that measure a part of the flow only, such as "water in wet mass"."""


@attrs.frozen(eq=False)
class Functions:
    """What a process is there for: its products, and the wastes it treats that are its reference or have a declared share.

    Parameters
    ----------
    flows : tuple of int
        Rows of flows.
    amounts : tuple of float
        [reference unit of the flow]
    reference : tuple of bool
        Whether it is a reference flow of the source.
    prices : tuple of float
        Revenue of the whole amount; nan when the source has none.
    others : ndarray of int
        Rows of the exchanges that have to be shared out.
    """

    flows: tuple[int, ...]
    amounts: tuple[float, ...]
    reference: tuple[bool, ...]
    prices: tuple[float, ...]
    others: IntArray


@attrs.frozen(eq=False)
class Shares:
    """Result for one process.

    Parameters
    ----------
    method : str
        ``single``, ``declared physical``, ``mass``, ... as applied.
    shares : ndarray of float64, shape (functions, exchanges)
        Share of each exchange of `Functions.others` for each function [1].
    substituted : tuple of int
        Positions of functions that replace something instead of having a share.
    sums : tuple of float
        Smallest and largest sum of the shares of an exchange [1].
    """

    method: str
    shares: FloatArray
    substituted: tuple[int, ...] = ()
    sums: tuple[float, float] = (1.0, 1.0)


@attrs.frozen(eq=False)
class Declared:
    """Factors of one process as the source declares them.

    Parameters
    ----------
    method : str
        Method the source chooses; empty when it chooses none.
    whole : mapping
        Share by method and product flow, for the whole process.
    single : mapping
        Share by product flow and number of the exchange (causal).
    numbers : tuple of int
        Number of each exchange of `Functions.others`.
    """

    method: str
    whole: Mapping[tuple[str, int], float]
    single: Mapping[tuple[int, int], float]
    numbers: tuple[int, ...]


class Unusable(Exception):
    """Why a policy has no basis for a process."""


def policies_of(text: str) -> tuple[Policy, ...]:
    """Policies in order of preference from ``declared,mass``.

    Raises
    ------
    InputError
        ``allocation-policy`` for an unknown one.
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [name for name in names if name not in POLICIES]
    if unknown or not names:
        raise InputError(
            Text(
                f"there is no allocation policy {', '.join(unknown) or text!r}",
                f"没有分配策略 {'、'.join(unknown) or text!r}",
            ),
            code="allocation-policy",
            hint=Text(
                f"use one or several of {', '.join(POLICIES)}, separated by commas in order of preference",
                f"使用 {', '.join(POLICIES)} 之一或多个，按优先顺序以逗号分隔",
            ),
        )
    return cast("tuple[Policy, ...]", names)


def allocate(
    functions: Functions,
    declared: Declared,
    policies: Sequence[Policy],
    flow_content: Mapping[str, FloatArray],
) -> tuple[Shares | None, tuple[str, ...]]:
    """Shares of one process by the first policy that has a basis.

    Parameters
    ----------
    functions, declared
        Of the process.
    policies : sequence of Policy
    flow_content : mapping of str to ndarray
        ``mass`` [kg] and ``energy`` [MJ] per reference unit of each flow, nan when not known; see `content_of_flows`.

    Returns
    -------
    shares : Shares or None
        None when no policy has a basis.
    reasons : tuple of str
        Why policies were passed over.
    """
    if len(functions.flows) == 1:
        return Shares("single", np.ones((1, len(functions.others)))), ()
    if not len(functions.others):
        return Shares("nothing to share", np.ones((len(functions.flows), 0))), ()
    reasons: list[str] = []
    for policy in policies:
        try:
            return _by_policy(policy, functions, declared, flow_content), tuple(reasons)
        except Unusable as error:
            reasons.append(f"{policy}: {error}")
    return None, tuple(reasons)


def usable_policies(
    functions: Functions, declared: Declared, asked: Sequence[Policy], flow_content: Mapping[str, FloatArray]
) -> tuple[Policy, ...]:
    """Policies other than those asked for that have a basis for a process."""
    others = (policy for policy in POLICIES if policy not in asked)
    return tuple(policy for policy in others if allocate(functions, declared, [policy], flow_content)[0])


def content_of_flows(flows: Table, properties: Table) -> dict[str, FloatArray]:
    """Mass [kg] and energy [MJ] per reference unit of every flow; nan when the source does not say.

    Of several properties with a unit of the kind the reference property counts, then wet mass or net heating value.
    """
    content = {"mass": np.full(len(flows), np.nan), "energy": np.full(len(flows), np.nan)}
    columns = (
        properties.integers("flow").tolist(), properties.texts("property"), properties.texts("name"),
        properties.texts("unit"), properties.numbers("factor").tolist(),
    )  # fmt: skip
    reference = flows.texts("property")
    best: dict[tuple[str, int], int] = {}
    for flow, identifier, label, unit, factor in zip(*columns, strict=True):
        for name, units in (("mass", MASS_UNITS), ("energy", ENERGY_UNITS)):
            rank = -1 if identifier == reference[flow] else _rank(label)
            if unit in units and rank < best.get((name, flow), len(_BEST) + 1):
                best[name, flow] = rank
                content[name][flow] = factor * units[unit]
    return content


def _rank(label: str) -> int:
    """How well a property stands for mass or energy; too large for one that measures a part only."""
    plain = label.strip().lower()
    if plain in _BEST:
        return _BEST.index(plain)
    return len(_BEST) + (1 if _PART.search(plain) else 0)


def _by_policy(
    policy: Policy, functions: Functions, declared: Declared, content: Mapping[str, FloatArray]
) -> Shares:
    if policy == "declared":
        return _declared(functions, declared)
    if policy in {"mass", "energy"}:
        basis = [
            amount * float(content[policy][flow])
            for flow, amount in zip(functions.flows, functions.amounts, strict=True)
        ]
        return _proportional(policy, basis, functions)
    if policy == "price":
        return _by_price(functions, declared)
    return _reference_only(policy, functions)


def _declared(functions: Functions, declared: Declared) -> Shares:
    if declared.method:
        return _of_method(declared.method, functions, declared)
    found: list[Shares] = []
    reasons: list[str] = []
    for method in ("causal", "physical", "economic"):
        try:
            found.append(_of_method(method, functions, declared))
        except Unusable as error:
            reasons.append(str(error))
    if not found:
        raise Unusable("the source chooses no method" + (f"; {reasons[0]}" if reasons else ""))
    if any(not np.allclose(found[0].shares, other.shares, rtol=0.0, atol=1e-9) for other in found[1:]):
        raise Unusable("the source chooses no method and its factors differ by method")
    return attrs.evolve(found[0], method=f"{found[0].method}, none chosen, all agree")


def _of_method(method: str, functions: Functions, declared: Declared) -> Shares:
    shares = np.empty((len(functions.flows), len(functions.others)))
    for position, flow in enumerate(functions.flows):
        whole = declared.whole.get((method, flow), math.nan)
        if method == "causal":
            row = [declared.single.get((flow, number), whole) for number in declared.numbers]
            shares[position] = row
        else:
            shares[position] = whole
    if np.isnan(shares).any():
        raise Unusable(f"{method} factors are not there for every product and exchange")
    sums = shares.sum(axis=0)
    low, high = float(sums.min()), float(sums.max())
    if low < 1.0 - SUM_TOLERANCE or high > 1.0 + SUM_TOLERANCE:
        raise Unusable(f"{method} factors sum to {low:.4g} to {high:.4g} instead of 1")
    return Shares(f"declared {method}", shares, sums=(low, high))


def _by_price(functions: Functions, declared: Declared) -> Shares:
    try:
        return _of_method("economic", functions, declared)
    except Unusable:
        return _proportional("price", list(functions.prices), functions)


def _proportional(policy: str, basis: list[float], functions: Functions) -> Shares:
    values = np.array(basis)
    if not np.isfinite(values).all():
        raise Unusable(f"the {policy} of a product is not known")
    total = float(values.sum())
    if (values < 0.0).any() or total <= 0.0:
        raise Unusable(f"the {policy} of the products is not positive")
    return Shares(policy, np.repeat((values / total)[:, None], len(functions.others), axis=1))


def _reference_only(policy: str, functions: Functions) -> Shares:
    if sum(functions.reference) != 1:
        raise Unusable("there is not exactly one reference product")
    shares = np.zeros((len(functions.flows), len(functions.others)))
    reference = functions.reference.index(True)
    shares[reference] = 1.0
    others = tuple(p for p in range(len(functions.flows)) if p != reference)
    return Shares(policy, shares, substituted=others if policy == "substitution" else ())
