"""The report of an import as lines for a terminal, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cradlemark.core.language import Language, Text, joined, visible
from cradlemark.inventory.processes.records import DISTRIBUTIONS
from cradlemark.inventory.processes.remark_words import phrase, policies
from cradlemark.inventory.processes.report import Cut, Division, ImportReport
from cradlemark.inventory.processes.report_names import format_name

LINES: tuple[tuple[str, Text], ...] = (
    ("processes unit_process", Text("unit processes", "单元过程")),
    ("processes aggregated", Text("aggregated processes", "汇总过程")),
    ("processes refused", Text("processes refused", "被拒绝的过程")),
    ("processes without product", Text("processes without product", "无产品的过程")),
    ("flows read", Text("flows read", "读取的流")),
    ("flows stored", Text("flows used by processes", "过程所用的流")),
    ("flows product", Text("  products", "  产品流")),
    ("flows waste", Text("  wastes", "  废物流")),
    ("flows elementary", Text("  elementary flows", "  基本流")),
    ("flows with CAS number", Text("  with a CAS number", "  有 CAS 号")),
    ("exchanges read", Text("exchanges read", "读取的交换")),
    ("exchanges used", Text("  of these used", "  其中：已使用")),
    ("exchanges idle", Text("  kept, of processes that make nothing", "  已保留，其过程无产出")),
    ("exchanges unlinked", Text("  unlinked (visible cut-offs)", "  未链接（显式截断）")),
    ("exchanges ambiguous", Text("  ambiguous (several producers)", "  供应方不唯一")),
    ("exchanges refused", Text("  refused", "  被拒绝")),
    ("units converted", Text("exchanges with a unit converted", "换算单位的交换")),
    ("formulas read", Text("formulas read", "读取的公式")),
    ("formulas calculated", Text("  calculated", "  已计算")),
    ("formulas stored", Text("  not calculated, stored amount kept", "  未计算，保留存储值")),
    ("formulas that differ", Text("  calculated to another amount than stored", "  计算值与存储值不同")),
    ("parameters", Text("parameters kept", "保留的参数")),
    ("pedigrees", Text("data quality entries kept", "保留的数据质量条目")),
    ("uncertainties", Text("uncertainties kept", "保留的不确定性")),
    ("processes with several products", Text("processes with several products", "多产出过程")),
    ("processes without usable allocation", Text("  without usable allocation", "  无可用分配")),
    (
        "by-products without substitute",
        Text("  by-products that nobody else makes: no credit", "  无其他生产方的副产品：不予抵扣"),
    ),
    ("activities stored", Text("activities (process and product)", "活动（过程与产品）")),
    ("impact categories", Text("impact categories", "影响类别")),
    ("characterisation factors stored", Text("characterisation factors", "特征化因子")),
    ("factors with CAS number", Text("  for flows with a CAS number", "  其流有 CAS 号")),
)
"""Counts of a report in the order in which they are shown, with their names; indented ones are parts of the one above."""
RULES: Mapping[str, Text] = {
    "mapping": Text("mapping file", "映射文件"),
    "default_provider": Text("default provider", "默认供应方"),
    "unique_producer": Text("the only producer", "唯一生产方"),
    "same_place": Text("producer at the same place", "同地域的生产方"),
    "wider_place": Text("producer of the wider place", "更大地域的生产方"),
    "market": Text("the one market", "唯一市场过程"),
    "newest": Text("newest edition of the same data set", "同一数据集的最新版本"),
    "open_provider_missing": Text("open: the default provider is not in the source", "未链接：默认供应方不在数据源中"),
    "open_provider_other_product": Text("open: the default provider makes something else", "未链接：默认供应方不生产该产品"),
    "open_no_producer": Text("open: no producer in the source", "未链接：数据源中无生产方"),
    "open_several_producers": Text("open: several producers, no rule decides", "未链接：多个生产方，规则无法决定"),
    "open_no_allocation": Text("open: the provider has no usable allocation", "未链接：供应方无可用分配"),
    "open_by_mapping": Text("open: cut off in the mapping file", "未链接：映射文件指定截断"),
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
    "conversions": Text("units converted", "换算的单位"),
    "distributions": Text("uncertainties by distribution", "按分布的不确定性"),
    "languages": Text("names by language", "按语言的名称"),
    "remarked": Text("products whose result should be looked at", "结果需要查看的产品"),
    "unsolved": Text("not solved: {reason}", "未求解：{reason}"),
    "about": Text("about {value:.4g} kg CO2e per {unit} ({name})", "约 {value:.4g} kg CO2e/{unit}（{name}）"),
    "weight": Text("weight unknown", "影响未知"),
    "not stated": Text("not stated", "未说明"),
    "no gases": Text(
        "every product: no climate impact by gas, for no emission to air with a mass is a greenhouse gas of the table; their values are not judged",
        "所有产品：按气体计算无气候影响，因为没有任何带质量的大气排放属于气体表中的温室气体；其数值未作判断",
    ),
    "advice": Text(
        "{helped} of {without} processes without usable allocation can be divided by {policy}: import with --allocation {option}",
        "{without} 个无可用分配的过程中有 {helped} 个可{policy}分配：导入时使用 --allocation {option}",
    ),
    "more": Text("... and {count} more", "……另有 {count} 项"),
}


def report_lines(report: ImportReport, language: Language = "en", *, shown: int = 15) -> Iterator[str]:
    """The report as lines for a terminal; at most `shown` entries of each list."""
    for line in _lines(report, language, shown):
        yield visible(line)


def _lines(report: ImportReport, language: Language, shown: int) -> Iterator[str]:
    yield f"{report.id}  ({format_name(report.format, language)}, {policies(report.allocation, language)})  {report.digest}"
    for key, label in LINES:
        if report.counts.get(key):
            yield f"  {label[language]:48} {report.counts[key]:>10,}"
    for rule, count in report.links.items():
        yield f"    {RULES[rule][language]:46} {count:>10,}"
    yield from _kept(report, language)
    for key, lines in _lists(report, language):
        yield from _listed(_WORDS[key], lines, language, shown)
        if key == "divisions":
            yield from allocation_advice(report, language)
    if report.unsolved:
        yield _WORDS["unsolved"].format(reason=report.unsolved)[language]


def allocation_advice(report: ImportReport, language: Language) -> Iterator[str]:
    """Which further policy would give products a supply, in a sentence; nothing where none would."""
    policy, helped, without = report.advice
    if policy:
        option = f"{report.allocation},{policy}"
        words = _WORDS["advice"].format(
            helped=helped, without=without, policy=phrase(policy, language), option=option
        )
        yield words[language]


def _kept(report: ImportReport, language: Language) -> Iterator[str]:
    """Uncertainties and languages, one line each."""
    kinds = [f"{DISTRIBUTIONS[kind][language]} {count:,}" for kind, count in report.distributions.items()]
    unknown = _WORDS["not stated"][language]
    languages = [
        f"{unknown if key == 'not stated' else key} {count:,}" for key, count in report.languages.items()
    ]
    for key, parts in (("distributions", kinds), ("languages", languages)):
        if parts:
            yield f"{_WORDS[key][language]}: {', '.join(parts)}"


def _lists(report: ImportReport, language: Language) -> Iterator[tuple[str, list[str]]]:
    yield (
        "conversions",
        [f"{c.exchanges:>6} x {c.source_unit} -> {c.unit} (x {c.factor:.6g})" for c in report.conversions],
    )
    yield (
        "divisions",
        [
            _division_line(division, report.name(division.name, language), language)
            for division in report.divisions
        ],
    )
    yield "cuts", [_cut_line(cut, report.name(cut.flow, language), language) for cut in report.cuts]
    yield "remarked", list(_remarked_lines(report, language))
    yield "problems", [problem.as_text[language] for problem in report.problems]
    yield "unread", [f"{each.count:>6} x {each.what[language]}" for each in report.unread]


def _remarked_lines(report: ImportReport, language: Language) -> Iterator[str]:
    if report.without_gases:
        yield _WORDS["no gases"][language]
        return
    for item in report.remarked:
        product, process = report.name(item.product, language), report.name(item.process, language)
        reasons = joined(item.reasons)[language]
        yield f"{item.value:>12.5g}  {product[:60]} [{item.unit}] | {process[:50]}: {reasons}"


def _cut_line(cut: Cut, name: str, language: Language) -> str:
    weight = _WORDS["weight"]
    if cut.estimate is not None:
        name_of_proxy = cut.estimate.name[language][:50]
        weight = _WORDS["about"].format(value=cut.estimate.value, unit=cut.unit, name=name_of_proxy)
    return f"{cut.exchanges:>6} x {name[:70]} [{cut.unit}]: {RULES[cut.reason][language]}; {weight[language]}"


def _division_line(division: Division, name: str, language: Language) -> str:
    reasons = joined(division.reasons)[language]
    method = phrase(division.method, language) or f"{_WORDS['none'][language]} ({reasons})"
    sums = ""
    if division.method.startswith("declared"):
        sums = f"  {_WORDS['sums'][language]} {division.sum_low:.6g}-{division.sum_high:.6g}"
    return f"{name[:60]} ({division.products}): {method}{sums}"


def _listed(title: Text, lines: list[str], language: Language, shown: int) -> Iterator[str]:
    if not lines:
        return
    yield f"{title[language]}: {len(lines):,}"
    for line in lines[:shown]:
        yield f"  {line}"
    if len(lines) > shown:
        yield f"  {_WORDS['more'][language].format(count=len(lines) - shown)}"
