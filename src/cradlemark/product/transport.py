"""Transport work of a leg (F4): tonne-kilometres including packaging and charged empty returns."""

from __future__ import annotations

from cradlemark.core.errors import raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.ranges import range_problems, share_problems
from cradlemark.product.system import Number


def tonne_kilometres(
    *,
    mass: Number,
    distance: Number,
    mass_factor: Number = 1.0,
    empty_return: Number = 0.0,
    where: str = "",
) -> Number:
    """Return the transport work of one leg: ``m / 1000 · f · d · (1 + e)``.

    Parameters
    ----------
    mass : float or ndarray of float64, shape (draws,)
        Mass of the goods m [kg].
    distance : float or ndarray of float64, shape (draws,)
        One way d [km].
    mass_factor : float or ndarray of float64, shape (draws,)
        Transported mass per mass of goods f, at least 1, so packaging travels too [1].
    empty_return : float or ndarray of float64, shape (draws,)
        Share e of the way driven back empty that is charged [0-1].

    Returns
    -------
    float or ndarray of float64, shape (draws,)
        [tkm]

    Notes
    -----
    Emission factors by ISO 14083 hold the empty trips already; then `empty_return` stays 0, or they count twice. Where
    a factor does not hold them, charging the way back at the loaded factor is an upper bound: an empty vehicle needs
    less (interpretation, unverified).

    Examples
    --------
    >>> tonne_kilometres(mass=500.0, distance=100.0, mass_factor=1.08)
    54.0
    """
    raise_if_any(
        (
            *range_problems(mass, name=Text("mass [kg]", "质量 [kg]"), where=where),
            *range_problems(distance, name=Text("distance [km]", "距离 [km]"), where=where),
            *range_problems(mass_factor, name=Text("mass factor", "质量系数"), where=where, low=1.0),
            *share_problems(empty_return, name=Text("share of empty return", "空驶返程份额"), where=where),
        )
    )
    return mass / 1000.0 * mass_factor * distance * (1.0 + empty_return)
