"""The stable codes that the source can raise, read from the source itself."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")


def name_called(call: ast.Call) -> str:
    """Return the last name of what is called."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def constants(node: ast.expr) -> Iterator[str]:
    """Return the codes that an expression can be: a word, or one of several of a choice."""
    match node:
        case ast.Constant(value=str(word)) if CODE.fullmatch(word):
            yield word
        case ast.IfExp(body=one, orelse=other):
            yield from constants(one)
            yield from constants(other)


def takers(tree: ast.Module) -> dict[str, int]:
    """Return the functions of a module that hand a code on, with the position it stands at."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
            if "code" in names:
                found[node.name] = names.index("code") - (names[0] in {"self", "cls"})
    return found


def takers_everywhere(trees: Iterable[ast.Module]) -> dict[str, set[int]]:
    """Return the public ones of all modules together: one name can mean several positions."""
    positions: defaultdict[str, set[int]] = defaultdict(set, {"Problem": {1}})
    for tree in trees:
        for name, position in takers(tree).items():
            if not name.startswith("_"):
                positions[name].add(position)
    return positions


def codes_of(tree: ast.Module, everywhere: dict[str, set[int]]) -> Iterator[tuple[str, ast.Call]]:
    """Return every code that a module names, with the call it stands in.

    Where a function of another module could have its code at several places, a word without a hyphen is taken as
    something else, such as the name of a field.
    """
    here = takers(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = name_called(node)
        positions = {here[name]} if name in here else everywhere.get(name, set())
        for keyword in node.keywords:
            if keyword.arg == "code":
                yield from ((code, node) for code in constants(keyword.value))
        for position in positions:
            found = constants(node.args[position]) if position < len(node.args) else ()
            yield from ((code, node) for code in found if len(positions) == 1 or "-" in code)


def codes_in_source(package: Path) -> dict[str, list[str]]:
    """Return each code with the places that raise it."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(package.rglob("*.py"))}
    everywhere = takers_everywhere(trees.values())
    places = defaultdict(list)
    for path, tree in trees.items():
        for code, node in codes_of(tree, everywhere):
            places[code].append(f"{path.relative_to(package)}:{node.lineno}")
    return dict(places)
