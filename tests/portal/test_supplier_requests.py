"""A supplier answers by a link without an account, sees one request only, and the practitioner takes the answer over."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.portal.studies import begun

SignIn = Callable[..., Client]
ASKED = {
    "material": "1",
    "supplier": "Polymer Works",
    "message": "Please state the recycled share.",
    "days": "14",
}


def asked(client: Client, study: str, **more: str) -> str:
    page = client.post(f"{study}requests/", {**ASKED, **more})
    assert page.status_code == 200, page.content.decode()[:2000]
    found = re.search(r"<code>http://[^/]+(/supplier/[^<]+)</code>", page.content.decode())
    assert found is not None
    return found[1]


def materials() -> Any:
    from cradlemark.product.readers.study_toml import parse_study_toml
    from cradlemark.registry.studies.models import Version

    version = Version.objects.last()
    assert version is not None
    return parse_study_toml(version.document).components[0].children[0].materials


def test_supplier_answers_without_an_account_and_the_practitioner_uses_it(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    link, visitor = asked(client, study), Client(headers={"accept-language": "en"})
    page = visitor.get(link).content.decode()
    assert "Please state the recycled share." in page
    for secret in ("housing_mass", "供应商B", "kg CO", study):
        assert secret not in page
    sent = {"amount": "3.5 g", "origin": "CN-GD", "who": "Ms Li", "remark": "Weighed in May."}
    assert visitor.post(link, sent).status_code == 200
    assert visitor.get(link).status_code == 404
    assert visitor.post(link, sent).status_code == 404
    assert materials()[0].origin == "CN-JS"
    assert "Ms Li" in client.get(f"{study}requests/").content.decode()
    assert client.post(f"{study}requests/1/use/").status_code == 302
    material = materials()[0]
    assert (material.amount.magnitude, material.amount.unit, material.origin) == (3.5, "g", "CN-GD")
    assert material.supplier == "Polymer Works"
    assert "Weighed in May." in material.note
    assert client.post(f"{study}requests/1/use/").status_code == 409


def test_token_is_kept_as_a_hash_only(signed_in: SignIn) -> None:
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.studies.models import SupplierRequest

    client = signed_in("practitioner")
    token = asked(client, begun(client)).split("/")[2]
    assert len(token) >= 43
    row = str(SupplierRequest.objects.values().get())
    assert token not in row
    assert token not in str(list(Event.objects.values()))
    assert token not in client.get("/studies/1/requests/").content.decode()


def test_link_that_has_expired_or_is_guessed_is_not_valid(signed_in: SignIn) -> None:
    from cradlemark.portal.home import now
    from cradlemark.registry.studies.models import SupplierRequest

    client = signed_in("practitioner")
    link = asked(client, begun(client))
    assert Client().get("/supplier/guessed/").status_code == 404
    SupplierRequest.objects.update(expires=now() - datetime.timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"amount": "1 g", "who": "x"}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "3.5"}, {"amount": "-1 g"}, {"recycled_content": "300 %"}, {"origin": "Atlantis"}, {}],
)
def test_answer_that_cannot_be_read_is_shown_again(signed_in: SignIn, wrong: dict[str, str]) -> None:
    from cradlemark.registry.studies.models import SupplierRequest

    client = signed_in("practitioner")
    link = asked(client, begun(client))
    page = Client().post(link, {**wrong, "who": "Ms Li"})
    assert page.status_code == 422
    assert "Ms Li" in page.content.decode()
    assert SupplierRequest.objects.get().answered is None


def test_request_for_nothing_or_for_ever_is_refused(signed_in: SignIn) -> None:
    client = signed_in("practitioner")
    study = begun(client)
    for more, status in (({"days": "400"}, 422), ({"supplier": " "}, 422), ({"material": "99"}, 404)):
        assert client.post(f"{study}requests/", {**ASKED, **more}).status_code == status
