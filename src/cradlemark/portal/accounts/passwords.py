"""Passwords that are refused beyond Django's own rules: words of the context, and passwords that became known elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cradlemark.core.language import Text
from cradlemark.portal.home import home
from cradlemark.registry.people.models import ROLES_OF, Organisation, User

OF_THE_SOFTWARE = ("cradlemark", "footprint", "carbonlabel", "碳标签", "碳足迹")
LEAST_LETTERS = 5
"""Shorter words of a name stand in too many honest passwords."""
LEAST_CHARACTERS = 2
"""The same for names in Chinese."""
_DISGUISES = str.maketrans("0134578@$!|", "oieastbasil")
_HASH = 40
"""Characters of a SHA-1, hexadecimal."""


class ContextWords:
    """Refuses a password with a word of the software, the programme, a role, or an organisation of the person."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise when the password holds such a word, also with digits in place of letters or with marks in between."""
        typed = password.casefold()
        forms = (_bare(typed), _bare(typed.translate(_DISGUISES)))
        for word in context_words(user):
            if any(word in form for form in forms):
                raise ValidationError(
                    _("The password holds “%(word)s”, a word that others would guess here.") % {"word": word},
                    code="password_of_context",
                )

    def get_help_text(self) -> str:
        """What is asked of a password."""
        return _(
            "Your password can’t hold the name of this software, of the programme, of a role, or of your organisation."
        )


def context_words(user: User | None) -> frozenset[str]:
    """Words that a password of this person may not hold."""
    programme = home().programme
    names = [programme.name, programme.operator, *_organisations(user)]
    said = [text for name in names for text in (name.en, name.zh)]
    roles = [role for roles in ROLES_OF.values() for role in roles]
    found = {word for text in (*said, *roles, home().origin) for word in _words(text)}
    return frozenset(found | set(OF_THE_SOFTWARE))


def _organisations(user: User | None) -> list[Text]:
    if user is None or user.pk is None:
        return []
    return [one.name for one in Organisation.objects.filter(memberships__user=user).distinct()]


def _words(text: str) -> Iterator[str]:
    for latin, chinese in re.findall(r"([a-z0-9]+)|([\u3400-\u9fff]+)", text.casefold()):
        if len(latin) >= LEAST_LETTERS or len(chinese) >= LEAST_CHARACTERS:
            yield latin or chinese


def _bare(text: str) -> str:
    return "".join(mark for mark in text if mark.isalnum())


class KnownPasswords:
    """Refuses a password that stands in a file of passwords that became known.

    The file is one of the operator: lines ``SHA-1`` or ``SHA-1:count``, hexadecimal, in order, as "Pwned Passwords" is given out
    "ordered by hash". It is searched, never read as a whole.

    Parameters
    ----------
    file : str
        Empty: none is there, nothing is refused.
    """

    def __init__(self, file: str = "") -> None:
        self.file = Path(file) if file else None

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django hands it over
        """Raise when it stands there; a file that is named and cannot be read is a fault, not a consent."""
        if self.file is None:
            return
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()
        with self.file.open("rb") as lines:
            if stands_in(lines, wanted.upper().encode()):
                raise ValidationError(
                    _("The password is among those that became known elsewhere."), code="password_known"
                )

    def get_help_text(self) -> str:
        """What is asked of a password."""
        return _("Your password can’t be one that became known elsewhere.") if self.file else ""


def stands_in(lines: BinaryIO, wanted: bytes) -> bool:
    """Whether a line of an ordered file begins with a hash: by halving, about forty reads in a file of 40 GB."""
    first, last = 0, lines.seek(0, 2)
    while first < last:
        middle = (first + last) // 2
        line = _line_from(lines, middle)
        if line and line[:_HASH].upper() < wanted:
            first = middle + 1
        else:
            last = middle
    return _line_from(lines, first)[:_HASH].upper() == wanted


def _line_from(lines: BinaryIO, place: int) -> bytes:
    """The first line that begins at a place or after it."""
    lines.seek(max(place - 1, 0))
    if place:
        lines.readline()
    return lines.readline()
