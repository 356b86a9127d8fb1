"""Exchanges, parameters and distributions of EcoSpold 2 as records.

Groups of the format: inputs 1 materials, 2 energy, 3 services, 4 from environment, 5 from technosphere; outputs 0 reference
product, 2 by-product, 3 material for treatment, 4 to environment, 5 stock addition. The sign of an amount stays as it is:
the reference product of a treatment is negative, and so is the input of a process whose waste it takes.
Source: EcoSpold 2 schemas, ``EcoSpold02FlowData.xsd`` and ``EcoSpold02DataTypes.xsd`` 2.0.14 (ecoinvent Centre).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from xml.etree.ElementTree import Element

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.ecospold2_flows import (
    BY_PRODUCT,
    MADE,
    RECYCLABLE,
    USED,
    WASTE,
    FlowRegister,
    Property,
    classification,
    text,
)
from cradlemark.inventory.importers.ecospold_values import (
    line,
    lognormal,
    normal,
    number,
    of_exchange,
    required_number,
    triangular,
    truth,
    uniform,
)
from cradlemark.inventory.processes.records import (
    AllocationFactor,
    AllocationMethod,
    Exchange,
    Parameter,
    RefusedExchange,
    Uncertainty,
)

PRICE = "price"
"""Name of the property that is a price."""
_SCORES = (
    "reliability", "completeness", "temporalCorrelation", "geographicalCorrelation", "furtherTechnologyCorrelation",
)  # fmt: skip
_SIDES = {
    "intermediateExchange": ({"1", "2", "3", "5"}, {"0", "2", "3", "5"}),
    "elementaryExchange": ({"4"}, {"4"}),
}
_STOCK = "5"
_UNREAD_ATTRIBUTES = ("sourceId", "pageNumbers", "productionVolumeAmount")
_UNREAD_CHILDREN = ("transferCoefficient", "tag", "productionVolumeUncertainty")


@attrs.frozen(eq=False)
class Line:
    """An exchange that could be read, with what the format says beyond a record.

    Parameters
    ----------
    waste : bool
        Whether it is an output to be treated.
    product : bool
        Whether the activity makes it.
    recyclable : bool
    """

    exchange: Exchange
    waste: bool
    product: bool
    recyclable: bool
    properties: tuple[Property, ...]
    allocation_property: str


def exchange_elements(root: Element) -> list[Element]:
    """All exchanges of a data set, in order."""
    data = root.find("flowData")
    return [] if data is None else [element for element in data if element.tag in _SIDES]


@attrs.frozen(eq=False)
class LineReader:
    """Reads the exchanges of one data set.

    Parameters
    ----------
    register : FlowRegister
    activity : str
        Identifier of the activity.
    unread : Counter
        Gets what is not kept.
    watch : callable
        Is told how many exchanges can and cannot be read, and may give up; see `Collector.watch`.
    """

    register: FlowRegister
    activity: str
    unread: Counter[Text]
    watch: Callable[[int, int, InputError], None]

    def read(self, elements: Sequence[Element]) -> tuple[list[Line], tuple[RefusedExchange, ...]]:
        """Exchanges that can be read, and those that cannot."""
        good: list[Line] = []
        bad: list[RefusedExchange] = []
        for position, element in enumerate(elements, start=1):
            self._count_unread(element)
            try:
                good.append(self._line(element, position))
            except InputError as error:
                bad.append(RefusedExchange(position, error, line(element.findtext("outputGroup")) == "0"))
                self.watch(len(bad), len(good), error)
        return good, tuple(bad)

    def _line(self, element: Element, position: int) -> Line:
        side, code = _group(element)
        if side == "output" and code == _STOCK:
            raise InputError(
                Text("additions to a stock are not read", "不读取存量的增加"),
                code="value-unknown",
                hint=Text("model the stock as a by-product", "把存量建模为副产品"),
            )
        elementary = element.tag == "elementaryExchange"
        made = side == "output" and code in {"0", "2"}
        amount = required_number(element, "amount")
        rank = (MADE if made else USED, self.activity, position)
        properties = self.register.properties_of(element)
        flow = self.register.register(element, properties, elementary=elementary, rank=rank)
        kind = classification(element, BY_PRODUCT) or self.register.by_products.get(flow, "")
        waste = side == "output" and (code == "3" or (code == "2" and kind == WASTE))
        exchange = Exchange(
            position, flow, "input" if side == "input" else "output", amount,
            reference=side == "output" and code == "0", avoided=waste,
            provider=line(element.get("activityLinkId")).lower(), formula=_formula(element),
            comment=text(element, "comment"), uncertainty=self._uncertainty(element, amount),
            price=next((amount * p.amount for p in properties if p.name.lower() == PRICE), math.nan),
            pedigree=_pedigree(element), base_uncertainty=_basic(element), flow_name=text(element, "name"),
        )  # fmt: skip
        chosen = line(element.get("specificAllocationPropertyId")).lower()
        return Line(exchange, waste, made and not waste, kind == RECYCLABLE, properties, chosen)

    def _uncertainty(self, element: Element, amount: float) -> Uncertainty | None:
        found = element.find("uncertainty")
        if found is None:
            return None
        try:
            spread = uncertainty_of(found, amount)
        except InputError:
            spread = None
        if spread is None:
            kinds = [child.tag for child in found if child.tag not in {"pedigreeMatrix", "comment"}]
            self.unread.update(
                Text(
                    f"exchange uncertainty {kind} without usable parameters",
                    f"参数不可用的交换不确定性 {kind}",
                )
                for kind in kinds
            )
        return spread

    def _count_unread(self, element: Element) -> None:
        self.unread.update(of_exchange(name) for name in _UNREAD_ATTRIBUTES if element.get(name))
        self.unread.update(of_exchange(child.tag) for child in element if child.tag in _UNREAD_CHILDREN)
        spread = sum(child.find("uncertainty") is not None for child in element.findall("property"))
        self.unread.update(
            {Text("exchange property uncertainty", "交换属性的不确定性"): spread} if spread else {}
        )
        if element.get("mathematicalRelation") and not _formula(element):
            self.unread[
                Text(
                    "exchange mathematicalRelation that is not in force", "未生效的交换 mathematicalRelation"
                )
            ] += 1


def _group(element: Element) -> tuple[str, str]:
    inputs, outputs = _SIDES[element.tag]
    for tag, side, codes in (("inputGroup", "input", inputs), ("outputGroup", "output", outputs)):
        code = line(element.findtext(tag))
        if code:
            if code not in codes:
                raise InputError(
                    Text(
                        f"{tag} of an {element.tag} is {code[:20]!r}",
                        f"{element.tag} 的 {tag} 为 {code[:20]!r}",
                    ),
                    code="value-unknown",
                    hint=Text("see the EcoSpold 2 schema", "见 EcoSpold 2 的模式"),
                )
            return side, code
    raise InputError(
        Text("the exchange has neither inputGroup nor outputGroup", "交换既无 inputGroup 也无 outputGroup"), code="value-missing",
        hint=Text("say whether it goes in or out", "说明是输入还是输出"),
    )  # fmt: skip


def _formula(element: Element) -> str:
    """The mathematical relation, when the amount is its result."""
    return line(element.get("mathematicalRelation")) if truth(element.get("isCalculatedAmount")) else ""


def uncertainty_of(element: Element, amount: float) -> Uncertainty | None:
    """Distribution around an amount; the variance with the pedigree's part counts where there is one.

    A lognormal has the amount as its geometric mean and ``exp(sqrt(variance))`` as its geometric standard deviation.
    """
    for child in element:
        if child.tag in {"lognormal", "normal"}:
            variance = number(
                child.get("varianceWithPedigreeUncertainty"), absent=number(child.get("variance"))
            )
            if not variance > 0.0:
                return None
            deviation = math.sqrt(variance)
            if child.tag == "normal":
                return normal(amount, deviation)
            return lognormal(amount, math.exp(deviation)) if deviation < 100.0 else None
        if child.tag in {"triangular", "uniform"}:
            low, high = number(child.get("minValue")), number(child.get("maxValue"))
            if child.tag == "uniform":
                return uniform(low, high)
            return triangular(low, number(child.get("mostLikelyValue")), high)
    return None


def _pedigree(element: Element) -> str:
    found = element.find("uncertainty/pedigreeMatrix")
    if found is None:
        return ""
    scores = [line(found.get(name)) for name in _SCORES]
    return f"({';'.join(scores)})" if all(re.fullmatch("[1-5]", score) for score in scores) else ""


def _basic(element: Element) -> float:
    """Basic uncertainty of a lognormal as the square of the geometric standard deviation [1]."""
    found = element.find("uncertainty/lognormal")
    try:
        variance = number(found.get("variance")) if found is not None else math.nan
    except InputError:
        return math.nan
    return math.exp(2.0 * math.sqrt(variance)) if 0.0 <= variance < 1e4 else math.nan


def parameters_of(root: Element, elements: Sequence[Element]) -> Iterator[Parameter]:
    """Everything that formulas can name: parameters, amounts, production volumes and properties of exchanges."""
    for element in root.findall("flowData/parameter"):
        name = line(element.get("variableName")) or f"parameter {line(element.get('parameterId'))}"
        yield _parameter(element, name, text(element, "name"))
    for element in elements:
        label = text(element, "name")
        if line(element.get("variableName")):
            yield _parameter(element, line(element.get("variableName")), f"amount of {label}")
        volume = line(element.get("productionVolumeVariableName"))
        if volume:
            yield _parameter(element, volume, f"production volume of {label}", prefix="productionVolume")
        for child in element.findall("property"):
            if line(child.get("variableName")):
                name = line(child.get("variableName"))
                yield _parameter(child, name, f"{text(child, 'name')} of {label}")


def _parameter(element: Element, name: str, description: str, prefix: str = "") -> Parameter:
    amount_name = f"{prefix}Amount" if prefix else "amount"
    try:
        amount = number(element.get(amount_name))
        spread = element.find("uncertainty") if not prefix else None
        uncertainty = uncertainty_of(spread, amount) if spread is not None else None
    except InputError:
        amount, uncertainty = math.nan, None
    formula = line(element.get(f"{prefix}MathematicalRelation")) if prefix else _formula(element)
    return Parameter(name, amount, formula=formula, description=description, uncertainty=uncertainty)


def declared_factors(lines: Sequence[Line], master: str) -> Iterator[AllocationFactor]:
    """Shares after the property that the data set names for allocation.

    Share of product i: ``amount_i property_i / sum``; recyclable by-products carry nothing. None when a product lacks
    the property.

    Parameters
    ----------
    lines : sequence of Line
    master : str
        Identifier of the property of the data set; an exchange may name another.
    """
    made = [one for one in lines if one.product and one.exchange.amount != 0.0]
    carriers = [one for one in made if not one.recyclable]
    if len(made) < 2 or not carriers:
        return
    basis: list[float] = []
    method: AllocationMethod = "physical"
    for one in carriers:
        wanted = one.allocation_property or master
        found = next((p for p in one.properties if wanted and p.id == wanted), None)
        if found is None:
            if len(carriers) > 1:
                return
            found = Property("", "", "", 1.0)
        method = "economic" if found.name.lower() == PRICE else method
        basis.append(one.exchange.amount * found.amount)
    total = math.fsum(basis)
    if total == 0.0 or any(value / total < 0.0 for value in basis):
        return
    shares: dict[str, float] = {one.exchange.flow: 0.0 for one in made}
    for one, value in zip(carriers, basis, strict=True):
        shares[one.exchange.flow] += value / total
    for flow, share in shares.items():
        yield AllocationFactor(flow, method, share)
