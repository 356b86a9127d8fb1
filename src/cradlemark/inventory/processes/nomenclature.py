"""Characterisation factors of one nomenclature on the elementary flows of another one, line by line.

Order: the same identifier; the same CAS number and compartment; the same name (or a synonym, or a name in another
language) and compartment. Never across media, never across directions, and the carbon of carbon dioxide, methane and
carbon monoxide keeps its origin: fossil, biogenic and land-use change are never taken for each other. What is not
mapped although its substance has a factor is listed with the reason.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs
import numpy as np

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.quantities import conversion_factor
from cradlemark.inventory.processes.allocation import content_of_flows
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.compartments import ANY, LONG_TERM, Compartment, compartment_of
from cradlemark.inventory.processes.substances import CARBON, Substance, substance_of
from cradlemark.inventory.processes.tables import ProcessDatabase

FROM_AIR = Compartment("resource", "air")
SAME = 1e-9
"""Relative difference up to which two factors are the same [1]."""


@attrs.frozen
class MethodFactor:
    """One factor of a method with all that ties it to a flow.

    Parameters
    ----------
    flow : str
        Identifier of the flow; empty if the method has none.
    name : str
    substance : Substance
    compartment : Compartment
    direction : str
        ``input``, ``output`` or empty.
    unit : str
        Unit of the flow; empty if not known: the unit of the flow it is applied to.
    value : float
        [unit of the category / unit]
    """

    flow: str
    name: str
    substance: Substance
    compartment: Compartment
    direction: str
    unit: str
    value: float


@attrs.frozen
class Method:
    """An impact category of a method.

    Parameters
    ----------
    name : str
        With its unit in brackets.
    factors : tuple of MethodFactor
    regional : int
        Factors for single places, which are not used.
    problems : tuple of Problem
        Rows of its table that are not used, or not wholly.
    """

    name: str
    factors: tuple[MethodFactor, ...]
    regional: int = 0
    problems: tuple[Problem, ...] = ()


@attrs.frozen
class MappedFlow:
    """What became of one elementary flow of the database.

    Parameters
    ----------
    flow : int
        Row of flows.
    id, name, compartment, direction, unit : str
        Of the flow.
    how : {"identifier", "cas", "name", ""}
        Empty when it has no factor.
    factor : str
        Flow of the method whose factor is used, or that is the nearest.
    value : float
        [unit of the category / unit of the flow]; nan when it has no factor.
    note : str
        What was assumed; or why it has no factor although its substance has one; empty when it has none at all.
    """

    flow: int
    id: str
    name: str
    compartment: str
    direction: str
    unit: str
    how: str
    factor: str = ""
    value: float = math.nan
    note: str = ""

    @property
    def near_miss(self) -> bool:
        """Whether it has no factor although its substance has one."""
        return not self.how and bool(self.note)


@attrs.frozen(eq=False)
class MappedMethod:
    """A method on the flows of a database.

    Parameters
    ----------
    factors : Factors
    flows : tuple of MappedFlow
        All elementary flows of the database, in order.
    used, available : int
        Factors of the method that were used, and all of them.
    problems : tuple of Problem
        Of the method.
    """

    factors: Factors
    flows: tuple[MappedFlow, ...]
    used: int
    available: int
    problems: tuple[Problem, ...] = ()

    def count(self, how: str) -> int:
        """How many flows were mapped in a way; ``near`` for near misses, ``none`` for the others."""
        if how in {"near", "none"}:
            return sum(not each.how and each.near_miss == (how == "near") for each in self.flows)
        return sum(each.how == how for each in self.flows)


def map_method(database: ProcessDatabase, method: Method) -> MappedMethod:
    """Put the factors of a method on the elementary flows of a database.

    Parameters
    ----------
    database : ProcessDatabase
    method : Method
        Of any source.
    """
    mapper = _Mapper(method.factors)
    flows = tuple(mapper.map(target) for target in _targets(database))
    mapped = [each for each in flows if each.how]
    factors = Factors(
        (method.name,),
        np.zeros(len(mapped), np.int64),
        np.array([each.flow for each in mapped], np.int64),
        tuple(each.direction for each in mapped),
        np.array([each.value for each in mapped], np.float64),
    )
    return MappedMethod(factors, flows, len(mapper.used), len(method.factors), method.problems)


@attrs.frozen
class _Target:
    row: int
    id: str
    name: str
    substance: Substance
    compartment: Compartment
    path: str
    direction: str
    unit: str
    mass: float


def _targets(database: ProcessDatabase) -> Iterator[_Target]:
    """Elementary flows in every direction in which processes have them."""
    flows, biosphere = database["flows"], database["biosphere"]
    exchanged = sorted(
        set(zip(biosphere.integers("flow").tolist(), biosphere.texts("direction"), strict=True))
    )
    mass = content_of_flows(flows, database["flow_properties"])["mass"]
    columns = {name: flows.texts(name) for name in ("id", "name_en", "name_zh", "category", "cas", "unit", "synonyms")}  # fmt: skip
    for row, direction in exchanged:
        about = {name: column[row] for name, column in columns.items()}
        name = about["name_en"] or about["name_zh"]
        substance = substance_of(
            name, cas=about["cas"], synonyms=about["synonyms"], others=(about["name_zh"],)
        )
        yield _Target(
            row, about["id"], name, substance, compartment_of(about["category"]), about["category"], direction,
            about["unit"], float(mass[row]),
        )  # fmt: skip


class _Mapper:
    def __init__(self, factors: Sequence[MethodFactor]) -> None:
        self.by_id: dict[str, MethodFactor] = {}
        self.by_cas: defaultdict[str, list[MethodFactor]] = defaultdict(list)
        self.by_name: defaultdict[str, list[MethodFactor]] = defaultdict(list)
        self.used: set[int] = set()
        for factor in factors:
            if factor.flow:
                self.by_id.setdefault(factor.flow.lower(), factor)
            if factor.substance.cas:
                self.by_cas[factor.substance.cas].append(factor)
            for name in factor.substance.names:
                self.by_name[name].append(factor)

    def map(self, target: _Target) -> MappedFlow:
        same = self.by_id.get(target.id.lower())
        if same is not None and same.direction in {"", target.direction}:
            return self._taken(target, "identifier", [same], "")
        by_cas = self.by_cas.get(target.substance.cas, []) if target.substance.cas else []
        by_name = [factor for name in sorted(target.substance.names) for factor in self.by_name.get(name, ())]
        # A synonym of another substance does not count where both CAS numbers are known.
        by_name = [factor for factor in by_name if target.substance.cas in {"", factor.substance.cas} or not factor.substance.cas]  # fmt: skip
        missed = ""
        for how, candidates in (("cas", by_cas), ("name", by_name)):
            if candidates:
                kept, reason = _narrowed(target, candidates)
                if kept:
                    return self._taken(target, how, kept, reason)
                missed = missed or reason
        nearest = next(iter((*by_cas, *by_name)), None)
        return _line(target, "", nearest.name if nearest else "", math.nan, missed)

    def _taken(self, target: _Target, how: str, kept: list[MethodFactor], note: str) -> MappedFlow:
        factor = kept[0]
        scale = _scale(target, factor)
        if math.isnan(scale):
            units = f"{target.unit} and {factor.unit}"
            return _line(target, "", factor.name, math.nan, f"the units {units} do not convert")
        self.used |= {id(each) for each in kept}
        return _line(target, how, factor.name, factor.value * scale, note)


def _line(target: _Target, how: str, factor: str, value: float, note: str) -> MappedFlow:
    return MappedFlow(
        target.row,
        target.id,
        target.name,
        target.path,
        target.direction,
        target.unit,
        how,
        factor,
        value,
        note,
    )


def _scale(target: _Target, factor: MethodFactor) -> float:
    """Units of the factor's flow per unit of the target [1]."""
    if not factor.unit or factor.unit == target.unit:
        return 1.0
    try:
        return conversion_factor(target.unit, factor.unit)
    except CradlemarkError:
        pass
    try:  # a flow in another quantity whose mass the source gives
        return target.mass * conversion_factor("kg", factor.unit)
    except CradlemarkError:
        return math.nan


