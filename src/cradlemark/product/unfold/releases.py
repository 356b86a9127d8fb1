"""Greenhouse gases that an operation releases itself."""

from __future__ import annotations

from cradlemark.inventory.dataset import Origin
from cradlemark.product.system import Activity, Factor, GasRelease
from cradlemark.product.unfold.collector import Collector, Tags


def add_release(collector: Collector, gas: str, factors: tuple[Factor, ...], path: str, tags: Tags) -> None:
    """Add a gas that an operation releases itself [kg per declared unit]."""
    origin: Origin = "biogenic_emission" if "biogenic" in gas else "fossil"
    collector.activities.append(
        Activity(
            path=collector.unique(path),
            label=tags.named(f"{gas} released", f"直接排放 {gas}").label,
            stage=tags.stage,
            factors=factors,
            unit="kg",
            gas=GasRelease(gas, origin),
            data_kind=tags.data_kind,
            pedigree=tags.pedigree,
            kind="process",
            amount_key=path,
        )
    )
