"""Facts of a result: from its lines, on its electricity basis, inside its boundary."""

import attrs
import pytest

from cradlemark.core.language import Text
from cradlemark.footprint.data_quality import data_quality
from cradlemark.footprint.facts import footprint_facts
from cradlemark.footprint.footprint import (
    DatasetUse,
    Footprint,
    Interval,
    Line,
    Link,
    Sensitivity,
    Subject,
    Versions,
)
from cradlemark.inventory.database import Database, Inventory
from cradlemark.inventory.dataset import Climate, Dataset, Source
from cradlemark.rules.catalogue import PHASES, catalogue
from cradlemark.rules.check import check
from cradlemark.rules.fact_values import Facts
from cradlemark.rules.pack import load_pack

USE = DatasetUse(
    id="steel", database="d", name=Text("steel"), unit="kg", geography="CN", year=2020, boundary="cradle_to_gate",
    gwp_set="AR6", status="verified", source="s", place="", licence="", origins_known=True, gases_complete=True,
)  # fmt: skip


def line(path="a", *, stage="A1", climate=(1.0, 0.0, 0.0, 0.0, 0.0), kind="material", dataset=USE, **more):
    return Line(path, Text(path), stage, kind, 1.0, "kg", (), climate, climate, dataset, **more)


def result(*lines, boundary="cradle_to_grave", basis="market", **more):
    subject = Subject(
        "s", Text("s"), Text("p"), Text("h"), Text(), "CN", (), "", 1.0, "piece", Text(), 0.5, None, boundary,
        "2025-01-01/2025-12-31", "", Text(),
    )  # fmt: skip
    counted = [item for item in lines if item.counts_in(basis)]
    return Footprint(
        subject=subject, lines=lines, gwp_set="AR6", electricity_basis=basis, end_of_life_method="cut_off",
        versions=Versions("sha256:1", "iso-14067-2018", "sha256:2", (), "0"), intervals=(), sensitivities=(),
        data_quality=data_quality(counted, "AR6", boundary), cut_offs=(), gaps=(), balances=(), process_checks=(),
        notes=(), findings=(), assumptions=(), draws=0, seed=0,
    ) if not more else attrs.evolve(result(*lines, boundary=boundary, basis=basis), **more)  # fmt: skip


def facts_of(*lines, inventory=None, **more):
    return footprint_facts(
        result(*lines, **more), Facts(phases=frozenset(["study", "system"])), inventory=inventory
    )


def items(*lines, **more):
    return {item.path: item.facts for item in facts_of(*lines, **more).scopes["lines"]}


def failing(facts, pack="iso-14067-2018"):
    return {
        finding.rule
        for finding in check(load_pack(pack), facts)
        if "cannot be assessed" not in finding.message.en
    }


def test_every_fact_of_a_result_is_made():
    facts = facts_of(line())
    table = catalogue()
    assert set(facts.values) == {fact.name for fact in table.facts.values() if fact.needs == "footprint"}
    assert set(facts.scopes) == {"lines"}
    assert set(facts.scopes["lines"][0].facts) == set(table.scopes["lines"].facts)
    assert facts.phases == frozenset(PHASES)


