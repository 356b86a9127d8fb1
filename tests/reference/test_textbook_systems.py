"""Examples of textbooks and papers, from tables through the import to the engine; each says where its numbers come from.

*Read*: inputs and results stand in the document named, and were read there or in the public document named beside it.
*Published*: likewise, but no public document was found that repeats the numbers of the book.
*Derived*: the system is that of a textbook or of our own, and the results are computed here in exact rational arithmetic
(`fractions`), which shares no code with the engine.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from tests.reference.imported_tables import Solved, imported, printed

from cradlemark.engine.background_draws import Model, background_draws
from cradlemark.engine.background_scores import background_scores, uncertain_inputs
from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.matrix_uncertainty import Uncertainty, code
from cradlemark.engine.sensitivity import sobol
from cradlemark.engine.solve import factorise
from cradlemark.engine.system import Entries
from cradlemark.engine.tiers import by_tier
from cradlemark.engine.what_if import Change, change
from cradlemark.inventory.importers.process_databases import import_processes

Exact = list[list[Fraction]]


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


# R. Heijungs and S. Suh, "The Computational Structure of Life Cycle Assessment", Kluwer 2002, doi:10.1007/978-94-015-9900-9,
# chapter 2 (pp. 11-28). Read in two documents of others that restate its numbers:
# M. Pizzol, github.com/massimopizzol/advanced-lca-notebooks, ``Course-material-bw25/0-LCI-matrix.ipynb`` (all flows);
# E. A. Groen, github.com/evelynegroen/evelynegroen.github.io, ``Code/AUP_LCA_evelynegroen.ipynb`` and, in
# ``Code/.ipynb_checkpoints``, ``KIA_LCA_evelynegroen-checkpoint.ipynb`` (CO2; the case study of her thesis, doi:10.18174/375497).

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
PLANT, REFINERY = ("plant", "electricity"), ("refinery", "fuel")
NEED = {PLANT: 1000.0}


def test_heijungs_and_suh_basic_system_as_a_table(tmp_path: Path) -> None:
    """Read (Pizzol): 1000 kWh take runs of 100 and 2, and cause 120 kg CO2, 14 kg SO2 and 100 litres of crude oil."""
    solved = imported(tmp_path, FUEL)
    inventory = solved.inventory(NEED)
    runs = [inventory.runs[solved.at[key]] for key in (PLANT, REFINERY)]
    assert runs == pytest.approx([100.0, 2.0], rel=1e-12)
    for flow, amount in (("CO2", 120.0), ("SO2", 14.0), ("crude oil", 100.0)):
        assert 1000 * solved.of(*PLANT, flow) == pytest.approx(amount, rel=1e-12)


def test_heijungs_and_suh_characterised(tmp_path: Path) -> None:
    """Read (Pizzol, with factors made up there): 1 for CO2 and 2 for SO2 make 148."""
    solved = imported(tmp_path, FUEL)
    both = attrs.evolve(
        solved.system,
        characterisation=Entries([0, 0], [solved.flow_at("CO2"), solved.flow_at("SO2")], [1.0, 2.0]),
        categories=("impact",),
    )
    impact = intensities(factorise(assemble(both))).values[0, solved.at[PLANT]]
    assert 1000 * impact == pytest.approx(148.0, rel=1e-12)


def test_heijungs_and_suh_multipliers(tmp_path: Path) -> None:
    """Read (Groen): relative change of CO2 with each coefficient of A and B."""
    exchanges, emissions = imported(tmp_path, FUEL).multipliers(NEED, "CO2", [PLANT, REFINERY])
    assert exchanges[0].tolist() == [printed("-1.00000000"), printed("0.00000000")]
    assert exchanges[1].tolist() == [printed("0.16666667"), printed("-0.16666667")]
    assert emissions.tolist() == [printed("0.83333333"), printed("0.16666667")]


def test_heijungs_and_suh_perturbation(tmp_path: Path) -> None:
    """Read (Groen): the same multipliers -1, 1/6 and -1/6, from systems that are changed; the exact change is derived."""
    solved = imported(tmp_path, FUEL)
    plant, refinery = solved.at[PLANT], solved.at[REFINERY]
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


SPREAD = 0.05
"""Coefficient of variation of every coefficient of A and B, normally distributed [1]."""
SHARES = ("56.25", "0.0", "1.5625", "1.5625", "39.062500", "1.562500")
"""Contribution to the variance of a_11, a_12, a_21, a_22, b_1 and b_2 [%], as printed, two of them without the rounding error."""


def first_order(solved: Solved) -> list[float]:
    """Variance of CO2 that each coefficient adds, ``(g γ cv)²`` [kg²], in the order of `SHARES`."""
    exchanges, emissions = solved.multipliers(NEED, "CO2", [PLANT, REFINERY])
    return [float(120.0 * value * SPREAD) ** 2 for value in (*exchanges.ravel(), *emissions)]


def test_heijungs_and_suh_variance_to_first_order(tmp_path: Path) -> None:
    """Read (Groen): coefficients of variation of 5 % give CO2 the variance 64.0, and each coefficient its share."""
    parts = first_order(imported(tmp_path, FUEL))
    assert sum(parts) == pytest.approx(64.0, rel=1e-12)
    assert [100.0 * part / sum(parts) for part in parts] == [printed(share) for share in SHARES]


def uncertain(solved: Solved) -> Model:
    system = solved.system
    spreads = [
        Uncertainty([code("normal")] * len(one), SPREAD * np.abs(one.amount), np.zeros(len(one)))
        for one in (system.technosphere, system.biosphere)
    ]
    return Model(solved.factors, *spreads)


@pytest.mark.slow
def test_heijungs_and_suh_variance_by_draws(tmp_path: Path) -> None:
    """Read (Groen): 64.0 is the first order; terms of second order (1/x with 5 %) add about 2 %, 8,000 draws miss by 1.6 %."""
    solved = imported(tmp_path, FUEL)
    drawn = background_draws(uncertain(solved), draws=8_000, seed=1)
    values = 1000.0 * drawn.values[solved.flows.index("CO2"), solved.at[PLANT]]
    assert float(values.var()) == pytest.approx(64.0 * 1.02, rel=0.04)
    assert float(values.mean()) == pytest.approx(120.0 * (1.0 + SPREAD**2), abs=0.2)


def test_heijungs_and_suh_key_issues_by_global_sensitivity(tmp_path: Path) -> None:
    """Read (Groen): with 5 % the system is nearly linear, so Sobol' indices of first order are the shares of the variance."""
    solved = imported(tmp_path, FUEL)
    model, system, flow = uncertain(solved), solved.system, solved.flow_at("CO2")
    places = [int(place) for place in np.flatnonzero(system.biosphere.row == flow)]
    scores = background_scores(
        solved.factors, {solved.at[PLANT]: 1000.0}, solved.flows.index("CO2"),
        technosphere=range(len(system.technosphere)), biosphere=places,
    )  # fmt: skip
    found = sobol(
        uncertain_inputs(scores, model.technosphere, model.biosphere), scores.scores, samples=2048, seed=1
    )
    plant, refinery, used = solved.at[PLANT], solved.at[REFINERY], system.technosphere
    order = [
        int(np.flatnonzero((used.row == row) & (used.column == column))[0])
        for row, column in ((plant, plant), (refinery, plant), (refinery, refinery))
    ]
    emitters = system.biosphere.column[places].tolist()
    order += [len(used) + emitters.index(process) for process in (plant, refinery)]
    shares = [float(share) / 100.0 for share in (SHARES[0], *SHARES[2:])]
    for place, share in zip(order, shares, strict=True):
        assert abs(found.first[place] - share) <= 1.5 * found.first_half_width[place] + SPREAD**2
    assert found.variance == pytest.approx(64.0 * 1.02, rel=0.02)


