"""Packaging (A3), distribution to the markets (A4) and installation (A5)."""

from __future__ import annotations

import math

from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.core.language import Text
from cradlemark.product.study import Market
from cradlemark.product.system import Factor, Number
from cradlemark.product.unfold.collector import Collector, Tags, central, product_of
from cradlemark.product.unfold.manufacturing import unfold_energy
from cradlemark.product.unfold.parts import unfold_leg, unfold_material

SHARE_TOLERANCE = 1e-6


def unfold_packaging(collector: Collector) -> None:
    """Add the packaging materials; their waste follows in installation or at the end of life."""
    for item in collector.study.packaging:
        label = Text(f"packaging: {item.name['en']}", f"包装：{item.name['zh']}")
        path = f"packaging[{item.name.en or item.name.zh}].material"
        unfold_material(collector, item.material, (), path, Tags(label, "A3", packaging=True))


def unfold_distribution(collector: Collector) -> None:
    """Add the transport of product and packaging to each market."""
    markets = collector.study.markets
    if not markets:
        return
    shares = [
        collector.evaluator.number(market.share, f"markets[{market.place}].share", "1", low=0.0, high=1.0)
        for market in markets
    ]
    total = math.fsum(central(share) for share in shares)
    if abs(total - 1.0) > SHARE_TOLERANCE:
        raise InputError(
            f"the shares of the markets sum to {total:g}, not to 1", code="shares-sum", where="markets",
            hint="correct the shares, or add the missing market",
        )  # fmt: skip
    for market, share in zip(markets, shares, strict=True):
        _market(
            collector,
            market,
            Factor(f"share of {market.place}", share, "1", f"markets[{market.place}].share"),
        )


def _market(collector: Collector, market: Market, share: Factor) -> None:
    product = collector.evaluator.factor("product mass", collector.study.product.mass, "product.mass", "kg")
    packed = 1.0 + sum_of_stocks(collector) / product.value
    loaded = Factor("with packaging: 1 + packaging / product", packed, "1", "packaging")
    for index, leg in enumerate(market.legs):
        label = Text(f"to {market.place}, {leg.mode}", f"至{market.place}，{leg.mode}")
        path = f"markets[{market.place}].legs[{index}]"
        try:
            unfold_leg(collector, leg, (share, product, loaded), path, Tags(label, "A4", outbound=True))
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
    for material in installation.inputs:
        named = tags.named(material.text, material.text)
        unfold_material(collector, material, (), f"installation.inputs[{material.text}]", named, stock=False)
