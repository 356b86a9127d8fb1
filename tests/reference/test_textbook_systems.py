"""Examples of textbooks, from tables through the import to the engine; each says whether its numbers were read or derived.

*Published*: the results stand in the document named. *Derived*: the system is that of a textbook or of our own, and the
results are computed here in exact rational arithmetic (`fractions`), which shares no code with the engine.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.solve import Factorisation, factorise
from cradlemark.engine.tiers import by_tier
from cradlemark.engine.what_if import Change, change
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.matrix_system import matrix_system
from cradlemark.inventory.processes.tables import ProcessDatabase

Exact = list[list[Fraction]]
HEAD = "process,type,flow,amount,unit,compartment,allocation"


class Solved:
    """A database solved for each elementary flow; results by name of process and product."""

    def __init__(self, database: ProcessDatabase) -> None:
        flows = database["flows"]
        rows = [row for row, kind in enumerate(flows.texts("kind")) if kind == "elementary"]
        self.flows = [flows.texts("name_en")[row] for row in rows]
        count = len(rows)
        each = Factors(tuple(self.flows), np.arange(count), np.array(rows), ("",) * count, np.ones(count))
        self.system = matrix_system(database, [each])
        self.factors: Factorisation = factorise(assemble(self.system))
        made = database["activities"]
        names, products = database["processes"].texts("name_en"), flows.texts("name_en")
        pairs = zip(made.integers("process").tolist(), made.integers("flow").tolist(), strict=True)
        self.at = {(names[process], products[flow]): row for row, (process, flow) in enumerate(pairs)}
        self.values = intensities(self.factors).values

    def of(self, process: str, product: str, flow: str) -> float:
        return float(self.values[self.flows.index(flow), self.at[process, product]])


def imported(folder: Path, rows: str, *, allocation: str = "declared") -> Solved:
    path = folder / "system.csv"
    path.write_text("\n".join([HEAD, *(line.strip() for line in rows.strip().splitlines())]) + "\n", "utf-8")
    done = import_processes(path, allocation=allocation)
    assert done.report.balanced
    assert done.report.counts["exchanges refused"] == 0
    return Solved(done.database)


def exactly(matrix: list[list[Any]], wanted: list[Any]) -> list[Fraction]:
    """Solve a system by elimination over the rationals."""
    rows = [
        [Fraction(str(cell)) for cell in (*line, right)] for line, right in zip(matrix, wanted, strict=True)
    ]
    size = len(rows)
    for pivot in range(size):
        other = next(row for row in range(pivot, size) if rows[row][pivot] != 0)
        rows[pivot], rows[other] = rows[other], rows[pivot]
        rows[pivot] = [cell / rows[pivot][pivot] for cell in rows[pivot]]
        for row in range(size):
            if row != pivot and rows[row][pivot] != 0:
                factor = rows[row][pivot]
                rows[row] = [
                    cell - factor * above for cell, above in zip(rows[row], rows[pivot], strict=True)
                ]
    return [row[-1] for row in rows]


def inventory(technosphere: list[list[Any]], biosphere: list[list[Any]], demand: list[Any]) -> list[Fraction]:
    """``B A⁻¹ f`` over the rationals."""
    scaling = exactly(technosphere, demand)
    return [
        sum((Fraction(str(cell)) * run for cell, run in zip(line, scaling, strict=True)), Fraction(0))
        for line in biosphere
    ]


# Heijungs and Suh, "The Computational Structure of Life Cycle Assessment", Kluwer 2002.

FUEL = """
    plant,reference,electricity,10,kWh,,
    plant,input,fuel,2,L,,
    plant,emission,CO2,1,kg,air,
    plant,emission,SO2,0.1,kg,air,
    refinery,reference,fuel,100,L,,
    refinery,resource,crude oil,50,L,,
    refinery,emission,CO2,10,kg,air,
    refinery,emission,SO2,2,kg,air,
