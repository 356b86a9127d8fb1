"""Tracking a product over time: gate, re-baselining, paired draws, and what counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from tests.unit.footprint.builders import (
    DATASETS,
    PACK,
    SCORES,
    NamesOnly,
    dataset,
    electricity,
    grave,
    kg,
    lognormal,
    material,
    model,
    part,
    rich_study,
    study,
    val,
)
from tests.unit.footprint.process_source import stored, write_source, write_study

from cradlemark.cli.opening import open_model
from cradlemark.core.errors import RuleError
from cradlemark.core.language import Text
from cradlemark.core.periods import parse_period
from cradlemark.footprint.calculate import Model
from cradlemark.footprint.drawn_leaves import drawn_leaves
from cradlemark.footprint.leaves import CAUSES
from cradlemark.footprint.reduction import Tracking, track
from cradlemark.inventory.database import Database, Inventory
from cradlemark.inventory.dataset import Climate, Dataset, GasAmount
from cradlemark.product.study import (
    Component,
    Electricity,
    EndOfLife,
    EndOfLifeRoute,
    EnergyUse,
    Material,
    Meter,
    Operation,
    Site,
    SiteProduct,
    Study,
    Unit,
)
from cradlemark.rules.pack import load_pack

EXCLUDED = ("grid", "factor_update")


def tracked(before: Model, after: Model, **options: Any) -> Tracking:
    return track(before, after, **{"draws": 200, "finder": NamesOnly, **options})


def steel(mass: float, *, period: str = "2025", **more: Any) -> Study:
    return study(
        part("A", material("steel", mass), *more.pop("also", ())), period=parse_period(period), **more
    )


def test_draws_of_the_leaves_are_those_of_the_calculation() -> None:
    ready = model(rich_study())
    result = ready.calculate(draws=300)
    summed = sum(np.asarray(leaf.effect) for leaf in drawn_leaves(ready, result.footprint))
    assert np.allclose(summed, result.draws["total"], rtol=1e-12)
    assert result.draws["total"].std() > 0.0


def test_draws_of_the_causes_sum_to_the_drawn_difference() -> None:
    found = tracked(model(rich_study()), model(rich_study(), scenario="light"))
    assert np.allclose(
        sum(found.draws.values()), found.today_draws - found.baseline_draws, rtol=0, atol=1e-13
    )
    assert found.draws["mass"].std() > 0.0


def test_paired_draws_are_narrower_than_the_footprints_themselves() -> None:
    spread = dataset("steel", 2.0, uncertainty=lognormal(1.3))
    found = tracked(model(steel(1.0), spread), model(steel(0.9), spread))
    assert found.interval() == pytest.approx((0.1, 0.1))
    assert found.probability(0.0999) == 1.0
    assert found.probability(0.1001) == 0.0
    assert np.percentile(found.baseline_draws, 97.5) > 1.5 * np.percentile(found.baseline_draws, 2.5)


def test_grid_and_factors_do_not_count_unless_allowed() -> None:
    def with_grid(mass: float, name: str) -> Study:
        step = Operation(
            "op", Text("x", "x"), per="declared_unit", energy=(EnergyUse("electricity", val(1.0, "kWh")),)
        )
        return study(
            part("A", material("steel", mass)), operations=(step,), electricity=Electricity(dataset=name)
        )

    more = (
        dataset("steel", 2.0),
        electricity("el-1", 0.9, geography="CN"),
        electricity("el-2", 0.4, geography="CN"),
    )
    found = tracked(model(with_grid(1.0, "el-1"), *more), model(with_grid(0.95, "el-2"), *more))
    assert found.baseline.total == pytest.approx(2.9)  # steel 2, mix 0.9
    assert found.reduction() == pytest.approx(0.6 / 2.9)
    assert found.reduction(EXCLUDED) == pytest.approx(0.1 / 2.9)
    assert found.figure(EXCLUDED) == pytest.approx(2.8)
    assert found.figure() == found.today.total


def test_what_has_no_name_counts_only_against_the_claim() -> None:
    def buried(share: float) -> Study:
        route = EndOfLifeRoute("all", incineration=val(1.0 - share), landfill=val(share), incineration_dataset="burn",
                               landfill_dataset="bury")  # fmt: skip
        return grave(part("A", material("copper", 1.0)), end_of_life=EndOfLife("cut_off", routes=(route,)))

    better = tracked(model(buried(0.2)), model(buried(0.4)))
    assert better.decomposition.parts["other"] < 0.0
    assert better.reduction() == pytest.approx(0.0)
    worse = tracked(model(buried(0.4)), model(buried(0.2)))
    assert worse.reduction() < 0.0
    assert set(better.counted_causes()) == set(CAUSES) - {"other"}


def test_without_draws_there_is_no_probability() -> None:
    found = tracked(
        model(steel(1.0), dataset("steel", 2.0)), model(steel(0.9), dataset("steel", 2.0)), draws=0
    )
    assert (found.probability(0.0), found.interval(), found.part_interval("mass")) == (None, None, None)
    assert found.reduction() == pytest.approx(0.1)


# -- gate ------------------------------------------------------------------------------------------------------------


def reasons(before: Study, after: Study, **options: Any) -> str:
    with pytest.raises(RuleError) as caught:
        tracked(model(before, dataset("steel", 2.0)), model(after, dataset("steel", 2.0)), **options)
    assert caught.value.code == "not-trackable"
    return caught.value.message.en


def test_gate_refuses_another_function() -> None:
    other = Unit(val(1.0, "piece"), Text("To connect for 10 years", "连接10年"))
    assert "functional unit" in reasons(steel(1.0), steel(0.9, unit=other))


def test_gate_refuses_another_declared_unit() -> None:
    other = Unit(val(2.0, "piece"), steel(1.0).unit.functional)
    assert "declared unit: 1 piece against 2 piece" in reasons(steel(1.0), steel(0.9, unit=other))


def test_gate_refuses_another_boundary() -> None:
    whole = grave(part("A", material("steel", 0.9)))
    assert "system boundary" in reasons(steel(1.0), whole)


def test_gate_refuses_another_service_life() -> None:
    whole = grave(part("A", material("steel", 0.9)))
    shorter = attrs.evolve(whole, product=attrs.evolve(whole.product, service_life=val(10.0, "year")))
    assert "reference service life: 20 year against 10 year" in reasons(whole, shorter)


def test_gate_refuses_a_baseline_that_is_later() -> None:
    assert "order of the data periods" in reasons(steel(1.0, period="2026"), steel(0.9, period="2025"))


def test_gate_refuses_another_holder_and_another_product() -> None:
    base = steel(1.0)
    other = attrs.evolve(base.product.holder, name=Text("Others", "他人"))
    assert "holder: Works against Others" in reasons(
        base, attrs.evolve(base, product=attrs.evolve(base.product, holder=other))
    )
    classed = attrs.evolve(base.product, classification=(("CPC", "46212"),))
    assert "product classification" in reasons(base, attrs.evolve(base, product=classed))


def test_gate_refuses_own_processes_on_another_kind_of_data() -> None:
    def made(kind: str) -> Study:
        use = EnergyUse("gas", val(10.0, "kWh"), data_kind=kind)  # type: ignore[arg-type]
        return steel(1.0, operations=(Operation("op", Text("x", "x"), per="declared_unit", energy=(use,)),))

    assert "kind of data of own processes: proxy against measured" in reasons(made("proxy"), made("measured"))


def test_gate_refuses_a_baseline_that_is_not_positive() -> None:
    with pytest.raises(RuleError, match="no share of it can be saved"):
        tracked(
            model(study(part("A", material("wood", 1.0)))), model(study(part("A", material("wood", 0.9))))
        )


def test_gate_names_every_reason_at_once() -> None:
    other = Unit(val(2.0, "piece"), Text("To hold", "固定"))
    message = reasons(steel(1.0, period="2026"), steel(0.9, unit=other))
    assert all(word in message for word in ("functional unit", "declared unit", "order of the data periods"))


# -- re-baselining ---------------------------------------------------------------------------------------------------


def held(digest: str, *more: Dataset) -> Inventory:
    everything = {item.id: item for item in (*DATASETS, *more)}
    return Inventory(
        (Database("hand", digest[0], "sha256:" + digest * 64, "CC0-1.0", "Hand-made", everything),)
    )


def on(inventory: Inventory, wanted: Study, pack: Any = PACK) -> Model:
    return Model.of(wanted, inventory, NamesOnly(inventory), pack)


def test_baseline_is_calculated_anew_on_the_databases_of_today() -> None:
    old, new = held("1", dataset("steel", 2.0)), held("2", dataset("steel", 1.5))
    found = tracked(on(old, steel(1.0)), on(new, steel(0.9)))
    assert found.rebaselined
    assert (found.published.total, found.baseline.total, found.today.total) == pytest.approx((2.0, 1.5, 1.35))
    assert found.reduction(EXCLUDED) == pytest.approx(0.1)
    assert found.decomposition.parts["factor_update"] == 0.0


def test_as_published_the_update_of_factors_shows_and_does_not_count() -> None:
    old, new = held("1", dataset("steel", 2.0)), held("2", dataset("steel", 1.5))
    found = tracked(on(old, steel(1.0)), on(new, steel(0.9)), as_published=True)
    assert not found.rebaselined
    assert found.reduction() == pytest.approx(0.65 / 2.0)
    assert found.reduction(EXCLUDED) == pytest.approx(
        0.95 * 0.5 * 0.0 + 0.175 / 2.0
    )  # mass: 0.1 x mean of 2.0 and 1.5


def test_another_gwp_set_and_pack_are_mended_or_refused() -> None:
    methane = Climate(
        "AR6", (29.8, 0.0, 0.0, 0.0, 0.0), (GasAmount("ch4_fossil", "fossil", 1.0),), origins_known=True
    )
    inventory = held("1", dataset("steel", 0.0, climate=methane))
    older = attrs.evolve(load_pack("en-50693-2019"))
    before = on(inventory, steel(1.0, rule_pack=older.id), older)
    after = on(inventory, steel(0.9))
    found = tracked(before, after)
    assert found.baseline.versions.rule_pack == PACK.id
    assert found.baseline.gwp_set == found.today.gwp_set
    with pytest.raises(RuleError, match="rule pack: en-50693-2019 against iso-14067-2018"):
        tracked(before, after, as_published=True)


def test_end_of_life_method_and_allocation_key_of_today_are_applied() -> None:
    def plant(method: str, basis: str) -> Study:
        route = EndOfLifeRoute("all", landfill=val(1.0), landfill_dataset="bury")
        site = Site(
            meters=(Meter("gas", val(100.0, "kWh")),),
            products=(SiteProduct("this", val(10.0, "piece"), kg(5.0), this=True), SiteProduct("other", val(30.0, "piece"), kg(5.0))),
            declared_units=val(10.0, "piece"), basis=basis,  # type: ignore[arg-type]
        )  # fmt: skip
        end = EndOfLife(method, routes=(route,))  # type: ignore[arg-type]
        return grave(part("A", material("copper", 1.0)), site=site, end_of_life=end)

    found = tracked(model(plant("module_d", "mass")), model(plant("cut_off", "pieces")))
    assert found.rebaselined
    assert found.baseline.end_of_life_method == "cut_off"
    assert found.reduction() == pytest.approx(0.0)
    assert found.published.total > found.baseline.total


def test_a_table_of_the_former_supplier_stays() -> None:
    own = Database(
        "own", "1", "sha256:" + "a" * 64, "", "Supplier", {"supplier-steel": dataset("supplier-steel", 3.0)}
    )
    old = Inventory((*held("1").databases, own))
    before = on(old, study(part("A", Material("steel", kg(1.0), "supplier-steel"))))
    found = tracked(before, on(held("2", dataset("steel", 2.0)), steel(1.0)))
    assert found.baseline.total == pytest.approx(3.0)


def test_a_dataset_that_is_gone_is_named() -> None:
    before = on(held("1", dataset("steel", 2.0)), study(part("A", Material("steel", kg(1.0), "steel"))))
    after = on(held("2"), study(part("A", material("copper", 1.0))))
    with pytest.raises(RuleError) as caught:
        tracked(before, after)
    assert caught.value.code == "rebaseline-failed"
    assert "steel" in caught.value.message.en


def test_amounts_with_scores_of_their_own_draw_by_study() -> None:
    """The same study pairs with itself; another study's amounts draw apart, which widens the interval."""
    spread = dataset("steel", 2.0)

    def scored(name: str, mass: float) -> Study:
        return study(part("A", material("steel", mass, pedigree=SCORES)), id=name)

    same = tracked(model(scored("one", 1.0), spread), model(scored("one", 0.9), spread))
    other = tracked(model(scored("one", 1.0), spread), model(scored("two", 0.9), spread))
    assert same.interval() == pytest.approx((0.1, 0.1))
    low, high = other.interval() or (0.0, 0.0)
    assert low < 0.1 < high
    assert np.allclose(sum(other.draws.values()), other.today_draws - other.baseline_draws)


