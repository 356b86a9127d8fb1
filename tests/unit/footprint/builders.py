"""A hand-made inventory with round numbers, small studies, and what calculates them."""

from __future__ import annotations

from typing import Any

import attrs

from cradlemark.core.language import Text
from cradlemark.core.periods import parse_period
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree
from cradlemark.footprint.calculate import Calculation, Model
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.inventory.database import Database, Inventory
from cradlemark.inventory.dataset import Climate, Dataset, Source
from cradlemark.inventory.matching import Match, Query
from cradlemark.product.study import (
    Change,
    Component,
    Contract,
    CutOff,
    DirectEmission,
    Electricity,
    EndOfLife,
    EndOfLifeRoute,
    EnergyUse,
    Installation,
    JouleLosses,
    Leg,
    LoadPoint,
    Market,
    Material,
    Operation,
    Organisation,
    Packaging,
    Parameter,
    Product,
    Scenario,
    Study,
    Unit,
    Use,
    Value,
)
from cradlemark.rules.pack import load_pack

PACK = load_pack("iso-14067-2018")


def val(magnitude: float, unit: str = "1", **more: Any) -> Value:
    """A value."""
    return Value(magnitude, unit, **more)


def kg(magnitude: float, **more: Any) -> Value:
    """A mass."""
    return Value(magnitude, "kg", **more)


def formula(text: str, unit: str = "1") -> Value:
    """A value from parameters."""
    return Value(None, unit, formula=text)


def lognormal(gsd: float) -> Distribution:
    """A lognormal uncertainty."""
    return Distribution("lognormal", gsd=gsd)


def dataset(name: str, total: float, unit: str = "kg", **more: Any) -> Dataset:
    """A dataset with one fossil number [kg CO2e / unit]."""
    values: dict[str, Any] = {
        "id": name,
        "name": Text(name, f"{name}（中）"),
        "category": "other",
        "unit": unit,
        "climate": Climate("AR6", (total, 0.0, 0.0, 0.0, 0.0), origins_known=True),
        "geography": "GLO",
        "year": 2024,
        "boundary": "cradle_to_gate",
        "purpose": "product",
        "kind": "factor",
        "source": Source("Hand-made example", "row 1"),
        "licence": "CC0-1.0",
        "status": "verified",
        "database": "hand",
    }
    return Dataset(**{**values, **more})


def electricity(name: str, total: float, boundary: str = "generation_life_cycle", **more: Any) -> Dataset:
    """A dataset of electricity [kg CO2e / kWh]."""
    return dataset(name, total, "kWh", category="electricity", boundary=boundary, **more)


def waste(name: str, total: float, boundary: str = "treatment", **more: Any) -> Dataset:
    """A waste treatment [kg CO2e / kg]."""
    return dataset(name, total, category="waste", boundary=boundary, **more)


DATASETS = (
    dataset("plastic", 2.0),
    dataset("plastic-t", 2000.0, "t"),
    dataset("copper", 4.0),
    dataset("copper-recycled", 1.0),
    dataset("board", 1.0),
    dataset("solder", 10.0),
    dataset("foil", 0.5, "m2"),
    dataset(
        "wood", -0.5,
        climate=Climate("AR6", (0.2, 0.0, -1.5, 0.05, 0.0), origins_known=True),
    ),
    dataset("air-freight", 1.0, "tkm", climate=Climate("AR6", (0.1, 0.0, 0.0, 0.0, 0.9), origins_known=True)),
    dataset("truck", 0.1, "tkm", boundary="well_to_wheel"),
    dataset("ship", 0.01, "tkm", boundary="well_to_wheel"),
    dataset("gas", 0.25, "kWh", boundary="well_to_wheel"),
    electricity("el-cn-cf-2024", 0.5, geography="CN"),
    electricity("el-cn-td-2024-incl", 0.1, "transmission", geography="CN"),
    electricity("wind", 0.02),
    electricity("roof", 0.05),
    electricity("residual", 0.8),
    electricity("mix-2035", 0.2),
    electricity("organisation-mix", 0.53, "generation", purpose="organisation"),
    dataset("heat", 0.06, "MJ"),
    waste("burn", 2.5),
    waste("bury", 0.1),
    waste("sort", 0.3),
    waste("burn-with-heat", 2.0),
    waste("only-transport", 0.005, "treatment_transport_only"),
)  # fmt: skip


def inventory(*more: Dataset) -> Inventory:
    """The hand-made inventory; more datasets come first."""
    everything = {item.id: item for item in (*DATASETS, *more)}
    return Inventory(
        (Database("hand", "1", "sha256:" + "0" * 64, "CC0-1.0", "Hand-made example", everything),)
    )


@attrs.frozen
class NamesOnly:
    """A finder that knows a dataset by its exact id and nothing else, so that no match hides in a test."""

    inventory: Inventory

    def best(self, query: Query) -> Match | None:
        """The dataset whose id is the text."""
        text = query.text.removeprefix("incineration ").removeprefix("landfill ")
        if text not in self.inventory:
            return None
        wanted = {"incineration": "burn", "landfill": "bury"}.get(query.text.partition(" ")[0], text)
        return Match(wanted, 90.0, Text("same id", "编号相同"), "")

    def find(self, query: Query, limit: int = 5) -> tuple[Match, ...]:
        """No near candidates."""
        del query, limit
        return ()


