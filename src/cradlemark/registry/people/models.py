"""People, organisations with their sites, and memberships: who acts for whom in which role."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from cradlemark.core.language import Text

MANUFACTURER = "manufacturer"
VERIFICATION_BODY = "verification_body"
PROGRAMME = "programme"
ROLES_OF = {
    MANUFACTURER: ("applicant", "practitioner"),
    VERIFICATION_BODY: ("verifier",),
    PROGRAMME: ("officer", "technical_reviewer", "decision_maker", "oversight"),
}
"""Roles that each kind of organisation gives; those of the workflow."""


class UserManager(BaseUserManager["User"]):
    """People are made by their address."""

    def create_user(self, email: str, password: str | None = None, *, name: str = "") -> User:
        """Make a person who can sign in; without a password only by a link or a passkey."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person; known by an address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    """Whether the person may read the support pages."""
    joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        """People stand in the order of their addresses."""

        ordering = ("email",)

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """A manufacturer, a verification body, or the programme itself."""

    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in ROLES_OF])
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=12)
    """Code of the country or region."""
    identifier = models.CharField(max_length=80, blank=True)
    """Registered identifier with its scheme in front, for example ``uscc:91330000...``."""
    accreditation = models.CharField(max_length=200, blank=True)
    """Of a verification body: number and accreditation body; empty when there is none."""

    class Meta:
        """An organisation has a kind that is known and a name in one language at least."""

        ordering = ("name_en", "name_zh")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(name_en="", name_zh=""), name="organisation_has_a_name"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(ROLES_OF)), name="organisation_kind_known"
            ),
        )

    def __str__(self) -> str:
        return self.name_en or self.name_zh

    @property
    def name(self) -> Text:
        """Name in both languages."""
        return Text(self.name_en, self.name_zh)


class Site(models.Model):
    """A place where an organisation makes something."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=12)

    class Meta:
        """Sites stand in the order of their names."""

        ordering = ("name_en", "name_zh")

    def __str__(self) -> str:
        return self.name_en or self.name_zh


class Membership(models.Model):
    """A person acts for an organisation in a role."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Each role once."""

        ordering = ("organisation", "role")
        constraints = (
            models.UniqueConstraint(fields=("user", "organisation", "role"), name="role_given_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.organisation_id} {self.role}"
