"""Speed of the main job: cold process for 200 and 10,000 BOM lines, recalculation in process.

Prints figures, judges nothing. Run it with ``make bench``; on a busy machine compare only ratios within one run.
"""

from __future__ import annotations

import csv
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


if __name__ == "__main__":
    main()
