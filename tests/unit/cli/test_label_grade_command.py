"""``cradlemark label benchmark`` and ``label grade`` as a user calls them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.label.test_grade import labelled

from cradlemark.cli.main import run
from cradlemark.label.benchmark import read_benchmark

DAY = ("--on", "2027-01-01")


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = []
    for place in range(1, 13):
        path = tmp_path / f"claim-{place}.json"
        path.write_bytes(bytes(labelled(place, float(place))))
        paths.append(str(path))
    return paths


def made(files: list[str], tmp_path: Path, *more: str) -> Path:
    target = tmp_path / "benchmark.json"
    assert (
        run(
            [
                "label",
                "benchmark",
                *files,
                "--programme",
                "demonstration",
                "--output",
                str(target),
                *DAY,
                *more,
            ]
        )
        == 0
    )
    return target


def test_a_set_and_a_grade(capsys: pytest.CaptureFixture[str], files: list[str], tmp_path: Path) -> None:
    target = made(files, tmp_path)
    shown = capsys.readouterr().out
    assert "version 1, 12 products of 12 holders" in shown
    assert "percentile 50: 5 kg CO2e" in shown
    assert read_benchmark(target.read_bytes()).digest in shown
    assert run(["label", "grade", files[0], str(target), *DAY]) == 0
    shown = capsys.readouterr().out
    assert "grade A; 0.0 % of 11 products are lower" in shown
    assert "the band reaches from A to B" in shown


def test_a_next_version_names_the_one_before(files: list[str], tmp_path: Path) -> None:
    first = made(files, tmp_path)
    digest = read_benchmark(first.read_bytes()).digest
    kept = first.rename(tmp_path / "first.json")
    second = read_benchmark(made(files, tmp_path, "--previous", str(kept)).read_bytes())
    assert (second.version, second.previous) == (2, digest)


def test_few_products_show_nothing_and_give_no_grade(
    capsys: pytest.CaptureFixture[str], files: list[str], tmp_path: Path
) -> None:
    target = made(files[:9], tmp_path, "--lang", "zh")
    assert "不展示分布" in capsys.readouterr().out
    assert run(["label", "grade", files[0], str(target), *DAY]) == 2
    assert "too few valid products: 8 of 10 needed [grade-refused]" in capsys.readouterr().err


def test_a_programme_without_grades(
    capsys: pytest.CaptureFixture[str], files: list[str], tmp_path: Path
) -> None:
    assert (
        run(["label", "benchmark", *files, "--programme", "epd-type", "--output", str(tmp_path / "x")]) == 2
    )
    assert "[grade-refused]" in capsys.readouterr().err
