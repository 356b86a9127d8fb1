"""Requests and signers for tests of the register."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache

import attrs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.unit.label.builders import claim

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.number import LabelNumber
from cradlemark.trust.signers import KeySigner

NOW = datetime.datetime(2026, 11, 28, 12, 0, tzinfo=datetime.UTC)
SIGNER = KeySigner(Ed25519PrivateKey.from_private_bytes(b"r" * 32))


@cache
def model_claim() -> Claim:
    return claim()


def numbered(number: LabelNumber, *, bundle: str = "3") -> Claim:
    made = model_claim()
    return attrs.evolve(
        made, number=str(number), digests=attrs.evolve(made.digests, bundle="sha256:" + bundle * 64)
    )


def sign(made: Claim, status_index: int) -> str:
    return f"credential {made.number} {status_index}"


PRODUCTS = (
    # name en, name zh, model, classification, holder en, holder zh, place, year, figure
    ("Push-in terminal block PT 2.5", "直插式接线端子 PT 2.5", "PT-2.5-QUATTRO", ("HS 853690",), "Harbour Electric", "海港电气", "CN-ZJ", 2024, 0.05),
    ("Screw terminal block UK 5", "螺钉接线端子 UK 5", "UK-5N", ("HS 853690", "ECLASS 27-14-11-20"), "Harbour Electric", "海港电气", "CN-ZJ", 2025, 0.07),
    ("Die-cast gearbox housing", "压铸减速器壳体", "GEH-4711", ("HS 848390",), "Müller Gießerei", "", "DE", 2025, 4.2),
    ("Dyed cotton fabric", "染色棉布", "F-100", ("HS 520932",), "Delta Textiles", "三角洲纺织", "VN", 2026, 9.1),
)  # fmt: skip


def product_claim(index: int) -> Callable[[LabelNumber], Claim]:
    """Makes the claim of one of the products, for any number."""
    en, zh, model, codes, holder_en, holder_zh, place, year, figure = PRODUCTS[index]

    def claim(number: LabelNumber) -> Claim:
        base = model_claim()
        value = attrs.evolve(base.values.gate, figure=figure, stated=f"{figure:g}", stated_unit="kg")
        return attrs.evolve(
            base, number=str(number),
            product=attrs.evolve(base.product, name=Text(en, zh), models=(model,), classification=codes, place=place),
            holder=attrs.evolve(base.holder, name=Text(holder_en, holder_zh), id=""),
            values=attrs.evolve(base.values, gate=value, life_cycle=None),
            validity=attrs.evolve(base.validity, issued=f"{year}-03-01", until=f"{year + 2}-02-28"),
            digests=attrs.evolve(base.digests, bundle="sha256:" + f"{index:x}" * 64),
        )  # fmt: skip

    return claim
