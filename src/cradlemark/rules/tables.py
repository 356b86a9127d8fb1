"""Reading tables of a rule pack with every problem kept, so that all of them are reported together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from cradlemark.core.errors import Problem
from cradlemark.core.language import LANGUAGES, Text

Choice = TypeVar("Choice", bound=str)
Result = TypeVar("Result")


class Table:
    """One table; each key is read once, and what is left over is a problem.

    Parameters
    ----------
    content : object
        What the document has at this place.
    where : str
        Place in the document, for example ``checks.period-length``.
    problems : list of Problem
        Everything found so far in the document.
    """

    def __init__(self, content: object, where: str, problems: list[Problem]) -> None:
        self.where = where
        self.problems = problems
        if not isinstance(content, Mapping):
            self.problem("", "pack-table", Text("this should be a table", "此处应为表"))
            content = {}
        self._content: Mapping[str, Any] = content
        self._read: set[str] = set()

    def problem(self, key: str, code: str, message: Text, hint: Text = Text()) -> None:
        """Keep one problem of a key."""
        place = ".".join(part for part in (self.where, key) if part)
        self.problems.append(Problem(place, code, message, hint))

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables below a key by name, in the order of the document."""
        content = self._take(key, {})
        if not isinstance(content, Mapping):
            self.problem(key, "pack-table", Text("this should be a table of tables", "此处应为表的表"))
            return
        for name, item in content.items():
            yield name, Table(item, f"{self._place(key)}.{name}", self.problems)

    def table(self, key: str) -> Table:
        """The table below a key."""
        return Table(self._take(key, {}), self._place(key), self.problems)

    def raw(self, key: str) -> object:
        """What stands under a key."""
        return self._take(key, {})

    def string(self, key: str, default: str | None = None) -> str:
        """A text without languages."""
        value = self._take(key, default)
        if isinstance(value, str) and (value or default is not None):
            return value
        return self._wrong(key, value, Text("a text", "文字"), "")

    def flag(self, key: str) -> bool:
        """Yes or no."""
        value = self._take(key, None)
        return (
            value
            if isinstance(value, bool)
            else self._wrong(key, value, Text("true or false", "true 或 false"), False)
        )

    def number(self, key: str) -> float:
        """A finite number."""
        value = self._take(key, None)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        return self._wrong(key, value, Text("a finite number", "有限数值"), 0.0)

    def choice(self, key: str, allowed: Sequence[Choice], default: Choice | None = None) -> Choice:
        """One of some words."""
        value = self._take(key, default)
        for word in allowed:
            if value == word:
                return word
        return self._wrong(
            key, value, Text(f"one of {', '.join(allowed)}", f"以下之一：{'、'.join(allowed)}"), allowed[0]
        )

    def choices(self, key: str, allowed: Sequence[Choice] | None = None) -> tuple[Choice, ...]:
        """A list of some words."""
        value = self._take(key, [])
        if isinstance(value, list) and all(
            isinstance(word, str) and (allowed is None or word in allowed) for word in value
        ):
            return tuple(value)
        return self._wrong(
            key,
            value,
            Text(
                f"a list of {', '.join(allowed or ('texts',))}", f"{'、'.join(allowed or ('文字',))} 的列表"
            ),
            (),
        )

    def text(self, key: str, *, optional: bool = False) -> Text:
        """A text in both languages."""
        value = self._take(key, {} if optional else None)
        if isinstance(value, Mapping) and value.keys() <= set(LANGUAGES):
            text = Text(str(value.get("en", "")), str(value.get("zh", "")))
            if text.complete or (optional and not value):
                return text
        return self._wrong(key, value, Text("a text in en and zh", "含 en 和 zh 的文字"), Text())

    def finish(self) -> None:
        """Report every key that nobody read."""
        for key in self._content:
            if key not in self._read:
                self.problem(
                    key,
                    "pack-key",
                    Text("this key means nothing here", "此键在这里没有意义"),
                    Text("remove it or correct its name", "删去它或更正名称"),
                )

    def _place(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _take(self, key: str, default: object) -> Any:
        self._read.add(key)
        return self._content.get(key, default)

    def _wrong(self, key: str, value: object, wanted: Text, instead: Result) -> Result:
        if value is None or value == "":
            self.problem(
                key,
                "pack-missing",
                Text(f"{key} is missing", f"缺少 {key}"),
                Text("give {wanted}", "给出{wanted}").format(wanted=wanted),
            )
        else:
            self.problem(
                key,
                "pack-value",
                Text("{value} is not {wanted}", "{value} 不是{wanted}").format(
                    value=repr(str(value)[:60]), wanted=wanted
                ),
                Text("give {wanted}", "给出{wanted}").format(wanted=wanted),
            )
        return instead
