"""Uncertainty of a footprint: paired Monte Carlo, the analytic form, and what the total is most sensitive to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution, log_gsd
from cradlemark.engine.pedigree import gsd
from cradlemark.engine.propagation import (
    Terms,
    amount_draws,
    analytic_log_gsd,
    input_draws,
    rank_correlation,
    simulate,
)
from cradlemark.footprint.footprint import (
    LIFE_CYCLE_STAGES,
    ElectricityBasis,
    Interval,
    Line,
    Sensitivity,
)
from cradlemark.footprint.lines import Intensities, amount_gsd, spread_of
from cradlemark.footprint.shared_draws import NONE, SharedDraws
from cradlemark.inventory.dataset import Dataset
from cradlemark.product.compile import Compiler
from cradlemark.product.evaluate import Uncertain
from cradlemark.product.study import GATE_STAGES, STAGES, Stage, Study
from cradlemark.product.system import Note, Number, System

STEP = 1e-6
"""Relative change of an input for its numeric elasticity [1]; inputs are lowered by it, because shares and yields
may stand at their upper bound 1."""
KEPT = 9
"""Significant digits kept of sampled statistics; their sampling error is far larger, and the last digits of the
exponential function differ between processors."""
LARGEST_LOG_GSD = math.log(100.0)
"""A first-order ln GSD above it says nothing: the contributions nearly cancel, or an input is not known at all."""
LISTED = 30
"""Sensitivities that are listed, by share of the variance."""


class Prepared(Protocol):
    """What the propagation needs of a model."""

    @property
    def study(self) -> Study:
        """The study, with its scenario applied."""

    @property
    def compiler(self) -> Compiler:
        """Unfolds the study."""

    @property
    def intensities(self) -> Intensities:
        """Climate intensities of the datasets."""

    @property
    def basis(self) -> ElectricityBasis:
        """Electricity basis of the headline figure."""


@attrs.frozen(eq=False)
class Spread:
    """Intervals, sensitivities and draws of one footprint."""

    intervals: tuple[Interval, ...]
    sensitivities: tuple[Sensitivity, ...]
    draws: Mapping[str, NDArray[np.float64]]
    notes: tuple[Note, ...] = ()


@attrs.frozen(eq=False)
class Input:
    """One independent uncertain input and what the groups' figures answer to it.

    Parameters
    ----------
    effects : ndarray of float64, shape (groups,)
        Change of each group's figure per relative change of the input [kg CO2e per declared unit].
    sample : ndarray of float64, shape (draws,)
        Its draws, for the rank correlation; empty without draws.
    together : bool
        Whether it moves with the other inputs of this kind, because their draws are of one background.
    """

    name: str
    label: Text
    kind: str
    log_gsd: float
    effects: NDArray[np.float64]
    sample: NDArray[np.float64]
    together: bool = False


def propagate(
    model: Prepared,
    system: System,
    lines: Sequence[Line],
    uncertain: Mapping[str, Uncertain],
    *,
    draws: int,
    seed: int,
    overrides: Mapping[str, Number] | None = None,
    shared: SharedDraws = NONE,
) -> Spread:
    """Return intervals of the total, the gate value, the life cycle and every stage, and the sensitivities.

    Parameters
    ----------
    uncertain : mapping of path to Uncertain
        Values with a distribution; an overridden one is taken as known.
    overrides : mapping of path to number
        Numbers that `system` was made with.
    shared : SharedDraws
        Draws that come with databases of processes; their datasets move together.
    """
    fixed = dict(overrides or {})
    uncertain = {path: item for path, item in uncertain.items() if path not in fixed}
    names, groups = _groups(lines, model)
    climate = np.array([line.total for line in lines])
    figures = (groups * climate).sum(axis=1) if lines else np.zeros(len(names))
    inputs = [
        *_dataset_inputs(model, lines, climate, groups, shared, draws, seed),
        *_line_inputs(model, system, lines, climate, groups, draws, seed),
        *_value_inputs(model, uncertain, fixed, figures, names, draws, seed),
    ]
    samples = {item.name: item.sample for item in inputs if item.name in uncertain}
    drawn, notes = _drawn(model, lines, fixed, samples)
    terms = _terms(model, system, lines, groups, inputs, drawn)
    multipliers = [item.sample for item in inputs if item.kind == "dataset"]
    sampled = simulate(terms, multipliers, draws=draws, seed=seed)
    intervals = tuple(
        _interval(name, float(figures[index]), sampled[index], inputs, index)
        for index, name in enumerate(names)
    )
    return Spread(
        intervals,
        _sensitivities(inputs, figures[0], sampled[0]),
        {name: sampled[index] for index, name in enumerate(names)},
        (*shared.notes, *notes),
    )


def _groups(lines: Sequence[Line], model: Prepared) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    wanted = _members(model)
    counted = np.array([line.counts_in(model.basis) for line in lines], dtype=np.bool_)
    of_line = np.array([line.stage for line in lines])
    rows = [np.isin(of_line, stages) & counted for stages in wanted.values()]
    return tuple(wanted), np.array(rows, dtype=np.bool_).reshape(len(wanted), len(lines))


@contextmanager
def _placed(where: str) -> Iterator[None]:
    """Give an error of a distribution the place of its number."""
    try:
        yield
    except InputError as error:
        raise InputError(error.message, code=error.code, where=where, hint=error.hint) from error


def _dataset_inputs(
    model: Prepared,
    lines: Sequence[Line],
    climate: NDArray[np.float64],
    groups: NDArray[np.bool_],
    shared: SharedDraws,
    draws: int,
    seed: int,
) -> list[Input]:
    inputs = []
    of_line = np.array([line.dataset.id if line.dataset else "" for line in lines])
    for dataset_id in dict.fromkeys(line.dataset.id for line in lines if line.dataset):
        dataset = model.intensities.original(dataset_id)
        mine = of_line == dataset_id
        effects = (groups[:, mine] * climate[mine]).sum(axis=1)
        spread = math.log(spread_of(dataset_id, model.intensities, shared))
        if dataset_id in shared.datasets:
            sample = shared.ratios.get(dataset_id, np.ones(draws))
        else:
            with _placed(dataset_id):
                sample = dataset_sample(dataset, draws, seed)
        together = dataset_id in shared.ratios
        inputs.append(Input(dataset_id, dataset.name, "dataset", spread, effects, sample, together))
    return inputs


def dataset_sample(dataset: Dataset, draws: int, seed: int) -> NDArray[np.float64]:
    """Draws of a dataset relative to its central value [1]; the same for every study with the same seed."""
    central = dataset.climate.total
    key = f"dataset:{dataset.id}"
    if dataset.uncertainty is not None and central != 0.0:
        return input_draws(dataset.uncertainty, central, draws=draws, seed=seed, key=key) / central
    spread = gsd(dataset.pedigree) if dataset.pedigree is not None else 1.0
    if spread == 1.0:
        return np.ones(draws)
    return input_draws(Distribution("lognormal", gsd=spread), 1.0, draws=draws, seed=seed, key=key)


def _line_inputs(
    model: Prepared,
    system: System,
    lines: Sequence[Line],
    climate: NDArray[np.float64],
    groups: NDArray[np.bool_],
    draws: int,
    seed: int,
) -> list[Input]:
    """One input for each amount with a pedigree; lines that come from one amount move together."""
    found: dict[str, Input] = {}
    for index, (activity, line) in enumerate(zip(system.activities, lines, strict=True)):
        spread = amount_gsd(activity)
        if spread <= 1.0:
            continue
        name = activity.amount_key
        effects = groups[:, index] * climate[index]
        if name in found:
            found[name] = attrs.evolve(found[name], effects=found[name].effects + effects)
        else:
            sample = amount_draws(spread, draws=draws, seed=seed, key=own_key(model, name))
            found[name] = Input(name, line.label, "amount", math.log(spread), effects, sample)
    return list(found.values())


def own_key(model: Prepared, path: str) -> str:
    """Key of a number of this study: the scenarios of one study share it, two studies do not."""
    return f"{model.study.id}:{path}"


def _value_inputs(
    model: Prepared,
    uncertain: Mapping[str, Uncertain],
    fixed: Mapping[str, Number],
    figures: NDArray[np.float64],
    names: Sequence[str],
    draws: int,
    seed: int,
) -> list[Input]:
    """Effects of uncertain numbers by changing each a little, all in one vectorised pass."""
    items = list(uncertain.values())
    if not items:
        return []
    cases = len(items)
    overrides: dict[str, Number] = dict(fixed)
    for index, item in enumerate(items):
        values = np.full(cases, item.central)
        values[index] *= 1.0 - STEP
        overrides[item.path] = values
    changed = _group_cases(model, overrides, names, cases)
    inputs = []
    for index, item in enumerate(items):
        assert item.value.distribution is not None
        effects = _rounded((figures - changed[:, index]) / STEP, figures)
        key = f"value:{own_key(model, item.path)}"
        with _placed(item.path):
            sample = input_draws(item.value.distribution, item.central, draws=draws, seed=seed, key=key)
        kind = "parameter" if item.path.startswith("parameters[") else "amount"
        spread = log_gsd(item.value.distribution, item.central)
        inputs.append(Input(item.path, Text(item.path, item.path), kind, spread, effects, sample))
    return inputs


def _rounded(effects: NDArray[np.float64], figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Effects without the noise of their difference quotient: what is below 1e-8 of the figure is none."""
    noise = 1e-8 * np.abs(figures)
    return np.where(np.abs(effects) > noise, effects, 0.0)


