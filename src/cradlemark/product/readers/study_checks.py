"""What must hold between the fields of a study: names, references, sums. Rules of a programme are not here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.core.positions import place_in
from cradlemark.core.quantities import conversion_factor
from cradlemark.core.suggestion import did_you_mean
from cradlemark.product.readers.study_parameters import KnownParameters, number_of
from cradlemark.product.study import (
    Component,
    DatabaseReference,
    EndOfLifeRoute,
    Evidence,
    JouleLosses,
    Operation,
    Site,
    Study,
    Use,
    Value,
)
from cradlemark.product.walk import Entry, components, entries, values_of

SUM_TOLERANCE = 1e-6
"""How far shares may miss the sum 1 [1]; more than rounding to six places, less than any share that matters."""
HOURS_OF_A_YEAR = 8784.0
RESERVED_SCENARIOS = ("", "base", "none")
"""Names that mean the study itself."""

Where = Callable[[object, str], str]
"""Place of a field of an entry in the user's document."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@attrs.frozen
class _Check:
    study: Study
    where: Where
    known: KnownParameters
    incomplete: AbstractSet[str]

    def problem(self, entry: object, key: str, code: str, message: Text, hint: Text = Text()) -> Problem:
        return Problem(self.where(entry, key), code, message, hint)

    def number(self, value: Value | None, unit: str) -> float | None:
        """Central number in a unit; None when it is not there or its formula is wrong (that is said elsewhere)."""
        if value is None:
            return None
        try:
            number = number_of(value, self.known)
            return None if number is None else number * conversion_factor(value.unit, unit)
        except InputError:
            return None

    def total(self, values: Iterable[Value | None], unit: str = "1") -> float | None:
        """Sum of what is there [unit]; None when a number is not known."""
        given = [value for value in values if value is not None]
        numbers = [self.number(value, unit) for value in given]
        known = [number for number in numbers if number is not None]
        return sum(known) if len(known) == len(given) else None


def check_study(
    study: Study, *, where: Where, known: KnownParameters, incomplete: AbstractSet[str] = frozenset()
) -> list[Problem]:
    """Check what must hold between fields.

    Parameters
    ----------
    where : callable
        Place of a field of an entry.
    known : KnownParameters
        Parameters that formulas use.
    incomplete : set of str
        Tables of which entries could not be read; references to them are not checked.

    Returns
    -------
    list of Problem
        Everything that does not hold.
    """
    check = _Check(study, where, known, incomplete)
    problems: list[Problem] = []
    for step in (_identifiers, _components, _references, _operations, _shares, _site, _use, _digests):
        problems.extend(step(check))
    return problems


def _identifiers(check: _Check) -> Iterator[Problem]:
    study = check.study
    lists: tuple[tuple[str, Iterable[object]], ...] = (
        ("id", study.operations),
        ("id", study.electricity.contracts),
        ("id", study.evidence),
        ("id", study.scenarios),
        ("id", study.databases),
        ("id", study.end_of_life.routes if study.end_of_life else ()),
        ("text", study.choices),
    )
    for key, items in lists:
        seen: dict[str, object] = {}
        for item in items:
            name = getattr(item, key)
            if name in seen:
                first = check.where(seen[name], key)
                yield check.problem(
                    item,
                    key,
                    "id-twice",
                    Text(f"{key} {name!r} is used twice", f"{key} {name!r} 重复使用"),
                    Text(
                        f"rename one; the first is at {first}", f"将其一改名；第一个在{place_in(first, 'zh')}"
                    ),
                )
            seen.setdefault(name, item)
    for scenario in study.scenarios:
        if scenario.id.casefold() in RESERVED_SCENARIOS:
            yield check.problem(
                scenario,
                "id",
                "scenario-name",
                Text(f"{scenario.id!r} means the study itself", f"{scenario.id!r} 指研究本身"),
                Text("choose another id", "改用其他 id"),
            )


def _components(check: _Check) -> Iterator[Problem]:
    yield from _same_parts(check)
    for component in components(check.study):
        if component.children and component.materials:
            yield _mixed(check, component)
        elif (
            not component.children
            and not component.materials
            and not {"Component", "Material"} & check.incomplete
        ):
            yield check.problem(
                component,
                "materials",
                "component-empty",
                Text(
                    f"component {component.part_number!r} has neither sub-parts nor materials",
                    f"组件 {component.part_number!r} 既无下级零件也无材料",
                ),
                Text(
                    "add its material, or the bought part as a material with its dataset",
                    "补充其材料，或将外购件作为带数据集的材料",
                ),
            )


def _same_parts(check: _Check) -> Iterator[Problem]:
    """The same part may be used in several places, but one number cannot mean two different parts."""
    seen: dict[str, Component] = {}
    own = {id(child) for part in components(check.study) for child in part.children
           if child.part_number == part.part_number}  # fmt: skip
    for component in components(check.study):
        if id(component) in own:
            continue  # what an assembly has itself, beside its parts
        first = seen.setdefault(component.part_number, component)
        if _content(first) != _content(component):
            yield check.problem(
                component,
                "part_number",
                "id-twice",
                Text(
                    f"part number {component.part_number!r} is used for two different parts",
                    f"料号 {component.part_number!r} 用于两个不同的零件",
                ),
                Text(
                    f"give it another number; the first is at {check.where(first, 'part_number')}",
                    f"改用其他料号；第一个在{place_in(check.where(first, 'part_number'), 'zh')}",
                ),
            )


