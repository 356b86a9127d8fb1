"""The same EcoSpold databases through bw2io, bw2data and bw2calc: every product has the same score.

Where bw2io does otherwise, and why we do not follow:

- ``MultiOutputEcospold1Importer`` cannot be made (it inserts into a list that it has not made yet), so the single-output importer
  is used with the strategy that the multi-output importer would insert.
- The EcoSpold 1 sample, which openLCA wrote, is refused there as a whole: a company code is five letters too long.
- Output group 3 of EcoSpold 1, waste to treatment, becomes a product of the process there. The schema says that the
  treatment is modelled like a service that comes from the technosphere.
- The amount of a triangular exchange is its mode there. The schema says that ``meanValue`` is the amount.
- All amounts are rounded to float32 there (about 6e-8); the databases here have amounts that float32 holds exactly.
- An input of EcoSpold 2 without an activity link is deleted there; here it stays as a visible cut-off.
- A formula of EcoSpold 2 is kept there and not calculated; the databases here store what their formulas give.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.conformance.brightway import run_brightway
from tests.conformance.ecospold_databases import database1, database2, methods1

from cradlemark.engine.intensities import intensities
from cradlemark.engine.matrices import assemble
from cradlemark.engine.solve import factorise
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.processes.matrix_system import matrix_system

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
AGREEMENT = 1e-9
"""Largest relative difference of a score [1]."""

PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
import bw2calc, bw2data, bw2io
from bw2io.importers.ecospold1 import SingleOutputEcospold1Importer
from bw2io.importers.ecospold1_lcia import Ecospold1LCIAImporter
from bw2io.importers.ecospold2 import SingleOutputEcospold2Importer
from bw2io.strategies import es1_allocate_multioutput
from bw2io.units import normalize_units

version, source, flows = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3]))
bw2data.projects.set_current("ecospold")
nature = bw2data.Database("biosphere3")
nature.write({("biosphere3", f["id"]): {"name": f["name"], "categories": tuple(f["category"].split("/")),
              "unit": normalize_units(f["unit"]), "type": "emission", "exchanges": []} for f in flows})
if version == "1":
    importer = SingleOutputEcospold1Importer(source, "db", use_mp=False)
    importer.strategies.insert(0, es1_allocate_multioutput)
    for strategy in importer.strategies:
        if getattr(strategy, "func", strategy).__name__ == "link_technosphere_by_activity_hash":
            # A process of several products has a name of its own; what is linked are its products.
            for data in importer.data:
                made = [e for e in data["exchanges"] if e["type"] == "production"]
                if len(made) == 1:
                    data["name"] = made[0]["name"]
        importer.apply_strategy(strategy, verbose=False)
else:
    importer = SingleOutputEcospold2Importer(source, "db", use_mp=False, add_product_information=False)
    importer.apply_strategies(verbose=False)
unlinked = len(list(importer.unlinked))
importer.drop_unlinked(i_am_reckless=True)
importer.write_database()
method = bw2data.Method(("test", "score"))
method.register(unit="x")
method.write([(("biosphere3", f["id"]), f["factor"]) for f in flows])
if len(sys.argv) > 4:
    importer = Ecospold1LCIAImporter(sys.argv[4], biosphere="biosphere3")
    importer.apply_strategies(verbose=False)
    importer.drop_unlinked(verbose=False)
    importer.write_methods(verbose=False)
found = []
for activity in bw2data.Database("db"):
    (made,) = activity.production()
    side = 1.0 if made["amount"] > 0 else -1.0
    scores = {}
    for name in bw2data.methods:
        demand, data, _ = bw2data.prepare_lca_inputs({activity: side}, method=name)
        lca = bw2calc.LCA(demand, data_objs=data)
        lca.lci()
        lca.lcia()
        scores[name[-1]] = lca.score
    found.append([made.get("name"), activity["location"], scores])
print(json.dumps({"unlinked": unlinked, "scores": found}))
"""


def factor_of(flow: str) -> float:
    """A factor that every flow gets, of either sign."""
    return (zlib.crc32(flow.encode()) % 2000 - 900) / 128.0


Key = tuple[str, str]


def keys(done: ProcessImport) -> list[Key]:
    """Name and place of every product."""
    flows, activities, processes = (done.database[name] for name in ("flows", "activities", "processes"))
    names = [flows.texts("name_en")[row] for row in activities.integers("flow").tolist()]
    places = [processes.texts("location")[row] for row in activities.integers("process").tolist()]
    return list(zip(names, places, strict=True))


