"""Data to take away: what is published of every label, of the programme, and all of it at once."""

from __future__ import annotations

import attrs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cradlemark.portal.home import home
from cradlemark.registry.files import Place, names_below, size_of

BULK = "data"
"""Folder of the files with all labels, below the public one."""
PROGRAMME_FILES = ("trust.json", "jwks.json", "log-policy.txt", "log/checkpoint")
LABEL_FILES = ("claim.json", "credential.jwt", "entry.json", "label.tlog-proof", "status.json")


@attrs.frozen
class PublishedFile:
    """A file that everybody may take.

    Parameters
    ----------
    path : str
        Below the public folder.
    size : int
        [byte]
    """

    path: str
    size: int


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """List what is there."""
    public = home().public
    bulk = [f"{BULK}/{name}" for name in names_below(public / BULK)]
    shown = {
        "bulk": [_published(name, public) for name in bulk],
        "programme_files": [
            _published(name, public) for name in PROGRAMME_FILES if (public / name).is_file()
        ],
        "label_files": LABEL_FILES,
    }
    return render(request, "portal/public/data.html", shown)


def _published(name: str, public: Place) -> PublishedFile:
    return PublishedFile(name, size_of(public / name))
