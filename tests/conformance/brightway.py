"""Brightway in a process of its own, with a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def run_brightway(program: str, *arguments: object, folder: Path) -> Any:
    """Run a program that prints JSON, with its own Brightway folder; its result as plain values."""
    home = folder / "brightway"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=False,
        cwd=folder, env={**os.environ, "BRIGHTWAY2_DIR": str(home), "BRIGHTWAY_DIR": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])
