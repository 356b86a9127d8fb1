"""The site's meters of the data period, allocated to the product and divided by its output (F3)."""

from __future__ import annotations

from cradlemark.core.errors import CradlemarkError, MissingDataError
from cradlemark.core.language import Text
from cradlemark.product.allocation import allocation_shares
from cradlemark.product.study import AllocationBasis, EnergyUse, Site, SiteProduct, Value
from cradlemark.product.system import Factor, Number
from cradlemark.product.unfold.collector import Collector, Tags, central
from cradlemark.product.unfold.manufacturing import unfold_energy

_UNITS: dict[AllocationBasis, str] = {"mass": "kg", "pieces": "piece", "machine_hours": "h"}


def unfold_meters(collector: Collector) -> None:
    """Add every meter of the site: consumption x share of the product / declared units made."""
    site = collector.study.site
    if not site.meters:
        return
    try:
        chain = (_share(collector, site), _per_unit(collector, site))
    except CradlemarkError as error:
        collector.problem(error, "site")
        return
    for index, meter in enumerate(site.meters):
        label = Text(f"site: {meter.carrier}", f"工厂：{meter.carrier}")
        use = EnergyUse(meter.carrier, meter.amount, meter.dataset, meter.data_kind)
        try:
            unfold_energy(collector, use, chain, f"site.meters[{index}]", Tags(label, "A3", "energy"))
        except CradlemarkError as error:
            collector.problem(error, f"site.meters[{index}]")


def _share(collector: Collector, site: Site) -> Factor:
    unit = _UNITS.get(site.basis) or _currency(site)
    quantities = {
        product.name: _quantity(collector, site, product, f"site.products[{product.name}]", unit)
        for product in site.products
    }
    mine = [product.name for product in site.products if product.this]
    if len(mine) != 1:
        raise MissingDataError(
            Text(f"{len(mine)} of the site's products are marked as the one of this study", f"工厂产品中有 {len(mine)} 个标为本研究的产品"), code="allocation-subject",
            where="site.products", hint=Text("set this = true on exactly one product", "恰好在一个产品上设 this = true"),
        )  # fmt: skip
    shares = dict(allocation_shares(quantities=quantities, where="site.products"))
    collector.shares.extend((name, central(share)) for name, share in shares.items())
    return Factor(f"allocated share by {site.basis.replace('_', ' ')}", shares[mine[0]], "1", "site.products")


def _currency(site: Site) -> str:
    """Currency of the first revenue; another one cannot be converted and is refused."""
    return next((product.revenue.unit for product in site.products if product.revenue), "CNY")


def _quantity(collector: Collector, site: Site, product: SiteProduct, path: str, unit: str) -> Number | None:
    value: Value | None = getattr(product, site.basis)
    if value is None:
        return None
    return collector.evaluator.number(value, f"{path}.{site.basis}", unit, low=0.0)


def _per_unit(collector: Collector, site: Site) -> Factor:
    if site.declared_units is None:
        raise MissingDataError(
            Text("the number of declared units made in the period is missing", "缺少期间内生产的声明单位数"), code="declared-units-missing",
            where="site.declared_units", hint=Text("state how many declared units the period's meters stand for", "给出该期间电表读数对应的声明单位数"),
        )  # fmt: skip
    made = collector.evaluator.number(
        site.declared_units, "site.declared_units", site.declared_units.unit, low=1e-9
    )
    return Factor(f"1 / declared units made ({central(made):g})", 1.0 / made, "1", "site.declared_units")
