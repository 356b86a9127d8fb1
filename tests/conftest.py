"""One Django for all tests of a process: the portal's settings hold those of the register."""

from __future__ import annotations

import os

import django


def pytest_configure() -> None:
    """Set Django up; programs that tests start do not see these variables."""
    given = {
        "DJANGO_SETTINGS_MODULE": "cradlemark.portal.settings",
        "CRADLEMARK_DEMONSTRATION": "1",
        "CRADLEMARK_SECRET_KEY": "a key for tests only",
        "CRADLEMARK_HOSTS": "testserver,127.0.0.1",
    }
    kept = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    django.setup()
    for name, value in kept.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
