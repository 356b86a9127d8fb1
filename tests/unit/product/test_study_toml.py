"""The TOML document: notations, places of problems, everything that is wrong at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cradlemark.core.errors import CradlemarkError, InputErrors, Problem
from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree
from cradlemark.product.readers.study_file import read_study
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.readers.toml_lines import LineIndex
from cradlemark.product.study import Study, Value
from cradlemark.product.writers.study_document import study_digest
from cradlemark.product.writers.study_toml import write_study_toml

HEAD = """\
id = "tb"
title = "接线端子"
boundary = "cradle_to_gate"
period = 2025
rule_pack = "iso-14067-2018"
place = "china"

[product]
name = { en = "Terminal block", zh = "接线端子" }
holder = "Example Works"
mass = "6,5 g"

[unit]
declared = "1 piece"
"""
PARAMETERS = """
[parameters]
rib_mass = "0.2 g"
both = "= rib_mass * 2"
"""
BODY = """
[[components]]
part_number = "100-10"
name = "Housing"
quantity = "2 pcs"
[[components.materials]]
text = "PA66 V0"
amount = "3.6 g"
yields = [0.95, "98 %"]
"""
EVIDENCE = """
[[evidence]]
id = "e1"
title = "Weighing record"
"""


def parse(*parts: str) -> Study:
    return parse_study_toml("".join((HEAD, *parts)))


def problems(*parts: str) -> tuple[Problem, ...]:
    with pytest.raises(CradlemarkError) as caught:
        parse(*parts)
    return caught.value.problems


def only(*parts: str) -> Problem:
    found = problems(*parts)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def amount(text: str, *more: str) -> Value:
    return parse(BODY.replace('"3.6 g"', text), *more).components[0].materials[0].amount


def test_short_notations() -> None:
    study = parse(BODY)
    assert study.title == Text(zh="接线端子")
    assert study.place == "CN"
    assert study.product.holder.name == Text("Example Works")
    assert study.product.mass == Value(6.5, "g")
    assert study.unit.declared == Value(1.0, "piece")
    assert study.components[0].quantity == Value(2.0, "piece")
    assert study.components[0].materials[0].yields == (Value(0.95, "1"), Value(98.0, "%"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"3.6 g"', Value(3.6, "g")),
        ('"3,6 克"', Value(3.6, "g")),
        ('"1.2e-3 kg"', Value(0.0012, "kg")),
        ('"12 kWh"', Value(12.0, "kWh")),
        ('{ value = 3.6, unit = "g" }', Value(3.6, "g")),
        ('{ value = "3.6 g", gsd = 1.05 }', Value(3.6, "g", None, Distribution("lognormal", gsd=1.05))),
        (
            '{ value = 3.6, unit = "g", distribution = { kind = "triangular", low = 3.4, high = 3.9 } }',
            Value(3.6, "g", None, Distribution("triangular", low=3.4, high=3.9)),
        ),
        (
            '{ value = 3, unit = "g", note = "weighed", evidence = ["e1"], confidential = true }',
            Value(3.0, "g", note="weighed", evidence=("e1",), confidential=True),
        ),
    ],
)
def test_notations_of_a_value(written: str, expected: Value) -> None:
    assert amount(written, EVIDENCE) == expected


def test_formulas_take_the_unit_of_the_field_or_their_own() -> None:
    assert amount('"= rib_mass * 2"', PARAMETERS) == Value(None, "kg", "rib_mass * 2")
    assert amount('{ formula = "both", unit = "g" }', PARAMETERS) == Value(None, "g", "both")
    study = parse(BODY, PARAMETERS)
    assert [parameter.value.unit for parameter in study.parameters] == ["g", "g"]


def test_parameter_tables() -> None:
    study = parse(
        BODY,
        """
