"""Random labels: each is drawn, nothing on it touches, it passes its check, and its code is read, also halved and blurred, and faded.

1,000 labels in CI, fewer elsewhere; all from one seed, so that a failure can be repeated.
"""

from __future__ import annotations

import os
from random import Random

import attrs
import pytest
from tests.unit.label.artwork.ink import FIGURES_APART, LETTERS_APART, touching
from tests.unit.label.artwork.orders import PROGRAMME, terminal_claim

from cradlemark.core.identifiers import gtin_check_digit
from cradlemark.core.language import Text
from cradlemark.label.artwork.check import check
from cradlemark.label.artwork.link import label_link
from cradlemark.label.artwork.render import DENSITY, Order, pages
from cradlemark.label.artwork.variant import COLOURINGS, DESIGNS, WORDINGS, Variant
from cradlemark.label.claim import Claim, Grade, Reduction, Value, stated
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_reader import load_programme, programme_ids

BATCH = 50
BATCHES = 20 if "CI" in os.environ else 4
HAN = "直插式接线端子导轨连接器铜合金外壳阻燃尼龙绝缘弹簧夹持电气有限公司华东精密制造工厂认证核查中心"
LATIN = (
    "Terminal",
    "block",
    "rail",
    "push-in",
    "2.5",
    "mm²",
    "grey",
    "PA66",
    "copper",
    "Höhe",
    "Ø",
    "relay",
    "V0",
    "ßteel",
)
HOSTS = ("label.example", "cradlemark.example", "a.cn", "labels.national-programme.example")
UNITS = ("piece", "kg", "m", "m2", "kWh", "set")


def name(random: Random, han: int, words: int) -> Text:
    return Text(
        " ".join(("Terminal", *(random.choice(LATIN) for _ in range(random.randint(0, words - 1))))),
        "".join(random.choice(HAN) for _ in range(random.randint(1, han))),
    )


def value(random: Random, figure: float) -> Value:
    digits, unit = stated(figure)
    spread = abs(figure) * random.uniform(0.05, 0.6)
    known = random.random() < 0.8
    return Value(figure, figure - spread if known else None, figure + spread if known else None, digits, unit)


def gtin(random: Random) -> str:
    digits = f"{random.randrange(10**12):012d}"
    return digits + str(gtin_check_digit(digits))


def reduction(random: Random, profile: ProgrammeProfile, share: float) -> Reduction:
    ways = [way.id for way in profile.reduction.alternatives] if profile.reduction else ["own_baseline"]
    known = random.random() < 0.8
    return Reduction(
        *(("DEMO-00001Y-39", "") if known else ("some-verification-body, 2025-03-01", "")), 1.0, 1.0, share, 0.03, 0.97, (), {},
        baseline_kind="label" if known else "statement", way=random.choice(ways),
        baseline_period=random.choice(("2024-01-01/2024-12-31", "2023-07-01/2024-06-30")),
    )  # fmt: skip


def random_claim(random: Random, programme: str) -> Claim:
    made = terminal_claim()
    profile = load_programme(programme)
    figure = random.choice((-1, 1, 1, 1)) * 10 ** random.uniform(-6, 7)
    whole = random.random() < 0.7
    steps = profile.grade.steps if profile.grade else ()
    share = random.choice((0.021, 0.123, 0.5, 0.999, 12.34))
    return attrs.evolve(
        made,
        number=str(LabelNumber(profile.mark, random.choice((random.randrange(10**4), random.randrange(10**9))))),
        programme=attrs.evolve(made.programme, id=profile.id, name=profile.name, demonstration=profile.demonstration),
        holder=attrs.evolve(made.holder, name=name(random, 12, 3)),
        product=attrs.evolve(
            made.product, name=name(random, 16, 5), gtin=random.choice(("", gtin(random))),
            models=tuple(f"PT {random.randrange(100)}-{number}" for number in range(random.randrange(3))),
            classification=random.choice(((), ("CPC 46212",), ("HS 853690", "CPC 46212"), ("UNSPSC 39121409",))),
        ),
        unit=attrs.evolve(
            made.unit, declared_amount=random.choice((1.0, 100.0, 0.5, 1000.0)), declared_unit=random.choice(UNITS)
        ),
        values=attrs.evolve(
            made.values, gate=value(random, figure * random.uniform(0.2, 1.0)),
            life_cycle=value(random, figure) if whole else None,
        ),
        verification=attrs.evolve(
            made.verification, verifier=name(random, 12, 3), assurance=random.choice(("limited", "reasonable"))
        ),
        reduction=random.choice((None, reduction(random, profile, share))),
        grade=random.choice((None, Grade(random.choice(steps).grade, "c", "", random.randrange(10, 9999), random.uniform(0, 100), 0.0, 1.0)))
        if steps else None,
    )  # fmt: skip


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_labels_are_sound_and_read(batch: int) -> None:
    random = Random(batch)
    orders = []
    for _ in range(BATCH):
        programme = random.choice(("demonstration", *programme_ids()))
        variant = Variant(random.choice(DESIGNS), random.choice(WORDINGS), random.choice(COLOURINGS))
        made = random_claim(random, programme)
        orders.append(Order(made, load_programme(programme), variant, random.choice(HOSTS)))
    svgs = pages(orders, "svg")
    assert [
        (order.claim.number, order.variant.name, pairs[0]) for order, svg in zip(orders, svgs, strict=True)
        if (pairs := touching(svg, letters=LETTERS_APART, figures=FIGURES_APART))
    ] == []  # fmt: skip
    drawn = zip(orders, svgs, pages(orders, "png"), strict=True)
    wrong = [
        (order.claim.number, *problems)
        for order, svg, png in drawn
        if (
            problems := check(
                svg, png, order.variant, str(label_link(order.claim, host=order.host)), density=DENSITY
            )
        )
    ]
    assert wrong == []


def test_the_packaged_demonstration_programme_is_among_them() -> None:
    assert PROGRAMME.id in programme_ids()
