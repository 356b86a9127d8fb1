"""Hostile input-output tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.hostile_cases.case import Case, Write

KIND = "input-output table"
NAMES = ("steel", "power", "services")


def square(values: str = "1,2,3", names: tuple[str, ...] = NAMES) -> str:
    """A matrix of sectors whose rows are all the same."""
    return "sector,unit," + ",".join(names) + "\n" + "".join(f"{name},M EUR,{values}\n" for name in names)


DEMAND = "sector,households\n" + "".join(f"{name},100\n" for name in NAMES)
GASES = "stressor,compartment,unit,steel,power,services\nCO2,air,t,1,2,3\n"


def folder(**changed: str | bytes | None) -> Write:
    """A folder of tables, some changed."""
    documents: Mapping[str, str | bytes | None] = {"Z": square(), "Y": DEMAND, "gases": GASES, **changed}

    def write(place: Path) -> Path:
        top = place / "table"
        top.mkdir()
        for name, content in documents.items():
            if content is not None:
                data = content if isinstance(content, bytes) else content.encode()
                (top / f"{name}.csv").write_bytes(data)
        return top

    return write


_MANY = tuple(f"s{n}" for n in range(3_000))
CASES = (
    Case(KIND, "empty matrix", folder(Z=""), "table-header-missing"),
    Case(KIND, "cut off", folder(Z=square()[:-25]), "sector-unmatched", kept=True),
    Case(KIND, "zero bytes", folder(Z=b"\0" * 10_000), "table-header-missing"),
    Case(KIND, "UTF-16 without a mark", folder(Z=square().encode("utf-16-le")), "", kept=True),
    Case(KIND, "bytes of noise", folder(Z=bytes(range(256)) * 400), "file-"),
    Case(KIND, "amounts that are NaN, inf and 1e400", folder(Z=square("NaN,inf,1e400")), "number-invalid", kept=True),
    Case(KIND, "amounts of 1,000,000 digits", folder(Z=square(f"1,2,{'9' * 1_000_000}")), "-"),
    Case(KIND, "12,000 sectors and one row", folder(Z="sector," + ",".join(f"s{n}" for n in range(12_000)) + "\n" + "s1," + ",".join(["1"] * 12_000) + "\n"), "-"),
    Case(KIND, "1,000,000 columns", folder(Z="sector," + "x," * 1_000_000 + "\nx," + "1," * 1_000_000), "-"),
    Case(KIND, "a label of 25 MB", folder(Z=square(names=("x" * 25_000_000, "b", "c"))), "-"),
    Case(KIND, "3,000 sectors of words", folder(Z=square(",".join(["x"] * 3_000), _MANY)), "-"),
    Case(KIND, "300,000 stressors of nothing", folder(gases="stressor,compartment,unit,steel,power,services\n" + "x,air,t,much,2,3\n" * 300_000), "", kept=True),
    Case(KIND, "300,000 stressors that are all one", folder(gases="stressor,compartment,unit,steel,power,services\n" + "CO2,air,t,1,2,3\n" * 300_000), "", kept=True),
    Case(KIND, "sectors without output", folder(Z=square("100,100,100"), Y=DEMAND.replace("100", "0")), "output-missing"),
)  # fmt: skip
