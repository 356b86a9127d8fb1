"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """Problems that somebody reports."""

    name = "cradlemark.registry.complaints"
    label = "complaints"
