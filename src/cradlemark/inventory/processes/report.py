"""The report of an import: everything read, stored, decided, refused and left open, counted and listed."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import starmap

import attrs
import cattrs
import numpy as np

from cradlemark.core.errors import Problem, StateError
from cradlemark.core.language import Language, Text
from cradlemark.inventory.processes.assemble import Assembled
from cradlemark.inventory.processes.collect import Collected
from cradlemark.inventory.processes.linking import AMBIGUOUS, LINKED, OPEN
from cradlemark.inventory.processes.mapping_files import MappingFile
from cradlemark.inventory.processes.remark_words import phrase, remark
from cradlemark.inventory.processes.report_names import chinese_names
from cradlemark.inventory.processes.source_doubts import source_doubts
from cradlemark.inventory.processes.tables import ProcessDatabase, Table

LITTLE = 0.1
"""Share of a process by mass or energy below which its reference product is asked about [1]; our own choice."""
SCHEMA_NAME = "cradlemark-import-report-2"
"""Name of the form of the report as a document."""


@attrs.frozen
class Estimate:
    """What a cut-off may weigh, by a proxy; shown, never added.

    Parameters
    ----------
    name : Text
    source : str
        Identifier of the proxy.
    score : float
        How well it fits [0-100].
    value : float
        [kg CO2e / unit of the cut-off]
    status : str
    """

    name: Text
    source: str
    score: float
    value: float
    status: str


@attrs.frozen
class Cut:
    """Inputs of one flow that have no provider, with the identifiers of all processes that use it."""

    flow: str
    unit: str
    reason: str
    exchanges: int
    processes: tuple[str, ...]
    flow_id: str = ""
    estimate: Estimate | None = None


@attrs.frozen
class ProductShare:
    """What one product carries of a process: a share [1], or None when it differs by exchange."""

    product: str
    amount: float
    unit: str
    share: float | None


@attrs.frozen
class Division:
    """How one multi-output process was divided."""

    process: str
    name: str
    products: int
    method: str
    """Empty when there was no usable basis."""
    sum_low: float
    sum_high: float
    reasons: tuple[Text, ...]
    shares: tuple[ProductShare, ...] = ()
    possible: tuple[str, ...] = ()
    """Policies that were not asked for and would have a basis; none where it was divided."""


@attrs.frozen
class Converted:
    """Exchanges whose unit was converted: reference units of the flow per source unit [1], and how many."""

    source_unit: str
    unit: str
    factor: float
    exchanges: int


@attrs.frozen
class Chosen:
    """A line of the mapping file and how many exchanges it decided.

    Parameters
    ----------
    where : str
        Place in the mapping file.
    flow, process, place : str
        What it is about.
    choice : Text
        ``provider ...``, ``proxy ...`` or ``cut-off: reason``.
    exchanges : int
    """

    where: str
    flow: str
    process: str
    place: str
    choice: Text
    exchanges: int


@attrs.frozen
class Remarked:
    """A product whose result should be looked at [kg CO2e / unit]."""

    product: str
    process: str
    unit: str
    value: float
    reasons: tuple[Text, ...]


@attrs.frozen
class NotKept:
    """What the source says and is not kept, and how often it says it."""

    what: Text
    count: int


@attrs.frozen
class ImportReport:
    """What became of a source.

    Parameters
    ----------
    counts : mapping of str to int
        By name; see the reference of process databases. ``exchanges read`` is the sum of ``exchanges used``,
        ``exchanges idle``, ``exchanges unlinked``, ``exchanges ambiguous`` and ``exchanges refused``.
    links : mapping of str to int
        Inputs by the rule that found their provider, or the reason why there is none.
    conversions : tuple of Converted
    distributions, parameter_distributions : mapping of str to int
        Uncertainties kept, by distribution.
    remarked : tuple of Remarked
        Products whose climate impact should be looked at.
    """

    id: str
    source: str
    format: str
    digest: str
    allocation: str
    counts: Mapping[str, int]
    links: Mapping[str, int]
    divisions: tuple[Division, ...]
    cuts: tuple[Cut, ...]
    without_product: tuple[str, ...]
    languages: Mapping[str, int]
    unread: tuple[NotKept, ...]
    problems: tuple[Problem, ...]
    conversions: tuple[Converted, ...] = ()
    distributions: Mapping[str, int] = attrs.field(factory=dict)
    parameter_distributions: Mapping[str, int] = attrs.field(factory=dict)
    mapping: str = ""
    """Name and digest of the mapping file; empty without one."""
    chosen: tuple[Chosen, ...] = ()
    remarked: tuple[Remarked, ...] = ()
    unsolved: Text = Text()
    """Why the database has no result, when it has none."""
    chinese: Mapping[str, str] = attrs.field(factory=dict)
    """Chinese names by the English ones used here."""

    def name(self, english: str, language: Language) -> str:
        """A name in the language of the reader, where the source has it."""
        return self.chinese.get(english, english) if language == "zh" else english

    @property
    def without_gases(self) -> bool:
        """Whether no product at all has a climate impact, and not because inputs are cut off: no flow is a greenhouse gas."""
        reasons = {tuple(reason.en for reason in item.reasons) for item in self.remarked}
        return reasons == {("no climate impact",)} and len(self.remarked) == self.counts.get(
            "activities stored", 0
        )

    @property
    def advice(self) -> tuple[str, int, int]:
        """The measured policy that would divide most processes without allocation, how many, and of how many.

        Empty where none would help. What puts everything on one product is never advised.
        """
        without = [division for division in self.divisions if not division.method]
        helped = Counter(policy for division in without for policy in division.possible)
        best = max(("mass", "energy", "price"), key=lambda policy: helped[policy])
        return (best, helped[best], len(without)) if helped[best] else ("", 0, len(without))

    @property
    def balanced(self) -> bool:
        """Whether every exchange that was read is accounted for."""
        parts = ("used", "idle", "unlinked", "ambiguous", "refused")
        return self.counts["exchanges read"] == sum(self.counts[f"exchanges {part}"] for part in parts)

    def as_document(self) -> dict[str, object]:
        """The report as plain values for JSON."""
        document: dict[str, object] = attrs.asdict(self)
        return {"schema": SCHEMA_NAME} | document | {"balanced": self.balanced}


def report_of_document(document: Mapping[str, object]) -> ImportReport:
    """The report that `ImportReport.as_document` wrote.

    Raises
    ------
    StateError
        ``report-unreadable`` for a report of another version of the program.
    """
    if document.get("schema") == SCHEMA_NAME:
        values = {key: value for key, value in document.items() if key not in {"schema", "balanced"}}
        with contextlib.suppress(cattrs.BaseValidationError):
            return _converter().structure(values, ImportReport)
    raise StateError(
        Text(
            "the stored import report is of another version of the program",
            "存储的导入报告来自其他版本的程序",
        ),
        code="report-unreadable",
        hint=Text("import the source again with this version", "用本版本重新导入数据源"),
    )


@cache
def _converter() -> cattrs.Converter:
    return cattrs.Converter(forbid_extra_keys=True)


def report_schema() -> dict[str, object]:
    """The JSON Schema of the report as a document."""
    text = resources.files("cradlemark.inventory.processes").joinpath("import-report.schema.json")
    schema: dict[str, object] = json.loads(text.read_text(encoding="utf-8"))
    return schema


def make_report(
    collected: Collected,
    assembled: Assembled,
    database: ProcessDatabase,
    *,
    mapping: MappingFile | None = None,
) -> ImportReport:
    """Count and list what an import did."""
    exchanges = database["exchanges"]
    links = Counter(link for link in exchanges.texts("link") if link)
    counts: Counter[str] = Counter(collected.counts)
    for name, table in database.tables.items():
        counts[f"{name.replace('_', ' ')} stored"] = len(table)
    opened = sum(links[reason] for reason in OPEN)
    counts["exchanges ambiguous"] = links[AMBIGUOUS]
    counts["exchanges unlinked"] = opened - links[AMBIGUOUS]
    counts["exchanges idle"] = _idle(database)
    counts["exchanges used"] = (
        len(exchanges) - opened - counts["exchanges idle"] + counts["exchanges in the matrices only"]
    )
    for name in ("read", "refused"):
        counts[f"exchanges {name}"] += 0
    links["unique_producer"] += counts["inputs linked in the matrices only"]
    counts["inputs linked"] = sum(links[rule] for rule in LINKED)
    counts["processes with several products"] = len(assembled.divided)
    counts["processes without usable allocation"] = sum(not d.method for d in assembled.divided)
    counts["by-products without substitute"] = _without_substitute(database)
    counts["processes without product"] = len(assembled.without_product)
    counts["products with amount zero"] = len(assembled.empty_products)
    counts.update(f"flows {kind}" for kind in database["flows"].texts("kind"))
    counts["flows with CAS number"] = sum(map(bool, database["flows"].texts("cas")))
    counts["factors with CAS number"] = sum(map(bool, database["characterisation"].texts("cas")))
    counts["formulas stored"] += 0
    report = ImportReport(
        database.id, database.source, database.format, database.digest, database.allocation,
        dict(sorted(counts.items())), {name: links[name] for name in (*LINKED, *OPEN) if links[name]},
        tuple(_divisions(assembled, database)), tuple(_cuts(database)),
        tuple(database["processes"].texts("id")[row] for row in assembled.without_product),
        dict(sorted(collected.languages.items())), tuple(starmap(NotKept, sorted(collected.unread.items()))),
        (
            *collected.problems, *_of_mapping(assembled, mapping), *_odd_divisions(assembled, database),
            *source_doubts(database),
        ),
        tuple(_conversions(database)), _distributions(exchanges), _distributions(database["parameters"]),
        f"{mapping.name} {mapping.digest}" if mapping else "", tuple(_chosen(assembled)),
    )  # fmt: skip
    return attrs.evolve(report, chinese=chinese_names(report, database))


def _of_mapping(assembled: Assembled, mapping: MappingFile | None) -> Iterator[Problem]:
    """What is wrong with lines of the mapping file, and lines that met no input."""
    decisions = assembled.decisions
    yield from decisions.problems
    refused = {problem.where for problem in decisions.problems}
    for choice in mapping.choices if mapping else ():
        if choice.where not in refused and not choice.proxy and not decisions.uses.get(choice, 0):
            yield Problem(
                choice.where, "mapping-unused", Text(f"no input of {choice.flow[:80]} is meant by this line", f"该行未对应 {choice.flow[:80]} 的任何输入"),
                Text("check flow, process and place, or take the line out", "检查流、过程和地域，或删去该行"),
            )  # fmt: skip


def _chosen(assembled: Assembled) -> Iterator[Chosen]:
    for choice, uses in sorted(assembled.decisions.uses.items()):
        provider = f"{choice.provider} {choice.provider_flow}".strip()
        said = Text(f"provider {provider}", f"供应方 {provider}")
        if not choice.provider:
            said = (
                Text(f"proxy {choice.proxy}", f"替代数据 {choice.proxy}")
                if choice.proxy
                else Text(f"cut-off: {choice.cut_off}", f"截断：{choice.cut_off}")
            )
        yield Chosen(choice.where, choice.flow, choice.process, choice.place, said, uses)


def _conversions(database: ProcessDatabase) -> Iterator[Converted]:
    """Units that were converted, the most frequent first."""
    exchanges = database["exchanges"]
    factors = exchanges.numbers("factor")
    changed = np.flatnonzero(factors != 1.0).tolist()
    sources, flows = exchanges.texts("source_unit"), exchanges.integers("flow")
    units = database["flows"].texts("unit")
    found = Counter((sources[row], units[flows[row]], float(factors[row])) for row in changed)
    for (source, unit, factor), count in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        yield Converted(source, unit, factor, count)


def _distributions(table: Table) -> dict[str, int]:
    return dict(sorted(Counter(kind for kind in table.texts("distribution") if kind).items()))


def _idle(database: ProcessDatabase) -> int:
    """Exchanges of processes that make nothing: kept, but in no calculation."""
    active = set(database["activities"].integers("process").tolist())
    exchanges = database["exchanges"]
    columns = zip(exchanges.texts("link"), exchanges.integers("process").tolist(), strict=True)
    return sum(link not in OPEN and process not in active for link, process in columns)


def _divisions(assembled: Assembled, database: ProcessDatabase) -> Iterator[Division]:
    ids, names = database["processes"].texts("id"), _names(database["processes"])
    shares = _shares(database)
    for process, others in _without_share(assembled, database).items():
        shares.setdefault(process, []).extend(others)
    for item in assembled.divided:
        yield Division(
            ids[item.process], names[item.process], item.products, item.method, *item.sums, tuple(map(remark, item.reasons)),
            tuple(shares.get(item.process, ())), item.possible,
        )  # fmt: skip


def _shares(database: ProcessDatabase) -> dict[int, list[ProductShare]]:
    activities, flows = database["activities"], _names(database["flows"])
    units = database["flows"].texts("unit")
    columns = (activities.integers("process"), activities.integers("flow"), activities.numbers("amount"), activities.numbers("share"))  # fmt: skip
    found: dict[int, list[ProductShare]] = {}
    for process, flow, amount, share in zip(*(column.tolist() for column in columns), strict=True):
        known = None if np.isnan(share) else share
        found.setdefault(process, []).append(ProductShare(flows[flow], amount, units[flow], known))
    return found


def _without_share(assembled: Assembled, database: ProcessDatabase) -> dict[int, list[ProductShare]]:
    """Products that have no share: of processes without usable allocation, and those that replace another maker's."""
    divided = {item.process for item in assembled.divided}
    activities = database["activities"]
    made = set(
        zip(activities.integers("process").tolist(), activities.integers("flow").tolist(), strict=True)
    )
    exchanges, names = database["exchanges"], _names(database["flows"])
    units, amounts = database["flows"].texts("unit"), exchanges.numbers("amount").tolist()
    columns = (exchanges.integers("process").tolist(), exchanges.integers("flow").tolist(), exchanges.texts("role"), amounts)  # fmt: skip
    found: dict[tuple[int, int], float] = {}
    for process, flow, role, amount in zip(*columns, strict=True):
        product = role in {"reference", "product"} and amount != 0.0
        if product and process in divided and (process, flow) not in made:
            found[process, flow] = found.get((process, flow), 0.0) + amount
    shares: dict[int, list[ProductShare]] = {}
    for (process, flow), amount in found.items():
        shares.setdefault(process, []).append(ProductShare(names[flow], amount, units[flow], None))
    return shares


