"""Size and speed of a stored database of processes, made up with the structure of a real one.

    python benchmarks/process_store.py [processes] [draws]

Writes a database of `processes` (20,000) with all its exchanges to a temporary folder and prints processor time and
wall time of writing it, loading it up to the engine's matrices, solving it once and taking the kept intensities, and of
making `draws` (100) draws and evaluating a product of 200 lines on them; judges nothing.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.synthetic_database import synthetic_system

from cradlemark.engine.background_draws import product_draws
from cradlemark.engine.foreground import Foreground, solve_foreground
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.inventory.processes.characterise import climate_factors, own_factors
from cradlemark.inventory.processes.columns import Coded, Column, coded
from cradlemark.inventory.processes.draws import process_draws
from cradlemark.inventory.processes.matrix_system import matrix_system
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.store import read_processes, write_processes
from cradlemark.inventory.processes.stored_intensities import solved_intensities
from cradlemark.inventory.processes.tables import ProcessDatabase, Table, digest_of_tables

Result = TypeVar("Result")
PLACES = ("CN", "DE", "US", "GLO", "RoW", "RER", "FR", "IN")


def timed(name: str, work: Callable[[], Result]) -> Result:
    """Do it and print what it took."""
    start, processor = time.perf_counter(), time.process_time()
    result = work()
    wall, used = time.perf_counter() - start, time.process_time() - processor
    print(f"  {name:<66}{used * 1e3:9.1f} ms processor {wall * 1e3:9.1f} ms")
    return result


def identifiers(name: str, count: int) -> tuple[str, ...]:
    """As many identifiers as a real source would have."""
    return tuple(str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {index}")) for index in range(count))


def table(name: str, /, **columns: Column | Coded) -> Table:
    """A table with these columns, the others absent."""
    rows = len(next(iter(columns.values()))) if columns else 0
    absent: dict[str, Column | Coded] = {
        "text": Coded(np.zeros(rows, np.int32), ("",)),
        "number": np.full(rows, np.nan),
        "integer": np.full(rows, -1, np.int64),
    }
    return Table(name, {field.name: columns.get(field.name, absent[field.kind]) for field in SCHEMA[name]})


def synthetic_processes(count: int, *, uncertain: float = 0.9, seed: int = 1) -> ProcessDatabase:
    """A stored form of `synthetic_system`: the same entries as exchanges, linked, lognormal for the most part."""
    return database_of(synthetic_system(count, seed=seed), uncertain=uncertain, seed=seed)


def database_of(system: MatrixSystem, *, uncertain: float = 0.9, seed: int = 1) -> ProcessDatabase:
    """Tables of a system of matrices."""
    count, flows = len(system.processes), len(system.flows)
    tables = {name: table(name) for name in SCHEMA}
    tables["processes"] = _processes(count)
    tables["flows"], tables["flow_properties"] = _flows(system)
    tables["exchanges"], technosphere, biosphere = _exchanges(system, uncertain, seed)
    everyone = np.arange(count)
    reference = is_reference(system)
    made = np.bincount(
        system.technosphere.row[reference], system.technosphere.amount[reference], minlength=count
    )
    tables["activities"] = table(
        "activities", process=everyone, flow=everyone, amount=made,
        allocation=Coded(np.zeros(count, np.int32), ("single",)), share=np.ones(count),
    )  # fmt: skip
    tables["technosphere"] = table(
        "technosphere", row=system.technosphere.row, column=system.technosphere.column,
        amount=system.technosphere.amount, exchange=technosphere,
    )  # fmt: skip
    tables["biosphere"] = table(
        "biosphere", flow=count + system.biosphere.row, column=system.biosphere.column,
        direction=Coded(np.zeros(len(system.biosphere), np.int32), ("output",)),
        amount=system.biosphere.amount, exchange=biosphere,
    )  # fmt: skip
    categories = system.categories
    tables["impact_categories"] = table(
        "impact_categories", id=identifiers("category", len(categories)), name_en=categories,
        unit=Coded(np.zeros(len(categories), np.int32), ("kg CO2e",)),
    )  # fmt: skip
    factors = system.characterisation
    tables["characterisation"] = table(
        "characterisation", category=factors.row, value=factors.amount,
        flow=Coded(factors.column.astype(np.int32), identifiers("elementary", flows)),
    )  # fmt: skip
    return ProcessDatabase(
        "synthetic", "1", "CC0", "benchmark", "made up", "declared", tables, digest_of_tables(tables)
    )


def is_reference(system: MatrixSystem) -> NDArray[np.bool_]:
    """Which entries of the technosphere are what a process makes, or the waste it treats; it may use some of its own."""
    entries = system.technosphere
    return (entries.row == entries.column) & ((entries.amount > 0.0) != system.waste[entries.row])


def _processes(count: int) -> Table:
    return table(
        "processes", id=identifiers("process", count),
        name_en=tuple(f"production of thing {index}, at plant" for index in range(count)),
        name_zh=tuple(f"产品{index}的生产" for index in range(count)),
        kind=Coded(np.zeros(count, np.int32), ("unit_process",)),
        category=coded(f"sector {index % 400}/branch {index % 20}" for index in range(count)),
        location=coded(PLACES[index % len(PLACES)] for index in range(count)),
        description=tuple(f"Process {index} makes thing {index} as described in report {index % 50}." for index in range(count)),
        usable=np.ones(count, np.int64),
    )  # fmt: skip


def _flows(system: MatrixSystem) -> tuple[Table, Table]:
    count, flows = len(system.processes), len(system.flows)
    mass = identifiers("property", 1)[0]
    together = count + flows
    gases = {0: "124-38-9", 1: "74-82-8", 2: "10024-97-2"}
    made = table(
        "flows", id=identifiers("product", count) + identifiers("elementary", flows),
        name_en=tuple(f"thing {index}" for index in range(count)) + tuple(f"substance {index}" for index in range(flows)),
        kind=Coded((np.arange(together) >= count).astype(np.int32), ("product", "elementary")),
        category=coded(["goods"] * count + [("emission/air", "emission/water", "emission/soil")[index % 3] for index in range(flows)]),
        cas=coded([""] * count + [gases.get(index // 3, f"{index}-00-0") for index in range(flows)]),
        unit=Coded(np.zeros(together, np.int32), ("kg",)), property=Coded(np.zeros(together, np.int32), (mass,)),
    )  # fmt: skip
    zeros = np.zeros(together, np.int32)
    return made, table(
        "flow_properties", flow=np.arange(together), property=Coded(zeros, (mass,)), name=Coded(zeros, ("Mass",)),
        unit=Coded(zeros, ("kg",)), factor=np.ones(together),
    )  # fmt: skip


def _exchanges(
    system: MatrixSystem, uncertain: float, seed: int
) -> tuple[Table, NDArray[np.int64], NDArray[np.int64]]:
    """Exchanges in the order of the processes, and the row of each entry."""
    products, emissions, count = system.technosphere, system.biosphere, len(system.processes)
    process = np.concatenate([products.column, emissions.column])
    order = np.argsort(process, kind="stable")
    row = np.empty_like(order)
    row[order] = np.arange(order.size)
    amount = np.concatenate([np.abs(products.amount), emissions.amount])[order]
    made = np.concatenate([is_reference(system), np.zeros(len(emissions), np.bool_)])[order]
    emitted = (np.arange(process.size) >= len(products))[order]
    source = np.random.default_rng(seed)
    spread = ~made & (source.random(order.size) < uncertain)
    provider = np.concatenate([products.row, np.full(len(emissions), -1)])[order]
    role = np.where(made, 0, np.where(emitted, 2, 1)).astype(np.int32)
    return (
        table(
            "exchanges", process=process[order], number=np.arange(order.size), amount=amount, source_amount=amount,
            flow=np.concatenate([products.row, count + emissions.row])[order], factor=np.ones(order.size),
            direction=Coded((role != 1).astype(np.int32), ("input", "output")),
            role=Coded(role, ("reference", "input", "emission")),
            source_unit=Coded(np.zeros(order.size, np.int32), ("kg",)),
            declared_provider=Coded(np.where(provider >= 0, provider, count).astype(np.int32), (*identifiers("process", count), "")),
            pedigree=Coded(np.where(spread, source.integers(0, 3, order.size), 3).astype(np.int32), ("(2;1;3;1;4)", "(1;1;1;1;1)", "(4;3;2;1;2)", "")),
            distribution=Coded(spread.astype(np.int32), ("", "lognormal")),
            p1=np.where(spread, amount, np.nan), p2=np.where(spread, np.exp(0.05 + 0.1 * source.random(order.size)), np.nan),
            link=Coded(np.where(role == 1, 1, 0).astype(np.int32), ("", "default_provider")),
            provider=np.where(made, -1, provider),
        ),
        row[: len(products)],
        row[len(products) :],
    )  # fmt: skip


def loaded(folder: Path | str) -> MatrixSystem:
    """From the folder to the engine's matrices, every file that is read compared with its SHA-256."""
    database = read_processes(Path(folder))
    return matrix_system(database, (climate_factors(database, "AR6"), own_factors(database)))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    draws = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    database = timed(f"made up {count:,} processes", lambda: synthetic_processes(count))
    sizes = {name: len(part) for name, part in database.tables.items()}
    print("  " + ", ".join(f"{rows:,} {name}" for name, rows in sizes.items() if rows))
    with tempfile.TemporaryDirectory() as place:
        folder = timed("written", lambda: write_processes(database, Path(place)))
        print(f"  {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB")
        for turn in ("first", "second", "third"):
            system = timed(f"loaded up to the matrices with names, {turn} time", lambda: loaded(folder))
        print(
            f"  {len(system.technosphere):,} technosphere, {len(system.biosphere):,} biosphere entries, "
            f"{len(system.flows):,} flows, {len(system.categories)} categories"
        )
        fresh = "import sys; from benchmarks.process_store import loaded; loaded(sys.argv[1])"
        timed("loaded by a new Python, with starting it and all libraries", lambda: run(fresh, folder))
        timed("read and verified as a whole", lambda: read_processes(folder, verify=True))
        use_intensities(folder)
        use_draws(folder, draws)
    print(f"  largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def run(code: str, folder: Path) -> None:
    """Run in a Python of its own."""
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=Path(__file__).parents[1], check=True)


