"""The attestation inside a credential: the claim in the words of the UN Transparency Protocol 0.7.0.

Units are codes of UN/ECE Recommendation 20; metric and topic are those of the vocabulary of UN/CEFACT. What the protocol has no
words for, values by stage and origin above all, stands under ``carbonLabel`` in our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from cradlemark.label.claim import Claim, Value
from cradlemark.label.conformity_kinds import (
    TOPIC,
    criterion_of,
    grade_performance,
    grade_terms,
    grade_words,
    measure,
    metric,
    reduction_performance,
    reduction_terms,
)
from cradlemark.label.credential_shape import is_uri

FOOTPRINT = ("product-carbon-footprint", "Product carbon footprint")
KILOGRAM = "KGM"
GS1 = "https://id.gs1.org/01/"


def attestation(claim: Claim, *, base: str, address: str) -> dict[str, Any]:
    """The attestation of a claim.

    Parameters
    ----------
    claim : Claim
    base : str
        Address of the programme.
    address : str
        Address of the label.
    """
    demonstration = claim.programme.demonstration
    grade = claim.grade
    score = {"profileScore": {"code": grade.grade, "definition": grade_words(grade)}} if grade else {}
    return {
        "type": ["ConformityAttestation"],
        "id": address,
        "name": f"Carbon footprint label {claim.number}",
        "description": " ".join(limit["en"] for limit in claim.limits),
        "assessorLevel": "unspecified" if demonstration else "3rdParty",
        "assessmentLevel": "no-endorsement" if demonstration else "scheme-cab",
        "attestationType": "verification",
        "issuedToParty": _holder(claim, address),
        "referenceScheme": {"type": ["ConformityScheme"], "id": base, "name": claim.programme.name["en"]},
        "referenceProfile": {
            "type": ["ConformityProfile"],
            "id": f"{base}/programme#{claim.programme.digest}",
            "name": claim.programme.id,
        },
        **score,
        "conformityAssessment": _assessments(claim, base, address),
        "carbonLabel": carbon_label(claim),
    }


def _holder(claim: Claim, address: str) -> dict[str, Any]:
    """The holder; his registered identifier has a scheme in front, otherwise it is only told beside."""
    known = claim.holder.id
    has_scheme = is_uri(known)
    party = {
        "type": ["Party"],
        "id": known if has_scheme else f"{address}#holder",
        "name": claim.holder.name["en"],
    }
    return party | ({"registeredId": known.partition(":")[2] if has_scheme else known} if known else {})


def _assessments(claim: Claim, base: str, address: str) -> list[dict[str, Any]]:
    found = [_assessment(claim, base, address, "gate", "Cradle-to-gate footprint (A1-A3)", claim.values.gate)]
    if claim.values.life_cycle is not None:
        name = "Life-cycle footprint (A1-C4)"
        found.append(_assessment(claim, base, address, "life-cycle", name, claim.values.life_cycle))
    return [*found, *_further(claim, base, address)]


def _assessment(claim: Claim, base: str, address: str, part: str, name: str, value: Value) -> dict[str, Any]:
    unit = f"{claim.unit.declared_amount:g} {claim.unit.declared_unit}"
    return _common(claim, base, address, part, name) | {
        "description": f"kg CO2e per {unit}, {claim.values.electricity_basis}-based electricity, {claim.basis.gwp_set}",
        "assessedPerformance": [{"metric": metric(*FOOTPRINT), "measure": _measure(value)}],
    }


def _further(claim: Claim, base: str, address: str) -> Iterator[dict[str, Any]]:
    """Reduction and grade: their criteria are those of the programme, not of the rule pack."""
    if claim.reduction is not None:
        criterion = criterion_of(claim, base, f"reduction.alternatives.{claim.reduction.way}")
        yield _common(claim, base, address, "reduction", "Reduction of the footprint", criterion) | (
            reduction_performance(claim.reduction)
        )
    if claim.grade is not None:
        criterion = criterion_of(claim, base, "grade.steps")
        yield _common(claim, base, address, "grade", "Grade among comparable products", criterion) | (
            grade_performance(claim.grade)
        )


def _common(
    claim: Claim, base: str, address: str, part: str, name: str, criterion: dict[str, Any] | None = None
) -> dict[str, Any]:
    rules = {
        "type": ["Criterion"],
        "id": f"{base}/rules/{quote(claim.basis.rule_pack, safe='')}",
        "name": claim.basis.rule_pack,
        "conformityTopic": TOPIC,
    }
    facility = {"type": ["Facility"], "id": f"{address}#site", "name": claim.product.site["en"]}
    return {
        "type": ["ConformityAssessment"],
        "id": f"{address}#{part}",
        "name": name,
        "assessmentCriteria": [rules, criterion] if criterion else [rules],
        "assessmentDate": claim.verification.date,
        "assessedProduct": _products(claim, address),
        **({"assessedFacility": [{"facility": facility}]} if claim.product.site else {}),
        "assessedOrganisation": _party_alone(claim, address),
        "conformityTopic": [TOPIC],
        "conformance": claim.verification.opinion == "unmodified",
    }


def _party_alone(claim: Claim, address: str) -> dict[str, Any]:
    return {name: value for name, value in _holder(claim, address).items() if name != "registeredId"}


def _products(claim: Claim, address: str) -> list[dict[str, Any]]:
    """The product once for each model; its identifier is that of GS1 where there is one."""
    product = claim.product
    identifier = f"{GS1}{product.gtin.zfill(14)}" if product.gtin else f"{address}#product"
    plain = {"type": ["Product"], "id": identifier, "name": product.name["en"]}
    return [{"product": plain | {"modelNumber": model}} for model in product.models] or [{"product": plain}]


def _measure(value: Value) -> dict[str, Any]:
    """A figure [kg CO2e] with the distance to its 95 % interval on both sides."""
    return measure(value.figure, value.low, value.high, KILOGRAM)


def carbon_label(claim: Claim) -> dict[str, Any]:
    """What the protocol has no words for."""
    values, basis, quality = claim.values, claim.basis, claim.quality
    optional = {
        "previousLabel": claim.previous,
        "functionalUnit": claim.unit.functional_unit["en"],
        "accreditation": claim.verification.accreditation,
        "beyondBoundary": values.beyond_boundary,
        "dataQualityRating": quality.rating,
        "endOfLifeMethod": basis.end_of_life_method,
        "reduction": reduction_terms(claim.reduction) if claim.reduction else None,
        "grade": grade_terms(claim.grade) if claim.grade else None,
    }
    return {
        "type": ["CarbonLabel"],
        "labelNumber": claim.number,
        "claimKind": claim.kind,
        "claimDigest": claim.digest,
        "demonstration": claim.programme.demonstration,
        "declaredAmount": claim.unit.declared_amount,
        "declaredUnit": claim.unit.declared_unit,
        "massPerDeclaredUnit": claim.unit.mass,
        "boundary": basis.boundary,
        "electricityBasis": values.electricity_basis,
        "gwpSet": basis.gwp_set,
        "dataPeriod": basis.period,
        "rulePack": basis.rule_pack,
        "rulePackDigest": basis.rule_pack_digest,
        "primaryShare": quality.primary_share,
        "unverifiedShare": quality.unverified_share,
        "verifier": claim.verification.verifier["en"],
        "assurance": claim.verification.assurance,
        "materiality": claim.verification.materiality,
        "stageValues": [
            {"type": ["StageValue"], "stage": stage, **dict(zip(values.origins, by_origin, strict=True))}
            for stage, by_origin in values.by_stage.items()
        ],
    } | {name: value for name, value in optional.items() if value not in ("", None)}
