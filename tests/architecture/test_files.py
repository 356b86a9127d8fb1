"""What may and may not stand in the files of the repository."""

from __future__ import annotations

import csv
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import cradlemark

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".csv",
    ".typ",
    ".svg",
    ".css",
    ".js",
    ".html",
    ".txt",
    ".yml",
    ".yaml",
    ".json",
    ".sh",
    "",
}
IGNORED = {".git", ".venv", ".tools", "__pycache__", "node_modules", "build", "dist", "_build"}

# Put together from parts, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(
    r"(?<![\w.:/~-])/(?:" + "|".join(("work", "tmp", "root", "home", "Users")) + r")/[A-Za-z.]"
)
PACKAGE_HOST = re.compile(
    r"(?:pypi|pythonhosted|anaconda|npmjs|jsdelivr|unpkg|docker|ghcr)" + r"\.(?:org|com|net|io)"
)


def tracked_files(root: Path) -> list[Path]:
    """Files under version control, or, without git, all that is not made by a tool."""
    if (root / ".git").exists():
        try:
            run = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            pass
        else:
            names = run.stdout.decode("utf-8").split("\0")
            return [root / name for name in names if name and (root / name).is_file()]
    return [
        path
        for path in root.rglob("*")
        if path.is_file()
        and not any(
            part in IGNORED or part.endswith(("_cache", ".egg-info")) for part in path.relative_to(root).parts
        )
    ]


def lines_with(pattern: re.Pattern[str], root: Path, *, leave_out: frozenset[str]) -> list[str]:
    found = []
    for path in tracked_files(root):
        if path.name in leave_out or path.suffix not in TEXT:
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            if pattern.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:100]}")
    return found


def test_no_path_of_one_machine(root: Path) -> None:
    assert not lines_with(MACHINE_PATH, root, leave_out=frozenset({"uv.lock", "test_files.py"}))


def test_no_package_host_outside_the_lock_file(root: Path) -> None:
    assert not lines_with(PACKAGE_HOST, root, leave_out=frozenset({"uv.lock", "test_files.py"}))


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("cp " + "/wo" + "rk/main/x .", True),
        ("open('" + "/ro" + "ot/.cache')", True),
        ("see example.org/" + "home/page", False),
        ("docs/" + "root/x", False),
    ],
)
def test_machine_paths_are_recognised(line: str, bad: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is bad


def test_every_packaged_data_file_parses(package: Path) -> None:
    problems = []
    for path in sorted(p for p in package.rglob("*") if p.suffix in {".csv", ".toml"}):
        try:
            text = path.read_bytes().decode("utf-8")
            if path.suffix == ".toml":
                tomllib.loads(text)
            else:
                rows = list(csv.reader(text.splitlines(), strict=True))
                widths = {len(row) for row in rows if row and not row[0].startswith("#")}
                assert len(widths) == 1, f"rows of {sorted(widths)} columns"
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error, AssertionError) as error:
            problems.append(f"{path.relative_to(package)}: {error}")
    assert not problems


def test_changelog_fragments_have_a_known_kind(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    kinds = {kind["directory"] for kind in project["tool"]["towncrier"]["type"]}
    fragments = [p for p in (root / "changelog.d").iterdir() if p.name != "README.md"]
    bad = [
        p.name for p in fragments if not re.fullmatch(rf"(\+[a-z0-9-]+|\d+)\.({'|'.join(kinds)})\.md", p.name)
    ]
    bad += [p.name for p in fragments if not p.read_text(encoding="utf-8").strip()]
    assert not bad, f"a fragment is named +few-words.KIND.md, KIND one of {sorted(kinds)}"


def test_version_is_the_same_in_project_file_and_package(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == cradlemark.__version__
