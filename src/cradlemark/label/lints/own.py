"""Cradlemark's own demands on a claim as such: that its figures, texts, digests and days fit together."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator

import attrs

from cradlemark.core.errors import InputError, StateError
from cradlemark.core.identifiers import check_gtin
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, Value, stated
from cradlemark.label.comparability import comparability_class
from cradlemark.label.derive import GRADE_LIMIT, OTHERS_LIMIT, REDUCTION_LIMIT, unverified_limit
from cradlemark.label.lints.figures import well_formed
from cradlemark.label.lints.lint import Flaws, Lint
from cradlemark.label.lints.pact import data_end, last_use
from cradlemark.label.number import read_number

DOCUMENT = "Cradlemark"


def _values(claim: Claim) -> Iterator[tuple[str, Value]]:
    yield "values.gate", claim.values.gate
    if claim.values.life_cycle is not None:
        yield "values.life_cycle", claim.values.life_cycle


def _stated(claim: Claim) -> Flaws:
    for where, value in _values(claim):
        digits, unit = stated(value.figure)
        if (value.stated, value.stated_unit) != (digits, unit):
            yield f"{where}.stated", Text(f"{value.stated} {value.stated_unit} is stated, {digits} {unit} is the figure",
                                          f"所列 {value.stated} {value.stated_unit}，应为 {digits} {unit}")  # fmt: skip


def _interval(claim: Claim) -> Flaws:
    for where, value in _values(claim):
        if (value.low is None) != (value.high is None):
            yield where, Text("the interval has one edge only", "区间缺少一端")
        elif value.low is not None and value.high is not None and not value.low <= value.figure <= value.high:
            yield (
                where,
                Text(f"{value.figure:g} lies outside of its interval", f"{value.figure:g} 在区间之外"),
            )


def _digests(claim: Claim) -> Flaws:
    for where, digest in _all_digests(claim):
        if not well_formed(digest):
            yield where, Text("it is no digest of SHA-256", "不是 SHA-256 摘要")


def _all_digests(claim: Claim) -> Iterator[tuple[str, str]]:
    yield "programme.digest", claim.programme.digest
    yield "basis.rule_pack_digest", claim.basis.rule_pack_digest
    yield from ((f"basis.databases[{name}]", digest) for name, _, digest in claim.basis.databases)
    yield "verification.statement_digest", claim.verification.statement_digest
    yield "digests.study", claim.digests.study
    yield "digests.result", claim.digests.result
    yield "digests.bundle", claim.digests.bundle
    if claim.grade is not None:
        yield "grade.benchmark", claim.grade.benchmark
    if claim.reduction is not None:
        yield "reduction.baseline_digest", claim.reduction.baseline_digest
        yield "reduction.baseline_bundle", claim.reduction.baseline_bundle


def _texts(claim: Claim) -> Flaws:
    for where, text in _all_texts(claim):
        if text and not text.complete:
            yield where, Text("it is there in one language only", "仅有一种语言")


def _all_texts(claim: Claim) -> Iterator[tuple[str, Text]]:
    yield "programme.name", claim.programme.name
    yield "unit.functional_unit", claim.unit.functional_unit
    yield "product.site", claim.product.site
    yield "verification.verifier", claim.verification.verifier
    yield from ((f"limits[{place}]", text) for place, text in enumerate(claim.limits))
    if not claim.basis.rule_pack.startswith(
        "gb-t-24067"
    ):  # there the Chinese names are a demand of their own
        yield "holder.name", claim.holder.name
        yield "product.name", claim.product.name


def _days(claim: Claim) -> Flaws:
    validity = claim.validity
    for where, text in (
        ("validity.issued", validity.issued), ("validity.until", validity.until),
        ("verification.date", claim.verification.date), *((f"validity.surveillance[{i}]", text) for i, text in enumerate(validity.surveillance)),
    ):  # fmt: skip
        if not _is_day(text):
            yield where, Text(f"{text[:20] or '-'} is no day", f"{text[:20] or '-'} 不是日期")
    if validity.issued > validity.until:
        yield "validity.until", Text("it ends before it begins", "结束早于开始")
    for place, text in enumerate(validity.surveillance):
        if not validity.issued <= text <= validity.until:
            yield f"validity.surveillance[{place}]", Text("it lies outside of the validity", "不在有效期内")


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _verified_first(claim: Claim) -> Flaws:
    if claim.verification.date > claim.validity.issued:
        yield "verification.date", Text("it was issued before it was verified", "签发早于核查")


def _opinion(claim: Claim) -> Flaws:
    if claim.verification.opinion != "unmodified":
        yield "verification.opinion", Text("the verifier has reservations", "核查意见有保留")


def _data_age(claim: Claim) -> Flaws:
    last, period = last_use(claim), data_end(claim)
    if last is None or period is None:
        return
    if claim.validity.issued > last.isoformat():
        yield (
            "basis.period",
            Text(
                f"the data end on {period.end}, more than three years before",
                f"数据止于 {period.end}，早于三年",
            ),
        )
    if period.end.isoformat() > claim.validity.issued:
        yield (
            "basis.period",
            Text(
                f"the data end on {period.end}, later than the label begins",
                f"数据止于 {period.end}，晚于签发",
            ),
        )


def _unverified(claim: Claim) -> Flaws:
    share = claim.quality.unverified_share
    if 0.0 < share <= 1.0 and unverified_limit(share) not in claim.limits:
        yield (
            "limits",
            Text("it is not said which share rests on unverified factors", "未注明采用未核实因子的份额"),
        )


def _shares(claim: Claim) -> Flaws:
    quality = claim.quality
    for name in ("primary_share", "unverified_share", "cut_off_share"):
        share: float | None = getattr(quality, name)
        if share is not None and not 0.0 <= share <= 1.0:
            yield f"quality.{name}", Text(f"{share:g} is no share", f"{share:g} 不是份额")
    if not 0.0 <= claim.verification.materiality <= 1.0:
        yield "verification.materiality", Text("it is no share", "不是份额")


def _finite(claim: Claim) -> Flaws:
    for where, number in _all_numbers(claim.document(), ""):
        if not math.isfinite(number):
            yield where, Text("it is no number", "不是数值")


def _all_numbers(value: object, where: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, float):
        yield where, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _all_numbers(item, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _all_numbers(item, f"{where}[{place}]")


def _kind(claim: Claim) -> Flaws:
    if (claim.reduction is not None) != (claim.kind == "reduction"):
        yield "reduction", Text(f"it does not fit a {claim.kind} claim", f"与 {claim.kind} 声明不符")
    if (claim.grade is not None) != (claim.kind == "grade"):
        yield "grade", Text(f"it does not fit a {claim.kind} claim", f"与 {claim.kind} 声明不符")


def _kind_limit(claim: Claim) -> Flaws:
    wanted: tuple[Text, ...] = ()
    if claim.kind == "reduction":
        wanted = (REDUCTION_LIMIT, OTHERS_LIMIT)
    elif claim.kind == "grade":
        wanted = (GRADE_LIMIT,)
    if wanted and not set(wanted) & set(claim.limits):
        yield "limits", Text("it is not said what it is held against", "未说明比较对象")


def _previous(claim: Claim) -> Flaws:
    if not claim.previous:
        return
    try:
        previous = read_number(claim.previous)
    except InputError:
        yield "previous", Text("it is no number of a label", "不是标签编号")
        return
    if str(previous) == claim.number or previous.programme != read_number(claim.number).programme:
        yield "previous", Text("a label follows another one of its programme", "标签应接续本计划的另一标签")


def _gtin(claim: Claim) -> Flaws:
    if claim.product.gtin:
        try:
            check_gtin(claim.product.gtin)
        except InputError as error:
            yield "product.gtin", Text(error.message.en, "不是有效的 GTIN")


def _models(claim: Claim) -> Flaws:
    if not claim.product.models:
        yield "product.models", Text("it is not said which models are labelled", "未列出适用型号")


def _grade_band(claim: Claim) -> Flaws:
    grade = claim.grade
    if grade is not None and not 0.0 <= grade.low <= grade.percentile <= grade.high <= 100.0:
        yield "grade", Text("the percentile lies outside of its band", "百分位在其区间之外")


def _grade_population(claim: Claim) -> Flaws:
    grade = claim.grade
    if grade is None:
        return
    if not 1 <= grade.holders <= grade.count:
        yield "grade.holders", Text(f"{grade.count} products cannot have {grade.holders} holders",
                                    f"{grade.count} 个产品不可能有 {grade.holders} 个持有人")  # fmt: skip
    if not _is_day(grade.as_of) or grade.as_of > claim.validity.issued or grade.version < 1:
        yield (
            "grade.as_of",
            Text("the population is not of a day before the grade", "样本总体的日期不早于评级"),
        )


def _grade_class(claim: Claim) -> Flaws:
    if claim.grade is None:
        return
    try:
        own = comparability_class(attrs.evolve(claim, grade=None)).id
    except StateError:
        yield "product.classification", Text("a grade needs a classified product", "评级须有产品分类")
        return
    if own != claim.grade.comparability_class:
        yield "grade.comparability_class", Text("it is of another class than the product", "与产品类别不符")


def _lint(name: str, en: str, zh: str, check: Callable[[Claim], Flaws]) -> Lint:
    return Lint(f"cradlemark-{name}", DOCUMENT, "", "own", Text(en, zh), check)


LINTS = (
    _lint("stated", "what is printed is the rounded figure", "印出的是修约后的数值", _stated),
    _lint("interval", "the interval holds the figure", "区间包含数值", _interval),
    _lint("digests", "digests are well-formed", "摘要格式正确", _digests),
    _lint("texts", "texts are there in both languages", "文字两种语言齐全", _texts),
    _lint("days", "days are days, in their order", "日期有效且次序正确", _days),
    _lint("verified-first", "verified before it is issued", "先核查后签发", _verified_first),
    _lint("opinion", "the opinion is unmodified", "核查意见无保留", _opinion),
    _lint(
        "data-age",
        "data end before it is issued, not more than three years",
        "数据在签发前结束且不早于三年",
        _data_age,
    ),
    _lint("unverified", "unverified factors are stated", "注明未核实因子", _unverified),
    _lint("shares", "shares are shares", "份额有效", _shares),
    _lint("finite", "numbers are numbers", "数值有效", _finite),
    _lint("kind", "reduction and grade stand in their claims only", "减排与等级仅见于相应声明", _kind),
    _lint(
        "kind-limit",
        "a reduction or grade says what it is held against",
        "减排与等级说明比较对象",
        _kind_limit,
    ),
    _lint("previous", "it follows a label of its programme", "接续本计划的标签", _previous),
    _lint("gtin", "the GTIN is one", "GTIN 有效", _gtin),
    _lint("models", "the models are named", "列出型号", _models),
    _lint("grade-band", "the percentile lies in its band", "百分位在其区间内", _grade_band),
    _lint(
        "grade-population", "the population is there before the grade", "样本总体先于评级", _grade_population
    ),
    _lint("grade-class", "the grade is of the product's class", "等级属于产品类别", _grade_class),
)
"""Cradlemark's own lints."""
