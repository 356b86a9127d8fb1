"""From draft rows to the lines of the bill: hierarchy, quantities per parent, and what is dropped with its reason."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.inventory.safe_files import Cell
from cradlemark.product.bom import BomLine, Place, SkippedRow
from cradlemark.product.readers import consistency
from cradlemark.product.readers.hierarchy import Hierarchy, build_hierarchy
from cradlemark.product.readers.lines import Draft, LineReader, agree
from cradlemark.product.study import Value

MAX_EXPANDED = 1_000_000
"""Largest number of parts that a bill may have when shared assemblies are written out."""


@attrs.define
class Read:
    """What was read of one sheet so far.

    Parameters
    ----------
    totals : list of (number of drafts above, place, row)
        Rows of totals, to be compared with the lines.
    """

    reader: LineReader
    sheet: Place
    drafts: list[Draft] = attrs.field(factory=list)
    totals: list[tuple[int, Place, Sequence[Cell]]] = attrs.field(factory=list)
    skipped: list[SkippedRow] = attrs.field(factory=list)
    problems: list[Problem] = attrs.field(factory=list)
    warnings: list[Problem] = attrs.field(factory=list)
    notes: list[Problem] = attrs.field(factory=list)


def assemble(read: Read) -> tuple[tuple[BomLine, ...], Read]:
    """Join the drafts of a sheet to lines.

    Rows with problems are dropped and reported; rows below a dropped row are skipped with the reason.
    """
    fields = read.reader.by_field
    found = build_hierarchy(
        [draft.node for draft in read.drafts], has_parent="parent" in fields, has_level="level" in fields
    )
    drafts = _with_top_quantities(read, found)
    by_row = [
        [*draft.problems, *_row_problems(draft, found.parents[index])] for index, draft in enumerate(drafts)
    ]
    _add_hierarchy_problems(drafts, found, by_row)
    _check_expansion(read, found)
    lines = _kept_lines(read, drafts, found, by_row)
    read.problems += consistency.missing_units(read.reader, read.sheet)
    read.problems += [problem for problems in by_row for problem in problems]
    read.warnings += [warning for draft in drafts for warning in draft.warnings]
    read.notes += [Problem(str(read.sheet), "hierarchy", note) for note in found.notes]
    return _checked(read, lines)


def _checked(read: Read, lines: tuple[tuple[BomLine, Draft], ...]) -> tuple[tuple[BomLine, ...], Read]:
    """Run the checks over all lines; lines that contradict each other are taken out."""
    kept = tuple(line for line, _ in lines)
    kept, notes = consistency.decide_mass_basis(kept, read.reader, read.sheet)
    read.notes += notes
    kept, quantity_notes, warnings = _quantities_per_parent(read, kept, [draft for _, draft in lines])
    read.notes += quantity_notes
    read.warnings += warnings
    conflicts, repeated = consistency.duplicates(kept)
    read.problems += conflicts
    read.warnings += repeated
    read.warnings += consistency.assembly_masses(kept)
    read.warnings += consistency.missing_masses(kept)
    read.warnings += consistency.totals(
        kept, read.totals, read.reader, [draft.line.where for draft in read.drafts]
    )
    return kept, read


def _with_top_quantities(read: Read, found: Hierarchy) -> list[Draft]:
    """Give a top row without a quantity that has rows below it the quantity 1: it is the product itself."""
    with_children = {parent for above in found.parents for parent in above or ()}
    drafts = list(read.drafts)
    for index, draft in enumerate(drafts):
        if not draft.quantity_given and found.parents[index] == () and index in with_children:
            drafts[index] = attrs.evolve(
                draft, line=attrs.evolve(draft.line, quantity=Value(1.0, "piece")), quantity_given=True
            )
            message = Text(
                "the top row has no quantity: it is taken as one product", "首行没有数量：按一件产品计"
            )
            read.notes.append(Problem(str(draft.line.where), "quantity-top", message))
    return drafts


def _row_problems(draft: Draft, parents: tuple[int, ...] | None) -> list[Problem]:
    line, where = draft.line, str(draft.line.where)
    problems: list[Problem] = []
    if draft.displaced:
        return problems
    if not (line.part_number or line.name or line.material):
        problems.append(Problem(where, "line-unnamed", Text("the row has no part number, name or material", "该行没有料号、名称或材料"),
                                Text("fill one in, or skip the row with a pattern in the mapping", "填写其一，或在映射中用模式跳过该行")))  # fmt: skip
    if line.additional:
        if parents is None:
            problems.append(
                Problem(
                    where,
                    "material-without-part",
                    Text("there is no part above this further material", "该附加材料之上没有零件"),
                )
            )
    elif not draft.quantity_given:
        problems.append(Problem(where, "quantity-missing", Text("the quantity is missing", "缺少数量"),
                                Text("fill it in; when the row is a heading, skip it with a pattern in the mapping", "请填写；若为标题行，在映射中用模式跳过")))  # fmt: skip
    return problems


def _add_hierarchy_problems(drafts: Sequence[Draft], found: Hierarchy, by_row: list[list[Problem]]) -> None:
    rows = {str(draft.line.where): index for index, draft in enumerate(drafts)}
    for problem in found.problems:
        if not drafts[rows[problem.where]].displaced:
            by_row[rows[problem.where]].append(problem)


def _check_expansion(read: Read, found: Hierarchy) -> None:
    """Refuse bills whose shared assemblies multiply beyond all measure."""
    order = sorted(range(len(found.parents)), key=lambda index: found.levels[index])
    copies = [1] * len(order)
    for index in order:
        above = found.parents[index]
        if above:
            copies[index] = sum(copies[parent] for parent in above)
    if sum(copies) > MAX_EXPANDED:
        message = Text(
            f"written out the bill has {sum(copies):.3g} parts, at most {MAX_EXPANDED:,} are read",
            f"展开后清单有 {sum(copies):.3g} 个零件，最多读取 {MAX_EXPANDED:,} 个",
        )
        read.problems.append(
            Problem(
                str(read.sheet),
                "bom-explodes",
                message,
                Text("look for assemblies that hold each other", "查找互相包含的装配"),
            )
        )


def _kept_lines(
    read: Read, drafts: Sequence[Draft], found: Hierarchy, by_row: Sequence[Sequence[Problem]]
) -> tuple[tuple[BomLine, Draft], ...]:
    """Drop bad rows and what is below them, and renumber the parents."""
    explodes = any(problem.code == "bom-explodes" for problem in read.problems)
    bad = {index for index, problems in enumerate(by_row) if problems or found.parents[index] is None}
    new: dict[int, int] = {}
    blocked: dict[int, int] = {}
    for index in sorted(range(len(drafts)), key=lambda position: (found.levels[position], position)):
        if index in bad or explodes:
            continue
        above = found.parents[index] or ()
        lost = [parent for parent in above if parent in bad or parent in blocked]
        if above and len(lost) == len(above):
            blocked[index] = lost[0]
    kept = [
        index for index in range(len(drafts)) if index not in bad and index not in blocked and not explodes
    ]
    new = {index: position for position, index in enumerate(kept)}
    for index in sorted(blocked):
        above_row = drafts[blocked[index]].line.where
        reason = Text(
            f"the row above it in the tree ({above_row.path or f'row {above_row.row}'}) could not be read",
            f"其在树中的上级行（{above_row.path or f'第 {above_row.row} 行'}）无法读取",
        )
        read.skipped.append(SkippedRow(drafts[index].line.where, reason))
    read.skipped.sort(key=lambda skipped: skipped.where.row)
    return tuple((_placed(drafts, index, found, new), drafts[index]) for index in kept)


def _placed(drafts: Sequence[Draft], index: int, found: Hierarchy, new: dict[int, int]) -> BomLine:
    line = drafts[index].line
    above = [parent for parent in found.parents[index] or () if parent in new]
    parent = drafts[above[0]].line.part_number if above else line.parent
    return attrs.evolve(
        line, level=found.levels[index], parent=parent, parents=tuple(new[number] for number in above)
    )


def _quantities_per_parent(
    read: Read, lines: tuple[BomLine, ...], drafts: Sequence[Draft]
) -> tuple[tuple[BomLine, ...], list[Problem], list[Problem]]:
    """Bring quantities of the whole product to quantities per parent, and compare where both are stated."""
    fields = read.reader.by_field
    if "quantity_total" not in fields:
        return lines, [], []
    only_total = "quantity" not in fields
    result = list(lines)
    whole: dict[int, float] = {}
    warnings = []
    for index in sorted(range(len(lines)), key=lambda position: lines[position].level):
        line, stated = lines[index], drafts[index].total_quantity
        own = line.quantity.magnitude
        above = whole.get(line.parents[0], 1.0) if line.parents else 1.0
        if only_total and line.parents and own is not None and above:
            result[index] = attrs.evolve(line, quantity=Value(own / above, line.quantity.unit))
            whole[index] = own
            continue
        whole[index] = (own or 0.0) * (1.0 if only_total else above)
        if stated is not None and not only_total and not agree(stated, whole[index]):
            message = Text(
                f"the quantities per parent give {whole[index]:g} in all, the row says {stated:g}",
                f"按每上级用量合计为 {whole[index]:g}，该行写的是 {stated:g}",
            )
            warnings.append(
                Problem(
                    str(line.where),
                    "quantity-mismatch",
                    message,
                    Text("the quantity per parent was taken", "采用了每上级用量"),
                )
            )
    note = Problem(
        str(read.sheet),
        "quantity-basis",
        Text(
            "quantities are for the whole product; they were divided by those above",
            "数量按整机给出；已除以上级数量",
        ),
    )
    return tuple(result), [note] if only_total and any(line.parents for line in lines) else [], warnings
