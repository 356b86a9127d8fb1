"""Data-quality figures of a footprint, weighted by the size of the contributions (F9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum

from cradlemark.engine.pedigree import INDICATORS
from cradlemark.footprint.footprint import DataQuality, Line
from cradlemark.product.study import GATE_STAGES, Boundary

_RELIABILITY, _, _TEMPORAL, _GEOGRAPHICAL, _TECHNOLOGICAL, _ = range(len(INDICATORS))


def data_quality(lines: Sequence[Line], gwp_set: str, boundary: Boundary) -> DataQuality:
    """Return the data-quality figures of the lines inside the boundary (module D is left out).

    Formulas (F9): ``DQR_d = Σ|E_i| DQR_i,d / Σ|E_i|`` over the rated lines; PEF ``(TeR + GeR + TiR + P) / 4`` with P,
    precision, read from the reliability score; ``PDS = Σ|E_i| p_i / Σ|E_i|``. The scale of the scores is 1 (best) to 5.
    """
    inside = [
        line
        for line in lines
        if line.stage != "D" and (boundary != "cradle_to_gate" or line.stage in GATE_STAGES)
    ]
    sized = [(abs(line.total), line) for line in inside]
    total = fsum(size for size, _ in sized)
    rated = [(size, line.quality) for size, line in sized if line.quality is not None]
    weight = fsum(size for size, _ in rated)

    def share(wanted: Callable[[Line], float]) -> float:
        return fsum(size * wanted(line) for size, line in sized) / total if total else 0.0

    def rating(*indicators: int) -> float | None:
        if not weight:
            return None
        return fsum(
            size * fsum(scores[index] for index in indicators) / len(indicators) for size, scores in rated
        ) / weight  # fmt: skip

    return DataQuality(
        primary_share=share(lambda line: line.primary_share),
        pef=rating(_TECHNOLOGICAL, _GEOGRAPHICAL, _TEMPORAL, _RELIABILITY),
        technological=rating(_TECHNOLOGICAL),
        geographical=rating(_GEOGRAPHICAL),
        temporal=rating(_TEMPORAL),
        rated_share=weight / total if total else 0.0,
        unverified_share=share(lambda line: line.status == "unverified"),
        derived_share=share(lambda line: line.status == "derived"),
        undivided_share=share(lambda line: line.dataset is not None and not line.dataset.origins_known),
        unknown_gwp_share=share(lambda line: line.dataset is not None and line.dataset.gwp_set != gwp_set),
        co2_only_share=share(lambda line: line.dataset is not None and not line.dataset.gases_complete),
    )