def _group_cases(
    model: Prepared, overrides: Mapping[str, Number], names: Sequence[str], cases: int
) -> NDArray[np.float64]:
    """Figures of every group for several cases at once, shape (groups, cases)."""
    system, _ = model.compiler.system(overrides)
    by_stage = {stage: np.zeros(cases) for stage in STAGES}
    for activity in system.activities:
        if activity.basis in {"both", model.basis}:
            by_stage[activity.stage] += np.asarray(activity.amount) * model.intensities.of(activity).sum()
    sums = {
        name: sum((by_stage[stage] for stage in stages), start=np.zeros(cases))
        for name, stages in _members(model).items()
    }
    return np.array([sums[name] for name in names])


def _members(model: Prepared) -> dict[str, tuple[Stage, ...]]:
    """Stages of every sum that gets an interval."""
    total = GATE_STAGES if model.study.boundary == "cradle_to_gate" else LIFE_CYCLE_STAGES
    named: dict[str, tuple[Stage, ...]] = {
        "total": total,
        "gate": GATE_STAGES,
        "life_cycle": LIFE_CYCLE_STAGES,
    }
    return named | {stage: (stage,) for stage in STAGES}


def _terms(
    model: Prepared,
    system: System,
    lines: Sequence[Line],
    groups: NDArray[np.bool_],
    inputs: Sequence[Input],
    drawn: Mapping[int, NDArray[np.float64]],
) -> Terms:
    position = {
        item.name: index for index, item in enumerate(item for item in inputs if item.kind == "dataset")
    }
    return Terms(
        climate=np.array([line.total for line in lines]),
        groups=groups,
        dataset=np.array(
            [position[line.dataset.id] if line.dataset else -1 for line in lines], dtype=np.int64
        ),
        own_gsd=np.array([amount_gsd(activity) for activity in system.activities]),
        keys=[own_key(model, activity.amount_key) for activity in system.activities],
        drawn=drawn,
    )


