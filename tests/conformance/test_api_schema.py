"""The interface answers as its description says, whatever it is asked: cases made by schemathesis, some of them hostile.

CRADLEMARK_API_CASES says how many cases are made for each operation and mode; ``benchmarks/api_cases.py`` counts them.
"""

from __future__ import annotations

import copy
import os
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.portal.api_client import Program, token_for
from tests.portal.conftest import demonstration, home  # noqa: F401 - fixtures
from tests.portal.studies import terminal_block

CASES = int(os.environ.get("CRADLEMARK_API_CASES", "50"))
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
OPERATIONS = 26
"""So many there are: a description that has lost some would be tested less."""


@pytest.fixture
def described(home: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, str]:  # noqa: F811
    """The description of an interface with a study and a case in it, and a token of somebody in two roles."""
    from cradlemark.portal.wsgi import application
    from cradlemark.registry.people.actor import join
    from cradlemark.registry.people.models import Membership

    monkeypatch.setattr(settings, "API_READS", 10**9)
    monkeypatch.setattr(settings, "API_WRITES", 10**9)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver", "localhost"])
    applicant = Membership.objects.select_related("user", "organisation").get(role="applicant")
    join(applicant.user, applicant.organisation, "practitioner")
    token = token_for("applicant")
    program = Program(token)
    study = program.post("/studies", {"document": terminal_block()}).json()
    handed = program.post("/cases", {"study": study["id"], "version": 1, "reason": "First label."})
    assert handed.status_code == 201
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application), token


def without_tokens(schema: Any) -> Any:
    """The same description, as if no operation needed a token: what is sent wrong is then the question itself."""
    document = copy.deepcopy(schema.raw_schema)
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    made = schemathesis.openapi.from_dict(document)
    made.app, made.location = schema.app, schema.location
    return made


def run(schema: Any, token: str, cases: int) -> int:
    """Ask every operation in both modes; returns the number of cases."""
    count = 0
    for mode, description in zip(MODES, (schema, without_tokens(schema)), strict=True):
        found = [result.ok() for result in description.get_all_operations()]
        assert len(found) == OPERATIONS
        for operation in found:
            if mode is GenerationMode.POSITIVE or _can_be_wrong(operation):
                count += ask_all(operation, mode, token, cases)
    return count


def ask_all(operation: Any, mode: GenerationMode, token: str, cases: int) -> int:
    """Ask one operation."""
    count = 0
    headers = {"Authorization": f"Bearer {token}"}

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=cases, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    def ask(case: Any) -> None:
        nonlocal count
        count += 1
        response = case.call(headers=headers)
        case.validate_response(response, headers=headers, excluded_checks=excused(response))

    ask()
    return count


def excused(response: Any) -> list[Any]:
    """What has the right shape can have the wrong content, a document that is none for example; then another code says so."""
    refused = response.status_code in {412, 422}
    wrong_content = refused and response.json()["code"] != "request-shape"
    return [positive_data_acceptance] if wrong_content else []


def _can_be_wrong(operation: Any) -> bool:
    headers = [one for one in operation.headers if one.name != "If-None-Match"]  # any text can be a tag
    return bool(operation.body or operation.path_parameters or operation.query or headers)


@pytest.mark.slow
def test_every_answer_is_described(described: tuple[Any, str]) -> None:
    schema, token = described
    asked = run(schema, token, CASES)
    print(f"cases asked: {asked}")
    assert asked > OPERATIONS * CASES
