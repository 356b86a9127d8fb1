"""What there is to know about a stored database without calculating anything: completeness, uncertainty, what is kept, size."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from cradlemark.inventory.processes.draws import KIND as DRAWS
from cradlemark.inventory.processes.entry_uncertainty import Counts, exchange_counts
from cradlemark.inventory.processes.store import StoredProcesses, read_processes, read_report
from cradlemark.inventory.processes.stored_arrays import StoredArrays, engine_version, list_arrays
from cradlemark.inventory.processes.stored_intensities import KIND as INTENSITIES

PARTS = ("used", "idle", "unlinked", "ambiguous", "refused")
"""What becomes of an exchange that is read."""


@attrs.frozen
class Completeness:
    """What became of the source, from the report that was kept with the database.

    Parameters
    ----------
    read : int
        Exchanges of the source.
    parts : mapping of str to int
        Exchanges by `PARTS`.
    balanced : bool
        Whether the parts add up to those read.
    problems : int
        Things that were refused or are in doubt.
    languages : mapping of str to int
        Names by language.
    """

    read: int
    parts: Mapping[str, int]
    balanced: bool
    problems: int
    languages: Mapping[str, int]


@attrs.frozen
class KeptIntensities:
    """Intensities beside the database; not current ones are not used."""

    gwp_set: str
    categories: int
    residual: float
    current: bool
    size: int


@attrs.frozen
class KeptDraws:
    """Draws beside the database; not current ones are not used."""

    category: str
    draws: int
    seed: int
    suspects: int
    current: bool
    size: int


@attrs.frozen
class Overview:
    """A stored database in short.

    Parameters
    ----------
    about : StoredProcesses
    completeness : Completeness or None
        None when the database was stored without a report.
    uncertainty : Counts
        Exchanges by what is known about their uncertainty.
    size, kept_size : int
        Tables and reports, and what is kept beside them [bytes].
    intensities : tuple of KeptIntensities
    draws : tuple of KeptDraws
    """

    about: StoredProcesses
    completeness: Completeness | None
    uncertainty: Counts
    size: int
    kept_size: int
    intensities: tuple[KeptIntensities, ...]
    draws: tuple[KeptDraws, ...]


def overview(about: StoredProcesses) -> Overview:
    """Look at a stored database.

    Raises
    ------
    TrustError
        ``digest-mismatch`` or ``database-damaged`` when its report or exchanges are not what was imported.
    """
    return Overview(
        about,
        _completeness(read_report(about)),
        exchange_counts(read_processes(about.folder)),
        sum(path.stat().st_size for path in about.folder.iterdir() if path.is_file()),
        sum(_size(folder) for folder in about.folder.iterdir() if folder.is_dir()),
        tuple(_intensities(found) for found in list_arrays(about.folder, INTENSITIES)),
        tuple(_draws(found) for found in list_arrays(about.folder, DRAWS)),
    )


def _completeness(report: Mapping[str, Any]) -> Completeness | None:
    if not report:
        return None
    counts = report["counts"]
    parts = {part: int(counts.get(f"exchanges {part}", 0)) for part in PARTS}
    return Completeness(
        int(counts.get("exchanges read", 0)), parts, bool(report["balanced"]), len(report["problems"]),
        report["languages"],
    )  # fmt: skip


def _intensities(found: StoredArrays) -> KeptIntensities:
    about, basis = found.about, found.basis
    return KeptIntensities(
        str(basis["gwp"]), len(about["categories"]), float(about["residual"]), _is_current(found), _size(found.folder)
    )  # fmt: skip


def _draws(found: StoredArrays) -> KeptDraws:
    about, basis = found.about, found.basis
    return KeptDraws(
        str(about["category"]), int(basis["draws"]), int(basis["seed"]), len(about["suspects"]), _is_current(found),
        _size(found.folder),
    )  # fmt: skip


def _is_current(found: StoredArrays) -> bool:
    return bool(found.basis["engine"] == engine_version())


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
