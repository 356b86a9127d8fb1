"""Any study that can be written is calculated and read back whole, or refused with what is wrong in it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import attrs
import jsonschema
from hypothesis import HealthCheck, given, settings
from tests.unit.footprint.builders import PACK, NamesOnly, inventory, val

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor
from cradlemark.footprint.calculate import Model
from cradlemark.footprint.document import from_bytes, schema
from cradlemark.inventory.database import Database, Inventory
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.matching import Match, Query
from cradlemark.product.study import Component, Material, Study

_SPEC = importlib.util.spec_from_file_location(
    "study_strategies", Path(__file__).with_name("study_strategies.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
strategies = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(strategies)

HELD = inventory()
BY_ROLE = {
    "material": "plastic", "energy": "gas", "transport": "truck", "process": "plastic", "waste": "burn",
    "electricity": "wind",
}  # fmt: skip


class Everything(NamesOnly):
    """A finder that always finds something of the right dimension."""

    def best(self, query: Query) -> Match | None:
        """One dataset for each role."""
        found: Dataset = self.inventory[BY_ROLE[query.role]]
        try:
            conversion_factor(query.unit or found.unit, found.unit)
        except CradlemarkError:
            return None
        return Match(found.id, 80.0, Text("by role", "按用途"), "")


def plain_material(material: Material) -> Material:
    """Without fields that name what the hand-made inventory does not have."""
    return attrs.evolve(
        material,
        dataset="",
        recycled_dataset="",
        gross=None,
        legs=tuple(attrs.evolve(leg, dataset="") for leg in material.legs),
    )


def plain_component(component: Component) -> Component:
    return attrs.evolve(
        component,
        children=tuple(map(plain_component, component.children)),
        materials=tuple(map(plain_material, component.materials)),
    )


def usable(study: Study) -> Study:
    """The study without references that lead nowhere; everything else stays as it was drawn."""
    operations = tuple(
        attrs.evolve(
            item, model="", inputs=(), direct_emissions=(), waste=(),
            energy=tuple(attrs.evolve(use, dataset="") for use in item.energy),
            per=item.per if item.component else "declared_unit",
        )
        for item in study.operations
    )  # fmt: skip
    packaging = tuple(attrs.evolve(item, material=plain_material(item.material)) for item in study.packaging)
    use = study.use and attrs.evolve(study.use, consumables=(), grid=())
    markets = tuple(
        attrs.evolve(item, legs=tuple(attrs.evolve(leg, dataset="") for leg in item.legs))
        for item in study.markets
    )
    return attrs.evolve(
        study, choices=(), operations=operations, packaging=packaging, use=use, markets=markets, end_of_life=None,
        installation=None, components=tuple(map(plain_component, study.components)), inbound=(),
        site=attrs.evolve(study.site, meters=()), electricity=attrs.evolve(
            study.electricity, contracts=(), dataset="", losses_dataset="", residual_dataset=""
        ),
        product=attrs.evolve(study.product, service_life=study.product.service_life or val(10.0, "year")),
    )  # fmt: skip


def calculated(study: Study) -> bool:
    """Whether it was calculated; then the result follows the schema and reads back the same."""
    held = Inventory(
        (
            Database(
                "hand", "1", "sha256:" + "0" * 64, "CC0-1.0", "Hand-made", dict(HELD.databases[0].datasets)
            ),
        )
    )
    try:
        found = Model.of(study, held, Everything(held), PACK).calculate(draws=10, allow_gaps=True)
    except CradlemarkError:
        return False
    assert from_bytes(found.document) == found.footprint
    errors = list(jsonschema.Draft202012Validator(schema()).iter_errors(json.loads(found.document)))
    assert [error.message for error in errors] == []
    return True


def test_any_study_is_calculated_or_refused() -> None:
    outcomes: list[bool] = []

    @settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(strategies.studies())
    def every(study: Study) -> None:
        calculated(study)
        outcomes.append(calculated(usable(study)))

    every()
    assert sum(outcomes) > len(outcomes) / 2