def _content(component: Component) -> tuple[object, ...]:
    return (component.name, component.materials, component.children)


def _mixed(check: _Check, component: Component) -> Problem:
    return check.problem(
        component,
        "materials",
        "component-mixed",
        Text(
            f"component {component.part_number!r} has both sub-parts and materials",
            f"组件 {component.part_number!r} 同时有下级零件和材料",
        ),
        Text("make the materials a sub-part of their own", "将这些材料设为单独的下级零件"),
    )


def _references(check: _Check) -> Iterator[Problem]:
    study = check.study
    evidence = {item.id for item in study.evidence}
    routes = {route.id for route in study.end_of_life.routes} if study.end_of_life else set()
    parts = {component.part_number for component in components(study)}
    for entry in entries(study):
        name = entry.table.name
        if "Evidence" not in check.incomplete:
            yield from _evidence(check, entry, evidence)
        if name == "Material" and "EndOfLifeRoute" not in check.incomplete:
            yield from _reference(
                check,
                entry.value,
                "end_of_life",
                "route-unknown",
                Text("end-of-life route", "末期路线"),
                routes,
            )
        if name == "Operation" and "Component" not in check.incomplete:
            yield from _reference(
                check, entry.value, "component", "component-unknown", Text("component", "组件"), parts
            )


def _reference(
    check: _Check, item: object, key: str, code: str, kind: Text, known: set[str]
) -> Iterator[Problem]:
    name = getattr(item, key)
    if name and name not in known:
        add = Text(f"add the {kind.en}, or leave the field empty", f"补上该{kind.zh}，或将该字段留空")
        message = Text(f"there is no {kind.en} {name!r}", f"没有{kind.zh} {name!r}")
        yield check.problem(item, key, code, message, did_you_mean(name, sorted(known)) or add)


def _evidence(check: _Check, entry: Entry, known: set[str]) -> Iterator[Problem]:
    named = [
        ("evidence", evidence)
        for evidence in getattr(entry.value, "evidence", ())
        if isinstance(evidence, str)
    ]
    named += [(field.key, item) for field, _, value in values_of(entry) for item in value.evidence]
    for key, item in named:
        if item not in known:
            hint = did_you_mean(item, sorted(known)) or Text("add it under evidence", "在 evidence 中补充")
            yield check.problem(
                entry.value,
                key,
                "evidence-unknown",
                Text(f"there is no evidence {item!r}", f"没有证据 {item!r}"),
                hint,
            )


def _operations(check: _Check) -> Iterator[Problem]:
    for operation in check.study.operations:
        if operation.model_inputs and not operation.model:
            yield check.problem(
                operation,
                "model",
                "operation-model",
                Text("there are model inputs but no model", "有模型输入但没有模型"),
                Text("name the model", "给出模型名称"),
            )
        if _does_nothing(operation) and not check.incomplete:
            yield check.problem(
                operation,
                "energy",
                "operation-empty",
                Text(
                    f"operation {operation.id!r} has neither a model nor any amount",
                    f"工序 {operation.id!r} 既无模型也无任何数量",
                ),
                Text("give its energy, or name a model", "给出其能耗，或指定模型"),
            )


def _does_nothing(operation: Operation) -> bool:
    given = (operation.model, operation.energy, operation.inputs, operation.direct_emissions, operation.waste)
    return not any(given)


def _shares(check: _Check) -> Iterator[Problem]:
    study = check.study
    if study.markets and "Market" not in check.incomplete:
        total = check.total(market.share for market in study.markets)
        yield from _sum_is_one(
            check, study.markets[0], "share", "market-shares", Text("market shares", "市场份额"), total
        )
    routes = study.end_of_life.routes if study.end_of_life else ()
    for route in routes:
        total = check.total(_treatments(route))
        yield from _sum_is_one(
            check,
            route,
            "recycling",
            "route-shares",
            Text(f"treatment shares of route {route.id!r}", f"路线 {route.id!r} 的处置份额"),
            total,
        )


def _treatments(route: EndOfLifeRoute) -> tuple[Value | None, ...]:
    return (route.recycling, route.energy_recovery, route.incineration, route.landfill)


def _sum_is_one(
    check: _Check, entry: object, key: str, code: str, what: Text, total: float | None
) -> Iterator[Problem]:
    if total is not None and abs(total - 1.0) > SUM_TOLERANCE:
        yield check.problem(
            entry,
            key,
            code,
            Text(f"the {what.en} sum to {total:.6g}, not to 1", f"{what.zh}之和为 {total:.6g}，而非 1"),
            Text("correct the shares; nothing is scaled", "修正份额；不会自动缩放"),
        )


