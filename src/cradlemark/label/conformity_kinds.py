"""Reductions and grades in the words of the UN Transparency Protocol 0.7.0: criteria, declared performance, and our own words."""

from __future__ import annotations

from typing import Any

from cradlemark.label.claim import Claim, Fact, Grade, Reduction
from cradlemark.label.credential_terms import TERMS
from cradlemark.label.offline_profile import profile_path

VOCABULARY = "https://vocabulary.uncefact.org"
TOPIC = {
    "type": ["ConformityTopic"],
    "id": f"{VOCABULARY}/conformity-topic/greenhouse-gas-emissions",
    "name": "Greenhouse Gas Emissions",
}
REDUCTION = ("ghg-reduction-progress", "GHG reduction progress")
PERCENT = "P1"
"""Per cent in UN/ECE Recommendation 20."""


def metric(word: str, name: str) -> dict[str, Any]:
    """A metric of the vocabulary of UN/CEFACT."""
    return {"type": ["PerformanceMetric"], "id": f"{VOCABULARY}/performance-metric/{word}", "name": name}


def measure(figure: float, low: float | None, high: float | None, unit: str) -> dict[str, Any]:
    """A figure with the distance to its 95 % interval on both sides, when it lies within."""
    made: dict[str, Any] = {"value": figure, "unit": unit}
    if low is not None and high is not None and low <= figure <= high:
        made["upperTolerance"] = high - figure
        made["lowerTolerance"] = figure - low
    return made


def criterion_of(claim: Claim, base: str, part: str) -> dict[str, Any]:
    """A part of the programme's profile, in the version that the claim names, as criterion."""
    path = profile_path(claim.programme.digest) or "programme"
    return {
        "type": ["Criterion"], "id": f"{base}/{path}#{part}", "name": f"{claim.programme.name['en']}: {part}",
        "conformityTopic": TOPIC,
    }  # fmt: skip


def reduction_performance(reduction: Reduction) -> dict[str, Any]:
    """What is declared of a reduction: its share with interval, against what, what was asked for."""
    low, high = (None if share is None else share * 100.0 for share in (reduction.low, reduction.high))
    return {
        "description": f"Against {reduction.baseline}, data of {reduction.baseline_period}; at least {reduction.required * 100.0:g} % "
        f"asked for, probability {reduction.probability:g}",
        "assessedPerformance": [
            {"metric": metric(*REDUCTION), "measure": measure(reduction.reduction * 100.0, low, high, PERCENT)}
        ],
    }  # fmt: skip


def grade_performance(grade: Grade) -> dict[str, Any]:
    """What is declared of a grade: the share of comparable products that are lower, with band, and the grade as score."""
    place = {
        "type": ["PerformanceMetric"],
        "id": f"{TERMS}percentile",
        "name": "Comparable products with a lower footprint",
    }
    return {
        "description": f"Class {grade.comparability_class}, benchmark set {grade.benchmark} of {grade.as_of}",
        "assessedPerformance": [{
            "metric": place,
            "measure": measure(grade.percentile, grade.low, grade.high, PERCENT),
            "score": {"code": grade.grade, "definition": grade_words(grade)},
        }],
    }  # fmt: skip


def grade_words(grade: Grade) -> str:
    """What a grade means, in one sentence."""
    return (
        f"Percentile {grade.percentile:g} of {grade.count} comparable products ({grade.comparability_class})"
    )


def reduction_terms(reduction: Reduction) -> dict[str, Any]:
    """The reduction in words of our own, complete enough to be recomputed."""
    told = {
        "type": ["CarbonReduction"],
        "baseline": reduction.baseline,
        "baselineKind": reduction.baseline_kind,
        "baselineDigest": reduction.baseline_digest,
        "baselineBundle": reduction.baseline_bundle,
        "baselineOrigin": reduction.baseline_origin,
        "baselinePeriod": reduction.baseline_period,
        "baselineFigure": reduction.baseline_figure,
        "publishedFigure": reduction.published_figure,
        "figure": reduction.figure,
        "share": reduction.reduction,
        "required": reduction.required,
        "probability": reduction.probability,
        "way": reduction.way,
        "excludedCauses": list(reduction.excluded),
        "parts": [{"type": ["CauseValue"], "cause": cause, "change": part} for cause, part in sorted(reduction.parts.items())],
        "facts": [_fact(fact) for fact in reduction.facts],
    }  # fmt: skip
    return {name: value for name, value in told.items() if value not in ("", None, [])}


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "type": ["VerifiedFact"],
        "fact": fact.id,
        "value": fact.value,
        "unit": fact.unit,
        "source": fact.source,
    }


def grade_terms(grade: Grade) -> dict[str, Any]:
    """The grade in words of our own, complete enough to be recomputed."""
    return {
        "type": ["CarbonGrade"],
        "code": grade.grade,
        "comparabilityClass": grade.comparability_class,
        "benchmark": grade.benchmark,
        "benchmarkVersion": grade.version,
        "benchmarkDay": grade.as_of,
        "products": grade.count,
        "holders": grade.holders,
        "percentile": grade.percentile,
        "percentileLow": grade.low,
        "percentileHigh": grade.high,
    }
