"""From the cells of one row to a draft line, with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.inventory.safe_files import Cell
from cradlemark.product.bom import MASS_FIELDS, PIECE, BomLine, Column, ColumnMapping, Decimal, Field, Place
from cradlemark.product.bom_tree import MASS_TOLERANCE
from cradlemark.product.readers.cells import Number, RowCells, convert, indent_of
from cradlemark.product.readers.hierarchy import Node
from cradlemark.product.readers.numbers import plain
from cradlemark.product.readers.vocabulary import has_han
from cradlemark.product.study import DataKind, ScrapRoute, Value


@attrs.frozen
class Draft:
    """One row read by itself, before its place in the tree is known.

    Parameters
    ----------
    total_quantity : float, optional
        Stated quantity for the whole product [unit of the quantity].
    line_mass, line_gross : float, optional
        Stated mass of the whole line [kg].
    quantity_given : bool
        Whether the row has a quantity of its own.
    displaced : bool
        Whether the cells may have moved to other columns: nothing else is said of such a row.
    """

    node: Node
    line: BomLine
    total_quantity: float | None = None
    line_mass: float | None = None
    line_gross: float | None = None
    quantity_given: bool = True
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    displaced: bool = False


@attrs.define
class LineReader:
    """Reads rows under one mapping.

    Parameters
    ----------
    small_shares : frozenset of int
        Columns of percentages that hold no number above 1: they may be shares that are only shown as percent.
    unit_missing : dict of int to list of Place
        Rows with numbers that have no unit anywhere, by column; reported once per column, not once per row.
    """

    mapping: ColumnMapping
    headers: Sequence[str]
    decimals: Mapping[int, Decimal]
    small_shares: frozenset[int] = frozenset()
    by_field: dict[Field, Column] = attrs.field(init=False)
    extra: tuple[int, ...] = attrs.field(init=False)
    unit_missing: dict[int, list[Place]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.by_field = {}
        for column in self.mapping.columns:
            self.by_field.setdefault(column.field, column)
        used = {column.index for column in self.mapping.columns}
        self.extra = tuple(index for index in range(len(self.headers)) if index not in used)

    def read(
        self, row: Sequence[Cell], place: Place, *, additional: bool = False, displaced: Problem | None = None
    ) -> Draft:
        """Read one row; one whose cells are displaced only for its place in the tree, with no other problem than that."""
        if displaced is not None:
            draft = attrs.evolve(self, unit_missing={}).read(row, place, additional=additional)
            return attrs.evolve(
                draft, problems=(displaced,), warnings=(), quantity_given=True, displaced=True
            )
        cells = RowCells(row, place, self.mapping, self.decimals, self.by_field)
        warnings: list[Problem] = []
        quantity, total, given = self._quantity(cells, warnings, additional)
        masses = {field: self._mass(cells, field, warnings) for field in MASS_FIELDS}
        net, gross = masses["net_mass"], masses["gross_mass"]
        if additional and quantity is None:
            quantity, net, gross = _as_bulk(net if net is not None else masses["net_mass_total"], gross)
            masses = dict.fromkeys(masses)
        if quantity and quantity.unit == "kg":
            net, gross, masses = _of_bulk(net, gross, masses, quantity, cells, warnings)
        amount = quantity.magnitude if quantity else None
        net = _per_unit(net, masses["net_mass_total"], amount, cells, warnings, "net_mass")
        gross = _per_unit(gross, masses["gross_mass_total"], amount, cells, warnings, "gross_mass")
        part_number, level = cells.text("part_number"), self._level(cells)
        line = BomLine(
            level=0,
            part_number=part_number or self._number_from_levels(cells),
            name=self._name(cells),
            quantity=quantity or Value(None, PIECE),
            where=place,
            parent=cells.text("parent"),
            material=cells.text("material"),
            net_mass=_kg(net),
            gross_mass=_kg(gross),
            process_yield=self._share(cells, "yield", low=0.0),
            scrap_route=_scrap_route(cells.choice("scrap_route", code="scrap-route-unknown"))
            if "scrap_route" in self.by_field
            else "",
            recycled_content=self._share(cells, "recycled_content", low=-1.0),
            supplier=cells.text("supplier"),
            origin=cells.text("origin"),
            distance=self._distance(cells),
            mode=cells.text("mode"),
            data_kind=_data_kind(cells.choice("data_kind", code="data-kind-unknown"))
            if "data_kind" in self.by_field
            else None,
            dataset=cells.text("dataset"),
            note=cells.text("note"),
            additional=additional,
            extra=self._extra(cells),
        )
        _check_masses(line, cells, warnings)
        return Draft(
            node=self._node(cells, line, level),
            line=line,
            total_quantity=total,
            line_mass=masses["net_mass_total"],
            line_gross=masses["gross_mass_total"],
            quantity_given=given,
            problems=tuple(cells.problems),
            warnings=(*cells.warnings, *warnings),
        )

    def _quantity(
        self, cells: RowCells, warnings: list[Problem], additional: bool
    ) -> tuple[Value | None, float | None, bool]:
        """Return the quantity [piece or bulk unit], the stated total, and whether the row has a quantity."""
        before = len(cells.problems)
        number, total = cells.number("quantity"), cells.number("quantity_total")
        stated = number if number is not None else total
        if stated is None:
            unreadable = len(cells.problems) > before
            has_column = "quantity" in self.by_field or "quantity_total" in self.by_field
            return (
                (None if has_column or additional else Value(1.0, PIECE)),
                None,
                unreadable or not has_column,
            )
        measure = cells.quantity_measure(stated)
        column = self.by_field.get("quantity") or self.by_field.get("quantity_total")
        if measure is None:
            return Value(None, PIECE), None, True
        magnitude = convert(stated.magnitude, measure.factor)
        if magnitude < 0:
            cells.report(column, "quantity-negative", Text(f"the quantity {stated.magnitude:g} is negative", f"数量 {stated.magnitude:g} 为负"),
                         Text("a returned or by-product does not belong here: remove the row", "退回品或副产品不属于此处：删去该行"))  # fmt: skip
        elif magnitude == 0:
            where = cells.place.column(column.label if column else "")
            warnings.append(
                Problem(
                    where,
                    "quantity-zero",
                    Text("the quantity is 0: the line adds nothing", "数量为 0：该行不产生任何量"),
                )
            )
        elif (
            measure.unit == PIECE
            and not magnitude.is_integer()
            and not cells.unit("quantity", stated, "unit")
        ):
            where = cells.place.column(column.label if column else "")
            message = Text(f"{magnitude:g} pieces, and no unit is stated", f"{magnitude:g} 件，且未注明单位")
            hint = Text(
                "state the unit, for example kg or m, if it is an amount of material",
                "若为材料数量，请注明单位，例如 kg 或 m",
            )
            warnings.append(Problem(where, "quantity-fraction", message, hint))
        return (
            Value(magnitude, measure.unit),
            (convert(total.magnitude, measure.factor) if total else None),
            True,
        )

    def _mass(self, cells: RowCells, field: Field, warnings: list[Problem]) -> float | None:
        """Return a mass [kg]."""
        column = self.by_field.get(field)
        number = cells.number(field) if column else None
        if number is None or column is None:
            return None
        factor = cells.factor(field, number, "kg", "mass_unit")
        if factor is None:
            self._note_unit(cells, field, number, column, "mass_unit")
            return None
        if number.magnitude < 0:
            cells.report(
                column,
                "mass-negative",
                Text(f"the mass {number.magnitude:g} is negative", f"质量 {number.magnitude:g} 为负"),
                Text("correct the cell", "修正该单元格"),
            )
            return None
        if number.magnitude == 0:
            warnings.append(Problem(cells.place.column(column.label), "mass-zero", Text("the mass is 0", "质量为 0"),
                                    Text("leave the cell empty when the mass is not known", "质量未知时该单元格留空")))  # fmt: skip
        return convert(number.magnitude, factor)

    def _note_unit(
        self, cells: RowCells, field: Field, number: Number, column: Column, unit_field: Field | None = None
    ) -> None:
        if not cells.unit(field, number, unit_field):
            self.unit_missing.setdefault(column.index, []).append(cells.place)

    def _share(self, cells: RowCells, field: Field, *, low: float) -> Value | None:
        """Return a share [0-1]; above `low`."""
        column = self.by_field.get(field)
        number = cells.number(field) if column else None
        if number is None or column is None:
            return None
        text = cells.unit(field, number)
        factor = cells.factor(field, number, "1") if text else 1.0
        if factor is None:
            return None
        if column.index in self.small_shares and not number.unit and 0 < number.magnitude <= 1:
            message = Text(
                f"{number.magnitude:g} can be {number.magnitude:g} % or {number.magnitude * 100:g} %",
                f"{number.magnitude:g} 可能是 {number.magnitude:g} % 或 {number.magnitude * 100:g} %",
            )
            hint = Text(
                'write the percent sign into the cells, or set unit = "1" in the mapping if they are shares',
                '在单元格中写百分号，若为份额则在映射中设 unit = "1"',
            )
            cells.report(column, "share-ambiguous", message, hint)
            return None
        share = convert(number.magnitude, factor)
        if low < share <= 1.0 and share >= 0.0:
            return Value(share, "1")
        hint = Text(
            "write 98 % with the percent sign, or state % in the header or mapping" if not text else "",
            "写 98 % 并带百分号，或在表头或映射中注明 %",
        )
        cells.report(
            column,
            "share-out-of-range",
            Text(
                f"{number.magnitude:g} {text}".strip() + " is not a share of 0 to 1",
                (f"{number.magnitude:g} {text}".strip() + " 不是 0 至 1 的份额"),
            ),
            hint,
        )
        return None

    def _distance(self, cells: RowCells) -> Value | None:
        column = self.by_field.get("distance")
        number = cells.number("distance") if column else None
        if number is None or column is None:
            return None
        factor = cells.factor("distance", number, "km")
        if factor is None:
            self._note_unit(cells, "distance", number, column)
            return None
        if number.magnitude < 0:
            cells.report(
                column,
                "distance-negative",
                Text(f"the distance {number.magnitude:g} is negative", f"距离 {number.magnitude:g} 为负"),
            )
            return None
        return Value(convert(number.magnitude, factor), "km")

    def _name(self, cells: RowCells) -> Text:
        """Return the name; with one column the script decides the language, two columns fill both."""
        english, chinese = cells.text("name_en"), cells.text("name_zh")
        for column in self.mapping.all("name"):
            text = cells.column_text(column)
            if has_han(text):
                chinese = chinese or text
            elif text:
                english = english or text
        return Text(english, chinese)

    def _level(self, cells: RowCells) -> str:
        columns = self.mapping.all("level")
        if len(columns) < 2:
            return _level_text(cells.cell(columns[0])) if columns else ""
        for depth, column in enumerate(columns):
            if cells.cell(column) is not None:
                return str(depth)
        return ""

    def _number_from_levels(self, cells: RowCells) -> str:
        """With one column per level and no column of part numbers, the mark itself is the part number."""
        columns = self.mapping.all("level")
        if len(columns) < 2 or "part_number" in self.by_field:
            return ""
        text = next((cells.column_text(column) for column in columns if cells.cell(column) is not None), "")
        return "" if len(text) < 2 else text

    def _extra(self, cells: RowCells) -> tuple[tuple[str, str], ...]:
        row = cells.row
        return tuple(
            (self.headers[index], plain(row[index]))
            for index in self.extra
            if index < len(row) and row[index] is not None
        )

    def _node(self, cells: RowCells, line: BomLine, level: str) -> Node:
        indents = [
            indent_of(cells.cell(c)) for c in self.mapping.columns if c.field in ("name", "part_number")
        ]
        return Node(
            where=cells.place,
            part_number=line.part_number,
            parent=line.parent,
            level=level,
            position=_level_text(cells.cell(self.by_field.get("position")))
            if "position" in self.by_field
            else "",
            indent=max(indents, default=0),
            additional=line.additional,
        )


def _level_text(cell: Cell) -> str:
    return "" if cell is None else plain(cell)


def _as_bulk(net: float | None, gross: float | None) -> tuple[Value | None, float | None, float | None]:
    """A further material of the part above: its mass is its quantity."""
    if net is None:
        return None, None, None
    return Value(net, "kg"), None, gross / net if gross is not None and net else None


def _of_bulk(
    net: float | None,
    gross: float | None,
    masses: dict[Field, float | None],
    quantity: Value,
    cells: RowCells,
    warnings: list[Problem],
) -> tuple[float | None, float | None, dict[Field, float | None]]:
    """Of a line measured by mass the quantity is the net mass; a net mass beside it is only compared."""
    amount = quantity.magnitude
    stated = masses["net_mass_total"] if masses["net_mass_total"] is not None else net
    input_mass = masses["gross_mass_total"] if masses["gross_mass_total"] is not None else gross
    if stated is not None and amount is not None and not agree(stated, amount):
        message = Text(
            f"the quantity is {amount:.6g} kg, the mass column says {stated:.6g} kg",
            f"数量为 {amount:.6g} kg，质量列为 {stated:.6g} kg",
        )
        warnings.append(
            Problem(str(cells.place), "mass-mismatch", message, Text("the quantity was taken", "采用了数量"))
        )
    ratio = input_mass / amount if input_mass is not None and amount else None
    return None, ratio, dict.fromkeys(masses)


def _per_unit(
    mass: float | None, line_mass: float | None, amount: float | None, cells: RowCells,
    warnings: list[Problem], field: Field,
) -> float | None:  # fmt: skip
    """Return the mass of one piece [kg] from its own statement or the line's, and compare both."""
    if line_mass is None or amount is None:
        return mass
    if mass is None:
        return line_mass / amount if amount > 0 else None
    if not agree(mass * amount, line_mass):
        column = cells.by_field.get(f"{field}_total")  # type: ignore[call-overload]
        message = Text(
            f"{amount:g} x {mass:g} kg = {mass * amount:.6g} kg, but the line says {line_mass:.6g} kg",
            f"{amount:g} x {mass:g} kg = {mass * amount:.6g} kg，而该行写的是 {line_mass:.6g} kg",
        )
        where = cells.place.column(column.label if column else "")
        warnings.append(
            Problem(
                where,
                "mass-mismatch",
                message,
                Text("the mass per piece was taken; correct one of them", "采用了单件质量；修正其一"),
            )
        )
    return mass