def _without_substitute(database: ProcessDatabase) -> int:
    """By-products under substitution that nobody else makes: no credit is given for them."""
    roles = database["exchanges"].texts("role")
    open_ = np.unique(database["cut_offs"].integers("exchange")).tolist()
    return sum(roles[row] in {"reference", "product"} for row in open_ if row >= 0)


def _odd_divisions(assembled: Assembled, database: ProcessDatabase) -> Iterator[Problem]:
    """Divisions by mass or energy that leave the reference product next to nothing, as when waste water is a product."""
    exchanges, activities = database["exchanges"], database["activities"]
    owners, made = exchanges.integers("process").tolist(), exchanges.integers("flow").tolist()
    roles = exchanges.texts("role")
    references = {
        pair for pair, role in zip(zip(owners, made, strict=True), roles, strict=True) if role == "reference"
    }
    methods = {item.process: item.method for item in assembled.divided}
    columns = (activities.integers("process"), activities.integers("flow"), activities.numbers("share"))
    for process, flow, share in zip(*(column.tolist() for column in columns), strict=True):
        method = methods.get(process, "")
        if method in {"mass", "energy"} and (process, flow) in references and share < LITTLE:
            table, name = database["processes"], _names(database["flows"])[flow]
            yield Problem(
                f"{database.source}, process {table.texts('id')[process]} ({_names(table)[process][:60]})",
                "allocation-doubtful",
                Text(
                    f"allocation by {method} leaves {share:.2%} to the reference product {name[:60]}",
                    f"{phrase(method, 'zh')}分配只给参考产品 {name[:60]} 留下 {share:.2%}",
                ),
                Text("put another policy before this one", "将其他策略置于其前"),
            )


def _names(table: Table) -> tuple[str, ...]:
    return tuple(
        english or chinese
        for english, chinese in zip(table.texts("name_en"), table.texts("name_zh"), strict=True)
    )


def _cuts(database: ProcessDatabase) -> Iterator[Cut]:
    exchanges, flows = database["exchanges"], database["flows"]
    process_ids, names = database["processes"].texts("id"), _names(flows)
    found: dict[tuple[int, str], list[int]] = {}
    columns = (
        exchanges.texts("link"),
        exchanges.integers("flow").tolist(),
        exchanges.integers("process").tolist(),
    )
    for link, flow, process in zip(*columns, strict=True):
        if link in OPEN:
            found.setdefault((flow, link), []).append(process)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    for (flow, reason), users in ordered:
        shown = tuple(process_ids[row] for row in sorted(set(users)))
        identifier = flows.texts("id")[flow]
        yield Cut(names[flow], flows.texts("unit")[flow], reason, len(users), shown, identifier)
