"""A programme home for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from cradlemark.registry.home import Home, create_home, open_home

PROGRAMME = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty register, made once and copied: making the tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty") / "home"
    create_home(folder, programme=PROGRAMME, origin="example.org/labels")
    from django.db import connections

    connections.close_all()
    return folder


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Iterator[Home]:
    """An empty register."""
    shutil.copytree(empty_home, tmp_path / "home")
    yield open_home(tmp_path / "home")
    from django.db import connections

    connections.close_all()
