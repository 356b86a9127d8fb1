"""A new study to fill in: commented TOML that reads without error, its examples marked as such."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files

import tomli_w

from cradlemark.core.errors import InputError
from cradlemark.core.language import Language, Text
from cradlemark.core.quantities import conversion_factor, dimension, number_text
from cradlemark.product.study import Component, DatabaseReference
from cradlemark.product.writers.study_document import components_document

RULE_PACK = "iso-14067-2018"
EXAMPLE_MASS = "10 g"
_EXAMPLE = """\
[[components]]
part_number = "100-10"
name = { en = "Housing", zh = "外壳" }
quantity = "1 piece"
[[components.materials]]
text = "PA66 V0"
amount = "6 g" #replace
yields = ["= moulding_yield"]
scrap_route = "recycled_in_house"
origin = "CN"

[[components]]
part_number = "100-20"
name = { en = "Contact", zh = "导电件" }
quantity = "2 piece"
[[components.materials]]
text = "CuSn6"
amount = "2 g" #replace
yields = [0.7]
scrap_route = "recycled_external"
origin = "CN"
"""
TEMPLATE_NOTICE = Text(
    'This study still holds examples of the template: lines that end with "replace".',
    "本研究仍含模板示例：以“替换”结尾的行。",
)
"""Assumption of every new study, until the user has replaced the examples and takes it away."""
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "replace": "# replace",
        "placeholder": TEMPLATE_NOTICE.en,
        "estimate": "placeholder: replace by the measured yield",
        "holder": "Name of the organisation",
    },
    "zh": {
        "replace": "# 替换",
        "placeholder": TEMPLATE_NOTICE.zh,
        "estimate": "占位值：请替换为实测成品率",
        "holder": "组织名称",
    },
}


def starter_toml(
    study_id: str,
    *,
    year: int,
    language: Language = "en",
    components: Sequence[Component] = (),
    databases: Sequence[DatabaseReference] = (),
    title: Text | None = None,
) -> str:
    """Return the document of a new study with guidance in comments.

    Parameters
    ----------
    study_id : str
        Id of the study, and its first title when there is none.
    year : int
        Data period, the last complete year.
    language : {"en", "zh"}
        Language of the comments.
    components : sequence of Component
        Bill of materials to begin with; an example when there is none.
    databases : sequence of DatabaseReference
        Databases besides the packaged one, with their digests; an example in a comment when there is none.
    title : Text, optional
        Name of the product, and first title of the study.

    Returns
    -------
    str
        TOML that `parse_study_toml` reads without error.
    """
    template = files("cradlemark.product.writers").joinpath("starter.txt").read_text("utf-8")
    words = _WORDS[language]
    lines = "\n".join(_chosen(template, language, example=not components))
    document = tomli_w.dumps({"components": components_document(components)}) if components else _EXAMPLE
    text = lines.format(
        id=study_id,
        folder=study_id,
        id_text=_quoted(study_id),
        title_text=_titled(title) if title else _quoted(study_id),
        year=year,
        rule_pack=RULE_PACK,
        databases=_databases_text(databases),
        language=language,
        mass=mass_text(components) if components else EXAMPLE_MASS,
        holder_text=_quoted(words["holder"]),
        placeholder_text=_quoted(words["placeholder"]),
        estimate_text=_quoted(words["estimate"]),
        components=document.rstrip(),
    )
    return text.replace("#replace", words["replace"])


def _titled(title: Text) -> str:
    return "{ " + ", ".join(f"{key} = {_quoted(text)}" for key, text in title.as_dict().items()) + " }"


def _databases_text(databases: Sequence[DatabaseReference]) -> str:
    if not databases:
        return '# databases = ["uslci@sha256:..."]'
    return f"databases = [{', '.join(_quoted(f'{item.id}@{item.digest}') for item in databases)}]"


def mass_text(components: Sequence[Component]) -> str:
    """Return the mass of one declared unit as the sum of the materials that have a mass, for example ``6.48 g``.

    Materials in other quantities do not count, so it is only a first entry; the example mass when nothing has one.
    """
    grams = sum(_grams(component) for component in components)
    return f"{number_text(float(f'{grams:.6g}'))} g" if grams > 0 else EXAMPLE_MASS


def _grams(component: Component) -> float:
    own = sum(
        material.amount.magnitude * conversion_factor(material.amount.unit, "g")
        for material in component.materials
        if material.amount.magnitude is not None and dimension(material.amount.unit) == "mass"
    )
    return (component.quantity.magnitude or 0.0) * (own + sum(_grams(child) for child in component.children))


def _chosen(template: str, language: Language, *, example: bool) -> Iterator[str]:
    """Keep the comments of one language, and the parts that belong to the example components."""
    inside = False
    for line in template.splitlines():
        if line in {"#example", "#end"}:
            inside = line == "#example"
        elif inside and not example:
            continue
        elif line.startswith(("#en ", "#zh ")):
            if line[1:3] == language:
                yield f"# {line[4:]}"
        else:
            yield line


def _quoted(text: str) -> str:
    """Return a TOML text; JSON texts are TOML texts except for the one mark TOML wants escaped."""
    if any(ord(mark) < 32 for mark in text):
        raise InputError(
            Text(f"{text!r} has control characters", f"{text!r} 含控制字符"),
            code="name-invalid",
            hint=Text("use a plain name", "使用普通名称"),
        )
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
