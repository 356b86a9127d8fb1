"""Uncertainty of a database: taken from its exchanges as they state it, drawn once, kept, and never trusted when damaged."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cradlemark.core.errors import CradlemarkError, TrustError
from cradlemark.engine.background_draws import product_draws
from cradlemark.engine.pedigree import Pedigree, gsd
from cradlemark.inventory.processes import draw_sensitivity
from cradlemark.inventory.processes import draws as drawn_module
from cradlemark.inventory.processes.characterise import climate_factors
from cradlemark.inventory.processes.draw_sensitivity import product_sensitivity
from cradlemark.inventory.processes.draw_statistics import compare, statistics
from cradlemark.inventory.processes.draws import ProcessDraws, process_draws
from cradlemark.inventory.processes.entry_uncertainty import entry_uncertainty
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.store import read_processes, write_processes
from cradlemark.inventory.processes.tables import (
    ProcessDatabase,
    TableBuilder,
    digest_of_tables,
)

LOGNORMAL = {"distribution": "lognormal", "p1": 2.0, "p2": 1.3}


def made(
    emission: dict[str, Any] | None = None, electricity: dict[str, Any] | None = None, *, share: float = 1.0
) -> ProcessDatabase:
    """Steel (1 kg) from 0.5 kWh of electricity, which emits 1 kg; steel emits 2 kg; tin and steel from one process."""
    emission, electricity = {"amount": 2.0, **(emission or {})}, {"amount": 0.5, **(electricity or {})}
    builders = {name: TableBuilder(name) for name in SCHEMA}
    for name in ("works", "plant"):
        builders["processes"].add(id=name, name_en=name, usable=1)
    for name, unit in (("steel", "kg"), ("electricity", "kWh"), ("tin", "kg")):
        builders["flows"].add(id=name, name_en=name, unit=unit, kind="product")
    builders["flows"].add(
        id="co2", name_en="Carbon dioxide, fossil", cas="124-38-9", category="emission/air", unit="kg",
        kind="elementary", property="mass",
    )  # fmt: skip
    builders["flow_properties"].add(flow=3, property="mass", unit="kg", factor=1.0)
    exchanges = builders["exchanges"]
    exchanges.add(process=0, number=1, flow=0, direction="output", role="reference", amount=1.0)
    exchanges.add(process=0, number=2, flow=1, direction="input", role="input", **electricity)
    exchanges.add(process=0, number=3, flow=3, direction="output", role="emission", **emission)
    exchanges.add(process=1, number=1, flow=1, direction="output", role="reference", amount=1.0)
    exchanges.add(process=1, number=2, flow=3, direction="output", role="emission", amount=1.0)
    for process, flow, part in ((0, 0, share), (1, 1, 1.0), (0, 2, 1.0 - share)):
        builders["activities"].add(process=process, flow=flow, amount=1.0, allocation="mass", share=part)
    shares = {0: share, 2: 1.0 - share}
    for row, exchange in ((0, 0), (1, 3), (2, 0)):
        builders["technosphere"].add(row=row, column=row, amount=1.0, exchange=exchange)
    for column, part in shares.items():
        builders["technosphere"].add(row=1, column=column, amount=-electricity["amount"] * part, exchange=1)
        builders["biosphere"].add(
            flow=3, column=column, direction="output", amount=emission["amount"] * part, exchange=2
        )
    builders["biosphere"].add(flow=3, column=1, direction="output", amount=1.0, exchange=4)
    tables = {name: builder.table() for name, builder in builders.items()}
    return ProcessDatabase("works", "", "CC0", "t", "f", "mass", tables, digest_of_tables(tables))


def emission_spread(**stated: Any) -> tuple[int, float, float]:
    """Kind, first and second of steel's emission of 2 kg."""
    spread = entry_uncertainty(made(stated)).biosphere.spread
    return int(spread.kind[0]), float(spread.first[0]), float(spread.second[0])


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        (LOGNORMAL, (1, 1.3, 0.0)),
        ({"distribution": "normal", "p1": 2.0, "p2": 0.4}, (2, 0.4, 0.0)),
        ({"distribution": "uniform", "p1": 1.0, "p2": 4.0}, (3, 1.0, 4.0)),
        ({"distribution": "triangular", "p1": 1.0, "p2": 2.0, "p3": 4.0}, (4, 1.0, 4.0)),
        ({}, (0, 0.0, 0.0)),
        ({"amount": -2.0, "distribution": "normal", "p1": -2.0, "p2": 0.4}, (2, 0.4, 0.0)),
        ({"amount": -2.0, "distribution": "uniform", "p1": -4.0, "p2": -1.0}, (3, -4.0, -1.0)),
        ({"distribution": "uniform", "p1": 2.0 * (1 + 1e-12), "p2": 4.0}, (3, 2.0, 4.0)),
    ],
)  # fmt: skip
def test_distributions(stated: dict[str, Any], found: tuple[int, float, float]) -> None:
    assert emission_spread(**stated) == pytest.approx(found, abs=1e-12)


