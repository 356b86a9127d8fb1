"""Columns of tables of unit processes, in English and Chinese, and the words that stand for kinds of exchanges."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.inventory.table_columns import plain

TableName = Literal["processes", "exchanges", "flows", "parameters"]


@attrs.frozen
class Heading:
    """One column.

    Parameters
    ----------
    name : str
    title : Text
        As the template writes it.
    meaning : Text
    others : tuple of str
        Other headings that are recognised.
    """

    name: str
    title: Text
    meaning: Text
    others: tuple[str, ...] = ()


def _heading(name: str, chinese: str, meaning: str, meaning_zh: str, *others: str) -> Heading:
    return Heading(name, Text(name, chinese), Text(meaning, meaning_zh), others)


_ID = _heading(
    "id",
    "编号",
    "identifier; the name when empty",
    "编号；留空则为名称",
    "code",
    "uuid",
    "identifier",
    "代码",
)
_NAME = _heading(
    "name", "名称", "name", "名称", "name_en", "process name", "flow name", "英文名称", "过程名称", "流名称"
)
_CHINESE = _heading("name_zh", "中文名称", "name in Chinese", "中文名称", "chinese name")
_CATEGORY = _heading(
    "category", "类别", "category, parts separated by /", "类别，以 / 分隔", "group", "folder", "分类"
)
_PLACE = _heading(
    "location",
    "地域",
    "place (CN, CN-GD, DE, GLO)",
    "地域（CN、CN-GD、DE、GLO）",
    "geography",
    "place",
    "region",
    "country",
    "地区",
    "地理",
)
_UNCERTAINTY = _heading(
    "uncertainty", "不确定性", "lognormal:GSD, normal:SD, uniform:LOW:HIGH, triangular:LOW:HIGH, or 15 %",
    "lognormal:几何标准差、normal:标准差、uniform:下限:上限、triangular:下限:上限，或 15 %", "distribution", "不确定度",
)  # fmt: skip
_FORMULA = _heading(
    "formula", "公式", "formula; counts before amount or value", "公式；优先于数值", "expression", "计算公式"
)
_COMMENT = _heading("comment", "备注", "remark", "备注", "note", "remark", "remarks", "comments", "说明")

HEADINGS: Mapping[TableName, tuple[Heading, ...]] = {
    "processes": (
        _ID, _NAME, _CHINESE, _CATEGORY, _PLACE,
        _heading("valid_from", "开始年份", "first day or year", "开始日期或年份", "year", "start", "年份"),
        _heading("valid_until", "结束年份", "last day or year", "结束日期或年份", "end"),
        _heading("version", "版本", "version", "版本"),
        _heading("allocation_method", "分配方法", "physical, economic or causal", "physical、economic 或 causal", "allocation"),
        _heading("description", "描述", "description", "描述", "general comment"),
        _heading("technology", "技术", "technology", "技术描述", "technology description"),
        _heading("kind", "类型", "unit_process or aggregated", "unit_process 或 aggregated", "process type", "type"),
    ),
    "exchanges": (
        _heading("process", "过程", "identifier or name; empty: as above", "过程编号或名称；留空同上行", "process name", "process id", "activity", "过程名称", "工序", "活动"),
        _heading("type", "类型", "reference, product, input, waste, treatment, emission, resource or avoided",
                 "主产品、副产品、输入、废物、处理、排放、资源或替代", "kind", "exchange type", "role", "input output", "方向", "direction", "投入产出"),
        _heading("flow", "流", "identifier or name", "流编号或名称", "flow name", "flow id", "exchange", "item", "material", "substance", "流名称", "物料", "物质", "清单物质"),
        _heading("amount", "数量", "amount", "数量", "quantity", "value", "mean", "用量", "数值", "消耗量"),
        _heading("unit", "单位", "unit", "单位", "units", "计量单位"),
        _heading("compartment", "介质", "air, water, soil, ...", "空气、水、土壤等", "medium", "to", "sub compartment", "环境介质"),
        _heading("provider", "供应过程", "process that supplies it", "供应过程", "supplier process", "default provider", "上游过程", "提供方"),
        _PLACE, _FORMULA,
        _heading("allocation", "分配系数", "share of a product, 0 to 1 or %", "产品的分配份额，0 至 1 或 %", "allocation factor", "share", "分配比例", "分摊系数"),
        _heading("price", "收入", "revenue of a product", "产品收入", "revenue", "cost", "金额"),
        _UNCERTAINTY,
        _heading("pedigree", "数据质量", "data quality, such as (2;1;3;1;4)", "数据质量，如 (2;1;3;1;4)", "data quality", "dqi"),
        _heading("cas", "CAS号", "CAS number", "CAS 号", "cas number", "cas no"),
        _COMMENT,
    ),
    "flows": (
        _ID, _NAME, _CHINESE,
        _heading("type", "类型", "product, waste or elementary", "产品、废物或基本流", "kind", "flow type"),
        _heading("unit", "单位", "reference unit", "基准单位", "reference unit"),
        _CATEGORY,
        _heading("compartment", "介质", "of an elementary flow", "基本流的介质", "medium"),
        _heading("cas", "CAS号", "CAS number", "CAS 号", "cas number"),
        _heading("formula", "化学式", "chemical formula", "化学式", "chemical formula"),
        _PLACE,
        _heading("mass", "单位质量", "kilograms per reference unit", "每基准单位的质量（kg）", "kg per unit", "mass kg", "单重"),
        _heading("energy", "单位热值", "megajoules per reference unit", "每基准单位的能量（MJ）", "mj per unit", "heating value", "热值"),
        _heading("synonyms", "别名", "synonyms, separated by ;", "别名，以 ; 分隔", "synonym", "同义词"),
    ),
    "parameters": (
        _heading("process", "过程", "empty: of the whole database", "留空：整个数据库", "process name", "过程名称", "scope"),
        _heading("name", "参数", "name in formulas", "公式中的名称", "parameter", "variable", "参数名称"),
        _heading("value", "数值", "value", "数值", "amount", "值"),
        _FORMULA, _UNCERTAINTY, _heading("description", "描述", "remark", "说明", "comment", "备注"),
    ),
}  # fmt: skip
"""Columns by table, in the order of the template."""

NEEDED: Mapping[TableName, tuple[frozenset[str], ...]] = {
    "exchanges": (frozenset({"process", "flow", "unit", "amount"}), frozenset({"process", "flow", "unit", "formula"})),
    "processes": (frozenset({"name", "location"}), frozenset({"id", "name", "category"}), frozenset({"id", "name", "kind"}), frozenset({"id", "name", "valid_from"})),
    "flows": (frozenset({"name", "unit", "type"}), frozenset({"name", "unit", "mass"}), frozenset({"name", "unit", "cas"})),
    "parameters": (frozenset({"name", "value"}), frozenset({"name", "formula"})),
}  # fmt: skip
"""Columns that a sheet must have to be a table, any of the sets."""
NAMES: Mapping[str, TableName] = {
    "processes": "processes", "process": "processes", "activities": "processes", "过程": "processes", "工序": "processes", "过程清单": "processes",
    "exchanges": "exchanges", "exchange": "exchanges", "inventory": "exchanges", "inputs outputs": "exchanges", "交换": "exchanges",
    "清单": "exchanges", "投入产出": "exchanges", "输入输出": "exchanges",
    "flows": "flows", "flow": "flows", "流": "flows", "物料": "flows", "物质": "flows",
    "parameters": "parameters", "parameter": "parameters", "参数": "parameters",
}  # fmt: skip
"""Names of sheets and files."""

Kind = Literal["reference", "product", "input", "waste", "treatment", "emission", "resource", "avoided"]
_KINDS: Mapping[Kind, str] = {
    "reference": "reference|reference product|main product|reference flow|主产品|参考产品|基准流|参考流",
    "product": "product|by product|byproduct|co product|coproduct|output|产品|副产品|联产品|共生产品|产出|输出",
    "input": "input|material|raw material|energy|electricity|fuel|auxiliary|transport|service|technosphere|from technosphere|输入|投入|原料|原材料|辅料|能源|燃料|电力|运输|产品输入",
    "waste": "waste|waste to treatment|废物|固废|废水|废弃物|待处置废物",
    "treatment": "treatment|waste treatment|waste treated|waste input|处理|废物处理|处置",
    "emission": "emission|emissions|emission to air|to air|to water|direct emission|排放|直接排放|废气|排放物",
    "resource": "resource|natural resource|raw|from nature|from ground|资源|自然资源",
    "avoided": "avoided|avoided product|substitution|credit|替代|替代产品|避免产品|抵扣",
}  # fmt: skip


@cache
def headings_of(table: TableName) -> dict[str, str]:
    """Name of the column by recognised heading, in the spelling of `plain`."""
    found: dict[str, str] = {}
    for heading in HEADINGS[table]:
        for text in (heading.name, heading.title.zh, *heading.others):
            found.setdefault(plain(text), heading.name)
    return found


@cache
def kind_of(word: str) -> Kind | None:
    """What a word in the column ``type`` means; None when it is not known."""
    return _kinds().get(plain(word))


@cache
def _kinds() -> dict[str, Kind]:
    return {plain(word): kind for kind, words in _KINDS.items() for word in words.split("|")}


def flow_kind_of(word: str) -> Literal["product", "waste", "elementary"] | None:
    """What a word in the column ``type`` of flows means."""
    kinds: dict[str, Literal["product", "waste", "elementary"]] = {
        "product": "product", "产品": "product", "product flow": "product", "waste": "waste", "废物": "waste", "waste flow": "waste",
        "elementary": "elementary", "elementary flow": "elementary", "emission": "elementary", "resource": "elementary",
        "基本流": "elementary", "排放": "elementary", "资源": "elementary",
    }  # fmt: skip
    return kinds.get(plain(word))
