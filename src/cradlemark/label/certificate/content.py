"""From a claim to the rows of its certificate: everything that the linked statement of a label has to say."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from cradlemark.core.language import Text
from cradlemark.footprint.leaves import CAUSE_NAMES
from cradlemark.footprint.report.words import keys
from cradlemark.footprint.report.words import word as report_word
from cradlemark.label.artwork.content import SCALE, interval, per_unit, percent, printed
from cradlemark.label.artwork.words import word as _word
from cradlemark.label.claim import Basis, Claim, Fact, Reduction, Value
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.rules.definitions import STATUS_NAMES
from cradlemark.rules.pack import load_pack, pack_ids

PACKAGE = "cradlemark.label.certificate"
Row = tuple[Text, Text]
BESIDE, IN_ROW = 200, 1_600
"""Widths of a value that has room beside the label, and in a row of the page [letters]: a row does not break."""
_BETWEEN = re.compile(r"(?:[,;] |[、，；])(?:(?![,;] |[、，；]).)*$")
_DIGEST, _EIGHT = re.compile(r"[0-9a-f]{24,}"), re.compile(r".{1,8}")
BEYOND_GATE = ("A4", "A5", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "C1", "C2", "C3", "C4")


def word(key: str, **values: object) -> Text:
    """Return a text of the certificate."""
    return _word(key, package=PACKAGE, **values)


def certificate_content(
    claim: Claim, programme: ProgrammeProfile, *, state: Text | None = None
) -> dict[str, Any]:
    """Texts of the certificate: sections of rows, the table of stages, notes; the state where it takes the mark away."""
    return {
        "title": _plain(word("title")),
        "number": claim.number,
        "programme": _plain(claim.programme.name),
        "demonstration": _plain(word("demonstration")) if claim.programme.demonstration else None,
        "colour": programme.design.colour,
        "figure": _headline(claim),
        "product": _plain(claim.product.name),
        "sections": {
            key: {"title": _plain(word(key)), "rows": [[_plain(name), _plain(value)] for name, value in rows]}
            for key, rows in _sections(claim, programme).items() if rows
        },
        "stages": _stages(claim),
        "limits": {"title": _plain(word("limits")), "items": [_plain(limit) for limit in claim.limits]},
        "status": _plain(word("status") if state is None else word("not_valid")),
        "state": None if state is None else {"title": _plain(state), "words": _plain(word("no_mark"))},
        "record": _plain(word("record")),
        "scan": _plain(word("scan")),
    }  # fmt: skip


def statement(claim: Claim, programme: ProgrammeProfile) -> dict[str, list[Row]]:
    """Everything that a claim states, by section: rows of a name and a value; empty values are not stated."""
    return {
        "subject": _subject(claim), "result": _result(claim), "basis": _basis(claim), "quality": _quality(claim),
        "reduction": _reduction(claim, programme), "grade": _grade(claim), "verification": _verification(claim),
        "validity": _validity(claim, programme), "digests": _digests(claim),
    }  # fmt: skip


def _sections(claim: Claim, programme: ProgrammeProfile) -> dict[str, list[Row]]:
    """The rows of a statement in which all values have room; values that were cut stand in full in a section of their own."""
    sections: dict[str, list[Row]] = {}
    whole: list[Row] = []
    for key, rows in statement(claim, programme).items():
        most = BESIDE if key == "subject" else IN_ROW
        stated = [row for row in rows if row[1]]
        whole += [row for row in stated if _width(row[1]) > most]
        sections[key] = [(name, _cut(value, most)) for name, value in stated]
    return sections | {"in_full": whole}


def _width(text: Text) -> int:
    """Width of the wider of both languages [letters]."""
    return max(_widths(line)[-1] for line in (text["en"], text["zh"]))


def _widths(line: str) -> list[int]:
    """Width of a line up to each of its letters; a Chinese character counts twice."""
    return list(accumulate((1 + (letter >= "\u2e80") for letter in line), initial=0))


def _cut(text: Text, most: int) -> Text:
    """A text, or its beginning up to a place between two words, and where the rest is."""
    if _width(text) <= most:
        return text
    lines = (line[: bisect_right(_widths(line), most // 2) - 1] for line in (text["en"], text["zh"]))
    return word("cut").format(beginning=Text(*(_BETWEEN.sub("", line) for line in lines)))


def _plain(text: Text) -> list[str]:
    return [_breakable(line) for line in dict.fromkeys(filter(None, (text["zh"], text["en"])))]


def _breakable(text: str) -> str:
    """A text whose digests may break after every eight characters."""
    return _DIGEST.sub(lambda found: "\N{ZERO WIDTH SPACE}".join(_EIGHT.findall(found[0])), text)


def _same(value: str) -> Text:
    return Text(value, value)


def _headline(claim: Claim) -> dict[str, Any]:
    value = claim.values.life_cycle or claim.values.gate
    scope = word("life_cycle") if claim.values.life_cycle else word("gate_partial")
    return {
        "digits": printed(value.stated), "unit": value.stated_unit, "per": _plain(per_unit(claim)), "scope": _plain(scope),
    }  # fmt: skip


def _subject(claim: Claim) -> list[Row]:
    product, unit = claim.product, claim.unit
    life = word("years", count=f"{unit.service_life:.12g}") if unit.service_life is not None else Text()
    return [
        (word("product"), product.name),
        (word("models"), _same(", ".join(product.models))),
        (word("gtin"), _same(product.gtin)),
        (word("classification"), _same(", ".join(product.classification))),
        (word("holder"), _with(claim.holder.name, claim.holder.place, claim.holder.id)),
        (word("site"), _with(product.site)),
        (word("declared_unit"), _declared(claim)),
        (word("functional_unit"), unit.functional_unit),
        (word("mass"), _same(f"{unit.mass:.6g} kg")),
        (word("service_life"), life),
    ]


def _declared(claim: Claim) -> Text:
    per = per_unit(claim)
    return Text(per.en.removeprefix("per "), per.zh.removeprefix("每 "))


def _with(text: Text, *more: str) -> Text:
    rest = "".join(f", {part}" for part in more if part)
    if not text:
        return _same(rest.removeprefix(", "))
    return Text(text.en and text.en + rest, text.zh and text.zh + rest)


def _value(value: Value) -> Text:
    figure = f"{printed(value.stated)} {value.stated_unit} CO2e"
    if not (found := interval(value)):
        return _same(figure)
    spread = word("interval", range=f"{found} {value.stated_unit} CO2e")
    return Text(f"{figure}; {spread.en}", f"{figure}；{spread.zh}")


def _result(claim: Claim) -> list[Row]:
    values = claim.values
    other = "location" if values.electricity_basis == "market" else "market"
    main = values.life_cycle or values.gate
    rows = [
        (word("gate" if values.life_cycle else "gate_partial"), _value(values.gate)),
        (word("life_cycle"), _value(values.life_cycle) if values.life_cycle else Text()),
    ]
    for name, figure in values.other_basis.items():
        scope, basis = word(name), word(other)
        title = Text(
            f"{scope.en}, {word('other_basis', basis=basis.en).en}",
            f"{scope.zh}，{word('other_basis', basis=basis.zh).zh}",
        )
        rows.append((title, _same(amount(figure, main))))
    if values.beyond_boundary is not None:
        rows.append((word("beyond"), _same(amount(values.beyond_boundary, main))))
    rows.append((word("offsets"), word("offsets_none")))
    return rows


def amount(figure: float, like: Value) -> str:
    """A figure [kg CO2e] in the unit and with the decimals of another one."""
    decimals = len(like.stated.partition(".")[2])
    return f"{printed(rounded(figure * SCALE[like.stated_unit], decimals))} {like.stated_unit} CO2e"


def rounded(figure: float, decimals: int) -> str:
    """A figure with so many decimals; one that only rounds to zero says so."""
    shown = f"{figure:.{decimals}f}"
    if figure == 0.0:
        return "0"
    least = f"{10.0**-decimals:.{decimals}f}"
    return shown if float(shown) else (f"< {least}" if figure > 0 else f"> -{least}")


def _stages(claim: Claim) -> dict[str, Any]:
    main = claim.values.life_cycle or claim.values.gate
    decimals = len(main.stated.partition(".")[2]) + 1
    scale = SCALE[main.stated_unit]
    rows, empty = [], []
    for stage, figures in claim.values.by_stage.items():
        if not any(figures):
            empty.append(stage)
            continue
        name = [f"{stage} {text}" for text in _plain(word(stage))]
        cells = [printed(rounded(figure * scale, decimals)) for figure in (*figures, sum(figures))]
        rows.append({"name": name, "cells": cells})
    heads = [word(origin) for origin in claim.values.origins] + [word("total")]
    return {
        "title": _plain(word("stages", unit=main.stated_unit)),
        "heads": [_plain(word("stage")), *map(_plain, heads)],
        "rows": rows,
        "empty": _plain(word("zero_stages", stages=", ".join(empty))) if empty else [],
    }


def _basis(claim: Claim) -> list[Row]:
    basis = claim.basis
    stages = ", ".join(BEYOND_GATE)
    return [
        (word("boundary"), word(basis.boundary, stages=stages)),
        (word("rules"), _rules(basis)),
        (word("gwp"), word("horizon", set=basis.gwp_set)),
        (word("end_of_life"), _method(basis.end_of_life_method)),
        (word("electricity"), word(claim.values.electricity_basis)),
        (word("period"), _same(basis.period.replace("/", " – "))),
        (word("geography"), _same(claim.product.place)),
        (word("databases"), _same("; ".join(f"{name} {version}, {digest}" for name, version, digest in basis.databases))),
        (word("scenario"), _same(basis.scenario)),
        (word("software"), _same(f"Cradlemark {basis.software}")),
    ]  # fmt: skip


def _rules(basis: Basis) -> Text:
    """The rule pack; what this program has under that digest is named in words, with whether it was checked."""
    name, digest = basis.rule_pack, basis.rule_pack_digest
    pack = load_pack(name) if name in pack_ids() else None
    if pack is None or pack.digest != digest:
        return _same(f"{name}, {digest}")
    status = STATUS_NAMES[pack.status]
    return Text(
        f"{pack.title.en} ({name}, {digest}); {status.en}",
        f"{pack.title.zh}（{name}，{digest}）；{status.zh}",
    )


def _method(name: str) -> Text:
    key = f"method_{name}"
    return Text(report_word(key, "en"), report_word(key, "zh")) if key in keys() else _same(name)


def _quality(claim: Claim) -> list[Row]:
    quality = claim.quality
    rating = Text()
    if quality.rating is not None:
        parts: Mapping[str, str] = {
            name: f"{part:.2f}" if part is not None else "–"
            for name, part in (
                ("rating", quality.rating), ("technological", quality.technological),
                ("geographical", quality.geographical), ("temporal", quality.temporal),
            )
        }  # fmt: skip
        rating = word("rating_parts", **parts)
    unknown = word("unknown")
    cut_off = _same(f"{percent(quality.cut_off_share)} %") if quality.cut_off_share is not None else unknown
    return [
        (word("primary"), _same(f"{percent(quality.primary_share)} %")),
        (word("unverified"), _same(f"{percent(quality.unverified_share)} %")),
        (word("cut_off"), cut_off),
        (word("rating"), rating or unknown),
    ]


def _reduction(claim: Claim, programme: ProgrammeProfile) -> list[Row]:
    reduction = claim.reduction
    if reduction is None:
        return []
    main = claim.values.life_cycle or claim.values.gate
    figures = {
        name: amount(figure, main).rsplit(" ", 2)[0]
        for name, figure in (("figure", reduction.figure), ("baseline", reduction.baseline_figure))
    }
    return [
        (word("reduction"), word("reduction_value", percent=percent(reduction.reduction), unit=main.stated_unit, **figures)),
        (word("reduction_interval"), _shares(reduction)),
        (word("reduction_way"), _way(reduction, programme)),
        (word("reduction_baseline"), _same(f"{reduction.baseline}, {reduction.baseline_digest}")),
        (word("reduction_period"), _same(reduction.baseline_period.replace("/", " – "))),
        (word("reduction_bundle"), _same(reduction.baseline_bundle)),
        (word("reduction_origin"), _same(reduction.baseline_origin)),
        (word("reduction_facts"), _same("; ".join(map(_fact, reduction.facts)))),
        (word("reduction_required"), _same(f"≥ {percent(reduction.required)} %, P = {reduction.probability:.3g}")),
        (word("reduction_excluded"), _causes(reduction.excluded) or word("nothing")),
    ]  # fmt: skip


def _causes(causes: tuple[str, ...]) -> Text:
    known: Mapping[str, Text] = {str(cause): name for cause, name in CAUSE_NAMES.items()}
    names = [known.get(cause, _same(cause)) for cause in causes]
    return Text(", ".join(name.en for name in names), "、".join(name.zh for name in names))


def _shares(reduction: Reduction) -> Text:
    if reduction.low is None or reduction.high is None:
        return Text()
    return _same(f"{percent(reduction.low)} – {percent(reduction.high)} %")


def _way(reduction: Reduction, programme: ProgrammeProfile) -> Text:
    ways = programme.reduction.alternatives if programme.reduction else ()
    return next((way.title for way in ways if way.id == reduction.way), _same(reduction.way))


def _fact(fact: Fact) -> str:
    unit = f" {fact.unit}" if fact.unit != "1" else ""
    return f"{fact.id} = {fact.value:g}{unit} ({fact.source})"


def _grade(claim: Claim) -> list[Row]:
    grade = claim.grade
    if grade is None:
        return []
    figures = {
        "percentile": f"{grade.percentile:.0f}",
        "low": f"{grade.low:.0f}",
        "high": f"{grade.high:.0f}",
    }
    return [
        (word("grade"), word("grade_value", grade=grade.grade, count=grade.count, **figures)),
        (word("grade_class"), _same(f"{grade.comparability_class}, {grade.benchmark}")),
        (word("grade_population"), word("grade_members", holders=grade.holders, version=grade.version, day=grade.as_of)),
    ]  # fmt: skip


def _verification(claim: Claim) -> list[Row]:
    found = claim.verification
    material = f"{percent(found.materiality)} %"
    level = word(found.assurance)
    return [
        (word("verifier"), _with(found.verifier, found.verifier_id)),
        (
            word("accreditation"),
            _same(found.accreditation) if found.accreditation else word("accreditation_none"),
        ),
        (word("assurance"), Text(f"{level.en}, {material}", f"{level.zh}，{material}")),
        (word("opinion"), word(found.opinion, date=found.date)),
        (word("statement"), _same(found.statement_digest)),
    ]


def _validity(claim: Claim, programme: ProgrammeProfile) -> list[Row]:
    validity = claim.validity
    return [
        (word("validity"), word("valid", issued=validity.issued, until=validity.until)),
        (word("surveillance"), _same(", ".join(validity.surveillance))),
        (word("previous"), _same(claim.previous)),
        (word("programme"), claim.programme.name),
        (word("issuer"), programme.operator),
    ]


def _digests(claim: Claim) -> list[Row]:
    found = claim.digests
    return [
        (word("digest_claim"), _same(claim.digest)),
        (word("digest_study"), _same(found.study)),
        (word("digest_result"), _same(found.result)),
        (word("digest_bundle"), _same(found.bundle)),
        (word("digest_programme"), _same(claim.programme.digest)),
    ]


def texts(content: Any) -> Iterator[str]:
    """Every text of a content."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for item in content.values():
            yield from texts(item)
    elif isinstance(content, list | tuple):
        for item in content:
            yield from texts(item)
