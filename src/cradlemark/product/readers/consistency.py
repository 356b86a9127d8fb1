"""Checks over all lines of a bill of materials: what contradicts itself is said with the figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.core.positions import place_in
from cradlemark.inventory.safe_files import Cell
from cradlemark.product.bom import BomLine, Field, Place
from cradlemark.product.bom_tree import own_mass, own_material_counts
from cradlemark.product.readers.cells import RowCells, convert
from cradlemark.product.readers.lines import LineReader, agree
from cradlemark.product.readers.vocabulary import key
from cradlemark.product.study import Value

MOST_COMPARED = 3_000_000
"""Largest product of rows of totals and lines for which totals are compared; it keeps the time in bounds."""
Total = tuple[int, Place, Sequence[Cell]]
_TOTALLED: tuple[Field, ...] = ("quantity", "net_mass", "net_mass_total", "gross_mass", "gross_mass_total")


def missing_units(reader: LineReader, sheet: Place) -> list[Problem]:
    """Report each column whose numbers have no unit once."""
    problems = []
    for column in reader.mapping.columns:
        places = reader.unit_missing.get(column.index, [])
        if places:
            unit = "km" if column.field == "distance" else "g"
            rows = ", ".join(place.path or str(place.row) for place in places[:5])
            more = f" and {len(places) - 5} more" if len(places) > 5 else ""
            message = Text(
                f"{len(places)} numbers of {column.field} have no unit (rows {rows}{more})",
                f"{column.field} 的 {len(places)} 个数字没有单位（第 {rows} 行"
                + (f"，另有 {len(places) - 5} 行）" if more else "）"),
            )
            hint = Text(
                f"write it in the header, for example ({unit}), or set unit in the mapping",
                f"写在表头，例如 ({unit})，或在映射中设置 unit",
            )
            problems.append(Problem(sheet.column(column.label), "unit-missing", message, hint))
    return problems


def child_positions(lines: Sequence[BomLine]) -> dict[int, list[int]]:
    """Return the positions of the children of each line."""
    children: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        for parent in line.parents:
            children.setdefault(parent, []).append(index)
    return children


def decide_mass_basis(
    lines: tuple[BomLine, ...], reader: LineReader, sheet: Place
) -> tuple[tuple[BomLine, ...], list[Problem]]:
    """Decide whether a mass whose header does not say so is for one piece or for the whole line.

    The masses of assemblies decide when they equal the sum of their lines in one reading only; otherwise one piece
    is taken. Either way it is noted.
    """
    column = reader.by_field.get("net_mass")
    counted = [line for line in lines if line.net_mass and line.quantity.magnitude not in (None, 1.0)]
    if column is None or column.stated or not counted:
        return lines, []
    votes = {
        vote
        for vote in (_vote(lines, index, below) for index, below in child_positions(lines).items())
        if vote
    }
    where = sheet.column(column.label)
    if votes == {"line"}:
        message = Text(
            "the header does not say so, the masses of the assemblies do: masses are for the whole line",
            "表头未说明，由各装配的质量可知：质量按整行计",
        )
        return tuple(_divided(line) for line in lines), [Problem(where, "mass-basis", message)]
    reason = (
        Text("the masses of the assemblies confirm it", "各装配的质量证实了这一点")
        if votes == {"piece"}
        else Text("nothing in the file decides it", "文件中没有依据")
    )
    message = Text(
        "the header does not say per piece or per line: per piece was taken, {reason}",
        "表头未说明按单件还是按行：按单件计，{reason}",
    ).format(reason=reason)
    return lines, [
        Problem(
            where,
            "mass-basis",
            message,
            Text(
                "rename the field to net_mass_total in the mapping otherwise",
                "否则在映射中将该字段改为 net_mass_total",
            ),
        )
    ]


def _vote(lines: Sequence[BomLine], index: int, below: Sequence[int]) -> str:
    own = lines[index].net_mass
    parts = [lines[child] for child in below]
    if own is None or own.magnitude is None or any(part.bulk or part.net_mass is None for part in parts):
        return ""
    masses = [
        (part.net_mass.magnitude or 0.0, part.quantity.magnitude or 0.0) for part in parts if part.net_mass
    ]
    per_piece = agree(sum(mass * count for mass, count in masses), own.magnitude)
    whole = own.magnitude / (lines[index].quantity.magnitude or 1.0)
    per_line = agree(sum(mass for mass, _ in masses), whole)
    return "" if per_piece == per_line else "piece" if per_piece else "line"


def _divided(line: BomLine) -> BomLine:
    count = line.quantity.magnitude
    if line.net_mass is None or line.net_mass.magnitude is None or not count:
        return line
    return attrs.evolve(line, net_mass=Value(line.net_mass.magnitude / count, "kg"))


def duplicates(lines: Sequence[BomLine]) -> tuple[list[Problem], list[Problem]]:
    """Return contradictions between rows of the same part number, and rows that repeat it under one parent."""
    first: dict[str, BomLine] = {}
    seen: set[tuple[str, tuple[int, ...]]] = set()
    conflicts: list[Problem] = []
    repeated: list[Problem] = []
    for line in lines:
        if not line.part_number or line.additional:
            continue
        other = first.setdefault(line.part_number, line)
        difference = Text() if other is line else _difference(other, line)
        if difference:
            message = Text(
                f'part number "{line.part_number}" is in {_row(other)} with different {difference.en}',
                f'料号 "{line.part_number}" 在{place_in(_row(other), "zh")}有不同的{difference.zh}',
            )
            hint = Text(
                "correct one; a further material of the same part has part number and quantity empty",
                "修正其一；同一零件的附加材料，其料号和数量留空",
            )
            conflicts.append(Problem(str(line.where), "part-number-conflict", message, hint))
        elif other is not line and other.name != line.name:
            message = Text(
                f'part number "{line.part_number}" has another name in {_row(other)}',
                f'料号 "{line.part_number}" 在{place_in(_row(other), "zh")}有另一个名称',
            )
            repeated.append(Problem(str(line.where), "part-number-name", message))
        if (line.part_number, line.parents) in seen and not difference:
            message = Text(
                f'part number "{line.part_number}" is listed again under the same parent: both count',
                f'料号 "{line.part_number}" 在同一上级下重复：两行都计入',
            )
            repeated.append(Problem(str(line.where), "part-number-repeated", message))
        seen.add((line.part_number, line.parents))
    return conflicts, repeated


def _row(line: BomLine) -> str:
    return line.where.path or f"row {line.where.row}"


def _difference(one: BomLine, other: BomLine) -> Text:
    for name, first, second in (
        (Text("net mass", "净重"), one.net_mass, other.net_mass),
        (Text("gross mass", "毛重"), one.gross_mass, other.gross_mass),
    ):
        if first and second and not agree(first.magnitude or 0.0, second.magnitude or 0.0):
            return Text(
                f"{name.en} ({first.magnitude:g} and {second.magnitude:g} kg)",
                f"{name.zh}（{first.magnitude:g} 与 {second.magnitude:g} kg）",
            )
    if one.material and other.material and key(one.material) != key(other.material):
        return Text(
            f'material ("{one.material}" and "{other.material}")',
            f'材料（"{one.material}" 与 "{other.material}"）',
        )
    return Text()


def assembly_masses(lines: Sequence[BomLine]) -> list[Problem]:
    """Compare the stated mass of assemblies with the sum of their content, where that is known."""
    children = child_positions(lines)
    masses: dict[int, float | None] = {}
    warnings: dict[int, Problem] = {}
    for index in sorted(range(len(lines)), key=lambda position: -lines[position].level):
        line, below = lines[index], children.get(index, [])
        stated = line.net_mass.magnitude if line.net_mass else None
        if all(lines[child].additional for child in below):
            further = [_in_parent(lines[child], None) or 0.0 for child in below]
            masses[index] = None if stated is None else stated + math.fsum(further)
            continue
        parts = [_in_parent(lines[child], masses[child]) for child in below]
        known = None if None in parts else math.fsum(part for part in parts if part is not None)
        if own_material_counts(line, [lines[child] for child in below]):
            masses[index] = None if known is None or stated is None else known + stated
            warnings[index] = _added(line)
            continue
        masses[index] = known
        if stated is not None and (known is None or not agree(known, stated)):
            warnings[index] = _mismatch(line, stated, known)
    return [warnings[index] for index in sorted(warnings)]


def _in_parent(line: BomLine, mass: float | None) -> float | None:
    """Mass of a line in one parent [kg]; None when it is not known."""
    amount = line.quantity.magnitude
    if line.quantity.unit == "kg":
        return amount
    return None if amount is None or mass is None else amount * mass


def _added(line: BomLine) -> Problem:
    message = Text(
        f'its own material "{line.material}" and the materials listed below it both count',
        f'自身材料 "{line.material}" 与其下所列材料同时计入',
    )
    return Problem(
        str(line.where),
        "material-added",
        message,
        Text("remove one if they are the same", "若为同一物，删去其一"),
    )


def _mismatch(line: BomLine, stated: float, known: float | None) -> Problem:
    if known is None:
        message = Text(
            f"the stated mass {stated:g} kg is not used, and not all parts have a mass",
            f"未采用所给质量 {stated:g} kg，且并非所有零件都有质量",
        )
        return Problem(
            str(line.where),
            "assembly-mass-unused",
            message,
            Text("give the parts their masses", "为各零件给出质量"),
        )
    message = Text(
        f"the parts sum to {known:.6g} kg, the assembly says {stated:.6g} kg",
        f"各零件合计 {known:.6g} kg，装配写的是 {stated:.6g} kg",
    )
    return Problem(
        str(line.where), "assembly-mass-mismatch", message, Text("the parts were taken", "采用了各零件")
    )


def missing_masses(lines: Sequence[BomLine]) -> list[Problem]:
    """Name the parts that have neither a mass nor parts of their own."""
    with_children = set(child_positions(lines))
    return [
        Problem(
            str(line.where),
            "mass-missing",
            Text(
                f'"{line.part_number or line.name["en"] or line.material}" has no mass: it counts as 1 piece of its material',
                f'"{line.part_number or line.name["zh"] or line.material}" 没有质量：按 1 件其材料计',
            ),
            Text("give its mass, or link it to a dataset per piece", "给出其质量，或链接到按件的数据集"),
        )
        for index, line in enumerate(lines)
        if index not in with_children and not line.bulk and not own_mass(line)
    ]


def totals(
    lines: Sequence[BomLine], stated: Sequence[Total], reader: LineReader, rows: Sequence[Place]
) -> list[Problem]:
    """Compare the rows of totals with the lines above them, since the start or since the total before."""
    if len(stated) * len(rows) > MOST_COMPARED:
        where = f"{rows[0].file}, sheet {rows[0].sheet}" if rows[0].sheet else rows[0].file
        message = Text(
            f"{len(stated)} rows of totals were not compared with {len(rows)} lines",
            f"有 {len(stated)} 个合计行未与 {len(rows)} 行比较",
        )
        return [
            Problem(
                where, "totals-not-compared", message, Text("compare them in the source", "在数据源中比较")
            )
        ]
    warnings: list[Problem] = []
    before = 0
    whole = _whole_quantities(lines)
    positions = {line.where: index for index, line in enumerate(lines)}
    for count, place, row in stated:
        scopes = [
            [positions[where] for where in rows[start:count] if where in positions]
            for start in dict.fromkeys((before, 0))
        ]
        cells = RowCells(row, place, reader.mapping, reader.decimals, reader.by_field)
        refused = sum(where not in positions for where in rows[:count])
        for field in _TOTALLED:
            warnings += _total_of(lines, scopes, whole, cells, field, refused)
        warnings += cells.problems
        before = count
    return warnings


def _whole_quantities(lines: Sequence[BomLine]) -> list[float]:
    """Quantity of each line in the whole product."""
    whole = [0.0] * len(lines)
    for index in sorted(range(len(lines)), key=lambda position: lines[position].level):
        line = lines[index]
        above = sum(whole[parent] for parent in line.parents) if line.parents else 1.0
        whole[index] = (line.quantity.magnitude or 0.0) * above
    return whole


def _total_of(
    lines: Sequence[BomLine],
    scopes: Sequence[Sequence[int]],
    whole: Sequence[float],
    cells: RowCells,
    field: Field,
    refused: int,
) -> list[Problem]:
    column = cells.by_field.get(field)
    number = cells.number(field) if column else None
    if column is None or number is None:
        return []
    factor = 1.0 if field == "quantity" else cells.factor(field, number, "kg", "mass_unit")
    if factor is None:
        return []
    total = convert(number.magnitude, factor)
    sums = [value for scope in scopes for value in _sums(lines, scope, whole, field)]
    if any(agree(value, total) or abs(value - total) < 1e-9 for value in sums):
        return []
    unit = "" if field == "quantity" else " kg"
    near = min(sums, key=lambda value: abs(value - total), default=math.nan)
    message = Text(
        f"the total says {total:.6g}{unit}, the lines give {near:.6g}{unit}",
        f"合计行为 {total:.6g}{unit}，各行合计为 {near:.6g}{unit}",
    )
    return [
        Problem(
            cells.place.column(column.label),
            "total-mismatch",
            message,
            Text(
                f"rows above it are refused ({refused}): mend them first",
                f"其上方有行被拒绝（{refused} 行）：请先修正",
            )
            if refused
            else Text("look for a missing or wrong line", "查找缺漏或错误的行"),
        )
    ]


def _sums(
    lines: Sequence[BomLine], scope: Sequence[int], whole: Sequence[float], field: Field
) -> list[float]:
    """Return the sums that a total may mean: all lines, the leaves, the top; as listed, per line or in the product."""
    inside = set(scope)
    with_children = {parent for index in scope for parent in lines[index].parents}
    sets = [
        scope,
        [index for index in scope if index not in with_children],
        [index for index in scope if not any(parent in inside for parent in lines[index].parents)],
    ]
    found: list[float] = []
    for chosen in sets:
        if field == "quantity":
            found += [
                math.fsum(lines[i].quantity.magnitude or 0.0 for i in chosen),
                math.fsum(whole[i] for i in chosen),
            ]
            continue
        masses = [(_mass(lines[i], field), lines[i].quantity.magnitude or 0.0, whole[i]) for i in chosen]
        if not field.endswith("_total"):
            found.append(math.fsum(mass for mass, _, _ in masses))
        found.append(math.fsum(mass * amount for mass, amount, _ in masses))
        found.append(math.fsum(mass * amount for mass, _, amount in masses))
    return found


def _mass(line: BomLine, field: Field) -> float:
    """Mass of one unit of the line [kg]."""
    if line.quantity.unit == "kg" and not field.startswith("gross"):
        return 1.0
    mass = line.gross_mass if field.startswith("gross") else line.net_mass
    return (mass.magnitude or 0.0) if mass else 0.0
