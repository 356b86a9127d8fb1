"""Which products may stand on one scale: same unit, boundary, rules, methods and kind of product."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import Literal

import attrs

from cradlemark.core.canonical import digest
from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim

_NAMES = {
    "classification": Text("product classification", "产品分类"),
    "declared_unit": Text("declared unit", "声明单位"),
    "functional_unit": Text("functional unit", "功能单位"),
    "boundary": Text("system boundary", "系统边界"),
    "rule_pack": Text("rule pack", "规则包"),
    "rule_pack_digest": Text("edition of the rule pack", "规则包版本"),
    "gwp_set": Text("GWP set", "GWP 数据集"),
    "electricity_basis": Text("electricity basis", "电力核算基准"),
    "end_of_life_method": Text("end-of-life method", "报废处理方法"),
}


@attrs.frozen(slots=False)
class ComparabilityClass:
    """What two claims have to share to be held against each other.

    Parameters
    ----------
    classification : tuple of str
        Codes of the kind of product, for example ``CPC 46212``, sorted.
    declared_unit : str
        Amount and unit.
    functional_unit : str
        English sentence, else the Chinese one; empty for a partial footprint.
    """

    classification: tuple[str, ...]
    declared_unit: str
    functional_unit: str
    boundary: str
    rule_pack: str
    rule_pack_digest: str
    gwp_set: str
    electricity_basis: str
    end_of_life_method: str

    @cached_property
    def id(self) -> str:
        """Name of the class: ``cc-`` and the beginning of the digest of its content."""
        return f"cc-{digest(attrs.asdict(self)).removeprefix('sha256:')[:16]}"

    def differences(self, other: ComparabilityClass) -> tuple[Text, ...]:
        """Return why another class is another one."""
        found = []
        for name, title in _NAMES.items():
            one, two = _shown(getattr(self, name)), _shown(getattr(other, name))
            if one != two:
                found.append(Text(f"{title.en}: {one} against {two}", f"{title.zh}：{one} 与 {two} 不同"))
        return tuple(found)


def _shown(value: str | tuple[str, ...]) -> str:
    text = value if isinstance(value, str) else ", ".join(value)
    return text or "-"


def comparability_class(claim: Claim) -> ComparabilityClass:
    """Return the class of a claim.

    Raises
    ------
    StateError
        ``class-unknown`` for a product without classification: nobody knows what it may be held against.
    """
    if not claim.product.classification:
        raise StateError(
            Text("the product has no classification", "产品没有分类"), code="class-unknown", where=claim.number,
            hint=Text("state it in the study, for example CPC, HS or ECLASS", "在研究中给出，例如 CPC、HS 或 ECLASS"),
        )  # fmt: skip
    unit, basis = claim.unit, claim.basis
    return ComparabilityClass(
        tuple(sorted(claim.product.classification)), f"{unit.declared_amount:g} {unit.declared_unit}",
        unit.functional_unit.en or unit.functional_unit.zh, basis.boundary, basis.rule_pack, basis.rule_pack_digest,
        basis.gwp_set, claim.values.electricity_basis, basis.end_of_life_method,
    )  # fmt: skip


def class_name(claim: Claim) -> str:
    """Name of the class of a claim; empty for a product without classification."""
    return comparability_class(claim).id if claim.product.classification else ""


def figure_of(claim: Claim) -> float:
    """The figure of a claim's boundary [kg CO2e per declared unit]."""
    return (claim.values.life_cycle or claim.values.gate).figure


Verdict = Literal["comparable", "with_reservations", "not_comparable"]
REFUSING = ("classification", "declared_unit", "functional_unit", "boundary")
"""Differences with which figures mean different things; with any other one they can be shown, but not ranked."""


@attrs.frozen
class Comparison:
    """Whether claims may be held against each other, and why not.

    Parameters
    ----------
    verdict : {"comparable", "with_reservations", "not_comparable"}
    reasons : tuple of Text
        Every difference once; empty when they are comparable.
    """

    verdict: Verdict
    reasons: tuple[Text, ...]


def compare(claims: Sequence[Claim]) -> Comparison:
    """Decide whether claims may be held against each other.

    Other products, units or boundaries refuse it. Other rules, methods or data sets leave the figures side by side with the
    reservation that their difference may come from them.
    """
    unknown = [claim.number for claim in claims if not claim.product.classification]
    if unknown:
        told = ", ".join(unknown)
        reason = Text(f"without product classification: {told}", f"没有产品分类：{told}")
        return Comparison("not_comparable", (reason,))
    classes = [comparability_class(claim) for claim in claims]
    pairs = list(combinations(classes, 2))
    reasons = dict.fromkeys(reason for one, two in pairs for reason in one.differences(two))
    refused = any(getattr(one, name) != getattr(two, name) for one, two in pairs for name in REFUSING)
    verdict: Verdict = "not_comparable" if refused else "with_reservations" if reasons else "comparable"
    return Comparison(verdict, tuple(reasons))
