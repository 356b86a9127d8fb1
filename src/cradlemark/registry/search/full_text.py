"""Which labels hold all phrases: one function, answered by FTS5 on SQLite and by tsvector with GIN on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from cradlemark.registry.search.tokens import Phrase


def matching(phrases: Sequence[Phrase]) -> list[int]:
    """Running numbers of the labels that hold every phrase, in no order.

    Parameters
    ----------
    phrases : sequence of Phrase
        At least one. Tokens hold letters and digits only, so nothing in them means anything to a query language.
    """
    if connection.vendor == "sqlite":
        statement, query = "SELECT rowid FROM search_text WHERE search_text MATCH %s", _fts5(phrases)
    else:
        statement, query = "SELECT sequence FROM search_row WHERE words @@ %s::tsquery", _tsquery(phrases)
    with connection.cursor() as cursor:
        cursor.execute(statement, [query])
        return [sequence for (sequence,) in cursor.fetchall()]


def _fts5(phrases: Sequence[Phrase]) -> str:
    return " AND ".join(f'"{" ".join(phrase.tokens)}"{" *" if phrase.open_end else ""}' for phrase in phrases)


def _tsquery(phrases: Sequence[Phrase]) -> str:
    return " & ".join(
        "(" + " <-> ".join(f"'{token}'" for token in phrase.tokens) + (":*" if phrase.open_end else "") + ")"
        for phrase in phrases
    )
