"""What import reports say, in the forms in which tests compare it."""

from __future__ import annotations

from cradlemark.inventory.processes.report import ImportReport


def unread(report: ImportReport) -> dict[str, int]:
    """What is not kept, by its English name."""
    return {each.what.en: each.count for each in report.unread}