def own_scores(done: ProcessImport) -> dict[Key, float]:
    """Score per unit of every product, with a factor for every flow."""
    database = done.database
    flows = database["flows"]
    rows = [row for row, kind in enumerate(flows.texts("kind")) if kind == "elementary"]
    values = np.array([factor_of(flows.texts("id")[row]) for row in rows])
    zeros = np.zeros(len(rows), np.int64)
    factors = Factors(("score",), zeros, np.array(rows, np.int64), ("",) * len(rows), values)
    solved = intensities(factorise(assemble(matrix_system(database, [factors]))))
    return dict(zip(keys(done), solved.values[0].tolist(), strict=True))


def brightway_scores(
    done: ProcessImport, version: str, source: Path, folder: Path, *methods: Path
) -> dict[Key, dict[str, float]]:
    """Scores of every product in Brightway, by name of the method."""
    flows = done.database["flows"]
    columns = (flows.texts(name) for name in ("id", "name_en", "category", "unit", "kind"))
    listed = [
        {"id": i, "name": name, "category": category, "unit": unit, "factor": factor_of(i)}
        for i, name, category, unit, kind in zip(*columns, strict=True)
        if kind == "elementary"
    ]
    (folder / "flows.json").write_text(json.dumps(listed), encoding="utf-8")
    result = run_brightway(PROGRAM, version, source, folder / "flows.json", *methods, folder=folder)
    assert result["unlinked"] <= done.report.counts["exchanges unlinked"]
    found = {(name, place): scores for name, place, scores in result["scores"]}
    assert len(found) == len(result["scores"]) == len(done.database["activities"])
    return found


def compare(done: ProcessImport, version: str, source: Path, folder: Path) -> int:
    """Compare all products with Brightway's and return their number."""
    theirs = {key: scores["score"] for key, scores in brightway_scores(done, version, source, folder).items()}
    ours = own_scores(done)
    assert theirs.keys() == ours.keys()
    for key, score in theirs.items():
        assert ours[key] == pytest.approx(score, rel=AGREEMENT), key
    return len(theirs)


def written(folder: Path, documents: list[str], ending: str) -> Path:
    source = folder / "source"
    source.mkdir(parents=True)
    for number, text in enumerate(documents):
        (source / f"{number:03}.{ending}").write_text(text, encoding="utf-8")
    return source


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("version", "make", "ending"), [("1", database1, "xml"), ("2", database2, "spold")])
def test_whole_databases_have_the_scores_of_brightway(
    tmp_path: Path, version: str, make: Callable[[int], list[str]], ending: str, seed: int
) -> None:
    source = written(tmp_path, make(seed), ending)
    done = import_processes(source)
    assert done.report.balanced
    assert done.report.counts["exchanges refused"] == 0
    assert done.report.counts["exchanges unlinked"] == 0
    assert not [p for p in done.report.problems if p.code != "magnitude-implausible"]
    assert compare(done, version, source, tmp_path) >= 24


@pytest.mark.slow
@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not beside this checkout")
@pytest.mark.parametrize(("version", "name"), [("2", "ecospold2")])
def test_samples_have_the_scores_of_brightway(tmp_path: Path, version: str, name: str) -> None:
    done = import_processes(SAMPLES / name)
    assert compare(done, version, SAMPLES / name, tmp_path) == 1


@pytest.mark.slow
def test_impact_methods_have_the_scores_of_brightway(tmp_path: Path) -> None:
    source = written(tmp_path, database1(4), "xml")
    methods = tmp_path / "methods.xml"
    methods.write_text(methods1(4), encoding="utf-8")
    both = written(tmp_path / "both", [*database1(4), methods1(4)], "xml")
    done = import_processes(both)
    theirs = brightway_scores(done, "1", source, tmp_path, methods)
    solved = product_intensities(done.database)
    assert solved.categories[1:] == ("climate [points]", "toxicity [points]")
    for category, name in enumerate(("climate", "toxicity"), start=1):
        ours = dict(zip(keys(done), solved.values[category].tolist(), strict=True))
        assert ours == pytest.approx({key: scores[name] for key, scores in theirs.items()}, rel=AGREEMENT)