"""


def test_heijungs_and_suh_basic_system_as_a_table(tmp_path: Path) -> None:
    """Published: chapter 2, 1000 kWh: 120 kg CO2, 14 kg SO2, 100 litres of crude oil; here read from a table."""
    solved = imported(tmp_path, FUEL)
    assert 1000 * solved.of("plant", "electricity", "CO2") == pytest.approx(120.0, rel=1e-12)
    assert 1000 * solved.of("plant", "electricity", "SO2") == pytest.approx(14.0, rel=1e-12)
    assert 1000 * solved.of("plant", "electricity", "crude oil") == pytest.approx(100.0, rel=1e-12)


def test_heijungs_and_suh_perturbation(tmp_path: Path) -> None:
    """Derived: relative change of CO2 with each coefficient, ``-λ_i s_j a_ij / g`` = -1, 1/6 and -1/6 (their chapter 6)."""
    solved = imported(tmp_path, FUEL)
    plant, refinery = solved.at["plant", "electricity"], solved.at["refinery", "fuel"]
    rows_of = {name.split(",")[0]: row for row, name in enumerate(solved.system.flows)}
    before = Fraction(120)
    for row, column, amount, multiplier in (
        (plant, plant, 10, Fraction(-1)), (refinery, plant, -2, Fraction(1, 6)), (refinery, refinery, 100, Fraction(-1, 6)),
    ):  # fmt: skip
        step = Fraction(1, 1000)
        matrix = [[Fraction(10), Fraction(0)], [Fraction(-2), Fraction(100)]]
        matrix[0 if row == plant else 1][0 if column == plant else 1] *= 1 + step
        exact = inventory(matrix, [[1, 10]], [1000, 0])[0]
        # Second order: the exact change is the multiplier within a thousandth of itself.
        assert abs((exact - before) / before / step - multiplier) <= abs(multiplier) * step * 2
        changed = change(solved.factors, [Change("technosphere", row, column, float(amount * (1 + step)))])
        found = life_cycle_inventory(changed, {plant: 1000.0}).flows
        assert found[rows_of["CO2"]] == pytest.approx(float(exact), rel=1e-12)


COGENERATION = """
    plant,reference,electricity,10,kWh,,{power}
    plant,product,heat,18,MJ,,{heat}
    plant,input,fuel,2,L,,
    plant,emission,CO2,1,kg,air,
    plant,emission,SO2,0.1,kg,air,
    refinery,reference,fuel,100,L,,
    refinery,resource,crude oil,50,L,,
    refinery,emission,CO2,10,kg,air,
    refinery,emission,SO2,2,kg,air,
"""
BOILER = """
    boiler,reference,heat,90,MJ,,
    boiler,input,fuel,5,L,,
    boiler,emission,CO2,3,kg,air,
