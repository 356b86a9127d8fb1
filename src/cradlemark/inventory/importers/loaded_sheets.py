"""Sheets of an archive, loaded once although several formats have to look at them to be recognised."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.archive import Archive
from cradlemark.inventory.safe_files import Sheet, read_grid

MOST_KEPT = 10
"""Documents of an archive whose sheets are kept between looking and reading."""
_PLACE = "\0"
"""Stands for the place of the document until somebody asks for its sheets."""
_Loaded = dict[str, "list[Sheet] | InputError"]
_kept: WeakKeyDictionary[Archive, _Loaded] = WeakKeyDictionary()


def look_at_sheets(archive: Archive, name: str, *, where: str) -> list[Sheet]:
    """Sheets of a document, kept for the next who asks; see `read_grid`."""
    kept = _kept.setdefault(archive, {})
    found = kept[name] if name in kept else _load(archive, name)
    if len(kept) < MOST_KEPT:
        kept[name] = found
    return _sheets(found, where)


def read_sheets(archive: Archive, name: str, *, where: str) -> list[Sheet]:
    """Sheets of a document, for the one who reads it at last: they are let go."""
    found = _kept.get(archive, {}).pop(name, None)
    return _sheets(_load(archive, name) if found is None else found, where)


def _load(archive: Archive, name: str) -> list[Sheet] | InputError:
    try:
        return read_grid(archive.read(name), where=_PLACE)
    except InputError as error:
        # Without the trace, which would hold everything that was read.
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)


def _sheets(found: list[Sheet] | InputError, where: str) -> list[Sheet]:
    if isinstance(found, InputError):
        place = found.where.replace(_PLACE, where, 1)
        raise InputError(found.message, code=found.code, where=place, hint=found.hint)
    return found
