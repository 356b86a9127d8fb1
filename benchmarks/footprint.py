"""Speed of the main job: cold process for 200 and 10,000 BOM lines, recalculation in process.

Prints figures, judges nothing. Run it with ``make bench``; on a busy machine compare only ratios within one run.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MATERIALS = (
    "PA66 V0", "PA66-GF30 V0", "PBT GF20", "ABS", "PP", "PC", "POM", "CuZn37", "H62黄铜", "CuSn6", "T2紫铜带", "1.4310",
    "SUS301弹簧带", "304不锈钢", "Q235钢板", "SPCC冷轧板", "DC01", "镀锌钢板", "ADC12", "6061-T6", "EN AC-46000", "瓦楞纸箱",
    "PE袋", "锡", "镍", "锌", "EPDM", "橡胶", "玻璃", "PET",
)  # fmt: skip
STUDY = """\
id = "bench"
title = { en = "Benchmark", zh = "基准测试" }
boundary = "cradle_to_gate"
period = "2025"
rule_pack = "iso-14067-2018"
place = "CN"
bom = "bom.csv"

[product]
name = { en = "Assembly", zh = "总成" }
mass = "1 kg"
holder = { name = { en = "Maker", zh = "厂家" } }

[unit]
declared = "1 piece"

[[parameters]]
name = "cycle_energy"
value = { value = 0.02, unit = "kWh", gsd = 1.1 }

[[inbound]]
distance = "300 km"
mode = "truck"

[[operations]]
id = "assembly"
name = { en = "Assembly", zh = "装配" }
per = "declared_unit"
energy = [{ carrier = "electricity", amount = { formula = "cycle_energy * 3", unit = "kWh" } }]
"""


def write_study(folder: Path, lines: int) -> None:
    """Write a study of so many BOM lines; texts carry dimensions, so that most of them differ."""
    random.seed(lines)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    with (folder / "bom.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("part number", "name", "quantity", "unit", "material", "net weight [g]", "yield [%]")
        )
        for number in range(lines):
            text = f"{random.choice(MATERIALS)} {random.choice((0.5, 0.8, 1.0, 1.5, 2.0))}mm"
            mass = round(random.lognormvariate(1.0, 1.0), 4)
            writer.writerow(
                (
                    f"P{number:05d}",
                    f"Part {number}",
                    random.randint(1, 4),
                    "pcs",
                    text,
                    mass,
                    random.randint(80, 99),
                )
            )


PRODUCTS = (
    ("hot rolled steel", "热轧钢"), ("steel, low-alloyed", "低合金钢"), ("brass", "黄铜"), ("copper, cathode", "阴极铜"),
    ("polyamide 66, glass-filled", "玻纤增强尼龙66"), ("polypropylene, granulate", "聚丙烯"), ("polycarbonate", "聚碳酸酯"),
    ("aluminium alloy, ADC12", "铝合金"), ("zinc", "锌"), ("tin", "锡"), ("corrugated board box", "瓦楞纸箱"),
    ("polyethylene, high density, granulate", "高密度聚乙烯"), ("stainless steel, 304", "不锈钢"), ("nickel", "镍"),
    ("electricity, medium voltage", "电力"), ("synthetic rubber", "合成橡胶"), ("flat glass", "平板玻璃"),
    ("polyethylene terephthalate", "聚对苯二甲酸乙二醇酯"), ("acetone, liquid", "丙酮"), ("cast iron", "铸铁"),
)  # fmt: skip
PLACES = ("CN", "DE", "US", "GLO", "RoW", "CN-GD", "FR", "RER", "JP", "IN")


def import_synthetic(count: int) -> float:
    """Store a database of so many processes with names as real ones have; time of its first use [s]."""
    import attrs
    import numpy as np
    from process_store import synthetic_processes

    from cradlemark.inventory.processes.columns import coded
    from cradlemark.inventory.processes.imported import imported_database
    from cradlemark.inventory.processes.store import find_processes, write_processes
    from cradlemark.inventory.processes.tables import digest_of_tables

    made = synthetic_processes(count)
    random.seed(count)
    names = [
        PRODUCTS[random.randrange(len(PRODUCTS))] if random.random() < 0.3 else ("", "") for _ in range(count)
    ]
    flows, processes = made["flows"], made["processes"]
    other = np.arange(count)
    english = [
        f"{en}, grade {i % 7}" if en else f"compound {i}, at plant"
        for i, (en, _) in zip(other, names, strict=True)
    ]
    chinese = [zh or f"化合物{i}" for i, (_, zh) in zip(other, names, strict=True)]
    rest = len(flows) - count
    tables = dict(made.tables)
    tables["flows"] = flows.replace(
        name_en=(*english, *flows.texts("name_en")[count:]), name_zh=(*chinese, *("",) * rest)
    )
    tables["processes"] = processes.replace(
        name_en=tuple(f"{name} production" for name in english),
        location=coded([PLACES[i % len(PLACES)] for i in range(count)]),
        valid_from=coded([str(2005 + i % 20) for i in range(count)]),
    )
    write_processes(attrs.evolve(made, tables=tables, digest=digest_of_tables(tables)))
    start = time.perf_counter()
    imported_database(find_processes("synthetic"))
    return time.perf_counter() - start


def cold(folder: Path, runs: int) -> tuple[float, float]:
    """Median wall time [s] and largest memory [MB] of the whole command in a new process."""
    command = [
        sys.executable,
        "-m",
        "cradlemark",
        "footprint",
        str(folder),
        "--draws",
        "2000",
        "--allow-gaps",
        "--json",
    ]
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def recalculation(folder: Path, runs: int) -> float:
    """Median time of a recalculation after a parameter change, in process [ms]."""
    from cradlemark.cli.opening import open_model

    model = open_model(folder)
    model.climate()
    times = []
    for run in range(runs):
        start = time.perf_counter()
        model.climate({"parameters[cycle_energy].value": 0.02 + 0.0001 * run})
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main() -> None:
    """Print the figures of all sizes."""
    print(f"python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as name:
        for lines, runs in ((200, 5), (10_000, 3)):
            folder = Path(name) / str(lines)
            folder.mkdir()
            write_study(folder, lines)
            seconds, memory = cold(folder, runs)
            print(f"{lines:>6} BOM lines, cold process, 2,000 draws: {seconds:.2f} s, {memory:.0f} MB")
            print(f"{lines:>6} BOM lines, recalculation in process:  {recalculation(folder, 50):.2f} ms")
        imported(Path(name), 20_000)


def imported(folder: Path, count: int) -> None:
    """Print the figures of a study of 200 lines beside an imported database."""
    os.environ["CRADLEMARK_HOME"] = str(folder / "home")
    first = import_synthetic(count)
    study = folder / "200"
    text = (study / "study.toml").read_text("utf-8")
    (study / "study.toml").write_text('databases = ["synthetic"]\n' + text, encoding="utf-8")
    seconds, memory = cold(study, 5)
    print(f"{count:>6} imported processes, first use (solve, recognise names, keep): {first:.2f} s")
    print(f"{count:>6} imported processes, 200 BOM lines, cold process: {seconds:.2f} s, {memory:.0f} MB")
    print(f"{count:>6} imported processes, recalculation in process: {recalculation(study, 50):.2f} ms")


if __name__ == "__main__":
    main()
