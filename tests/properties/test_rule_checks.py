"""Whatever the facts, every check gets a verdict, nothing unknown passes, and every finding is complete."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from cradlemark.core.language import Text
from cradlemark.rules.catalogue import PHASES, catalogue
from cradlemark.rules.check import assess, check
from cradlemark.rules.fact_values import Facts, Item
from cradlemark.rules.pack import load_pack, pack_ids

HOSTILE = st.sampled_from(["", "{label}", "%s", "{0}", "壳体", "a|b", "\u202e", "{}", "x" * 300])
NUMBERS = st.one_of(
    st.none(), st.floats(), st.sampled_from([0.0, 1.0, -1.0, 1e308, -1e308, 5e-324]), st.floats(-2, 2)
)
BOOLEANS = st.one_of(st.none(), st.booleans())


@st.composite
def facts(draw):
    table = catalogue()

    def values(types):
        return {name: draw(BOOLEANS if fact.is_boolean else NUMBERS) for name, fact in types.items()}

    scopes = {}
    for name, scope in table.scopes.items():
        count = draw(st.integers(0, 2))
        labels = [Text(draw(HOSTILE), draw(HOSTILE)) for _ in range(count)]
        scopes[name] = tuple(
            Item(f"{name}[{index}]", label, values(scope.facts)) for index, label in enumerate(labels)
        )
    phases = draw(st.sampled_from([PHASES[:1], PHASES[:2], PHASES]))
    return Facts(values(table.facts), scopes, frozenset(phases))


def known(value):
    return value is not None and math.isfinite(value)


@settings(max_examples=40, deadline=None)
@given(facts(), st.sampled_from(pack_ids()))
def test_every_check_gets_a_verdict_and_every_finding_is_complete(found, pack_id):
    pack = load_pack(pack_id)
    assessments = assess(pack, found)
    assert [item.check for item in assessments] == list(pack.checks)
    for assessment in assessments:
        assert (assessment.verdict == "fail") == (assessment.failing > 0)
        assert (assessment.verdict in {"pass", "not_applicable", "too_early"}) == (not assessment.findings)
    findings = check(pack, found)
    assert list(findings) == sorted(findings, key=lambda finding: finding.order)
    assert all(finding.message.complete and finding.repair.complete for finding in findings)


@settings(max_examples=40, deadline=None)
@given(facts(), st.sampled_from(pack_ids()))
def test_nothing_unknown_passes(found, pack_id):
    pack = load_pack(pack_id)
    for assessment in assess(pack, found):
        condition = pack.conditions[assessment.check.id]
        if assessment.verdict == "pass" and not assessment.check.over:
            assert all(known(found.values[name]) for name in condition.facts)
        if assessment.verdict == "pass" and assessment.check.over:
            scope = catalogue().scopes[assessment.check.over].facts
            for item in found.scopes[assessment.check.over]:
                applies = all(known(item.facts[name]) for name in condition.when_facts if name in scope)
                assert applies


@settings(max_examples=40, deadline=None)
@given(facts(), st.sampled_from(pack_ids()))
def test_checks_are_repeatable(found, pack_id):
    assert check(load_pack(pack_id), found) == check(load_pack(pack_id), found)
