"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Search in the register."""

    name = "cradlemark.registry.search"
    label = "search"
