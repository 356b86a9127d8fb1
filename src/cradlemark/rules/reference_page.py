"""The reference page of rule packs and facts, made from the packs and the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from cradlemark.rules.catalogue import PHASES, FactType, catalogue
from cradlemark.rules.checklist import escaped
from cradlemark.rules.definitions import RulePack
from cradlemark.rules.pack import load_pack, pack_ids

_INTRODUCTION = """\
# Rule packs

A rule pack is a TOML file that says what a study is checked against: methods of the calculation, limits, boundaries,
required fields, demands on data quality and checks. `cradlemark check` gives every finding; `cradlemark rules checklist`
prints the same pack as a verifier's checklist in Markdown; `cradlemark rules show` prints the pack. A study names its
pack in `rule_pack`.

- A check has a condition over *facts*. It passes, fails, does not apply (`when` is false), or cannot be assessed because
  a fact is not known. What cannot be assessed is a finding of severity note; it never passes silently.
- A check over a scope is asked for each item of it, and each offending item has its own finding with its path.
- Exceeding a limit is accepted and flagged; broken invariants are errors.
- Status of a clause: *seen* means that public sources quote the clause number, *unverified* that nothing was checked
  against the published text. Status of a limit: *own* means that the pack sets it; it is not taken from the standard.
- Beside the checks of a pack there are four findings of the check itself: `required-field`, `required-stage`,
  `boundary-allowed` and `not-checked-yet` (checks that wait for the compiled study or the result).

## A pack of one's own

A pack may extend another one: tables are merged key by key, `drop` removes entries. A file name ending in `.toml` stands
for the id in `cradlemark rules show` and `cradlemark rules checklist`.

```toml
[pack]
id = "our-rules"
extends = "iso-14067-2018"
version = "1"
standard = "Our product category rule, edition 1"
title = { en = "Our rules", zh = "本企业规则" }
status = "unverified"
source = "Our product category rule"
status_note = { en = "Draft.", zh = "草案。" }

[limits.cut_off_single_limit]
value = 0.005

[checks.period-length]
severity = "error"

[drop]
checks = ["use-dominates"]
```

Conditions are formulas of the same language as parameters: numbers, names, comparisons, `and`, `or`, `not` and the
functions of the language. Names are facts and limits. Messages may hold `{label}`, `{where}` and the name of any fact or
limit of the check, with a format such as `{cut_off_share:.1%}`. Unknown names, wrong units and conditions that name no
fact are errors when the pack is loaded, all reported at once.

This page is generated from the packs; a test compares both.
"""


def reference_page() -> str:
    """Return the page in Markdown."""
    packs = [load_pack(pack_id) for pack_id in pack_ids()]
    parts = [
        _INTRODUCTION,
        "## Packs\n",
        *_table(("pack", "standard", "status", "extends", "checks"), _packs(packs)),
    ]
    for pack in packs:
        parts += ["", *_pack(pack)]
    parts += ["", "## Facts", "", *_facts()]
    return "\n".join(parts) + "\n"


def _table(header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def _packs(packs: list[RulePack]) -> Iterator[tuple[str, ...]]:
    for pack in packs:
        extends = f"`{pack.extends}`" if pack.extends else ""
        yield f"`{pack.id}`", escaped(pack.standard), pack.status, extends, str(len(pack.checks))


def _pack(pack: RulePack) -> list[str]:
    below = load_pack(pack.extends) if pack.extends else None
    known = {check.id: check for check in below.checks} if below else {}
    checks = [check for check in pack.checks if known.get(check.id) != check]
    limits = [limit for limit in pack.limits if not below or limit not in below.limits]
    more = f", beside those of `{pack.extends}`" if below else ""
    gone = sorted(known.keys() - {check.id for check in pack.checks})
    lines = [f"## `{pack.id}`", "", escaped(pack.status_note.en), "", escaped(pack.status_note.zh), ""]
    lines += [f"### Limits of `{pack.id}`{more}", ""] if limits else []
    if limits:
        rows = (
            (
                f"`{limit.name}`", f"{limit.value:g}", escaped(limit.unit), escaped(limit.title.en),
                escaped(limit.title.zh), limit.status, escaped(limit.source),
            )
            for limit in limits
        )  # fmt: skip
        lines += [*_table(("limit", "value", "unit", "meaning", "含义", "status", "source"), rows), ""]
    lines += [f"### Required fields of `{pack.id}`", ""]
    required = (
        (f"`{item.path}`", ", ".join(item.boundaries) or "all", item.severity, escaped(item.title.en), escaped(item.title.zh))
        for item in pack.required
    )  # fmt: skip
    lines += [*_table(("field", "boundary", "severity", "meaning", "含义"), required), ""]
    lines += [f"### Checks of `{pack.id}`{more}", ""]
    check_rows = (
        (
            f"`{check.id}`", escaped(pack.clause(check.clause).label), check.severity, check.over,
            f"`{check.when}`" if check.when else "", f"`{check.condition}`", escaped(check.title.en),
            escaped(check.title.zh),
        )
        for check in checks
    )  # fmt: skip
    lines += _table(
        ("check", "clause", "severity", "over", "when", "condition", "meaning", "含义"), check_rows
    )
    if gone:
        lines += ["", f"Not taken over: {', '.join(f'`{name}`' for name in gone)}."]
    return lines


def _facts() -> list[str]:
    table = catalogue()
    lines: list[str] = []
    for phase in PHASES:
        found = [fact for fact in table.facts.values() if fact.needs == phase]
        lines += [f"### Facts of the whole study, from the {phase}", "", *_table(_FACT, _rows(found)), ""]
    for name, scope in table.scopes.items():
        lines += [
            f"### Facts over `{name}` ({escaped(scope.title.en)}, {escaped(scope.title.zh)}), from the {scope.needs}",
            "",
        ]
        lines += [*_table(_FACT, _rows(list(scope.facts.values()))), ""]
    return lines[:-1]


_FACT = ("fact", "unit", "meaning", "含义")


def _rows(facts: list[FactType]) -> Iterator[tuple[str, ...]]:
    for fact in facts:
        yield (
            f"`{fact.name}`",
            escaped(fact.unit) or "yes or no",
            escaped(fact.title.en),
            escaped(fact.title.zh),
        )
