"""From a claim and its programme to the texts of one artwork: plain values for the template."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs

from cradlemark.core.errors import RuleError
from cradlemark.core.language import Text
from cradlemark.core.periods import data_years
from cradlemark.label.artwork.code import Code
from cradlemark.label.artwork.colours import ONE_INK, palette
from cradlemark.label.artwork.variant import Variant
from cradlemark.label.artwork.words import has_word, word
from cradlemark.label.claim import Claim, Value
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.reduction_claim import is_own

SCALE = {"g": 1000.0, "kg": 1.0, "t": 0.001}
"""Units of the printed figures per kg."""


def content_of(claim: Claim, programme: ProgrammeProfile, variant: Variant, code: Code) -> dict[str, Any]:
    """Texts, colours and code of one artwork.

    Raises
    ------
    RuleError
        ``artwork-programme`` for another programme than the claim's, ``artwork-design`` for a design that the programme
        does not have.
    """
    _refuse_other(claim, programme, variant)
    shown = programme.design.elements
    shades = ONE_INK if variant.colouring == "one" else palette(programme.design.colour)
    return {
        "id": f"{claim.number} {variant.name}",
        "design": variant.design,
        "one": variant.colouring == "one",
        "colours": attrs.asdict(shades),
        "languages": list(variant.languages),
        "demonstration": claim.programme.demonstration,
        "number": claim.number,
        "code": {"across": code.across, "size": code.size, "runs": code.runs},
        "words": _texts(claim, programme, variant),
        **figures(claim, variant),
        "grade": _grade(claim, programme, variant) if "grade" in shown else None,
        "reduction": _reduction(claim, programme, variant) if "reduction" in shown else None,
        "until": claim.validity.until,
    }


def alternative_text(claim: Claim, programme: ProgrammeProfile, variant: Variant) -> str:
    """What a reader of the screen hears."""
    value = claim.values.life_cycle or claim.values.gate
    scope = word(f"scope_{_scope(claim)}")
    language = variant.languages[0]
    told = word("alternative")[language].format(
        number=claim.number, digits=printed(value.stated), unit=value.stated_unit, per=per_unit(claim)[language],
        scope=scope[language],
    )  # fmt: skip
    return told + _alternative_kind(claim, programme)[language]


def _alternative_kind(claim: Claim, programme: ProgrammeProfile) -> Text:
    """What the claim says beyond the footprint."""
    reduction, grade = claim.reduction, claim.grade
    if reduction is not None:
        others = _others(claim, programme)
        if others is not None:
            words = word("alternative_others")
            return Text(words.en.format(title=others["en"]), words.zh.format(title=others["zh"]))
        year = data_years(reduction.baseline_period)
        return word("alternative_reduction", percent=percent(reduction.reduction), year=year)
    if grade is not None:
        return word("alternative_grade", grade=grade.grade, code=class_code(claim), count=grade.count)
    return Text()


def lines(text: Text, variant: Variant) -> list[str]:
    """Lines of a text, one a language; one only when both are the same."""
    return list(dict.fromkeys(filter(None, (text[language].strip() for language in variant.languages))))


def printed(digits: str) -> str:
    """Digits with a true minus sign."""
    return digits.replace("-", "\N{MINUS SIGN}")


def interval(value: Value, *, digits: int | None = None) -> str:
    """95 % interval in the unit of the figure; empty when it is not known.

    Parameters
    ----------
    digits : int or None
        Significant digits of the larger bound, and as many decimals for the other; those of the figure when left out.
    """
    if value.low is None or value.high is None:
        return ""
    decimals = len(value.stated.partition(".")[2])
    largest = max(abs(value.low), abs(value.high)) * SCALE[value.stated_unit]
    if digits is not None and largest > 0.0:
        decimals = max(digits - 1 - math.floor(math.log10(largest)), 0)
    low, high = (f"{bound * SCALE[value.stated_unit]:.{decimals}f}" for bound in (value.low, value.high))
    return f"{printed(low)} – {printed(high)}"


def per_unit(claim: Claim) -> Text:
    """Per which declared unit, for example "per 1 piece"."""
    name = claim.unit.declared_unit
    unit = word(f"unit_{name}") if has_word(f"unit_{name}") else Text(name, name)
    amount = f"{claim.unit.declared_amount:.12g}"
    return Text(
        word("per").en.format(amount=amount, unit=unit.en), word("per").zh.format(amount=amount, unit=unit.zh)
    )


def percent(share: float) -> str:
    """A share [1] in per cent: one decimal below 100."""
    figure = share * 100.0
    return printed(f"{figure:.1f}" if abs(figure) < 99.95 else f"{figure:.0f}")


def figures(claim: Claim, variant: Variant) -> dict[str, Any]:
    """The one strong figure, and those that stand apart from it."""
    whole, gate = claim.values.life_cycle, claim.values.gate
    value = whole or gate
    apart = (
        {"icon": "gate", "name": lines(word("gate_short"), variant), "narrow": "A1–A3",
         "value": printed(gate.stated), "unit": gate.stated_unit}
        if whole else
        {"icon": "cycle", "name": lines(word("life_cycle_short"), variant),
         "narrow": "A4–C4", "value": "", "unit": "",
         "words": lines(word("not_covered"), variant)}
    )  # fmt: skip
    return {
        "figure": {"digits": printed(value.stated), "unit": value.stated_unit},
        "cells": [
            apart,
            {"icon": "interval", "name": lines(word("interval"), variant), "value": interval(value, digits=2),
             "unit": value.stated_unit, "words": lines(word("unknown"), variant)},
            {"icon": "data", "name": lines(word("data_year"), variant), "value": data_years(claim.basis.period), "unit": ""},
        ],
    }  # fmt: skip


def _texts(claim: Claim, programme: ProgrammeProfile, variant: Variant) -> dict[str, list[str]]:
    product, verification = claim.product, claim.verification
    scope = _scope(claim)
    texts: dict[str, Text | Sequence[str]] = {
        "title": programme.design.mark,
        "caption": word(f"caption_{scope}"),
        "scope": word(f"short_{scope}"),
        "per": per_unit(claim),
        "product": product.name,
        "models": _models(product.models),
        "holder": claim.holder.name,
        "verifier": verification.verifier,
        "assurance": word(verification.assurance),
        "programme": claim.programme.name,
        "number": word("number"),
        "until": word("until"),
        "until_short": word("until_short"),
        "demonstration": word("demonstration"),
        "demonstration_short": word("demonstration_short"),
        "micro": word("micro_both" if variant.wording == "both" else "micro"),
    }
    return {
        key: lines(text, variant) if isinstance(text, Text) else list(text) for key, text in texts.items()
    }


def _scope(claim: Claim) -> str:
    return "gate" if claim.values.life_cycle is None else "life_cycle"


def _models(models: tuple[str, ...]) -> list[str]:
    if not models:
        return []
    return [models[0] if len(models) == 1 else f"{models[0]} +{len(models) - 1}"]


def _grade(claim: Claim, programme: ProgrammeProfile, variant: Variant) -> dict[str, Any] | None:
    """Grade, class and size of the population: none of them says anything without the others."""
    if claim.grade is None:
        return None
    steps = [step.grade for step in programme.grade.steps] if programme.grade else []
    code, count = class_code(claim), claim.grade.count
    higher = f"{100.0 - claim.grade.percentile:.0f}"
    span = f"{steps[0]}–{steps[-1]}" if steps else ""
    return {
        "title": lines(word("grade"), variant),
        "steps": steps if claim.grade.grade in steps else [claim.grade.grade],
        "chosen": claim.grade.grade,
        "short": lines(word("grade_short", share=higher, count=count), variant),
        "population": f"{' '.join(lines(word('grade_class', code=code), variant))}, n {count}",
        "note": " ".join(lines(word("grade_note", share=higher), variant)),
        "plain": f"{code}, n {count}",
        "narrow": [code, f"{span}, n {count}"],
        "narrowest": [code.rpartition(" ")[2], f"n {count}"],
    }


def class_code(claim: Claim) -> str:
    """Code by which the class of a product is known best, for example ``CPC 46212``."""
    return min(claim.product.classification, default="")


def _reduction(claim: Claim, programme: ProgrammeProfile, variant: Variant) -> dict[str, Any] | None:
    """Share, year of the baseline and that it was verified; where the rule is about others, its own words."""
    reduction = claim.reduction
    if reduction is None:
        return None
    year, others = data_years(reduction.baseline_period), _others(claim, programme)
    title = others or word("reduction_title", year=year)
    short = word("others_short") if others else word("reduction_short", year=year)
    verified = lines(word("verified"), variant)
    return {
        "percent": "" if others else percent(reduction.reduction),
        "title": lines(title, variant),
        "short": lines(short, variant),
        "verified": verified,
        "note": f"{' '.join(verified)}, {reduction.baseline}",
        "row": lines(_verified(short), variant),
        "whole": lines(_verified(title), variant),
    }


def _verified(said: Text) -> Text:
    words = word("reduction_row")
    return Text(words.en.format(said=said["en"]), words.zh.format(said=said["zh"]))


def _others(claim: Claim, programme: ProgrammeProfile) -> Text | None:
    """Title of the alternative that is fulfilled, when it is a comparison with others."""
    ways = programme.reduction.alternatives if programme.reduction else ()
    found = next((way for way in ways if claim.reduction and way.id == claim.reduction.way), None)
    return found.title if found is not None and not is_own(found.needs) else None


def _refuse_other(claim: Claim, programme: ProgrammeProfile, variant: Variant) -> None:
    if claim.programme.id != programme.id:
        raise RuleError(
            Text(
                f"the claim is one of {claim.programme.id}, not of {programme.id}",
                f"该声明属于 {claim.programme.id}，而不是 {programme.id}",
            ),
            code="artwork-programme",
            hint=Text("give the programme of the claim", "给出该声明所属的计划"),
        )
    if variant.design not in programme.design.designs:
        raise RuleError(
            Text(
                f"the programme {programme.id} has no design {variant.design}",
                f"计划 {programme.id} 没有版式 {variant.design}",
            ),
            code="artwork-design",
            hint=Text(
                f"use {', '.join(programme.design.designs)}", f"使用 {'、'.join(programme.design.designs)}"
            ),
        )
