"""Draw docs/images/overview.svg from the first example, so that the picture shows what the program really says.

Run it with `.venv/bin/python scripts/overview_picture.py` after a number has moved; a test fails until it has been run.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from pathlib import Path

from cradlemark.cli.opening import open_model
from cradlemark.footprint.footprint import Footprint
from cradlemark.footprint.report.figures import percent, significant
from cradlemark.product.readers.bom import read_bom

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "overview.svg"
EXAMPLE = ROOT / "examples" / "terminal-block"

NAMES = {"TB2.5-PI-GY": "terminal block", "SJ-025-0012": "housing 绝缘座", "CJ-025-0007": "current bar 导电条", "TH-025-0003": "spring 夹紧弹簧"}  # fmt: skip
STAGES = (
    ("A1", "materials", ("A1",)),
    ("A2", "inbound", ("A2",)),
    ("A3", "factory", ("A3",)),
    ("A4–A5", "delivery", ("A4", "A5")),
    ("B6", "use", ("B6",)),
    ("C1–C4", "end of life", ("C1", "C2", "C3", "C4")),
)
DESCRIPTION = (
    "Left: the bill of materials of a terminal block. Middle: its footprint by stage of the life cycle. Right: the "
    "report with its findings. Below, dashed: third-party verification and the public register, which are planned."
)
STYLE = """
  svg { --page: #f4f7f8; --ink: #1d2b33; --soft: #5b6b75; --line: #c5d0d6; --card: #ffffff; --edge: #d5dee3;
    --fossil: #3d5a6c; --accent: #14776a; --warn: #b26a00;
    font-family: "Noto Sans", "Noto Sans SC", "Noto Sans CJK SC", "Segoe UI", "PingFang SC", "Microsoft YaHei", Helvetica, Arial, sans-serif; }
  @media (prefers-color-scheme: dark) { svg { --page: #11181c; --ink: #e6edf0; --soft: #9db0ba; --line: #46565f; --card: #1b2429; --edge: #3a4850;
    --fossil: #8fb3c9; --accent: #4fc3b0; --warn: #e6b95c; } }
  text { fill: var(--ink); font-size: 14px; } .head { font-size: 17px; font-weight: 600; } .big { font-size: 28px; font-weight: 700; }
  .bold { font-weight: 600; } .soft { fill: var(--soft); font-size: 12.5px; } .warn { fill: var(--warn); font-size: 12.5px; }
  .end { text-anchor: end; } .mid { text-anchor: middle; }
  .card { fill: var(--card); stroke: var(--edge); stroke-width: 1.5; } .planned { fill: none; stroke: var(--line); stroke-width: 1.5; stroke-dasharray: 5 4; }
  .line { fill: none; stroke: var(--line); stroke-width: 1.5; } .bar { fill: var(--fossil); } .whisker { stroke: var(--accent); stroke-width: 2; fill: none; }
  .arrow { fill: none; stroke: var(--accent); stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
"""


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Return one line of text."""
    attribute = f' class="{kind}"' if kind else ""
    return f'<text{attribute} x="{x:g}" y="{y:g}">{html.escape(words)}</text>'


def grams(kilograms: float) -> str:
    """Return a mass as the report writes it [g]."""
    return significant(kilograms * 1000, 3)


def card(x: float, title: str, chinese: str, below: Iterable[str]) -> Iterator[str]:
    """Give a card with its heading above and two lines below."""
    yield text(x + 4, 28, title, "head")
    yield text(x + 4, 49, chinese, "soft")
    yield f'<rect class="card" x="{x:g}" y="62" width="276" height="236" rx="10"/>'
    for number, words in enumerate(below):
        yield text(x + 138, 320 + 18 * number, words, "soft mid")


def bill() -> Iterator[str]:
    """Give the lines of the bill of materials as a tree."""
    yield from card(
        10,
        "Bill of materials",
        "物料清单",
        ("every line linked to a dataset,", "with unit, source and status"),
    )
    lines = [line for line in read_bom(EXAMPLE / "bom.xlsx").lines if line.part_number in NAMES]
    for number, line in enumerate(lines):
        y = 92 + 50 * number
        indent = 30 if number == 0 else 52
        mass = (
            ""
            if line.net_mass is None or line.net_mass.magnitude is None
            else f"{grams(line.net_mass.magnitude)} g"
        )
        yield text(indent, y, NAMES[line.part_number], "bold" if number == 0 else "")
        yield text(268, y, mass or "1 piece", "soft end")
        if number:
            yield text(indent, y + 19, line.material, "soft")
            yield f'<path class="line" d="M36 100V{y - 5}h10"/>'


def stages(footprint: Footprint) -> Iterator[str]:
    """Give the bars by stage, all to one scale, and both results with their intervals."""
    yield from card(
        362,
        "Life cycle by stage",
        "生命周期各阶段",
        ("g CO₂e per piece; bars to one scale,", "95 % intervals of both results"),
    )
    totals = {name: footprint.stage_total(of) for name, _, of in STAGES}
    gate, whole = footprint.interval("gate"), footprint.interval("life_cycle")
    scale = 84 / max(totals.values())
    for number, (name, words, _) in enumerate(STAGES):
        y = 91 + 26 * number
        yield text(376, y, name, "bold")
        yield text(500, y, words, "soft end")
        yield f'<rect class="bar" x="508" y="{y - 13}" width="{max(totals[name] * scale, 1):.1f}" height="17"/>'
        yield text(514 + max(totals[name] * scale, 1), y, grams(totals[name]), "soft")
    yield '<path class="line" d="M376 238H624"/>'
    for number, (words, interval) in enumerate((("Cradle to gate", gate), ("Full life cycle", whole))):
        y = 259 + 25 * number
        yield text(376, y, words, "soft")
        yield text(518, y, f"{grams(interval.figure)} g", "bold end")
        yield text(624, y, f"{grams(interval.low)} – {grams(interval.high)}", "soft end")


def report(footprint: Footprint) -> Iterator[str]:
    """Give what the report says beside the number."""
    yield from card(
        714, "Checked report", "经规则检查的报告", ("terminal, HTML and PDF;", "recomputed to the same bytes")
    )
    quality = footprint.data_quality
    count = {s: sum(f.severity == s for f in footprint.findings) for s in ("error", "warning", "note")}
    yield text(734, 104, f"{grams(footprint.cradle_to_gate)} g CO₂e", "big")
    yield text(734, 128, "per piece, cradle to gate", "soft")
    rows = (
        ("from unverified factors", percent(quality.unverified_share), "warn"),
        ("primary data", percent(quality.primary_share), "soft"),
        ("rule pack", footprint.versions.rule_pack, "soft"),
        ("errors / warnings / notes", " / ".join(str(n) for n in count.values()), "soft"),
        ("study, data, rules", "by digest", "soft"),
    )
    for number, (words, value, kind) in enumerate(rows):
        y = 166 + 28 * number
        yield text(734, y, words, kind)
        yield text(972, y, value, f"{kind} end")


def planned() -> Iterator[str]:
    """Give what comes later, marked as that."""
    yield '<rect class="planned" x="10" y="356" width="980" height="40" rx="10"/>'
    words = "planned 计划中:  third-party verification workflow  →  public register with web pages"
    yield text(500, 381, words, "soft mid")


def picture() -> str:
    """Return the whole drawing."""
    footprint = open_model(EXAMPLE).calculate().footprint
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-14 -8 1028 418" role="img" aria-labelledby="title desc">',
        '<title id="title">From a bill of materials to a checked footprint</title>',
        f'<desc id="desc">{DESCRIPTION}</desc>',
        f"<style>{STYLE}</style>",
        '<rect x="-14" y="-8" width="1028" height="418" rx="14" fill="var(--page)"/>',
        *bill(),
        *stages(footprint),
        *report(footprint),
        '<path class="arrow" d="M304 180h40m-14 -12l14 12l-14 12"/><path class="arrow" d="M656 180h40m-14 -12l14 12l-14 12"/>',
        *planned(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
