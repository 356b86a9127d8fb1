"""What a programme grants is held against all lints before a number is given."""

from __future__ import annotations

import datetime
import os

import attrs
import pytest
from tests.unit.label.builders import EXAMPLES, VERIFICATION

from cradlemark.cli.opening import open_inventory, open_pack, open_study
from cradlemark.core.errors import RuleError
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.footprint.bundle.seal import seal_study
from cradlemark.inventory.matching import Matcher
from cradlemark.label.granting import grant
from cradlemark.label.lints import lint_claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme_reader import load_programme
from cradlemark.rules.pack import pack_document

DEMO = load_programme("demonstration")
TODAY = datetime.date(2026, 11, 28)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    """The example of a terminal block, classified and sealed."""
    study, folder = open_study(EXAMPLES / "terminal-block")
    product = attrs.evolve(study.product, classification=(("CPC", "46212"),))
    pack = open_pack(study.rule_pack, folder)
    held = open_inventory(study, folder, gwp_set=pack.gwp_set)
    return seal_study(
        attrs.evolve(study, product=product), held, Matcher(held), pack,
        pack_document=pack_document(study.rule_pack, folder), secret=os.urandom(32),
    ).bundle  # fmt: skip


def test_the_claim_is_classified_and_without_a_flaw(bundle: Bundle) -> None:
    claim = grant(bundle, DEMO, VERIFICATION, today=TODAY)(LabelNumber("DEMO", 5))
    assert claim.product.classification == ("CPC 46212",)
    assert lint_claim(claim, DEMO) == ()
    assert "rests on factors that are not verified" in claim.limits[-1].en


def test_a_flawed_claim_is_refused_with_every_lint(bundle: Bundle) -> None:
    doubtful = attrs.evolve(VERIFICATION, opinion="modified", statement_digest="none")
    with pytest.raises(RuleError) as caught:
        grant(bundle, DEMO, doubtful, today=TODAY)
    assert caught.value.code == "claim-lint"
    assert "[cradlemark-opinion]" in caught.value.message
    assert "[cradlemark-digests]" in caught.value.message
