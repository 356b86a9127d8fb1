"""The reference page of the datasets says what the packaged data are: columns, words, counts, ranges."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from cradlemark.inventory.dataset import STATUSES
from cradlemark.inventory.gates import categories, gates
from cradlemark.inventory.starter import starter_database, starter_description
from cradlemark.inventory.table_columns import allowed_values, columns

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "datasets.md").read_text("utf-8")


def column_lines() -> list[str]:
    return [
        f"| `{c.name}` | {'yes' if c.required else ''} | {c.meaning.en} | {c.meaning.zh} | "
        f"{', '.join(h for h in c.headings if not h.isascii())} |"
        for c in columns().values()
        if not c.gas
    ]


def gas_lines() -> list[str]:
    listed = [c for c in columns().values() if c.gas and c.headings]
    return [f"| `{c.name}` | {c.origin} | {', '.join(c.headings)} |" for c in listed]


def category_lines() -> list[str]:
    counts = Counter((d.category, d.status) for d in starter_database().datasets.values())
    lines = []
    for key, name in categories().items():
        numbers = [counts[key, status] for status in STATUSES]
        ranges = "; ".join(f"{g.low:g} to {g.high:g} per {g.unit}" for g in gates(key)) or "not checked"
        shown = " | ".join(str(number) for number in (*numbers, sum(numbers)))
        lines.append(f"| `{key}` | {name.en} | {name.zh} | {shown} | {ranges} |")
    return lines


def licence_lines() -> list[str]:
    return [
        f"| {e['licence']} | {e['rows']} | {e['status']} | {e['attribution']} |"
        for e in starter_description()["licences"]
    ]


def left_out_lines() -> list[str]:
    return [f"| {e['what']} | {e['count']} | {e['reason']} |" for e in starter_description()["left_out"]]


def test_every_line_that_comes_from_the_data_is_on_the_page():
    lines = [*column_lines(), *gas_lines(), *category_lines(), *licence_lines(), *left_out_lines()]
    assert len(lines) > 80
    assert [line for line in lines if line not in PAGE] == []


def test_counts_and_version():
    counts = starter_description()["counts"]
    database = starter_database()
    assert f"{counts['collected']:,} collected rows" in PAGE
    assert f"{counts['left_out']} were left out" in PAGE
    assert f"version {database.version}" in PAGE
    assert f"{len(database.datasets):,} datasets" in PAGE
    statuses = Counter(d.status for d in database.datasets.values())
    for status in STATUSES:
        assert f"{statuses[status]} {status}" in PAGE


def test_fixed_words_are_listed():
    for name in ("boundary", "purpose", "status", "kind", "gwp_set"):
        line = next(line for line in PAGE.splitlines() if line.startswith(f"- `{name}`:"))
        assert all(f"`{word}`" in line for word in allowed_values(name))


def test_rules_of_the_review_are_on_the_page():
    about = starter_description()
    for text in (*about["rules"].values(), *about["pedigree"].values(), about["uncertainty"]["rule"]):
        assert text in PAGE
