"""An audit finds whatever was changed behind the back of the register."""

from __future__ import annotations

import pytest
from tests.unit.registry.builders import NOW
from tests.unit.registry.stories import Story
from tests.unit.registry.test_backups import issue

from cradlemark.registry.home import Home


@pytest.fixture
def filled(home: Home) -> Home:
    from cradlemark.registry.keys.store import make_keys

    make_keys(home, passphrase="several words in a row", time=NOW)
    issue(3, home)
    return home


def problems(home: Home) -> set[tuple[str, str]]:
    from cradlemark.registry.operation.audit import audit_register

    return {(one.where, one.code) for one in audit_register(home, time=NOW).problems}


def test_sound_register_has_no_problem(filled: Home) -> None:
    from cradlemark.registry.operation.audit import audit_register

    found = audit_register(filled, time=NOW)
    assert found.problems == ()
    assert (found.labels, found.waiting) == (3, 0)
    assert found.entries >= 6


def test_label_of_a_case_is_sound(story: Story) -> None:
    from cradlemark.registry.cases.register import register
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.publication.publish import publish_all

    story.until_granted()
    passphrase = "several words in a row"
    signer = credential_signer(story.home, passphrase=passphrase, time=NOW)
    register(1, home=story.home, signer=signer, by=story.actors["officer"], time=NOW, reason="Registered.")
    publish_all(story.home, passphrase=passphrase, time=NOW)
    assert problems(story.home) == set()
    from cradlemark.registry.cases.models import Case

    Case.objects.update(state="granted")
    assert problems(story.home) == {("case 1", "register-inconsistent")}


@pytest.mark.parametrize("harm", ["claim", "state", "credential", "file", "missing", "tile", "gap"])
def test_what_was_changed_is_found(filled: Home, harm: str) -> None:
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.publication.label_files import folder_of
    from cradlemark.registry.search.models import Row

    number = str(Label.objects.order_by("sequence")[1].number)
    folder = filled.public / folder_of(number)
    where = f"label {number}"
    if harm == "claim":
        Label.objects.filter(number=number).update(claim=b"{}")
    elif harm == "state":
        Label.objects.filter(number=number).update(state="suspended")
    elif harm == "credential":
        label = Label.objects.get(number=number)
        other = Label.objects.order_by("sequence")[0]
        label.credential = other.credential
        label.save(update_fields=["credential"])
    elif harm == "file":
        (folder / "claim.json").write_bytes(b"{}")
    elif harm == "missing":
        (folder / "status.json").unlink()
    elif harm == "tile":
        where = "tile/entries/000.p/" + next((filled.public / "log/tile/entries/000.p").iterdir()).name
        path = filled.public / "log" / where
        path.write_bytes(path.read_bytes().replace(b"DEMO", b"DEMU", 1))
        where = "tile/0/000.p/" + path.name
    else:
        Row.objects.filter(label_id=number).delete()
        Label.objects.filter(number=number).delete()
    assert where in {place for place, _ in problems(filled)}
