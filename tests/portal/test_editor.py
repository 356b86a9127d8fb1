"""Editing a study in forms: every field of the schema, versions, undo, conflicts, and the result while typing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.portal.studies import Form, begun, terminal_block

SignIn = Callable[..., Client]
PART = "edit/components.0.children.0/"


def last_study(number: int = 0) -> Any:
    from cradlemark.product.readers.study_toml import parse_study_toml
    from cradlemark.registry.studies.models import Version

    version = Version.objects.last() if not number else Version.objects.get(number=number)
    assert version is not None
    return parse_study_toml(version.document)


def sections() -> list[str]:
    from cradlemark.product.schema import study_schema

    fields = study_schema()["Study"].fields
    return [
        "general",
        *(field.key for field in fields if field.type in {"table", "tables"} and not field.input_only),
    ]


def test_every_part_of_a_study_comes_back_from_its_form_unchanged(signed_in: SignIn) -> None:
    from cradlemark.product.writers.study_document import study_digest
    from cradlemark.registry.studies.models import Version

    client = signed_in("practitioner")
    study = begun(client)
    digest = study_digest(last_study())
    pages = [*sections(), "components.0", "components.0.children.0", "operations.0", "operations.1"]
    for place in pages:
        address = f"{study}edit/{place}/"
        form = Form(client.get(address)).sent
        response = client.post(address, {**form, "seen": str(Version.objects.count())})
        assert response.status_code == 302, (place, response.content.decode()[:3000])
        assert study_digest(last_study()) == digest, place


def test_changed_number_makes_a_version_and_another_result_and_undo_goes_back(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    form = Form(client.get(f"{study}{PART}")).sent
    before = form["components.0.children.0.materials.0.amount"]
    assert before == "= housing_mass"
    response = client.post(f"{study}{PART}", {**form, "components.0.children.0.materials.0.amount": "9.9 g"})
    assert response.status_code == 302
    assert last_study(2).components[0].children[0].materials[0].amount.magnitude == pytest.approx(9.9)
    client.post(f"{study}undo/", {"seen": "2"})
    again = Form(client.get(f"{study}{PART}")).sent
    assert again["components.0.children.0.materials.0.amount"] == before


def test_what_stands_beside_a_number_is_kept_when_the_number_changes(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    before = last_study().product.mass
    assert before.note
    form = Form(client.get(f"{study}edit/product/")).sent
    assert client.post(f"{study}edit/product/", {**form, "product.mass": "7 g"}).status_code == 302
    after = last_study(2).product.mass
    assert after.magnitude == 7.0
    assert (after.note, after.evidence, after.distribution) == (
        before.note,
        before.evidence,
        before.distribution,
    )


def test_wrong_input_is_shown_at_its_field_and_nothing_typed_is_lost(signed_in: SignIn) -> None:
    from cradlemark.registry.studies.models import Version

    client = signed_in("practitioner")
    study = begun(client)
    form = Form(client.get(f"{study}{PART}")).sent
    wrong = {
        "components.0.children.0.materials.0.amount": "3.6 pebbles",
        "components.0.children.0.note": "checked again",
    }
    page = client.post(f"{study}{PART}", {**form, **wrong})
    assert page.status_code == 422
    typed = Form(page).sent
    assert typed["components.0.children.0.materials.0.amount"] == "3.6 pebbles"
    assert typed["components.0.children.0.note"] == "checked again"
    text = page.content.decode()
    assert 'href="#components.0.children.0.materials.0.amount"' in text
    assert '<span class="why">' in text
    assert Version.objects.count() == 1


def test_second_person_sees_the_conflict_with_all_that_was_typed_and_can_go_on(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    form = Form(client.get(f"{study}edit/product/")).sent
    assert client.post(f"{study}edit/product/", {**form, "product.mass": "7 g"}).status_code == 302
    page = client.post(f"{study}edit/product/", {**form, "product.gtin": "4006381333931"})
    assert page.status_code == 409
    text = page.content.decode()
    assert "Somebody has saved in between" in text
    assert "7 g" in text
    typed = Form(page).sent
    assert typed["product.gtin"] == "4006381333931"
    assert typed["seen"] == "2"
    assert client.post(f"{study}edit/product/", typed).status_code == 302
    assert last_study(3).product.gtin == "4006381333931"


def test_input_for_a_part_that_has_moved_is_never_put_on_another_part(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    form = Form(client.get(f"{study}{PART}")).sent
    import attrs

    from cradlemark.product.writers.study_toml import write_study_toml

    study_now = last_study()
    (top,) = study_now.components
    turned = attrs.evolve(study_now, components=(attrs.evolve(top, children=top.children[::-1]),))
    assert (
        client.post(f"{study}save/", {"document": write_study_toml(turned), "seen": "1"}).status_code == 302
    )
    neighbour = last_study(2).components[0].children[0]
    assert neighbour != top.children[0]
    page = client.post(f"{study}{PART}", {**form, "components.0.children.0.note": "mine"})
    assert page.status_code == 409
    assert "moved or is gone" in page.content.decode()
    assert client.post(f"{study}{PART}", Form(page).sent).status_code == 409
    assert last_study(2).components[0].children[0] == neighbour


def test_entries_are_added_and_removed_without_a_script(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    address = f"{study}edit/parameters/"
    count = len(last_study().parameters)
    page = client.post(address, {**Form(client.get(address)).sent, "do": "add:parameters"})
    assert page.status_code == 200
    form = Form(page).sent
    assert form["parameters~count"] == str(count + 1)
    new = {f"parameters.{count}.name": "extra_length", f"parameters.{count}.value": "12.5 mm"}
    assert client.post(address, {**form, **new}).status_code == 302
    assert last_study(2).parameters[-1].name == "extra_length"
    form = Form(client.get(address)).sent
    page = client.post(address, {**form, "do": f"remove:parameters.{count}"})
    assert client.post(address, Form(page).sent).status_code == 302
    assert len(last_study(3).parameters) == count


def test_new_part_gets_a_page_of_its_own(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    place = f"components.0.children.{len(last_study().components[0].children)}"
    assert f"/edit/{place}/" in client.get(f"{study}edit/components.0/").content.decode()
    form = Form(client.get(f"{study}edit/{place}/")).sent
    new = {
        f"{place}.part_number": "NEW-1",
        f"{place}.name.zh": "新零件",
        f"{place}.quantity": "2 piece",
        f"{place}.materials.0.text": "PA66",
        f"{place}.materials.0.amount": "0.5 g",
    }
    assert client.post(f"{study}edit/{place}/", {**form, **new}).status_code == 302
    assert last_study(2).components[0].children[-1].part_number == "NEW-1"
    assert "新零件" in client.get(f"{study}edit/{place}/").content.decode()


def test_result_follows_the_typing_and_nothing_is_saved(signed_in: SignIn) -> None:
    from cradlemark.registry.studies.models import Version

    client = signed_in("practitioner")
    study = begun(client)
    form = Form(client.get(f"{study}{PART}")).sent
    address = f"{study}preview/components.0.children.0/"
    same = client.post(address, form).content.decode()
    more = client.post(
        address, {**form, "components.0.children.0.materials.0.amount": "36 g"}
    ).content.decode()
    assert "+0.00 %" in same
    assert "+0.00 %" not in more
    wrong = client.post(address, {**form, "components.0.children.0.materials.0.amount": "x"})
    assert wrong.status_code == 200
    assert "Cannot be calculated yet" in wrong.content.decode()
    assert Version.objects.count() == 1


def test_fields_that_are_not_of_the_page_are_not_taken(signed_in: SignIn) -> None:
    from cradlemark.product.writers.study_document import study_digest

    client = signed_in("practitioner")
    study = begun(client)
    before = study_digest(last_study())
    form = Form(client.get(f"{study}{PART}")).sent
    more = {
        "product.mass": "1 g",
        "rule_pack": "x",
        "components.0.children.0.source_row": "1",
        "id": "y",
        "__class__": "z",
    }
    assert client.post(f"{study}{PART}", {**form, **more}).status_code == 302
    assert study_digest(last_study()) == before


@pytest.mark.parametrize(
    "place",
    ["nothing", "components.x", "components.0.materials.0.amount", "title", "components." * 60, "bom"],
)
def test_place_that_no_study_has_is_not_there(signed_in: SignIn, place: str) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    assert client.get(f"{study}edit/{place}/").status_code == 404


def test_document_typed_over_a_newer_version_is_kept_and_shown(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    document = terminal_block()
    mine, theirs = document.replace("24 A", "25 A"), document.replace("24 A", "26 A")
    assert client.post(f"{study}save/", {"document": theirs, "seen": "1"}).status_code == 302
    page = client.post(f"{study}save/", {"document": mine, "seen": "1"})
    assert page.status_code == 409
    form = Form(page, "document").sent
    assert "25 A" in form["document"]
    assert form["seen"] == "2"


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Rolling and annealing of copper strip at the supplier"), ("zh", "供应商铜带轧制与退火")],
)
def test_entries_are_called_by_their_names_in_the_language_of_the_page(
    signed_in: SignIn, language: str, told: str
) -> None:
    client = signed_in("practitioner", language=language)
    study = begun(client)
    page = client.get(f"{study}edit/operations.0/").content.decode()
    assert re.findall("<h2>(.*?)</h2>", page)[-1] == told
    entries = client.get(f"{study}edit/operations/").content.decode()
    assert f">{told}<" in entries
