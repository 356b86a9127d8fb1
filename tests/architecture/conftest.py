"""Paths that the tests of this folder share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the repository."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def package(root: Path) -> Path:
    """Folder of the package."""
    return root / "src" / "cradlemark"


@pytest.fixture(scope="session")
def modules(package: Path) -> list[Path]:
    """Every module of the package but migrations, which a tool writes."""
    return sorted(module for module in package.rglob("*.py") if "migrations" not in module.parts)
