"""Registration of the app."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, organisations, memberships."""

    name = "cradlemark.registry.people"
    label = "people"
