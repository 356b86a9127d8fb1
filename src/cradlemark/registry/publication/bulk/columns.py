"""Columns of the table of all labels: what they are, and in which group of public fields of a programme they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, Reduction

Kind = Literal["string", "number", "date", "list"]


@attrs.frozen
class Shown:
    """A label as everybody may see it: its claim and its present state."""

    claim: Claim
    state: str


@attrs.frozen
class Column:
    """A column.

    Parameters
    ----------
    name : str
    group : str
        Public field of the programme; empty for what every programme publishes.
    kind : {"string", "number", "date", "list"}
    unit : str
    title : Text
    value : callable
        None where a label has none; null is not zero.
    """

    name: str
    group: str
    kind: Kind
    unit: str
    title: Text
    value: Callable[[Shown], Any]


def columns(public_fields: Sequence[str]) -> tuple[Column, ...]:
    """Columns that a programme publishes."""
    return tuple(column for column in ALL if not column.group or column.group in public_fields)


def _reduction(read: Callable[[Reduction], Any]) -> Callable[[Shown], Any]:
    return lambda label: read(label.claim.reduction) if label.claim.reduction else None


KG = "kg CO2e / declared unit"
ALL = (
    Column("number", "", "string", "", Text("Number", "编号"), lambda one: one.claim.number),
    Column("state", "", "string", "", Text("State", "状态"), lambda one: one.state),
    Column("kind", "", "string", "", Text("Kind of claim", "声明类型"), lambda one: one.claim.kind),
    Column("programme", "identity", "string", "", Text("Programme", "计划"), lambda one: one.claim.programme.id),
    Column("holder_en", "identity", "string", "", Text("Holder, English", "持有人（英文）"), lambda one: one.claim.holder.name.en or None),
    Column("holder_zh", "identity", "string", "", Text("Holder, Chinese", "持有人（中文）"), lambda one: one.claim.holder.name.zh or None),
    Column("holder_id", "identity", "string", "", Text("Registered identifier of the holder", "持有人登记标识"), lambda one: one.claim.holder.id or None),
    Column("product_en", "identity", "string", "", Text("Product, English", "产品（英文）"), lambda one: one.claim.product.name.en or None),
    Column("product_zh", "identity", "string", "", Text("Product, Chinese", "产品（中文）"), lambda one: one.claim.product.name.zh or None),
    Column("models", "identity", "list", "", Text("Models", "型号"), lambda one: list(one.claim.product.models)),
    Column("gtin", "identity", "string", "", Text("GTIN", "GTIN"), lambda one: one.claim.product.gtin or None),
    Column("classification", "identity", "list", "", Text("Classification", "分类"), lambda one: list(one.claim.product.classification)),
    Column("place", "identity", "string", "", Text("Place of making", "生产地"), lambda one: one.claim.product.place or None),
    Column("declared_amount", "unit", "number", "", Text("Amount of the declared unit", "声明单位数量"), lambda one: one.claim.unit.declared_amount),
    Column("declared_unit", "unit", "string", "", Text("Declared unit", "声明单位"), lambda one: one.claim.unit.declared_unit),
    Column("mass", "unit", "number", "kg / declared unit", Text("Mass", "质量"), lambda one: one.claim.unit.mass),
    Column("boundary", "value", "string", "", Text("System boundary", "系统边界"), lambda one: one.claim.basis.boundary),
    Column("gate", "value", "number", KG, Text("Cradle to gate", "从摇篮到大门"), lambda one: one.claim.values.gate.figure),
    Column("gate_low", "value", "number", KG, Text("Cradle to gate, low", "从摇篮到大门，下限"), lambda one: one.claim.values.gate.low),
    Column("gate_high", "value", "number", KG, Text("Cradle to gate, high", "从摇篮到大门，上限"), lambda one: one.claim.values.gate.high),
    Column("life_cycle", "value", "number", KG, Text("Life cycle", "全生命周期"),
           lambda one: one.claim.values.life_cycle.figure if one.claim.values.life_cycle else None),
    Column("electricity_basis", "electricity", "string", "", Text("Electricity basis", "电力基准"), lambda one: one.claim.values.electricity_basis),
    Column("rule_pack", "rules", "string", "", Text("Rule pack", "规则包"), lambda one: one.claim.basis.rule_pack),
    Column("gwp_set", "rules", "string", "", Text("GWP set", "GWP 取值"), lambda one: one.claim.basis.gwp_set),
    Column("period", "rules", "string", "", Text("Data period", "数据期间"), lambda one: one.claim.basis.period),
    Column("primary_share", "quality", "number", "1", Text("Primary data", "初级数据占比"), lambda one: one.claim.quality.primary_share),
    Column("unverified_share", "quality", "number", "1", Text("On unverified factors", "未核实因子占比"), lambda one: one.claim.quality.unverified_share),
    Column("verifier_en", "verification", "string", "", Text("Verifier, English", "核查机构（英文）"), lambda one: one.claim.verification.verifier.en or None),
    Column("verifier_zh", "verification", "string", "", Text("Verifier, Chinese", "核查机构（中文）"), lambda one: one.claim.verification.verifier.zh or None),
    Column("assurance", "verification", "string", "", Text("Level of assurance", "保证等级"), lambda one: one.claim.verification.assurance),
    Column("issued", "validity", "date", "", Text("Issued", "签发日期"), lambda one: one.claim.validity.issued),
    Column("valid_until", "validity", "date", "", Text("Valid until", "有效期至"), lambda one: one.claim.validity.until),
    Column("previous", "history", "string", "", Text("Label before", "前一标签"), lambda one: one.claim.previous or None),
    Column("reduction", "reduction", "number", "1", Text("Reduction", "减排比例"), _reduction(lambda reduction: reduction.reduction)),
    Column("baseline", "reduction", "string", "", Text("Baseline", "基线"), _reduction(lambda reduction: reduction.baseline)),
    Column("grade", "grade", "string", "", Text("Grade", "等级"), lambda one: one.claim.grade.grade if one.claim.grade else None),
    Column("claim_digest", "documents", "string", "", Text("Digest of the claim", "声明摘要"), lambda one: one.claim.digest),
)  # fmt: skip
"""Every column that can be."""
