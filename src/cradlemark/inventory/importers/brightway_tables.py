"""Matrices with integer identifiers as the tables of a source, by whole columns.

Signs: a product with a negative reference amount is a waste, and its process treats it; its row is turned round, so that
the treatment is a positive service here. A positive entry outside the reference is an avoided product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.inventory.importers.brightway_groups import KEPT, GroupEntries, joined
from cradlemark.inventory.processes.collect import Collector
from cradlemark.inventory.processes.columns import coded
from cradlemark.inventory.processes.schema import NONE, SCHEMA
from cradlemark.inventory.processes.tables import Coded, Column, FloatArray, IntArray, Table

TECHNOSPHERE, BIOSPHERE, CHARACTERISATION = (
    "technosphere_matrix",
    "biosphere_matrix",
    "characterization_matrix",
)
Labels = Mapping[str, str]
Flags = NDArray[np.bool_]
_NO_LABELS: Labels = {}
_ROLES = ("reference", "input", "avoided", "waste", "product", "emission", "resource")
_REFERENCE, _INPUT, _AVOIDED, _WASTE, _PRODUCT, _EMISSION, _RESOURCE = range(len(_ROLES))


@attrs.frozen(eq=False)
class CategoryEntries:
    """Factors of one impact category: words of its identifier, entries, and the column that stands for all places."""

    words: tuple[str, ...]
    entries: GroupEntries
    global_index: int | None


@attrs.frozen(eq=False)
class Source:
    """What a package holds.

    Parameters
    ----------
    technosphere, biosphere : GroupEntries
    categories : tuple of CategoryEntries
    labels : mapping
        By matrix and side (``technosphere_matrix rows``), rows of the tables of the package by identifier.
    """

    technosphere: GroupEntries
    biosphere: GroupEntries
    categories: tuple[CategoryEntries, ...]
    labels: Mapping[str, Mapping[int, Labels]]

    def label(self, matrix: str, side: str) -> Mapping[int, Labels]:
        """Rows of the tables for one side of a matrix."""
        return self.labels.get(f"{matrix} {side}", {})


def tables_of(source: Source, collector: Collector) -> dict[str, Table]:
    """Tables of the source: processes, products and elementary flows in order of their identifiers."""
    technosphere, biosphere = source.technosphere, source.biosphere
    columns = np.union1d(technosphere.col, biosphere.col)
    products, elementary = np.unique(technosphere.row), np.unique(biosphere.row)
    row, col = np.searchsorted(products, technosphere.row), np.searchsorted(columns, technosphere.col)
    maker, made, matched = _makers(technosphere, row, col, _same(products, columns), len(columns))
    collector.counts["products matched by the structure of the matrix"] += matched
    collector.counts["processes unit_process"] += len(columns)
    collector.counts["flows read"] += len(products) + len(elementary)
    processes = _processes(source, columns)
    flows = _flows(source, products, elementary, waste=made < 0.0)
    exchanges = _exchanges(source, (row, col), maker, made < 0.0, columns, elementary, processes, flows)
    collector.counts["exchanges stored"] += len(exchanges)
    collector.counts["uncertainties"] += sum(map(bool, exchanges.texts("distribution")))
    tables = {name: _table(name, 0) for name in ("allocation_factors", "parameters")}
    tables |= {"processes": processes, "flows": flows, "exchanges": exchanges}
    for flow, number in zip(flows.texts("id"), flows.texts("cas"), strict=True):
        collector.cas_numbers.state(flow, number)
    tables |= _quantities(flows) | _categories(source, collector, flows, products, elementary)
    return collector.cas_numbers.on(tables)


def _makers(
    technosphere: GroupEntries, row: IntArray, col: IntArray, same: IntArray, columns: int
) -> tuple[IntArray, FloatArray, int]:
    if not len(row):
        return np.full(len(same), NONE, np.int64), np.zeros(len(same)), 0
    # Sparse matrices take half a second to load, which a source that is refused must not cost.
    from cradlemark.inventory.importers.brightway_products import makers

    shape = (len(same), columns)
    return makers(row, col, technosphere.amount, technosphere.reference, same=same, shape=shape)


def _same(products: IntArray, columns: IntArray) -> IntArray:
    if not len(columns):
        return np.full(len(products), -1, np.int64)
    place = np.minimum(np.searchsorted(columns, products), len(columns) - 1)
    return np.where(columns[place] == products, place, -1)


def _table(name: str, count: int, /, **columns: Column | Coded) -> Table:
    """A table of `count` rows; columns that are left out are absent values."""
    absent: dict[str, Column | Coded] = {
        "text": Coded(np.zeros(count, np.int32), ("",)),
        "integer": np.full(count, NONE, np.int64),
        "number": np.full(count, np.nan),
    }
    return Table(name, {field.name: columns.get(field.name, absent[field.kind]) for field in SCHEMA[name]})


def _texts(labels: Mapping[int, Labels], identifiers: IntArray, *names: str) -> tuple[str, ...]:
    """The first of some columns that has a text, for each identifier."""
    found = []
    for identifier in identifiers.tolist():
        line = labels.get(identifier, _NO_LABELS)
        found.append(next((line[name] for name in names if line.get(name)), ""))
    return tuple(found)


def _named(texts: Sequence[str], identifiers: IntArray) -> tuple[str, ...]:
    return tuple(
        text or str(identifier) for text, identifier in zip(texts, identifiers.tolist(), strict=True)
    )


def _unique(texts: Sequence[str], identifiers: IntArray, taken: set[str]) -> tuple[str, ...]:
    """Codes where they are unique and free, otherwise the identifiers themselves."""
    usable = len(set(texts)) == len(texts) and all(texts) and not taken.intersection(texts)
    return tuple(texts) if usable else tuple(str(identifier) for identifier in identifiers.tolist())


def _processes(source: Source, columns: IntArray) -> Table:
    labels = {**source.label(BIOSPHERE, "cols"), **source.label(TECHNOSPHERE, "cols")}
    return _table(
        "processes", len(columns), id=_unique(_texts(labels, columns, "code"), columns, set()),
        name_en=_named(_texts(labels, columns, "name"), columns), name_zh=_texts(labels, columns, "name_zh"),
        kind=("unit_process",) * len(columns), category=_texts(labels, columns, "categories", "category"),
        location=_texts(labels, columns, "location"), usable=np.ones(len(columns), np.int64),
    )  # fmt: skip


def _flows(source: Source, products: IntArray, elementary: IntArray, *, waste: Flags) -> Table:  # fmt: skip
    of_products, of_flows = source.label(TECHNOSPHERE, "rows"), source.label(BIOSPHERE, "rows")
    flow_ids = _unique(_texts(of_flows, elementary, "code"), elementary, set())
    given = _unique(_texts(of_products, products, "product code"), products, set(flow_ids))
    product_ids = (
        given if not set(given) & set(flow_ids) else tuple(f"product {identifier}" for identifier in given)
    )
    kinds = tuple("waste" if is_waste else "product" for is_waste in waste.tolist())
    both = (*product_ids, *flow_ids)
    units = _texts(of_products, products, "unit") + _texts(of_flows, elementary, "unit")
    empty = ("",) * len(products)
    return _table(
        "flows", len(both), id=both, kind=(*kinds, *("elementary",) * len(elementary)), unit=units,
        name_en=(
            *_named(_texts(of_products, products, "reference product", "product", "name"), products),
            *_named(_texts(of_flows, elementary, "name"), elementary),
        ),
        name_zh=empty + _texts(of_flows, elementary, "name_zh"),
        category=empty + _texts(of_flows, elementary, "categories", "category", "compartment"),
        cas=empty + _texts(of_flows, elementary, "cas number", "cas"), formula=empty + _texts(of_flows, elementary, "formula"),
        property=tuple(f"amount in {unit}" for unit in units),
    )  # fmt: skip


def _exchanges(
    source: Source, places: tuple[IntArray, IntArray], maker: IntArray, waste: Flags, columns: IntArray,
    elementary: IntArray, processes: Table, flows: Table,
) -> Table:  # fmt: skip
    row, col = places
    technosphere, biosphere = source.technosphere, source.biosphere
    taken_in = _texts(source.label(BIOSPHERE, "rows"), elementary, "direction", "type")
    resources = np.array(
        [text.lower() in {"input", "natural resource", "resource"} for text in taken_in], np.bool_
    )
    flow = np.searchsorted(elementary, biosphere.row)
    role, amount = _roles(technosphere.amount, row, col, maker, waste)
    if len(biosphere):
        role = np.concatenate([role, np.where(resources[flow], _RESOURCE, _EMISSION)])
        amount = np.concatenate([amount, biosphere.amount])
    process = np.concatenate([col, np.searchsorted(columns, biosphere.col)])
    of_flow = np.concatenate([row, flow + len(maker)])
    order = np.argsort(process, kind="stable")
    entries = joined([technosphere, biosphere]).take(order)
    role, amount, process, of_flow = role[order], amount[order], process[order], of_flow[order]
    supplier = np.where(
        role < _PRODUCT, np.concatenate([maker, np.full(len(flows) - len(maker), NONE)])[of_flow], NONE
    )
    ids = (*processes.texts("id"), "")
    units = coded(flows.texts("unit"))
    demand = (role != _REFERENCE) & (role < _PRODUCT)
    inward = (
        (role == _INPUT)
        | (role == _AVOIDED)
        | (role == _RESOURCE)
        | ((role == _REFERENCE) & _waste_of(waste, of_flow))
    )
    return _table(
        "exchanges", len(order), process=process, number=_numbers(process), flow=of_flow,
        direction=_picked(("output", "input"), inward), role=_picked(_ROLES, role),
        amount=amount, source_amount=entries.given, factor=_ratio(amount, entries.given),
        source_unit=units.take(of_flow),
        declared_provider=_picked(ids, np.where(demand, supplier, len(ids) - 1)), **_spread(entries, amount),
    )  # fmt: skip


def _waste_of(waste: Flags, flow: IntArray) -> Flags:
    return np.isin(flow, np.flatnonzero(waste))


def _roles(
    value: FloatArray, row: IntArray, col: IntArray, maker: IntArray, waste: Flags
) -> tuple[IntArray, FloatArray]:
    """Role and amount of every entry of the technosphere."""
    if not len(value):
        return np.empty(0, np.int64), np.empty(0)
    turned = np.where(waste[row], -value, value)
    own = (maker[row] == col) & (turned > 0.0)
    unmade = (maker[row] < 0) & (turned > 0.0)
    role = np.full(len(value), _INPUT, np.int64)
    for which, meaning in (
        (turned > 0.0, _AVOIDED),
        (waste[row], _WASTE),
        (unmade, _PRODUCT),
        (own, _REFERENCE),
    ):
        role[which] = meaning
    out = own | unmade | (role == _AVOIDED)
    return role, np.where(out, turned, -turned) + 0.0


def _numbers(process: IntArray) -> IntArray:
    """Numbers from 1 within each process; processes are in order."""
    if not len(process):
        return np.empty(0, np.int64)
    start = np.r_[True, process[1:] != process[:-1]]
    places = np.arange(len(process))
    return places - np.maximum.accumulate(np.where(start, places, 0)) + 1


def _ratio(amount: FloatArray, given: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(given == 0.0, 1.0, amount / given)


def _picked(values: tuple[str, ...], places: IntArray | Flags | NDArray[np.uint8]) -> Coded:
    """The text at a place for each row."""
    return Coded(places.astype(np.int32), values)


def _spread(entries: GroupEntries, amount: FloatArray) -> dict[str, Column | Coded]:
    """Distributions in the table's terms: their amounts times what the entry was multiplied with."""
    ratio = _ratio(amount, entries.given)
    kept = np.isin(entries.kind, list(KEPT))
    kind = np.where(kept, entries.kind, 0)
    bounded = (kind == 4) | (kind == 5)
    turned = bounded & (ratio < 0.0)
    last = np.where(kind == 5, entries.p3, entries.p2)
    low, high = np.where(turned, last, entries.p1) * ratio, np.where(turned, entries.p1, last) * ratio
    p2 = np.select(
        [kind == 2, kind == 3, kind == 4, kind == 5],
        [entries.p2, entries.p2 * np.abs(ratio), high, entries.p2 * ratio], default=np.nan,
    )  # fmt: skip
    names = ("", "", *(KEPT[code] for code in sorted(KEPT)))
    return {
        "distribution": _picked(names, kind),
        "p1": np.select([bounded, kind > 0], [low, entries.p1 * ratio], default=np.nan),
        "p2": p2,
        "p3": np.where(kind == 5, high, np.nan),
    }