def test_totals_and_shares():
    facts = facts_of(
        line("a", climate=(3.0, 0.0, 0.0, 0.0, 0.0)),
        line("b", stage="B6", climate=(5.0, 0.0, 0.0, 0.0, 1.0), data_kind="proxy"),
        line(
            "c",
            stage="A3",
            climate=(0.5, 1.0, -0.5, 0.0, 0.0),
            data_kind="measured",
            quality=(1, 1, 1, 1, 1, 1),
        ),
        line("d", stage="D", climate=(-4.0, 0.0, 0.0, 0.0, 0.0), kind="credit"),
    )
    assert facts.value("total_kg") == pytest.approx(10.0)
    assert facts.value("gate_kg") == pytest.approx(4.0)
    assert facts.value("gate_per_kg") == pytest.approx(8.0)
    assert facts.value("beyond_boundary_kg") == pytest.approx(-4.0)
    assert facts.value("use_share") == pytest.approx(0.6)
    assert facts.value("aircraft_kg") == pytest.approx(1.0)
    assert facts.value("biogenic_removal_kg") == pytest.approx(-0.5)
    assert facts.value("proxy_share") == pytest.approx(0.6)
    assert facts.value("site_data_share") == pytest.approx(0.1)
    assert facts.value("site_rated_share") == 1.0
    assert facts.value("background_rated_share") == 0.0
    assert facts.value("line_count_b6") == 1.0
    assert facts.value("line_count_c1") == 0.0
    assert facts.value("module_d_lines_are_apart") is True
    assert [item.facts["line_share"] for item in facts.scopes["lines"]] == pytest.approx([0.3, 0.6, 0.1, 0.0])


def test_gate_boundary_leaves_out_later_stages():
    lines = (line("a"), line("b", stage="B6", climate=(9.0, 0.0, 0.0, 0.0, 0.0)))
    facts = facts_of(*lines, boundary="cradle_to_gate")
    assert facts.value("total_kg") == 1.0
    assert facts.value("fossil_kg") == 1.0
    assert items(*lines, boundary="cradle_to_gate")["b"]["line_share"] == 0.0


def test_an_empty_result_has_no_shares():
    facts = facts_of()
    assert facts.value("use_share") is None
    assert facts.value("proxy_share") is None
    assert "result-positive" in failing(facts)


def test_electricity_on_both_bases():
    grid = attrs.evolve(USE, boundary="generation_life_cycle")
    lines = (
        line("grid", kind="energy", basis="location", dataset=grid),
        line("contract", kind="energy", basis="market", dataset=grid),
        line("losses", kind="energy", dataset=attrs.evolve(USE, boundary="transmission")),
    )
    facts = facts_of(*lines)
    assert facts.value("has_market_lines") is True
    assert facts.value("has_location_lines") is True
    assert facts.value("grid_line_count") == 1.0
    assert facts.value("network_line_count") == 1.0
    assert list(items(*lines)) == ["contract", "losses"]
    assert list(items(*lines, basis="location")) == ["grid", "losses"]
    assert "network-losses" in failing(facts_of(lines[0]))
    assert "network-losses" not in failing(facts)


@pytest.mark.parametrize(
    ("change", "kind", "rule"),
    [
        ({"boundary": "treatment_transport_only"}, "waste", "waste-transport-only"),
        ({"boundary": "generation"}, "energy", "generation-only"),
        ({"boundary": "combustion"}, "energy", "fuel-supply"),
        ({"boundary": "tank_to_wheel"}, "transport", "fuel-supply"),
        ({"gwp_set": "AR5"}, "material", "factor-gwp"),
        ({"gwp_set": "unknown"}, "material", "factor-gwp"),
        ({"status": "unverified"}, "material", "factor-unverified"),
        ({"year": 2010}, "material", "dataset-age"),
        ({"year": None}, "material", "dataset-year"),
        ({"origins_known": False}, "material", "origins-divided"),
        ({"gases_complete": False}, "material", "gases-complete"),
    ],
)
def test_what_is_wrong_with_a_factor_is_found(change, kind, rule):
    assert rule not in failing(facts_of(line(kind=kind)))
    assert rule in failing(facts_of(line(kind=kind, dataset=attrs.evolve(USE, **change))))


def inventory_of(purpose):
    climate = Climate("AR6", (1.0, 0.0, 0.0, 0.0, 0.0))
    dataset = Dataset(
        "steel", Text("steel"), "metal", "kg", climate, "CN", 2020, "cradle_to_gate", purpose, "factor", Source("s"),
        "free", "verified",
    )  # fmt: skip
    return Inventory((Database("d", "1", "sha256:0", "free", "s", {"steel": dataset}),))


