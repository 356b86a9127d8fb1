"""Compare labels side by side, as far as they can be held against each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cradlemark.core.errors import CradlemarkError, NotFoundError
from cradlemark.core.language import Text
from cradlemark.label.artwork.content import interval, per_unit
from cradlemark.label.claim import Claim, Value
from cradlemark.label.comparability import compare as held_against
from cradlemark.label.comparability import figure_of
from cradlemark.label.number import read_number
from cradlemark.portal.public.wording import BOUNDARIES
from cradlemark.portal.templatetags.cradlemark import figure, told
from cradlemark.registry.labels.issue import stored_claim
from cradlemark.registry.labels.models import Label
from cradlemark.registry.search.models import Row
from cradlemark.registry.search.shelf import HIDDEN

MOST = 4
OFFERED = 12


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four labels, the verdict of the comparability gate, and labels that could be added."""
    labels = _labels(request.GET.getlist("label"))
    claims = [stored_claim(label) for label in labels]
    verdict = held_against(claims) if len(claims) > 1 else None
    shown: dict[str, Any] = {
        "labels": list(zip(labels, claims, strict=True)), "verdict": verdict, "most": MOST,
        "offered": _offered(labels) if 0 < len(labels) < MOST else (),
        "others": [[other.number for other in labels if other is not label] for label in labels],
    }  # fmt: skip
    if verdict is None or verdict.verdict != "not_comparable":
        shown["figures"] = _figures(claims)
        shown["stages"] = _stages(claims)
    if verdict is not None and verdict.verdict == "comparable":
        shown["bars"] = _bars(claims)
    shown["facts"] = [(title, [row(claim) for claim in claims]) for title, row in _facts()]
    return render(request, "portal/public/compare.html", shown)


def _labels(typed: list[str]) -> list[Label]:
    """Labels in the order asked for, each once.

    Raises
    ------
    NotFoundError
        ``label-unknown``
    """
    numbers = list(dict.fromkeys(_number(text) for text in typed if text.strip()))[:MOST]
    found = {label.number: label for label in Label.objects.filter(number__in=numbers).exclude(state=HIDDEN)}
    for number in numbers:
        if number not in found:
            raise NotFoundError(
                Text(f"there is no label {number}", f"没有标签 {number}"),
                code="label-unknown",
                hint=Text("check the number", "请检查编号"),
            )
    return [found[number] for number in numbers]


def _number(text: str) -> str:
    try:
        return str(read_number(text))
    except CradlemarkError:
        return text.strip()[:60]


def _offered(labels: list[Label]) -> QuerySet[Row]:
    """Labels of the same comparability class, the newest first."""
    classes = Row.objects.filter(label__in=labels).exclude(comparability="").values("comparability")
    rows = Row.objects.filter(comparability__in=classes).exclude(label__in=labels).exclude(state=HIDDEN)
    return rows.order_by("-sequence")[:OFFERED]


def _figures(claims: list[Claim]) -> list[tuple[str, list[str]]]:
    rows = [(_("Cradle to gate"), [_stated(claim.values.gate) for claim in claims])]
    if any(claim.values.life_cycle for claim in claims):
        rows.append((_("Life cycle"), [_stated(claim.values.life_cycle) for claim in claims]))
    return rows


def _stated(value: Value | None) -> str:
    if value is None:
        return "–"
    text = f"{value.stated} {value.stated_unit} CO₂e"
    return text if value.low is None or value.high is None else f"{text} ({interval(value)})"


def _stages(claims: list[Claim]) -> list[tuple[str, list[str]]]:
    names = sorted(
        {name for claim in claims for name, values in claim.values.by_stage.items() if any(values)}
    )
    return [
        (name, [figure(sum(claim.values.by_stage[name])) if name in claim.values.by_stage else "–" for claim in claims])
        for name in names
    ]  # fmt: skip


def _bars(claims: list[Claim]) -> list[tuple[str, float, float]]:
    """Name, figure, and share of the largest [0-100]."""
    largest = max(abs(figure_of(claim)) for claim in claims) or 1.0
    return [
        (told(claim.product.name), figure_of(claim), 100 * max(figure_of(claim), 0.0) / largest)
        for claim in claims
    ]


def _facts() -> list[tuple[str, Callable[[Claim], str]]]:
    return [
        (_("Declared unit"), lambda one: told(per_unit(one))),
        (_("Functional unit"), lambda one: told(one.unit.functional_unit) or "–"),
        (_("System boundary"), lambda one: str(BOUNDARIES[one.basis.boundary])),
        (_("Category"), lambda one: ", ".join(one.product.classification) or "–"),
        (_("Rule pack"), lambda one: one.basis.rule_pack),
        (_("GWP set"), lambda one: one.basis.gwp_set),
        (_("Electricity"), lambda one: _("market-based") if one.values.electricity_basis == "market" else _("location-based")),
        (_("End-of-life method"), lambda one: one.basis.end_of_life_method or "–"),
        (_("Period of the data"), lambda one: one.basis.period),
        (_("Share of primary data"), lambda one: f"{100 * one.quality.primary_share:.0f} %"),
        (_("Share of unverified factors"), lambda one: f"{100 * one.quality.unverified_share:.0f} %"),
        (_("Verifier"), lambda one: told(one.verification.verifier)),
        (_("Level of assurance"), lambda one: _("limited") if one.verification.assurance == "limited" else _("reasonable")),
    ]  # fmt: skip