def test_the_share_of_a_product_scales_the_spread() -> None:
    stated = {"distribution": "triangular", "p1": 1.0, "p2": 2.0, "p3": 4.0}
    power = {"distribution": "normal", "p1": 0.5, "p2": 0.1}
    found = entry_uncertainty(made(stated, power, share=0.75))
    assert found.biosphere.spread.first[:2] == pytest.approx([0.75, 0.25])
    assert found.biosphere.spread.second[:2] == pytest.approx([3.0, 1.0])
    assert found.technosphere.spread.first[3:] == pytest.approx([0.075, 0.025])
    assert found.technosphere.spread.kind.tolist() == [0, 0, 0, 2, 2]


def test_an_input_has_the_bounds_of_its_exchange_turned_round() -> None:
    found = entry_uncertainty(made(electricity={"distribution": "uniform", "p1": 0.4, "p2": 0.9}))
    assert found.technosphere.spread.first[3] == -0.9
    assert found.technosphere.spread.second[3] == -0.4


def test_scores_and_basic_uncertainty() -> None:
    scores = Pedigree(2, 1, 3, 1, 4)
    kind, first, _ = emission_spread(pedigree="(2;1;3;1;4)", base_uncertainty=1.05)
    assert (kind, first) == (1, pytest.approx(gsd(scores, 1.05), rel=1e-12))
    _, without_basic, _ = emission_spread(pedigree="(2, 1, 3, 1, 4)")
    assert without_basic == pytest.approx(gsd(scores, 1.0), rel=1e-12)
    _, six, _ = emission_spread(pedigree="(2,1,3,1,4,5)")
    assert six == pytest.approx(gsd(Pedigree(2, 1, 3, 1, 4, 5), 1.0), rel=1e-12)
    _, partial, _ = emission_spread(pedigree="(2,na,3,1,n/a)")
    assert partial == pytest.approx(gsd(Pedigree(2, 1, 3, 1, 1), 1.0), rel=1e-12)
    assert entry_uncertainty(made({"pedigree": "(2,na,3,1,n/a)"})).scores_not_given == 1


@pytest.mark.parametrize("text", ["good", "(2;1;3)", "(6;1;1;1;1)", "(na;na;na;na;na)", "(2;1;3;1;4;1;1)"])
def test_what_is_no_score_says_nothing(text: str) -> None:
    assert emission_spread(pedigree=text) == (0, 0.0, 0.0)
    assert entry_uncertainty(made({"pedigree": text})).biosphere.counts().unstated == 3


def test_a_stated_distribution_counts_before_scores() -> None:
    assert emission_spread(**LOGNORMAL, pedigree="(5;5;5;5;5)", base_uncertainty=3.0)[1] == 1.3


