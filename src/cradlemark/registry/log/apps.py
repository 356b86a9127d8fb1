"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class LogConfig(AppConfig):
    """The transparency log: entries that are only added."""

    name = "cradlemark.registry.log"
    label = "log"
