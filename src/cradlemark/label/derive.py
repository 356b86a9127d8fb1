"""From a calculated footprint to the claim of a label: every figure is taken over, none is typed."""

from __future__ import annotations

import math
from math import fsum
from typing import Literal

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.footprint.footprint import LIFE_CYCLE_STAGES, Footprint
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.label.claim import (
    Basis,
    Claim,
    Digests,
    Holder,
    Product,
    Programme,
    Quality,
    Unit,
    Validity,
    Value,
    Values,
    Verification,
    stated,
)
from cradlemark.label.number import LabelNumber
from cradlemark.product.study import GATE_STAGES

LIMITS = (
    Text(
        "Climate change only: other effects on the environment are not covered.",
        "仅涵盖气候变化，不涉及其他环境影响。",
    ),
    Text(
        "Comparable only with products of the same unit, boundary, rules and kind of data.",
        "仅可与单位、边界、规则和数据类型相同的产品比较。",
    ),
    Text("Nothing is offset.", "未作任何抵消。"),
)
"""What every claim says about its limits."""


def footprint_claim(
    footprint: Footprint, *, number: LabelNumber, programme: Programme, verification: Verification,
    validity: Validity, bundle: str, previous: str = "", classification: tuple[str, ...] = (),
) -> Claim:  # fmt: skip
    """The footprint claim of a sealed study.

    Parameters
    ----------
    footprint : Footprint
        Sealed: with its digest.
    number, programme, verification, validity
        What the programme adds.
    bundle : str
        Digest of the sealed study bundle.
    previous : str
        Number of the label that this one follows.
    classification : tuple of str
        Of the study's product, system and code, for example ``CPC 46212``.

    Raises
    ------
    StateError
        ``claim-not-sealed`` for a result without digest; ``claim-incomplete`` for one with gaps or errors of the rule
        check.
    """
    _refuse_unfinished(footprint)
    subject = footprint.subject
    whole = subject.boundary == "cradle_to_grave"
    return Claim(
        kind="footprint",
        number=str(number),
        programme=programme,
        holder=Holder(subject.holder),
        product=Product(subject.product, subject.models, subject.gtin, classification, subject.site, subject.place),
        unit=Unit(
            subject.declared_amount, subject.declared_unit, subject.functional_unit, subject.mass,
            subject.service_life,
        ),
        values=_values(footprint, whole=whole),
        basis=_basis(footprint),
        quality=_quality(footprint),
        verification=verification,
        validity=validity,
        digests=Digests(footprint.versions.study, footprint.digest, bundle),
        limits=limits_of(whole=whole, unverified=footprint.data_quality.unverified_share),
        previous=previous,
    )  # fmt: skip


PARTIAL = Text(
    "A partial footprint: use and end of life are not covered.", "部分碳足迹：不含使用和废弃阶段。"
)
"""What a cradle-to-gate claim says besides."""
REDUCTION_LIMIT = Text(
    "The reduction is against the holder's own baseline, under the rules and data of today; nothing is offset.",
    "减排以持有人自身基线为准，按现行规则和数据计算；未作任何抵消。",
)
"""What a reduction claim says besides."""
OTHERS_LIMIT = Text(
    "The claim is that the figure is below that of others, by the rule of the programme; the change against the own "
    "baseline is stated beside it.",
    "本声明依计划规则指数值低于他者；相对自身基线的变化另行列出。",
)
"""What it says instead where the rule is fulfilled by a comparison with others."""
GRADE_LIMIT = Text(
    "The grade is among labelled products of the same kind, unit, boundary and rules on the day of the benchmark, not "
    "among all products on the market.",
    "等级仅相对于基准日同类、同单位、同边界、同规则的已贴标产品，并非相对于市场全部产品。",
)
"""What a grade claim says besides."""


def limits_of(*, whole: bool, unverified: float) -> tuple[Text, ...]:
    """Return what a claim says about its limits.

    Parameters
    ----------
    whole : bool
        Whether it covers the whole life cycle.
    unverified : float
        Share of the |contributions| from factors that are not verified [0-1].
    """
    partial = () if whole else (PARTIAL,)
    return (*LIMITS, *partial, *((unverified_limit(unverified),) if unverified > 0.0 else ()))


def unverified_limit(share: float) -> Text:
    """Return what a claim says of factors that are not verified; the share is rounded up.

    Examples
    --------
    >>> unverified_limit(0.1234).en
    '12.4 % of the footprint, by size of contributions, rests on factors that are not verified.'
    """
    percent = f"{math.ceil(round(share * 1000.0, 9)) / 10.0:g}"
    return Text(
        f"{percent} % of the footprint, by size of contributions, rests on factors that are not verified.",
        f"按贡献大小计，足迹的 {percent} % 采用未核实的因子。",
    )


def _refuse_unfinished(footprint: Footprint) -> None:
    if not footprint.digest:
        raise StateError(
            Text("the result is not sealed: it has no digest", "结果未封存：没有摘要"),
            code="claim-not-sealed",
            hint=Text("seal the study first", "先封存研究"),
        )
    errors = [finding for finding in footprint.findings if finding.severity == "error"]
    if footprint.gaps or errors:
        raise StateError(
            Text(
                f"the study is not ready for a label: {len(footprint.gaps)} gaps, {len(errors)} errors of the rule check",
                f"研究尚不能用于标签：{len(footprint.gaps)} 个缺口，规则检查有 {len(errors)} 个错误",
            ),
            code="claim-incomplete",
            hint=Text("see them with: cradlemark check STUDY", "用以下命令查看：cradlemark check STUDY"),
        )


def _value(footprint: Footprint, name: str, figure: float) -> Value:
    digits, unit = stated(figure)
    found = next((interval for interval in footprint.intervals if interval.name == name), None)
    low, high = (found.low, found.high) if found is not None and footprint.draws else (None, None)
    return Value(figure, low, high, digits, unit)


def _values(footprint: Footprint, *, whole: bool) -> Values:
    by_stage = footprint.by_stage()
    covered = LIFE_CYCLE_STAGES if whole else GATE_STAGES
    other: Literal["location", "market"] = "location" if footprint.electricity_basis == "market" else "market"
    elsewhere = {"gate": footprint.stage_total(GATE_STAGES, basis=other)}
    if whole:
        elsewhere["life_cycle"] = footprint.stage_total(LIFE_CYCLE_STAGES, basis=other)
    return Values(
        gate=_value(footprint, "gate" if whole else "total", footprint.cradle_to_gate),
        life_cycle=_value(footprint, "total", footprint.life_cycle) if whole else None,
        beyond_boundary=footprint.beyond_boundary if whole else None,
        origins=ORIGINS,
        by_stage={stage: tuple(by_stage[stage][origin] for origin in ORIGINS) for stage in covered},
        electricity_basis=footprint.electricity_basis,
        other_basis=elsewhere,
    )


def _basis(footprint: Footprint) -> Basis:
    subject, versions = footprint.subject, footprint.versions
    return Basis(
        "cradle_to_grave" if subject.boundary == "cradle_to_grave" else "cradle_to_gate",
        versions.rule_pack, versions.rule_pack_digest, footprint.gwp_set, footprint.end_of_life_method,
        subject.period, versions.databases, versions.software, subject.scenario,
    )  # fmt: skip


def _quality(footprint: Footprint) -> Quality:
    data, shares = footprint.data_quality, [record.share for record in footprint.cut_offs]
    known = [share for share in shares if share is not None]
    return Quality(
        data.pef, data.technological, data.geographical, data.temporal, data.primary_share, data.unverified_share,
        fsum(known) if len(known) == len(shares) else None,
    )  # fmt: skip