def material(text: str, mass: float, **more: Any) -> Material:
    """A material by mass [kg] whose text is its dataset."""
    return Material(**{"text": text, "amount": kg(mass), **more})


def part(
    number: str, *materials: Material, quantity: float = 1.0, children: tuple[Component, ...] = ()
) -> Component:
    """A component."""
    return Component(
        number, Text(f"Part {number}", f"零件{number}"), val(quantity, "piece"), children, materials
    )


def study(*components: Component, **more: Any) -> Study:
    """A study of one piece at a place with an electricity mix; cradle to gate unless said otherwise."""
    product = Product(
        Text("Block", "端子"), Organisation(Text("Works", "工厂")), kg(1.0), service_life=val(20.0, "year")
    )
    values: dict[str, Any] = {
        "id": "study-1",
        "title": Text("Block", "端子"),
        "product": product,
        "unit": Unit(val(1.0, "piece"), Text("To connect for 20 years", "连接20年")),
        "boundary": "cradle_to_gate",
        "period": parse_period("2025"),
        "rule_pack": "iso-14067-2018",
        "place": "CN",
        "components": components,
    }
    return Study(**{**values, **more})


def grave(*components: Component, **more: Any) -> Study:
    """The same from cradle to grave."""
    return study(*components, **{"boundary": "cradle_to_grave", **more})


def model(wanted: Study, *more: Dataset, scenario: str = "") -> Model:
    """A model that is ready."""
    held = inventory(*more)
    return Model.of(wanted, held, NamesOnly(held), PACK, scenario=scenario)


def calculation(
    wanted: Study, *more: Dataset, draws: int = 0, scenario: str = "", **options: Any
) -> Calculation:
    """A calculation; without draws unless said otherwise."""
    return model(wanted, *more, scenario=scenario).calculate(draws=draws, **options)


def footprint(wanted: Study, *more: Dataset, draws: int = 0, scenario: str = "", **options: Any) -> Footprint:
    """The footprint of a study."""
    return calculation(wanted, *more, draws=draws, scenario=scenario, **options).footprint


def lines(result: Footprint, stage: str = "", basis: str = "") -> dict[str, Line]:
    """Lines by path."""
    return {
        line.path: line
        for line in result.lines
        if (not stage or line.stage == stage) and (not basis or line.basis == basis)
    }


def amounts(result: Footprint, stage: str = "") -> dict[str, float]:
    """Climate effect [kg CO2e] by path."""
    return {path: line.total for path, line in lines(result, stage).items()}


SCORES = Pedigree(2, 2, 2, 2, 2, 2)


def rich_study(**more: Any) -> Study:
    """A study that fills every part of a result: all stages, origins, draws, a contract, a scenario, a cut-off."""
    wood = material(
        "wood", 0.1, yields=(val(0.8, distribution=Distribution("normal", sd=0.1)),), scrap_route="landfilled"
    )
    copper = material(
        "copper", 0.5, amount=kg(0.5, distribution=lognormal(1.05)), pedigree=SCORES, recycled_content=val(0.2),
        recycled_dataset="copper-recycled", legs=(Leg(val(1000.0, "km"), "air-freight"),),
    )  # fmt: skip
    plastic = Material("plastic", formula("rib * 2", "kg"), scrap_route="")
    flags = dict.fromkeys(
        ("conveys_attributes", "unique_claim", "tracked", "close_in_time", "same_market"), True
    )
    step = Operation(
        "op", Text("Moulding", "注塑"), "A", energy=(EnergyUse("electricity", val(0.3, "kWh")),),
        direct_emissions=(DirectEmission("sf6", kg(1e-6)),), pedigree=SCORES,
    )  # fmt: skip
    values: dict[str, Any] = {
        "parameters": (Parameter("rib", kg(0.2, distribution=lognormal(1.1))),),
        "operations": (step,),
        "electricity": Electricity(
            used=val(100.0, "kWh"), contracts=(Contract("c", "certificates", val(40.0, "kWh"), "wind", "wind", **flags),),
            residual_dataset="residual",
        ),
        "packaging": (Packaging(Text("Box", "纸盒"), material("board", 0.05)),),
        "markets": (Market("CN", val(1.0), (Leg(val(100.0, "km"), "truck"),)),),
        "installation": Installation(),
        "use": Use(losses=JouleLosses(val(10.0, "A"), val(0.1, "mohm"), profile=(LoadPoint(val(0.5), val(0.5)),))),
        "end_of_life": EndOfLife(
            "module_d",
            legs=(Leg(val(50.0, "km"), "truck"),),
            routes=(
                EndOfLifeRoute(
                    "all", recycling=val(0.5), incineration=val(0.5), recycling_dataset="sort",
                    incineration_dataset="burn", secondary_dataset="copper-recycled", quality_out=val(0.9),
                ),
            ),
        ),
        "cut_offs": (
            CutOff(Text("Glue", "胶水"), "A3", val(0.5, "percent"), "mass", Text("below 1 %", "低于1 %")),
        ),
        "scenarios": (Scenario("light", Text("Lighter ribs", "减薄"), (Change("parameters.rib.value", "150 g"),)),),
        "assumptions": (Text("Example", "示例"),),
    }  # fmt: skip
    return grave(part("A", wood, copper, plastic), **{**values, **more})
