"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Access to the register."""

    name = "cradlemark.registry.access"
    label = "access"
