"""The tree of components, masses per piece, and what contradicts itself."""

from pathlib import Path

import pytest

from cradlemark.product.bom import BillOfMaterials, BomErrors
from cradlemark.product.readers.bom import read_bom
from cradlemark.product.study import Component


def read(tmp_path: Path, text: str, *, strict: bool = True) -> BillOfMaterials:
    (tmp_path / "bom.csv").write_text(text, encoding="utf-8")
    return read_bom(tmp_path / "bom.csv", strict=strict)


def mass(component: Component) -> float:
    """Mass of one piece [kg]; every amount must be in kg."""
    assert {material.amount.unit for material in component.materials} <= {"kg"}
    own = sum(material.amount.magnitude or 0.0 for material in component.materials)
    return own + sum((child.quantity.magnitude or 0.0) * mass(child) for child in component.children)


BLOCK = (
    "level,part number,name,material,quantity,unit,unit weight (g),gross weight (g),yield (%),scrap route,recycled content (%),"
    "supplier,origin,distance (km),mode,data kind,dataset,note\n"
    "0,100,terminal block,,1,pcs,6.5,,,,,,,,,,,\n"
    "1,100-10,housing,PA66 V0,1,pcs,3.6,3.8,95,regrind,10,Moulder,CN,120,truck,measured,pa66-v0,main part\n"
    "1,100-20,current bar,CuSn6,1,pcs,2.3,,60,sold as scrap,,,DE,,,supplier,,\n"
    "1,100-30,spring,1.4310,2,pcs,0.3,,,,,,,,,,,\n"
)


def test_a_block_becomes_a_tree_with_masses_and_all_fields(tmp_path: Path) -> None:
    bill = read(tmp_path, BLOCK)
    assert bill.warnings == ()
    (block,) = bill.components()
    assert mass(block) == pytest.approx(0.0065, rel=1e-12)
    housing = block.children[0].materials[0]
    assert (housing.text, housing.amount.magnitude, housing.amount.unit) == ("PA66 V0", 0.0036, "kg")
    assert housing.gross is not None
    assert housing.gross.magnitude == 0.0038
    assert [share.magnitude for share in housing.yields] == [0.95]
    assert (housing.scrap_route, housing.data_kind, housing.dataset) == (
        "recycled_in_house",
        "measured",
        "pa66-v0",
    )
    assert housing.recycled_content is not None
    assert housing.recycled_content.magnitude == 0.1
    assert (housing.supplier, housing.origin, housing.note) == ("Moulder", "CN", "main part")
    assert [(leg.distance.magnitude, leg.distance.unit, leg.mode) for leg in housing.legs] == [
        (120.0, "km", "truck")
    ]
    assert housing.source_row == "bom.csv, row 3"
    assert block.children[1].materials[0].scrap_route == "recycled_external"
    assert block.children[2].quantity.magnitude == 2.0


def test_bulk_amounts_are_materials_of_their_part(tmp_path: Path) -> None:
    bill = read(
        tmp_path,
        "level,part,name,quantity,unit,weight per piece (g)\n0,P,cable,1,pcs,\n1,,copper wire,0.5,m,\n1,,PVC,12,g,\n"
        "1,,lacquer,2,ml,\n1,,foil,30,cm2,\n",
    )
    (cable,) = bill.components()
    amounts = [(m.text, m.amount.magnitude, m.amount.unit) for m in cable.materials]
    assert amounts == [
        ("copper wire", 0.5, "m"),
        ("PVC", 0.012, "kg"),
        ("lacquer", pytest.approx(2e-6), "m3"),
        ("foil", pytest.approx(0.003), "m2"),
    ]
    assert cable.children == ()


def test_bulk_beside_parts_is_a_component_of_its_own(tmp_path: Path) -> None:
    bill = read(
        tmp_path,
        "level,part,name,quantity,unit,unit weight (g)\n0,P,box,1,pcs,\n1,A,lid,2,pcs,5\n1,G,glue,1,g,\n",
    )
    (box,) = bill.components()
    assert [(c.part_number, c.quantity.magnitude, c.quantity.unit) for c in box.children] == [
        ("A", 2.0, "piece"),
        ("G", 1.0, "piece"),
    ]
    assert mass(box) == pytest.approx(0.011, rel=1e-12)


def test_a_plating_counts_beside_the_part_and_a_recipe_replaces_it(tmp_path: Path) -> None:
    plated = read(
        tmp_path, "level,part,material,quantity,unit,unit weight (g)\n0,A,CuSn6,1,pcs,1.15\n1,T,tin,0.01,g,\n"
    )
    assert mass(plated.components()[0]) == pytest.approx(0.00116, rel=1e-12)
    assert [w.code for w in plated.warnings] == ["material-added"]
    recipe = read(
        tmp_path, "level,part,material,quantity,unit,unit weight (g)\n0,A,PA66,1,pcs,3.6\n1,T,PA66,3.6,g,\n"
    )
    assert mass(recipe.components()[0]) == pytest.approx(0.0036, rel=1e-12)