def _narrowed(target: _Target, candidates: list[MethodFactor]) -> tuple[list[MethodFactor], str]:
    """Candidates that may be used with what was assumed; or none and the reason."""
    notes: list[str] = []
    kept = [each for each in candidates if each.direction in {"", target.direction}]
    if not kept:
        return [], f"characterised as {candidates[0].direction} only"
    for narrow in (_same_medium, _same_carbon, _same_part):
        kept, note = narrow(target, kept)
        if not kept:
            return [], note
        notes += [note] if note else []
    values = [each.value for each in kept]
    if max(values) - min(values) > SAME * max(abs(value) for value in values):
        return [], f"its factors differ: {min(values):.6g} to {max(values):.6g}"
    return kept, "; ".join(notes)


def _same_medium(target: _Target, candidates: list[MethodFactor]) -> tuple[list[MethodFactor], str]:
    medium = target.compartment.medium
    if not medium:
        return [], "its compartment is not understood"
    kept = [each for each in candidates if each.compartment.medium == medium]
    others = ", ".join(sorted({each.compartment.medium or "?" for each in candidates}))
    return kept, "" if kept else f"characterised in {others}, not in {medium}"


def _same_carbon(target: _Target, candidates: list[MethodFactor]) -> tuple[list[MethodFactor], str]:
    if not any(each.substance.cas in CARBON for each in candidates):
        return candidates, ""
    wanted = target.substance.origin
    if not wanted and target.compartment == FROM_AIR:
        # Carbon that is taken from the air is that of growing plants.
        kept = [each for each in candidates if each.substance.origin == "biogenic"]
        if kept:
            return kept, "taken from the air, so biogenic"
    kept = [each for each in candidates if each.substance.origin == wanted]
    if kept:
        return kept, ""
    if not wanted:
        kept = [each for each in candidates if each.substance.origin == "fossil"]
        return (
            kept,
            "origin of the carbon not stated, taken as fossil" if kept else "origin of the carbon not stated",
        )
    if wanted == "fossil":
        kept = [each for each in candidates if not each.substance.origin]
        if kept:
            return kept, "factor without origin of the carbon"
    others = ", ".join(sorted({each.substance.origin or "not stated" for each in candidates}))
    return [], f"{wanted.replace('_', ' ')} carbon; characterised for {others.replace('_', ' ')} carbon only"


