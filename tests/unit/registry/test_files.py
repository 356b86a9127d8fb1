"""Published files in a folder: whole or not there, and nothing left lying about."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cradlemark.registry.files import names_below, write_file

KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from cradlemark.registry import files
shutil.copyfileobj = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
files.write_file(Path(sys.argv[1]), b"new")
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "l" / "index.html"
    write_file(path, b"old")
    return path


def killed_while_writing(path: Path) -> Path:
    """What a process leaves that dies while it writes a file."""
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    (left,) = [one for one in path.parent.iterdir() if one != path and one.name.startswith(f".{path.name}.")]
    return left


def test_what_a_killed_process_left_is_no_published_file_and_goes_with_the_next_one(page: Path) -> None:
    left = killed_while_writing(page)
    assert page.read_bytes() == b"old"
    assert list(names_below(page.parent)) == ["index.html"]
    write_file(page, b"new")
    assert page.read_bytes() == b"new"
    assert not left.exists()


def test_what_others_are_writing_stays(page: Path) -> None:
    others = {
        page.with_name(f".index.html.{os.getppid()}.part"),  # a process that is there
        page.with_name(".other.html.999999999.part"),  # another file
        page.with_name(".index.html.draft.part"),  # not ours
    }
    for one in others:
        one.write_bytes(b"half")
    write_file(page, b"new")
    assert {one for one in page.parent.iterdir() if one != page} == others