# R. Heijungs, "A generic method for the identification of options for cleaner products", Ecological Economics 10 (1994)
# 69-81: foil for sandwiches; power needs aluminium, and aluminium power. Read in S. Sakai's restatement of that case,
# github.com/ShinsukeSakai0321/PyMLCA, folder ``SandwichPackage`` (inputs) and ``README.md`` (results); its method is that of
# S. Sakai and K. Yokoyama, Clean Technologies and Environmental Policy 4 (2002) 72-78.

SANDWICH = """
    production of aluminum,reference,aluminum,1,kg,,
    production of aluminum,input,electricity,50,kWh,,
    production of aluminum,resource,bauxite,5,kg,,
    production of aluminum,emission,solid waste,10,kg,soil,
    production of aluminum foil,reference,aluminum foil,1,kg,,
    production of aluminum foil,input,aluminum,1,kg,,
    production of aluminum foil,input,electricity,1,kWh,,
    production of electricity,reference,electricity,1,kWh,,
    production of electricity,input,aluminum,0.01,kg,,
    production of electricity,resource,crude oil,0.5,kg,,
    production of electricity,emission,CO2,3,kg,air,
    production of electricity,emission,solid waste,2,kg,soil,
    usage of aluminum foil,reference,sandwich packages,1,kg,,
    usage of aluminum foil,input,aluminum foil,1,kg,,
    usage of aluminum foil,emission,solid waste,1,kg,soil,
"""
SANDWICH_ORDER = [
    ("production of aluminum", "aluminum"), ("production of aluminum foil", "aluminum foil"),
    ("production of electricity", "electricity"), ("usage of aluminum foil", "sandwich packages"),
]  # fmt: skip
PACKAGES = {SANDWICH_ORDER[3]: 0.1}


