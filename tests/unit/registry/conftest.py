"""A programme home for each test, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from tests.registers import DATABASES, Registers, skip_unless_reachable
from tests.unit.registry.builders import NOW as TIME
from tests.unit.registry.stories import PASSPHRASE, Story

from cradlemark.registry.home import Home, create_home

PROGRAMME = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()


@pytest.fixture(scope="session")
def empty_registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registers]:
    """Empty registers, made once and copied: making the tables takes longer than most tests."""
    made = Registers(
        tmp_path_factory.mktemp("empty"),
        lambda folder: create_home(folder, programme=PROGRAMME, origin="example.org/labels") and None,
    )
    yield made
    made.drop()


@pytest.fixture(params=DATABASES)
def home(empty_registers: Registers, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    """An empty register."""
    skip_unless_reachable(request.param)
    with empty_registers.copy(request.param, tmp_path / "home") as made:
        yield made


@pytest.fixture(scope="session")
def empty_home(empty_registers: Registers) -> Path:
    """Folder of an empty register on SQLite, to be copied."""
    return empty_registers.folder_of("sqlite")


@pytest.fixture
def story(home: Home) -> Story:
    from cradlemark.registry.keys.store import make_keys

    make_keys(home, passphrase=PASSPHRASE, time=TIME)
    return Story(home)
