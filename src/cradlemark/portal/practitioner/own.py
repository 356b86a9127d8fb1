"""What belongs to the organisation of a manufacturer; for others it is not there."""

from __future__ import annotations

from django.http import Http404

from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.models import Study

MAKERS = ("practitioner", "applicant")
"""Roles of a manufacturer."""


def own_study(by: Actor, number: int) -> Study:
    """A study of the own organisation."""
    found = (
        Study.objects.select_related("product")
        .filter(pk=number, product__organisation=by.organisation)
        .first()
    )
    if found is None:
        raise Http404
    return found