@pytest.mark.parametrize(
    "stated",
    [
        {"distribution": "lognormal", "p1": 2.0, "p2": 0.5},
        {"distribution": "lognormal", "p1": 2.0},
        {"distribution": "lognormal", "p2": 200.0},
        {"distribution": "normal", "p2": -1.0},
        {"distribution": "normal", "p2": math.inf},
        {"distribution": "uniform", "p1": 3.0, "p2": 4.0},
        {"distribution": "uniform", "p1": -math.inf, "p2": 4.0},
        {"distribution": "triangular", "p1": 1.0, "p2": 2.0},
        {"distribution": "beta", "p1": 1.0, "p2": 2.0},
        {"pedigree": "(2;1;3;1;4)", "base_uncertainty": 0.5},
    ],
)
def test_what_cannot_be_is_fixed_and_named(stated: dict[str, Any]) -> None:
    found = entry_uncertainty(made(stated, share=0.5))
    assert found.biosphere.counts().refused == 2  # entries of one exchange
    assert found.refused == 1
    [problem] = found.problems
    assert problem.where == "process works, exchange 3"
    assert problem.code == "distribution-invalid"
    assert found.biosphere.counts().uncertain == 0


@pytest.mark.parametrize(
    "stated",
    [
        {"distribution": "lognormal", "p1": 2.0, "p2": 1.0},
        {"distribution": "lognormal", "p1": 2.0, "p2": 0.0},
        {"distribution": "normal", "p2": 0.0},
        {"distribution": "uniform", "p1": 2.0, "p2": 2.0},
        {"pedigree": "(1;1;1;1;1)"},
        {"pedigree": "(1;1;1;1;1)", "base_uncertainty": 1.0},
    ],
)
def test_stated_without_spread_is_not_the_same_as_not_stated(stated: dict[str, Any]) -> None:
    counts = entry_uncertainty(made(stated)).biosphere.counts()
    assert (counts.without_spread, counts.unstated, counts.uncertain) == (1 + 1, 1, 0)


def test_other_centres_and_zero_amounts_are_counted() -> None:
    assert entry_uncertainty(made(LOGNORMAL | {"p1": 2.5})).other_centre == 1
    assert entry_uncertainty(made(LOGNORMAL)).other_centre == 0
    assert (
        entry_uncertainty(made({"amount": 0.0, "distribution": "normal", "p2": 1.0})).biosphere.counts().zero
        == 2
    )
    many = database_with_many_bad()
    assert len(entry_uncertainty(many).problems) == 101
    assert entry_uncertainty(many).refused == 150


def database_with_many_bad() -> ProcessDatabase:
    builders = {name: TableBuilder(name) for name in SCHEMA}
    builders["processes"].add(id="p", name_en="p")
    for number in range(150):
        builders["exchanges"].add(process=0, number=number, amount=1.0, distribution="normal", p2=-1.0)
    tables = {name: builder.table() for name, builder in builders.items()}
    return ProcessDatabase("bad", "", "", "", "", "", tables, digest_of_tables(tables))


def test_a_database_without_exchanges() -> None:
    tables = {name: TableBuilder(name).table() for name in SCHEMA}
    found = entry_uncertainty(ProcessDatabase("none", "", "", "", "", "", tables, digest_of_tables(tables)))
    assert found.technosphere.counts().entries == 0


# Draws


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    power = {"distribution": "lognormal", "p1": 0.5, "p2": 1.5}
    return write_processes(made(LOGNORMAL, power), tmp_path)


def draws_of(folder: Path, **options: Any) -> ProcessDraws:
    return process_draws(read_processes(folder), folder, **({"draws": 400} | options))


STEEL, POWER = np.array([0]), np.array([1])


def test_draws_have_the_spread_that_is_stated(tmp_path: Path) -> None:
    folder = write_processes(made(LOGNORMAL), tmp_path)
    found = draws_of(folder, draws=1500)
    steel = found.of(STEEL)[0] - 0.5  # electricity is fixed
    assert np.exp(np.log(steel).std()) == pytest.approx(1.3, rel=0.03)
    assert np.median(steel) == pytest.approx(2.0, rel=0.03)
    assert np.ptp(found.of(POWER)) <= 1e-12
    assert found.central == pytest.approx([2.5, 1.0, 0.0])
    assert (found.technosphere.uncertain, found.biosphere.uncertain) == (0, 1)
    assert (found.technosphere.unstated, found.biosphere.unstated) == (5, 1)


