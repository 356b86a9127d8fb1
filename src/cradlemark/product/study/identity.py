"""What a study is about: product, maker, unit."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.product.study.value import Value

Boundary = Literal["cradle_to_gate", "cradle_to_grave"]


@attrs.frozen
class Organisation:
    """Who makes and answers for the product."""

    name: Text
    country: str = ""
    identifier: str = ""


@attrs.frozen
class Product:
    """What the footprint is about.

    Parameters
    ----------
    mass : Value
        Mass of one declared unit without packaging [kg].
    service_life : Value, optional
        Reference service life [year].
    """

    name: Text
    holder: Organisation
    mass: Value
    models: tuple[str, ...] = ()
    gtin: str = ""
    classification: tuple[tuple[str, str], ...] = ()
    service_life: Value | None = None
    description: Text = Text()


@attrs.frozen
class Unit:
    """Declared unit, always; functional unit when the boundary reaches the use stage.

    Parameters
    ----------
    declared : Value
        Amount and unit, for example 1 piece.
    functional : Text
        The function, how much, how well, how long, in a sentence.
    functional_amount : Value, optional
        Quantity of the function that one declared unit delivers.
    """

    declared: Value
    functional: Text = Text()
    functional_amount: Value | None = None
