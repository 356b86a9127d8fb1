"""Electricity of one's own operations on both bases (F5): location, and market with contracts and residual mix."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cradlemark.core.errors import MissingDataError
from cradlemark.core.language import Text
from cradlemark.product.electricity import ContractedAmount, Coverage, coverage
from cradlemark.product.study import Stage
from cradlemark.product.system import Basis, Factor
from cradlemark.product.unfold.collector import Collector, central

_WORDS = frozenset({
    "electricity", "grid electricity", "power", "electric energy", "electric power", "strom",
    "电", "电力", "电能", "用电", "外购电", "外购电力", "网电", "市电", "电网电力",
})  # fmt: skip


def is_electricity(carrier: str) -> bool:
    """Whether a carrier as the user wrote it is electricity that goes through the electricity rules."""
    return carrier.strip().lower() in _WORDS


def unfold_electricity(
    collector: Collector,
    energy: Iterable[Factor],
    path: str,
    label: Text,
    *,
    stage: Stage,
    own: bool,
    place: str = "",
    **more: Any,
) -> None:
    """Add an amount of electricity [kWh]: once for both bases, or apart where they differ.

    Parameters
    ----------
    energy : iterable of Factor
        Their product is kWh per declared unit.
    own : bool
        Whether the contracts of the site apply to it.
    """
    factors = tuple(energy)
    study = collector.study
    place = place or study.electricity.place or study.place
    fixed = study.electricity.dataset if own else ""
    supply = collector.grids.at(place)
    location = fixed or (supply.location if supply else "")
    losses = study.electricity.losses_dataset if own and fixed else (supply.losses if supply else "")
    residual = (study.electricity.residual_dataset if own else "") or (supply.residual if supply else "")
    if supply and supply.note:
        collector.note("grid-note", "electricity", supply.note.en, supply.note.zh)
    covered = contract_coverage(collector) if own else None
    apart = own and (bool(residual) or (covered is not None and bool(covered.covered)))

    def add(dataset: str, extra: tuple[Factor, ...], basis: Basis, suffix: str, name: Text) -> None:
        linked = collector.link(
            name.en, role="electricity", unit="kWh", dataset=dataset, path=path, stage=stage, label=label, place=place
        )
        if linked:
            collector.add(
                linked, (*factors, *extra), path=f"{path}{suffix}", label=Text(f"{label.en}, {name.en}", f"{label.zh}，{name.zh}"),
                stage=stage, kind="energy", basis=basis, **more,
            )  # fmt: skip

    add(location, (), "location" if apart else "both", "", Text("grid mix", "电网平均"))
    if losses:
        add(losses, (), "both", "/losses", Text("networks and losses", "输配电及线损"))
    if apart:
        _market(covered, residual or location, add)


def _market(covered: Coverage | None, remainder: str, add: Any) -> None:
    for item in covered.covered if covered else ():
        contract = item.contract
        share = Factor(
            f"share covered by {contract.id}", item.share, "1", f"electricity.contracts[{contract.id}].amount"
        )
        title = Text(f"contract: {contract.text}", f"合同：{contract.text}")
        add(contract.dataset, (share,), "market", f"/contract[{contract.id}]", title)
    rest = covered.residual_share if covered else 1.0
    title = Text("not covered by contracts", "合同未覆盖部分")
    add(remainder, (Factor("share not covered", rest, "1", "electricity.contracts"),), "market", "/remainder", title)


def contract_coverage(collector: Collector) -> Coverage | None:
    """Return what the site's contracts cover; refused contracts and surplus are noted.

    Raises
    ------
    MissingDataError
        ``electricity-use-missing`` when there are contracts but no total use to hold them against.
    """
    electricity = collector.study.electricity
    if not electricity.contracts:
        return None
    if electricity.used is None:
        raise MissingDataError(
            "there are contracts but no total electricity use of the site", code="electricity-use-missing",
            where="electricity.used", hint="state the site's use in the data period",
        )  # fmt: skip
    evaluator = collector.evaluator
    used = evaluator.number(electricity.used, "electricity.used", "kWh", low=0.0)
    amounts = [
        ContractedAmount(
            contract,
            evaluator.number(contract.amount, f"electricity.contracts[{contract.id}].amount", "kWh", low=0.0),
        )
        for contract in electricity.contracts
    ]
    result = coverage(used=used, contracts=amounts, where="electricity")
    for refused in result.refused:
        path = f"electricity.contracts[{refused.contract.id}]"
        collector.note("contract-refused", path, refused.message.en, refused.message.zh)
    if central(result.surplus) > 0:
        collector.note(
            "contract-surplus", "electricity.contracts",
            f"{central(result.surplus):.6g} kWh are contracted beyond the use and not counted",
            f"合同电量超出用电量 {central(result.surplus):.6g} kWh，超出部分不计入",
        )  # fmt: skip
    return result
