"""Every field of every table has a class of data on its page."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

PAGE = Path("docs/security/data-classes.md")
CLASSES = ["public", "internal", "confidential", "personal", "secret"]


def classified() -> dict[str, list[list[str]]]:
    """Fields by class, for each table of the page."""
    text = PAGE.read_text(encoding="utf-8").partition("## Every field")[2]
    head, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    assert head[1:] == CLASSES
    return {row[0].strip("`"): [re.findall(r"`(\w+)`", cell) for cell in row[1:]] for row in rows[1:]}


def test_every_field_of_every_table_has_exactly_one_class() -> None:
    listed = {
        model: sorted(name for names in cells for name in names) for model, cells in classified().items()
    }
    there = {
        model._meta.label: sorted(field.name for field in model._meta.concrete_fields if field.name != "id")
        for model in apps.get_models(include_auto_created=True)
    }
    assert listed == there


def test_what_opens_a_door_is_secret_and_who_somebody_is_personal() -> None:
    place = {
        f"{model}.{name}": CLASSES[number]
        for model, cells in classified().items()
        for number, names in enumerate(cells)
        for name in names
    }
    for field, kind in place.items():
        name = field.rpartition(".")[2]
        if (
            name in {"password", "token", "session_key", "session_data", "token_secret"}
            or field == "access.Token.digest"
        ):
            assert kind == "secret", field
        if name in {"user", "email", "ip", "author", "actor", "contact", "user_agent"}:
            assert kind == "personal", field


def test_every_class_says_what_it_asks_for() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## Every field")[0]
    for name in CLASSES:
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
        assert all(cell.strip() for cell in row.strip("|").split("|")), name
