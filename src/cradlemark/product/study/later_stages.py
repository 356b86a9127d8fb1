"""After the gate: packaging, distribution, installation and use."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.product.study.bill import Leg, Material
from cradlemark.product.study.manufacturing import EnergyUse
from cradlemark.product.study.value import Value


@attrs.frozen
class Packaging:
    """One packaging material, per declared unit of the product [kg]."""

    name: Text
    material: Material
    level: Literal["primary", "secondary", "transport"] = "primary"


@attrs.frozen
class Market:
    """A destination and its share of the sales.

    Parameters
    ----------
    share : Value
        [0-1]; the shares sum to 1.
    """

    place: str
    share: Value
    legs: tuple[Leg, ...] = ()


@attrs.frozen
class Installation:
    """What the installer needs and throws away, per declared unit."""

    energy: tuple[EnergyUse, ...] = ()
    inputs: tuple[Material, ...] = ()
    packaging_waste: bool = True
    """Whether the packaging is treated as waste here (by its end-of-life route)."""


@attrs.frozen
class UseMode:
    """Operating mode of an active product: power [W] and hours per year [h/year]."""

    name: Text
    power: Value
    hours: Value


@attrs.frozen
class LoadPoint:
    """Part of a load profile: share of the time [0-1] at a share of the rated current [0-1]."""

    time_share: Value
    current_share: Value


@attrs.frozen
class JouleLosses:
    """Losses of a passive current path (F6): ``P = n R (α I_n)²``.

    Parameters
    ----------
    rated_current : Value
        [A]
    resistance : Value, optional
        Of one path [ohm]; or `voltage_drop` [V] at `test_current` [A].
    paths : Value
        Number of identical current paths n [1].
    """

    rated_current: Value
    resistance: Value | None = None
    voltage_drop: Value | None = None
    test_current: Value | None = None
    paths: Value = Value(1.0, "1")
    profile: tuple[LoadPoint, ...] = ()


@attrs.frozen
class GridYear:
    """Electricity mix of one part of the use stage: share of the service life and the dataset."""

    share: Value
    dataset: str
    losses_dataset: str = ""


@attrs.frozen
class Use:
    """Use stage over the reference service life.

    Parameters
    ----------
    place : str
        Where the product is used; its grid mix is taken unless `grid` is given.
    """

    place: str = ""
    modes: tuple[UseMode, ...] = ()
    losses: JouleLosses | None = None
    grid: tuple[GridYear, ...] = ()
    consumables: tuple[Material, ...] = ()
    """Consumables over the whole service life, per declared unit (B2)."""
