"""What the index holds of a label, from its claim: pure, so that the index can be made again at any time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.core.places import place_name
from cradlemark.label.artwork.content import per_unit
from cradlemark.label.claim import Claim
from cradlemark.label.comparability import comparability_class
from cradlemark.registry.search.tokens import tokens


def row_of(claim: Claim) -> dict[str, Any]:
    """Fields of a `Row` that follow from the claim."""
    value = claim.values.life_cycle or claim.values.gate
    product, holder, programme = claim.product, claim.holder, claim.programme
    return {
        "kind": claim.kind,
        "programme": programme.id[:80], **_named("programme", programme.name, 200),
        "holder": (holder.id or holder.name.en or holder.name.zh)[:200], **_named("holder", holder.name, 200),
        **_named("product", product.name, 300),
        "product_models": "\n".join(product.models), "categories": "\n".join(product.classification),
        "region": product.place[:20], "grade": claim.grade.grade[:20] if claim.grade else "",
        "rule_pack": claim.basis.rule_pack[:120], "boundary": claim.basis.boundary,
        "issued": claim.validity.issued, "valid_until": claim.validity.until,
        **_named("per", per_unit(claim), 120),
        "figure": value.figure, "stated": value.stated, "stated_unit": value.stated_unit,
        "comparability": comparability_class(claim).id if product.classification else "",
        "tokens": " ".join(tokens(_texts(claim))),
    }  # fmt: skip


def _named(name: str, text: Text, longest: int) -> dict[str, str]:
    return {f"{name}_en": text.en[:longest], f"{name}_zh": text.zh[:longest]}


def _texts(claim: Claim) -> Iterator[str]:
    product, holder = claim.product, claim.holder
    yield from (claim.number, claim.number.replace("-", ""))
    for name in (product.name, holder.name, product.site, claim.verification.verifier):
        yield from (name.en, name.zh)
    yield from (*product.models, product.gtin, *product.classification, holder.id, claim.basis.rule_pack)
    try:
        place = place_name(product.place) if product.place else Text()
    except CradlemarkError:
        place = Text()
    yield from (product.place, place.en, place.zh)
