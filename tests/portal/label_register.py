"""A programme home with labels of every kind, issued, signed, logged and published as in a real programme."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import attrs

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.number import LabelNumber
from cradlemark.registry.home import Home, create_home
from tests.unit.label.artwork.orders import GRADE, REDUCTION
from tests.unit.label.page.labels import gate_claim, terminal

PASSPHRASE = "several words in a row"
ORIGIN = "example.org/labels"
PREFIX = "/labels/"
NOW = datetime.datetime(2026, 11, 28, 12, tzinfo=datetime.UTC)
STEPS = {
    "suspended": ("suspend", "officer"), "revoked": ("revoke", "decision_maker"), "withdrawn": ("withdraw", "applicant"),
    "superseded": ("supersede", "officer"), "watched": ("watch", "system"),
}  # fmt: skip
NAMES = ("plain", "partial", "hostile", *STEPS, "rich")


def claims(numbers: Mapping[str, str]) -> dict[str, Claim]:
    """Claims by name; the rich one follows the superseded one."""
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e"
    made = dict.fromkeys(NAMES, terminal())
    made["partial"] = gate_claim()
    made["hostile"] = terminal(
        product=attrs.evolve(terminal().product, name=Text(hostile, hostile), models=(hostile,))
    )
    if "superseded" in numbers:
        before = numbers["superseded"]
        reduction = attrs.evolve(
            REDUCTION, baseline=before, low=0.1, high=0.15, parts={"mass": -0.0082, "grid": 0.001}
        )
        made["rich"] = terminal(grade=GRADE, reduction=reduction, previous=before)
    return made


def make_register(folder: Path) -> tuple[Home, dict[str, str]]:
    """Make the home; returns it and the numbers of its labels by name."""
    from cradlemark.registry.keys.store import make_keys
    from cradlemark.registry.labels.issue import IssueRequest, issue
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.publication.publish import publish_all

    programme = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()
    home = create_home(folder, programme=programme, origin=ORIGIN)
    make_keys(home, passphrase=PASSPHRASE, time=NOW)
    sign = credential_signer(home, passphrase=PASSPHRASE, time=NOW).label
    numbers: dict[str, str] = {}
    for name in NAMES:

        def numbered(number: LabelNumber, name: str = name) -> Claim:
            return attrs.evolve(claims(numbers)[name], number=str(number))

        (label,) = issue([IssueRequest(name, numbered)], mark="DEMO", time=NOW, sign=sign)
        numbers[name] = label.number
    for name, (step, role) in STEPS.items():
        change(home, numbers[name], step, role)
    publish_all(home, passphrase=PASSPHRASE, time=NOW)
    return home, numbers


def change(home: Home, number: str, step: str, role: str) -> None:
    """Change the state of a label."""
    from cradlemark.registry.labels.change import ChangeRequest, change_state

    request = ChangeRequest(f"{step} {number}", number, step, role, "somebody", "Surveillance is overdue.")
    change_state(request, steps=home.programme.label_steps, time=NOW)
