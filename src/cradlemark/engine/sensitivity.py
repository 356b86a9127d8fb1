"""Which uncertain inputs make a result uncertain: global sensitivity indices, by SALib (extra ``sensitivity``).

Indices are estimates from a sample. Each comes with the half width of its 95 % interval from bootstrap resamples; an index
whose interval reaches 0 has not been told apart from none.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution, draw

Array = NDArray[np.float64]

CONFIDENCE = 0.95
LEAST_DRAWS = 100
"""Draws below which given-data indices say nothing."""
MOST_INPUTS = 60
"""Inputs up to which Sobol indices are worked out; each costs as many evaluations again as the sample has rows."""


@attrs.frozen
class UncertainInput:
    """One uncertain number.

    Parameters
    ----------
    name : str
    central : float
        [unit of the number]
    distribution : Distribution
    """

    name: str
    central: float
    distribution: Distribution

    def quantile(self, uniform: Array) -> Array:
        """Values at cumulative probabilities in (0, 1) [unit of the number]."""
        return draw(self.distribution, self.central, ndtri(uniform), uniform)


@attrs.frozen(eq=False)
class GivenDataIndices:
    """Indices from draws that exist already, in the order of the inputs.

    Parameters
    ----------
    names : tuple of str
    delta : ndarray of float64, shape (inputs,)
        Borgonovo's moment-independent index [0, 1]: mean shift of the distribution of the result when the input is
        known; 0 for an input without influence.
    first : ndarray of float64, shape (inputs,)
        First-order index [1]: share of the variance that goes away, in the mean, when the input is known (RBD-FAST).
    delta_half_width, first_half_width : ndarray of float64, shape (inputs,)
        Half width of the 95 % interval [1].
    draws : int
        Used.
    left_out : int
        Draws without a result.
    """

    names: tuple[str, ...]
    delta: Array
    delta_half_width: Array
    first: Array
    first_half_width: Array
    draws: int
    left_out: int


@attrs.frozen(eq=False)
class SobolIndices:
    """Variance shares of a chosen set of inputs, in their order.

    Parameters
    ----------
    names : tuple of str
    first : ndarray of float64, shape (inputs,)
        Share of the variance of the result that is due to the input alone [1].
    total : ndarray of float64, shape (inputs,)
        Share in which the input takes part, interactions included [1]; at least the first-order index, up to the error of
        both.
    first_half_width, total_half_width : ndarray of float64, shape (inputs,)
        Half width of the 95 % interval [1].
    mean, variance : float
        Of the result [unit of the result, and its square].
    evaluations : int
    """

    names: tuple[str, ...]
    first: Array
    first_half_width: Array
    total: Array
    total_half_width: Array
    mean: float
    variance: float
    evaluations: int


def given_data(
    names: Sequence[str], inputs: Array, outputs: Array, *, seed: int, resamples: int = 50
) -> GivenDataIndices:
    """Indices from draws of inputs and results, whatever way they were drawn.

    Parameters
    ----------
    names : sequence of str
    inputs : ndarray of float64, shape (draws, inputs)
    outputs : ndarray of float64, shape (draws,)
        Draws that are not a number are left out.
    seed : int
        Of the bootstrap.
    resamples : int

    Raises
    ------
    InputError
        ``sensitivity-missing`` without SALib, ``sensitivity-shape`` for arrays that do not match, ``sensitivity-draws`` for less
        than 100 draws with a result, ``sensitivity-constant`` when result or inputs do not vary.

    Notes
    -----
    Plischke, Borgonovo and Smith, Eur. J. Oper. Res. 226 (2013) 536-550 (delta, bias reduced); Tarantola, Gatelli and Mara,
    Reliab. Eng. Syst. Saf. 91 (2006) 717-727 with the correction of Tissot and Prieur (2012) (first order). Inputs that
    depend on each other share their influence, so indices of correlated inputs overlap. The intervals tell how much other
    draws would change an index; that few draws make few classes, and these a delta that is too small where a strong influence
    is not monotonous, they do not tell.
    """
    delta_method, first_method = _salib("analyze.delta"), _salib("analyze.rbd_fast")
    if inputs.shape != (outputs.size, len(names)):
        message = Text(
            f"inputs have shape {inputs.shape} for {outputs.size} results and {len(names)} names",
            f"输入的形状为 {inputs.shape}，而结果为 {outputs.size} 个，名称为 {len(names)} 个",
        )
        raise InputError(
            message,
            code="sensitivity-shape",
            hint=Text("give a row for each draw, a column for each input", "每次抽样一行，每个输入一列"),
        )
    sound = np.isfinite(outputs) & np.isfinite(inputs).all(axis=1)
    inputs, outputs = inputs[sound], outputs[sound]
    if outputs.size < LEAST_DRAWS:
        message = Text(f"there are {outputs.size} draws with a result", f"有结果的抽样为 {outputs.size} 次")
        raise InputError(
            message,
            code="sensitivity-draws",
            hint=Text(f"make at least {LEAST_DRAWS}, better 1000", f"至少 {LEAST_DRAWS} 次，最好 1000 次"),
        )
    raise_if_any(_constant(names, inputs, outputs))
    inputs, outputs = _standardised(inputs), _standardised(outputs[:, None])[:, 0]
    source = np.random.default_rng(seed)
    delta = np.array([_delta(delta_method, column, outputs, source, resamples) for column in inputs.T])
    with _alone():
        first = first_method.analyze(
            _problem(len(names)),
            inputs,
            outputs,
            num_resamples=resamples,
            conf_level=CONFIDENCE,
            seed=seed + 1,
        )
    return GivenDataIndices(
        tuple(names),
        delta[:, 0],
        delta[:, 1],
        _numbers(first["S1"]),
        _numbers(first["S1_conf"]),
        outputs.size,
        int((~sound).sum()),
    )


def _delta(
    method: Any, column: Array, outputs: Array, source: np.random.Generator, resamples: int
) -> tuple[float, float]:
    """Bias-reduced index of one input and half width of its interval, from bootstrap resamples of SALib's estimate.

    The whole of SALib's analysis works out two more kinds of the index and takes a hundred times as long.
    """
    count = outputs.size
    classes = min(int(np.ceil(count ** (2.0 / (7.0 + np.tanh((1500.0 - count) / 500.0))))), 48)
    bounds, grid = np.linspace(0, count, classes + 1), np.linspace(outputs.min(), outputs.max(), 100)
    with _alone():
        found = float(method.calc_delta(outputs, grid, column, bounds))
        again = []
        for _ in range(resamples):
            rows = source.integers(0, count, count)
            again.append(float(method.calc_delta(outputs[rows], grid, column[rows], bounds)))
    half_width = float(ndtri(0.5 + CONFIDENCE / 2.0)) * float(np.std(again, ddof=1))
    return 2.0 * found - float(np.mean(again)), half_width


def sobol(
    inputs: Sequence[UncertainInput],
    evaluate: Callable[[Array], Array],
    *,
    samples: int = 1024,
    seed: int,
    resamples: int = 200,
) -> SobolIndices:
    """First and total order of a chosen set of inputs that are independent of each other.

    Parameters
    ----------
    inputs : sequence of UncertainInput
        At most 60.
    evaluate : callable
        Results of shape (rows,) for inputs of shape (rows, inputs), for example `background_scores.BackgroundScores.scores`.
    samples : int
        Rows of the base sample, a power of 2; evaluations are samples times (inputs + 2).
    seed : int
    resamples : int

    Raises
    ------
    InputError
        ``sensitivity-missing``, ``sensitivity-samples``, ``sensitivity-inputs``, ``sensitivity-result`` when a result is not a
        number, ``sensitivity-constant`` when results do not vary.

    Notes
    -----
    Scrambled Sobol' sequence; Saltelli et al., Comput. Phys. Commun. 181 (2010) 259-270.
    """
    sample, analysis = _salib("sample.sobol"), _salib("analyze.sobol")
    _check_plan(len(inputs), samples)
    problem = _problem(len(inputs))
    with _alone():
        cube = sample.sample(problem, samples, calc_second_order=False, seed=seed)
    tiny = float(np.finfo(np.float64).eps)
    uniform = np.clip(cube, tiny, 1.0 - tiny)
    rows = np.stack([one.quantile(uniform[:, place]) for place, one in enumerate(inputs)], axis=1)
    results = np.asarray(evaluate(rows), dtype=np.float64)
    if results.shape != (rows.shape[0],) or not np.isfinite(results).all():
        message = Text(
            f"results of shape {results.shape} for {rows.shape[0]} rows, or some are not numbers",
            f"结果的形状为 {results.shape}，行数为 {rows.shape[0]}，或有些不是数字",
        )
        raise InputError(
            message,
            code="sensitivity-result",
            hint=Text("narrow the distributions, or leave inputs out", "收窄分布或去掉输入"),
        )
    raise_if_any(_constant((), rows[:, :0], results))
    with _alone():
        found = analysis.analyze(
            problem,
            _standardised(results[:, None])[:, 0],
            calc_second_order=False,
            num_resamples=resamples,
            conf_level=CONFIDENCE,
            seed=seed + 1,
        )
    return SobolIndices(
        tuple(one.name for one in inputs),
        _numbers(found["S1"]),
        _numbers(found["S1_conf"]),
        _numbers(found["ST"]),
        _numbers(found["ST_conf"]),
        float(results.mean()),
        float(results.var()),
        results.size,
    )


def _salib(module: str) -> Any:
    try:
        return importlib.import_module(f"SALib.{module}")
    except ModuleNotFoundError as error:
        raise InputError(
            Text("sensitivity indices need SALib, which is not installed", "敏感性指标需要 SALib，它未安装"),
            code="sensitivity-missing",
            hint=Text('pip install "cradlemark[sensitivity]"', 'pip install "cradlemark[sensitivity]"'),
        ) from error


def _check_plan(inputs: int, samples: int) -> None:
    if not 1 <= inputs <= MOST_INPUTS:
        message = Text(f"{inputs} inputs are chosen", f"选择了 {inputs} 个输入")
        raise InputError(
            message,
            code="sensitivity-inputs",
            hint=Text(
                f"choose 1 to {MOST_INPUTS}, the largest by given_data",
                f"选择 1 至 {MOST_INPUTS} 个，即 given_data 中最大的",
            ),
        )
    if samples < 64 or samples & (samples - 1):
        message = Text(f"{samples} samples are wanted", f"要求 {samples} 个样本")
        raise InputError(
            message,
            code="sensitivity-samples",
            hint=Text("use a power of 2, at least 64", "使用不小于 64 的 2 的幂"),
        )


def _problem(count: int) -> dict[str, Any]:
    names = [f"input {place}" for place in range(count)]
    return {"num_vars": count, "names": names, "bounds": [[0.0, 1.0]] * count}


def _constant(names: Sequence[str], inputs: Array, outputs: Array) -> Iterator[Problem]:
    hint = Text("leave it out: it has no influence in this sample", "去掉它：在此样本中没有影响")
    for place in np.flatnonzero(np.ptp(inputs, axis=0) == 0.0) if inputs.size else ():
        yield Problem(
            f"input {names[int(place)]}",
            "sensitivity-constant",
            Text("the input does not vary", "输入没有变化"),
            hint,
        )
    if np.ptp(outputs) == 0.0:
        yield Problem(
            "result",
            "sensitivity-constant",
            Text("the result does not vary", "结果没有变化"),
            Text("choose inputs it depends on", "选择影响它的输入"),
        )


def _standardised(columns: Array) -> Array:
    """Columns with mean 0 and standard deviation 1, so that units and offsets do not cost digits."""
    return np.asarray((columns - columns.mean(axis=0)) / columns.std(axis=0))


def _numbers(values: Any) -> Array:
    return np.asarray(values, dtype=np.float64)


@contextmanager
def _alone() -> Iterator[None]:
    """Keep what SALib does to warnings and to the random numbers of everybody inside."""
    state, form = np.random.get_state(), warnings.formatwarning  # noqa: NPY002
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
        warnings.formatwarning = form