def _quantities(flows: Table) -> dict[str, Table]:
    """One property and one unit group for each unit: a package converts nothing."""
    units = flows.texts("unit")
    known = tuple(sorted(set(units)))
    return {
        "flow_properties": _table(
            "flow_properties", len(units), flow=np.arange(len(units)), property=flows.texts("property"), unit=units,
            name=flows.texts("property"), factor=np.ones(len(units)),
        ),
        "units": _table(
            "units", len(known), group=tuple(f"unit {unit}" for unit in known), unit=known,
            group_name=tuple(f"Units of {unit}" for unit in known), factor=np.ones(len(known)),
        ),
    }  # fmt: skip


def _categories(
    source: Source, collector: Collector, flows: Table, products: IntArray, elementary: IntArray
) -> dict[str, Table]:
    ids = dict(zip(elementary.tolist(), flows.texts("id")[len(products) :], strict=True))
    ordered = sorted(source.categories, key=lambda item: item.words)
    labels = source.label(CHARACTERISATION, "rows")
    owner, named, value, place, words = [], [], [], [], []
    for number, category in enumerate(ordered):
        for (identifier, where), amount in sorted(_sums(category).items()):
            owner.append(number)
            named.append(ids.get(identifier, str(identifier)))
            value.append(amount)
            place.append(where)
            words.append(labels.get(identifier, _NO_LABELS).get("name", ""))
    collector.counts["impact categories"] += len(ordered)
    collector.counts["characterisation factors stored"] += len(named)
    names, units = (
        zip(*(_name_and_unit(category.words) for category in ordered), strict=True) if ordered else ((), ())
    )
    return {
        "impact_categories": _table(
            "impact_categories", len(ordered), id=tuple("/".join(c.words) or "characterisation" for c in ordered),
            method=tuple(", ".join(c.words[:-1]) for c in ordered), name_en=names, unit=units,
        ),
        "characterisation": _table(
            "characterisation", len(named), category=np.array(owner, np.int64), flow=tuple(named),
            value=np.array(value, np.float64), location=tuple(place), flow_name=tuple(words),
        ),
    }  # fmt: skip


def _sums(category: CategoryEntries) -> dict[tuple[int, str], float]:
    """Factors by flow and place; equal ones add up."""
    entries = category.entries
    found: dict[tuple[int, str], float] = {}
    for row, col, amount in zip(
        entries.row.tolist(), entries.col.tolist(), entries.amount.tolist(), strict=True
    ):
        everywhere = category.global_index is None or col == category.global_index
        key = (row, "" if everywhere else str(col))
        found[key] = found.get(key, 0.0) + amount
    return found


def _name_and_unit(words: tuple[str, ...]) -> tuple[str, str]:
    """Name and unit of ``Climate change [kg CO2e]``; the unit is empty when none is named."""
    name = words[-1] if words and words[-1] else "characterisation"
    before, bracket, unit = name.rpartition(" [")
    return (before, unit.removesuffix("]")) if bracket and unit.endswith("]") else (name, "")
