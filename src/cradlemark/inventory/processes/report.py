"""The report of an import: everything read, stored, decided, refused and left open, counted and listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import attrs

from cradlemark.core.errors import Problem
from cradlemark.core.language import Language, Text
from cradlemark.inventory.processes.assemble import Assembled
from cradlemark.inventory.processes.collect import Collected
from cradlemark.inventory.processes.linking import AMBIGUOUS, LINKED, OPEN
from cradlemark.inventory.processes.source_doubts import source_doubts
from cradlemark.inventory.processes.tables import ProcessDatabase, Table

LISTED = 200
"""Entries of each kind that the terminal report and the lists keep; the counts are always of all."""


@attrs.frozen
class Cut:
    """Inputs of one flow that have no provider."""

    flow: str
    unit: str
    reason: str
    exchanges: int
    processes: tuple[str, ...]


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
    reasons: tuple[str, ...]


@attrs.frozen
class ImportReport:
    """What became of a source.

    Parameters
    ----------
    counts : mapping of str to int
        By name; see the reference of process databases. ``exchanges read`` is the sum of ``exchanges used``,
        ``exchanges idle``, ``exchanges unlinked``, ``exchanges ambiguous`` and ``exchanges refused``.
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
    unread: Mapping[str, int]
    problems: tuple[Problem, ...]

    @property
    def balanced(self) -> bool:
        """Whether every exchange that was read is accounted for."""
        parts = ("used", "idle", "unlinked", "ambiguous", "refused")
        return self.counts["exchanges read"] == sum(self.counts[f"exchanges {part}"] for part in parts)

    def as_document(self) -> dict[str, object]:
        """The report as plain values for JSON."""
        document: dict[str, object] = attrs.asdict(self)
        return document | {"balanced": self.balanced}


def make_report(collected: Collected, assembled: Assembled, database: ProcessDatabase) -> ImportReport:
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
    counts["processes without product"] = len(assembled.without_product)
    counts["products with amount zero"] = len(assembled.empty_products)
    return ImportReport(
        database.id, database.source, database.format, database.digest, database.allocation,
        dict(sorted(counts.items())), {name: links[name] for name in (*LINKED, *OPEN) if links[name]},
        tuple(_divisions(assembled, database["processes"])), tuple(_cuts(database)),
        tuple(database["processes"].texts("id")[row] for row in assembled.without_product),
        dict(sorted(collected.languages.items())), dict(sorted(collected.unread.items())),
        (*collected.problems, *source_doubts(database)),
    )  # fmt: skip


def _idle(database: ProcessDatabase) -> int:
    """Exchanges of processes that make nothing: kept, but in no calculation."""
    active = set(database["activities"].integers("process").tolist())
    exchanges = database["exchanges"]
    columns = zip(exchanges.texts("link"), exchanges.integers("process").tolist(), strict=True)
    return sum(link not in OPEN and process not in active for link, process in columns)


def _divisions(assembled: Assembled, processes: Table) -> Iterator[Division]:
    ids, names = processes.texts("id"), processes.texts("name_en")
    for item in assembled.divided:
        yield Division(
            ids[item.process], names[item.process] or processes.texts("name_zh")[item.process], item.products,
            item.method, *item.sums, item.reasons,
        )  # fmt: skip


def _cuts(database: ProcessDatabase) -> Iterator[Cut]:
    exchanges, flows = database["exchanges"], database["flows"]
    process_ids = database["processes"].texts("id")
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
        name = flows.texts("name_en")[flow] or flows.texts("name_zh")[flow]
        shown = tuple(process_ids[row] for row in sorted(set(users))[:5])
        yield Cut(name, flows.texts("unit")[flow], reason, len(users), shown)


