"""Collect the words of the portal and compile their translations.

``python scripts/messages.py`` brings portal/locale/*/LC_MESSAGES/django.po up to date (translations are kept, words that are gone
go) and writes the .mo beside it; it ends with 1 when a word has no translation, and names it.
"""

from __future__ import annotations

import datetime
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PORTAL = Path(__file__).parent.parent / "src" / "cradlemark" / "portal"
LOCALE = PORTAL / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
BEGUN = datetime.datetime(2026, 11, 28, tzinfo=datetime.UTC)
"""Fixed, so that the same words give the same bytes."""
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "gettext_noop": None,
}  # fmt: skip


def words(portal: Path = PORTAL) -> Iterator[tuple[str | tuple[str, ...], str | None, str]]:
    """Every word of pages and templates: message or its plural forms, context, file."""
    from django.utils.translation.template import templatize

    for path in sorted(portal.rglob("*")):
        if path.suffix == ".html":
            source = templatize(path.read_text(encoding="utf-8"))
        elif path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_text(encoding="utf-8")
        else:
            continue
        for _, function, found, _ in extract_python(io.BytesIO(source.encode()), list(KEYWORDS), (), {}):
            message, context = _message(function, found)
            if message:
                yield message, context, str(path.relative_to(portal))


def _message(function: str, found: str | tuple[str, ...]) -> tuple[str | tuple[str, ...], str | None]:
    """What a call names: message or its plural forms, and context."""
    if not isinstance(found, tuple):
        return found, None
    if function.startswith("pgettext"):
        return found[1], found[0]
    return (found[:2] if function.startswith("ngettext") else found[0]), None


def updated() -> Catalog:
    """The catalogue with exactly the words that are used, translations kept."""
    known = read_po(io.BytesIO(LOCALE.read_bytes())) if LOCALE.exists() else Catalog(locale="zh_Hans")
    made = Catalog(
        locale="zh_Hans", project="cradlemark", version="1", charset="utf-8", fuzzy=False, msgid_bugs_address="",
        last_translator="", language_team="", header_comment="# Words of the portal in Chinese.",
        creation_date=BEGUN, revision_date=BEGUN,
    )  # fmt: skip
    for message, context, file in words():
        first = message[0] if isinstance(message, tuple) else message
        old = known.get(first, context)
        made.add(message, string=old.string if old else None, locations=[(file, None)], context=context)
    return made


def main() -> int:
    """Write both files; names what is not translated."""
    import django
    from django.conf import settings

    settings.configure(USE_I18N=False)
    django.setup()
    catalogue = updated()
    LOCALE.parent.mkdir(parents=True, exist_ok=True)
    with LOCALE.open("wb") as file:
        write_po(file, catalogue, sort_output=True, width=0, omit_header=False)
    with LOCALE.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    missing = [message.id for message in catalogue if message.id and not all(_strings(message.string))]
    for one in missing:
        print(f"not translated: {one}")
    return bool(missing)


def _strings(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


if __name__ == "__main__":
    sys.exit(main())
