"""Facts of a result, for the checks of a rule pack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum

from cradlemark.core.language import Text
from cradlemark.core.periods import parse_period
from cradlemark.footprint.footprint import LIFE_CYCLE_STAGES, Footprint, Line
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.product.study import GATE_STAGES, STAGES, Stage
from cradlemark.rules.catalogue import stage_fact
from cradlemark.rules.fact_values import Fact, Facts, Item

USE_STAGES: tuple[Stage, ...] = ("B1", "B2", "B3", "B4", "B5", "B6", "B7")
_REMOVAL = ORIGINS.index("biogenic_removal")


def footprint_facts(footprint: Footprint, facts: Facts, *, inventory: Inventory | None = None) -> Facts:
    """Add the facts of a result to those of its study.

    Parameters
    ----------
    footprint : Footprint
    facts : Facts
        Of `cradlemark.rules.facts.study_facts` for the same study and scenario.
    inventory : Inventory, optional
        For the purpose of each factor, product or organisation; without it that is not known.

    Returns
    -------
    Facts
        Shares are of the sum of the absolute contributions inside the boundary, on the footprint's electricity
        basis [0-1]; masses of CO2e are per declared unit [kg CO2e].
    """
    inside = lines_inside(footprint)
    values = {
        **_totals(footprint, inside),
        **_shares(footprint, inside),
        **_uncertainty(footprint),
        **_electricity(footprint),
        **_record(footprint),
    }
    items = tuple(_items(footprint, inside, inventory))
    return facts.with_more(values, {"lines": items}, ["footprint"])


def lines_inside(footprint: Footprint) -> tuple[Line, ...]:
    """Lines that count in the figure of the study's boundary, on its electricity basis."""
    stages = GATE_STAGES if footprint.subject.boundary == "cradle_to_gate" else LIFE_CYCLE_STAGES
    return tuple(line for line in footprint.counted() if line.stage in stages)


def _totals(footprint: Footprint, inside: Sequence[Line]) -> dict[str, Fact]:
    gate, whole, mass = footprint.cradle_to_gate, footprint.life_cycle, footprint.subject.mass
    counted = footprint.counted()
    credits_apart = [line.stage == "D" for line in counted if line.kind == "credit"]
    totals: dict[str, Fact] = {
        f"{origin}_kg": fsum(line.climate[index] for line in inside) for index, origin in enumerate(ORIGINS)
    }
    totals |= {stage_fact(stage): float(sum(line.stage == stage for line in counted)) for stage in STAGES}
    return totals | {
        "total_kg": footprint.total,
        "gate_kg": gate,
        "life_cycle_kg": whole,
        "beyond_boundary_kg": footprint.beyond_boundary,
        "gate_per_kg": gate / mass if mass else None,
        "use_share": footprint.stage_total(USE_STAGES) / whole if whole else None,
        "has_module_d_lines": any(line.stage == "D" for line in counted),
        "module_d_lines_are_apart": all(credits_apart),
    }


def _shares(footprint: Footprint, inside: Sequence[Line]) -> dict[str, Fact]:
    quality = footprint.data_quality
    site = [line for line in inside if line.data_kind == "measured"]
    background = [line for line in inside if line.data_kind != "measured"]
    cut_offs = [item.share for item in footprint.cut_offs]
    return {
        "primary_data_share": quality.primary_share,
        "proxy_share": _share(inside, lambda line: line.data_kind == "proxy"),
        "rated_share": quality.rated_share,
        "site_data_share": _share(inside, lambda line: line.data_kind == "measured"),
        "background_data_share": _share(inside, lambda line: line.data_kind != "measured"),
        "site_rated_share": _share(site, lambda line: line.quality is not None),
        "background_rated_share": _share(background, lambda line: line.quality is not None),
        "unverified_share": quality.unverified_share,
        "undivided_share": quality.undivided_share,
        "other_gwp_share": quality.unknown_gwp_share,
        "co2_only_share": quality.co2_only_share,
        "rating_technological": quality.technological,
        "rating_geographical": quality.geographical,
        "rating_temporal": quality.temporal,
        "result_cut_off_share": None if None in cut_offs else fsum(share or 0.0 for share in cut_offs),
        "result_gap_count": float(len(footprint.gaps)),
    }


def _share(lines: Sequence[Line], wanted: Callable[[Line], bool]) -> float | None:
    """Share of the absolute contributions [0-1]; None when there are none."""
    whole = fsum(abs(line.total) for line in lines)
    return fsum(abs(line.total) for line in lines if wanted(line)) / whole if whole else None


