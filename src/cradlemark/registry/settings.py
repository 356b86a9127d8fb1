"""Settings of the register: one programme home, one database; the environment variable CRADLEMARK_PROGRAMME names it.

Only values stand here. A web application adds to them; the command line uses them as they are.
"""

from __future__ import annotations

import os
from pathlib import Path

HOME = Path(os.environ.get("CRADLEMARK_PROGRAMME", "programme"))
"""Folder of the programme."""

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(HOME / "registry.sqlite3"),
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            # FULL: a committed label survives a loss of power.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
}
INSTALLED_APPS = [
    "cradlemark.registry.log",
    "cradlemark.registry.keys",
    "cradlemark.registry.labels",
    "cradlemark.registry.publication",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
SECRET_KEY = "no session is signed by the command line"  # noqa: S105 - a web application sets its own
