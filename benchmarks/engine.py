# ruff: noqa: E402  (threads are limited before numpy is imported)
"""Speed of the engine on a made-up background database, and against bw2calc where that is installed.

    python benchmarks/engine.py [processes] [draws] [--threads N] [--superlu] [--markdown]

Prints processor time, sums over all threads, and wall time; judges nothing. Both sides get the same number of threads (1
when left out) and go through the same matrices in one run: compare only ratios within one run. bw2calc takes PARDISO
where pypardiso is installed (dependency group `bench`), and SciPy's SuperLU with ``--superlu``; 25 categories by the adjoint
system exist there with PARDISO only. ``--markdown`` prints the table of docs/explanation/engine.md besides.
"""

from __future__ import annotations

import argparse
import os
import sys


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("processes", type=int, nargs="?", default=5000)
    parser.add_argument("draws", type=int, nargs="?", default=40)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--superlu", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    return parser.parse_args()


OPTIONS = arguments() if __name__ == "__main__" else argparse.Namespace(threads=1, superlu=False)
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(OPTIONS.threads)
if OPTIONS.superlu:
    sys.modules["pypardiso"] = None  # type: ignore[assignment]

import importlib.util
import platform
import resource
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import attrs
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import parquet_system, rival
from benchmarks.synthetic_database import figures, synthetic_system

from cradlemark.engine.background_draws import BackgroundDraws, Model, background_draws, product_draws
from cradlemark.engine.intensities import Intensities, intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.matrix_uncertainty import Uncertainty
from cradlemark.engine.solve import Factorisation, factorise
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.engine.what_if import Change, change

GSD = 1.1
PRODUCT = 5
CATEGORIES = 25
RIVAL_DRAWS = 50
Result = TypeVar("Result")


@attrs.define
class Record:
    """What was measured, in the order of the table: name, processor time [s], wall time [s], remark."""

    rows: list[tuple[str, float, float, str]] = attrs.Factory(list)

    def timed(self, name: str, work: Callable[[], Result], *, each: int = 1, best: int = 1) -> Result:
        """Do it `best` times and keep the fastest."""
        found: tuple[float, float] | None = None
        for _ in range(best):
            processor, wall = time.process_time(), time.perf_counter()
            result = work()
            used = ((time.process_time() - processor) / each, (time.perf_counter() - wall) / each)
            found = used if found is None or used < found else found
        assert found is not None
        self.rows.append((name, *found, ""))
        print(f"  {name:<70}{found[0] * 1e3:10.1f} ms{found[1] * 1e3:10.1f} ms wall", flush=True)
        return result

    def ratio(self, fast: str, slow: str) -> float:
        """How many times as long the second took as the first [1], noted beside the second."""
        used = {name: processor for name, processor, _, _ in self.rows}
        found = used[slow] / used[fast]
        self.rows = [
            (name, processor, wall, f"ratio {found:.1f}" if name == slow else remark)
            for name, processor, wall, remark in self.rows
        ]
        print(f"    {found:.2f} times as long as: {fast}")
        return found


def lognormals(entries: Entries, *, fixed: bool) -> Uncertainty:
    kind = np.ones(len(entries), dtype=np.int8)
    if fixed:  # reference amounts are not uncertain
        kind[entries.row == entries.column] = 0
    return Uncertainty(kind, np.full(len(entries), GSD), np.zeros(len(entries)))


def accuracy(result: Intensities) -> str:
    return f"largest residual {result.residual.max():.1e}, estimated error {result.forward_error.max():.1e}"