def agree(one: float, other: float) -> bool:
    """Whether two statements of a mass agree within `MASS_TOLERANCE`."""
    return abs(one - other) <= MASS_TOLERANCE * max(abs(one), abs(other))


def _check_masses(line: BomLine, cells: RowCells, warnings: list[Problem]) -> None:
    """Compare net and gross mass and the yield."""
    net, gross = line.net_mass, line.gross_mass
    if net is None or gross is None or not net.magnitude or not gross.magnitude:
        return
    if gross.magnitude < net.magnitude * (1.0 - 1e-9):
        message = Text(
            f"the gross mass {gross.magnitude:g} kg is below the net mass {net.magnitude:g} kg",
            f"毛重 {gross.magnitude:g} kg 小于净重 {net.magnitude:g} kg",
        )
        warnings.append(
            Problem(str(cells.place), "gross-below-net", message, Text("correct one of them", "修正其一"))
        )
    elif line.process_yield and line.process_yield.magnitude:
        expected = net.magnitude / line.process_yield.magnitude
        if not agree(expected, gross.magnitude):
            message = Text(
                f"net mass / yield = {expected:.6g} kg, but the gross mass is {gross.magnitude:.6g} kg",
                f"净重 / 得料率 = {expected:.6g} kg，而毛重为 {gross.magnitude:.6g} kg",
            )
            warnings.append(
                Problem(
                    str(cells.place),
                    "gross-mismatch",
                    message,
                    Text("the gross mass has precedence", "以毛重为准"),
                )
            )


def _kg(mass: float | None) -> Value | None:
    return None if mass is None else Value(mass, "kg")


def _scrap_route(word: str) -> ScrapRoute:
    from cradlemark.product.study import SCRAP_ROUTES

    return next((route for route in SCRAP_ROUTES if route == word), "")


def _data_kind(word: str) -> DataKind | None:
    from cradlemark.product.study import DATA_KINDS

    return next((kind for kind in DATA_KINDS if kind == word), None)
