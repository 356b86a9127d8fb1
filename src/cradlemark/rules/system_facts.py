"""Facts of a compiled study: balances, open entries, process checks, notes."""

from __future__ import annotations

from math import fsum

from cradlemark.product.system import Note, System
from cradlemark.rules.fact_values import Fact, Item
from cradlemark.rules.numbers import ratio

OMISSIONS = frozenset(["transport-without-mass", "model-step-left-out", "recovery-efficiency-missing"])
"""Kinds of notes that tell of something stated but not calculated, and that no other check reports."""


def system_values(system: System) -> dict[str, Fact]:
    """Facts that stand once per compiled study."""
    shares = [share for _, share in system.allocation_shares]
    return {
        "allocation_share_sum": fsum(shares) if shares else None,
        "gap_count": float(len(system.gaps)),
    }


def system_items(system: System) -> dict[str, tuple[Item, ...]]:
    """Items that a compiled study fills."""
    balances = tuple(
        Item(
            balance.path,
            balance.label,
            {
                "balance_gross_kg": balance.gross,
                "balance_net_kg": balance.net,
                "balance_residual_kg": balance.residual,
                "balance_residual_share": ratio(abs(balance.residual), balance.gross),
            },
        )
        for balance in system.balances
    )
    checks = tuple(
        Item(
            item.path,
            item.label,
            {
                "stated_kwh": item.stated,
                "minimum_kwh": item.minimum,
                "is_unusually_high": item.verdict == "unusually_high",
            },
        )
        for item in system.process_checks
    )
    return {
        "balances": balances,
        "gaps": tuple(Item(gap.path, gap.label, {"is_linked": False}) for gap in system.gaps),
        "process_checks": checks,
        "notes": tuple(Item(note.path, note.message, _note(note)) for note in system.notes),
    }


def _note(note: Note) -> dict[str, Fact]:
    return {
        "note_is_omission": note.code in OMISSIONS,
        "note_is_default": note.code == "default-taken",
        "note_is_unusual": note.code == "model-input-unusual",
    }
