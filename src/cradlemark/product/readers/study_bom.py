"""Take the components of a study from a bill of materials in a file of its own, and add what the study knows more."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, Problem
from cradlemark.core.language import Text
from cradlemark.core.places import known_place
from cradlemark.core.suggestion import did_you_mean
from cradlemark.product.readers.bom import read_bom
from cradlemark.product.readers.mapping_file import read_mapping
from cradlemark.product.readers.study_document import NOTHING, Decoder, Path
from cradlemark.product.study import Component, Material, Study

_OWN_KEYS = ("part_number", "material")


def merge_bill(decoder: Decoder, study: Study, raw: object, folder: FilePath | None) -> Study:
    """Put the components of the named file before those of the document.

    Parameters
    ----------
    decoder : Decoder
        Takes what is wrong.
    raw : object
        What stands under ``bom`` in the document: a file name, or a table with file, mapping, sheet and lines.
    folder : path, optional
        Where the file is; None: files are refused, for example in a text pasted into a form.

    Returns
    -------
    Study
        Self-contained; nothing refers to the file any more.
    """
    bill = decoder.fields(decoder.schema["Bom"], _without_lines(raw), ("bom",))
    if bill is None or bill["file"] is NOTHING:
        decoder.incomplete.add("Component")
        return study
    components, remarks = _read(decoder, bill, folder)
    lines = raw.get("lines", []) if isinstance(raw, dict) else []
    if not isinstance(lines, list):
        decoder.problem(
            ("bom", "lines"),
            "list-expected",
            Text("lines is a list of tables", "lines 不是表的列表"),
            Text("write [[bom.lines]]", "写 [[bom.lines]]"),
        )
        lines = []
    for position, line in enumerate(lines):
        components = _add(decoder, components, line, ("bom", "lines", position))
    return attrs.evolve(study, components=(*components, *study.components), remarks=remarks)


def _without_lines(raw: object) -> object:
    return {key: item for key, item in raw.items() if key != "lines"} if isinstance(raw, dict) else raw


def _read(
    decoder: Decoder, bill: dict[str, Any], folder: FilePath | None
) -> tuple[tuple[Component, ...], tuple[Problem, ...]]:
    if folder is None:
        decoder.problem(
            ("bom", "file"),
            "file-refused",
            Text("files cannot be named here", "此处不能指定文件"),
            Text("add the components to the document", "把组件直接写入文档"),
        )
        decoder.incomplete.add("Component")
        return (), ()
    try:
        mapping = read_mapping(folder / bill["mapping"]) if bill.get("mapping") else None
        read = read_bom(folder / bill["file"], mapping=mapping, sheet=bill.get("sheet"))
        return placed(read.components()), read.warnings
    except CradlemarkError as error:
        # These problems already say where they are, in the other file.
        decoder.problems.extend(error.problems)
        decoder.incomplete.add("Component")
        return (), ()


def placed(components: Sequence[Component]) -> tuple[Component, ...]:
    """Turn origins as a bill of materials has them into places.

    A bill says "Jiangsu", but also "imported" or the name of a plant. What is no place stays as a note, and the origin
    is not known.
    """
    return tuple(_placed_component(component) for component in components)


def _placed_component(component: Component) -> Component:
    children = placed(component.children)
    materials = tuple(_placed(material) for material in component.materials)
    if all(map(operator.is_, (*children, *materials), (*component.children, *component.materials))):
        return component
    return attrs.evolve(component, children=children, materials=materials)


def _placed(material: Material) -> Material:
    if not material.origin:
        return material
    try:
        return attrs.evolve(material, origin=known_place(material.origin))
    except InputError:
        note = "; ".join(filter(None, (material.note, f"origin: {material.origin}")))
        return attrs.evolve(material, origin="", note=note)


def _add(
    decoder: Decoder, components: tuple[Component, ...], raw: object, path: Path
) -> tuple[Component, ...]:
    content = decoder.fields(decoder.schema["BomLine"], raw, path)
    if content is None or content["part_number"] is NOTHING:
        return components
    part_number, material = content["part_number"], content.get("material", "")
    more = {key: item for key, item in content.items() if key not in _OWN_KEYS and item is not NOTHING}
    changed, fits = _change(components, part_number, material, more)
    if fits and all(count == 1 for count in fits):
        return changed
    if "Component" not in decoder.incomplete:
        _explain(decoder, components, path, part_number, material)
    return components


def _change(
    components: Sequence[Component], part_number: str, material: str, more: dict[str, Any]
) -> tuple[tuple[Component, ...], list[int]]:
    """Set fields on the materials that fit; returns how many did in each place the part is used."""
    changed: list[Component] = []
    counts: list[int] = []
    for component in components:
        children, below = _change(component.children, part_number, material, more)
        counts += below
        materials = component.materials
        if component.part_number == part_number and materials:
            fits = [material in {"", item.text} for item in materials]
            counts.append(sum(fits))
            materials = tuple(
                attrs.evolve(item, **more) if fit else item for item, fit in zip(materials, fits, strict=True)
            )
        changed.append(attrs.evolve(component, children=children, materials=materials))
    return tuple(changed), counts


def _explain(
    decoder: Decoder, components: tuple[Component, ...], path: Path, part_number: str, material: str
) -> None:
    known = {item.part_number: item for component in components for item in _tree(component)}
    if part_number not in known:
        hint = did_you_mean(part_number, known) or Text(
            "write the part number as in the file", "按文件中的写法填写料号"
        )
        decoder.problem(
            (*path, "part_number"),
            "component-unknown",
            Text(f"the file has no part {part_number!r}", f"文件中没有零件 {part_number!r}"),
            hint,
        )
        return
    texts = ", ".join(repr(item.text) for item in known[part_number].materials) or "none"
    none = Text(f"no material {material!r}", f"没有材料 {material!r}")
    wanted = none if material else Text("not exactly one material", "的材料不是恰好一种")
    decoder.problem(
        (*path, "material"),
        "material-unknown",
        Text(f"part {part_number!r} has {wanted.en}", f"零件 {part_number!r} {wanted.zh}"),
        Text(f"name one of its materials: {texts}", f"给出其中一种材料：{texts}"),
    )


def _tree(component: Component) -> list[Component]:
    return [component, *(item for child in component.children for item in _tree(child))]
