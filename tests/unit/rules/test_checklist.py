"""The verifier's checklist: every check once, under its clause, in both languages, safe as Markdown."""

import importlib.util
import re
from pathlib import Path

import attrs
import pytest

from cradlemark.core.language import LANGUAGES, Text
from cradlemark.rules.check import check
from cradlemark.rules.checklist import checklist, escaped
from cradlemark.rules.fact_values import Facts
from cradlemark.rules.finding import Finding
from cradlemark.rules.pack import load_pack, pack_ids

_SPEC = importlib.util.spec_from_file_location("fact_cases", Path(__file__).with_name("fact_cases.py"))
cases = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(cases)

ISO = "iso-14067-2018"


def row_of(page, check_id):
    rows = [line for line in page.splitlines() if line.startswith("| ☐") and f"| `{check_id}` |" in line]
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_check_stands_once_under_its_clause(pack_id, language):
    pack = load_pack(pack_id)
    page = checklist(pack, language)
    for item in pack.checks:
        assert escaped(item.title[language]) in row_of(page, item.id)
        before = page[: page.index(f"| `{item.id}` |")]
        heading = before[before.rindex("\n## ") :].splitlines()[1]
        assert escaped(pack.clause(item.clause).title[language]) in heading
    for field in pack.required:
        assert f"`{field.path}`" in page
    for limit in pack.limits:
        assert escaped(limit.title[language]) in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack_id", pack_ids())
def test_tables_have_equal_columns(pack_id, language):
    blocks = re.findall(r"(?:^\|.*\n)+", checklist(load_pack(pack_id), language), re.MULTILINE)
    assert len(blocks) > 10
    for block in blocks:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1


def test_status_of_the_clauses_is_said():
    page = checklist(load_pack(ISO), "en")
    assert page.count("- Status: not checked against the published text") >= 15
    assert page.count("- Status: seen in public sources") == 1
    assert "set by this pack, not taken from the standard" in page
    assert "未与正式发布文本核对" in checklist(load_pack(ISO), "zh")


def test_findings_stand_beside_their_check():
    pack = load_pack(ISO)
    found = check(pack, cases.facts_with({"period_months": 6.0, "cut_off_share": 0.02}))
    page = checklist(pack, "en", found)
    assert "| 1 warning |" in row_of(page, "period-length")
    assert "| 1 warning |" in row_of(page, "cut-off-single")
    assert "| no finding |" in row_of(page, "gwp-latest")
    assert "**warning** `cut-off-single` `cut_offs[1]`: cut\\_offs one is cut off" in page
    assert "Collect a full year" in page


def test_without_findings_there_is_no_verdict():
    page = checklist(load_pack(ISO), "en")
    assert "no finding" not in page
    assert "Machine |" not in page


def test_checks_that_wait_for_the_result_say_so():
    pack = load_pack(ISO)
    whole = cases.facts_with()
    found = check(pack, Facts(whole.values, whole.scopes, frozenset(["study"])))
    page = checklist(pack, "en", found)
    assert "| not checked yet (needs the result) |" in row_of(page, "gwp-latest")
    assert "| not checked yet (needs the compiled study) |" in row_of(page, "mass-balance")
    assert "| no finding |" in row_of(page, "period-length")


def test_missing_fields_are_listed():
    pack = load_pack(ISO)
    missing = Finding("required-field", "error", "place", Text("not filled in: Place", "未填写：生产地"))
    assert "- ☐ **错误** `required-field` `place`：未填写：生产地。" in checklist(pack, "zh", [missing])


def test_hostile_text_cannot_break_the_page():
    pack = load_pack(ISO)
    text = "a|b `c` *d* <script>\n# heading"
    finding = Finding("period-length", "error", "x`y", Text(text, text))
    page = checklist(attrs.evolve(pack, title=Text(text, text)), "en", [finding])
    assert "<script>" not in page
    assert "\n# heading" not in page
    assert "a\\|b" in page
    assert "`xy`" in page