def _site(check: _Check) -> Iterator[Problem]:
    site, electricity = check.study.site, check.study.electricity
    if site.products and "SiteProduct" not in check.incomplete:
        own = [product for product in site.products if product.this]
        if len(own) != 1:
            entry = own[1] if own else site.products[0]
            yield check.problem(
                entry,
                "this",
                "site-products",
                Text(
                    f"{len(own)} co-products are marked as this product, but exactly one must be",
                    f"有 {len(own)} 个联产品标为本产品，而应恰好一个",
                ),
                Text("set this = true once", "只设一次 this = true"),
            )
        yield from _keys(check, site)
    if site.meters and site.declared_units is None and "Site" not in check.incomplete:
        yield check.problem(
            site,
            "declared_units",
            "site-production",
            Text(
                "there are meters, but not how many declared units were made",
                "有电表读数，但未说明生产了多少声明单位",
            ),
            Text("give declared_units of the data period", "给出数据期间的 declared_units"),
        )
    if electricity.contracts and electricity.used is None and "Electricity" not in check.incomplete:
        yield check.problem(
            electricity,
            "used",
            "electricity-used",
            Text(
                "there are contracts, but not how much electricity the site used",
                "有合同，但未说明工厂用电量",
            ),
            Text("give used, the total of the data period", "给出 used，即数据期间的总量"),
        )


def _keys(check: _Check, site: Site) -> Iterator[Problem]:
    for product in site.products:
        if getattr(product, site.basis) is None:
            yield check.problem(
                product,
                site.basis,
                "allocation-key",
                Text(
                    f"co-product {product.name!r} has no {site.basis}, the allocation key",
                    f"联产品 {product.name!r} 没有作为分配依据的 {site.basis}",
                ),
                Text(
                    "give it for every co-product, or choose another basis",
                    "为每个联产品给出，或选择其他依据",
                ),
            )


def _use(check: _Check) -> Iterator[Problem]:
    use = check.study.use
    if use is None:
        return
    if use.grid and "GridYear" not in check.incomplete:
        total = check.total(part.share for part in use.grid)
        yield from _sum_is_one(
            check,
            use.grid[0],
            "share",
            "grid-shares",
            Text("shares of the service life", "使用寿命各份额"),
            total,
        )
    yield from _hours(check, use)
    if use.losses:
        yield from _losses(check, use.losses)


def _hours(check: _Check, use: Use) -> Iterator[Problem]:
    total = check.total((mode.hours for mode in use.modes), "h/year")
    if total is not None and total > HOURS_OF_A_YEAR:
        yield check.problem(
            use.modes[0],
            "hours",
            "use-hours",
            Text(f"the modes have {total:.6g} hours a year together", f"各模式合计每年 {total:.6g} 小时"),
            Text("correct the hours", "修正小时数"),
        )


def _losses(check: _Check, losses: JouleLosses) -> Iterator[Problem]:
    if losses.resistance is None and (losses.voltage_drop is None or losses.test_current is None):
        yield check.problem(
            losses,
            "resistance",
            "losses-resistance",
            Text("the current path has no resistance", "电流路径没有电阻"),
            Text(
                "give resistance, or voltage_drop and test_current",
                "给出 resistance，或 voltage_drop 和 test_current",
            ),
        )
    total = check.total(point.time_share for point in losses.profile)
    if total is not None and total > 1.0 + SUM_TOLERANCE:
        yield check.problem(
            losses.profile[0],
            "time_share",
            "load-profile",
            Text(
                f"the load profile covers {total:.6g} of the time, more than 1",
                f"负载曲线覆盖 {total:.6g} 的时间，超过 1",
            ),
            Text("correct the time shares", "修正时间份额"),
        )


def _digests(check: _Check) -> Iterator[Problem]:
    items: tuple[Evidence | DatabaseReference, ...] = (*check.study.evidence, *check.study.databases)
    for item in items:
        if item.digest and not _DIGEST.fullmatch(item.digest):
            yield check.problem(
                item,
                "digest",
                "digest-format",
                Text(f"{item.digest!r} is not a digest", f"{item.digest!r} 不是摘要"),
                Text("sha256: and 64 digits 0-9 a-f", "sha256: 加 64 位 0-9 a-f"),
            )
    gtin = check.study.product.gtin
    if gtin and not valid_gtin(gtin):
        yield check.problem(
            check.study.product,
            "gtin",
            "gtin-invalid",
            Text(f"{gtin!r} is not a GTIN", f"{gtin!r} 不是 GTIN"),
            Text("8, 12, 13 or 14 digits, check digit last", "8、12、13 或 14 位数字，末位为校验位"),
        )


def valid_gtin(gtin: str) -> bool:
    """Whether a text is a GTIN with a correct check digit (GS1 General Specifications, 7.9.1)."""
    if not (gtin.isascii() and gtin.isdigit() and len(gtin) in {8, 12, 13, 14}):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(gtin)))
    return weighted % 10 == 0
