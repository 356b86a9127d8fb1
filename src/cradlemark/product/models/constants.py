"""Packaged constants of the unit-process formulas, each with unit, source and status."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import attrs

from cradlemark.core.language import Text, text_of


@attrs.frozen
class Constant:
    """One constant [unit] with its meaning, status and source."""

    name: str
    value: float
    unit: str
    meaning: Text
    status: str
    source: str


@cache
def constants() -> tuple[Constant, ...]:
    """Return all packaged constants."""
    text = resources.files("cradlemark.product.models").joinpath("constants.toml").read_text(encoding="utf-8")
    return tuple(
        Constant(
            name, float(row["value"]), row["unit"], text_of(row["meaning"]), row["status"], row["source"]
        )
        for name, row in tomllib.loads(text).items()
    )


@cache
def constant(name: str) -> float:
    """Return the value of one constant in its packaged unit."""
    return next(found.value for found in constants() if found.name == name)
