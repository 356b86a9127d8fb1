"""How figures are distributed within a comparability class, as far as it shows no single holder."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import attrs
from django.db.models import Count

from cradlemark.label.benchmark import (
    BenchmarkSet,
    Member,
    PublishedPercentile,
    once,
    products_of,
    published_percentiles,
)
from cradlemark.label.claim import Claim
from cradlemark.label.comparability import ComparabilityClass, comparability_class
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.workflow import workflow
from cradlemark.registry.labels.issue import stored_claim
from cradlemark.registry.labels.models import Label
from cradlemark.registry.search.models import Row

MOST = 50
"""Classes that are listed."""


@attrs.frozen
class Distribution:
    """Figures of a class.

    Parameters
    ----------
    comparability : ComparabilityClass
    example : Claim
        The newest one, for the words of unit and kind.
    count, holders : int
        Products with a valid label, and their holders.
    percentiles : tuple of PublishedPercentile
        Empty when too few stand behind them.
    """

    comparability: ComparabilityClass
    example: Claim
    count: int
    holders: int
    percentiles: tuple[PublishedPercentile, ...]


def classes() -> Iterator[str]:
    """Ids of the classes, those with the most labels first."""
    rows = Row.objects.filter(state__in=_valid_states()).exclude(comparability="")
    counted = rows.values("comparability").annotate(count=Count("pk")).order_by("-count", "comparability")
    return (str(one["comparability"]) for one in counted[:MOST])


def distribution(class_id: str, programme: ProgrammeProfile, *, on: datetime.date) -> Distribution | None:
    """Distribution of a class on a day, by the programme's own rule of anonymity; None when it has no valid label."""
    rows = list(
        Row.objects.filter(comparability=class_id, state__in=_valid_states(), valid_until__gte=on)
        .exclude(label__followers__state__in=_valid_states())
        .order_by("-sequence")
        .values_list("label_id", "label__claim_digest", "holder", "figure", "valid_until", "product_models")
    )
    if not rows:
        return None
    newest = Label.objects.get(number=rows[0][0])
    example = stored_claim(newest)
    rule = programme.grade
    members = tuple(
        once(
            Member(n, d, h, f, until.isoformat(), products_of(models.splitlines()))
            for n, d, h, f, until, models in rows
        )
    )
    found = comparability_class(example)
    holders = len({member.holder for member in members})
    if rule is None:
        return Distribution(found, example, len(members), holders, ())
    population = BenchmarkSet(
        programme.id, 1, on.isoformat(), found, members, int(rule.least.value), int(rule.anonymity.value)
    )
    return Distribution(found, example, len(members), holders, published_percentiles(population, on))


def _valid_states() -> list[str]:
    """States in which the mark may be used."""
    return [state.id for state in workflow().states["label"].values() if state.mark]
