"""Rule packs: the packaged ones are sound, wrong ones are refused with everything that is wrong."""

import re

import attrs
import pytest

from cradlemark.core.errors import CradlemarkError, InputErrors, NotFoundError
from cradlemark.core.language import Text
from cradlemark.product.study import END_OF_LIFE_METHODS, STAGES
from cradlemark.rules.pack import load_pack, load_pack_file, pack_ids, resolved_document

ISO, GBT, EN = "iso-14067-2018", "gb-t-24067-2024", "en-50693-2019"

OWN = """
[pack]
id = "own"
extends = "iso-14067-2018"
version = "1"
standard = "Own rules, edition 1"
title = { en = "Own rules", zh = "自有规则" }
status = "unverified"
source = "Own product category rule"
status_note = { en = "Draft.", zh = "草案。" }
"""


def own(tmp_path, more="", text=OWN):
    path = tmp_path / "own.toml"
    path.write_text(text + more, encoding="utf-8")
    return path


def codes(error):
    return {problem.code for problem in error.value.problems}


def test_the_packaged_packs():
    assert pack_ids() == (EN, GBT, ISO)


def test_unknown_pack_is_named_with_the_packs_there_are():
    with pytest.raises(NotFoundError, match="no rule pack 'iso-14067'") as error:
        load_pack("iso-14067")
    assert error.value.code == "pack-unknown"
    assert all(pack_id in error.value.hint.en for pack_id in pack_ids())


@pytest.mark.parametrize(
    "hostile", ["../facts", "/etc/passwd", "", "iso-14067-2018.toml", "iso-14067-2018/../x"]
)
def test_ids_are_no_paths(hostile):
    with pytest.raises(NotFoundError):
        load_pack(hostile)


@pytest.mark.parametrize("pack_id", pack_ids())
class TestPackaged:
    def test_chooses_methods_of_the_calculation(self, pack_id):
        pack = load_pack(pack_id)
        assert pack.id == pack_id
        assert pack.gwp_set == "AR6"
        assert pack.electricity_basis in {"market", "location"}
        assert pack.end_of_life_method in END_OF_LIFE_METHODS
        assert pack.end_of_life_method == ("module_d" if pack_id == EN else "cut_off")
        assert pack.reports_both_bases is True
        assert pack.allocation_order == ("subdivide", "expand", "physical", "economic")
        assert "aircraft" in pack.separate_reporting

    def test_everything_for_people_is_in_both_languages(self, pack_id):
        def texts(value):
            if isinstance(value, Text):
                yield value
            elif attrs.has(type(value)):
                for field in attrs.fields(type(value)):
                    yield from texts(getattr(value, field.name))
            elif isinstance(value, tuple):
                for item in value:
                    yield from texts(item)

        found = [text for text in texts(load_pack(pack_id)) if text]
        assert len(found) > 400
        incomplete = [text for text in found if not text.complete]
        assert incomplete == []
        assert [text for text in found if not re.search("[\u4e00-\u9fff]", text.zh)] == []

    def test_messages_fill_the_same_places_in_both_languages(self, pack_id):
        for check in load_pack(pack_id).checks:
            places = [set(re.findall(r"\{(\w+)", check.message[language])) for language in ("en", "zh")]
            assert places[0] == places[1], check.id

    def test_is_honest_about_what_was_checked(self, pack_id):
        pack = load_pack(pack_id)
        assert pack.status == "unverified"
        seen = {clause.id for clause in pack.clauses if clause.status == "seen"}
        assert seen == {"6.4.9.4"}
        assert all(limit.source for limit in pack.limits)
        assert all(limit.status in {"unverified", "own"} for limit in pack.limits)

    def test_every_stage_but_d_is_in_one_group(self, pack_id):
        groups = load_pack(pack_id).stage_groups
        stages = [stage for group in groups for stage in group.stages]
        assert sorted(set(stages) | {"D"}) == sorted(STAGES)
        assert len(stages) == len(set(stages))
        assert stages == sorted(stages, key=STAGES.index)

    def test_every_limit_is_used_by_a_check(self, pack_id):
        pack = load_pack(pack_id)
        formulas = " ".join(f"{check.when} {check.condition}" for check in pack.checks)
        unused = {limit.name for limit in pack.limits} - set(re.findall(r"\w+", formulas))
        assert unused == set()

    def test_digest_names_the_resolved_content(self, pack_id):
        digest = load_pack(pack_id).digest
        assert re.fullmatch("sha256:[0-9a-f]{64}", digest)
        load_pack.cache_clear()
        assert load_pack(pack_id).digest == digest


