"""What is written is read back the same: TOML and workbook, for studies that use every value class."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from cradlemark.product.readers.study_file import read_study
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.readers.study_workbook import read_study_workbook
from cradlemark.product.scenario import apply_scenario
from cradlemark.product.study import Study
from cradlemark.product.writers.study_document import study_digest
from cradlemark.product.writers.study_toml import write_study_toml
from cradlemark.product.writers.study_workbook import write_study_workbook

_SPEC = importlib.util.spec_from_file_location(
    "study_strategies", Path(__file__).with_name("study_strategies.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
strategies = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(strategies)

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(strategies.studies())
def test_toml_gives_the_same_study_back(study: Study) -> None:
    text = write_study_toml(study)
    again = parse_study_toml(text)
    assert again == study
    assert study_digest(again) == study_digest(study)
    assert write_study_toml(again) == text


@settings(max_examples=8, deadline=None, suppress_health_check=SLOW)
@given(strategies.studies())
def test_workbook_gives_the_same_study_back(study: Study) -> None:
    with TemporaryDirectory() as folder:
        for language in ("en", "zh"):
            path = Path(folder) / f"{language}.xlsx"
            write_study_workbook(study, path, language)  # type: ignore[arg-type]
            again = read_study_workbook(path)
            assert again == study
            assert study_digest(again) == study_digest(study)


EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in EXAMPLES.glob("*/study.toml")), ids=lambda path: path.name
)
def test_examples_come_back_from_both_formats(folder: Path, tmp_path: Path) -> None:
    study = read_study(folder)
    assert parse_study_toml(write_study_toml(study)) == study
    write_study_workbook(study, tmp_path / "study.xlsx")
    assert read_study(tmp_path) == study
    for scenario in study.scenarios:
        assert study_digest(apply_scenario(study, scenario.id)) != study_digest(study)
