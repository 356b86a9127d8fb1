"""Electricity with contracts (F5): what contracts cover, what the residual mix covers, both bases apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from cradlemark.core.errors import MissingDataErrors, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.ranges import range_problems
from cradlemark.product.study import Contract
from cradlemark.product.system import Number

CONDITIONS: tuple[tuple[str, Text], ...] = (
    ("conveys_attributes", Text("conveys the attributes of the electricity", "传递电力的环境属性")),
    ("unique_claim", Text("is the only claim to these attributes", "环境属性的声明是唯一的")),
    ("tracked", Text("is tracked and redeemed or cancelled for the user", "可追踪，并已为用户兑换或注销")),
    ("close_in_time", Text("is as close as possible in time to the use", "与用电时间尽可能接近")),
    ("same_market", Text("is produced in the market of consumption", "在用电所在市场内生产")),
)
"""The five conditions of ISO 14067, 6.4.9.4 (the clause number and the market boundary are seen, the rest is
unverified)."""


@attrs.frozen
class ContractedAmount:
    """A contract of the study and its amount in the period [kWh]."""

    contract: Contract
    amount: Number


@attrs.frozen
class CoveredAmount:
    """What one contract covers: energy [kWh] and share of the use [0-1]."""

    contract: Contract
    energy: Number
    share: Number


@attrs.frozen
class RefusedContract:
    """A contract that is not counted, with the names of the conditions it misses."""

    contract: Contract
    failing: tuple[str, ...]
    message: Text


@attrs.frozen
class Coverage:
    """Electricity of one period and market, split by source.

    Parameters
    ----------
    used : float or ndarray of float64, shape (draws,)
        [kWh]
    covered : tuple of CoveredAmount
        Contracts that are counted.
    residual_share : float or ndarray of float64, shape (draws,)
        Share of the use that the residual mix covers [0-1]; with the shares of `covered` it sums to 1.
    surplus : float or ndarray of float64, shape (draws,)
        Contracted beyond the use, not counted [kWh].
    refused : tuple of RefusedContract
    """

    used: Number
    covered: tuple[CoveredAmount, ...]
    residual_share: Number
    surplus: Number
    refused: tuple[RefusedContract, ...]

    @property
    def shares(self) -> dict[str, Number]:
        """Share of the use that each counted contract covers, by its id [0-1]."""
        return {item.contract.id: item.share for item in self.covered}


def failing_conditions(contract: Contract) -> tuple[str, ...]:
    """Return the names of the conditions of ISO 14067, 6.4.9.4, that a contract does not meet."""
    return tuple(name for name, _ in CONDITIONS if not getattr(contract, name))


def coverage(*, used: Number, contracts: Sequence[ContractedAmount], where: str = "") -> Coverage:
    """Split the electricity of one period and market: ``covered = min(contracted, used)``, the rest residual mix.

    Contracts that miss a condition are not counted and are named. When the counted contracts exceed the use, each is
    reduced in the same proportion, so that no contract is preferred.

    Parameters
    ----------
    used : float or ndarray of float64, shape (draws,)
        Use in the period [kWh], above 0.
    contracts : sequence of ContractedAmount

    Raises
    ------
    InputErrors
        No use, or a negative contracted amount.
    """
    problems: list[Problem] = [
        *range_problems(used, name=Text("electricity use [kWh]", "用电量 [kWh]"), where=where, above_low=True)
    ]
    for item in contracts:
        problems += range_problems(
            item.amount,
            name=Text(
                f"amount of contract {item.contract.id} [kWh]", f"合同 {item.contract.id} 的电量 [kWh]"
            ),
            where=where,
        )
    raise_if_any(problems)
    counted = [item for item in contracts if not failing_conditions(item.contract)]
    contracted: Number = sum((item.amount for item in counted), start=0.0)
    scale = _scale(used, contracted)
    covered = tuple(
        CoveredAmount(item.contract, item.amount * scale, item.amount * scale / used) for item in counted
    )
    share: Number = sum((item.share for item in covered), start=0.0)
    refused = tuple(_refusal(item.contract) for item in contracts if failing_conditions(item.contract))
    return Coverage(
        used=used,
        covered=covered,
        residual_share=_plain(np.maximum(1.0 - share, 0.0)),
        surplus=_plain(np.maximum(contracted - used, 0.0)),
        refused=refused,
    )


def _plain(value: Number) -> Number:
    """Return a scalar as a Python float, an array as it is."""
    return value if isinstance(value, np.ndarray) and value.ndim else float(value)


def _scale(used: Number, contracted: Number) -> Number:
    """Return the share of the contracted amount that counts: ``min(contracted, used) / contracted`` [0-1]."""
    amount = np.asarray(contracted, dtype=np.float64)
    covered = np.minimum(amount, used)
    return _plain(np.divide(covered, amount, out=np.zeros_like(covered), where=amount > 0.0))


def _refusal(contract: Contract) -> RefusedContract:
    failing = failing_conditions(contract)
    reasons = [text for name, text in CONDITIONS if name in failing]
    message = Text(
        f"contract {contract.id} is not counted; it is not shown that it "
        + " and that it ".join(reason.en for reason in reasons),
        f"合同 {contract.id} 不予计入；未证明：" + "；".join(reason.zh for reason in reasons),
    )
    return RefusedContract(contract, failing, message)


def location_based(*, uses: Sequence[Number], intensities: Sequence[Number]) -> Number:
    """Return the location-based emission: ``E = Σ_t kWh_t EF_t`` [kg CO2e].

    Parameters
    ----------
    uses : sequence of float or ndarray of float64, shape (draws,)
        Use of each period [kWh].
    intensities : sequence of float or ndarray of float64, shape (draws,)
        Consumption mix of each period including upstream and network losses [kg CO2e/kWh].
    """
    emission: Number = 0.0
    for use, intensity in zip(uses, intensities, strict=True):
        emission = emission + use * intensity
    return emission


def market_based(
    *, coverage: Coverage, contract_intensities: Mapping[str, Number], residual_intensity: Number | None
) -> Number:
    """Return the market-based emission of one period: contracts by their own factor, the rest by the residual mix.

    Parameters
    ----------
    coverage : Coverage
    contract_intensities : mapping of contract id to float or ndarray of float64, shape (draws,)
        [kg CO2e/kWh]
    residual_intensity : float or ndarray of float64, shape (draws,), optional
        Residual mix of the market [kg CO2e/kWh]; needed unless the contracts cover everything.

    Raises
    ------
    MissingDataErrors
        Every contract without a factor, and a missing residual mix.
    """
    missing = [
        Problem(
            "",
            "electricity-factor-missing",
            Text(
                f"contract {item.contract.id} has no emission factor", f"合同 {item.contract.id} 没有排放因子"
            ),
        )
        for item in coverage.covered
        if item.contract.id not in contract_intensities
    ]
    uncovered = bool(np.any(np.asarray(coverage.residual_share) > 0.0))
    if uncovered and residual_intensity is None:
        missing.append(
            Problem(
                "",
                "residual-mix-missing",
                Text(
                    "there is no residual mix for the part no contract covers",
                    "合同未覆盖的部分没有剩余组合因子",
                ),
            )
        )
    if missing:
        raise MissingDataErrors(missing)
    emission: Number = 0.0
    for item in coverage.covered:
        emission = emission + item.energy * contract_intensities[item.contract.id]
    if uncovered and residual_intensity is not None:
        emission = emission + coverage.used * coverage.residual_share * residual_intensity
    return emission
