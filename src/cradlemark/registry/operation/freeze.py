"""Freeze a register, so that nothing is written, and let it go on."""

from __future__ import annotations

import datetime

from cradlemark.core.errors import InputError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.audit.record import record
from cradlemark.registry.operation.frozen import frozen, refuse_frozen
from cradlemark.registry.operation.models import Freeze
from cradlemark.registry.writing import alone_in_writing

LONGEST_REASON = 500
RETRY = datetime.timedelta(hours=1)
"""When to ask again, while nobody knows when a freeze ends."""


def retry_after(freeze: Freeze, *, time: datetime.datetime) -> int:
    """How long to wait before asking again [s]."""
    left = (freeze.expected or time) - time
    return int((left if left > datetime.timedelta(minutes=1) else RETRY).total_seconds())


def freeze(reason: Text, *, time: datetime.datetime, expected: datetime.datetime | None = None) -> Freeze:
    """Let nothing be written from now on; whatever is being written is finished first.

    Parameters
    ----------
    reason : Text
        For everybody; in one language at least.
    time : datetime
        Now.
    expected : datetime, optional
        When it is expected to end.

    Raises
    ------
    InputError
        ``reason-missing``
    StateError
        ``register-frozen`` when it is frozen already.
    """
    if not (reason.en or reason.zh).strip() or max(len(reason.en), len(reason.zh)) > LONGEST_REASON:
        raise InputError(
            Text("a freeze needs a reason for everybody", "冻结需要向所有人说明理由"), code="reason-missing",
            hint=Text(f"one sentence, at most {LONGEST_REASON} characters", f"一句话，最多 {LONGEST_REASON} 个字符"),
        )  # fmt: skip
    with alone_in_writing():
        refuse_frozen()
        made = Freeze.objects.create(
            since=time, reason_en=reason["en"], reason_zh=reason["zh"], expected=expected
        )
        record("admin:register:freeze", str(made.pk), by=None, time=time, detail={"reason": reason["en"]})
    return made


def unfreeze(*, time: datetime.datetime) -> Freeze:
    """Let the register go on.

    Raises
    ------
    StateError
        ``register-not-frozen``
    """
    with alone_in_writing():
        found = frozen()
        if found is None:
            raise StateError(
                Text("the register is not frozen", "登记簿未被冻结"), code="register-not-frozen",
                hint=Text("nothing has to be done", "无需操作"),
            )  # fmt: skip
        found.active, found.lifted = False, time
        found.save(update_fields=["active", "lifted"])
        record("admin:register:unfreeze", str(found.pk), by=None, time=time)
    return found
