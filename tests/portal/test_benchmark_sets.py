"""Benchmark sets on the programme's pages: what grades are given by is published from here, and stays in the log."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import pytest
from django.test import Client

from cradlemark.core.language import Text
from cradlemark.label.benchmark import benchmark_path
from cradlemark.registry.home import Home
from tests.unit.label.page.labels import terminal

SignIn = Callable[..., Client]


def product_of(place: int, number: Any) -> Any:
    """A comparable product of one of four makers."""
    own = terminal()
    maker = place % 4
    product = attrs.evolve(own.product, classification=("HS 853690",), models=(f"B-{place}",), gtin="")
    holder = attrs.evolve(own.holder, name=Text(f"Maker {maker}", f"厂商{maker}"), id=f"maker-{maker}")
    digests = attrs.evolve(own.digests, bundle=f"sha256:{place:064x}")
    return attrs.evolve(own, number=str(number), product=product, holder=holder, digests=digests)


@pytest.fixture
def issued(home: Home) -> Callable[[int, int], list[str]]:
    """Issues labels of comparable products."""
    from cradlemark.portal.home import now, signer
    from cradlemark.registry.labels.issue import IssueRequest, issue

    def labels(first: int, last: int) -> list[str]:
        requests = [IssueRequest(f"peer {place}", partial(product_of, place)) for place in range(first, last)]
        made = issue(requests, mark=home.programme.mark, time=now(), sign=signer().label)
        return [label.number for label in made]

    return labels


def test_a_set_is_published_version_by_version(
    home: Home, signed_in: SignIn, issued: Callable[[int, int], list[str]]
) -> None:
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.labels.models import Benchmark, Label
    from cradlemark.registry.search.models import Row

    officer = signed_in("officer")
    assert "there is nothing to compare" in officer.get("/programme/benchmarks/").content.decode()
    numbers = issued(0, 9)
    name = Row.objects.get(label=numbers[0]).comparability
    page = officer.get("/programme/benchmarks/").content.decode()
    assert "HS 853690" in page
    assert "too few" in page  # nine of ten products
    assert "none yet" in page
    issued(9, 12)
    told = officer.post(f"/programme/benchmarks/{name}/", follow=True).content.decode()
    assert "Version 1 is published." in told
    assert "too few" not in told
    published = json.loads((home.public / benchmark_path(name, 1)).read_bytes())
    assert len(published["members"]) == 12
    told = officer.post(f"/programme/benchmarks/{name}/", follow=True).content.decode()
    assert "No label has come or gone: version 1 stays." in told
    Label.objects.filter(number=numbers[0]).update(state="suspended")
    Row.objects.filter(label=numbers[0]).update(state="suspended")
    assert (
        f"Label {numbers[0]} may not be used any more"
        in officer.get("/programme/benchmarks/").content.decode()
    )
    officer.post(f"/programme/benchmarks/{name}/")
    assert [one.version for one in Benchmark.objects.order_by("version")] == [1, 2]
    events = Event.objects.filter(tag="labels:benchmark:publish")
    assert [(one.role, one.detail["version"]) for one in events] == [("officer", 1), ("officer", 2)]
    assert officer.post("/programme/benchmarks/cc-0000000000000000/").status_code == 404
    overseer = signed_in("decision_maker")
    assert "Publish the next version" not in overseer.get("/programme/benchmarks/").content.decode()
    assert overseer.post(f"/programme/benchmarks/{name}/").status_code == 403
