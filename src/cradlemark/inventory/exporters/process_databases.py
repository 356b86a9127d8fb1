"""Write a database of processes in a format of another system."""

from __future__ import annotations

from pathlib import Path

from cradlemark.core.errors import InputError
from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.exporters.brightway_package import write_brightway_package
from cradlemark.inventory.exporters.openlca_jsonld import write_openlca
from cradlemark.inventory.processes.tables import ProcessDatabase

KINDS = {"openlca": "openLCA JSON-LD 2.0", "bw-processing": "bw_processing data package"}
"""Formats by the name of the option."""


def export_processes(
    database: ProcessDatabase, path: Path | str, *, kind: str, gwp_set: GwpSet = "AR6"
) -> str:
    """Write a database and return the name of the format.

    Parameters
    ----------
    database : ProcessDatabase
    path : path
        A zip file that does not exist yet.
    kind : {"openlca", "bw-processing"}
    gwp_set : {"AR4", "AR5", "AR6"}
        Of the climate impact by gas in a data package; openLCA gets the methods of the source alone.

    Raises
    ------
    InputError
        ``file-exists``, ``output-unwritable``; ``file-format`` for an unknown kind.
    """
    if kind == "openlca":
        write_openlca(database, Path(path))
    elif kind == "bw-processing":
        write_brightway_package(database, Path(path), gwp_set=gwp_set)
    else:
        raise InputError(
            f"there is no export format {kind!r}", code="file-format", hint=f"use one of {', '.join(KINDS)}"
        )
    return KINDS[kind]
