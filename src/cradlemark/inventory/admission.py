"""Which datasets may enter a product footprint, and why others may not."""

from __future__ import annotations

from cradlemark.core.errors import RuleError
from cradlemark.core.language import Text
from cradlemark.inventory.dataset import Dataset

TWO_CHINESE_NUMBERS = Text(
    "China publishes two kinds of electricity numbers: the CO2 emission factor of the grid (0.5306 kg CO2/kWh, "
    "2023), which counts the CO2 of combustion at generation for the accounting of organisations, and the carbon "
    "footprint factor of electricity (0.5777 kg CO2e/kWh, 2024), which counts the life cycle and is meant for products",
    "中国发布两类电力数值：电网 CO2 排放因子（0.5306 kg CO2/kWh，2023 年）只计发电燃烧的 CO2，用于组织核算；"
    "电力碳足迹因子（0.5777 kg CO2e/kWh，2024 年）计全生命周期，用于产品",
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
            Text(
                f"dataset {dataset.id} is a factor for the accounting of organisations, not for products. {_why(dataset).en}.",
                f"数据集 {dataset.id} 是组织核算因子，不用于产品。{_why(dataset).zh}。",
            ),
            code="factor-organisation",
            where=dataset.id,
            hint=_instead(dataset),
        )
    if dataset.boundary == "generation":
        raise RuleError(
            Text(
                f"dataset {dataset.id} counts combustion at generation only; a product footprint needs the life cycle of "
                "electricity with the supply of fuels",
                f"数据集 {dataset.id} 只计发电时的燃烧；产品足迹需要包括燃料供应的电力生命周期",
            ),
            code="factor-generation-only",
            where=dataset.id,
            hint=_instead(dataset),
        )


def _why(dataset: Dataset) -> Text:
    if dataset.geography.partition("-")[0] == "CN" and dataset.category == "electricity":
        return TWO_CHINESE_NUMBERS
    if dataset.category in {"electricity", "electricity_network"}:
        return Text(
            "It leaves out the supply of fuels, plants and mostly the networks",
            "它不含燃料供应、电厂，多数也不含电网",
        )
    return Text("It has the boundary of a company's report", "其边界是公司报告的边界")


def _instead(dataset: Dataset) -> Text:
    if dataset.category not in {"electricity", "electricity_network"}:
        return Text("choose a dataset with purpose product", "选择用途为 product 的数据集")
    if dataset.geography.partition("-")[0] == "CN":
        return Text("use el-cn-cf-2024 with el-cn-td-2024-incl", "使用 el-cn-cf-2024 和 el-cn-td-2024-incl")
    return Text(
        "use a dataset with boundary generation_life_cycle, such as the national ones of the starter database",
        "使用边界为 generation_life_cycle 的数据集，如内置数据库中的各国数据集",
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
            Text(
                f"dataset {dataset.id} counts the transport of the waste to the plant only "
                f"({dataset.climate.total:.3g} kg CO2e per {dataset.unit}), not its treatment; "
                "burning a polymer releases about 2-3 kg CO2 per kg",
                f"数据集 {dataset.id} 只计废物运到工厂的运输（{dataset.climate.total:.3g} kg CO2e/{dataset.unit}），不计其处理；燃烧聚合物约排放 2-3 kg CO2/kg",
            ),
            code="factor-transport-only",
            where=dataset.id,
            hint=Text(
                "for incineration use a dataset with boundary treatment, such as der-incin-pa66 or ademe-pe-incin",
                "焚烧请用边界为处理的数据集，如 der-incin-pa66 或 ademe-pe-incin",
            ),
        )
