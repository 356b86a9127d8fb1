"""Laying a rule pack over the one it extends."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text

DROP = "drop"
"""Table that names what is not taken over, for example ``drop.checks = ["gwp-latest"]``."""
OWN = frozenset(["pack", DROP])


def with_standard(document: Mapping[str, Any]) -> dict[str, Any]:
    """Write standard and source of a pack into each of its clauses that has none.

    A clause that is taken over by another pack keeps the standard it was read for.
    """
    result = deepcopy(dict(document))
    head = result.get("pack")
    clauses = result.get("clauses")
    if isinstance(head, dict) and isinstance(clauses, dict):
        for clause in clauses.values():
            if isinstance(clause, dict):
                for key in ("standard", "source"):
                    if key in head:
                        clause.setdefault(key, head[key])
    return result


def overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of `above` laid over `below`.

    Tables are merged key by key, everything else is replaced. What ``drop`` names is removed first; the head of the
    pack is the upper one's.

    Raises
    ------
    InputErrors
        ``pack-drop`` for a name that is not there.
    """
    result = deepcopy(dict(below))
    _drop(result, above.get(DROP, {}))
    result["pack"] = deepcopy(above.get("pack", {}))
    for key, content in above.items():
        if key not in OWN:
            result[key] = _merged(result.get(key), content)
    return result


def _drop(result: dict[str, Any], drop: object) -> None:
    problems = []
    for table, names in drop.items() if isinstance(drop, Mapping) else ():
        for name in names if isinstance(names, list) else [names]:
            if isinstance(result.get(table), dict) and name in result[table]:
                del result[table][name]
            else:
                where = f"{DROP}.{table}"
                problems.append(
                    Problem(
                        where,
                        "pack-drop",
                        Text(f"there is no {name!r} to drop in {table}", f"{table} 中没有可去除的 {name!r}"),
                    )
                )
    raise_if_any(problems)


def _merged(below: object, above: object) -> object:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {
            **below,
            **{key: _merged(below.get(key), content) for key, content in above.items()},
        }
    return deepcopy(above)
