"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Products, studies, sealed revisions."""

    name = "cradlemark.registry.studies"
    label = "studies"
