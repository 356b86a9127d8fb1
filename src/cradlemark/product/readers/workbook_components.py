"""Rows of the sheet Components to nested components with their materials."""

from __future__ import annotations

from collections.abc import Sequence

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.product.readers.workbook_grid import FilledRow, Row
from cradlemark.product.schema import study_schema

_OWN = ("part_number", "name", "quantity")


def nest(rows: Sequence[FilledRow]) -> tuple[list[Row], list[Problem]]:
    """Nest the rows by level or parent.

    A row with a part number is a part with its material; a row with the same part number, or none, directly below it
    holds a further material of that part.

    Returns
    -------
    components : list of Row
        Top level.
    problems : list of Problem
        Rows that cannot be placed; they are left out.
    """
    tree = _Tree()
    for row in rows:
        tree.add(row)
    return tree.top, tree.problems


class _Tree:
    def __init__(self) -> None:
        self.top: list[Row] = []
        self.problems: list[Problem] = []
        self._open: list[Row] = []
        """The part that was read last on each level."""
        self._by_number: dict[str, tuple[Row, int]] = {}
        self._last: Row | None = None

    def add(self, row: FilledRow) -> None:
        table = row.table()
        level, parent = table.pop("level", None), _number_text(table.pop("parent", None))
        material = _material(table, row)
        component = Row({key: table[key] for key in _OWN if key in table}, row)
        if "component_note" in table:
            component["note"] = table["component_note"]
        component.rows = {**table.rows, "note": (row, "component_note")}
        number = _number_text(table.get("part_number"))
        if self._continues(component, number, level):
            self._further(row, material)
            return
        if not self._place(row, component, level, parent):
            return
        if material:
            component["materials"] = [material]
        self._last = component
        if number:
            self._by_number[number] = (component, len(self._open))

    def _continues(self, component: Row, number: str, level: object) -> bool:
        """Whether a row only adds a material to the part above."""
        if level is not None or "name" in component or "quantity" in component:
            return False
        same = self._last is not None and number == _number_text(self._last.get("part_number"))
        return not number or same

    def _further(self, row: FilledRow, material: Row) -> None:
        if self._last is None:
            self._problem(
                row,
                "part_number",
                "field-missing",
                Text("there is no part above this material", "该材料之上没有零件"),
                Text("write a part number", "写料号"),
            )
        elif material:
            self._last.setdefault("materials", []).append(material)
        else:
            self._problem(
                row,
                "text",
                "row-empty",
                Text("the row has neither a part nor a material", "该行既无零件也无材料"),
                Text("clear it", "清空它"),
            )

    def _place(self, row: FilledRow, component: Row, level: object, parent: str) -> bool:
        depth = self._depth(row, level, parent)
        if depth is None:
            return False
        if depth == 1:
            self.top.append(component)
            self._open = [component]
            return True
        above = self._open[depth - 2]
        above.setdefault("children", []).append(component)
        self._open = [*self._open[: depth - 1], component]
        return True

    def _depth(self, row: FilledRow, level: object, parent: str) -> int | None:
        """Level of a row, from 1; opens the branch of its parent."""
        if level is None:
            return self._below(row, parent) if parent else 1
        text = str(level).strip().removesuffix(".0").lstrip(".")
        depth = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= depth <= len(self._open) + 1:
            message = Text(
                f"level {level!r} does not follow level {len(self._open)}"
                if depth
                else f"{level!r} is not a level",
                f"层级 {level!r} 不能接在层级 {len(self._open)} 之后" if depth else f"{level!r} 不是层级",
            )
            self._problem(
                row,
                "level",
                "level-invalid",
                message,
                Text("levels are 1, 2, 3 and go up by one", "层级为 1、2、3，逐级加一"),
            )
            return None
        above = _number_text(self._open[depth - 2].get("part_number")) if depth > 1 else ""
        if parent and parent != above:
            hint = Text(
                f"the part above on level {depth - 1} is {above!r}" if depth > 1 else "level 1 has no parent",
                f"层级 {depth - 1} 的上方零件是 {above!r}" if depth > 1 else "层级 1 没有上级",
            )
            self._problem(
                row,
                "parent",
                "parent-conflict",
                Text(f"level and parent {parent!r} do not agree", f"层级与上级 {parent!r} 不一致"),
                hint,
            )
            return None
        return depth

    def _below(self, row: FilledRow, parent: str) -> int | None:
        if parent not in self._by_number:
            self._problem(
                row,
                "parent",
                "component-unknown",
                Text(f"there is no part {parent!r} above", f"上方没有零件 {parent!r}"),
                Text("list parents first", "先列上级"),
            )
            return None
        found, depth = self._by_number[parent]
        self._open = [*self._open[: depth - 1], found] if depth <= len(self._open) + 1 else [found]
        return depth + 1

    def _problem(self, row: FilledRow, key: str, code: str, message: Text, hint: Text) -> None:
        self.problems.append(Problem(row.where(key), code, message, hint))


def _material(table: Row, row: FilledRow) -> Row:
    keys = study_schema()["Material"].by_key
    return Row({key: table[key] for key in table if key in keys}, row)


def _number_text(content: object) -> str:
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return "" if content is None else str(content).strip()
