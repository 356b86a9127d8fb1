"""A tracked product in the terminal and as a document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from cradlemark.core.language import Language, Text
from cradlemark.footprint.leaves import CAUSE_NAMES, CAUSES
from cradlemark.footprint.reduction import Tracking
from cradlemark.footprint.report.figures import MassUnit, mass_unit, percent
from cradlemark.footprint.report.terminal import escape, terminal_console
from cradlemark.label.reduction_verdicts import STRICT, Baseline, ProgrammeVerdict

_WORDS = {
    "same": Text("Trackable: unit, boundary, rules, methods and kind of data are the same", "可追踪：单位、边界、规则、方法和数据类型一致"),
    "anew": Text("Calculated anew, because these changed:", "基线已重新计算，因为以下各项已变："),
    "changed": Text("Changed, and taken as published:", "已变，按发布值计："),
    "published": Text("Baseline as published", "发布时的基线"),
    "before": Text("Baseline", "基线"),
    "baseline": Text("Baseline under the rules and data of today", "按现行规则和数据的基线"),
    "today": Text("Today", "现在"),
    "all": Text("Reduction in all", "总减排"),
    "own": Text("without grid and factor updates", "不含电网与因子更新"),
    "chance": Text("at least {threshold:g} %: probability {chance:.2f}", "至少 {threshold:g} %：概率 {chance:.2f}"),
    "interval": Text("95 % of the draws: {low} to {high}", "95 % 抽样：{low} 至 {high}"),
    "causes": Text("What made the difference", "差异的构成"),
    "cause": Text("cause", "原因"),
    "part": Text("part [{unit}]", "贡献 [{unit}]"),
    "share": Text("of the baseline", "占基线"),
    "range": Text("95 % interval", "95 % 区间"),
    "counted": Text("counted", "计入"),
    "sum": Text("difference", "差异"),
    "changes": Text("Largest changes", "最大变化"),
    "line": Text("line", "条目"),
    "verdicts": Text("Programmes", "各计划"),
    "programme": Text("programme", "计划"),
    "reduction": Text("counted", "计入减排"),
    "required": Text("asked for", "要求"),
    "probability": Text("probability", "概率"),
    "outcome": Text("outcome", "结论"),
    "reasons": Text("why", "理由"),
    "met": Text("met", "达到"),
    "not_met": Text("not met", "未达到"),
    "undecided": Text("undecided", "未定"),
    "no_rule": Text("no rule", "无规则"),
    "yes": Text("yes", "是"),
    "no": Text("no", "否"),
}  # fmt: skip
_COLOURS = {"met": "green", "not_met": "red", "undecided": "yellow", "no_rule": "dim"}
_COLON = {"en": ": ", "zh": "："}
THRESHOLDS = (0.02, 0.03, 0.05)
"""Thresholds whose probability is shown [1]."""


def show_reduction(
    tracking: Tracking, verdicts: Sequence[ProgrammeVerdict], *, language: Language, lines: int
) -> None:
    """Print gate, figures, causes, largest changes and the verdict of every programme."""
    console = terminal_console()
    unit = mass_unit(max(abs(tracking.baseline.total), abs(tracking.today.total)))
    console.print(f"[bold]{escape(tracking.today.subject.product[language])}[/bold]")
    _gate(console, tracking, language)
    _figures(console, tracking, unit, language)
    console.print(_causes(tracking, unit, language))
    if lines and tracking.decomposition.changes:
        console.print(_changes(tracking, unit, language, lines))
    console.print(_verdicts(verdicts, language))


def _gate(console: Console, tracking: Tracking, language: Language) -> None:
    changed = [item for item in tracking.gate if not item.same]
    if not changed:
        console.print(_WORDS["same"][language], style="dim")
        return
    console.print(_WORDS["anew" if tracking.rebaselined else "changed"][language], style="yellow")
    for item in changed:
        console.print(f"  {escape(item.reason[language])}", style="yellow")


def _figures(console: Console, tracking: Tracking, unit: MassUnit, language: Language) -> None:
    figures = [("before", tracking.baseline.total), ("today", tracking.today.total)]
    if tracking.rebaselined:
        figures[0] = ("baseline", tracking.baseline.total)
        figures.insert(0, ("published", tracking.published.total))
    for name, figure in figures:
        console.print(f"{_WORDS[name][language]}{_COLON[language]}[bold]{unit.write(figure)} {unit}[/bold]")
    for title, excluded in (("all", ()), ("own", STRICT)):
        text = (
            f"{_WORDS[title][language]}{_COLON[language]}[bold]{percent(tracking.reduction(excluded))}[/bold]"
        )
        interval = tracking.interval(excluded)
        if interval:
            words = _WORDS["interval"].format(low=percent(interval[0]), high=percent(interval[1]))
            text += f"  {words[language]}"
        console.print(text)
    for threshold in THRESHOLDS:
        chance = tracking.probability(threshold, STRICT)
        if chance is not None:
            console.print(
                "  " + _WORDS["chance"].format(threshold=threshold * 100.0, chance=chance)[language],
                style="dim",
            )


def _new_table(title: Text, language: Language) -> Table:
    return Table(
        title=f"\n{title[language]}", title_justify="left", title_style="bold", box=None, pad_edge=False
    )


def _causes(tracking: Tracking, unit: MassUnit, language: Language) -> Table:
    table = _new_table(_WORDS["causes"], language)
    table.add_column(_WORDS["cause"][language], min_width=24)
    table.add_column(escape(_WORDS["part"].format(unit=unit)[language]), justify="right")
    table.add_column(_WORDS["share"][language], justify="right")
    table.add_column(_WORDS["range"][language], justify="right")
    table.add_column(_WORDS["counted"][language])
    counted = tracking.counted_causes(STRICT)
    parts = tracking.decomposition.parts
    for cause in CAUSES:
        interval = tracking.part_interval(cause)
        shown = f"{unit.write(interval[0])} … {unit.write(interval[1])}" if interval else ""
        if parts[cause] or interval:
            share = percent(parts[cause] / tracking.baseline.total)
            yes = _WORDS["yes" if cause in counted else "no"][language]
            table.add_row(CAUSE_NAMES[cause][language], unit.write(parts[cause]), share, shown, yes)
    difference = tracking.decomposition.difference
    table.add_row(
        _WORDS["sum"][language], unit.write(difference), percent(difference / tracking.baseline.total), "", "",
        style="bold",
    )  # fmt: skip
    return table


def _changes(tracking: Tracking, unit: MassUnit, language: Language, lines: int) -> Table:
    table = _new_table(_WORDS["changes"], language)
    table.add_column(_WORDS["line"][language], overflow="fold")
    table.add_column(_WORDS["cause"][language])
    table.add_column(escape(_WORDS["part"].format(unit=unit)[language]), justify="right")
    for change in tracking.decomposition.changes[:lines]:
        table.add_row(
            escape(change.label[language]), CAUSE_NAMES[change.cause][language], unit.write(change.amount)
        )
    return table


def _verdicts(verdicts: Sequence[ProgrammeVerdict], language: Language) -> Table:
    table = _new_table(_WORDS["verdicts"], language)
    for name in ("programme", "reduction", "required", "probability", "outcome", "reasons"):
        table.add_column(
            _WORDS[name][language],
            overflow="fold",
            justify="right" if name in {"reduction", "required", "probability"} else "left",
        )
    for verdict in verdicts:
        table.add_row(
            verdict.programme, percent(verdict.reduction, 2), percent(verdict.required, 1) if verdict.required else "–",
            f"{verdict.probability:.2f}" if verdict.probability is not None else "–",
            f"[{_COLOURS[verdict.outcome]}]{_WORDS[verdict.outcome][language]}[/]",
            escape(("；" if language == "zh" else "; ").join(reason[language] for reason in verdict.reasons)),
        )  # fmt: skip
    return table


def reduction_document(
    tracking: Tracking, verdicts: Sequence[ProgrammeVerdict], baseline: Baseline | None
) -> str:
    """Return everything as JSON; figures in kg CO2e per declared unit, shares and probabilities from 0 to 1."""
    document: dict[str, Any] = {
        "baseline": {"result": tracking.baseline.digest, "figure": tracking.baseline.total},
        "today": {"result": tracking.today.digest, "figure": tracking.today.total},
        "published": {"result": tracking.published.digest, "figure": tracking.published.total},
        "rebaselined": tracking.rebaselined,
        "against": {"kind": baseline.kind, "reference": baseline.reference, "digest": baseline.digest} if baseline else None,
        "gate": [
            {"id": i.id, "baseline": i.baseline, "today": i.today, "same": i.same, "remedy": i.remedy} for i in tracking.gate
        ],
        "difference": tracking.decomposition.difference,
        "parts": {
            cause: {"amount": amount, "interval": tracking.part_interval(cause)}
            for cause, amount in tracking.decomposition.parts.items()
        },
        "changes": [
            {"cause": c.cause, "path": c.path, "label": c.label.as_dict(), "amount": c.amount}
            for c in tracking.decomposition.changes
        ],
        "reduction": {"all": _share(tracking, ()), "own": _share(tracking, STRICT)},
        "draws": tracking.today.draws,
        "seed": tracking.today.seed,
        "programmes": [_verdict(verdict) for verdict in verdicts],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1)


def _share(tracking: Tracking, excluded: tuple[str, ...]) -> dict[str, Any]:
    chances = {f"{t:g}": tracking.probability(t, excluded) for t in THRESHOLDS}
    return {
        "value": tracking.reduction(excluded), "interval": tracking.interval(excluded), "probability": chances,
        "excluded": list(excluded),
    }  # fmt: skip


def _verdict(verdict: ProgrammeVerdict) -> dict[str, Any]:
    ways = [
        {"id": w.id, "outcome": w.outcome, "threshold": w.threshold, "probability": w.probability} for w in verdict.ways
    ]  # fmt: skip
    return {
        "id": verdict.programme, "outcome": verdict.outcome, "reduction": verdict.reduction,
        "interval": None if verdict.low is None else [verdict.low, verdict.high], "excluded": list(verdict.excluded),
        "required": verdict.required, "probability": verdict.probability, "least_probability": verdict.least,
        "ways": ways, "reasons": [reason.as_dict() for reason in verdict.reasons], "missing": list(verdict.missing),
    }  # fmt: skip
