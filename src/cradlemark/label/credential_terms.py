"""Words of a carbon label that the UN Transparency Protocol has none for, as a JSON-LD context of our own.

Values by stage and origin, the binding to the claim, and the second status list. Every programme publishes the same context below
its own origin, so that nothing has to be fetched from elsewhere; the names of the words are the same everywhere.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from cradlemark.inventory.dataset import ORIGINS

CONTEXT_PATH = "contexts/carbon-label-1.jsonld"
"""Where a programme publishes the context."""
CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
UNTP = "https://vocabulary.uncefact.org/untp/0.7.0/context/"
TERMS = "urn:cradlemark:carbon-label:1#"
"""In front of every word; never an address."""
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TEXTS = (
    "labelNumber", "previousLabel", "claimKind", "claimDigest", "boundary", "declaredUnit", "functionalUnit",
    "electricityBasis", "gwpSet", "endOfLifeMethod", "dataPeriod", "rulePack", "rulePackDigest", "assurance",
    "accreditation", "verifier",
)  # fmt: skip
_REDUCTION_TEXTS = (
    "baseline", "baselineKind", "baselineDigest", "baselineBundle", "baselineOrigin", "baselinePeriod", "way", "excludedCauses",
)  # fmt: skip
_REDUCTION_NUMBERS = (
    "baselineFigure",
    "publishedFigure",
    "figure",
    "share",
    "required",
    "probability",
)
_GRADE_TEXTS = ("code", "comparabilityClass", "benchmark", "benchmarkDay")
_GRADE_NUMBERS = (
    "benchmarkVersion",
    "products",
    "holders",
    "percentile",
    "percentileLow",
    "percentileHigh",
)
_NUMBERS = (
    "declaredAmount", "massPerDeclaredUnit", "beyondBoundary", "primaryShare", "unverifiedShare", "dataQualityRating",
    "materiality",
)  # fmt: skip


def _words(names: tuple[str, ...], kind: str = "") -> dict[str, Any]:
    return {name: {"@id": TERMS + name} | ({"@type": _XSD + kind} if kind else {}) for name in names}


def _kind(name: str, words: dict[str, Any]) -> dict[str, Any]:
    """A kind of object with the words that it has."""
    return {name: {"@id": TERMS + name, "@context": {"@protected": True, **words}}}


@cache
def context_document() -> bytes:
    """The context as a file."""
    stage = {"stage": {"@id": f"{TERMS}stage"}, **_words(ORIGINS, "double")}
    label = {
        **_words(_TEXTS),
        **_words(_NUMBERS, "double"),
        "demonstration": {"@id": f"{TERMS}demonstration", "@type": f"{_XSD}boolean"},
        **_words(("stageValues", "reduction", "grade")),
    }
    reduction = {
        **_words((*_REDUCTION_TEXTS, "parts", "facts")),
        **_words(_REDUCTION_NUMBERS, "double"),
    }
    context = {
        "@version": 1.1,
        "@protected": True,
        **_kind("CarbonLabel", label),
        **_kind("StageValue", stage),
        **_kind("CarbonReduction", reduction),
        **_kind("CauseValue", _words(("cause",)) | _words(("change",), "double")),
        **_kind("VerifiedFact", _words(("fact", "unit", "source")) | _words(("value",), "double")),
        **_kind("CarbonGrade", _words(_GRADE_TEXTS) | _words(_GRADE_NUMBERS, "double")),
        "carbonLabel": {"@id": f"{TERMS}carbonLabel"},
        "revocationStatus": {"@id": f"{TERMS}revocationStatus"},
    }
    return (json.dumps({"@context": context}, indent=1) + "\n").encode()
