"""The document in which a verifier says what he found, as far as a claim needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.label.claim import Assurance, OpinionKind, Verification
from cradlemark.rules.tables import Table

ASSURANCES: tuple[Assurance, ...] = ("limited", "reasonable")
OPINIONS: tuple[OpinionKind, ...] = ("unmodified", "modified")


def verification_of(document: Mapping[str, Any], *, where: str) -> Verification:
    """Read the table ``verification``.

    Raises
    ------
    InputErrors
        ``pack-missing``, ``pack-value``, ``pack-key``: everything that is wrong.
    """
    problems: list[Problem] = []
    root = Table(document, "", problems)
    table = root.table("verification")
    made = Verification(
        verifier=table.text("verifier"),
        verifier_id=table.string("id"),
        accreditation=table.string("accreditation", ""),
        assurance=table.choice("assurance", ASSURANCES),
        materiality=table.number("materiality"),
        opinion=table.choice("opinion", OPINIONS),
        statement_digest=table.string("statement"),
        date=_date(table),
    )
    table.finish()
    root.finish()
    raise_if_any(Problem(f"{where}, {p.where}", p.code, p.message, p.hint) for p in problems)
    return made


def _date(table: Table) -> str:
    value = table.raw("date")
    text = value.isoformat() if hasattr(value, "isoformat") else ""
    if len(text) != 10:
        table.problem("date", "pack-value", "the date is no day", "write it as 2026-11-20")
    return text
