"""Weigh a dataset against a query: every deduction is a number with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.places import DISTANCE_PART, DISTANCE_ROW, DISTANCE_SAME_REGION, distance, place_name
from cradlemark.core.quantities import dimension, normalise_unit
from cradlemark.inventory.matching.index import Offer
from cradlemark.inventory.matching.recognition import Recognition

Role = str
UNIT_MISMATCH = 50.0
"""Points [0-100] for a unit that does not convert."""
YEAR_LOSS = 0.4
"""Points [0-100] per year of distance, up to `YEAR_MOST`."""
YEAR_MOST = 8.0
STATUS_LOSS = {"verified": 0.0, "derived": 2.0, "unverified": 5.0}
"""Points [0-100] for the status of a number; less than twenty years of age, so that age and status are weighed."""
CUT_OFF_LOSS = 1.0
"""Points [0-100] per input of the process itself that is cut off, up to `CUT_OFF_MOST`."""
CUT_OFF_MOST = 8.0
DOUBT_LOSS = 12.0
"""Points [0-100] of a dataset whose number is doubtful; whatever is left, it is never taken without a person."""
LOCAL = frozenset({"electricity", "heat"})
"""Concepts whose footprint is a matter of place; another place is no stand-in."""
_BOUNDARIES: dict[Role, tuple[frozenset[str], frozenset[str]]] = {
    "material": (frozenset({"cradle_to_gate", "gate_to_gate"}), frozenset({"cradle_to_grave"})),
    "energy": (
        frozenset({"combustion", "well_to_wheel", "generation_life_cycle", "gate_to_gate", "cradle_to_gate"}),
        frozenset({"generation"}),
    ),
    "electricity": (frozenset({"generation_life_cycle", "cradle_to_gate"}), frozenset({"generation"})),
    "transport": (
        frozenset({"well_to_wheel", "cradle_to_grave", "cradle_to_gate"}),
        frozenset({"tank_to_wheel"}),
    ),
    "waste": (frozenset({"treatment", "gate_to_grave", "combustion"}), frozenset()),
    "process": (frozenset({"gate_to_gate", "cradle_to_gate", "direct_release", "treatment"}), frozenset()),
}


def cost_of(role: Role, place: str, year: int) -> Callable[[str], Callable[[str, int, int], float]]:
    """Points [0-100] that place, year and cut-off inputs of a dataset cost, for each concept it stands for."""

    def of_concept(concept: str) -> Callable[[str, int, int], float]:
        local = role == "electricity" or concept in LOCAL

        def cost(offered: str, dated: int, cut_offs: int) -> float:
            where, when = _place(offered, place, local=local), _year(dated or None, year)
            return where.points + when.points + _cut_off_points(cut_offs)

        return cost

    return of_concept


@attrs.frozen
class Deduction:
    """Points taken from a match, and the sentence that says why (empty if it says itself)."""

    points: float
    words: Text = Text()


def deductions(
    offer: Offer,
    said: Recognition,
    *,
    role: Role,
    unit: str,
    place: str,
    year: int,
    boundary: tuple[str, ...],
) -> Iterator[Deduction]:
    """All that speaks against a dataset for a query, apart from how far its concept is.

    Parameters
    ----------
    offer : Offer
        The dataset.
    said : Recognition
        What the line says.
    role, unit, place, year, boundary
        Of the query.
    """
    dataset = offer.dataset
    yield _unit(dataset.unit, unit)
    local = role == "electricity" or not LOCAL.isdisjoint(offer.stand.concepts)
    yield _place(dataset.geography, place, local=local)
    yield _year(dataset.year, year)
    yield _STATUS[dataset.status]
    yield _boundary(dataset.boundary, dataset.category, role, boundary)
    yield _variant(offer, said)
    yield _form(offer, said)
    if offer.stand.penalty:
        note = offer.stand.note
        yield Deduction(
            offer.stand.penalty, Text(f"Note: {note.en}.", f"注意：{note.zh}。") if note else Text()
        )
    if offer.doubtful or offer.cut_offs:
        yield _incomplete(offer)
    if role == "waste":
        yield _treatment(offer, said)
    if dataset.category == "process_emission" and role == "process" and "直接" not in dataset.name.zh:
        yield Deduction(8.0)


def _incomplete(offer: Offer) -> Deduction:
    """Points for inputs that are cut off, and what makes the number doubtful."""
    remarks = offer.dataset.remarks
    points = _cut_off_points(offer.cut_offs) + (DOUBT_LOSS if offer.doubtful else 0.0)
    en = "; ".join(remark.en for remark in remarks)
    return Deduction(points, Text(f"{en[:1].upper()}{en[1:]}.", f"{'；'.join(r.zh for r in remarks)}。"))


def _cut_off_points(cut_offs: int) -> float:
    return min(CUT_OFF_MOST, CUT_OFF_LOSS * cut_offs)


@lru_cache(maxsize=4096)
def _same_unit(offered: str, wanted: str) -> float:
    """Points [0-100] that a pair of units costs."""
    if not wanted or offered == wanted:
        return 0.0
    try:
        canonical = normalise_unit(wanted)
        if canonical == offered or canonical == normalise_unit(offered):
            return 0.0
        kinds = {dimension(offered), dimension(wanted)}
    except InputError:
        return UNIT_MISMATCH
    if len(kinds) == 1:
        return 0.5
    return 3.0 if kinds == {"volume", "normal volume"} else UNIT_MISMATCH


@lru_cache(maxsize=4096)
def _unit(offered: str, wanted: str) -> Deduction:
    points = _same_unit(offered, wanted)
    if points < UNIT_MISMATCH:
        return Deduction(points)
    return Deduction(
        points,
        Text(
            f"It is per {offered} and the line is in {wanted}; that does not convert without further data.",
            f"该数据按{offered}计，而物料行单位为{wanted}，缺少其他数据无法换算。",
        ),
    )


@lru_cache(maxsize=4096)
def _rank_of_place(wanted: str, offered: str) -> int:
    try:
        return distance(wanted, offered)
    except InputError:
        return 90


@lru_cache(maxsize=1024)
def _place_words(code: str) -> Text:
    try:
        return place_name(code)
    except InputError:
        return Text(code, code)


@lru_cache(maxsize=8192)
def _place(offered: str, wanted: str, *, local: bool) -> Deduction:
    rank = _rank_of_place(wanted, offered)
    here, there = _place_words(offered), _place_words(wanted)
    if rank == 0:
        return Deduction(0.0, Text(f"It is for {here.en}, as asked.", f"地域为{here.zh}，与要求一致。"))
    if rank < DISTANCE_ROW:
        points = (2.0 + 2.0 * rank) if local else 2.0 + rank
        return Deduction(
            points,
            Text(f"It is for {here.en}, which holds {there.en}.", f"地域为{here.zh}，包含{there.zh}。"),
        )
    points = 45.0 if local else _beside(rank, wanted)
    return Deduction(
        points,
        Text(
            f"It is for {here.en}; nothing nearer to {there.en} weighs more.",
            f"地域为{here.zh}，没有更接近{there.zh}的更优数据。",
        ),
    )


def _beside(rank: int, wanted: str) -> float:
    if rank == DISTANCE_ROW:
        return 4.0
    if rank == DISTANCE_PART:
        return 3.0 if wanted == "GLO" else 5.0
    return 5.0 if rank <= DISTANCE_SAME_REGION else 10.0


@lru_cache(maxsize=1024)
def _year(offered: int | None, wanted: int) -> Deduction:
    if offered is None:
        return Deduction(YEAR_MOST, Text("Its year is not stated.", "年份未注明。"))
    years = abs(wanted - offered)
    return Deduction(
        min(YEAR_MOST, YEAR_LOSS * years),
        Text(f"Its year is {offered}.", f"数据年份为{offered}年。"),
    )


_STATUS_WORDS = {
    "verified": Text("The number was read in its source.", "数值已在来源中核对。"),
    "derived": Text("The number is computed from numbers that were read.", "数值由已核对的数据推算。"),
    "unverified": Text("The number is unverified.", "数值未经核实。"),
}


_STATUS = {status: Deduction(points, _STATUS_WORDS[status]) for status, points in STATUS_LOSS.items()}


@lru_cache(maxsize=1024)
def _boundary(offered: str, category: str, role: Role, wanted: tuple[str, ...]) -> Deduction:
    shown = offered.replace("_", " ")
    words = Text(f"Its boundary is {shown}.", f"系统边界为{offered}。")
    if offered == "treatment_transport_only":
        return Deduction(
            30.0,
            Text(
                "It covers only the transport to the plant, never the whole treatment.",
                "仅包含运至处理厂的运输，不代表完整的处置。",
            ),
        )
    if wanted:
        return Deduction(0.0) if offered in wanted else Deduction(25.0, words)
    if role not in _BOUNDARIES:
        return Deduction(0.0)
    usual, possible = _BOUNDARIES[role]
    if offered in usual:
        points = 5.0 if role == "energy" and category == "fuel_supply" else 0.0
        return Deduction(points)
    return Deduction(3.0 if offered in possible else 25.0, words)


def _variant(offer: Offer, said: Recognition) -> Deduction:
    variant = offer.stand.variant
    if said.recycled and variant != "recycled":
        return Deduction(
            18.0 if variant == "virgin" else 14.0,
            Text("The line says recycled and this is not.", "物料为再生料，而该数据不是再生料。"),
        )
    if not said.recycled and variant == "recycled":
        return Deduction(
            30.0,
            Text(
                "It is for recycled material, which the line does not say.",
                "该数据为再生料，而物料未注明再生。",
            ),
        )
    if said.virgin and not variant:
        return Deduction(1.0)
    return Deduction(0.0)


_NEAR_FORMS = (
    frozenset({"sheet", "strip", "plate", "foil"}),
    frozenset({"bar", "wire", "section", "forging"}),
    frozenset({"ingot", "casting", "granulate"}),
    frozenset({"tube", "section", "strip"}),
)


def _form(offer: Offer, said: Recognition) -> Deduction:
    form = offer.stand.form
    if said.form == form:
        return Deduction(0.0)
    if not said.form or not form:
        return Deduction(1.0)
    near = any({said.form, form} <= forms for forms in _NEAR_FORMS)
    return Deduction(1.5 if near else 4.0)


def _treatment(offer: Offer, said: Recognition) -> Deduction:
    wanted, offered = said.treatment, offer.stand.treatment
    if wanted == offered:
        return Deduction(0.0)
    if not wanted:
        return Deduction(
            35.0, Text("The line does not say how the waste is treated.", "物料行未说明废弃物的处置方式。")
        )
    return Deduction(40.0, Text("It is for another treatment.", "该数据为另一种处置方式。"))
