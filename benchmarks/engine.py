# ruff: noqa: E402  (threads are limited before numpy is imported)
"""Speed of the engine on a made-up background database, and against bw2calc where that is installed.

    python benchmarks/engine.py [processes] [draws]

Prints processor seconds of one thread and judges nothing. bw2calc is no dependency of the project; in an environment
that has it besides, the same matrices go through both and the ratios are printed. Compare only ratios within one run.
"""

from __future__ import annotations

import os

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import importlib.util
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.synthetic_database import synthetic_system

from cradlemark.engine.background_draws import Model, background_draws, product_draws
from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.matrix_uncertainty import Uncertainty
from cradlemark.engine.solve import factorise
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.engine.what_if import Change, change

GSD = 1.1
PRODUCT = 5
Result = TypeVar("Result")


def timed(name: str, work: Callable[[], Result], *, each: int = 1) -> tuple[Result, float]:
    start = time.process_time()
    result = work()
    used = (time.process_time() - start) / each
    print(f"  {name:<58}{used * 1e3:10.1f} ms")
    return result, used


def lognormals(entries: Entries, *, fixed: bool) -> Uncertainty:
    kind = np.ones(len(entries), dtype=np.int8)
    if fixed:  # reference amounts are not uncertain
        kind[entries.row == entries.column] = 0
    return Uncertainty(kind, np.full(len(entries), GSD), np.zeros(len(entries)))


def own(system: MatrixSystem, draws: int) -> dict[str, float]:
    used = {}
    matrices, assembled = timed("matrices from arrays", lambda: assemble(system))
    factors, factorised = timed("factorisation of the transposed matrix", lambda: factorise(matrices))
    result, solved = timed(
        "intensities of all processes, all categories, checked", lambda: intensities(factors)
    )
    used["all"] = assembled + factorised + solved
    print(
        f"    largest residual {result.residual.max():.1e}, estimated error {result.forward_error.max():.1e}"
    )
    inventory, _ = timed(
        "inventory of one product, checked", lambda: life_cycle_inventory(factors, {PRODUCT: 1.0})
    )
    gap = abs(result.values[0, PRODUCT] / inventory.impacts[0] - 1.0)
    print(f"    forward against adjoint: {gap:.1e}")
    columns = matrices.technosphere.tocsc()
    for count in (1, 5, 25):
        changes = []
        for process in np.random.default_rng(count).choice(len(system.processes), count, replace=False):
            places = range(columns.indptr[process], columns.indptr[process + 1])
            place = next((p for p in places if columns.indices[p] != process), None)
            if place is not None:
                amount = 0.7 * float(columns.data[place])
                changes.append(Change("technosphere", int(columns.indices[place]), int(process), amount))
        _, quick = timed(
            f"what-if, {count} processes changed, all categories",
            lambda c=changes: intensities(change(factors, c)),
        )
        print(f"    {used['all'] / quick:.1f} times faster than from the beginning")
    one = synthetic_system(len(system.processes), categories=1)
    single, used["one"] = timed(
        "one category: matrices, factors, intensities", lambda: intensities(factorise(assemble(one)))
    )
    model = Model(
        factorise(single.matrices),
        lognormals(one.technosphere, fixed=True),
        lognormals(one.biosphere, fixed=False),
    )
    timed("first 8 draws, loops compiled", lambda: background_draws(model, draws=8, seed=2))
    drawn, used["draw"] = timed(
        f"one of {draws} draws, all products, one category",
        lambda: background_draws(model, draws=draws, seed=1),
        each=draws,
    )
    print(
        f"    residual {drawn.residual:.1e}, estimated error {drawn.forward_error:.1e}, "
        f"{drawn.steps:.1f} iterations, {drawn.direct} direct, {len(drawn.suspects)} suspects"
    )
    source = np.random.default_rng(1)
    lines = source.integers(0, len(system.processes), 200)
    amounts = source.lognormal(0.0, 0.1, (draws, 200))
    timed(
        f"a product of 200 lines on {draws} shared draws", lambda: product_draws(drawn.values, lines, amounts)
    )
    used["score"] = single.values[0, PRODUCT]
    return used


def package(system: MatrixSystem, processing: Any) -> Any:
    """The same matrices as a data package of bw_processing."""
    made = processing.create_datapackage()
    process, flow = 10**6, 2 * 10**6
    for name, entries, row, column, fixed in (
        ("technosphere_matrix", system.technosphere, 0, process, True),
        ("biosphere_matrix", system.biosphere, flow, process, False),
    ):
        indices = np.zeros(len(entries), dtype=processing.INDICES_DTYPE)
        indices["row"], indices["col"] = entries.row + row, entries.column + column
        spread = np.zeros(len(entries), dtype=processing.UNCERTAINTY_DTYPE)
        certain = (entries.row == entries.column) & fixed
        spread["uncertainty_type"] = np.where(certain, 0, 2)
        spread["loc"] = np.where(certain, entries.amount, np.log(np.abs(entries.amount)))
        spread["scale"] = np.where(certain, np.nan, np.log(GSD))
        spread["negative"] = entries.amount < 0.0
        for field in ("shape", "minimum", "maximum"):
            spread[field] = np.nan
        made.add_persistent_vector(
            matrix=name,
            name=name,
            data_array=entries.amount,
            indices_array=indices,
            distributions_array=spread,
        )
    factors = system.characterisation
    first = factors.row == 0
    indices = np.zeros(int(first.sum()), dtype=processing.INDICES_DTYPE)
    indices["row"] = indices["col"] = factors.column[first] + flow
    made.add_persistent_vector(
        matrix="characterization_matrix", name="c", data_array=factors.amount[first], indices_array=indices
    )
    return made


def compare(system: MatrixSystem, used: dict[str, float], draws: int) -> None:
    import bw2calc
    import bw_processing

    data = package(system, bw_processing)

    def first() -> Any:
        calculation = bw2calc.LCA({PRODUCT: 1.0}, data_objs=[data])
        calculation.lci()
        calculation.lcia()
        return calculation

    calculation, used_first = timed("bw2calc: load, first inventory and score of one product", first)
    iterative = bw2calc.IterativeLCA({PRODUCT: 1.0}, data_objs=[data], use_distributions=True)
    iterative.lci()
    iterative.lcia()
    count = min(draws, 50)
    _, used_draw = timed(
        f"bw2calc: one of {count} draws, ONE product, IterativeLCA",
        lambda: [next(iterative) for _ in range(count)],
        each=count,
    )
    print(f"  agreement of the scores: {abs(calculation.score / used['score'] - 1.0):.1e}")
    print(f"  first result, all products against one: {used_first / used['one']:.2f} times faster")
    print(f"  a draw, all products against one: {used_draw / used['draw']:.2f} times faster")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    draws = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    system = synthetic_system(count)
    print(f"{count} processes, {len(system.technosphere)} + {len(system.biosphere)} entries, 25 categories")
    used = own(system, draws)
    if importlib.util.find_spec("bw2calc") is None:
        print("  bw2calc is not installed here: no ratios")
        return
    warnings.simplefilter("ignore")
    compare(synthetic_system(count, categories=1), used, draws)


if __name__ == "__main__":
    main()
