"""In which line of a TOML text a table or key stands; the parser itself does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*(\]\]?)\s*(?:#.*)?$")
_KEY_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|$|=)""")
_MULTILINE = re.compile(r'"""|\'\'\'')

Step = str | int


class LineIndex:
    """Lines of all headers and keys of a TOML text.

    Keys inside inline tables and arrays are found at the line of the key that holds them.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[Step, ...], int] = {}
        self._counts: dict[tuple[Step, ...], int] = {}
        self._scan(text)

    def line(self, path: Sequence[Step]) -> tuple[int, int]:
        """Find the line of a place, or of the nearest place around it.

        Returns
        -------
        line : int
            From 1; 0 when nothing of the path was found.
        depth : int
            How many steps of the path stand at that line.
        """
        steps = tuple(path)
        for depth in range(len(steps), 0, -1):
            if line := self._lines.get(steps[:depth]):
                return line, depth
        return 0, 0

    def _scan(self, text: str) -> None:
        table: tuple[Step, ...] = ()
        closing = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if closing:
                closing = "" if closing in line else closing
                continue
            stripped = line.strip()
            if not stripped or stripped.startswith("#"):
                continue
            if stripped.startswith("[") and (header := _HEADER.match(line)) and (keys := _keys(header[2])):
                table = self._open(keys, array=header[1] == "[[" and header[3] == "]]", number=number)
            elif keys := _keys(line):
                self._note((*table, *keys), number)
            closing = _left_open(line)

    def _open(self, keys: list[str], *, array: bool, number: int) -> tuple[Step, ...]:
        """Register a header; a name of an array of tables on the way means its last entry."""
        path: tuple[Step, ...] = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        path = (*path, keys[-1])
        if array:
            self._note(path, number)
            self._counts[path] = self._counts.get(path, 0) + 1
            path = (*path, self._counts[path] - 1)
        elif path in self._counts:
            path = (*path, self._counts[path] - 1)
        self._note(path, number)
        return path

    def _note(self, path: tuple[Step, ...], number: int) -> None:
        self._lines.setdefault(path, number)
        # In a.b.c = 1 the places a and a.b are at this line too, unless a header of their own came before.
        for depth in range(len(path) - 1, 0, -1):
            if path[:depth] in self._lines:
                break
            self._lines[path[:depth]] = number


def _keys(text: str) -> list[str]:
    """Keys of a dotted key, as a header or at the beginning of ``a.b = value``; empty when it is neither."""
    keys: list[str] = []
    place = 0
    while found := _KEY_PART.match(text, place):
        keys.append(next(group for group in found.groups()[:3] if group is not None))
        place = found.end()
        if found[4] != ".":
            return keys
    return []


def _left_open(line: str) -> str:
    """Marks of a multi-line string that begins in this line and does not end in it."""
    open_mark = ""
    for found in _MULTILINE.finditer(line):
        if not open_mark:
            open_mark = found[0]
        elif found[0] == open_mark:
            open_mark = ""
    return open_mark
