"""Check characters of label numbers judged by code of others: cdigit from npm.

The package is installed by ``.ci/run`` into ``.tools/judges``.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from cradlemark.label.number import CHARACTERS, LabelNumber

JUDGES = Path(__file__).resolve().parents[2] / ".tools" / "judges"
SOURCE = Path(__file__).parent / "number_judge" / "judge.mjs"
MARKS = ("DEMO", "CN", "CNS", "A1B2C3")

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and (JUDGES / "node_modules" / "cdigit").is_dir()) and "CI" not in os.environ,
    reason="needs node and the packages that .ci/run installs into .tools/judges",
)


def judged(texts: list[str], folder: Path) -> list[bool]:
    (folder / "node_modules").symlink_to(JUDGES / "node_modules")
    program = shutil.copy(SOURCE, folder)
    done = subprocess.run(
        ["node", program], input="\n".join(texts), capture_output=True, text=True, check=True, cwd=folder
    )
    return [answer == "yes" for answer in done.stdout.split()]


def test_numbers_are_accepted_and_slips_refused(tmp_path: Path) -> None:
    source = random.Random(20261129)
    good, bad = [], []
    for _ in range(2_000):
        text = str(LabelNumber(source.choice(MARKS), source.randrange(32 ** source.randint(1, 9)))).replace(
            "-", ""
        )
        at, sign = source.randrange(len(text)), source.choice(CHARACTERS)
        wrong = text[:at] + sign + text[at + 1 :]
        swapped = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :] if at else text
        good.append(text)
        bad += {wrong, swapped} - {text}
    assert len(bad) > 2_000
    answers = judged(good + bad, tmp_path)
    assert (answers[: len(good)], answers[len(good) :]) == ([True] * len(good), [False] * len(bad))
