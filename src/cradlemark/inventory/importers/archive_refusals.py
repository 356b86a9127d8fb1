"""What an archive may be at most, and the errors that say it is more."""

from __future__ import annotations

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

MAX_ARCHIVE = 4_000_000_000
"""Largest archive [byte]."""
MAX_UNPACKED = 20_000_000_000
"""Largest sum of unpacked documents [byte]."""
MAX_DOCUMENTS = 150_000
MAX_DIRECTORY = 40_000_000
"""Largest list of members of a zip [byte]."""
MAX_DEPTH = 30
"""Deepest nesting of folders."""
MAX_DOCUMENT = 50_000_000
"""Largest document [byte]."""
MAX_STREAMED = 4_000_000_000
"""Largest document of a zip [byte]."""


def refused(message: Text, code: str, where: str, hint: Text) -> InputError:
    """An error about an archive or one of its documents."""
    return InputError(message, code=code, where=where, hint=hint)


def too_large(where: str) -> InputError:
    """A document above `MAX_DOCUMENT`."""
    return refused(
        Text(f"a document is larger than {MAX_DOCUMENT // 10**6} MB", f"文档大于 {MAX_DOCUMENT // 10**6} MB"),
        "file-too-large",
        where,
        Text("split the data set", "拆分数据集"),
    )


def too_many(where: str) -> InputError:
    """An archive of more than `MAX_DOCUMENTS`."""
    return refused(
        Text(
            f"the archive holds more than {MAX_DOCUMENTS:,} documents",
            f"归档中的文档超过 {MAX_DOCUMENTS:,} 个",
        ),
        "file-bomb",
        where,
        Text("split the archive", "拆分归档"),
    )


def too_deep(where: str) -> InputError:
    """Folders nested deeper than `MAX_DEPTH`."""
    return refused(
        Text(f"the folders are nested deeper than {MAX_DEPTH} levels", f"文件夹嵌套超过 {MAX_DEPTH} 层"),
        "file-bomb",
        where,
        Text("give the folder that holds the data sets, or move it up", "给出存放数据集的文件夹，或将其上移"),
    )


def damaged(where: str) -> InputError:
    """An archive or document that cannot be unpacked."""
    return refused(
        Text("the archive is damaged or cut off", "归档损坏或不完整"),
        "file-truncated",
        where,
        Text("download or export it again", "重新下载或导出"),
    )