def _same_part(target: _Target, candidates: list[MethodFactor]) -> tuple[list[MethodFactor], str]:
    """The same part of the compartment, else the factor for the unspecified part, else one that all parts share."""
    part = target.compartment.part
    for wanted in (part, ANY):
        kept = [each for each in candidates if each.compartment.part == wanted]
        if kept:
            return kept, ""
    general = [each for each in candidates if not each.compartment.part]
    if general and not part.startswith(LONG_TERM):
        return general, f"no factor for {target.compartment}, taken from {general[0].compartment}"
    values = {each.value for each in candidates}
    if len(values) == 1:
        return candidates, f"no factor for {target.compartment}, all parts have the same one"
    return [], f"no factor for {target.compartment}, and the parts differ"


def with_known_numbers(factors: Iterable[MethodFactor]) -> tuple[MethodFactor, ...]:
    """Give factors of one name the CAS number that another factor of this name has."""
    factors = tuple(factors)
    known: defaultdict[str, set[str]] = defaultdict(set)
    for factor in factors:
        for name in factor.substance.names:
            known[name].add(factor.substance.cas)
    return tuple(_numbered(factor, known.__getitem__) for factor in factors)


def _numbered(factor: MethodFactor, known: Callable[[str], set[str]]) -> MethodFactor:
    if factor.substance.cas:
        return factor
    found = {number for name in factor.substance.names for number in known(name)} - {""}
    if len(found) != 1:
        return factor
    return attrs.evolve(factor, substance=attrs.evolve(factor.substance, cas=found.pop()))
