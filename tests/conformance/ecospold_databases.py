"""Whole databases in both versions of EcoSpold, made at random from a seed, with everything the formats can say.

Brightway stores numbers as float32. All amounts, shares and factors here are short binary fractions, which float32 holds
exactly, so that scores can be compared to 1e-9.
"""

from __future__ import annotations

import random

from tests.ecospold_documents import (
    activity2,
    allocation1,
    dataset1,
    document1,
    elementary2,
    exchange1,
    identifier,
    parameter2,
    product2,
    property2,
    uncertainty2,
)

UNITS = ("kg", "MJ", "tkm", "unit", "m3", "kWh")
PLACES = ("CH", "DE", "RER", "CN", "GLO")
GASES = (
    ("Carbon dioxide, fossil", "air", "high population density"), ("Methane, fossil", "air", "low population density"),
    ("Dinitrogen monoxide", "air", "stratosphere"), ("Nitrate", "water", "river"), ("Lead", "soil", "industrial"),
)  # fmt: skip
RESOURCES = (("Iron, in ground", "resource", "in ground"), ("Water, river", "resource", "in water"))


def exact(value: float) -> float:
    """The nearest number that is not 0 and that float32 holds exactly, also after an eighth of it was taken."""
    return (round(value * 1024) or 1) / 1024


def _spread1(rng: random.Random, amount: float) -> dict[str, object]:
    width = abs(amount) / 2
    low, high = amount - width, amount + width
    return rng.choice((
        {}, {"uncertaintyType": 0},
        {"uncertaintyType": 1, "standardDeviation95": round(rng.uniform(1.05, 4), 4),
         "generalComment": "(2,3,1,1,1,5); estimated"},
        {"uncertaintyType": 2, "standardDeviation95": width},
        {"uncertaintyType": 3, "minValue": low, "maxValue": high}, {"uncertaintyType": 4, "minValue": low, "maxValue": high},
    ))  # fmt: skip


def database1(seed: int, count: int = 24) -> list[str]:
    """Documents of an EcoSpold 1 database: linked by name and place, co-products, avoided products, disposal services."""
    rng = random.Random(seed)
    goods = [(f"good {i}", UNITS[i % 6], PLACES[i % 5], f"sector {i % 4}") for i in range(count)]
    joint = [(f"joint {i}", "kg", "CH", "refining") for i in range(6)]
    datasets = [_single1(rng, i, goods, joint) for i in range(count)]
    datasets += [_joint1(rng, 100 + i, joint[3 * i : 3 * i + 3], goods) for i in range(2)]
    order = rng.sample(datasets, len(datasets))
    return [document1(*order[start : start + 5]) for start in range(0, len(order), 5)]


Good = tuple[str, str, str, str]


def _use1(number: int, group: str, good: Good, amount: float, **more: object) -> str:
    name, unit, place, category = good
    return exchange1(
        number, group, name, amount, unit, location=place, category=category, subCategory="all",
        infrastructureProcess="false", **more,
    )  # fmt: skip


def _flow1(number: int, group: str, flow: tuple[str, str, str], amount: float, **more: object) -> str:
    return exchange1(number, group, flow[0], amount, category=flow[1], subCategory=flow[2], **more)


def _lines1(rng: random.Random, goods: list[Good], joint: list[Good], skip: Good | None) -> list[str]:
    lines: list[str] = []
    others = [good for good in (*goods, *joint) if good != skip]
    for number, good in enumerate(rng.sample(others, 4), start=201):
        amount = exact(rng.uniform(0.01, 0.1)) * rng.choice((1, 1, 1, -1))
        group = rng.choice(("input", "input", "material", "energy", "service"))
        lines.append(_use1(number, group, good, amount, **_spread1(rng, amount)))
    for number, gas in enumerate(rng.sample(GASES, 3), start=301):
        amount = exact(rng.lognormvariate(0, 2))
        lines.append(_flow1(number, "emission", gas, amount, **_spread1(rng, amount)))
    lines.append(_flow1(401, "resource", rng.choice(RESOURCES), exact(rng.uniform(0, 9))))
    return lines


def _single1(rng: random.Random, i: int, goods: list[Good], joint: list[Good]) -> str:
    name, unit, place, category = goods[i]
    lines = [_use1(i + 1, "made", goods[i], rng.choice((1, 1, 2.5))), *_lines1(rng, goods, joint, goods[i])]
    if i % 6 == 0:
        lines.append(_use1(501, "avoided", goods[(i + 7) % len(goods)], exact(0.02)))
    return dataset1(
        i + 1, name, *lines, unit=unit, location=place, category=category, subcategory="all", local=f"Gut {i}"
    )


def _joint1(rng: random.Random, number: int, made: list[Good], goods: list[Good]) -> str:
    products = [_use1(j + 1, "co-product", good, exact(rng.uniform(1, 5))) for j, good in enumerate(made)]
    lines = _lines1(rng, goods, [], None)
    numbers = [201, 202, 203, 204, 301, 302, 303, 401]
    shares: list[str] = []
    for one in numbers:
        first, second = 12.5 * rng.randint(1, 4), 12.5 * rng.randint(1, 3)
        values = (first, second, 100 - first - second)
        shares += [allocation1(j + 1, [one], value) for j, value in enumerate(values)]
    return dataset1(
        number,
        f"refinery {number}",
        *products,
        *lines,
        *shares,
        location="CH",
        category="refining",
        subcategory="all",
        kind=5,
    )


