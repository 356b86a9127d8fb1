"""bw2calc in a process of its own, with a folder of its own: what it makes of data packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SCORES = """
import json, sys, warnings
from pathlib import Path
warnings.simplefilter("ignore")
import bw2calc, bw2calc.errors, bw_processing
from bw2calc import MultiLCA
from fsspec.implementations.zip import ZipFileSystem

package = bw_processing.load_datapackage(ZipFileSystem(sys.argv[1]))
table, _ = package.get_resource("activities")
identifiers = [tuple(r["identifier"]) for r in package.resources if r.get("kind") == "data" and r.get("identifier")]
demands = {str(i): {int(i): 1.0} for i in table["id"]}
run = MultiLCA(demands=demands, method_config={"impact_categories": identifiers}, data_objs=[package])
run.lci()
try:
    run.lcia()
except bw2calc.errors.EmptyBiosphere:
    scores = None
else:
    scores = [[run.scores[(category, key)] for key in demands] for category in identifiers]
result = {"version": list(bw2calc.__version__), "scores": scores, "identifiers": identifiers}
draws = int(sys.argv[2])
if draws:
    first = str(table["id"][0])
    run = MultiLCA(demands={k: demands[k] for k in demands}, method_config={"impact_categories": identifiers[:1]},
                   data_objs=[package], use_distributions=True, seed_override=7)
    run.lci()
    run.lcia()
    result["draws"] = []
    for _ in range(draws):
        result["draws"].append([run.scores[(identifiers[0], key)] for key in demands])
        next(run)
print(json.dumps(result))
"""


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


def scores(package: Path, *, draws: int = 0, folder: Path) -> Any:
    """All products and categories of an exported package as bw2calc computes them, and Monte Carlo draws of the first category."""
    return run_brightway(SCORES, package, draws, folder=folder)
