"""Draws that come with a process database: the same for every study, moving together, kept, and said so."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.unit.footprint.process_source import stored, write_source, write_study

from cradlemark.cli.opening import open_model
from cradlemark.core.errors import TrustError
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.compare import compare
from cradlemark.inventory.processes import background
from cradlemark.inventory.processes.draws import process_draws
from cradlemark.inventory.processes.imported import imported_database
from cradlemark.inventory.processes.store import StoredProcesses, read_processes
from cradlemark.inventory.processes.stored_arrays import keep_arrays, list_arrays

STEEL_ID = "small:Works:Hot_rolled_steel"
BRASS_ID = "small:Brass_mill:Brass_strip"
DRAWS = 300


@pytest.fixture
def about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoredProcesses:
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    return stored(write_source(tmp_path / "source"))


def calculated(folder: Path, *lines: tuple[str, str, str], draws: int = DRAWS, seed: int = 7) -> Calculation:
    study = write_study(folder, list(lines), databases=["small"])
    return open_model(study).calculate(draws=draws, seed=seed)


def test_draws_of_a_line_are_its_amount_times_those_of_the_database(
    about: StoredProcesses, tmp_path: Path
) -> None:
    found = calculated(tmp_path / "s", ("part", "250 g", STEEL_ID))
    kept = process_draws(read_processes(about.folder), about.folder, draws=DRAWS, seed=background.SEED)
    assert kept.reused
    row = imported_database(about).datasets.rows[STEEL_ID]  # type: ignore[attr-defined]
    assert found.draws["total"] == pytest.approx(0.25 * kept.of([row])[0], rel=1e-12)
    assert found.draws["total"].std() > 0.0
    note = next(note for note in found.footprint.notes if note.code == "background-draws")
    assert f"{DRAWS} kept draws of seed {background.SEED}" in note.message.en
    line = found.footprint.lines[0]
    assert line.gsd == pytest.approx(np.exp(np.log(kept.of([row])[0]).std()), rel=1e-9)


def test_the_seed_of_a_study_does_not_move_its_background(about: StoredProcesses, tmp_path: Path) -> None:
    del about
    one = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID), seed=1)
    other = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID), seed=2)
    assert np.array_equal(one.draws["total"], other.draws["total"])


def test_two_studies_pair_draw_by_draw(about: StoredProcesses, tmp_path: Path) -> None:
    del about
    first = calculated(tmp_path / "a", ("part", "1 kg", STEEL_ID))
    second = calculated(tmp_path / "b", ("part", "990 g", STEEL_ID))
    found = compare(first, second)
    assert found.probability_lower == 1.0
    assert second.draws["total"] == pytest.approx(0.99 * first.draws["total"], rel=1e-12)


def test_lines_on_one_database_move_together(about: StoredProcesses, tmp_path: Path) -> None:
    """Steel and brass share the emission of the boiler, so both together spread more than if they did not."""
    del about
    steel = calculated(tmp_path / "a", ("part", "1 kg", STEEL_ID)).draws["total"]
    brass = calculated(tmp_path / "b", ("strip", "1 kg", BRASS_ID)).draws["total"]
    both = calculated(tmp_path / "c", ("part", "1 kg", STEEL_ID), ("strip", "1 kg", BRASS_ID))
    assert np.corrcoef(steel, brass)[0, 1] > 0.25  # 300 independent pairs stay below 0.2
    assert both.draws["total"] == pytest.approx(steel + brass, rel=1e-12)
    interval = both.footprint.interval("total")
    assert interval.analytic_gsd == pytest.approx(np.exp(np.log(both.draws["total"]).std()), rel=0.02)


def test_a_longer_series_of_a_small_database_is_made_and_begins_alike(
    about: StoredProcesses, tmp_path: Path
) -> None:
    short = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID), draws=100)
    long = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID), draws=200)
    assert np.array_equal(long.draws["total"][:100], short.draws["total"])
    assert [kept.basis["draws"] for kept in list_arrays(about.folder, "draws")] == [200]


def test_large_database_without_draws_says_how_to_make_them(
    about: StoredProcesses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "MADE_UP_TO", 1)
    found = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID))
    note = next(note for note in found.footprint.notes if note.code == "background-not-drawn")
    assert f"cradlemark db draws small --draws {DRAWS} --gwp AR6" in note.message.en
    assert np.ptp(found.draws["total"]) == 0.0
    assert not list_arrays(about.folder, "draws")
    process_draws(read_processes(about.folder), about.folder, draws=100, seed=5)
    again = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID))
    note = next(note for note in again.footprint.notes if note.code == "background-draws")
    assert "100 kept draws of seed 5" in note.message.en
    assert f"repeated to {DRAWS}" in note.message.en
    assert np.array_equal(again.draws["total"][:100], again.draws["total"][100:200])


def test_result_without_draws_does_not_depend_on_what_is_kept(about: StoredProcesses, tmp_path: Path) -> None:
    before = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID), draws=0).document
    calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID))
    assert list_arrays(about.folder, "draws")
    assert calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID), draws=0).document == before


def test_recomputation_is_byte_identical_when_draws_are_made_again(
    about: StoredProcesses, tmp_path: Path
) -> None:
    before = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID)).document
    assert calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID)).document == before
    for kept in list_arrays(about.folder, "draws"):
        shutil.rmtree(kept.folder)
    assert calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID)).document == before


def test_kept_draws_are_shown_as_a_lognormal(about: StoredProcesses, tmp_path: Path) -> None:
    behind = imported_database(about).background
    assert behind is not None
    assert behind.uncertainty(STEEL_ID, gwp_set="AR6") is None
    calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID))
    shown = behind.uncertainty(STEEL_ID, gwp_set="AR6")
    assert shown is not None
    assert shown.kind == "lognormal"
    assert shown.gsd is not None
    assert 1.0 < shown.gsd < 1.1


def test_changed_draws_are_refused(about: StoredProcesses, tmp_path: Path) -> None:
    calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID))
    [kept] = list_arrays(about.folder, "draws")
    values = np.load(kept.folder / "values.npy")
    np.save(kept.folder / "values.npy", values * 2.0)
    with pytest.raises(TrustError) as refused:
        calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID))
    assert refused.value.code == "digest-mismatch"


def test_draws_without_a_result_are_passed_over_for_all_products(
    about: StoredProcesses, tmp_path: Path
) -> None:
    made = process_draws(read_processes(about.folder), about.folder, draws=100, seed=3)
    [kept] = list_arrays(about.folder, "draws")
    values = np.array(made.values)
    values[:, :, 10] = np.nan
    digests = [list(hashlib.sha256(row.tobytes()).digest()) for row in values[0]]
    arrays = {"values": values, "central": made.central, "digests": np.array(digests, np.uint8)}
    shutil.rmtree(kept.folder)
    keep_arrays(about.folder, "draws", kept.basis, about=kept.about, arrays=arrays)
    found = calculated(tmp_path / "s", ("part", "1 kg", STEEL_ID), draws=100)
    row = imported_database(about).datasets.rows[STEEL_ID]  # type: ignore[attr-defined]
    expected = np.delete(values[0, row], 10)
    assert found.draws["total"][:99] == pytest.approx(expected, rel=1e-12)
    assert found.draws["total"][99] == pytest.approx(expected[0], rel=1e-12)
    note = next(note for note in found.footprint.notes if note.code == "background-draws")
    assert "without a result: 1" in note.message.en