def test_made_once_and_shared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = draws_of(folder)
    assert not first.reused
    monkeypatch.setattr(drawn_module, "background_draws", None)
    again, fewer = draws_of(folder), draws_of(folder, draws=10)
    assert again.reused
    assert fewer.count == 400
    assert np.array_equal(again.values, first.values)
    lines = product_draws(again.values, np.array([0, 1]), np.array([2.0, 3.0]))
    assert lines[:, 0] == pytest.approx(2.0 * again.of(STEEL)[0] + 3.0 * again.of(POWER)[0])


def test_more_draws_begin_with_the_same_ones(folder: Path) -> None:
    first = np.array(draws_of(folder).values)
    more = draws_of(folder, draws=500)
    assert np.array_equal(more.values[:, :, :400], first)
    assert len(list(folder.glob("draws-*"))) == 1


def test_other_seed_gases_or_database_are_other_draws(folder: Path) -> None:
    first = draws_of(folder)
    assert not np.array_equal(draws_of(folder, seed=2).values, first.values)
    assert not draws_of(folder, seed=3).reused
    draws_of(folder, gwp_set="AR5")
    assert draws_of(folder).reused
    other = write_processes(made(LOGNORMAL | {"p2": 1.4}), folder.parent)
    assert not draws_of(other).reused


def test_those_of_another_engine_are_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = draws_of(folder).folder
    monkeypatch.setattr(drawn_module, "engine_version", lambda: "another")
    assert not draws_of(folder).reused
    assert not old.exists()


@pytest.mark.parametrize("name", ["values.npy", "central.npy", "digests.npy", "about.json"])
def test_damaged_draws_are_made_again(folder: Path, name: str) -> None:
    first = draws_of(folder)
    path = first.folder / name
    content = path.read_bytes()
    values = np.array(first.values)
    for place in (len(content) - 2, len(content) // 2, 3):
        path.write_bytes(content[:place] + bytes([content[place] ^ 8]) + content[place + 1 :])
        again = draws_of(folder)
        assert not again.reused
        assert np.array_equal(again.values, values)


def test_a_byte_that_changes_after_opening_is_noticed_where_it_is_read(folder: Path) -> None:
    found = draws_of(folder)
    path = found.folder / "values.npy"
    content = bytearray(path.read_bytes())
    content[-400 * 8 * 2 - 5] ^= 1  # the last draw of steel, first of three products
    with path.open("r+b") as file:
        file.write(content)
    assert found.of(POWER).shape == (1, 400)
    with pytest.raises(TrustError) as caught:
        found.of(STEEL)
    assert caught.value.code == "digest-mismatch"


def test_nothing_known_is_said_and_not_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_module, "background_draws", None)
    found = draws_of(write_processes(made(), tmp_path))
    assert found.technosphere.uncertain + found.biosphere.uncertain == 0
    assert found.of(STEEL).tolist() == [[2.5] * 400]


@pytest.mark.parametrize("category", [0, 2])
def test_unknown_category(folder: Path, category: int) -> None:
    with pytest.raises(CradlemarkError) as caught:
        draws_of(folder, category=category)
    assert caught.value.code == "category-unknown"


def test_a_method_of_the_database(tmp_path: Path) -> None:
    database = made(LOGNORMAL)
    tables = dict(database.tables)
    category, factor = TableBuilder("impact_categories"), TableBuilder("characterisation")
    for name in ("acid", "warm"):
        category.add(id=name, name_en=name, unit="points")
    factor.add(category=1, flow="co2", value=10.0)
    tables |= {"impact_categories": category.table(), "characterisation": factor.table()}
    changed = ProcessDatabase("own", "", "", "", "", "", tables, digest_of_tables(tables))
    folder = write_processes(changed, tmp_path)
    by_gas, own, other = (draws_of(folder, category=number) for number in (1, 3, 2))
    assert own.category == "warm [points]"
    assert own.of(STEEL) == pytest.approx(10.0 * by_gas.of(STEEL))
    assert other.biosphere.entries == 0  # no flow counts
    assert np.all(other.of(STEEL) == 0.0)


