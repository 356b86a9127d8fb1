"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class LabelsConfig(AppConfig):
    """Labels: claims, states, how they are issued and changed."""

    name = "cradlemark.registry.labels"
    label = "labels"