def test_digests_differ():
    assert len({load_pack(pack_id).digest for pack_id in pack_ids()}) == 3


def test_an_extending_pack_keeps_the_standard_of_what_it_takes_over():
    pack = load_pack(GBT)
    assert pack.clause("6.3.4").label == "ISO 14067:2018, 6.3.4 (unverified)"
    assert pack.clause("6.4.9.4").label == "ISO 14067:2018, 6.4.9.4 (seen)"
    assert pack.clause("report_template").label == "GB/T 24067-2024 (unverified)"


def test_gb_t_adds_the_two_data_quality_tables():
    ids = {check.id for check in load_pack(GBT).checks}
    assert {"site-quality-table", "background-quality-table"} <= ids - {
        check.id for check in load_pack(ISO).checks
    }
    tables = {demand.table for demand in load_pack(GBT).demands}
    assert {"site", "background"} <= tables


def test_en_50693_applies_no_default_load_or_life():
    pack = load_pack(EN)
    names = {limit.name for limit in pack.limits} - {limit.name for limit in load_pack(ISO).limits}
    assert names == set()
    profile = next(check for check in pack.checks if check.id == "use-profile")
    assert profile.severity == "error"
    assert [group.name.en for group in pack.stage_groups][:5] == [
        "Manufacturing", "Distribution", "Installation", "Use", "De-installation and end of life",
    ]  # fmt: skip


def test_own_pack_overlays_a_packaged_one(tmp_path):
    more = """
[limits.cut_off_single_limit]
value = 0.005
[checks.period-length]
severity = "error"
[drop]
checks = ["use-dominates"]
limits = ["use_share_limit"]
"""
    pack = load_pack_file(own(tmp_path, more))
    below = load_pack(ISO)
    assert pack.limit("cut_off_single_limit").value == 0.005
    assert pack.limit("cut_off_single_limit").title == below.limit("cut_off_single_limit").title
    assert next(check for check in pack.checks if check.id == "period-length").severity == "error"
    assert {check.id for check in below.checks} - {check.id for check in pack.checks} == {"use-dominates"}
    assert pack.digest != below.digest


def test_the_same_content_has_the_same_digest_whatever_its_layout(tmp_path):
    one = load_pack_file(own(tmp_path, "[limits.cut_off_single_limit]\nvalue = 0.005\n"))
    two = load_pack_file(own(tmp_path, "\n# remark\n[limits]\ncut_off_single_limit = { value = 5e-3 }\n"))
    assert one.digest == two.digest


def test_loading_leaves_the_packaged_document_alone(tmp_path):
    before = resolved_document(ISO)
    load_pack_file(own(tmp_path, '[checks.period-length]\nseverity = "error"\n'))
    assert resolved_document(ISO) == before


