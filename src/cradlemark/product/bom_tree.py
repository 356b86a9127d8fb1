"""The nested tree of components that the lines of a bill of materials describe."""

from __future__ import annotations

from collections.abc import Sequence

from cradlemark.product.bom import PIECE, BomLine
from cradlemark.product.readers.vocabulary import key
from cradlemark.product.study import Component, Leg, Material, Value

ONE_PIECE = Value(1.0, PIECE)
MASS_TOLERANCE = 0.01
"""Relative difference up to which two statements of the same mass agree [1]; rounding in the source is usual."""


def components_of(lines: Sequence[BomLine]) -> tuple[Component, ...]:
    """Return the components of the top level with all that is below them.

    A line in pieces is a component: with children when other lines in pieces name it as their parent, otherwise
    with one material whose amount is the mass of one piece [kg]. A leaf of unknown mass has 1 piece of its material,
    so that nothing is taken as zero. A line measured in kg, m, m2 or m3 is a material of its parent; beside parts, and
    at the top, it becomes a component of its own. The mass stated on an assembly is not used, its content is.
    """
    children: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        for parent in line.parents:
            children.setdefault(parent, []).append(index)
    built: dict[int, Component] = {}
    for index in sorted(range(len(lines)), key=lambda position: -lines[position].level):
        built[index] = _component(lines, index, children.get(index, []), built)
    return tuple(built[index] for index, line in enumerate(lines) if not line.parents)


def _component(
    lines: Sequence[BomLine], index: int, below: Sequence[int], built: dict[int, Component]
) -> Component:
    line = lines[index]
    if line.bulk:
        return _bulk_component(line, [built[child] for child in below])
    bulk = [child for child in below if lines[child].bulk and not built[child].children]
    content = [lines[child] for child in below]
    own = (_own_material(line),) if not below or own_material_counts(line, content) else ()
    if len(bulk) < len(below):
        extra = (_wrapped(line, own[0]),) if own else ()
        return _bare(line, children=(*extra, *(built[child] for child in below)))
    return _bare(line, materials=(*own, *(bulk_material(lines[child]) for child in bulk)))


def own_material_counts(line: BomLine, content: Sequence[BomLine]) -> bool:
    """Whether the material of a part is there beside the materials listed below it.

    It is when those are further materials (rows without a part number), or all are bulk amounts of other materials
    that do not make up the part's mass, for example the plating of a stamped part. It is not when they repeat its
    material or sum to its mass: then they say the same in more detail.
    """
    if not own_mass(line) or not content:
        return False
    if all(part.additional for part in content):
        return True
    if not line.material or not all(part.bulk for part in content):
        return False
    amounts = [part.quantity.magnitude for part in content if part.quantity.unit == "kg"]
    stated = line.net_mass or line.gross_mass
    same = abs(sum(a or 0.0 for a in amounts) - ((stated and stated.magnitude) or 0.0))
    repeats = {key(part.material or part.name.zh or part.name.en) for part in content}
    return key(line.material) not in repeats and same > MASS_TOLERANCE * (
        (stated and stated.magnitude) or 0.0
    )


def identifier(line: BomLine) -> str:
    """Return the part number; the name, material or row of a line that has none, so that it can be named."""
    name = line.name.en or line.name.zh or line.material
    return line.part_number or name or line.where.path or f"row {line.where.row}"


def own_mass(line: BomLine) -> bool:
    """Whether a line states a mass of its own."""
    return line.net_mass is not None or line.gross_mass is not None


def _bare(
    line: BomLine, *, children: tuple[Component, ...] = (), materials: tuple[Material, ...] = ()
) -> Component:
    return Component(
        part_number=identifier(line),
        name=line.name,
        quantity=line.quantity,
        children=children,
        materials=materials,
        note=line.note,
        source_row=str(line.where),
    )


def _wrapped(line: BomLine, material: Material) -> Component:
    return Component(
        identifier(line), line.name, ONE_PIECE, materials=(material,), source_row=str(line.where)
    )


def _bulk_component(line: BomLine, children: list[Component]) -> Component:
    """A bulk line as a component of its own: one piece of it holds the amount."""
    return Component(
        part_number=identifier(line),
        name=line.name,
        quantity=ONE_PIECE,
        children=tuple(children),
        materials=() if children else (bulk_material(line),),
        note=line.note,
        source_row=str(line.where),
    )


def _own_material(line: BomLine) -> Material:
    """The material of one piece; gross mass alone and a yield give the net mass."""
    amount = line.net_mass
    if amount is None and line.gross_mass is not None:
        share = line.process_yield.magnitude if line.process_yield else None
        gross = line.gross_mass.magnitude
        amount = Value(gross * share, "kg") if gross is not None and share else line.gross_mass
    return _material(line, amount or ONE_PIECE, line.gross_mass)


def bulk_material(line: BomLine) -> Material:
    """Return the material of a line whose quantity is an amount of it, per one parent [unit of the line].

    A mass per unit of another quantity (kg per m) turns the amount into kg.
    """
    amount, gross = line.quantity, None
    per_unit = line.net_mass.magnitude if line.net_mass else None
    quantity = line.quantity.magnitude
    if line.quantity.unit != "kg" and per_unit and quantity is not None:
        amount = Value(
            quantity * per_unit, "kg", note=f"{quantity:g} {line.quantity.unit} at {per_unit:g} kg each"
        )
    ratio = line.gross_mass.magnitude if line.gross_mass else None
    if ratio and quantity is not None:
        gross = Value(quantity * ratio, "kg")
    return _material(line, amount, gross)


def _material(line: BomLine, amount: Value, gross: Value | None) -> Material:
    legs = () if line.distance is None else (Leg(line.distance, line.mode),)
    return Material(
        text=line.material or line.name.zh or line.name.en or line.part_number,
        amount=amount,
        dataset=line.dataset,
        gross=gross,
        yields=() if line.process_yield is None else (line.process_yield,),
        scrap_route=line.scrap_route,
        recycled_content=line.recycled_content,
        origin=line.origin,
        supplier=line.supplier,
        legs=legs,
        data_kind=line.data_kind or "secondary",
        note=line.note,
        source_row=str(line.where),
    )