def test_factors_for_organisations():
    assert items(line())["a"]["factor_is_for_organisations"] is None
    assert items(line(), inventory=inventory_of("product"))["a"]["factor_is_for_organisations"] is False
    assert "organisation-factor" not in failing(facts_of(line(), inventory=inventory_of("product")))
    assert "organisation-factor" in failing(facts_of(line(), inventory=inventory_of("organisation")))


def test_direct_releases_need_no_dataset():
    facts = items(line(dataset=None, gas="sf6"))["a"]
    assert facts["has_dataset"] is True
    assert facts["has_dataset_year"] is True
    assert facts["factor_is_for_organisations"] is False
    assert facts["factor_gwp_is_unknown"] is False


@pytest.mark.parametrize(
    ("climate", "kind", "stage", "rules"),
    [
        ((-1.0, 0.0, 0.0, 0.0, 0.0), "material", "A1", {"line-negative"}),
        ((1.0, 0.0, -3.0, 0.0, 0.0), "material", "A1", set()),
        ((-1.0, 0.0, -3.0, 0.0, 0.0), "material", "A1", {"line-negative"}),
        ((-1.0, 0.0, 0.0, 0.0, 0.0), "credit", "C3", {"credit-apart"}),
        ((-1.0, 0.0, 0.0, 0.0, 0.0), "credit", "D", set()),
    ],
)
def test_negative_lines(climate, kind, stage, rules):
    found = failing(facts_of(line("base"), line("b", climate=climate, kind=kind, stage=stage)))
    assert found & {"line-negative", "credit-apart"} == rules


def test_credits_inside_the_result_break_module_d():
    inside = facts_of(line(), line("b", climate=(-0.1, 0.0, 0.0, 0.0, 0.0), kind="credit", stage="C3"))
    assert inside.value("module_d_lines_are_apart") is False
    assert {"module-d-apart", "credit-apart"} <= failing(inside, "en-50693-2019")


@pytest.mark.parametrize(
    ("score", "confirmed", "found"), [(80.0, "", True), (80.0, "A. Person", False), (95.0, "", False)]
)
def test_matches_that_nobody_confirmed(score, confirmed, found):
    link = Link("steel", score, Text("near"), confirmed)
    assert ("link-confirmed" in failing(facts_of(line(link=link)))) is found


def test_small_lines_are_not_examined_singly():
    old = line("old", climate=(0.001, 0.0, 0.0, 0.0, 0.0), dataset=attrs.evolve(USE, year=1990))
    assert "dataset-age" not in failing(facts_of(line(), old))


def test_interval_and_sensitivities():
    assert {"uncertainty", "sensitivity"} <= failing(facts_of(line()))
    interval = Interval("total", 1.0, 0.5, 1.0, 2.0, 1.05)
    sensitivity = Sensitivity("steel", Text("steel"), "dataset", 1.0, 0.1, 1.0, 1.0)
    facts = facts_of(line(), intervals=(interval,), sensitivities=(sensitivity,))
    assert facts.value("interval_ratio") == 4.0
    assert failing(facts) & {"uncertainty", "sensitivity", "uncertainty-width"} == {"uncertainty-width"}
    crossing = facts_of(line(), intervals=(attrs.evolve(interval, low=-0.5),))
    assert crossing.value("interval_ratio") is None


@pytest.mark.parametrize(("gwp_set", "fails"), [("AR6", False), ("AR5", True), ("AR4", True)])
def test_gwp_set_of_the_result(gwp_set, fails):
    assert ("gwp-latest" in failing(facts_of(line(), gwp_set=gwp_set))) is fails


def test_unknown_cut_off_share_is_not_zero():
    from cradlemark.footprint.footprint import CutOffRecord

    known = CutOffRecord(Text("glue"), "A1", 0.01, "mass", Text("small"))
    assert facts_of(line(), cut_offs=(known,)).value("result_cut_off_share") == 0.01
    unknown = attrs.evolve(known, share=None)
    assert facts_of(line(), cut_offs=(known, unknown)).value("result_cut_off_share") is None
