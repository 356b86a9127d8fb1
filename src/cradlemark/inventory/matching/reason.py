"""Say in words why a dataset matches."""

from __future__ import annotations

from collections.abc import Iterable

from cradlemark.core.language import Text
from cradlemark.inventory.concepts import Concept
from cradlemark.inventory.matching.recognition import Hit, Recognition

_METALS = {
    "tin": Text("tin", "锡"), "nickel": Text("nickel", "镍"), "zinc": Text("zinc", "锌"), "silver": Text("silver", "银"),
    "gold": Text("gold", "金"), "chromium": Text("chromium", "铬"), "copper": Text("copper", "铜"),
    "paint": Text("surface finish", "表面处理"),
}  # fmt: skip


def recognised(hit: Hit, concept: Concept) -> Text:
    """The sentence that names what was recognised, and by which designation."""
    en, zh = concept.name.en, concept.name.zh
    if hit.naming in ("designation", "grammar"):
        return Text(
            f"'{hit.text}' is recognised as {en} ({hit.standard}).",
            f"“{hit.text}”按{hit.standard}识别为{zh}。",
        )
    if hit.naming == "trade":
        return Text(f"'{hit.text}' is a trade name for {en}.", f"“{hit.text}”是{zh}的商品名。")
    if hit.naming == "corrected":
        return Text(
            f"{en.capitalize()} is recognised after correcting the spelling to '{hit.text}'.",
            f"将拼写更正为“{hit.text}”后识别为{zh}。",
        )
    return Text(f"'{hit.text}' is recognised as {en}.", f"“{hit.text}”识别为{zh}。")


def fallback(family: Concept, concept: Concept) -> Text:
    """The sentence for a dataset of a family of the concept."""
    return Text(
        f"There is no dataset of its own for {concept.name.en}; the closest family is {family.name.en}.",
        f"没有{concept.name.zh}的专用数据，采用最接近的类别{family.name.zh}。",
    )


def member(offered: Concept, concept: Concept) -> Text:
    """The sentence for a dataset of a member of the concept."""
    return Text(
        f"It is for {offered.name.en}, one kind of {concept.name.en}.",
        f"该数据为{offered.name.zh}，是{concept.name.zh}的一种。",
    )


def not_covered(said: Recognition) -> Iterable[Text]:
    """Sentences for what the line names and the dataset does not hold."""
    for value in said.plating:
        metal = _METALS.get(value, Text(value, value))
        yield Text(
            f"The coating ({metal.en}) is not covered; add it as a process.",
            f"未包含镀层或涂层（{metal.zh}），请另加工序。",
        )
    if said.filler:
        yield Text(
            f"The filler ({said.filler} %) is not modelled; split the line into polymer and filler for a closer value.",
            f"未单独考虑填料（{said.filler}%），如需更准确请将物料拆分为树脂和填料。",
        )
    if said.article:
        yield Text("Only the material is covered, not the making of the part.", "仅包含材料，不含零件加工。")


def joined(sentences: Iterable[Text]) -> Text:
    """Sentences in a row, empty ones left out."""
    kept = [sentence for sentence in sentences if sentence]
    return Text(" ".join(sentence.en for sentence in kept), "".join(sentence.zh for sentence in kept))
