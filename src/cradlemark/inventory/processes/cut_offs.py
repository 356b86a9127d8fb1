"""How much the cut-offs of a database may weigh: proxies for open inputs, added up along the supply chain.

With proxy impacts as direct impacts the same adjoint system Aᵀ λ = d gives, for every product, what its cut-offs and
those of its suppliers would add per unit. It is an estimate to be shown beside the result, never a part of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

import attrs
import numpy as np
from rapidfuzz import fuzz, process
from scipy import sparse
from scipy.sparse import csgraph

from cradlemark.core.language import Text
from cradlemark.engine.solve import solve
from cradlemark.inventory.matching import Matcher
from cradlemark.inventory.processes.linking import FREE
from cradlemark.inventory.processes.products import products_of
from cradlemark.inventory.processes.proxies import (
    CHOSEN,
    LONGEST,
    Proxy,
    Wanted,
    chosen_proxy,
    packaged_proxy,
    unit_factor,
)
from cradlemark.inventory.processes.solved import Solved
from cradlemark.inventory.processes.tables import FloatArray, IntArray, ProcessDatabase

ALIKE = 92.0
"""Least likeness [0-100] of the names of a cut-off and of a product of the database with the same unit."""
SAME = Text(
    "Median of {count} makers of the same product in this database.",
    "本数据库中该产品 {count} 个生产方的中位数。",
)
LIKE = Text(
    "A product of this database whose name is {score:.0f} % alike.",
    "本数据库中名称相似度 {score:.0f}% 的产品。",
)


@attrs.frozen
class OpenInput:
    """All cut-offs of one flow.

    Parameters
    ----------
    flow : int
        Row of flows.
    name : Text
    unit : str
        Reference unit of the flow.
    uses : int
        Exchanges without provider.
    proxy : Proxy or None
    """

    flow: int
    name: Text
    unit: str
    uses: int
    proxy: Proxy | None


@attrs.frozen(eq=False)
class CutOffWeights:
    """What the cut-offs may add to every product.

    Parameters
    ----------
    inputs : tuple of OpenInput
        The most used first; those that are free of burden by convention are left out.
    own, added : ndarray of float64, shape (activities,)
        Estimate for the activity's own cut-offs, and for those of its whole supply chain
        [kg CO2e / reference unit of the product].
    unknown : ndarray of int64, shape (activities,)
        Cut-offs in the whole supply chain that have no estimate.
    """

    inputs: tuple[OpenInput, ...]
    own: FloatArray
    added: FloatArray
    unknown: IntArray

    @property
    def estimated_uses(self) -> tuple[int, int]:
        """Cut-offs with an estimate, and all that need one."""
        return sum(each.uses for each in self.inputs if each.proxy), sum(each.uses for each in self.inputs)


def cut_off_weights(solved: Solved, matcher: Matcher) -> CutOffWeights:
    """Find a proxy for every open input and add up along the supply chain.

    Parameters
    ----------
    solved : Solved
        Its first category is climate change.
    matcher : Matcher
        Over the packaged factors.
    """
    database = solved.database
    needed = _needed(database)
    wanted = _wanted(database, needed)
    packaged = {flow: packaged_proxy(asked, matcher) for flow, asked in wanted.items()}
    first = {flow: proxy for flow, proxy in packaged.items() if proxy is not None}
    _, added = _added(solved, needed, first)
    proxies = first | _from_database(solved, wanted, added)
    proxies |= _by_person(solved, wanted, matcher, added)
    own, added = _added(solved, needed, proxies)
    uses = _uses(database, needed)
    names, chinese = (database["flows"].texts(column) for column in ("name_en", "name_zh"))
    inputs = tuple(
        OpenInput(flow, Text(names[flow], chinese[flow]), wanted[flow].unit, count, proxies.get(flow))
        for flow, count in sorted(uses.items(), key=lambda item: (-item[1], item[0]))
    )
    return CutOffWeights(inputs, own, added, _unknown(solved, needed, proxies))


def _needed(database: ProcessDatabase) -> IntArray:
    """Rows of the table of cut-offs that need an estimate."""
    reasons = database["cut_offs"].texts("reason")
    return np.array([row for row, reason in enumerate(reasons) if reason != FREE], np.int64)


def _uses(database: ProcessDatabase, needed: IntArray) -> Counter[int]:
    """Exchanges without provider by flow; one that is shared among products counts once."""
    cut_offs = database["cut_offs"]
    pairs = np.stack([cut_offs.integers("exchange")[needed], cut_offs.integers("flow")[needed]])
    return Counter(np.unique(pairs, axis=1)[1].tolist())


def _wanted(database: ProcessDatabase, needed: IntArray) -> dict[int, Wanted]:
    flows, cut_offs = database["flows"], database["cut_offs"]
    places = database["processes"].texts("location")
    users: defaultdict[int, Counter[str]] = defaultdict(Counter)
    owners = database["activities"].integers("process")[cut_offs.integers("column")[needed]]
    for flow, owner in zip(cut_offs.integers("flow")[needed].tolist(), owners.tolist(), strict=True):
        users[flow][places[owner]] += 1
    columns = tuple(flows.texts(name) for name in ("name_en", "name_zh", "unit", "kind"))
    return {
        flow: Wanted(
            (columns[0][flow], columns[1][flow]), columns[2][flow], columns[3][flow] == "waste",
            min(found, key=lambda place: (-found[place], place)),
        )
        for flow, found in users.items()
    }  # fmt: skip


def _from_database(solved: Solved, wanted: Mapping[int, Wanted], added: FloatArray) -> dict[int, Proxy]:
    """Products of the database itself: makers of the same flow first, then a product of a very similar name.

    Their value is the result with the estimate of its own cut-offs; a product that rests more on estimates than on
    its result stands for nothing.
    """
    database, result = solved.database, solved.result.values[0]
    values = result + added
    makers: defaultdict[int, list[int]] = defaultdict(list)
    for activity, flow in enumerate(database["activities"].integers("flow").tolist()):
        if result[activity] > 0.0 and abs(added[activity]) <= result[activity]:
            makers[flow].append(activity)
    found: dict[int, Proxy] = {}
    for flow in wanted:
        if makers.get(flow):
            median = float(np.median(values[makers[flow]]))
            reason = SAME.format(count=len(makers[flow]))
            found[flow] = _calculated(database, flow, makers[flow][0], 100.0, median, reason)
    return found | _of_similar_name(database, wanted, makers, values)


def _by_person(
    solved: Solved, wanted: Mapping[int, Wanted], matcher: Matcher, added: FloatArray
) -> dict[int, Proxy]:
    """Proxies that a mapping file chose; one that is unknown or does not convert stands for nothing."""
    database = solved.database
    table, rows = database["mappings"], {name: row for row, name in enumerate(database["flows"].texts("id"))}
    own = {product.id: product for product in products_of(database)} if len(table) else {}
    found: dict[int, Proxy] = {}
    columns = zip(table.texts("flow"), table.texts("proxy"), table.numbers("factor").tolist(), strict=True)
    for identifier, source, factor in columns:
        flow = rows.get(identifier, -1)
        if not source or flow not in wanted:
            continue
        product = own.get(source)
        if product is None:
            proxy = chosen_proxy(source, wanted[flow].unit, factor, matcher)
        else:
            total = float(solved.result.values[0, product.activity] + added[product.activity])
            scale = unit_factor(wanted[flow].unit, product.unit, factor)
            proxy = Proxy(product.name, source, 100.0, total * scale, "calculated", CHOSEN)
        if proxy is not None and np.isfinite(proxy.value):
            found[flow] = proxy
    return found


def _of_similar_name(
    database: ProcessDatabase,
    wanted: Mapping[int, Wanted],
    makers: Mapping[int, list[int]],
    values: FloatArray,
) -> dict[int, Proxy]:
    units, names = database["flows"].texts("unit"), database["flows"].texts("name_en")
    by_unit: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for flow in makers:
        by_unit[units[flow]][flow] = _in_order(names[flow])
    found: dict[int, Proxy] = {}
    for flow, asked in wanted.items():
        if flow in makers or not asked.names[0] or not by_unit[asked.unit]:
            continue
        best = process.extractOne(
            _in_order(asked.names[0]), by_unit[asked.unit], scorer=fuzz.ratio, score_cutoff=ALIKE
        )
        if best is not None:
            _, score, other = best
            median = float(np.median(values[makers[other]]))
            reason = LIKE.format(score=score)
            found[flow] = _calculated(database, other, makers[other][0], float(score), median, reason)
    return found


def _in_order(name: str) -> str:
    """The words of a name in alphabetical order, so that they are compared wherever they stand."""
    return " ".join(sorted(name[:LONGEST].lower().replace(",", " ").split()))


def _calculated(
    database: ProcessDatabase, flow: int, activity: int, score: float, value: float, reason: Text
) -> Proxy:
    flows = database["flows"]
    maker = int(database["activities"].integers("process")[activity])
    source = f"{database['processes'].texts('id')[maker]}/{flows.texts('id')[flow]}"
    name = Text(flows.texts("name_en")[flow], flows.texts("name_zh")[flow])
    return Proxy(name, source, score, value, "calculated", reason)


def _added(solved: Solved, needed: IntArray, proxies: Mapping[int, Proxy]) -> tuple[FloatArray, FloatArray]:
    """Estimate per unit of every product: of its own cut-offs, and of the whole supply chain."""
    cut_offs = solved.database["cut_offs"]
    value = np.zeros(len(solved.database["flows"]))
    for flow, proxy in proxies.items():
        value[flow] = proxy.value
    weights = value[cut_offs.integers("flow")[needed]] * cut_offs.numbers("amount")[needed]
    matrices = solved.matrices
    direct = np.zeros(matrices.reference_amount.size)
    np.add.at(direct, cut_offs.integers("column")[needed], weights)
    if not direct.any():
        return direct, direct
    upstream = solve(solved.operator, direct[None, :], kind="adjoint").values[0]
    return direct / np.abs(matrices.reference_amount), upstream * matrices.sign


def _unknown(solved: Solved, needed: IntArray, proxies: Mapping[int, Proxy]) -> IntArray:
    """Cut-offs without estimate in the supply chain of every product; a loop shares what any of its members has."""
    cut_offs = solved.database["cut_offs"]
    columns, flows = cut_offs.integers("column")[needed], cut_offs.integers("flow")[needed]
    without = np.array([flow not in proxies for flow in flows.tolist()], np.bool_)
    technosphere = sparse.csr_array(solved.matrices.technosphere)
    count, label = csgraph.connected_components(technosphere, connection="strong")
    masks = [0] * count
    exchanges = {
        exchange: bit
        for bit, exchange in enumerate(np.unique(cut_offs.integers("exchange")[needed]).tolist())
    }
    for column, exchange in zip(
        columns[without].tolist(), cut_offs.integers("exchange")[needed][without].tolist(), strict=True
    ):
        masks[label[column]] |= 1 << exchanges[exchange]
    for part, suppliers in _from_upstream(technosphere, count, label):
        for supplier in suppliers:
            masks[part] |= masks[supplier]
    return np.array([masks[part].bit_count() for part in label.tolist()], np.int64)


def _from_upstream(
    technosphere: sparse.csr_array, count: int, label: IntArray
) -> list[tuple[int, list[int]]]:
    """Components with the components they buy from, suppliers before buyers."""
    entries = technosphere.tocoo()
    supplier, buyer = label[entries.coords[0]], label[entries.coords[1]]
    between = supplier != buyer
    suppliers: list[list[int]] = [[] for _ in range(count)]
    buyers: list[list[int]] = [[] for _ in range(count)]
    pairs = np.unique(np.stack([supplier[between], buyer[between]]), axis=1)
    for one, other in pairs.T.tolist():
        suppliers[other].append(one)
        buyers[one].append(other)
    waiting = [len(each) for each in suppliers]
    ready = [part for part in range(count) if not waiting[part]]
    order: list[tuple[int, list[int]]] = []
    for part in ready:
        order.append((part, suppliers[part]))
        for other in buyers[part]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return order
