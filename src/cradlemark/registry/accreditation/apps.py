"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class AccreditationConfig(AppConfig):
    """Accreditations of verifiers."""

    name = "cradlemark.registry.accreditation"
    label = "accreditation"
