"""The client in the documentation works against a running register."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from tests.portal.api_client import token_for
from tests.portal.conftest import demonstration, home  # noqa: F401 - fixtures
from tests.portal.studies import terminal_block

PAGE = Path("docs/how-to/use-the-interface-for-programs.md")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address(home: Any) -> Iterator[str]:  # noqa: F811
    from django.db import connection

    from cradlemark.portal.wsgi import application

    def answer(environ: Any, start: Any) -> Any:
        try:
            return list(application(environ, start))
        finally:
            connection.close()

    server: WSGIServer = make_server("127.0.0.1", 0, answer, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_client_searches_calculates_and_hands_in(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    from cradlemark.registry.people.actor import join
    from cradlemark.registry.people.models import Membership

    applicant = Membership.objects.select_related("user", "organisation").get(role="applicant")
    join(applicant.user, applicant.organisation, "practitioner")
    (client,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = {"ADDRESS": address, "TOKEN": token_for("applicant"), "DOCUMENT": terminal_block()}
    exec(compile(client, str(PAGE), "exec"), names)
    said = capsys.readouterr().out
    assert "kg CO2e per declared unit" in said
    assert "case 1: submitted" in said
