"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Events of the register."""

    name = "cradlemark.registry.audit"
    label = "audit"
