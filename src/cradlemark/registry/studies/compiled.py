"""Studies that are compiled and ready to calculate: kept in each process, so that typing shows its effect at once."""

from __future__ import annotations

from functools import cache, lru_cache

from cradlemark.footprint.calculate import Model
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.matching import Matcher
from cradlemark.inventory.starter import starter_database
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.study import Study
from cradlemark.rules.pack import RulePack, load_pack

KEPT = 32
"""Compiled studies that a process keeps."""


@cache
def packaged_inventory() -> Inventory:
    """The packaged factors."""
    return Inventory((starter_database(),))


@cache
def packaged_matcher() -> Matcher:
    """Matching against the packaged factors."""
    return Matcher(packaged_inventory())


@lru_cache(maxsize=KEPT)
def _pack(name: str) -> RulePack:
    return load_pack(name)


@lru_cache(maxsize=KEPT)
def compiled(document: str, scenario: str = "") -> Model:
    """The calculation of a study document with the packaged factors.

    Raises
    ------
    InputErrors
        Everything that is wrong in the document.
    """
    return compiled_study(parse_study_toml(document.encode()), scenario=scenario)


def compiled_study(study: Study, *, scenario: str = "") -> Model:
    """The calculation of a study that was read already."""
    return Model.of(
        study, packaged_inventory(), packaged_matcher(), _pack(study.rule_pack), scenario=scenario
    )
