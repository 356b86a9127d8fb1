"""Who may import what, and what importing costs."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ONLY_IN = {
    "django": {"registry", "portal"},
    "ninja": {"registry", "portal"},
    "allauth": {"registry", "portal"},
    "duckdb": {"portfolio"},
    "ibis": {"portfolio"},
    "pyspark": {"portfolio"},
    "numpy": {"core", "engine", "trust", "inventory", "product", "rules", "footprint"},
    "scipy": {"core", "engine", "trust", "inventory", "product", "rules", "footprint"},
}
HEAVY = ("scipy", "pyarrow", "typst", "xlsxwriter", "pint", "python_calamine")


def imported_names(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def contracts(root: Path) -> list[dict[str, list[str]]]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return list(project["tool"]["importlinter"]["contracts"])


def test_libraries_stay_in_their_rooms(modules: list[Path], package: Path) -> None:
    strays = []
    for module in modules:
        room = module.relative_to(package).parts[0]
        names = imported_names(ast.parse(module.read_text(encoding="utf-8")))
        strays += [
            f"{module.relative_to(package)}: {name}"
            for name in sorted(names & set(ONLY_IN))
            if room not in ONLY_IN[name]
        ]
    assert not strays


@pytest.mark.parametrize("library", ["django", "duckdb", "numpy"])
def test_import_contract_names_every_room(library: str, root: Path, package: Path) -> None:
    rooms = {folder.name for folder in package.iterdir() if (folder / "__init__.py").exists()}
    contract = next(
        c
        for c in contracts(root)
        if library in c.get("forbidden_modules", []) and c.get("allow_indirect_imports")
    )
    named = {name.removeprefix("cradlemark.") for name in contract["source_modules"]}
    assert named == rooms - ONLY_IN[library]


def test_every_room_is_a_layer(root: Path, package: Path) -> None:
    rooms = {folder.name for folder in package.iterdir() if (folder / "__init__.py").exists()}
    layers = next(c for c in contracts(root) if c["type"] == "layers")["layers"]
    named = {name.strip(" ()") for layer in layers for name in layer.split("|")}
    assert rooms <= named


def test_importing_the_command_line_is_cheap() -> None:
    if importlib.util.find_spec("cradlemark.cli.main") is None:
        pytest.skip("cradlemark.cli.main does not exist yet")
    code = "import sys, cradlemark.cli.main; print(*sorted(n for n in sys.modules if '.' not in n))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cradlemark" in run.stdout.split()
    assert not sorted(set(HEAVY) & set(run.stdout.split())), (
        "import these inside the functions that need them"
    )


REFUSED = """
import sys
from cradlemark.cli.main import run
code = run(sys.argv[1:])
print(code, *sorted(sys.modules))
"""
NEEDED_TO_READ = {
    "numpy",
    "cattrs",
    "cradlemark.inventory.importers.process_databases",
    "cradlemark.inventory.dataset",
}


@pytest.mark.parametrize("command", ["import", "check"])
def test_a_file_that_is_refused_loads_no_reader(command: str, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    run = subprocess.run(
        [sys.executable, "-c", REFUSED, "db", command, "empty.csv"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    code, *loaded = run.stdout.split()
    assert code == "2"
    assert "[file-empty]" in run.stderr
    assert "cradlemark.inventory.importers.archive" in loaded
    assert not sorted({*HEAVY, *NEEDED_TO_READ} & set(loaded)), (
        "import these inside the functions that need them"
    )


WATCH = """
import importlib
import sys

FORBIDDEN = {"open", "socket.connect", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename"}
own = sys.argv[1]


def watch(event, args):
    if event not in FORBIDDEN or (event == "open" and str(args[0]).endswith((".py", ".pyc", ".so"))):
        return
    frame = sys._getframe(1)
    while frame and not frame.f_code.co_filename.startswith(own):
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return  # a library that is being imported does this, not our own code
        frame = frame.f_back
    if frame:
        print(frame.f_code.co_filename, frame.f_lineno, event, args[0], file=sys.stderr)


sys.addaudithook(watch)
for name in sys.argv[2:]:
    importlib.import_module(name)
"""


def watch_import(folder: Path, names: list[str], cwd: Path) -> str:
    """Import modules of `folder` and return what they print and which files they touch meanwhile."""
    command = [sys.executable, "-B", "-c", WATCH, str(folder), *names]
    run = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout + run.stderr


def test_importing_reads_writes_and_prints_nothing(
    modules: list[Path], package: Path, tmp_path: Path
) -> None:
    names = [
        ".".join(("cradlemark", *module.relative_to(package).with_suffix("").parts)).removesuffix(".__init__")
        for module in modules
        if module.stem != "__main__"
        and not {"portal", "registry"} & set(module.parts)  # Django sets these up
    ]
    assert watch_import(package, names, tmp_path) == ""
    assert not list(tmp_path.iterdir())


def test_the_watch_sees_a_file_read_at_import(tmp_path: Path) -> None:
    (tmp_path / "eager.py").write_text("from pathlib import Path\nhere = Path('data.csv').read_text()\n")
    (tmp_path / "data.csv").write_text("1")
    assert "data.csv" in watch_import(tmp_path, ["eager"], tmp_path)
