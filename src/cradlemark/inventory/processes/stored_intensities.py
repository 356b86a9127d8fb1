"""Impact of one unit of every product, solved once for each version of a database and kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.processes.characterise import Factors, climate_factors, own_factors
from cradlemark.inventory.processes.columns import FloatArray
from cradlemark.inventory.processes.solved import Solved, solve_database
from cradlemark.inventory.processes.stored_arrays import (
    StoredArrays,
    engine_version,
    factors_digest,
    find_arrays,
    keep_arrays,
)
from cradlemark.inventory.processes.tables import ProcessDatabase

KIND = "intensities"


@attrs.frozen(eq=False)
class SolvedIntensities:
    """Impacts per unit of product, kept or just solved.

    Parameters
    ----------
    categories : tuple of str
        With their unit in brackets; the first one is climate change by gas.
    factors : tuple of Factors
        What they were made with: climate change by gas, the methods of the database, and others that were given.
    values : ndarray of float64, shape (categories, activities)
        [unit of the category / reference unit of the product]; as `engine.foreground.solve_foreground` takes them.
    residual, forward_error : float
        Largest of all categories [1].
    kept : bool
        Whether they lie beside the database now.
    reused : bool
        Whether they lay there before.
    """

    categories: tuple[str, ...]
    factors: tuple[Factors, ...]
    values: FloatArray
    residual: float
    forward_error: float
    kept: bool = False
    reused: bool = False


def solved_intensities(
    database: ProcessDatabase,
    *,
    gwp_set: GwpSet = "AR6",
    methods: Sequence[Factors] = (),
    folder: Path | None = None,
) -> SolvedIntensities:
    """Intensities of a database: those beside it when they rest on the same database, factors and engine, else solved.

    Parameters
    ----------
    database : ProcessDatabase
    gwp_set : {"AR4", "AR5", "AR6"}
    methods : sequence of Factors
        Categories of other sources, as in `solved.solve_database`.
    folder : Path, optional
        Folder of the database. What is solved is kept there; when that cannot be, the result says so and is given all
        the same.

    Raises
    ------
    MissingDataError
        ``database-empty`` when there is no product with supply.
    InputErrors, InaccurateError
        From the engine, naming the processes to blame.
    """
    factors = (climate_factors(database, gwp_set), own_factors(database), *methods)
    categories = tuple(name for part in factors for name in part.names)
    basis = {
        "database": database.digest,
        "factors": factors_digest(factors),
        "engine": engine_version(),
        "gwp": gwp_set,
    }
    if folder is not None:
        stored = find_arrays(folder, KIND, basis)
        values = _values(stored, (len(categories), len(database["activities"])))
        if stored is not None and values is not None:
            residual, error = float(stored.about["residual"]), float(stored.about["forward_error"])
            return SolvedIntensities(categories, factors, values, residual, error, kept=True, reused=True)
    solved = intensities_of(solve_database(database, gwp_set=gwp_set, methods=methods))
    about = {"categories": categories, "residual": solved.residual, "forward_error": solved.forward_error}
    kept = folder is not None and _keep(folder, basis, about, solved.values)
    return attrs.evolve(solved, kept=kept)


def intensities_of(system: Solved) -> SolvedIntensities:
    """Intensities of a database that is solved already."""
    result = system.result
    residual, error = (float(part.max(initial=0.0)) for part in (result.residual, result.forward_error))
    return SolvedIntensities(
        system.matrices.system.categories, system.factors, result.values, residual, error
    )


def _values(stored: StoredArrays | None, shape: tuple[int, int]) -> FloatArray | None:
    values = stored.array("values") if stored is not None else None
    if values is None or values.shape != shape or values.dtype != np.float64:
        return None
    values.flags.writeable = False
    return values


def _keep(folder: Path, basis: dict[str, str], about: dict[str, Any], values: FloatArray) -> bool:
    try:
        keep_arrays(folder, KIND, basis, about=about, arrays={"values": values})
    except OSError:  # a store that may only be read, or a full disk
        return False
    return True
