"""Whether the register is frozen: asked wherever writing begins."""

from __future__ import annotations

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.registry.operation.models import Freeze


def frozen() -> Freeze | None:
    """The freeze that lasts, if there is one."""
    return Freeze.objects.filter(active=True).first()


def refuse_frozen() -> None:
    """Refuse to write while the register is frozen.

    Raises
    ------
    StateError
        ``register-frozen``
    """
    found = frozen()
    if found is not None:
        raise StateError(
            Text(
                f"the register is frozen since {found.since:%Y-%m-%d %H:%M} UTC: {found.reason_en}",
                f"登记簿自 {found.since:%Y-%m-%d %H:%M} UTC 起冻结：{found.reason_zh}",
            ),
            code="register-frozen",
            hint=Text(
                "nothing can be written now; everything can be read. Try again later",
                "目前不能写入，仍可读取。请稍后重试",
            ),
        )
