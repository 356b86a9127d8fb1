"""What lies behind the products of a stored process database: their shared draws, and where their impacts arise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import numpy as np

from cradlemark.core.errors import CradlemarkError
from cradlemark.engine.distributions import Distribution
from cradlemark.inventory.database import BackgroundSample, Upstream
from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.processes.catalogue import Catalogue
from cradlemark.inventory.processes.columns import FloatArray, IntArray
from cradlemark.inventory.processes.store import StoredProcesses, read_processes
from cradlemark.inventory.processes.stored_arrays import (
    StoredArrays,
    changed_draws,
    engine_version,
    list_arrays,
    verified_rows,
)

SEED = 1
"""Seed of draws that are made because none were there."""
MADE_UP_TO = 1000
"""Products up to which draws are made when they are missing; for more, one makes them once and for all beforehand."""
SAME = 1e-6
"""Relative difference [1] up to which draws belong to the central value."""


@attrs.frozen(eq=False)
class ProcessBackground:
    """Background of one stored database.

    Parameters
    ----------
    about : StoredProcesses
    catalogue : Catalogue
    row : callable
        Row of the catalogue by dataset id.
    """

    about: StoredProcesses
    catalogue: Catalogue
    row: Callable[[str], int]

    def sample(self, datasets: Sequence[str], *, draws: int, gwp_set: GwpSet) -> BackgroundSample:
        """Draws of some datasets relative to their central values.

        Kept draws are used; when there are too few of them and the database is small they are made and kept. Draws that
        were refused are passed over, the same ones for every product, and when there are fewer than wanted they are
        repeated in order, so that two studies always pair.
        """
        rows = np.array([self.row(key) for key in datasets], np.int64)
        kept = self._kept(gwp_set)
        if (kept is None or kept.basis["draws"] < draws) and len(self.catalogue) <= MADE_UP_TO:
            self._make(draws, gwp_set)
            kept = self._kept(gwp_set)
        if kept is None:
            return BackgroundSample({}, {})
        values = _rows(kept, rows)
        accepted = np.flatnonzero(np.isfinite(values).all(axis=0))
        central = self.catalogue.climate(gwp_set)[rows]
        if not accepted.size:
            return BackgroundSample({}, {}, seed=int(kept.basis["seed"]), refused=values.shape[1])
        chosen = accepted[np.arange(draws) % accepted.size]
        ratios, spreads = {}, {}
        for key, value, row in zip(datasets, central.tolist(), values, strict=True):
            ratio = row / value if value else np.ones_like(row)
            ratios[key], spreads[key] = ratio[chosen], _gsd(ratio[accepted])
        seed, refused = int(kept.basis["seed"]), values.shape[1] - accepted.size
        return BackgroundSample(ratios, spreads, seed, int(accepted.size), int(refused))

    def uncertainty(self, dataset: str, *, gwp_set: GwpSet) -> Distribution | None:
        """Lognormal that fits the kept draws, to be shown; None when there are none or nothing spreads."""
        kept = self._kept(gwp_set)
        row = self.row(dataset)
        value = self.catalogue.climate(gwp_set)[row]
        if kept is None or not value:
            return None
        drawn = _rows(kept, np.array([row]))[0]
        found = _gsd(drawn[np.isfinite(drawn)] / value)
        return Distribution("lognormal", gsd=found) if found > 1.0 else None

    def upstream(self, dataset: str, *, gwp_set: GwpSet) -> Upstream:
        """Where the impact of one unit arises; the database is solved for it."""
        # Loaded only when it is needed: the solver takes longer to load than everything else here.
        from cradlemark.inventory.processes.upstream import upstream_of

        return upstream_of(read_processes(self.about.folder), self.row(dataset), gwp_set=gwp_set)

    def _kept(self, gwp_set: GwpSet) -> StoredArrays | None:
        """The longest series of draws of the climate impact that rests on this database and engine."""
        fitting = [
            found
            for found in list_arrays(self.about.folder, "draws")
            if found.basis.get("database") == self.about.digest
            and found.basis.get("engine") == engine_version()
            and found.about.get("category") == f"Climate change, GWP100 {gwp_set} [kg CO2e]"
            and self._belongs(found, gwp_set)
        ]
        return max(fitting, key=lambda one: (one.basis["draws"], -one.basis["seed"]), default=None)

    def _belongs(self, found: StoredArrays, gwp_set: GwpSet) -> bool:
        central = found.array("central")
        mine = self.catalogue.climate(gwp_set)
        return (
            central is not None
            and central.shape == mine.shape
            and bool(np.allclose(central, mine, rtol=SAME, atol=SAME * float(np.abs(mine).max(initial=0.0))))
        )

    def _make(self, draws: int, gwp_set: GwpSet) -> None:
        from cradlemark.inventory.processes.draws import process_draws

        folder: Path = self.about.folder
        try:
            process_draws(read_processes(folder), folder, draws=draws, seed=SEED, gwp_set=gwp_set)
        except OSError:  # a store that may only be read
            return
        except CradlemarkError as error:
            if error.code not in {"database-empty", "result-inaccurate"}:
                raise


def _rows(kept: StoredArrays, rows: IntArray) -> FloatArray:
    """Draws of some products, shape (products, draws), each compared with its SHA-256."""
    values, digests = kept.mapped("values"), kept.array("digests")
    if values is None or digests is None:
        raise changed_draws(kept.folder)
    return verified_rows(values[0], digests, rows, kept.folder)


def _gsd(ratios: FloatArray) -> float:
    """exp of the standard deviation of the logarithms [1]; 1 when draws have both signs or are 0."""
    if not ratios.size or not (ratios > 0.0).all():
        return 1.0
    return float(np.exp(np.log(ratios).std()))
