"""The document in which a verifier says what he found, as far as a claim needs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.label.claim import Assurance, Fact, OpinionKind, Verification
from cradlemark.label.programme import GIVEN_FACTS, REDUCTION_FACTS
from cradlemark.rules.tables import Table

ASSURANCES: tuple[Assurance, ...] = ("limited", "reasonable")
OPINIONS: tuple[OpinionKind, ...] = ("unmodified", "modified")


@attrs.frozen
class VerifiedStatement:
    """What a verifier says.

    Parameters
    ----------
    verification : Verification
    bundle : str
        Digest of the sealed bundle that he verified; empty when he does not name it.
    facts : tuple of Fact
        What he vouches for besides.
    """

    verification: Verification
    bundle: str = ""
    facts: tuple[Fact, ...] = ()


def statement_of(document: Mapping[str, Any], *, where: str) -> VerifiedStatement:
    """Read the tables ``verification``, ``subject`` and ``facts``.

    Raises
    ------
    InputErrors
        ``pack-missing``, ``pack-value``, ``pack-key``: everything that is wrong.
    """
    problems: list[Problem] = []
    root = Table(document, "", problems)
    made = VerifiedStatement(_verification(root.table("verification")), _subject(root), tuple(_facts(root)))
    root.finish()
    raise_if_any(Problem(f"{where}, {p.where}", p.code, p.message, p.hint) for p in problems)
    return made


def _verification(table: Table) -> Verification:
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
    return made


def _subject(root: Table) -> str:
    table = root.table("subject")
    bundle = table.string("bundle", "")
    table.finish()
    return bundle


def _facts(root: Table) -> Iterator[Fact]:
    for name, table in root.tables("facts"):
        if name not in GIVEN_FACTS:
            root.problem(
                f"facts.{name}",
                "pack-value",
                Text("there is no such fact", "没有这样的事实"),
                Text(f"use {', '.join(GIVEN_FACTS)}", f"使用 {'、'.join(GIVEN_FACTS)}"),
            )
            continue
        yield Fact(name, table.number("value"), REDUCTION_FACTS[name], table.string("source"))
        table.finish()


def _date(table: Table) -> str:
    value = table.raw("date")
    text = value.isoformat() if hasattr(value, "isoformat") else ""
    if len(text) != 10:
        table.problem(
            "date",
            "pack-value",
            Text("the date is no day", "不是日期"),
            Text("write it as 2026-11-20", "写作 2026-11-20"),
        )
    return text