def methods1(seed: int) -> str:
    """A document with two impact methods of EcoSpold 1 for the flows of `database1`, and for one that it does not have."""
    rng = random.Random(seed)
    methods = []
    for number, name in enumerate(("climate", "toxicity"), start=1):
        flows = [*GASES, *RESOURCES, ("Mercury", "air", "stratosphere")]
        factors = [_flow1(i + 1, "", flow, rng.randint(-99, 99) / 16) for i, flow in enumerate(flows)]
        methods.append(
            dataset1(number, name, *factors, kind=4, category="Method", subcategory="midpoint", unit="points")
        )
    return document1(*methods, namespace="http://www.EcoInvent.org/EcoSpold01Impact")


def _spread2(rng: random.Random, amount: float) -> str:
    low, high = sorted((amount * 0.5, amount * 1.5))
    return uncertainty2(
        rng.choice((
            f'<lognormal meanValue="{amount}" mu="0" variance="0.04" varianceWithPedigreeUncertainty="0.09"/>',
            f'<normal meanValue="{amount}" variance="0.01" varianceWithPedigreeUncertainty="0.02"/>',
            f'<triangular minValue="{low}" mostLikelyValue="{amount}" maxValue="{high}"/>',
            f'<uniform minValue="{low}" maxValue="{high}"/>',
            '<undefined minValue="0" maxValue="0" standardDeviation95="0"/>',
        )), (2, 3, 1, 4, 5),
    )  # fmt: skip


def database2(seed: int, count: int = 24) -> list[str]:
    """Documents of a linked EcoSpold 2 release: divided activities, markets, treatments, parameters, languages."""
    rng = random.Random(seed)
    makers = [(f"making {i}", f"good {i}", UNITS[i % 6]) for i in range(count)]
    makers += [(f"refining {i // 3}", f"joint {i}", "kg") for i in range(6)]
    wastes = [(f"treatment of waste {i}", f"waste {i}", "kg") for i in range(3)]
    documents = [_maker2(rng, i, makers, wastes) for i in range(len(makers))]
    documents += [
        activity2(name, product2("made", waste, -1, unit), *_flows2(rng), product2("input", makers[0][1], exact(0.01), makers[0][2],
                  link=makers[0][0]), place="CH", key=name)
        for name, waste, unit in wastes
    ]  # fmt: skip
    documents.append(
        activity2(
            {"en": "market for mix", "de": "Markt"}, product2("made", "good 1", 1, UNITS[1]),
            product2("input", "good 1", exact(0.98), UNITS[1], link="making 1"), product2("input", "waste 0", -exact(0.2), link=wastes[0][0]),
            special=1, key="market", place="US",
        )
    )  # fmt: skip
    return rng.sample(documents, len(documents))


def _flows2(rng: random.Random) -> list[str]:
    lines = []
    for name, first, second in rng.sample(GASES, 3):
        amount = exact(rng.lognormvariate(0, 2))
        label = {"en": name, "de": f"{name} (de)"}
        lines.append(
            elementary2("emission", label, amount, inside=_spread2(rng, amount), compartment=(first, second))
        )
    name, first, second = rng.choice(RESOURCES)
    lines.append(elementary2("resource", name, exact(rng.uniform(0, 9)), compartment=(first, second)))
    return lines


def _maker2(
    rng: random.Random, i: int, makers: list[tuple[str, str, str]], wastes: list[tuple[str, str, str]]
) -> str:
    activity, product, unit = makers[i]
    made = {"en": product, "de": f"{product} (de)", "zh": f"产品 {i}"}
    others = [one for one in makers if one[0] == activity and one[1] != product]
    lines = [
        product2("made", made, 1, unit, after=property2("price", 2.0, "EUR2005") + property2("dry mass", 0.5))
    ]
    lines += [product2("co-product", name, 0, kind) for _, name, kind in others]
    for number, (maker, name, kind) in enumerate(rng.sample([m for m in makers if m[0] != activity], 4)):
        amount = exact(rng.uniform(0.01, 0.1)) * rng.choice((1, 1, 1, -1))
        extra: dict[str, object] = {}
        if number == 0:
            extra = {"mathematicalRelation": f"share*{amount!r}/0.25", "isCalculatedAmount": "true"}
        lines.append(product2("input", name, amount, kind, link=maker, after=_spread2(rng, amount), **extra))
    waste = rng.choice(wastes)
    lines.append(product2("input", waste[1], -exact(rng.uniform(0.1, 1)), waste[2], link=waste[0]))
    return activity2(
        activity, *lines, *_flows2(rng), parameter2("share", 0.25), place=rng.choice(PLACES), key=activity,
        activityNameId=identifier(activity),
    )  # fmt: skip
