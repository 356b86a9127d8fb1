"""What each sheet of the UK workbook means: category, boundary, purpose, and names in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import attrs

from cradlemark.inventory.dataset import Purpose


@attrs.frozen
class Rule:
    """How the values of one sheet become datasets.

    Parameters
    ----------
    short : str
        Part of the identifier.
    title, title_zh : str
        First word of the names.
    category : str
        Default category; `refine` may choose another from the labels.
    boundary : str
    purpose : Purpose
    wanted_group : str
        If given, only the columns under this heading are totals; the others are parts of it.
    named_group : bool
        Whether the heading above the column belongs to the name.
    note : str
    refine : callable
        From labels to category.
    """

    short: str
    title: str
    title_zh: str
    category: str
    boundary: str
    purpose: Purpose = "product"
    wanted_group: str = ""
    named_group: bool = True
    note: str = ""
    refine: Callable[[str], str] | None = None

    def category_of(self, labels: str) -> str:
        """Category of a value with these labels."""
        return self.refine(labels.lower()) if self.refine else self.category


def _material(labels: str) -> str:
    for category, words in (
        ("glass_mineral", "plasterboard"),
        ("packaging", "cans"),
        ("electronics", "electrical|batter"),
        ("metal_nonferrous", "metal"),
        ("polymer", "plastic"),
        ("paper_wood", "paper|board|wood|books"),
        ("textile", "clothing"),
        ("rubber", "tyres"),
        ("cement", "concrete"),
        ("chemical", "mineral oil|asphalt"),
        ("organic", "compost|food|organic"),
    ):
        if re.search(words, labels):
            return category
    return "glass_mineral"


def _freight(labels: str) -> str:
    for category, words in (
        ("freight_air", "flight"),
        ("freight_rail", "rail"),
        ("freight_sea", "tanker|ship|carrier|ferry|sea|vessel"),
    ):
        if re.search(words, labels):
            return category
    return "freight_road"


_COMPANY = "for company reporting: combustion at generation only, without upstream"
_RULES = {
    "fuels": Rule("fuel", "Fuel combustion", "燃料燃烧", "fuel_combustion", "combustion", note="biogenic CO2 excluded"),
    "bioenergy": Rule(
        "bioenergy", "Bioenergy combustion", "生物质燃烧", "bioenergy", "combustion",
        note="CH4 and N2O only; biogenic CO2 and its uptake are left out, they are equal and opposite",
    ),
    "refrigerant & other": Rule(
        "release", "Direct release", "直接排放", "refrigerant", "direct_release",
        wanted_group="Total emissions including non-Kyoto products", named_group=False,
    ),
    "uk electricity": Rule(
        "electricity", "Electricity", "电力", "electricity", "generation", "organisation", note=_COMPANY
    ),
    "transmission and distribution": Rule(
        "network", "Network losses", "输配损耗", "electricity_network", "transmission", "organisation", note=_COMPANY
    ),
    "water supply": Rule("water", "Water supply", "供水", "water", "gate_to_gate", note="operation of the utility"),
    "water treatment": Rule("wastewater", "Water treatment", "污水处理", "water", "treatment"),
    "material use": Rule(
        "material", "Material", "材料", "glass_mineral", "cradle_to_gate",
        note="coarse averages to the point of sale in the UK", refine=_material,
    ),
    "waste disposal": Rule("waste", "Waste", "废弃物", "waste_treatment", "treatment"),
    "freighting goods": Rule(
        "freight", "Freight", "货运", "freight_road", "tank_to_wheel",
        note="vehicle operation; supply of the fuel is not included", refine=_freight,
    ),
}  # fmt: skip


def rule_of(sheet: str) -> Rule | None:
    """The rule of a sheet, or None when its values have no place in a product footprint."""
    name = sheet.strip().lower()
    if name.startswith("wtt") and "fuel" in name:
        return Rule(
            "wtt-fuel", "Fuel supply (well to tank)", "燃料上游（油井到油箱）", "fuel_supply", "well_to_tank"
        )
    if name.startswith("wtt") and "freight" in name:
        return Rule(
            "wtt-freight",
            "Freight fuel supply (well to tank)",
            "货运燃料上游",
            "freight_supply",
            "well_to_tank",
        )
    return _RULES.get(name)


def waste_boundary(group: str) -> str:
    """Landfill values hold the emissions of the landfill; all others are transport to the plant only."""
    return "treatment" if group == "Landfill" else "treatment_transport_only"


_GASES = {
    "carbon dioxide": "co2",
    "methane": "ch4",
    "nitrous oxide": "n2o",
    "perfluoromethane (pfc-14)": "cf4",
    "perfluoroethane (pfc-116)": "c2f6",
    "perfluoropropane (pfc-218)": "c3f8",
    "sulphur hexafluoride (sf6)": "sf6",
    "nitrogen trifluoride": "nf3",
}


def pure_gas(label: str) -> str:
    """Identifier of the gas that a label names, or empty for a blend or a gas outside the gas table."""
    from cradlemark.inventory.characterisation import gases

    name = label.strip().lower()
    found = _GASES.get(name) or re.sub(r"^(h?c?fc|hfe)-", r"\1_", name)
    return found if found in gases() else ""


_WORDS = {
    "Gaseous fuels": "气体燃料", "Liquid fuels": "液体燃料", "Solid fuels": "固体燃料", "Butane": "丁烷",
    "CNG": "压缩天然气", "LNG": "液化天然气", "LPG": "液化石油气", "Natural gas": "天然气",
    "Natural gas (100% mineral blend)": "天然气（100%矿物）", "Other petroleum gas": "其他石油气", "Propane": "丙烷",
    "Burning oil": "煤油", "Diesel (average biofuel blend)": "柴油（平均掺混）", "Fuel oil": "燃料油",
    "Diesel (100% mineral diesel)": "柴油（100%矿物）", "Gas oil": "非道路柴油", "Naphtha": "石脑油",
    "Petrol (average biofuel blend)": "汽油（平均掺混）", "Petrol (100% mineral petrol)": "汽油（100%矿物）",
    "Lubricants": "润滑油", "Coking coal": "炼焦煤", "Petroleum coke": "石油焦", "Coal (industrial)": "煤（工业）",
    "Landfill": "填埋", "Open-loop": "开环回收", "Closed-loop": "闭环回收", "Composting": "堆肥",
    "Incineration with energy recovery": "焚烧（能量回收）", "Anaerobic digestion": "厌氧消化",
    "Primary material production": "原生", "Re-used": "重复使用", "Closed-loop source": "闭环再生",
    "Open-loop source": "开环再生", "Vans": "厢式车", "HGV (all diesel)": "重型货车（柴油）", "Rail": "铁路",
    "Freight train": "货运列车", "Freight flights": "航空货运", "Cargo ship": "货船", "Sea tanker": "油轮",
    "Container ship": "集装箱船", "Bulk carrier": "散货船", "Average": "平均", "Average laden": "平均载重",
    "With RF": "含辐射强迫", "Without RF": "不含辐射强迫", "Construction": "建筑", "Metal": "金属", "Plastic": "塑料",
    "Paper": "纸", "Wood": "木材", "Glass": "玻璃", "Diesel": "柴油", "Petrol": "汽油", "Other": "其他",
}  # fmt: skip


def name_in_chinese(rule: Rule, words: Sequence[str], unit: str, basis: str) -> str:
    """Chinese name; words without a translation stay as they are in the workbook."""
    per = f"每{unit}" + {"net": "净热值", "gross": "高热值", "": ""}[basis]
    return f"{rule.title_zh}：{'，'.join(_WORDS.get(word, word) for word in words)}，{per}"
