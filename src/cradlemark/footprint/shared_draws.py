"""Draws that come with a database of processes: one set for every study, so that results on it pair and correlate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.language import Text
from cradlemark.inventory.database import BackgroundSample, Database, Inventory
from cradlemark.inventory.dataset import GwpSet
from cradlemark.product.system import Note

NO_WIDTH = Text(
    " Nothing behind the datasets used here has an uncertainty with a width, for nothing is known of it: the intervals leave it out.",
    "所用数据集背后的数据均无带宽度的不确定性，因为对其一无所知：区间未包含这部分。",
)


@attrs.frozen(eq=False)
class SharedDraws:
    """Draws of the datasets of all databases of processes that a study uses.

    Parameters
    ----------
    ratios : mapping of str to ndarray of float64, shape (draws,)
        Relative to the central value [1], by dataset id.
    gsd : mapping of str to float
        Geometric standard deviation [1] of each.
    datasets : frozenset of str
        All datasets of such databases, with draws or not.
    notes : tuple of Note
        Where the draws come from, or that there are none.
    """

    ratios: Mapping[str, NDArray[np.float64]]
    gsd: Mapping[str, float]
    datasets: frozenset[str]
    notes: tuple[Note, ...] = ()


NONE = SharedDraws({}, {}, frozenset())


def shared_draws(
    inventory: Inventory, datasets: Iterable[str], *, draws: int, gwp_set: GwpSet
) -> SharedDraws:
    """Return the draws of datasets from databases of processes; other datasets are left to their own uncertainty.

    Parameters
    ----------
    datasets : iterable of str
        Ids that the study uses.
    draws : int
        Wanted; with 0 none are taken, so that a result without draws does not depend on what is kept.
    """
    by_database = dict(_by_database(inventory, datasets))
    used = frozenset(key for keys in by_database.values() for key in keys)
    if not draws or not used:
        return SharedDraws({}, {}, used)
    ratios: dict[str, NDArray[np.float64]] = {}
    gsd: dict[str, float] = {}
    notes = []
    databases = {database.id: database for database in inventory.databases}
    for name, keys in by_database.items():
        background = databases[name].background
        assert background is not None
        sample = background.sample(keys, draws=draws, gwp_set=gwp_set)
        ratios |= sample.ratios
        gsd |= sample.gsd
        notes.append(_note(databases[name], sample, draws, gwp_set))
    return SharedDraws(ratios, gsd, used, tuple(notes))


def _by_database(inventory: Inventory, datasets: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    wanted = tuple(dict.fromkeys(datasets))
    for database in inventory.databases:
        if database.background is not None:
            mine = tuple(key for key in wanted if inventory.database_of(key) is database)
            if mine:
                yield database.id, mine


def _note(database: Database, sample: BackgroundSample, draws: int, gwp_set: str) -> Note:
    name, path = database.id, f"databases[{database.id}]"
    if not sample.ratios:
        command = f"cradlemark db draws {name} --draws {draws} --gwp {gwp_set}"
        return Note(
            "background-not-drawn", path,
            Text(
                f"Database {name} has no draws: the intervals leave out the uncertainty of its processes. "
                f"Make them once with: {command}",
                f"数据库 {name} 没有抽样结果：区间未包含其过程的不确定性。可运行一次：{command}",
            ),
        )  # fmt: skip
    again = sample.count < draws
    fixed = all(spread <= 1.0 for spread in sample.gsd.values())
    return Note(
        "background-draws", path,
        Text(
            f"Processes of database {name}: {sample.count} kept draws of seed {sample.seed}, the same for every study"
            f"{', repeated to ' + str(draws) if again else ''}"
            f"{'; without a result: ' + str(sample.refused) if sample.refused else ''}."
            f"{NO_WIDTH.en if fixed else ''}",
            f"数据库 {name} 的过程：采用已保存的 {sample.count} 次抽样（种子 {sample.seed}），各研究共用"
            f"{'，重复至 ' + str(draws) + ' 次' if again else ''}"
            f"{'；无结果的抽样：' + str(sample.refused) if sample.refused else ''}。"
            f"{NO_WIDTH.zh if fixed else ''}",
        ),
    )  # fmt: skip
