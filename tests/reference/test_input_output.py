"""Accounts of the multi-regional test table of pymrio, from our database and engine, beside its own and published numbers.

The table (6 regions, 8 sectors, 7 categories of final demand) is that of pymrio (K. Stadler, "Pymrio - A Python Based
Multi-Regional Input-Output Analysis Toolbox", Journal of Open Research Software 9(1), 2021, doi:10.5334/jors.251),
described in the list of sources of the sample folder. pymrio itself is used by this test only.

Published: imports of factor inputs by region in pymrio's own ``tests/test_integration.py`` (to 16 digits); multipliers and all
accounts of a table of two regions and three sectors in its ``tests/test_math.py`` (github.com/IndEcol/pymrio, commit 0066ec8); and
the consumption-based emissions of region 1 by product in the notebook "Changing Y vector" of its author
(gist.github.com/konstantinstadler/206c219ba1bacc1f206f93409f8d8134, 2019; seven digits).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.solve import factorise
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.characterise import Factors, own_factors
from cradlemark.inventory.processes.matrix_system import matrix_system

SAMPLE = Path(__file__).resolve().parents[3] / "shared/data/samples/io_matrices/pymrio_test_mrio"

PUBLISHED_IMPORTS = (
    2382767.5387909594,
    2393134.584113787,
    2972317.803194902,
    4201655.226133792,
    1428782.8385865367,
    6693276.934870526,
)
"""``factor_inputs.D_imp_reg`` [Mill USD]."""
PUBLISHED_FOOTPRINT = {
    ("reg1", "emission_type1"): (2.056183e6, 1.79423535893e5, 9.749300e7, 1.188759e7, 3.342906e6, 3.885884e6),
    ("reg1", "emission_type2"): (2.423103e5, 2.5278192086e4, 1.671240e7, 1.371303e5, 3.468292e5, 7.766205e5),
}
"""``emissions.D_cba`` [kg] of food, mining, manufactoring, electricity, construction, trade, whatever their origin."""


class Solved:
    """A database solved for every elementary flow by itself."""

    def __init__(self, imported: ProcessImport) -> None:
        database = self.database = imported.database
        flows = database["flows"]
        self.elementary = [row for row, kind in enumerate(flows.texts("kind")) if kind == "elementary"]
        self.names = [flows.texts("name_en")[row] for row in self.elementary]
        count = len(self.elementary)
        each = Factors(
            tuple(self.names), np.arange(count), np.array(self.elementary), ("",) * count, np.ones(count)
        )
        self.factors = factorise(assemble(matrix_system(database, [each])))
        activities = database["activities"]
        processes = activities.integers("process").tolist()
        self.places = np.array([database["processes"].texts("location")[p] for p in processes])
        self.products = np.array([database["processes"].texts("name_en")[p] for p in processes])
        self.is_demand = np.char.startswith(self.products, "Final demand")
        direct = np.zeros((count, len(processes)))
        at = {row: place for place, row in enumerate(self.elementary)}
        biosphere = database["biosphere"]
        rows = [at[row] for row in biosphere.integers("flow").tolist()]
        np.add.at(direct, (rows, biosphere.integers("column")), biosphere.numbers("amount"))
        self.direct = direct

    def demand_of(self, region: str) -> dict[int, float]:
        return {int(row): 1.0 for row in np.flatnonzero(self.is_demand & (self.places == region))}

    def of_region(self, region: str) -> np.ndarray:
        """Consumption-based accounts [unit of the stressor], direct stressors of final demand included."""
        return np.array(life_cycle_inventory(self.factors, self.demand_of(region)).impacts)

    def imported_by(self, region: str) -> np.ndarray:
        """What the final demand of a region causes elsewhere."""
        runs = np.array(life_cycle_inventory(self.factors, self.demand_of(region)).runs)
        return self.direct @ np.where((self.places != region) & ~self.is_demand, runs, 0.0)


@pytest.fixture(scope="module")
def imported() -> ProcessImport:
    if not SAMPLE.is_dir():
        pytest.skip("the sample table is not beside the repository")
    return import_processes(SAMPLE)


@pytest.fixture(scope="module")
def solved(imported: ProcessImport) -> Solved:
    return Solved(imported)


@pytest.fixture(scope="module")
def reference():  # type: ignore[no-untyped-def]
    pymrio = pytest.importorskip("pymrio")
    return pymrio.load_test().calc_all()


def accounts(reference):  # type: ignore[no-untyped-def]
    return {
        "emission_type1": (reference.emissions, ("emission_type1", "air")),
        "emission_type2": (reference.emissions, ("emission_type2", "water")),
        "Value Added": (reference.factor_inputs, "Value Added"),
    }


def test_everything_of_the_sample_is_accounted_for(imported: ProcessImport) -> None:
    counts = imported.report.counts
    assert imported.report.balanced
    assert counts["sectors"] == 48
    assert counts["final demand categories"] == 42
    assert counts["exchanges refused"] == 0
    assert counts["characterisation factors stored"] == 10
    assert counts["characterisation factors refused"] == 7
    lines = [p for p in imported.report.problems if p.code == "factor-unmatched"]
    assert len(lines) == 7
    assert all("emission_type3" in line.message.en for line in lines)


def test_multipliers_are_those_of_pymrio(solved: Solved, reference) -> None:  # type: ignore[no-untyped-def]
    values = intensities(solved.factors).values
    sectors = np.flatnonzero(~solved.is_demand)
    for place, name in enumerate(solved.names):
        extension, row = accounts(reference)[name]
        expected = extension.M.loc[row]
        found = {(solved.places[i], solved.products[i]): values[place, i] for i in sectors}
        assert found.keys() == set(expected.index)
        assert [found[key] for key in expected.index] == pytest.approx(expected.tolist(), rel=1e-9), name


def test_intensities_are_those_of_pymrio(solved: Solved, reference) -> None:  # type: ignore[no-untyped-def]
    for place, name in enumerate(solved.names):
        extension, row = accounts(reference)[name]
        found = solved.direct[place, ~solved.is_demand]
        assert found.tolist() == pytest.approx(extension.S.loc[row].tolist(), rel=1e-14)


@pytest.mark.parametrize("region", [f"reg{number}" for number in range(1, 7)])
def test_consumption_and_production_accounts_are_those_of_pymrio(
    solved: Solved, reference, region: str
) -> None:  # type: ignore[no-untyped-def]
    outputs = solved.database["parameters"].numbers("value")
    footprint, traded = solved.of_region(region), solved.imported_by(region)
    for place, name in enumerate(solved.names):
        extension, row = accounts(reference)[name]
        assert footprint[place] == pytest.approx(extension.D_cba_reg.loc[row, region], rel=1e-9), name
        assert traded[place] == pytest.approx(extension.D_imp_reg.loc[row, region], rel=1e-9), name
        here = solved.places == region
        made = (solved.direct[place, ~solved.is_demand] * outputs)[here[~solved.is_demand]].sum()
        made += solved.direct[place, solved.is_demand & here].sum()
        assert made == pytest.approx(extension.D_pba_reg.loc[row, region], rel=1e-9), name


def test_exports_are_those_of_pymrio(solved: Solved, reference) -> None:  # type: ignore[no-untyped-def]
    """Stressors of a region for the final demand of all others."""
    regions = [f"reg{number}" for number in range(1, 7)]
    runs = {r: np.array(life_cycle_inventory(solved.factors, solved.demand_of(r)).runs) for r in regions}
    for region in regions:
        abroad = sum(run for other, run in runs.items() if other != region)
        found = solved.direct @ np.where((solved.places == region) & ~solved.is_demand, abroad, 0.0)
        for place, name in enumerate(solved.names):
            extension, row = accounts(reference)[name]
            assert found[place] == pytest.approx(extension.D_exp_reg.loc[row, region], rel=1e-9)


def test_published_imports_of_factor_inputs(solved: Solved) -> None:
    found = [solved.imported_by(f"reg{number}")[solved.names.index("Value Added")] for number in range(1, 7)]
    assert found == pytest.approx(PUBLISHED_IMPORTS, rel=1e-9)


def test_published_footprint_by_product(solved: Solved) -> None:
    """The final demand of region 1 for one product, from all origins, without what final demand emits itself."""
    technosphere = solved.database["technosphere"]
    users = set(solved.demand_of("reg1"))
    columns, rows = technosphere.integers("column"), technosphere.integers("row")
    amounts = technosphere.numbers("amount")
    products = ("food", "mining", "manufactoring", "electricity", "construction", "trade")
    for (_, name), expected in PUBLISHED_FOOTPRINT.items():
        found = []
        for product in products:
            wanted: dict[int, float] = {}
            for row, column, amount in zip(rows.tolist(), columns.tolist(), amounts.tolist(), strict=True):
                if column in users and row != column and solved.products[row] == product:
                    wanted[row] = wanted.get(row, 0.0) - amount
            found.append(life_cycle_inventory(solved.factors, wanted).impacts[solved.names.index(name)])
        assert found == pytest.approx(expected, rel=5e-7)


def test_characterised_totals_are_those_of_pymrio(imported: ProcessImport) -> None:  # type: ignore[no-untyped-def]
    """The impacts of the sample's list of factors, per region; the stressor that the table lacks is passed over by both."""
    pandas = pytest.importorskip("pandas")
    factors = pandas.read_csv(SAMPLE / "concordance/emissions_charact.tsv", sep="\t").dropna()
    factors = factors[factors.stressor != "emission_type3"]
    table = pytest.importorskip("pymrio").load_test()
    table.impacts = table.emissions.characterize(factors, name="impacts").extension
    impacts = table.calc_all().impacts.D_cba_reg
    database = imported.database
    own = own_factors(database)
    system = factorise(assemble(matrix_system(database, [own])))
    names = [database["impact_categories"].texts("id")[row] for row in range(len(own.names))]
    solved = Solved(imported)
    for region in (f"reg{number}" for number in range(1, 7)):
        inventory = life_cycle_inventory(system, solved.demand_of(region))
        for impact in ("air water impact", "total emissions", "total air emissions"):
            expected = float(impacts.loc[impact, region])
            for method in ("emissions_charact", "emissions_charact_reg_spec"):
                found = inventory.impacts[names.index(f"{method}/{impact}")]
                assert found == pytest.approx(expected, rel=1e-9), (region, impact, method)


