"""The reference page of the unit-process models, made from their definitions so that it cannot drift."""

from __future__ import annotations

from collections.abc import Iterable

from cradlemark.product.models.constants import constants
from cradlemark.product.models.materials import materials
from cradlemark.product.models.model import Model, ModelInput
from cradlemark.product.models.registry import MODELS

_HEAD = """# Unit-process models

Energy, auxiliaries, direct emissions and scrap of one good part from machine and material data. An operation of a study
names a model and gives its inputs; measured energy always has precedence, and the models then only check it against the
thermodynamic minimum.

- An input without a value takes the property of the named material, else its declared default. Every value taken this
  way is named in the result. A step whose optional input is missing is not part of the result and is named too.
- A value outside its usual range is reported, one outside its physical range is refused.
- Stated energy at or below the minimum, or above the stated multiple of it, is flagged, never refused.
- Models called *screening* use the middle of a literature range and are low quality.
- Formulas, defaults and usual ranges have the status written beside them.

This page is generated from the definitions of the models; a test compares both.
"""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _range(item: ModelInput) -> str:
    if item.low is None and item.high is None:
        return ""
    return f"{_number(item.low)} to {_number(item.high)}"


def inputs_table(model: Model) -> str:
    """Return the table of a model's inputs with units, defaults, usual ranges, status and source, as Markdown."""
    rows = [
        _row(
            ("input", "unit", "meaning", "含义", "default", "usual range", "when missing", "status", "source")
        ),
        _row("---" for _ in range(9)),
    ]
    for item in model.inputs:
        missing = "step left out" if item.optional else "default" if item.default is not None else "asked for"
        if item.material_property:
            missing = f"property of the material, else {missing}"
        status = (item.status, item.source) if item.source else ("", "")
        cells = (
            f"`{item.name}`",
            item.unit,
            item.title.en,
            item.title.zh,
            _number(item.default),
            _range(item),
        )
        rows.append(_row((*cells, missing, *status)))
    return "\n".join(rows)


def _section(model: Model) -> str:
    limit = model.upper_multiple
    return "\n".join(
        (
            f"## `{model.name}`: {model.title.en} / {model.title.zh}",
            "",
            f"Level: {model.level}. Status of the formula: {model.status}. Source: {model.source}.",
            "",
            f"    {model.formula.en}",
            "",
            f"- Validity: {model.validity.en}.",
            f"- 适用范围：{model.validity.zh}。",
            f"- Thermodynamic minimum: {model.minimum_basis.en}.",
            f"- 理论最低能耗：{model.minimum_basis.zh}。",
            f"- Unusually high: above {limit.value:g} times the minimum ({limit.status}; {limit.source}).",
            "",
            inputs_table(model),
            "",
        )
    )


def _materials() -> str:
    rows = [
        _row(("material", "name", "名称", "properties", "status", "source")),
        _row("---" for _ in range(6)),
    ]
    for item in materials():
        known = ", ".join(f"{name} {value:g}" for name, value in item.properties)
        rows.append(_row((f"`{item.id}`", item.name.en, item.name.zh, known, item.status, item.source)))
    units = (
        "Units: specific heats kJ/K/kg; latent and fusion heat kJ/kg; temperatures degC; densities kg/m3; tensile "
        "strength MPa; atomic mass g/mol; crystalline share and charge number 1."
    )
    return "\n".join(("## Material properties", "", units, "", *rows, ""))


def _constants() -> str:
    heads = [
        _row(("constant", "value", "unit", "meaning", "status", "source")),
        _row("---" for _ in range(6)),
    ]
    rows = [
        _row((f"`{item.name}`", repr(item.value), item.unit, item.meaning.en, item.status, item.source))
        for item in constants()
    ]
    return "\n".join(("## Constants", "", *heads, *rows, ""))


def reference_page() -> str:
    """Return the whole reference page as Markdown."""
    return "\n".join((_HEAD, *(_section(model) for model in MODELS.values()), _materials(), _constants()))