def all_categories(record: Record, system: MatrixSystem, folder: Path) -> tuple[Intensities, Factorisation]:
    parquet_system.write(system, folder)
    matrices = record.timed("matrices from arrays", lambda: assemble(system), best=3)
    print(f"    {figures(matrices)}")
    factors = record.timed("factorisation", lambda: factorise(matrices), best=3)
    entries = sum(block.factors.L.nnz + block.factors.U.nnz for block in factors.blocks)
    print(f"    {entries} entries in the factors")
    record.timed(
        "25 categories from factors: intensities of all processes, checked", lambda: intensities(factors)
    )
    inventory = record.timed(
        "inventory of one product, checked", lambda: life_cycle_inventory(factors, {PRODUCT: 1.0}), best=3
    )
    record.timed(ALL_ARRAYS, lambda: intensities(factorise(assemble(system))), best=3)
    result = record.timed(
        ALL_PARQUET, lambda: intensities(factorise(assemble(parquet_system.read(folder)))), best=3
    )
    print(f"    {accuracy(result)}")
    print(f"    forward against adjoint: {abs(result.values[0, PRODUCT] / inventory.impacts[0] - 1.0):.1e}")
    return result, factors


ALL_ARRAYS = "25 categories: matrices, factors, intensities"
ALL_PARQUET = "25 categories: the same with load from Parquet"
ONE_ARRAYS = "one category: matrices, factors, intensities of all processes"
ONE_PARQUET = "one category: the same with load from Parquet"
DRAW = "one draw, all products, one category, estimated error at most 1e-9"
FIRST = "bw2calc: load, first inventory and score of ONE product"
ADJOINT = "bw2calc: load, C B, adjoint, 25 categories of all products (PARDISO)"
ITERATIVE = "bw2calc IterativeLCA: one draw, ONE product, one category"


def updates(record: Record, factors: Factorisation) -> None:
    """What-if of 1 to 50 changed processes against a rebuild, and how far both are apart."""
    matrices = factors.matrices
    columns = matrices.technosphere.tocsc()
    for count in (1, 5, 25, 50):
        changes = []
        for process in np.random.default_rng(count).choice(columns.shape[0], 4 * count, replace=False):
            places = range(columns.indptr[process], columns.indptr[process + 1])
            place = next((p for p in places if columns.indices[p] != process), None)
            if place is not None and len(changes) < count:
                amount = 0.7 * float(columns.data[place])
                changes.append(Change("technosphere", int(columns.indices[place]), int(process), amount))
        name = f"what-if, {count} processes changed, one category, checked"
        one = _one_category(factors)
        quick = record.timed(name, lambda c=changes, o=one: intensities(change(o, c)), best=3)
        full = intensities(factorise(assemble(quick.matrices.system)))
        gap = np.abs(quick.values - full.values).max() / np.abs(full.values).max()
        print(f"    differs from a full solve by {gap:.1e} of the largest impact")


def _one_category(factors: Factorisation) -> Factorisation:
    """The same factors with the first category only."""
    matrices = factors.matrices
    system = matrices.system
    first = system.characterisation.row == 0
    kept = Entries(*(each[first] for each in attrs.astuple(system.characterisation, recurse=False)))
    system = attrs.evolve(system, characterisation=kept, categories=system.categories[:1])
    one = attrs.evolve(
        matrices, system=system, characterisation=matrices.characterisation[:1], direct=matrices.direct[:1]
    )
    return attrs.evolve(factors, matrices=one)


def drawing(
    record: Record, system: MatrixSystem, draws: int, folder: Path
) -> tuple[Intensities, BackgroundDraws]:
    parquet_system.write(system, folder)
    record.timed(ONE_ARRAYS, lambda: intensities(factorise(assemble(system))), best=3)
    single = record.timed(
        ONE_PARQUET, lambda: intensities(factorise(assemble(parquet_system.read(folder)))), best=3
    )
    spread = (lognormals(system.technosphere, fixed=True), lognormals(system.biosphere, fixed=False))
    model = Model(factorise(single.matrices), *spread)
    record.timed(
        "first 8 draws, with what is prepared once", lambda: background_draws(model, draws=8, seed=2)
    )
    drawn = record.timed(
        DRAW, lambda: background_draws(model, draws=draws, seed=1, threads=OPTIONS.threads), each=draws
    )
    print(
        f"    of {draws} draws: residual {drawn.residual:.1e}, estimated error {drawn.forward_error:.1e}, "
        f"{drawn.steps:.1f} iterations, {drawn.direct} direct, {len(drawn.suspects)} suspects"
    )
    return single, drawn


