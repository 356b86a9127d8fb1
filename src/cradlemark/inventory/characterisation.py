"""From masses of greenhouse gases to CO2 equivalents, and from one assessment report to another.

Source of the factors: the packaged table ``datasets/gases.csv`` (GWP100 of IPCC AR4, AR5 and AR6; one source and
one status per gas).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import get_args

import attrs

from cradlemark.core.errors import InputError, MissingDataError, RuleError
from cradlemark.core.language import Text
from cradlemark.inventory.dataset import ORIGINS, Climate, Dataset, GasAmount, GwpSet, Status


@attrs.frozen
class Gas:
    """One greenhouse gas and its global warming potentials.

    Parameters
    ----------
    id : str
        Identifier, for example ``co2``, ``ch4_fossil``, ``hfc_134a``.
    name : Text
    formula, cas : str
    gwp : dict of str to float
        [kg CO2e / kg] over 100 years by assessment report; a report without a value is absent.
    source : str
    status : Status
    note : str
    """

    id: str
    name: Text
    formula: str
    cas: str
    gwp: dict[str, float]
    source: str
    status: Status
    note: str = ""


@cache
def gwp_sets() -> tuple[str, ...]:
    """Names of the sets of global warming potentials: ``AR4``, ``AR5``, ``AR6``."""
    return tuple(name for name in get_args(GwpSet) if name != "unknown")


@cache
def gases() -> dict[str, Gas]:
    """All gases of the packaged table by identifier."""
    text = (resources.files("cradlemark.inventory") / "datasets" / "gases.csv").read_text("utf-8")
    return {row["id"]: _gas(row) for row in csv.DictReader(text.splitlines())}


def _gas(row: dict[str, str]) -> Gas:
    values = {name: float(row[name]) for name in gwp_sets() if row[name]}
    status: Status = row["status"]  # type: ignore[assignment]
    name = Text(row["name_en"], row["name_zh"])
    return Gas(row["id"], name, row["formula"], row["cas"], values, row["source"], status, row["note"])


def gwp(gas: str, gwp_set: str) -> float:
    """Global warming potential over 100 years [kg CO2e / kg].

    Parameters
    ----------
    gas : str
        Identifier in the gas table.
    gwp_set : {"AR4", "AR5", "AR6"}

    Raises
    ------
    MissingDataError
        ``gas-unknown`` for an unknown gas, ``gwp-missing`` when the report has no value for it.
    InputError
        ``gwp-set-unknown`` for another set.
    """
    if gwp_set not in gwp_sets():
        raise InputError(
            Text(f"there is no GWP set {gwp_set!r}", f"没有 GWP 集 {gwp_set!r}"),
            code="gwp-set-unknown",
            hint=Text(f"use one of {', '.join(gwp_sets())}", f"使用以下之一：{'、'.join(gwp_sets())}"),
        )
    found = gases().get(gas)
    if found is None:
        raise MissingDataError(
            Text(f"there is no greenhouse gas {gas!r} in the gas table", f"气体表中没有温室气体 {gas!r}"),
            code="gas-unknown",
            hint=Text(
                "use an identifier such as co2, ch4_fossil, ch4_biogenic, n2o, sf6, hfc_134a",
                "使用标识符，如 co2、ch4_fossil、ch4_biogenic、n2o、sf6、hfc_134a",
            ),
        )
    if gwp_set not in found.gwp:
        raise MissingDataError(
            Text(f"{gwp_set} has no GWP100 of {gas}", f"{gwp_set} 没有 {gas} 的 GWP100"),
            code="gwp-missing",
            hint=Text(
                f"known for it: {', '.join(found.gwp) or 'none'}", f"其已有：{'、'.join(found.gwp) or '无'}"
            ),
        )
    return found.gwp[gwp_set]


def climate_from_gases(
    amounts: Iterable[GasAmount], *, gwp_set: GwpSet, gases_complete: bool = True
) -> Climate:
    """CO2 equivalents by origin from masses per gas.

    Formula: ``co2e[origin] = Σ mass(gas, origin) · GWP100(gas)``.

    Parameters
    ----------
    amounts : iterable of GasAmount
        Masses [kg / unit of the dataset].
    gwp_set : {"AR4", "AR5", "AR6"}
    gases_complete : bool
        False when only carbon dioxide is covered.

    Returns
    -------
    Climate
        [kg CO2e / unit], re-basable.
    """
    amounts = tuple(amounts)
    sums = dict.fromkeys(ORIGINS, 0.0)
    for amount in amounts:
        sums[amount.origin] += amount.mass * gwp(amount.gas, gwp_set)
    return Climate(
        gwp_set=gwp_set,
        co2e=(
            sums["fossil"],
            sums["biogenic_emission"],
            sums["biogenic_removal"],
            sums["land_use_change"],
            sums["aircraft"],
        ),
        gases=amounts,
        origins_known=True,
        gases_complete=gases_complete,
    )


def rebase(dataset: Dataset, gwp_set: GwpSet) -> Dataset:
    """The same dataset with CO2 equivalents under another set of global warming potentials.

    A dataset that covers carbon dioxide only keeps its number, because the GWP of CO2 is 1 in every set.

    Parameters
    ----------
    dataset : Dataset
    gwp_set : {"AR4", "AR5", "AR6"}

    Raises
    ------
    RuleError
        ``gwp-not-rebasable`` for a dataset with CO2e only: without the masses of its gases nobody can tell how
        much of it is methane, so another set cannot be applied.
    """
    climate = dataset.climate
    if climate.gwp_set == gwp_set:
        return dataset
    if not climate.rebasable:
        raise RuleError(
            Text(
                f"dataset {dataset.id} gives CO2 equivalents only (GWP set: {climate.gwp_set}); "
                f"without masses per gas it cannot be put on {gwp_set}",
                f"数据集 {dataset.id} 只给出 CO2 当量（GWP 集：{climate.gwp_set}）；没有各气体质量，无法换算到 {gwp_set}",
            ),
            code="gwp-not-rebasable",
            where=dataset.id,
            hint=Text(
                "use it as it stands and declare its GWP set, or choose a dataset with masses per gas",
                "按原样使用并声明其 GWP 集，或选择含各气体质量的数据集",
            ),
        )
    changed = climate_from_gases(climate.gases, gwp_set=gwp_set, gases_complete=climate.gases_complete)
    return attrs.evolve(dataset, climate=changed)
