"""Draws of the impact of every product of a database, made once, kept beside it and shared by all that is compared.

The draws of one product lie side by side in the file, so that the products a study buys are read without the others. Each
product has a SHA-256 of its own, compared when its draws are read.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import MissingDataError, NotFoundError
from cradlemark.core.language import Text, text_of
from cradlemark.engine.background_draws import (
    BackgroundDraws,
    Model,
    Suspect,
    background_draws,
    characterised,
)
from cradlemark.engine.intensities import Intensities, intensities
from cradlemark.engine.matrices import assemble
from cradlemark.engine.solve import factorise
from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.processes.characterise import Factors, climate_factors, own_factors
from cradlemark.inventory.processes.columns import FloatArray, IntArray
from cradlemark.inventory.processes.entry_uncertainty import (
    Counts,
    EntryUncertainty,
    entry_uncertainty,
)
from cradlemark.inventory.processes.matrix_system import matrix_system
from cradlemark.inventory.processes.stored_arrays import (
    StoredArrays,
    engine_version,
    factors_digest,
    keep_arrays,
    list_arrays,
    row_digest,
    verified_rows,
)
from cradlemark.inventory.processes.tables import ProcessDatabase

KIND = "draws"
Progress = Callable[[int, int], None]


@attrs.frozen(eq=False)
class ProcessDraws:
    """Draws of one impact category for all products of a database.

    Parameters
    ----------
    category : str
        With its unit in brackets.
    values : ndarray of float64, shape (1, activities, draws)
        [unit of the category / reference unit of the product], in a file; not a number for refused draws. As
        `engine.background_draws.product_draws` takes them; `of` compares what it reads.
    central : ndarray of float64, shape (activities,)
        Result without uncertainty.
    seed : int
    residual, forward_error : float
        Largest of the accepted draws [1].
    direct : int
        Draws that needed a factorisation of their own.
    suspects : tuple of Suspect
        Refused and extreme draws.
    technosphere, biosphere : Counts
        What is known about the entries; of the biosphere only those that the category counts.
    other_centre, scores_not_given, refused : int
        Exchanges, as in `entry_uncertainty.EntryUncertainty`.
    problems : tuple of Text
        Distributions that cannot be: the first of them, and how many more.
    engine : str
        Version of all that made them.
    folder : Path
        Where they lie.
    digests : ndarray of uint8, shape (activities, 32)
        SHA-256 of the draws of each product.
    reused : bool
        Whether they had been made before.
    """

    category: str
    values: FloatArray
    central: FloatArray
    seed: int
    residual: float
    forward_error: float
    direct: int
    suspects: tuple[Suspect, ...]
    technosphere: Counts
    biosphere: Counts
    other_centre: int
    scores_not_given: int
    refused: int
    problems: tuple[Text, ...]
    engine: str
    folder: Path
    digests: NDArray[np.uint8]
    reused: bool = False

    @property
    def count(self) -> int:
        """Number of draws."""
        return int(self.values.shape[2])

    def of(self, activities: Sequence[int] | IntArray) -> FloatArray:
        """Draws of some products, shape (products, draws), each compared with its SHA-256.

        Raises
        ------
        TrustError
            ``digest-mismatch``
        """
        return verified_rows(self.values[0], self.digests, np.asarray(activities, np.int64), self.folder)


def process_draws(
    database: ProcessDatabase,
    folder: Path,
    *,
    draws: int = 1000,
    seed: int = 1,
    gwp_set: GwpSet = "AR6",
    category: int = 1,
    threads: int = 1,
    progress: Progress | None = None,
) -> ProcessDraws:
    """Draws of a database: those beside it when they rest on the same and are enough, else made and kept there.

    Parameters
    ----------
    database : ProcessDatabase
    folder : Path
        Folder of the database.
    draws : int
        At least so many; draw d of a seed is the same in a longer series.
    seed : int
    gwp_set : {"AR4", "AR5", "AR6"}
    category : int
        Counted from 1 as in the intensities: 1 is climate change by gas, then the methods of the database.
    threads : int
        Draws do not depend on it.
    progress : callable, optional
        Is told how many of how many draws are done.

    Raises
    ------
    MissingDataError
        ``database-empty`` when there is no product with supply.
    NotFoundError
        ``category-unknown``
    InputError
        ``draws-count``
    InputErrors, InaccurateError
        From the engine, naming the processes to blame.
    OSError
        When the draws cannot be kept.
    """
    factors = chosen_factors(database, gwp_set, category)
    found = find_draws(database, folder, factors, draws=draws, seed=seed)
    if found is not None:
        return found
    made, uncertainty, central = _make(database, factors, draws, seed, threads, progress)
    basis = _basis(database, factors, seed) | {"draws": draws}
    arrays = {"values": made[0].values, "central": central, "digests": _digests(made[0].values)}
    about = _about(factors, made, uncertainty)
    kept = keep_arrays(folder, KIND, basis, about=about, arrays=arrays)
    _remove_superseded(folder, kept)
    again = _opened(kept, whole=False)
    if again is None:
        raise FileNotFoundError(f"{kept.folder} has been removed meanwhile")
    return attrs.evolve(again, reused=False)


def chosen_factors(database: ProcessDatabase, gwp_set: GwpSet, category: int) -> Factors:
    """Factors of one category, counted from 1: climate change by gas, then the methods of the database.

    Raises
    ------
    NotFoundError
        ``category-unknown``
    """
    if category == 1:
        return climate_factors(database, gwp_set)
    own = own_factors(database)
    if not 1 <= category - 1 <= len(own.names):
        raise NotFoundError(
            Text(
                f"there is no category {category}; database {database.id} has {1 + len(own.names)}",
                f"没有类别 {category}；数据库 {database.id} 有 {1 + len(own.names)} 个",
            ),
            code="category-unknown",
            hint=Text(
                "see them with: cradlemark db solve NAME --json",
                "用以下命令查看：cradlemark db solve NAME --json",
            ),
        )
    chosen = np.flatnonzero(own.category == category - 2)
    return Factors(
        (own.names[category - 2],), np.zeros(chosen.size, np.int64), own.flow[chosen],
        own.direction.take(chosen), own.value[chosen],
    )  # fmt: skip


def find_draws(
    database: ProcessDatabase, folder: Path, factors: Factors, *, draws: int, seed: int
) -> ProcessDraws | None:
    """Draws that are there already, at least so many, compared with their SHA-256; the longest series of several."""
    wanted = _basis(database, factors, seed)
    fitting = [
        found
        for found in list_arrays(folder, KIND)
        if {key: value for key, value in found.basis.items() if key != "draws"} == wanted
        and found.basis["draws"] >= draws
    ]
    for found in sorted(fitting, key=lambda one: -int(one.basis["draws"])):
        opened = _opened(found, whole=True)
        if opened is not None:
            return opened
    return None


def _basis(database: ProcessDatabase, factors: Factors, seed: int) -> dict[str, Any]:
    return {
        "database": database.digest,
        "factors": factors_digest((factors,)),
        "engine": engine_version(),
        "seed": seed,
    }


def _make(
    database: ProcessDatabase,
    factors: Factors,
    draws: int,
    seed: int,
    threads: int,
    progress: Progress | None,
) -> tuple[tuple[BackgroundDraws, IntArray], EntryUncertainty, FloatArray]:
    """Draws and the biosphere entries that are drawn; the uncertainty; the central result."""
    if not len(database["activities"]):
        raise MissingDataError(
            Text(
                f"database {database.id} has no product with supply", f"数据库 {database.id} 没有有供应的产品"
            ),
            code="database-empty",
            hint=Text(
                "see its import report; perhaps import it with another --allocation",
                "见其导入报告；也许可用其他 --allocation 导入",
            ),
        )
    model, uncertainty = uncertain_model(database, factors)
    operator = model.factors
    solved, counted = intensities(operator), characterised(operator.matrices)
    if model.technosphere.kind.any() or model.biosphere.kind[counted].any():
        drawn = background_draws(model, draws=draws, seed=seed, threads=threads, progress=progress)
    else:
        drawn = _all_alike(solved, draws)
    return (drawn, counted), uncertainty, solved.values[0]


def uncertain_model(database: ProcessDatabase, factors: Factors) -> tuple[Model, EntryUncertainty]:
    """Matrices of a database with the uncertainty of their entries, as they are drawn."""
    operator = factorise(assemble(matrix_system(database, (factors,))))
    uncertainty = entry_uncertainty(database)
    return Model(operator, uncertainty.technosphere.spread, uncertainty.biosphere.spread), uncertainty


def _all_alike(solved: Intensities, draws: int) -> BackgroundDraws:
    """Draws where nothing is uncertain: the central result each time."""
    residual, error = float(solved.residual.max()), float(solved.forward_error.max())
    return BackgroundDraws(np.repeat(solved.values[:, :, None], draws, axis=2), residual, error, 0.0, 0, ())


def _about(
    factors: Factors, made: tuple[BackgroundDraws, IntArray], uncertainty: EntryUncertainty
) -> dict[str, Any]:
    drawn, counted = made
    return {
        "category": factors.names[0],
        "residual": drawn.residual,
        "forward_error": drawn.forward_error,
        "direct": drawn.direct,
        "suspects": [attrs.asdict(suspect) for suspect in drawn.suspects],
        "technosphere": attrs.asdict(uncertainty.technosphere.counts()),
        "biosphere": attrs.asdict(uncertainty.biosphere.counts(counted)),
        "other_centre": uncertainty.other_centre,
        "scores_not_given": uncertainty.scores_not_given,
        "refused": uncertainty.refused,
        "problems": [attrs.asdict(problem.as_text) for problem in uncertainty.problems],
    }


def _opened(kept: StoredArrays, *, whole: bool) -> ProcessDraws | None:
    """Draws of a set; None when a byte is not what was written."""
    digests, central, values = kept.array("digests"), kept.array("central"), kept.mapped("values")
    if digests is None or central is None or values is None or values.shape[:2] != (1, central.size):
        return None
    if whole and not np.array_equal(_digests(values), digests):
        return None
    about = dict(kept.about)
    about |= {name: Counts(**about[name]) for name in ("technosphere", "biosphere")}
    about["problems"] = tuple(map(text_of, about["problems"]))
    about["suspects"] = tuple(
        Suspect(one["draw"], one["refused"], text_of(one["reason"])) for one in about["suspects"]
    )
    return ProcessDraws(
        **about, values=values, central=central, seed=int(kept.basis["seed"]), engine=kept.basis["engine"],
        folder=kept.folder, digests=digests, reused=True,
    )  # fmt: skip


def _digests(values: NDArray[Any]) -> NDArray[np.uint8]:
    """SHA-256 of the draws of each product, shape (products, 32)."""
    rows = [row_digest(row) for row in values[0]]
    return np.array(rows, np.uint8).reshape(len(rows), 32)


def _remove_superseded(folder: Path, kept: StoredArrays) -> None:
    """Remove shorter series of the same draws, and those of another engine."""

    def same(one: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in one.items() if key != "draws"}

    for other in list_arrays(folder, KIND):
        shorter = same(other.basis) == same(kept.basis) and other.basis["draws"] < kept.basis["draws"]
        if shorter or other.basis["engine"] != kept.basis["engine"]:
            shutil.rmtree(other.folder, ignore_errors=True)
