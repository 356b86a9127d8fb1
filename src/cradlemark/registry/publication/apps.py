"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    """What has to be published, and how it becomes files."""

    name = "cradlemark.registry.publication"
    label = "publication"
