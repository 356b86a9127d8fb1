"""Draws of the intensities of a whole background, made once and shared by every product that is compared.

Draw d of a seed is the same numbers whatever else is drawn with it and however many threads work, so products that are
evaluated on the same draws can be compared pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.engine.draw_lanes import LANES
from cradlemark.engine.draw_sample import characterised
from cradlemark.engine.draw_worker import Drawn, Suspect, Worker, worker
from cradlemark.engine.matrices import Matrices
from cradlemark.engine.matrix_uncertainty import Uncertainty, check_uncertainty
from cradlemark.engine.solve import Factorisation

__all__ = ["BackgroundDraws", "Model", "Suspect", "background_draws", "characterised", "product_draws"]

Array = NDArray[np.float64]
Stored = NDArray[np.float64] | NDArray[np.float32]


@attrs.frozen(eq=False)
class BackgroundDraws:
    """Draws of impacts per unit of product.

    Parameters
    ----------
    values : ndarray of float64 or float32, shape (categories, processes, draws)
        As `Intensities.values` [unit of the category / unit of the product]; only the wanted processes, in the order
        wanted, where some were named. Not a number for refused draws. The draws of one product lie side by side, so that
        the few products that a study buys are read quickly, also from a file.
    residual, forward_error : float
        Largest relative residual and estimated relative error of the accepted draws [1].
    steps : float
        Mean number of iterations of a solve [1]; side by side an iteration takes two solves with the central factors.
    direct : int
        How many draws fell back to a factorisation of their own.
    suspects : tuple of Suspect
        Refused and extreme draws, in order.
    """

    values: Stored
    residual: float
    forward_error: float
    steps: float
    direct: int
    suspects: tuple[Suspect, ...]


@attrs.frozen(eq=False)
class Model:
    """A factorised system with the uncertainty of its entries.

    Parameters
    ----------
    factors : Factorisation
        Of the central matrices.
    technosphere, biosphere : Uncertainty
        Of the entries of ``factors.matrices.system``, in their order.

    Raises
    ------
    InputErrors
        ``distribution-invalid``, ``system-shape``.
    """

    factors: Factorisation
    technosphere: Uncertainty
    biosphere: Uncertainty

    def __attrs_post_init__(self) -> None:
        check_uncertainty("technosphere", self.factors.matrices.system.technosphere, self.technosphere)
        check_uncertainty("biosphere", self.factors.matrices.system.biosphere, self.biosphere)


def background_draws(
    model: Model,
    *,
    draws: int,
    seed: int,
    products: Sequence[int] | None = None,
    threads: int = 1,
    into: Stored | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BackgroundDraws:
    """Draw technosphere and biosphere and solve each draw.

    Parameters
    ----------
    model : Model
    draws : int
        How many, at least 1.
    seed : int
        Draw d is the same for the same seed, whatever the number of draws or threads.
    products : sequence of int, optional
        Indices of the only products wanted; all when left out. With fewer products than categories the forward system
        is solved, otherwise the adjoint one.
    threads : int
        Threads that solve at once; results do not depend on it.
    into : ndarray, shape (categories, wanted processes, draws), optional
        Where to put the values; an array in a file, or one of float32, saves memory.
    progress : callable, optional
        Is told how many of how many draws are done, in the thread of the caller.

    Raises
    ------
    InputError
        ``draws-count`` for less than one draw or thread; ``demand-unknown`` for a product that is not there;
        ``system-shape`` when `into` has another shape.
    """
    if draws < 1 or threads < 1:
        message = Text(
            f"{draws} draws with {threads} threads are wanted", f"要求 {draws} 次抽样、{threads} 个线程"
        )
        raise InputError(message, code="draws-count", hint=Text("use at least 1 of each", "各至少为 1"))
    matrices = model.factors.matrices
    wanted = None if products is None else _processes(matrices, products)
    one = worker(model.factors, model.technosphere, model.biosphere, seed, wanted)
    values = _room((len(matrices.system.categories), one.wanted.size, draws), into)
    batches = [range(start, min(start + LANES, draws)) for start in range(0, draws, LANES)]
    done = _all_batches(one, batches, values, threads, progress)
    return BackgroundDraws(
        values,
        max(each.residual for each in done),
        max(each.forward_error for each in done),
        float(np.mean([each.steps for each in done])),
        sum(each.direct for each in done),
        tuple(each.suspect for each in done if each.suspect is not None),
    )


def _room(shape: tuple[int, int, int], into: Stored | None) -> Stored:
    if into is None:
        return np.empty(shape)
    if into.shape != shape:
        message = Text(
            f"the array for the draws has shape {into.shape}, {shape} is needed",
            f"抽样数组的形状为 {into.shape}，需要 {shape}",
        )
        raise InputError(
            message, code="system-shape", hint=Text("give an array of that shape", "给出该形状的数组")
        )
    return into


def _all_batches(
    one: Worker,
    batches: list[range],
    values: Stored,
    threads: int,
    progress: Callable[[int, int], None] | None,
) -> list[Drawn]:
    def work(numbers: range) -> list[Drawn]:
        return one.batch(numbers, values[:, :, numbers.start : numbers.stop])

    done: list[Drawn] = []
    with ThreadPoolExecutor(threads) if threads > 1 else nullcontext() as pool:
        for part in pool.map(work, batches) if pool else map(work, batches):
            done.extend(part)
            if progress is not None:
                progress(len(done), values.shape[2])
    return done


def _processes(matrices: Matrices, products: Sequence[int]) -> NDArray[np.int64]:
    known = len(matrices.system.products)
    for product in products:
        if not 0 <= product < known:
            message = Text(
                f"there is no product {product}; the system has {known}",
                f"没有产品 {product}；系统有 {known} 个",
            )
            raise InputError(
                message, code="demand-unknown", hint=Text(f"use 0 to {known - 1}", f"使用 0 至 {known - 1}")
            )
    return matrices.process_of[np.asarray(products, dtype=np.int64)]


def product_draws(values: Stored, processes: NDArray[np.int64], amounts: Array) -> Array:
    """Impacts of one product that buys from the background, on shared draws.

    Parameters
    ----------
    values : ndarray, shape (categories, processes, draws)
        `BackgroundDraws.values`, in memory or in a file.
    processes : ndarray of int64, shape (lines,)
        Process bought from on each line (its place in ``values``).
    amounts : ndarray of float64, shape (lines,) or (draws, lines)
        [unit of the product]; drawn anew for each draw where they are uncertain themselves.

    Returns
    -------
    ndarray of float64, shape (draws, categories)
        [unit of the category]; not a number for refused draws.
    """
    bought = np.asarray(values[:, processes], dtype=np.float64)
    if amounts.ndim == 1:
        return np.asarray(np.einsum("cld,l->dc", bought, amounts))
    return np.asarray(np.einsum("cld,dl->dc", bought, amounts))
