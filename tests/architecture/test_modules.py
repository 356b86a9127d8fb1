"""Modules are rooms with a name on the door: small, named after what they hold, every public thing described."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

LONGEST_MODULE = 600
LONGEST_P90 = 400
NAMES_THAT_SAY_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "manager",
    "managers",
    "misc",
    "tools",
}


def lines_of(module: Path) -> int:
    return len(module.read_text(encoding="utf-8").splitlines())


def public_definitions(body: list[ast.stmt], prefix: str = "") -> list[tuple[str, ast.AST]]:
    found: list[tuple[str, ast.AST]] = []
    for node in body:
        if not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) or node.name.startswith("_"):
            continue
        if any("overload" in ast.unparse(decorator) for decorator in node.decorator_list):
            continue
        found.append((prefix + node.name, node))
        if isinstance(node, ast.ClassDef):
            found += public_definitions(node.body, f"{prefix}{node.name}.")
    return found


def test_no_module_is_too_long(modules: list[Path], root: Path) -> None:
    too_long = {str(m.relative_to(root)): lines_of(m) for m in modules if lines_of(m) > LONGEST_MODULE}
    assert not too_long, f"more than {LONGEST_MODULE} lines are two rooms"


def test_most_modules_are_short(modules: list[Path]) -> None:
    lengths = [lines_of(module) for module in modules]
    assert statistics.quantiles(lengths, n=10)[-1] <= LONGEST_P90


def test_module_names_say_what_is_inside(modules: list[Path], root: Path) -> None:
    bad = [str(m.relative_to(root)) for m in modules if NAMES_THAT_SAY_NOTHING & set(m.stem.split("_"))]
    bad += [
        str(m.relative_to(root)) for m in modules if NAMES_THAT_SAY_NOTHING & set(m.parent.name.split("_"))
    ]
    assert not bad


def test_every_public_definition_has_a_docstring(modules: list[Path], root: Path) -> None:
    missing = []
    for module in modules:
        tree = ast.parse(module.read_text(encoding="utf-8"))
        where = module.relative_to(root)
        if not ast.get_docstring(tree):
            missing.append(f"{where}: module")
        missing += [
            f"{where}:{getattr(node, 'lineno', 0)} {name}"
            for name, node in public_definitions(tree.body)
            if not ast.get_docstring(node)  # type: ignore[arg-type]
        ]
    assert not missing


def test_the_docstring_check_finds_a_missing_one() -> None:
    tree = ast.parse("class A:\n    '''x'''\n    def f(self): pass\n    def _g(self): pass\n")
    assert [name for name, node in public_definitions(tree.body) if not ast.get_docstring(node)] == ["A.f"]  # type: ignore[arg-type]