def use_intensities(folder: Path) -> None:
    """Solve once, take again, solve a study's foreground against them."""
    for state in ("solved and kept", "kept ones taken"):
        solved = timed(
            f"intensities of all products and categories, {state}",
            lambda: solved_intensities(read_processes(folder), folder=folder),
        )
    categories, count = solved.values.shape
    lines = np.random.default_rng(1).integers(0, count, 200)
    study = Foreground([[1.0]], Entries(lines, np.zeros(200, int), np.ones(200)), np.zeros((categories, 1)))
    timed("a study of 200 lines on them, all categories", lambda: solve_foreground(study, solved.values))


def use_draws(folder: Path, draws: int) -> None:
    """Draw once, take again, evaluate products."""
    timed("loops compiled", lambda: process_draws(read_processes(folder), folder, draws=8, seed=2))
    for state in ("made and kept", "kept ones taken"):
        made = timed(
            f"{draws} draws of all products, one category, {state}",
            lambda: process_draws(read_processes(folder), folder, draws=draws),
        )
    lines = np.random.default_rng(1).integers(0, made.central.size, 200)
    amounts = np.random.default_rng(2).lognormal(0.0, 0.1, (draws, 200))
    for turn in ("first", "second"):
        timed(
            f"a product of 200 lines on {draws} draws, {turn} time",
            lambda: product_draws(made.values, lines, amounts),
        )
    timed("the same lines with their SHA-256 compared", lambda: made.of(lines))


if __name__ == "__main__":
    main()
