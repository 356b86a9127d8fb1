"""Statistics of the register: every chart with its table, its words, and its files at the same address."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from cradlemark.footprint.report.png import to_png
from cradlemark.footprint.report.svg import svg
from cradlemark.portal.home import home, now
from cradlemark.portal.public.chart_files import metadata, to_csv
from cradlemark.portal.public.charts import COUNTS, DISTRIBUTION, Chart, chart, distribution_title
from cradlemark.portal.public.search import chosen_values
from cradlemark.portal.templatetags.cradlemark import language, told
from cradlemark.registry.search.distribution import classes, distribution
from cradlemark.registry.search.find import find
from cradlemark.registry.search.query import Query, read_query


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """All charts of counts, and the classes of which a distribution is there."""
    query = read_query(dict(request.GET.lists()))
    programme, today = home().programme, now().date()
    found = [distribution(one, programme, on=today) for one in classes()]
    distributions = [
        (f"{DISTRIBUTION}{one.comparability.id}", distribution_title(one), one) for one in found if one
    ]
    shown = {
        "charts": [_shown(chart(name, query, programme, on=today)) for name in COUNTS],
        "distributions": distributions, "asked": urlencode(query.pairs()), "chosen": chosen_values(find(query)), "query": query,
    }  # fmt: skip
    return render(request, "portal/public/statistics.html", shown)


@require_safe
def chart_page(request: HttpRequest, name: str) -> HttpResponse:
    """A chart with everything about it."""
    query = read_query(dict(request.GET.lists()))
    made = chart(name, query, home().programme, on=now().date())
    asked = urlencode(query.pairs())
    shown = {
        **_shown(made), "asked": asked, "permalink": request.build_absolute_uri(_address(name, asked)), "day": now().date(),
    }  # fmt: skip
    return render(request, "portal/public/chart.html", shown)


@require_safe
def chart_file(request: HttpRequest, name: str, ending: str) -> HttpResponse:
    """A chart as a file; ``csvType=full`` leaves the filters out, ``useColumnShortNames=true`` names columns for programs."""
    if ending not in _FILES:
        raise Http404
    full = ending == "csv" and request.GET.get("csvType") == "full"
    query = Query() if full else read_query(dict(request.GET.lists()))
    made = chart(name, query, home().programme, on=now().date())
    kind, content = _FILES[ending](request, made, urlencode(query.pairs()))
    response = HttpResponse(content, content_type=kind)
    if ending == "csv":
        response.headers["Content-Disposition"] = f'attachment; filename="{made.id}.csv"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _csv(request: HttpRequest, made: Chart, asked: str) -> tuple[str, bytes]:
    short = request.GET.get("useColumnShortNames") == "true"
    return "text/csv; charset=utf-8", to_csv(made, short_names=short)


def _metadata(request: HttpRequest, made: Chart, asked: str) -> tuple[str, bytes]:
    address = request.build_absolute_uri(_address(made.id, asked))
    told_by = told(home().programme.name)
    return "application/json", metadata(
        made, programme=told_by, address=address, day=now().date().isoformat()
    )


def _svg(request: HttpRequest, made: Chart, asked: str) -> tuple[str, bytes]:
    return "image/svg+xml", svg(made.scene).encode()


def _png(request: HttpRequest, made: Chart, asked: str) -> tuple[str, bytes]:
    source = f"{told(home().programme.name)} · {home().origin} · {now().date()}"
    return "image/png", to_png(made.scene, language(), source=source)


_FILES: dict[str, Callable[[HttpRequest, Chart, str], tuple[str, bytes]]] = {
    "csv": _csv, "metadata.json": _metadata, "svg": _svg, "png": _png,
}  # fmt: skip


def _address(name: str, asked: str) -> str:
    return reverse("chart", args=[name]) + (f"?{asked}" if asked else "")


def _shown(made: Chart) -> dict[str, object]:
    return {"chart": made, "picture": mark_safe(svg(made.scene)), "files": list(_FILES)}  # noqa: S308 - texts are escaped there