@pytest.mark.parametrize("what", ["Z", "A and S"])
def test_what_pymrio_saves_gives_the_same_accounts(what: str, tmp_path: Path, solved: Solved) -> None:
    pymrio = pytest.importorskip("pymrio")
    table = pymrio.load_test()
    if what == "A and S":
        table.calc_all()
    table.save_all(tmp_path / "saved", table_format="txt")
    again = Solved(import_processes(tmp_path / "saved"))
    assert again.database["flows"].texts("unit")[0] == "Mill USD"
    for region in ("reg1", "reg4"):
        assert sorted(again.of_region(region)) == pytest.approx(sorted(solved.of_region(region)), rel=1e-9)
    shutil.make_archive(str(tmp_path / "saved"), "zip", tmp_path, "saved")
    zipped = import_processes(tmp_path / "saved.zip")
    assert zipped.database.digest == again.database.digest


SMALL_TRANSACTIONS = (
    (10, 5, 1, 6, 5, 7), (0, 2, 0, 0, 5, 3), (10, 3, 20, 4, 2, 0), (5, 0, 0, 1, 10, 9), (0, 10, 1, 0, 20, 1), (5, 0, 0, 1, 10, 10),
)  # fmt: skip
SMALL_DEMAND = ((14, 3), (2.5, 2.5), (13, 6), (5, 20), (10, 10), (3, 10))
SMALL_STRESSORS = ((20, 1, 42, 4, 20, 5), (5, 4, 11, 8, 2, 10))
SMALL_OF_DEMAND = ((50, 10), (100, 20))
SMALL_OUTPUT = (51, 15, 58, 50, 52, 39)
SMALL_INTENSITIES = (
    (
        0.39215686274509803,
        0.06666666666666667,
        0.7241379310344828,
        0.08,
        0.38461538461538464,
        0.1282051282051282,
    ),
    (
        0.09803921568627451,
        0.26666666666666666,
        0.1896551724137931,
        0.16,
        0.038461538461538464,
        0.2564102564102564,
    ),
)
SMALL_MULTIPLIERS = (
    (
        0.896638324101429,
        1.7965474933011258,
        1.1666796580507097,
        0.3013124703668342,
        1.4371886818255364,
        0.7177624711634629,
    ),
    (
        0.3004620527704837,
        0.9052387706892087,
        0.311411003349379,
        0.23778766312079253,
        0.5331560745059157,
        0.6031791628984159,
    ),
)
SMALL_FOOTPRINTS = (
    (
        14.059498889254174,
        18.863255551508175,
        17.32012296814962,
        8.71616437964097,
        18.863255551508175,
        14.17770265993889,
    ),
    (
        5.395407054390734,
        7.594657671782178,
        5.857880532237175,
        5.657139420727301,
        7.594657671782178,
        7.900257649080434,
    ),
)
SMALL_IMPORTS = (
    (
        1.2792573306446737,
        10.499069649181388,
        1.2752266807875912,
        6.604374747509535,
        8.364185902326788,
        10.842115601865368,
    ),
    (
        2.054905005956757,
        3.9151998960771452,
        1.522271392125981,
        1.743464577633809,
        3.6794577757050337,
        3.221508682410955,
    ),
)
SMALL_EXPORTS = (
    (
        8.251832343364468,
        0.5304113433404783,
        17.02843256499675,
        1.3307504334524414,
        9.797226856351275,
        1.9255763708099365,
    ),
    (
        2.062958085841117,
        2.1216453733619134,
        4.459827576546767,
        2.6615008669048827,
        0.9797226856351275,
        3.851152741619873,
    ),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Solved:
    folder = tmp_path_factory.mktemp("small")
    labels = [(region, sector) for region in ("reg1", "reg2") for sector in ("sector1", "sector2", "sector3")]
    head = [
        "region,," + ",".join(r for r, _ in labels),
        "sector,," + ",".join(s for _, s in labels),
        "region,sector",
    ]
    rows = [
        f"{r},{s}," + ",".join(map(str, row)) for (r, s), row in zip(labels, SMALL_TRANSACTIONS, strict=True)
    ]
    (folder / "Z.csv").write_text("\n".join([*head, *rows]) + "\n")
    columns = ["region,,reg1,reg2", "category,,final demand,final demand", "region,sector"]
    rows = [f"{r},{s},{one},{two}" for (r, s), (one, two) in zip(labels, SMALL_DEMAND, strict=True)]
    (folder / "Y.csv").write_text("\n".join([*columns, *rows]) + "\n")
    (folder / "extension").mkdir()
    one = [line.replace(",,", ",", 1) for line in head[:2]]
    rows = [f"ext_type_{i}," + ",".join(map(str, row)) for i, row in enumerate(SMALL_STRESSORS, start=1)]
    (folder / "extension/F.csv").write_text("\n".join([*one, "stressor", *rows]) + "\n")
    one = [line.replace(",,", ",", 1) for line in columns[:2]]
    rows = [f"ext_type_{i}," + ",".join(map(str, row)) for i, row in enumerate(SMALL_OF_DEMAND, start=1)]
    (folder / "extension/F_Y.csv").write_text("\n".join([*one, "stressor", *rows]) + "\n")
    return Solved(import_processes(folder))


def test_published_multipliers_of_the_small_table(small: Solved) -> None:
    assert small.database["parameters"].numbers("value").tolist() == list(SMALL_OUTPUT)
    assert small.direct[:, ~small.is_demand] == pytest.approx(np.array(SMALL_INTENSITIES), rel=1e-14)
    values = intensities(small.factors).values
    assert values[:, ~small.is_demand] == pytest.approx(np.array(SMALL_MULTIPLIERS), rel=1e-9)


def test_published_accounts_of_the_small_table(small: Solved) -> None:
    """Footprints and imports by region and product bought, exports by region and industry; without final demand's own."""
    technosphere = small.database["technosphere"]
    entries = list(
        zip(
            technosphere.integers("row").tolist(), technosphere.integers("column").tolist(), technosphere.numbers("amount").tolist(),
            strict=True,
        )
    )  # fmt: skip
    exported = np.zeros((2, 6))
    for place, (region, product) in enumerate((r, f"sector{i}") for r in ("reg1", "reg2") for i in (1, 2, 3)):
        users = set(small.demand_of(region))
        wanted: dict[int, float] = {}
        for row, column, amount in entries:
            if column in users and row != column and small.products[row] == product:
                wanted[row] = wanted.get(row, 0.0) - amount
        inventory = life_cycle_inventory(small.factors, wanted)
        assert inventory.impacts == pytest.approx([line[place] for line in SMALL_FOOTPRINTS], rel=1e-9)
        abroad = np.where((small.places != region) & ~small.is_demand, np.array(inventory.runs), 0.0)
        assert small.direct @ abroad == pytest.approx([line[place] for line in SMALL_IMPORTS], rel=1e-9)
        exported += small.direct[:, ~small.is_demand] * abroad[~small.is_demand]
    assert exported == pytest.approx(np.array(SMALL_EXPORTS), rel=1e-9)


def test_accounts_of_the_small_table_with_what_final_demand_causes_itself(small: Solved) -> None:
    for place, region in enumerate(("reg1", "reg2")):
        products = [sum(line[3 * place : 3 * place + 3]) for line in SMALL_FOOTPRINTS]
        own = [line[place] for line in SMALL_OF_DEMAND]
        assert small.of_region(region) == pytest.approx(np.add(products, own), rel=1e-9)
