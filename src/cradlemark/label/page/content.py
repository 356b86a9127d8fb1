"""From a published label to the values of its page in one language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Language, Text, visible
from cradlemark.footprint.leaves import CAUSE_NAMES
from cradlemark.label.artwork.content import interval, per_unit, percent, printed
from cradlemark.label.certificate.content import Row, amount, statement
from cradlemark.label.certificate.content import word as term
from cradlemark.label.claim import Claim, Grade, Reduction
from cradlemark.label.credential import base_of, label_address
from cradlemark.label.number import LabelNumber, read_number
from cradlemark.label.page.comparison import differences, short
from cradlemark.label.page.files import downloads, picture
from cradlemark.label.page.record import PublicLabel
from cradlemark.label.page.stages import bars_of
from cradlemark.label.page.state import banner
from cradlemark.label.page.wording import day, spoken, subscripts, word
from cradlemark.label.workflow import workflow
from cradlemark.trust.key_documents import did_of, document_path

SUBJECT = ("models", "gtin", "classification", "holder", "site", "service_life")
"""Rows about the product whose absence is worth a word."""
Pair = tuple[Markup, Markup]


def page_content(label: PublicLabel, language: Language) -> dict[str, Any]:
    """Everything that the template of a page shows."""
    claim, programme, state = label.claim, label.programme, banner(label)
    public = frozenset(programme.public_fields)
    offered = downloads(label.files, mark=state.mark)
    stated = statement(claim, programme)

    def rows(section: str) -> list[Pair]:
        found = [(name, short(value)) for name, value in stated[section] if value]
        return [(spoken(name, language), spoken(value, language)) for name, value in found]

    return {
        "claim": claim,
        "state": state,
        "reason": spoken(state.reason, language),
        "shown": label.state != "registered",
        "public": public,
        "withheld": [name[language] for name in _withheld(claim, public)],
        "name": spoken(claim.product.name, language),
        "name_path": _name_path(claim.product.name, language),
        "figure": _figure(claim, language),
        "subject": rows("subject"),
        "missing": [name[language] for name in _missing(stated["subject"])],
        "picture": picture(offered, language),
        "position": _position(claim.grade, label) if claim.grade else None,
        "bars": bars_of(claim),
        "result": rows("result"),
        "reduction": _reduction(claim, claim.reduction, programme.mark) if claim.reduction else None,
        "reduction_rows": rows("reduction"),
        "grade_rows": rows("grade"),
        "sections": {name: rows(name) for name in ("verification", "basis", "quality", "validity")},
        "digests": [(spoken(name, language), subscripts(value.en)) for name, value in stated["digests"]],
        "downloads": offered,
        "log": label.log,
        "base": base_of(label.log.origin),
        "address": label_address(base_of(label.log.origin), claim.number),
        "did": did_of(label.log.origin),
        "did_path": document_path(did_of(label.log.origin)),
        "history": _history(label, language),
        "changed": day(label.changes[-1].time if label.changes else claim.validity.issued, language),
        "previous": _link(claim.previous, programme.mark) if claim.previous else None,
        "followers": [_link(number, programme.mark) for number in label.followers],
        "differences": differences(label.previous, claim, programme) if label.previous else None,
        "limits": [spoken(limit, language) for limit in claim.limits],
    }


def _withheld(claim: Claim, public: frozenset[str]) -> list[Text]:
    absent = {"reduction": claim.reduction is None, "grade": claim.grade is None}
    return [title for name, title in workflow().fields.items() if name not in public and not absent.get(name)]


def _name_path(name: Text, language: Language) -> str:
    """Where the record holds the name as it is shown; empty when it is not shown as it is."""
    own = {"en": name.en, "zh": name.zh}
    other: Language = "en" if language == "zh" else "zh"
    shown = language if own[language] else other
    plain = " ".join(own[shown].split())
    return f"product.name.{shown}" if visible(own[shown]) == own[shown] == plain else ""


def _figure(claim: Claim, language: Language) -> dict[str, Any]:
    values = claim.values
    main, key = (values.life_cycle, "life_cycle") if values.life_cycle else (values.gate, "gate")
    return {
        "digits": printed(main.stated),
        "unit": main.stated_unit,
        "path": f"values.{key}",
        "per": spoken(word("per_unit", per=per_unit(claim)[language]), language),
        "scope": word(f"scope_{key}"),
        "interval": interval(main),
        "gate": f"{printed(values.gate.stated)} {values.gate.stated_unit} CO2e" if values.life_cycle else "",
        "unverified": percent(claim.quality.unverified_share) if claim.quality.unverified_share else "",
    }


def _missing(subject: Sequence[Row]) -> list[Text]:
    there = {name for name, value in subject if value}
    return [term(key) for key in SUBJECT if term(key) not in there]


def _position(grade: Grade, label: PublicLabel) -> dict[str, Any]:
    rule = label.programme.grade
    bounds = [0.0, *(step.up_to for step in rule.steps)] if rule else []
    return {
        "grade": grade,
        "words": {
            "grade": grade.grade, "count": grade.count, "percentile": f"{grade.percentile:.0f}",
            "low": f"{grade.low:.0f}", "high": f"{grade.high:.0f}",
        },
        "steps": [
            {"name": step.grade, "low": low, "high": step.up_to, "own": step.grade == grade.grade}
            for low, step in zip(bounds, rule.steps if rule else (), strict=False)
        ],
    }  # fmt: skip


def _reduction(claim: Claim, reduction: Reduction, mark: str) -> dict[str, Any]:
    main = claim.values.life_cycle or claim.values.gate
    names = {str(cause): name for cause, name in CAUSE_NAMES.items()}
    low, high = (None if part is None else percent(part) for part in (reduction.low, reduction.high))
    return {
        "percent": percent(reduction.reduction),
        "low": low,
        "high": high,
        "unit": main.stated_unit,
        "parts": [
            (names.get(cause, Text(cause, cause)), _bare(amount(part, main)), cause in reduction.excluded)
            for cause, part in sorted(reduction.parts.items(), key=lambda item: -abs(item[1]))
        ],
        "difference": _bare(amount(reduction.figure - reduction.baseline_figure, main)),
        "baseline": _link(reduction.baseline, mark) if reduction.baseline_kind == "label" else None,
        "reference": reduction.baseline,
        "published": amount(reduction.published_figure, main)
        if reduction.published_figure is not None
        else "",
    }


def _bare(figure: str) -> str:
    """An amount without its unit."""
    return figure.rsplit(" ", 2)[0]


def _link(number: str, mark: str) -> tuple[str, str]:
    """A number and the address of its page from a page beside it; no address for what this programme has not issued."""
    try:
        read: LabelNumber | None = read_number(number)
    except CradlemarkError:
        read = None
    own = read is not None and read.programme == mark
    return number, f"{label_address('../..', number)}/" if own else ""


def _history(label: PublicLabel, language: Language) -> list[dict[str, Any]]:
    states, roles = workflow().states["label"], workflow().roles
    return [
        {
            "date": change.time[:10],
            "day": day(change.time, language),
            "state": spoken(states[change.state].title, language),
            "role": spoken(roles.get(change.role, Text(change.role, change.role)), language),
            "reason": spoken(change.reason, language),
            "index": change.index,
        }
        for change in reversed(label.changes)
    ]
