"""The verifier's checklist of a rule pack, as Markdown; with findings, what the machine found stands beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cradlemark.core.language import Language, Text
from cradlemark.rules.catalogue import PHASE_NAMES
from cradlemark.rules.check import needed_phases
from cradlemark.rules.definitions import STATUS_NAMES, BoundaryRule, Check, Clause, RulePack
from cradlemark.rules.finding import SEVERITIES, Finding
from cradlemark.rules.required import BOUNDARY_RULE, FIELD_RULE, STAGE_RULE

NOT_CHECKED_YET = "not-checked-yet"
_BOX = "\u2610"

_WORDS: Mapping[str, Text] = {
    "title": Text("Verifier's checklist", "核查清单"),
    "pack": Text("Rule pack", "规则包"),
    "standard": Text("Standard", "标准"),
    "status": Text("Status", "状态"),
    "digest": Text("Digest", "摘要值"),
    "superseded": Text("Superseded by", "已被替代"),
    "methods": Text("Methods of the calculation", "计算方法"),
    "limits": Text("Limits", "限值"),
    "boundaries": Text("System boundaries", "系统边界"),
    "demands": Text("Data quality", "数据质量"),
    "required": Text("Required fields", "必填内容"),
    "statements": Text("Sentences the report must carry", "报告须载明的说明"),
    "examine": Text("Examine", "审查内容"),
    "evidence": Text("Evidence", "证据"),
    "done": Text("Done", "完成"),
    "check": Text("Check", "检查"),
    "asks": Text("What holds in a conforming study", "符合要求时成立的内容"),
    "severity": Text("Severity", "级别"),
    "machine": Text("Machine", "机器判定"),
    "field": Text("Field", "字段"),
    "value": Text("Value", "取值"),
    "unit": Text("Unit", "单位"),
    "method": Text("Method", "方法"),
    "limit": Text("Limit", "限值"),
    "clause": Text("Clause", "条款"),
    "boundary": Text("Boundary", "边界"),
    "stages": Text("Stages that must have lines", "须有内容的阶段"),
    "demand": Text("Demand", "要求"),
    "site": Text("Site data", "现场数据"),
    "background": Text("Background data", "背景数据"),
    "conclusion": Text("Verifier's remark", "核查意见"),
    "all": Text("all", "全部"),
    "needs": Text("needs", "需要"),
    "passed": Text("no finding", "无发现"),
    "not_made": Text("not checked yet", "尚未检查"),
    "findings": Text("Findings", "发现"),
    "other": Text("Findings outside the checks", "检查以外的发现"),
    "error": Text("error", "错误"),
    "warning": Text("warning", "警告"),
    "note": Text("note", "提示"),
    "declared": Text("declared unit", "声明单位"),
    "functional": Text("functional unit", "功能单位"),
    "true": Text("yes", "是"),
    "false": Text("no", "否"),
    "disclaimer": Text(
        "Machine findings help the verifier; they do not replace the verifier's judgement.",
        "机器判定仅供核查员参考，不能替代核查员的判断。",
    ),
}


def checklist(pack: RulePack, language: Language, findings: Sequence[Finding] | None = None) -> str:
    """Return the checklist of a pack in Markdown.

    Parameters
    ----------
    pack : RulePack
    language : {"en", "zh"}
    findings : sequence of Finding, optional
        Of `cradlemark.rules.check.check` for the same pack; each check then shows what the machine found.

    Returns
    -------
    str
        Checks grouped by clause, each with a box to tick; ends with a line break.
    """
    parts = [
        _head(pack, language),
        _methods(pack, language),
        _boundaries(pack, language),
        _limits(pack, language),
        _demands(pack, language),
        _required(pack, language, findings),
        *_clauses(pack, language, findings),
        _statements(pack, language),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _word(key: str, language: Language) -> str:
    return _WORDS[key][language]


def escaped(text: str) -> str:
    """Make a text safe inside a Markdown table or line."""
    plain = " ".join(text.split())
    for mark in "\\|`*_<>[]":
        plain = plain.replace(mark, f"\\{mark}")
    return plain


def _table(keys: Sequence[str], rows: Sequence[Sequence[str]], language: Language) -> list[str]:
    header = "| " + " | ".join(_word(key, language) for key in keys) + " |"
    return [header, "|" + " --- |" * len(keys), *("| " + " | ".join(row) + " |" for row in rows)]


def _head(pack: RulePack, language: Language) -> list[str]:
    colon = ": " if language == "en" else "："
    lines = [
        f"# {_word('title', language)}{colon}{escaped(pack.title[language])}",
        "",
        f"- {_word('pack', language)}{colon}`{pack.id}` {pack.version}",
        f"- {_word('standard', language)}{colon}{escaped(pack.standard)}",
        f"- {_word('status', language)}{colon}{STATUS_NAMES[pack.status][language]}",
        f"- {_word('digest', language)}{colon}`{pack.digest}`",
    ]
    if pack.superseded_by:
        lines.append(f"- {_word('superseded', language)}{colon}`{pack.superseded_by}`")
    return [*lines, "", f"> {escaped(pack.status_note[language])}", f"> {_word('disclaimer', language)}"]


def _methods(pack: RulePack, language: Language) -> list[str]:
    rows = [
        [
            escaped(item.title[language]),
            _value(item.value, language),
            *_rests_on(pack, item.clause, item.status, language),
        ]
        for item in pack.methods
    ]
    return [
        f"## {_word('methods', language)}",
        "",
        *_table(("method", "value", "clause", "status"), rows, language),
    ]


def _value(value: str | bool | tuple[str, ...], language: Language) -> str:
    if isinstance(value, bool):
        return _word("true" if value else "false", language)
    return f"`{value}`" if isinstance(value, str) else ", ".join(f"`{item}`" for item in value)


def _rests_on(pack: RulePack, clause: str, status: str, language: Language) -> tuple[str, str]:
    return escaped(_clause_name(pack.clause(clause))), STATUS_NAMES[status][language]


def _clause_name(clause: Clause) -> str:
    return f"{clause.standard}, {clause.number}" if clause.number else clause.standard


def _groups(pack: RulePack, rule: BoundaryRule, language: Language) -> str:
    groups = map(pack.stage_group, rule.groups)
    return "; ".join(f"{escaped(group.name[language])} ({', '.join(group.stages)})" for group in groups)


def _boundaries(pack: RulePack, language: Language) -> list[str]:
    rows = [
        [escaped(item.name[language]), _word(item.unit, language), _groups(pack, item, language)]
        for item in pack.boundaries
    ]
    return [
        f"## {_word('boundaries', language)}",
        "",
        *_table(("boundary", "unit", "stages"), rows, language),
    ]


def _limits(pack: RulePack, language: Language) -> list[str]:
    rows = [
        [
            escaped(item.title[language]), f"{item.value:g}", escaped(item.unit),
            *_rests_on(pack, item.clause, item.status, language),
        ]
        for item in pack.limits
    ]  # fmt: skip
    return [
        f"## {_word('limits', language)}", "",
        *_table(("limit", "value", "unit", "clause", "status"), rows, language),
    ]  # fmt: skip


def _demands(pack: RulePack, language: Language) -> list[str]:
    if not pack.demands:
        return []
    lines = [f"## {_word('demands', language)}"]
    for table in ("site", "background"):
        rows = [
            [_BOX, escaped(item.title[language]), escaped(item.text[language]), ""]
            for item in pack.demands
            if item.table in {table, "both"}
        ]
        lines += ["", f"### {_word(table, language)}", ""]
        lines += _table(("done", "demand", "asks", "conclusion"), rows, language)
    return lines


def _required(pack: RulePack, language: Language, findings: Sequence[Finding] | None) -> list[str]:
    keys = ["done", "field", "asks", "boundary", "severity", "conclusion"]
    rows = []
    for field in pack.required:
        names = [rule.name[language] for rule in pack.boundaries if rule.id in field.boundaries]
        rows.append(
            [
                _BOX, f"`{field.path}`", escaped(field.title[language]),
                escaped(", ".join(names)) or _word("all", language), _word(field.severity, language), "",
            ]
        )  # fmt: skip
    lines = [f"## {_word('required', language)}", "", *_table(keys, rows, language)]
    rules = {FIELD_RULE, STAGE_RULE, BOUNDARY_RULE}
    return [*lines, *_found([item for item in findings or () if item.rule in rules], language)]


def _clauses(pack: RulePack, language: Language, findings: Sequence[Finding] | None) -> Iterator[list[str]]:
    for clause in pack.clauses:
        checks = [check for check in pack.checks if check.clause == clause.id]
        if checks:
            yield _clause(pack, clause, checks, language, findings)


def _clause(
    pack: RulePack,
    clause: Clause,
    checks: Sequence[Check],
    language: Language,
    findings: Sequence[Finding] | None,
) -> list[str]:
    colon = ": " if language == "en" else "："
    lines = [
        f"## {escaped(_clause_name(clause))} {escaped(clause.title[language])}",
        "",
        f"- {_word('status', language)}{colon}{STATUS_NAMES[clause.status][language]}",
        f"- {_word('examine', language)}{colon}{escaped(clause.look_at[language])}",
        f"- {_word('evidence', language)}{colon}{escaped(clause.evidence[language])}",
        "",
    ]
    keys = ["done", "check", "asks", "severity", *(["machine"] if findings is not None else []), "conclusion"]
    rows = []
    for check in checks:
        machine = [] if findings is None else [_verdict(pack, check, findings, language)]
        rows.append(
            [
                _BOX,
                f"`{check.id}`",
                escaped(check.title[language]),
                _word(check.severity, language),
                *machine,
                "",
            ]
        )
    lines += _table(keys, rows, language)
    ids = {check.id for check in checks}
    return [*lines, *_found([item for item in findings or () if item.rule in ids], language)]


def _verdict(pack: RulePack, check: Check, findings: Sequence[Finding], language: Language) -> str:
    own = [finding for finding in findings if finding.rule == check.id]
    if own:
        counts = [(severity, sum(item.severity == severity for item in own)) for severity in SEVERITIES]
        return ", ".join(f"{count} {_word(severity, language)}" for severity, count in counts if count)
    early = any(finding.rule == NOT_CHECKED_YET for finding in findings)
    later = needed_phases(pack.conditions[check.id]) - {"study"}
    if early and later:
        needs = PHASE_NAMES["footprint" if "footprint" in later else "system"][language]
        return f"{_word('not_made', language)} ({_word('needs', language)} {needs})"
    return _word("passed", language)


def _found(findings: Sequence[Finding], language: Language) -> list[str]:
    if not findings:
        return []
    colon = ": " if language == "en" else "："
    stop = "." if language == "en" else "。"
    lines = ["", f"{_word('findings', language)}{colon}", ""]
    for finding in findings:
        place = f" `{finding.where.replace('`', '')}`" if finding.where else ""
        repair = f" {escaped(finding.repair[language])}" if finding.repair else ""
        lines.append(
            f"- {_BOX} **{_word(finding.severity, language)}** `{finding.rule}`{place}{colon}"
            f"{escaped(finding.message[language])}{stop}{repair}"
        )
    return lines


def _statements(pack: RulePack, language: Language) -> list[str]:
    if not pack.statements:
        return []
    rows = [f"- {_BOX} {escaped(item.text[language])}" for item in pack.statements]
    return [f"## {_word('statements', language)}", "", *rows]
