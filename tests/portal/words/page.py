"""A page."""

from django.utils.translation import gettext as _


def page() -> str:
    return _("In a page")