def test_structure_changes_keep_the_draws_exact() -> None:
    wood = dataset("steel", 2.0, uncertainty=lognormal(1.2))
    before = study(
        Component(
            "A", Text("A", "A"), val(1.0, "piece"), (), (material("steel", 1.0), material("copper", 0.1))
        )
    )
    after = study(part("B", material("plastic", 0.5)), part("C", material("steel", 0.2)))
    found = tracked(model(before, wood), model(after, wood))
    assert np.allclose(sum(found.draws.values()), found.today_draws - found.baseline_draws)


# -- databases of processes ------------------------------------------------------------------------------------------


def test_two_editions_of_a_process_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both studies go on the edition of today, whose draws they share; the update of factors is gone."""
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    steel = "small:Works:Hot_rolled_steel"
    old = stored(write_source(tmp_path / "one"))
    new = stored(write_source(tmp_path / "two", steel_co2=0.6))
    before = write_study(tmp_path / "a", [("part", "1 kg", steel)], databases=[f"small@{old.digest}"])
    after = write_study(tmp_path / "b", [("part", "900 g", steel)], databases=[f"small@{new.digest}"])
    found = track(open_model(before), open_model(after), draws=200)
    assert found.rebaselined
    assert found.published.total - found.baseline.total == pytest.approx(0.2)
    assert found.baseline_draws.std() > 0.0
    assert found.interval(EXCLUDED) == pytest.approx((0.1, 0.1))
    shown = track(open_model(before), open_model(after), draws=200, as_published=True)
    assert shown.decomposition.parts["factor_update"] == pytest.approx(-0.2 * 0.95)
    assert np.allclose(sum(shown.draws.values()), shown.today_draws - shown.baseline_draws)
