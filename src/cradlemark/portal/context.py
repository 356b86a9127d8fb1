"""What every page knows: the programme, and what the person who is signed in may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from cradlemark.portal.home import home
from cradlemark.registry.operation.frozen import frozen
from cradlemark.registry.people.models import Membership


def programme(request: HttpRequest) -> dict[str, Any]:
    """Programme and roles."""
    user = request.user
    roles = (
        set(Membership.objects.filter(user=user).values_list("role", flat=True))
        if user.is_authenticated
        else set()
    )
    return {"programme": home().programme, "origin": home().origin, "roles": roles, "frozen": frozen()}
