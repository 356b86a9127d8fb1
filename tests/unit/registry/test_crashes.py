"""The campaign of killed processes, in a process of its own: it forks, and threads of whatever ran before would not live on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.registers import DATABASES, skip_unless_reachable
from tests.unit.registry.killed_campaign import PARTS

CAMPAIGN = Path(__file__).with_name("killed_campaign.py")


def run(name: str, parameters: str, database: str) -> str:
    """Run one test of the campaign; returns what it says."""
    skip_unless_reachable(database)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "-p", "no:cacheprovider", f"{CAMPAIGN}::{name}[{parameters}]"],
        check=False, capture_output=True, text=True, env=environment, cwd=CAMPAIGN.parents[3],
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "1 passed" in done.stdout
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_when_the_process_is_killed(database: str, part: int) -> None:
    print(run("test_nothing_is_lost_when_the_process_is_killed", f"{database}-{part}", database))


@pytest.mark.parametrize("database", DATABASES)
def test_the_campaign_notices_what_is_lost(database: str) -> None:
    run("test_the_campaign_notices_what_is_lost", database, database)
