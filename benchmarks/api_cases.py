"""Ask the interface for programs many thousand questions made by schemathesis, and say how many; nothing may be answered wrong.

python benchmarks/api_cases.py [CASES OF EACH OPERATION AND MODE, default 250]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time


def main(cases: int) -> int:
    """Run the test of the description with more cases."""
    began = time.monotonic()
    environment = os.environ | {"CRADLEMARK_API_CASES": str(cases)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-s",
        "-p",
        "no:logging",
        "tests/conformance/test_api_schema.py",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    counted = re.search(r"cases asked: (\d+)", done.stdout)
    print(
        f"{counted[1] if counted else '?'} cases in {time.monotonic() - began:.0f} s, exit code {done.returncode}"
    )
    if done.returncode:
        print(done.stdout[-4000:])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 250))
