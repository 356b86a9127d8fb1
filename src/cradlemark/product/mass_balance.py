"""Mass balance of a part (F2): gross input from yields, scrap of each step, residual reported and never spread."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.ranges import range_problems, share_problems
from cradlemark.product.system import Number


@attrs.frozen
class Step:
    """One step of a chain [kg]: ``scrap = input - output``."""

    input: Number
    output: Number

    @property
    def scrap(self) -> Number:
        """What the step loses [kg]."""
        return self.input - self.output


@attrs.frozen
class Balance:
    """Mass balance of one part or material [kg].

    ``residual = gross - net - scrap - loss``: positive when input is unexplained, negative when outputs exceed it.
    """

    gross: Number
    net: Number
    scrap: Number
    loss: Number

    @property
    def residual(self) -> Number:
        """What the balance leaves unexplained [kg]."""
        return self.gross - self.net - self.scrap - self.loss

    @property
    def relative_residual(self) -> Number:
        """Residual per gross input [1]."""
        return self.residual / self.gross


def overall_yield(yields: Sequence[Number], *, where: str = "") -> Number:
    """Return the product of the yields of all steps [1]; each is above 0 and at most 1."""
    problems: list[Problem] = []
    for number, value in enumerate(yields, start=1):
        problems += share_problems(
            value,
            name=Text(f"yield of step {number}", f"第 {number} 步的得料率"),
            where=where,
            above_zero=True,
        )
    raise_if_any(problems)
    product: Number = 1.0
    for value in yields:
        product = product * value
    return product


def gross_input(*, net: Number, yields: Sequence[Number], where: str = "") -> Number:
    """Return the gross input: ``m_gross = m_net / Π yields``.

    Parameters
    ----------
    net : float or ndarray of float64, shape (draws,)
        Mass in one good part [kg].
    yields : sequence of float or ndarray of float64, shape (draws,)
        Output per input of each step, above 0 and at most 1 [1]; none: the gross input is the net mass.

    Returns
    -------
    float or ndarray of float64, shape (draws,)
        [kg]

    Examples
    --------
    >>> gross_input(net=0.9, yields=(0.9,))
    1.0
    """
    raise_if_any(range_problems(net, name=Text("net mass [kg]", "净重 [kg]"), where=where))
    return net / overall_yield(yields, where=where)


def chain(*, net: Number, yields: Sequence[Number], where: str = "") -> tuple[Step, ...]:
    """Return input and output of each step, in the order of the yields, the last giving the net mass [kg].

    The scrap of the chain is ``Σ (m_in - m_out) = m_gross - m_net``.
    """
    flowing = gross_input(net=net, yields=yields, where=where)
    steps = []
    for number, value in enumerate(yields, start=1):
        output = net if number == len(yields) else flowing * value
        steps.append(Step(flowing, output))
        flowing = output
    return tuple(steps)


def balance(
    *, gross: Number, net: Number, scrap: Number = 0.0, loss: Number = 0.0, where: str = ""
) -> Balance:
    """Return the mass balance of what was measured; the residual stays as it is, whatever its sign.

    Parameters
    ----------
    gross : float or ndarray of float64, shape (draws,)
        Measured or calculated input [kg], above 0.
    net, scrap, loss : float or ndarray of float64, shape (draws,)
        Mass in the good part, collected scrap, and losses such as evaporation or burning [kg].
    """
    raise_if_any(
        (
            *range_problems(gross, name=Text("gross input [kg]", "毛投入 [kg]"), where=where, above_low=True),
            *range_problems(net, name=Text("net mass [kg]", "净重 [kg]"), where=where),
            *range_problems(scrap, name=Text("scrap [kg]", "废料 [kg]"), where=where),
            *range_problems(loss, name=Text("loss [kg]", "损耗 [kg]"), where=where),
        )
    )
    return Balance(gross, net, scrap, loss)