def test_sandwich_packages_with_a_loop(tmp_path: Path) -> None:
    """Read: 0.1 kg of packages take runs of 0.202, 0.1, 10.2 and 0.1 and cause 22.52 kg of solid waste and 30.6 kg CO2."""
    solved = imported(tmp_path, SANDWICH)
    done = solved.inventory(PACKAGES)
    # numpy prints eight decimals and leaves zeros at the end out
    assert [done.runs[solved.at[key]] for key in SANDWICH_ORDER] == [
        printed(text) for text in ("0.20200000", "0.10000000", "10.20000000", "0.10000000")
    ]
    assert done.impacts[solved.flows.index("solid waste")] == printed("22.52000000")
    assert done.impacts[solved.flows.index("CO2")] == printed("30.60000000")


def test_sandwich_packages_sensitivities(tmp_path: Path) -> None:
    """Read: sensitivity matrix of CO2, relative change with each coefficient (rows: products, columns: processes)."""
    found, _ = imported(tmp_path, SANDWICH).multipliers(PACKAGES, "CO2", SANDWICH_ORDER)
    assert found[0].tolist() == [
        printed(x) for x in ("-1.98039216", "0.98039216", "1.00000000", "0.00000000")
    ]
    assert found[1].tolist() == [
        printed(x) for x in ("0.00000000", "-1.00000000", "0.00000000", "1.00000000")
    ]
    assert found[2].tolist() == [
        printed(x) for x in ("1.98039216", "0.01960784", "-2.00000000", "0.00000000")
    ]
    assert found[3].tolist() == [
        printed(x) for x in ("0.00000000", "0.00000000", "0.00000000", "-1.00000000")
    ]


# W. Klöpffer and B. Grahl, "Life Cycle Assessment (LCA): A Guide to Best Practice", Wiley-VCH 2014, section 3.3, p. 101. Read on
# the page itself (digilib.universitaspertamina.ac.id, page117.html): 300 kg of B at 5 per kg, 15500 for both, weights by mass 70 %
# and 30 %. So A is 700 kg and 14000, which are derived from these.