def _uncertainty(footprint: Footprint) -> dict[str, Fact]:
    interval = next((item for item in footprint.intervals if item.name == "total"), None)
    return {
        "has_interval": interval is not None,
        "interval_ratio": interval.high / interval.low if interval and interval.low > 0 else None,
        "has_sensitivities": bool(footprint.sensitivities),
    }


def _electricity(footprint: Footprint) -> dict[str, Fact]:
    """On the location basis all electricity comes from the grid, so it needs the networks."""
    grid = [
        line.dataset.boundary
        for line in footprint.counted(basis="location")
        if line.kind == "energy" and line.dataset is not None
    ]
    return {
        "has_market_lines": any(line.basis == "market" for line in footprint.lines),
        "has_location_lines": any(line.basis == "location" for line in footprint.lines),
        "grid_line_count": float(grid.count("generation_life_cycle")),
        "network_line_count": float(grid.count("transmission")),
    }


def _record(footprint: Footprint) -> dict[str, Fact]:
    return {
        "result_gwp_is_ar4": footprint.gwp_set == "AR4",
        "result_gwp_is_ar5": footprint.gwp_set == "AR5",
        "result_gwp_is_ar6": footprint.gwp_set == "AR6",
        "has_assumptions": any(bool(text) for text in footprint.assumptions),
        "has_study_digest": footprint.versions.study.startswith("sha256:"),
    }


def _items(footprint: Footprint, inside: Sequence[Line], inventory: Inventory | None) -> list[Item]:
    whole = fsum(abs(line.total) for line in inside)
    counted = {id(line) for line in inside}
    end = parse_period(footprint.subject.period).end.year
    found = []
    for line in footprint.counted():
        share = abs(line.total) / whole if whole and id(line) in counted else 0.0
        facts = {
            **_effect(line, share),
            **_factor(line, footprint.gwp_set, end),
            **_match(line),
            "factor_is_for_organisations": _for_organisations(line, inventory),
        }
        found.append(Item(line.path, _label(line), facts))
    return found


def _label(line: Line) -> Text:
    return line.label or Text(line.path, line.path)


def _effect(line: Line, share: float) -> dict[str, Fact]:
    total = line.total
    return {
        "line_kg": total,
        "line_share": share,
        "is_negative": total < 0,
        "is_removal": total < 0 <= total - line.climate[_REMOVAL],
        "is_credit": line.kind == "credit",
        "is_in_module_d": line.stage == "D",
        "has_dataset": line.dataset is not None or bool(line.gas),
        "line_is_proxy": line.data_kind == "proxy",
        "line_is_waste": line.kind == "waste",
        "line_is_energy": line.kind == "energy",
        "line_is_transport": line.kind == "transport",
        "line_has_scores": line.quality is not None,
        "line_gsd": line.gsd,
    }


def _factor(line: Line, gwp_set: str, end: int) -> dict[str, Fact]:
    """Facts of the factor; a direct release has the GWP of the result itself."""
    dataset = line.dataset
    boundary = dataset.boundary if dataset else ""
    year = dataset.year if dataset else None
    return {
        "factor_is_unverified": line.status == "unverified",
        "factor_is_doubtful": dataset is not None and dataset.doubtful,
        "factor_gwp_is_unknown": dataset is not None and dataset.gwp_set == "unknown",
        "factor_gwp_differs": dataset is not None and dataset.gwp_set not in {"unknown", gwp_set},
        "origins_known": dataset is None or dataset.origins_known,
        "gases_complete": dataset is None or dataset.gases_complete,
        "boundary_is_transport_only": boundary == "treatment_transport_only",
        "boundary_is_generation_only": boundary == "generation",
        "boundary_is_tank_to_wheel": boundary == "tank_to_wheel",
        "boundary_is_combustion_only": boundary == "combustion",
        "has_dataset_year": dataset is None or year is not None,
        "dataset_age_years": 0.0 if dataset is None else None if year is None else float(end - year),
    }


def _match(line: Line) -> dict[str, Fact]:
    link = line.link
    return {
        "is_matched": link is not None,
        "link_score": None if link is None else link.score,
        "link_is_confirmed": link is None or bool(link.confirmed_by),
    }


def _for_organisations(line: Line, inventory: Inventory | None) -> bool | None:
    if line.dataset is None:
        return False
    if inventory is None or line.dataset.id not in inventory:
        return None
    return inventory[line.dataset.id].purpose == "organisation"
