"""Which datasets may enter a product footprint, and why others may not."""

from __future__ import annotations

from cradlemark.core.errors import RuleError
from cradlemark.inventory.dataset import Dataset

TWO_CHINESE_NUMBERS = (
    "China publishes two kinds of electricity numbers: the CO2 emission factor of the grid (0.5306 kg CO2/kWh, "
    "2023), which counts the CO2 of combustion at generation for the accounting of organisations, and the carbon "
    "footprint factor of electricity (0.5777 kg CO2e/kWh, 2024), which counts the life cycle and is meant for products"
)


def refuse_for_product(dataset: Dataset) -> None:
    """Refuse a dataset that must not be used in a product footprint.

    Parameters
    ----------
    dataset : Dataset

    Raises
    ------
    RuleError
        ``factor-organisation`` for a factor meant for the accounting of organisations;
        ``factor-generation-only`` for electricity that counts combustion at generation only.
    """
    if dataset.purpose == "organisation":
        raise RuleError(
            f"dataset {dataset.id} is a factor for the accounting of organisations, not for products. {_why(dataset)}.",
            code="factor-organisation",
            where=dataset.id,
            hint=_instead(dataset),
        )
    if dataset.boundary == "generation":
        raise RuleError(
            f"dataset {dataset.id} counts combustion at generation only; a product footprint needs the life cycle of "
            "electricity with the supply of fuels",
            code="factor-generation-only",
            where=dataset.id,
            hint=_instead(dataset),
        )


def _why(dataset: Dataset) -> str:
    if dataset.geography.partition("-")[0] == "CN" and dataset.category == "electricity":
        return TWO_CHINESE_NUMBERS
    if dataset.category in {"electricity", "electricity_network"}:
        return "It leaves out the supply of fuels, plants and mostly the networks"
    return "It has the boundary of a company's report"


def _instead(dataset: Dataset) -> str:
    if dataset.category not in {"electricity", "electricity_network"}:
        return "choose a dataset with purpose product"
    if dataset.geography.partition("-")[0] == "CN":
        return "use el-cn-cf-2024 with el-cn-td-2024-incl"
    return (
        "use a dataset with boundary generation_life_cycle, such as the national ones of the starter database"
    )


def refuse_as_treatment(dataset: Dataset) -> None:
    """Refuse a dataset that stands for less than the whole treatment of waste.

    Parameters
    ----------
    dataset : Dataset
        Meant as the burden of a waste treatment or of an end of life.

    Raises
    ------
    RuleError
        ``factor-transport-only``: recycling and incineration values of company-reporting sets hold the transport to
        the plant only (4.69 kg CO2e/t), while burning a polymer releases about 2-3 kg CO2/kg.
    """
    if dataset.boundary == "treatment_transport_only":
        raise RuleError(
            f"dataset {dataset.id} counts the transport of the waste to the plant only "
            f"({dataset.climate.total:.3g} kg CO2e per {dataset.unit}), not its treatment; "
            "burning a polymer releases about 2-3 kg CO2 per kg",
            code="factor-transport-only",
            where=dataset.id,
            hint="for incineration use a dataset with boundary treatment, such as der-incin-pa66 or ademe-pe-incin",
        )
