"""What if a process took another amount of something: changes in words, applied to a solved database."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.quantities import parse_number
from cradlemark.engine.intensities import intensities
from cradlemark.engine.solve import Factorisation
from cradlemark.engine.what_if import Change, change
from cradlemark.inventory.processes.products import Product, find_product
from cradlemark.inventory.processes.solved import Solved

_WRITTEN = re.compile(r"^(?:(?P<user>[^\n]*?)\s*:\s+)?(?P<taken>[^\n]*?)\s*->\s*(?P<amount>\S[^\n]*)$")


@attrs.frozen
class NewAmount:
    """A new amount of an input.

    Parameters
    ----------
    user : Product
        Whose making takes it.
    taken : Product
        What it takes.
    before, after : float
        [unit of `taken` per unit of `user`]
    """

    user: Product
    taken: Product
    before: float
    after: float


def read_change(solved: Solved, text: str, product: Product) -> NewAmount:
    """A change as a person writes it: ``TAKEN -> AMOUNT``, or ``USER: TAKEN -> AMOUNT``.

    Parameters
    ----------
    solved : Solved
    text : str
        USER and TAKEN are products as in `find_product`; AMOUNT is per unit of USER's product, 0 takes the input away.
    product : Product
        The user when none is named.

    Raises
    ------
    InputError
        ``change-syntax``, ``product-ambiguous``, ``number-format``.
    NotFoundError
        ``product-unknown``
    """
    found = _WRITTEN.match(text.strip()) if len(text) <= 1000 else None
    if found is None:
        raise InputError(
            Text(f"the change {text[:80]!r} cannot be read", f"无法读取变更 {text[:80]!r}"),
            code="change-syntax",
            hint=Text(
                'write "TAKEN -> AMOUNT" or "USER: TAKEN -> AMOUNT", for example "electricity, at grid -> 0.5"',
                '写作 "TAKEN -> AMOUNT" 或 "USER: TAKEN -> AMOUNT"，例如 "electricity, at grid -> 0.5"',
            ),
        )
    user = find_product(solved.database, found["user"]) if found["user"] else product
    taken = find_product(solved.database, found["taken"])
    if taken.activity == user.activity:
        raise InputError(
            Text(f"{taken.name['en']} would take itself", f"{taken.name['zh']} 会消耗自身"),
            code="change-syntax",
            hint=Text("name another input", "指定其他输入"),
        )
    matrices = solved.matrices
    entry = float(matrices.technosphere[taken.activity, user.activity])
    before = (
        -entry * float(matrices.sign[taken.activity]) / abs(float(matrices.reference_amount[user.activity]))
    )
    return NewAmount(user, taken, before or 0.0, parse_number(found["amount"]))


def with_changes(solved: Solved, changes: Sequence[NewAmount]) -> Solved:
    """The database solved with new amounts; `solved` itself stays as it is.

    Raises
    ------
    InputErrors
        ``change-twice``, ``system-reference-sign``, ``system-singular`` and others of the engine.
    """
    if not isinstance(solved.operator, Factorisation):
        raise TypeError("changes start from the factorisation of the unchanged database")
    matrices = solved.matrices
    entries = [
        Change(
            "technosphere",
            one.taken.activity,
            one.user.activity,
            -one.after
            * float(matrices.sign[one.taken.activity])
            * abs(float(matrices.reference_amount[one.user.activity])),
        )
        for one in changes
    ]
    operator = change(solved.operator, entries)
    return attrs.evolve(solved, operator=operator, result=intensities(operator))