def test_a_leaf_without_mass_is_one_piece_and_said(tmp_path: Path) -> None:
    bill = read(tmp_path, "part,name,quantity,unit weight (g)\nA,housing,1,3.6\nB,relay,2,\n")
    material = bill.components()[1].materials[0]
    assert (material.text, material.amount.magnitude, material.amount.unit) == ("relay", 1.0, "piece")
    assert [(w.where, w.code) for w in bill.warnings] == [("bom.csv, row 3", "mass-missing")]


def test_line_totals_become_masses_per_piece(tmp_path: Path) -> None:
    bill = read(tmp_path, "料号,数量,总重(g)\nA,4,10\nB,0,5\n")
    assert [line.net_mass.magnitude if line.net_mass else None for line in bill.lines] == [0.0025, None]
    assert {w.code for w in bill.warnings} == {"quantity-zero", "mass-missing"}


def test_mass_per_piece_and_total_that_disagree(tmp_path: Path) -> None:
    bill = read(tmp_path, "料号,数量,单重(g),总重(g)\nA,4,2.5,10\nB,2,2.5,7\n")
    assert [(w.where, w.code) for w in bill.warnings] == [
        ("bom.csv, row 3, column D (总重(g))", "mass-mismatch")
    ]
    assert "0.005 kg, but the line says 0.007 kg" in bill.warnings[0].message.en


def test_the_assembly_decides_what_an_unclear_mass_is_for(tmp_path: Path) -> None:
    head = "level,part,quantity,weight (g)\n"
    piece = read(tmp_path, head + "0,P,1,6.2\n1,A,2,2.5\n1,B,1,1.2\n")
    assert [line.net_mass.magnitude for line in piece.lines if line.net_mass] == [0.0062, 0.0025, 0.0012]
    assert "confirm" in piece.notes[-1].message.en
    line = read(tmp_path, head + "0,P,1,6.2\n1,A,2,5.0\n1,B,1,1.2\n")
    assert [one.net_mass.magnitude for one in line.lines if one.net_mass] == [0.0062, 0.0025, 0.0012]
    assert "whole line" in line.notes[-1].message.en
    open_ = read(tmp_path, "part,quantity,weight (g)\nA,2,2.5\nB,1,1.2\n")
    assert "nothing in the file decides" in open_.notes[-1].message.en


def test_quantities_for_the_whole_product_are_divided(tmp_path: Path) -> None:
    bill = read(tmp_path, "level,part,total quantity,unit weight (g)\n0,P,1,\n1,A,4,\n2,B,8,1.5\n")
    assert [line.quantity.magnitude for line in bill.lines] == [1.0, 4.0, 2.0]
    assert "quantity-basis" in {note.code for note in bill.notes}
    both = read(
        tmp_path, "level,part,qty per,total quantity,unit weight (g)\n0,P,1,1,\n1,A,4,4,\n2,B,2,9,1.5\n"
    )
    assert [(w.where, w.code) for w in both.warnings] == [("bom.csv, row 4", "quantity-mismatch")]


def test_assemblies_are_compared_with_their_parts(tmp_path: Path) -> None:
    bill = read(tmp_path, "level,part,quantity,unit weight (g)\n0,P,1,7.0\n1,A,2,2.5\n1,B,1,1.2\n")
    assert [(w.where, w.code, w.message.en) for w in bill.warnings] == [
        ("bom.csv, row 2", "assembly-mass-mismatch", "the parts sum to 0.0062 kg, the assembly says 0.007 kg")
    ]


def test_masses_of_assemblies_are_known_from_the_parts_below_them(tmp_path: Path) -> None:
    bill = read(tmp_path, "level,part,quantity,unit weight (g)\n0,P,1,6.2\n1,S,2,\n2,A,1,2.5\n1,B,1,1.2\n")
    assert bill.warnings == ()
    unknown = read(tmp_path, "level,part,quantity,unit weight (g)\n0,P,1,6.2\n1,S,2,\n2,A,1,\n1,B,1,1.2\n")
    assert [(w.where, w.code) for w in unknown.warnings] == [
        ("bom.csv, row 2", "assembly-mass-unused"),
        ("bom.csv, row 4", "mass-missing"),
    ]


def test_gross_and_net_and_yield_are_compared(tmp_path: Path) -> None:
    bill = read(
        tmp_path,
        "part,qty,unit weight (g),gross weight (g),yield (%)\nA,1,3.6,3.0,\nB,1,3.6,4.0,50\nC,1,3.6,4.0,90\n",
    )
    assert [(w.where, w.code) for w in bill.warnings] == [
        ("bom.csv, row 2", "gross-below-net"),
        ("bom.csv, row 3", "gross-mismatch"),
    ]


