"""Files that an attacker, or a broken program, hands in as a background database: for every format the same family."""

from __future__ import annotations

from benchmarks.hostile_cases import (
    brightway,
    containers,
    ecospold,
    ilcd,
    input_output,
    openlca,
    simapro,
    tables,
)
from benchmarks.hostile_cases.case import Case

CASES: tuple[Case, ...] = (
    *containers.CASES, *openlca.CASES, *ecospold.CASES, *ilcd.CASES, *simapro.CASES, *brightway.CASES, *tables.CASES,
    *input_output.CASES,
)  # fmt: skip
"""All cases, in the order of the table in the documentation."""

__all__ = ["CASES", "Case"]