[parameters.a]
value = 3.6
unit = "g"
gsd = 1.1
description = "mass of a rib"
[parameters.b]
value = { value = 2, unit = "1", note = "counted" }
""",
    )
    assert study.parameters[0].value == Value(3.6, "g", None, Distribution("lognormal", gsd=1.1))
    assert study.parameters[0].description == Text("mass of a rib")
    assert study.parameters[1].value == Value(2.0, "1", note="counted")


def test_pedigree_as_list_or_table() -> None:
    for written in ("[2, 1, 1, 3, 2]", "[2, 1, 1, 3, 2, 1]",
                    "{ reliability = 2, completeness = 1, temporal = 1, geographical = 3, technological = 2 }"):  # fmt: skip
        study = parse(BODY, f"pedigree = {written}\n")
        assert study.components[0].materials[0].pedigree == Pedigree(2, 1, 1, 3, 2)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("3.6", "unit-missing"),
        ('"3.6"', "unit-missing"),
        ('"3.6 h"', "unit-mismatch"),
        ('"3.6 furlong"', "unit-unknown"),
        ('"1,200 g"', "number-format"),
        ("nan", "number-format"),
        ("true", "value-invalid"),
        ('"-1 g"', "value-range"),
        ('"about 3 g"', "quantity-format"),
        ("{ value = 3.6 }", "unit-missing"),
        ('{ value = 3.6, unit = "g", gds = 1.05 }', "key-unknown"),
        ('{ value = 3.6, formula = "2", unit = "g" }', "value-invalid"),
        ('{ value = "3.6 kg", unit = "g" }', "unit-mismatch"),
        ('{ value = 3.6, unit = "g", gsd = 0.5 }', "distribution-invalid"),
        (
            '{ value = 3.6, unit = "g", distribution = { kind = "triangular", low = 4, high = 5 } }',
            "distribution-invalid",
        ),
        ('{ value = 3.6, unit = "g", distribution = { kind = "beta" } }', "distribution-invalid"),
        ('"= rib_mas * 2"', "formula-name"),
        ('"= rib_mass +"', "formula-syntax"),
        ('"= rib_mass * rib_mass"', "formula-unit"),
        ('"= -rib_mass"', "value-range"),
    ],
)
def test_wrong_values_say_where_and_why(written: str, code: str) -> None:
    problem = only(BODY.replace('"3.6 g"', written), PARAMETERS)
    assert problem.code == code
    assert problem.where == "study.toml, table components[0].materials[0], key amount, line 22"
    assert problem.message.en


def test_everything_wrong_is_reported_at_once_in_the_order_of_the_document() -> None:
    found = problems(
        BODY.replace("yields", "yeilds").replace("3.6 g", "-3.6 g"),
        '[[markets]]\nplace = "CN"\nshare = 0.4\n[[markets]]\nplace = "Atlantis"\nshare = 2\n',
        '[parameters]\na = "= b"\nb = "= a"\n',
        '[[operations]]\nid = "moulding"\nname = "Moulding"\ncomponent = "100-11"\nenergy = [{carrier = "electricity", amount = "1 kWh"}]\n',
    )
    codes = [problem.code for problem in found]
    assert codes == [
        "value-range",
        "key-unknown",
        "place-unknown",
        "value-range",
        "formula-cycle",
        "component-unknown",
    ]
    assert found[1].hint.en == "did you mean 'yields'?"
    assert "100-10" in found[-1].hint.en


def test_missing_and_unknown_at_the_top() -> None:
    found = problems('cmponents = []\n[[components]]\npart_number = "1"\n')
    assert {(problem.code, problem.where.split(", line")[0]) for problem in found} == {
        ("key-unknown", "study.toml, table unit, key cmponents"),
        ("field-missing", "study.toml, table components[0], key name"),
        ("field-missing", "study.toml, table components[0], key quantity"),
    }


def test_single_brackets_for_a_list_are_explained() -> None:
    problem = only('[components]\npart_number = "1"\n')
    assert problem.code == "list-expected"
    assert "[[components]]" in problem.hint.en


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ('[[markets]]\nplace = "CN"\nshare = 0.9\n', "market-shares"),
        ('[[evidence]]\nid = "a"\ntitle = "A"\n[[evidence]]\nid = "a"\ntitle = "B"\n', "id-twice"),
        ('[[evidence]]\nid = "a"\ntitle = "A"\ndigest = "abc"\n', "digest-format"),
        ('[[operations]]\nid = "o"\nname = "O"\n', "operation-empty"),
        ('[[operations]]\nid = "o"\nname = "O"\nmodel_inputs = { a = 1 }\nwaste = [{text = "w", amount = "1 g"}]\n', "operation-model"),
        ('[[site.meters]]\ncarrier = "gas"\namount = "1 m3"\n', "site-production"),
        ('[[site.products]]\nname = "a"\nmass = "1 t"\n', "site-products"),
        ('[[site.products]]\nname = "a"\nthis = true\npieces = 5\n', "allocation-key"),
        (
            '[[electricity.contracts]]\nid = "c"\nkind = "direct_line"\namount = "1 MWh"\ntext = "wind"\n',
            "electricity-used",
        ),
        ('[use.losses]\nrated_current = "24 A"\n', "losses-resistance"),
        ('[use.losses]\nrated_current = "24 A"\nresistance = "1 mohm"\nprofile = [{time_share = 0.7, current_share = 1}, {time_share = 0.4, current_share = 0.5}]\n', "load-profile"),
        ('[use]\ngrid = [{share = 0.5, dataset = "x"}]\n', "grid-shares"),
        ('[use]\nmodes = [{name = "on", power = "1 W", hours = "8000 h/year"}, {name = "off", power = "0 W", hours = "2000 h/year"}]\n', "use-hours"),
        ('[[end_of_life.routes]]\nid = "r"\nrecycling = 0.5\n', "route-shares"),
        ('[[scenarios]]\nid = "base"\ntitle = "B"\nchanges = []\n', "scenario-name"),
        ('[[scenarios]]\nid = "s"\ntitle = "S"\nchanges = [{path = "revison", value = 2}]\n', "path-unknown"),
        ('[[components]]\npart_number = "100-10"\nname = "Other"\nquantity = 1\nmaterials = [{text = "Cu", amount = "1 g"}]\n', "id-twice"),
        ('[[components]]\npart_number = "100-11"\nname = "Empty"\nquantity = 1\n', "component-empty"),
    ],
)  # fmt: skip
def test_what_must_hold_between_fields(more: str, code: str) -> None:
    assert only(BODY, more).code == code


def test_the_same_part_may_be_used_twice() -> None:
    assert len(parse(BODY, BODY.replace('"2 pcs"', "1")).components) == 2


def test_references_to_evidence_and_routes_are_checked() -> None:
    found = problems(BODY, 'evidence = ["e2"]\nend_of_life = "metall"\n', EVIDENCE,
                     '[[end_of_life.routes]]\nid = "metal"\nrecycling = 1\n')  # fmt: skip
    assert [(problem.code, problem.hint.en) for problem in found] == [
        ("evidence-unknown", "known are e1"),
        ("route-unknown", "did you mean 'metal'?"),
    ]


@pytest.mark.parametrize(
    ("gtin", "good"), [("4006381333931", True), ("96385074", True), ("4006381333932", False), ("12", False)]
)
def test_gtin(gtin: str, good: bool) -> None:
    text = (HEAD + BODY).replace("[unit]", f'gtin = "{gtin}"\n[unit]')
    if good:
        assert parse_study_toml(text).product.gtin == gtin
        return
    with pytest.raises(InputErrors, match="GTIN"):
        parse_study_toml(text)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"id = ", "toml-syntax"),
        ("标题 = 1".encode("gbk"), "toml-encoding"),
        (b"a = " + b"[" * 100_000, "toml-syntax"),
        (b"", "field-missing"),
        (b"product = 3", "table-expected"),
    ],
)
def test_hostile_documents_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(CradlemarkError) as caught:
        parse_study_toml(content)
    assert code in {problem.code for problem in caught.value.problems}


def test_parts_nested_without_end_are_refused() -> None:
    chain = "".join(
        f'[[components{".children" * depth}]]\npart_number = "{depth}"\nname = "n"\nquantity = 1\n'
        for depth in range(200)
    )
    assert "nested-too-deep" in {problem.code for problem in problems(chain)}


def test_bill_of_materials_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text(
        "level,part number,name,material,quantity,net mass (g),origin\n"
        "1,A,Housing,PA66 V0,1,3.6,江苏\n1,B,Clip,CuSn6,2,1.1,imported\n",
        "utf-8",
    )
    lines = '\n[[bom.lines]]\npart_number = "B"\nyields = [0.7]\nscrap_route = "recycled_external"\n'
    (tmp_path / "study.toml").write_text(HEAD + '[bom]\nfile = "bom.csv"\n' + lines + BODY, "utf-8")
    study = read_study(tmp_path)
    assert [component.part_number for component in study.components] == ["A", "B", "100-10"]
    clip = study.components[1].materials[0]
    assert (clip.yields, clip.scrap_route) == ((Value(0.7, "1"),), "recycled_external")
    assert "bom.csv" in clip.source_row
    assert (clip.origin, clip.note) == ("", "origin: imported")
    assert study.components[0].materials[0].origin == "CN-JS"
    assert (
        study.components[2].materials[0].source_row == "study.toml, table components[0].materials[0], line 27"
    )
    again = parse_study_toml(write_study_toml(study))
    assert again == study
    assert study_digest(again) == study_digest(study)


def test_additions_to_lines_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "bom.csv").write_text("part number,material,quantity,net mass (g)\nA,PA66,1,3.6\n", "utf-8")
    text = (
        HEAD
        + '[bom]\nfile = "bom.csv"\n[[bom.lines]]\npart_number = "AA"\n[[bom.lines]]\npart_number = "A"\nmaterial = "PA6"\n'
    )
    (tmp_path / "study.toml").write_text(text, "utf-8")
    with pytest.raises(InputErrors) as caught:
        read_study(tmp_path / "study.toml")
    assert [problem.code for problem in caught.value.problems] == ["component-unknown", "material-unknown"]
    assert "line 18" in caught.value.problems[0].where


def test_text_without_a_folder_cannot_name_files() -> None:
    assert only('[bom]\nfile = "/etc/passwd"\n').code == "file-refused"


def test_missing_files_say_what_to_do(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "study.toml"):
        with pytest.raises(CradlemarkError) as caught:
            read_study(path)
        assert caught.value.code == "file-missing"
        assert "cradlemark new" in caught.value.hint.en


def test_digest_is_of_the_content_not_of_the_text() -> None:
    first = parse(BODY, PARAMETERS)
    second = parse(PARAMETERS, "# a comment\n", BODY.replace('"3.6 g"', "{ value = 3.60, unit = '克' }"))
    assert first == second
    assert study_digest(first) == study_digest(second)
    assert study_digest(parse(BODY.replace("3.6 g", "3.7 g"), PARAMETERS)) != study_digest(first)


def test_line_index_knows_strings_comments_and_nested_lists() -> None:
    index = LineIndex(
        'a = """\n[b]\n"""\n# [c]\n[[c]]\nx = 1\n[[c]]\n[[c.d]]\n"quoted key" = 1\n[[c.d]]\ny.z = 2\n[e.f]\nlist = [\n  1,\n]\n'
    )
    assert index.line(("a",)) == (1, 1)
    assert index.line(("b",)) == (0, 0)
    assert index.line(("c", 0, "x")) == (6, 3)
    assert index.line(("c", 1, "d", 0, "quoted key")) == (9, 5)
    assert index.line(("c", 1, "d", 1, "y", "z")) == (11, 6)
    assert index.line(("e", "f", "list", 0)) == (13, 3)
