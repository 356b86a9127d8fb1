"""Trace a number: from the user's activity data over conversions, dataset, source and status to the value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import attrs

from cradlemark.core.errors import InputError, NotFoundError
from cradlemark.core.language import Language, Text
from cradlemark.footprint.facts import lines_inside
from cradlemark.footprint.footprint import DatasetUse, Footprint, Line
from cradlemark.inventory.database import Upstream
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.product.study import STAGES


@attrs.frozen
class Step:
    """One step of a chain: what, the number with its unit, and where it comes from."""

    title: Text
    value: str
    origin: str | Text = ""

    def origin_in(self, language: Language) -> str:
        """Where it comes from, in the language of the reader where there are words for it."""
        return self.origin if isinstance(self.origin, str) else self.origin[language]


@attrs.frozen
class Explanation:
    """Chain of one line."""

    line: Line
    steps: tuple[Step, ...]
    share: float | None
    """Share of the footprint's total [1]; None when the line is outside it."""


def find_lines(footprint: Footprint, address: str) -> tuple[Line, ...]:
    """Return the lines at an address.

    Parameters
    ----------
    address : str
        ``A1`` for a whole stage, ``A1/3`` for its third line, ``A1/PA66`` or ``components[100-20]`` for every line
        whose path or label holds the text (letter case and width do not matter).

    Raises
    ------
    NotFoundError
        ``line-unknown``, with the lines there are.
    """
    stage, _, rest = address.strip().partition("/")
    if stage.upper() not in STAGES:
        stage, rest = "", address.strip()
    lines = [line for line in footprint.lines if not stage or line.stage == stage.upper()]
    if rest.isdecimal() and len(rest) < 10:
        number = int(rest)
        found = lines[number - 1 : number] if number else []
    else:
        found = [line for line in lines if line.path == rest] or [
            line for line in lines if _plain(rest) in _plain(f"{line.path} {line.label.en} {line.label.zh}")
        ]
    if not found:
        there = ", ".join(f"{line.stage}/{index}" for index, line in enumerate(lines[:8], start=1))
        raise NotFoundError(
            Text(f"no line at {address!r}", f"没有位于 {address!r} 的行"), code="line-unknown", where=address,
            hint=Text(f"there are {len(lines)} lines here{': ' + there if there else ''}; use stage/number or stage/text", f"此处有 {len(lines)} 行{'：' + there if there else ''}；使用 阶段/序号 或 阶段/文字"),
        )  # fmt: skip
    return tuple(found)


Source = Callable[[DatasetUse], Upstream | None]
"""Finds what lies behind a dataset that was computed from processes; None when there is nothing to find."""


def explain(footprint: Footprint, address: str, *, behind: Source | None = None) -> tuple[Explanation, ...]:
    """Return the chain of every line at an address; each chain is recomputed and checked against the line.

    Parameters
    ----------
    behind : callable, optional
        Opens the process database of a dataset, to name the largest processes and flows upstream and what is cut off.

    Raises
    ------
    InputError
        ``line-inconsistent`` when the factors of a line do not multiply to its value.
    """
    if not address.strip():
        raise InputError(
            Text("no line is named", "未指定行"),
            code="line-unknown",
            hint=Text("give stage/line, for example A1/1", "给出 阶段/行，例如 A1/1"),
        )
    return tuple(_explain(footprint, line, behind) for line in find_lines(footprint, address))


def _explain(footprint: Footprint, line: Line, behind: Source | None) -> Explanation:
    amount = 1.0
    for factor in line.factors:
        amount *= factor.value
    if abs(amount - line.amount) > 1e-9 * max(abs(amount), abs(line.amount)) and not _drawn(line):
        raise InputError(
            Text(f"the factors of {line.path} give {amount:g} {line.unit}, the line says {line.amount:g}", f"{line.path} 的因子得到 {amount:g} {line.unit}，该行为 {line.amount:g}"),
            code="line-inconsistent", where=line.path, hint=Text("the result was not made by this version", "该结果不是由本版本生成"),
        )  # fmt: skip
    steps = [
        Step(Text(f.name, f.name), f"{f.value:.6g} {_unit(f.unit)}".strip(), f.path) for f in line.factors
    ]
    steps.append(
        Step(Text("amount", "活动数据"), f"{line.amount:.6g} {line.unit}", "product of the factors above")
    )
    steps += _dataset_steps(line)
    total = footprint.total
    inside = any(line is item for item in lines_inside(footprint))
    for origin, intensity, value in zip(ORIGINS, line.intensity, line.climate, strict=True):
        if intensity:
            steps.append(
                Step(
                    ORIGIN_NAMES[origin], f"{line.amount:.6g} × {intensity:.6g} = {value:.6g} kg CO2e", origin
                )
            )
    upstream = behind(line.dataset) if behind and line.dataset else None
    if upstream is not None:
        steps += _upstream_steps(line, upstream)
    return Explanation(line, tuple(steps), line.total / total if inside and total else None)


def _upstream_steps(line: Line, upstream: Upstream) -> Iterator[Step]:
    """Largest processes and flows behind a line, and what is cut off there."""
    for title, parts in ((_PROCESS, upstream.processes), (_FLOW, upstream.flows)):
        for name, value in parts:
            size = line.amount * value
            share = f", {size / line.total:.1%}" if line.total else ""
            yield Step(title, f"{size:.4g} kg CO2e{share}", name.en)
    for name, amount, unit in upstream.cut_offs:
        yield Step(_CUT, f"{line.amount * amount:.4g} {unit}", name.en)
    more = upstream.cut_off_count - len(upstream.cut_offs)
    if more:
        yield Step(_CUT, f"... {more}", "")


def _dataset_steps(line: Line) -> list[Step]:
    if line.dataset is None:
        return [Step(Text("gas released directly", "直接排放气体"), line.gas, "")]
    use = line.dataset
    steps = []
    if line.link:
        steps.append(
            Step(
                Text("matched text", "匹配文本"),
                f"{line.link.text!r}, {line.link.score:.0f}/100",
                line.link.reason.en,
            )
        )
    steps += [
        Step(
            Text("dataset", "数据集"),
            f"{use.id} ({use.geography}, {use.year or '?'}, {use.boundary})",
            f"{use.database} {use.digest[:19]}".strip(),
        ),
        Step(
            Text("intensity", "排放强度"),
            f"{sum(line.intensity):.6g} kg CO2e / {use.unit}",
            f"GWP100 {use.gwp_set}",
        ),
        Step(Text("source", "来源"), ", ".join(filter(None, (use.source, use.place))), use.licence),
        Step(Text("status", "状态"), use.status, use.note),
    ]
    steps += [Step(Text("to be looked at", "需要核对"), "", remark) for remark in use.remarks]
    return steps


_PROCESS = Text("process upstream", "上游过程")
_FLOW = Text("flow upstream", "上游基本流")
_CUT = Text("cut off upstream", "上游被截断的输入")
ORIGIN_NAMES = {
    "fossil": Text("fossil", "化石源"),
    "biogenic_emission": Text("biogenic emissions", "生物源排放"),
    "biogenic_removal": Text("biogenic removals", "生物源清除"),
    "land_use_change": Text("land-use change", "土地利用变化"),
    "aircraft": Text("aircraft", "航空"),
}


def _drawn(line: Line) -> bool:
    return not line.factors


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()