def products(record: Record, drawn: BackgroundDraws, folder: Path) -> None:
    """One more product on the draws, in memory and from a file of float32."""
    random, (_, processes, draws) = np.random.default_rng(1), drawn.values.shape
    lines, amounts = random.integers(0, processes, 200), random.lognormal(0.0, 0.1, (draws, 200))
    record.timed(
        f"a product of 200 lines on {draws} draws",
        lambda: product_draws(drawn.values, lines, amounts),
        best=3,
    )
    np.save(folder / "draws.npy", drawn.values.astype(np.float32))

    def from_file() -> object:
        return product_draws(np.load(folder / "draws.npy", mmap_mode="r"), lines, amounts)

    record.timed(f"a product of 200 lines on {draws} draws, from a file of float32", from_file, best=3)


def compare(record: Record, one: MatrixSystem, score: float) -> None:
    """bw2calc's first result and Monte Carlo of one product."""
    data = rival.package(one, GSD)
    other = record.timed(FIRST, lambda: rival.first_score(data, PRODUCT), best=3)
    record.ratio(ONE_PARQUET, FIRST)
    print(f"    solver {rival.solver()}, agreement {abs(other / score - 1.0):.1e}")
    iterative = rival.iterative(data, PRODUCT)
    next(iterative)
    record.timed(ITERATIVE, lambda: [next(iterative) for _ in range(RIVAL_DRAWS)], each=RIVAL_DRAWS)
    record.ratio(DRAW, ITERATIVE)


def compare_all(record: Record, system: MatrixSystem, values: np.ndarray) -> None:
    """bw2calc's adjoint system."""
    data = rival.package(system, GSD)
    other = record.timed(ADJOINT, lambda: rival.all_scores(data, CATEGORIES), best=3)
    record.ratio(ALL_PARQUET, ADJOINT)
    order = np.argsort(other.coords["products"].to_numpy())
    theirs = other.to_numpy()[:, order]
    sign = np.where(system.waste, -1.0, 1.0)  # there, a unit of waste put out; here, one treated
    gap = np.abs(theirs * sign - values).max(axis=1) / np.abs(values).max(axis=1)
    print(
        f"    agreement of all products and categories: {gap.max():.1e} of the largest impact of a category"
    )


def processor() -> str:
    """Model and number of cores, for the table."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    model = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    features = " with AVX-512" if any("avx512f" in line for line in lines) else ""
    return f"{model}{features}, {os.cpu_count()} cores"


def markdown(record: Record) -> None:
    print(f"\n{datetime.now(UTC):%d %B %Y}, {processor()}, {OPTIONS.threads} thread(s)\n")
    print(f"| {OPTIONS.processes:,} processes | processor time [ms] | |\n|---|---:|---|")
    for name, used, _, remark in record.rows:
        print(f"| {name} | {used * 1e3:,.1f} | {remark} |")


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"{OPTIONS.processes} processes, {OPTIONS.threads} thread(s), {processor()}")
    record = Record()
    system = synthetic_system(OPTIONS.processes, categories=CATEGORIES)
    one = synthetic_system(OPTIONS.processes, categories=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        result, factors = all_categories(record, system, folder)
        updates(record, factors)
        single, drawn = drawing(record, one, OPTIONS.draws, folder)
        products(record, drawn, folder)
        print(f"    peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if importlib.util.find_spec("bw2calc") is None:
        print("  bw2calc is not installed here: no ratios")
    else:
        compare(record, one, float(single.values[0, PRODUCT]))
        if rival.solver() == "PARDISO":
            compare_all(record, system, result.values)
    if OPTIONS.markdown:
        markdown(record)


if __name__ == "__main__":
    main()
