"""Consoles, pipes, full disks, interrupts, and names that try to steer a terminal, a browser or a spreadsheet."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "terminal-block"
HOUSING = ROOT / "examples" / "die-cast-housing"
PROGRAM = [sys.executable, "-c", "import sys; from cradlemark.cli.main import main; main(sys.argv[1:])"]
Study = Callable[..., Path]
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>[red]x[/red]"


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252"])
def test_chinese_on_a_console_of_another_encoding(cradlemark, encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding}
    shown = cradlemark("footprint", EXAMPLE, "--draws", 0, "--lang", "zh", env=env)
    assert (shown.code, "Traceback" in shown.err) == (0, False)
    assert ("接线端子" in shown.out) == (encoding == "gbk")
    document = json.loads(cradlemark("bom", EXAMPLE / "bom.xlsx", "--json", env=env).out)
    assert "绝缘座" in json.dumps(document, ensure_ascii=False)


def test_plain_locale_without_home_or_variables(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "check", str(HOUSING)], env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        capture_output=True, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert done.returncode in {0, 2}


@pytest.mark.parametrize(
    "command", [["data", "list", "starter"], ["bom", str(EXAMPLE / "bom.xlsx"), "--json"]]
)
def test_reader_that_has_enough_is_no_fault(command: list[str]) -> None:
    process = subprocess.Popen([*PROGRAM, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate()
    assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_full_disk_behind_the_output_is_said() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, "data", "list", "starter"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert b"[system-refused]" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["footprint", str(HOUSING), "--draws", "0", "--output", "{file}/out"],
        ["new", "x", "--folder", "{file}/out"],
        ["data", "template", "{file}/t.csv"],
        ["data", "import", str(ROOT / "examples/dyed-cotton-fabric/factors.csv"), "--store", "{file}/store"],
        ["bom", str(HOUSING / "bom.csv"), "--write-mapping", "{file}/m.toml"],
    ],
    ids=["output", "new", "template", "store", "mapping"],
)
def test_place_that_cannot_be_written_is_named(cradlemark, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    outcome = cradlemark(*(word.format(file=tmp_path / "file") for word in command))
    outcome.refused(str(tmp_path / "file"))


def test_interrupt_ends_without_traceback() -> None:
    # After 0.4 s of its own processor time, about a third of the work, on a machine of any speed and load. A shell that
    # puts a command into the background lets it ignore the signal; this one must not.
    program = PROGRAM[2].replace(
        "import sys;",
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "signal.signal(signal.SIGVTALRM, lambda *_: signal.raise_signal(signal.SIGINT));"
        "signal.setitimer(signal.ITIMER_VIRTUAL, 0.4);",
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "footprint", str(EXAMPLE), "--draws", "100000"],
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.stderr.strip().endswith(b"interrupted")
    assert done.returncode == 1


def test_names_act_on_neither_browser_nor_markup_nor_spreadsheet(
    cradlemark, study: Study, tmp_path: Path
) -> None:
    folder = study(
        ('en = "Gearbox housing GEH-4711"', f'en = "{EVIL}"'),
        ('en = "Melting, die casting and trimming"', "en = \"=cmd|' /C calc'!A0\""),
    )
    outcome = cradlemark("footprint", folder, "--draws", 0, "--output", tmp_path / "out 中文")
    assert outcome.code == 0
    assert "[red]x[/red]" in outcome.out
    for page in (tmp_path / "out 中文").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert ("&lt;script&gt;alert" in text) == (page.name == "report.en.html")
    with (tmp_path / "out 中文" / "lines.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any("=cmd|" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "@"))] == []


def test_control_characters_of_a_study_are_refused(cradlemark, study: Study) -> None:
    outcome = cradlemark("check", study(('en = "Gearbox housing GEH-4711"', 'en = "a\\u001b[31m"')))
    outcome.refused("table product, key name", "U+001B")
    assert "\x1b" not in outcome.err


def test_control_characters_of_a_bill_are_shown_as_pictures(cradlemark, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text(
        "part number;name;quantity;material;net mass (g)\nA;x\x1b[31m;1;PP;5\nB;y;z\x1b[2J;PP;5\n"
    )
    outcome = cradlemark("bom", path)
    outcome.refused("row 3, column C")
    assert "\x1b" not in outcome.out + outcome.err
    assert "x␛[31m" in outcome.out


def test_two_writers_of_one_folder_leave_whole_files(tmp_path: Path) -> None:
    command = [*PROGRAM, "footprint", str(HOUSING), "--draws", "0", "--output", str(tmp_path / "out")]
    writers = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [(b"", 0)] * 2
    assert json.loads((tmp_path / "out" / "result.json").read_bytes())
    assert list((tmp_path / "out").glob(".*.part")) == []


@pytest.mark.parametrize("after", [0.8, 1.1, 1.4])
def test_killed_writer_leaves_old_or_new_files(tmp_path: Path, after: float) -> None:
    folder = tmp_path / "out"
    command = [*PROGRAM, "footprint", str(HOUSING), "--draws", "0", "--output", str(folder)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".pdf"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(after)
    process.kill()
    process.wait()
    # The same study gives the same bytes, so whole files are the same before and after.
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(cradlemark, study: Study) -> None:
    path = study() / "study.toml"
    plain = cradlemark("footprint", path, "--draws", 0)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert cradlemark("footprint", path, "--draws", 0).out == plain.out


def test_folders_with_spaces_and_chinese_names(cradlemark, tmp_path: Path) -> None:
    shutil.copytree(HOUSING, tmp_path / "a b 中文 ü")
    assert cradlemark("check", tmp_path / "a b 中文 ü").code in {0, 2}
    cradlemark("check", tmp_path).refused("study.toml or study.xlsx")
