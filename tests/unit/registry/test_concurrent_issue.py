"""Many issuers at once: one label for each request, numbers without a gap, and nobody undoes what another did."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from tests.unit.registry.builders import NOW, model_claim, numbered, sign

from cradlemark.registry.home import Home

ISSUERS = 16
KEYS = 40
TURNS = 12


def issuer(number: int, answers: Path) -> None:
    """Issue requests that others issue too, in an order of its own; writes down what was answered."""
    from cradlemark.registry.labels.issue import IssueRequest, issue

    source = random.Random(number)
    told: list[tuple[str, str, str]] = []
    for _ in range(TURNS):
        keys = source.sample(range(KEYS), source.randint(1, 4))
        requests = [IssueRequest(f"case {key}", numbered) for key in keys]
        labels = issue(requests, mark="DEMO", time=NOW, sign=sign)
        told += [
            (one.key, label.number, label.credential) for one, label in zip(requests, labels, strict=True)
        ]
    answers.write_text(json.dumps(told))


def test_sixteen_issuers_make_one_label_for_each_request(home: Home, tmp_path: Path) -> None:
    from django.db import connections

    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.log.models import Entry

    model_claim()
    connections.close_all()
    children = []
    for number in range(ISSUERS):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                issuer(number, tmp_path / f"{number}.json")
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * ISSUERS
    told = [tuple(one) for n in range(ISSUERS) for one in json.loads((tmp_path / f"{n}.json").read_text())]
    stored = {(one.request, one.number, one.credential) for one in Label.objects.all()}
    assert set(told) == stored, "an answer is not what is stored"
    assert Counter(key for key, _, _ in stored).most_common(1)[0][1] == 1
    assert sorted(Label.objects.values_list("sequence", flat=True)) == list(range(len(stored)))
    assert Entry.objects.filter(kind="issue").count() == len(stored)
    assert set(Label.objects.values_list("state", flat=True)) == {"active"}
    assert len(told) > 3 * len(stored), "requests were hardly repeated"


@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_a_late_signature_does_not_undo_what_happened_to_the_label(home: Home, state: str) -> None:
    """Two processes sign the same label; between them the programme changes it."""
    from cradlemark.registry.labels.issue import IssueRequest, issue, stored_claim
    from cradlemark.registry.labels.models import Label

    def late(made: object, index: int) -> str:
        (label,) = issue([IssueRequest("case", numbered)], mark="DEMO", time=NOW, sign=sign)
        Label.objects.filter(number=label.number).update(state=state)
        return "a second signature"

    (label,) = issue([IssueRequest("case", numbered)], mark="DEMO", time=NOW, sign=late)
    stored = Label.objects.get()
    assert (stored.state, stored.credential) == (state, sign(stored_claim(stored), 0))
    assert (label.state, label.credential) == (stored.state, stored.credential)
