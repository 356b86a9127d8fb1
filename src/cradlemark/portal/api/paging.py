"""Lists in parts: each part names the cursor of the next one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

M = TypeVar("M", bound=Model)
LARGEST = 10**15


def cursor_of(place: int) -> str:
    """A cursor; what is in it is nobody's business."""
    return base64.urlsafe_b64encode(f"1:{place}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> int:
    """Where a cursor leads; 0 without one.

    Raises
    ------
    InputError
        ``cursor-invalid``
    """
    if not cursor:
        return 0
    try:
        kind, _, place = (
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            .decode("ascii")
            .partition(":")
        )
        number = int(place) if place.isascii() and place.isdecimal() else -1
    except (binascii.Error, ValueError):
        kind, number = "", -1
    if kind != "1" or not 0 < number < LARGEST or cursor != cursor_of(number):
        raise InputError(
            Text("this is no cursor of ours", "不是有效的游标"), code="cursor-invalid", where="cursor",
            hint=Text("take it from the field next, or leave it out", "取自字段 next，或省略"),
        )  # fmt: skip
    return number


def part(
    rows: QuerySet[M], *, cursor: str, limit: int, show: Callable[[M], Any], by: str = "pk"
) -> dict[str, Any]:
    """One part of a list, the newest first.

    Parameters
    ----------
    rows : QuerySet
    cursor : str
    limit : int
    show : callable
        Turns a row into what is sent.
    by : str
        Whole number that rows are ordered by.
    """
    place = place_of(cursor)
    before = rows.filter(**{f"{by}__lt": place}) if place else rows
    found = list(before.order_by(f"-{by}")[: limit + 1])
    following = cursor_of(getattr(found[limit - 1], by)) if len(found) > limit else None
    return {"items": [show(row) for row in found[:limit]], "next": following}
