"""bw2calc in a process of its own, with a folder of its own: what it makes of data packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def run_brightway(program: str, *arguments: object, folder: Path) -> Any:
    """Run a program that prints JSON, with its own Brightway folder; its result as plain values."""
    home = folder / "brightway"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=False,
        cwd=folder, env={**os.environ, "BRIGHTWAY2_DIR": str(home), "BRIGHTWAY_DIR": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


SCORES = """
import json, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
import bw2calc, bw2calc.errors, bw_processing
from bw2calc import MultiLCA
from fsspec.implementations.zip import ZipFileSystem


def scores_of(path, draws):
    package = bw_processing.load_datapackage(ZipFileSystem(path))
    table, _ = package.get_resource("activities")
    identifiers = [tuple(r["identifier"]) for r in package.resources if r.get("kind") == "data" and r.get("identifier")]
    # A treatment that is written with a negative product is asked for with a negative amount.
    demands = {str(i): {int(i): 1.0 if made > 0 else -1.0} for i, made in zip(table["id"], table["amount"])}
    first = MultiLCA(demands=demands, method_config={"impact_categories": identifiers}, data_objs=[package])
    first.lci()
    try:
        first.lcia()
    except bw2calc.errors.EmptyBiosphere:
        return {"scores": None}
    result = {"scores": [[first.scores[(category, key)] for key in demands] for category in identifiers], "draws": []}
    if draws:
        run = MultiLCA(demands=demands, method_config={"impact_categories": identifiers[:1]}, data_objs=[package],
                       use_distributions=True, seed_override=7)
        run.lci()
        run.lcia()
        for _ in range(draws):
            result["draws"].append([run.scores[(identifiers[0], key)] for key in demands])
            next(run)
    return result

print(json.dumps([scores_of(path, int(sys.argv[1])) for path in sys.argv[2:]]))
"""


def scores(*packages: Path, draws: int = 0, folder: Path) -> list[Any]:
    """All products and categories of exported packages as bw2calc computes them, and Monte Carlo draws of the first category."""
    found: list[Any] = run_brightway(SCORES, draws, *packages, folder=folder)
    return found


RANDOM_PACKAGE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np, bw_processing as bwp
from bw2calc import LCA
from fsspec.implementations.zip import ZipFileSystem

path, seed, options = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
rng, n, flows = np.random.default_rng(seed), 60, 7
form = bwp.MatrixSerializeFormat(options.pop("form"))
package = bwp.create_datapackage(fs=ZipFileSystem(path, mode="w"), name="random", matrix_serialize_format_type=form, **options)

def pairs(row, col):
    found = np.empty(len(row), dtype=bwp.INDICES_DTYPE)
    found["row"], found["col"] = row, col
    return found

ids = rng.permutation(np.arange(100, 100 + n))
sign = np.where(np.arange(n) % 9 == 4, -1.0, 1.0)  # every ninth treats waste
package.add_persistent_vector(matrix="technosphere_matrix", name="made", indices_array=pairs(ids, ids), data_array=sign * rng.uniform(1, 3, n))
for number in range(3):
    rows, cols = rng.integers(0, n, 150), rng.integers(0, n, 150)
    keep = rows != cols
    rows, cols = rows[keep], cols[keep]
    data = rng.lognormal(-4, 1, len(rows)) * sign[rows]
    package.add_persistent_vector(matrix="technosphere_matrix", name=f"used{number}", indices_array=pairs(ids[rows], ids[cols]),
                                  data_array=data, flip_array=rng.random(len(rows)) < 0.9)
    package.add_persistent_vector(matrix="biosphere_matrix", name=f"given{number}",
                                  indices_array=pairs(rng.integers(0, flows, 100), ids[rng.integers(0, n, 100)]), data_array=rng.normal(1, 2, 100))
package.add_persistent_array(matrix="biosphere_matrix", name="scenarios", indices_array=pairs([0], ids[:1]), data_array=np.array([[1e9, 2e9]]))
package.add_persistent_vector(matrix="characterization_matrix", name="c", indices_array=pairs(np.r_[np.arange(flows), 99, 3], np.r_[np.zeros(flows), 0, 5]),
                              data_array=rng.uniform(0, 5, flows + 2), global_index=0, identifier=["random", "score"])
package.finalize_serialization()
package = bwp.load_datapackage(ZipFileSystem(path))
run, scores = LCA({int(ids[0]): 1}, data_objs=[package]), {}
run.lci(factorize=True)
run.lcia()
for identifier, which in zip(ids.tolist(), sign.tolist()):
    run.lcia(demand={identifier: which})
    scores[identifier] = run.score
print(json.dumps(scores))
"""


def random_package(path: Path, *, seed: int, folder: Path, **options: object) -> dict[str, float]:
    """Let bw_processing write a random package; scores of one unit made, or treated, of each process by bw2calc."""
    found: dict[str, float] = run_brightway(RANDOM_PACKAGE, path, seed, json.dumps(options), folder=folder)
    return found


