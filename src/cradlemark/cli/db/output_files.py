"""Files that commands write: whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.system_reasons import system_reason


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8 through a temporary file beside it.

    Raises
    ------
    InputError
        ``output-unwritable``
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(text.encode("utf-8", "replace"))
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise InputError(
            Text("cannot write {path}: {reason}", "无法写入 {path}：{reason}").format(path=path, reason=system_reason(error)), code="output-unwritable", where=str(path),
            hint=Text("choose another file", "改用其他文件"),
        )  from None  # fmt: skip


def refuse_ending(path: Path, *endings: str) -> None:
    """Refuse a file whose name has none of the endings.

    Raises
    ------
    InputError
        ``output-format``
    """
    if path.suffix.lower() not in endings:
        raise InputError(
            Text(f"the format of {path.name} is not known", f"{path.name} 的格式未知"),
            code="output-format",
            where=str(path),
            hint=Text(f"end the name in {', '.join(endings)}", f"文件名以 {'、'.join(endings)} 结尾"),
        )
