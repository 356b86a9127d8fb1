"""Every word of the portal is there in Chinese, and what is compiled is what is written."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from scripts.messages import LOCALE, updated

REPAIR = "run: python scripts/messages.py, and translate what it names"


def test_every_word_has_its_translation() -> None:
    catalogue = updated()
    missing = [
        message.id
        for message in catalogue
        if message.id and not all(message.string if isinstance(message.string, tuple) else (message.string,))
    ]
    assert missing == [], REPAIR


def test_catalogue_holds_exactly_the_words_in_use() -> None:
    kept = {(message.id, message.context) for message in read_po(io.BytesIO(LOCALE.read_bytes()))}
    assert {(message.id, message.context) for message in updated()} == kept, REPAIR


def test_compiled_words_are_those_written() -> None:
    buffer = io.BytesIO()
    write_mo(buffer, read_po(io.BytesIO(LOCALE.read_bytes())))
    assert LOCALE.with_suffix(".mo").read_bytes() == buffer.getvalue(), REPAIR


def test_words_of_support_pages_keep_their_meaning() -> None:
    """The portal's words go before those of Django's admin: a word of both has to mean the same in both."""
    import django.contrib.admin
    from babel.messages.mofile import read_mo

    same = {"Action", "Add", "Remove", "Remove from sorting", "Search"}  # said in other words
    file = Path(django.contrib.admin.__file__).parent / "locale/zh_Hans/LC_MESSAGES/django.mo"
    theirs = read_mo(io.BytesIO(file.read_bytes()))
    ours = {(one.id, one.context): one.string for one in updated() if isinstance(one.id, str)}
    moved = {
        one.id
        for one in theirs
        if isinstance(one.id, str) and ours.get((one.id, one.context), one.string) != one.string
    } - {""}
    assert moved == same


def test_words_of_templates_and_pages_are_found() -> None:
    from scripts.messages import words

    folder = Path(__file__).parent / "words"
    found = {message for message, _, _ in words(folder)}
    assert found == {"In a template", ("%(counter)s thing", "%(counter)s things"), "In a page"}


def test_facts_that_a_verifier_vouches_for_have_a_name_and_a_field_in_the_interface() -> None:
    from typing import get_args

    from cradlemark.label.programme import GIVEN_FACTS
    from cradlemark.portal.api.wire import FactGiven
    from cradlemark.portal.templatetags.cradlemark import FACTS

    assert tuple(FACTS) == GIVEN_FACTS == get_args(FactGiven.model_fields["id"].annotation)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (0.00005, "0.00005"), (0.1484, "0.1484"), (9999.4, "9999"), (9999.7, "10000"),
        (12345.6, "12346"), (-0.008339, "−0.008339"), (2_345_678.0, "2345678"),
    ],
)  # fmt: skip
def test_figures_are_never_in_powers_of_ten(value: float, shown: str) -> None:
    from cradlemark.portal.templatetags.cradlemark import figure

    assert figure(value) == shown
