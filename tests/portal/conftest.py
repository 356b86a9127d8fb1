"""A portal over a programme home of its own, and people who are signed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from cradlemark.registry.home import Home, open_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSPHRASE = "several words in a row"


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration, made once and copied."""
    from cradlemark.portal.demonstrate import main

    folder = tmp_path_factory.mktemp("demonstration") / "home"
    os.environ["CRADLEMARK_PASSPHRASE"] = PASSPHRASE
    main(folder)
    del os.environ["CRADLEMARK_PASSPHRASE"]
    from django.db import connections

    connections.close_all()
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which speaks to nobody by itself.

    It ends with its module: while its event loop stays in this thread, Django keeps the thread's databases with the loop, and
    a child that is forked, where no loop runs, finds those of an earlier test.
    """
    from playwright.sync_api import sync_playwright

    if shutil.which(CHROMIUM) is None and "CI" not in os.environ:
        pytest.skip(f"needs {CHROMIUM}, which .ci/run installs")
    # Playwright keeps an event loop in this thread, in which Django would refuse its database though nothing runs at once.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield made
        made.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def home(demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The home that the portal serves in this test."""
    from cradlemark.portal.home import home as served

    shutil.copytree(demonstration, tmp_path / "home")
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")
    served.cache_clear()
    yield open_home(tmp_path / "home")
    served.cache_clear()
    from django.db import connections

    connections.close_all()


@pytest.fixture
def signed_in(home: Home) -> Callable[[str], Client]:
    """A browser of the person who has a role."""

    def sign_in(role: str, *, language: str = "en") -> Client:
        from cradlemark.portal.demonstration import link
        from cradlemark.registry.people.models import Membership

        user = Membership.objects.select_related("user").filter(role=role)[0].user
        client = Client(headers={"accept-language": language})
        assert client.get(link(user)).status_code == 302
        return client

    return sign_in