def test_a_top_row_without_quantity_is_the_product(tmp_path: Path) -> None:
    bill = read(tmp_path, "level,part,quantity,unit weight (g)\n0,P,,\n1,A,2,2.5\n")
    assert bill.lines[0].quantity.magnitude == 1.0
    assert [note.code for note in bill.notes] == ["quantity-top"]


def test_rows_below_an_unreadable_row_are_skipped_not_lost(tmp_path: Path) -> None:
    bill = read(
        tmp_path, "level,part,quantity,unit weight (g)\n0,P,1,\n1,A,x,\n2,B,2,1\n1,C,1,1\n", strict=False
    )
    assert [line.part_number for line in bill.lines] == ["P", "C"]
    assert [(row.where.row, row.reason.en) for row in bill.skipped] == [
        (4, "the row above it in the tree (row 3) could not be read")
    ]
    assert bill.lines[1].parents == (0,)


def test_all_problems_are_reported_together_in_the_order_of_the_rows(tmp_path: Path) -> None:
    rows = "".join(
        f"A{number},{'x' if number % 2 else 1},{-1 if number % 3 == 0 else 2}\n" for number in range(12)
    )
    with pytest.raises(BomErrors) as caught:
        read(tmp_path, "part,quantity,unit weight (g)\n" + rows)
    places = [int(problem.where.split("row ")[1].split(",")[0]) for problem in caught.value.problems]
    assert places == sorted(places)
    assert len(places) == 10
    assert {line.part_number for line in caught.value.bill.lines} == {"A2", "A4", "A8", "A10"}


def test_a_bill_that_multiplies_beyond_measure_is_refused(tmp_path: Path) -> None:
    rows = ["parent,part,quantity,unit weight (g)", ",P,1,"]
    rows += [
        f"{above},{'LR'[side]}{level},1,"
        for level in range(1, 22)
        for side in (0, 1)
        for above in _above(level)
    ]
    bill = read(tmp_path, "\n".join(rows) + "\n", strict=False)
    assert [problem.code for problem in bill.problems] == ["bom-explodes"]
    assert bill.lines == ()


def _above(level: int) -> list[str]:
    return ["P"] if level == 1 else [f"L{level - 1}", f"R{level - 1}"]


def test_parts_without_numbers_can_be_named_by_their_name(tmp_path: Path) -> None:
    bill = read(tmp_path, "name,quantity,weight per piece (g)\nhousing,1,3.6\n")
    assert bill.components()[0].part_number == "housing"
    assert bill.lines[0].part_number == ""


def test_one_column_per_level_with_the_part_number_as_its_mark(tmp_path: Path) -> None:
    bill = read(tmp_path, "层级,,,名称,数量,单重(g)\n1,2,3,,,\nP0,,,总成,1,\n,B1,,部件,2,\n,,C1,零件,3,10\n")
    assert [(line.level, line.part_number, line.parents) for line in bill.lines] == [
        (0, "P0", ()),
        (1, "B1", (0,)),
        (2, "C1", (1,)),
    ]
    marks = read(tmp_path, "Level 1,Level 2,Part,Qty,Weight per piece (g)\nx,,P,1,\n,x,A,2,10\n")
    assert [(line.level, line.part_number) for line in marks.lines] == [(0, "P"), (1, "A")]


def test_broken_pieces_without_a_unit_are_pointed_out(tmp_path: Path) -> None:
    bill = read(tmp_path, "part,quantity,unit weight (g)\nA,0.004,3.6\n")
    assert [(w.where, w.code) for w in bill.warnings] == [
        ("bom.csv, row 2, column B (quantity)", "quantity-fraction")
    ]


def test_a_last_row_with_an_unreadable_amount_is_a_problem_not_a_footnote(tmp_path: Path) -> None:
    bill = read(tmp_path, "part,quantity,unit weight (g)\nA,1,3.6\nB,two,\n", strict=False)
    assert [(p.where, p.code) for p in bill.problems] == [
        ("bom.csv, row 3, column B (quantity)", "number-unreadable")
    ]


def test_further_materials_belong_to_the_mass_of_their_part(tmp_path: Path) -> None:
    text = "level,part,material,quantity,unit weight (g)\n0,P,,1,7.7\n1,A,PA66,2,3.6\n,,pigment,,0.05\n1,B,steel,1,0.4\n"
    bill = read(tmp_path, text)
    assert bill.warnings == ()
    assert mass(bill.components()[0]) == pytest.approx(0.0077, rel=1e-12)
