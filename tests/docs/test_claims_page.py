"""The page of claims lists every lint as it is."""

from __future__ import annotations

from pathlib import Path

from cradlemark.label.lints import LINTS, PROGRAMME_LINTS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "claims.md").read_text(encoding="utf-8")


def test_every_lint_stands_on_the_page_and_no_other() -> None:
    rows = [f"| `{x.id}` | {x.label} | {x.severity} | {x.title.en} | {x.title.zh} |" for x in LINTS]
    rows += [f"| `{x.id}` | {x.title.en} | {x.title.zh} |" for x in PROGRAMME_LINTS]
    beginnings = ("| `iso-", "| `gb-", "| `pact-", "| `cradlemark-", "| `programme-")
    assert [line for line in PAGE.splitlines() if line.startswith(beginnings)] == rows
