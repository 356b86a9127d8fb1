"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Applications for a label."""

    name = "cradlemark.registry.cases"
    label = "cases"
