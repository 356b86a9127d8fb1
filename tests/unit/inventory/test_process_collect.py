"""Distributions around amounts that are formulas, and formulas of sources that store no amount beside them."""

from __future__ import annotations

import math

import pytest

from cradlemark.inventory.processes.collect import Collector
from cradlemark.inventory.processes.records import (
    Exchange,
    Flow,
    FlowProperty,
    Parameter,
    Process,
    Uncertainty,
    UnitGroup,
)
from cradlemark.inventory.processes.tables import Table


def collected(formula: str, uncertainty: Uncertainty | None, unit: str = "kg") -> tuple[Collector, Table]:
    collector = Collector("made")
    collector.conversion.groups["mass"] = UnitGroup(
        "mass", "mass", "kg", {"kg": 1.0, "g": 0.001}, ("kg", "g")
    )
    collector.conversion.properties["mass"] = FlowProperty("mass", "mass", "mass")
    collector.add_flow(Flow("co2", {"": "co2"}, "elementary", {"mass": 1.0}, "mass"))
    exchange = Exchange(1, "co2", "output", math.nan, unit=unit, formula=formula, uncertainty=uncertainty)
    process = Process("p", {"": "p"}, "unit_process", (exchange,), parameters=(Parameter("share", 4.0),))
    collector.add_process(process, where="p")
    return collector, collector.tables()["exchanges"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (Uncertainty("lognormal", math.nan, 1.5), ("lognormal", 0.008, 1.5)),
        (Uncertainty("normal", math.nan, 0.5), ("normal", 0.008, 0.0005)),
        (Uncertainty("triangular", 7.0, math.nan, 9.0), ("triangular", 0.007, 0.008)),
        (Uncertainty("uniform", 7.0, 9.0), ("uniform", 0.007, 0.009)),
        (Uncertainty("normal", 3.0, 0.5), ("normal", 0.003, 0.0005)),
    ],
)
def test_an_open_centre_is_the_amount_that_counts(
    given: Uncertainty, stored: tuple[str, float, float]
) -> None:
    collector, table = collected("2 * share", given, unit="g")
    assert (table.texts("distribution")[0], table.numbers("p1")[0], table.numbers("p2")[0]) == pytest.approx(
        stored
    )
    assert collector.counts["uncertainties"] == 1


@pytest.mark.parametrize(
    ("formula", "given"),
    [
        ("share - 4", Uncertainty("lognormal", math.nan, 1.5)),
        ("share", Uncertainty("triangular", 5.0, math.nan, 6.0)),
    ],
)
def test_a_distribution_that_does_not_fit_is_listed(formula: str, given: Uncertainty) -> None:
    collector, table = collected(formula, given)
    assert table.texts("distribution") == ("",)
    assert [problem.code for problem in collector.problems] == ["uncertainty-invalid"]
    assert collector.counts["uncertainties"] == 0


@pytest.mark.parametrize(("formula", "code"), [("2 * missing", "formula-name"), ("2 *", "formula-syntax")])
def test_a_formula_without_a_stored_amount_refuses_the_exchange(formula: str, code: str) -> None:
    collector, table = collected(formula, None)
    assert len(table) == 0
    assert [problem.code for problem in collector.problems] == [code]
    assert collector.counts["exchanges refused"] == 1
