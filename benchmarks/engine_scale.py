# ruff: noqa: E402  (threads are limited before numpy is imported)
"""Cost of the engine against the number of processes, as a picture.

    python benchmarks/engine_scale.py [processes ...] [--all] [--picture docs/images/engine-scale.svg] [--draws 64]

Each size runs in a process of its own, one thread, so that its peak memory is its own: 1,000 to 5,000 processes, with ``--all``
to 100,000, which takes some minutes. The picture needs matplotlib (dependency group `bench`); without it the numbers are printed only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import importlib.util
import resource
import time
import warnings
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
RIVAL_UP_TO = 50_000
CURVES = {
    "factorisation": "factorisation",
    "intensities": "intensities of all products, one category",
    "draw": "one draw, all products, one category",
    "first": "bw2calc: first score of ONE product",
    "iterative": "bw2calc IterativeLCA: one draw, ONE product",
}


def used(work: Callable[[], object], each: int = 1) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) / each


def measure(count: int, draws: int) -> dict[str, float]:
    """Processor time [s] of each part, and peak memory [MB]."""
    from benchmarks import rival
    from benchmarks.engine import GSD, lognormals
    from benchmarks.synthetic_database import synthetic_system

    from cradlemark.engine.background_draws import Model, background_draws
    from cradlemark.engine.intensities import intensities
    from cradlemark.engine.matrices import assemble
    from cradlemark.engine.solve import factorise

    warnings.simplefilter("ignore")
    system = synthetic_system(count, categories=1)
    matrices = assemble(system)
    factors = factorise(matrices)
    found = {"processes": float(count)}
    found["factorisation"] = min(used(lambda: factorise(matrices)) for _ in range(3 if count < 50_000 else 1))
    found["intensities"] = used(lambda: intensities(factors))
    spread = (lognormals(system.technosphere, fixed=True), lognormals(system.biosphere, fixed=False))
    model = Model(factors, *spread)
    background_draws(model, draws=8, seed=2)
    prepared = used(lambda: background_draws(model, draws=8, seed=1))
    whole = used(lambda: background_draws(model, draws=draws + 8, seed=1))
    found["draw"] = (whole - prepared) / draws
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if count <= RIVAL_UP_TO and importlib.util.find_spec("bw2calc") is not None:
        data = rival.package(system, GSD)
        found["first"] = min(used(lambda: rival.first_score(data, 5)) for _ in range(2))
        iterative = rival.iterative(data, 5)
        next(iterative)
        found["iterative"] = used(lambda: [next(iterative) for _ in range(10)], each=10)
    return found


def picture(rows: list[dict[str, float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "engine", "svg.fonttype": "none", "font.size": 9})
    import matplotlib.pyplot as plt

    figure, (time_axis, memory_axis) = plt.subplots(
        1, 2, figsize=(8.6, 3.6), width_ratios=(2.2, 1), layout="constrained"
    )
    for style, (key, label) in zip(("o-", "s-", "D-", "v--", "^--"), CURVES.items(), strict=True):
        points = [(row["processes"], row[key]) for row in rows if key in row]
        time_axis.loglog(*zip(*points, strict=True), style, label=label, markersize=4, linewidth=1.2)
    time_axis.set(xlabel="processes", ylabel="processor time [s]", title="one thread")
    time_axis.legend(fontsize=7, frameon=False)
    memory_axis.loglog(
        [row["processes"] for row in rows], [row["memory"] for row in rows], "o-", markersize=4
    )
    memory_axis.set(xlabel="processes", ylabel="peak memory [MB], draws included")
    for axis in (time_axis, memory_axis):
        axis.grid(visible=True, which="major", linewidth=0.3)
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[])
    parser.add_argument("--draws", type=int, default=64)
    parser.add_argument("--all", action="store_true", help="sizes up to 100,000")
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--one", action="store_true", help="measure one size here and print it as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.sizes[0], options.draws)))
        return
    rows = []
    for size in options.sizes or (SIZES if options.all else SIZES[:3]):
        command = [
            sys.executable,
            "-W",
            "ignore",
            __file__,
            str(size),
            "--draws",
            str(options.draws),
            "--one",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        print("  ".join(f"{key} {value:.4g}" for key, value in rows[-1].items()), flush=True)
    if options.picture:
        picture(rows, options.picture)
        print(options.picture)


if __name__ == "__main__":
    main()
