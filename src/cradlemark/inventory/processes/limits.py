"""What a source may have at most, for all importers in one place, and when an import gives up.

The bounds lie far above every database that is in use: ecoinvent's largest process has about 3,000 exchanges and a few
hundred parameters. Whatever is beyond them is a mistake or an attack, and is refused before it costs time and memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import AnyStr, TextIO

from cradlemark.core.errors import InputError, InputErrors, Problem
from cradlemark.core.language import Text

MAX_EXCHANGES = 50_000
"""Most exchanges of a process."""
MAX_SHARES = 2_000_000
"""Most exchanges of a process times its products: each product gets a share of every exchange."""
MAX_FACTORS = 200_000
"""Most factors of an impact category."""
MAX_PARAMETERS = 10_000
"""Most parameters of a process, or of the whole database."""
MAX_NAME = 5_000
"""Longest name, identifier or unit [characters]."""
MAX_TEXT = 100_000
"""Longest text: a description, a comment, a list of synonyms, a formula [characters]."""
MAX_PIECE = 1_000_000
"""Longest piece of a document without a mark of its syntax, before it is parsed [byte or character]."""
MAX_LANGUAGES = 200
"""Most languages of a name."""
MAX_UNITS = 1_000
"""Most different units of tables, which are compared with each other; real ones have dozens."""
MAX_UNKNOWN_UNITS = 500
"""Most different units that are not known; for each it is looked up what may be meant."""
MAX_UNREADABLE = 5_000
"""Parts that cannot be read, beyond which an import stops when they are the greater part."""
MAX_RESOURCES = 10_000
"""Most resources of a data package."""
MAX_LABELS = 1_000_000
"""Most cells of a table of names in a data package."""
NAMED = 100
"""Kinds of what is not kept that are named; the others are counted together."""
SHOWN = 20
"""Problems that are told when an import stops."""

EXCHANGES = Text("exchanges", "个交换")
FACTORS = Text("factors", "个因子")
SHARES = Text("exchanges times products", "个交换乘产品")
PARAMETERS = Text("parameters", "个参数")
LABELS = Text("cells of a table of names", "个名称表单元格")
LANGUAGES = Text("languages of a name", "种名称语言")
UNITS = Text("different units", "种不同单位")
UNKNOWN_UNITS = Text("different units that are not known", "种未知单位")


REMARKS = frozenset({
    "cas-differs", "cas-invalid", "column-unknown", "column-unnamed", "formula-differs", "formula-stored", "parameter-hidden",
    "problems-many", "reference-implied", "simapro-line", "uncertainty-invalid", "unit-odd",
})  # fmt: skip
"""Codes of problems that leave nothing out."""


_OTHERS = Text("(others)", "（其他）")


class SourceRefused(Exception):
    """The whole source is refused; `error` says why.

    Importers catch an `InputError` and go on with the next part; this one passes them.
    """

    def __init__(self, error: InputError) -> None:
        super().__init__(str(error))
        self.error = error


def check_count(count: int, most: int, what: Text) -> None:
    """Refuse an absurd number of parts.

    Raises
    ------
    InputError
        ``source-limit``
    """
    if count > most:
        raise InputError(
            Text(f"{count:,} {what.en}, and at most {most:,} are read", f"有 {count:,} {what.zh}，最多读取 {most:,}"),
            code="source-limit",
            hint=Text("split it, or correct the program that wrote it", "请拆分，或修正写出该文件的程序"),
        )  # fmt: skip


def check_texts(texts: Iterable[str], most: int) -> None:
    """Refuse a text that is longer than anybody would read.

    Raises
    ------
    InputError
        ``text-too-long``
    """
    for text in texts:
        if len(text) > most:
            raise too_long(len(text), most, text[:40])


def too_long(length: int, most: int, beginning: str = "") -> InputError:
    """The error for a text of a length [characters]."""
    english, chinese = (f", {beginning!r}...", f"（{beginning!r}……）") if beginning else ("", "")
    return InputError(
        Text(
            f"a text has {length:,} characters or more{english}", f"某文字至少有 {length:,} 个字符{chinese}"
        ),
        code="text-too-long",
        hint=Text(f"at most {most:,}; shorten it in the source", f"最多 {most:,} 个；请在数据源中缩短"),
    )


def named(names: Iterable[str], kind: Text) -> Counter[Text]:
    """Count what is not kept by its name, as far as there are not absurdly many names.

    Parameters
    ----------
    names : iterable of str
        One for each time it is there.
    kind : Text
        What they are names of, with ``{name}`` in its place.
    """
    found: dict[str, int] = {}
    others = 0
    for name in names:
        if name in found or len(found) < NAMED:
            found[name] = found.get(name, 0) + 1
        else:
            others += 1
    counted = Counter({kind.format(name=name[:80]): count for name, count in found.items()})
    if others:
        counted[kind.format(name=_OTHERS)] += others
    return counted


def check_pieces(content: AnyStr, mark: AnyStr, *, where: str) -> None:
    """Refuse a document with a text that would take several times its size when it is parsed.

    Parameters
    ----------
    content : bytes or str
    mark : bytes or str
        What ends every text: a quotation mark, the beginning of a tag.

    Raises
    ------
    InputError
        ``file-bomb``
    """
    place = 0
    while len(content) - place > MAX_PIECE:
        # The last mark within reach: a few steps for each megabyte.
        last = content.rfind(mark, place, place + MAX_PIECE)
        if last < 0:
            raise InputError(
                Text(f"more than {MAX_PIECE:,} characters belong to one text, number or list", f"单个文字、数字或列表超过 {MAX_PIECE:,} 个字符"),
                code="file-bomb", where=where, hint=Text("shorten it in the source", "请在数据源中缩短"),
            )  # fmt: skip
        place = last + 1


def bounded_lines(stream: TextIO, *, where: str) -> Iterator[str]:
    """Lines of a text with their ends; one that is too long is refused before it is read to its end.

    Raises
    ------
    InputError
        ``text-too-long``
    """
    while line := stream.readline(MAX_PIECE + 1):
        if len(line) > MAX_PIECE:
            error = too_long(len(line), MAX_PIECE)
            raise InputError(error.message, code=error.code, where=where, hint=error.hint)
        yield line


def unreadable(bad: int, where: str, problems: Iterable[Problem]) -> SourceRefused:
    """The end of an import of which the greater part cannot be read, with the first of the problems.

    Parameters
    ----------
    bad : int
        Parts that cannot be read.
    where : str
        The source.
    problems : iterable of Problem
        Why.
    """
    message = Text(
        f"{bad:,} parts of the source cannot be read, more than can", f"数据源有 {bad:,} 处无法读取，多于可读取的部分"
    )  # fmt: skip
    hint = Text(
        "export it again as one of the formats that are read; reading stopped here",
        "以可读取的格式重新导出；读取在此停止",
    )
    first = Problem(where, "source-refused", message, hint)
    return SourceRefused(InputErrors((first, *islice(problems, SHOWN))))
