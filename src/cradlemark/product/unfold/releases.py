"""Greenhouse gases that an operation releases itself."""

from __future__ import annotations

from cradlemark.core.language import Text
from cradlemark.product.study import Operation
from cradlemark.product.system import Activity, Factor, GasRelease
from cradlemark.product.unfold.collector import Collector


def add_release(
    collector: Collector, gas: str, factors: tuple[Factor, ...], path: str, name: Text, operation: Operation
) -> None:
    """Add a gas that an operation releases itself [kg per declared unit]."""
    origin = "biogenic_emission" if "biogenic" in gas else "fossil"
    collector.activities.append(
        Activity(
            path=path, label=Text(f"{name['en']}: {gas} released", f"{name['zh']}：直接排放 {gas}"),
            stage=operation.stage, factors=factors, unit="kg", gas=GasRelease(gas, origin),
            data_kind=operation.data_kind, pedigree=operation.pedigree, kind="process",
        )  # fmt: skip
    )


