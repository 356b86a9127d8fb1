"""A bill of materials as a JSON document: what was read, how, and what is wrong."""

from __future__ import annotations

from typing import Any

import attrs

from cradlemark.core.errors import Problem
from cradlemark.product.bom import BillOfMaterials, BomLine, Column
from cradlemark.product.study import Value


def bill_document(bill: BillOfMaterials) -> dict[str, Any]:
    """Return the bill as plain tables, lists and values; empty values are left out, nulls are not zeros."""
    return {
        "file": bill.file,
        "sheet": bill.sheet,
        "encoding": bill.encoding,
        "delimiter": bill.delimiter,
        "decimal": bill.decimal,
        "mapping": {
            "header_row": bill.mapping.header_row,
            "header_rows": bill.mapping.header_rows,
            "columns": [_column(column) for column in bill.mapping.columns],
            "ambiguous": [attrs.asdict(text) for text in bill.mapping.ambiguous],
        },
        "lines": [_line(line) for line in bill.lines],
        "skipped": [{"where": str(row.where), "reason": attrs.asdict(row.reason)} for row in bill.skipped],
        "problems": [_problem(problem) for problem in bill.problems],
        "warnings": [_problem(problem) for problem in bill.warnings],
        "notes": [_problem(problem) for problem in bill.notes],
    }


def _column(column: Column) -> dict[str, Any]:
    document = attrs.asdict(column)
    document["column"] = column.letter
    del document["index"]
    return document


def _problem(problem: Problem) -> dict[str, Any]:
    return attrs.asdict(problem)


def _line(line: BomLine) -> dict[str, Any]:
    document: dict[str, Any] = {"where": str(line.where), "level": line.level}
    for field in attrs.fields(BomLine):
        value = getattr(line, field.name)
        if field.name in ("where", "level", "name", "extra") or value in (None, "", (), False):
            continue
        if isinstance(value, Value):
            document[field.name] = {"value": value.magnitude, "unit": value.unit}
        else:
            document[field.name] = list(value) if isinstance(value, tuple) else value
    if line.name:
        document["name"] = line.name.as_dict()
    if line.extra:
        document["extra"] = [list(pair) for pair in line.extra]
    return document