WRONG = {
    "unknown fact": ('[checks.period-length]\ncondition = "no_such_fact > 1"\n', "pack-fact"),
    "constant": ('[checks.period-length]\ncondition = "1 > 0"\n', "pack-constant"),
    "syntax": ('[checks.period-length]\ncondition = "period_months >"\n', "formula-syntax"),
    "string": ("[checks.period-length]\ncondition = \"period_months == '1'\"\n", "formula-syntax"),
    "attribute": ('[checks.period-length]\ncondition = "period_months.real > 0"\n', "formula-syntax"),
    "units": ('[checks.product-mass]\ncondition = "product_mass_kg > service_life_years"\n', "formula-unit"),
    "item fact without scope": ('[checks.period-length]\ncondition = "cut_off_share > 0"\n', "pack-fact"),
    "scope": ('[checks.period-length]\nover = "screws"\n', "pack-scope"),
    "when": ('[checks.period-length]\nwhen = "nothing_known"\n', "pack-fact"),
    "message place": (
        '[checks.period-length]\nmessage = { en = "{colour}", zh = "{colour}" }\n', "pack-fact",
    ),
    "message attribute": (
        '[checks.period-length]\nmessage = { en = "{label.__class__}", zh = "x" }\n', "pack-fact",
    ),
    "message index": ('[checks.period-length]\nmessage = { en = "{label[0]}", zh = "x" }\n', "pack-fact"),
    "message width": (
        '[checks.period-length]\nmessage = { en = "{period_months:999999999}", zh = "x" }\n', "pack-message",
    ),
    "message conversion": (
        '[checks.period-length]\nmessage = { en = "{period_months!r}", zh = "x" }\n', "pack-message",
    ),
    "message brace": ('[checks.period-length]\nmessage = { en = "{", zh = "x" }\n', "pack-message"),
    "severity": ('[checks.period-length]\nseverity = "fatal"\n', "pack-value"),
    "clause": ('[checks.period-length]\nclause = "99.9"\n', "pack-clause"),
    "one language": ('[checks.period-length]\ntitle = { en = "Only English" , zh = "" }\n', "pack-value"),
    "key": ('[checks.period-length]\nseverty = "error"\n', "pack-key"),
    "table": ("[cheks.x]\nid = 1\n", "pack-key"),
    "new check lacks keys": ('[checks.mine]\nclause = "7"\n', "pack-missing"),
    "field": ('[required."product.colour"]\nclause = "7"\ntitle = { en = "x", zh = "x" }\n', "pack-field"),
    "field in list": ('[required."markets.place"]\nclause = "7"\ntitle = { en = "x", zh = "x" }\n', "pack-field"),
    "boundary": ('[boundaries.cradle]\nname = { en = "x", zh = "x" }\nunit = "declared"\nclause = "7"\n', "pack-value"),
    "group": ('[boundaries.cradle_to_gate]\ngroups = ["assembly"]\n', "pack-stages"),
    "stage twice": ('[stage_groups.use]\nstages = ["A4", "B1"]\n', "pack-stages"),
    "gwp": ('[methods.gwp_set]\nvalue = "AR7"\n', "pack-value"),
    "method": ('[methods.magic]\nvalue = "x"\n', "pack-key"),
    "limit value": ('[limits.cut_off_single_limit]\nvalue = "1 %"\n', "pack-value"),
    "limit true": ("[limits.cut_off_single_limit]\nvalue = true\n", "pack-value"),
    "limit named like a fact": (
        '[limits.period_months]\nvalue = 1\nunit = "1"\ntitle = { en = "x", zh = "x" }\n', "pack-limit",
    ),
    "drop": ('[drop]\nchecks = ["no-such-check"]\n', "pack-drop"),
    "not a table": ("limits = 3\n", "pack-table"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_pack_is_refused(tmp_path, case):
    more, code = WRONG[case]
    text = OWN if more.startswith("[") else more + OWN
    with pytest.raises(InputErrors) as error:
        load_pack_file(own(tmp_path, more if more.startswith("[") else "", text=text))
    assert code in codes(error), error.value.problems


def test_all_problems_are_reported_together(tmp_path):
    more = '[checks.period-length]\nseverity = "fatal"\n[checks.product-mass]\ncondition = "weight > 0"\n'
    with pytest.raises(InputErrors) as error:
        load_pack_file(own(tmp_path, more))
    places = {problem.where for problem in error.value.problems}
    assert {"own.toml: checks.period-length.severity", "own.toml: checks.product-mass.condition"} <= places


def test_a_pack_without_content_names_what_is_missing(tmp_path):
    with pytest.raises(InputErrors) as error:
        load_pack_file(own(tmp_path, text="[pack]\nid = 'x'\n"))
    assert len(error.value.problems) >= 8


def test_a_pack_that_extends_an_unknown_one(tmp_path):
    with pytest.raises(NotFoundError, match="iso-9999"):
        load_pack_file(own(tmp_path, text=OWN.replace("iso-14067-2018", "iso-9999")))


@pytest.mark.parametrize(
    "content", [b"[pack", b"\xff\xfe\x00", b"[pack]\nid = nan\n", b"", b"[pack]\nid = 2025-01-01\n"]
)
def test_rubbish_is_refused(tmp_path, content):
    path = tmp_path / "rubbish.toml"
    path.write_bytes(content)
    with pytest.raises(CradlemarkError):
        load_pack_file(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"nothing\.toml"):
        load_pack_file(tmp_path / "nothing.toml")
