"""The contributions of a footprint as a tree: stage, parts, materials; small ones flow together below a cut-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Language
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.product.paths import parse_path
from cradlemark.product.schema import study_schema
from cradlemark.product.study import STAGES, Component, Study

CUT_OFFS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Cut-offs that are offered [% of the total of all sizes]."""


@attrs.frozen
class Branch:
    """Part of the footprint.

    Parameters
    ----------
    value : float
        Sum of what is below [kg CO2e per declared unit].
    share : float
        Of the sum of the absolute contributions [1].
    cut, rest : int, float
        How many smaller parts are not shown, and their sum.
    """

    title: str
    value: float
    share: float
    branches: tuple[Branch, ...] = ()
    cut: int = 0
    rest: float = 0.0


def contribution_tree(
    footprint: Footprint, study: Study, language: Language, *, cut_off: float
) -> tuple[Branch, ...]:
    """Sort the lines into a tree.

    Parameters
    ----------
    cut_off : float
        Smallest share of the sum of the absolute contributions that is shown [1].
    """
    lines = footprint.counted()
    whole = fsum(abs(line.total) for line in lines) or 1.0
    names = _names(study.components, language)
    stages = {
        stage: [(_steps(line, names, language), line) for line in lines if line.stage == stage]
        for stage in STAGES
    }
    branches = [_branch(stage, found, whole, cut_off) for stage, found in stages.items() if found]
    return tuple(branches)


Found = tuple[tuple[str, ...], Line]


def _branch(title: str, found: Sequence[Found], whole: float, cut_off: float) -> Branch:
    value = fsum(line.total for _, line in found)
    groups: dict[str, list[Found]] = {}
    for steps, line in found:
        if steps:
            groups.setdefault(steps[0], []).append((steps[1:], line))
    made = [_branch(name, below, whole, cut_off) for name, below in groups.items()]
    made.sort(key=lambda branch: -abs(branch.value))
    shown = tuple(branch for branch in made if abs(branch.value) / whole >= cut_off)
    rest = [branch.value for branch in made if abs(branch.value) / whole < cut_off]
    return Branch(title, value, value / whole, shown, len(rest), fsum(rest))


def _steps(line: Line, names: Mapping[str, str], language: Language) -> tuple[str, ...]:
    """Titles from the outside to the line."""
    path, _, part = line.path.partition("/")
    try:
        steps = parse_path(path)
    except InputError:
        return (line.label[language],)
    fields = {field.key: field.title[language] for field in study_schema()["Study"].fields}
    titles: list[str] = []
    for count, step in enumerate(steps):
        if step.name in {"components", "children"} and step.selector:
            titles.append(names.get(step.selector, step.selector))
        elif count == 0:
            titles.append(fields.get(step.name, step.name))
    own = line.label[language]
    return (*titles, f"{own} ({part})" if part else own)


def _names(components: Sequence[Component], language: Language) -> dict[str, str]:
    found: dict[str, str] = {}
    for component in components:
        found[component.part_number] = component.name[language] or component.part_number
        found |= _names(component.children, language)
    return found
