"""Waste scenarios and product stages with results worked out by hand."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("simapro_exports", Path(__file__).with_name("exports.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
exports = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(exports)
process, sectioned, listed, read, intensity, codes = (
    exports.process, exports.sectioned, exports.listed, exports.read, exports.intensity, exports.codes,
)  # fmt: skip
AIR = listed("Airborne emissions", ["Carbon dioxide, fossil;kg;000124-38-9;"])


def maker(name: str, co2: float, waste_type: str = "not defined") -> list[str]:
    made: list[str] = process(
        name, {"Products": [f"{name};kg;1;100;{waste_type};X;"], "Emissions to air": [emitted(co2)]}
    )
    return made


def treatment(name: str, co2: float) -> list[str]:
    made: list[str] = process(
        name, {"Waste treatment": [f"{name};kg;1;All waste types;X;"], "Emissions to air": [emitted(co2)]}, kind="waste treatment"
    )  # fmt: skip
    return made


def emitted(co2: float) -> str:
    return f"Carbon dioxide, fossil;;kg;{co2};Undefined;0;0;0;"


def scenario(
    name: str,
    separated: Sequence[str],
    remaining: Sequence[str],
    inputs: Sequence[str] = (),
    amount: str = "1",
    more: dict[str, list[str]] | None = None,
) -> list[str]:
    made: list[str] = process(
        name,
        {
            "Waste scenario": [f"{name};kg;{amount};All waste types;X;"], "Materials/fuels": inputs,
            "Separated waste": separated, "Remaining waste": remaining, **(more or {}),
        },
        kind="waste scenario",
    )  # fmt: skip
    return made


def stage(kind: str, name: str, sections: dict[str, list[str]]) -> list[str]:
    made: list[str] = sectioned(
        "Product stage", {"Category type": [kind], "Products": [f"{name};p;1;X;;"], **sections}
    )
    return made


WORLD = (
    maker("steel", 2.0, "Ferro"), maker("plastic", 3.0, "Plastics"), maker("wood", -1.0, "Wood"), maker("truck", 0.1),
    treatment("recycling", -0.5), treatment("landfill", 0.2), treatment("burning", 2.5), AIR,
)  # fmt: skip
MUNICIPAL = scenario(
    "municipal", ["recycling;Ferro;80;", "burning;plastic;50;", "landfill;All waste types;10;"],
    ["landfill;All waste types;60;", "burning;;40;"], ["truck;kg;4;Normal;2;0;0;"], amount="2",
)  # fmt: skip
HOUSE = (
    stage("assembly", "leg", {"Materials/assemblies": ["wood;kg;2;;;;;", "steel;g;500;;;;;"]}),
    stage(
        "assembly",
        "table",
        {
            "Materials/assemblies": ["leg;p;4;;;;;", "plastic;kg;parts;;;;;"],
            "Input parameters": ["Parts;3;Undefined;0;0;0;No;"],
        },
    ),
)
TABLE = 4 * (2 * -1.0 + 0.5 * 2.0) + 3 * 3.0
STEEL = 2 * (0.8 * -0.5 + 0.2 * (0.6 * 0.2 + 0.4 * 2.5))
PLASTIC = 3 * (0.5 * 2.5 + 0.5 * (0.6 * 0.2 + 0.4 * 2.5))
WOOD = 8 * (0.1 * 0.2 + 0.9 * (0.6 * 0.2 + 0.4 * 2.5))
TRUCK = 13 * 2 * 0.1
END = STEEL + PLASTIC + WOOD + TRUCK


def test_waste_of_unknown_type(tmp_path: Path) -> None:
    """10 % to the landfill, of the rest 60 % there and 40 % to the fire, and 2 kg of truck per kg."""
    done = read(tmp_path, *WORLD, MUNICIPAL)
    assert intensity(done, "municipal") == pytest.approx(0.1 * 0.2 + 0.9 * (0.6 * 0.2 + 0.4 * 2.5) + 2 * 0.1)
    assert codes(done) == ["waste-open", "waste-open"]
    assert done.report.counts["exchanges refused"] == 2
    assert done.report.balanced


def test_life_cycle_sends_every_material_its_way(tmp_path: Path) -> None:
    life = stage(
        "life cycle",
        "life",
        {
            "Assembly": ["table;p;2;;;;;"],
            "Processes": ["truck;kg;5;;;;;"],
            "Waste/Disposal scenario": ["municipal;;;Undefined;0;0;0;;"],
        },
    )
    done = read(tmp_path, *WORLD, MUNICIPAL, *HOUSE, life)
    assert intensity(done, "table") == pytest.approx(TABLE)
    assert intensity(done, "life") == pytest.approx(2 * TABLE + 5 * 0.1 + 2 * END)
    assert done.report.balanced


def test_disposal_scenario(tmp_path: Path) -> None:
    disposal = stage(
        "disposal scenario",
        "disposal",
        {
            "Reference assembly": ["table;p;1;;;;;"],
            "Processes": ["truck;kg;1;;;;;"],
            "Waste scenarios": ["municipal;%;100;;;;;"],
            "Disassemblies": [],
            "Reuses": [],
        },
    )
    life = stage(
        "life cycle", "life", {"Assembly": ["table;p;2;;;;;"], "Waste/Disposal scenario": ["disposal;;;;;;;"]}
    )
    done = read(tmp_path, *WORLD, MUNICIPAL, *HOUSE, disposal, life)
    assert intensity(done, "disposal") == pytest.approx(END + 0.1)
    assert intensity(done, "life") == pytest.approx(2 * TABLE + 2 * (END + 0.1))


def test_disassembly_sends_legs_elsewhere(tmp_path: Path) -> None:
    """Half of the tables is taken apart: three of four legs are recycled as a whole, the rest goes to the landfill."""
    dump = scenario("dump", [], ["landfill;All waste types;100;"])
    legs = stage(
        "disposal scenario",
        "legs apart",
        {"Reference assembly": ["leg;p;1;;;;;"], "Waste scenarios": ["melting;%;100;;;;;"]},
    )
    apart = stage(
        "disassembly",
        "apart",
        {
            "Reference assembly": ["table;p;1;;;;;"],
            "Disposal scenarios": ["legs apart;%;75;;;;;"],
            "Waste scenarios": ["dump;%;100;;;;;"],
        },
    )
    disposal = stage(
        "disposal scenario",
        "disposal",
        {
            "Reference assembly": ["table;p;1;;;;;"],
            "Waste scenarios": ["dump;%;50;;;;;"],
            "Disassemblies": ["apart;%;50;;;;;"],
        },
    )
    done = read(
        tmp_path, *WORLD, dump, scenario("melting", [], ["recycling;;100;"]), *HOUSE, legs, apart, disposal
    )
    leg = 2.5 * -0.5
    assert intensity(done, "legs apart") == pytest.approx(leg)
    assert intensity(done, "apart") == pytest.approx(3 * leg + (13 - 3 * 2.5) * 0.2)
    assert intensity(done, "disposal") == pytest.approx(0.5 * 13 * 0.2 + 0.5 * (3 * leg + 5.5 * 0.2))
    assert codes(done) == []


def test_reuse_is_listed_and_not_guessed(tmp_path: Path) -> None:
    again = stage(
        "reuse", "again", {"Reference assembly": ["table;p;1;;;;;"], "Processes": ["truck;kg;1;;;;;"]}
    )
    disposal = stage(
        "disposal scenario",
        "disposal",
        {"Reference assembly": ["table;p;1;;;;;"], "Reuses": ["again;%;30;;;;;"]},
    )
    done = read(tmp_path, *WORLD, *HOUSE, again, disposal)
    assert codes(done) == ["waste-open"]
    assert intensity(done, "again") == pytest.approx(0.1)


def test_scenarios_that_lead_to_scenarios(tmp_path: Path) -> None:
    first = scenario(
        "first", [], ["second;;share;"], more={"Input parameters": ["share;100;Undefined;0;0;0;No;"]}
    )
    second = scenario("second", ["recycling;Ferro;100;"], ["landfill;;100;"])
    life = stage(
        "life cycle", "life", {"Assembly": ["leg;p;1;;;;;"], "Waste/Disposal scenario": ["first;;;;;;;"]}
    )
    done = read(tmp_path, *WORLD, first, second, *HOUSE, life)
    assert intensity(done, "first") == pytest.approx(0.2)
    assert intensity(done, "life") == pytest.approx(-1.0 + 0.5 * -0.5 + 2 * 0.2)


@pytest.mark.parametrize(
    ("row", "why"),
    [("wood;p;2;;;;;", "unit"), ("foam of a library;kg;2;;;;;", "type"), ("half;p;1;;;;;", "itself")],
)
def test_unknown_materials_are_left_open(tmp_path: Path, row: str, why: str) -> None:
    half = stage("assembly", "half", {"Materials/assemblies": ["steel;kg;1;;;;;", row]})
    life = stage(
        "life cycle", "life", {"Assembly": ["half;p;1;;;;;"], "Waste/Disposal scenario": ["municipal;;;;;;;"]}
    )
    done = read(tmp_path, *WORLD, MUNICIPAL, half, life)
    told = " ".join(problem.message.en for problem in done.report.problems if problem.code == "waste-open")
    assert {"unit": "is measured in p", "type": "its waste type is not known", "itself": "contains itself"}[
        why
    ] in told
    assert done.report.balanced


def test_shares_that_leave_something_over(tmp_path: Path) -> None:
    done = read(tmp_path, *WORLD, scenario("odd", ["landfill;;70;"], ["burning;;50;"]))
    assert codes(done) == ["waste-open"]
    assert intensity(done, "odd") == pytest.approx(0.7 * 0.2 + 0.3 * 0.5 * 2.5)


def test_assemblies_in_assemblies_take_no_time(tmp_path: Path) -> None:
    """Sixty levels that each hold the next twice: 2^60 pieces of the last."""
    tree = [stage("assembly", f"a{n}", {"Materials/assemblies": [f"a{n + 1};p;2;;;;;"]}) for n in range(60)]
    last = stage("assembly", "a60", {"Materials/assemblies": ["steel;kg;1;;;;;"]})
    life = stage(
        "life cycle", "life", {"Assembly": ["a0;p;1;;;;;"], "Waste/Disposal scenario": ["dump;;;;;;;"]}
    )
    done = read(tmp_path, *WORLD, scenario("dump", [], ["landfill;;100;"]), *tree, last, life)
    assert intensity(done, "life") == pytest.approx(2.0**60 * 2.2)


def test_scenarios_without_end_are_refused(tmp_path: Path) -> None:
    """Each of forty scenarios sends halves to the next two: a walk over all ways would never end."""
    many = [scenario(f"s{n}", [f"s{n + 1};;50;"], [f"s{n + 2};;100;"]) for n in range(60)]
    ends = [scenario(f"s{n}", [], ["landfill;;100;"]) for n in (60, 61)]
    life = stage(
        "life cycle", "life", {"Assembly": ["leg;p;1;;;;;"], "Waste/Disposal scenario": ["s0;;;;;;;"]}
    )
    done = read(tmp_path, *WORLD, *HOUSE, *many, *ends, life)
    assert "file-bomb" in codes(done)
    assert done.report.balanced
