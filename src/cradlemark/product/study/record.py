"""What stands beside the numbers: cut-offs, evidence, confirmed links, scenarios, databases."""

from __future__ import annotations

from datetime import date
from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.product.study.value import Stage, Value


@attrs.frozen
class CutOff:
    """Something left out on purpose, with the estimated share of the result it would have had [0-1]."""

    name: Text
    stage: Stage
    share: Value
    criterion: Literal["mass", "energy", "environmental_significance"]
    reason: Text


@attrs.frozen
class Evidence:
    """A document that supports a value."""

    id: str
    title: Text
    kind: str = "document"
    digest: str = ""
    file: str = ""
    supports: tuple[str, ...] = ()


@attrs.frozen
class Choice:
    """A confirmed link from a text in the study to a dataset."""

    text: str
    dataset: str
    confirmed_by: str = ""
    confirmed_on: date | None = None
    note: str = ""


@attrs.frozen
class Change:
    """One change of a scenario.

    Parameters
    ----------
    path : str
        Field of the study in the form ``parameters.rib_mass.value`` or
        ``components[100-20].materials[PA66 V0].dataset``: table names joined by dots, the entry of a list in
        brackets by its part number, id, name or text.
    value : str, float, int or bool
        New content, written as in the study document.
    """

    path: str
    value: str | float | int | bool


@attrs.frozen
class Scenario:
    """A named overlay of changes: another material, another supplier, another mix."""

    id: str
    title: Text
    changes: tuple[Change, ...]


@attrs.frozen
class DatabaseReference:
    """A database the study is calculated with, by id; `file` is relative to the study document."""

    id: str
    file: str = ""
    digest: str = ""
