"""A study unfolded into its leaves: one activity per line, each amount a product of named factors."""

from __future__ import annotations

from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree
from cradlemark.inventory.dataset import Origin
from cradlemark.product.study import DataKind, Stage

Number = float | NDArray[np.float64]
"""A scalar, or an array of shape (draws,) when parameters were drawn."""
Basis = Literal["both", "location", "market"]
ActivityKind = Literal["material", "transport", "energy", "process", "waste", "credit"]


@attrs.frozen
class Factor:
    """One named factor of an amount.

    Parameters
    ----------
    name : str
        What it is, for example "net mass" or "1 / yield 0.95".
    value : float or ndarray of float64, shape (draws,)
        [unit]
    unit : str
    path : str
        Field of the study it comes from; empty for conversions and constants.
    distribution : Distribution, optional
        Own uncertainty of the field.
    """

    name: str
    value: Number
    unit: str = "1"
    path: str = ""
    distribution: Distribution | None = None


@attrs.frozen
class GasRelease:
    """Direct release of a gas: kg of gas per unit of the activity (an alternative to a dataset)."""

    gas: str
    origin: Origin


@attrs.frozen
class Activity:
    """One leaf of the study: an amount of one dataset or of one directly released gas, in one stage.

    ``amount = product of factors`` [unit of the dataset per declared unit]; negative for credits.
    """

    path: str
    label: Text
    stage: Stage
    factors: tuple[Factor, ...]
    unit: str
    dataset: str = ""
    gas: GasRelease | None = None
    text: str = ""
    """What the user wrote, where the dataset was matched from a text."""
    data_kind: DataKind = "secondary"
    pedigree: Pedigree | None = None
    basis: Basis = "both"
    packaging: bool = False
    outbound: bool = False
    kind: ActivityKind = "material"
    amount_key: str = ""
    """Field whose pedigree the amount carries: activities with the same key share the draws of it."""

    @property
    def amount(self) -> Number:
        """Product of the factors [unit per declared unit]."""
        amount: Number = 1.0
        for factor in self.factors:
            amount = amount * factor.value
        return amount


@attrs.frozen
class MassBalance:
    """Mass balance of one material or component [kg per declared unit].

    ``residual = gross - net - scrap - loss``; reported, never spread over other flows.
    """

    path: str
    label: Text
    gross: float
    net: float
    scrap: float
    residual: float


@attrs.frozen
class Gap:
    """Something that could not be linked to a dataset: it stays open and is listed."""

    path: str
    label: Text
    stage: Stage
    text: str
    reason: Text
    where: str = ""


@attrs.frozen
class ProcessCheck:
    """Stated energy of an operation against the thermodynamic minimum of its model [kWh per good part].

    Parameters
    ----------
    verdict : str
        ``plausible``, ``below_minimum`` or ``unusually_high``.
    """

    path: str
    label: Text
    model: str
    stated: float
    minimum: float
    verdict: str


@attrs.frozen
class Note:
    """Something the reader of the result must know: an assumption that was taken, a thing that was not covered.

    Parameters
    ----------
    code : str
        Stable kind, for example ``scrap-route-missing`` or ``default-taken``.
    path : str
        Field of the study.
    """

    code: str
    path: str
    message: Text


@attrs.frozen
class System:
    """Foreground system of one study and one scenario."""

    activities: tuple[Activity, ...]
    balances: tuple[MassBalance, ...] = ()
    gaps: tuple[Gap, ...] = ()
    allocation_shares: tuple[tuple[str, float], ...] = ()
    process_checks: tuple[ProcessCheck, ...] = ()
    notes: tuple[Note, ...] = ()
