"""Packaging (A3), distribution to the markets (A4) and installation (A5)."""

from __future__ import annotations

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.product.study import Market
from cradlemark.product.system import Factor, Number
from cradlemark.product.unfold.collector import Collector, Tags, product_of, selectors, whole_shares
from cradlemark.product.unfold.manufacturing import unfold_energy
from cradlemark.product.unfold.parts import material_names, unfold_leg, unfold_material

SMALLEST_MASS = 1e-12
"""A product has a mass [kg]."""


def unfold_packaging(collector: Collector) -> None:
    """Add the packaging materials; their waste follows in installation or at the end of life."""
    packaging = collector.study.packaging
    names = selectors(item.name.en or item.name.zh for item in packaging)
    for item, name in zip(packaging, names, strict=True):
        label = Text(f"packaging: {item.name['en']}", f"包装：{item.name['zh']}")
        path = f"packaging[{name}].material"
        unfold_material(collector, item.material, (), path, Tags(label, "A3", packaging=True))


def unfold_distribution(collector: Collector) -> None:
    """Add the transport of product and packaging to each market."""
    markets = collector.study.markets
    if not markets:
        return
    paths = [f"markets[{name}]" for name in selectors(market.place for market in markets)]
    numbers = [
        collector.evaluator.number(market.share, f"{path}.share", "1", low=0.0, high=1.0)
        for market, path in zip(markets, paths, strict=True)
    ]
    hint = Text("correct the shares, or add the missing market", "修正份额，或补上缺少的市场")
    shares = whole_shares(
        numbers, name=Text("the shares of the markets", "各市场份额"), where="markets", hint=hint
    )
    for market, path, share in zip(markets, paths, shares, strict=True):
        factor = Factor(f"share of {market.place}", share, "1", f"{path}.share")
        _market(collector, market, factor, path)


def _market(collector: Collector, market: Market, share: Factor, path: str) -> None:
    product = collector.evaluator.factor(
        "product mass", collector.study.product.mass, "product.mass", "kg", low=SMALLEST_MASS
    )
    packed = 1.0 + sum_of_stocks(collector) / product.value
    loaded = Factor("with packaging: 1 + packaging / product", packed, "1", "packaging")
    for index, leg in enumerate(market.legs):
        label = Text(f"to {market.place}, {leg.mode}", f"至{market.place}，{leg.mode}")
        tags = Tags(label, "A4", outbound=True)
        try:
            unfold_leg(collector, leg, (share, product, loaded), f"{path}.legs[{index}]", tags)
        except CradlemarkError as error:
            collector.problem(error)


def sum_of_stocks(collector: Collector) -> Number:
    """Mass of all packaging of one declared unit [kg]."""
    return sum((product_of(stock.factors) for stock in collector.stocks if stock.packaging), start=0.0)


def unfold_installation(collector: Collector) -> None:
    """Add energy and materials of the installation."""
    installation = collector.study.installation
    if installation is None:
        return
    tags = Tags(Text("installation", "安装"), "A5")
    for index, use in enumerate(installation.energy):
        named = tags.named(use.carrier, use.carrier)
        unfold_energy(collector, use, (), f"installation.energy[{index}]", named, own=False)
    for material, name in zip(installation.inputs, material_names(installation.inputs), strict=True):
        named = tags.named(material.text, material.text)
        unfold_material(collector, material, (), f"installation.inputs[{name}]", named, stock=False)
