"""Filters of the public pages: addresses of labels, names of places and boundaries."""

from __future__ import annotations

from django import template

from cradlemark.portal.public.wording import (
    BOUNDARIES,
    COMPLAINT_KINDS,
    COMPLAINT_OUTCOMES,
    ENTRY_KINDS,
    place,
)
from cradlemark.portal.templatetags.cradlemark import figure
from cradlemark.registry.publication.label_files import folder_of

register = template.Library()


@register.filter
def label_address(number: str) -> str:
    """Address of the public page of a label."""
    return f"/{folder_of(number)}/"


@register.filter
def place_named(place_code: str) -> str:
    """Name of a place."""
    return place(place_code)


@register.filter
def boundary(name: str) -> str:
    """Name of a system boundary."""
    return str(BOUNDARIES.get(name, name))


@register.filter
def entry_kind(name: str) -> str:
    """What an entry of the log is about."""
    return str(ENTRY_KINDS.get(name, name))


@register.filter
def complaint_kind(name: str) -> str:
    """Kind of a reported problem."""
    return str(COMPLAINT_KINDS.get(name, name))


@register.filter
def complaint_outcome(name: str) -> str:
    """Outcome of a reported problem."""
    return str(COMPLAINT_OUTCOMES.get(name, name))


@register.filter
def cell(value: str | float | None) -> str:
    """A cell of a table: figures with four digits, a dash for nothing."""
    if value is None:
        return "–"
    return (
        figure(value)
        if isinstance(value, float) and not value.is_integer()
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
