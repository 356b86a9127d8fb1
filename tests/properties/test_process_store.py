"""Whatever a database holds, the store gives it back, and its digest does not depend on how columns are held."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cradlemark.inventory.processes.columns import Coded, Column, coded
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.store import read_processes, write_processes
from cradlemark.inventory.processes.tables import (
    ProcessDatabase,
    Table,
    TableBuilder,
    digest_of_tables,
)

TEXTS = st.one_of(
    st.sampled_from(
        ["", "kg", "\x00", "铜", "e\u0301", "\u202e", "a/b\\c", "\r\n", "😀", "\ud800", "\udfff\ud800"]
    ),
    st.text(max_size=8),
)
VALUES = {
    "text": TEXTS,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(width=64),
}


@st.composite
def databases(draw: st.DrawFn) -> ProcessDatabase:
    tables: dict[str, Table] = {}
    filled = draw(st.sets(st.sampled_from(sorted(SCHEMA)), max_size=3))
    for name, fields in SCHEMA.items():
        builder = TableBuilder(name)
        for _ in range(draw(st.integers(0, 4)) if name in filled else 0):
            builder.add(**{field.name: draw(VALUES[field.kind]) for field in fields})
        tables[name] = builder.table()
    return ProcessDatabase(
        draw(TEXTS),
        draw(st.sampled_from(["", "1"])),
        "",
        "",
        "",
        "declared",
        tables,
        digest_of_tables(tables),
    )


def same(one: Any, other: Any) -> bool:
    return one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other))


@settings(max_examples=60, deadline=None)
@given(databases())
def test_what_is_stored_is_read(made: ProcessDatabase) -> None:
    with tempfile.TemporaryDirectory() as place:
        found = read_processes(write_processes(made, Path(place)), verify=True)
        assert found.digest == made.digest == digest_of_tables(found.tables)
        for name in SCHEMA:
            assert len(found[name]) == len(made[name])
            for row in range(len(made[name])):
                pairs = zip(found[name].row(row).items(), made[name].row(row).items(), strict=True)
                assert all(here[0] == there[0] and same(here[1], there[1]) for here, there in pairs)


@settings(max_examples=60, deadline=None)
@given(databases(), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_how_columns_are_held(made: ProcessDatabase, random: Any) -> None:
    held = {}
    for name, table in made.tables.items():
        columns: dict[str, Column | Coded] = {}
        for field in SCHEMA[name]:
            column = table.columns[field.name]
            columns[field.name] = column
            if isinstance(column, tuple) and random.random() < 0.7:
                columns[field.name] = shuffled(coded(column), random)
        held[name] = Table(name, columns)
    assert digest_of_tables(held) == made.digest


def shuffled(column: Coded, random: Any) -> Coded:
    """The same texts with other numbers, one of them without a row."""
    values = [*column.values, "nobody has this"]
    random.shuffle(values)
    places = np.array([values.index(text) for text in column.values], np.int32)
    codes = places[column.codes] if column.codes.size else column.codes
    return Coded(codes, tuple(values))
