"""Remarks of the program on processes and results, in Chinese: they are made, stored and compared in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from cradlemark.core.language import Language, Text
from cradlemark.inventory.concepts import packaged_concepts

_PHRASES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^Climate change, GWP100 (\w+)", r"气候变化，GWP100 \1"),
        (r"^declared$", "声明"),
        (r"^single$", "单一产品"),
        (r"^nothing to share$", "无需分配"),
        (r"^declared causal(.*)$", r"声明：因果\1"),
        (r"^declared physical(.*)$", r"声明：物理\1"),
        (r"^declared economic(.*)$", r"声明：经济\1"),
        (r"^mass$", "按质量"),
        (r"^energy$", "按能量"),
        (r"^price$", "按价格"),
        (r"^cut-off$", "全部归参考产品"),
        (r"^substitution$", "替代法"),
        (r", none chosen, all agree", "（未指定方法，各方法一致）"),
        (r"^(\w[\w-]*): ", r"\1："),
        (r"the source chooses no method and its factors differ by method", "数据源未指定方法，且各方法因子不同"),
        (r"the source chooses no method", "数据源未指定方法"),
        (r"causal factors are not there for every product and exchange", "因果因子不全"),
        (r"physical factors are not there for every product and exchange", "物理因子不全"),
        (r"economic factors are not there for every product and exchange", "经济因子不全"),
        (r"(\w+) factors sum to (\S+) to (\S+) instead of 1", r"\1 因子之和为 \2 至 \3，而非 1"),
        (r"the (\w+) of a product is not known", r"某产品的 \1 未知"),
        (r"the (\w+) of the products is not positive", r"产品的 \1 不为正"),
        (r"there is not exactly one reference product", "参考产品不唯一"),
        (r"^negative$", "数值为负"),
        (r"^no climate impact: all its inputs are cut off$", "无气候影响：所有输入均被截断"),
        (r"^no climate impact$", "无气候影响"),
        (r"^above (\S+) kg CO2e per (.+)$", r"高于 \1 kg CO2e/\2"),
        (r"^(\S+) kg CO2e per (\S+) is not plausible for (.+): expected (\S+) to (\S+)(.*)$", lambda m: f"每 {m[2]} {m[1]} kg CO2e 对{_things(m[3])}不合理：应为 {m[4]} 至 {m[5]}{m[6]}"),
        (r"not plausible for (.+): expected (\S+) to (\S+) kg CO2e per (\S+)", lambda m: f"对{_things(m[1])}不合理：应为每 {m[4]} {m[2]} 至 {m[3]} kg CO2e"),
        (r"^(\S+) of the lowest of (\d+) packaged factors for (.+) \((\S+) to (\S+) kg CO2e per (\S+)\)$", lambda m: f"仅为{_things(m[3])}的 {m[2]} 个内置因子中最低值的 {m[1]} 倍（{m[4]} 至 {m[5]} kg CO2e/{m[6]}）"),
        (r"^(\S+) times the highest of (\d+) packaged factors for (.+) \((\S+) to (\S+) kg CO2e per (\S+)\)$", lambda m: f"为{_things(m[3])}的 {m[2]} 个内置因子中最高值的 {m[1]} 倍（{m[4]} 至 {m[5]} kg CO2e/{m[6]}）"),
        (r"^the product is (.+), its process is named after (.+)$", lambda m: f"产品为{_things(m[1])}，其过程名称却指向{_things(m[2])}"),
        (r"; (\S+) kg CO2e per (\S+) would be plausible", r"；\1 kg CO2e/\2 则合理"),
        (r"; perhaps the value per (\S+) was written per (\S+)", r"；可能把每 \1 的值写成了每 \2"),
        (r"^inputs that are cut off may add (\S+) of it$", r"被截断的输入可能使其增加 \1"),
        (r"allocation by (\w+) leaves (\S+) to the reference product (.+)", r"按 \1 分配只给参考产品 \3 留下 \2"),
        (r"characterised in (.+), not in (\w+)", r"仅在 \1 中有因子，\2 中没有"),
        (r"characterised as (\w+) only", r"仅作为 \1 有因子"),
        (r"its compartment is not understood", "无法识别其环境介质"),
        (r"origin of the carbon not stated, taken as fossil", "未说明碳来源，按化石处理"),
        (r"origin of the carbon not stated", "未说明碳来源"),
        (r"factor without origin of the carbon", "因子未区分碳来源"),
        (r"taken from the air, so biogenic", "取自空气，故为生物源"),
        (r"(fossil|biogenic|land use) carbon; characterised for (.+) carbon only", r"\1 碳；仅 \2 碳有因子"),
        (r"no factor for (\S+), taken from (\S+)", r"\1 无因子，取自 \2"),
        (r"no factor for (.+), all parts have the same one", r"\1 无因子，各子介质因子相同"),
        (r"no factor for (.+), and the parts differ", r"\1 无因子，且各子介质因子不同"),
        (r"its factors differ: (\S+) to (\S+)", r"其因子不一致：\1 至 \2"),
        (r"the units (.+) and (.+) do not convert", r"单位 \1 与 \2 无法换算"),
        (r" kg CO2e per (\S+?)(?=[；;]|$)", r" kg CO2e/\1"),
        (r"^(\S+) times the median of (\d+) makers of the same product$", r"为同一产品 \2 个生产方中位数的 \1 倍"),
    )
)  # fmt: skip


@cache
def _chinese_things() -> dict[str, str]:
    """Chinese names of what a remark can be about: concepts, categories of factors, and some words beside them."""
    from cradlemark.inventory.gates import categories

    named = [concept.name for concept in packaged_concepts().by_id.values()]
    named += [Text(name.en.lower(), name.zh) for name in categories().values()]
    beside = {"a sector": "部门", "a gas": "气体", "nuclear fuel": "核燃料"}
    return {name.en: name.zh for name in named} | beside


def _things(names: str) -> str:
    return "、".join(_chinese_things().get(name, name) for name in names.split(", "))


def remark(text: str) -> Text:
    """A remark of the program in both languages."""
    return Text(text, phrase(text, "zh"))


def policies(text: str, language: Language) -> str:
    """Policies of allocation, in order of preference."""
    return ", ".join(phrase(policy, language) for policy in text.split(","))


def phrase(text: str, language: Language) -> str:
    """A remark of the program in the chosen language; one that is not known stays English."""
    if language == "en":
        return text
    for pattern, words in _PHRASES:
        text = pattern.sub(words, text)
    return text
