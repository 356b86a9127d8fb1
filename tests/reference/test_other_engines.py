"""Small systems with which other engines test themselves: what their tests demand, from an import and our engine.

*Read* in the repositories named: only numbers are taken, systems and tests are written anew. The tolerance is that of the
source, or a few units of rounding where the source asks for equality.

- openLCA: github.com/GreenDelta/olca-modules, folder ``olca-core/src/test/java/org/openlca/core``.
- Brightway: github.com/brightway-lca, repositories ``bw_graph_tools``, ``brightway2-analyzer`` and ``multifunctional``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.reference.imported_tables import Solved, imported, read
from tests.reference.openlca_archives import Line, Unit, archive

from cradlemark.core.errors import InputError, InputErrors
from cradlemark.engine.contributions import by_process, by_process_and_flow
from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.sankey import sankey
from cradlemark.engine.solve import Factorisation, factorise
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.engine.tiers import by_tier, upstream_tree

EQUAL = 1e-15
"""Where a source asks for equal numbers: a few units of rounding of numbers about 1."""


def from_openlca(folder: Path, *processes: Unit) -> Solved:
    return read(archive(folder, processes))


def matrices(
    technosphere: list[list[float]], biosphere: list[list[float]], factors: list[list[float]], **more: object
) -> Factorisation:
    def entries(rows: list[list[float]]) -> Entries:
        dense = np.asarray(rows)
        row, column = np.nonzero(dense)
        return Entries(row, column, dense[row, column])

    names = [f"process {number + 1}" for number in range(len(technosphere[0]))]
    products = [f"product {number + 1}" for number in range(len(technosphere))]
    return factorise(
        assemble(
            MatrixSystem(
                entries(technosphere), entries(biosphere), entries(factors), names, products,
                [f"flow {number + 1}" for number in range(len(biosphere))], ["impact"], **more,
            )
        )
    )  # fmt: skip


# openLCA


def elementary(name: str, amount: float, *, taken: bool = False) -> Line:
    return Line(name, amount, "elementary", taken)


@pytest.mark.parametrize(
    "functions",
    [
        (Line("first", 1.0), Line("second", 3.0)),
        (Line("first", 1.0, "waste", taken=True), Line("second", 3.0, "waste", taken=True)),
        (Line("first", 1.0), Line("second", 3.0, "waste", taken=True)),
        (Line("first", 1.0, "waste", taken=True), Line("second", 3.0)),
    ],
    ids=["two products", "two wastes", "product and waste", "waste and product"],
)
@pytest.mark.parametrize("formulas", [False, True])
def test_openlca_allocation(tmp_path: Path, functions: tuple[Line, Line], formulas: bool) -> None:
    """``math/AllocationTest.java``: a quarter of 2 kg CO2 for 1 kg of the first function, 0.5 kg; shares may be formulas."""
    shares: dict[str, float | str] = {"first": 0.25, "second": 0.75}
    if formulas:
        shares = {"first": "param / 100", "second": "3 * param / 100"}
    unit = Unit("plant", (*functions, elementary("CO2", 2.0)), shares, {"param": 25.0})
    solved = from_openlca(tmp_path, unit)
    assert solved.of("plant", "first", "CO2") == pytest.approx(0.5, abs=EQUAL)
    assert 3.0 * solved.of("plant", "second", "CO2") == pytest.approx(1.5, abs=EQUAL)


def test_openlca_avoided_product(tmp_path: Path) -> None:
    """``math/AvoidedFlowsTest.java``: 2 kg CO2 less half of 2 kg, 1 kg."""
    credited = Unit(
        "p1", (Line("p1", 1.0), Line("p2", 0.5, taken=True, avoided=True), elementary("CO2", 2.0))
    )
    displaced = Unit("p2", (Line("p2", 1.0), elementary("CO2", 2.0)))
    solved = from_openlca(tmp_path, credited, displaced)
    assert solved.of("p1", "p1", "CO2") == pytest.approx(1.0, abs=EQUAL)


def avoided_waste(folder: Path) -> Solved:
    """``results/AvoidedWasteTest.java``."""
    maker = Unit(
        "P", (Line("p", 1.0), Line("w", 0.5, "waste", avoided=True), elementary("r", 1.0, taken=True))
    )
    treatment = Unit(
        "W", (Line("w", 1.0, "waste", taken=True), elementary("r", 0.5, taken=True), elementary("e", 2.0))
    )
    return from_openlca(folder, maker, treatment)


def test_openlca_avoided_waste(tmp_path: Path) -> None:
    """The treatment runs -0.5 times; 0.75 kg of the resource, -1 kg of the emission; -0.25 and -1 kg of them in the treatment."""
    solved = avoided_waste(tmp_path)
    inventory = solved.inventory({("P", "p"): 1.0})
    runs = [inventory.runs[solved.at["P", "p"]], inventory.runs[solved.at["W", "w"]]]
    assert runs == pytest.approx([1.0, -0.5], abs=1e-10)
    assert solved.of("P", "p", "r") == pytest.approx(0.75, abs=1e-10)
    assert solved.of("P", "p", "e") == pytest.approx(-1.0, abs=1e-10)
    for flow, whole, part in (("r", 0.75, -0.25), ("e", -1.0, -1.0)):
        tree = upstream_tree(solved.result, solved.at["P", "p"], 1.0, solved.flows.index(flow))
        (child,) = tree.children
        assert (tree.total, child.total) == pytest.approx((whole, part), abs=1e-10)


def test_openlca_waste_flows(tmp_path: Path) -> None:
    """``math/WasteCalculationTest.java``: 2 kg of waste at 2 kg, and a treatment that takes in 2 kg at 2 kg, are 4 kg."""
    maker = Unit("p", (Line("p", 1.0), Line("w", 2.0, "waste")))
    treatment = Unit("w", (Line("w", 1.0, "waste", taken=True), elementary("e", 2.0)))
    (tmp_path / "down").mkdir()
    assert from_openlca(tmp_path / "down", maker, treatment).of("p", "p", "e") == pytest.approx(
        4.0, abs=1e-10
    )
    treatment = Unit("w", (Line("w", 1.0, "waste", taken=True), Line("p", 2.0, taken=True)))
    supplier = Unit("p", (Line("p", 1.0), elementary("e", 2.0)))
    assert from_openlca(tmp_path, treatment, supplier).of("w", "w", "e") == pytest.approx(4.0, abs=1e-10)


def shared_credit(folder: Path) -> Solved:
    """``math/AllocateAvoidedTest.java``."""
    lines = (Line("p", 1.0), Line("q", 1.0), Line("a", 0.5, taken=True, avoided=True), elementary("e", 2.0))
    joint = Unit("P", lines, {"p": 0.75, "q": 0.25})
    return from_openlca(folder, joint, Unit("A", (Line("a", 1.0), elementary("e", 1.5))))


def test_openlca_credits_are_shared_out_too(tmp_path: Path) -> None:
    """0.75 x 2.0 - 0.75 x 0.5 x 1.5 = 0.9375."""
    assert shared_credit(tmp_path).of("P", "p", "e") == pytest.approx(0.9375, abs=1e-9)


def loop(folder: Path) -> Solved:
    """``math/SelfLoopAnalysisTest.java``: two processes that need each other."""
    lines = (
        Line("p1", 1.0),
        Line("p2", 1.0, taken=True),
        elementary("f1", 1.0, taken=True),
        elementary("f2", 2.0),
    )
    others = (
        Line("p2", 1.0),
        Line("p1", 0.5, taken=True),
        elementary("f1", 2.0, taken=True),
        elementary("f2", 1.0),
    )
    return from_openlca(folder, Unit("p1", lines), Unit("p2", others))


def test_openlca_loop(tmp_path: Path) -> None:
    """2 kg need 4 runs of both; 12 kg of each flow, of which 10 and 8 come with the 2 kg bought of the other process."""
    solved = loop(tmp_path)
    inventory = solved.inventory({("p1", "p1"): 2.0})
    assert inventory.runs.tolist() == pytest.approx([4.0, 4.0], abs=1e-10)
    for flow, direct, bought in (("f1", {"p1": 4.0, "p2": 8.0}, 10.0), ("f2", {"p1": 8.0, "p2": 4.0}, 8.0)):
        category = solved.flows.index(flow)
        parts = by_process(inventory, category)
        found = {name.partition(" ")[0]: value for name, value in zip(parts.names, parts.values, strict=True)}
        assert {name.partition(",")[0]: value for name, value in found.items()} == pytest.approx(
            direct, abs=1e-10
        )
        tree = upstream_tree(solved.result, solved.at["p1", "p1"], 2.0, category)
        assert tree.total == pytest.approx(12.0, abs=1e-10)
        assert tree.children[0].total == pytest.approx(bought, abs=1e-10)


def cycle() -> Factorisation:
    """``results/SankeyTest.java``: a process behind two others that need each other."""
    return matrices([[1.0, 0.0, 0.0], [-1.0, 1.0, -0.1], [0.0, -2.0, 1.0]], [[1.0, 2.0, 3.0]], [[1.0]])


def test_openlca_diagram_of_a_cycle() -> None:
    """Direct 1.0, 2.5 and 7.5; upstream totals 11, 10 and 8, without what runs round the cycle again."""
    factors = cycle()
    inventory, result = life_cycle_inventory(factors, {0: 1.0}), intensities(factors)
    diagram = sankey(inventory, result, 0)
    direct = {diagram.nodes[link.target].process: link.value for link in diagram.links if link.source == 0}
    assert direct == pytest.approx({0: 1.0, 1: 2.5, 2: 7.5}, abs=1e-10)
    assert diagram.total == pytest.approx(11.0, abs=1e-10)
    first = upstream_tree(result, 0, 1.0, 0)
    (second,) = first.children
    assert [first.total, second.total, second.children[0].total] == pytest.approx(
        [11.0, 10.0, 8.0], abs=1e-10
    )


def test_openlca_singular_systems_are_refused(tmp_path: Path) -> None:
    """``matrix/solvers/MatrixExceptionTest.java``: loops that use up all they make, and a matrix that is not square."""
    units = [Unit(f"{a}{a}", (Line(a, 1.0), Line(b, 1.0, taken=True))) for a, b in (("p", "q"), ("q", "p"))]
    units[0] = Unit("pp", (*units[0].lines, elementary("e", 1.0)))
    with pytest.raises(InputError, match=r"pp.*qq|qq.*pp") as refused:
        from_openlca(tmp_path, *units)
    assert refused.value.code == "system-singular"
    with pytest.raises(InputError) as refused:
        matrices([[1.0, -2.0], [-1.0, 2.0]], [[1.0, 1.0]], [[1.0]])
    assert refused.value.code == "system-singular"
    with pytest.raises(InputErrors) as several:
        matrices([[1.0, 0.0], [-1.0, 2.0], [-1.0, 0.0]], [[1.0, 1.0]], [[1.0]])
    assert [problem.code for problem in several.value.problems] == ["system-product-undefined"]
    assert "product 3" in str(several.value)


# Brightway


def recursion() -> Factorisation:
    """``bw_graph_tools``, ``tests/traversal/test_nonunitary_production_with_recursion.py``."""
    return matrices([[2.0, -2.0], [-1.0, 4.0]], [[0.5, 1.0]], [[2.0]])


def test_brightway_recursion_step_by_step() -> None:
    """8 of the second product: runs of 8/3, a score of 8; direct 4, 2, 1, 0.5 and cumulative 8, 4, 2, 1, 0.5 on the way up."""
    factors = recursion()
    inventory, result = life_cycle_inventory(factors, {1: 8.0}), intensities(factors)
    assert inventory.runs.tolist() == pytest.approx([8 / 3, 8 / 3], rel=1e-14)
    assert inventory.impacts[0] == pytest.approx((1 / 3 * 0.5 + 1 / 3 * 1) * 2 * 8, rel=1e-14)
    tiers = by_tier(result, {1: 8.0}, 0, tiers=4)
    assert tiers.values.tolist() == pytest.approx([4.0, 2.0, 1.0, 0.5], rel=1e-14)
    assert tiers.remainder == pytest.approx(0.5, rel=1e-14)
    place = upstream_tree(result, 1, 8.0, 0, cut_off=0.0)
    for amount, cumulative, direct in ((8, 8, 4), (4, 4, 2), (2, 2, 1), (1, 1, 0.5), (0.5, 0.5, 0.25)):
        assert (place.amount, place.total, place.direct) == pytest.approx(
            (amount, cumulative, direct), rel=1e-14
        )
        (place,) = place.children


def test_brightway_negative_production() -> None:
    """``tests/traversal/test_negative_production.py``: the first process with all signs turned, as a treatment: runs of -8/3."""
    factors = matrices([[-2.0, -2.0], [1.0, 4.0]], [[-0.5, 1.0]], [[2.0]], waste=(True, False))
    inventory = life_cycle_inventory(factors, {1: 8.0})
    assert inventory.runs.tolist() == pytest.approx([-8 / 3, 8 / 3], rel=1e-14)
    assert inventory.impacts[0] == pytest.approx((1 / 3 * 0.5 + 1 / 3 * 1) * 2 * 8, rel=1e-14)
    tiers = by_tier(intensities(factors), {1: 8.0}, 0, tiers=4)
    assert tiers.values.tolist() == pytest.approx([4.0, 2.0, 1.0, 0.5], rel=1e-14)


def tagged(folder: Path) -> Solved:
    """``brightway2-analyzer``, ``tests/tagged.py``: a foreground of five processes on a background of two."""
    return imported(
        folder,
        """
        fu,reference,fu,1,kg,,,
        fu,input,i,1,kg,,,
        fu,input,iv,4,kg,,,
        i,reference,i,1,kg,,,
        i,input,ii,2,kg,,,
        i,input,iii,3,kg,,,
        i,emission,bad,5,kg,air,,
        i,emission,worse,6,kg,air,,
        ii,reference,ii,1,kg,,,
        ii,emission,bad,8,kg,air,,
        ii,emission,worse,7,kg,air,,
        iii,reference,iii,1,kg,,,
        iii,input,first,10,kg,,,
        iii,emission,bad,9,kg,air,,
        iv,reference,iv,1,kg,,,
        iv,input,second,12,kg,,,
        iv,emission,worse,11,kg,air,,
        first,reference,first,1,kg,,,
        first,emission,bad,1,kg,air,,
        second,reference,second,1,kg,,,
        second,emission,worse,1,kg,air,,
        """,
    )


def test_brightway_contributions_by_process_and_flow(tmp_path: Path) -> None:
    """Impacts at 2 and 3 per kg; tagged scores A 72 = 18 + 54, B 192 = 60 + 132, C 186 = 10 + 32 + 144, D 42, 492 in all."""
    solved = tagged(tmp_path)
    inventory = solved.inventory({("fu", "fu"): 1.0})
    impacts = {"bad": 2.0, "worse": 3.0}
    found = {}
    for flow, factor in impacts.items():
        parts = by_process_and_flow(inventory, solved.flows.index(flow))
        for (process, _), value in zip(parts.index.tolist(), parts.values.tolist(), strict=True):
            name = next(name for name, place in solved.at.items() if place == process)[0]
            found[name, flow] = factor * value
    assert found == pytest.approx(
        {
            ("i", "bad"): 10.0, ("i", "worse"): 18.0, ("ii", "bad"): 32.0, ("ii", "worse"): 42.0, ("iii", "bad"): 54.0,
            ("first", "bad"): 60.0, ("iv", "worse"): 132.0, ("second", "worse"): 144.0,
        }
    )  # fmt: skip
    assert sum(found.values()) == pytest.approx(72 + 192 + 186 + 42)


def by_price(folder: Path) -> Solved:
    """``multifunctional``, ``tests/fixtures/basic.py``: 4 kg at 7 and 6 MJ at 12, with 10 kg of an emission."""
    return imported(
        folder,
        """
        process,reference,first product,4,kg,,,28
        process,product,second product,6,MJ,,,72
        process,emission,flow,10,kg,air,,
        """,
        allocation="price",
    )


def test_brightway_allocation_by_price(tmp_path: Path) -> None:
    """``tests/test_lcia.py``, at 5 per kg: 4·7/(4·7 + 6·12)·10·5/4 and 6·12/(4·7 + 6·12)·10·5/6."""
    solved = by_price(tmp_path)
    assert 5 * solved.of("process", "first product", "flow") == pytest.approx(3.5, rel=1e-12)
    assert 5 * solved.of("process", "second product", "flow") == pytest.approx(6.0, rel=1e-12)
