"""Health, figures and logs: true, for the right people, and without secrets."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cradlemark.portal.watching.logs import JsonLines, without_secrets
from cradlemark.registry.home import Home


def test_living_and_ready_portal_says_so(home: Home) -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}
    ready = Client().get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ok", "checks": {"database": "ok", "schema": "ok", "storage": "ok", "log": "ok"},
    }  # fmt: skip
    assert "no-cache" in ready.headers["Cache-Control"]


def test_portal_that_cannot_work_is_not_ready_and_says_no_reason(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.portal.watching import health

    def broken() -> str:
        raise OSError("password of the database")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"
    assert "password" not in answer.content.decode()
    assert Client().get("/healthz").status_code == 200


def test_portal_newer_than_its_tables_is_not_ready(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    last = MigrationRecorder.Migration.objects.filter(app="cases").order_by("-id")[0]
    last.delete()
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["schema"]) == (503, "failed")
    assert f"cases.{last.name}" in caplog.text
    last.save()
    MigrationRecorder.Migration.objects.create(app="cases", name="0999_of_the_next_release")
    assert Client().get("/readyz").json()["checks"]["schema"] == "ok"


def test_restored_old_database_is_not_ready(home: Home) -> None:
    """More is published than stored."""
    checkpoint = home.folder / "public" / "log" / "checkpoint"
    lines = checkpoint.read_text().split("\n")
    lines[1] = "1000"
    checkpoint.write_text("\n".join(lines))
    assert Client().get("/readyz").json()["checks"]["log"] == "failed"


def test_damaged_checkpoint_is_not_ready(home: Home) -> None:
    (home.folder / "public" / "log" / "checkpoint").write_bytes(b"\xff\xfe nothing")
    assert Client().get("/readyz").status_code == 503


def test_frozen_register_is_ready_and_named(home: Home) -> None:
    from cradlemark.core.language import Text
    from cradlemark.portal.home import now
    from cradlemark.registry.operation.freeze import freeze

    freeze(Text("Moving."), time=now())
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (200, "frozen")


def test_figures_are_for_whoever_has_the_token(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/metrics").status_code == 404
    monkeypatch.setattr(settings, "METRICS_TOKEN", "a long random token")
    for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \u6807"}):
        assert Client().get("/metrics", headers=given).status_code == 404
    Client().get("/log/")
    Client().get("/no/such/page")
    figures = Client().get("/metrics", headers={"Authorization": "Bearer a long random token"})
    assert figures.status_code == 200
    text = figures.content.decode()
    assert "cradlemark_log_stored 7.0" in text
    assert "cradlemark_log_published 7.0" in text
    assert "cradlemark_frozen 0.0" in text
    assert 'cradlemark_requests_total{method="GET",route="log",status="200"}' in text
    assert "no/such/page" not in text


SECRETS = {
    "GET /api/v1/studies by cl_AbCdEf0123456789_-xyz": "AbCdEf",
    "Not Found: /invitation/s3cr3t-of-a-link/": "s3cr3t",
    "/supplier/s3cr3t/": "s3cr3t",
    "https://x/account/confirm-email/s3cr3t:1x/": "s3cr3t",
    "Authorization: Bearer s3cr3t": "s3cr3t",
    "password=s3cr3t&x=1": "s3cr3t",
    "connection to postgresql://labels:s3cr3t@db/labels failed": "s3cr3t",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\ns3cr3t\n-----END ENCRYPTED PRIVATE KEY-----": "s3cr3t",
}


@pytest.mark.parametrize("text", list(SECRETS))
def test_secrets_are_hidden(text: str) -> None:
    assert SECRETS[text] not in without_secrets(text)
    assert "[hidden]" in without_secrets(text)


@pytest.fixture
def written() -> Any:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_every_request_is_one_line_with_an_id_and_without_its_question(
    home: Home, signed_in: Callable[..., Client], written: Callable[[], list[dict[str, Any]]]
) -> None:
    client = signed_in("officer")
    response = client.get("/log/?q=private")
    lines = [line for line in written() if line["message"] == "request"]
    (line,) = (line for line in lines if line["path"] == "/log/")
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert (line["method"], line["status"]) == ("GET", 200)
    assert "private" not in json.dumps(lines)
    assert all("sign-in/[hidden]" in line["path"] for line in lines if "demonstration" in line["path"])


def test_line_ends_in_a_message_make_no_second_record(written: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("test").warning('first\n{"level": "CRITICAL"} by cl_0123456789abcdef')
    try:
        int("cl_0123456789abcdef")
    except ValueError:
        logging.getLogger("test").exception("fault")
    first, second = written()
    assert first["message"].startswith("first\n")
    assert "cl_0123" not in json.dumps([first, second])
    assert "ValueError" in second["fault"]


@pytest.mark.parametrize(("proxies", "trusted"), [("0", False), ("1", True)])
def test_nobody_is_believed_to_have_come_by_https_unless_a_proxy_is_there(
    proxies: str, trusted: bool
) -> None:
    import subprocess
    import sys

    program = (
        "from cradlemark.portal import settings as s; print(s.SECURE_PROXY_SSL_HEADER is not None, s.PROXIES, "
        "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_NAME, s.SECOND_FACTOR_REQUIRED)"
    )
    environment = {"CRADLEMARK_PROXIES": proxies, "CRADLEMARK_SECRET_KEY": "x", "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(trusted), proxies, "True", "__Host-session", "True"]


def test_server_reads_pages_and_index_before_it_is_asked(home: Home) -> None:
    from cradlemark.portal.warming import warm_up
    from cradlemark.registry.search.shelf import shelf

    with shelf().lock:
        shelf()._clear()
        shelf().epoch = -1
    warm_up()
    assert (shelf().epoch, shelf().clock) != (-1, -1)


def test_server_that_cannot_warm_up_starts_nevertheless(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from cradlemark.portal import warming
    from cradlemark.registry.search import find

    def broken(*_asked: object) -> None:
        raise OSError("no database yet")

    monkeypatch.setattr(find, "find", broken)
    warming.warm_up()
    assert "not warmed up" in caplog.text
