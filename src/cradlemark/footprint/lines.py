"""From activities to lines: intensity of each dataset under one GWP set, climate effect, quality, spread."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import CradlemarkError, MissingDataErrors, Problem
from cradlemark.engine.distributions import log_gsd
from cradlemark.engine.pedigree import Pedigree, gsd
from cradlemark.footprint.footprint import AmountFactor, DatasetUse, Line, Link
from cradlemark.footprint.shared_draws import NONE, SharedDraws
from cradlemark.inventory.characterisation import gwp, rebase
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.dataset import ORIGINS, Dataset, GwpSet
from cradlemark.product.link import Linker
from cradlemark.product.system import Activity, System
from cradlemark.product.unfold.collector import central


class Intensities:
    """Climate intensity of every dataset and gas under one GWP set, looked up once.

    Parameters
    ----------
    inventory : Inventory
    gwp_set : {"AR4", "AR5", "AR6"}
        Datasets that give masses per gas are re-based to it; others keep their own set and say so.
    """

    def __init__(self, inventory: Inventory, gwp_set: GwpSet) -> None:
        self.inventory = inventory
        self.gwp_set = gwp_set
        self._datasets: dict[str, Dataset] = {}
        self._values: dict[str, NDArray[np.float64]] = {}

    def dataset(self, dataset_id: str) -> Dataset:
        """Return the dataset, re-based where that is possible."""
        if dataset_id not in self._datasets:
            found = self.inventory[dataset_id]
            same = found.climate.gwp_set == self.gwp_set
            self._datasets[dataset_id] = (
                rebase(found, self.gwp_set) if found.climate.rebasable and not same else found
            )
        return self._datasets[dataset_id]

    def original(self, dataset_id: str) -> Dataset:
        """Return the dataset as its source gives it; its stated uncertainty belongs to these numbers."""
        return self.inventory[dataset_id]

    def of(self, activity: Activity) -> NDArray[np.float64]:
        """Return the intensity of an activity, shape (origins,) [kg CO2e per its unit]."""
        key = activity.dataset or f"gas:{activity.gas.gas if activity.gas else ''}"
        if key not in self._values:
            self._values[key] = self._value(activity)
        return self._values[key]

    def _value(self, activity: Activity) -> NDArray[np.float64]:
        if activity.gas is None:
            return np.array(self.dataset(activity.dataset).climate.co2e, dtype=np.float64)
        value = np.zeros(len(ORIGINS))
        try:
            potential = gwp(activity.gas.gas, self.gwp_set)
        except CradlemarkError as error:
            problem = Problem(activity.path, error.code, error.message, error.hint)
            raise MissingDataErrors((problem,)) from error
        value[ORIGINS.index(activity.gas.origin)] = potential
        return value


def make_lines(
    system: System, intensities: Intensities, linker: Linker, shared: SharedDraws = NONE
) -> tuple[Line, ...]:
    """Turn every activity into a line: ``climate = amount x intensity`` [kg CO2e per declared unit].

    Parameters
    ----------
    shared : SharedDraws
        Draws that take the place of the uncertainty of their datasets.
    """
    used: dict[str, DatasetUse] = {}
    return tuple(_line(activity, intensities, linker, used, shared) for activity in system.activities)


def _line(
    activity: Activity,
    intensities: Intensities,
    linker: Linker,
    used: dict[str, DatasetUse],
    shared: SharedDraws,
) -> Line:
    amount = central(activity.amount)
    intensity = tuple(float(value) for value in intensities.of(activity))
    dataset = intensities.dataset(activity.dataset) if activity.dataset else None
    if dataset is not None and dataset.id not in used:
        digest = intensities.inventory.database_of(dataset.id).digest
        used[dataset.id] = dataset_use(dataset, digest)
    spread = spread_of(activity.dataset, intensities, shared) if activity.dataset else 1.0
    linked = linker.used.get((activity.text, activity.dataset)) if activity.text else None
    return Line(
        path=activity.path,
        label=activity.label,
        stage=activity.stage,
        kind=activity.kind,
        amount=amount,
        unit=activity.unit,
        factors=tuple(
            AmountFactor(factor.name, central(factor.value), factor.unit, factor.path)
            for factor in activity.factors
        ),
        intensity=intensity,
        climate=tuple(amount * value for value in intensity),
        dataset=used[dataset.id] if dataset else None,
        gas=activity.gas.gas if activity.gas else "",
        gases=_gases(activity, dataset, amount),
        link=Link(linked.text, linked.score, linked.reason, linked.confirmed_by) if linked else None,
        data_kind=activity.data_kind,
        basis=activity.basis,
        packaging=activity.packaging,
        outbound=activity.outbound,
        primary_share=_primary_share(activity, dataset),
        quality=_quality(activity, dataset),
        gsd=math.exp(math.hypot(math.log(spread), math.log(amount_gsd(activity)))),
    )


def dataset_use(dataset: Dataset, digest: str) -> DatasetUse:
    """What a line says about its dataset; `digest` is that of its database."""
    climate = dataset.climate
    return DatasetUse(
        dataset.id, dataset.database, dataset.name, dataset.unit, dataset.geography, dataset.year, dataset.boundary,
        climate.gwp_set, dataset.status, dataset.source.document, dataset.source.place, dataset.licence,
        climate.origins_known, climate.gases_complete, dataset.note, digest, dataset.doubtful, dataset.remarks,
    )  # fmt: skip


def _gases(activity: Activity, dataset: Dataset | None, amount: float) -> tuple[tuple[str, float], ...]:
    if activity.gas is not None:
        return ((activity.gas.gas, amount),)
    if dataset is None:
        return ()
    return tuple((gas.gas, gas.mass * amount) for gas in dataset.climate.gases)


def _primary_share(activity: Activity, dataset: Dataset | None) -> float:
    """Share of primary data in a line [0-1].

    Measured activity of one's own processes counts fully. What is bought counts by the share that its supplier states
    for its footprint: a weighed mass of a material does not make the emissions of its production primary data.
    """
    if activity.data_kind == "measured" and activity.kind != "material":
        return 1.0
    if dataset is not None and dataset.kind == "supplier_footprint":
        return dataset.primary_data_share or 0.0
    return 0.0


def _quality(activity: Activity, dataset: Dataset | None) -> tuple[int, ...] | None:
    found = [item for item in (activity.pedigree, dataset.pedigree if dataset else None) if item is not None]
    if not found:
        return None
    return tuple(max(scores) for scores in zip(*(item.scores for item in found), strict=True))


def spread_of(dataset_id: str, intensities: Intensities, shared: SharedDraws) -> float:
    """Geometric standard deviation of a dataset [1]: of its shared draws where its database has them, else its own."""
    if dataset_id in shared.datasets:
        return shared.gsd.get(dataset_id, 1.0)
    return dataset_gsd(intensities.original(dataset_id))


def dataset_gsd(dataset: Dataset | None) -> float:
    """Geometric standard deviation of a dataset [1]: its stated distribution, else its pedigree, else 1."""
    if dataset is None:
        return 1.0
    if dataset.uncertainty is not None:
        return math.exp(log_gsd(dataset.uncertainty, dataset.climate.total))
    return gsd(dataset.pedigree) if dataset.pedigree is not None else 1.0


def amount_gsd(activity: Activity) -> float:
    """Geometric standard deviation of an amount [1] from the pedigree the user gave; 1 when none."""
    pedigree: Pedigree | None = activity.pedigree
    return gsd(pedigree) if pedigree is not None else 1.0
