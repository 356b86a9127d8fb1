"""The facts that conditions may name: one table of names, units and meanings, for packs, checks and documents."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, cast

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text, text_of
from cradlemark.core.quantities import normalise_unit
from cradlemark.product.study import STAGES

Phase = Literal["study", "system", "footprint"]
PHASES: tuple[Phase, ...] = ("study", "system", "footprint")
PHASE_NAMES = {
    "study": Text("the study", "研究"),
    "system": Text("the compiled study", "编译后的研究"),
    "footprint": Text("the result", "计算结果"),
}


@attrs.frozen
class FactType:
    """One fact: what it means and when it can be known.

    Parameters
    ----------
    scope : str
        Scope of per-item facts; empty for facts of the whole study.
    unit : str
        Unit for people; empty for a fact that is yes or no.
    needs : {"study", "system", "footprint"}
        What must be there before it can be known.
    """

    name: str
    scope: str
    unit: str
    title: Text
    needs: Phase

    @property
    def is_boolean(self) -> bool:
        """Whether the fact is yes or no."""
        return not self.unit

    @property
    def formula_unit(self) -> str:
        """Unit in formulas; 1 where the unit is a scale or differs from item to item."""
        return formula_unit(self.unit)


@attrs.frozen
class ScopeType:
    """A list of the study whose items have facts of their own."""

    name: str
    title: Text
    needs: Phase
    facts: Mapping[str, FactType]


@attrs.frozen
class Catalogue:
    """All facts and scopes."""

    facts: Mapping[str, FactType]
    scopes: Mapping[str, ScopeType]

    def visible(self, scope: str) -> dict[str, FactType]:
        """Return the facts a condition over `scope` may name."""
        return {**self.facts, **(self.scopes[scope].facts if scope else {})}

    def __iter__(self) -> Iterator[FactType]:
        yield from self.facts.values()
        for scope in self.scopes.values():
            yield from scope.facts.values()


@lru_cache(maxsize=512)
def formula_unit(unit: str) -> str:
    """Return the canonical unit for formulas; 1 for yes or no, scales and CO2 equivalents."""
    try:
        return normalise_unit(unit) if unit else "1"
    except InputError:
        return "1"


@cache
def catalogue() -> Catalogue:
    """Read the packaged catalogue."""
    document = tomllib.loads(files("cradlemark.rules").joinpath("facts.toml").read_text("utf-8"))
    facts = {
        name: _fact(name, "", row, phase) for phase in PHASES for name, row in document.get(phase, {}).items()
    }
    for stage in STAGES:
        name = stage_fact(stage)
        title = Text(f"Number of lines in stage {stage}", f"阶段 {stage} 的行数")
        facts[name] = FactType(name, "", "1", title, "footprint")
    scopes = {name: _scope(name, row) for name, row in document["scopes"].items()}
    return Catalogue(facts, scopes)


def stage_fact(stage: str) -> str:
    """Name of the fact that counts the lines of a stage."""
    return f"line_count_{stage.lower()}"


def _scope(name: str, row: Mapping[str, Any]) -> ScopeType:
    needs = cast("Phase", row["needs"])
    facts = {fact: _fact(fact, name, item, needs) for fact, item in row["facts"].items()}
    return ScopeType(name, text_of(row["name"]), needs, facts)


def _fact(name: str, scope: str, row: Mapping[str, str], needs: Phase) -> FactType:
    return FactType(name, scope, row.get("unit", ""), Text(row["en"], row["zh"]), needs)
