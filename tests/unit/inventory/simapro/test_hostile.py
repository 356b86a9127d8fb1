"""Exports that are damaged or hostile: refused or read with what is good, fast and without filling the memory."""

from __future__ import annotations

import importlib.util
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.import_reports import unread
from tests.machine import within

from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.inventory.importers.process_databases import import_processes

_SPEC = importlib.util.spec_from_file_location("simapro_exports", Path(__file__).with_name("exports.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
exports = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(exports)
SAMPLES = exports.SAMPLES
LIMITED = r"""
import re, sys, time
from pathlib import Path
from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.process_databases import import_processes
start = time.process_time()
try:
    codes = ",".join(sorted({p.code for p in import_processes(sys.argv[1]).report.problems}))
except InputError as error:
    codes = error.code + "," + ",".join(re.findall(r"\[([a-z-]+)\]", str(error)))
print(codes or "none", time.process_time() - start, re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""
HEAD = "\n".join(exports.header()) + "\n"
GOOD = "\n".join(exports.process("good", {"Products": ["Good;kg;1;100;x;y;"]})) + "\n"
ROW = "Carbon dioxide;;kg;1;Undefined;0;0;0;\n"
PROCESS = "Process\n\nProcess identifier\nbad\n\nProducts\nBad;kg;1;100;x;y;\n\nEmissions to air\n"
FORMULA = "Carbon dioxide;;kg;{};Undefined;0;0;0;\n"


def made(kind: str) -> str:
    return {
        "one line": HEAD + "x" * 3_000_000,
        "header": HEAD[:9] + "{SimaPro 9: x}\n" * 100_000,
        "rows": HEAD + GOOD + PROCESS + ROW * 250_000 + "\nEnd\n",
        "cells": HEAD + GOOD + PROCESS + (";a" * 400_000 + "\n") * 20 + "\nEnd\n",
        "quotes": HEAD + GOOD + PROCESS + ('"' + "a;" * 20 + "\n" + "b\n" * 2_500) * 30 + "\nEnd\n",
        "brackets": HEAD + GOOD + PROCESS + FORMULA.format("(" * 900 + "1" + ")" * 900) * 50 + "\nEnd\n",
        "powers": HEAD + GOOD + PROCESS + FORMULA.format("9^9^9^9^9^9") * 50 + "\nEnd\n",
        "digits": HEAD + GOOD + PROCESS + FORMULA.format("9" * 400_000) * 2 + "\nEnd\n",
        "formula": HEAD + GOOD + PROCESS + FORMULA.format("+".join(["1"] * 200_000)) * 2 + "\nEnd\n",
        "blocks": HEAD + GOOD + "Units\n\nEnd\n" * 100_000,
        "repeated": HEAD + GOOD + PROCESS + (ROW + "\nEmissions to air\n") * 250_000 + "\nEnd\n",
        "sections": HEAD
        + GOOD
        + "Process\n\n"
        + "".join(f"Section {n}\nx\n\n" for n in range(50_000))
        + "End\n",
    }[kind]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("one line", "file-bomb"), ("header", "simapro-header"), ("rows", "file-bomb"), ("cells", "value-missing"),
        ("quotes", "simapro-line"), ("brackets", "formula-"), ("powers", "formula-"), ("digits", "number-invalid"),
        ("formula", "formula-limit"), ("blocks", ""), ("repeated", "file-bomb"), ("sections", "file-bomb"),
    ],
)  # fmt: skip
def test_bombs_take_little_time_and_memory(tmp_path: Path, kind: str, code: str) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("bomb.csv", made(kind))
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    codes, seconds, kilobytes = run.stdout.split()
    assert code in codes
    assert within(float(seconds), 2.0)
    assert int(kilobytes) < 300_000


def test_zip_bomb_and_paths(tmp_path: Path) -> None:
    for name, content in (("a.csv", b" " * 300_000_000), ("../a.csv", HEAD.encode())):
        path = tmp_path / "bomb.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(name, content)
        with pytest.raises(InputError) as caught:
            import_processes(path)
        assert caught.value.code in {"file-bomb", "file-unsafe"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    path = exports.write(
        tmp_path, exports.export(exports.process("p", {"Products": ["Öl;kg;1;100;x;y;"]})), encoding=encoding
    )
    assert list(exports.amounts(import_processes(path))) == ["Öl"]


def test_zero_bytes_and_undefined_bytes(tmp_path: Path) -> None:
    lines = exports.export(exports.process("p", {"Products": ["A@;kg;1;50;x;y;", "A#;kg;1;50;x;y;"]}))
    content = "\r\n".join(lines).encode()
    (tmp_path / "zero.csv").write_bytes(content.replace(b"@", b"\0"))
    with pytest.raises(InputError) as caught:
        import_processes(tmp_path / "zero.csv")
    assert "file-encoding" in str(caught.value)
    (tmp_path / "odd.csv").write_bytes(content.replace(b"@", b"\x81").replace(b"#", b"\x8d"))
    done = import_processes(tmp_path / "odd.csv")
    assert len(exports.amounts(done)) == 2  # bytes that Windows-1252 does not define stay different
    "".join(exports.amounts(done)).encode()


def test_damaged_member_of_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("a.csv", HEAD + GOOD)
        file.writestr("b.csv", HEAD + GOOD.replace("good", "other").replace("Good", "Other"))
        file.writestr("readme.txt", "no export")
    content = path.read_bytes().replace(b"Other;kg;1", b"Other;kg;7")
    path.write_bytes(content)
    done = import_processes(path)
    assert exports.amounts(done) == {"Good": 1.0}
    assert exports.codes(done) == ["file-truncated"]
    assert unread(done.report)["documents of other kinds"] == 1


def test_several_exports_supply_each_other_whatever_their_order(tmp_path: Path) -> None:
    user = exports.export(
        exports.process("u", {"Products": ["Used;kg;1;100;x;y;"], "Materials/fuels": ["Öl;g;500;;;;"]})
    )
    maker = exports.export(
        exports.process(
            "m", {"Products": ["Öl;kg;1;100;x;y;"], "Emissions to air": ["Carbon dioxide, fossil;;kg;3;;;;"]}
        )
    )
    digests = set()
    for one, two in (("a", "b"), ("b", "a")):
        folder = tmp_path / one
        exports.write(folder, user, name=f"{one}.csv")
        exports.write(folder, maker, name=f"{two}.csv", encoding="utf-8")
        done = import_processes(folder)
        digests.add(done.database.digest)
        assert exports.intensity(done, "Used") == pytest.approx(1.5)
    assert len(digests) == 1


def test_the_same_process_in_two_exports(tmp_path: Path) -> None:
    lines = exports.export(exports.process("m", {"Products": ["M;kg;1;100;x;y;"]}))
    exports.write(tmp_path / "f", lines, name="a.csv")
    exports.write(tmp_path / "f", lines, name="b.csv")
    done = import_processes(tmp_path / "f")
    assert exports.codes(done) == ["id-duplicate"]
    assert done.report.counts["processes stored"] == 1


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the checkout")
@pytest.mark.parametrize("seed", range(60))
def test_mutated_samples_never_fail_otherwise(tmp_path: Path, seed: int) -> None:
    """Bytes, lines and cells of samples changed at random: an import, or an error with a code, and every exchange counted."""
    source = random.Random(seed)
    names = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in {".csv", ".txt"})
    content = bytearray((SAMPLES / source.choice(names)).read_bytes())
    for _ in range(source.randrange(1, 12)):
        lines = bytes(content).split(b"\n")
        place = source.randrange(len(lines))
        kind = source.randrange(6)
        if kind == 0:
            del lines[place]
        elif kind == 1:
            lines.insert(place, source.choice(lines))
        elif kind == 2:
            lines[place] = lines[place].replace(
                source.choice([b";", b"1", b"kg", b"\t"]),
                source.choice([b"", b'"', b";;", b"\xff", b"1e999", b"-", b"End"]),
            )
        elif kind == 3:
            lines = lines[:place] if source.random() < 0.3 else lines
        elif kind == 4:
            lines[place] = bytes(source.randrange(1, 256) for _ in range(20))
        else:
            other = source.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        content = bytearray(b"\n".join(lines))
    path = tmp_path / "mutated.csv"
    path.write_bytes(content or b"x")
    try:
        done = import_processes(path)
    except CradlemarkError as error:
        codes = [error.code]
    else:
        assert done.report.balanced
        codes = [problem.code for problem in done.report.problems]
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)
