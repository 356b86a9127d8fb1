"""Write a database of processes in a format of another system."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.exporters.brightway_package import write_brightway_package
from cradlemark.inventory.exporters.openlca_jsonld import write_openlca
from cradlemark.inventory.processes.tables import ProcessDatabase

KINDS = {"openlca": "openLCA JSON-LD 2.0", "bw-processing": "bw_processing data package"}
"""Formats by the name of the option."""


@attrs.frozen
class Exported:
    """What was written.

    Parameters
    ----------
    format : str
        Name of the format.
    left_out : tuple of str
        Identifiers of processes that are not in it.
    """

    format: str
    left_out: tuple[str, ...] = ()


def export_processes(
    database: ProcessDatabase, path: Path | str, *, kind: str, gwp_set: GwpSet = "AR6"
) -> Exported:
    """Write a database.

    Parameters
    ----------
    database : ProcessDatabase
    path : path
        A zip file that does not exist yet.
    kind : {"openlca", "bw-processing"}
    gwp_set : {"AR4", "AR5", "AR6"}
        Of the climate impact by gas in a data package; openLCA gets the methods of the source alone.

    Returns
    -------
    Exported
        Left out are processes that make nothing: in openLCA those whose reference exchange was refused, in a data
        package all without a product.

    Raises
    ------
    InputError
        ``file-exists``, ``output-unwritable``; ``file-format`` for an unknown kind.
    MissingDataError
        ``database-empty``, when a data package would have no matrix.
    """
    if kind == "openlca":
        write_openlca(database, Path(path))
    elif kind == "bw-processing":
        write_brightway_package(database, Path(path), gwp_set=gwp_set)
    else:
        raise InputError(
            Text(f"there is no export format {kind!r}", f"没有导出格式 {kind!r}"),
            code="file-format",
            hint=Text(f"use one of {', '.join(KINDS)}", f"使用以下之一：{'、'.join(KINDS)}"),
        )
    return Exported(KINDS[kind], _left_out(database, kind))


def _left_out(database: ProcessDatabase, kind: str) -> tuple[str, ...]:
    processes = database["processes"]
    if kind == "openlca":
        missing = np.flatnonzero(processes.integers("usable") == 0)
    else:
        missing = np.setdiff1d(np.arange(len(processes)), database["activities"].integers("process"))
    return tuple(processes.texts("id")[row] for row in missing.tolist())
