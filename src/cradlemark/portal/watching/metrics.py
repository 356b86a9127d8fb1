"""Figures for Prometheus: of the register, and of the requests of this process."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from cradlemark.portal.home import home
from cradlemark.registry.cases.models import Case
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.models import Entry
from cradlemark.registry.log.publish import LOG, published_size
from cradlemark.registry.operation.frozen import frozen
from cradlemark.registry.publication.models import Outbox

REQUESTS = Counter(
    "cradlemark_requests", "Requests by route, method and status", ("route", "method", "status")
)
SECONDS = Histogram("cradlemark_request_seconds", "Time to answer [s]", ("route",))
OTHER = "other"
"""Route of what no page answers, so that strangers cannot make names."""


class Register:
    """Reads the figures of the register when they are asked for."""

    def collect(self) -> Iterator[Metric]:
        """Gauges with their present values."""
        yield _by_state("cradlemark_labels", "Labels by state", Label.objects)
        yield _by_state("cradlemark_cases", "Cases by state", Case.objects)
        yield _single("cradlemark_log_stored", "Entries of the stored log", Entry.objects.count())
        yield _single(
            "cradlemark_log_published", "Entries of the published log", published_size(home().public / LOG)
        )
        yield _single("cradlemark_outbox", "Subjects that wait to be published", Outbox.objects.count())
        yield _single("cradlemark_frozen", "1 while the register is frozen", int(frozen() is not None))


def _by_state(name: str, text: str, rows: object) -> Metric:
    made = GaugeMetricFamily(name, text, labels=["state"])
    for state, count in rows.values_list("state").annotate(count=Count("pk")).order_by("state"):  # type: ignore[attr-defined]
        made.add_metric([state], count)
    return made


def _single(name: str, text: str, value: int) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for whoever shows the token of CRADLEMARK_METRICS_TOKEN; without that variable there is no such page."""
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    asked = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(asked)  # type: ignore[no-untyped-call]
    own = b"" if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else generate_latest(REGISTRY)
    asked.register(Register())
    return HttpResponse(own + generate_latest(asked), content_type=CONTENT_TYPE_LATEST)


class Measured:
    """Counts and times every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = (match.view_name if match else "") or OTHER
        method = request.method if request.method in METHODS else OTHER
        REQUESTS.labels(route, method, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response


METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