_LINES: tuple[tuple[str, Text], ...] = (
    ("processes unit_process", Text("unit processes", "单元过程")),
    ("processes aggregated", Text("aggregated processes", "汇总过程")),
    ("processes refused", Text("processes refused", "被拒绝的过程")),
    ("processes without product", Text("processes without product", "无产品的过程")),
    ("flows read", Text("flows read", "读取的流")),
    ("flows stored", Text("flows used by processes", "过程所用的流")),
    ("exchanges read", Text("exchanges read", "读取的交换")),
    ("exchanges used", Text("  of these used", "  其中：已使用")),
    ("exchanges idle", Text("  kept, of processes that make nothing", "  已保留，其过程无产出")),
    ("exchanges unlinked", Text("  unlinked (visible cut-offs)", "  未链接（显式截断）")),
    ("exchanges ambiguous", Text("  ambiguous (several producers)", "  供应方不唯一")),
    ("exchanges refused", Text("  refused", "  被拒绝")),
    ("units converted", Text("exchanges with a unit converted", "换算单位的交换")),
    ("formulas read", Text("formulas read", "读取的公式")),
    ("formulas calculated", Text("formulas calculated", "已计算的公式")),
    ("parameters", Text("parameters kept", "保留的参数")),
    ("pedigrees", Text("data quality entries kept", "保留的数据质量条目")),
    ("uncertainties", Text("uncertainties kept", "保留的不确定性")),
    ("processes with several products", Text("processes with several products", "多产出过程")),
    ("processes without usable allocation", Text("  without usable allocation", "  无可用分配")),
    ("activities stored", Text("activities (process and product)", "活动（过程与产品）")),
    ("impact categories", Text("impact categories", "影响类别")),
    ("characterisation factors stored", Text("characterisation factors", "特征化因子")),
)
RULES: Mapping[str, Text] = {
    "default_provider": Text("default provider", "默认供应方"),
    "unique_producer": Text("the only producer", "唯一生产方"),
    "same_place": Text("producer at the same place", "同地域的生产方"),
    "wider_place": Text("producer of the wider place", "更大地域的生产方"),
    "market": Text("the one market", "唯一市场过程"),
    "open_provider_missing": Text("open: the default provider is not in the source", "未链接：默认供应方不在数据源中"),
    "open_provider_other_product": Text("open: the default provider makes something else", "未链接：默认供应方不生产该产品"),
    "open_no_producer": Text("open: no producer in the source", "未链接：数据源中无生产方"),
    "open_several_producers": Text("open: several producers, no rule decides", "未链接：多个生产方，规则无法决定"),
    "open_no_allocation": Text("open: the provider has no usable allocation", "未链接：供应方无可用分配"),
    "open_waste_taken_in": Text("open: waste taken in without burden", "未链接：无负荷接收的废物"),
}  # fmt: skip
"""Names of the rules of linking and of the reasons to leave an input open."""
_WORDS = {
    "cuts": Text("inputs without provider, by flow", "无供应方的输入（按流）"),
    "divisions": Text("processes with several products", "多产出过程"),
    "none": Text("no usable allocation: its products have no supply", "无可用分配：其产品没有供应"),
    "sums": Text("sums", "合计"),
    "problems": Text("refused or in doubt", "被拒绝或存疑"),
    "unread": Text("in the source, not kept", "数据源中未保留的内容"),
    "more": Text("... and {count} more", "……另有 {count} 项"),
}


def report_lines(report: ImportReport, language: Language = "en", *, shown: int = 15) -> Iterator[str]:
    """The report as lines for a terminal; at most `shown` entries of each list."""
    yield f"{report.id}  ({report.format}, {report.allocation})  {report.digest}"
    for key, label in _LINES:
        if report.counts.get(key):
            yield f"  {label[language]:48} {report.counts[key]:>10,}"
    for rule, count in report.links.items():
        yield f"    {RULES[rule][language]:46} {count:>10,}"
    yield from _listed(
        _WORDS["divisions"], [_division_line(d, language) for d in report.divisions], language, shown
    )
    cuts = [f"{c.exchanges:>6} x {c.flow[:70]} [{c.unit}]: {RULES[c.reason][language]}" for c in report.cuts]
    yield from _listed(_WORDS["cuts"], cuts, language, shown)
    yield from _listed(_WORDS["problems"], [str(problem) for problem in report.problems], language, shown)
    unread = [f"{count:>6} x {name}" for name, count in report.unread.items()]
    yield from _listed(_WORDS["unread"], unread, language, shown)


def _division_line(division: Division, language: Language) -> str:
    method = division.method or f"{_WORDS['none'][language]} ({'; '.join(division.reasons)})"
    sums = ""
    if division.method.startswith("declared"):
        sums = f"  {_WORDS['sums'][language]} {division.sum_low:.6g}-{division.sum_high:.6g}"
    return f"{division.name[:60]} ({division.products}): {method}{sums}"


def _listed(title: Text, lines: list[str], language: Language, shown: int) -> Iterator[str]:
    if not lines:
        return
    yield f"{title[language]}: {len(lines):,}"
    for line in lines[:shown]:
        yield f"  {line}"
    if len(lines) > shown:
        yield f"  {_WORDS['more'][language].format(count=len(lines) - shown)}"
