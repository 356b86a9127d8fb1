"""Time and memory of importing large process databases.

    python benchmarks/process_import.py [folder of samples] [processes of the made-up source]

Three sources are written to a temporary folder and each is imported by a Python of its own: the USLCI sample 16 times
over (624 processes, openLCA JSON-LD), the TianGong sample 133 times over (3,990 processes, ILCD), and a made-up source of
20,000 processes with all their exchanges (openLCA JSON-LD). Processor time, wall time and the largest memory are
printed; judges nothing. The samples are read from ../shared beside the checkout unless another folder is named.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
USLCI = "openlca_jsonld/uslci_2020q3_subset.zip"
TIANGONG = "ilcd_tiangong/tiangong_subset_ilcd.zip"


def multiplied(source: Path, target: Path, times: int, is_copied: Callable[[str, bytes], bool]) -> None:
    """Write an archive with its processes and products several times over, each time with identifiers of their own."""
    with zipfile.ZipFile(source) as archive:
        documents = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    copied = {name: content for name, content in documents.items() if is_copied(name, content)}
    own = {match.group(0) for name in copied for match in UUID.finditer(name.encode())}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in documents.items():
            archive.writestr(name, content)
        for turn in range(1, times):
            new = {one: str(uuid.uuid5(uuid.NAMESPACE_OID, f"{one.decode()} {turn}")).encode() for one in own}
            for name, content in copied.items():
                archive.writestr(renamed(name.encode(), new).decode(), renamed(content, new))


def renamed(content: bytes, new: dict[bytes, bytes]) -> bytes:
    """The same with other identifiers."""
    return UUID.sub(lambda match: new.get(match.group(0), match.group(0)), content)


def of_openlca(name: str, content: bytes) -> bool:
    """Processes and the products they make."""
    return "processes/" in name or ("flows/" in name and b"PRODUCT_FLOW" in content)


def of_ilcd(name: str, content: bytes) -> bool:
    """Processes and the products they make."""
    return "/processes/" in name or ("/flows/" in name and b"Product flow" in content)


def made_up(target: Path, count: int, *, flows: int = 3000) -> None:
    """An openLCA archive with the structure of a real background database."""
    from benchmarks.synthetic_database import synthetic_system

    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, document in documents(synthetic_system(count, flows=flows)):
            archive.writestr(f"{name}.json", json.dumps(document))


def identifier(kind: str, number: int) -> str:
    """An identifier as a real source would have it."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {number}"))


def documents(system: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Documents of the source, by name."""
    mass, group = identifier("property", 0), identifier("group", 0)
    kilogram = {"@id": identifier("unit", 0), "name": "kg", "conversionFactor": 1.0, "isRefUnit": True}
    yield f"unit_groups/{group}", {"@id": group, "name": "Units of mass", "units": [kilogram]}
    yield f"flow_properties/{mass}", {"@id": mass, "name": "Mass", "unitGroup": {"@id": group}}
    measured = [{"flowProperty": {"@id": mass}, "conversionFactor": 1.0, "isRefFlowProperty": True}]
    for kind, count in (("product", len(system.products)), ("elementary", len(system.flows))):
        for number in range(count):
            flow = identifier(kind, number)
            yield f"flows/{flow}", {
                "@id": flow, "name": f"{kind} {number}", "flowProperties": measured, "flowType": _flow_type(system, kind, number),
                "category": "emission/air" if kind == "elementary" else "goods",
                "cas": {0: "124-38-9", 1: "74-82-8"}.get(number, "") if kind == "elementary" else "",
            }  # fmt: skip
    yield from _processes(system)


def _flow_type(system: Any, kind: str, number: int) -> str:
    if kind == "elementary":
        return "ELEMENTARY_FLOW"
    return "WASTE_FLOW" if system.waste[number] else "PRODUCT_FLOW"


def _processes(system: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    bought, emitted = by_process(system.technosphere), by_process(system.biosphere)
    for process in range(len(system.processes)):
        name = identifier("process", process)
        exchanges = [_exchange(system, process, row, amount) for row, amount in bought(process)]
        exchanges += [
            {"flow": {"@id": identifier("elementary", row)}, "amount": amount} | spread(amount)
            for row, amount in emitted(process)
        ]
        for number, exchange in enumerate(exchanges, start=1):
            exchange["internalId"] = number
        yield f"processes/{name}", {
            "@id": name, "name": f"production of thing {process}", "processType": "UNIT_PROCESS",
            "description": f"Made up. Process {process} of {len(system.processes)}.", "exchanges": exchanges,
        }  # fmt: skip


def by_process(entries: Any) -> Callable[[int], Iterator[tuple[int, float]]]:
    """Rows and amounts of the entries of a process."""
    order = np.argsort(entries.column, kind="stable")
    starts = np.searchsorted(entries.column[order], np.arange(entries.column.max() + 2))

    def of(process: int) -> Iterator[tuple[int, float]]:
        places = order[starts[process] : starts[process + 1]]
        yield from zip(entries.row[places].tolist(), entries.amount[places].tolist(), strict=True)

    return of


def _exchange(system: Any, process: int, row: int, amount: float) -> dict[str, Any]:
    waste = bool(system.waste[row])
    flow: dict[str, Any] = {"flow": {"@id": identifier("product", row)}, "amount": abs(amount)}
    if row == process and (amount > 0) != waste:  # otherwise it uses some of its own product
        return flow | {"isQuantitativeReference": True, "isInput": waste}
    provider = {"defaultProvider": {"@id": identifier("process", row)}} | spread(abs(amount))
    if amount > 0 and not waste:
        return flow | provider | {"isInput": True, "isAvoidedProduct": True}
    return flow | provider | {"isInput": not waste}


def spread(amount: float) -> dict[str, Any]:
    """A lognormal around an amount."""
    return {
        "uncertainty": {
            "distributionType": "LOG_NORMAL_DISTRIBUTION",
            "geomMean": amount,
            "geomSd": 1.1,
        }
    }


def measure(source: Path) -> None:
    """Import a source and store it; print what it took."""
    from cradlemark.inventory.importers.process_databases import import_processes
    from cradlemark.inventory.processes.store import write_processes

    start, processor = time.perf_counter(), time.process_time()
    done = import_processes(source, database_id="benchmark")
    read, used = time.perf_counter() - start, time.process_time() - processor
    with tempfile.TemporaryDirectory() as place:
        start, processor = time.perf_counter(), time.process_time()
        write_processes(done.database, Path(place), report=done.report.as_document())
        stored, storing = time.perf_counter() - start, time.process_time() - processor
    counts = done.report.counts
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {source.name:<16}{counts['processes stored']:>8,} processes {counts['exchanges read']:>9,} exchanges: imported in "
        f"{used:6.1f} s processor, {read:6.1f} s; stored in {storing:4.1f} s, {stored:4.1f} s; {memory:5.0f} MB; "
        f"adds up: {done.report.balanced}"
    )


def main() -> None:
    samples = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data" / "samples"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        multiplied(samples / USLCI, folder / "uslci.zip", 16, of_openlca)
        multiplied(samples / TIANGONG, folder / "tiangong.zip", 133, of_ilcd)
        made_up(folder / "made_up.zip", count)
        for name in ("uslci.zip", "tiangong.zip", "made_up.zip"):
            code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pathlib import Path; from benchmarks.process_import import measure; measure(Path(sys.argv[1]))"
            subprocess.run([sys.executable, "-c", code, str(folder / name)], check=True)


if __name__ == "__main__":
    main()
