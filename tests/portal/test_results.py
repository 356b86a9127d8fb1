"""Results of a study: every picture has its table, findings lead to their field, versions and scenarios stand side by side."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from tests.portal.studies import begun, terminal_block

SignIn = Callable[..., Client]


def test_results_hold_pictures_tables_and_no_inline_style(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    page = client.get(f"{begun(client)}results/").content.decode()
    assert page.count("<svg") >= 2
    assert page.count("<table") > page.count("<figure")
    assert not re.search(r"\sstyle=", page)
    assert "<script" not in page.split("</head>")[1]


def test_tree_sums_to_the_result_at_every_cut_off() -> None:
    from cradlemark.portal.practitioner.tree import CUT_OFFS, Branch, contribution_tree
    from cradlemark.registry.studies.compiled import compiled

    model = compiled(terminal_block())
    footprint = model.calculate(draws=0).footprint

    def leaves(branch: Branch) -> float:
        below = sum(leaves(one) for one in branch.branches) + branch.rest
        return below if branch.branches or branch.cut else branch.value

    for cut in CUT_OFFS:
        tree = contribution_tree(footprint, model.study, "en", cut_off=cut / 100)
        for branch in tree:
            assert leaves(branch) == pytest.approx(branch.value, rel=1e-12)
        whole = sum(branch.value for branch in tree if branch.title != "D")
        assert whole == pytest.approx(footprint.life_cycle, rel=1e-12)


def test_every_finding_with_a_place_leads_to_a_page_that_has_the_field(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    page = client.get(f"{study}results/").content.decode()
    links = set(re.findall(rf'href="({study}edit/[^"#]+)#([^"]+)"', page))
    assert len(links) >= 8
    for address, name in links:
        assert f'id="{name}"' in client.get(address).content.decode(), (address, name)


def test_versions_are_compared_with_a_waterfall(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    changed = terminal_block().replace(
        "housing_mass.value]\nvalue = 3.45", "housing_mass.value]\nvalue = 4.45"
    )
    assert changed != terminal_block()
    assert client.post(f"{study}save/", {"document": changed, "seen": "1"}).status_code == 302
    page = client.get(f"{study}compare/?first=v1&second=v2").content.decode()
    assert page.count("<svg") == 1
    assert "A1" in page
    scenario = client.get(f"{study}compare/?first=v1&second=srecycled-pa")
    assert scenario.status_code == 200
    for wrong in ("?first=v99", "?second=sno-such", "?first=x", "?first=v-1", "?first=v" + "9" * 30):
        assert client.get(f"{study}compare/{wrong}").status_code == 404, wrong


def test_sides_that_are_not_comparable_are_refused_with_the_reason(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    other = terminal_block().replace('boundary = "cradle_to_grave"', 'boundary = "cradle_to_gate"')
    assert client.post(f"{study}save/", {"document": other, "seen": "1"}).status_code == 302
    page = client.get(f"{study}compare/").content.decode()
    assert 'role="alert"' in page
    assert "boundary" in page


def test_scenarios_stand_side_by_side_with_the_study(signed_in: SignIn) -> None:
    from cradlemark.portal.templatetags.cradlemark import figure
    from cradlemark.registry.studies.compiled import compiled

    client = signed_in("practitioner")
    page = client.get(f"{begun(client)}scenarios/").content.decode()
    for name in ("", "recycled-pa", "green-power"):
        total = compiled(terminal_block(), name).calculate(draws=0).footprint.life_cycle
        assert f">{figure(total)}<" in page, name


def test_completeness_counts_what_the_rule_pack_asks_for() -> None:
    from cradlemark.registry.studies.compiled import compiled
    from cradlemark.registry.studies.completeness import completeness

    model = compiled(terminal_block())
    found = completeness(model, model.calculate(draws=0).footprint)
    assert found.fulfilled > 20
    assert found.early == 0
    assert found.missing == 1  # the holder's identifier
    total = found.fulfilled + found.open + found.unknown + found.spared
    assert total == len(model.pack.conditions)