"""


def test_cogeneration_by_substitution(tmp_path: Path) -> None:
    """Derived: 1000 kWh and their heat instead of a boiler's: runs (100, 1, -20), 50 kg CO2, 12 kg SO2, 50 L crude oil.

    The system is the one of Heijungs and Suh, section 3.2 (recalled; the book was not at hand), products in rows.
    """
    exact = inventory(
        [[10, 0, 0], [-2, 100, -5], [18, 0, 90]],
        [[1, 10, 3], ["0.1", 2, 0], [0, 50, 0]],
        [1000, 0, 0],
    )
    assert exact == [50, 12, 50]
    solved = imported(tmp_path, COGENERATION.format(power="", heat="") + BOILER, allocation="substitution")
    for flow, value in zip(("CO2", "SO2", "crude oil"), exact, strict=True):
        assert 1000 * solved.of("plant", "electricity", flow) == pytest.approx(float(value), rel=1e-12), flow


@pytest.mark.parametrize("share", ["0.7", "0.5", "1"])
def test_cogeneration_by_shares(tmp_path: Path, share: str) -> None:
    """Derived: the plant cut into two plants, one for each product; together they are the plant again."""
    part = Fraction(share)
    both = Fraction(0)
    rows = COGENERATION.format(power=share, heat=str(1 - float(share)))
    solved = imported(tmp_path, rows)
    for product, amount, own in (("electricity", 10, part), ("heat", 18, 1 - part)):
        exact = inventory([[amount, 0], [-2 * own, 100]], [[own, 10], [own / 10, 2]], [1, 0])
        both += exact[0] * amount
        assert solved.of("plant", product, "CO2") == pytest.approx(float(exact[0]), rel=1e-12)
        assert solved.of("plant", product, "SO2") == pytest.approx(float(exact[1]), rel=1e-12)
    assert both == 1 + Fraction(2, 10)


def test_allocation_by_energy_is_that_of_the_shares(tmp_path: Path) -> None:
    """Derived: 10 kWh are 36 MJ, so electricity takes 36 / 54 of the plant."""
    solved = imported(tmp_path, COGENERATION.format(power="", heat=""), allocation="energy")
    exact = Fraction(36, 54) * (1 + Fraction(2, 10)) / 10
    assert solved.of("plant", "electricity", "CO2") == pytest.approx(float(exact), rel=1e-12)
    assert solved.of("plant", "heat", "CO2") == pytest.approx(float(exact) / 3.6, rel=1e-12)


def test_waste_and_closed_loop_recycling(tmp_path: Path) -> None:
    """Derived: a product of new and recycled material whose scrap comes back, and whose loss is burnt with energy recovery."""
    rows = """
        works,reference,part,1,kg,,
        works,input,new material,0.7,kg,,
        works,input,recycled material,0.5,kg,,
        works,input,electricity,2,kWh,,
        works,waste,scrap,0.2,kg,,
        works,emission,CO2,0.1,kg,air,
        mill,reference,new material,1,kg,,
        mill,input,electricity,3,kWh,,
        mill,emission,CO2,1.5,kg,air,
        recycler,reference,recycled material,1,kg,,
        recycler,input,electricity,0.4,kWh,,
        recycler,waste,scrap,0.05,kg,,
        incinerator,treatment,scrap,1,kg,,
        incinerator,avoided,electricity,0.6,kWh,,
        incinerator,emission,CO2,2.9,kg,air,
        grid,reference,electricity,1,kWh,,
        grid,input,electricity,0.06,kWh,,
        grid,input,new material,0.001,kg,,
        grid,emission,CO2,0.5,kg,air,
    """
    # Rows: part, new material, recycled material, scrap (made +, treated -), electricity.
    exact = inventory(
        [
            [1, 0, 0, 0, 0],
            ["-0.7", 1, 0, 0, "-0.001"],
            ["-0.5", 0, 1, 0, 0],
            ["0.2", 0, "0.05", -1, 0],
            [-2, -3, "-0.4", "0.6", Fraction(94, 100)],
        ],
        [["0.1", "1.5", 0, "2.9", "0.5"]],
        [1, 0, 0, 0, 0],
    )
    assert imported(tmp_path, rows).of("works", "part", "CO2") == pytest.approx(float(exact[0]), rel=1e-12)


# Miller and Blair, "Input-Output Analysis: Foundations and Extensions", Cambridge University Press, 2nd edition 2009.

TRANSACTIONS = ((150, 500), (200, 100))
DEMAND = (350, 1700)
LEONTIEF = ((1.25412541, 0.330033), (0.2640264, 1.12211221))


@pytest.fixture
def miller_and_blair(tmp_path: Path) -> Solved:
    sectors = ("agriculture", "manufacturing")
    lines = ["sector,unit," + ",".join(sectors)]
    lines += [f"{name},M USD,{row[0]},{row[1]}" for name, row in zip(sectors, TRANSACTIONS, strict=True)]
    (tmp_path / "Z.csv").write_text("\n".join(lines) + "\n")
    lines = ["sector,demand", *(f"{name},{value}" for name, value in zip(sectors, DEMAND, strict=True))]
    (tmp_path / "Y.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "labour.csv").write_text("stressor,unit,agriculture,manufacturing\nlabour,p,300,500\n")
    return Solved(import_processes(tmp_path).database)


def test_miller_and_blair_two_sectors(miller_and_blair: Solved) -> None:
    """Published: tables 2.3 and 2.4, the Leontief inverse after them; with more digits in pymrio's ``tests/test_math.py``."""
    first = miller_and_blair.at["agriculture", "agriculture"]
    second = miller_and_blair.at["manufacturing", "manufacturing"]
    for place, column in enumerate((first, second)):
        runs = life_cycle_inventory(miller_and_blair.factors, {column: 1.0}).runs
        expected = [row[place] for row in LEONTIEF]
        assert [runs[first], runs[second]] == pytest.approx(expected, rel=1e-7)


