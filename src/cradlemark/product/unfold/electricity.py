"""Electricity of one's own operations on both bases (F5): location, and market with contracts and residual mix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from cradlemark.core.errors import MissingDataError
from cradlemark.core.language import Text
from cradlemark.product.electricity import ContractedAmount, Coverage, CoveredAmount, coverage
from cradlemark.product.system import Basis, Factor
from cradlemark.product.unfold.collector import Collector, Tags, central

_WORDS = frozenset({
    "electricity", "grid electricity", "power", "electric energy", "electric power", "strom",
    "电", "电力", "电能", "用电", "外购电", "外购电力", "网电", "市电", "电网电力",
})  # fmt: skip

SMALLEST_USE = 1e-9
"""Contracts are held against a use [kWh]."""
OFF_GRID = frozenset({"own_generation", "direct_line"})
"""Kinds of contract whose electricity does not come through the public network."""


def is_electricity(carrier: str) -> bool:
    """Whether a carrier as the user wrote it is electricity that goes through the electricity rules."""
    return carrier.strip().lower() in _WORDS


@attrs.frozen
class Supply:
    """Datasets of one kilowatt-hour at a place; empty where there is none."""

    location: str
    losses: str
    residual: str
    place: str


@attrs.frozen
class _Use:
    """One amount of electricity that becomes several activities."""

    collector: Collector
    factors: tuple[Factor, ...]
    path: str
    tags: Tags
    place: str

    def add(self, dataset: str, extra: tuple[Factor, ...], basis: Basis, suffix: str, name: Text) -> None:
        """Add one activity of it, on one basis."""
        tags = attrs.evolve(self.tags, kind="energy", basis=basis).named(name["en"], name["zh"])
        linked = self.collector.link(
            name["en"],
            role="electricity",
            unit="kWh",
            dataset=dataset,
            path=self.path,
            tags=tags,
            place=self.place,
        )
        if linked:
            path = f"{self.path}{suffix}"
            self.collector.add(linked, (*self.factors, *extra), path=path, tags=tags, amount=self.path)


def unfold_electricity(
    collector: Collector, energy: Iterable[Factor], path: str, tags: Tags, *, own: bool, place: str = ""
) -> None:
    """Add an amount of electricity [kWh]: once for both bases, or apart where they differ.

    Parameters
    ----------
    energy : iterable of Factor
        Their product is kWh per declared unit.
    own : bool
        Whether the site's mix and contracts apply to it.
    place : str
        Where it is used; empty: the site.
    """
    supply = _supply(collector, own=own, place=place)
    use = _Use(collector, tuple(energy), path, tags, supply.place)
    covered = contract_coverage(collector) if own else None
    on_site = [item for item in covered.covered if item.contract.kind in OFF_GRID] if covered else []
    bought = [item for item in covered.covered if item.contract.kind not in OFF_GRID] if covered else []
    for item in on_site:
        _contract(use, item, "both")
    public = _public(on_site)
    apart = own and bool(supply.residual or bought)
    use.add(supply.location, public, "location" if apart else "both", "", Text("grid mix", "电网平均"))
    if supply.losses:
        use.add(supply.losses, public, "both", "/losses", Text("networks and losses", "输配电及线损"))
    if apart:
        for item in bought:
            _contract(use, item, "market")
        rest = covered.residual_share if covered else 1.0
        share = Factor("share not covered by contracts", rest, "1", "electricity.contracts")
        title = Text("not covered by contracts", "合同未覆盖部分")
        use.add(supply.residual or supply.location, (share,), "market", "/remainder", title)


def _contract(use: _Use, item: CoveredAmount, basis: Basis) -> None:
    contract = item.contract
    path = f"electricity.contracts[{contract.id}].amount"
    share = Factor(f"share covered by {contract.id}", item.share, "1", path)
    title = Text(f"contract: {contract.text}", f"合同：{contract.text}")
    use.add(contract.dataset, (share,), basis, f"/contract[{contract.id}]", title)


def _public(on_site: Sequence[CoveredAmount]) -> tuple[Factor, ...]:
    """Share that comes through the public network, as a factor; none when all of it does.

    Electricity made on site or brought by a direct line never reaches the grid: it has the same intensity on both
    bases, and no network losses.
    """
    if not on_site:
        return ()
    rest = 1.0 - sum((item.share for item in on_site), start=0.0)
    return (Factor("share that comes through the public network", rest, "1", "electricity.contracts"),)


def _supply(collector: Collector, *, own: bool, place: str) -> Supply:
    electricity = collector.study.electricity
    place = place or electricity.place or collector.study.site.place or collector.study.place
    found = collector.grids.at(place)
    if found and found.note:
        collector.note("grid-note", "electricity.place", found.note.en, found.note.zh)
    location, losses, residual = (found.location, found.losses, found.residual) if found else ("", "", "")
    if not own:
        return Supply(location, losses, residual, place)
    if electricity.dataset:
        location, losses = electricity.dataset, electricity.losses_dataset
    return Supply(
        location, electricity.losses_dataset or losses, electricity.residual_dataset or residual, place
    )


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
            Text(
                "there are contracts but no total electricity use of the site", "有合同，但没有工厂的总用电量"
            ),
            code="electricity-use-missing",
            where="electricity.used",
            hint=Text("state the site's use in the data period", "给出数据期间工厂的用电量"),
        )
    evaluator = collector.evaluator
    used = evaluator.number(electricity.used, "electricity.used", "kWh", low=SMALLEST_USE)
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
    surplus = central(result.surplus)
    if surplus > 0:
        collector.note(
            "contract-surplus",
            "electricity.contracts",
            f"{surplus:.6g} kWh are contracted beyond the use and not counted",
            f"合同电量超出用电量 {surplus:.6g} kWh，超出部分不计入",
        )
    if not electricity.residual_dataset and not _has_residual(collector):
        collector.note(
            "residual-mix-missing",
            "electricity.residual_dataset",
            "no residual mix for product footprints is known here; what contracts do not cover is counted with the "
            "average mix, which counts contracted green power of others twice",
            "当地没有可用于产品碳足迹的剩余电力组合；合同未覆盖部分按平均组合计算，可能重复计入他人已购绿电",
        )
    return result


def _has_residual(collector: Collector) -> bool:
    return bool(_supply(collector, own=True, place="").residual)
