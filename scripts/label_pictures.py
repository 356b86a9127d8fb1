"""Make the pictures of the documentation that show labels: ``docs/images/label-*.png``; the drawing is that of the program."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.unit.label.artwork.orders import GRADE, PROGRAMME, REDUCTION, order, terminal_claim  # noqa: E402

from cradlemark.label.artwork.render import pages  # noqa: E402
from cradlemark.label.artwork.variant import Variant  # noqa: E402
from cradlemark.label.claim import Claim  # noqa: E402

DENSITY = 200
MARGIN, GROUND = 24, "#e9edf0"
PLAIN, WHOLE = terminal_claim(), terminal_claim(grade=GRADE, reduction=REDUCTION)
REDUCED, GRADED = terminal_claim(reduction=REDUCTION), terminal_claim(grade=GRADE)
PICTURES: dict[str, tuple[tuple[Claim, Variant], ...]] = {
    "label-designs": (
        (PLAIN, Variant("full")), (PLAIN, Variant("strip")), (PLAIN, Variant("micro")),
    ),
    "label-kinds": (
        (REDUCED, Variant("full", "both")), (GRADED, Variant("full", "both")), (REDUCED, Variant("strip", "en")),
        (GRADED, Variant("strip", "zh")),
    ),
    "label-languages": (
        (WHOLE, Variant("full", "zh")), (WHOLE, Variant("full", "en")), (WHOLE, Variant("full", "both", "one")),
        (WHOLE, Variant("strip", "both")),
    ),
}  # fmt: skip


def picture(orders: tuple[tuple[Claim, Variant], ...]) -> bytes:
    """Labels side by side in their true relation, on grey ground."""
    assert PROGRAMME.demonstration
    drawn = [
        Image.open(BytesIO(page)).convert("RGB")
        for page in pages([order(claim, variant) for claim, variant in orders], "png", density=DENSITY)
    ]
    width = sum(image.width + MARGIN for image in drawn) + MARGIN
    sheet = Image.new("RGB", (width, max(image.height for image in drawn) + 2 * MARGIN), GROUND)
    x = MARGIN
    for image in drawn:
        sheet.paste(image, (x, MARGIN))
        x += image.width + MARGIN
    buffer = BytesIO()
    sheet.quantize(64).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    for name, orders in PICTURES.items():
        (ROOT / "docs" / "images" / f"{name}.png").write_bytes(picture(orders))