JOINT = """
    works,reference,A,700,kg,,,14000
    works,product,B,300,kg,,,1500
    works,emission,CO2,1,kg,air,,
"""


@pytest.mark.parametrize(
    ("allocation", "first", "second"), [("mass", "0.70", "0.30"), ("price", "0.9", "0.097")]
)
def test_kloepffer_and_grahl_mass_and_price(tmp_path: Path, allocation: str, first: str, second: str) -> None:
    """Read: 70 % and 30 % by mass; by price the weight of B is 0.097, "approximately 90 %" for A and 10 % for B."""
    solved = imported(tmp_path, JOINT, allocation=allocation)
    assert 700 * solved.of("works", "A", "CO2") == printed(first)
    assert 300 * solved.of("works", "B", "CO2") == printed(second)


# W. Mauch, R. Corradini, K. Wiesmeyer and M. Schwentzek, "Allokationsmethoden für spezifische CO2-Emissionen von Strom und Wärme
# aus KWK-Anlagen", Energiewirtschaftliche Tagesfragen 55(9) (2010) 12-14. Read as a worked example in github.com/oemof/oemof-thermal,
# ``tests/test_functions.py``, ``test_allocate_emissions``; the formulas in ``src/oemof/thermal/cogeneration.py``.

HEAT_AND_POWER = """
    plant,reference,power,0.3,MJ,,,{power}
    plant,product,heat,0.5,MJ,,,{heat}
    plant,emission,CO2,200,kg,air,,
"""


@pytest.mark.parametrize(
    ("allocation", "power", "heat"),
    [("energy", "75.0", "125.0"), ("price", "96.7551622418879", "103.24483775811208")],
)
def test_cogeneration_by_energy_and_by_separate_generation(
    tmp_path: Path, allocation: str, power: str, heat: str
) -> None:
    """Read: efficiencies of 0.3 and 0.5 divide 200 by the IEA method into 75 and 125, by the Finnish one into 96.76 and 103.24.

    The Finnish method weighs with the fuel that separate plants of efficiency 0.525 and 0.82 need; these weights stand in
    the place of revenues here.
    """
    rows = HEAT_AND_POWER.format(power=repr(0.3 / 0.525), heat=repr(0.5 / 0.82))
    solved = imported(tmp_path, rows, allocation=allocation)
    assert 0.3 * solved.of("plant", "power", "CO2") == pytest.approx(float(power), rel=1e-14)
    assert 0.5 * solved.of("plant", "heat", "CO2") == pytest.approx(float(heat), rel=1e-14)


# Systems of textbooks whose results were not at hand, and systems of our own.

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

    Heijungs and Suh, section 3.2, treat a plant like this one; the amounts of heat and boiler are recalled, as the book was not at
    hand and no document was found that prints them. Products are in rows.
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


def two_sectors(folder: Path) -> Solved:
    sectors = ("agriculture", "manufacturing")
    lines = ["sector,unit," + ",".join(sectors)]
    lines += [f"{name},M USD,{row[0]},{row[1]}" for name, row in zip(sectors, TRANSACTIONS, strict=True)]
    (folder / "Z.csv").write_text("\n".join(lines) + "\n")
    lines = ["sector,demand", *(f"{name},{value}" for name, value in zip(sectors, DEMAND, strict=True))]
    (folder / "Y.csv").write_text("\n".join(lines) + "\n")
    (folder / "labour.csv").write_text("stressor,unit,agriculture,manufacturing\nlabour,p,300,500\n")
    return Solved(import_processes(folder).database)


@pytest.fixture
def miller_and_blair(tmp_path: Path) -> Solved:
    return two_sectors(tmp_path)


def test_miller_and_blair_two_sectors(miller_and_blair: Solved) -> None:
    """Read: tables 2.3 and 2.4, the Leontief inverse after them; with more digits in pymrio's ``tests/test_math.py``."""
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
