"""The tables of a process database and their columns: the one description that writing, reading and documents use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from cradlemark.core.language import Text

FieldKind = Literal["text", "integer", "number"]
NONE = -1
"""Integer for "no such row"."""


@attrs.frozen
class Field:
    """One column.

    Parameters
    ----------
    name : str
    kind : {"text", "integer", "number"}
        An absent number is nan, an absent integer -1, an absent text is empty.
    note : str
        Meaning, with the unit in brackets.
    """

    name: str
    kind: FieldKind
    note: str


def _fields(kind: FieldKind, /, **notes: str) -> tuple[Field, ...]:
    return tuple(Field(name, kind, note) for name, note in notes.items())


_NAMES = _fields(
    "text",
    name_en="name in English, or in the only language of the source when that is not known",
    name_zh="name in Chinese",
    name_other="names in other languages, JSON object by language",
)
_UNCERTAINTY = (
    *_fields("text", distribution="lognormal, normal, triangular, uniform or empty"),
    *_fields(
        "number",
        p1="geometric mean, mean, or minimum [as the amount]",
        p2="geometric standard deviation [1], standard deviation, mode, or maximum [as the amount]",
        p3="maximum of a triangular distribution [as the amount]",
    ),
)

TABLES: Mapping[str, Text] = {
    "processes": Text("processes", "过程"), "flows": Text("flows", "流"), "flow_properties": Text("flow_properties", "流属性"),
    "exchanges": Text("exchanges", "交换"), "allocation_factors": Text("allocation_factors", "分配因子"),
    "parameters": Text("parameters", "参数"), "units": Text("units", "单位"), "activities": Text("activities", "活动"),
    "technosphere": Text("technosphere", "技术圈"), "biosphere": Text("biosphere", "生物圈"), "cut_offs": Text("cut_offs", "截断"),
    "mappings": Text("mappings", "映射"), "impact_categories": Text("impact_categories", "影响类别"),
    "characterisation": Text("characterisation", "特征化因子"),
}  # fmt: skip
"""Names of the tables; in English those of their files."""
SCHEMA: Mapping[str, tuple[Field, ...]] = {
    "processes": (
        *_fields("text", id="identifier in the source"),
        *_NAMES,
        *_fields(
            "text",
            kind="unit_process or aggregated",
            category="path, separated by /",
            location="code of the place as in the source",
            valid_from="first day or year",
            valid_until="last day or year",
            version="version of the data set",
            allocation="allocation method that the source declares, or empty",
            description="description in the first language of the source",
            technology="technology in the first language of the source",
        ),
        *_fields(
            "integer", usable="0 when its reference exchange was refused, so that it makes nothing; else 1"
        ),
    ),
    "flows": (
        *_fields("text", id="identifier in the source"),
        *_NAMES,
        *_fields(
            "text",
            kind="product, waste or elementary",
            category="path or compartment, separated by /",
            cas="CAS number",
            formula="chemical formula",
            location="code of the place",
            unit="reference unit, in which all amounts of the flow are stored",
            property="identifier of the reference flow property",
            synonyms="synonyms",
        ),
    ),
    "flow_properties": (
        *_fields("integer", flow="row of flows"),
        *_fields("text", property="identifier", name="name", unit="reference unit of the property"),
        *_fields("number", factor="amount of the property [unit] per 1 reference unit of the flow"),
    ),
    "exchanges": (
        *_fields(
            "integer",
            process="row of processes",
            number="number of the exchange in the process",
            flow="row of flows",
        ),
        *_fields(
            "text",
            direction="input or output, as in the source",
            role="reference, product, treatment, input, waste, avoided, resource or emission",
        ),
        *_fields(
            "number",
            amount="amount that counts [reference unit of the flow]",
            source_amount="amount as it stands in the source [source_unit]",
            factor="reference units of the flow per source unit [1]",
        ),
        *_fields(
            "text",
            source_unit="unit in the source",
            formula="formula in the source",
            declared_provider="identifier of the default provider in the source",
            location="place of the exchange, when it has one of its own",
            comment="remark",
            pedigree="data quality entry as in the source, for example (2;1;3;1;4)",
        ),
        *_UNCERTAINTY,
        *_fields("number", base_uncertainty="basic uncertainty that goes with the pedigree [1]"),
        *_fields("number", price="cost or revenue of the exchange, in the source's currency"),
        *_fields("text", link="how the provider was found, or why there is none; empty for what needs none"),
        *_fields("integer", provider="row of processes, or -1"),
    ),
    "allocation_factors": (
        *_fields("integer", process="row of processes", flow="row of flows: the product"),
        *_fields("text", method="causal, physical, economic or percentage"),
        *_fields("integer", exchange="number of the exchange that is allocated; -1: all of the process"),
        *_fields("number", value="share [1]"),
        *_fields("text", formula="formula in the source"),
    ),
    "parameters": (
        *_fields("integer", process="row of processes; -1: of the whole database"),
        *_fields(
            "text", name="name in formulas", formula="formula, empty for an input", description="remark"
        ),
        *_fields("number", value="value that counts [unit not stated by the format]"),
        *_UNCERTAINTY,
    ),
    "units": (
        *_fields("text", group="identifier of the unit group", group_name="its name", unit="unit"),
        *_fields("number", factor="reference units of the group per unit [1]"),
    ),
    "activities": (
        *_fields("integer", process="row of processes", flow="row of flows: the product it makes"),
        *_fields("number", amount="amount made [reference unit of the flow]"),
        *_fields("text", allocation="single, or the allocation that was applied"),
        *_fields("number", share="share of the process [1]; nan when it differs by exchange"),
    ),
    "technosphere": (
        *_fields(
            "integer", row="row of activities: what is made or used", column="row of activities: by whom"
        ),
        *_fields("number", amount="made +, used - [reference unit of the row's flow]"),
        *_fields("integer", exchange="row of exchanges"),
    ),
    "biosphere": (
        *_fields("integer", flow="row of flows", column="row of activities"),
        *_fields("text", direction="input (resource) or output (emission)"),
        *_fields("number", amount="amount in that direction [reference unit of the flow]"),
        *_fields("integer", exchange="row of exchanges"),
    ),
    "cut_offs": (
        *_fields("integer", flow="row of flows", column="row of activities"),
        *_fields("number", amount="used without a provider [reference unit of the flow]"),
        *_fields("text", reason="why there is no provider"),
        *_fields("integer", exchange="row of exchanges"),
    ),
    "mappings": (
        *_fields(
            "text",
            flow="identifier of the flow that is asked for",
            process="identifier of the process that asks; empty: all",
            place="place of the exchange or the process; empty: all",
            provider="identifier of the process that was chosen to supply, or empty",
            provider_flow="identifier of what it supplies; empty: the flow itself",
        ),
        *_fields("number", factor="units of the supplied flow per unit of the flow [1]; nan when not given"),
        *_fields(
            "text",
            proxy="what stands for the flow in the estimate of cut-offs, or empty",
            cut_off="reason why it is left out on purpose, or empty",
        ),
    ),
    "impact_categories": (
        *_fields("text", id="identifier in the source", method="name of the method"),
        *_NAMES,
        *_fields("text", unit="unit of the result"),
    ),
    "characterisation": (
        *_fields("integer", category="row of impact_categories"),
        *_fields("text", flow="identifier of the flow", flow_name="name of the flow in the method"),
        *_fields(
            "text",
            direction="input, output or empty",
            location="place, when the factor is regional",
            compartment="path of the flow, where the source has the flow or its name says it",
            cas="CAS number of the flow, where the source has it",
            unit="unit of the flow that the factor is per, where the source has it",
            synonyms="synonyms of the flow, where the source has them",
        ),
        *_fields("number", value="factor [unit of the category per reference unit of the flow]"),
    ),
}
"""Columns of every table, in order."""