def test_miller_and_blair_new_demand_and_labour(miller_and_blair: Solved) -> None:
    """Published: demand (600, 1500) needs outputs 1247.5 and 1841.6 and, at 0.3 and 0.25 per unit, labour 374.25 and 460.4."""
    first = miller_and_blair.at["agriculture", "agriculture"]
    second = miller_and_blair.at["manufacturing", "manufacturing"]
    result = life_cycle_inventory(miller_and_blair.factors, {first: 600.0, second: 1500.0})
    assert [result.runs[first], result.runs[second]] == pytest.approx([1247.5, 1841.6], abs=0.05)
    assert result.impacts[0] == pytest.approx(374.25 + 460.4, abs=0.03)


def test_rounds_of_requirements(miller_and_blair: Solved) -> None:
    """Derived: labour in each round of suppliers, and the rest of all later rounds (structural paths).

    What a sector buys of itself belongs to its own round: ``s (I - D)⁻¹ [(A - D) (I - D)⁻¹]^k f`` with D the diagonal of A.
    """
    first = miller_and_blair.at["agriculture", "agriculture"]
    second = miller_and_blair.at["manufacturing", "manufacturing"]
    coefficients = [[Fraction(15, 100), Fraction(25, 100)], [Fraction(20, 100), Fraction(5, 100)]]
    demand, labour = [Fraction(600), Fraction(1500)], [Fraction(3, 10), Fraction(1, 4)]
    exact = []
    for _ in range(5):
        runs = [wanted / (1 - coefficients[i][i]) for i, wanted in enumerate(demand)]
        exact.append(sum(s * run for s, run in zip(labour, runs, strict=True)))
        demand = [coefficients[0][1] * runs[1], coefficients[1][0] * runs[0]]
    whole = inventory([["0.85", "-0.25"], ["-0.2", "0.95"]], [labour], [600, 1500])[0]
    tiers = by_tier(intensities(miller_and_blair.factors), {first: 600.0, second: 1500.0}, 0, tiers=5)
    assert tiers.values == pytest.approx([float(value) for value in exact], rel=1e-12)
    assert tiers.remainder == pytest.approx(float(whole - sum(exact)), rel=1e-9)


def test_integrated_hybrid_system(tmp_path: Path) -> None:
    """Derived: processes in kilograms beside sectors in money that supply them and buy from them.

    The layout is that of S. Suh and G. Huppes, "Methods for life cycle inventory of a product", Journal of Cleaner
    Production 13 (2005), 687-697: ``[[A, -C_d], [-C_u, I - A_io]]``; the numbers are our own.
    """
    rows = """
        steel mill,reference,steel,1,kg,,
        steel mill,input,services,0.02,EUR,,
        steel mill,input,machinery,0.05,EUR,,
        steel mill,emission,CO2,1.9,kg,air,
        machinery makers,reference,machinery,1,EUR,,
        machinery makers,input,machinery,0.1,EUR,,
        machinery makers,input,services,0.2,EUR,,
        machinery makers,input,steel,0.15,kg,,
        machinery makers,emission,CO2,0.05,kg,air,
        service providers,reference,services,1,EUR,,
        service providers,input,services,0.3,EUR,,
        service providers,input,machinery,0.04,EUR,,
        service providers,emission,CO2,0.02,kg,air,
    """
    exact = inventory(
        [[1, "-0.15", 0], ["-0.05", "0.9", "-0.04"], ["-0.02", "-0.2", "0.7"]],
        [["1.9", "0.05", "0.02"]],
        [1, 0, 0],
    )
    assert imported(tmp_path, rows).of("steel mill", "steel", "CO2") == pytest.approx(
        float(exact[0]), rel=1e-12
    )
