"""The programme home that this portal serves."""

from __future__ import annotations

import datetime
import os
from functools import cache
from pathlib import Path

from django.conf import settings

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.toml import read_toml
from cradlemark.registry.home import SETTINGS, Home
from cradlemark.registry.labels.sign import CredentialSigner, credential_signer


@cache
def home() -> Home:
    """The home named by CRADLEMARK_PROGRAMME."""
    folder = Path(settings.HOME)
    return Home(folder, str(read_toml(folder / SETTINGS).get("origin", "")))


def passphrase() -> str:
    """Passphrase of the keys.

    Raises
    ------
    InputError
        ``passphrase-missing``
    """
    file = os.environ.get("CRADLEMARK_PASSPHRASE_FILE", "")
    given = (
        Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        if file
        else os.environ.get("CRADLEMARK_PASSPHRASE", "")
    )
    if not given:
        raise InputError(
            Text("the keys need a passphrase", "密钥需要口令"), code="passphrase-missing",
            hint=Text("set CRADLEMARK_PASSPHRASE_FILE or CRADLEMARK_PASSPHRASE for the server", "为服务器设置 CRADLEMARK_PASSPHRASE_FILE 或 CRADLEMARK_PASSPHRASE"),
        )  # fmt: skip
    return given


def signer() -> CredentialSigner:
    """What signs credentials now."""
    return credential_signer(home(), passphrase=passphrase(), time=now())


def now() -> datetime.datetime:
    """The time that is written down."""
    return datetime.datetime.now(datetime.UTC)
