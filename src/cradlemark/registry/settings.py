"""Settings of the register: one programme home, one database.

The environment variable CRADLEMARK_PROGRAMME names the home; DATABASE_URL names a PostgreSQL database, without it SQLite in the
home is used. Only values stand here. The portal adds to them; the command line uses them as they are.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import dj_database_url

HOME = Path(os.environ.get("CRADLEMARK_PROGRAMME", "programme"))
"""Folder of the programme."""

SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(HOME / "registry.sqlite3"),
    "OPTIONS": {
        "timeout": 30,
        "transaction_mode": "IMMEDIATE",
        # FULL: a committed label survives a loss of power.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    },
}
DATABASES = {
    "default": dict(dj_database_url.config(conn_max_age=60)) if os.environ.get("DATABASE_URL") else SQLITE
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "cradlemark.registry.log",
    "cradlemark.registry.keys",
    "cradlemark.registry.labels",
    "cradlemark.registry.publication",
    "cradlemark.registry.people",
    "cradlemark.registry.audit",
    "cradlemark.registry.accreditation",
    "cradlemark.registry.studies",
    "cradlemark.registry.cases",
    "cradlemark.registry.search",
    "cradlemark.registry.complaints",
    "cradlemark.registry.operation",
    "cradlemark.registry.access",
]
BUCKET = os.environ.get("CRADLEMARK_BUCKET", "")
"""Bucket of the published files; empty for the folder in the home."""
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if BUCKET:
    STORAGES["public"] = {
        "BACKEND": "cradlemark.registry.bucket.PublicBucket",
        "OPTIONS": {
            "bucket_name": BUCKET,
            "endpoint_url": os.environ.get("CRADLEMARK_BUCKET_ENDPOINT") or None,
            "location": os.environ.get("CRADLEMARK_BUCKET_PREFIX", ""),
            "file_overwrite": True,
            "querystring_auth": False,
        },
    }
SCANNER = shlex.split(os.environ.get("CRADLEMARK_SCANNER", ""))
"""Program that looks through uploads for malware, with its arguments; empty for none."""
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
SECRET_KEY = "no session is signed by the command line"  # noqa: S105 - a web application sets its own