def _drawn(
    model: Prepared,
    lines: Sequence[Line],
    fixed: Mapping[str, Number],
    samples: Mapping[str, NDArray[np.float64]],
) -> tuple[dict[int, NDArray[np.float64]], tuple[Note, ...]]:
    """Climate draws of the lines whose amounts depend on uncertain values [kg CO2e per declared unit], and what to note."""
    if not any(sample.size for sample in samples.values()):
        return {}, ()
    system, _ = model.compiler.system({**fixed, **samples})
    amounts = {activity.path: activity.amount for activity in system.activities}
    drawn = {}
    for index, line in enumerate(lines):
        amount = amounts.get(line.path, 0.0)  # a line that no draw has is zero in all of them
        if isinstance(amount, np.ndarray):
            drawn[index] = amount * math.fsum(line.intensity)
        elif line.path not in amounts:
            drawn[index] = np.zeros(next(iter(samples.values())).size)
    return drawn, tuple(note for note in system.notes if note.code == "draws-clipped")


def _interval(
    name: str, figure: float, sample: NDArray[np.float64], inputs: Sequence[Input], group: int
) -> Interval:
    low = median = high = mean = figure
    if sample.size:
        low, median, high = (_kept(float(value)) for value in np.percentile(sample, (2.5, 50.0, 97.5)))
        mean = _kept(float(sample.sum() / sample.size))
    interval = Interval(name, figure, low, median, high, mean)
    if figure <= 0.0:
        return interval
    alone = [(float(item.effects[group]) / figure, item.log_gsd) for item in inputs if not item.together]
    alone.append((1.0, _together(inputs, figure, group)))
    log_spread = analytic_log_gsd(*zip(*alone, strict=True))
    if not log_spread <= LARGEST_LOG_GSD:
        return interval
    spread = math.exp(log_spread)
    return attrs.evolve(
        interval, analytic_gsd=spread, analytic_low=figure / spread**2, analytic_high=figure * spread**2
    )


def _together(inputs: Sequence[Input], figure: float, group: int) -> float:
    """ln GSD [1] that the inputs of one background bring in: standard deviation of ``Σ S_i ln ratio_i``."""
    moving = [item for item in inputs if item.together and (item.sample > 0.0).all() and item.sample.size]
    if not moving:
        return 0.0
    logarithms = [float(item.effects[group]) / figure * np.log(item.sample) for item in moving]
    return float(np.std(np.sum(logarithms, axis=0)))


def _kept(value: float) -> float:
    return float(f"{value:.{KEPT}g}")


def _sensitivities(
    inputs: Sequence[Input], total: float, sample: NDArray[np.float64]
) -> tuple[Sensitivity, ...]:
    whole_figure = float(total)
    elasticities = [float(item.effects[0]) / whole_figure if whole_figure else math.inf for item in inputs]
    parts = [s * item.log_gsd for s, item in zip(elasticities, inputs, strict=True)]
    if not all(map(math.isfinite, (*elasticities, *parts))):
        return ()
    largest = max(map(abs, parts), default=0.0) or 1.0
    variances = [(part / largest) ** 2 for part in parts]
    whole = math.fsum(variances)
    found = [
        Sensitivity(
            item.name, item.label, item.kind, elasticity, item.log_gsd,  # type: ignore[arg-type]
            variance / whole,
            _kept(rank_correlation(item.sample, sample)) if sample.size else None,
        )
        for item, elasticity, variance in zip(inputs, elasticities, variances, strict=True)
        if whole > 0.0 and variance > 0.0
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda item: (-item.variance_share, item.input))[:LISTED])
