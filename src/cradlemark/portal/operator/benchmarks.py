"""Benchmark sets: the populations that grades are given by, class by class, and the button that publishes the next version."""

from __future__ import annotations

import attrs
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cradlemark.label.benchmark import BenchmarkSet, benchmark_path
from cradlemark.portal.acting import acting
from cradlemark.portal.home import home, now
from cradlemark.portal.publishing import publish_now
from cradlemark.registry.labels.benchmark import latest_benchmark, lost_member, renew_benchmark
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.search.distribution import MOST, Distribution, classes, distribution


@attrs.frozen
class Population:
    """A class of comparable products with its valid labels today, and its benchmark set.

    Parameters
    ----------
    today : Distribution
    latest : BenchmarkSet or None
        None before the first version.
    path : str
        Where its file is published.
    lost : str
        Number of a label in it that may not be used any more: no grade is given until the next version.
    """

    today: Distribution
    latest: BenchmarkSet | None
    path: str = ""
    lost: str = ""


@require_GET
@acting("officer", "decision_maker", "oversight")
def benchmarks(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every class that has valid labels."""
    programme = home().programme
    found = (distribution(name, programme, on=now().date()) for name in classes())
    shown = {
        "rows": [_population(one) for one in found if one is not None], "rule": programme.grade,
        "granted": programme.grade is not None and programme.claims["grade"].running,
        "may_act": by.role == "officer", "tab": "benchmarks", "most": MOST,
    }  # fmt: skip
    return render(request, "portal/operator/benchmarks.html", shown)


@require_POST
@acting("officer")
def renew(request: HttpRequest, by: Actor, name: str) -> HttpResponse:
    """Publish the next version of a set, if labels have come or gone."""
    if distribution(name, home().programme, on=now().date()) is None:
        raise Http404
    before = latest_benchmark(name)
    made = renew_benchmark(name, home().programme, time=now(), by=by)
    if made == before:
        messages.info(
            request, _("No label has come or gone: version %(version)s stays.") % {"version": made.version}
        )
    else:
        publish_now(request)
        messages.success(request, _("Version %(version)s is published.") % {"version": made.version})
    return redirect("benchmarks")


def _population(today: Distribution) -> Population:
    latest = latest_benchmark(today.comparability.id)
    if latest is None:
        return Population(today, None)
    path = benchmark_path(latest.comparability.id, latest.version)
    return Population(today, latest, path, lost_member(latest))
