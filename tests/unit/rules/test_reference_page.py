"""The reference page of rule packs is the one made from the packs."""

from pathlib import Path

from cradlemark.rules.catalogue import catalogue
from cradlemark.rules.pack import load_pack, pack_ids
from cradlemark.rules.reference_page import reference_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "rule-packs.md"


def test_the_page_is_the_one_made_from_the_packs():
    assert PAGE.read_text(encoding="utf-8") == reference_page()


def test_the_page_names_every_check_and_every_fact():
    page = reference_page()
    for pack_id in pack_ids():
        assert all(f"| `{check.id}` |" in page for check in load_pack(pack_id).checks)
    assert all(f"| `{fact.name}` |" in page for fact in catalogue())
