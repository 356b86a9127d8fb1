"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class OperationConfig(AppConfig):
    """Operation of the register."""

    name = "cradlemark.registry.operation"
    label = "operation"