WORKBOOK = """
import json, sys, warnings
warnings.simplefilter("ignore")
import bw2data, bw2io, bw_processing as bwp, numpy as np
from bw2calc import LCA
from bw2data.parameters import ActivityParameter, parameters

path, flow, fields = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
bw2data.projects.set_current("held against")
bw2data.Database("biosphere3").register()
reader = bw2io.CSVImporter if path.endswith(".csv") else bw2io.ExcelImporter
read = reader(path)
read.apply_strategies()
read.match_database(fields=fields)
open_ones = len(list(read.unlinked))
read.drop_unlinked(i_am_reckless=True)
own_parameters = read._prepare_activity_parameters()
if read.project_parameters:
    read.write_project_parameters()
read.write_database(activate_parameters=True)
read._write_activity_parameters(own_parameters)
nodes = list(bw2data.Database(read.db_name))
for node in nodes:  # formulas of activities without parameters of their own
    found = ActivityParameter.get_or_none(database=node["database"], code=node["code"])
    group = found.group if found else f"group {node.id}"
    parameters.add_exchanges_to_group(group, node)
    ActivityParameter.recalculate_exchanges(group)
nodes = list(bw2data.Database(read.db_name))

# Brightway stores amounts with 32 bits for its matrices; here they go in as they were read.
parts, made = {"technosphere_matrix": [], "biosphere_matrix": []}, {}
for node in nodes:
    if node.get("type") not in ("process", "processwithreferenceproduct", None):
        continue
    edges = list(node.edges())
    productions = [edge for edge in edges if edge["type"] == "production"]
    if not productions:
        parts["technosphere_matrix"].append((node.id, node.id, 1.0))
    made[node["name"]] = (node.id, next((e["amount"] for e in productions if e.input == node), 1.0))
    for edge in edges:
        sign = -1.0 if edge["type"] == "technosphere" else 1.0
        label = "biosphere_matrix" if edge["type"] == "biosphere" else "technosphere_matrix"
        parts[label].append((edge.input.id, node.id, sign * edge["amount"]))
package = bwp.create_datapackage()
for label, entries in parts.items():
    indices = np.array([entry[:2] for entry in entries], dtype=bwp.INDICES_DTYPE)
    package.add_persistent_vector(matrix=label, name=label, indices_array=indices, data_array=np.array([e[2] for e in entries]))
row = bw2data.get_node(database=read.db_name, code=flow).id
package.add_persistent_vector(matrix="characterization_matrix", name="c", data_array=np.ones(1),
                              indices_array=np.array([(row, row)], dtype=bwp.INDICES_DTYPE))
run, scores = None, {}
for name, (identifier, amount) in made.items():
    demand = {identifier: 1.0 if amount > 0 else -1.0}
    if run is None:
        run = LCA(demand, data_objs=[package])
        run.lci(factorize=True)
        run.lcia()
    else:
        run.lcia(demand=demand)
    scores[name] = run.score
print()
print(json.dumps({"scores": scores, "unlinked": open_ones}))
"""


def workbook_scores(path: Path, *, flow: str, fields: list[str], folder: Path) -> Any:
    """A workbook as bw2io reads it, computed by bw2calc: one unit made (or treated) by each process, counting one flow."""
    return run_brightway(WORKBOOK, path, json.dumps(flow), json.dumps(fields), folder=folder)


OPENLCA = """
import json, sys, warnings
warnings.simplefilter("ignore")
import bw2data, bw_processing as bwp, numpy as np
from bw2calc import LCA
from bw2io.importers.json_ld import JSONLDImporter

bw2data.projects.set_current("held against")
read = JSONLDImporter(sys.argv[1], "held")
read.apply_strategies(no_warning=True)
ids = {}
number = lambda key: ids.setdefault(tuple(key), len(ids) + 1)
parts, made = {"technosphere_matrix": [], "biosphere_matrix": []}, {}
for node in read.data:
    if node.get("type") == "product":
        continue
    for edge in node["exchanges"]:
        sign = -1.0 if edge["type"] == "technosphere" else 1.0
        label = "biosphere_matrix" if edge["type"] == "biosphere" else "technosphere_matrix"
        parts[label].append((number(edge["input"]), number((node["database"], node["code"])), sign * edge["amount"]))
        if edge["type"] == "production":
            made[node["name"]] = number(edge["input"])
package = bwp.create_datapackage()
for label, entries in parts.items():
    indices = np.array([entry[:2] for entry in entries], dtype=bwp.INDICES_DTYPE)
    package.add_persistent_vector(matrix=label, name=label, indices_array=indices, data_array=np.array([e[2] for e in entries]))
rows = sorted({entry[0] for entry in parts["biosphere_matrix"]})
package.add_persistent_vector(matrix="characterization_matrix", name="c", data_array=np.ones(len(rows)),
                              indices_array=np.array([(row, row) for row in rows], dtype=bwp.INDICES_DTYPE))
run = LCA({next(iter(made.values())): 1.0}, data_objs=[package])
run.lci(factorize=True)
run.lcia()
scores = {}
for name, product in made.items():
    run.lcia(demand={product: 1.0})
    scores[name] = run.score
print()
print(json.dumps({"scores": scores, "unlinked": len(list(read.unlinked))}))
"""


def openlca_scores(archive: Path, *, folder: Path) -> Any:
    """An unpacked openLCA archive as bw2io reads it, computed by bw2calc: one unit of each product, all flows counted as one."""
    return run_brightway(OPENLCA, archive, folder=folder)
