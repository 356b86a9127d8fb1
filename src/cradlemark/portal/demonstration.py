"""Sign-in links of a demonstration: a signed address for each of its people; not there in a real programme."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cradlemark.registry.people.models import User

SALT = "demonstration sign-in"


def link(user: User) -> str:
    """Address that signs this person in."""
    return reverse("demonstration-sign-in", args=[signing.dumps(user.pk, salt=SALT)])


def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in the person of a link."""
    try:
        key = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise Http404 from error
    user = User.objects.filter(pk=key, is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    UserSession.objects.create_from_request(request)
    return redirect("desk")
