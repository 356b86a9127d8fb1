"""Every artwork is drawn, and holds what the check asks for; what does not fit or cannot be drawn is refused by name."""

from __future__ import annotations

import struct

import attrs
import pytest
from tests.unit.label.artwork.orders import GRADE, HOST, PROGRAMME, REDUCTION, order, terminal_claim
from tests.unit.label.builders import EXAMPLES, claim

from cradlemark.cli.opening import open_model
from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.footprint.document import seal
from cradlemark.label.artwork.check import check
from cradlemark.label.artwork.link import label_link
from cradlemark.label.artwork.render import DENSITY, Order, pages, render
from cradlemark.label.artwork.scan import scan
from cradlemark.label.artwork.variant import Variant, variants
from cradlemark.label.certificate.make import certificate_pdf
from cradlemark.label.claim import Claim, Value

ALL = variants()


def gate_only(made: Claim) -> Claim:
    return attrs.evolve(made, values=attrs.evolve(made.values, life_cycle=None))


def figured(figure: float, digits: str, unit: str) -> Claim:
    made = terminal_claim()
    value = Value(figure, None, None, digits, unit)  # type: ignore[arg-type]
    return attrs.evolve(made, values=attrs.evolve(made.values, gate=value, life_cycle=value))


CLAIMS = {
    "plain": terminal_claim(),
    "without GTIN": terminal_claim(gtin=""),
    "graded": terminal_claim(grade=GRADE),
    "reduced": terminal_claim(reduction=REDUCTION),
    "graded and reduced": terminal_claim(grade=GRADE, reduction=REDUCTION),
    "gate only": gate_only(terminal_claim()),
    "tiny": figured(3.2e-6, "0.00320", "g"),
    "large": figured(12_345.0, "12.3", "t"),
    "negative": figured(-0.2, "-200", "g"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_every_artwork_passes_its_check(name: str) -> None:
    orders = [order(CLAIMS[name], variant) for variant in ALL]
    expected = str(label_link(CLAIMS[name], host=HOST))
    drawn = zip(ALL, pages(orders, "svg"), pages(orders, "png"), strict=True)
    assert [
        p for variant, svg, png in drawn for p in check(svg, png, variant, expected, density=DENSITY)
    ] == []


@pytest.mark.parametrize("name", ["terminal-block", "die-cast-housing", "dyed-cotton-fabric"])
def test_every_artwork_of_the_examples_passes_its_check(name: str) -> None:
    calculated = open_model(EXAMPLES / name).calculate().footprint
    result = seal(
        attrs.evolve(calculated, findings=tuple(f for f in calculated.findings if f.severity != "error"))
    )[0]
    derived = claim(7, result)
    made = attrs.evolve(derived, programme=terminal_claim().programme)
    orders = [order(made, variant) for variant in ALL]
    expected = str(label_link(made, host=HOST))
    drawn = zip(ALL, pages(orders, "svg"), pages(orders, "png"), strict=True)
    assert [
        p for variant, svg, png in drawn for p in check(svg, png, variant, expected, density=DENSITY)
    ] == []
    assert scan(certificate_pdf(made, PROGRAMME, host=HOST)) == (expected,)


def test_all_formats_say_the_same_and_are_of_the_true_size() -> None:
    made = render(order(terminal_claim(), Variant("full")))
    assert {scan(made.svg), scan(made.pdf), scan(made.png)} == {
        (f"https://{HOST}/01/09506000134352?label=DEMO-00001Z-2K",)
    }
    assert b"<text" not in made.svg
    assert b"font-family" not in made.svg
    width, height = struct.unpack(">II", made.png[16:24])
    assert (round(width / DENSITY * 25.4, 1), round(height / DENSITY * 25.4, 1)) == (50.0, 60.0)
    assert b"pHYs" + struct.pack(">IIB", 23622, 23622, 1) in made.png
    assert b"/MediaBox[0 0 141.73228 170.07874]" in made.pdf.replace(b" [", b"[")


def test_drawing_twice_gives_the_same_bytes() -> None:
    wanted = order(terminal_claim(), Variant("strip", "zh", "one"))
    assert render(wanted) == render(wanted)


def test_one_ink_has_no_grey() -> None:
    svg = pages([order(terminal_claim(grade=GRADE), Variant("full", "both", "one"))], "svg")[0].decode()
    colours = {part.split('"')[0] for part in svg.split('fill="')[1:] + svg.split('stroke="')[1:]}
    assert colours <= {"#000000", "#ffffff", "none"}


LONG = "超长" * 60


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"product": Text("x" * 400, LONG)}, "artwork-overflow", "product"),
        ({"verifier": Text("Verification " * 30, LONG)}, "artwork-overflow", "verifier"),
        ({"product": Text("Block ﷽", "端子")}, "artwork-glyph", "U+FDFD"),
        ({"gtin": "9506000134351"}, "gtin-check", "check digit"),
        ({"programme": "epd-type"}, "artwork-programme", "epd-type"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change: dict[str, object], code: str, said: str) -> None:
    made = terminal_claim()
    made = attrs.evolve(
        made,
        product=attrs.evolve(
            made.product, name=change.get("product", made.product.name), gtin=change.get("gtin", made.product.gtin)
        ),
        verification=attrs.evolve(made.verification, verifier=change.get("verifier", made.verification.verifier)),
        programme=attrs.evolve(made.programme, id=change.get("programme", made.programme.id)),
    )  # fmt: skip
    with pytest.raises(CradlemarkError) as error:
        pages([order(made, Variant("full"))], "svg")
    assert (error.value.code, said in str(error.value)) == (code, True)


def test_a_design_that_the_programme_does_not_have_is_refused() -> None:
    few = attrs.evolve(PROGRAMME, design=attrs.evolve(PROGRAMME.design, designs=("full",)))
    with pytest.raises(CradlemarkError, match="artwork-design"):
        pages([Order(terminal_claim(), few, Variant("micro"), HOST)], "svg")


def test_a_pale_programme_colour_is_refused() -> None:
    pale = attrs.evolve(PROGRAMME, design=attrs.evolve(PROGRAMME.design, colour="#8fd0a0"))
    with pytest.raises(CradlemarkError, match="artwork-colour"):
        pages([Order(terminal_claim(), pale, Variant("full"), HOST)], "svg")
