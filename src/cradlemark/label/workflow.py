"""The universal state machine of cases and labels, which programmes narrow; read from ``workflow.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import attrs

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text, text_of
from cradlemark.core.toml import read_toml

Machine = Literal["case", "label"]


@attrs.frozen
class State:
    """A state of a case or a label.

    Parameters
    ----------
    id : str
    title : Text
    final : bool
        Whether nothing comes after it.
    mark : bool
        Whether the mark may be used; of labels only.
    """

    id: str
    title: Text
    final: bool = False
    mark: bool = False


@attrs.frozen
class Step:
    """A change of state: from where (nowhere: it begins), to where, by whom, and what it needs."""

    id: str
    source: tuple[str, ...]
    target: str
    role: str
    needs: Text
    title: Text = Text()


@attrs.frozen
class Separation:
    """Two roles that nobody has in one case."""

    id: str
    roles: tuple[str, str]
    title: Text


@attrs.frozen
class Timer:
    """A span of time that a programme can set."""

    id: str
    unit: str
    title: Text


@attrs.frozen
class Workflow:
    """Roles, separations, states, steps, timers and public fields, by id."""

    roles: Mapping[str, Text]
    separations: Mapping[str, Separation]
    states: Mapping[Machine, Mapping[str, State]]
    steps: Mapping[Machine, Mapping[str, Step]]
    timers: Mapping[str, Timer]
    fields: Mapping[str, Text]

    def narrowed(self, machine: Machine, steps: Iterable[str]) -> Mapping[str, Step]:
        """Only these steps, in their order."""
        return {name: self.steps[machine][name] for name in steps}


@cache
def workflow() -> Workflow:
    """The packaged machine."""
    document = read_toml(
        files("cradlemark.label").joinpath("workflow.toml").read_bytes(), where="workflow.toml"
    )
    return Workflow(
        {name: text_of(table["title"]) for name, table in document["roles"].items()},
        {
            name: Separation(name, tuple(table["roles"]), text_of(table["title"]))
            for name, table in document["separations"].items()
        },
        {"case": _states(document["case"]), "label": _states(document["label"])},
        {"case": _steps(document["case_steps"]), "label": _steps(document["label_steps"])},
        {name: Timer(name, t["unit"], text_of(t["title"])) for name, t in document["timers"].items()},
        {name: text_of(table["title"]) for name, table in document["fields"].items()},
    )


def _states(tables: Mapping[str, Any]) -> dict[str, State]:
    return {
        name: State(name, text_of(t["title"]), t.get("final", False), t.get("mark", False))
        for name, t in tables.items()
    }


def _steps(tables: Mapping[str, Any]) -> dict[str, Step]:
    return {
        name: Step(name, tuple(t["from"]), t["to"], t["by"], text_of(t["needs"]), text_of(t["title"]))
        for name, t in tables.items()
    }


def take_step(steps: Mapping[str, Step], state: str, step: str, *, role: str) -> str:
    """State after a step.

    Parameters
    ----------
    steps : mapping of str to Step
        Those that the programme allows.
    state : str
        Present state; empty before the beginning.
    step, role : str

    Raises
    ------
    StateError
        ``step-unknown``, ``step-impossible`` in this state, ``step-role`` for the wrong role.
    """
    chosen = steps.get(step)
    if chosen is None:
        raise StateError(
            Text(f"the programme has no step {step!r}", f"计划没有步骤 {step!r}"),
            code="step-unknown",
            hint=Text(f"steps are {', '.join(steps)}", f"步骤有：{'、'.join(steps)}"),
        )
    if state not in (chosen.source or ("",)):
        possible = ", ".join(name for name, one in steps.items() if state in (one.source or ("",)))
        raise StateError(
            Text(
                f"{step!r} is not possible from {state or 'the beginning'!r}",
                f"不能从{state or '开始'!r} 进行 {step!r}",
            ),
            code="step-impossible",
            hint=Text(f"possible now: {possible or 'nothing'}", f"现在可以：{possible or '无'}"),
        )
    if role != chosen.role:
        raise StateError(
            Text(
                f"{step!r} is a step of the {chosen.role}, not of the {role}",
                f"{step!r} 是 {chosen.role} 的步骤，而不是 {role} 的",
            ),
            code="step-role",
            hint=Text(f"ask the {chosen.role}", f"请 {chosen.role} 进行"),
        )
    return chosen.target
