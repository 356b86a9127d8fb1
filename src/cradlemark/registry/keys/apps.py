"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """Keys of a programme: what each is for and when it was used."""

    name = "cradlemark.registry.keys"
    label = "keys"