def test_an_empty_database_is_refused(tmp_path: Path) -> None:
    folder = write_processes(database_with_many_bad(), tmp_path)
    with pytest.raises(CradlemarkError) as caught:
        draws_of(folder)
    assert caught.value.code == "database-empty"


def test_threads_do_not_change_draws(folder: Path, tmp_path: Path) -> None:
    first = np.array(draws_of(folder, draws=64, threads=1).values)
    copy = write_processes(read_processes(folder), tmp_path / "other")
    assert np.array_equal(draws_of(copy, draws=64, threads=2).values, first)


# Statistics


def test_statistics_by_hand() -> None:
    draws = np.array([[1.0, 2.0, 4.0, np.nan], [-1.0, 0.0, 1.0, np.nan]])
    first, second = statistics(draws, np.array([2.0, 0.0]))
    assert (first.median, first.mean, first.draws, first.central) == (2.0, pytest.approx(7 / 3), 3, 2.0)
    assert first.gsd == pytest.approx(2.0 ** math.sqrt(2.0 / 3.0))
    assert (first.low, first.high) == (pytest.approx(1.05), pytest.approx(3.9))
    assert math.isnan(second.gsd)
    nothing = statistics(np.full((1, 3), np.nan), np.array([1.0]))[0]
    assert nothing.draws == 0
    assert math.isnan(nothing.median)
    assert statistics(np.empty((0, 3)), np.empty(0)) == ()


def test_a_comparison_pairs_draws(folder: Path) -> None:
    found = draws_of(folder)
    steel, power = found.of(np.array([0, 1]))
    result = compare(power, steel, (1.0, 2.5))
    assert result.lower == float((power < steel).mean())
    assert result.difference.central == -1.5
    same = compare(steel, steel, (2.5, 2.5))
    assert (same.lower, same.equal) == (0.5, 1.0)


def test_factors_and_draws_use_the_same_table(folder: Path) -> None:
    assert climate_factors(read_processes(folder), "AR6").names[0] == draws_of(folder).category


# Sensitivity


def test_what_makes_a_product_uncertain(folder: Path) -> None:
    database = read_processes(folder)
    found = product_sensitivity(database, draws_of(folder, draws=800), 0, climate_factors(database, "AR6"))
    first, second = found.influences  # the emission of 2 kg, GSD 1.3, then 0.5 kWh, GSD 1.5
    assert (first.kind, first.process) == ("biosphere", "works")
    assert (second.kind, second.exchanged) == ("technosphere", "electricity [kWh]")
    variance = [_lognormal_variance(2.0, 1.3), _lognormal_variance(0.5, 1.5)]
    shares = [one / sum(variance) for one in variance]
    assert [first.first, second.first] == pytest.approx(shares, abs=0.1)
    assert first.delta > second.delta > 0.0
    assert first.correlation == pytest.approx(math.sqrt(shares[0]), abs=0.07)
    assert second.correlation > 0.1  # more of an input makes it higher, though its entry is negative
    assert found.draws == 800
    assert found.by_chance < 0.2


def _lognormal_variance(median: float, spread: float) -> float:
    square = math.log(spread) ** 2
    return median**2 * math.exp(square) * math.expm1(square)


def test_few_draws_or_no_library_give_correlations_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = read_processes(folder)
    factors = climate_factors(database, "AR6")
    few = product_sensitivity(database, draws_of(folder, draws=50), 0, factors)
    assert math.isnan(few.influences[0].first)
    assert few.influences[0].correlation > 0.5
    many = draws_of(folder, draws=400)
    monkeypatch.setattr(draw_sensitivity.importlib.util, "find_spec", lambda _: None)
    assert math.isnan(product_sensitivity(database, many, 0, factors).influences[0].delta)


def test_nothing_uncertain_has_no_sensitivity(folder: Path) -> None:
    database = read_processes(folder)
    with pytest.raises(CradlemarkError) as caught:
        product_sensitivity(database, draws_of(folder), 1, climate_factors(database, "AR6"))
    assert caught.value.code == "sensitivity-unknown"
