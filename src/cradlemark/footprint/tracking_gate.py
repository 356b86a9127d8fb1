"""Whether two results of one product may be held against each other over time (ISO 14067, 6.4.7; F12)."""

from __future__ import annotations

import math
from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.core.periods import parse_period
from cradlemark.footprint.alignment import Pair, align
from cradlemark.footprint.footprint import Footprint, Subject
from cradlemark.footprint.leaves import leaves_of
from cradlemark.product.study import Study

Remedy = Literal["none", "rebaseline"]
TOLERATED = 0.01
"""Share of the baseline [0-1] that own processes with another kind of data may make up; own choice."""


@attrs.frozen
class GateItem:
    """One thing that has to be the same.

    Parameters
    ----------
    id : str
    baseline, today : str
        What both have.
    same : bool
    remedy : {"none", "rebaseline"}
        Whether the baseline can be calculated anew so that it is the same.
    """

    id: str
    name: Text
    baseline: str
    today: str
    same: bool
    remedy: Remedy

    @property
    def reason(self) -> Text:
        """The difference in words."""
        return Text(
            f"{self.name.en}: {self.baseline or '-'} against {self.today or '-'}",
            f"{self.name.zh}：{self.baseline or '-'} 与 {self.today or '-'} 不同",
        )


_NAMES = {
    "functional_unit": Text("functional unit", "功能单位"),
    "declared_unit": Text("declared unit", "声明单位"),
    "boundary": Text("system boundary", "系统边界"),
    "service_life": Text("reference service life", "参考使用寿命"),
    "holder": Text("holder", "持有人"),
    "product_system": Text("product classification", "产品分类"),
    "order": Text("order of the data periods", "数据时段的先后"),
    "data_sources": Text("kind of data of own processes", "自有过程的数据类型"),
    "rule_pack": Text("rule pack", "规则包"),
    "rule_pack_edition": Text("edition of the rule pack", "规则包版本"),
    "gwp_set": Text("GWP set", "GWP 数据集"),
    "electricity_basis": Text("electricity basis", "电力核算基准"),
    "end_of_life_method": Text("end-of-life method", "报废处理方法"),
    "allocation": Text("allocation key", "分配依据"),
    "databases": Text("databases", "数据库"),
}


def tracking_gate(
    baseline: Footprint, today: Footprint, *, studies: tuple[Study, Study] | None = None
) -> tuple[GateItem, ...]:
    """Hold everything that has to be equal against each other.

    Parameters
    ----------
    studies : pair of Study, optional
        Baseline and today; they tell allocation key and classification, which a result does not hold.

    Returns
    -------
    tuple of GateItem
        Unit, boundary, life, holder, classification and kind of data cannot be mended. Rules, GWP set, electricity basis,
        methods, allocation key and databases can: the baseline is calculated anew under those of today.
    """
    one, two = baseline.subject, today.subject
    fixed = [
        _item("functional_unit", _text(one.functional_unit), _text(two.functional_unit)),
        _item("declared_unit", _declared(one), _declared(two)),
        _item("boundary", one.boundary, two.boundary),
        _item("holder", _text(one.holder), _text(two.holder)),
        _order(one.period, two.period),
        _data_sources(baseline, today),
    ]
    if one.boundary == "cradle_to_grave":
        fixed.append(_item("service_life", _life(one), _life(two)))
    if studies is not None:
        fixed.append(_item("product_system", _classes(studies[0]), _classes(studies[1])))
    return (*fixed, *_mendable(baseline, today, studies))


def _mendable(
    baseline: Footprint, today: Footprint, studies: tuple[Study, Study] | None
) -> tuple[GateItem, ...]:
    one, two = baseline.versions, today.versions
    items = [
        _item("rule_pack", one.rule_pack, two.rule_pack, "rebaseline"),
        _item("rule_pack_edition", one.rule_pack_digest[:19], two.rule_pack_digest[:19], "rebaseline"),
        _item("gwp_set", baseline.gwp_set, today.gwp_set, "rebaseline"),
        _item("electricity_basis", baseline.electricity_basis, today.electricity_basis, "rebaseline"),
        _item("end_of_life_method", baseline.end_of_life_method, today.end_of_life_method, "rebaseline"),
        _databases(baseline, today),
    ]
    if studies is not None and any(study.site.meters for study in studies):
        items.append(_item("allocation", studies[0].site.basis, studies[1].site.basis, "rebaseline"))
    return tuple(items)


def _item(name: str, baseline: str, today: str, remedy: Remedy = "none") -> GateItem:
    return GateItem(name, _NAMES[name], baseline, today, baseline == today, remedy)


def _text(text: Text) -> str:
    return text.en or text.zh


def _declared(subject: Subject) -> str:
    return f"{subject.declared_amount:g} {subject.declared_unit}"


def _life(subject: Subject) -> str:
    return f"{subject.service_life:g} year" if subject.service_life is not None else ""


def _classes(study: Study) -> str:
    return ", ".join(sorted(f"{scheme} {code}" for scheme, code in study.product.classification))


def _order(baseline: str, today: str) -> GateItem:
    later = parse_period(today).end > parse_period(baseline).end or today == baseline
    return GateItem("order", _NAMES["order"], baseline, today, later, "none")


def _databases(baseline: Footprint, today: Footprint) -> GateItem:
    """Databases that both name have to be of one edition; further ones of today are no hindrance."""
    now = {name: digest for name, _, digest in today.versions.databases}
    other = [
        (name, version)
        for name, version, digest in baseline.versions.databases
        if now.get(name, digest) != digest
    ]
    editions = {name: version for name, version, _ in today.versions.databases}
    return GateItem(
        "databases", _NAMES["databases"], ", ".join(f"{name} {version}" for name, version in other),
        ", ".join(f"{name} {editions[name]}" for name, _ in other), not other, "rebaseline",
    )  # fmt: skip


def _data_sources(baseline: Footprint, today: Footprint) -> GateItem:
    """Own processes have to rest on the same kind of data; a supplier's own data are a cause of their own."""
    pairs = [pair for pair in align(leaves_of(baseline), leaves_of(today)) if _differs(pair)]
    share = math.fsum(_size(pair) for pair in pairs)
    kinds = sorted({(p.before.data_kind, p.after.data_kind) for p in pairs if p.before and p.after})
    return GateItem(
        "data_sources", _NAMES["data_sources"], ", ".join(kind for kind, _ in kinds),
        ", ".join(kind for _, kind in kinds), share <= TOLERATED * abs(baseline.total), "none",
    )  # fmt: skip


def _differs(pair: Pair) -> bool:
    one, two = pair.before, pair.after
    if one is None or two is None or one.data_kind == two.data_kind:
        return False
    return one.path.startswith(("operations[", "site."))


def _size(pair: Pair) -> float:
    return max(abs(float(leaf.effect)) for leaf in (pair.before, pair.after) if leaf is not None)
