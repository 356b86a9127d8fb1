"""Whatever is done to EcoSpold documents: they are read and accounted for, or refused with a code; never anything else."""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.ecospold_databases import database1, database2

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.process_databases import import_processes

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
MADE = {"xml": database1(7, 6)[0], "spold": database2(7, 6)[3]}
VALUES = (
    "",
    "NaN",
    "-INF",
    "1,5",
    "1e999",
    "0",
    "-1",
    "x" * 300,
    "9" * 400,
    "é\u202e",
    "true",
    "4",
    "&#0;",
    "&lt;a&gt;",
    "\t",
)
ATTRIBUTE = re.compile(r'\s([\w:]+)="([^"]*)"')
ELEMENT = re.compile(r"<(\w+)[^<>]*/>|<(\w+)[^<>]*>[^<>]*</\2>")


def account(name: str, content: bytes) -> None:
    """Import a document; every exchange is accounted for, or it is refused with a code."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            done = import_processes(path)
        except InputError:
            return
        assert done.report.balanced
        again = import_processes(path)
        assert again.database.digest == done.database.digest


def changed(text: str, rng: random.Random, times: int) -> str:
    """A document with attributes set to odd values, and elements left out or repeated."""
    for _ in range(times):
        pattern = rng.choice((ATTRIBUTE, ATTRIBUTE, ELEMENT))
        found = rng.choice(list(pattern.finditer(text)) or [None])
        if found is None:
            return text
        if pattern is ATTRIBUTE:
            new = rng.choice(("", f' {found.group(1)}="{rng.choice(VALUES)}"'))
        else:
            new = rng.choice(("", found.group() * 2, f"{found.group()}text"))
        text = text[: found.start()] + new + text[found.end() :]
    return text


@pytest.mark.parametrize("ending", sorted(MADE))
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), times=st.integers(1, 30))
def test_odd_values_and_missing_parts(ending: str, seed: int, times: int) -> None:
    account(f"x.{ending}", changed(MADE[ending], random.Random(seed), times).encode())


@pytest.mark.parametrize("ending", sorted(MADE))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_bytes_that_were_damaged(ending: str, data: st.DataObject) -> None:
    content = bytearray(MADE[ending].encode())
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    account(f"x.{ending}", bytes(content[: data.draw(st.integers(1, len(content)))]))


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not beside this checkout")
@pytest.mark.parametrize("name", ["ecospold1/olca_example.xml", "ecospold2/sample_ecospold2.spold"])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_samples_of_another_system_changed(name: str, seed: int) -> None:
    text = (SAMPLES / name).read_text(encoding="utf-8-sig")
    account(Path(name).name, changed(text, random.Random(seed), 8).encode())
