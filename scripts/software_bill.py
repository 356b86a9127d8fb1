"""Write the bill of materials of the software (CycloneDX 1.6, JSON) from uv.lock: every package that can be installed with it, with its digests.

    python scripts/software_bill.py [FILE, default build/cradlemark.cdx.json]

Only what is shipped is listed, all extras included; tools for tests and documentation are not. The same lock file gives the same bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def uv() -> str:
    """The uv of the environment, or of the bootstrap."""
    found = (Path(sys.executable).with_name("uv"), ROOT / ".tools" / "uv")
    return str(next((path for path in found if path.exists()), "uv"))


def bill() -> str:
    """The document."""
    locked = subprocess.run(
        [uv(), "export", "--frozen", "--no-dev", "--no-default-groups", "--all-extras", "--no-emit-project", "--format", "requirements-txt"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", "--output-reproducible", "--spec-version", "1.6",
         "--pyproject", str(ROOT / "pyproject.toml"), "-"],
        input=locked, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return json.dumps(json.loads(made), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(target: Path) -> None:
    """Write it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(bill(), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "cradlemark.cdx.json")
