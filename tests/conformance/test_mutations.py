"""Bytes of the examples are changed at random: the answer is a result or a refusal, never a fault."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_MEMORY = 300.0
"""Peak resident memory of all runs of one process [MB]."""

LOOP = """
import contextlib, io, json, random, sys, traceback, zipfile
from pathlib import Path
from cradlemark.cli.main import run

MARKS = bytes([34, 39, 92, 10, 9]) + b"=[]{}().,;:<>/#*+-eE0179 "

def mutated(content, chance):
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place = chance.randrange(max(len(data), 1))
        match chance.randrange(6):
            case 0: data[place : place + 1] = bytes([chance.randrange(256)])
            case 4 | 5: data[place : place + 1] = bytes([chance.choice(MARKS)])
            case 1: del data[place : place + chance.choice((1, 1, 7, 200))]
            case 2: data[place:place] = bytes(data[place : place + 40])
            case _: data[place : place + 1] = bytes([(data[place] if data else 0) ^ 1 << chance.randrange(8)])
    return bytes(data)

def repacked(content, chance):
    # A sound container around a broken part: what the check sums of a container would otherwise hide.
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = chance.choice([name for name in old.namelist() if "sheet" in name or "workbook" in name])
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, mutated(part, chance) if name == chosen else part)
    return made.getvalue()

source, target, count, *words = sys.argv[1:]
content, faults, codes = Path(source).read_bytes(), [], {}
for number in range(int(count)):
    chance = random.Random(f"{Path(source).name} {number}")
    change = repacked if content.startswith(b"PK") and number % 4 else mutated
    Path(target).write_bytes(change(content, chance))
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = run(words)
    except BaseException:
        code = "fault"
        faults.append([number, traceback.format_exc()[-1500:]])
    codes[str(code)] = codes.get(str(code), 0) + 1
# The system's own peak of this program; that of getrusage begins with the memory of whoever started it.
status = Path("/proc/self/status")
peak = int(status.read_text().partition("VmHWM:")[2].split()[0]) if status.exists() else 0
print(json.dumps([faults, codes, peak / 1024]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("die-cast-housing/study.toml", "study.toml", ["footprint", "{folder}", "--draws", "0"]),
        ("die-cast-housing/form.xlsx", "study.xlsx", ["footprint", "{folder}/study.xlsx", "--draws", "0"]),
        ("terminal-block/bom.xlsx", "bom.xlsx", ["bom", "{folder}/bom.xlsx"]),
        ("die-cast-housing/bom.csv", "bom.csv", ["bom", "{folder}/bom.csv"]),
        ("dyed-cotton-fabric/bom.json", "bom.json", ["bom", "{folder}/bom.json"]),
        ("dyed-cotton-fabric/factors.csv", "factors.csv", ["data", "check", "{folder}/factors.csv"]),
    ],
    ids=["study", "form", "workbook", "text", "json", "factors"],
)
def test_mutated_example_gives_a_result_or_a_refusal(
    tmp_path: Path, source: str, target: str, words: list[str]
) -> None:
    for file in (ROOT / "examples" / source).parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    if source.endswith("form.xlsx"):
        from cradlemark.product.readers.study_file import read_study
        from cradlemark.product.writers.study_workbook import write_study_workbook

        write_study_workbook(read_study(ROOT / "examples/die-cast-housing"), tmp_path / "form.xlsx", "en")
    original = tmp_path / Path(source).name if source.endswith("form.xlsx") else ROOT / "examples" / source
    named = [word.format(folder=tmp_path) for word in words]
    done = subprocess.run(
        [sys.executable, "-c", LOOP, str(original), str(tmp_path / target), "60", *named],
        capture_output=True, check=True, timeout=300,
    )  # fmt: skip
    faults, codes, megabytes = json.loads(done.stdout)
    print(source, codes, f"{megabytes:.0f} MB")
    assert faults == []
    assert set(codes) <= {"0", "2"}
    assert megabytes < MOST_MEMORY
